"""The scan field that is always ready: what a scanner types lands here, wherever the focus is."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from cartech_desk.domain.parts.part import Scan
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.widgets.record_tabs import button

_HELD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_READY: Final = "Scan a label or a barcode, or type a number and press Enter."


class ScanField(QWidget):
    """Looks up what was scanned. What is typed outside a text field lands in it: see `take`.

    Scans wait for each other: none is lost while the one before is still looked up.
    """

    scanned = Signal(object)
    """The `Scan` of a code that was looked up."""
    add_wanted = Signal(str)
    """A part shall be added for a code that nobody here knows."""

    def __init__(
        self,
        look_up: Callable[[str], Scan],
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look_up = look_up
        self._asking = NewestOnly(self, self._failed)
        self._told = failed
        self._waiting: list[str] = []
        self._busy = False
        self.line = QLineEdit()
        self.line.setAccessibleName("Scan a part")
        self.line.setPlaceholderText("Scan or type")
        self.line.setClearButtonEnabled(True)
        self.line.setFixedWidth(230)
        self._icon = self.line.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.line.installEventFilter(self)
        self.mark = LampMark(State.OFF)
        self.words = ElidedLabel()
        self.words.say(_READY)
        self._unknown = ""
        self.offers_adding = False
        """Whether a part may be added with a code that nobody here knows."""
        self.add = button("Add a part with it…", lambda: self.add_wanted.emit(self._unknown))
        self.add.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.line)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.add)
        theme_changed.connect(self._tint)

    def _tint(self) -> None:
        self._icon.setIcon(icon("search"))

    @property
    def busy(self) -> bool:
        """Whether a scan is being looked up, or waits."""
        return self._busy or bool(self._waiting)

    def say(self, state: State, words: str) -> None:
        """Say what became of a scan."""
        self.mark.show_state(state)
        self.words.say(words)

    def ready(self) -> None:
        """Say that it waits for a scan."""
        self.say(State.OFF, _READY)

    def _entered(self) -> None:
        code = self.line.text().strip()
        self.line.clear()
        if code:
            self._waiting.append(code)
            self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        code = self._waiting.pop(0)
        self._busy = True
        self._asking.ask(lambda: self._look_up(code), self._arrived)

    def _arrived(self, scan: Scan) -> None:
        self._busy = False
        self._unknown = scan.code if scan.part is None else ""
        self.add.setVisible(bool(self._unknown) and self.offers_adding)
        if scan.part is None:
            self.say(State.WARNING, scan.words)
        self.scanned.emit(scan)
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._told(error)
        self._next()

    def watch(self, *views: QWidget) -> None:
        """Catch what is typed in these lists too, which would search themselves else."""
        for view in views:
            view.installEventFilter(self)

    def take(self, event: QKeyEvent) -> bool:
        """Take a key that types a letter; the page gives those that nobody else wanted."""
        letters = event.text()
        if not letters.strip() or not letters.isprintable() or event.modifiers() & _HELD:
            return False
        self.line.setFocus()
        self.line.insert(letters)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch what is scanned while a list has the focus; keep Enter from a form's button."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is not self.line:
            return self.take(event)
        if event.key() in _ENTER:
            self._entered()
            return True
        return False


class ScannedInto(QObject):
    """Lets a scanner type several codes into a line: its Enter parts them by a blank."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put a blank where a scanner ends a code."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            text = self._line.text()
            if event.key() in _ENTER and text and not text.endswith(" "):
                self._line.setText(f"{text} ")
                return True
        return super().eventFilter(watched, event)
