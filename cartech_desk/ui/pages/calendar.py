"""The Calendar page: a day by bays or technicians, or a week; who waits; what is to be done."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.appointments.booking import Appointment, ResourceKind
from cartech_desk.domain.appointments.calendar import CalendarView, Waiting
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.outbox import OutboxState
from cartech_desk.domain.appointments.status import NEXT
from cartech_desk.domain.people import Act
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.appointment_words import closed_words, span
from cartech_desk.ui.models.calendar_blocks import blocks_of
from cartech_desk.ui.models.calendar_columns import Plan, columns_of, days_of, plan_words, stepped
from cartech_desk.ui.models.calendar_drag import Landing
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.pages.calendar_acts import CalendarActs
from cartech_desk.ui.pages.calendar_files import CalendarFiles
from cartech_desk.ui.pages.calendar_lists import CalendarLists
from cartech_desk.ui.pages.calendar_states import CalendarStates
from cartech_desk.ui.pages.calendar_waiting import CalendarWaiting
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.pages.record_page import RecordPage
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.calendar_bar import CalendarBar
from cartech_desk.ui.widgets.calendar_card import KEYS, TO_BECOME, AppointmentCard
from cartech_desk.ui.widgets.calendar_grid import CalendarGrid
from cartech_desk.ui.widgets.calendar_side import CalendarSide
from cartech_desk.ui.widgets.calendar_view import Sheet, Slot
from cartech_desk.ui.widgets.record_tabs import menu_button

_REFRESH_S: Final = 20.0
_SIDE: Final = 312
_KIND, _NAME = "calendar", "last"
_HOW: Final = "Choose an appointment, or a free place and press N to book there."
_COLUMNS: Final = {Plan.BAYS: ResourceKind.BAY, Plan.TECHNICIANS: ResourceKind.TECHNICIAN}


@dataclass(frozen=True, slots=True)
class _Read:
    """What one look at the office gave."""

    view: CalendarView
    waiting: Sequence[Waiting]
    mail: OutboxState
    subscription: str
    now: datetime
    rules: ShopRules


class CalendarPage(RecordPage):
    """The calendar. `look` shows another day, `view` is what was read last."""

    key = "calendar"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.plan = Plan.BAYS
        self.day = date.today()
        self.only = ""
        self.view: CalendarView | None = None
        self.waiting: Sequence[Waiting] = ()
        self._asked_s = 0.0
        self._first = True
        self._wanted = ""
        self._reading = NewestOnly(self, self.acts.tell)
        self.doing = CalendarActs(self)
        self.states = CalendarStates(self)
        self.waiting_list = CalendarWaiting(self)
        self.lists = CalendarLists(self)
        self.files = CalendarFiles(self)
        self._build_header()
        self._build_body()
        self.set_primary("Book  Ctrl+N", self.book)

    # How it is made

    def _build_header(self) -> None:
        self.bar = CalendarBar(self)
        self.bar.stepped.connect(self.step)
        self.bar.today_wanted.connect(self.go_today)
        self.bar.day_chosen.connect(self.look)
        self.bar.plan_chosen.connect(self.choose_plan)
        self.bar.whose_chosen.connect(self._whose_chosen)
        self.set_up = menu_button(
            "Set up",
            (
                ("Services…", self.lists.services),
                ("Bays and technicians…", self.lists.resources),
                ("Time off…", self.lists.time_off),
                ("Hours, holidays, letters…", lambda: self.acts.go_to("settings", "monday")),
                ("Others' calendars…", self.files.calendars),
                ("Export as iCalendar…", self.files.export),
                ("Outbox…", self.files.outbox),
            ),
        )
        self.add_to_header(self.set_up)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for widget in self.bar.left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in self.bar.right:
            row.addWidget(widget)
        self.body.addLayout(row)

    def _build_body(self) -> None:
        self.grid = CalendarGrid()
        self.grid.chosen_changed.connect(self._chosen_changed)
        self.grid.opened.connect(self._opened)
        self.grid.book_wanted.connect(self.book)
        self.grid.dropped.connect(self._dropped)
        self.grid.menu_wanted.connect(self._menu)
        self.card = AppointmentCard()
        self.card.edit_wanted.connect(self.edit)
        self.card.status_wanted.connect(self.states.set_status)
        self.card.job_wanted.connect(self.states.open_job)
        self.card.carry_wanted.connect(lambda: self.states.carry_over(self.grid.chosen))
        self.card.delete_wanted.connect(self.states.delete)
        self.card.letter_wanted.connect(self.states.write_letter)
        self.side = CalendarSide()
        self.side.book_waiting.connect(self.waiting_list.book)
        self.side.edit_waiting.connect(self.waiting_list.edit)
        self.side.carry_wanted.connect(self.states.carry_over)
        self.side.outbox_wanted.connect(self.files.outbox)
        self.side.setting_wanted.connect(lambda name: self.acts.go_to("settings", name))
        right = QWidget()
        right.setFixedWidth(_SIDE)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.card)
        column.addWidget(self.side, 1)
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        row.addWidget(self.grid, 1)
        row.addWidget(right)
        self.body.addLayout(row, 1)
        self.card.show_nothing(_HOW)

    # What the shell calls

    def shown(self, what: object = None) -> None:
        """Show the calendar; `what` is the id of an appointment, or a day."""
        if isinstance(what, date):
            self.day = what
        elif isinstance(what, str) and what:
            self._find(what)
        self.refresh()
        self.grid.setFocus()

    def hidden(self) -> None:
        """Put back what is carried."""
        if self.grid.held is not None:
            self.grid.put_back()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Look again now and then: others book too, and mail goes out."""
        del snapshot
        if time.monotonic() - self._asked_s > _REFRESH_S and self.grid.held is None:
            self.refresh()

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Book an appointment", self.book, "Ctrl+N", "new appointment"),
            PageAction("Book at the chosen place", self.book, "N"),
            PageAction("Today", self.go_today, "T", "now"),
            PageAction("Earlier", lambda: self.step(-1), "PgUp", "previous day week"),
            PageAction("Later", lambda: self.step(1), "PgDown", "next day week"),
            PageAction("Day by bays", lambda: self.choose_plan(Plan.BAYS), "D", "lift"),
            PageAction(
                "Day by technicians", lambda: self.choose_plan(Plan.TECHNICIANS), "P", "people"
            ),
            PageAction("Week", lambda: self.choose_plan(Plan.WEEK), "W"),
            PageAction("Find an appointment", self.lists.find, "Ctrl+F", "search"),
            PageAction("Services", self.lists.services, "", "prices durations"),
            PageAction("Bays and technicians", self.lists.resources, "", "resources lifts"),
            PageAction("Time off", self.lists.time_off, "", "vacation closed holiday sick"),
            PageAction("Outbox", self.files.outbox, "", "mail e-mail confirmation sent"),
            PageAction("Add to the waiting list", lambda: self.waiting_list.edit(None)),
            PageAction("Others' calendars", self.files.calendars, "", "import ics icalendar"),
            PageAction("Export as iCalendar", self.files.export, "", "ics file subscription"),
        ]
        one = self.grid.chosen
        if one is not None:
            found += [
                PageAction("Change the appointment", self.edit, "E"),
                PageAction("Its job: open or begin it", self.states.open_job, "J", "work order"),
                PageAction("Move by keys", self.grid.pick_up, "", "carry reassign resize"),
                PageAction("Carry over", lambda: self.states.carry_over(one), "", "unfinished"),
            ]
            found += [
                PageAction(
                    f"Appointment: {TO_BECOME[status].rstrip('…').lower()}",
                    lambda status=status: self.states.set_status(status),  # type: ignore[misc]
                    KEYS.get(status, ""),
                )
                for status in NEXT[one.status]
            ]
        return tuple(found)

    # Where one looks

    def look(self, day: date) -> None:
        """Show another day, or its week."""
        if day != self.day:
            self.day = day
            self.refresh()

    def step(self, by: int) -> None:
        """Show an earlier or a later day or week."""
        self.look(stepped(self.plan, self.day, by))

    def go_today(self) -> None:
        """Show today."""
        zone = zone_of(self.desk.office.rules().zone)
        self.look(self.grid.now().astimezone(zone).date())

    def choose_plan(self, plan: Plan) -> None:
        """Show bays, technicians or a week."""
        self.plan = plan
        self.refresh()

    def go_to_appointment(self, one: Appointment) -> None:
        """Show the day of an appointment, and choose it."""
        if one.starts is None:
            return
        self._wanted = one.id
        self.day = one.starts.astimezone(zone_of(self.desk.office.rules().zone)).date()
        self.refresh()

    def when_words(self, one: Appointment) -> str:
        """Say when an appointment is: `Mon 23 Nov, 08:00-09:30`."""
        zone = zone_of(self.desk.office.rules().zone)
        if one.starts is None or one.ends is None:
            return "no time yet"
        day = one.starts.astimezone(zone)
        return f"{day:%a} {day.day} {day:%b}, {span(one.starts, one.ends, zone)}"

    def told_and_read(self, error: BaseException) -> None:
        """Tell a refusal, and read what is so now."""
        self.acts.tell(error)
        self.refresh()

    def _find(self, appointment_id: str) -> None:
        appointments = self.desk.office.appointments
        self.do(lambda: appointments.get(appointment_id), self.go_to_appointment)

    def _whose_chosen(self, resource_id: str) -> None:
        self.only = resource_id
        if self.view is not None:
            self._show_view(self.view)

    # What is read

    @property
    def busy(self) -> bool:
        """Whether the calendar is being read, or an act done."""
        return self._reading.busy or self.under_way > 0

    def refresh(self) -> None:
        """Read the calendar anew."""
        self._asked_s = time.monotonic()
        self.title_label.setText(plan_words(self.plan, self.day))
        self.bar.show_place(self.plan, self.day)
        office = self.desk.office
        first, days = days_of(self.plan, self.day)
        now = self.grid.now

        def look() -> _Read:
            appointments = office.appointments
            return _Read(
                appointments.view(first, days),
                appointments.waiting(),
                office.mailing.state(),
                appointments.subscription_problem(),
                now(),
                office.rules(),
            )

        self._reading.ask(look, self._arrived)

    def _arrived(self, found: _Read) -> None:
        held = self.grid.held
        if held is not None and not held.let_go:
            self._asked_s = 0.0  # nothing is taken out of a hand: read again once it is put down
            return
        self.waiting = found.waiting
        self.only = self.bar.show_resources(found.view.resources, self.only)
        self._show_view(found.view)
        zone, why = zone_of(found.view.zone), self.why_not(Act.KEEP_RECORDS)
        self.side.show_waiting(found.waiting, zone, why)
        self.side.show_unfinished(found.view.unfinished, zone, why)
        self.side.show_mail(found.mail, found.subscription, found.rules.unsent)
        self.side.show_holidays(known=bool(found.rules.holidays_of))
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.grid.choose(wanted)

    def _show_view(self, view: CalendarView) -> None:
        self.view = view
        only = self.only if self.plan is Plan.WEEK else ""
        columns = columns_of(view, self.plan, self.day, only=only)
        sheet = Sheet(
            columns,
            blocks_of(view, columns, only=only),
            view.appointments,
            {one.id: one.name for one in view.resources},
            zone_of(view.zone),
            self.desk.office.rules().slot_min,
            not self.why_not(Act.KEEP_RECORDS),
        )
        self.grid.show_sheet(sheet, to_opening=self._first)
        self._first = False
        self._chosen_changed()

    def rights_changed(self) -> None:
        """Show what whoever is at the desk may do."""
        if self.primary is not None:
            why = self.why_not(Act.KEEP_RECORDS)
            self.primary.setEnabled(not why)
            self.primary.setToolTip(why)
        if self.view is not None:
            self.refresh()

    # What is chosen

    def _chosen_changed(self) -> None:
        one, view = self.grid.chosen, self.view
        if one is None or view is None:
            self.card.show_nothing(self._how())
        else:
            names = {each.id: each.name for each in view.resources}
            why = self.why_not(Act.KEEP_RECORDS)
            self.card.show_appointment(one, names, zone_of(view.zone), why)
        self.actions_changed.emit()

    def _how(self) -> str:
        kind = _COLUMNS.get(self.plan)
        if self.view is None or kind is None or any(r.kind is kind for r in self.view.resources):
            return _HOW
        return f"No {kind.value} is entered yet. Set up, Bays and technicians… adds the first one."

    def _opened(self, what: Any) -> None:
        if isinstance(what, Appointment):
            self.edit()
        else:
            self.acts.say(f"{what.title} stands in {what.calendar} and is changed there.")

    def book(self, slot: object = None) -> None:
        """Book where the keys stand, or where was pressed."""
        self.doing.book(slot if isinstance(slot, Slot) else self.grid.slot)

    def edit(self) -> None:
        """Change the chosen appointment."""
        one = self.grid.chosen
        if one is not None:
            self.doing.edit(one)

    def _dropped(self, one: Appointment, landing: Landing) -> None:
        self.doing.move(one, landing)

    def _menu(self, one: Appointment, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addAction("Change…").triggered.connect(lambda _checked=False: self.edit())
        closed = closed_words(one)
        for status in NEXT[one.status]:
            act = menu.addAction(TO_BECOME[status])
            act.setEnabled(not closed)
            act.setToolTip(closed or TO_BECOME[status])
            act.triggered.connect(
                lambda _checked=False, status=status: self.states.set_status(status)
            )
        menu.popup(at)
