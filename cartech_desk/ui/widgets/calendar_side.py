"""Beside the calendar: who waits, what was not finished, and how the mail stands."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.appointments.calendar import Waiting
from cartech_desk.domain.appointments.outbox import OutboxState
from cartech_desk.domain.counted import agreed
from cartech_desk.domain.shop_rules import NO_SENDER, NO_SERVER
from cartech_desk.ui.models.appointment_words import length, title
from cartech_desk.ui.models.work_states import booking_state
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampLabel, LampMark
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.words import counted

_MOST: Final = 30
_MENDED_BY: Final = {NO_SERVER: "server", NO_SENDER: "sender"}
"""The setting that lets e-mails leave, by why they wait."""
NO_HOLIDAYS: Final = ("No public holidays are known", "Settings, Shop: Holidays of")
"""What is so, and where it is set."""


class _Row(QFrame):
    """Who in one line, what in as many as it needs, and buttons."""

    def __init__(self, first: str, second: str, *, mark: QWidget | None = None) -> None:
        super().__init__()
        self.setProperty("row", True)
        head, below = ElidedLabel(), plain_label("muted", second)
        head.say(first)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(head)
        words.addWidget(below)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Space.XS, Space.XS, Space.XS, Space.XS)
        self.row.setSpacing(Space.S)
        if mark is not None:
            self.row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addLayout(words, 1)


class CalendarSide(QScrollArea):
    """Sections that come and go with what there is; the waiting list is always there."""

    book_waiting = Signal(object)
    """A `Waiting` for whom a time shall be booked."""
    edit_waiting = Signal(object)
    """A `Waiting`, or None for a new one."""
    carry_wanted = Signal(object)
    """An `Appointment` that was not finished."""
    show_wanted = Signal(object)
    """An `Appointment` to be gone to."""
    outbox_wanted = Signal()
    setting_wanted = Signal(str)
    """The name of a setting to be gone to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waiting_rows: list[_Row] = []
        self.unfinished_rows: list[_Row] = []
        self._mends = ""
        self.mail = LampLabel(State.OFF)
        self.mail_button = button("Outbox", self.outbox_wanted.emit, "E-mails to customers")
        self.subscription = LampLabel(State.WARNING)
        self.subscription.hide()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, Space.XS, 0)
        column.setSpacing(Space.S)
        self.unfinished_head = _headline()
        column.addWidget(self.unfinished_head)
        self._unfinished = _stack(column)
        self.waiting_head = _headline()
        self.add = button(
            "Add…", lambda: self.edit_waiting.emit(None), "Somebody who would come sooner"
        )
        head = QHBoxLayout()
        head.addWidget(self.waiting_head, 1)
        head.addWidget(self.add)
        column.addLayout(head)
        self.nobody = QLabel(
            "Nobody waits. Whoever would come sooner is offered a time that gets free."
        )
        self.nobody.setProperty("role", "muted")
        self.nobody.setWordWrap(True)
        column.addWidget(self.nobody)
        self._waiting = _stack(column)
        column.addSpacing(Space.S)
        column.addWidget(_headline("Mail and subscription"))
        mail = QHBoxLayout()
        mail.addWidget(self.mail, 1)
        mail.addWidget(self.mail_button)
        column.addLayout(mail)
        self.mail_settings = button("Mail settings", self._mend_mail, "Settings, Mail")
        self.mail_settings.hide()
        column.addWidget(self.mail_settings, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.subscription)
        self.holidays = _Row(NO_HOLIDAYS[0], NO_HOLIDAYS[1])
        self.holidays.hide()
        self._press(self.holidays, "Settings", lambda: self.setting_wanted.emit("holidays_of"), "")
        column.addWidget(self.holidays)
        column.addStretch(1)
        for lamp in (self.mail, self.subscription):
            for label in lamp.findChildren(QLabel):
                label.setWordWrap(True)
                label.setTextFormat(Qt.TextFormat.PlainText)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_waiting(self, waiting: Sequence[Waiting], zone: tzinfo, why_not: str) -> None:
        """List who waits, the longest waiting first."""
        self.waiting_head.setText(f"Waiting list {len(waiting)}" if waiting else "Waiting list")
        self.nobody.setVisible(not waiting)
        show_right(self.add, why_not, "Somebody who would come sooner")
        rows = []
        for one in waiting[:_MOST]:
            row = _Row(_who(one), waiting_words(one, zone))
            self._press(row, "Book", lambda one=one: self.book_waiting.emit(one), why_not)
            self._press(row, "…", lambda one=one: self.edit_waiting.emit(one), why_not)
            rows.append(row)
        self.waiting_rows = _fill(self._waiting, rows)

    def show_unfinished(
        self, unfinished: Sequence[Appointment], zone: tzinfo, why_not: str
    ) -> None:
        """List those of earlier days whose car is still here."""
        self.unfinished_head.setText(f"Not finished {len(unfinished)}")
        self.unfinished_head.setVisible(bool(unfinished))
        rows = []
        for one in unfinished[:_MOST]:
            day = one.starts.astimezone(zone) if one.starts is not None else None
            since = f" since {day:%a} {day.day} {day:%b}" if day is not None else ""
            standing = booking_state(one)
            row = _Row(title(one), f"{standing.lamp.word}{since}", mark=LampMark(standing))
            self._press(row, "Carry over", lambda one=one: self.carry_wanted.emit(one), why_not)
            rows.append(row)
        self.unfinished_rows = _fill(self._unfinished, rows)

    def show_mail(self, state: OutboxState | None, subscription: str, unsent: str = "") -> None:
        """Say how the outbox stands, and what is wrong with the subscription file.

        `unsent` as in ShopRules: what is written waits, and leads to the setting that it lacks.
        """
        self.mail.show_state(*mail_words(state, unsent))
        self._mends = _MENDED_BY.get(unsent, "")
        self.mail_settings.setVisible(bool(self._mends and state is not None and state.queued))
        self.subscription.setVisible(bool(subscription))
        self.subscription.show_state(State.WARNING, subscription)

    def show_holidays(self, *, known: bool) -> None:
        """Say where no public holidays are known, and where they are set."""
        self.holidays.setVisible(not known)

    def _mend_mail(self) -> None:
        self.setting_wanted.emit(self._mends)

    def _press(self, row: _Row, words: str, run: Callable[[], None], why_not: str) -> None:
        made = button(words, run, role="quiet" if words == "…" else "")
        made.setAccessibleName({"…": "Change or remove"}.get(words, words))
        show_right(made, why_not, made.accessibleName())
        row.row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)


def mail_words(state: OutboxState | None, unsent: str = "") -> tuple[State, str]:
    """Say how the outbox stands; `unsent` is why nothing leaves it, as in ShopRules."""
    if state is None:
        return State.OFF, "The outbox has not been read yet."
    if state.failed:
        words = f"{counted(state.failed, 'e-mail')} could not be sent. {state.problem}"
        return State.TRIP, words.strip()
    waits = agreed(state.queued, "waits", "wait")
    if state.queued and unsent:
        mended = State.WARNING if unsent in _MENDED_BY else State.OFF
        return mended, f"{counted(state.queued, 'e-mail')} {waits}: {unsent}."
    if state.queued and state.problem:
        return State.WARNING, f"{counted(state.queued, 'e-mail')} {waits}. {state.problem}"
    if state.queued:
        return State.CONNECTING, f"{counted(state.queued, 'e-mail')} on the way."
    if state.withdrawn and not state.sent:
        back = agreed(state.withdrawn, "was", "were")
        said = f"{counted(state.withdrawn, 'e-mail')} {back} written, and taken back before"
        return State.OFF, f"{said} leaving. None was sent yet."
    if not state.sent:
        return State.OFF, "No e-mail was written yet."
    return State.CONNECTED, "All e-mails are sent."


def waiting_words(one: Waiting, zone: tzinfo) -> str:
    """Say how long somebody needs, and when it would suit."""
    parts = [length(one.minutes)]
    if one.earliest is not None:
        day = one.earliest.astimezone(zone)
        parts.append(f"from {day.day} {day:%b}")
    if one.latest is not None:
        day = one.latest.astimezone(zone)
        parts.append(f"until {day.day} {day:%b}")
    parts += [", ".join(each.name for each in one.services), one.notes.partition("\n")[0]]
    return ", ".join(part for part in parts if part)


def _who(one: Waiting) -> str:
    return " · ".join(filter(None, (one.customer, one.vehicle))) or "Without a name"


def _headline(words: str = "") -> QLabel:
    made = QLabel(words)
    made.setProperty("role", "heading")
    return made


def _stack(column: QVBoxLayout) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setSpacing(0)
    column.addLayout(made)
    return made


def _fill(stack: QVBoxLayout, rows: list[_Row]) -> list[_Row]:
    while stack.count():
        gone = stack.takeAt(0).widget()
        gone.hide()
        gone.deleteLater()
    for row in rows:
        stack.addWidget(row)
    return rows
