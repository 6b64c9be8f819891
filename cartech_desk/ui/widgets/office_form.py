"""A dialog whose act is the office's: done in the background, refused beside the field."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Role
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.background import in_background
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.new_password import NewPassword
from cartech_desk.ui.widgets.on_screen import middle, stand
from cartech_desk.ui.words import for_window

_WIDTH: Final = 460
_LEAST: Final = 48
_MOST: Final = 16_777_215
"""What Qt takes for no limit of a height."""


class OfficeForm(QDialog):
    """One column of fields that scrolls where the screen is low, and one act.

    The words above, what was refused and the buttons stay in sight.
    `act` takes what was typed, by field, and runs outside the GUI thread; `done` gets its result
    in the GUI thread, `bug` what no person can mend. A refusal stands beside its field and the
    form stays open, with everything that was typed.
    """

    def __init__(
        self,
        title: str,
        button: str,
        act: Callable[[Mapping[str, str]], object],
        done: Callable[[object], None],
        bug: Callable[[BaseException], None],
        *,
        words: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self._act, self._done, self._bug = act, done, bug
        self._button = button
        self.fields: dict[str, Field] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.choices: dict[str, QComboBox] = {}
        self._optional: set[str] = set()
        self.secret: NewPassword | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        if words:
            said = QLabel(words)
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(said)
        self._inner = QWidget()
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, 0, Space.M, 0)
        self.column = QVBoxLayout()
        self.column.setSpacing(Space.M)
        inner.addLayout(self.column)
        inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(_LEAST)
        self._scroll.setWidget(self._inner)
        column.addWidget(self._scroll, 1)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.take = QPushButton(button)
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(lambda _checked=False: self.submit())
        self.leave = QPushButton("Cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        column.addLayout(foot)

    # What it asks

    def line(
        self, name: str, label: str, help_words: str = "", *, needed: bool = True
    ) -> QLineEdit:
        """Ask for a line."""
        made = QLineEdit()
        field = Field(label, made, help_words=help_words, error_below=True)
        field.beside.setStretch(0, 1)
        made.textEdited.connect(lambda _text: field.show_error(""))
        self.lines[name], self.fields[name] = made, field
        if not needed:
            self._optional.add(name)
        self.column.addWidget(field)
        return made

    def hidden_line(self, name: str, label: str, help_words: str = "") -> QLineEdit:
        """Ask for a line that nobody else shall read."""
        made = self.line(name, label, help_words)
        made.setEchoMode(QLineEdit.EchoMode.Password)
        return made

    def role(self, chosen: Role) -> QComboBox:
        """Ask for a role."""
        made = QComboBox()
        for role in Role:
            made.addItem(role.value, role)
        made.setCurrentIndex(list(Role).index(chosen))
        self.choices["role"] = made
        self.fields["role"] = Field("Role", made, error_below=True)
        self.column.addWidget(self.fields["role"])
        return made

    def new_password(self, about: Callable[[], tuple[str, ...]]) -> NewPassword:
        """Ask for a new password, twice, with advice."""
        self.secret = NewPassword(about)
        self.secret.password.label.setText("New password")
        self.secret.repeated.label.setText("The new password once more")
        self.fields["password"] = self.secret.password
        self.column.addWidget(self.secret)
        return self.secret

    # What it does

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height that the fields need, within the screen, and begin in the first field.

        Nobody shall do the act by an Enter too many.
        """
        super().showEvent(event)
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.editor.setFocus()
        self._fit()
        if not event.spontaneous():
            middle(self)

    def typed(self) -> dict[str, str]:
        """Return what was typed and chosen, by field."""
        found = {name: line.text() for name, line in self.lines.items()}
        found |= {name: str(choice.currentData()) for name, choice in self.choices.items()}
        if self.secret is not None:
            found["password"] = self.secret.text()
        return found

    def submit(self) -> None:
        """Do it, where nothing is missing."""
        if not self.take.isEnabled():
            return
        self.wrong.hide()
        missing = [
            name
            for name, line in self.lines.items()
            if not line.text().strip() and name not in self._optional
        ]
        for name in self.lines:
            self.fields[name].show_error("This is needed." if name in missing else "")
        complete = self.secret is None or self.secret.complete()
        if missing or not complete:
            QTimer.singleShot(0, self, self._grow)
            if missing:
                self.lines[missing[0]].setFocus()
            return
        act, typed = self._act, self.typed()
        self._hold(True)
        in_background(lambda: act(typed), self, self._succeeded, self._refused)

    def _grow(self) -> None:
        """Make room for sentences that came; a dialog does not by itself."""
        self._fit()
        wrong = next((field for field in self.fields.values() if field.error), None)
        if wrong is not None:
            self._scroll.ensureWidgetVisible(wrong)

    def _fit(self) -> None:
        """Take the height that fields and sentences need; the fields scroll beyond the screen's."""
        fields, whole = self._inner.layout(), self.layout()
        fields.activate()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(fields.totalMinimumSize().width() + bar)
        inside = fields.totalHeightForWidth(self._scroll.viewport().width())
        inside = max(inside, fields.totalSizeHint().height(), _LEAST)
        # What stands above and below the fields is known by fields of a known height.
        self._scroll.setFixedHeight(_LEAST)
        whole.invalidate()
        least = max(whole.totalHeightForWidth(self.width()), whole.totalSizeHint().height())
        self._scroll.setMaximumHeight(_MOST)
        whole.activate()
        stand(self, least if self._scroll.isHidden() else least - _LEAST + inside)

    def _hold(self, held: bool) -> None:
        self.take.setEnabled(not held)
        self.take.setText("Working …" if held else self._button)

    def _succeeded(self, result: object) -> None:
        self._hold(False)
        self.accept()
        self._done(result)

    def _refused(self, error: BaseException) -> None:
        self._hold(False)
        if isinstance(error, FieldsRefused):
            left = []
            for name, sentence in error.wrong.items():
                if name in self.fields:
                    self.fields[name].show_error(sentence)
                else:
                    left.append(sentence)
            self._say(" ".join(left))
        elif isinstance(error, CarTechError):
            self._say(for_window(error.message))
        else:
            self.reject()
            self._bug(error)

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))
        QTimer.singleShot(0, self, self._grow)

    def done(self, result: int) -> None:
        """Forget every secret that was typed, however the form ends."""
        for line in self.lines.values():
            if line.echoMode() is QLineEdit.EchoMode.Password:
                line.clear()
        if self.secret is not None:
            self.secret.clear()
        super().done(result)
