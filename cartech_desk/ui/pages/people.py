"""People: who may sign in, and what each role may do."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.people import Act, Actor, Role, allowed
from cartech_desk.office.people import Person, Standing
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages import people_forms as forms
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.account_card import AccountCard
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.office_form import OfficeForm
from cartech_desk.ui.widgets.people_list import PeopleList
from cartech_desk.ui.widgets.rights_table import RightsTable
from cartech_desk.ui.widgets.waiting_people import WaitingPeople
from cartech_desk.ui.words import counted

_REFRESH_S: Final = 3.0
_SIDE_LEAST: Final = 280
_KIND, _NAME = "columns", "people"


class _Side(QScrollArea):
    """Asks for room beside its content for the bar that scrolls it."""

    def sizeHint(self) -> QSize:
        """Return the size of the content with the bar."""
        return super().sizeHint() + QSize(self.verticalScrollBar().sizeHint().width(), 0)


class PeoplePage(Page):
    """An administrator sees everybody; anybody else the table of rights and the own account."""

    key = "people"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._people: tuple[Person, ...] = ()
        self._asked_s = 0.0
        self._asking = False
        self._again = False
        self._columns = ""
        self._remembered = False
        self.form: OfficeForm | None = None
        self._form_by: Actor | None = None
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.add_to_header(self.count, left=True)
        self.set_primary("Add a person…", self.add)
        self._lay_out()
        acts.operator_changed.connect(lambda _now: self._operator_changed())
        self._show()

    # What stands where

    def _lay_out(self) -> None:
        self.waiting = WaitingPeople()
        self.waiting.approved.connect(self.approve)
        self.waiting.refused.connect(self._disable)
        self.list = PeopleList(self.acts.tell)
        self.list.chosen_changed.connect(self._chosen_changed)
        self.role = self._button("Change role…", self.change_role)
        self.password = self._button("Give another password…", self.give_password)
        self.enabling = self._button("Enable", self.enable)
        self.disabling = self._button("Disable…", self.disable)
        self.why_not = ElidedLabel("muted")
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for widget in (self.role, self.password, self.enabling, self.disabling):
            bar.addWidget(widget)
        bar.addWidget(self.why_not, 1)
        self.everybody = QWidget()
        left = QVBoxLayout(self.everybody)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(Space.M)
        left.addWidget(self.waiting)
        left.addWidget(self.list, 1)
        left.addLayout(bar)
        self.account = AccountCard()
        self.account.password_wanted.connect(self.change_own_password)
        self.account.pin_wanted.connect(self.set_own_pin)
        self.account.sign_in_wanted.connect(self.acts.ask_to_sign_in)
        self.rights = RightsTable()
        side = QWidget()
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(Space.M)
        right.addWidget(self.account)
        right.addWidget(self.rights)
        right.addStretch(1)
        scroll = _Side()
        scroll.setWidgetResizable(True)
        scroll.setWidget(side)
        # The style sheet's type is known once the page is shown: measured now it would be cut.
        self.rights.ensurePolished()
        scroll.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        scroll.setMaximumWidth(self.rights.least_width() + Space.XL)
        scroll.setMinimumWidth(_SIDE_LEAST)
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        row.addWidget(self.everybody, 1)
        row.addWidget(scroll)
        self._filler = QWidget()
        row.addWidget(self._filler, 1)
        self.body.addLayout(row, 1)

    def _button(self, words: str, run: Callable[[], None]) -> QPushButton:
        made = QPushButton(words)
        made.clicked.connect(lambda _checked=False: run())
        return made

    # What the shell calls

    def shown(self, what: object = None) -> None:
        """Look who there is."""
        del what
        self.refresh()

    def hidden(self) -> None:
        """Remember the columns."""
        self._remember_columns()

    def _remember_columns(self) -> None:
        columns = self.list.columns_state()
        if self._remembered and columns != self._columns:
            self._columns = columns
            layouts = self.desk.store.layouts
            in_background(
                lambda: layouts.save(_KIND, _NAME, {"columns": columns}),
                self,
                lambda _done: None,
                self.acts.tell,
            )

    def tick(self, snapshot: BaySnapshot) -> None:
        """Look again now and then: somebody may have registered."""
        del snapshot
        if time.monotonic() - self._asked_s > _REFRESH_S:
            self.refresh()

    def actions(self) -> Sequence[PageAction]:
        """Return what whoever is signed in can do here."""
        actions = []
        if self._manages:
            actions += [
                PageAction("Add a person", self.add, "Ctrl+N", "new account technician"),
                PageAction("Search people", self.list.search.setFocus, "Ctrl+F", "find"),
                PageAction("Approve who waits first", self.approve_first, "", "registration"),
            ]
        return tuple(actions)

    # Who there is

    @property
    def _manages(self) -> bool:
        return allowed(self.acts.actor, Act.MANAGE_PEOPLE)

    @property
    def mine(self) -> Person | None:
        """The own account of who is signed in."""
        number = self.acts.actor.id
        return next((one for one in self._people if number and one.id == number), None)

    def refresh(self) -> None:
        """Read the list anew."""
        self._asked_s = time.monotonic()
        self._remember_columns()  # now and then: as the desk closes it may be too late
        if self._asking:
            self._again = True
            return
        self._asking = True
        people, layouts, first = self.desk.office.people, self.desk.store.layouts, self._remembered

        def look() -> tuple[tuple[Person, ...], str]:
            columns = "" if first else (layouts.load(_KIND, _NAME) or {}).get("columns", "")
            return tuple(people.list()), columns if isinstance(columns, str) else ""

        in_background(look, self, self._arrived, self._failed)

    def _arrived(self, found: tuple[tuple[Person, ...], str]) -> None:
        self._asking = False
        self._people, columns = found
        if not self._remembered:
            self._remembered = True
            if columns:
                self.list.restore_columns(columns)
            self._columns = self.list.columns_state()
        self._show()
        if self._again:
            self._again = False
            self.refresh()

    def _failed(self, error: BaseException) -> None:
        self._asking = self._again = False
        self.acts.tell(error)

    def _operator_changed(self) -> None:
        if self.form is not None and self.acts.actor != self._form_by:
            self.form.reject()  # what it asks was asked of somebody else
        self._show()
        self.actions_changed.emit()
        if self.isVisible():
            self.refresh()

    def _show(self) -> None:
        manages, actor = self._manages, self.acts.actor
        waiting = [one for one in self._people if one.standing is Standing.WAITING]
        self.everybody.setVisible(manages)
        self._filler.setVisible(not manages)
        if self.primary is not None:
            self.primary.setVisible(manages)
        self.waiting.show_people(waiting if manages else ())
        self.list.show_people(self._people if manages else (), actor.id)
        self.account.show_person(self.mine)
        self.rights.show_role(actor.role)
        active = sum(one.standing is Standing.ACTIVE for one in self._people)
        self.count.setText(f"{counted(active, 'account')} active" if manages else "")
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        one = self.list.chosen()
        yours = one is not None and one.id == self.acts.actor.id
        active = one is not None and one.standing is Standing.ACTIVE
        self.role.setEnabled(active)
        self.password.setEnabled(active and not yours)
        self.enabling.setVisible(one is not None and one.standing is Standing.DISABLED)
        self.disabling.setVisible(not self.enabling.isVisibleTo(self.everybody))
        self.disabling.setEnabled(one is not None)
        last = active and self._is_last_administrator(one)
        for button in (self.role, self.disabling):
            button.setEnabled(button.isEnabled() and not last)
        self.why_not.say(
            "Somebody has to manage people: the last administrator stays." if last else ""
        )

    def _is_last_administrator(self, person: Person | None) -> bool:
        left = [
            one.id
            for one in self._people
            if one.role is Role.ADMINISTRATOR and one.standing is Standing.ACTIVE
        ]
        return person is not None and left == [person.id]

    # What is done

    def add(self) -> None:
        """Ask for a new person."""
        if self._manages:
            people, by = self.desk.office.people, self.acts.actor
            self._ask(forms.add_form(people, by, done=self._added, bug=self.acts.tell, parent=self))

    def approve(self, person: Person, role: Role | None = None) -> None:
        """Let in who waits, or was disabled."""
        people, by = self.desk.office.people, self.acts.actor
        in_background(
            lambda: people.approve(by, person.id, role),
            self,
            lambda _person: self._decided(f"{person.name} may sign in now."),
            self._refused,
        )

    def approve_first(self) -> None:
        """Approve who stands first among those who wait."""
        if self.waiting.rows:
            self.waiting.rows[0].approve.click()
        else:
            self.acts.say("Nobody waits for approval.")

    def enable(self) -> None:
        """Let in who is chosen and was disabled."""
        one = self.list.chosen()
        if one is not None:
            self.approve(one)

    def change_role(self) -> None:
        """Ask for another role of who is chosen."""
        self._ask_of_chosen(forms.role_form, "Another role for {} counts from now on.")

    def give_password(self) -> None:
        """Ask for another password of who is chosen."""
        self._ask_of_chosen(forms.give_password_form, "{} has another password now.")

    def disable(self) -> None:
        """Ask whether who is chosen shall be disabled."""
        self._disable(self.list.chosen())

    def _disable(self, person: Person | None) -> None:
        self._ask_of(person, forms.disable_form, "{} cannot sign in.")

    def change_own_password(self) -> None:
        """Ask for the own old password and a new one."""
        self._ask_of_mine(forms.own_password_form, "Your password is changed.")

    def set_own_pin(self) -> None:
        """Ask for the own PIN."""
        self._ask_of_mine(forms.pin_form, "Your PIN is set.")

    def _ask_of_chosen(self, make: Callable[..., OfficeForm], told: str) -> None:
        self._ask_of(self.list.chosen(), make, told)

    def _ask_of(self, person: Person | None, make: Callable[..., OfficeForm], told: str) -> None:
        if person is None or not self._manages:
            return
        people, by = self.desk.office.people, self.acts.actor

        def done(_result: object) -> None:
            self._decided(told.format(person.name))

        self._ask(make(people, by, person, done=done, bug=self.acts.tell, parent=self))

    def _ask_of_mine(self, make: Callable[..., OfficeForm], told: str) -> None:
        mine = self.mine
        if mine is None:
            self.acts.ask_to_sign_in()
            return
        people = self.desk.office.people

        def done(_result: object) -> None:
            self._decided(told)

        self._ask(make(people, mine, done=done, bug=self.acts.tell, parent=self))

    def _ask(self, form: OfficeForm) -> None:
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.finished.connect(self._asked)
        self.form, self._form_by = form, self.acts.actor
        form.open()

    def _asked(self) -> None:
        self.form = None

    def _added(self, person: object) -> None:
        if isinstance(person, Person):
            self._decided(f"{person.name} may sign in as {person.role.value} now.")

    def _decided(self, sentence: str) -> None:
        self.acts.say(sentence)
        self.refresh()

    def _refused(self, error: BaseException) -> None:
        self.acts.tell(error)
        self.refresh()
