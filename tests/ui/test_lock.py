"""Signing in, taking over and the lock: who is at the desk, and what rests meanwhile."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton

from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.bay.status import LinkState, RecordingStatus
from cartech_desk.domain.alarms.limit import Action, Level
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.errors import NotAdmitted, SignInRefused, TooManyTries
from cartech_desk.ui.pages.index import PageEntry
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.shell.gate import Asking
from cartech_desk.ui.shell.idle import Idle
from cartech_desk.ui.shell.patience import Patience
from cartech_desk.ui.shell.window import Window
from cartech_desk.ui.theme.states import State
from tests.ui.conftest import TECHNICIAN
from tests.ui.test_shell_alarms import alarm, trip

CTRL = Qt.KeyboardModifier.ControlModifier


def plain(entry):
    seen = []

    def actions(_page):
        return (PageAction("Pause", lambda: seen.append("paused"), "Space"),)

    return type("PlainPage", (Page,), {"key": entry.key, "actions": actions, "seen": seen})


@pytest.fixture
def window(qtbot, desk, monkeypatch):
    monkeypatch.setattr(PageEntry, "page_class", plain)
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.clock.stop()
    desk.bay.recording = RecordingStatus()


@pytest.fixture
def locked(qtbot, window):
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    qtbot.waitUntil(lambda: bool(window.gate.panel.tiles), timeout=2000)
    qtbot.waitUntil(lambda: window.gate.panel.head.text().endswith("your PIN"), timeout=2000)
    return window


def open_now(window):
    return lambda: window.gate.asking is Asking.NOTHING


# The lock


def test_the_key_locks_and_the_pages_are_covered(qtbot, window, desk):
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert desk.office.session.now.locked
    assert window.front.currentWidget() is window.gate
    assert not window.stack.isVisible()
    assert "locked" in window.top_bar.operator.text()


def test_the_pin_typed_on_the_keyboard_unlocks_and_the_page_is_where_it_was(qtbot, window, desk):
    window.open_page("settings")
    before = window.page
    window.keeper.lock()
    panel = window.gate.panel
    qtbot.waitUntil(lambda: panel.head.text().endswith("your PIN"), timeout=2000)
    qtbot.keyClicks(panel.pad, "4711")
    qtbot.keyClick(panel.pad, Qt.Key.Key_Return)
    qtbot.waitUntil(open_now(window), timeout=2000)
    assert desk.office.people.calls[-1] == ("switch", "0192-a", "4711")
    assert window.page is before
    assert window.stack.isVisible()


def test_the_pin_pressed_on_the_pad_unlocks(qtbot, locked, desk):
    pad = locked.gate.panel.pad
    for key in ("4", "7", "2", "back", "1", "1", "enter"):
        qtbot.mouseClick(pad.keys[key], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(open_now(locked), timeout=2000)
    assert desk.office.people.calls[-1] == ("switch", "0192-a", "4711")


def test_somebody_else_takes_the_locked_desk_over(qtbot, locked, desk):
    panel = locked.gate.panel
    panel.ask_name()
    tile = next(tile for tile in panel.tiles if "Technician" in tile.text())
    assert tile.height() >= 44
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(panel.pad, "8888\r")
    qtbot.waitUntil(open_now(locked), timeout=2000)
    assert desk.office.session.actor.name == "Tom Technician"
    assert "Tom Technician" in locked.top_bar.operator.text()


def test_esc_does_not_leave_the_lock(qtbot, locked):
    panel = locked.gate.panel
    for _ in range(4):
        qtbot.keyClick(panel.pad, Qt.Key.Key_Escape)
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
        qtbot.keyClick(locked.gate, Qt.Key.Key_Escape)
    assert locked.gate.asking is Asking.UNLOCK
    assert not locked.gate.stay.isVisible()


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_K, CTRL),
        (Qt.Key.Key_R, CTRL),
        (Qt.Key.Key_L, CTRL),
        (Qt.Key.Key_Z, CTRL),
        (Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier),
    ],
    ids=["find", "record", "vehicle", "undo", "mark", "of the page", "page", "acknowledge"],
)
def test_no_key_acts_while_it_is_locked(qtbot, locked, bay, key, modifiers):
    bay.connected()
    bay.alarms.now = AlarmsSnapshot(standing=(alarm(),), armed=9)
    undone = []
    locked.toasts.say("Deleted.", lambda: undone.append(True))
    page = locked.page
    bay.calls.clear()
    bay.alarms.calls.clear()
    bay.recording = RecordingStatus("r", 1)
    locked._tick()
    qtbot.keyClick(locked, key, modifiers)
    assert not locked.finder.isVisible()
    assert locked.page is page
    assert page.seen == []
    assert undone == []
    assert bay.calls == []
    assert bay.alarms.calls == []


def test_no_press_acts_while_it_is_locked(qtbot, locked, bay):
    bay.link(LinkState.LOST, happened="The cable is out.", to_do="Put it back.")
    bay.alarms.now = AlarmsSnapshot(standing=(alarm(),), armed=9)
    locked._tick()
    bay.calls.clear()
    stop = locked.banners.banner("link").findChild(QPushButton)
    page = locked.page
    for button in (
        stop,
        locked.rail.button("live"),
        locked.top_bar.vehicle,
        locked.top_bar.find,
        locked.top_bar.alarms.worst,
        locked.top_bar.alarms.acknowledge,
        locked.status_bar.adapter,
        locked.status_bar.safety,
        locked.top_bar.operator,
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bay.calls == []
    assert locked.page is page
    assert not locked.finder.isVisible()


def test_acts_from_elsewhere_begin_and_end_nothing_while_it_is_locked(locked, bay):
    bay.connected()
    bay.calls.clear()
    locked.acts.toggle_recording()
    bay.recording = RecordingStatus("r", 1)
    locked.acts.mark()
    locked.acts.stop_recording()
    assert bay.calls == []


def test_a_recording_goes_on_and_its_time_is_shown(qtbot, locked, bay):
    bay.recording = RecordingStatus("r", monotonic_ns() - 763 * 10**9)
    locked._tick()
    assert locked.gate.alarms.recording.isVisible()
    assert "REC 00:12:4" in locked.gate.alarms.recording.words
    assert "REC 00:12:4" in locked.status_bar.recording.text()


def test_a_recording_that_nobody_answers_for_is_said_on_door_and_foot(qtbot, window, desk, bay):
    bay.recording = RecordingStatus("r", monotonic_ns())
    desk.office.session.leave()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.SIGN_IN, timeout=2000)
    window._tick()
    assert window.status_bar.recording.text().endswith("NOBODY IS SIGNED IN")
    assert window.gate.alarms.recording.state is State.WARNING
    assert "NOBODY IS SIGNED IN" in window.gate.alarms.recording.words
    desk.office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: window.gate.asking is Asking.NOTHING, timeout=2000)
    window._tick()
    assert "NOBODY" not in window.status_bar.recording.text()


def test_the_lock_shows_every_alarm_with_what_to_do_the_worst_first(locked, bay):
    stop = trip(action=Action.STOP_RUN, to_do="Lift off.", label="Boost", value=1.0)
    aside = alarm(id="s", state=AlarmState.SHELVED)
    bay.alarms.now = AlarmsSnapshot(standing=(stop, alarm(), aside), armed=9)
    locked._tick()
    rows = [row for row in locked.gate.alarms.rows if row.isVisible()]
    assert [row.head.text().split()[0] for row in rows] == ["Boost", "Coolant"]
    assert rows[0].to_do.text() == "Stop the run. Lift off."
    assert rows[1].to_do.text() == "Reduce load and watch it."
    assert locked.gate.alarms.head.text() == "2 alarms. Stop the run."
    assert not locked.trip_strip.isVisible()
    bay.alarms.now = AlarmsSnapshot(armed=9)
    locked._tick()
    assert locked.gate.alarms.head.text() == "No alarm, 9 limits watched"
    assert not any(row.isVisible() for row in locked.gate.alarms.rows)


def test_a_locked_desk_ticks_what_was_acknowledged_and_lets_the_rest_flash(locked, bay):
    seen = alarm(id="k", state=AlarmState.ACTIVE_ACKNOWLEDGED)
    bay.alarms.now = AlarmsSnapshot(standing=(alarm(), seen), armed=9)
    locked._tick()
    asks, known = locked.gate.alarms.rows[:2]
    assert (asks.mark.ticked, asks.mark.flashing) == (False, True)
    assert (known.mark.ticked, known.mark.flashing) == (True, False)


def test_a_locked_desk_names_the_vehicle_only_where_another_one_is_at_hand(locked, bay):
    for at_hand, named in (("v", False), ("another", True)):
        bay.alarms.now = AlarmsSnapshot(standing=(alarm(),), armed=9, vehicle_id=at_hand)
        locked._tick()
        assert ("Blue Civic" in locked.gate.alarms.rows[0].state.text()) is named


def test_anybody_silences_the_sound_of_a_locked_desk(qtbot, locked, bay):
    bay.alarms.now = AlarmsSnapshot(standing=(alarm(),), armed=9, sounding=Level.WARNING)
    locked._tick()
    qtbot.mouseClick(locked.gate.alarms.silence, Qt.MouseButton.LeftButton)
    qtbot.keyClick(locked, Qt.Key.Key_F10)
    assert [call for call in bay.alarms.calls if call[0] == "silence"] == [("silence", 120.0)] * 2


def test_locking_leaves_what_is_open(qtbot, window, desk):
    dialog = QDialog(window)
    dialog.open()
    window.palette_of_commands.open()
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert not dialog.isVisible()
    assert not window.finder.isVisible()


def test_closing_a_locked_desk_offers_no_way_to_stop_its_recording(qtbot, locked, bay):
    bay.recording = RecordingStatus("r", monotonic_ns())
    bay.calls.clear()
    qtbot.keyClick(locked, Qt.Key.Key_Q, CTRL)
    locked._tick()
    question = locked.question
    assert question is not None
    assert question.isVisible()
    assert [button.text() for button in question.buttons()] == ["Keep recording"]
    assert "sign in first" in question.informativeText()
    question.buttons()[0].click()
    assert locked.isVisible()
    assert ("stop_recording",) not in bay.calls


def test_a_question_of_before_the_lock_stops_nothing_any_more(qtbot, window, bay):
    bay.recording = RecordingStatus("r", monotonic_ns())
    bay.calls.clear()
    window.close()
    assert any("Stop" in button.text() for button in window.question.buttons())
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert window.question is None
    assert ("stop_recording",) not in bay.calls


def test_an_end_from_outside_ends_the_recording_of_a_locked_desk(qtbot, locked, bay):
    bay.recording = RecordingStatus("r", monotonic_ns())
    locked.leave()
    qtbot.waitUntil(lambda: not locked.isVisible())
    assert ("stop_recording",) in bay.calls


def test_a_dialog_that_comes_late_does_not_stand_before_the_lock(qtbot, locked):
    dialog = QDialog(locked.page)
    dialog.open()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=2000)
    assert locked.gate.asking is Asking.UNLOCK


def test_a_dialog_of_an_open_desk_stays(qtbot, window):
    dialog = QDialog(window.page)
    dialog.open()
    window._tick()
    assert dialog.isVisible()
    dialog.reject()


def test_a_name_in_a_toast_is_no_picture(qtbot, window, tmp_path):
    window.acts.say('<img src="x.png"> may sign in now.')
    assert window.toasts.standing[-1].words.textFormat() is Qt.TextFormat.PlainText


def test_the_clock_of_the_pages_rests_and_goes_on(qtbot, locked):
    page = locked.page
    ticked = []
    page.tick = ticked.append
    locked._tick()
    assert ticked == []
    locked.desk.office.session.enter(locked.desk.office.session.operator)
    qtbot.waitUntil(open_now(locked), timeout=2000)
    locked._tick()
    assert ticked


def test_a_disk_that_refuses_the_record_does_not_leave_the_desk_open(qtbot, window, desk, trouble):
    desk.office.people.refuse = trouble("The disk is full.", "Make room.", "disk_full")
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert window.banners.banner("refused-disk_full") is not None


# The lock by itself


def set_minutes(desk, minutes):
    values = desk.settings.values
    safety = values.safety.model_copy(update={"lock_after_min": minutes})
    desk.settings.save(values.model_copy(update={"safety": safety}))


def untouched(window, minutes):
    window.keeper.idle._touched_ns = monotonic_ns() - round(minutes * 60e9)


def test_a_desk_that_nobody_touches_locks_by_itself(qtbot, window):
    untouched(window, 9.9)
    window._tick()
    assert window.gate.asking is Asking.NOTHING
    untouched(window, 10.1)
    window._tick()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)


def test_nought_minutes_never_lock(qtbot, window, desk):
    set_minutes(desk, 0)
    untouched(window, 600)
    window._tick()
    qtbot.wait(50)
    assert not desk.office.session.now.locked


def test_a_key_and_a_press_begin_the_time_anew(qtbot, window):
    for touch in (
        lambda: qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Shift),
        lambda: qtbot.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton),
    ):
        window.keeper.idle._watch(window.windowHandle())
        untouched(window, 9)
        touch()
        assert window.keeper.idle.seconds < 60


def test_the_time_is_measured_by_a_clock_that_nobody_sets_back(qapp):
    now = [0]
    idle = Idle(qapp, clock=lambda: now[0])
    now[0] = 5 * 10**9
    assert idle.seconds == 5
    idle.touch()
    assert idle.seconds == 0


# Signing in


@pytest.fixture
def signed_out(qtbot, window, desk):
    window.keeper.sign_out()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.SIGN_IN, timeout=2000)
    qtbot.waitUntil(lambda: bool(window.gate.panel.tiles), timeout=2000)
    return window


def test_e_mail_and_password_sign_in(qtbot, signed_out, desk):
    panel = signed_out.gate.panel
    panel.ask_password()
    qtbot.keyClicks(panel.email, "0192-t@shop.example")
    qtbot.keyClicks(panel.secret, "right")
    qtbot.keyClick(panel.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(open_now(signed_out), timeout=2000)
    assert desk.office.session.actor.name == "Tom Technician"
    assert panel.secret.text() == ""


def test_without_signing_in_one_goes_on_and_a_recording_is_not_refused(
    qtbot, signed_out, desk, bay
):
    qtbot.mouseClick(signed_out.gate.stay, Qt.MouseButton.LeftButton)
    assert signed_out.gate.asking is Asking.NOTHING
    bay.connected()
    qtbot.waitUntil(lambda: signed_out.acts.vehicle is not None, timeout=2000)
    qtbot.keyClick(signed_out, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: bool(signed_out.toasts.standing), timeout=2000)
    assert bay.recording.id == "rec-1"
    assert desk.office.session.operator == NOBODY
    toast = signed_out.toasts.standing[-1]
    assert "nobody signed in" in toast.words.text()
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert signed_out.gate.asking is Asking.SIGN_IN


def test_a_refusal_stands_in_the_form_and_the_password_is_typed_anew(qtbot, signed_out, desk):
    panel = signed_out.gate.panel
    panel.ask_password()
    panel.email.setText("0192-t@shop.example")
    for error in (
        SignInRefused("E-mail or password is wrong.", to_do="Type both again."),
        NotAdmitted("An administrator has to approve you first.", to_do="Ask one."),
    ):
        desk.office.people.refuse = error
        panel.secret.setText("wrong")
        panel._try_password()
        qtbot.waitUntil(lambda error=error: error.happened in panel.wrong.text(), timeout=2000)
        assert panel.secret.text() == ""
        assert panel.enter.isEnabled()
    assert signed_out.gate.asking is Asking.SIGN_IN


def test_too_many_tries_count_down_on_the_button(qtbot, signed_out, desk):
    panel = signed_out.gate.panel
    panel.ask_password()
    panel.email.setText("0192-t@shop.example")
    panel.secret.setText("wrong")
    desk.office.people.refuse = TooManyTries(0.6)
    panel._try_password()
    qtbot.waitUntil(lambda: panel.enter.text() == "Wait 1 s", timeout=2000)
    assert not panel.enter.isEnabled()
    qtbot.waitUntil(panel.enter.isEnabled, timeout=3000)
    assert panel.enter.text() == "Sign in"
    assert panel.wrong.text() == ""


def test_the_pad_waits_too_and_its_digits_are_forgotten(qtbot, locked, desk):
    pad = locked.gate.panel.pad
    desk.office.people.refuse = TooManyTries(30)
    qtbot.keyClicks(pad, "1111\r")
    qtbot.waitUntil(lambda: pad.enter.text().startswith("Wait "), timeout=2000)
    qtbot.keyClicks(pad, "2222\r")
    assert [call for call in desk.office.people.calls if call[0] == "switch"] == [
        ("switch", "0192-a", "1111")
    ]
    assert "●" not in pad.dots.text()
    locked.gate.panel.ask_name()  # another person need not wait
    assert pad.enter.text() == "OK"


def test_a_pin_that_serves_no_more_leads_to_the_password(qtbot, locked, desk):
    panel = locked.gate.panel
    people = desk.office.people
    people.everybody = [replace(one, has_pin=one.name[0] == "T") for one in people.everybody]
    people.refuse = SignInRefused("Wrong, and the PIN is closed.", to_do="Use the password.")
    qtbot.keyClicks(panel.pad, "1111\r")
    qtbot.waitUntil(panel.secret.isVisible, timeout=2000)
    assert panel.wrong.text() == "Wrong, and the PIN is closed. Use the password."
    assert panel.email.text() == "0192-a@shop.example"


def test_somebody_new_registers_and_is_told_to_wait(qtbot, signed_out, desk):
    panel = signed_out.gate.panel
    panel.ask_password()
    panel.ask_registration()
    form = panel.registration
    form.lines["name"].setText("Nina New")
    form.lines["email"].setText("nina@shop.example")
    form.lines["certification"].setText("ASE L3")
    form.secret.first.setText("loud-lathe-42-hums")
    form.secret.second.setText("loud-lathe-42-humz")
    form.submit()
    assert form.secret.repeated.error == "The two passwords differ."
    form.secret.second.setText("loud-lathe-42-hums")
    form.submit()
    qtbot.waitUntil(lambda: "administrator has to approve" in panel.news.text(), timeout=2000)
    assert desk.office.people.calls[-1] == (
        "register",
        {
            "name": "Nina New",
            "email": "nina@shop.example",
            "certification": "ASE L3",
            "password": "loud-lathe-42-hums",
        },
    )
    assert form.secret.text() == ""


def test_a_database_that_refuses_is_told_and_makes_no_new_desk(qtbot, desk, monkeypatch, trouble):
    monkeypatch.setattr(PageEntry, "page_class", plain)

    def refuse():
        raise trouble("The database is locked.", "Close the other program.", "locked")

    desk.office.session.leave()
    monkeypatch.setattr(desk.office.people, "founded", refuse)
    window = Window(desk)
    qtbot.addWidget(window)
    window.start()
    assert window.gate.asking is Asking.SIGN_IN
    assert window.banners.banner("refused-locked") is not None
    window.clock.stop()


# Taking over


def test_taking_over_keeps_the_page_and_esc_leaves_it_as_it_was(qtbot, window, desk):
    window.open_page("settings")
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert window.gate.asking is Asking.TAKE_OVER
    assert desk.office.session.actor != NOBODY
    qtbot.waitUntil(lambda: bool(window.gate.panel.tiles), timeout=2000)
    qtbot.keyClick(window.gate.panel, Qt.Key.Key_Escape)
    assert window.gate.asking is Asking.NOTHING
    assert window.page.key == "settings"
    window.acts.ask_to_sign_in()
    qtbot.waitUntil(lambda: bool(window.gate.panel.tiles), timeout=2000)
    assert [tile.text().split()[0] for tile in window.gate.panel.tiles] == ["Tom"]
    window.gate.panel.tiles[0].click()
    qtbot.keyClicks(window.gate.panel.pad, "8888\r")
    qtbot.waitUntil(open_now(window), timeout=2000)
    assert window.page.key == "settings"
    assert desk.office.session.actor.name == "Tom Technician"


def test_pages_hear_of_each_change(qtbot, window, desk):
    heard = []
    window.acts.operator_changed.connect(heard.append)
    desk.office.session.lock()
    assert heard[-1].locked
    desk.office.session.leave()
    assert heard[-1].person == NOBODY


def test_the_menu_of_the_operator_says_what_can_be_done(window):
    words = [entry.text().partition("\t")[0] for entry in window.top_bar.operator.entries.values()]
    asked = ["Set your PIN…", "Change your password…"]
    assert words == ["Take over", "Lock the desk", "Sign out", *asked]


@pytest.mark.parametrize(
    ("entry", "title", "done"),
    [
        ("pin", "Your PIN", "Your PIN is set."),
        ("password", "Change your password", "Your password is changed."),
    ],
)
def test_a_technician_changes_the_own_secrets_over_any_page(
    qtbot, window, office, entry, title, done
):
    office.session.enter(TECHNICIAN)
    window.open_page("settings")
    window.top_bar.operator.entries[entry].trigger()
    qtbot.waitUntil(lambda: window.secrets.form is not None, timeout=2000)
    form = window.secrets.form
    assert form.isVisible()
    assert form.windowTitle() == title
    assert window.page.key == "settings"
    for line in form.lines.values():
        line.setText("4711")
    if form.secret is not None:
        for line in (form.secret.first, form.secret.second):
            line.setText("sunflower gearbox")
    form.submit()
    qtbot.waitUntil(lambda: window.secrets.form is None, timeout=2000)
    assert any(toast.words.text() == done for toast in window.toasts.standing)
    assert office.people.calls[-1][0] == {"pin": "set_pin", "password": "change_password"}[entry]


def test_the_form_of_ones_own_secrets_is_left_when_the_desk_locks(qtbot, window):
    window.secrets.set_pin()
    qtbot.waitUntil(lambda: window.secrets.form is not None, timeout=2000)
    window.keeper.lock()
    qtbot.waitUntil(lambda: window.gate.asking is Asking.UNLOCK, timeout=2000)
    assert window.secrets.form is None
    window.secrets.set_pin()
    assert window.secrets.form is None


def test_a_wait_ends_by_itself_and_can_be_ended(qtbot, qapp):
    told = []
    patience = Patience(told.append, qapp)
    patience.wait(0.3)
    assert told == [1]
    qtbot.waitUntil(lambda: told[-1] == 0, timeout=2000)
    patience.wait(60)
    patience.end()
    assert told[-1] == 0
    assert not patience.waiting


def test_what_is_asked_stays_through_a_change_of_alarms(qtbot, signed_out, bay):
    panel = signed_out.gate.panel
    panel.ask_password()
    panel.email.setText("half typ")
    assert not signed_out.gate.alarms.isVisible()
    bay.alarms.now = AlarmsSnapshot(standing=(replace(alarm(), id="n"),), armed=9)
    signed_out._tick()
    assert signed_out.gate.alarms.isVisible()
    assert panel.email.text() == "half typ"
