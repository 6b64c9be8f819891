"""One alarm and its states, without limits or readings."""

import itertools

import pytest

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import Alarm, AlarmRefused, AlarmState, Happening

S, H = AlarmState, Happening
NONE, WARNING, TRIP = Level.NONE, Level.WARNING, Level.TRIP


def alarm_of(*levels, latch=False):
    alarm = Alarm("limit:x", latch=latch)
    for t, level in enumerate(levels, 1):
        alarm.condition(t, level, 100.0 + level)
    return alarm


def told(changes):
    return [(change.happening, change.before, change.after) for change in changes]


def test_comes_goes_and_waits_to_be_acknowledged():
    alarm = Alarm("limit:x")
    assert told(alarm.condition(1, WARNING, 7.0)) == [(H.RAISED, S.NORMAL, S.ACTIVE_UNACKNOWLEDGED)]
    assert told(alarm.condition(2, NONE, float("nan"))) == [
        (H.RETURNED, S.ACTIVE_UNACKNOWLEDGED, S.RETURNED_UNACKNOWLEDGED)
    ]
    assert told(alarm.acknowledge(3)) == [
        (H.ACKNOWLEDGED, S.RETURNED_UNACKNOWLEDGED, S.NORMAL),
        (H.CLEARED, S.NORMAL, S.NORMAL),
    ]
    assert alarm.quiet
    assert alarm.worst is NONE


def test_goes_by_itself_once_it_was_acknowledged():
    alarm = alarm_of(TRIP)
    alarm.acknowledge(2)
    changes = alarm.condition(3, NONE, float("nan"))
    assert told(changes) == [
        (H.RETURNED, S.ACTIVE_ACKNOWLEDGED, S.NORMAL),
        (H.CLEARED, S.NORMAL, S.NORMAL),
    ]
    assert [change.level for change in changes] == [TRIP, TRIP]
    assert changes[0].value == 102.0


def test_latches_until_somebody_clears_it():
    alarm = alarm_of(TRIP, latch=True)
    alarm.acknowledge(2)
    assert alarm.condition(3, NONE, 0.0)[-1].after is S.LATCHED
    with pytest.raises(AlarmRefused, match="latched cannot be acknowledged"):
        alarm.acknowledge(4)
    changes = alarm.clear(5)
    assert told(changes) == [(H.CLEARED, S.LATCHED, S.NORMAL)]
    assert changes[0].level is TRIP
    assert alarm.quiet


def test_latches_after_it_was_acknowledged_as_returned():
    alarm = alarm_of(WARNING, NONE, latch=True)
    assert told(alarm.acknowledge(3)) == [(H.ACKNOWLEDGED, S.RETURNED_UNACKNOWLEDGED, S.LATCHED)]


def test_a_latched_one_that_comes_again_asks_again():
    alarm = alarm_of(TRIP, latch=True)
    alarm.acknowledge(2)
    alarm.condition(3, NONE, 0.0)
    assert told(alarm.condition(4, WARNING, 1.0)) == [
        (H.RAISED, S.LATCHED, S.ACTIVE_UNACKNOWLEDGED)
    ]
    assert alarm.worst is TRIP


def test_a_trip_asks_anew_of_whom_had_acknowledged_the_warning():
    alarm = alarm_of(WARNING)
    alarm.acknowledge(2)
    assert told(alarm.condition(3, TRIP, 9.0)) == [
        (H.ESCALATED, S.ACTIVE_ACKNOWLEDGED, S.ACTIVE_UNACKNOWLEDGED)
    ]


def test_a_second_trip_asks_again_though_the_first_was_acknowledged():
    alarm = alarm_of(TRIP)
    alarm.acknowledge(2)
    assert alarm.condition(3, WARNING, 5.0) == ()
    assert alarm.state is S.ACTIVE_ACKNOWLEDGED
    assert told(alarm.condition(4, TRIP, 9.0)) == [
        (H.ESCALATED, S.ACTIVE_ACKNOWLEDGED, S.ACTIVE_UNACKNOWLEDGED)
    ]


def test_a_trip_that_flickers_is_told_once_while_nobody_has_acknowledged():
    alarm = alarm_of(WARNING, TRIP, WARNING)
    assert alarm.condition(4, TRIP, 9.0) == ()
    assert alarm.worst is TRIP


def test_what_comes_and_goes_on_the_shelf_is_seen_afterwards():
    alarm = Alarm("limit:x")
    alarm.shelve(1, 100)
    assert alarm.condition(2, TRIP, 9.0) == ()
    assert alarm.condition(3, NONE, 0.0) == ()
    changes = alarm.expire(100)
    assert told(changes) == [(H.UNSHELVED, S.SHELVED, S.RETURNED_UNACKNOWLEDGED)]
    assert changes[0].level is TRIP


def test_what_stands_when_the_shelf_is_over_comes_anew():
    alarm = alarm_of(TRIP, WARNING)
    alarm.acknowledge(3)
    alarm.shelve(4, 100)
    assert alarm.expire(99) == ()
    changes = alarm.expire(100)
    assert told(changes) == [
        (H.UNSHELVED, S.SHELVED, S.NORMAL),
        (H.RAISED, S.NORMAL, S.ACTIVE_UNACKNOWLEDGED),
    ]
    assert alarm.worst is TRIP


def test_what_was_acknowledged_and_went_on_the_shelf_is_told_as_over():
    alarm = alarm_of(TRIP)
    alarm.acknowledge(2)
    alarm.shelve(3, 100)
    alarm.condition(4, NONE, 0.0)
    changes = alarm.unshelve(5)
    assert told(changes) == [
        (H.UNSHELVED, S.SHELVED, S.NORMAL),
        (H.CLEARED, S.NORMAL, S.NORMAL),
    ]
    assert changes[1].level is TRIP
    assert alarm.worst is NONE


def test_a_quiet_shelf_ends_quietly():
    alarm = Alarm("limit:x")
    alarm.shelve(1, 100)
    assert told(alarm.unshelve(2)) == [(H.UNSHELVED, S.SHELVED, S.NORMAL)]
    assert alarm.quiet


def test_shelving_again_sets_another_time_and_days_asleep_end_it():
    alarm = Alarm("limit:x")
    alarm.shelve(1, 100)
    alarm.shelve(50, 60)
    assert alarm.expire(59) == ()
    assert alarm.expire(14 * 86400 * 10**9)[0].happening is H.UNSHELVED


def test_shelving_never_ends_out_of_service():
    alarm = Alarm("limit:x")
    alarm.shelve(1, 100)
    alarm.out_of_service(2)
    assert alarm.expire(200) == ()
    assert alarm.out_of_service(201) == ()
    assert told(alarm.in_service(202)) == [(H.IN_SERVICE, S.OUT_OF_SERVICE, S.NORMAL)]
    assert alarm.in_service(203) == ()


def test_dropping_makes_it_normal_from_anywhere():
    for make in (
        lambda: alarm_of(TRIP),
        lambda: alarm_of(TRIP, NONE),
        lambda: shelved(alarm_of(TRIP)),
    ):
        alarm = make()
        before = alarm.state
        assert told(alarm.drop(9)) == [(H.CLEARED, before, S.NORMAL)]
        assert alarm.quiet
        assert alarm.drop(10) == ()


def shelved(alarm):
    alarm.shelve(5, 10**12)
    return alarm


def in_state(state):
    alarm = Alarm("limit:x", latch=state is S.LATCHED)
    if state in (S.ACTIVE_UNACKNOWLEDGED, S.RETURNED_UNACKNOWLEDGED):
        alarm.condition(1, TRIP, 1.0)
    if state in (S.ACTIVE_ACKNOWLEDGED, S.LATCHED):
        alarm.condition(1, TRIP, 1.0)
        alarm.acknowledge(2)
    if state in (S.RETURNED_UNACKNOWLEDGED, S.LATCHED):
        alarm.condition(3, NONE, 0.0)
    if state is S.SHELVED:
        alarm.shelve(1, 1000)
    if state is S.OUT_OF_SERVICE:
        alarm.out_of_service(1)
    assert alarm.state is state
    return alarm


ALLOWED = {
    "acknowledge": {S.ACTIVE_UNACKNOWLEDGED, S.RETURNED_UNACKNOWLEDGED},
    "clear": {S.LATCHED},
    "shelve": set(S) - {S.OUT_OF_SERVICE},
    "unshelve": {S.SHELVED},
    "out_of_service": set(S),
    "in_service": set(S),
}
ACTS = {
    "acknowledge": lambda alarm: alarm.acknowledge(10),
    "clear": lambda alarm: alarm.clear(10),
    "shelve": lambda alarm: alarm.shelve(10, 20),
    "unshelve": lambda alarm: alarm.unshelve(10),
    "out_of_service": lambda alarm: alarm.out_of_service(10),
    "in_service": lambda alarm: alarm.in_service(10),
}


@pytest.mark.parametrize(("act", "state"), list(itertools.product(ACTS, S)))
def test_an_act_is_carried_out_or_refused_and_changes_nothing_then(act, state):
    alarm = in_state(state)
    if state in ALLOWED[act]:
        ACTS[act](alarm)
        return
    worst, level = alarm.worst, alarm.level
    with pytest.raises(AlarmRefused) as refused:
        ACTS[act](alarm)
    assert refused.value.to_do
    assert (alarm.state, alarm.worst, alarm.level) == (state, worst, level)


def test_shelving_into_the_past_is_refused():
    alarm = Alarm("limit:x")
    with pytest.raises(AlarmRefused):
        alarm.shelve(10, 10)
    assert alarm.quiet
