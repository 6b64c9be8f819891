"""Cells and pages of a workbook: typed, fit to print, and no word ever begins a formula.

Whatever people typed stands as text. Rows are made as high as their words need, for not every
spreadsheet does that itself when it opens a file.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from cartech_desk.reports.dyno_sheet import Paper

Cell: TypeAlias = str | float | datetime | None
"""Words, a number, a time with its zone, or nothing."""

_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TEXT_MOST: Final = 32_000
_NAME_MOST: Final = 31
_PAPERS: Final = {Paper.A4: 9, Paper.LETTER: 1}
_ROW: Final = 15.0
_LINES_MOST: Final = 27
"""A row of a spreadsheet is at most 409 points high."""
_FOOT_MOST: Final = 120
_LIKE_A_CELL: Final = re.compile(r"!(?=\$?[A-Z])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A row: what it is with its unit, and its cells, one for each column behind the label."""

    label: str
    cells: tuple[Cell, ...]
    decimals: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together."""

    title: str
    rows: tuple[Quantity, ...]


class Cells:
    """A workbook while it is filled."""

    def __init__(self, book: Any, paper: Paper, proof: str) -> None:
        self.book, self._paper = book, paper
        self._proof = proof
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._head_of_numbers = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.section = book.add_format({"bold": True, "bg_color": "#E8EBEF"})
        self.label = book.add_format({"font_color": "#566170", "valign": "top"})
        self.words = book.add_format({"text_wrap": True, "align": "left", "valign": "top"})
        self._typed = book.add_format(
            {"num_format": "@", "quote_prefix": True, "text_wrap": True, "valign": "top"}
        )
        self._date = book.add_format(
            {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left", "valign": "top"}
        )
        self._number = {decimals: self._look(decimals, {}) for decimals in range(5)}
        self._left = {
            (decimals, bold): self._look(decimals, {"align": "left", "bold": bold})
            for decimals in range(5)
            for bold in (False, True)
        }

    def _look(self, decimals: int, more: Mapping[str, object]) -> Any:
        digits = "0." + "0" * decimals if decimals else "0"
        return self.book.add_format({"num_format": digits, "valign": "top", **more})

    # Pages

    def page(self, name: str, *, wide: bool = False, pages: int = 1) -> Any:
        """Add a page that prints `wide` or upright on so many sheets of paper beside each other."""
        page = self.book.add_worksheet(name)
        page.set_paper(_PAPERS[self._paper])
        if wide:
            page.set_landscape()
        page.fit_to_pages(pages, 0)
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        page.set_header("&L&A&RPage &P of &N")
        page.set_footer("&L" + self._proof.replace("&", "&&")[:_FOOT_MOST])
        return page

    def free_name(self, name: str) -> str:
        """Return a name that a page may have and no other page of the workbook has."""
        taken = {page.get_name().casefold() for page in self.book.worksheets()}
        plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ")
        plain = plain[:_NAME_MOST] or "Curve"
        found, number = plain, 2
        while found.casefold() in taken:
            tail = f" ({number})"
            found, number = plain[: _NAME_MOST - len(tail)] + tail, number + 1
        return found

    def heads(self, page: Any, heads: Sequence[str], wide: float) -> None:
        """Write the heads of columns; they stay in sight and stand on every sheet of paper."""
        for column, words in enumerate(heads):
            self.text(page, 0, column, words, self._head_of_numbers)
        page.set_column(0, max(0, len(heads) - 1), wide)
        page.set_row(0, _ROW * max((_lines(words, wide) for words in heads), default=1))
        page.freeze_panes(1, 1)
        page.repeat_rows(0)

    # Cells

    def text(self, page: Any, row: int, column: int, words: str, look: Any = None) -> None:
        """Write words as text, whatever they begin with."""
        if words.lstrip(' "').startswith(_SIGNS) or words.startswith(_SIGNS):
            look = self._typed
        if len(words) > _TEXT_MOST:
            words = words[:_TEXT_MOST] + " … (cut; all of it is in the JSON)"
        page.write_string(row, column, words, look)

    def value(self, page: Any, row: int, column: int, value: float | None, decimals: int) -> None:
        """Write a number; an empty cell where it is not known."""
        if value is not None and math.isfinite(value):
            page.write_number(row, column, value, self._number[decimals])

    def sections(
        self, page: Any, first: int, sections: Sequence[Section], wide: tuple[float, float]
    ) -> int:
        """Write labels down the page with their cells beside them; returns the row that follows.

        `wide` are the widths of the labels' column and of each other one.
        """
        row = first
        for section in sections:
            if not section.rows:
                continue
            columns = max(len(line.cells) for line in section.rows)
            for column in range(columns + 1):
                self.text(page, row, column, "" if column else section.title, self.section)
            row += 1
            for line in section.rows:
                self._quantity(page, row, line, wide)
                row += 1
            row += 1
        return row

    def _quantity(self, page: Any, row: int, line: Quantity, wide: tuple[float, float]) -> None:
        self.text(page, row, 0, line.label, self.label)
        lines = _lines(line.label, wide[0])
        for column, cell in enumerate(line.cells, 1):
            if isinstance(cell, datetime):
                page.write_datetime(row, column, cell.replace(tzinfo=None), self._date)
            elif isinstance(cell, str):
                self.text(page, row, column, cell, self.words)
                lines = max(lines, _lines(cell, wide[1]))
            elif cell is not None and math.isfinite(cell):
                page.write_number(row, column, cell, self._left[line.decimals, line.bold])
        if lines > 1:
            page.set_row(row, _ROW * min(lines, _LINES_MOST))


def called(words: str) -> str:
    """Return words as a chart or a curve may be called.

    What looks like a cell of another page or file (“up!A1”) would be written as a reference to it.
    """
    return _LIKE_A_CELL.sub("! ", words)


def _lines(words: str, wide: float) -> int:
    """Return about how many lines words need in a column so wide; rather one too many."""
    letters = max(1.0, wide * 0.92)
    return sum(max(1, math.ceil(len(line) / letters)) for line in words.split("\n"))
