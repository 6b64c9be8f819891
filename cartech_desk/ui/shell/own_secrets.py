"""One's own PIN and password, asked for over whatever page is in front."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from cartech_desk.office.people import Person
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.office_form import OfficeForm


class OwnSecrets(QObject):
    """Opens the form for whoever is signed in, whatever the role; nobody is asked to sign in."""

    def __init__(self, over: QWidget, desk: DeskParts, acts: Acts) -> None:
        super().__init__(over)
        self._over = over
        self._desk = desk
        self._acts = acts
        self.form: OfficeForm | None = None

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done, to be found by searching."""
        return (
            PageAction("Set your PIN", self.set_pin, "", "own account switch change"),
            PageAction("Change your password", self.change_password, "", "own account"),
        )

    def set_pin(self) -> None:
        """Ask for a new PIN."""
        from cartech_desk.ui.pages.people_forms import pin_form

        self._ask(pin_form, "Your PIN is set.")

    def change_password(self) -> None:
        """Ask for the old password and a new one."""
        from cartech_desk.ui.pages.people_forms import own_password_form

        self._ask(own_password_form, "Your password is changed.")

    def _ask(self, make: Callable[..., OfficeForm], told: str) -> None:
        actor, people = self._acts.actor, self._desk.office.people
        if not actor.id:
            self._acts.ask_to_sign_in()
            return

        def open_form(mine: Person | None) -> None:
            if mine is None or self._acts.actor != actor or self.form is not None:
                return  # somebody else is at the desk by now, or it is open already
            self.form = make(
                people,
                mine,
                done=lambda _result: self._acts.say(told),
                bug=self._acts.tell,
                parent=self._over,
            )
            self.form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.form.finished.connect(self._asked)
            self.form.open()

        in_background(
            lambda: next((one for one in people.list() if one.id == actor.id), None),
            self,
            open_form,
            self._acts.tell,
        )

    def _asked(self) -> None:
        self.form = None
