"""Rows of a query as a table: fetched in windows, so that 100,000 of them open at once.

What a column shows is declared; what is searched, sorted and narrowed goes to the query.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor

from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.states import Lit
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import plain_tip

Row = TypeVar("Row")
_Index = QModelIndex | QPersistentModelIndex

WINDOW: Final = 200
"""Rows that are fetched at once."""
_MOST_WINDOWS: Final = 40
"""Windows that are kept; what was passed long ago is fetched anew."""
_NOT_YET: Final = "…"
ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)  # with slots `Column[Row](…)` fails on Python 3.11
class Column(Generic[Row]):
    """One column: `key` is what the query sorts by, `text` what a row says in it.

    `lamp` puts a shape in a colour before the text (the word is the text's), `tip` explains it,
    `token` colours the text by a token's name; figures stand at the `right`; one that `grows`
    takes its share of the room that the list has to spare.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    width: int = 120
    lamp: Callable[[Row], Lit | None] | None = None
    tip: Callable[[Row], str] | None = None
    token: Callable[[Row], str] | None = None
    right: bool = False
    grows: bool = False
    sorts: bool = True
    order: Callable[[Row], Any] | None = None
    """What rows of `rows_query` are sorted by, where it is not the text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list asks of its query; `sort` is a column's key, empty for the query's own order."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    filters: Mapping[str, Any] = field(default_factory=dict)
    offset: int = 0
    limit: int = WINDOW


Query = Callable[[Asked], tuple[Sequence[Row], int]]
"""Return the rows of one window, and how many there are in all. Runs outside the GUI thread."""


def office_query(ask: Callable[..., tuple[Sequence[Row], int]]) -> Query[Row]:
    """Make a query of a room's `list(search, limit=, offset=, sort=, descending=, **filters)`."""

    def query(asked: Asked) -> tuple[Sequence[Row], int]:
        return ask(
            asked.search,
            limit=asked.limit,
            offset=asked.offset,
            sort=asked.sort,
            descending=asked.descending,
            **asked.filters,
        )

    return query


def page_query(ask: Callable[[], Callable[..., tuple[Sequence[Row], int]]]) -> Query[Row]:
    """Make a query of what `ask` gives: a list of one order, which takes `limit=` and `offset=`."""
    return lambda asked: ask()(limit=asked.limit, offset=asked.offset)


def newest_first(
    ask: Callable[..., tuple[Sequence[Row], int]], key: str
) -> Callable[..., tuple[Sequence[Row], int]]:
    """Let a room's `list` begin with the latest by `key` where nobody has chosen a column."""

    def listed(search: str, *, sort: str, descending: bool, **more: Any) -> Any:
        if not sort:
            sort, descending = key, True
        return ask(search, sort=sort, descending=descending, **more)

    return listed


def forgiving(
    query: Query[Row], find: Callable[[str], Sequence[str]], get: Callable[[str], Row]
) -> Query[Row]:
    """Let a query answer with what is like it where nothing matches what was typed.

    `find` returns ids, the best first, and forgives a typing error; `get` the record of one.
    """

    def forgiven(asked: Asked) -> tuple[Sequence[Row], int]:
        rows, total = query(asked)
        if total or not asked.search or asked.filters:
            return rows, total
        found = [get(identity) for identity in find(asked.search)]
        return found[asked.offset : asked.offset + asked.limit], len(found)

    return forgiven


def rows_query(read: Callable[[], Sequence[Row]], columns: Sequence[Column[Row]]) -> Query[Row]:
    """Make a query of a short list that is read whole: rows in which every word occurs."""
    by_key = {column.key: column for column in columns}

    def query(asked: Asked) -> tuple[Sequence[Row], int]:
        words = asked.search.casefold().split()
        rows = [
            row
            for row in read()
            if not words or _has(" ".join(column.text(row) for column in columns), words)
        ]
        column = by_key.get(asked.sort)
        if column is not None:
            rows.sort(key=column.order or _folded(column.text), reverse=asked.descending)
        return rows[asked.offset : asked.offset + asked.limit], len(rows)

    return query


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _folded(text: Callable[[Row], str]) -> Callable[[Row], str]:
    return lambda row: text(row).casefold()


class RecordTable(QAbstractTableModel, Generic[Row]):
    """One row for each record of a query; a row that is not fetched yet shows dots.

    `identity` gives the id of a row. `listed` tells that a list was fetched anew, `filled` that a
    window arrived. Nothing is asked before `refresh`. `at_once` asks in the GUI thread: for a
    short list that is in memory.
    """

    listed = Signal()
    filled = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        query: Query[Row],
        identity: Callable[[Row], str],
        failed: Callable[[BaseException], None],
        parent: QObject | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        super().__init__(parent)
        self._at_once = at_once
        self.columns: tuple[Column[Row], ...] = tuple(columns)
        self.query = query
        self.identity = identity
        self.asked = Asked()
        self.shown = Asked()
        """What the rows in sight were asked with."""
        self._total = 0
        self._windows: dict[int, tuple[Row, ...]] = {}
        self._wanted: list[int] = []
        self._listing = NewestOnly(self, failed)
        self._filling = NewestOnly(self, failed)
        self._around: Callable[[], int] = lambda: 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fill)
        theme_changed.connect(self._repaint)

    # What is asked

    @property
    def busy(self) -> bool:
        """Whether rows are being fetched."""
        return self._listing.busy or self._filling.busy or self._soon.isActive()

    @property
    def total(self) -> int:
        """How many rows there are, fetched or not."""
        return self._total

    def look_around(self, place: Callable[[], int]) -> None:
        """Fetch first, when the list is read anew, the window around this row."""
        self._around = place

    def ask(self, **changes: Any) -> None:
        """Ask with another `search`, `sort`, `descending` or `filters`; nothing where it is so."""
        asked = replace(self.asked, **changes)
        if asked != self.asked:
            self.asked = asked
            self._read(0)

    def refresh(self) -> None:
        """Fetch the rows anew, what is in sight first."""
        self._read(max(0, self._around()) // WINDOW)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, or (-1) as the query does by itself."""
        key = ""
        if 0 <= column < len(self.columns) and self.columns[column].sorts:
            key = self.columns[column].key
        self.ask(sort=key, descending=bool(key) and order == Qt.SortOrder.DescendingOrder)

    def _read(self, window: int) -> None:
        asked, query = self.asked, self.query
        self._filling.forget()

        def work() -> tuple[int, tuple[Row, ...], int]:
            place = window
            rows, total = query(replace(asked, offset=place * WINDOW))
            if not rows and total:
                place = (total - 1) // WINDOW
                rows, total = query(replace(asked, offset=place * WINDOW))
            return place, tuple(rows), total

        if self._at_once:
            self._arrived(asked, *work())
        else:
            self._listing.ask(work, lambda found: self._arrived(asked, *found))

    def _arrived(self, asked: Asked, window: int, rows: tuple[Row, ...], total: int) -> None:
        again = asked == self.shown and total == self._total
        self.shown = asked
        if again:
            self._windows = {window: rows}
            self._repaint()
        else:
            self.beginResetModel()
            self._total, self._windows = total, {window: rows}
            self.endResetModel()
        self.listed.emit()

    def _want(self, window: int) -> None:
        if window in self._wanted:
            self._wanted.remove(window)
        self._wanted.append(window)
        if not self._soon.isActive():
            self._soon.start()

    def _fill(self) -> None:
        """Fetch what was looked at last; a neighbour that is wanted too comes with it."""
        wanted = [window for window in self._wanted if window not in self._windows]
        self._wanted.clear()
        if not wanted or self._listing.busy:
            return
        first = last = wanted[-1]
        if first - 1 in wanted:
            first -= 1
        elif last + 1 in wanted:
            last += 1
        asked, query = self.shown, self.query
        offset, limit = first * WINDOW, (last - first + 1) * WINDOW
        self._filling.ask(
            lambda: query(replace(asked, offset=offset, limit=limit)),
            lambda found: self._filled(asked, first, tuple(found[0]), found[1]),
        )

    def _filled(self, asked: Asked, first: int, rows: tuple[Row, ...], total: int) -> None:
        if asked != self.shown or self._listing.busy:
            return
        if total != self._total:
            self.refresh()
            return
        for place in range(0, max(len(rows), 1), WINDOW):
            self._windows[first + place // WINDOW] = rows[place : place + WINDOW]
        while len(self._windows) > _MOST_WINDOWS:
            del self._windows[next(iter(self._windows))]
        last = min(first * WINDOW + len(rows), self._total) - 1
        if last >= first * WINDOW:
            end = self.index(last, len(self.columns) - 1)
            self.dataChanged.emit(self.index(first * WINDOW, 0), end)
        self.filled.emit()

    # What is there

    def row(self, place: int) -> Row | None:
        """Return a row that was fetched already."""
        window, inside = divmod(place, WINDOW)
        rows = self._windows.get(window, ())
        return rows[inside] if 0 <= inside < len(rows) else None

    def place_of(self, identity: str) -> int:
        """Return the place of a record among the fetched rows, or -1."""
        for window, rows in self._windows.items():
            for inside, row in enumerate(rows):
                if self.identity(row) == identity:
                    return window * WINDOW + inside
        return -1

    @property
    def rows(self) -> Sequence[Row]:
        """The fetched rows in their order."""
        return [row for window in sorted(self._windows) for row in self._windows[window]]

    def cells(self, row: Row) -> list[str]:
        """Return what a row says in each column."""
        return [column.text(row) for column in self.columns]

    def _repaint(self) -> None:
        if self._total:
            last = self.index(self._total - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # What Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each record."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As declared."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, lamp, colour and tip of a cell; asks for the row where it is not there yet."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = self.row(index.row())
        if row is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._want(index.row() // WINDOW)
                return _NOT_YET if index.column() == 0 else ""
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.DecorationRole and column.lamp is not None:
            state = column.lamp(row)
            return lamp_icon(state) if state is not None else None
        if role == Qt.ItemDataRole.ForegroundRole and column.token is not None:
            token = column.token(row)
            return QColor(getattr(tokens(), token)) if token else None
        if role == Qt.ItemDataRole.ToolTipRole:
            words = column.tip(row) if column.tip is not None else ""
            return plain_tip(words) if words else None
        return row if role == ROW_ROLE else None
