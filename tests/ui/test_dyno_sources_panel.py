"""The panel of sources, and the dyno's place in the status bar."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.dyno_status import Phase
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.source import SourceHealth, SourceState
from cartech_desk.ui.models.bench_lamp import bench_state
from cartech_desk.ui.models.bench_words import health_words
from cartech_desk.ui.models.dyno_networks import networks
from cartech_desk.ui.pages.dyno import DynoPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.dyno_source_card import NO_ROLE
from cartech_desk.ui.widgets.dyno_sources import needs_port, with_port
from tests.ui.dyno_double import make_source


@pytest.fixture
def page(desk, acts, qtbot, monkeypatch):
    monkeypatch.setattr("cartech_desk.hardware.ports.list_ports", lambda: ())
    monkeypatch.setattr("cartech_desk.ui.models.dyno_networks.networks", lambda: ())
    made = DynoPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def panel(page):
    page.supplies.sources()
    return page.supplies.panel


class TestWhatCanBeConnected:
    def test_every_kind_tells_how_far_it_can_be_trusted(self, panel):
        panel.choose("Dynojet")
        assert "documented and tested" in panel.list.currentItem().text()
        assert panel.address.text().startswith("jetdrive://")
        assert not panel.port.isVisible()

    @pytest.mark.parametrize("maker", ["Mustang", "SuperFlow"])
    def test_makers_without_a_public_protocol_are_offered_as_what_they_are(self, panel, maker):
        panel.choose(maker)
        assert "no public protocol" in panel.list.currentItem().text()
        assert panel.define.isVisible()
        assert panel.take_in.isVisible()

    @pytest.mark.parametrize("maker", ["Mustang", "SuperFlow"])
    def test_a_link_is_defined_before_it_is_connected(self, panel, bay, qtbot, maker):
        panel.choose(maker)
        assert panel.define.property("role") == "primary"
        assert panel.button.property("role") != "primary"
        assert not panel.button.isEnabled()
        asked = []
        panel.link_editor_wanted.connect(asked.append)
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
        assert asked == [panel.address.text()]
        assert bay.dyno.calls == []

    def test_a_link_that_is_defined_is_connected(self, page, panel, bay):
        folder = page.supplies._links_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mustang.toml").write_text("", encoding="utf-8")
        panel.choose("Mustang")
        assert panel.button.isEnabled()
        assert panel.button.property("role") == "primary"
        panel.address.setText("link:mustang@COM3")
        panel.connect_now()
        assert bay.dyno.calls == [("connect", "link:mustang@COM3")]

    def test_the_link_of_the_shop_is_proposed_by_its_own_name(self, page, panel):
        folder = page.supplies._links_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "our_bench.toml").write_text("", encoding="utf-8")
        panel.choose("A link that this shop")
        assert panel.address.text().startswith("link:our_bench@")

    def test_other_kinds_are_connected_at_once(self, panel):
        panel.choose("Mustang")
        panel.choose("Dynojet")
        assert panel.button.isEnabled()
        assert panel.button.property("role") == "primary"

    def test_enter_in_the_address_connects_once(self, panel, bay, qtbot):
        panel.choose("Dynojet")
        panel.address.setFocus()
        qtbot.waitUntil(panel.address.hasFocus)
        address = panel.address.text()
        qtbot.keyClick(panel.address, Qt.Key.Key_Return)
        assert bay.dyno.calls == [("connect", address)]

    def test_jetdrive_proposes_no_interface_that_is_not_this_computer_s(self, panel):
        panel.show_networks(())
        panel.choose("Dynojet")
        assert panel.address.text() == "jetdrive://224.0.2.10:22344"
        assert not panel.network.isVisible()

    def test_jetdrive_offers_the_networks_of_this_computer_by_name(self, panel):
        panel.show_networks([("Ethernet 2", "10.0.7.4"), ("Wi-Fi", "192.168.1.77")])
        panel.choose("Dynojet")
        assert panel.network.isVisible()
        assert panel.address.text() == "jetdrive://224.0.2.10:22344"
        panel.network.setCurrentIndex(panel.network.findData("192.168.1.77"))
        panel.network.activated.emit(panel.network.currentIndex())
        assert panel.address.text() == "jetdrive://224.0.2.10:22344?interface=192.168.1.77"

    def test_the_only_network_is_taken(self, panel):
        panel.choose("Dynojet")
        panel.show_networks([("Ethernet 2", "10.0.7.4")])
        assert panel.address.text().endswith("?interface=10.0.7.4")

    def test_networks_of_this_machine_are_named_addresses_and_no_loopback(self):
        for name, address in networks():
            assert name
            assert not address.startswith("127.")

    def test_defining_a_link_begins_with_its_template(self, page, panel):
        panel.choose("Mustang")
        panel.define.click()
        assert not panel.isVisible()
        assert page.supplies.editor.isVisible()
        assert "Mustang" in page.supplies.editor.definition.name

    def test_leaving_the_editor_keeps_what_was_typed(self, page, qtbot):
        page.supplies.define_link()
        editor = page.supplies.editor
        editor.fields.lines["name"].setText("Our bench")
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
        assert not editor.isVisible()
        page.supplies.define_link()
        assert page.supplies.editor.isVisible()
        assert page.supplies.editor.fields.lines["name"].text() == "Our bench"

    def test_a_defined_link_is_connected(self, page, bay):
        page.supplies.define_link()
        page.supplies.editor.link_wanted.emit("link:ours@COM3")
        assert bay.dyno.calls == [("connect", "link:ours@COM3")]

    def test_importing_closes_the_panel_and_asks_for_a_file(self, page, panel):
        asked = []
        page.does.ask_open = lambda: asked.append("file")
        panel.choose("SuperFlow")
        panel.take_in.click()
        assert asked == ["file"]
        assert not panel.isVisible()

    def test_a_port_of_the_list_goes_into_the_address(self, panel):
        panel.choose("Innovate")
        panel.show_ports([("COM7", "USB serial"), ("COM8", "")])
        assert panel.address.text() == "innovate:COM7"
        panel.port.setCurrentIndex(1)
        panel.port.activated.emit(1)
        assert panel.address.text() == "innovate:COM8"

    @pytest.mark.parametrize(
        ("address", "with_it"),
        [
            ("magtrol:/dev/ttyUSB0?baud=9600&torque=nm", "magtrol:COM3?baud=9600&torque=nm"),
            ("link:our_dyno@/dev/ttyUSB0", "link:our_dyno@COM3"),
            ("plx:/dev/ttyUSB0", "plx:COM3"),
        ],
    )
    def test_only_the_port_of_an_address_changes(self, address, with_it):
        assert needs_port(address)
        assert with_port(address, "COM3") == with_it

    def test_a_wrong_address_is_refused_beside_it(self, panel, bay, trouble):
        bay.dyno.raises = trouble("“jet” is no address.", "It looks like jetdrive://….")
        panel.address.setText("jet")
        panel.connect_now()
        assert panel.wrong.text() == "“jet” is no address. It looks like jetdrive://…."

    def test_a_busy_port_is_refused_beside_it_once_it_is_known(self, panel, bay, trouble, qtbot):
        bay.dyno.refuse = trouble("COM7 is in use.", "Close the other program.")
        panel.connect_now()
        qtbot.waitUntil(lambda: "in use" in panel.wrong.text())

    def test_a_refusal_after_it_was_closed_is_told(self, panel, bay, acts, trouble, qtbot):
        bay.dyno.instant = False
        panel.connect_now()
        panel.reject()
        bay.dyno.waiting.set_exception(trouble("Nothing came from COM7.", "Switch it on."))
        qtbot.waitUntil(lambda: bool(acts.told.refused))

    def test_connecting_asks_for_that_address(self, panel, bay):
        panel.address.setText("  aem:COM4 ")
        panel.button.click()
        assert bay.dyno.calls == [("connect", "aem:COM4")]


class TestOnTheBench:
    @pytest.fixture
    def card(self, page, panel, bay):
        bay.dyno.bench(make_source())
        page.tick(bay.snapshot())
        return panel.cards["dyno"]

    def test_a_source_says_who_it_is_and_how_it_fares(self, card):
        assert card.lamp.words == "Dynojet · connected"
        assert "documented and tested" in card.who.text()
        assert "800 readings a second" in card.health.text()
        assert card.odd.text() == ""

    def test_trouble_is_said_with_what_to_do(self, page, card, bay):
        lost = make_source(
            state=SourceState.LOST,
            happened="The wire is gone.",
            to_do="Plug it in.",
            health=SourceHealth(words="Two providers use channel 4; they are kept apart."),
        )
        bay.dyno.bench(lost)
        page.tick(bay.snapshot())
        assert card.lamp.state is State.WARNING
        assert "The wire is gone. Plug it in." in card.odd.text()
        assert "Two providers" in card.odd.text()

    def test_it_goes_when_it_is_disconnected(self, page, panel, card, bay):
        card.leave.click()
        page.tick(bay.snapshot())
        assert bay.dyno.calls[-1] == ("disconnect", "dyno")
        assert not panel.cards
        assert panel.nothing.isVisible()

    def test_channels_show_what_they_are_taken_for(self, card):
        card.fold.setChecked(True)
        assert card.combos["dyno_rpm"].currentText() == "Engine speed"

    def test_a_role_set_by_hand_waits_for_the_next_session(self, page, card, bay):
        card.fold.setChecked(True)
        combo = card.combos["dyno_rpm"]
        combo.activated.emit(combo.findText("Roller's turns"))
        page.tick(bay.snapshot())
        assert page.supplies.roles == {Role.ROLLER_RPM: "dyno_rpm"}
        assert card.combos["dyno_rpm"].currentText() == "Roller's turns"

    def test_a_role_changes_the_session_under_way(self, page, card, bay):
        bay.dyno.session()
        card.fold.setChecked(True)
        page.supplies.set_role("dyno_afr", None)
        wish = bay.dyno.calls[-1][1]
        assert bay.dyno.calls[-1][0] == "change_session"
        assert wish.setup.roles == {Role.AFR: ""}
        page.tick(bay.snapshot())
        assert card.combos["dyno_afr"].currentText() == NO_ROLE


class TestTheStatusBar:
    def test_tells_the_worst_of_the_bench(self, bay):
        assert bench_state(bay.dyno.now) == (State.OFF, "no dyno")
        bay.dyno.bench(make_source())
        assert bench_state(bay.dyno.now) == (State.CONNECTED, "Dynojet · 800/s")
        silent = make_source("wideband", SourceState.SILENT)
        bay.dyno.bench(make_source(), silent)
        assert bench_state(bay.dyno.now) == (State.WARNING, "Dynojet · silent")

    def test_tells_armed_and_running(self, bay):
        bay.dyno.session()
        bay.dyno.now = replace(bay.dyno.now, phase=Phase.ARMED)
        assert bench_state(bay.dyno.now) == (State.CONNECTING, "Dynojet · armed")
        bay.dyno.running()
        assert bench_state(bay.dyno.now) == (State.RECORDING, "Run 1 under way")

    def test_a_press_opens_the_sources(self, desk, qtbot):
        from cartech_desk.ui.shell.window import Window

        window = Window(desk)
        qtbot.addWidget(window)
        window.start()
        window.show()
        window.status_bar.dyno.click()
        assert window.page.key == "dyno"
        assert window.page.supplies.panel.isVisible()
        window.leave()


def test_health_counts_what_went_wrong():
    health = SourceHealth(lost=3, bad_bytes=12, clock_jumps=1)
    words = health_words(make_source(health=health))
    assert words == (
        "800 readings a second · 3 lost on the way · 12 bytes without a meaning · "
        "its clock jumped 1 time"
    )
