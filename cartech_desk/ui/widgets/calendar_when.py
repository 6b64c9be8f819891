"""When an appointment is: a day, a time and a length, and what is said of them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.models.calendar_time import clock_words, instant_of, minute_of
from cartech_desk.ui.models.calendar_typed import clock_of, minutes_of
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel


class When(QWidget):
    """A day, a time of the shop's clock and a length. `starts` and `ends` are UTC.

    `problem` says what cannot be read. A sentence below tells what stands against it, and a way
    out of it may be offered there.
    """

    changed = Signal()
    typed_length = Signal()
    """A person typed a length: services change it no more."""

    def __init__(self, zone: tzinfo, starts: datetime, minutes: int) -> None:
        super().__init__()
        self._zone = zone
        local = starts.astimezone(zone)
        self.day = QDateEdit(QDate(local.year, local.month, local.day))
        self.day.setDisplayFormat("ddd yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setAccessibleName("Day")
        self.time = QLineEdit(f"{local:%H:%M}")
        self.time.setAccessibleName("Time, as in 8:30")
        self.time.setFixedWidth(72)
        self.length = QLineEdit(length(minutes))
        self.length.setAccessibleName("Length, as in 90 or 1 h 30")
        self.length.setFixedWidth(88)
        self.until = QLabel()
        self.until.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for widget in (self.day, QLabel("at"), self.time, QLabel("for"), self.length, self.until):
            row.addWidget(widget)
        row.addStretch(1)
        self.lamp = LampLabel(State.OFF)
        self.lamp.hide()
        for label in self.lamp.findChildren(QLabel):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(row)
        column.addWidget(self.lamp)
        self.setFocusProxy(self.time)
        self.day.dateChanged.connect(lambda _day: self._tell())
        self.time.textEdited.connect(lambda _text: self._tell())
        self.length.textEdited.connect(self._length_typed)
        self._tell()

    def _length_typed(self, _text: str) -> None:
        self.typed_length.emit()
        self._tell()

    @property
    def starts(self) -> datetime | None:
        """When it begins; None where that cannot be read, or the clock leaves it out."""
        minute = clock_of(self.time.text())
        return None if minute is None else instant_of(self._day, minute, self._zone)

    @property
    def ends(self) -> datetime | None:
        """When it ends."""
        starts, minutes = self.starts, minutes_of(self.length.text())
        return None if starts is None or minutes is None else starts + timedelta(minutes=minutes)

    @property
    def _day(self) -> date:
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    @property
    def problem(self) -> str:
        """What cannot be read, and how to write it."""
        minute = clock_of(self.time.text())
        if minute is None:
            return "Write the time as in 8:30."
        if minutes_of(self.length.text()) is None:
            return "Write the length as in 90 or 1 h 30."
        if instant_of(self._day, minute, self._zone) is None:
            return f"The clock leaves {clock_words(minute)} out on that day. Choose another time."
        return ""

    def put(self, starts: datetime, minutes: int | None = None) -> None:
        """Show another time."""
        local = starts.astimezone(self._zone)
        self.day.setDate(QDate(local.year, local.month, local.day))
        self.time.setText(f"{local:%H:%M}")
        if minutes is not None:
            self.length.setText(length(minutes))
        self._tell()

    @property
    def typed(self) -> dict[str, str]:
        """Day, time and length as they stand in the fields, for a draft."""
        day = self._day.isoformat()
        return {"day": day, "time": self.time.text(), "length": self.length.text()}

    def put_typed(self, typed: Mapping[str, str]) -> None:
        """Put back what `typed` gave."""
        day = date.fromisoformat(typed["day"])
        self.day.setDate(QDate(day.year, day.month, day.day))
        self.time.setText(typed["time"])
        self.length.setText(typed["length"])
        self._tell()

    def put_length(self, minutes: int) -> None:
        """Show another length."""
        self.length.setText(length(minutes))
        self._tell()

    def say(self, state: State | None, words: str = "") -> None:
        """Say below it what stands against it, or nothing."""
        self.lamp.setVisible(state is not None)
        if state is not None:
            self.lamp.show_state(state, words)

    def _tell(self) -> None:
        starts, ends = self.starts, self.ends
        if starts is None or ends is None:
            self.until.setText("")
        else:
            minute = minute_of(ends, self._day, self._zone)
            day = f" {ends.astimezone(self._zone):%a}" if minute > 24 * 60 else ""
            self.until.setText(f"until{day} {ends.astimezone(self._zone):%H:%M}")
        self.changed.emit()
