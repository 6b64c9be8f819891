import itertools

import pytest

from cartech_desk.bay.connection import (
    TRANSITIONS,
    Connection,
    Event,
    ImpossibleTransition,
    after,
    back_off_s,
)
from cartech_desk.bay.status import LinkState
from cartech_desk.hardware.adapter import SignsOfLife
from cartech_desk.hardware.errors import LinkLost

S, E = LinkState, Event


def follow(*events):
    state = S.DISCONNECTED
    for event in events:
        state = after(state, event)
    return state


def test_a_first_attempt_that_fails_ends_disconnected():
    assert follow(E.CONNECT, E.FAILED) is S.DISCONNECTED


def test_a_connection_that_is_lost_comes_back_by_way_of_reconnecting():
    assert follow(E.CONNECT, E.OPENED, E.LOST) is S.LOST
    assert follow(E.CONNECT, E.OPENED, E.LOST, E.RETRY) is S.RECONNECTING
    assert follow(E.CONNECT, E.OPENED, E.LOST, E.RETRY, E.OPENED) is S.CONNECTED


def test_an_attempt_to_reconnect_that_fails_leaves_the_link_lost():
    assert follow(E.CONNECT, E.OPENED, E.LOST, E.RETRY, E.FAILED) is S.LOST


@pytest.mark.parametrize("state", S)
def test_disconnect_is_possible_in_every_state(state):
    assert after(state, E.DISCONNECT) is S.DISCONNECTED


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_what_is_not_in_the_table_cannot_happen(state, event):
    if (state, event) in TRANSITIONS:
        assert after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(ImpossibleTransition):
            after(state, event)


def test_every_state_is_reached_and_left():
    assert {target for (_, event), target in TRANSITIONS.items() if event is not E.DISCONNECT} == (
        set(S)
    )
    assert {state for state, _ in TRANSITIONS} == set(S)


def test_the_waits_grow_and_stay_within_what_five_seconds_allow():
    waits = [back_off_s(attempt) for attempt in range(50)]
    assert waits[:4] == [0.25, 0.5, 1.0, 2.0]
    assert max(waits) == 2.0


def lost():
    return LinkLost("The cable is out.", to_do="Plug it in.")


def test_the_words_of_an_error_stand_until_the_link_is_back():
    connection = Connection("sim:")
    connection.apply(E.CONNECT)
    connection.apply(E.OPENED)
    connection.apply(E.LOST, error=lost())
    status = connection.apply(E.RETRY)
    assert (status.error_code, status.happened, status.to_do) == (
        "link_lost",
        "The cable is out.",
        "Plug it in.",
    )
    assert connection.apply(E.OPENED).error_code == ""


def test_the_time_of_a_state_is_that_of_its_last_change():
    connection = Connection("sim:")
    since = connection.apply(E.CONNECT).since_ns
    connection.note(step="opening the adapter")
    assert connection.status(since + 1).since_ns == since
    assert connection.status(since + 1).step == "opening the adapter"
    assert connection.apply(E.OPENED).since_ns > since


def test_a_call_that_hangs_is_shown_as_a_lost_link():
    connection = Connection("sim:")
    connection.apply(E.CONNECT)
    since = connection.apply(E.OPENED).since_ns
    connection.calling(request=True)
    assert connection.status(since + 1_400_000_000).state is S.CONNECTED
    hanging = connection.status(since + 2_000_000_000)
    assert hanging.state is S.LOST
    assert hanging.error_code == "link_lost"
    connection.reacted()
    assert connection.status(since + 2_000_000_000).state is S.CONNECTED


def test_a_wire_at_rest_is_no_hanging_one():
    connection = Connection("sim:")
    connection.apply(E.CONNECT)
    since = connection.apply(E.OPENED).since_ns
    assert connection.status(since + 60_000_000_000).state is S.CONNECTED


def test_an_attempt_may_take_longer_than_two_seconds():
    connection = Connection("sim:")
    since = connection.apply(E.CONNECT).since_ns
    connection.calling(request=True)
    assert connection.status(since + 5_000_000_000).state is S.CONNECTING


def connected_at():
    connection = Connection("sim:")
    connection.apply(E.CONNECT)
    return connection, connection.apply(E.OPENED).since_ns


def test_bytes_that_come_during_a_call_keep_the_link_alive():
    connection, since = connected_at()
    signs = SignsOfLife()
    connection.calling(request=True, signs=signs)
    signs.heard_ns = since + 3_000_000_000
    assert connection.status(since + 4_000_000_000).state is S.CONNECTED
    assert connection.status(since + 4_600_000_000).state is S.LOST


def test_an_ecu_that_asked_for_time_is_no_lost_link_until_its_time_is_over():
    connection, since = connected_at()
    signs = SignsOfLife()
    connection.calling(request=True, signs=signs)
    signs.be_patient(since + 5_000_000_000)
    assert connection.status(since + 4_900_000_000).state is S.CONNECTED
    assert connection.status(since + 6_600_000_000).state is S.LOST
