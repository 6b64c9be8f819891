"""Shelving an alarm: for how long, and why."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import when_done
from cartech_desk.ui.models.alarm_words import roughly
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.field import Field

if TYPE_CHECKING:
    from concurrent.futures import Future

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_DAY: Final = 86400.0
_UNITS: Final = (("minutes", _MINUTE), ("hours", _HOUR), ("days", _DAY))
_MORNING: Final = time(7, 0)
_LONGEST_REASON: Final = 300
_WIDTH: Final = 640
_NUMBER_WIDTH: Final = 96


def seconds_until_morning(now: datetime) -> float:
    """Return the time until seven tomorrow by the wall clock here [s], daylight saving included."""
    local = now.astimezone()
    morning = datetime.combine(local.date() + timedelta(days=1), _MORNING).astimezone()
    return (morning - local).total_seconds()


class ShelveForm(QDialog):
    """Asks for a time and a reason; stays open with the refusal where there is one.

    `shelve` is asked with seconds and reason, `too_long` says why a time is not this person's to
    give (empty where it is).
    """

    def __init__(
        self,
        headline: str,
        shelve: Callable[[float, str], "Future[None]"],
        too_long: Callable[[float], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shelve an alarm")
        self.setProperty("bay", True)
        self.setFixedWidth(_WIDTH)
        self._shelve = shelve
        self._too_long = too_long
        self._running = False
        what = QLabel(headline)
        what.setProperty("role", "heading")
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.setWordWrap(True)
        note = QLabel(
            "It is neither seen nor heard until its time is over; then it comes back by itself. "
            "The audit log keeps who shelved it and why."
        )
        note.setProperty("role", "help")
        note.setWordWrap(True)
        self.choices = QButtonGroup(self)
        self.own = self._choice("Own time")
        self.times = [
            (self._choice("15 min"), lambda: 15 * _MINUTE),
            (self._choice("1 h"), lambda: _HOUR),
            (self._choice("8 h"), lambda: 8 * _HOUR),
            (
                self._choice(f"Until tomorrow {_MORNING:%H:%M}"),
                lambda: seconds_until_morning(datetime.now().astimezone()),
            ),
            (self.own, self._own_seconds),
        ]
        self.number = QLineEdit("30")
        self.number.setValidator(QIntValidator(1, 9999, self.number))
        self.number.setFixedWidth(_NUMBER_WIDTH)
        self.number.setAccessibleName("Own time")
        self.unit = QComboBox()
        self.unit.addItems([name for name, _ in _UNITS])
        self.unit.setAccessibleName("Unit of the own time")
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setPlaceholderText("For example: sensor unplugged for the pull")
        self.reason.setMinimumWidth(_WIDTH - 2 * Space.L)
        self.reason_field = Field("Reason", self.reason, error_below=True)
        self.back = QLabel()
        self.back.setWordWrap(True)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.hide()
        self.take = QPushButton("Shelve")
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(self.begin)
        self.leave = QPushButton("Cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self._lay_out(what, note)
        self.times[0][0].setChecked(True)
        self.choices.buttonToggled.connect(lambda *_: self._show_time())
        self.own.clicked.connect(lambda _checked=False: self._type_own())
        self.number.textEdited.connect(lambda _: self._own_typed())
        self.unit.activated.connect(lambda _: self._own_typed())
        self.reason.textChanged.connect(lambda _: self._say_wrong(""))
        self._allow()
        self._show_time()
        self._fit()
        self.reason.setFocus()

    def _choice(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setMinimumHeight(Size.CONTROL_BAY)
        self.choices.addButton(button)
        return button

    def _lay_out(self, what: QLabel, note: QLabel) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button, _seconds in self.times:
            row.addWidget(button)
        row.addStretch(1)
        own = QHBoxLayout()
        own.setSpacing(Space.S)
        own.addWidget(self.number)
        own.addWidget(self.unit)
        own.addWidget(self.back, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(what)
        layout.addWidget(note)
        layout.addLayout(row)
        layout.addLayout(own)
        layout.addWidget(self.reason_field)
        layout.addWidget(self.wrong)
        layout.addLayout(foot)

    # Time

    @property
    def seconds(self) -> float:
        """The time that is chosen [s]."""
        return next(seconds() for button, seconds in self.times if button.isChecked())

    def _own_seconds(self) -> float:
        return int(self.number.text() or 0) * _UNITS[self.unit.currentIndex()][1]

    def _type_own(self) -> None:
        self.number.setFocus()
        self.number.selectAll()

    def _own_typed(self) -> None:
        self.own.setChecked(True)
        self._show_time()

    def _allow(self) -> None:
        """Grey the times that are not this person's to give; the tooltip says whose they are."""
        for button, seconds in self.times:
            why = self._too_long(seconds()) if button is not self.own else ""
            button.setEnabled(not why)
            button.setToolTip(why)

    def _show_time(self) -> None:
        seconds = self.seconds
        why = self._too_long(seconds) if seconds > 0 else "Type a time."
        until = datetime.now().astimezone() + timedelta(seconds=seconds)
        today = until.date() == datetime.now().astimezone().date()
        at = f"{until:%H:%M}" if today else f"{until:%A %Y-%m-%d %H:%M}"
        self.back.setText(why or f"Comes back in {roughly(seconds, up=True)}, at {at}.")
        self.back.setProperty("role", "error" if why else "muted")
        self.back.style().unpolish(self.back)
        self.back.style().polish(self.back)
        self.take.setEnabled(not why and not self._running)
        own = self.own.isChecked()
        for widget in (self.number, self.unit):
            widget.setVisible(own)

    # Shelving

    def begin(self) -> None:
        """Shelve it, where there is a reason."""
        reason = self.reason.text().strip()
        if not reason:
            self._say_wrong("Say why: the next person at the desk has to know.")
            self.reason.setFocus()
            return
        if self._running or not self.take.isEnabled():
            return
        self._running = True
        self.take.setEnabled(False)
        self._show_refusal("")
        when_done(self._shelve(self.seconds, reason), self, lambda _: self.accept(), self._refused)

    def _refused(self, error: BaseException) -> None:
        self._running = False
        self.take.setEnabled(True)
        if not isinstance(error, CarTechError):
            raise error
        self._show_refusal(error.message)

    def _say_wrong(self, sentence: str) -> None:
        self.reason_field.show_error(sentence)
        self._fit()

    def _show_refusal(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))
        self._fit()

    def _fit(self) -> None:
        """Be as high as what is said needs: wrapped words do not push a dialog's edge."""
        layout = self.layout()
        layout.activate()
        self.setFixedHeight(
            max(layout.totalHeightForWidth(self.width()), layout.minimumSize().height())
        )
