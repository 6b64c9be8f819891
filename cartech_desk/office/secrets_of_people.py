"""Passwords and PINs of people: set, changed, given anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.office.errors import PersonRefused, SignInRefused
from cartech_desk.office.passwords import hashed, matches, weakness
from cartech_desk.office.person_rules import entity, manages_people, need_person, proved, text
from cartech_desk.office.pins import pin_refusal
from cartech_desk.office.signing_in import SigningIn
from cartech_desk.store.people import PersonRow
from cartech_desk.store.store import Store

FORMER: Final = 5
"""How many of a person's last passwords, the one in force included, cannot be taken again."""


class Secrets:
    """What proves people. Nothing of it is ever told: not in a log, not in an error."""

    def __init__(
        self, store: Store, signing_in: SigningIn, *, cost: int, wall: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._signing_in = signing_in
        self._cost = cost
        self._wall = wall

    def set_pin(self, by: Actor, pin: str, password: str) -> None:
        """Set one's own PIN: 4 to 8 digits, none that anybody would try first.

        The password proves that it is no passer-by at an open desk who sets it; a wrong one costs
        what it costs at the sign-in. Errors: PersonRefused, SignInRefused, TooManyTries.
        """
        need_person(by)
        refusal = pin_refusal(pin)
        if refusal:
            raise PersonRefused({"pin": refusal})
        self._prove(by, password, "The password is not right.")
        pin_hash = hashed(pin, self._cost)
        with self._store.people.act(by) as act:
            row = proved(act, by)
            act.change(row.id, pin_hash=pin_hash, pin_failures=0)
            act.record(
                Entry(
                    "person.pin",
                    entity(row),
                    before={"pin": row.pin_hash is not None},
                    after={"pin": True},
                )
            )

    def change_password(self, by: Actor, old: str, new: str) -> None:
        """Change one's own password. Errors: PersonRefused (weak, reused), SignInRefused."""
        need_person(by)
        row = self._prove(by, old, "The old password is not right.")
        self._change_password(by, row, new, manages=False)

    def _prove(self, by: Actor, password: str, wrong: str) -> PersonRow:
        """Return the row of a person who knows the own password; wrong ones are counted."""
        email = self._store.people.get(by.id).email
        with self._signing_in.one_try(email):
            row = self._signing_in.prove(email, password)
            if row is None or row.id != by.id:
                raise SignInRefused(
                    wrong,
                    kept=NOTHING_CHANGED,
                    to_do="Type it again. An administrator can give you another one.",
                )
            with self._store.people.count() as book:
                book.change(row.id, failures=0, failed=None)
        return row

    def reset_password(self, by: Actor, person_id: str, new: str) -> None:
        """Give a person who forgot it another password; takes the PIN away too.

        Errors: PersonRefused (weak, reused; one's own), RightMissing.
        """
        require(by, Act.MANAGE_PEOPLE)
        if by.id == person_id:
            raise PersonRefused(
                {"password": "Your own password needs the old one.\nChange it as your own."}
            )
        row = self._store.people.get(person_id)
        self._change_password(by, row, new, manages=True)

    def _change_password(self, by: Actor, row: PersonRow, new: str, *, manages: bool) -> None:
        shop = self._store.people.shop()
        weak = weakness(new, (row.name, row.email, shop.name if shop else "", "CarTech Desk"))
        if weak:
            raise PersonRefused({"password": weak})
        former = self._store.people.former_hashes(row.id, FORMER - 1)
        if any(matches(new, each) for each in (row.password_hash, *former)):
            raise PersonRefused(
                {
                    "password": f"This is one of the last {FORMER} passwords.\n"
                    "Take one that was not used here."
                }
            )
        password_hash = hashed(new, self._cost)
        with self._store.people.act(by) as act:
            if manages:
                manages_people(act, by)
            else:
                proved(act, by)
            now_row = act.get(row.id)
            if now_row.password_hash != row.password_hash:
                raise PersonRefused(
                    {"password": "Somebody changed this password just now.\nSign in again."}
                )
            now = self._wall()
            act.change_password(now_row, password_hash, now, keep=FORMER - 1)
            if manages:
                act.change(row.id, pin_hash=None, password_used=None)
            else:
                act.change(row.id, pin_failures=0, password_used=text(now))
            how = "given by an administrator" if manages else "changed by the person"
            act.record(Entry("person.password", entity(row), after={"password": how}))
