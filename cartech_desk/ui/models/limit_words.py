"""A limit in words: read aloud in one sentence, and in the short words of a table."""

import re
from collections.abc import Mapping
from typing import Final

from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit
from cartech_desk.domain.alarms.trial import Trial
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown
from cartech_desk.ui.models.alarm_words import PRIORITY_WORDS, number_words
from cartech_desk.ui.models.time_scale import elapsed
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.words import counted, lasting

ACTION_WORDS: Final = {
    Action.LAMP: "lamp",
    Action.SOUND: "lamp and sound",
    Action.STOP_RUN: "lamp, sound, advice to stop the run",
}
COMPARISON_WORDS: Final = {Comparison.ABOVE: "above", Comparison.BELOW: "below"}

_PART: Final = re.compile(r"(\w+)\s*(>=?|<=?)\s*(\d+\.?\d*)")
_TENTH: Final = 100_000_000

Channels = Mapping[str, Channel]


def limit_unit(limit: Limit, unit: str, channels: Channels, system: UnitSystem) -> ShownUnit:
    """Return the unit that people read a limit in; `unit` is the canonical one of what it watches.

    A unit that the desk does not know is shown as it is.
    """
    watches = limit.watches.strip()
    channel = watches if watches in channels else ""
    key = channels[channel].unit if channel else (unit or limit.unit or "none")
    try:
        return shown(key, system, channel)
    except UnitError:
        return ShownUnit(key, key, 2)


def difference(unit: ShownUnit) -> ShownUnit:
    """Return the unit of a distance between two values: 10 °C are 18 °F, and not 50."""
    return ShownUnit(unit.key, unit.symbol, unit.decimals, abs(unit.factor))


def watched_words(limit: Limit, channels: Channels) -> str:
    """Name what a limit watches: the channel's label, else the expression."""
    channel = channels.get(limit.watches.strip())
    return channel.label if channel is not None else limit.watches


def aloud(limit: Limit, unit: ShownUnit, channels: Channels, system: UnitSystem) -> str:
    """Read a limit aloud: `Warns when boost is above 1.3 bar, trips above 1.45 bar after 0.5 s; …`.

    Then when it goes, when it counts, and what it does.
    """
    parts = [_when(limit, unit, channels), _back(limit, unit)]
    if limit.gate.strip():
        parts.append(f"counts {gate_words(limit.gate, channels, system)}")
    if limit.latch:
        parts.append("stays until somebody clears it")
    words = "; ".join(part for part in parts if part)
    what = f"Priority {PRIORITY_WORDS[limit.priority]}: {ACTION_WORDS[limit.action]}."
    if not limit.in_service:
        what = "Out of service: it is not watched until it is put in service."
    return f"{words}. {what}"


def _when(limit: Limit, unit: ShownUnit, channels: Channels) -> str:
    side = COMPARISON_WORDS[limit.comparison]
    known = limit.watches.strip() in channels
    name = in_a_sentence(watched_words(limit, channels)) if known else f"“{limit.watches}”"
    parts = []
    for level, verb in ((Level.WARNING, "warns"), (Level.TRIP, "trips")):
        edge = limit.edge(level)
        if edge is None:
            continue
        when = "" if parts else f" when {name} is"
        delay = limit.delay_s(level)
        after = f" after {seconds_words(delay)}" if delay else ""
        parts.append(f"{verb}{when} {side} {number_words(edge, unit, exact=True)}{after}")
    words = ", ".join(parts) or f"watches {name}, and nothing else yet"
    return words[0].upper() + words[1:]


def _back(limit: Limit, unit: ShownUnit) -> str:
    held = f" for {seconds_words(limit.off_delay_s)}" if limit.off_delay_s else ""
    if not limit.deadband:
        return f"goes once it is back{held}" if held else "goes as soon as it is back"
    side = "below" if limit.comparison is Comparison.ABOVE else "above"
    number = number_words(limit.deadband, difference(unit), exact=True)
    return f"goes {number} {side} that{held}"


def gate_words(gate: str, channels: Channels, system: UnitSystem) -> str:
    """Read a gate: `above 2 000 rpm and while manifold pressure is above 95 kPa`.

    One that is no row of plain comparisons is said as it is written.
    """
    said = []
    for part in gate.strip().split(" and "):
        found = _PART.fullmatch(part.strip())
        channel = channels.get(found[1]) if found else None
        if found is None or channel is None:
            return f"while {' '.join(gate.split())}"
        try:
            unit = shown(channel.unit, system, channel.name)
        except UnitError:
            unit = ShownUnit(channel.unit, channel.unit, 2)
        side = "above" if found[2].startswith(">") else "below"
        number = f"{side} {number_words(float(found[3]), unit, exact=True)}"
        label = in_a_sentence(channel.label)
        said.append(number if channel.name == "rpm" else f"while {label} is {number}")
    return " and ".join(said)


def in_a_sentence(label: str) -> str:
    """Write a label within a sentence: `coolant`, but `ECT`."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def seconds_words(seconds: float) -> str:
    """Write a delay: `0.5 s`, `80 ms`, `2 min 05 s`."""
    if 0 < seconds < 0.1:
        return f"{seconds * 1000:g} ms"
    if seconds < 60:
        return f"{seconds:g} s"
    return lasting(seconds)


def delay_words(limit: Limit) -> str:
    """Write all delays of a limit for a table: `warns 1 s, trips 0.5 s, goes 2 s`."""
    pairs = (
        ("warns", limit.warning_delay_s if limit.warning is not None else 0.0),
        ("trips", limit.trip_delay_s if limit.trip is not None else 0.0),
        ("goes", limit.off_delay_s),
    )
    return ", ".join(f"{word} {seconds_words(delay)}" for word, delay in pairs if delay)


def edge_number(value: float | None, unit: ShownUnit) -> str:
    """Write an edge without its unit, for a column of numbers; empty for none."""
    if value is None:
        return ""
    bare = ShownUnit(unit.key, "", unit.decimals, unit.factor, unit.offset)
    return number_words(value, bare, exact=True)


def trial_words(trial: Trial) -> str:
    """Say what a trial found: `would have gone off 3 times: 2 warnings, 1 trip; first at …`."""
    length = lasting((trial.last_ns - trial.first_ns) / 1e9)
    number = len(trial.occurrences)
    if not trial.samples:
        return "Nothing was recorded of what it watches."
    if not number:
        return f"Would not have gone off in this recording of {length}.{_left_out(trial)}"
    kinds = [
        counted(many, word)
        for many, word in ((trial.warnings, "warning"), (trial.trips, "trip"))
        if many
    ]
    times = {1: "once", 2: "twice"}.get(number, f"{number} times")
    first = elapsed(trial.occurrences[0].from_ns, _TENTH)
    out = in_words(trial.out_s, 1)
    return (
        f"Would have gone off {times}: {', '.join(kinds)}; first at {first}, {out} s in all."
        f"{_left_out(trial)}"
    )


def _left_out(trial: Trial) -> str:
    said = []
    for many, words in (
        (trial.gated, "did not count by its gate"),
        (trial.unknown, "told nothing"),
    ):
        share = 100 * many / trial.samples if trial.samples else 0.0
        if many:
            said.append(f"{max(1, round(share))} % of the samples {words}")
    return f" {', '.join(said)}." if said else ""


def file_stem(name: str) -> str:
    """Return a name as a part of a file's name."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "limits"
