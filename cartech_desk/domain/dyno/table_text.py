"""Text tables of other programs: from bytes to columns of numbers.

Whatever stands before the header is kept as words. A blank cell is no sample; a cell that is no
finite number is a sample without a value. Nothing is guessed here but how the text is written:
encoding, separator, decimal point, where the header is and whether a row of units follows it.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.errors import CarTechError


class FileRefused(CarTechError):
    """A file is no table that could be read."""

    code: ClassVar[str] = "file_refused"


MOST_BYTES: Final = 32 * 1024 * 1024
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 300
_MOST_CELLS: Final = 8_000_000
_MOST_BEFORE: Final = 200
"""Lines before the header."""
_LOOKED_AT: Final = 40
"""Lines of numbers by which it is told how the file is written."""
_PREVIEW: Final = 5
_LONGEST_NAME: Final = 120
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read.

    `names` are as written, without blanks around them; `units` what a row of units says, empty
    texts where there is none. `cells` has a row for each column: NaN both where nothing stands and
    where no number does, which `blank` tells apart. `before` are the words above the header.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    cells: NDArray[np.float64]
    blank: NDArray[np.bool_]
    delimiter: str
    decimal: str
    preview: tuple[tuple[str, ...], ...] = ()
    before: tuple[str, ...] = ()
    has_header: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows of numbers it has."""
        return int(self.cells.shape[1])


def read_table(content: bytes, progress: Callable[[float], None] | None = None) -> Table:
    """Read a whole table. Errors: FileRefused, with what is wrong and what would help."""
    if len(content) > MOST_BYTES:
        raise _refused(
            f"The file is larger than {MOST_BYTES // 2**20} MB.",
            "Export one run alone, or fewer columns.",
        )
    text = _decoded(content)
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise _refused("The file is empty.", "Export the run again.")
    layout = _layout(lines)
    whole = text.endswith(("\n", "\r"))
    return _filled(lines, layout, whole=whole, progress=progress)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a table stands in its text: `first` is the line of the first numbers."""

    delimiter: str
    decimal: str
    header: int | None
    units: int | None
    first: int
    width: int


def _decoded(content: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise _refused(
                    "The file is damaged: it begins as Unicode and does not go on so.",
                    "Export the run again.",
                ) from error
    if b"\0" in content:
        raise _refused(
            "The file is no text: it may be the other program's own format.",
            "Export the run there as CSV or text.",
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# How the text is written

_PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA: Final = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)", re.ASCII)
_NO_VALUE: Final = frozenset({"nan", "-nan", "inf", "-inf", "+inf", "n/a", "na", "-", "--", "---"})


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the cells of each line; fewer rows than lines where a quote stays open."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as error:
        raise _refused("The file is no table of text.", "Export the run again as CSV.") from error


def _layout(lines: Sequence[str]) -> _Layout:
    head = lines[: _MOST_BEFORE + _LOOKED_AT]
    found = [
        tried
        for delimiter in (",", ";", "\t", "|")
        for decimal in (".", ",")
        if (tried := _tried(head, delimiter, decimal)) is not None
    ]
    if not found:
        raise _refused(
            "No table of numbers was found in the file: it needs at least two columns, separated "
            "by commas, semicolons or tabulators.",
            "Export the run as CSV, with one header line.",
        )
    return max(found, key=lambda one: one[0])[1]


def _tried(
    head: Sequence[str], delimiter: str, decimal: str
) -> tuple[tuple[int, int, bool], _Layout] | None:
    """Return how the head reads with this separator, and how well; None where it makes no table."""
    if delimiter == "," and decimal == "," and '"' not in "".join(head):
        return None
    rows = [_split([line], delimiter)[0] if line else [] for line in head]
    numbers = [_numbers(row, decimal) for row in rows]
    filled = [sum(map(bool, row)) for row in rows]
    for index in range(min(len(rows), _MOST_BEFORE)):
        if filled[index] < 2 or not _mostly(numbers[index], filled[index]):
            continue
        following = [n for n in range(index, min(len(rows), index + _LOOKED_AT)) if filled[n]]
        good = [n for n in following if _mostly(numbers[n], filled[n])]
        if 2 * len(good) >= len(following):
            width = max(len(rows[n]) for n in following)
            layout = _with_header(rows, index, delimiter, decimal, width)
            fit = sum(numbers[n] for n in following)
            return (fit, width, decimal == "."), layout
    return None


def _mostly(numbers: int, filled: int) -> bool:
    return numbers > 0 and numbers >= 0.6 * filled


def _numbers(row: Sequence[str], decimal: str) -> int:
    pattern = _PLAIN if decimal == "." else _COMMA
    return sum(
        bool(pattern.fullmatch(cell) or _CLOCK.fullmatch(cell) or cell.lower() in _NO_VALUE)
        for cell in row
        if cell
    )


def _with_header(
    rows: Sequence[Sequence[str]], first: int, delimiter: str, decimal: str, width: int
) -> _Layout:
    """Find the header, and a row of units, in the lines right above the numbers."""
    above = [n for n in range(first - 1, max(-1, first - 4), -1) if any(rows[n])]
    titles = [n for n in above if sum(map(bool, rows[n])) >= 2]
    header, units = (titles[0] if titles else None), None
    if len(titles) > 1 and titles[1] == titles[0] - 1:
        lower, upper = _unit_like(rows[titles[0]]), _unit_like(rows[titles[1]])
        if lower >= 0.5 * sum(map(bool, rows[titles[0]])) and lower > upper:
            header, units = titles[1], titles[0]
    if header is not None:
        width = max(width, len(rows[header]))
    return _Layout(delimiter, decimal, header, units, first, width)


def _unit_like(row: Sequence[str]) -> int:
    from cartech_desk.domain.dyno.table_words import unit_of

    return sum(unit_of(cell) is not None for cell in row if cell)


# The numbers


def _filled(
    lines: Sequence[str],
    layout: _Layout,
    *,
    whole: bool,
    progress: Callable[[float], None] | None,
) -> Table:
    header = _row(lines, layout.header, layout.delimiter)
    units = _row(lines, layout.units, layout.delimiter)
    body = lines[layout.first :]
    names, width = _names(header, layout.width)
    if width > MOST_COLUMNS or len(body) > MOST_ROWS or width * len(body) > _MOST_CELLS:
        raise _refused(
            f"The table is too large ({len(body)} rows of {width} columns).",
            "Export one run alone, or fewer columns.",
        )
    warnings: list[str] = []
    chunks, blanks = [], []
    preview: list[tuple[str, ...]] = []
    ragged = longer = rows = 0
    for start in range(0, len(body), _CHUNK):
        cut = not whole and start + _CHUNK >= len(body)
        lines_of_it = body[start : start + _CHUNK]
        split = _split(lines_of_it, layout.delimiter)
        if len(split) != len(lines_of_it):
            raise _refused(
                f"A quotation mark stays open between lines {layout.first + start + 1} and "
                f"{layout.first + start + len(lines_of_it)}: cells cannot be told apart.",
                "Take quotation marks out of the file, or export it again.",
            )
        some = [row for row in split if any(row)]
        if cut and some and rows + len(some) > 1 and len(some[-1]) < layout.width:
            some.pop()
            warnings.append("The last row is cut off and was left out.")
        longer += sum(any(row[width:]) for row in some)
        ragged += sum(len(row) < len(header or names) - 1 for row in some)
        preview += [tuple(row) for row in some[: _PREVIEW - len(preview)]]
        rows += len(some)
        columns = list(zip_longest(*some, fillvalue="")) if some else []
        columns += [("",) * len(some)] * (width - len(columns))
        read = [_column(column, layout.decimal) for column in columns[:width]]
        if some:
            chunks.append(np.stack([values for values, _ in read]))
            blanks.append(np.stack([empty for _, empty in read]))
        if progress is not None:
            progress(min(1.0, (start + _CHUNK) / len(body)))
    if rows == 0:
        raise _refused("There is a header but no row of numbers.", "Export the run again.")
    if longer > 0.01 * rows:
        raise _refused(
            f"{longer} of {rows} rows have more cells than the header has names: numbers with a "
            "decimal comma may be separated by commas as well.",
            "Export it with semicolons or tabulators between the columns.",
        )
    if longer:
        warnings.append(f"{longer} rows have more cells than the header; what is over is left out.")
    if ragged:
        warnings.append(f"{ragged} rows are shorter than the others; what lacks is no sample.")
    return Table(
        names=names,
        units=tuple((units[n] if n < len(units) else "") for n in range(width)),
        cells=np.concatenate(chunks, axis=1),
        blank=np.concatenate(blanks, axis=1),
        delimiter=layout.delimiter,
        decimal=layout.decimal,
        preview=tuple(preview),
        before=tuple(
            line.strip()[:_LONGEST_NAME]
            for line in lines[: layout.first if layout.header is None else layout.header]
            if line.strip()
        ),
        has_header=layout.header is not None,
        warnings=tuple(warnings),
    )


def _row(lines: Sequence[str], number: int | None, delimiter: str) -> list[str]:
    return [] if number is None else _split([lines[number]], delimiter)[0]


def _names(header: Sequence[str], width: int) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns; an empty last one is only the end of the lines."""
    header = list(header)
    while header and not header[-1]:
        header.pop()
    if not header:
        return tuple(f"Column {n + 1}" for n in range(width)), width
    names = [
        "".join(c if c.isprintable() else " " for c in name)[:_LONGEST_NAME] or f"Column {n + 1}"
        for n, name in enumerate(header)
    ]
    return tuple(names), len(names)


def _column(cells: Sequence[str], decimal: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    blank = np.array([not cell for cell in cells])
    values = np.array([_value(cell, decimal) for cell in cells], dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return values, blank


def _value(cell: str, decimal: str) -> float:
    """Return the number of a cell, NaN for what is none: never what Python alone takes for one."""
    if not cell:
        return np.nan
    if decimal == ",":
        if _COMMA.fullmatch(cell):
            return float(cell.replace(",", "."))
    elif _PLAIN.fullmatch(cell):
        return float(cell)
    clock = _CLOCK.fullmatch(cell)
    if clock is None:
        return np.nan
    hours, minutes, seconds = clock.groups()
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes) + float(seconds.replace(",", "."))


def _refused(happened: str, to_do: str) -> FileRefused:
    return FileRefused(happened, kept="Nothing was imported.", to_do=to_do)
