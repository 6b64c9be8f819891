"""The words upon one card of the page of alarms."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_words import (
    LEVEL_WORDS,
    PRIORITY_WORDS,
    alarm_unit,
    clock_words,
    edge_words,
    lamp_words,
    left_words,
    number_words,
    other_vehicle,
    roughly,
    short_headline,
    since_words,
    spoken,
    worst_words,
)
from cartech_desk.ui.words import local_time


@dataclass(frozen=True, slots=True)
class AlarmTexts:
    """What a card says. `state` is set in the colour of the level, `rest` muted behind it."""

    title: str = ""
    state: str = ""
    rest: str = ""
    to_do: str = ""
    value: str = ""
    value_beneath: str = ""
    first_out: bool = False
    spoken: str = ""


def value_now(alarm: StandingAlarm, snapshot: BaySnapshot) -> float | None:
    """Return what its channel reads now: NaN for a channel gone quiet, None where nobody asks."""
    status = snapshot.channels.get(alarm.channel)
    if status is not None:
        return status.value
    return alarm.value if alarm.level > Level.NONE else None


def card_texts(alarm: StandingAlarm, snapshot: BaySnapshot, system: UnitSystem) -> AlarmTexts:
    """Return what the card of an alarm says as of this picture of the bay."""
    measures = alarm.limit is not None or alarm.edge is not None
    value, beneath = _reading(alarm, snapshot, system) if measures else ("", "")
    rest = " · ".join(word for word in _rest(alarm, snapshot) if word)
    return AlarmTexts(
        title=alarm.label if measures else short_headline(alarm, system),
        state=lamp_words(alarm),
        rest=f" · {rest}" if rest else "",
        to_do=alarm.to_do,
        value=value,
        value_beneath=beneath,
        first_out=alarm.first_out,
        spoken=spoken(alarm, system),
    )


def _reading(alarm: StandingAlarm, snapshot: BaySnapshot, system: UnitSystem) -> tuple[str, str]:
    """Return the value in large and what stands beneath it: the worst one, and the edge.

    Where the value of now is not known since it is over, the worst one stands in its place.
    """
    edge, now = edge_words(alarm, system), value_now(alarm, snapshot)
    worst = worst_words(alarm, system) if math.isfinite(alarm.worst_value) else ""
    if now is None:
        value, beneath = worst, "at worst" if worst else ""
    else:
        value = number_words(now, alarm_unit(alarm, system))
        beneath = f"worst {worst}" if worst else ""
    return value, "\n".join(words for words in (beneath, edge) if words)


def _rest(alarm: StandingAlarm, snapshot: BaySnapshot) -> tuple[str, ...]:
    who = when = ""
    if alarm.state is AlarmState.SHELVED:
        who = f"by {alarm.shelved_by}" if alarm.shelved_by else ""
        if alarm.shelved_reason:
            who = f"{who}: “{alarm.shelved_reason}”".removeprefix(": ")
        when = left_words(alarm, datetime.now(UTC))
    elif alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED and alarm.returned is not None:
        stood = (alarm.returned - alarm.raised).total_seconds()
        length = roughly(stood) if stood >= 1 else f"{max(0.0, stood):.1f} s"
        when = f"stood {length}, gone since {clock_words(alarm.returned)}"
    elif alarm.acknowledged is not None and alarm.acknowledged_by:
        who = f"by {alarm.acknowledged_by}, {local_time(alarm.acknowledged)}"
    lower = Level.NONE < alarm.level < alarm.worst
    return (
        who,
        when,
        f"now {LEVEL_WORDS[alarm.level]}" if lower else "",
        since_words(alarm, snapshot.now_ns) if alarm.level > Level.NONE else "",
        f"came {alarm.times} times" if alarm.times > 1 else "",
        f"{PRIORITY_WORDS[alarm.priority]} priority",
        other_vehicle(alarm, snapshot.alarms.vehicle_id),
    )


def gone_texts(texts: AlarmTexts) -> AlarmTexts:
    """Return the words of a card whose alarm is normal again and keeps its place for a moment."""
    return replace(texts, state="normal again", rest="", spoken=f"Normal again: {texts.title}")
