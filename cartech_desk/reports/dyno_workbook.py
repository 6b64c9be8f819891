"""A dyno sheet as an Excel workbook: typed numbers, units in heads, native charts, fit to print.

Whatever people typed stands as text: a cell never begins a formula. The same sheet gives the same
bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.reports.dyno_curves import SheetCurve, common_axis, curve_of
from cartech_desk.reports.dyno_facts import instant, run_names, side_title, units_of
from cartech_desk.reports.dyno_raw_cells import RawSheet, packed, parts_of, raw_sheets
from cartech_desk.reports.dyno_sheet import Sheet
from cartech_desk.reports.dyno_units import SheetUnits, symbol
from cartech_desk.reports.dyno_workbook_cells import Cells
from cartech_desk.reports.dyno_workbook_charts import (
    OVERLAY_ROWS,
    Drawn,
    axis_of,
    gain_chart,
    overlay_charts,
    pair_charts,
    place,
    run_charts,
)
from cartech_desk.reports.dyno_workbook_summary import (
    GAIN,
    compared,
    conditions_of,
    kind_of,
    summary_of,
)

_CURVE_MOST: Final = 1000
_THINNED: Final = "{} of {} samples of the curve, the peaks among them; the JSON has all"
_LABELS: Final = 31.0
_WIDTHS: Final = (50.0, 34.0)
"""Of the column of one run, and of each of two; more share `_MANY`."""
_MANY: Final = 24.0
_ACROSS: Final = 6
"""Runs beside each other on a sheet of paper."""
_RAW_WIDE: Final = 14.0
_RAW_ACROSS: Final = 11
"""Columns of raw samples beside each other on a sheet of paper."""
_HEAD_ROW: Final = 5


def workbook_of(sheet: Sheet) -> bytes:
    """Return the sheet as an .xlsx file; raw samples of each run that has them with it."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    proof = f"Audit log {sheet.audit_sequence}:{sheet.audit_hash}"
    book.set_properties(
        {
            "title": f"{sheet.runs[0].session.vehicle_name}, dyno",
            "author": sheet.shop.name or "CarTech Desk",
            "comments": proof,
            "created": sheet.issued.astimezone(UTC).replace(tzinfo=None),
        }
    )
    raw = _Pages(Cells(book, sheet.paper, proof), sheet).fill()
    names = [page.get_name() for page in book.worksheets()]
    book.close()
    return packed(file.getvalue(), parts_of(names, raw))


class _Pages:
    """Fills the pages of one workbook."""

    def __init__(self, cells: Cells, sheet: Sheet) -> None:
        self._cells, self._sheet = cells, sheet
        self._units = units_of(sheet)
        self._names = run_names(sheet.runs)
        count = len(sheet.runs)
        self._few = count <= len(_WIDTHS)
        self._wide = _WIDTHS[count - 1] if self._few else _MANY

    def fill(self) -> list[RawSheet]:
        """Make all pages; returns the raw ones, whose rows are put in afterwards."""
        sheet = self._sheet
        summary = self._summary()
        self._conditions()
        by = common_axis([one.result for one in sheet.runs])
        found = [
            (name, curve)
            for name, one in zip(self._names, sheet.runs, strict=True)
            if (curve := curve_of(one.result, by)) is not None
        ]
        drawn = [self._curve(name, curve, len(found) == 1) for name, curve in found]
        comparison = self._comparison()
        if drawn:
            charts = self._charts(drawn, found[0][1], comparison)
            right = len(sheet.runs) + 1 + (compared(sheet) is not None)
            # Beside the numbers where the screen has room for both, else above them.
            column, row = (right, _HEAD_ROW) if self._few else (0, _HEAD_ROW - 1)
            place(summary, charts, row, column, beside=not self._few)
        return self._raw()

    def _summary(self) -> Any:
        """Write who, what and how much down the page; returns it."""
        sheet, cells = self._sheet, self._cells
        across = -(-len(sheet.runs) // _ACROSS)
        page = cells.page("Summary", wide=True, pages=across)
        address = ", ".join(filter(None, map(str.strip, sheet.shop.address.splitlines())))
        issued = f"Dyno sheet, issued {instant(sheet.issued)}"
        cells.text(page, 0, 0, sheet.shop.name or "CarTech Desk", cells.title)
        for row, words in enumerate(
            (
                address,
                issued + (f" by {sheet.issued_by}" if sheet.issued_by else ""),
                f"Audit log {sheet.audit_sequence}:{sheet.audit_hash}",
            ),
            1,
        ):
            cells.text(page, row, 0, words, cells.label)
        row = _HEAD_ROW if self._few else _HEAD_ROW + OVERLAY_ROWS
        row = self._columns(page, row, gain=compared(sheet) is not None)
        if not self._few:
            page.freeze_panes(0, 1)  # the head lies below the charts: it would fill the screen
        cells.sections(page, row, summary_of(sheet, self._units), (_LABELS, self._wide))
        return page

    def _conditions(self) -> None:
        """Write what each run was driven on and under, numbers as numbers."""
        across = -(-len(self._sheet.runs) // _ACROSS)
        page = self._cells.page("Conditions", wide=len(self._sheet.runs) > 1, pages=across)
        row = self._columns(page, 0)
        sections = conditions_of(self._sheet, self._units)
        self._cells.sections(page, row, sections, (_LABELS, self._wide))

    def _columns(self, page: Any, row: int, *, gain: bool = False) -> int:
        """Head the columns of the runs; returns the row that follows."""
        tags = "AB" if compared(self._sheet) is not None else ()
        names = self._names
        if tags:
            names = [f"{tag}: {name}" for tag, name in zip(tags, names, strict=True)]
        heads = ["", *names, *([GAIN] if gain else [])]
        for column, words in enumerate(heads):
            self._cells.text(page, row, column, words, self._cells.head)
        page.set_column(0, 0, _LABELS)
        page.set_column(1, len(names), self._wide)
        if gain:
            page.set_column(len(names) + 1, len(names) + 1, 16)
        page.freeze_panes(row + 1, 1)
        page.repeat_rows(row)
        page.repeat_columns(0)
        return row + 1

    def _charts(
        self, drawn: Sequence[Drawn], first: SheetCurve, comparison: tuple[str, int] | None
    ) -> list[Any]:
        book, units = self._cells.book, self._units
        axis = axis_of(drawn, _axis_title(first.axis, units), 500 if first.axis == "rpm" else 10)
        title = f"Power and torque{kind_of(self._sheet)}"
        if len(drawn) == 1:
            side = [head for head, _, _ in columns_of(first, units)[6:]]
            return run_charts(book, drawn[0], axis, title, side)
        if comparison is not None:
            return [*pair_charts(book, drawn, axis, title), gain_chart(book, *comparison, axis)]
        behind = kind_of(self._sheet)
        titles = (
            f"Power{behind} [{symbol(units.power)}]",
            f"Torque{behind} [{symbol(units.torque)}]",
        )
        return overlay_charts(book, drawn, axis, titles)

    def _curve(self, name: str, curve: SheetCurve, alone: bool) -> Drawn:
        """Write a run's curve, sample by sample."""
        cells = self._cells
        title = "Curve" if alone else cells.free_name(f"Curve {name}")
        page = cells.page(title)
        columns = columns_of(curve, self._units)
        rows = _rows_of(curve)
        cells.heads(page, [head for head, _, _ in columns], 13)
        for column, (_, values, decimals) in enumerate(columns):
            for row, value in enumerate(values[rows].tolist(), 1):
                cells.value(page, row, column, value, decimals)
        if len(rows) < len(curve.x):
            words = _THINNED.format(len(rows), len(curve.x))
            cells.text(page, 0, len(columns), words, cells.label)
        x = columns[0][1]
        return Drawn(name, title, len(rows), (float(x.min()), float(x.max())))

    def _comparison(self) -> tuple[str, int] | None:
        """Write what two runs differ by, over their common range; returns page and last row."""
        found, units = compared(self._sheet), self._units
        if found is None:
            return None
        page = self._cells.page("Comparison")
        power, torque = symbol(units.power), symbol(units.torque)
        heads = [_axis_title(found.axis, units)]
        for kind, unit in (("Power", power), ("Torque", torque)):
            heads += [f"{kind} A [{unit}]", f"{kind} B [{unit}]", f"{kind} gain [{unit}]"]
        self._cells.heads(page, heads, 14)
        x = found.x if found.axis == "rpm" else units.speed.to_shown(found.x)
        arrays = (
            x,
            units.power_of(found.a_power_kw),
            units.power_of(found.b_power_kw),
            units.power_of(found.power_gain_kw),
            units.torque_of(found.a_torque_nm),
            units.torque_of(found.b_torque_nm),
            units.torque_of(found.torque_gain_nm),
        )
        for column, values in enumerate(arrays):
            for row, value in enumerate(values.tolist(), 1):
                self._cells.value(page, row, column, value, 1 if column else 0)
        return page.get_name(), len(x)

    def _raw(self) -> list[RawSheet]:
        """Make the pages of raw samples with their heads alone."""
        found: list[RawSheet] = []
        for number, one in enumerate(self._sheet.runs, 1):
            if one.raw is None:
                continue
            name = "Raw" if len(self._sheet.runs) == 1 else f"Raw {number}"
            for part in raw_sheets(one.raw, name):
                across = -(-len(part.heads) // _RAW_ACROSS)
                page = self._cells.page(part.name, wide=True, pages=across)
                self._cells.heads(page, part.heads, _RAW_WIDE)
                page.repeat_columns(0)
                found.append(part)
        return found


def _axis_title(axis: str, units: SheetUnits) -> str:
    return "Engine speed [rpm]" if axis == "rpm" else f"Speed [{units.speed.symbol}]"


def columns_of(curve: SheetCurve, units: SheetUnits) -> list[tuple[str, NDArray[np.float64], int]]:
    """Return heads, values and decimals of a curve's columns; the axis stands first."""
    power, torque, speed = symbol(units.power), symbol(units.torque), units.speed
    by_rpm = curve.axis == "rpm"
    first = (
        ("Engine speed [rpm]", curve.x, 0)
        if by_rpm
        else (f"Speed [{speed.symbol}]", speed.to_shown(curve.x), 1)
    )
    columns = [
        first,
        (f"Power [{power}]", units.power_of(curve.power_kw), 2),
        (f"Torque [{torque}]", units.torque_of(curve.torque_nm), 2),
        (f"Power, uncorrected [{power}]", units.power_of(curve.measured_kw), 2),
        (f"Torque, uncorrected [{torque}]", units.torque_of(curve.measured_nm), 2),
        (f"Speed [{speed.symbol}]", speed.to_shown(curve.speed_kmh), 2),
    ]
    for role, values in curve.side.items():
        name, unit, factor, offset, decimals = side_title(role, units)
        columns.append((f"{name} [{unit}]" if unit else name, values * factor + offset, decimals))
    return columns


def _rows_of(curve: SheetCurve) -> NDArray[np.intp]:
    """Return which samples of a curve stand in a workbook: all, or evenly some, and the peaks."""
    count = len(curve.x)
    step = -(-count // _CURVE_MOST)
    peaks = [
        int(np.nanargmax(values))
        for values in (curve.power_kw, curve.torque_nm)
        if np.isfinite(values).any()
    ]
    return np.union1d(np.arange(0, count, step), [*peaks, count - 1]).astype(np.intp)
