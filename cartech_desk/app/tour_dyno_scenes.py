"""Scenes of the tour about the dyno: from nothing connected to two runs compared and printed.

The simulated car stands on the simulated rollers and makes short pulls, one after the other.
"""

import math
from typing import Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.office import demo_people

_CAR: Final = "sim:rollers?script=dyno_short"
_DYNO: Final = "sim:rollers"
_VEHICLE: Final = "Blue Civic"
_RUN_S: Final = 60.0
"""Two short pulls and what lies between them take less."""
_FOREIGN: Final = ("Speed", "Engine RPM", "Power", "Torque", "Acceleration", "Force")
_FOREIGN_AIR: Final = (
    "(DWRT CPU) WB Volts Petrol AFR",
    "(DWRT ATMO) Pressure",
    "(DWRT ATMO) Temperature 1",
    "(DWRT ATMO) Humidity",
)
_FOREIGN_ROWS: Final = 560
_SEEN_RPM: Final = 3400.0
"""So far a pull has come when it is worth a picture."""


def dyno_empty(stage: Stage) -> None:
    """Show the page before anything is connected."""
    stage.sign_in(demo_people.MANAGER)
    stage.desk.bay.disconnect()
    stage.wait("no car", lambda: stage.state() == "disconnected")
    stage.take_car_away()
    stage.window.open_page("dyno")
    page = stage.window.page
    stage.wait("the runs", lambda: page.loaded)
    stage.play(0.3)


def dyno_sources(stage: Stage) -> Any:
    """Connect the simulated dyno, and show what its channels are taken for."""
    bay, page = stage.desk.bay, stage.window.page
    bay.connect(_CAR)
    stage.wait("the car", lambda: stage.state() == "connected")
    stage.wait("what the car tells of itself", lambda: _vin(stage) is not None)
    stage.play(1.0)  # the vehicle of that VIN is taken at hand; then comes another
    stage.window.acts.take_vehicle(stage.desk.store.vehicles.by_name(_VEHICLE))
    page.supplies.connect(_DYNO)
    stage.wait("readings of the dyno", lambda: Role.SPEED in _now(stage).values)
    page.supplies.sources()
    panel = page.supplies.panel
    panel.choose("Mustang")
    for card in panel.cards.values():
        card.fold.setChecked(True)
    stage.play(0.5)
    return panel


def dyno_session(stage: Stage) -> Any:
    """Fill in the form of a session."""
    page = stage.window.page
    page.drives.new_session(arm=True)
    form = page.drives.form
    for name, words in (("gear", "3"), ("fuel", "98 RON"), ("modifications", "Cat-back, 1.4 bar")):
        form.line(name).setText(words)
    stage.play(0.3)
    return form


def dyno_armed(stage: Stage) -> None:
    """Arm: the run begins by itself."""
    page = stage.window.page
    page.drives.new_session(arm=True)
    form = page.drives.form
    form.line("gear").setText("3")
    form.accept_draft()
    stage.wait("a session that is armed", lambda: _now(stage).phase is not Phase.IDLE)
    stage.play(0.2)


def dyno_running(stage: Stage) -> None:
    """Let one run end, and picture the next as it is driven over the ghost of the last."""
    stage.wait("a first run", lambda: bool(_now(stage).last_run), _RUN_S)
    first = _now(stage).last_run
    if _now(stage).phase is Phase.IDLE:
        stage.window.page.drives.start()
    stage.wait("its curve", lambda: first in stage.window.page.results)

    def far_enough() -> bool:
        live = _now(stage).live
        return live is not None and live.curve.rpm.size > 0 and live.curve.rpm[-1] > _SEEN_RPM

    stage.wait("a second run", far_enough, _RUN_S)


def dyno_after(stage: Stage) -> None:
    """Show the run that has just ended, with what it came to."""
    page = stage.window.page
    first = page.chosen[:1]
    stage.wait("the end of the run", lambda: _now(stage).phase is not Phase.RUNNING, _RUN_S)
    stage.wait("the second run", lambda: bool(page.chosen) and page.chosen[:1] != first, _RUN_S)
    stage.wait("its curve", lambda: page.chosen[0] in page.results)
    page.drives.disarm()
    stage.wait("a dyno at rest", lambda: _now(stage).phase is Phase.IDLE, _RUN_S)
    stage.play(0.5)


def dyno_compare(stage: Stage) -> None:
    """Lay both runs over each other."""
    page = stage.window.page
    if len(page.runs) > 1:
        page.does.compare()
        stage.wait("the comparison", lambda: page.overlay.comparison is not None)
    stage.play(0.5)


def dyno_run(stage: Stage) -> Any:
    """Show what can be put right of a run."""
    from cartech_desk.ui.widgets.dyno_run_form import RunForm

    page = stage.window.page
    page.does.properties()
    stage.play(0.3)
    return page.findChildren(RunForm)[-1]


def dyno_sheet(stage: Stage) -> Any:
    """Show the sheet as it will be printed."""
    page = stage.window.page
    page.does.sheet()
    stage.play(2.0)
    return page.preview


def dyno_import(stage: Stage) -> Any:
    """Take a file of another dyno's program: what each of its columns is."""
    page = stage.window.page
    path = stage.desk.data_dir / "RunFile_12.csv"
    path.write_text(foreign_run(), encoding="ascii")
    page.does.ask_open = lambda: path
    page.does.import_file()
    stage.wait("its columns", lambda: page.does.form is not None)
    stage.play(0.3)
    return page.does.form


def foreign_run() -> str:
    """Return a made-up pull as a program of DynoJet's writes it: no units, krpm, empty cells."""
    names = ("Time", *(f"(DWRT CPU) {name}" for name in _FOREIGN), *_FOREIGN_AIR)
    lines = [", ".join(names)]
    for row in range(_FOREIGN_ROWS):
        t_s = row * 0.02
        mph, krpm = 32.0 + 8.5 * t_s, 1.9 + 0.505 * t_s
        hp = 60.0 + 190.0 * math.sin(min(1.0, t_s / 10.0) * 1.45)
        values = (t_s, mph, krpm, hp, hp * 5.252 / krpm, 8.5, hp * 375.0 / mph)
        cells = [f"{value:.3f}" for value in values]
        cells += ["12.4", "29.1", "74.3", "41.0"] if row % 5 == 0 else [" "] * 4
        lines.append(", ".join(cells))
    return "\n".join(lines) + "\n"


def dyno_link(stage: Stage) -> Any:
    """Edit the link of a device that sends lines of text, beside a capture of its bytes."""
    from cartech_desk.hardware.dyno.capture import read_capture, write_capture

    page = stage.window.page
    page.supplies.define_link()
    editor = page.supplies.editor
    path = stage.desk.data_dir / "bench.capture"
    pieces = [
        (
            place * 100_000_000,
            f"{40.0 + place:.1f},{1800 + 37 * place},{51.2 + place:.1f}\r\n".encode(),
        )
        for place in range(60)
    ]
    write_capture(path, pieces, "/dev/ttyUSB0")
    editor.wire.take(read_capture(path))
    stage.wait("a trial", lambda: editor.wire.trial is not None)
    stage.play(0.3)
    return editor


def dyno_kept(stage: Stage) -> None:
    """Let the dyno and its car go: what was driven stays."""
    bay, page = stage.desk.bay, stage.window.page
    page.drives.end_session()
    stage.wait("the end of the session", lambda: _now(stage).session is None)
    for source in _now(stage).sources:
        page.supplies.disconnect(source.alias)
    stage.wait("an empty bench", lambda: not _now(stage).sources)
    bay.disconnect()
    stage.wait("no car", lambda: stage.state() == "disconnected")


def _vin(stage: Stage) -> str | None:
    car = stage.desk.bay.snapshot().connection.car
    return None if car is None else car.vin


def _now(stage: Stage) -> DynoSnapshot:
    now: DynoSnapshot = stage.desk.bay.snapshot().dyno
    return now
