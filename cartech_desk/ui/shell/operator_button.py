"""Who is at the desk, at the right of the bar on top: name, role, and what that person can do."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy

from cartech_desk.domain.people import NOBODY
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.words import plain_tip

TAKE_OVER_KEY = "Ctrl+Shift+O"
LOCK_KEY = "Ctrl+Shift+L"
"""Ctrl+Alt+L is what some systems lock themselves by: it would never arrive."""
_WIDEST = 290
_NARROW = 150


class OperatorButton(QPushButton):
    """Shows the person; the menu takes over, locks, signs out, and asks for one's own secrets."""

    take_over = Signal()
    lock = Signal()
    sign_out = Signal()
    pin = Signal()
    """The own PIN shall be set."""
    password = Signal()
    """The own password shall be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "quiet")
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        self.setMaximumWidth(_WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolTip("Who is at the desk")
        self._now = AtDesk()
        self._narrow = False
        self._actions = QMenu(self)
        self._actions.setAccessibleName("Who is at the desk")
        self.entries = {
            name: self._actions.addAction(words, signal.emit)
            for name, words, signal in (
                ("take_over", f"Take over\t{TAKE_OVER_KEY}", self.take_over),
                ("lock", f"Lock the desk\t{LOCK_KEY}", self.lock),
                ("sign_out", "Sign out", self.sign_out),
                ("pin", "Set your PIN…", self.pin),
                ("password", "Change your password…", self.password),
            )
        }
        self.clicked.connect(lambda _checked=False: self._pressed())
        theme_changed.connect(self._tint)
        self.show_person(self._now)

    def be_narrow(self, narrow: bool) -> None:
        """Show the name alone where there is little room."""
        self._narrow = narrow
        self.show_person(self._now)

    def show_person(self, now: AtDesk) -> None:
        """Show who is at the desk."""
        self._now = now
        person = now.person
        if person == NOBODY:
            words, told = "Sign in", "nobody is signed in"
        else:
            role = person.role.value if person.role is not None else ""
            state = "locked" if now.locked else role
            words = person.name if self._narrow else f"{person.name} · {state}"
            told = f"{person.name}, {role}{', locked' if now.locked else ''}"
        room = (_NARROW if self._narrow else _WIDEST) - 4 * Size.ICON
        words = (
            self.fontMetrics()
            .elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            .replace("&", "&&")
        )
        self.setText(f" {words}" if person == NOBODY else f" {words}  ▾")
        self.setAccessibleName(f"At the desk: {told}")
        self.setToolTip(plain_tip(f"At the desk: {told}"))
        self._tint()

    def _pressed(self) -> None:
        if self._now.person == NOBODY or self._now.locked:
            self.take_over.emit()
        else:
            self._actions.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _tint(self) -> None:
        self.setIcon(icon("lock" if self._now.locked else "person", "muted"))
