import threading
from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from cartech_desk.bay.status import CarIdentity, LinkState, RecordingStatus
from cartech_desk.domain.jobs.job import Job
from cartech_desk.store.errors import Changed
from cartech_desk.ui.pages import index
from cartech_desk.ui.pages.index import Group, PageEntry
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.shell import window as window_module
from cartech_desk.ui.shell.crash_dialog import CrashWatch, crash_report
from cartech_desk.ui.shell.finder import Found, matching
from cartech_desk.ui.shell.gate import Asking
from cartech_desk.ui.shell.memory import WindowMemory, load_memory, save_memory
from cartech_desk.ui.shell.palette import CommandPalette
from cartech_desk.ui.shell.status_bar import adapter_words, recording_words
from cartech_desk.ui.shell.toasts import Answer
from cartech_desk.ui.shell.window import Window
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space


class PlainPage(Page):
    key = "live"

    def __init__(self, desk, acts):
        super().__init__(desk, acts)
        self.seen = []
        self.field = QLineEdit()
        self.press = QPushButton("Press")
        self.pressed = 0
        self.press.clicked.connect(self._count)
        self.body.addWidget(self.field)
        self.body.addWidget(self.press)

    def _count(self):
        self.pressed += 1

    def shown(self, what=None):
        self.seen.append(("shown", what))

    def hidden(self):
        self.seen.append(("hidden",))

    def tick(self, snapshot):
        self.seen.append(("tick",))

    def actions(self):
        return (PageAction("Pause the charts", lambda: self.seen.append(("paused",)), "Space"),)


class OtherPage(PlainPage):
    key = "connect"

    def actions(self):
        return ()


class SettingsLike(PlainPage):
    key = "settings"


class TodayLike(OtherPage):
    key = "today"


@pytest.fixture
def pages(monkeypatch):
    classes = {
        "live": PlainPage,
        "connect": OtherPage,
        "today": TodayLike,
        "settings": SettingsLike,
    }
    entries = tuple(entry for entry in index.PAGES if entry.key in classes)
    monkeypatch.setattr(window_module, "PAGES", entries)
    monkeypatch.setattr(PageEntry, "page_class", lambda entry: classes[entry.key])
    return entries


@pytest.fixture
def window(qtbot, desk, pages):
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.clock.stop()
    desk.bay.recording = RecordingStatus()


def ticks(page):
    return sum(1 for seen in page.seen if seen == ("tick",))


def test_the_rail_has_every_page_and_no_other(window, pages):
    for entry in pages:
        assert window.rail.button(entry.key).text() == entry.title
    assert {entry.group for entry in pages} == {Group.BAY, Group.WORKSHOP, Group.FOOT}
    assert [label.text() for label in window.rail.findChildren(QLabel)] == ["BAY", "WORKSHOP"]


def test_the_first_start_opens_today(window):
    assert window.page.key == "today"


def test_a_press_on_the_rail_opens_a_page_and_tells_both(qtbot, window):
    before = window.page
    qtbot.mouseClick(window.rail.button("live"), Qt.MouseButton.LeftButton)
    assert window.page.key == "live"
    assert before.seen[-1] == ("hidden",)
    assert window.page.seen[:2] == [("shown", None), ("tick",)]
    assert window.rail.button("live").isChecked()


def test_only_the_page_in_front_is_ticked(qtbot, window):
    window.open_page("live")
    today, live = window._pages["today"], window._pages["live"]
    stood = ticks(today)
    qtbot.waitUntil(lambda: ticks(live) > 3, timeout=3000)
    assert ticks(today) == stood


@pytest.mark.parametrize(
    ("key", "page"), [(Qt.Key.Key_F1, "live"), (Qt.Key.Key_F3, "connect")], ids=["F1", "F3"]
)
def test_function_keys_open_pages(qtbot, window, key, page):
    window.open_page("settings")
    qtbot.keyClick(window, key)
    assert window.page.key == page


def test_f11_hides_the_rail_and_brings_it_back(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.rail.isVisible()
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.rail.isVisible()
    assert not window.isFullScreen()


def test_pinning_makes_the_rail_wide_and_is_remembered(qtbot, window, desk):
    assert window.rail.width() == 72
    window.rail.set_pinned(True)
    assert window.rail.width() == 200
    qtbot.waitUntil(lambda: load_memory(desk.store.layouts).pinned, timeout=2000)


def test_the_last_page_is_opened_again(qtbot, desk, pages):
    save_memory(desk.store.layouts, WindowMemory(page="settings"))
    window = Window(desk)
    qtbot.addWidget(window)
    window.start()
    assert window.page.key == "settings"
    window.clock.stop()


def test_a_remembered_document_of_wrong_types_is_as_if_it_had_never_been(desk):
    desk.store.layouts.save("window", "main", {"geometry": 7, "page": None, "pinned": "yes"})
    assert load_memory(desk.store.layouts) == WindowMemory()


def test_space_belongs_to_the_page_but_not_in_a_text_field_or_on_a_button(qtbot, window):
    window.open_page("live")
    page = window.page
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert page.seen.count(("paused",)) == 1
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_Space)
    assert page.field.text() == " "
    page.press.setFocus()
    qtbot.keyClick(page.press, Qt.Key.Key_Space)
    assert page.pressed == 1
    assert page.seen.count(("paused",)) == 1


def test_keys_of_a_page_end_with_it(qtbot, window):
    window.open_page("live")
    live = window.page
    window.open_page("connect")
    window.page.setFocus()
    qtbot.keyClick(window.page, Qt.Key.Key_Space)
    assert ("paused",) not in live.seen


def test_ctrl_r_without_a_connection_leads_to_connect_and_says_why(qtbot, window, bay):
    window.open_page("live")
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.page.key == "connect"
    assert "connect to a car" in window.toasts.standing[0].words.text()
    assert not any(call[0] == "start_recording" for call in bay.calls)


def test_ctrl_r_asks_for_a_vehicle_and_then_records(qtbot, window, bay):
    bay.connected()
    bay.link(LinkState.CONNECTED, car=CarIdentity(None))
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.finder.isVisible()
    qtbot.keyClicks(window.finder.line, "Blue Civic")
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bay.recording.id != "", timeout=2000)
    assert window.acts.vehicle.name == "Blue Civic"
    assert ("start_recording", window.acts.vehicle.id, "") in bay.calls


def test_leaving_the_question_for_a_vehicle_records_nothing(qtbot, window, bay):
    bay.connected()
    bay.link(LinkState.CONNECTED, car=CarIdentity(None))
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Escape)
    assert not window.finder.isVisible()
    window.acts.name_vehicle("Later")
    qtbot.waitUntil(lambda: window.acts.vehicle is not None, timeout=2000)
    assert not any(call[0] == "start_recording" for call in bay.calls)


def test_a_vin_that_comes_meanwhile_answers_the_question_for_a_vehicle(qtbot, window, bay):
    bay.connected()
    bay.link(LinkState.CONNECTED, car=None)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.finder.isVisible()
    bay.connected()
    qtbot.waitUntil(lambda: bay.recording.id != "", timeout=2000)
    assert not window.finder.isVisible()
    assert window.acts.vehicle.vin == "WBA00000000000000"


def test_m_marks_only_while_recording(qtbot, window, bay):
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert ("mark", "") not in bay.calls
    bay.recording = RecordingStatus("r", 1)
    qtbot.waitUntil(window._mark_key.isEnabled, timeout=2000)
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert ("mark", "") in bay.calls


def test_a_vin_takes_its_vehicle_at_hand(qtbot, window, bay):
    bay.connected()
    qtbot.waitUntil(lambda: window.acts.vehicle is not None, timeout=2000)
    assert window.acts.vehicle.vin == "WBA00000000000000"
    assert "WBA00000000000000" in window.top_bar.vehicle.text()


def test_a_vin_is_not_carried_over_to_a_car_that_tells_none(qtbot, window, bay):
    bay.connected()
    qtbot.waitUntil(lambda: window.acts.vehicle is not None, timeout=2000)
    bay.link(LinkState.CONNECTED, car=CarIdentity(None))
    qtbot.waitUntil(lambda: window.acts.vehicle is None, timeout=2000)
    assert "Which vehicle?" in window.top_bar.vehicle.text()


def test_a_lost_link_says_what_happened_what_to_do_and_that_it_tries(qtbot, window, bay):
    bay.connected()
    bay.link(
        LinkState.LOST, happened="The adapter's cable is out.", to_do="Put it back.", error_code="x"
    )
    qtbot.waitUntil(lambda: window.banners.banner("link") is not None, timeout=2000)
    bay.link(LinkState.RECONNECTING)
    banner = window.banners.banner("link")
    qtbot.waitUntil(lambda: "try 1" in banner.detail.text(), timeout=2000)
    assert banner.headline.text() == "The adapter's cable is out."
    assert banner.detail.text().startswith("Put it back.")
    bay.connected()
    qtbot.waitUntil(lambda: window.banners.banner("link") is None, timeout=2000)


def test_a_refusal_stands_until_it_is_put_away(qtbot, window, trouble):
    window.acts.refused.emit(trouble("The disk is full.", "Make room.", "disk_full"))
    banner = window.banners.banner("refused-disk_full")
    assert (banner.headline.text(), banner.detail.text()) == ("The disk is full.", "Make room.")
    qtbot.mouseClick(banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert window.banners.banner("refused-disk_full") is None


def test_a_refusal_of_a_page_stands_on_that_page_alone(window, trouble):
    window.open_page("today")
    window.acts.refused.emit(Changed("Somebody changed it.", to_do="Look again."))
    window.acts.refused.emit(trouble("The adapter is gone.", "Plug it in.", "hardware"))
    refusal = window.banners.banner(f"refused-{Changed.code}")
    adapter = window.banners.banner("refused-hardware")
    assert refusal.isVisible()
    window.open_page("live")
    assert not refusal.isVisible()
    assert adapter.isVisible()
    window.banners.clear("refused-hardware")
    assert window.banners.isHidden()
    window.open_page("today")
    assert refusal.isVisible()


def test_a_disk_that_is_full_is_an_alarm(qtbot, window, bay):
    bay.recording = RecordingStatus("r", 1, problem="The disk is full.")
    qtbot.waitUntil(lambda: window.banners.banner("disk") is not None, timeout=2000)
    assert window.status_bar.recording.text().endswith("The disk is full.")


def test_a_toast_can_be_undone(qtbot, window):
    undone = []
    toast = window.toasts.say("Layout deleted.", lambda: undone.append(True))
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert window.toasts.standing == ()


def test_what_can_be_undone_stands_ten_seconds_and_is_not_pushed_away(window):
    toast = window.toasts.say("Deleted.", lambda: None)
    assert toast.timer.interval() == 10_000
    for number in range(10):
        window.toasts.say(f"Sentence {number}")
    assert toast in window.toasts.standing


def test_a_toast_lies_over_the_bar_at_the_foot_and_hides_no_control_of_the_page(window):
    toast = window.toasts.offer("Recording of 13 s kept for Blue Civic.", ("Open", lambda: None))
    top = toast.mapTo(window, toast.rect().topLeft()).y()
    page = window.page
    assert top >= page.mapTo(window, page.contentsRect().bottomLeft()).y() - Space.L
    assert toast.mapTo(window, toast.rect().bottomRight()).y() <= window.height()


def test_a_plain_sentence_makes_room_for_the_next_one(window):
    window.toasts.say("One.")
    kept = window.toasts.say("Deleted.", lambda: None)
    window.toasts.say("Two.")
    last = window.toasts.say("Three.")
    assert window.toasts.standing == (kept, last)


def test_a_question_keeps_its_place_at_the_foot_whatever_is_told_after_it(window):
    asked = window.toasts.ask("Is it the Golf?", (Answer("Yes", lambda: None),))
    at = asked.y()
    told = window.toasts.say("Deleted.", lambda: None)
    assert asked.y() == at
    assert told.y() + told.height() <= at


def test_toasts_are_not_to_be_pressed_while_the_desk_is_locked(qtbot, window, desk):
    toast = window.toasts.say("Deleted.", lambda: None)
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert not toast.isVisible()
    desk.office.session.enter(desk.office.session.operator)
    qtbot.waitUntil(lambda: window.gate.asking is Asking.NOTHING, timeout=2000)
    assert toast.isVisible()


def test_ctrl_z_presses_undo_of_the_newest_toast_that_has_one(qtbot, window):
    undone = []
    window.toasts.say("First deleted.", lambda: undone.append(1))
    window.toasts.say("Second deleted.", lambda: undone.append(2))
    window.toasts.offer("Recording kept.", ("Open", lambda: undone.append("opened")))
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [2, 1]
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [2, 1]
    assert "nothing to undo" in window.toasts.standing[-1].words.text()


def test_ctrl_z_in_a_text_field_takes_back_what_was_typed(qtbot, window):
    undone = []
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    qtbot.keyClicks(line, "theme")
    window.toasts.say("Deleted.", lambda: undone.append(True))
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == []
    assert line.text() != "theme"


def test_the_job_of_the_vehicle_at_hand_stands_in_the_bar_and_opens(qtbot, window, desk):
    supra = desk.store.vehicles.by_name("Red Supra")
    window.acts.take_vehicle(supra)
    place = window.top_bar.job
    qtbot.waitUntil(place.isVisible)
    assert place.text() == "no job"
    wanted = []
    window.acts.page_wanted.disconnect()
    window.acts.page_wanted.connect(lambda page, what: wanted.append((page, what)))
    qtbot.mouseClick(place, Qt.MouseButton.LeftButton)
    (page, (verb, record)) = wanted.pop()
    assert (page, verb, record.id) == ("jobs", "new", supra.id)
    job = desk.office.jobs.open(Job(vehicle_id=supra.id, title="Pull"), desk.office.session.actor)
    place.refresh()
    qtbot.waitUntil(lambda: place.text() == f"job {job.number} \u00b7 arrived")
    qtbot.mouseClick(place, Qt.MouseButton.LeftButton)
    assert wanted == [("jobs", job.id)]
    window.acts.take_vehicle(None)
    assert not place.isVisible()


def test_the_palette_finds_pages_actions_and_channels(qtbot, window, desk):
    window.open_page("live")
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    finder = window.finder
    assert finder.isVisible()
    qtbot.keyClicks(finder.line, "pause")
    assert [found.title for found in finder.found()] == ["Pause the charts"]
    finder.line.setText("coolant")
    assert [(found.title, found.kind) for found in finder.found()] == [("Coolant", "channel")]
    finder.line.setText("conn")
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert window.page.key == "connect"
    assert not finder.isVisible()


def test_the_palette_finds_vehicles_and_takes_one_at_hand(qtbot, window, desk):
    desk.store.vehicles.by_name("Red Supra")
    window.palette_of_commands.open()
    window.finder.line.setText("supra")
    qtbot.waitUntil(lambda: len(window.finder.found()) == 1, timeout=2000)
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.acts.vehicle is not None)
    assert window.acts.vehicle.name == "Red Supra"


def test_at_the_counter_a_vehicle_that_was_found_is_opened_instead(qtbot, window, desk):
    supra = desk.store.vehicles.by_name("Red Supra")
    CommandPalette(window.finder, desk, window.acts, tuple, lambda: "people").open()
    window.finder.line.setText("red supar")
    qtbot.waitUntil(lambda: len(window.finder.found()) == 1, timeout=2000)
    wanted = []
    window.acts.page_wanted.disconnect()
    window.acts.page_wanted.connect(lambda page, what: wanted.append((page, what)))
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Return)
    assert wanted == [("vehicles", supra.id)]
    assert window.acts.vehicle is None


def test_the_palette_says_when_nothing_has_this_name(qtbot, window):
    window.palette_of_commands.open()
    window.finder.line.setText("zzzz")
    assert window.finder.nothing.isVisible()
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Return)
    assert window.finder.isVisible()


def press(qtbot, window, words):
    button = next(b for b in window.question.buttons() if b.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_closing_while_recording_asks_and_a_no_keeps_both(qtbot, window, bay):
    bay.recording = RecordingStatus("r", 1)
    window.close()
    press(qtbot, window, "Keep recording")
    assert window.isVisible()
    assert bay.recording.id == "r"
    assert window.question is None


def test_closing_while_recording_ends_the_recording_first(qtbot, window, bay):
    bay.recording = RecordingStatus("r", 1)
    bay.instant = False
    window.close()
    press(qtbot, window, "Stop recording and close")
    assert window.isVisible()
    bay.recording = RecordingStatus()
    bay.stopping.set_result("r")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=2000)
    assert not window.clock.isActive()


def test_a_recording_that_cannot_be_ended_does_not_lock_the_window(qtbot, window, bay, trouble):
    bay.recording = RecordingStatus("r", 1)
    bay.instant = False
    window.close()
    press(qtbot, window, "Stop recording and close")
    bay.stopping.set_exception(trouble("The disk is full.", "Make room.", "disk_full"))
    qtbot.waitUntil(lambda: window.banners.banner("refused-disk_full") is not None, timeout=2000)
    window.close()
    assert not window.isVisible()


def test_an_end_from_outside_stops_the_recording_without_a_question(qtbot, window, bay):
    bay.recording = RecordingStatus("r", 1)
    window.leave()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=2000)
    assert ("stop_recording",) in bay.calls
    assert window.question is None


def test_every_button_has_a_name_that_can_be_read_out(window):
    from PySide6.QtWidgets import QAbstractButton

    bay_like = [window.rail, window.top_bar, window.status_bar]
    nameless = [
        button
        for part in bay_like
        for button in part.findChildren(QAbstractButton)
        if not (button.accessibleName() or button.text())
    ]
    assert nameless == []


# Words


def test_the_adapter_is_told_by_chip_wire_and_rate(bay):
    connection = bay.connected("elm327:/dev/ttyUSB0?baud=115200")
    assert adapter_words(connection) == (State.CONNECTED, "ELM327 ttyUSB0 · 41 req/s")
    assert adapter_words(replace(connection, ignition_on=False))[0] is State.WARNING
    state, words = adapter_words(replace(connection, engine_gone=True))
    assert state is State.TRIP
    assert "silent" in words


def test_a_recording_shows_its_time():
    state, words = recording_words(RecordingStatus("r", 0), 763 * 10**9)
    assert (state, words) == (State.RECORDING, "REC 00:12:43")


def test_the_best_match_stands_first():
    def found(title, words=""):
        return Found(title, lambda: None, words=words)

    items = [found("Air to fuel"), found("Set a mark", "fuel"), found("Fuel rail"), found("Refuel")]
    titles = [item.title for item in matching(items, "fuel")]
    assert titles == ["Fuel rail", "Air to fuel", "Refuel", "Set a mark"]


# Bugs


def test_a_report_holds_the_versions_and_the_trace():
    try:
        raise KeyError("bug")
    except KeyError as error:
        report = crash_report(error, "the screen")
    assert "CarTech Desk" in report
    assert "KeyError: 'bug'" in report
    assert "in the screen" in report


@pytest.fixture
def watch(qapp):
    made = CrashWatch(lambda: "The recording goes on.")
    made.start()
    yield made
    made.stop()
    if made.dialog is not None:
        made.dialog.close()


def test_a_bug_in_a_thread_reaches_the_dialog_and_can_be_copied(qtbot, watch):
    def broken():
        raise ZeroDivisionError("a bug in a thread")

    thread = threading.Thread(target=broken, name="reader")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: watch.dialog is not None, timeout=2000)
    assert "The recording goes on." in watch.dialog.words.text()
    report = watch.dialog.report.toPlainText()
    assert "a bug in a thread" in report
    assert "thread reader" in report
    watch.dialog._copy()
    assert QGuiApplication.clipboard().text() == report


def test_many_bugs_share_one_dialog(qtbot, watch):
    for number in range(3):
        watch._report(ValueError(f"bug {number}"), "the screen")
    qtbot.waitUntil(
        lambda: watch.dialog is not None and "bug 2" in watch.dialog.report.toPlainText(),
        timeout=2000,
    )
    assert "bug 0" in watch.dialog.report.toPlainText()


def test_a_bug_in_a_future_is_not_shown_as_a_persons_error(qtbot, acts, watch):
    from cartech_desk.ui.background import when_done

    future = Future()
    when_done(future, acts, lambda _result: None, acts.tell)
    with qtbot.captureExceptions() as met:
        future.set_exception(IndexError("bug"))
        qtbot.waitUntil(lambda: len(met) == 1, timeout=2000)
    assert acts.told.refused == []


def test_nobody_is_told_after_the_page_is_gone(qtbot, qapp):
    from PySide6.QtCore import QObject

    from cartech_desk.ui.background import when_done

    owner, told, future = QObject(), [], Future()
    when_done(future, owner, told.append, told.append)
    owner.deleteLater()
    del owner
    qapp.sendPostedEvents(None, 52)  # QEvent::DeferredDelete
    future.set_result(1)
    qapp.processEvents()
    assert told == []


def test_a_name_typed_for_a_car_known_by_its_vin_names_that_car(qtbot, window, bay, desk):
    bay.connected()
    qtbot.waitUntil(lambda: window.acts.vehicle is not None, timeout=2000)
    qtbot.mouseClick(window.top_bar.vehicle, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(window.finder.line, "Blue Civic")
    assert window.finder.found()[0].title == "Call this vehicle “Blue Civic”"
    qtbot.keyClick(window.finder.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.acts.vehicle.name == "Blue Civic", timeout=2000)
    assert window.acts.vehicle.vin == "WBA00000000000000"
    assert "Blue Civic · WBA00000000000000" in window.top_bar.vehicle.text()
    assert desk.store.vehicles.by_vin("WBA00000000000000").name == "Blue Civic"


def test_the_task_bar_says_what_goes_on(qtbot, window, bay):
    assert window.windowTitle() == "CarTech Desk"
    bay.connected()
    bay.recording = RecordingStatus("r", 1)
    qtbot.waitUntil(lambda: "connected · recording" in window.windowTitle(), timeout=2000)


def test_the_first_words_of_a_lost_link_stand_while_it_tries(qtbot, window, bay):
    bay.connected()
    bay.link(LinkState.LOST, happened="The adapter's cable is out.", to_do="Put it back.")
    qtbot.waitUntil(lambda: window.banners.banner("link") is not None, timeout=2000)
    bay.link(LinkState.RECONNECTING, happened="ttyUSB0 does not exist.", to_do="")
    banner = window.banners.banner("link")
    qtbot.waitUntil(lambda: "try 1" in banner.detail.text(), timeout=2000)
    assert banner.headline.text() == "The adapter's cable is out."


def test_what_goes_wrong_in_what_the_desk_does_by_itself_stands_in_a_banner(
    qtbot, desk, pages, trouble
):
    told = {"E-mails": trouble("The keyring is locked.", "Unlock it.")}
    window = Window(replace(desk, troubles=lambda: told))
    qtbot.addWidget(window)
    for _ in range(20):
        window.office_banner.show_snapshot(desk.bay.snapshot())
    shown = window.banners.banner("by-itself E-mails")
    assert "The keyring is locked." in shown.headline.text()
    assert "Unlock it." in shown.detail.text()
