"""Who is let in, what a refusal tells, what the audit log keeps of it."""

import hashlib
import hmac
import threading
import time

import pytest

from cartech_desk.domain.people import NOBODY
from cartech_desk.office.people import NotAdmitted, People, SignInRefused, TooManyTries
from cartech_desk.office.session import Session
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

from .conftest import ADA, COST, TOM, WRONG

WILL = ("will@shop.example", "ten red nuts go")


def refusal(act, *words):
    with pytest.raises(SignInRefused) as refused:
        act(*words)
    return refused.value


def test_the_right_password_enters_the_session(people, tom, session, records):
    people.sign_in("  TOM@shop.EXAMPLE ", TOM[1])
    assert session.actor == tom.actor
    action, who, body = records()[-1]
    assert (action, who, body["after"]["proof"]) == (
        "session.sign_in",
        "Tom Technician",
        "password",
    )


def test_a_stranger_learns_nothing_from_the_words(people, ada, tom, session):
    waiting = people.register(
        name="Will Waiting", email=WILL[0], certification="", password=WILL[1]
    )
    people.disable(ada.actor, tom.id)
    told = {
        refusal(people.sign_in, email, WRONG).message
        for email in (ADA[0], TOM[0], waiting.email, "stranger@shop.example", "", "no address")
    }
    assert len(told) == 1
    assert session.actor == ada.actor


@pytest.mark.parametrize("email", [TOM[0], "stranger@shop.example", "no address"])
def test_a_stranger_learns_nothing_from_the_time(store, ada, tom, email):
    slow = People(store, Session(), cost=11)
    slow.reset_password(ada.actor, tom.id, "ten red nuts go round")
    took = time.process_time()
    refusal(slow.sign_in, email, WRONG)
    took = time.process_time() - took
    began = time.process_time()
    slow._signing_in.prove("another@shop.example", WRONG)
    assert took == pytest.approx(time.process_time() - began, rel=0.6)


def test_the_right_password_is_told_the_true_reason(people, ada, tom, records):
    people.register(name="Will Waiting", email=WILL[0], certification="", password=WILL[1])
    people.disable(ada.actor, tom.id)
    assert isinstance(waits := refusal(people.sign_in, *WILL), NotAdmitted)
    assert "waits for approval" in waits.message
    assert "may not sign in here any more" in refusal(people.sign_in, *TOM).message
    assert [body["after"]["why"] for *_, body in records()[-2:]] == ["waiting", "disabled"]


def test_every_refusal_is_in_the_audit_log_and_no_password(people, ada, store, records):
    for _ in range(4):
        refusal(people.sign_in, ADA[0], WRONG)
    refusal(people.sign_in, "stranger@shop.example", WRONG)
    refusal(people.sign_in, WRONG, ADA[0])
    whys = [body["after"]["why"] for action, _, body in records() if action == "session.refused"]
    assert whys == [
        *["wrong password"] * 3,
        "still waiting after wrong passwords",
        *["nobody has this address"] * 2,
    ]
    assert all(who == NOBODY.name for action, who, _ in records() if action == "session.refused")
    everything = str(records()) + str(store._desk.glance("SELECT * FROM stranger"))
    assert WRONG not in everything
    assert ADA[1] not in everything
    assert "$2b$" not in everything


def test_nothing_is_kept_of_what_has_not_the_form_of_an_address(people, ada, store):
    for typed in (WRONG, "another wrong thing", "\ud800"):
        refusal(people.sign_in, typed, WRONG)
    assert store._desk.glance("SELECT key, failures FROM stranger") == [("no address", 3)]


def test_an_address_that_nobody_has_is_kept_under_a_secret_of_the_desk(people, ada, store):
    address = "stranger@shop.example"
    refusal(people.sign_in, address, WRONG)
    ((key,),) = store._desk.glance("SELECT key FROM stranger")
    assert key == Store(store.folder).people.stranger(address)
    assert key != hashlib.sha256(address.encode()).hexdigest()
    secret = store.folder / "keys" / "strangers.secret"
    assert key == hmac.new(secret.read_bytes(), address.encode(), hashlib.sha256).hexdigest()


def test_a_desk_whose_secret_cannot_be_kept_refuses_strangers_as_well(people, ada, store):
    (store.folder / "keys" / "strangers.secret").mkdir(parents=True)
    told = refusal(people.sign_in, "stranger@shop.example", WRONG)
    assert told.message == refusal(people.sign_in, ADA[0], WRONG).message


def test_a_password_of_the_person_is_in_no_repr(people, store, tom):
    row = store.people.get(tom.id)
    assert "$2b$" not in repr(row)
    assert "$2b$" not in repr(people.list())


def test_a_hundred_at_once_try_no_more_than_one_after_the_other(people, ada, monkeypatch):
    tried = []
    from cartech_desk.office import signing_in

    monkeypatch.setattr(signing_in, "matches", lambda *_: tried.append(1) or False)
    told = []

    def attempt():
        told.append(refusal(people.sign_in, ADA[0], WRONG))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 3
    assert sum(isinstance(one, TooManyTries) for one in told) == 17


def test_the_right_password_is_let_in_as_often_as_it_is_tried_side_by_side(
    store, people, ada, tom, records
):
    slow = People(store, Session(), cost=10)  # long enough that all would be at it at once
    slow.reset_password(ada.actor, tom.id, "ten red nuts go round")
    stores = [Store(store.folder) for _ in range(6)]
    together = threading.Barrier(len(stores))
    told = []

    def attempt(own):
        together.wait()
        try:
            told.append(People(own, Session()).sign_in(TOM[0], "ten red nuts go round").name)
        except SignInRefused as refused:
            told.append(refused.message)

    threads = [threading.Thread(target=attempt, args=(own,)) for own in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in stores:
        own.close()
    assert told == ["Tom Technician"] * 6
    assert "session.refused" not in {action for action, *_ in records()}


def test_a_try_beside_another_one_of_the_same_account_costs_nothing(
    people, tom, store, records, monkeypatch
):
    from cartech_desk.office import signing_in

    monkeypatch.setattr(signing_in, "_PATIENCE_S", 0.05)
    before = records()
    with people._signing_in.one_try(TOM[0]):
        told = refusal(people.sign_in, TOM[0].upper(), TOM[1])
    assert told.code == "sign_in_busy"
    assert "right now" in told.message
    assert records() == before
    assert store.people.get(tom.id).failures == 0
    assert people.sign_in(*TOM).id == tom.id


def test_a_try_that_is_broken_off_is_counted_and_lets_the_next_one_in(people, tom, monkeypatch):
    from cartech_desk.office import signing_in

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(signing_in, "matches", killed)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                people.sign_in(*TOM)
    assert isinstance(refusal(people.sign_in, *TOM), TooManyTries)


# PINs


@pytest.fixture
def with_pins(people, ada, tom):
    people.set_pin(ada.actor, "7305", ADA[1])
    people.sign_in(*TOM)
    people.set_pin(tom.actor, "2914", TOM[1])


def test_a_pin_takes_over_and_unlocks(people, ada, tom, with_pins, session, records):
    people.switch(ada.id, "7305")
    assert session.actor == ada.actor
    people.lock()
    assert session.actor == NOBODY
    assert session.operator == ada.actor
    people.switch(ada.id, "7305")
    assert session.actor == ada.actor
    assert [action for action, *_ in records()[-3:]] == [
        "session.switch",
        "session.lock",
        "session.switch",
    ]
    assert records()[-1][2]["after"]["unlocked"] is True


def test_who_can_take_over_stands_with_the_one_at_the_desk_first(people, ada, tom, with_pins):
    assert [one.name for one in people.quick()] == ["Tom Technician", "Ada Administrator"]


def test_the_fifth_wrong_pin_takes_it_away_until_the_password_is_used(
    people, ada, tom, with_pins, records
):
    for left in ("4 tries", "3 tries", "2 tries", "One try"):
        assert left in refusal(people.switch, tom.id, "8888").message
    assert "it is off now" in refusal(people.switch, tom.id, "8888").message
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message
    assert [one.id for one in people.quick()] == [ada.id]
    people.sign_in(*TOM)
    assert people.switch(tom.id, "2914").id == tom.id


def test_a_right_pin_does_not_give_all_tries_back(people, tom, with_pins):
    for _ in range(4):
        refusal(people.switch, tom.id, "8888")
    assert people.switch(tom.id, "2914").id == tom.id
    assert "One try is left" in refusal(people.switch, tom.id, "8888").message
    assert "it is off now" in refusal(people.switch, tom.id, "8888").message
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message


def test_who_slips_now_and_then_keeps_the_pin(people, tom, with_pins):
    for _ in range(12):
        assert "4 tries" in refusal(people.switch, tom.id, "8888").message
        for _ in range(4):
            assert people.switch(tom.id, "2914").has_pin


def test_the_password_gives_all_tries_back(people, tom, with_pins):
    for _ in range(4):
        refusal(people.switch, tom.id, "8888")
    people.sign_in(*TOM)
    assert "4 tries" in refusal(people.switch, tom.id, "8888").message


def test_a_pin_is_set_by_who_knows_the_password_alone(people, ada, tom, with_pins, records):
    before = len(records())
    for word in ("", WRONG, ADA[1]):
        assert "password is not right" in refusal(people.set_pin, tom.actor, "6041", word).message
    assert isinstance(refusal(people.set_pin, tom.actor, "6041", TOM[1]), TooManyTries)
    assert [record[0] for record in records()[before:]] == ["session.refused"] * 4
    assert people.switch(tom.id, "2914").id == tom.id


def test_a_pin_serves_seven_days_after_the_password(people, ada, tom, with_pins, clocks):
    clocks.go_on(7 * 86_400 - 1)
    assert people.switch(tom.id, "2914").id == tom.id
    clocks.go_on(2)
    assert not people.quick()
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message
    people.sign_in(*TOM)
    assert people.switch(tom.id, "2914").id == tom.id


def test_a_clock_set_back_keeps_no_pin_alive(people, ada, tom, with_pins, clocks):
    clocks.set_wall(-86_400)
    assert not people.quick()
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message


def test_a_pin_of_nobody_and_of_a_disabled_person_is_refused(people, ada, tom, with_pins):
    people.switch(ada.id, "7305")
    people.disable(ada.actor, tom.id)
    for number in (tom.id, "no-such-id"):
        assert "PIN will not do" in refusal(people.switch, number, "2914").message


def test_a_pin_never_set_is_refused(people, ada, tom, session):
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message
    assert session.actor == ada.actor


def test_a_pin_works_no_more_after_an_administrator_gave_another_password(
    people, ada, tom, with_pins
):
    people.reset_password(ada.actor, tom.id, "ten red nuts go round")
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message
    people.sign_in(TOM[0], "ten red nuts go round")
    assert "PIN will not do" in refusal(people.switch, tom.id, "2914").message


# Leaving


def test_signing_out_leaves_nobody_and_a_record(people, ada, session, records):
    people.sign_out()
    assert session.operator == NOBODY
    assert records()[-1][:2] == ("session.sign_out", "Ada Administrator")


def test_signing_out_and_locking_twice_are_recorded_once(people, ada, records):
    people.lock()
    people.lock()
    people.sign_out()
    people.sign_out()
    actions = [action for action, *_ in records()]
    assert actions[-2:] == ["session.lock", "session.sign_out"]
    assert actions.count("session.lock") == 1


def test_a_person_that_is_gone_from_the_store_is_signed_out(people, ada, session, monkeypatch):
    def gone(_):
        raise NotKept("gone", to_do="look again")

    monkeypatch.setattr(people._store.people, "get", gone)
    people.refresh()
    assert session.operator == NOBODY


def test_another_program_s_decision_reaches_the_desk(people, ada, tom, store, session):
    people.sign_in(*TOM)
    elsewhere = People(store, Session(), cost=COST)
    elsewhere.change_role(ada.actor, tom.id, ada.role)
    assert session.actor.role is tom.role
    people.lock()
    people.refresh()
    assert session.now.locked
    assert session.operator.role is ada.role
    elsewhere.disable(ada.actor, tom.id)
    people.refresh()
    assert session.operator == NOBODY
