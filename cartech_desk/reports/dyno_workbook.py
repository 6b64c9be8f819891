"""A dyno sheet as an Excel workbook: typed numbers, units in heads, native charts.

Whatever people typed stands as text: a cell never begins a formula. The same sheet gives the same
bytes.
"""

import io
import math
from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.units import convert
from cartech_desk.reports.dyno_curves import SheetCurve, common_axis, curve_of
from cartech_desk.reports.dyno_facts import (
    correction_name,
    facts_of,
    run_names,
    side_title,
    time_words,
    units_of,
    where,
)
from cartech_desk.reports.dyno_raw_cells import RawSheet, packed, parts_of, raw_sheets
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun
from cartech_desk.reports.dyno_units import SheetUnits, symbol
from cartech_desk.reports.dyno_workbook_charts import curve_charts, overlay_chart

_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TEXT_MOST: Final = 32_000
_NAME_MOST: Final = 31
_CURVE_MOST: Final = 1000
_THINNED: Final = "{} of {} samples of the curve, the peaks among them; the JSON has all"


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
    book.set_properties(
        {
            "title": f"{sheet.runs[0].session.vehicle_name}, dyno",
            "author": sheet.shop.name or "CarTech Desk",
            "comments": f"Audit log {sheet.audit_sequence}:{sheet.audit_hash}",
            "created": sheet.issued.astimezone(UTC).replace(tzinfo=None),
        }
    )
    raw = _Pages(book, sheet).fill()
    names = [page.get_name() for page in book.worksheets()]
    book.close()
    return packed(file.getvalue(), parts_of(names, raw))


class _Pages:
    """Fills the pages of one workbook."""

    def __init__(self, book: Any, sheet: Sheet) -> None:
        self._book, self._sheet = book, sheet
        self._units = units_of(sheet)
        self._names = run_names(sheet.runs)
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._bold = book.add_format({"bold": True, "font_size": 14})
        self._label = book.add_format({"font_color": "#566170"})
        self._typed = book.add_format({"num_format": "@", "quote_prefix": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._number = {
            decimals: book.add_format(
                {"num_format": "0." + "0" * decimals if decimals else "0", "align": "right"}
            )
            for decimals in range(5)
        }

    def fill(self) -> list[RawSheet]:
        """Make all pages; returns the raw ones, whose rows are put in afterwards."""
        sheet = self._sheet
        self._summary()
        self._conditions()
        axis = common_axis([one.result for one in sheet.runs])
        drawn = [
            (name, curve)
            for name, one in zip(self._names, sheet.runs, strict=True)
            if (curve := curve_of(one.result, axis)) is not None
        ]
        places = [self._curve(name, curve, len(drawn) == 1) for name, curve in drawn]
        if len(places) > 1:
            self._runs_chart([name for name, _ in drawn], places, axis)
        self._comparison()
        raw: list[RawSheet] = []
        for place, one in enumerate(sheet.runs, 1):
            if one.raw is None:
                continue
            name = "Raw" if len(sheet.runs) == 1 else f"Raw {place}"
            for part in raw_sheets(one.raw, name):
                page = self._book.add_worksheet(part.name)
                self._heads(page, part.heads, 22)
                raw.append(part)
        return raw

    # Writing

    def _text(self, page: Any, row: int, column: int, words: str, look: Any = None) -> None:
        """Write words as text, whatever they begin with."""
        if words.lstrip(' "').startswith(_SIGNS) or words.startswith(_SIGNS):
            look = self._typed
        if len(words) > _TEXT_MOST:
            words = words[:_TEXT_MOST] + " … (cut; all of it is in the JSON)"
        page.write_string(row, column, words, look)

    def _value(self, page: Any, row: int, column: int, value: float | None, decimals: int) -> None:
        """Write a number; an empty cell where it is not known."""
        if value is not None and math.isfinite(value):
            page.write_number(row, column, value, self._number[decimals])

    def _heads(self, page: Any, heads: Sequence[str], wide: float = 14) -> None:
        for column, words in enumerate(heads):
            self._text(page, 0, column, words, self._head)
        page.set_column(0, max(0, len(heads) - 1), wide)
        page.freeze_panes(1, 1)

    # Pages

    def _summary(self) -> None:
        """Write who, what and how much: a line for each run."""
        sheet, units = self._sheet, self._units
        page = self._book.add_worksheet("Summary")
        page.set_column(0, 0, 24)
        page.set_column(1, 30, 15)
        self._text(page, 0, 0, sheet.shop.name or "CarTech Desk", self._bold)
        address = ", ".join(filter(None, map(str.strip, sheet.shop.address.splitlines())))
        self._text(page, 1, 0, address, self._label)
        self._text(page, 2, 0, f"Dyno sheet, issued {sheet.issued.isoformat()}", self._label)
        by = f"by {sheet.issued_by}; audit log {sheet.audit_sequence}:{sheet.audit_hash}"
        self._text(page, 3, 0, by, self._label)
        power, torque = symbol(units.power), symbol(units.torque)
        times = list(dict.fromkeys(one.key for run in sheet.runs for one in run.result.times))
        titles = {one.key: time_words(one)[0] for run in sheet.runs for one in run.result.times}
        heads = [
            "Run",
            f"Date and time [{sheet.runs[0].run.started:UTC%z}]",
            "Vehicle",
            "Customer",
            f"Peak power [{power}]",
            f"± [{power}]",
            "at [rpm]",
            f"Peak torque [{torque}]",
            f"± [{torque}]",
            "at [rpm]",
            f"Uncorrected power [{power}]",
            f"Uncorrected torque [{torque}]",
            "Correction",
            "Factor",
            "Power is",
            *(f"{titles[key]} [s]" for key in times),
            "Quality",
            "Alarms",
            "Note",
            "Data SHA-256",
        ]
        for column, words in enumerate(heads):
            self._text(page, 5, column, words, self._head)
        page.freeze_panes(6, 1)
        zone = sheet.runs[0].run.started.tzinfo
        for row, (name, run) in enumerate(zip(self._names, sheet.runs, strict=True), 6):
            at = run.run.started.astimezone(zone).replace(tzinfo=None)
            self._text(page, row, 0, name)
            page.write_datetime(row, 1, at, self._date)
            self._text(page, row, 2, run.session.vehicle_name)
            self._text(page, row, 3, run.session.customer)
            self._peaks(page, row, run)
            self._text(page, row, 12, correction_name(run.result.factor))
            self._value(page, row, 13, run.result.factor.value, 4)
            self._text(page, row, 14, where(run.result))
            known = {one.key: one for one in run.result.times}
            for column, key in enumerate(times, 15):
                one = known.get(key)
                if one is None or one.seconds is None:
                    self._text(page, row, column, "n/a")
                else:
                    self._value(page, row, column, one.seconds, 3)
            column = 15 + len(times)
            marks = "; ".join(f"{mark.word}: {mark.why}" for mark in run.result.quality)
            for words in (marks, "; ".join(run.alarms), run.run.note, run.run.samples_sha256):
                self._text(page, row, column, words)
                column += 1

    def _peaks(self, page: Any, row: int, run: SheetRun) -> None:
        factor, units = run.result.factor.value, self._units
        for column, bare, peak, unit, to in (
            (4, 10, run.result.peak_power, "kW", units.power),
            (7, 11, run.result.peak_torque, "Nm", units.torque),
        ):
            if peak is None:
                continue
            self._value(page, row, column, convert(peak.value * factor, unit, to), 1)
            sure = peak.uncertainty.total * factor
            self._value(page, row, column + 1, convert(sure, unit, to), 1)
            self._value(page, row, column + 2, peak.rpm, 0)
            self._value(page, row, bare, convert(peak.value, unit, to), 1)

    def _conditions(self) -> None:
        """Write what each run was driven on and under, numbers as numbers."""
        page = self._book.add_worksheet("Conditions")
        self._heads(page, ["What", *self._names], 34)
        row = 1
        for label, values in self._measured():
            self._text(page, row, 0, label, self._label)
            for column, (value, decimals) in enumerate(values, 1):
                self._value(page, row, column, value, decimals)
            row += 1
        every = [facts_of(run, self._units) for run in self._sheet.runs]
        for groups in zip(*every, strict=True):
            row += 1
            self._text(page, row, 0, groups[0].title, self._head)
            row += 1
            labels = list(dict.fromkeys(fact.label for group in groups for fact in group.rows))
            for label in labels:
                self._text(page, row, 0, label, self._label)
                for column, group in enumerate(groups, 1):
                    said = "; ".join(fact.value for fact in group.rows if fact.label == label)
                    self._text(page, row, column, said)
                row += 1

    def _measured(self) -> list[tuple[str, list[tuple[float | None, int]]]]:
        runs = self._sheet.runs
        factors = [run.result.factor for run in runs]
        return [
            ("Factor", [(one.value, 4) for one in factors]),
            ("Temperature [°C]", [(one.conditions.temperature_c, 1) for one in factors]),
            ("Station pressure [kPa]", [(one.conditions.pressure_kpa, 2) for one in factors]),
            ("Humidity [%]", [(one.conditions.humidity_pct, 1) for one in factors]),
            ("Vapour pressure [kPa]", [(one.vapour_kpa, 3) for one in factors]),
            ("Dry pressure [kPa]", [(one.dry_kpa, 3) for one in factors]),
            ("Smoothing level", [(run.result.smoothing.level, 0) for run in runs]),
            ("Smoothing width [s]", [(run.result.smoothing.width_s, 3) for run in runs]),
            ("Tyre pressure [kPa]", [(run.session.tyre_kpa, 0) for run in runs]),
            ("Odometer [km]", [(run.session.odometer_km, 0) for run in runs]),
            ("Ratio [rpm per km/h]", [(run.result.ratio_rpm_per_kmh, 3) for run in runs]),
        ]

    def _curve(self, name: str, curve: SheetCurve, alone: bool) -> tuple[str, int]:
        """Write a run's curve, sample by sample; returns its page and its last row."""
        units = self._units
        title = "Curve" if alone else _page_name(f"Curve {name}", self._book)
        page = self._book.add_worksheet(title)
        columns = columns_of(curve, units)
        rows = _rows_of(curve)
        self._heads(page, [head for head, _, _ in columns], 13)
        for column, (_, values, decimals) in enumerate(columns):
            look = self._number[decimals]
            for row, value in enumerate(values[rows].tolist(), 1):
                if math.isfinite(value):
                    page.write_number(row, column, value, look)
        if len(rows) < len(curve.x):
            self._text(page, 0, len(columns), _THINNED.format(len(rows), len(curve.x)), self._label)
        if alone:
            side = [head for head, _, _ in columns[6:]]
            curve_charts(self._book, page, len(rows), columns[0][0], side)
        return title, len(rows)

    def _runs_chart(
        self, names: Sequence[str], places: Sequence[tuple[str, int]], axis: str
    ) -> None:
        page = self._book.add_worksheet("Runs")
        head = "Engine speed [rpm]" if axis == "rpm" else f"Speed [{self._units.speed.symbol}]"
        titles = (
            f"Power [{symbol(self._units.power)}]",
            f"Torque [{symbol(self._units.torque)}]",
        )
        overlay_chart(self._book, page, list(zip(names, places, strict=True)), head, titles)

    def _comparison(self) -> None:
        """Write what two runs differ by, over their common range."""
        found, units = self._sheet.comparison, self._units
        if found is None or len(self._sheet.runs) != 2:
            return
        page = self._book.add_worksheet("Comparison")
        power, torque = symbol(units.power), symbol(units.torque)
        by_rpm = found.axis == "rpm"
        first = "Engine speed [rpm]" if by_rpm else f"Speed [{units.speed.symbol}]"
        heads = [first]
        heads += [f"{what} {tag} [{power}]" for what, tag in (("Power", "A"), ("Power", "B"))]
        heads += [f"Power gain [{power}]"]
        heads += [f"{what} {tag} [{torque}]" for what, tag in (("Torque", "A"), ("Torque", "B"))]
        heads += [f"Torque gain [{torque}]"]
        self._heads(page, heads, 14)
        x = found.x if by_rpm else units.speed.to_shown(found.x)
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
                self._value(page, row, column, value, 1 if column else 0)
        side = (
            ("A", self._names[0]),
            ("B", self._names[1]),
            *(("Mind", words) for words in found.warnings),
        )
        for row, (label, words) in enumerate(side, 1):
            self._text(page, row, 8, label, self._label)
            self._text(page, row, 9, words)
        for row, (label, value) in enumerate(
            (
                (f"Average power A [{power}]", convert(found.average_a_kw, "kW", units.power)),
                (f"Average power B [{power}]", convert(found.average_b_kw, "kW", units.power)),
                (f"Best gain [{power}]", convert(found.best_gain_kw, "kW", units.power)),
                (f"Least gain [{power}]", convert(found.worst_gain_kw, "kW", units.power)),
            ),
            len(side) + 2,
        ):
            self._text(page, row, 8, label, self._label)
            self._value(page, row, 9, value, 1)


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


def _page_name(name: str, book: Any) -> str:
    """Return a name that a page may have and no other page of the workbook has."""
    taken = {page.get_name().casefold() for page in book.worksheets()}
    plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ")
    plain = plain[:_NAME_MOST] or "Curve"
    found, number = plain, 2
    while found.casefold() in taken:
        tail = f" ({number})"
        found, number = plain[: _NAME_MOST - len(tail)] + tail, number + 1
    return found
