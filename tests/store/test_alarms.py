"""The history of alarms in `desk.db`: rows, filters, shelves, endings."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils import uuid7

from cartech_desk.domain.alarms.limit import Comparison, Level, Priority
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import NOBODY, Actor, NotSignedIn, Role
from cartech_desk.store.alarms import AlarmQuery, AlarmRecord, Shelf
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BY = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


def alarm(**named):
    return AlarmRecord(
        **{
            "id": str(uuid7()),
            "key": "limit:rpm_high",
            "vehicle_id": "v1",
            "vehicle_name": "Bench car",
            "label": "Over-rev",
            "to_do": "Lift off.",
            "priority": Priority.HIGH,
            "level": Level.TRIP,
            "state": AlarmState.ACTIVE_UNACKNOWLEDGED,
            "raised": AT,
            **named,
        }
    )


def entry(record, action="alarm.acknowledge"):
    return Entry(action, record.entity)


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def alarms(store):
    return store.alarms


def test_a_row_reads_back_as_it_was_written(alarms):
    full = alarm(
        channel="rpm",
        unit="rpm",
        edge=7000.0,
        comparison=Comparison.ABOVE,
        value=6900.0,
        worst_value=7400.0,
        times=3,
        first_out=True,
        recording_id="rec-1",
        operator_id="p1",
        operator_name="Tom",
        returned=AT + timedelta(seconds=1),
        acknowledged=AT + timedelta(seconds=2),
        acknowledged_by="Tom",
        cleared=AT + timedelta(seconds=3),
        cleared_by="Tom",
        shelved_until=AT + timedelta(hours=1),
    )
    alarms.keep([full])
    assert alarms.get(full.id) == full


def test_what_is_no_number_is_kept_as_none(alarms):
    alarms.keep([alarm()])
    (kept,) = alarms.find()
    assert math.isnan(kept.value)
    assert math.isnan(kept.worst_value)
    assert kept.edge is None


def test_a_row_is_written_anew_as_its_alarm_goes_on(alarms):
    record = alarm()
    alarms.keep([record])
    alarms.keep([replace(record, times=7)])
    assert [kept.times for kept in alarms.find()] == [7]


def test_row_and_record_are_there_together_or_not_at_all(store, alarms):
    record = alarm()
    with pytest.raises(TypeError):
        alarms.keep([record], [Entry("alarm.raise", Entity("alarm"), after={"bad": object()})])
    assert alarms.find() == ()
    alarms.keep([record], [entry(record, "alarm.raise")])
    assert alarms.find() == (record,)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AlarmQuery(), "dcba"),
        (AlarmQuery(since=AT + timedelta(minutes=1)), "dcb"),
        (AlarmQuery(until=AT + timedelta(minutes=1)), "a"),
        (AlarmQuery(vehicle="v2"), "b"),
        (AlarmQuery(priority=Priority.HIGH), "dca"),
        (AlarmQuery(level=Level.TRIP), "ca"),
        (AlarmQuery(state=AlarmState.NORMAL), "cb"),
        (AlarmQuery(standing=True), "a"),
        (AlarmQuery(standing=False), "dcb"),
        (AlarmQuery(never_acknowledged=True), "d"),
        (AlarmQuery(text="coolant bench"), "b"),
        (AlarmQuery(text="COOLANT none"), ""),
        (AlarmQuery(text="100% ' OR 1=1"), ""),
        (AlarmQuery(recording="rec-1"), "c"),
    ],
)
def test_filters(alarms, query, found):
    made = {
        "a": alarm(),
        "b": alarm(
            raised=AT + timedelta(minutes=1),
            vehicle_id="v2",
            label="Coolant hot",
            priority=Priority.LOW,
            level=Level.WARNING,
            state=AlarmState.NORMAL,
            cleared=AT,
        ),
        "c": alarm(
            raised=AT + timedelta(minutes=2),
            state=AlarmState.NORMAL,
            cleared=AT,
            recording_id="rec-1",
        ),
        "d": alarm(
            raised=AT + timedelta(minutes=3),
            level=Level.WARNING,
            state=AlarmState.RETURNED_UNACKNOWLEDGED,
            cleared=AT,
        ),
    }
    alarms.keep(made.values())
    names = {record.id: name for name, record in made.items()}
    assert "".join(names[record.id] for record in alarms.find(query)) == found
    assert alarms.count(query) == len(found)


def test_pages_follow_each_other_in_both_directions(alarms):
    made = [alarm() for _ in range(7)]
    alarms.keep(made)
    for oldest_first in (False, True):
        read, last = [], ""
        while page := alarms.find(limit=3, before=last, oldest_first=oldest_first):
            read += page
            last = page[-1].id
        assert read == (made if oldest_first else made[::-1])


def test_standing_comes_in_first_out_order(alarms):
    made = [alarm(), alarm(cleared=AT), alarm()]
    alarms.keep(made)
    assert alarms.standing() == (made[0], made[2])


def test_an_alarm_is_found_by_how_its_id_begins(alarms):
    record = alarm()
    alarms.keep([record])
    assert alarms.get(record.id[:30]) == record
    for nothing in ("", "none such", "%"):
        with pytest.raises(NotKept):
            alarms.get(nothing)


def test_settling_ends_what_stood_and_keeps_its_last_state(alarms):
    asking, acknowledged = alarm(), alarm(state=AlarmState.ACTIVE_ACKNOWLEDGED, acknowledged=AT)
    alarms.keep([asking, acknowledged])
    assert alarms.settle(AT) == 2
    assert [record.never_acknowledged for record in alarms.find()] == [False, True]
    assert {record.cleared_by for record in alarms.find()} == {"the desk was closed"}
    assert alarms.settle(AT) == 0


def test_what_a_person_does_is_kept_with_its_record_and_its_shelf(store, alarms):
    record = alarm()
    shelf = Shelf("v1", record.key, AT, AT + timedelta(hours=1), "noise", BY.id, BY.name)
    alarms.acted(BY, [record], [entry(record, "alarm.shelve")], put=shelf)
    assert alarms.shelves("v1") == (shelf,)
    assert alarms.shelves("v2") == ()
    alarms.acted(BY, [], [entry(record, "alarm.unshelve")], taken=("v1", record.key))
    assert alarms.shelves("v1") == ()


def test_an_alarm_is_shelved_anew_with_the_new_time(alarms):
    for hours in (1, 2):
        shelf = Shelf("v1", "k", AT, AT + timedelta(hours=hours), "noise", BY.id, BY.name)
        alarms.acted(BY, [], [Entry("alarm.shelve", Entity("alarm"))], put=shelf)
    assert alarms.shelves("v1") == (shelf,)


def test_acknowledging_afterwards_needs_the_right_and_something_that_asks(alarms):
    record = alarm()
    alarms.keep([record])
    alarms.settle(AT)
    with pytest.raises(NotSignedIn):
        alarms.acknowledge(record.id, NOBODY)
    assert alarms.acknowledge(record.id, BY).acknowledged_by == "Tom Technician"
    with pytest.raises(AlarmRefused):
        alarms.acknowledge(record.id, BY)


def test_one_process_watches_and_the_next_one_after_it(tmp_path, alarms):
    assert alarms.watch_alone()
    assert alarms.watch_alone()
    other = Store(tmp_path)
    assert not other.alarms.watch_alone()
    alarms.leave_watch()
    assert other.alarms.watch_alone()
    other.close()
