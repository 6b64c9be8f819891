"""Founding, registering, deciding: what stands, what is refused, what is recorded."""

import threading
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK, NOBODY, Actor, NotSignedIn, RightMissing, Role
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.office.people import (
    FoundedAlready,
    LastAdministrator,
    NotAdmitted,
    NotFounded,
    People,
    PersonRefused,
    SignInRefused,
    Standing,
)
from cartech_desk.office.session import Session
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

from .conftest import ADA, COST, TOM, WRONG

FOUNDING = {
    "shop": "Blue Dyno",
    "units": "metric",
    "currency": "EUR",
    "name": "Ada Administrator",
    "email": ADA[0],
    "password": ADA[1],
}
SOMEBODY = {
    "name": "Sam Somebody",
    "email": "sam@shop.example",
    "certification": "",
    "password": "ten red nuts go round",
}
NEW = "eight slow snails glow"


def add(people, by, **changes):
    return people.add(by, **{**SOMEBODY, "role": Role.TECHNICIAN, **changes})


def both(first, second):
    """Run two acts at once; return what each ended with."""
    ended, ready = [], threading.Barrier(2)

    def run(act):
        ready.wait()
        try:
            ended.append(act())
        except CarTechError as error:
            ended.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.fixture
def elsewhere(store):
    """The people of another program on the same folder."""
    other = Store(store.folder)
    yield People(other, Session(), cost=COST)
    other.close()


# Founding


def test_founding_makes_shop_administrator_records_and_session(people, session, records):
    assert not people.founded()
    assert people.shop() is None
    made = people.found(**FOUNDING)
    assert people.founded()
    assert people.shop().name == "Blue Dyno"
    assert people.shop().currency == "EUR"
    assert (made.role, made.standing) == (Role.ADMINISTRATOR, Standing.ACTIVE)
    assert session.actor == made.actor
    assert [action for action, *_ in records()] == ["shop.found", "person.add", "session.sign_in"]


def test_a_shop_is_founded_once(people, ada):
    with pytest.raises(FoundedAlready):
        people.found(**FOUNDING | {"email": "eve@shop.example"})
    assert len(people.list()) == 1


def test_of_two_that_found_at_once_one_is_refused(people, elsewhere):
    ended = both(
        lambda: people.found(**FOUNDING),
        lambda: elsewhere.found(**FOUNDING | {"email": "eve@shop.example"}),
    )
    assert sorted(type(one).__name__ for one in ended) == ["FoundedAlready", "Person"]
    assert len(people.list()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shop", ""),
        ("shop", "x" * 101),
        ("shop", "Blue\nDyno"),
        ("units", "furlongs"),
        ("currency", "euro"),
        ("currency", "eur"),
        ("currency", "XXX"),
        ("name", "   "),
        ("email", "no address"),
        ("password", ""),
        ("password", "Blue Dyno 1"),
    ],
)
def test_a_wrong_field_of_the_founding_is_named_and_nothing_is_kept(people, records, field, value):
    with pytest.raises(PersonRefused) as refused:
        people.found(**FOUNDING | {field: value})
    assert refused.value.field == field
    assert not people.founded()
    assert not people.list()
    assert not records()


def test_every_wrong_field_is_named_at_once(people):
    with pytest.raises(PersonRefused) as refused:
        people.found(**FOUNDING | {"shop": "", "email": "@", "password": "x"})
    assert list(refused.value.wrong) == ["shop", "email", "password"]


def test_nobody_registers_before_the_shop_is_founded(people):
    with pytest.raises(NotFounded):
        people.register(**SOMEBODY)


# Registering, adding


def test_who_registers_waits_and_stands_first_in_the_list(people, ada, records):
    made = people.register(**SOMEBODY)
    assert made.standing is Standing.WAITING
    assert [one.name for one in people.list()] == ["Sam Somebody", "Ada Administrator"]
    action, who, body = records()[-1]
    assert (action, who) == ("person.register", "Sam Somebody")
    assert body["after"]["standing"] == "waiting"


def test_who_is_added_is_active_at_once(people, ada):
    made = add(people, ada.actor, role=Role.MANAGER)
    assert (made.role, made.standing, made.decided_by) == (
        Role.MANAGER,
        Standing.ACTIVE,
        "Ada Administrator",
    )


@pytest.mark.parametrize(
    "email", ["sam@shop.example", " SAM@Shop.Example ", "\uff53am@shop.example"]
)
def test_an_address_is_there_once_whatever_its_case(people, ada, email):
    add(people, ada.actor)
    with pytest.raises(PersonRefused) as refused:
        add(people, ada.actor, name="Sam Second", email=email)
    assert refused.value.field == "email"
    people.register(**SOMEBODY | {"email": email})
    assert len(people.list()) == 2


def test_a_registration_does_not_tell_whether_an_address_is_known(people, ada, records):
    made = {}
    for name, email in (("Una Unknown", "una@shop.example"), ("Eve Evil", ADA[0].upper())):
        one = people.register(**SOMEBODY | {"name": name, "email": email})
        made[name] = (one.standing, one.role, one.has_pin, one.decided_by, one.email == email)
    assert made["Una Unknown"][:4] == made["Eve Evil"][:4]
    assert [one.name for one in people.list()] == ["Una Unknown", "Ada Administrator"]
    action, who, body = records()[-1]
    assert (action, who, body["entity"]["name"]) == (
        "session.refused",
        NOBODY.name,
        "Ada Administrator",
    )
    assert body["after"] == {"name": "Eve Evil", "why": "the address is known already"}
    assert "password" not in str(body)


def test_who_registers_twice_is_answered_as_the_first_time(people, ada):
    for _ in range(2):
        assert people.register(**SOMEBODY).standing is Standing.WAITING
    assert len(people.list()) == 2


@pytest.mark.parametrize(
    "name",
    [
        "Ada Administrator",
        " ada  ADMINISTRATOR",
        "\uff21da Administrator",
        "CarTech Desk",
        "cartech desk",
        "Nobody signed in",
        "root (command line)",
    ],
)
def test_a_name_that_somebody_or_the_desk_has_is_refused(people, ada, name):
    for act in (
        lambda: people.register(**SOMEBODY | {"name": name}),
        lambda: add(people, ada.actor, name=name),
    ):
        with pytest.raises(PersonRefused) as refused:
            act()
        assert refused.value.field == "name"
    assert len(people.list()) == 1


def test_of_two_with_one_address_at_once_one_is_refused(people, ada):
    ended = both(lambda: add(people, ada.actor), lambda: add(people, ada.actor, name="Sam Second"))
    assert sorted(type(one).__name__ for one in ended) == ["Person", "PersonRefused"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "Sam\x1b[31m"),
        ("name", "\u2028"),
        ("email", ""),
        ("email", "sam"),
        ("email", "sam@"),
        ("email", "sam@shop"),
        ("email", "a" * 400 + "@shop.example"),
        ("certification", "x" * 101),
        ("certification", "L3\n"),
        ("password", ""),
        ("password", "password123"),
        ("password", "Sam Somebody 1"),
        ("password", "x" * 73),
    ],
)
def test_a_wrong_field_is_named(people, ada, field, value):
    with pytest.raises(PersonRefused) as refused:
        people.register(**SOMEBODY | {field: value})
    assert refused.value.field == field
    if value:
        assert value not in refused.value.message
    assert len(people.list()) == 1


# Deciding


def test_approval_lets_in_with_the_role_that_is_given(people, ada, records):
    waits = people.register(**SOMEBODY)
    made = people.approve(ada.actor, waits.id, Role.MANAGER)
    assert (made.role, made.standing, made.decided_by) == (
        Role.MANAGER,
        Standing.ACTIVE,
        "Ada Administrator",
    )
    body = records()[-1][2]
    assert body["before"] == {"role": "technician", "standing": "waiting"}
    assert body["after"] == {"role": "manager", "standing": "active"}
    people.sign_in(SOMEBODY["email"], SOMEBODY["password"])


def test_who_registers_is_a_technician_until_an_administrator_says_otherwise(people, ada, store):
    waits = people.register(**SOMEBODY)
    assert waits.role is Role.TECHNICIAN
    with store.people.count() as book:  # as an older desk may have kept it
        book.change(waits.id, role=Role.ADMINISTRATOR.value)
    assert people.approve(ada.actor, waits.id).role is Role.TECHNICIAN


def test_who_was_disabled_comes_back_in_the_role_of_before(people, ada):
    mia = add(people, ada.actor, role=Role.MANAGER)
    people.disable(ada.actor, mia.id)
    assert people.approve(ada.actor, mia.id).role is Role.MANAGER


def test_a_disabled_person_can_be_let_in_again(people, ada, tom):
    people.disable(ada.actor, tom.id, "left the shop")
    people.approve(ada.actor, tom.id)
    assert people.sign_in(*TOM).id == tom.id


def test_a_reason_stands_in_the_record(people, ada, tom, records):
    people.disable(ada.actor, tom.id, "left the shop")
    assert records()[-1][2]["reason"] == "left the shop"


@pytest.mark.parametrize("reason", ["gone\x1b[1A", "\ud800", "x" * 501, "\u202egone"])
def test_a_reason_that_cannot_be_shown_disables_nobody(people, ada, tom, records, reason):
    before = len(records())
    with pytest.raises(TextRefused):
        people.disable(ada.actor, tom.id, reason)
    assert people.sign_in(*TOM).standing is Standing.ACTIVE
    assert [action for action, *_ in records()[before:]] == ["session.sign_in"]


def test_a_decision_that_changes_nothing_is_refused(people, ada, tom, records):
    before = len(records())
    for act in (
        lambda: people.approve(ada.actor, tom.id),
        lambda: people.change_role(ada.actor, tom.id, tom.role),
    ):
        with pytest.raises(PersonRefused):
            act()
    people.disable(ada.actor, tom.id)
    with pytest.raises(PersonRefused):
        people.disable(ada.actor, tom.id)
    assert len(records()) == before + 1


def test_a_person_who_is_not_there_is_refused(people, ada):
    for act in (people.approve, people.disable):
        with pytest.raises(NotKept):
            act(ada.actor, "nobody")
    with pytest.raises(NotKept):
        people.reset_password(ada.actor, "nobody", NEW)


def acts_of_an_administrator(people, tom):
    return (
        lambda by: add(people, by),
        lambda by: people.approve(by, tom.id),
        lambda by: people.disable(by, tom.id),
        lambda by: people.change_role(by, tom.id, Role.MANAGER),
        lambda by: people.reset_password(by, tom.id, NEW),
    )


@pytest.mark.parametrize("which", range(5))
def test_only_an_administrator_manages_people(people, ada, tom, records, which):
    manager = add(
        people, ada.actor, name="Mia Manager", email="mia@shop.example", role=Role.MANAGER
    )
    act = acts_of_an_administrator(people, tom)[which]
    before = len(records())
    for by, error in (
        (tom.actor, RightMissing),
        (manager.actor, RightMissing),
        (NOBODY, NotSignedIn),
        (Actor.at_command_line("root"), NotSignedIn),
        (DESK, NotSignedIn),
        (Actor("no-such-id", "Forged", Role.ADMINISTRATOR), NotKept),
        (Actor(tom.id, tom.name, Role.ADMINISTRATOR), (RightMissing, PersonRefused)),
    ):
        with pytest.raises(error):
            act(by)
    assert len(records()) == before


@pytest.mark.parametrize("which", range(5))
def test_a_role_that_was_taken_away_counts_no_more(people, ada, tom, which):
    second = add(people, ada.actor, name="Eve", email="eve@shop.example", role=Role.ADMINISTRATOR)
    act = acts_of_an_administrator(people, tom)[which]
    people.change_role(ada.actor, second.id, Role.TECHNICIAN)
    with pytest.raises(RightMissing):
        act(second.actor)
    people.disable(ada.actor, second.id)
    with pytest.raises((RightMissing, NotAdmitted)):
        act(second.actor)


def test_who_is_at_the_desk_gets_another_role_at_once(people, ada, tom, session):
    people.sign_in(*TOM)
    people.change_role(ada.actor, tom.id, Role.MANAGER)
    assert session.actor.role is Role.MANAGER


def test_who_is_disabled_at_the_desk_is_signed_out(people, ada, tom, session):
    people.sign_in(*TOM)
    people.lock()
    people.disable(ada.actor, tom.id)
    assert session.operator == NOBODY


# The last administrator


def test_the_last_administrator_stays(people, ada):
    for act in (
        lambda: people.disable(ada.actor, ada.id),
        lambda: people.change_role(ada.actor, ada.id, Role.MANAGER),
    ):
        with pytest.raises(LastAdministrator):
            act()
    assert people.list()[0].standing is Standing.ACTIVE


def test_an_administrator_who_waits_or_is_disabled_does_not_count(people, ada):
    people.register(**SOMEBODY)
    second = add(people, ada.actor, name="Eve", email="eve@shop.example", role=Role.ADMINISTRATOR)
    people.disable(ada.actor, second.id)
    with pytest.raises(LastAdministrator):
        people.disable(ada.actor, ada.id)


@pytest.mark.parametrize("turn", range(5))
def test_two_administrators_who_throw_each_other_out_at_once_leave_one(
    people, ada, elsewhere, turn
):
    eve = add(people, ada.actor, email="eve@shop.example", role=Role.ADMINISTRATOR)
    ended = both(
        lambda: people.disable(ada.actor, eve.id),
        lambda: elsewhere.change_role(eve.actor, ada.id, Role.TECHNICIAN),
    )
    assert sum(isinstance(one, CarTechError) for one in ended) == 1
    left = [
        one
        for one in people.list()
        if one.role is Role.ADMINISTRATOR and one.standing is Standing.ACTIVE
    ]
    assert len(left) == 1


class AlwaysAnAdministrator(RuleBasedStateMachine):
    """Whatever anybody does to anybody, somebody can manage people, and every act has a record."""

    @initialize()
    def found(self):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name))
        self.people = People(self.store, Session(), cost=COST)
        self.people.found(**FOUNDING)
        self.acts = 3

    def _try(self, act):
        try:
            act()
        except CarTechError:
            return
        self.acts += 1

    def _anybody(self, number):
        everybody = self.people.list()
        return everybody[number % len(everybody)]

    @rule(role=st.sampled_from(Role), by=st.integers(0, 9), waits=st.booleans())
    def somebody_new(self, role, by, waits):
        number = len(self.people.list())
        fields = SOMEBODY | {"name": f"One {number}", "email": f"one{number}@shop.example"}
        if waits:
            self._try(lambda: self.people.register(**fields))
        else:
            self._try(lambda: self.people.add(self._anybody(by).actor, **fields, role=role))

    @rule(by=st.integers(0, 9), whom=st.integers(0, 9))
    def disable(self, by, whom):
        self._try(lambda: self.people.disable(self._anybody(by).actor, self._anybody(whom).id))

    @rule(by=st.integers(0, 9), whom=st.integers(0, 9), role=st.sampled_from([None, *Role]))
    def approve(self, by, whom, role):
        person = self._anybody(whom)
        self._try(lambda: self.people.approve(self._anybody(by).actor, person.id, role))

    @rule(by=st.integers(0, 9), whom=st.integers(0, 9), role=st.sampled_from(Role))
    def change_role(self, by, whom, role):
        person = self._anybody(whom)
        self._try(lambda: self.people.change_role(self._anybody(by).actor, person.id, role))

    @invariant()
    def somebody_manages_people(self):
        if hasattr(self, "people"):
            assert any(
                one.role is Role.ADMINISTRATOR and one.standing is Standing.ACTIVE
                for one in self.people.list()
            )
            # Whoever is thrown out while at the desk leaves it with a record of its own.
            acts = "SELECT count(*) FROM audit WHERE action <> 'session.end'"
            assert self.store._desk.glance(acts) == [(self.acts,)]

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


AlwaysAnAdministrator.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_there_is_always_an_administrator = AlwaysAnAdministrator.TestCase


# Passwords and PINs of people


def test_a_password_is_changed_with_the_old_one(people, tom, records):
    people.change_password(tom.actor, TOM[1], NEW)
    people.sign_in(TOM[0], NEW)
    with pytest.raises(SignInRefused):
        people.sign_in(*TOM)
    assert NEW not in str(records())


def test_a_wrong_old_password_changes_nothing_and_counts(people, tom):
    for _ in range(3):
        with pytest.raises(SignInRefused):
            people.change_password(tom.actor, WRONG, NEW)
    with pytest.raises(SignInRefused) as refused:
        people.change_password(tom.actor, TOM[1], NEW)
    assert refused.value.code == "too_many_tries"


def test_none_of_the_last_five_passwords_is_taken_again(people, tom, clocks):
    used = [TOM[1], *(f"{word} slow snails glow" for word in ("one", "six", "ten", "red", "wet"))]
    for old, new in pairwise(used):
        clocks.go_on(60)
        people.change_password(tom.actor, old, new)
    for former in used[1:]:
        with pytest.raises(PersonRefused) as refused:
            people.change_password(tom.actor, used[-1], former)
        assert "one of the last 5" in refused.value.message
    people.change_password(tom.actor, used[-1], used[0])
    assert people.sign_in(TOM[0], used[0]).id == tom.id


def test_an_administrator_s_reset_takes_no_former_password_either(people, ada, tom):
    with pytest.raises(PersonRefused):
        people.reset_password(ada.actor, tom.id, TOM[1])


def test_a_weak_new_password_is_refused_and_the_old_one_stays(people, ada, tom):
    for new in ("", "short", "Tom Technician"):
        with pytest.raises(PersonRefused) as refused:
            people.change_password(tom.actor, TOM[1], new)
        assert refused.value.field == "password"
        with pytest.raises(PersonRefused):
            people.reset_password(ada.actor, tom.id, new)
    assert people.sign_in(*TOM).id == tom.id


def test_one_s_own_password_is_not_reset_without_the_old_one(people, ada):
    with pytest.raises(PersonRefused):
        people.reset_password(ada.actor, ada.id, NEW)


def test_a_reset_password_works_at_once(people, ada, tom):
    people.reset_password(ada.actor, tom.id, NEW)
    assert people.sign_in(TOM[0], NEW).id == tom.id


@pytest.mark.parametrize("pin", ["1234", "", "abcd", "1985"])
def test_a_pin_that_is_no_pin_is_refused(people, ada, pin):
    with pytest.raises(PersonRefused) as refused:
        people.set_pin(ada.actor, pin, ADA[1])
    assert refused.value.field == "pin"
    assert not people.list()[0].has_pin


@pytest.mark.parametrize("by", [NOBODY, DESK, Actor.at_command_line("root")])
def test_who_is_no_person_has_no_pin_and_no_password(people, ada, by):
    with pytest.raises(NotSignedIn):
        people.set_pin(by, "7305", ADA[1])
    with pytest.raises(NotSignedIn):
        people.change_password(by, ADA[1], NEW)


def test_no_pin_is_in_the_audit_log(people, ada, records):
    people.set_pin(ada.actor, "7305", ADA[1])
    assert "7305" not in str([body["after"] for *_, body in records()])
    assert records()[-1][2]["after"] == {"pin": True}


# The demo


def test_the_demo_founds_itself_and_its_technician_is_at_the_desk(store, session):
    from cartech_desk.office import demo_people

    for _ in range(2):
        people = People(store, session, cost=COST)
        demo_people.open_demo(people)
        assert session.actor.name == "Demo technician"
    assert {one.name: one.role for one in people.list()} == {
        "Demo administrator": Role.ADMINISTRATOR,
        "Demo manager": Role.MANAGER,
        "Demo technician": Role.TECHNICIAN,
    }
    for one in people.list():
        people.switch(one.id, demo_people.PIN)
        people.sign_in(one.email, demo_people.PASSWORD)


def test_a_demo_whose_technician_was_disabled_starts_with_nobody(store, session):
    from cartech_desk.office import demo_people

    people = People(store, session, cost=COST)
    demo_people.open_demo(people)
    tom = session.actor
    first = people.sign_in(demo_people.ADMINISTRATOR.email, demo_people.PASSWORD)
    people.disable(first.actor, tom.id)
    demo_people.open_demo(people)
    assert session.operator == NOBODY
