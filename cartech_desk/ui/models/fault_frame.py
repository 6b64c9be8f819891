"""A freeze frame beside the live values: what each line says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cartech_desk.bay.status import ChannelStatus
from cartech_desk.domain.faults.found import FaultScan, FrameValue, FreezeFrame
from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown
from cartech_desk.ui.models.fault_states import state_words
from cartech_desk.ui.models.value_scale import DASH, in_words


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One value of the frame: its text with unit; `name` is the channel that tells it live.

    `state` is the frame's number where the text is a state in words, else None.
    """

    name: str
    label: str
    unit: ShownUnit
    then: str
    state: float | None = None


@dataclass(frozen=True, slots=True)
class NowWords:
    """The live value beside it; `old` where it is no longer fresh."""

    text: str = ""
    old: bool = False


def frames_of(scan: FaultScan, code: str, ecu: int) -> tuple[FreezeFrame, ...]:
    """Return the frames of a code; where there is none, those of which no code is told."""
    mine = [one for one in scan.frames if one.ecu == ecu]
    exact = tuple(one for one in mine if one.code and one.code in (code, code[:5]))
    return exact or tuple(one for one in mine if not one.code)


def frame_rows(frame: FreezeFrame, system: UnitSystem) -> tuple[FrameRow, ...]:
    """Return the lines of a frame in the shop's units."""
    return tuple(_row(value, system) for value in frame.values)


def now_words(row: FrameRow, channels: Mapping[str, ChannelStatus]) -> NowWords:
    """Return the live value of a line; nothing where the channel is not watched."""
    status = channels.get(row.name)
    if status is None:
        return NowWords()
    if status.stale:
        age = f" ({status.age_s:.0f} s)" if status.age_s < 1e6 else ""
        return NowWords(f"{DASH}{age}", old=True)
    if row.state is not None and math.isfinite(status.value):
        now = row.then if status.value == row.state else ""
        return NowWords(now or state_words(row.name, status.value) or f"state {status.value:g}")
    value = row.unit.to_shown(status.value)
    text = in_words(value, row.unit.decimals)
    return NowWords(text if text == DASH else f"{text} {row.unit.symbol}".strip())


def _row(value: FrameValue, system: UnitSystem) -> FrameRow:
    unit = shown_unit(value.unit, system, value.name)
    word = state_words(value.name, value.value, value.state)
    text = word or in_words(unit.to_shown(value.value), unit.decimals)
    if not word and text != DASH:
        text = f"{text} {unit.symbol}".strip()
    state = value.value if word else None
    return FrameRow(value.name, value.label or value.name, unit, text, state)


def shown_unit(unit: str, system: UnitSystem, channel: str = "") -> ShownUnit:
    """Return how a unit is shown; one that the desk does not know stands as it is."""
    try:
        return shown(unit or "none", system, channel)
    except UnitError:
        return ShownUnit(unit, unit, 2)
