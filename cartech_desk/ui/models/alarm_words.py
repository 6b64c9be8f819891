"""An alarm in words: its lamp, its headline in the shop's units, its age, where it stands.

Every place that shows an alarm says it in these words: the bar on top, the lock screen, Today and
the page of alarms.
"""

import math
from datetime import datetime
from typing import Final

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.limit import Comparison, Level, Priority
from cartech_desk.domain.alarms.state import ACTIVE, UNACKNOWLEDGED, AlarmState
from cartech_desk.domain.alarms.watch import SignalFault
from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted, lasting, local_time

LEVEL_WORDS: Final = {Level.NONE: "none", Level.WARNING: "warning", Level.TRIP: "trip"}
PRIORITY_WORDS: Final = {
    Priority.LOW: "low",
    Priority.MEDIUM: "medium",
    Priority.HIGH: "high",
    Priority.CRITICAL: "critical",
}
FIRST_OUT: Final = "1st"
"""The mark of an alarm that came while no other stood."""
ADVISORY: Final = (
    "The desk advises. It is no emergency stop: it does not cut fuel, load or ignition."
)
"""Stands wherever alarms are listed."""

_FAULT_WORDS: Final = {
    SignalFault.STALE: "no value comes",
    SignalFault.INVALID: "answers that are no values",
    None: "no value",
}
_ASIDE: Final = {
    AlarmState.SHELVED: State.SHELVED,
    AlarmState.OUT_OF_SERVICE: State.OUT_OF_SERVICE,
    AlarmState.LATCHED: State.LATCHED,
    AlarmState.NORMAL: State.OFF,
}
STATE_WORDS: Final = {
    AlarmState.NORMAL: "normal",
    AlarmState.ACTIVE_UNACKNOWLEDGED: "not acknowledged",
    AlarmState.ACTIVE_ACKNOWLEDGED: "acknowledged",
    AlarmState.RETURNED_UNACKNOWLEDGED: "gone, not acknowledged",
    AlarmState.LATCHED: "latched until cleared",
    AlarmState.SHELVED: "shelved",
    AlarmState.OUT_OF_SERVICE: "out of service",
}


# Its lamp


def lamp_state(alarm: StandingAlarm) -> State:
    """Return the lamp of an alarm: its shape tells level and state, hollow where it is gone."""
    return lamp_of(alarm.state, alarm.worst)


def lamp_of(state: AlarmState, level: Level) -> State:
    """Return the lamp of a state at this level; the worst level of the occurrence counts."""
    aside = _ASIDE.get(state)
    if aside is not None:
        return aside
    trip = level is Level.TRIP
    if state in ACTIVE:
        return State.TRIP if trip else State.WARNING
    return State.TRIP_GONE if trip else State.WARNING_GONE


def asks(alarm: StandingAlarm) -> bool:
    """Whether it asks to be acknowledged; such a lamp flashes."""
    return alarm.state in UNACKNOWLEDGED


def state_words(alarm: StandingAlarm) -> str:
    """Return where it stands: `not acknowledged`, `acknowledged`, `latched until cleared`."""
    return STATE_WORDS[alarm.state]


def level_words(alarm: StandingAlarm) -> str:
    """Return how far out it was at worst: `trip`, `warning`."""
    return LEVEL_WORDS[max(alarm.worst, alarm.level)]


def lamp_words(alarm: StandingAlarm) -> str:
    """Return the words beside its lamp: `Trip, not acknowledged`."""
    level = max(alarm.worst, alarm.level)
    words = state_words(alarm)
    return (f"{LEVEL_WORDS[level]}, {words}" if level > Level.NONE else words).capitalize()


# Its numbers


def alarm_unit(alarm: StandingAlarm, system: UnitSystem) -> ShownUnit:
    """Return the unit that this shop reads the alarm's value in; one that is unknown as it is."""
    try:
        return shown(alarm.unit or "none", system, alarm.channel)
    except UnitError:
        return ShownUnit(alarm.unit, alarm.unit, 2)


def number_words(value: float, unit: ShownUnit, *, exact: bool = False) -> str:
    """Write a value with its unit; `exact` gives an edge one decimal more where that is all of it.

    A value that is not finite is a dash.
    """
    number = unit.to_shown(value)
    decimals = unit.decimals
    if exact and math.isfinite(number):
        finer = number * 10 ** (decimals + 1)
        if abs(finer - round(finer)) < 1e-6 * max(1.0, abs(finer)):
            decimals += round(finer) % 10 != 0
    text = in_words(number, decimals)
    return f"{text} {unit.symbol}".rstrip() if math.isfinite(number) else text


def value_words(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Write its value now; empty for an alarm that has none."""
    return number_words(alarm.value, alarm_unit(alarm, system)) if _measures(alarm) else ""


def worst_words(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Write the worst value of this occurrence; empty for an alarm that has none."""
    return number_words(alarm.worst_value, alarm_unit(alarm, system)) if _measures(alarm) else ""


def edge_words(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Write what was passed: `trip above 115 °C`; empty for an alarm without an edge."""
    if alarm.edge is None:
        return ""
    side = {Comparison.ABOVE: "above ", Comparison.BELOW: "below "}.get(alarm.comparison, "")
    edge = number_words(alarm.edge, alarm_unit(alarm, system), exact=True)
    level = level_words(alarm) if max(alarm.worst, alarm.level) > Level.NONE else "limit"
    return f"{level} {side}{edge}"


def _measures(alarm: StandingAlarm) -> bool:
    return alarm.limit is not None or math.isfinite(alarm.value) or alarm.edge is not None


# Its headline


def short_headline(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Return what fits a bar: `Coolant 117 °C`, `Air to fuel: no value comes`, `Link lost`.

    One that is over, shelved or latched is told with its worst value.
    """
    if alarm.fault is not None:
        return f"{alarm.label}: {_FAULT_WORDS[alarm.fault]}"
    value = alarm.value if alarm.level > Level.NONE else alarm.worst_value
    if not math.isfinite(value):
        value = alarm.worst_value if math.isfinite(alarm.worst_value) else alarm.value
    if not math.isfinite(value):
        return alarm.label
    return f"{alarm.label} {number_words(value, alarm_unit(alarm, system))}"


def headline(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Return the whole of it: `Coolant 117 °C, trip above 115 °C`."""
    edge = edge_words(alarm, system)
    short = short_headline(alarm, system)
    return f"{short}, {edge}" if edge else short


def spoken(alarm: StandingAlarm, system: UnitSystem) -> str:
    """Return lamp, headline and what to do in one line, for screen readers and tooltips."""
    words = f"{lamp_words(alarm)}: {headline(alarm, system)}"
    return f"{words}. {alarm.to_do}" if alarm.to_do else words


def other_vehicle(alarm: StandingAlarm, at_hand: str) -> str:
    """Name the alarm's vehicle where it is not the one at hand (its id); else empty."""
    return alarm.vehicle_name if alarm.vehicle_id != at_hand else ""


def count_words(number: int) -> str:
    """Write how many alarms there are: `1 alarm`, `3 alarms`."""
    return counted(number, "alarm")


# Its times


def since_words(alarm: StandingAlarm, now_ns: int) -> str:
    """Write for how long it has been standing: `for 12 s`, `for 3 min`; `now_ns` is monotonic."""
    return f"for {roughly((now_ns - alarm.raised_ns) / 1e9)}"


def raised_words(alarm: StandingAlarm) -> str:
    """Write when it came, to the second: `today 14:03:12`."""
    return clock_words(alarm.raised)


def clock_words(instant: datetime) -> str:
    """Write an instant in local time to the second, with its date where it is not today."""
    return f"{local_time(instant)}:{instant.astimezone():%S}"


def left_words(alarm: StandingAlarm, now: datetime) -> str:
    """Write how long it stays shelved: `14 min left, until 14:45`; empty where it is not."""
    until = alarm.shelved_until
    if alarm.state is not AlarmState.SHELVED or until is None:
        return ""
    local = until.astimezone()
    at = f"{local:%H:%M}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"
    return f"{roughly(max(0.0, (until - now).total_seconds()), up=True)} left, until {at}"


def roughly(seconds: float, *, up: bool = False) -> str:
    """Write a length as one reads it in passing: `12 s`, `3 min`, `2 h 05 min`, `3 days`.

    `up` rounds minutes up, for a time that is left.
    """
    seconds = max(0.0, seconds)
    if seconds < 60:
        return lasting(seconds if up else math.floor(seconds))
    minutes = math.ceil(seconds / 60) if up else math.floor(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} days"
