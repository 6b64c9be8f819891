"""The sessions that a page begins with: the last ones, what was asked for, and what is searched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.people import DESK
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def ids(store):
    """Keep ten sessions of two cars with two runs each; return the ids of their first runs."""
    found = []
    for number in range(10):
        car = store.vehicles.by_name("Blue Civic" if number % 2 else "Red Golf")
        session = DynoSession(
            id="",
            vehicle_id=car.id,
            vehicle_name="",
            operator=DESK,
            started=BEGAN + timedelta(days=number),
            ended=BEGAN + timedelta(days=number, hours=1) if number else None,
            test_type=TestType.POWER_PULL,
            setup=RunSetup(),
            notes="wet_day" if number == 3 else "",
        )
        run = DynoRun(
            id="",
            session="",
            number=0,
            name="",
            recording_id="",
            first_ns=0,
            last_ns=1,
            started=session.started,
            ending=RunEnding.STOPPED,
            tier=Tier.DOCUMENTED,
            setup=RunSetup(),
            file_sha256=f"{number:064x}",
        )
        first = store.dyno.add_run(run, DESK, session=session)
        store.dyno.add_run(replace(run, session=first.session), DESK)
        found.append(first.id)
    return found


def test_the_last_sessions_come_with_all_their_runs(store, ids):
    found = store.dyno.latest(3)
    assert found.more
    assert [one.started.day for one in found.sessions] == [11, 10, 9]
    assert len(found.runs) == 6
    assert not store.dyno.latest(10).more


def test_a_run_that_is_asked_for_comes_however_old_it_is(store, ids):
    found = store.dyno.latest(2, (ids[0][:20], "nobody knows this one", ""))
    assert [one.started.day for one in found.sessions] == [11, 10, 2]
    assert ids[0] in {run.id for run in found.runs}


def test_a_search_reaches_older_ones_and_takes_no_sign_for_a_pattern(store, ids):
    assert {one.vehicle_name for one in store.dyno.latest(99, search="golf").sessions} == {
        "Red Golf"
    }
    assert [one.notes for one in store.dyno.latest(99, search="wet_d").sessions] == ["wet_day"]
    assert store.dyno.latest(99, search="wet%d").sessions == ()
    assert len(store.dyno.latest(99, search="run 2").sessions) == 10


@pytest.mark.parametrize(
    ("search", "number"),
    [("good", 0), ("no peak", 10), ("power pull", 10), ("coast-down", 0), ("stopped", 10),
     ("2026-03-05", 1), ("GOLF run", 5), ("no pull", 10), ("wheel spin", 0), ("ä", 0)],
)  # fmt: skip
def test_what_a_badge_or_the_day_says_is_searched_too(store, ids, search, number):
    assert len(store.dyno.latest(99, search=search).sessions) == number


def test_open_sessions_and_runs_of_a_file_are_found_without_reading_all(store, ids):
    assert [one.started.day for one in store.dyno.open_sessions()] == [2]
    assert {run.session for run in store.dyno.runs_of_file(f"{4:064x}")} == {
        store.dyno.run(ids[4]).session
    }
    assert store.dyno.runs_of_file("") == ()
