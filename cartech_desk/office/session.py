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
    """Who is at this desk. Thread-safe.

    `told` hears each change in the thread that made it, in the order of the changes; it must not
    wait for anything.
    """

    def __init__(self) -> None:
        self._changing = threading.RLock()
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
        with self._changing:
            self._told = (*self._told, told)

    def enter(self, person: Actor) -> None:
        """Let a person at the desk who has proved to be that person (see `office.people`)."""
        self._change(lambda _now: AtDesk(person))

    def renew(self, person: Actor) -> None:
        """Give the person at the desk another name or role; locked stays locked."""
        self._change(lambda now: AtDesk(person, now.locked) if now.person.id == person.id else now)

    def lock(self) -> None:
        """Lock the desk; nothing that runs is touched."""
        self._change(lambda now: now if now.person == NOBODY else AtDesk(now.person, locked=True))

    def leave(self) -> None:
        """Sign out."""
        self._change(lambda _now: AtDesk())

    def _change(self, changed: Callable[[AtDesk], AtDesk]) -> None:
        with self._changing:
            now = changed(self._now)
            if now == self._now:
                return
            self._now = now
            for each in self._told:
                each(now)
