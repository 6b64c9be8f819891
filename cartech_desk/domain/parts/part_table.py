"""A CSV file as a table: encoding, delimiter, headings, numbers as their country writes them."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.spreadsheet_cells import as_written
from cartech_desk.domain.typed_numbers import NumberRefused, typed_decimal

MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 100_000
_DELIMITERS: Final = (";", ",", "\t", "|")
_LOOKED_AT: Final = 30
"""Lines that the delimiter is found by."""
ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows, Western Europe",
    "cp1250": "Windows, Central Europe",
    "iso-8859-15": "ISO 8859-15, Western Europe",
    "mac-roman": "Macintosh, Western Europe",
    "cp850": "DOS, Western Europe",
}
"""How a table may be written, and how people call that."""
UNREADABLE: Final = "\ufffd"
"""Stands where a sign could not be read."""
_BROKEN: Final = re.compile("[\udc80-\udcff]")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANKS: Final = re.compile(r"[\s\u00a0\u2009\u202f']")
_ROUNDED: Final = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")


class PartFileRefused(CarTechError):
    """A file is no table of parts."""

    code: ClassVar[str] = "part_file_refused"

    def __init__(self, happened: str, to_do: str) -> None:
        super().__init__(happened, kept="Nothing was changed.", to_do=to_do)


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows, each with the line in the file at which it begins and ends."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, int, tuple[str, ...]], ...]
    delimiter: str
    encoding: str = "utf-8"
    guessed: bool = False


def read_table(content: bytes, encoding: str = "") -> Table:
    """Return what a CSV file holds; rows of blanks alone are left out.

    `encoding` is one of `ENCODINGS`, empty for what the file itself says. Errors: PartFileRefused.
    """
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    if encoding and encoding not in ENCODINGS:
        raise PartFileRefused(
            f"“{encoding}” is no encoding that is read here.",
            f"Choose one of {', '.join(ENCODINGS)}.",
        )
    text, encoding, guessed = _decoded(content, encoding)
    if "\0" in text:
        raise PartFileRefused(
            "That is no text file.", "Save the table as CSV in your spreadsheet first."
        )
    said, text = _said_delimiter(text)
    delimiter = said or _found_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, int, tuple[str, ...]]] = []
    headings: tuple[str, ...] = ()
    begins = 1 + bool(said)
    try:
        for cells in reader:
            last = reader.line_num + bool(said)
            row = tuple(as_written(cell.strip()) for cell in cells)
            if any(row):
                if not headings:
                    headings = row
                else:
                    rows.append((begins, last, row))
            if len(rows) > MOST_ROWS:
                raise PartFileRefused(
                    f"The file has more than {MOST_ROWS} rows.", "Split it into several files."
                )
            begins = last + 1
    except csv.Error as error:
        raise PartFileRefused(
            f"From line {begins} on the file cannot be read: a cell is far too long.",
            "Look for a quotation mark there that is not closed.",
        ) from error
    if not headings:
        raise PartFileRefused("The file is empty.", "Choose another one.")
    if any(UNREADABLE in heading for heading in headings):
        raise PartFileRefused(
            "The headings hold signs that cannot be read.", "Choose the file's encoding."
        )
    return Table(headings, tuple(rows), delimiter, encoding, guessed)


def too_large(size: int) -> PartFileRefused:
    """Say that a file is too large to be a table of parts."""
    return PartFileRefused(
        f"The file has {size / 1e6:.0f} MB; a table of parts has at most {MOST_BYTES // 10**6}.",
        "Split it into several files.",
    )


def decimal_mark_of(cells: Iterable[str]) -> str:
    """Return by which sign a file divides off decimals; empty where it leaves that open.

    A sign that stands before other than three digits, or last of two kinds, tells it.
    """
    told: set[str] = set()
    for cell in cells:
        signs = [one for one in cell if one in ".,"]
        if not signs:
            continue
        last = signs[-1]
        behind = sum(one.isdigit() for one in cell[cell.rindex(last) + 1 :])
        if len(set(signs)) == 2 or (len(signs) == 1 and behind != 3):
            told.add(last)
        elif len(signs) > 1:
            told.add("," if last == "." else ".")
    return told.pop() if len(told) == 1 else ""


def number_of(cell: str, mark: str, decimals: int) -> Decimal:
    """Return a number of a file whose decimal mark is known; never a guess where it is not.

    Errors: NumberRefused.
    """
    if _ROUNDED.fullmatch(cell.strip()):
        raise NumberRefused(
            f"{cell!r} was rounded by a spreadsheet.", to_do="Put the whole number there."
        )
    if not mark:
        return typed_decimal(cell, decimals=decimals)
    bare = _BLANKS.sub("", cell)
    other = "," if mark == "." else "."
    whole, _, fraction = bare.partition(mark)
    groups = whole.split(other)
    if len(groups) > 1 and (
        any(len(group) != 3 for group in groups[1:]) or not groups[0].lstrip("-")
    ):
        raise NumberRefused(f"{cell!r} is no number.", to_do="Type it without separators.")
    plain = "".join(groups) + (f".{fraction}" if fraction else "")
    return typed_decimal(plain, decimals=decimals, point_first=True)


def rounded_code(cell: str) -> bool:
    """Tell whether a spreadsheet made a rounded number of a code (4.00638E+12)."""
    return _ROUNDED.fullmatch(cell) is not None


def _decoded(content: bytes, encoding: str) -> tuple[str, str, bool]:
    """Return a file's text, its encoding, and whether that was guessed.

    What cannot be read becomes U+FFFD, and its row a bad one.
    """
    if encoding:
        return content.decode(encoding, "replace").removeprefix("\ufeff"), encoding, False
    for mark, said in _MARKS:
        if content.startswith(mark):
            return content.decode(said, "replace"), said.removesuffix("-sig"), False
    try:
        return content.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    # Letters of UTF-8 hardly ever stand in another encoding: where most are sound it is UTF-8
    # with a broken row, else what spreadsheets write that know no UTF-8.
    kept = content.decode("utf-8", "surrogateescape")
    broken = len(_BROKEN.findall(kept))
    if sum(not one.isascii() for one in kept) > 2 * broken:
        return content.decode("utf-8", "replace"), "utf-8", False
    return content.decode("cp1252", "replace"), "cp1252", True


def _said_delimiter(text: str) -> tuple[str, str]:
    """Return the delimiter that a first line "sep=;" names, as spreadsheets write it."""
    first, end, rest = text.partition("\n")
    said = first.strip()
    if end and said.lower().startswith("sep=") and len(said) == 5:
        return said[4], rest
    return "", text


def _found_delimiter(text: str) -> str:
    """Return the sign by which most lines fall into as many cells as the headings."""
    lines = [line for line in text.splitlines()[: _LOOKED_AT * 2] if line.strip()][:_LOOKED_AT]

    def fits(delimiter: str) -> tuple[int, int]:
        widths = _widths(lines, delimiter)
        columns = widths[0] if widths else 0
        return (sum(width == columns for width in widths) if columns > 1 else 0), columns

    return max(_DELIMITERS, key=fits)


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []
