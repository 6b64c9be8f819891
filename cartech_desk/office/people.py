"""People of the shop: registering, approval, signing in, PINs; every act of it is audited."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.clock import monotonic_ns, utc_now
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import NOBODY, Act, Actor, Role, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.at_desk import AtDesk
from cartech_desk.office.errors import (
    FoundedAlready,
    LastAdministrator,
    NotAdmitted,
    NotFounded,
    PersonRefused,
    SignInRefused,
    TooManyTries,
)
from cartech_desk.office.passwords import COST, hashed
from cartech_desk.office.person import Person, Shop, Standing, person_of
from cartech_desk.office.person_fields import (
    Fields,
    checked_person,
    email_key,
    line,
    wrong_of_shop,
)
from cartech_desk.office.person_rules import (
    TAKEN,
    differing,
    entity,
    keep_one_administrator,
    manages_people,
    need_new,
    need_new_name,
    shown,
    still_may_act,
    text,
)
from cartech_desk.office.secrets_of_people import Secrets
from cartech_desk.office.session import Session
from cartech_desk.office.signing_in import SigningIn
from cartech_desk.store.people import PeopleAct, PersonRow, ShopRow
from cartech_desk.store.store import Store

__all__ = [
    "FoundedAlready",
    "LastAdministrator",
    "NotAdmitted",
    "NotFounded",
    "People",
    "Person",
    "PersonRefused",
    "Shop",
    "SignInRefused",
    "Standing",
    "TooManyTries",
]


class People:
    """The people of one desk.

    Every method may block for a second (bcrypt): not in the GUI thread. Acts of a person take
    `by`, the actor, whose right is looked up in the store: a role that was taken away a moment ago
    counts no more. `cost` is bcrypt's.
    """

    def __init__(
        self,
        store: Store,
        session: Session,
        *,
        cost: int = COST,
        wall: Callable[[], datetime] = utc_now,
        clock: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._store = store
        store.audit.admit_by(still_may_act)
        self._session = session
        self._cost = cost
        self._wall = wall
        # Whoever changes who may be at the desk, or who is, has it until both agree.
        self._turn = threading.RLock()
        self._at_desk = AtDesk(store, session, self._turn)
        self._signing_in = SigningIn(store, session, self._turn, cost=cost, wall=wall, clock=clock)
        self._secrets = Secrets(store, self._signing_in, cost=cost, wall=wall)

    # The shop

    def founded(self) -> bool:
        """Tell whether the shop is set up: there is an administrator. Quick."""
        return self._store.people.shop() is not None

    def shop(self) -> Shop | None:
        """Return the shop; None before it is set up."""
        row = self._store.people.shop()
        return None if row is None else Shop(row.id, row.name, row.units, row.currency)

    def found(
        self, *, shop: str, units: str, currency: str, name: str, email: str, password: str
    ) -> Person:
        """Set the shop up with its first administrator, who is signed in then. One transaction.

        Errors: PersonRefused (field, what is wrong), FoundedAlready.
        """
        if self.founded():
            raise _founded_already()
        fields = checked_person(
            name=name,
            email=email,
            certification="",
            password=password,
            shop=shop,
            wrong=wrong_of_shop(shop, units, currency),
        )
        row = self._new_row(fields, password, Role.ADMINISTRATOR, Standing.ACTIVE)
        now = text(self._wall())
        founded = ShopRow(str(uuid7()), line(shop), units, currency, now)
        first = Actor(row.id, row.name, Role.ADMINISTRATOR)
        with self._turn:
            with self._store.people.act(first) as act:
                if act.shop() is not None:
                    raise _founded_already()
                act.found(founded)
                act.insert(row)
                act.change(row.id, password_used=now)
                act.record(
                    Entry(
                        "shop.found",
                        Entity("shop", founded.id, founded.name),
                        after={"name": founded.name, "units": units, "currency": currency},
                    )
                )
                act.record(Entry("person.add", entity(row), after=shown(row)))
                act.record(Entry("session.sign_in", entity(row), after={"proof": "founding"}))
            self._session.enter(first)
        return person_of(row, self._wall())

    # Who there is

    def list(self) -> Sequence[Person]:
        """Everybody: those who wait first, then by name."""
        now = self._wall()
        people = [person_of(row, now) for row in self._store.people.all()]
        people.sort(key=lambda one: (one.standing is not Standing.WAITING, *_by_name(one)))
        return tuple(people)

    def quick(self) -> Sequence[Person]:
        """Those who can take over with a PIN now, the one at the desk first."""
        at_desk = self._session.operator.id
        people = [one for one in self.list() if one.has_pin]
        people.sort(key=lambda one: (one.id != at_desk, *_by_name(one)))
        return tuple(people)

    def register(self, *, name: str, email: str, certification: str, password: str) -> Person:
        """Register oneself, as a technician; waits for approval.

        An address that somebody has already is answered as a new one is, and audited: whoever asks
        does not learn who is known here. Errors: PersonRefused, NotFounded.
        """
        fields = self._checked(
            name=name, email=email, certification=certification, password=password
        )
        row = self._new_row(fields, password, Role.TECHNICIAN, Standing.WAITING)
        with self._store.people.act(Actor(row.id, row.name)) as act:
            there = act.by_email(row.email_key)
            need_new_name(act, row, there)
            if there is None:
                act.insert(row)
                act.record(Entry("person.register", entity(row), after=shown(row)))
            else:
                why = {"name": row.name, "why": "the address is known already"}
                act.record(Entry("session.refused", entity(there), after=why), actor=NOBODY)
        return person_of(row, self._wall())

    def add(
        self, by: Actor, *, name: str, email: str, certification: str, password: str, role: Role
    ) -> Person:
        """Add a person who is active at once. Errors: PersonRefused, RightMissing."""
        require(by, Act.MANAGE_PEOPLE)
        taken = {}
        if self._store.people.by_email(email_key(email)) is not None:
            taken["email"] = TAKEN
        fields = self._checked(
            name=name, email=email, certification=certification, password=password, wrong=taken
        )
        row = self._new_row(fields, password, role, Standing.ACTIVE)
        with self._store.people.act(by) as act:
            manages_people(act, by)
            need_new(act, row)
            need_new_name(act, row, None)
            act.insert(row)
            act.change(row.id, decided=text(self._wall()), decided_by=by.name)
            act.record(Entry("person.add", entity(row), after=shown(row)))
            return person_of(act.get(row.id), self._wall())

    # What an administrator decides

    def approve(self, by: Actor, person_id: str, role: Role | None = None) -> Person:
        """Let a person in who waits, or one who was disabled. Errors: PersonRefused.

        Without a role who waits becomes a technician, and who was disabled what the person was.
        """

        def decide(act: PeopleAct, row: PersonRow) -> dict[str, Any]:
            del act
            if row.standing == Standing.ACTIVE:
                raise PersonRefused({"standing": f"{row.name} is active already.\nLook again."})
            was = Role.TECHNICIAN if row.standing == Standing.WAITING else Role(row.role)
            return {
                "standing": Standing.ACTIVE.value,
                "role": (role or was).value,
                "failures": 0,
                "failed": None,
            }

        return self._decide(by, person_id, "person.approve", decide)

    def disable(self, by: Actor, person_id: str, reason: str = "") -> Person:
        """Shut a person out, also of this desk.

        Errors: LastAdministrator, PersonRefused, TextRefused.
        """

        def decide(act: PeopleAct, row: PersonRow) -> dict[str, Any]:
            if row.standing == Standing.DISABLED:
                raise PersonRefused({"standing": f"{row.name} is disabled already.\nLook again."})
            keep_one_administrator(act, row)
            return {"standing": Standing.DISABLED.value, "pin_hash": None}

        return self._decide(by, person_id, "person.disable", decide, reason)

    def change_role(self, by: Actor, person_id: str, role: Role) -> Person:
        """Give a person another role. Errors: LastAdministrator, PersonRefused."""

        def decide(act: PeopleAct, row: PersonRow) -> dict[str, Any]:
            if row.role == role:
                raise PersonRefused({"role": f"{row.name} is a {role.value} already.\nLook again."})
            keep_one_administrator(act, row)
            return {"role": role.value}

        return self._decide(by, person_id, "person.role", decide)

    def reset_password(self, by: Actor, person_id: str, new: str) -> None:
        """Give a person who forgot it another password; takes the PIN away too.

        Errors: PersonRefused (weak, reused; one's own), RightMissing.
        """
        self._secrets.reset_password(by, person_id, new)

    # What a person does for oneself

    def set_pin(self, by: Actor, pin: str, password: str) -> None:
        """Set one's own PIN: 4 to 8 digits, none that anybody would try first.

        Errors: PersonRefused; SignInRefused where the password is not right.
        """
        self._secrets.set_pin(by, pin, password)

    def change_password(self, by: Actor, old: str, new: str) -> None:
        """Change one's own password. Errors: PersonRefused (weak, reused), SignInRefused."""
        self._secrets.change_password(by, old, new)

    # At the desk

    def sign_in(self, email: str, password: str) -> Person:
        """Sign in with the password, and enter the session.

        Errors: SignInRefused (one wording for every reason that would tell a stranger something),
        NotAdmitted after the right password, TooManyTries with the seconds to wait, SignInBusy
        while another try for the same account is under way.
        """
        return self._signing_in.sign_in(email, password)

    def switch(self, person_id: str, pin: str) -> Person:
        """Take over at the bay with a PIN; also unlocks. Errors: SignInRefused."""
        return self._signing_in.switch(person_id, pin)

    def sign_out(self) -> None:
        """Sign out whoever is at the desk."""
        self._at_desk.sign_out()

    def lock(self) -> None:
        """Lock the desk."""
        self._at_desk.lock()

    def refresh(self) -> None:
        """Look up who is at the desk: another role counts, and whoever was disabled has to go.

        For what another program changed (the command line, a desk on the same folder). Quick.
        """
        self._at_desk.refresh()

    # Below

    def _decide(
        self,
        by: Actor,
        person_id: str,
        action: str,
        decide: Callable[[PeopleAct, PersonRow], dict[str, Any]],
        reason: str = "",
    ) -> Person:
        require(by, Act.MANAGE_PEOPLE)
        reason = checked_reason(reason)
        with self._turn:
            with self._store.people.act(by) as act:
                manages_people(act, by)
                row = act.get(person_id)
                changes = decide(act, row)
                act.change(row.id, **changes, decided=text(self._wall()), decided_by=by.name)
                now_row = act.get(row.id)
                act.record(
                    Entry(
                        action,
                        entity(row),
                        before=differing(row, now_row),
                        after=differing(now_row, row),
                        reason=reason,
                    )
                )
            self._at_desk.follow(now_row)
        return person_of(now_row, self._wall())

    def _checked(
        self,
        *,
        name: str,
        email: str,
        certification: str,
        password: str,
        wrong: dict[str, str] | None = None,
    ) -> Fields:
        shop = self._store.people.shop()
        if shop is None:
            raise NotFounded(
                "The shop is not set up yet.",
                kept=NOTHING_CHANGED,
                to_do="Set it up with its first administrator, then add people.",
            )
        return checked_person(
            name=name,
            email=email,
            certification=certification,
            password=password,
            shop=shop.name,
            wrong=wrong,
        )

    def _new_row(self, fields: Fields, password: str, role: Role, standing: Standing) -> PersonRow:
        return PersonRow(
            id=str(uuid7()),
            email=fields.email,
            email_key=fields.email_key,
            name=fields.name,
            certification=fields.certification,
            role=role.value,
            standing=standing.value,
            password_hash=hashed(password, self._cost),
            registered=text(self._wall()),
        )


def _by_name(person: Person) -> tuple[str, str]:
    return person.name.casefold(), person.id


def _founded_already() -> FoundedAlready:
    return FoundedAlready(
        "The shop is set up already.", kept=NOTHING_CHANGED, to_do="Sign in, or register."
    )
