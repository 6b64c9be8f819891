"""Proving who somebody is: the password, the PIN, and what wrong ones cost.

A stranger learns nothing: an address that nobody has, a wrong password, a person who waits and one
who is disabled get the same words after the same time. Only the right password is told the truth.

An attempt is counted before it is looked at, in a transaction of its own, so that a hundred at once
or a killed program cost as much as one after the other. Tries for one account take turns: a right
password does not pay for another right one that is looked at beside it.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.delays import Delays, Repeats
from cartech_desk.office.errors import NotAdmitted, SignInBusy, SignInRefused, TooManyTries
from cartech_desk.office.passwords import matches, nobodys
from cartech_desk.office.person import PIN_OFF, PIN_WRONG, Person, Standing, person_of, pin_serves
from cartech_desk.office.person_fields import email_key, is_address
from cartech_desk.office.session import Session
from cartech_desk.store.errors import NotKept
from cartech_desk.store.people import Failures, PersonRow
from cartech_desk.store.store import Store

_WHY_NOT: Final = {
    Standing.WAITING: (
        "{name} is registered, and waits for approval.",
        "Ask an administrator to approve it on the People page.",
    ),
    Standing.DISABLED: (
        "{name} may not sign in here any more.",
        "Ask an administrator, who can let you in again on the People page.",
    ),
}

_PATIENCE_S: Final = 15.0
"""How long a try waits for another one of the same account."""

_NO_ADDRESS: Final = "no address"
"""What stands for everything that has not the form of an address."""


class SigningIn:
    """Lets people at the desk. Every refusal is in the audit log, the password never."""

    def __init__(
        self,
        store: Store,
        session: Session,
        turn: threading.RLock,
        *,
        cost: int,
        wall: Callable[[], datetime],
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._session = session
        self._turn = turn
        self._cost = cost
        self._wall = wall
        self._delays = Delays(clock)
        self._repeats = Repeats()

    def sign_in(self, email: str, password: str) -> Person:
        """Let in who has this address and password. Errors: as `People.sign_in`."""
        with self.one_try(email):
            return self._sign_in(email, password)

    @contextmanager
    def one_try(self, email: str) -> Iterator[None]:
        """Keep tries for one account one after another, from `prove` to the count's end.

        Not to be nested. Errors: SignInBusy.
        """
        with self._store.people.one_try(email_key(email), _PATIENCE_S) as has_turn:
            if not has_turn:
                raise SignInBusy(
                    "Somebody is signing in with this name right now.", to_do="Try again."
                )
            yield

    def _sign_in(self, email: str, password: str) -> Person:
        row = self.prove(email, password)
        if row is None:
            raise _stranger()
        with self._turn:
            with self._store.people.act(person_of(row, self._wall()).actor) as act:
                now_row = act.get(row.id)
                if now_row.password_hash != row.password_hash:  # changed while it was looked at
                    raise _stranger()
                standing = Standing(now_row.standing)
                act.change(row.id, failures=0, failed=None)
                if standing is Standing.ACTIVE:
                    act.change(row.id, pin_failures=0, password_used=_text(self._wall()))
                    person = person_of(act.get(row.id), self._wall())
                    before = self._session.operator
                    act.record(
                        Entry(
                            "session.sign_in",
                            _entity(row),
                            after={"proof": "password", "before": before.name},
                        ),
                        actor=person.actor,
                    )
                else:
                    act.record(_refused(row, standing.value), actor=NOBODY)
            if standing is not Standing.ACTIVE:
                happened, to_do = _WHY_NOT[standing]
                raise NotAdmitted(happened.format(name=row.name), to_do=to_do)
            self._session.enter(person.actor)
        return person

    def prove(self, email: str, password: str) -> PersonRow | None:
        """Return who has this address and password; None, audited, where it is not so.

        Errors: TooManyTries. The failures of whoever was right are still counted; this stands
        within `one_try`.
        """
        key = email_key(email)
        # What has not the form of an address may be a password: nothing of it is kept.
        stranger = self._store.people.stranger(key) if is_address(email) else _NO_ADDRESS
        now = self._wall()
        with self._store.people.count() as book:
            row = book.by_email(key)
            failures = (
                Failures(row.failures, row.failed)
                if row is not None
                else book.strangers_failures(stranger)
            )
            left_s = self._delays.left_s(stranger, failures, now)
            if not left_s:
                failures = Failures(failures.count + 1, _text(now))
                if row is not None:
                    book.change(row.id, failures=failures.count, failed=failures.at)
                else:
                    book.count_stranger(stranger, failures)
        if left_s:
            if self._repeats.is_first(stranger, failures):
                self._note(row, email, "still waiting after wrong passwords", stranger)
            raise TooManyTries(left_s)
        right = matches(password, row.password_hash if row is not None else nobodys(self._cost))
        if row is not None and right:
            return row
        self._delays.failed(stranger, failures)
        why = "wrong password" if row is not None else "nobody has this address"
        self._note(row, email, why, stranger)
        return None

    def switch(self, person_id: str, pin: str) -> Person:
        """Let in whose PIN this is. Errors: as `People.switch`."""
        now = self._wall()
        try:
            with self._store.people.count() as book:
                row = book.get(person_id)
                served = pin_serves(row, now)
                if served:
                    book.change(row.id, pin_failures=row.pin_failures + PIN_WRONG)
        except NotKept:
            raise _no_pin("this person") from None
        if not served or row.pin_hash is None:
            state = (now.date(), row.standing, row.password_used, row.pin_failures, row.pin_hash)
            if self._repeats.is_first(row.id, hash(state)):
                self._note(row, row.email, "no PIN that serves now", row.id)
            raise _no_pin(row.name)
        if not matches(pin, row.pin_hash):
            left = math.ceil((PIN_OFF - row.pin_failures) / PIN_WRONG) - 1
            self._note(
                row, row.email, "wrong PIN" if left else "wrong PIN, which is off now", row.id
            )
            raise _wrong_pin(row.name, left)
        with self._turn:
            with self._store.people.act(person_of(row, now).actor) as act:
                now_row = act.get(row.id)
                if now_row.pin_hash != row.pin_hash or now_row.standing != Standing.ACTIVE:
                    raise _no_pin(row.name)
                left = max(0, now_row.pin_failures - PIN_WRONG - 1)
                act.change(row.id, pin_failures=left)
                person = person_of(act.get(row.id), now)
                was = self._session.now
                act.record(
                    Entry(
                        "session.switch",
                        _entity(row),
                        after={
                            "proof": "PIN",
                            "before": was.person.name,
                            "unlocked": was.locked,
                        },
                    ),
                    actor=person.actor,
                )
            self._session.enter(person.actor)
        return person

    def _note(self, row: PersonRow | None, email: str, why: str, key: str) -> None:
        """Record a refusal. What has not the form of an address may be a password: not written.

        `key` is the account as `Repeats` knows it: what was only counted is told here.
        """
        after: dict[str, object] = {"why": why}
        unrecorded = self._repeats.counted(key)
        if unrecorded:
            after["tries before, not recorded"] = unrecorded
        if row is None:
            name = email.strip() if is_address(email) else "something that is no e-mail address"
            entry = Entry("session.refused", Entity("person", "", name), after=after)
        else:
            entry = Entry("session.refused", _entity(row), after=after)
        self._store.audit.note(NOBODY, entry)


def _refused(row: PersonRow, why: str) -> Entry:
    return Entry("session.refused", _entity(row), after={"why": why})


def _entity(row: PersonRow) -> Entity:
    return Entity("person", row.id, row.name)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _stranger() -> SignInRefused:
    return SignInRefused(
        "E-mail address and password do not belong together.",
        to_do="Type both again. An administrator can give you another password.",
    )


def _no_pin(name: str) -> SignInRefused:
    return SignInRefused(
        f"A PIN will not do for {name} now.", to_do="Sign in with e-mail address and password."
    )


def _wrong_pin(name: str, left: int) -> SignInRefused:
    if not left:
        return SignInRefused(
            f"That is not the PIN of {name}, and it is off now.",
            to_do="Sign in with e-mail address and password; then the PIN works again.",
        )
    tries = "One try is left." if left == 1 else f"{left} tries are left."
    return SignInRefused(f"That is not the PIN of {name}.", to_do=f"Type it again. {tries}")
