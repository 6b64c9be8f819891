"""The rows of a maker's table of fault codes in CSV, each cell with where it stands."""

import csv
from collections.abc import Iterator
from typing import Final

from cartech_desk.bay.code_file import Cell, Cells, check_columns, refused

_SEPARATORS: Final = ",;\t"
_SAVE_AGAIN: Final = "Save it again as CSV."


def csv_rows(name: str, text: str) -> Iterator[tuple[int, Cells]]:
    """Yield every row with its line; empty lines are passed over.

    The column of a cell is its number in the row. Errors: CodeTableRefused.
    """
    head = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    columns: list[str] = []
    line = 1
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise refused(
                name, f"it is no CSV ({error})", _SAVE_AGAIN, Cell("", line, 1)
            ) from error
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [cell.strip().lower() for cell in cells]
            check_columns(name, [Cell(cell, line, at) for at, cell in enumerate(columns, 1)])
            continue
        if len(cells) != len(columns):
            raise refused(
                name,
                f"the row has {len(cells)} columns, the first line has {len(columns)}",
                "A text that holds the separator stands in double quotes.",
                Cell("", line, min(len(cells), len(columns)) + 1),
            )
        yield (
            line,
            {
                key: Cell(cell, line, at)
                for at, (key, cell) in enumerate(zip(columns, cells, strict=True), 1)
            },
        )
