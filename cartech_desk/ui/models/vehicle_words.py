"""How a vehicle, what was fitted to it and what happened to it are said."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.vehicles.record import (
    Modification,
    ModificationType,
    OdometerReading,
    VehicleRecord,
)
from cartech_desk.domain.vehicles.timeline import Happened, TimelineEntry
from cartech_desk.domain.vin import VinCheck, VinState, check_vin
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.models.work_states import BY_WORD
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.words import local_time

VIN_STATES: Final[Mapping[VinState, tuple[State, str]]] = {
    VinState.GOOD: (State.CONNECTED, "check digit right"),
    VinState.UNCHECKED: (State.CONNECTED, "well formed"),
    VinState.WRONG_CHECK: (State.WARNING, "check digit wrong"),
    VinState.MALFORMED: (State.TRIP, "no VIN"),
    VinState.PLACEHOLDER: (State.TRIP, "no VIN"),
}
"""Shape, colour and word of what the check of a VIN says."""
_UNCHECKED_WHY: Final = "No check digit is required where this car was made."

checked = lru_cache(maxsize=4096)(check_vin)
"""The check of a VIN, remembered: lists ask for it at each painting."""


def vin_words(record: VehicleRecord) -> tuple[State, str, str]:
    """Return lamp, word and reason of the check of a vehicle's VIN."""
    if not record.vin:
        return State.OFF, "VIN not known", "Nobody told its VIN yet."
    return check_words(checked(record.vin), record.vin_kept)


def check_words(check: VinCheck, kept: str = "") -> tuple[State, str, str]:
    """Return lamp, word and reason of a check; `kept` is why it was kept all the same."""
    state, word = VIN_STATES[check.state]
    why = check.why
    if check.state is VinState.UNCHECKED and not why:
        why = _UNCHECKED_WHY
    if kept and state is not State.CONNECTED:
        return State.WARNING_GONE, f"{word}, kept", f"{why} It was kept: {kept}".strip()
    return state, word, why


def made_words(record: VehicleRecord) -> str:
    """Return "2019 Honda Civic Type R", as far as it is known."""
    year = str(record.year) if record.year else ""
    return " ".join(filter(None, (year, record.make, record.model)))


def kilometres(km: int | None) -> str:
    """Return "84,200 km", or a dash."""
    return DASH if km is None else f"{km:,} km"


def record_words(record: VehicleRecord) -> str:
    """Return what is known of a vehicle in one line."""
    odometer = ""
    if record.odometer_km is not None:
        read = f", read {local_time(record.odometer_read)}" if record.odometer_read else ""
        odometer = f"{kilometres(record.odometer_km)}{read}"
    said = (made_words(record), record.engine, record.colour, odometer)
    return " · ".join(filter(None, said)) or "Nothing more is known of it yet: edit it."


def money_words(money: Money | None) -> str:
    """Return a sum, or a dash."""
    return DASH if money is None else money_text(money)


def day_words(day: date | None) -> str:
    """Return a day, or a dash."""
    return DASH if day is None else f"{day:%Y-%m-%d}"


def _vin_lamp(record: VehicleRecord) -> State | None:
    return vin_words(record)[0] if record.vin else None


def _vin_tip(record: VehicleRecord) -> str:
    _, word, why = vin_words(record)
    return f"{word.capitalize()}. {why}".strip()


VEHICLE_COLUMNS: Final = (
    Column[VehicleRecord]("name", "Vehicle", lambda row: row.name, 168, grows=True),
    Column[VehicleRecord]("plate", "Plate", lambda row: row.plate or DASH, 96),
    Column[VehicleRecord]("owner", "Owner", lambda row: row.owner or DASH, 128, grows=True),
    Column[VehicleRecord](
        "odometer", "Odometer", lambda row: kilometres(row.odometer_km), 96, right=True
    ),
    Column[VehicleRecord](
        "vin", "VIN", lambda row: row.vin or DASH, 190, lamp=_vin_lamp, tip=_vin_tip
    ),
    Column[VehicleRecord](
        "make", "Make, model, year", lambda row: made_words(row) or DASH, 168, grows=True
    ),
)

_SAID: Final = {
    ModificationType.ECU: "ECU, tune",
    ModificationType.FUEL: "Another fuel",
    ModificationType.INTERNALS: "Pistons, rods, studs",
    ModificationType.OIL_SYSTEM: "Oil system",
    ModificationType.NITROUS: "Nitrous oxide",
}


def reading_words(one: OdometerReading) -> str:
    """Return "2026-03-14 10:12 · 84 200 km · Mary Manager · another instrument"."""
    at = stamp(one.read) if one.read is not None else ""
    return " · ".join(filter(None, (at, kilometres(one.km), one.by, one.reason)))


def type_words(kind: ModificationType) -> str:
    """Return a type of modification as people say it."""
    return _SAID.get(kind) or kind.value.replace("_", " ").capitalize()


def modification_words(one: Modification) -> str:
    """Return "Turbo Garrett G25-550"."""
    return " ".join(filter(None, (type_words(one.type), one.brand, one.model)))


HAPPENED: Final[Mapping[Happened, tuple[State, str]]] = {
    Happened.MODIFICATION: (State.CONNECTED, "Fitted"),
    Happened.REMOVAL: (State.OFF, "Taken off"),
    Happened.TUNE: (State.CONNECTED, "Tune"),
    Happened.RUN: (State.CONNECTED, "Dyno run"),
    Happened.CHECKUP: (State.CONNECTED, "Check-up"),
    Happened.CODES_CLEARED: (State.CONNECTED, "Codes cleared"),
    Happened.RECORDING: (State.CONNECTED, "Recording"),
    Happened.JOB: (State.OFF, "Job"),
    Happened.APPOINTMENT: (State.OFF, "Appointment"),
    Happened.ALARM: (State.WARNING_GONE, "Alarm"),
    Happened.ODOMETER: (State.OFF, "Odometer"),
}
"""Lamp of a thing that says nothing worse, and its word."""
_WEIGHTS: Final = {
    "good": State.CONNECTED,
    "attention": State.WARNING,
    "bad": State.TRIP,
}
OPENED_BY: Final[Mapping[Happened, str]] = {
    Happened.RUN: "dyno",
    Happened.CHECKUP: "faults",
    Happened.CODES_CLEARED: "faults",
    Happened.RECORDING: "recordings",
    Happened.JOB: "jobs",
    Happened.APPOINTMENT: "calendar",
    Happened.ALARM: "alarms",
}
"""The page that opens it at its place."""

TIMELINE_COLUMNS: Final = ("When", "What", "Which", "Details")


def timeline_cells(entry: TimelineEntry) -> list[str | tuple[Lit, str]]:
    """Return what a line of the timeline shows."""
    usual, word = HAPPENED[entry.kind]
    state: Lit = _WEIGHTS.get(entry.weight, usual)
    if entry.kind in (Happened.JOB, Happened.APPOINTMENT):
        state = BY_WORD.get(entry.detail, state)
    at = f"{entry.at:%Y-%m-%d}" if entry.day_only else stamp(entry.at)
    title = entry.title[:1].upper() + entry.title[1:]
    return [at, (state, word), title, entry.detail]


def stamp(at: datetime) -> str:
    """Return an instant in local time with its date."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
