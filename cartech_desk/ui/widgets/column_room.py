"""Room that a list has to spare, given to the columns whose words would be cut."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView

_PRESSED = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class ColumnRoom(QObject):
    """Widens the columns that grow as far as the list has room, in proportion to their widths.

    Where the columns need more than there is, each keeps its own width and the list scrolls. Once
    somebody drags an edge, the columns stay as they are: a hand knows better.
    """

    def __init__(self, view: QTableView, grows: Sequence[int]) -> None:
        super().__init__(view)
        self._rows, self._grows = view.viewport(), tuple(grows)
        self._given: dict[int, int] = {}
        self._fitting = self._pressed = self._still = False
        self._header = view.horizontalHeader()
        self._header.setStretchLastSection(False)
        self._header.sectionResized.connect(self._resized)
        self._header.viewport().installEventFilter(self)
        self._rows.installEventFilter(self)

    def fit(self) -> None:
        """Share out what is to spare now."""
        if self._still or self._fitting:
            return
        own = self._own()
        grown = [column for column in self._grows if own.get(column, 0) > 0]
        spare = max(0, self._rows.width() - sum(own.values()))
        given, wide = {}, sum(own[column] for column in grown)
        for column in grown:
            given[column] = spare * own[column] // wide
            spare -= given[column]
            wide -= own[column]
        self._give({column: pixels for column, pixels in given.items() if pixels})

    def restored(self) -> None:
        """Take the widths that were just brought back as the columns' own."""
        self._header.setStretchLastSection(False)
        self._given = {}
        self.fit()

    @contextmanager
    def own_widths(self) -> Iterator[None]:
        """Let each column have its own width meanwhile, as it is to be kept."""
        given = self._given
        self._give({})
        try:
            yield
        finally:
            self._give(given)

    def _own(self) -> dict[int, int]:
        """Return the width of each column that is shown, without what it was given."""
        return {
            column: self._header.sectionSize(column) - self._given.get(column, 0)
            for column in range(self._header.count())
            if not self._header.isSectionHidden(column)
        }

    def _give(self, given: dict[int, int]) -> None:
        own, self._given = self._own(), given
        self._fitting = True
        try:
            for column in self._grows:
                if column in own:
                    self._header.resizeSection(column, own[column] + given.get(column, 0))
        finally:
            self._fitting = False

    def _resized(self) -> None:
        if self._pressed and not self._fitting:
            self._given, self._still = {}, True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share out anew where the list has another size; see when an edge is dragged."""
        if watched is self._rows:
            if event.type() == QEvent.Type.Resize:
                self.fit()
        elif event.type() in _PRESSED:
            self._pressed = True
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = False
        return False
