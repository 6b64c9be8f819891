"""The dyno's part of the demo: a pull of the simulated car on its rollers, and its sheet."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.desk import Desk
from cartech_desk.app.output import say
from cartech_desk.app.recording_session import awaited
from cartech_desk.bay.dyno import SessionWish
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup, View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.domain.units import UnitSystem

if TYPE_CHECKING:
    from concurrent.futures import Future

NAME_OF_CAR: Final = "rollers"
SCRIPT: Final = "dyno"
CAR: Final = f"sim:{NAME_OF_CAR}?script={SCRIPT}"
FAULT_OF_CAR: Final = "probe_heater"
CODES_OF_CAR: Final = ("evap_leak", "catalyst_worn", "gearbox_oil_sensor", "lost_gearbox")
DYNO: Final = f"sim:{NAME_OF_CAR}"
GEAR: Final = "4"
LEAST_S: Final = 18.0
"""A pull from 1,900 to 6,500 rpm in fourth gear takes so long."""
ARMED_S: Final = 1.0
LOOK_S: Final = 0.02


@dataclass(slots=True)
class Pull:
    """What became of the pull: its run, or a sentence that says why there is none."""

    run_id: str = ""
    why: str = ""
    sheet: Path | None = None
    told: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def document(self) -> dict[str, Any]:
        """Return what `--json` says of it."""
        return {
            **({"run_id": self.run_id or None} | self.told),
            "sheet": str(self.sheet) if self.sheet else None,
            "why_not": self.why,
        }


def give_faults() -> None:
    """Let the demo's car hold codes, none of which changes how it drives.

    The heater of a probe is broken, so that its code comes back after clearing; the others are of
    earlier drives.
    """
    from cartech_desk.hardware.sim.link import park
    from cartech_desk.hardware.sim.options import parse_options

    car = park(NAME_OF_CAR, parse_options({"script": SCRIPT})).car
    car.remember(*CODES_OF_CAR, FAULT_OF_CAR)
    car.inject(FAULT_OF_CAR)


def begin_session(desk: Desk, vehicle_id: str, by: Actor, seconds: float) -> Pull:
    """Take the simulated dyno onto the bench and begin a session, where a pull fits at all."""
    pull = Pull()
    if seconds < LEAST_S:
        pull.why = (
            f"No pull fits into {seconds:g} s: it takes {LEAST_S:g} s. "
            f"Let the demo last longer, with --seconds 25."
        )
        return pull
    say(f"Connecting to the dyno {DYNO} …")
    try:
        awaited(desk.bay.dyno.connect(DYNO))
        wish = SessionWish(
            vehicle_id,
            setup=RunSetup(gear=GEAR, turbo=True),
            fuel="petrol",
            notes="A demo: simulated car, simulated dyno.",
        )
        awaited(desk.bay.dyno.start_session(wish, by))
    except CarTechError as error:
        pull.why = error.message
    return pull


@contextmanager
def driven(desk: Desk, pull: Pull, by: Actor) -> Iterator[None]:
    """Let the bench take the pull that comes meanwhile."""
    began: Future[str] | None = None if pull.why else _armed(desk, by)
    yield
    if began is None:
        return
    try:
        stopped = awaited(desk.bay.dyno.stop(by))
        pull.run_id = began.result() if began.done() and not began.exception() else stopped
        awaited(desk.bay.dyno.stop_session(by))
    except CarTechError as error:
        pull.why = error.message
    if not (pull.run_id or pull.why):
        refused = began.exception() if began.done() else None
        pull.why = str(refused) if refused else "The dyno saw no pull."


def _armed(desk: Desk, by: Actor) -> "Future[str]":
    """Arm the bench; where the car rolls too fast already to begin a run by itself, begin it."""
    began = desk.bay.dyno.start(by)
    deadline = time.monotonic() + ARMED_S
    start_kmh = desk.settings.values.dyno.start_kmh
    while not began.done() and time.monotonic() < deadline:
        now = desk.bay.dyno.snapshot(monotonic_ns())
        speed = now.values.get(Role.SPEED)
        if now.phase is Phase.ARMED and speed is not None and math.isfinite(speed.value):
            if start_kmh is None or speed.value > start_kmh:
                return desk.bay.dyno.start(by)
            break
        time.sleep(LOOK_S)
    return began


def write_sheet(desk: Desk, pull: Pull, folder: Path, by: Actor) -> None:
    """Compute the run, and write its sheet where there was a pull in it."""
    if not pull.run_id:
        return
    from cartech_desk.app.dyno_acts.told import Shown, run_document, run_text
    from cartech_desk.reports.dyno_sheet import Paper

    values = desk.settings.values
    view = View(values.dyno.correction, values.dyno.smoothing)
    units = UnitSystem(values.screen.units)
    run, result = desk.store.dyno.run(pull.run_id), desk.bay.runs.result(pull.run_id, view)
    pull.told = run_document(run, result)
    pull.text = run_text(run, None, result, Shown.of(values.dyno.power_unit, units))
    if result.pull is None or result.peak_power is None:
        reasons = " ".join(mark.why for mark in result.quality)
        pull.why = f"The run holds no pull. {reasons} Let the demo last longer, with --seconds 25."
        return
    try:
        sheet = desk.bay.sheets.sheet(
            [pull.run_id],
            view,
            by,
            paper=Paper(values.sheets.paper),
            units=units,
            power_unit=values.dyno.power_unit,
            table_step_rpm=values.sheets.table_step_rpm,
            address=values.sheets.address,
            logo=values.sheets.logo,
        )
        pull.sheet = desk.bay.sheets.write(sheet, folder / f"demo-{pull.run_id}.pdf", by)
    except CarTechError as error:
        pull.why = error.message


def text_of(pull: Pull) -> str:
    """Return what a person reads of it."""
    if pull.sheet is None:
        return f"No dyno sheet: {pull.why}"
    return f"\n{pull.text}\nwritten to {pull.sheet}"
