"""Growing delays after wrong passwords."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.office.delays import Delays, delay_s
from cartech_desk.office.people import People, SignInRefused, TooManyTries
from cartech_desk.office.session import Session
from cartech_desk.store.people import Failures

from .conftest import ADA, COST, WRONG, Clocks


def test_the_first_two_cost_nothing_then_it_doubles_up_to_five_minutes():
    assert [delay_s(count) for count in range(13)] == [
        *(0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300)
    ]
    assert delay_s(10**6) == 300


@given(st.integers(3, 40), st.lists(st.floats(-1e6, 1e6), max_size=6))
def test_turning_the_wall_clock_changes_no_delay_of_this_process(count, turns):
    clocks = Clocks()
    delays = Delays(clocks.clock)
    failures = Failures(count, clocks.now.isoformat())
    delays.failed("ada", failures)
    for turn in turns:
        clocks.set_wall(turn)
        assert delays.left_s("ada", failures, clocks.now) == pytest.approx(delay_s(count))


@given(st.integers(3, 40), st.floats(0, 1e7))
def test_a_clock_set_back_over_a_restart_shortens_nothing(count, back_s):
    clocks = Clocks()
    failures = Failures(count, clocks.now.isoformat())
    now = clocks.now - timedelta(seconds=back_s)
    assert Delays(clocks.clock).left_s("ada", failures, now) == pytest.approx(delay_s(count))


def test_time_that_passed_before_a_restart_counts():
    clocks = Clocks()
    failures = Failures(8, clocks.now.isoformat())
    clocks.go_on(20)
    assert Delays(clocks.clock).left_s("ada", failures, clocks.now) == pytest.approx(12)


def fail(people, email=ADA[0], times=1):
    for _ in range(times):
        with pytest.raises(SignInRefused) as refused:
            people.sign_in(email, WRONG)
    return refused.value


@pytest.mark.parametrize("email", [ADA[0], "stranger@shop.example", "no address at all"])
def test_the_third_wrong_password_makes_one_wait_and_the_right_one_waits_too(
    people, ada, clocks, email
):
    assert not isinstance(fail(people, email, 3), TooManyTries)
    waiting = fail(people, email)
    assert isinstance(waiting, TooManyTries)
    assert waiting.seconds == pytest.approx(1, abs=0.1)
    with pytest.raises(TooManyTries):
        people.sign_in(email, ADA[1])
    clocks.go_on(1.1)
    assert not isinstance(fail(people, email), TooManyTries)
    assert fail(people, email).seconds == pytest.approx(2, abs=0.1)


def test_attempts_while_waiting_make_the_wait_no_longer(people, ada, clocks):
    fail(people, times=3)
    for _ in range(20):
        fail(people)
    clocks.go_on(1.1)
    assert people.sign_in(*ADA).id == ada.id


def test_attempts_while_waiting_leave_one_record_and_are_counted(people, ada, clocks, records):
    fail(people, times=3)
    before = len(records())
    fail(people, times=30)
    assert [body["after"] for *_, body in records()[before:]] == [
        {"why": "still waiting after wrong passwords"}
    ]
    clocks.go_on(1.1)
    fail(people, times=3)
    assert [body["after"] for *_, body in records()[before + 1 :]] == [
        {"why": "wrong password", "tries before, not recorded": "29"},
        {"why": "still waiting after wrong passwords"},
    ]


def test_strangers_who_wait_leave_one_record_too(people, ada, records):
    fail(people, "stranger@shop.example", 3)
    before = len(records())
    fail(people, "stranger@shop.example", 30)
    assert len(records()) == before + 1


def test_pins_that_cannot_serve_leave_one_record(people, ada, clocks, records):
    before = len(records())
    for _ in range(10):
        with pytest.raises(SignInRefused):
            people.switch(ada.id, "7305")
    assert len(records()) == before + 1
    clocks.go_on(86_400)
    with pytest.raises(SignInRefused):
        people.switch(ada.id, "7305")
    assert records()[-1][2]["after"]["tries before, not recorded"] == "9"


def test_the_right_password_ends_the_counting(people, ada, clocks):
    fail(people, times=2)
    people.sign_in(*ADA)
    assert not isinstance(fail(people, times=3), TooManyTries)


def test_accounts_wait_each_for_itself(people, ada):
    fail(people, "stranger@shop.example", 4)
    assert people.sign_in(*ADA).id == ada.id


@pytest.mark.parametrize("email", [ADA[0], "stranger@shop.example"])
@pytest.mark.parametrize("set_back_s", [0, -86_400])
def test_a_restart_forgets_no_delay(people, ada, store, clocks, email, set_back_s):
    for _ in range(9):
        fail(people, email)
        clocks.go_on(301)
    fail(people, email)
    clocks.set_wall(set_back_s)
    again = People(store, Session(), cost=COST, wall=clocks.wall, clock=clocks.clock)
    assert fail(again, email).seconds == pytest.approx(128, abs=1)


def test_the_case_of_an_address_is_no_way_around(people, ada):
    fail(people, times=2)
    fail(people, "ADA@Shop.Example")
    assert isinstance(fail(people), TooManyTries)


def test_many_strangers_do_not_fill_the_disk(people, ada, store, monkeypatch):
    monkeypatch.setattr("cartech_desk.store.people._STRANGERS_KEPT", 5)
    for number in range(8):
        fail(people, f"stranger{number}@shop.example")
    assert store._desk.glance("SELECT count(*) FROM stranger") == [(5,)]
