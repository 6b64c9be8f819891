"""What stands before the pages: setting the shop up, signing in, taking over, the lock.

It covers the pages alone: the bar on top with its alarms and the bar at the foot stay, and
nothing that runs is touched.
"""

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_words import ADVISORY
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.shell.lock_alarms import LockAlarms
from cartech_desk.ui.shell.sign_in import SignInPanel
from cartech_desk.ui.theme.tokens import Space


class Asking(Enum):
    """What the gate asks for."""

    NOTHING = auto()
    """It is open, the pages are in front."""
    FOUNDING = auto()
    """The shop is not set up yet."""
    SIGN_IN = auto()
    """Nobody is signed in; one may go on without."""
    TAKE_OVER = auto()
    """Somebody else wants to sign in; one may stay."""
    UNLOCK = auto()


_HEADS: Final = {
    Asking.SIGN_IN: "Who is at the desk?",
    Asking.TAKE_OVER: "Who takes over?",
    Asking.UNLOCK: "The desk is locked",
}
_LEAVE: Final = {
    Asking.SIGN_IN: "Go on without signing in",
    Asking.TAKE_OVER: "Stay as it is",
}
_WORDS: Final = {
    Asking.SIGN_IN: "Without a name you can look, connect and record; what needs a right asks "
    "for one.",
    Asking.TAKE_OVER: "The page stays open, and a recording goes on.",
}


STANDS_BEFORE_GATE: Final = "stands_before_gate"
"""The property of a dialog that may stand before the gate while it asks for something."""


class Gate(QWidget):
    """Follows the session; `changed` tells what it asks for from now on."""

    changed = Signal(object)

    def __init__(self, desk: DeskParts, acts: Acts) -> None:
        super().__init__()
        self.setObjectName("gate")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._acts = acts
        self.asking = Asking.NOTHING
        self.founding: QWidget | None = None
        self._stack = QStackedWidget(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._door = QWidget()
        self.panel = SignInPanel(desk, acts.tell)
        self.panel.left.connect(self.leave)
        self.panel.registering.connect(self._make_room)
        self.alarms = LockAlarms()
        self.alarms.silence_pressed.connect(acts.silence)
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.stay = QPushButton()
        self.stay.setProperty("role", "quiet")
        self.stay.clicked.connect(lambda _checked=False: self.leave())
        self._lay_out()
        self._stack.addWidget(self._door)
        acts.operator_changed.connect(self._follow)
        acts.sign_in_wanted.connect(self.ask)
        QGuiApplication.instance().focusWindowChanged.connect(self._window_came)

    def _lay_out(self) -> None:
        self._door.setProperty("bay", True)
        side = QVBoxLayout()
        side.setSpacing(Space.S)
        side.addWidget(self.panel, 1)
        side.addWidget(self.words)
        side.addWidget(self.stay)
        row = QHBoxLayout(self._door)
        row.setContentsMargins(2 * Space.XL, Space.XL, 2 * Space.XL, Space.L)
        row.setSpacing(2 * Space.XL)
        row.addStretch(1)
        row.addWidget(self.alarms, 1_000)
        row.addLayout(side)
        row.addStretch(1)

    # What it asks for

    def start(self) -> None:
        """Ask for what is missing as the window opens: a shop, or a person."""
        self._acts.former_alarms.read()
        now = self._desk.office.session.now
        if now.person == NOBODY:
            self._turn(Asking.SIGN_IN if self._is_founded() else Asking.FOUNDING)
        elif now.locked:
            self._turn(Asking.UNLOCK)

    def ask(self) -> None:
        """Ask who is at the desk, unless something is being asked already."""
        if self.asking is Asking.NOTHING:
            nobody = self._desk.office.session.operator == NOBODY
            self._turn(Asking.SIGN_IN if nobody else Asking.TAKE_OVER)

    def leave(self) -> None:
        """Go back to the page where that is possible: not past the lock or the founding."""
        if self.asking in _LEAVE:
            self._turn(Asking.NOTHING)

    def _follow(self, now: AtDesk) -> None:
        if now.person == NOBODY:
            if self._is_founded():
                self._turn(Asking.SIGN_IN)
        elif now.locked:
            self._turn(Asking.UNLOCK)
        else:
            self._turn(Asking.NOTHING)

    def _is_founded(self) -> bool:
        """Tell whether there is a shop; a database that refuses is told, and is no new desk."""
        try:
            return self._desk.office.people.founded()
        except CarTechError as error:
            self._acts.tell(error)
            return True

    def _turn(self, asking: Asking) -> None:
        before, self.asking = self.asking, asking
        if asking is Asking.FOUNDING:
            self._found()
        elif self.founding is not None:
            self._stack.removeWidget(self.founding)
            self.founding.deleteLater()
            self.founding = None
        if asking not in (Asking.FOUNDING, Asking.NOTHING, before):
            self._open_door(asking)
        if asking is not before:
            self.changed.emit(asking)
            if asking is not Asking.NOTHING:
                (self.founding or self.panel).setFocus()

    def _found(self) -> None:
        if self.founding is None:
            from cartech_desk.ui.shell.founding import Founding

            self.founding = Founding(self._desk, self._acts)
            self.founding.done_elsewhere.connect(self.start)
            self._stack.addWidget(self.founding)
        self._stack.setCurrentWidget(self.founding)

    def _make_room(self, needed: bool) -> None:
        self.words.setVisible(not needed and self.asking in _WORDS)
        self.stay.setVisible(not needed and self.asking in _LEAVE)

    def _open_door(self, asking: Asking) -> None:
        person = self._desk.office.session.operator
        self.stay.setVisible(asking in _LEAVE)
        self.stay.setText(_LEAVE.get(asking, ""))
        self.words.setText(_WORDS.get(asking, ""))
        self.alarms.foot.setText(
            f"{person.name} is the operator of what runs; anybody of the shop can take over."
            if asking is Asking.UNLOCK
            else ADVISORY
        )
        here = person.id if asking is Asking.UNLOCK else ""
        self.panel.begin(_HEADS[asking], here, person.id if asking is Asking.TAKE_OVER else "")
        self._stack.setCurrentWidget(self._door)
        self.show_snapshot(self._desk.bay.snapshot())

    # What it keeps from standing before it

    def _window_came(self, _window: QWindow | None) -> None:
        self.keep_dialogs_away()

    def keep_dialogs_away(self) -> None:
        """Leave, as Esc does, a dialog that came after the gate: what was read for it came late.

        Nobody acts past the gate; what stood before it is put away as it comes.
        """
        dialog = QApplication.activeModalWidget()
        if self.asking is Asking.NOTHING or not isinstance(dialog, QDialog):
            return
        parent = dialog.parentWidget()
        here = parent is not None and parent.window() is self.window()
        if here and not dialog.property(STANDS_BEFORE_GATE):
            dialog.reject()

    # What it shows

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Show alarms beside the question: always on the lock, else where one stands.

        So is a recording that runs while nobody is signed in.
        """
        self.keep_dialogs_away()
        if self.asking in (Asking.NOTHING, Asking.FOUNDING):
            return
        nobody = self._desk.office.session.operator == NOBODY
        alone = nobody and bool(snapshot.recording.id)
        former = self._acts.former_alarms.words
        standing = bool(snapshot.alarms.announced)
        needed = self.asking is Asking.UNLOCK or standing or alone or bool(former)
        self.alarms.setVisible(needed)
        if needed:
            system = unit_system(self._desk.settings.values)
            self.alarms.show_snapshot(snapshot, system, nobody=nobody, former=former)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the page where that is possible."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
