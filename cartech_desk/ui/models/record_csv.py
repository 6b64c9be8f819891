"""A list of records as a CSV file: all rows that match, in their order, as the columns say them."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cartech_desk.reports.selection import unfinished
from cartech_desk.reports.spreadsheet import harmless
from cartech_desk.reports.whole_file import check_target
from cartech_desk.ui.models.record_table import Asked, Column, Query, Row

_AT_ONCE: Final = 2_000


def write_records(
    path: Path, columns: Sequence[Column[Row]], query: Query[Row], asked: Asked
) -> int:
    """Write every row of what was asked to a file; returns how many. Blocking.

    It is written beside and put in place whole, with a mark of UTF-8 for spreadsheets; cells that
    a spreadsheet would carry out are made harmless. Errors: ExportRefused for a file of another
    ending, ExportFailed; those of the query.
    """
    check_target(path, (".csv",), "The list")
    number = 0
    with (
        unfinished(path, "What stood there before is untouched.") as part,
        part.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(column.title for column in columns)
        for row in _every(query, asked):
            writer.writerow(harmless(column.text(row)) for column in columns)
            number += 1
        file.flush()
        os.fsync(file.fileno())
    return number


def _every(query: Query[Row], asked: Asked) -> Iterator[Row]:
    offset = 0
    while True:
        rows, total = query(replace(asked, offset=offset, limit=_AT_ONCE))
        yield from rows
        offset += len(rows)
        if not rows or offset >= total:
            return
