"""The appointment that is chosen: who, what, when, how it stands, and what can be done with it."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.letters import LetterKind
from cartech_desk.domain.appointments.status import NEXT
from cartech_desk.ui.models.appointment_words import (
    CONFIRMATIONS,
    closed_words,
    span,
    title,
    without_job,
)
from cartech_desk.ui.models.work_states import BOOKINGS, booking_state
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel, lamp_icon
from cartech_desk.ui.widgets.record_tabs import button as make_button
from cartech_desk.ui.widgets.record_tabs import plain_label, say, show_right

TO_BECOME: Final[Mapping[AppointmentStatus, str]] = {
    AppointmentStatus.BOOKED: "Book again",
    AppointmentStatus.ARRIVED: "Arrived",
    AppointmentStatus.IN_BAY: "Into the bay",
    AppointmentStatus.WAITING: "Waits for parts",
    AppointmentStatus.DONE: "Done",
    AppointmentStatus.NO_SHOW: "No show",
    AppointmentStatus.CANCELLED: "Cancel…",
}
"""What a button says that brings an appointment there."""
KEYS: Final[Mapping[AppointmentStatus, str]] = {
    AppointmentStatus.ARRIVED: "A",
    AppointmentStatus.IN_BAY: "B",
}
"""Keys that bring an appointment there; "" for none."""
LETTERS: Final[Mapping[LetterKind, str]] = {
    LetterKind.CONFIRMATION: "Write a confirmation…",
    LetterKind.REMINDER: "Write a reminder…",
    LetterKind.MOVED: "Write that it was moved…",
    LetterKind.CANCELLED: "Write that it was cancelled…",
}
_SHOWN: Final = 4


class AppointmentCard(QFrame):
    """Shows one appointment, or in one line how to choose one."""

    status_wanted = Signal(object)
    """An `AppointmentStatus`."""
    edit_wanted = Signal()
    job_wanted = Signal()
    carry_wanted = Signal()
    delete_wanted = Signal()
    letter_wanted = Signal(object)
    """A `LetterKind`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.appointment: Appointment | None = None
        self.head = plain_label()
        self.head.setProperty("part", "headline")
        self.lamp = LampLabel(State.OFF)
        self.when = plain_label()
        self.who = plain_label()
        self.work = plain_label("muted")
        self.where = plain_label("muted")
        self.notes = plain_label()
        self.mail = plain_label("muted")
        self.buttons: dict[AppointmentStatus, QPushButton] = {}
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.S)
        self.edit = make_button("Change…  E", self.edit_wanted.emit)
        self.job = make_button("Job", self.job_wanted.emit)
        self.more = QPushButton("More")
        self.more.setMenu(QMenu(self.more))
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(Space.S)
        for widget in (self.edit, self.job, self.more):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.XS)
        for part in (self.head, self.lamp, self.when, self.who, self.work, self.where):
            column.addWidget(part)
        column.addWidget(self.notes)
        column.addWidget(self.mail)
        column.addSpacing(Space.XS)
        column.addLayout(self._grid)
        column.addSpacing(Space.XS)
        column.addWidget(self._foot)
        theme_changed.connect(self._tint)

    def _tint(self) -> None:
        for status, made in self.buttons.items():
            made.setIcon(lamp_icon(BOOKINGS[status]))

    def show_nothing(self, words: str) -> None:
        """Say how to choose one."""
        self.appointment = None
        say(self.head, "")
        for part in (self.when, self.who, self.work, self.where, self.mail):
            say(part, "")
        say(self.notes, words)
        self.lamp.hide()
        self._foot.hide()
        self._put_buttons({}, "")

    def show_appointment(
        self, one: Appointment, names: Mapping[str, str], zone: tzinfo, why_not: str
    ) -> None:
        """Show this one; `why_not` says why whoever is at the desk may not change it."""
        self.appointment = one
        standing = booking_state(one)
        say(self.head, title(one))
        self.lamp.show()
        self.lamp.show_state(standing, standing.lamp.word)
        if one.starts is not None and one.ends is not None:
            day = one.starts.astimezone(zone)
            say(self.when, f"{day:%a} {day.day} {day:%b}, {span(one.starts, one.ends, zone)}")
        say(self.who, one.customer if one.vehicle else "")
        say(self.work, one.work)
        say(self.where, " · ".join(names.get(each, "") for each in one.resources))
        notes = one.notes
        if one.carried_to:
            notes = f"{notes}\nGoes on with another appointment.".strip()
        elif one.carried_from:
            notes = f"{notes}\nGoes on from an earlier appointment.".strip()
        say(self.notes, notes)
        say(self.mail, CONFIRMATIONS.get(one.confirmation, "").capitalize())
        self._put_buttons(next_buttons(one), why_not or closed_words(one))
        self._foot.show()
        show_right(self.edit, why_not, "Change it (E, or Enter in the calendar)")
        self._show_job(one)
        self._fill_menu(one, why_not)

    def _show_job(self, one: Appointment) -> None:
        """Lead to its job; one whose car is here and that has none yet waits for that first."""
        waits = without_job(one)
        self.job.setText("Open its job  J" if one.job_id else "Begin its job  J")
        self.job.setToolTip(
            "What is done and recorded now belongs to no job yet: begin it (J)"
            if waits
            else "The job that this appointment is the beginning of (J)"
        )
        self.job.setProperty("role", "primary" if waits else "")
        self.job.style().polish(self.job)

    def _put_buttons(self, wanted: Mapping[AppointmentStatus, str], why_not: str) -> None:
        while self._grid.count():
            gone = self._grid.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        self.buttons = {}
        for place, (status, words) in enumerate(wanted.items()):
            key = KEYS.get(status, "")
            made = make_button(
                f"{words}  {key}".rstrip(), lambda status=status: self.status_wanted.emit(status)
            )
            show_right(made, why_not, f"{words} ({key})" if key else "")
            self.buttons[status] = made
            self._grid.addWidget(made, place // 2, place % 2)
        self._tint()

    def _fill_menu(self, one: Appointment, why_not: str) -> None:
        menu = self.more.menu()
        menu.clear()
        menu.setToolTipsVisible(True)
        closed = {TO_BECOME[status] for status in NEXT[one.status] if closed_words(one)}
        entries: list[tuple[str, Callable[[], None]]] = [
            (TO_BECOME[status], lambda s=status: self.status_wanted.emit(s))
            for status in NEXT[one.status]
            if status not in self.buttons
        ]
        entries.append(("Carry over to another day…", self.carry_wanted.emit))
        if one.customer_id:
            entries += [
                (words, lambda k=kind: self.letter_wanted.emit(k))
                for kind, words in LETTERS.items()
            ]
        entries.append(("Delete…", self.delete_wanted.emit))
        for words, run in entries:
            act = menu.addAction(words)
            act.triggered.connect(lambda _checked=False, run=run: run())
            why = why_not or (closed_words(one) if words in closed else "")
            act.setEnabled(not why)
            act.setToolTip(why or words)


def next_buttons(one: Appointment) -> dict[AppointmentStatus, str]:
    """Return the states that are a button on the card, the usual way first."""
    return {status: TO_BECOME[status] for status in NEXT[one.status][:_SHOWN]}
