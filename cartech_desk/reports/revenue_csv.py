"""Revenue as CSV: a line for each slice, or for each job; sums as plain decimals."""

import csv
import io
from collections.abc import Iterable

from cartech_desk.domain.revenue import EarnedJob, RevenueReport, Slice, Sums
from cartech_desk.reports.spreadsheet import harmless


def csv_of(report: RevenueReport) -> bytes:
    """Return the slices of a report and their total; UTF-8 with a mark for spreadsheets."""
    code = report.currency
    heads = (
        report.grouping.value,
        "from",
        "to",
        "jobs",
        *(
            f"{name} [{code}]"
            for name in (
                "revenue",
                "labour",
                "parts",
                "other",
                "parts cost",
                "parts margin",
                "average ticket",
                "tax",
                "with tax",
                "parts of unknown cost",
            )
        ),
    )
    total = Slice("", "Total", report.total, report.first, report.last)
    rows = (
        (
            harmless(one.label),
            one.first or report.first,
            one.last or report.last,
            one.sums.jobs,
            *_sums(one.sums),
        )
        for one in (*report.slices, total)
    )
    return _written(heads, rows)


def jobs_csv_of(report: RevenueReport, jobs: Iterable[EarnedJob]) -> bytes:
    """Return the recognised jobs of a report."""
    code = report.currency
    heads = (
        "day",
        "job",
        "title",
        "customer",
        "vehicle",
        f"revenue [{code}]",
        f"with tax [{code}]",
        f"parts margin [{code}]",
    )
    rows = (
        (
            one.day,
            one.number,
            *(harmless(words) for words in (one.title, one.customer, one.vehicle)),
            one.net.major,
            one.gross.major,
            one.parts_margin.major,
        )
        for one in jobs
    )
    return _written(heads, rows)


def _sums(sums: Sums) -> tuple[object, ...]:
    average = sums.average
    return (
        sums.net.major,
        sums.labour.major,
        sums.parts.major,
        sums.other.major,
        sums.parts_cost.major,
        sums.margin.major,
        "" if average is None else average.major,
        sums.tax.major,
        sums.gross.major,
        sums.without_cost.major,
    )


def _written(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")
