"""The questions of the People page: a new person, a role, a password, a PIN, disabling."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.people import Actor, Role
from cartech_desk.office.errors import PersonRefused
from cartech_desk.office.people import People, Person, Standing
from cartech_desk.ui.widgets.office_form import OfficeForm

Done = Callable[[object], None]
Bug = Callable[[BaseException], None]


def add_form(people: People, by: Actor, *, done: Done, bug: Bug, parent: QWidget) -> OfficeForm:
    """Ask for a person who may sign in at once."""
    form = OfficeForm(
        "Add a person",
        "Add",
        lambda typed: people.add(
            by,
            name=typed["name"],
            email=typed["email"],
            certification=typed["certification"],
            password=typed["password"],
            role=Role(typed["role"]),
        ),
        done,
        bug,
        words="The person can sign in at once, and should change the password on this page then.",
        parent=parent,
    )
    form.line("name", "Name")
    form.line("email", "E-mail")
    form.line("certification", "Certification", "May stay empty.", needed=False)
    form.role(Role.TECHNICIAN)
    form.new_password(lambda: (form.lines["name"].text(), form.lines["email"].text()))
    return form


def role_form(
    people: People, by: Actor, person: Person, *, done: Done, bug: Bug, parent: QWidget
) -> OfficeForm:
    """Ask for another role."""
    form = OfficeForm(
        f"Role of {person.name}",
        "Give this role",
        lambda typed: people.change_role(by, person.id, Role(typed["role"])),
        done,
        bug,
        words=f"{person.name} is a {person.role.value}. Another role counts at once, "
        "also where the person is signed in.",
        parent=parent,
    )
    form.role(person.role)
    return form


def disable_form(
    people: People, by: Actor, person: Person, *, done: Done, bug: Bug, parent: QWidget
) -> OfficeForm:
    """Ask whether a person shall be refused or disabled, and why."""
    waits = person.standing is Standing.WAITING
    form = OfficeForm(
        f"Refuse {person.name}" if waits else f"Disable {person.name}",
        "Refuse" if waits else "Disable",
        lambda typed: people.disable(by, person.id, typed["reason"]),
        done,
        bug,
        words=f"{person.name} will not be let in."
        if waits
        else f"{person.name} can sign in no more, and is signed out where signed in. What the "
        "person did stays in the records.",
        parent=parent,
    )
    form.line("reason", "Reason", "Stands in the audit log. May stay empty.", needed=False)
    form.take.setProperty("role", "danger")
    form.take.setDefault(False)
    form.take.setAutoDefault(False)
    return form


def give_password_form(
    people: People, by: Actor, person: Person, *, done: Done, bug: Bug, parent: QWidget
) -> OfficeForm:
    """Ask for another password for somebody who forgot it."""
    form = OfficeForm(
        f"Another password for {person.name}",
        "Give this password",
        lambda typed: people.reset_password(by, person.id, typed["password"]),
        done,
        bug,
        words="For somebody who forgot it. The PIN is taken away too.",
        parent=parent,
    )
    form.new_password(lambda: (person.name, person.email))
    return form


def own_password_form(
    people: People, person: Person, *, done: Done, bug: Bug, parent: QWidget
) -> OfficeForm:
    """Ask for the old password and a new one."""
    form = OfficeForm(
        "Change your password",
        "Change it",
        lambda typed: people.change_password(person.actor, typed["old"], typed["password"]),
        done,
        bug,
        parent=parent,
    )
    form.hidden_line("old", "Old password")
    form.new_password(lambda: (person.name, person.email))
    return form


def pin_form(
    people: People, person: Person, *, done: Done, bug: Bug, parent: QWidget
) -> OfficeForm:
    """Ask for the password and a PIN, twice."""

    def act(typed: "dict[str, str]") -> None:
        if typed["pin"] != typed["again"]:
            raise PersonRefused({"again": "The two PINs differ.\nType them again."})
        people.set_pin(person.actor, typed["pin"], typed["password"])

    form = OfficeForm(
        "Your PIN",
        "Set this PIN",
        act,
        done,
        bug,
        words="With a PIN you take over at the bay in seconds, and unlock the desk.",
        parent=parent,
    )
    form.hidden_line("password", "Password", "Yours, so that nobody sets a PIN for you.")
    form.hidden_line(
        "pin", "PIN", "4 to 8 digits: no run, no repeat, no year. Off after five wrong ones."
    )
    form.hidden_line("again", "Once more")
    return form
