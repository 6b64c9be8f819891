"""Performance in words: vehicles, sessions, figures, runs beside each other."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.history import Gained, PowerHistory, SessionPower
from cartech_desk.domain.units import shown
from cartech_desk.office.performance_words import DrivenVehicle
from cartech_desk.reports.dyno_units import SheetUnits, measured
from cartech_desk.reports.performance_report import Compared
from cartech_desk.reports.performance_words import change, gain_words, percent, power, since, torque
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.models.revenue_words import Figure
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

DASH: Final = "\u2013"
LAMPS: Final = {Weight.STOP: State.TRIP, Weight.SOON: State.WARNING, Weight.HINT: State.OFF}

VEHICLE_COLUMNS: Final[tuple[Column[DrivenVehicle], ...]] = (
    Column("vehicle", "Vehicle", lambda one: one.vehicle, 144, grows=True, sorts=False,
           tip=lambda one: f"{one.owner or 'no owner noted'}, {counted(one.sessions, 'session')}"),
    Column("plate", "Plate", lambda one: one.plate, 96, sorts=False),
    Column("last", "Last", lambda one: one.last.isoformat(), 82, sorts=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the list: its point, what it gained over the one before, whether compared."""

    point: SessionPower
    gained: Gained | None
    compared: bool = False
    when: str = ""
    """Its day, with the time where it is not the only session of that day."""


def session_rows(history: PowerHistory, compared: set[str]) -> tuple[SessionRow, ...]:
    """Return the sessions of a history, the newest first."""
    gained = {one.after: one for one in history.gains}
    days = Counter(one.day for one in history.points)
    return tuple(
        SessionRow(
            one,
            gained.get(one.session_id),
            one.run_id in compared,
            f"{one.day} {one.at:%H:%M}" if days[one.day] > 1 else f"{one.day}",
        )
        for one in reversed(history.points)
    )


def session_columns(units: SheetUnits) -> tuple[Column[SessionRow], ...]:
    """Return the columns of the sessions."""
    return (
        Column("day", "Day", lambda one: one.when, 150,
               order=lambda one: one.point.at,
               lamp=lambda one: State.WARNING if one.point.unlike else State.CONNECTED,
               tip=_driven),
        Column("compared", "Compared", lambda one: "✓ compared" if one.compared else "", 84),
        Column("power", "Power", lambda one: power(one.point.power_kw, units), 82, right=True,
               order=lambda one: one.point.power_kw or 0.0),
        Column("torque", "Torque", lambda one: torque(one.point.torque_nm, units), 88, right=True,
               order=lambda one: one.point.torque_nm or 0.0,
               tip=lambda one: _also(one.point, units).rstrip(", ")),
        Column("change", "Change", _change, 76, right=True,
               order=lambda one: one.gained.power_pct if one.gained else 0.0,
               token=lambda one: "" if one.gained is None or one.gained.sure else "muted",
               tip=lambda one: "" if one.gained is None else gain_words(one.gained, units)),
        Column("runs", "Runs", _runs, 112, right=True, order=lambda one: one.point.runs),
        Column("why", "With, or why not comparable", _with, 296, grows=True, tip=_with),
    )  # fmt: skip


def _driven(one: SessionRow) -> str:
    return one.point.unlike or f"Driven on {one.point.bench or 'a dyno without a name'}"


def _change(one: SessionRow) -> str:
    return "" if one.gained is None else percent(one.gained.power_pct)


def _runs(one: SessionRow) -> str:
    spread = one.point.spread_pct
    return f"{one.point.runs}" + ("" if spread is None else f" within {spread:.1f} %")


def _with(one: SessionRow) -> str:
    if one.point.unlike:
        return one.point.unlike
    fitted = ", ".join(one.gained.fitted) if one.gained is not None else ""
    noted = f"noted: {one.point.notes}" if one.point.notes else ""
    return fitted or noted


def figures(history: PowerHistory, units: SheetUnits) -> tuple[Figure, ...]:
    """Return the figures above a vehicle's history."""
    alike = [one for one in history.points if not one.unlike]
    if not alike:
        return ()
    last, whole = alike[-1], history.whole
    best = max(alike, key=lambda one: one.power_kw or 0.0)
    steps = [one for one in history.gains if one.fitted and one.sure and one.power_kw > 0]
    step = max(steps, key=lambda one: one.power_kw, default=None)
    found = [
        Figure("Power", power(last.power_kw, units), f"on {last.day}, {last.run}"),
        Figure("Torque", torque(last.torque_nm, units), f"{_also(last, units)}on {last.day}"),
    ]
    if whole is None:
        found.append(Figure("Gained", DASH, "one session has nothing before it"))
    else:
        found.append(
            Figure(
                "Gained",
                change(whole.power_kw, units),
                f"{percent(whole.power_pct)} since {since(history, short=True)}"
                + ("" if whole.sure else "; within the scatter"),
            )
        )
    if step is None:
        found.append(Figure("Best ever", power(best.power_kw, units), f"on {best.day}"))
    else:
        found.append(Figure("Best step", change(step.power_kw, units), ", ".join(step.fitted)))
    unlike = len(history.points) - len(alike)
    found.append(
        Figure(
            "Sessions",
            str(len(history.points)),
            f"{unlike} not comparable" if unlike else "all comparable",
            warns=bool(unlike),
        )
    )
    return tuple(found)


def _also(point: SessionPower, units: SheetUnits) -> str:
    """Return a torque in the shop's other unit; empty where it stands in the shop's own."""
    usual = shown("Nm", units.system).key
    if point.torque_nm is None or usual == units.torque:
        return ""
    return f"{measured(point.torque_nm, 'Nm', usual, 0)}, "


def compared_columns(units: SheetUnits) -> tuple[Column[Compared], ...]:
    """Return the columns of runs beside each other."""
    return (
        Column("label", "Run", lambda one: one.label, 280, grows=True, sorts=False,
               lamp=lambda one: State.WARNING if one.why_not else State.CONNECTED,
               tip=lambda one: one.why_not),
        Column("power", "Power", lambda one: power(one.power_kw, units), 86, right=True,
               sorts=False),
        Column("torque", "Torque", lambda one: torque(one.torque_nm, units), 90, right=True,
               sorts=False),
        Column("gain", "On average", lambda one: _average(one, units), 96, right=True,
               sorts=False),
        Column("best", "At best", lambda one: _best(one, units), 180, sorts=False),
        Column("why", "Not comparable", lambda one: one.why_not, 140, grows=True, sorts=False,
               tip=lambda one: one.why_not),
    )  # fmt: skip


def _average(one: Compared, units: SheetUnits) -> str:
    if one.gain is None:
        return DASH if one.why_not else "the first"
    return change(one.gain.average_b_kw - one.gain.average_a_kw, units)


def _best(one: Compared, units: SheetUnits) -> str:
    if one.gain is None:
        return ""
    unit = "rpm" if one.gain.axis == "rpm" else "km/h"
    return f"{change(one.gain.best_gain_kw, units)} at {one.gain.best_gain_at:,.0f} {unit}"


def heard(history: PowerHistory) -> str:
    """Say what is shown."""
    if not history.points:
        return "No session with power is kept of it."
    return f"{counted(len(history.points), 'session')}, all power as {history.correction}"
