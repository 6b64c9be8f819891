"""What is heard of the alarms."""

from datetime import UTC, datetime

import pytest

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.annunciator import LONGEST_SILENCE_S, Annunciator
from cartech_desk.domain.alarms.limit import Action, Level, Priority
from cartech_desk.domain.alarms.state import AlarmState

S = 1_000_000_000


def alarm(name="a", level=Level.WARNING, state=AlarmState.ACTIVE_UNACKNOWLEDGED, **named):
    return StandingAlarm(
        **{
            "id": name,
            "key": f"limit:{name}",
            "state": state,
            "level": level,
            "worst": level,
            "priority": Priority.MEDIUM,
            "label": name,
            "to_do": "",
            "action": Action.SOUND,
            "channel": name,
            "unit": "",
            "vehicle_id": "",
            "vehicle_name": "",
            "raised_ns": 0,
            "raised": datetime.now(UTC),
            **named,
        }
    )


@pytest.fixture
def voice():
    return Annunciator()


def test_the_worst_that_asks_is_heard(voice):
    assert voice.hear([], 0) is Level.NONE
    assert voice.hear([alarm()], 0) is Level.WARNING
    assert voice.hear([alarm(), alarm("b", Level.TRIP)], 0) is Level.TRIP


@pytest.mark.parametrize(
    "quiet",
    [
        alarm(state=AlarmState.ACTIVE_ACKNOWLEDGED),
        alarm(state=AlarmState.SHELVED),
        alarm(state=AlarmState.OUT_OF_SERVICE),
        alarm(state=AlarmState.LATCHED),
        alarm(action=Action.LAMP),
    ],
)
def test_what_does_not_ask_is_not_heard(voice, quiet):
    assert voice.hear([quiet], 0) is Level.NONE


def test_what_has_gone_and_was_not_acknowledged_is_heard(voice):
    assert voice.hear([alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED)], 0) is Level.WARNING


def test_a_recommendation_to_stop_is_heard_too(voice):
    assert voice.hear([alarm(action=Action.STOP_RUN)], 0) is Level.WARNING


def test_silence_ends_by_itself(voice):
    voice.hear([alarm()], 0)
    voice.silence(0, 10)
    assert voice.hear([alarm()], 9 * S) is Level.NONE
    assert voice.sounding is Level.WARNING
    assert voice.hear([alarm()], 10 * S) is Level.WARNING


@pytest.mark.parametrize(
    "then",
    [[alarm(), alarm("new")], [alarm(level=Level.TRIP)]],
    ids=["a new alarm", "one that became worse"],
)
def test_silence_ends_at_once_for_what_is_new(voice, then):
    voice.hear([alarm()], 0)
    voice.silence(0, 60)
    assert voice.hear(then, S) is not Level.NONE


def test_one_that_flaps_does_not_break_the_silence(voice):
    voice.hear([alarm()], 0)
    voice.silence(0, 60)
    for second in range(20):
        state = (AlarmState.RETURNED_UNACKNOWLEDGED, AlarmState.ACTIVE_UNACKNOWLEDGED)[second % 2]
        assert voice.hear([alarm(state=state)], second * S) is Level.NONE


def test_one_that_comes_anew_after_it_was_acknowledged_breaks_the_silence(voice):
    voice.hear([alarm()], 0)
    voice.silence(0, 60)
    assert voice.hear([alarm(state=AlarmState.ACTIVE_ACKNOWLEDGED)], S) is Level.NONE
    assert voice.hear([alarm()], 2 * S) is Level.WARNING


def test_nobody_silences_for_ever(voice):
    voice.hear([alarm()], 0)
    voice.silence(0, 1e9)
    assert voice.hear([alarm()], round(LONGEST_SILENCE_S * S)) is Level.WARNING
