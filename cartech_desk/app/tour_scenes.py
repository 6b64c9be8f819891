"""The scenes of the tour. A page that is new adds its own, at the place where they fit the story.

A scene brings the stage into a state worth looking at; the pictures of all themes and sizes are
then taken of it. Scenes run in this order, and each may build on those before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cartech_desk.app import tour_alarm_scenes as alarm_scenes
from cartech_desk.app import tour_audit_scenes as audit_scenes
from cartech_desk.app import tour_bay_scenes as bay_scenes
from cartech_desk.app import tour_door_scenes as door_scenes
from cartech_desk.app import tour_dyno_scenes as dyno_scenes
from cartech_desk.app import tour_fault_scenes as fault_scenes
from cartech_desk.app import tour_limit_scenes as limit_scenes
from cartech_desk.app import tour_office_scenes_a as counter_scenes
from cartech_desk.app import tour_office_scenes_b as plan_scenes
from cartech_desk.app import tour_office_scenes_c as money_scenes
from cartech_desk.app import tour_people_scenes as people_scenes
from cartech_desk.app.tour_stage import Stage

_RECORD_S: Final = 20.0
_SEARCH_MS: Final = 3000.0
_EARLIER: Final = (("Blue Civic", "before the new intercooler"), ("Track Miata", "idle hunts"))
_EARLIER_S: Final = 2.5


@dataclass(frozen=True, slots=True)
class Scene:
    """`arrange` may return a widget of its own (a dialog) to be pictured instead of the window."""

    name: str
    shows: str
    arrange: Callable[[Stage], Any]


def _live_empty(stage: Stage) -> None:
    stage.window.open_page("live")


def _connect(stage: Stage) -> None:
    stage.window.open_page("connect")
    page = stage.window.page
    stage.wait("the list of ports", lambda: bool(page.rows))


def _connecting(stage: Stage) -> None:
    page = stage.window.page
    page.connect_to(stage.park_car(ignition=False, search_ms=_SEARCH_MS))
    stage.wait("an attempt under way", lambda: stage.state() == "connecting")
    stage.play(0.6)


def _connect_failed(stage: Stage) -> None:
    snapshot = stage.desk.bay.snapshot
    stage.wait("a car that is off", lambda: bool(snapshot().connection.happened), 60.0)


def _connected(stage: Stage) -> None:
    stage.connect(stage.park_car())
    stage.wait("the vehicle", lambda: stage.window.acts.vehicle is not None)


def _live(stage: Stage) -> None:
    stage.window.open_page("live")
    bay = stage.desk.bay
    stage.wait("live values", lambda: bool(bay.snapshot().channels))
    stage.window.acts.start_recording("Warm-up and two pulls")
    stage.wait("a recording", lambda: bool(stage.recording()))
    stage.play(_RECORD_S / 2)
    stage.window.acts.mark("second gear")
    stage.play(_RECORD_S / 2)


def _palette(stage: Stage) -> None:
    stage.window.palette_of_commands.open()
    stage.window.finder.line.setText("re")


def _live_lost(stage: Stage) -> None:
    stage.window.finder.close_quietly()
    stage.take_car_away()
    stage.wait("a lost link", lambda: stage.state() in ("lost", "reconnecting"))
    stage.play(3.0)


def _live_back(stage: Stage) -> None:
    stage.bring_car_back()
    stage.wait("the car's return", lambda: stage.state() == "connected")
    stage.play(4.0)


def _closing(stage: Stage) -> Any:
    stage.window.acts.acknowledge_all()  # the lost link, so that it stands in no later picture
    stage.window.close()
    return stage.window.question


def _recordings(stage: Stage) -> None:
    stage.window.question.reject()
    stage.window.acts.stop_recording()
    stage.wait("the end of the recording", lambda: not stage.recording())
    bay, store = stage.desk.bay, stage.desk.store
    for name, note in _EARLIER:
        bay.start_recording(store.vehicles.by_name(name).id, note)
        stage.wait("a recording", lambda: bool(stage.recording()))
        stage.play(_EARLIER_S)
        bay.stop_recording()
        stage.wait("the end of the recording", lambda: not stage.recording())
    stage.window.open_page("recordings")
    stage.play(0.5)


def _recording(stage: Stage) -> None:
    kept = max(stage.desk.store.recordings.list(), key=lambda recording: recording.seconds)
    stage.window.open_page("recordings", kept.id)
    stage.wait("the recording", lambda: stage.window.page.opened)
    stage.play(0.5)


def _settings(stage: Stage) -> None:
    stage.window.open_page("settings")
    for toast in stage.window.toasts.standing:
        toast.leave()


def _settings_wrong(stage: Stage) -> None:
    line = stage.window.page.row("max_requests_per_s").editor.line
    line.setText("5000")
    line.editingFinished.emit()


def _vehicles(stage: Stage) -> None:
    stage.window.page.row("max_requests_per_s").reset.click()
    stage.window.open_page("live")
    stage.window.vehicle_choice.open()
    stage.window.finder.line.setText("Blue Civic")
    stage.play(0.3)


def _pinned(stage: Stage) -> None:
    stage.window.finder.close_quietly()
    stage.window.rail.set_pinned(True)
    stage.window.open_page("connect")


def _crash(stage: Stage) -> Any:
    from cartech_desk.ui.application import how_work_fares
    from cartech_desk.ui.shell.crash_dialog import CrashDialog, crash_report

    audit_scenes.over(stage)
    try:
        raise ZeroDivisionError("a mistake made for this picture")
    except ZeroDivisionError as error:
        report = crash_report(error, "the screen")
    dialog = CrashDialog(how_work_fares(stage.desk))
    dialog.add(report)
    stage.dress(dialog)
    dialog.show()
    return dialog


def _refused(stage: Stage) -> Any:
    from cartech_desk.store.errors import DatabaseCorrupt
    from cartech_desk.ui.shell.refusal import refusal_box

    box = refusal_box(
        DatabaseCorrupt(
            "The file recordings.db is damaged or is no database of the desk.",
            kept="It was left as it is.",
            to_do="Put a copy of it in its place, or name another folder with --data.",
        )
    )
    stage.dress(box)
    box.show()
    return box


SCENES: Final = (
    Scene("founding", "the first start of a desk", door_scenes.founding),
    Scene("founding-wrong", "what is wrong, beside its field", door_scenes.founding_wrong),
    Scene("sign-in", "who is at the desk", door_scenes.sign_in),
    Scene("sign-in-pin", "the PIN, with gloves", door_scenes.sign_in_pin),
    Scene("register", "somebody new", door_scenes.register),
    Scene("today", "the first page", door_scenes.today),
    Scene("live-empty", "Live before anything is connected", _live_empty),
    Scene("connect", "what was found, ready to connect", _connect),
    Scene("connect-working", "an attempt under way", _connecting),
    Scene("connect-failed", "a car whose ignition is off", _connect_failed),
    Scene("connected", "who is connected", _connected),
    Scene("live", "a drive, live and recorded", _live),
    Scene("live-held", "the charts held, with values at the cursor", bay_scenes.live_held),
    Scene("live-edit", "the layout edited by hand", bay_scenes.live_edit),
    Scene("live-channels", "channels chosen by searching", bay_scenes.live_picker),
    Scene("live-bands", "scale, bands and rate of a tile", bay_scenes.live_bands),
    Scene("palette", "Ctrl+K", _palette),
    Scene("live-lost", "the adapter is gone while recording", _live_lost),
    Scene("live-back", "the adapter is back, the gap stays a gap", _live_back),
    Scene("closing", "closing while a recording runs", _closing),
    Scene("recordings", "the list of recordings", _recordings),
    Scene("recording", "a recording opened", _recording),
    Scene("recording-near", "zoomed to single samples", bay_scenes.recording_near),
    Scene("recording-export", "the stretch shown, to be exported", bay_scenes.recording_export),
    Scene("limits", "the limits of the vehicle at hand", limit_scenes.limits),
    Scene("limit-trial", "a limit tried on what was recorded", limit_scenes.limit_trial),
    Scene("limit-wrong", "a trip before its warning", limit_scenes.limit_wrong),
    Scene("limit-copy", "limits taken over from a profile", limit_scenes.limit_copy),
    Scene("limit-profile", "the limits of a profile", limit_scenes.limit_profile),
    Scene("limits-technician", "limits for who may not edit", limit_scenes.limits_technician),
    Scene("live-limits", "limits on gauges and charts", limit_scenes.live_limits),
    Scene("live-acknowledged", "an alarm acknowledged", limit_scenes.live_limits_acknowledged),
    Scene("alarms-empty", "limits watched, no alarm", alarm_scenes.alarms_empty),
    Scene("alarms", "an alarm in every state", alarm_scenes.alarms_standing),
    Scene("alarms-below", "latched, shelved, out of service", alarm_scenes.alarms_below),
    Scene("alarms-shelve", "an alarm put aside for a time", alarm_scenes.alarms_shelve),
    Scene("alarms-history", "what was, from the first one out", alarm_scenes.alarms_history),
    Scene("today-alarms", "the first page while alarms stand", alarm_scenes.today_alarms),
    Scene("today-calm", "the first page of a calm day", alarm_scenes.alarms_over),
    Scene("live-alarm", "an alarm on every page", door_scenes.live_alarm),
    Scene("lock", "locked, with alarms and a recording", door_scenes.lock),
    Scene("lock-wait", "too many wrong PINs", door_scenes.lock_wait),
    Scene("take-over", "somebody else takes over", door_scenes.take_over),
    Scene("taken-over", "the same page, another operator", door_scenes.taken_over),
    Scene("audit", "who did what, before and after", audit_scenes.audit),
    Scene("audit-verified", "the audit log verified", audit_scenes.audit_verified),
    Scene("people", "everybody in the shop", people_scenes.people),
    Scene("people-add", "a person is added", people_scenes.people_add),
    Scene("people-pin", "one's own PIN", people_scenes.people_pin),
    Scene("people-technician", "what a technician sees", people_scenes.people_technician),
    Scene("dyno-empty", "Dyno before anything is connected", dyno_scenes.dyno_empty),
    Scene("dyno-sources", "a dyno connected, and what its channels are", dyno_scenes.dyno_sources),
    Scene("dyno-session", "a session: car, test, air", dyno_scenes.dyno_session),
    Scene("dyno-armed", "armed: the run begins by itself", dyno_scenes.dyno_armed),
    Scene("dyno-running", "a run as it is driven, over the last one", dyno_scenes.dyno_running),
    Scene("dyno-after", "the run that has just ended", dyno_scenes.dyno_after),
    Scene("dyno-compare", "two runs compared", dyno_scenes.dyno_compare),
    Scene("dyno-run", "what can be put right of a run", dyno_scenes.dyno_run),
    Scene("dyno-sheet", "the sheet as it will be printed", dyno_scenes.dyno_sheet),
    Scene("dyno-import", "a file of another dyno, column by column", dyno_scenes.dyno_import),
    Scene("dyno-link", "a link of the shop's own beside its bytes", dyno_scenes.dyno_link),
    Scene("dyno-kept", "runs that are kept, nothing connected", dyno_scenes.dyno_kept),
    Scene("faults-empty", "Faults before anything is connected", fault_scenes.faults_empty),
    Scene("faults-scanning", "a check-up under way", fault_scenes.faults_scanning),
    Scene("faults-found", "what was found, how bad, what is new", fault_scenes.faults_found),
    Scene("faults-frame", "a freeze frame beside the live values", fault_scenes.faults_frame),
    Scene("faults-readiness", "monitors since clear and now", fault_scenes.faults_readiness),
    Scene("faults-tests", "on-board tests between their limits", fault_scenes.faults_tests),
    Scene("faults-units", "control units and what each told", fault_scenes.faults_units),
    Scene("faults-clear", "clearing asks, and says what is lost", fault_scenes.faults_clear),
    Scene("faults-cleared", "cleared, and what came back", fault_scenes.faults_cleared),
    Scene("faults-earlier", "the vehicle's check-ups", fault_scenes.faults_earlier),
    Scene("faults-compare", "two check-ups compared", fault_scenes.faults_compare),
    Scene("faults-past", "an earlier check-up opened", fault_scenes.faults_past),
    Scene("faults-sheet", "the page for the customer", fault_scenes.faults_sheet),
    Scene("faults-look-up", "any code looked up", fault_scenes.faults_look_up),
    Scene("faults-makers", "a maker's table, and one refused", fault_scenes.faults_makers),
    Scene("vehicles-kept", "what is kept of each vehicle", fault_scenes.vehicles_kept),
    Scene("jobs", "the board of jobs", counter_scenes.jobs),
    Scene("jobs-list", "all jobs, searched", counter_scenes.jobs_list),
    Scene("job", "a job above what was approved", counter_scenes.job),
    Scene("job-part", "a part that is not there", counter_scenes.job_part),
    Scene("job-invoice", "the invoice before it is issued", counter_scenes.job_invoice),
    Scene("job-paid", "a job that is paid", counter_scenes.job_paid),
    Scene("customers", "customers with vehicles and jobs", counter_scenes.customers),
    Scene("customer-double", "a customer who is here already", counter_scenes.customer_double),
    Scene("vehicle-history", "all that was done to a vehicle", counter_scenes.vehicle_history),
    Scene("vehicle-fitted", "what was fitted, what follows", counter_scenes.vehicle_modifications),
    Scene("vehicle-wrong", "a wrong VIN, and how to keep it", counter_scenes.vehicle_wrong),
    Scene("vehicle-photos", "photos and documents", counter_scenes.over),
    Scene("calendar", "a day by its bays", plan_scenes.calendar),
    Scene("calendar-week", "a week of everybody", plan_scenes.calendar_week),
    Scene("calendar-refused", "a drag that is refused", plan_scenes.calendar_refused),
    Scene("calendar-book", "what speaks against a time", plan_scenes.calendar_book),
    Scene("parts", "a part that was scanned", plan_scenes.parts),
    Scene("parts-low", "what runs low, what to order", plan_scenes.parts_low),
    Scene("parts-orders", "an order, received in parts", plan_scenes.parts_orders),
    Scene("parts-count", "a count by scanning", plan_scenes.parts_count),
    Scene("parts-import", "a list, its bad rows listed", plan_scenes.parts_import),
    Scene("parts-labels", "labels as they are printed", plan_scenes.parts_labels),
    Scene("revenue", "what was earned, a month of it", money_scenes.revenue),
    Scene("revenue-service", "what was earned with what", money_scenes.revenue_service),
    Scene("revenue-unpaid", "what is still to come", money_scenes.revenue_unpaid),
    Scene("revenue-technician", "not for everybody", money_scenes.revenue_technician),
    Scene("performance", "a vehicle over time", money_scenes.performance),
    Scene("performance-compare", "first and last session", money_scenes.performance_compare),
    Scene("performance-advice", "what the runs advise", money_scenes.performance_advice),
    Scene("settings", "what may be set", _settings),
    Scene("settings-wrong", "a number out of range", _settings_wrong),
    Scene("vehicles", "naming the vehicle at hand", _vehicles),
    Scene("pinned", "the rail pinned wide", _pinned),
    Scene("audit-broken", "an audit log that somebody changed", audit_scenes.audit_broken),
    Scene("live-audit-broken", "work goes on all the same", audit_scenes.live_audit_broken),
    Scene("crash", "a mistake of the desk's own", _crash),
    Scene("refused", "what keeps the desk from starting", _refused),
)
"""Every scene there is."""
