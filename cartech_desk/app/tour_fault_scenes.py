"""Scenes of the tour about faults: from an empty page to codes cleared and a sheet printed.

Two simulated cars with one VIN: as it came to the shop some time ago, and as it stands there now.
"""

import tempfile
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.office import demo_people

_THEN: Final = "sim:?script=key_on&faults=catalyst_worn,evap_leak"
_NOW: Final = (
    "sim:?script=key_on&latency_ms=70"
    "&faults=boost_leak,misfire,makers_own,lost_brakes,wheel_speed,shift_solenoid"
)
_WATCHED: Final = dict.fromkeys(("rpm", "temp", "map", "load", "speed", "iat", "throttle"), 1.0)
_REASON: Final = "Charge hose replaced, coil of cylinder 1 replaced"
_NAME: Final = "Silver demonstrator"
_TABLE: Final = """code,description,maker,severity
P1549,Wastegate position not learned,Demo Motors,warning
P1602,Supply of the control unit was cut off,Demo Motors,information
"""
_WRONG: Final = """code,description,maker,severity
P1700,Clutch B slips,Demo Motors,dreadful
"""
_SCAN_S: Final = 60.0
_EARLIER: Final = 4


def faults_empty(stage: Stage) -> None:
    """Show the page before anything is connected."""
    stage.sign_in(demo_people.MANAGER)
    stage.desk.bay.disconnect()
    stage.wait("no car", lambda: stage.state() == "disconnected")
    stage.window.open_page("faults")
    for toast in stage.window.toasts.standing:
        toast.leave()
    stage.play(0.5)


def faults_scanning(stage: Stage) -> None:
    """Check a car up that was checked up before, and picture it under way."""
    _plug_in(stage, _THEN)
    page = stage.window.page
    page.does.check_up()
    stage.wait("the first check-up", lambda: _done(stage), _SCAN_S)
    stage.window.acts.rename_vehicle(_NAME)
    _plug_in(stage, _NOW)
    page.does.check_up()
    stage.wait("the first answers", lambda: page.progress.bar.value() > 0, _SCAN_S)


def faults_found(stage: Stage) -> None:
    """Show what was found."""
    page = stage.window.page
    stage.wait("the check-up", lambda: _done(stage), _SCAN_S)
    stage.window.acts.acknowledge_all()  # limits that saw no values while the car was read
    for toast in stage.window.toasts.standing:
        toast.leave()
    stage.wait("the list of check-ups", lambda: len(page.checkups) > 1)
    stage.play(0.5)


def faults_frame(stage: Stage) -> None:
    """Show a freeze frame beside the live values."""
    page = stage.window.page
    wanted = next(row for row in page.view.list.rows() if row.code.startswith("P0299"))
    page.view.list.choose(wanted.key)
    stage.window.acts.acknowledge_all()
    stage.wait(
        "live values beside the frame",
        lambda: sum(bool(now) for _, _, now in page.view.frame.texts()) > _EARLIER,
    )
    stage.play(0.5)


def faults_readiness(stage: Stage) -> None:
    """Show the monitors since clear and in this cycle."""
    stage.window.page.show_tab(1)
    stage.play(0.3)


def faults_tests(stage: Stage) -> None:
    """Show the results of on-board tests between their limits."""
    stage.window.page.show_tab(2)
    stage.play(0.3)


def faults_units(stage: Stage) -> None:
    """Show the control units and what each told."""
    stage.window.page.show_tab(3)
    stage.play(0.3)


def faults_clear(stage: Stage) -> Any:
    """Ask whether the codes shall be cleared."""
    page = stage.window.page
    page.show_tab(0)
    page.does.clear()
    stage.wait("the question", lambda: page.does.form is not None)
    page.does.form.reason.setText(_REASON)
    stage.play(0.3)
    return page.does.form


def faults_cleared(stage: Stage) -> None:
    """Clear them, and show what came back."""
    page = stage.window.page
    page.does.clear()
    stage.play(0.3)
    form = page.does.form
    form.reason.setText(_REASON)
    form.begin()
    stage.wait("what came back", lambda: page.view.cleared.isVisibleTo(page), _SCAN_S)
    stage.window.acts.acknowledge_all()
    stage.wait("the list of check-ups", lambda: len(page.checkups) >= _EARLIER)
    for toast in stage.window.toasts.standing:
        toast.leave()
    stage.play(0.5)


def faults_earlier(stage: Stage) -> None:
    """List the vehicle's check-ups."""
    page = stage.window.page
    page.view.cleared.hide()
    page.show_tab(4)
    stage.play(0.3)


def faults_compare(stage: Stage) -> None:
    """Compare the first check-up with the one before clearing."""
    page = stage.window.page
    checkups = page.view.checkups.summaries
    page.does.compare(checkups[-1], checkups[-2])
    stage.wait("the comparison", lambda: page.view.comparing)
    stage.play(0.3)


def faults_past(stage: Stage) -> None:
    """Open an earlier check-up."""
    page = stage.window.page
    page.escape()
    page.does.open_checkup(page.view.checkups.summaries[-1].id)
    stage.wait("the earlier check-up", lambda: page.looks_back)
    stage.play(0.3)


def faults_sheet(stage: Stage) -> Any:
    """Show the sheet for the customer."""
    page = stage.window.page
    page.escape()
    page.does.sheet_of(page.view.checkups.summaries[-2])
    stage.wait("the sheet", lambda: page.preview is not None and page.preview.drawing is not None)
    stage.play(0.5)
    return page.preview


def faults_look_up(stage: Stage) -> Any:
    """Look up a code by what it means."""
    page = stage.window.page
    page.does.look_up("turbocharger pressure")
    stage.wait("codes", lambda: page.does.look is not None and bool(page.does.look.found()))
    stage.play(0.3)
    return page.does.look


def faults_makers(stage: Stage) -> Any:
    """Import a maker's table of codes."""
    page = stage.window.page
    does = page.does.makers
    does.open()
    stage.wait("the makers' tables", lambda: does.dialog is not None)
    with tempfile.TemporaryDirectory(prefix="tour-codes-") as folder:
        table = Path(folder) / "demo_motors.csv"
        table.write_text(_TABLE, encoding="utf-8")
        does.dialog.ask_open = lambda: table
        does.dialog.import_table()
        stage.wait("the table", lambda: bool(does.dialog.tables))
        wrong = Path(folder) / "service_bulletin.csv"
        wrong.write_text(_WRONG, encoding="utf-8")
        does.dialog.ask_open = lambda: wrong
        does.dialog.import_table()
        stage.wait("why another is not taken", lambda: not does.dialog.working)
    stage.play(0.3)
    return does.dialog


def vehicles_kept(stage: Stage) -> None:
    """Show the vehicles with what is kept of each."""
    stage.window.open_page("vehicles")
    page = stage.window.page
    stage.wait("what is kept", lambda: bool(page.history.entries) and not page.busy)
    stage.play(0.5)


def _plug_in(stage: Stage, url: str) -> None:
    stage.desk.bay.watch(_WATCHED)  # as the Live page does: what is watched stands beside frames
    connected = stage.desk.bay.connect(url)
    stage.wait("the car", connected.done)
    connected.result()
    stage.wait("the car on the screen", stage.window.page.check.isEnabled)
    car, acts = stage.desk.bay.snapshot().connection.car, stage.window.acts
    stage.wait(
        "the vehicle of its VIN",
        lambda: car is not None and acts.vehicle is not None and acts.vehicle.vin == car.vin,
    )


def _done(stage: Stage) -> bool:
    page = stage.window.page
    return not page.busy and page.shown_faults is not None
