"""Native charts of a workbook: they follow its cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cartech_desk.reports.dyno_workbook_cells import called

_POWER: Final = {"color": "#B3261E", "width": 2.25}
_TORQUE: Final = {"color": "#0B5CAD", "width": 1.75, "dash_type": "dash"}
_SIDE: Final = {"color": "#16191D", "width": 1.5}
_PALE: Final = "#6B7580"
_WIDE: Final = 760
_TALL: Final = 420
_LOW: Final = 220
_HALF: Final = 580
_GAP: Final = 12
OVERLAY_ROWS: Final = 18
"""How many rows the charts of a session are high."""
_DASHES: Final = ("solid", "dash", "round_dot", "long_dash_dot")
_COLORS: Final = ("#B3261E", "#0B5CAD", "#1B6E43", "#7A3E9D", "#8A5A00", "#16191D")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A run's curve in the workbook: its page, its last row, and what its axis spans."""

    name: str
    page: str
    rows: int
    span: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis that all charts of a workbook share."""

    title: str
    low: float
    high: float
    step: float


def axis_of(curves: Sequence[Drawn], title: str, step: float) -> Axis:
    """Return an axis from round number to round number."""
    low = min(curve.span[0] for curve in curves)
    high = max(curve.span[1] for curve in curves)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return Axis(title, low, high, step * max(1, round((high - low) / step / 11)))


def run_charts(book: Any, curve: Drawn, axis: Axis, title: str, side: Sequence[str]) -> list[Any]:
    """Return power and torque of a run, and each of `side`: charts from above.

    The columns are those of `dyno_workbook.columns_of`: the axis, power, torque, three others,
    then `side`.
    """
    chart = _chart(book, axis, "", _TALL)
    for column, line in ((1, _POWER), (2, _TORQUE)):
        chart.add_series(_series(curve, column, line))
    chart.set_title({"name": called(title), "name_font": {"size": 12}})
    charts = [chart]
    for place, head in enumerate(side):
        chart = _chart(book, axis, head, _LOW)
        chart.add_series(_series(curve, 6 + place, _SIDE))
        chart.set_legend({"none": True})
        chart.set_title({"none": True})
        charts.append(chart)
    return charts


def pair_charts(book: Any, curves: Sequence[Drawn], axis: Axis, title: str) -> list[Any]:
    """Return power and torque of two runs in one chart: B strong, A pale; torque dashed."""
    chart = _chart(book, axis, "", _TALL)
    for tag, curve, strong in zip("AB", curves, (False, True), strict=False):
        for column, what, line in ((1, "power", _POWER), (2, "torque", _TORQUE)):
            look = line if strong else {**line, "color": _PALE, "width": 1.25}
            chart.add_series({**_series(curve, column, look), "name": f"{tag} {what}"})
    chart.set_title({"name": called(title), "name_font": {"size": 12}})
    return [chart]


def gain_chart(book: Any, page: str, rows: int, axis: Axis) -> Any:
    """Return what the second of two runs gained; columns as on the page of the comparison."""
    chart = _chart(book, axis, "Gain, B less A", _LOW)
    found = Drawn("", page, rows, (axis.low, axis.high))
    for column, line in ((3, _POWER), (6, _TORQUE)):
        chart.add_series(_series(found, column, line))
    return chart


def overlay_charts(
    book: Any, curves: Sequence[Drawn], axis: Axis, titles: tuple[str, str]
) -> list[Any]:
    """Return the power, then the torque, of all runs."""
    charts = []
    for column, title in enumerate(titles, 1):
        chart = _chart(book, axis, title, _TALL)
        for number, curve in enumerate(curves):
            line = {
                "color": _COLORS[number % len(_COLORS)],
                "width": 1.75,
                "dash_type": _DASHES[number % len(_DASHES)],
            }
            chart.add_series({**_series(curve, column, line), "name": called(curve.name)})
        chart.set_title({"name": called(title), "name_font": {"size": 12}})
        chart.set_size({"width": _HALF, "height": OVERLAY_ROWS * 20 - _GAP})
        charts.append(chart)
    return charts


def place(page: Any, charts: Sequence[Any], row: int, column: int, *, beside: bool) -> None:
    """Put charts below, or `beside`, one another; rows that grow do not stretch them."""
    across = down = 0
    for chart in charts:
        at = {"x_offset": across, "y_offset": down, "object_position": 2}
        page.insert_chart(row, column, chart, at)
        if beside:
            across += chart.width + _GAP
        else:
            down += chart.height + _GAP


def _chart(book: Any, axis: Axis, upright: str, high: int) -> Any:
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    grid = {"visible": True, "line": {"color": "#DFE3E8", "width": 0.75}}
    chart.set_x_axis(
        {
            "name": axis.title,
            "major_gridlines": grid,
            "num_format": "0",
            "min": axis.low,
            "max": axis.high,
            "major_unit": axis.step,
            "label_position": "low",
        }
    )
    chart.set_y_axis({"name": upright, "major_gridlines": grid, "num_format": "General"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": _WIDE, "height": high})
    return chart


def _series(curve: Drawn, column: int, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": [curve.page, 0, column],
        "categories": [curve.page, 1, 0, curve.rows, 0],
        "values": [curve.page, 1, column, curve.rows, column],
        "line": line,
        "marker": {"type": "none"},
    }
