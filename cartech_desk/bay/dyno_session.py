"""The session under way at a bench: its row in `desk.db`, and the sign that it is under way."""

from dataclasses import replace
from typing import TYPE_CHECKING

from cartech_desk.bay.dyno_beginning import new_id
from cartech_desk.bay.dyno_signs import put_up, session_sign
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoSession
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.store.presence import Presence


class SessionKept:
    """Keeps one session at a time. Not thread-safe: the bench's thread owns it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sign: Presence | None = None

    def begin(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep a session that begins now, or goes on where its `id` is known."""
        fresh = not session.id
        session = replace(session, id=session.id or new_id())
        sign = put_up(self._store, session_sign(session.id))
        try:
            if fresh:
                kept = self._store.dyno.begin_session(session, by)
            else:  # it goes on: its runs count up
                going = replace(session, ended=None)
                kept = self._store.dyno.change_session(going, by, "continued")
        except BaseException:
            if sign is not None:
                sign.leave()
            raise
        self._sign = sign
        return kept

    def end(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep that it ended now, and take its sign down."""
        kept = self._store.dyno.end_session(session.id, by)
        sign, self._sign = self._sign, None
        if sign is not None:
            sign.leave()
        return kept
