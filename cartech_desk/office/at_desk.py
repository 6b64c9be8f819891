"""Who is at the desk: leaves it, locks it, and follows what is decided on the person."""

import logging
import threading
from typing import Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK, NOBODY, Actor, Role
from cartech_desk.office.person import Standing
from cartech_desk.office.session import Session
from cartech_desk.store.errors import NotKept
from cartech_desk.store.people import PersonRow
from cartech_desk.store.store import Store

_LOG: Final = logging.getLogger(__name__)


class AtDesk:
    """Whoever is at one desk, each act in its `turn`. May wait for the disk."""

    def __init__(self, store: Store, session: Session, turn: threading.RLock) -> None:
        self._store = store
        self._session = session
        self._turn = turn

    def sign_out(self) -> None:
        """Sign out whoever is at the desk."""
        with self._turn:
            person = self._session.operator
            self._session.leave()
        self._note(person, "session.sign_out")

    def lock(self) -> None:
        """Lock the desk."""
        with self._turn:
            now = self._session.now
            self._session.lock()
        if not now.locked:
            self._note(now.person, "session.lock")

    def refresh(self) -> None:
        """Look up who is at the desk, and follow what was decided. Quick."""
        with self._turn:
            person = self._session.operator
            if not person.id:
                return
            try:
                row = self._store.people.get(person.id)
            except NotKept:
                self._shut_out(person, "not known here any more")
                return
            self.follow(row)

    def follow(self, row: PersonRow) -> None:
        """Let the desk follow what was decided on a person; its turn is the caller's."""
        if self._session.operator.id != row.id:
            return
        if row.standing != Standing.ACTIVE:
            self._shut_out(self._session.operator, row.standing)
        else:
            self._session.renew(Actor(row.id, row.name, Role(row.role)))

    def _shut_out(self, person: Actor, why: str) -> None:
        """Sign out who may not be at the desk any more; the desk itself does that."""
        self._session.leave()
        entity = Entity("person", person.id, person.name)
        try:
            self._store.audit.note(DESK, Entry("session.end", entity, after={"why": why}))
        except CarTechError as error:  # whoever has to go goes, recorded or not
            _LOG.warning("that somebody was signed out could not be recorded: %s", error)

    def _note(self, person: Actor, action: str) -> None:
        if person != NOBODY:
            self._store.audit.note(person, Entry(action, Entity("person", person.id, person.name)))
