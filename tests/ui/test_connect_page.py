import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from cartech_desk.bay.status import CarIdentity, LinkState
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.ui.models.offers import (
    NotAnAddress,
    Offer,
    arranged,
    checked_url,
    remember,
    used_before,
    wifi_url,
)
from cartech_desk.ui.pages.connect import ConnectPage
from tests.ui.conftest import ADMINISTRATOR

USB = Offer("elm327:/dev/ttyUSB0", "OBDLink SX", "/dev/ttyUSB0", likely=True)
OLD = Offer("elm327:/dev/ttyS0", "Built-in serial port", "/dev/ttyS0")


@pytest.fixture
def plugged():
    return [OLD, USB]


@pytest.fixture
def page(qtbot, desk, acts, plugged):
    made = ConnectPage(desk, acts, find=lambda: list(plugged))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.shown()
    # A row that was not laid out yet now and then misses a press.
    qtbot.waitUntil(lambda: made.rows != [] and made.rows[-1].button.isVisible(), timeout=3000)
    yield made
    made.hidden()


def whats(page):
    return [row.offer.what for row in page.rows]


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def test_likely_adapters_come_first_and_the_simulated_car_is_always_there(page):
    found = whats(page)
    assert found[0] == "OBDLink SX"
    assert found.index("OBDLink SX") < found.index("Built-in serial port")
    assert found[-2:] == ["Simulated car", "Simulated car on the rollers, for the dyno"]


def test_without_a_port_the_page_says_what_to_do_and_still_offers_the_simulated_car(
    qtbot, page, plugged
):
    plugged.clear()
    page.look()
    qtbot.waitUntil(page.nothing.isVisible, timeout=3000)
    assert "Plug one in" in page.nothing.text()
    assert whats(page)[-2] == "Simulated car"


def test_listing_ports_does_not_hold_the_screen_up(qtbot, desk, acts):
    let_go = threading.Event()
    threads = []

    def slow():
        threads.append(threading.current_thread())
        assert let_go.wait(10)
        return [USB]

    page = ConnectPage(desk, acts, find=slow)
    qtbot.addWidget(page)
    page.shown()
    qtbot.waitUntil(lambda: threads != [], timeout=3000)
    assert threads[0] is not threading.main_thread()
    assert page.rows == []
    page.look()
    let_go.set()
    qtbot.waitUntil(lambda: page.rows != [], timeout=3000)
    assert len(threads) == 1
    page.hidden()


def test_enter_is_enough_on_a_second_visit(qtbot, page):
    page.hidden()
    page.setFocus()
    qtbot.waitUntil(page.hasFocus)
    page.shown()
    qtbot.waitUntil(page.rows[0].button.hasFocus, timeout=3000)


def test_one_press_connects(qtbot, page, bay):
    press(qtbot, page.rows[0].button)
    assert ("connect", USB.url) in bay.calls
    page.tick(bay.snapshot())
    assert page.panel.stack.currentWidget() is page.panel.connected
    assert page.live_button.isVisible()


def test_what_connected_is_first_the_next_time(qtbot, page, desk, bay):
    press(qtbot, page.rows[-2].button)
    qtbot.waitUntil(lambda: used_before(desk.store.layouts) == ["sim:"], timeout=3000)
    qtbot.waitUntil(lambda: whats(page)[0] == "Simulated car", timeout=3000)
    assert "connected last time" in page.rows[0].beneath.text()


def test_the_steps_are_shown_and_the_attempt_can_be_cancelled(qtbot, page, bay):
    bay.instant = False
    press(qtbot, page.rows[0].button)
    bay.link(LinkState.CONNECTING, url=USB.url, step="asking the adapter what it is")
    page.tick(bay.snapshot())
    bay.link(LinkState.CONNECTING, url=USB.url, step="looking for the car's protocol")
    page.tick(bay.snapshot())
    qtbot.waitUntil(lambda: "looking for the car's protocol" in texts(page.panel.working))
    assert "asking the adapter what it is" in texts(page.panel.working)
    assert any("Connecting to ttyUSB0" in words for words in texts(page.panel.working))
    assert not page.rows[0].button.isEnabled()
    press(qtbot, page.panel.working.cancel)
    assert ("disconnect",) in bay.calls
    page.tick(bay.snapshot())
    assert page.panel.stack.currentWidget() is page.panel.idle


def test_a_failure_says_what_happened_what_to_do_and_offers_another_try(qtbot, page, bay, trouble):
    bay.instant = False
    press(qtbot, page.rows[0].button)
    bay.refuse(trouble("The adapter answers, the car does not.", "Is the ignition on?"))
    qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is page.panel.failed, timeout=3000)
    assert page.panel.failed.happened.text() == "The adapter answers, the car does not."
    assert page.panel.failed.to_do.text() == "Is the ignition on?"
    assert not page.live_button.isVisible()
    bay.instant = True
    press(qtbot, page.panel.failed.again)
    assert bay.calls.count(("connect", USB.url)) == 2


def test_a_connected_car_is_told_with_adapter_protocol_vin_and_ecus(page, bay):
    bay.connected(USB.url)
    page.tick(bay.snapshot())
    shown = "\n".join(texts(page.panel.connected))
    for words in (
        "WBA00000000000000",
        "ELM327 v1.5",
        "no ATAL",
        "ISO 15765-4 CAN (11 bit, 500 kbit/s)",
        "ECU 7E8",
        "37805-5AA-A670",
        "1A2B3C4D",
        "28101-5LJ-A53",
    ):
        assert words in shown


def test_a_car_without_a_vin_and_warnings_of_the_car_are_told(page, bay):
    bay.connected()
    bay.link(LinkState.CONNECTED, car=CarIdentity(None, (), ("The VIN came back cut short.",)))
    page.tick(bay.snapshot())
    shown = "\n".join(texts(page.panel.connected))
    assert "No VIN" in shown
    assert "The VIN came back cut short." in shown
    assert "name the vehicle" in shown


def test_go_to_live_goes_to_live(qtbot, page, bay, acts):
    bay.connected()
    page.tick(bay.snapshot())
    press(qtbot, page.live_button)
    assert acts.told.pages == [("live", None)]


def test_what_is_connected_is_let_go_before_another(qtbot, page, bay):
    bay.connected("sim:")
    page.tick(bay.snapshot())
    press(qtbot, page.rows[0].button)
    qtbot.waitUntil(lambda: ("connect", USB.url) in bay.calls, timeout=3000)
    assert bay.calls.index(("disconnect",)) < bay.calls.index(("connect", USB.url))


def test_the_one_in_use_cannot_be_pressed_again(page, bay):
    bay.connected(USB.url)
    page.tick(bay.snapshot())
    assert page.rows[0].button.text() == "In use"
    assert not page.rows[0].button.isEnabled()


def test_a_wifi_adapter_is_reached_by_its_address(qtbot, page, bay):
    qtbot.keyClicks(page.wifi.editor, "192.168.4.1")
    qtbot.keyClick(page.wifi.editor, Qt.Key.Key_Return)
    assert ("connect", "elm327:tcp://192.168.4.1:35000") in bay.calls


def test_a_wrong_address_is_told_beside_the_field_and_nothing_is_tried(qtbot, page, bay):
    qtbot.keyClicks(page.wifi.editor, "192.168.0")
    qtbot.keyClick(page.wifi.editor, Qt.Key.Key_Return)
    assert "no address" in page.wifi.error
    assert bay.calls == []
    qtbot.keyClicks(page.wifi.editor, ".10")
    assert page.wifi.error == ""


def test_a_can_interface_is_reached_by_its_url(qtbot, page, bay):
    qtbot.keyClicks(page.address.editor, " can:slcan:/dev/ttyACM0?bitrate=500000 ")
    qtbot.keyClick(page.address.editor, Qt.Key.Key_Return)
    assert ("connect", "can:slcan:/dev/ttyACM0?bitrate=500000") in bay.calls


def test_a_wrong_adapter_address_is_told_beside_the_field(qtbot, page, bay):
    qtbot.keyClicks(page.address.editor, "slcan0")
    qtbot.keyClick(page.address.editor, Qt.Key.Key_Return)
    assert "slcan0" in page.address.error
    assert "cartech-desk" not in page.address.error  # no shell command in the window
    assert bay.calls == []


def test_a_wrong_address_leaves_the_field_where_it_is_and_uses_its_width(qtbot, page):
    page.grab()  # lays everything out
    where = page.address.editor.geometry()
    qtbot.keyClicks(page.address.editor, "slcan0")
    qtbot.keyClick(page.address.editor, Qt.Key.Key_Return)
    page.grab()
    assert page.address.error_label.isVisible()
    assert page.address.editor.geometry() == where
    assert page.address.error_label.width() > page.address.width() * 0.9
    assert not page.address.help_label.isVisible()


def test_an_older_failure_goes_when_something_else_is_tried(qtbot, page, bay, trouble):
    bay.instant = False
    page.connect_to(USB.url)
    bay.refuse(trouble("Nothing answers.", "Look at the plug (cartech-desk ports)."))
    qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is page.panel.failed)
    assert page.panel.failed.to_do.text() == "Look at the plug."
    qtbot.keyClicks(page.wifi.editor, "192.168.0")
    qtbot.keyClick(page.wifi.editor, Qt.Key.Key_Return)
    assert page.panel.stack.currentWidget() is page.panel.idle
    page.tick(bay.snapshot())
    assert page.panel.stack.currentWidget() is page.panel.idle
    page.connect_to(USB.url)
    bay.refuse(trouble("Nothing answers.", "Look at the plug."))
    qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is page.panel.failed)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("192.168.0.10", "elm327:tcp://192.168.0.10:35000"),
        (" 10.0.0.2:1234 ", "elm327:tcp://10.0.0.2:1234"),
        ("tcp://obd.local:35000", "elm327:tcp://obd.local:35000"),
        ("[fe80::1]:35000", "elm327:tcp://[fe80::1]:35000"),
        ("adapter", "elm327:tcp://adapter:35000"),
    ],
)
def test_addresses_are_read_as_people_write_them(typed, url):
    assert wifi_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "192.168.0.10:",
        "192.168.0.10:0",
        "192.168.0.10:70000",
        "a b",
        "host:٣",
        "1.2.3.4.5",
        "[nonsense]:1",
        "-x",
        "192.168.0.300",
    ],
)
def test_what_is_no_address_is_refused_in_words(typed):
    with pytest.raises(NotAnAddress, match=r"\.$"):
        wifi_url(typed)


def test_a_url_of_another_kind_is_refused():
    for typed in ("http://example.com", "can:?bitrate=1", "slcan0", ""):
        with pytest.raises(NotAnAddress, match="elm327:COM5"):
            checked_url(typed)
    with pytest.raises(BadAdapterUrl):
        checked_url("can:slcan:/dev/ttyACM0?&")


def test_a_network_adapter_used_last_is_offered_though_it_is_not_plugged_in():
    offers = arranged([USB], ["elm327:tcp://192.168.0.10:35000", "elm327:/dev/ttyUSB9"])
    assert [offer.url for offer in offers] == [
        "elm327:tcp://192.168.0.10:35000",
        USB.url,
        "sim:",
        "sim:rollers?script=dyno",
    ]
    assert offers[0].note == "connected last time"


def test_only_the_last_three_are_remembered_each_once(desk):
    for url in ("sim:", "elm327:a", "elm327:b", "elm327:c", "elm327:b"):
        remember(desk.store.layouts, url)
    assert used_before(desk.store.layouts) == ["elm327:b", "elm327:c", "elm327:a"]


def test_a_car_that_is_known_is_called_by_name_and_plate_its_vin_below(
    page, bay, desk, acts, qtbot
):
    vin = bay.connected().car.vin
    page.tick(bay.snapshot())
    panel = page.panel.connected
    assert panel.name.text() == vin  # nobody has named it
    assert panel.vin.isHidden()
    known = VehicleRecord(vin=vin, vin_kept="so", name="Red Golf", plate="WOB GT 1")
    record = desk.office.vehicles.add(ADMINISTRATOR, known)
    acts.take_vehicle(desk.store.vehicles.get(record.id))
    page.tick(bay.snapshot())
    qtbot.waitUntil(lambda: panel.name.text() == "Red Golf · WOB GT 1")
    assert panel.vin.text() == f"VIN {vin}"
    assert not panel.vin.isHidden()
    other = desk.office.vehicles.add(ADMINISTRATOR, VehicleRecord(name="Track Miata"))
    acts.take_vehicle(desk.store.vehicles.get(other.id))
    page.tick(bay.snapshot())
    assert panel.name.text() == vin  # what is at hand is not the car on the wire
