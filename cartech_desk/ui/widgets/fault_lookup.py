"""Look up any code without a car: by the code itself, or by words of what it means."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.code import NoCode, parse_code
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.ui.models.fault_words import SEVERITY_LAMPS
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_meaning import FaultMeaning
from cartech_desk.ui.widgets.lamp import lamp_icon

_TITLE: Final = "Look up a fault code"
_SIZE: Final = (980, 600)
_LIST: Final = 380
_ROLE: Final = Qt.ItemDataRole.UserRole
_MOST: Final = 60
_ASK: Final = "Type a code as in P0299, or words as in turbo boost."

Find = Callable[[str, int], Sequence[Meaning]]
Explain = Callable[[str, str | None], Meaning]


class CodeLookUp(QDialog):
    """A line, what was found, and the meaning of the chosen one; `vin` chooses a maker's table.

    `tables` shows the makers' tables that were imported, and imports one.
    """

    def __init__(
        self,
        explain: Explain,
        find: Find,
        bug: Callable[[BaseException], None],
        *,
        vin: str | None = None,
        tables: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_TITLE)
        self.setProperty("bay", True)
        self._explain, self._find, self._bug, self._vin = explain, find, bug, vin
        self._work = NewestOnly(self, self._refused)
        self.line = QLineEdit()
        self.line.setPlaceholderText(_ASK)
        self.line.setAccessibleName("Code or words")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Codes found")
        self.list.setFixedWidth(_LIST)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.currentItemChanged.connect(lambda *_: self._show_chosen())
        self.meaning = FaultMeaning()
        self.words = QLabel(_ASK)
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.leave = QPushButton("Close  Esc")
        self.leave.setAutoDefault(False)
        self.leave.setMinimumHeight(Size.CONTROL_BAY)
        self.leave.clicked.connect(lambda _checked=False: self.reject())
        self.tables = QPushButton("Makers' tables…  Ctrl+I")
        self.tables.setShortcut("Ctrl+I")
        self.tables.setToolTip("Import a maker's table of codes; see and remove those imported")
        self.tables.setAutoDefault(False)
        self.tables.setMinimumHeight(Size.CONTROL_BAY)
        self.tables.setVisible(tables is not None)
        if tables is not None:
            self.tables.clicked.connect(lambda _checked=False: tables())
        across = QHBoxLayout()
        across.setSpacing(Space.M)
        across.addWidget(self.list)
        across.addWidget(self.meaning, 1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.M)
        foot.addWidget(self.tables)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.line)
        column.addLayout(across, 1)
        column.addLayout(foot)
        self.resize(*_SIZE)
        self.line.setFocus()
        theme_changed.connect(self._dress)

    def search_again(self) -> None:
        """Search anew for what is typed: another table may tell more."""
        self._search(self.line.text())

    def _dress(self) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setIcon(lamp_icon(SEVERITY_LAMPS[item.data(_ROLE).severity]))

    def found(self) -> list[Meaning]:
        """Return what the list shows."""
        return [self.list.item(place).data(_ROLE) for place in range(self.list.count())]

    def _search(self, text: str) -> None:
        typed = " ".join(text.split())
        if len(typed) < 2:
            self._work.forget()
            self._arrived(typed, ())
            return
        self._work.ask(lambda: self._look_for(typed), lambda found: self._arrived(typed, found))

    def _look_for(self, typed: str) -> Sequence[Meaning]:
        try:
            code = str(parse_code(typed))
        except NoCode:
            return self._find(typed, _MOST)
        # A maker's table may describe a code of this text too: `find` tells those beside it.
        exact = self._explain(code, self._vin)
        return (exact, *(one for one in self._find(code, _MOST) if one.code != exact.code))

    def _arrived(self, typed: str, found: Sequence[Meaning]) -> None:
        self.list.clear()
        for one in found:
            item = QListWidgetItem(f"{one.code}  {one.description}")
            item.setData(_ROLE, one)
            item.setToolTip(one.description)
            self.list.addItem(item)
        self._dress()
        if found:
            self.list.setCurrentRow(0)
            many = f"The first {_MOST} are listed: type more." if len(found) >= _MOST else ""
            self._say(many)
        else:
            self.meaning.show_meaning(None)
            self._say(f"Nothing is known of “{typed}”. {_ASK}" if len(typed) > 1 else _ASK)

    def _show_chosen(self) -> None:
        item = self.list.currentItem()
        chosen: Meaning | None = item.data(_ROLE) if item is not None else None
        self.meaning.show_meaning(chosen)
        self.setWindowTitle(f"{_TITLE}: {chosen.code}" if chosen is not None else _TITLE)

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def _refused(self, error: BaseException) -> None:
        self._arrived("", ())
        if isinstance(error, CarTechError):
            self._say(error.message)
        else:
            self._bug(error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk in the list from the line."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(event.key()) if isinstance(event, QKeyEvent) else None
            if step is not None and self.list.count():
                row = self.list.currentRow() + step
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)
