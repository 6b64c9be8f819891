"""Who is at the desk: one person at a time, signed in, or locked while nobody touches it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from cartech_desk.domain.people import NOBODY, Actor


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Who is at the desk. Locked, the person stays the operator of what runs, and may do nothing.

    `person` is NOBODY before the first sign-in and after signing out.
    """

    person: Actor = NOBODY
    locked: bool = False

    @property
    def actor(self) -> Actor:
        """Who does what is done at the desk now: nobody while it is locked."""
        return NOBODY if self.locked else self.person


class Session:
    """Who is at this desk. Thread-safe; `told` hears each change in the thread that made it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = AtDesk()
        self._told: tuple[Callable[[AtDesk], None], ...] = ()

    @property
    def now(self) -> AtDesk:
        """Who is at the desk."""
        return self._now

    @property
    def actor(self) -> Actor:
        """Who does what is done at the desk now."""
        return self._now.actor

    @property
    def operator(self) -> Actor:
        """Who is responsible for what runs, also while the desk is locked."""
        return self._now.person

    def listen(self, told: Callable[[AtDesk], None]) -> None:
        """Hear of every change from now on."""
        self._told = (*self._told, told)

    def enter(self, person: Actor) -> None:
        """Let a person at the desk who has proved to be that person (see `office.people`)."""
        self._change(AtDesk(person))

    def lock(self) -> None:
        """Lock the desk; nothing that runs is touched."""
        now = self._now
        if now.person != NOBODY:
            self._change(AtDesk(now.person, locked=True))

    def leave(self) -> None:
        """Sign out."""
        self._change(AtDesk())

    def _change(self, now: AtDesk) -> None:
        with self._lock:
            if now == self._now:
                return
            self._now = now
            told = self._told
        for each in told:
            each(now)
