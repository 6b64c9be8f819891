"""Marks of alarms: durable when written, their end moves, and a kill leaves the last one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.migrations.recordings.versions import STEPS
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind, RecordingWriter
from cartech_desk.store.schema import Plan, open_database
from cartech_desk.store.store import RECORDINGS, Store

SECOND = 1_000_000_000
ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)

KILLED = """
import sys, threading
from pathlib import Path
from cartech_desk.store.recordings import Mark, MarkKind
from cartech_desk.store.store import Store
store = Store(Path(sys.argv[1]))
writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
for end in (12, 20):
    alarm = Mark(2_000_000_000, MarkKind.ALARM, "Over-boost", end * 1_000_000_000)
    writer.write({}, alarms={"a": alarm})
    print(end, flush=True)
threading.Event().wait()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def begun(store: Store, operator: Actor | None = None) -> RecordingWriter:
    vehicle = store.vehicles.by_name("Blue Golf").id
    return store.recordings.begin(vehicle, [], anchor_ns=0, operator=operator)


def alarm(end_s: float, note: str = "Over-boost") -> Mark:
    return Mark(2 * SECOND, MarkKind.ALARM, note, round(end_s * SECOND))


def test_the_end_of_an_alarm_that_was_written_moves(store: Store) -> None:
    writer = begun(store)
    writer.write({}, alarms={"a": alarm(12), "b": alarm(13, "Lean")})
    writer.write({}, [Mark(0, MarkKind.NOTE, "m")], alarms={"a": alarm(30)})
    kept = writer.close()
    assert set(kept.alarms) == {alarm(30), alarm(13, "Lean")}
    assert len(kept.marks) == 3


def test_an_alarm_is_durable_without_a_sample(store: Store) -> None:
    writer = begun(store)
    writer.write({}, alarms={"a": alarm(12)})
    assert store.recordings.get(writer.id).alarms == (alarm(12),)
    writer.close()


def test_a_kill_leaves_the_end_that_was_written_last(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert [child.stdout.readline() for _ in range(2)] == ["12\n", "20\n"]
        child.kill()
    store = Store(tmp_path)
    (kept,) = store.recordings.list()
    assert kept.ending is Ending.POWER_CUT
    assert kept.alarms == (alarm(20),)
    store.close()


def test_a_recording_carries_its_operator_and_is_found_by_the_name(store: Store) -> None:
    begun(store, ADA).close()
    begun(store).close()
    (found,) = store.recordings.list("administrator")
    assert (found.operator, found.operator_id) == (ADA.name, ADA.id)
    assert {one.operator for one in store.recordings.list()} == {ADA.name, ""}


def test_recordings_of_a_file_of_version_1_0_have_no_operator(tmp_path: Path) -> None:
    Store(tmp_path).close()
    path = tmp_path / "recordings.db"
    path.unlink()
    old = open_database(path, Plan(RECORDINGS.application_id, STEPS[:1], page_bytes=8192))
    with old.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO recording (id, vehicle_id, vehicle_name, note, anchor, ending) "
            "VALUES ('0192-old', 'v', 'Blue Golf', '', '2026-01-02T03:04:05+00:00', 'stopped')"
        )
    old.close()
    store = Store(tmp_path)
    (kept,) = store.recordings.list()
    assert (kept.vehicle_name, kept.operator, kept.operator_id) == ("Blue Golf", "", "")
    writer = begun(store, ADA)
    t_ns = np.arange(10) * SECOND
    writer.write({"rpm": Columns(t_ns, t_ns * 1.0, np.zeros(10, np.uint8))})
    assert writer.close().operator == ADA.name
    store.close()
