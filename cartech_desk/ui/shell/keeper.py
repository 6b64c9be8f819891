"""Who is at the desk, as the window acts on it: take over, lock, sign out, lock by itself."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from cartech_desk.domain.people import NOBODY
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.idle import Idle


class Keeper(QObject):
    """Acts on the session in the background, since each act is durable with its record."""

    def __init__(self, desk: DeskParts, acts: Acts, idle: Idle) -> None:
        super().__init__(acts)
        self._desk = desk
        self._acts = acts
        self.idle = idle
        self._locking = False

    def take_over(self) -> None:
        """Ask who is there now."""
        self._acts.ask_to_sign_in()

    def lock(self) -> None:
        """Lock the desk; says so where nobody is signed in."""
        session = self._desk.office.session
        if session.operator == NOBODY:
            self._acts.say("Nobody is signed in: there is nothing to lock.")
        elif not session.now.locked and not self._locking:
            self._locking = True
            self._do(self._desk.office.people.lock)

    def sign_out(self) -> None:
        """Sign out whoever is at the desk."""
        if self._desk.office.session.operator != NOBODY:
            self._do(self._desk.office.people.sign_out)

    def tick(self) -> None:
        """Lock once nobody has touched the desk for as long as the settings say."""
        safety = getattr(self._desk.settings.values, "safety", None)
        minutes = getattr(safety, "lock_after_min", 0)
        now = self._desk.office.session.now
        if not minutes or now.locked or now.person == NOBODY or self._locking:
            return
        if self.idle.seconds >= minutes * 60:
            self.lock()

    def _do(self, act: Callable[[], None]) -> None:
        in_background(act, self, lambda _done: self._over(), self._failed)

    def _over(self) -> None:
        self._locking = False

    def _failed(self, error: BaseException) -> None:
        # The lock is worth more than its record: a disk that refuses must not leave it open.
        if self._locking:
            self._desk.office.session.lock()
        self._locking = False
        self._acts.tell(error)
