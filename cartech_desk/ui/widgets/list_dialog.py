"""A dialog with a short list of what a page is set up with, and its acts as buttons."""

from collections.abc import Callable, Sequence
from typing import Any, Generic

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.ui.models.record_table import Column, Query, Row
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import plain_label, show_right

_SIZE = (880, 500)


class ListDialog(QDialog, Generic[Row]):
    """A list and buttons below it; acts on the chosen row are grey where none is chosen.

    `opens` is what Enter and a double press on a row do.
    """

    def __init__(
        self,
        title: str,
        things: str,
        columns: Sequence[Column[Row]],
        query: Query[Row],
        identity: Callable[[Row], str],
        *,
        failed: Callable[[BaseException], None],
        words: str = "",
        opens: Callable[[Row], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(*_SIZE)
        self.list: RecordList[Row] = RecordList(things, columns, query, identity, failed)
        self.said = plain_label("muted", words)
        self.said.setVisible(bool(words))
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons: dict[str, QPushButton] = {}
        self._of_row: list[tuple[QPushButton, str, Callable[[Row], str] | None, str]] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.S)
        self.leave = QPushButton("Close")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addLayout(self._row)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.said)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing)
        column.addLayout(foot)
        self.nothing.hide()
        self.list.chosen_changed.connect(self._chosen)
        self.list.listed.connect(self._listed)
        self._empty_words = f"No {things} yet."
        if opens is not None:
            self.list.opened.connect(opens)
        QShortcut(QKeySequence("Ctrl+F"), self, self.list.go_to_search)
        self.list.refresh()

    def add_button(self, words: str, run: Callable[[], object], why_not: str = "") -> QPushButton:
        """Add an act that needs no row."""
        made = self._button(words, run)
        show_right(made, why_not, "")
        return made

    def add_row_button(
        self,
        words: str,
        run: Callable[[Row], object],
        why_not: str = "",
        *,
        fits: Callable[[Row], str] | None = None,
        role: str = "",
    ) -> QPushButton:
        """Add an act on the chosen row; `fits` says of a row why it cannot be done with it."""

        def act() -> None:
            row = self.list.chosen()
            if row is not None:
                run(row)

        made = self._button(words, act)
        if role:
            made.setProperty("role", role)
        self._of_row.append((made, why_not, fits, ""))
        self._chosen()
        return made

    def refresh(self, wanted: str = "") -> None:
        """Read the list anew."""
        self.list.refresh(wanted)

    def _button(self, words: str, run: Callable[[], object]) -> QPushButton:
        made = QPushButton(words)
        made.setAutoDefault(False)
        made.clicked.connect(lambda _checked=False: run())
        self._row.addWidget(made)
        self.buttons[words] = made
        return made

    def _listed(self) -> None:
        empty = self.list.empty
        self.nothing.setText(self._empty_words if empty else "")
        self.nothing.setVisible(empty)

    def _chosen(self) -> None:
        row: Any = self.list.chosen()
        for made, why_not, fits, tip in self._of_row:
            if row is None:
                made.setEnabled(False)
                continue
            why = why_not or (fits(row) if fits is not None else "")
            show_right(made, why, tip)
