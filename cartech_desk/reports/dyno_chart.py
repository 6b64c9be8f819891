"""Charts of a dyno sheet: panes above one another on one axis, told apart without colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.reports.drawing import GRID, INK, MUTED, PAPER, RULE, Align, Sketch
from cartech_desk.reports.dyno_curves import pieces, thinned
from cartech_desk.reports.dyno_units import number
from cartech_desk.reports.faces import width

LEFT: Final = 32.0
"""Room for the numbers of an axis beside a pane."""
RIGHT: Final = 10.0
_TYPE: Final = 7.0
_HEAD: Final = 17.0
_FOOT: Final = 22.0
_GAP: Final = 5.0
_TAG: Final = 8.5


@dataclass(frozen=True, slots=True)
class Style:
    """How a curve looks. Width and dash tell it apart where the colour does not."""

    color: str
    width: float = 1.4
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a pane; `tag` stands on it, `name` in the legend where there is one."""

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    style: Style
    name: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a pane with its words."""

    x: float
    y: float
    words: str
    color: str = INK


@dataclass(frozen=True, slots=True)
class Pane:
    """A field with curves over the common axis; `share` is its part of the height."""

    title: str
    curves: tuple[Curve, ...]
    share: float = 1.0
    spots: tuple[Spot, ...] = ()
    from_zero: bool = False
    lowest_span: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of round numbers and the step between its ticks."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """The round numbers of it."""
        first = math.ceil(self.low / self.step - 1e-6)
        last = math.floor(self.high / self.step + 1e-6)
        return [place * self.step for place in range(first, last + 1)]

    @property
    def decimals(self) -> int:
        """How many decimals its numbers need."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))


def scale(low: float, high: float, ticks: int, *, tight: bool = False) -> Scale:
    """Return a scale from `low` to `high` with about so many ticks; `tight` keeps the ends."""
    if not high > low:
        high, low = low + max(1.0, abs(low) * 0.1), low - max(1.0, abs(low) * 0.1)
    raw = (high - low) / max(1, ticks)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw * (1 - 1e-9))
    if tight:
        return Scale(low, high, step)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def draw_panes(
    sketch: Sketch,
    panes: Sequence[Pane],
    box: tuple[float, float, float, float],
    axis_title: str,
    span: tuple[float, float],
    *,
    crossing: float | None = None,
) -> None:
    """Draw panes into a box (x, y, width, height) over the range `span` of the common axis.

    `crossing` marks where curves on equal scales cross.
    """
    left, top, wide, high = box
    field_x, field_w = left + LEFT, wide - LEFT - RIGHT
    xs = scale(*span, ticks=8, tight=True)
    room = high - _FOOT - sum(_HEAD + _GAP for _ in panes) + _GAP
    whole = sum(pane.share for pane in panes)
    y = top
    for place, pane in enumerate(panes):
        tall = room * pane.share / whole
        field = (field_x, y + _HEAD, field_w, tall)
        _pane(sketch, pane, field, xs, crossing if place == 0 else None)
        y += _HEAD + tall + _GAP
    foot = y - _GAP
    for tick in xs.ticks:
        x = _at(tick, xs, field_x, field_w)
        sketch.text(x, foot + 9, number(tick, xs.decimals), _TYPE, color=MUTED, align=Align.CENTER)
    sketch.text(
        field_x + field_w / 2, foot + 19, axis_title, _TYPE, color=MUTED, align=Align.CENTER
    )


def _at(value: float, along: Scale, start: float, length: float) -> float:
    return start + (value - along.low) / (along.high - along.low) * length


def _pane(
    sketch: Sketch,
    pane: Pane,
    field: tuple[float, float, float, float],
    xs: Scale,
    crossing: float | None,
) -> None:
    x, y, wide, high = field
    ys = _upright(pane, high)
    left = x - LEFT
    sketch.text(left, y - 6.5, pane.title, _TYPE + 0.5, bold=True)
    _legend(sketch, pane, left + width(pane.title, _TYPE + 0.5, bold=True) + 12, x + wide, y - 6.5)
    for tick in xs.ticks:
        at = _at(tick, xs, x, wide)
        sketch.line(at, y, at, y + high, color=GRID, width=0.4)
    for tick in ys.ticks:
        at = y + high - (tick - ys.low) / (ys.high - ys.low) * high
        zero = tick == 0 and ys.low < 0
        sketch.line(x, at, x + wide, at, color=MUTED if zero else GRID, width=0.7 if zero else 0.4)
        sketch.text(
            x - 4, at + 2.4, number(tick, ys.decimals), _TYPE, color=MUTED, align=Align.RIGHT
        )
    sketch.box(x, y, wide, high, edge=RULE)
    if crossing is not None and xs.low < crossing < xs.high:
        at = _at(crossing, xs, x, wide)
        sketch.line(at, y, at, y + high, color=MUTED, width=0.5, dash=(1.5, 2.0))
    for curve in pane.curves:
        for piece in pieces(curve.xs + curve.ys):
            shown_x, shown_y = thinned(curve.xs[piece], curve.ys[piece])
            sketch.curve(
                x + (shown_x - xs.low) / (xs.high - xs.low) * wide,
                y + high - (shown_y - ys.low) / (ys.high - ys.low) * high,
                color=curve.style.color,
                width=curve.style.width,
                dash=curve.style.dash,
            )
    _tags(sketch, pane, field, xs, ys)
    taken: list[tuple[float, float, float]] = []
    for spot in pane.spots:
        _spot(sketch, spot, field, (xs, ys), taken)


def _upright(pane: Pane, high: float) -> Scale:
    known = [curve.ys[np.isfinite(curve.ys)] for curve in pane.curves]
    every = np.concatenate(known) if known else np.empty(0)
    low, top = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    if pane.from_zero:
        low, top = min(0.0, low), max(top * 1.1, 1.0)
    if top - low < pane.lowest_span:
        middle = (top + low) / 2
        low, top = middle - pane.lowest_span / 2, middle + pane.lowest_span / 2
    found = scale(low, top, ticks=max(2, min(8, int(high / 20))))
    return Scale(found.low, top, found.step) if pane.from_zero else found


def _legend(sketch: Sketch, pane: Pane, x: float, right: float, y: float) -> None:
    """Name the curves in the line of the title, as far as there is room."""
    if pane.note:
        said = sketch.text(
            right, y, pane.note, _TYPE, color=MUTED, align=Align.RIGHT, most=(right - x) / 2
        )
        right = said.left - 12
    for curve in pane.curves:
        if not curve.name:
            continue
        wide = 18 + width(curve.name, _TYPE)
        if x + wide > right:
            break
        style = curve.style
        sketch.line(
            x, y - 2.3, x + 15, y - 2.3, color=style.color, width=style.width, dash=style.dash
        )
        sketch.text(x + 18, y, curve.name, _TYPE)
        x += wide + 11


def _tags(
    sketch: Sketch,
    pane: Pane,
    field: tuple[float, float, float, float],
    xs: Scale,
    ys: Scale,
) -> None:
    """Put each curve's tag on it, side by side along the axis, so that none covers another."""
    x, y, wide, high = field
    tagged = [curve for curve in pane.curves if curve.tag and pieces(curve.xs + curve.ys)]
    if not tagged:
        return
    first = max(float(np.nanmin(curve.xs)) for curve in tagged)
    last = min(float(np.nanmax(curve.xs)) for curve in tagged)
    for place, curve in enumerate(tagged, 1):
        at = first + (last - first) * place / (len(tagged) + 1)
        if not last > first:
            at = float(np.nanmin(curve.xs))
        value = _near(curve, at)
        if value is None:
            continue
        middle_x = _at(at, xs, x, wide)
        middle_y = y + high - (value - ys.low) / (ys.high - ys.low) * high
        broad = max(_TAG, width(curve.tag, 6.5, bold=True) + 4)
        sketch.box(
            middle_x - broad / 2,
            middle_y - _TAG / 2,
            broad,
            _TAG,
            fill=PAPER,
            edge=curve.style.color,
        )
        sketch.text(middle_x, middle_y + 2.3, curve.tag, 6.5, bold=True, align=Align.CENTER)


def _near(curve: Curve, at: float) -> float | None:
    """Return the value of a curve nearest to a place of the axis."""
    known = np.isfinite(curve.xs + curve.ys)
    if not known.any():
        return None
    away = np.where(known, np.abs(curve.xs - at), np.inf)
    return float(curve.ys[int(away.argmin())])


def _spot(
    sketch: Sketch,
    spot: Spot,
    field: tuple[float, float, float, float],
    scales: tuple[Scale, Scale],
    taken: list[tuple[float, float, float]],
) -> None:
    """Mark a point; its words stand above it, within the field and beside those in `taken`."""
    x, y, wide, high = field
    xs, ys = scales
    if not xs.low <= spot.x <= xs.high or not math.isfinite(spot.y):
        return
    at_x = _at(spot.x, xs, x, wide)
    at_y = y + high - (spot.y - ys.low) / (ys.high - ys.low) * high
    arm = 2.4
    sketch.shape(
        ((at_x - arm, at_y), (at_x, at_y - arm), (at_x + arm, at_y), (at_x, at_y + arm)),
        fill=PAPER,
        edge=spot.color,
    )
    broad = width(spot.words, _TYPE, bold=True)
    left = min(max(at_x - broad / 2, x + 3), x + wide - broad - 3)
    base = at_y - 6 if at_y - 14 > y else at_y + 13
    while any(
        left < right + 3 and left + broad + 3 > start and abs(base - other) < 9
        for start, right, other in taken
    ):
        base += 9.5
    taken.append((left, left + broad, base))
    sketch.box(left - 1.5, base - 6.6, broad + 3, 8.6, fill=PAPER)
    sketch.text(left, base, spot.words, _TYPE, bold=True)
