"""Alarms told on a terminal: a line when one comes, gets worse or goes, and what to do."""

import math
import time
from collections.abc import Mapping
from typing import Any, Final

from cartech_desk.app.output import say
from cartech_desk.app.shown_values import shown_unit, value_words
from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import ACTIVE, AlarmState
from cartech_desk.domain.units import UnitSystem

_NOT_AGAIN_S: Final = 10.0
"""One that flaps is told anew after so long."""
MARKS: Final = {Level.NONE: " ", Level.WARNING: "▲", Level.TRIP: "■"}
"""The shape that stands before an alarm of this level."""
_ASIDE: Final = frozenset({AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE})


class AlarmVoice:
    """Hears of the alarms some times a second and tells what is new.

    `heard` has every alarm as it was seen last, the first one raised first.
    """

    def __init__(self, system: UnitSystem = UnitSystem.METRIC) -> None:
        self._system = system
        self._heard: dict[str, StandingAlarm] = {}
        self._gone_s: dict[str, float | None] = {}
        self._told: dict[str, Level] = {}
        """How bad it was when it was told; NONE where its going was told."""
        self._worst: dict[str, Level] = {}
        """The worst that was told of it."""
        self._told_at: dict[str, float] = {}

    def hear(self, alarms: AlarmsSnapshot) -> None:
        """Take in all alarms as of now."""
        standing = {alarm.id: alarm for alarm in alarms.standing if alarm.state not in _ASIDE}
        for alarm in standing.values():
            self._heard[alarm.id] = alarm
            self._tell(alarm, active=alarm.state in ACTIVE)
        for alarm_id, alarm in self._heard.items():
            if alarm_id not in standing:  # acknowledged or cleared by somebody else
                self._tell(alarm, active=False)

    def entries(self, began_ns: int) -> list[dict[str, Any]]:
        """Return what `--json` says of them; seconds are from monotonic `began_ns`."""
        alarms = sorted(self._heard.values(), key=lambda alarm: alarm.order)
        return [_entry(alarm, began_ns) for alarm in alarms]

    def _tell(self, alarm: StandingAlarm, *, active: bool) -> None:
        before = self._told.get(alarm.id, Level.NONE)
        level = max(alarm.level, alarm.worst) if active else Level.NONE
        if level == before and (alarm.id in self._told or active):
            return
        now = time.monotonic()
        first = alarm.id not in self._told
        again = now - self._told_at.get(alarm.id, -math.inf) >= _NOT_AGAIN_S
        worse = level > self._worst.get(alarm.id, Level.NONE)
        if first or again or worse or level is Level.NONE:
            say(_gone(alarm) if level is Level.NONE and not first else _come(alarm, self._system))
            self._told_at[alarm.id] = now
            self._told[alarm.id] = level
            told = alarm.worst if first else level
            self._worst[alarm.id] = max(told, self._worst.get(alarm.id, Level.NONE))


def lines_of(entries: list[Mapping[str, Any]]) -> list[str]:
    """Return alarms of a document as a person reads them."""
    lines = []
    for entry in entries:
        until = entry["returned_s"]
        lasted = "still there at the end" if until is None else f"until {until:.2f} s"
        mark = MARKS[Level[str(entry["level"]).upper()]]
        lines.append(
            f"  {mark} {entry['level']} at {entry['at_s']:.2f} s, {lasted}: {entry['label']}"
        )
    return lines


def _come(alarm: StandingAlarm, system: UnitSystem) -> str:
    level = max(alarm.level, alarm.worst, Level.WARNING)
    worst, unit = level.name.capitalize(), shown_unit(alarm.unit, alarm.channel, system)
    value = f" at {value_words(alarm.worst_value, unit)}" if _known(alarm.worst_value) else ""
    edge = f" (limit {value_words(alarm.edge, unit)})" if alarm.edge is not None else ""
    return f"{MARKS[level]} {worst}: {alarm.label}{value}{edge}. {alarm.to_do}".strip()


def _gone(alarm: StandingAlarm) -> str:
    lasted = _lasted_s(alarm)
    return f"Gone: {alarm.label}{f', after {lasted:.1f} s' if lasted is not None else ''}."


def _entry(alarm: StandingAlarm, began_ns: int) -> dict[str, Any]:
    at_s = (alarm.raised_ns - began_ns) / 1e9
    lasted_s = _lasted_s(alarm)
    return {
        "label": alarm.label,
        "level": max(alarm.level, alarm.worst).name.lower(),
        "channel": alarm.channel,
        "at_s": round(at_s, 3),
        "returned_s": None if lasted_s is None else round(at_s + lasted_s, 3),
        "value": alarm.worst_value if _known(alarm.worst_value) else None,
        "unit": alarm.unit,
        "times": alarm.times,
        "to_do": alarm.to_do,
    }


def _lasted_s(alarm: StandingAlarm) -> float | None:
    if alarm.returned is None:
        return None
    return (alarm.returned - alarm.raised).total_seconds()


def _known(value: float) -> bool:
    return math.isfinite(value)
