"""Native charts of a workbook: they follow its cells."""

from collections.abc import Sequence
from typing import Any, Final

_POWER: Final = {"color": "#B3261E", "width": 2.25}
_TORQUE: Final = {"color": "#0B5CAD", "width": 1.75, "dash_type": "dash"}
_SIDE: Final = {"color": "#16191D", "width": 1.5}
_DASHES: Final = ("solid", "dash", "round_dot", "long_dash_dot")
_COLORS: Final = ("#B3261E", "#0B5CAD", "#1B6E43", "#7A3E9D", "#8A5A00", "#16191D")


def curve_charts(book: Any, page: Any, rows: int, axis: str, side: Sequence[str]) -> None:
    """Put power and torque, and each of `side`, beside the columns of a curve.

    The columns are those of `dyno_workbook.columns_of`: the axis, power, torque, three others,
    then `side`.
    """
    left, name = 7 + len(side), page.get_name()
    chart = _chart(book, axis, "")
    for column, line in ((1, _POWER), (2, _TORQUE)):
        chart.add_series(_series(name, rows, column, line))
    chart.set_title({"name": "Power and torque", "name_font": {"size": 12}})
    chart.set_size({"width": 860, "height": 420})
    page.insert_chart(1, left, chart)
    for place, head in enumerate(side):
        chart = _chart(book, axis, head)
        chart.add_series(_series(name, rows, 6 + place, _SIDE))
        chart.set_legend({"none": True})
        chart.set_size({"width": 860, "height": 220})
        page.insert_chart(23 + 12 * place, left, chart)


def overlay_chart(
    book: Any,
    page: Any,
    curves: Sequence[tuple[str, tuple[str, int]]],
    axis: str,
    titles: tuple[str, str],
) -> None:
    """Put the power and the torque of all runs on a page: name, and page and rows of each curve."""
    for down, title in enumerate(titles):
        column = down + 1
        chart = _chart(book, axis, title)
        for number, (name, (sheet, rows)) in enumerate(curves):
            line = {
                "color": _COLORS[number % len(_COLORS)],
                "width": 1.75,
                "dash_type": _DASHES[number % len(_DASHES)],
            }
            chart.add_series({**_series(sheet, rows, column, line), "name": name.lstrip("=")})
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_size({"width": 960, "height": 420})
        page.insert_chart(1 + 22 * down, 1, chart)


def _chart(book: Any, axis: str, upright: str) -> Any:
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    grid = {"visible": True, "line": {"color": "#DFE3E8", "width": 0.75}}
    chart.set_x_axis({"name": axis, "major_gridlines": grid, "num_format": "0"})
    chart.set_y_axis({"name": upright, "major_gridlines": grid, "num_format": "General"})
    chart.set_legend({"position": "bottom"})
    return chart


def _series(sheet: str, rows: int, column: int, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": [sheet, 0, column],
        "categories": [sheet, 1, 0, rows, 0],
        "values": [sheet, 1, column, rows, column],
        "line": line,
        "marker": {"type": "none"},
    }
