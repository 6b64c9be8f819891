"""Flowing what a sheet says onto pages: headings, lines, tables that go on overleaf."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.reports.drawing import INK, MUTED, RULE, SHADE, Align, Page, Sketch
from cartech_desk.reports.dyno_facts import Facts
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.faces import wrapped

SIZES: Final = {Paper.A4: (595.2756, 841.8898), Paper.LETTER: (612.0, 792.0)}
"""Width and height of the papers [pt]."""
MARGIN: Final = 36.0
_FOOT: Final = 30.0
TYPE: Final = 8.0
LEADING: Final = 10.4
_LABEL: Final = 78.0
_GAP: Final = 18.0
_LINES_MOST: Final = 5
"""Lines of one fact; longer ones stand in full further down."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: words of its head, its share of the width, to which side it stands."""

    title: str
    share: float = 1.0
    align: Align = Align.RIGHT
    unit: str = ""


class Flow:
    """Pages while they are filled from above; a new one begins where the room ends.

    `head` draws what stands at the top of each further page and returns how high that is.
    """

    def __init__(self, paper: Paper, head: Callable[[Sketch], float]) -> None:
        self._size = SIZES[paper]
        self._head = head
        self.left = MARGIN
        self.width = self._size[0] - 2 * MARGIN
        self.bottom = self._size[1] - MARGIN - _FOOT
        self.sketches = [Sketch(*self._size)]
        self.y = MARGIN

    @property
    def sketch(self) -> Sketch:
        """The page that is filled now."""
        return self.sketches[-1]

    @property
    def right(self) -> float:
        """The right margin."""
        return self.left + self.width

    @property
    def rest(self) -> float:
        """How much room this page still has."""
        return self.bottom - self.y

    def turn(self) -> None:
        """Begin a new page."""
        self.sketches.append(Sketch(*self._size))
        self.y = MARGIN + self._head(self.sketch)

    def room(self, high: float) -> None:
        """Begin a new page where this one has less room than `high`."""
        if high > self.rest:
            self.turn()

    def pages(self, foot: Callable[[Sketch, int, int], None]) -> tuple[Page, ...]:
        """Return the pages; `foot` draws the foot of each, knowing how many there are."""
        for place, sketch in enumerate(self.sketches, 1):
            foot(sketch, place, len(self.sketches))
        return tuple(sketch.page() for sketch in self.sketches)

    # What flows

    def heading(self, words: str, *, keep: float = 3 * LEADING) -> None:
        """Write a heading that is never left alone at the foot of a page."""
        self.room(24 + keep)
        self.y += 18
        self.sketch.text(self.left, self.y, words, 10, bold=True)
        self.y += 3.5
        self.sketch.line(self.left, self.y, self.right, self.y, width=0.6)
        self.y += 4

    def lines(
        self,
        words: str,
        *,
        indent: float = 0.0,
        color: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words, wrapped, over as many pages as they need."""
        for line in wrapped(words, TYPE, self.width - indent, bold=bold):
            self.room(LEADING)
            self.y += LEADING
            self.sketch.text(self.left + indent, self.y - 2.6, line, TYPE, color=color, bold=bold)

    def marked(self, grave: bool, word: str, why: str) -> None:
        """Write a mark: its shape, its word, and the sentence that says why."""
        lines = wrapped(why, TYPE, self.width - 92) if why else [""]
        self.room(min(len(lines), 3) * LEADING)
        top = self.y
        for place, line in enumerate(lines):
            self.room(LEADING)
            self.y += LEADING
            self.sketch.text(self.left + 92, self.y - 2.6, line, TYPE)
            if place == 0:
                top = self.y
                sign(self.sketch, self.left + 1, top - 8.2, grave)
                self.sketch.text(self.left + 13, top - 2.6, word, TYPE, bold=True, most=76)

    def pair(self, name: str, words: str, *, bold: bool = False) -> None:
        """Write a name and what it is, side by side."""
        lines = wrapped(words, TYPE, self.width - 92, bold=bold)
        for place, line in enumerate(lines):
            self.room(LEADING)
            self.y += LEADING
            if place == 0:
                self.sketch.text(self.left, self.y - 2.6, name, TYPE, color=MUTED, most=88)
            self.sketch.text(self.left + 92, self.y - 2.6, line, TYPE, bold=bold)

    def height_of(self, groups: Sequence[Facts]) -> float:
        """Return how high groups of facts will stand."""
        return max(sum(block[1] for block in blocks) for blocks in self._columns(groups))

    def facts(self, groups: Sequence[Facts]) -> None:
        """Write groups of facts in two columns of about one height."""
        first, second = self._columns(groups)
        high = max(sum(block[1] for block in blocks) for blocks in (first, second))
        if high > self.rest and high <= self.bottom - MARGIN - 60:
            self.turn()
        self._side_by_side(first, second)

    def _columns(self, groups: Sequence[Facts]) -> "tuple[list[_Block], list[_Block]]":
        blocks = [self._block(group) for group in groups]
        whole = sum(block[1] for block in blocks)
        first: list[_Block] = []
        second: list[_Block] = []
        filled = 0.0
        for block in blocks:
            if filled + block[1] / 2 <= whole / 2:
                first.append(block)
                filled += block[1]
            else:
                second.append(block)
        return first, second

    def _side_by_side(self, first: "list[_Block]", second: "list[_Block]") -> None:
        """Draw two columns of lines; both go on overleaf where they must."""
        column = (self.width - _GAP) / 2
        lists = [[line for block in blocks for line in block[0]] for blocks in (first, second)]
        while any(lists):
            top, lowest = self.y, self.y
            for place, lines in enumerate(lists):
                x, y = self.left + place * (column + _GAP), top
                while lines and y + lines[0].high <= self.bottom:
                    y += lines[0].high
                    _draw_line(self.sketch, lines.pop(0), x, y, column)
                lowest = max(lowest, y)
            self.y = lowest
            if any(lists):
                self.turn()

    def _block(self, group: Facts) -> "_Block":
        room = (self.width - _GAP) / 2 - _LABEL
        lines = [_Line(20.0, title=group.title)]
        for fact in group.rows:
            value = wrapped(fact.value, TYPE, room)
            if len(value) > _LINES_MOST:
                value = [*value[: _LINES_MOST - 1], value[_LINES_MOST - 1].rstrip() + " …"]
            lines += [
                _Line(LEADING, label=fact.label if place == 0 else "", value=line)
                for place, line in enumerate(value)
            ]
        return lines, sum(line.high for line in lines)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        bold: Sequence[int] = (),
        size: float = TYPE,
    ) -> None:
        """Draw a table; its head stands on every page, cells wrap, columns `bold` stand out.

        `size` is the height of type of its cells.
        """
        shares = sum(column.share for column in columns)
        wide = [self.width * column.share / shares for column in columns]
        head = _head_height(columns)
        self.room(head + 3 * LEADING)
        self._table_head(columns, wide, head)
        for place, row in enumerate(rows):
            cells = [
                wrapped(words, size, room - 6, bold=n in bold)
                for n, (words, room) in enumerate(zip(row, wide, strict=True))
            ]
            high = max(map(len, cells)) * LEADING + 1.6
            if high > self.rest:
                self.turn()
                self._table_head(columns, wide, head)
            if place % 2:
                self.sketch.box(self.left, self.y, self.width, high, fill=SHADE)
            x = self.left
            for n, (column, room, lines) in enumerate(zip(columns, wide, cells, strict=True)):
                for down, line in enumerate(lines):
                    base = self.y + (down + 1) * LEADING - 2.0
                    _cell(
                        self.sketch, line, (x, room), base, column.align, bold=n in bold, size=size
                    )
                x += room
            self.y += high
        self.sketch.line(self.left, self.y, self.right, self.y)
        self.y += 2

    def _table_head(self, columns: Sequence[Column], wide: Sequence[float], high: float) -> None:
        x = self.left
        for column, room in zip(columns, wide, strict=True):
            base = self.y + LEADING - 1.5
            _cell(self.sketch, column.title, (x, room), base, column.align, bold=True)
            if column.unit:
                _cell(
                    self.sketch,
                    column.unit,
                    (x, room),
                    base + LEADING - 1,
                    column.align,
                    color=MUTED,
                )
            x += room
        self.y += high
        self.sketch.line(self.left, self.y, self.right, self.y, color=INK, width=0.7)
        self.y += 1


@dataclass(frozen=True, slots=True)
class _Line:
    high: float
    title: str = ""
    label: str = ""
    value: str = ""


_Block = tuple[list[_Line], float]


def _draw_line(sketch: Sketch, line: _Line, x: float, y: float, wide: float) -> None:
    if line.title:
        sketch.text(x, y - 6.5, line.title, TYPE + 0.8, bold=True)
        sketch.line(x, y - 3, x + wide, y - 3)
        return
    if line.label:
        sketch.text(x, y - 2.6, line.label, TYPE - 0.4, color=MUTED, most=_LABEL - 4)
    sketch.text(x + _LABEL, y - 2.6, line.value, TYPE)


def _head_height(columns: Sequence[Column]) -> float:
    return (2 * LEADING if any(column.unit for column in columns) else LEADING) + 2


def _cell(
    sketch: Sketch,
    words: str,
    span: tuple[float, float],
    base: float,
    align: Align,
    *,
    bold: bool = False,
    color: str = INK,
    size: float = TYPE,
) -> None:
    x, wide = span
    at = {Align.LEFT: x + 3, Align.RIGHT: x + wide - 3, Align.CENTER: x + wide / 2}[align]
    sketch.text(at, base, words, size, bold=bold, color=color, align=align, most=wide - 4)


def sign(sketch: Sketch, x: float, y: float, grave: bool) -> None:
    """Draw a mark's shape: a filled square for what is grave, an empty triangle else."""
    if grave:
        sketch.box(x, y, 7, 7, fill=INK)
    else:
        sketch.shape(((x, y + 7), (x + 8, y + 7), (x + 4, y)), edge=INK)


__all__ = [
    "LEADING",
    "MARGIN",
    "RULE",
    "SIZES",
    "TYPE",
    "Column",
    "Flow",
    "sign",
]
