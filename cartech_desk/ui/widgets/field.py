"""One field of a form: label above, help under it, the error beside it in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampMark


class Field(QWidget):
    """Holds an editor. `beside` is the row of the editor: units and buttons are added to it."""

    def __init__(
        self,
        label: str,
        editor: QWidget,
        *,
        unit: str = "",
        range_words: str = "",
        help_words: str = "",
        error_below: bool = False,
    ) -> None:
        """`error_below` puts an error in the place of the help, not into the editor's row."""
        super().__init__()
        self.editor = editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        self.label = QLabel(label)
        self.label.setProperty("role", "heading")
        self.label.setBuddy(editor)
        column.addWidget(self.label)
        self.beside = QHBoxLayout()
        self.beside.setSpacing(Space.S)
        self.beside.addWidget(editor)
        for words in (unit, range_words):
            if words:
                side = QLabel(words)
                side.setProperty("role", "muted")
                self.beside.addWidget(side)
        self._mark = LampMark(State.WARNING)
        self._mark.hide()
        self.error_label = QLabel()
        self.error_label.setProperty("role", "error")
        self.error_label.setWordWrap(True)
        self.error_label.setTextFormat(Qt.TextFormat.PlainText)
        self.error_label.hide()
        self._error_below = error_below
        below = QHBoxLayout()
        below.setSpacing(Space.S)
        row = below if error_below else self.beside
        row.addWidget(self._mark)
        row.addWidget(self.error_label, 1)
        self.beside.addStretch(0)
        column.addLayout(self.beside)
        column.addLayout(below)
        self.help_label = QLabel(help_words)
        self.help_label.setProperty("role", "help")
        self.help_label.setWordWrap(True)
        self._with_help = bool(help_words)
        self.help_label.setVisible(self._with_help)
        column.addWidget(self.help_label)
        self._typed_into = editor.focusProxy() or editor
        self._typed_into.setAccessibleName(f"{label} {unit}".strip())
        self._typed_into.setAccessibleDescription(" ".join(filter(None, (help_words, range_words))))

    @property
    def error(self) -> str:
        """The error that is shown."""
        return self.error_label.text()

    def show_error(self, sentence: str) -> None:
        """Show what is wrong and how to mend it; an empty sentence takes it away."""
        self.error_label.setText(sentence)
        self.error_label.setVisible(bool(sentence))
        self._mark.setVisible(bool(sentence))
        if self._error_below:
            self.help_label.setVisible(self._with_help and not sentence)
        widget = self._typed_into
        if bool(widget.property("wrong")) != bool(sentence):
            widget.setProperty("wrong", bool(sentence))
            widget.style().unpolish(widget)
            widget.style().polish(widget)
