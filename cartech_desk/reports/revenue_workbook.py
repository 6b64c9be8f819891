"""Revenue as a workbook: figures, slices with charts, jobs, what is still unpaid."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from cartech_desk.domain.money import Money, decimals
from cartech_desk.domain.revenue import (
    IN_TIME,
    EarnedJob,
    Grouping,
    RevenueReport,
    Slice,
    Sums,
    Unpaid,
)
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.dyno_workbook_cells import Cells

_BLUE: Final = "#0B5CAD"
_GREEN: Final = "#1B6E43"
_SUMS: Final = (
    "Jobs",
    "Revenue",
    "Labour",
    "Parts",
    "Other",
    "Parts cost",
    "Parts margin",
    "Average ticket",
    "Tax",
    "With tax",
    "Parts of unknown cost",
)


def workbook_of(
    report: RevenueReport, jobs: Iterable[EarnedJob], unpaid: Iterable[Unpaid], shop: str
) -> bytes:
    """Return the workbook; its charts follow its cells."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": f"Revenue {report.first} to {report.last}", "author": shop})
    sheet = _Book(book, report)
    sheet.summary(shop)
    sheet.slices(report.grouping.value.capitalize(), report.slices)
    if report.grouping is not Grouping.SERVICE:
        sheet.slices("Services", report.services)
    sheet.bays()
    sheet.jobs(jobs)
    sheet.unpaid(unpaid)
    book.close()
    return file.getvalue()


class _Book:
    """The workbook while it is filled."""

    def __init__(self, book: Any, report: RevenueReport) -> None:
        self.book, self.report = book, report
        self.cells = Cells(book, Paper.A4, f"Revenue {report.first} to {report.last}")
        places = decimals(report.currency)
        digits = "#,##0" + ("." + "0" * places if places else "")
        self.money = book.add_format({"num_format": digits})
        self.money_bold = book.add_format({"num_format": digits, "bold": True, "top": 1})
        self.bold = book.add_format({"bold": True, "top": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.percent = book.add_format({"num_format": "0.0"})

    def put(self, page: Any, row: int, column: int, value: object, look: Any = None) -> None:
        """Write what stands in a cell: words, a number, a sum, a day."""
        if isinstance(value, Money):
            page.write_number(row, column, float(value.major), look or self.money)
        elif isinstance(value, date):
            page.write_datetime(row, column, datetime.combine(value, time()), self.day)
        elif isinstance(value, int | float):
            page.write_number(row, column, value, look)
        elif value is not None:
            self.cells.text(page, row, column, str(value), look)

    def summary(self, shop: str) -> None:
        """Write the page of figures."""
        report, total = self.report, self.report.total
        page = self.cells.page("Revenue")
        page.set_column(0, 0, 34)
        page.set_column(1, 1, 18)
        title = " · ".join(filter(None, (shop, f"Revenue {report.first} to {report.last}")))
        self.cells.text(page, 0, 0, title, self.cells.title)
        margin_pct = total.margin_pct
        rows: list[tuple[str, object]] = [
            (f"Revenue, net [{report.currency}]", total.net),
            ("Tax", total.tax),
            ("With tax", total.gross),
            ("Jobs", total.jobs),
            ("Average ticket", total.average),
            ("Labour", total.labour),
            ("Parts", total.parts),
            ("Other", total.other),
            ("Parts of unknown cost", total.without_cost),
            ("Parts margin", total.margin),
            ("Parts margin in %", None if margin_pct is None else round(margin_pct, 1)),
            ("Bays taken in % of open hours", _rounded(report.utilisation_pct)),
            (f"Outstanding on {report.today}", report.still_open.outstanding),
            ("of it overdue", report.still_open.overdue),
            ("Done and not invoiced", report.still_open.not_invoiced),
            ("To be given back, or invoiced anew", report.owed_back),
        ]
        for row, (label, value) in enumerate(rows, 2):
            self.cells.text(page, row, 0, label, self.cells.label)
            self.put(page, row, 1, value)
        row = len(rows) + 3
        notes = (
            "A job counts on the day on which it was done and paid in full; what was taken back "
            "later counts below zero on the day of that. Cancelled ones and those who never came "
            "are not among them.",
            *report.warnings,
        )
        for words in notes:
            page.merge_range(row, 0, row, 5, "")
            self.cells.text(page, row, 0, words, self.cells.words)
            page.set_row(row, 32)
            row += 1

    def slices(self, name: str, slices: Sequence[Slice]) -> None:
        """Write slices, their total and a chart of them."""
        page = self.cells.page(self.cells.free_name(name), wide=True)
        self.cells.heads(page, (name, *_SUMS), 13)
        page.set_column(0, 0, 26)
        for row, one in enumerate(slices, 1):
            self.cells.text(page, row, 0, one.label)
            self._sums(page, row, one.sums, None)
        last = len(slices)
        self.cells.text(page, last + 1, 0, "Total", self.bold)
        self._sums(page, last + 1, self.report.total, self.money_bold)
        if not slices:
            return
        title = page.get_name()
        in_time = self.report.grouping in IN_TIME and slices is self.report.slices
        chart = self.book.add_chart({"type": "column" if in_time else "bar", "subtype": "stacked"})
        for column, color in ((3, _BLUE), (4, _GREEN), (5, "#8A5A00")):
            chart.add_series(
                {
                    "name": [title, 0, column],
                    "categories": [title, 1, 0, last, 0],
                    "values": [title, 1, column, last, column],
                    "fill": {"color": color},
                    "gap": 60,
                }
            )
        chart.set_title({"name": f"{name}, net [{self.report.currency}]"})
        chart.set_legend({"position": "bottom"})
        if not in_time:
            chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 900, "height": max(320, 90 + (0 if in_time else 26 * last))})
        page.insert_chart(last + 3, 0, chart, {"object_position": 2})

    def _sums(self, page: Any, row: int, sums: Sums, look: Any) -> None:
        values = (
            sums.net,
            sums.labour,
            sums.parts,
            sums.other,
            sums.parts_cost,
            sums.margin,
            sums.average,
            sums.tax,
            sums.gross,
            sums.without_cost,
        )
        page.write_number(row, 1, sums.jobs, None if look is None else self.bold)
        for column, value in enumerate(values, 2):
            self.put(page, row, column, value, look)

    def bays(self) -> None:
        """Write how far the bays were taken."""
        page = self.cells.page("Bays")
        heads = (
            "Bay",
            "Open [h]",
            "Booked [h]",
            "Worked unbooked [h]",
            "Taken [%]",
            "Booked outside [h]",
        )
        self.cells.heads(page, heads, 16)
        for row, one in enumerate(self.report.bays, 1):
            self.cells.text(page, row, 0, one.bay)
            for column, minutes in enumerate((one.open_min, one.booked_min, one.worked_min), 1):
                page.write_number(row, column, minutes / 60, self.percent)
            if one.pct is not None:
                page.write_number(row, 4, one.pct, self.percent)
            page.write_number(row, 5, one.outside_min / 60, self.percent)

    def jobs(self, jobs: Iterable[EarnedJob]) -> None:
        """Write the jobs behind the sums."""
        page = self.cells.page("Jobs", wide=True)
        heads = ("Day", "Job", "Title", "Customer", "Vehicle", "Revenue", "With tax", "Margin")
        self.cells.heads(page, heads, 12)
        page.set_column(2, 4, 28)
        for row, one in enumerate(jobs, 1):
            values = (
                one.day,
                one.number,
                one.title,
                one.customer,
                one.vehicle,
                one.net,
                one.gross,
                one.parts_margin,
            )
            for column, value in enumerate(values):
                self.put(page, row, column, value)

    def unpaid(self, unpaid: Iterable[Unpaid]) -> None:
        """Write what is still to come."""
        page = self.cells.page("Unpaid", wide=True)
        heads = ("Job", "Invoice", "Customer", "Vehicle", "Issued", "Due", "Sum", "Paid", "Open")
        self.cells.heads(page, heads, 13)
        page.set_column(2, 3, 26)
        for row, one in enumerate(unpaid, 1):
            values = (
                one.number,
                one.invoice or "not invoiced",
                one.customer,
                one.vehicle,
                one.issued,
                one.due,
                one.gross,
                one.paid,
                one.open,
            )
            for column, value in enumerate(values):
                self.put(page, row, column, value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
