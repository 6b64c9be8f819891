"""Power over time: a point for each session, modifications as numbered lines across."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from cartech_desk.domain.performance.history import PowerHistory
from cartech_desk.reports.drawing import GRID, INK, MUTED, PAPER, RULE, Align, Sketch
from cartech_desk.reports.dyno_chart import Scale, scale
from cartech_desk.reports.dyno_units import SheetUnits, number, symbol

_POWER: Final = "#B3261E"
_TORQUE: Final = "#0B5CAD"
_TYPE: Final = 7.0
_LEFT: Final = 32.0
_ARM: Final = 2.8
_LEAST_DAYS: Final = 30


def draw_history(
    sketch: Sketch,
    history: PowerHistory,
    units: SheetUnits,
    box: tuple[float, float, float, float],
) -> None:
    """Draw power and torque over time into a box (x, y, width, height)."""
    left, top, wide, high = box
    x, y = left + _LEFT, top + 16
    wide, high = wide - _LEFT - 8, high - 16 - 14
    days = [one.day for one in history.points]
    days += [one.fitted for one in history.fitted if one.fitted is not None]
    first, last = _ends(days)
    values = [
        value
        for one in history.points
        for value in (_power(one.power_kw, units), _torque(one.torque_nm, units))
        if value is not None
    ]
    ys = scale(0.0, max(values, default=1.0) * 1.12, ticks=6)
    sketch.text(left, top + 8, f"Power [{symbol(units.power)}]", 7.5, bold=True, color=_POWER)
    sketch.text(
        left + 74, top + 8, f"Torque [{symbol(units.torque)}]", 7.5, bold=True, color=_TORQUE
    )
    sketch.text(
        x + wide,
        top + 8,
        "hollow: not comparable with the others",
        _TYPE,
        color=MUTED,
        align=Align.RIGHT,
    )
    _grid(sketch, (x, y, wide, high), ys, first, last)

    def at(day: date, beside: float) -> float:
        return x + (day - first).days / max(1, (last - first).days) * wide + beside * _ARM * 3

    sessions, parts = beside_each_other(history)

    for place, one in enumerate(history.fitted, 1):
        if one.fitted is not None:
            _line_across(sketch, at(one.fitted, parts[place - 1]), y, high, str(place))
    for color, of in ((_TORQUE, _torque), (_POWER, _power)):
        points = [
            (at(one.day, beside), value, bool(one.unlike))
            for one, beside in zip(history.points, sessions, strict=True)
            if (value := of(one.power_kw if of is _power else one.torque_nm, units)) is not None
        ]
        _curve(sketch, points, ys, (y, high), color)


def _power(kw: float | None, units: SheetUnits) -> float | None:
    return None if kw is None else float(units.power_of(np.array([kw]))[0])


def _torque(nm: float | None, units: SheetUnits) -> float | None:
    return None if nm is None else float(units.torque_of(np.array([nm]))[0])


def _ends(days: Sequence[date]) -> tuple[date, date]:
    if not days:
        return date(2000, 1, 1), date(2000, 2, 1)
    first, last = min(days), max(days)
    spare = max(3, (last - first).days // 25, (_LEAST_DAYS - (last - first).days) // 2)
    return first - timedelta(days=spare), last + timedelta(days=spare)


def _grid(
    sketch: Sketch,
    field: tuple[float, float, float, float],
    ys: Scale,
    first: date,
    last: date,
) -> None:
    x, y, wide, high = field
    for tick in ys.ticks:
        at = y + high - (tick - ys.low) / (ys.high - ys.low) * high
        sketch.line(x, at, x + wide, at, color=GRID, width=0.4)
        sketch.text(
            x - 4, at + 2.4, number(tick, ys.decimals), _TYPE, color=MUTED, align=Align.RIGHT
        )
    for day, words in month_ticks(first, last):
        at = x + (day - first).days / max(1, (last - first).days) * wide
        sketch.line(at, y, at, y + high, color=GRID, width=0.4)
        sketch.text(at, y + high + 9, words, _TYPE, color=MUTED, align=Align.CENTER)
    sketch.box(x, y, wide, high, edge=RULE)


def month_ticks(first: date, last: date, most: int = 9) -> list[tuple[date, str]]:
    """Return firsts of months, so many at most, each with its words."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next(one for one in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if months / one <= most)
    found = []
    for place in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(place // 12, place % 12 + 1, 1)
        if place % step == 0 and first <= day <= last:
            found.append((day, f"{day:%Y}" if step >= 12 else f"{day:%Y-%m}"))
    return found


def beside_each_other(history: PowerHistory) -> tuple[list[float], list[float]]:
    """Return how far sessions, and modifications, stand from the middle of their day.

    One step lies between two sessions of a day, in the order of time; what was noted between them
    stands between them, and what has no time in the middle.
    """
    of = Counter(one.day for one in history.points)
    before = Counter[date]()
    sessions = []
    for one in history.points:
        sessions.append(before[one.day] - (of[one.day] - 1) / 2)
        before[one.day] += 1
    parts = []
    for part in history.fitted:
        day, noted = part.fitted, part.noted
        same = [one.at for one in history.points if one.day == day]
        earlier = 0 if noted is None else sum(at < noted for at in same)
        told = noted is not None and earlier < len(same)
        parts.append(earlier - len(same) / 2 if told else 0.0)
    return sessions, parts


def _line_across(sketch: Sketch, at: float, y: float, high: float, tag: str) -> None:
    sketch.line(at, y, at, y + high, color=MUTED, width=0.7, dash=(2.0, 2.0))
    sketch.box(at - 5, y + 2, 10, 9, fill=PAPER, edge=MUTED)
    sketch.text(at, y + 9, tag, 6.5, bold=True, color=INK, align=Align.CENTER)


def _curve(
    sketch: Sketch,
    points: Sequence[tuple[float, float, bool]],
    ys: Scale,
    field: tuple[float, float],
    color: str,
) -> None:
    y, high = field

    def up(value: float) -> float:
        return y + high - (value - ys.low) / (ys.high - ys.low) * high

    alike = [(at, up(value)) for at, value, unlike in points if not unlike]
    sketch.curve(
        np.array([at for at, _ in alike]),
        np.array([value for _, value in alike]),
        color=color,
        width=1.3,
    )
    for at, value, unlike in points:
        middle = up(value)
        corners = (
            (at - _ARM, middle),
            (at, middle - _ARM),
            (at + _ARM, middle),
            (at, middle + _ARM),
        )
        sketch.shape(corners, fill=PAPER if unlike else color, edge=color)
