"""Alarms on a terminal: told when they come, get worse and go, and never in a flood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.app import alarm_voice
from cartech_desk.app.alarm_voice import AlarmVoice, lines_of
from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Action, Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.units import UnitSystem

RAISED = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVER = StandingAlarm(
    id="0192-1",
    key="limit:boost_high",
    state=AlarmState.ACTIVE_UNACKNOWLEDGED,
    level=Level.WARNING,
    worst=Level.WARNING,
    priority=Priority.CRITICAL,
    label="Over-boost",
    to_do="Lift off.",
    action=Action.SOUND,
    channel="boost",
    unit="kPa",
    vehicle_id="v",
    vehicle_name="Blue Golf",
    raised_ns=5_000_000_000,
    raised=RAISED,
    value=141.0,
    worst_value=141.0,
    edge=130.0,
    order=1,
)
TRIPPED = replace(OVER, level=Level.TRIP, worst=Level.TRIP, worst_value=152.0, edge=150.0)
GONE = replace(
    TRIPPED,
    state=AlarmState.RETURNED_UNACKNOWLEDGED,
    level=Level.NONE,
    returned=RAISED + timedelta(seconds=3.25),
)


@pytest.fixture
def voice() -> AlarmVoice:
    return AlarmVoice()


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def heard(voice: AlarmVoice, *alarms: StandingAlarm) -> None:
    voice.hear(AlarmsSnapshot(standing=alarms))


def test_coming_getting_worse_and_going_are_a_line_each(
    voice: AlarmVoice, capsys: pytest.CaptureFixture[str]
) -> None:
    for alarm in (OVER, OVER, TRIPPED, TRIPPED, GONE, GONE):
        heard(voice, alarm)
    assert told(capsys) == [
        "▲ Warning: Over-boost at 1.41 bar (limit 1.30 bar). Lift off.",
        "■ Trip: Over-boost at 1.52 bar (limit 1.50 bar). Lift off.",
        "Gone: Over-boost, after 3.2 s.",
    ]


def test_one_that_came_and_went_between_two_looks_is_told(
    voice: AlarmVoice, capsys: pytest.CaptureFixture[str]
) -> None:
    heard(voice, GONE)
    (line,) = told(capsys)
    assert line.startswith("■ Trip: Over-boost")


def test_one_that_flaps_is_no_flood(
    voice: AlarmVoice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(alarm_voice.time, "monotonic", lambda: now[0])
    for _ in range(50):
        now[0] += 0.2
        heard(voice, OVER)
        heard(voice, replace(OVER, state=AlarmState.RETURNED_UNACKNOWLEDGED, level=Level.NONE))
    assert len(told(capsys)) <= 4


def test_one_that_comes_worse_right_after_it_went_is_told_at_once(
    voice: AlarmVoice, capsys: pytest.CaptureFixture[str]
) -> None:
    for alarm in (OVER, replace(GONE, worst=Level.WARNING), TRIPPED, GONE, TRIPPED):
        heard(voice, alarm)
    lines = told(capsys)
    assert [line.split(":")[0] for line in lines] == ["▲ Warning", "Gone", "■ Trip", "Gone"]


def test_values_are_told_in_the_units_of_the_shop(capsys: pytest.CaptureFixture[str]) -> None:
    hot = replace(OVER, label="Coolant hot", channel="coolant", unit="degC", edge=115.0)
    heard(AlarmVoice(UnitSystem.IMPERIAL), replace(hot, worst_value=120.0))
    assert told(capsys) == ["▲ Warning: Coolant hot at 248 °F (limit 239 °F). Lift off."]


def test_shelved_ones_are_not_told(voice: AlarmVoice, capsys: pytest.CaptureFixture[str]) -> None:
    heard(voice, replace(OVER, state=AlarmState.SHELVED))
    assert told(capsys) == []
    assert voice.entries(0) == []


def test_the_document_counts_from_the_start_of_the_recording(voice: AlarmVoice) -> None:
    heard(voice, GONE)
    (entry,) = voice.entries(4_000_000_000)
    assert entry == {
        "label": "Over-boost",
        "level": "trip",
        "channel": "boost",
        "at_s": 1.0,
        "returned_s": 4.25,
        "value": 152.0,
        "unit": "kPa",
        "times": 1,
        "to_do": "Lift off.",
    }
    assert lines_of([entry]) == ["  ■ trip at 1.00 s, until 4.25 s: Over-boost"]


def test_a_channel_without_a_value_has_none_in_the_document(voice: AlarmVoice) -> None:
    heard(voice, replace(OVER, worst_value=float("nan"), edge=None))
    (entry,) = voice.entries(0)
    assert entry["value"] is None
    assert entry["returned_s"] is None
    assert lines_of([entry]) == ["  ▲ warning at 5.00 s, still there at the end: Over-boost"]
