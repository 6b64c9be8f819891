"""A field that stands for a record: typed, found while one types, chosen from what is found."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QWidget

from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.tokens import Size, Space

_SHOWN: Final = 12
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Pick(NamedTuple):
    """A record that can be chosen: its id, how it is called, and what tells it from others."""

    id: str
    title: str
    detail: str = ""


class RecordPicker(QWidget):
    """A line that finds records; `find` runs outside the GUI thread.

    What is typed is nothing yet: a record is chosen from the list, by Enter, arrow keys or a
    press. Enter right behind what was typed, as scanners send it, takes the one that is found.
    `add` puts a button beside it that makes a new record from what was typed.
    """

    changed = Signal()
    """Another record is chosen, or none any more."""

    def __init__(
        self,
        find: Callable[[str], Sequence[Pick]],
        failed: Callable[[BaseException], None],
        *,
        placeholder: str = "",
        add_words: str = "",
        add: Callable[[str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._asking = NewestOnly(self, failed)
        self._pick: Pick | None = None
        self._picks: tuple[Pick, ...] = ()
        self._take_one = False
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder or "Type a few letters")
        self.line.setClearButtonEnabled(True)
        self.line.textEdited.connect(self._typed)
        self.line.textChanged.connect(self._emptied)
        self.line.installEventFilter(self)
        self._found = QStandardItemModel(self)
        self.completer = QCompleter(self._found, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setMaxVisibleItems(_SHOWN)
        # Down at the last one stays there: a turn would leave nothing for Enter to take.
        self.completer.setWrapAround(False)
        self.completer.setWidget(self.line)
        self.completer.activated[QModelIndex].connect(self._take)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.line, 1)
        self.add: QPushButton | None = None
        if add is not None:
            made = QPushButton(add_words or "New…")
            made.setAutoDefault(False)
            made.clicked.connect(lambda _checked=False: add(self.line.text().strip()))
            row.addWidget(made)
            self.add = made

    @property
    def chosen(self) -> Pick | None:
        """The record that is chosen."""
        return self._pick

    @property
    def id(self) -> str:
        """Id of the chosen record; empty for none."""
        return self._pick.id if self._pick is not None else ""

    @property
    def busy(self) -> bool:
        """Whether something is looked for."""
        return self._asking.busy

    @property
    def undecided(self) -> bool:
        """Whether something was typed of which no record was chosen."""
        return self._pick is None and bool(self.line.text().strip())

    def choose(self, pick: Pick | None) -> None:
        """Choose a record, or none."""
        self._asking.forget()
        self._pick = pick if pick is not None and pick.id else None
        self.line.setText(self._pick.title if self._pick is not None else "")
        self.line.setCursorPosition(0)
        self.changed.emit()

    def _typed(self, text: str) -> None:
        self._take_one = False
        if self._pick is not None:
            self._pick = None
            self.changed.emit()
        words = text.strip()
        if not words:
            self._asking.forget()
            return
        find = self._find
        self._asking.ask(lambda: tuple(find(words)), self._show)

    def _emptied(self, text: str) -> None:
        """Take the choice back: the clear button does."""
        if not text and self._pick is not None:
            self._pick = None
            self.changed.emit()

    def _show(self, found: Sequence[Pick]) -> None:
        self._found.clear()
        self._picks = tuple(found)
        wanted, self._take_one = self._take_one, False
        if wanted and len(found) == 1:
            self.completer.popup().hide()
            self.choose(found[0])
            return
        for pick in found:
            item = QStandardItem(" · ".join(filter(None, (pick.title, pick.detail))))
            item.setSizeHint(QSize(0, Size.CONTROL))
            self._found.appendRow(item)
        popup = self.completer.popup()
        if found and self.line.isVisible():
            self.completer.complete()
            popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        else:
            popup.hide()

    def _take(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._picks):
            self.choose(self._picks[index.row()])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is found by Enter, and not the form's act before anything is chosen."""
        if (
            watched is self.line
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _ENTER
            and self.undecided
        ):
            if self._asking.busy:
                self._take_one = True
            elif len(self._picks) == 1:
                self.choose(self._picks[0])
            else:
                self._typed(self.line.text())
            return True
        return super().eventFilter(watched, event)
