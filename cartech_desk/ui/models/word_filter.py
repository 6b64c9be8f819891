"""A list narrowed as one types: the rows in which every word occurs."""

from typing import Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
)


class Worded(Protocol):
    """A table that tells the words of a row, in small letters."""

    def words(self, row: int) -> str:
        """Return all that a person may search the row by."""


class WordFilter(QSortFilterProxyModel):
    """Rows in which every word that was typed occurs, sorted by what `sort_role` gives.

    `table` is a Qt model that is `Worded` too.
    """

    def __init__(self, table: QAbstractItemModel, sort_role: int) -> None:
        super().__init__()
        self._worded: Worded = table
        self._words: list[str] = []
        self.setSourceModel(table)
        self.setSortRole(sort_role)

    @property
    def searched(self) -> list[str]:
        """The words that the list is narrowed to, in small letters."""
        return self._words

    def search(self, text: str) -> None:
        """Narrow the list to what contains these words."""
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Tell whether a row contains all words."""
        del source_parent
        text = self._worded.words(source_row) if self._words else ""
        return all(word in text for word in self._words)
