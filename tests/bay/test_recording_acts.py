"""Acts on recordings: who may, what is recorded of them, and what a kill in between leaves."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay import recording_acts
from cartech_desk.bay.export import ExportRefused
from cartech_desk.bay.removal import Removal
from cartech_desk.domain.audit import AuditRecord, Entity, Entry, Phase
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import (
    DESK,
    NOBODY,
    Actor,
    NotSignedIn,
    RightMissing,
    Role,
)
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import DiskFull, NotKept, StoreError
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

MANAGER = Actor("0192-m", "Mo Manager", Role.MANAGER)
TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
COMMAND = Actor.at_command_line("somebody")
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)

KILLED = """
import os, sys
from pathlib import Path
from cartech_desk.bay import recording_acts
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.recordings import RecordingStore
from cartech_desk.store.store import Store
folder, recording_id, when = sys.argv[1:]
store = Store(Path(folder))
delete = RecordingStore.delete
def dying(self, recording_id):
    if when == "after":
        delete(self, recording_id)
    os._exit(9)
RecordingStore.delete = dying
recording_acts.delete(store, recording_id, Actor("0192-m", "Mo Manager", Role.MANAGER))
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def recording(store: Store) -> str:
    return recorded(store)


def recorded(store: Store) -> str:
    writer = store.recordings.begin(store.vehicles.by_name("Blue Golf").id, [RPM], anchor_ns=0)
    t_ns = np.arange(100) * 100_000_000
    writer.write({"rpm": Columns(t_ns, np.arange(100.0), np.zeros(100, np.uint8))})
    return writer.close().id


def found(store: Store) -> list[AuditRecord]:
    """All records, the oldest first."""
    return sorted(store.audit.find(Query()), key=lambda one: one.sequence)


def records(store: Store) -> list[tuple[str, Phase, str, bool | None]]:
    """Action, phase, actor and outcome of all records, the oldest first."""
    return [
        (one.action, one.phase, one.actor.name, (one.after or {}).get("done"))
        for one in found(store)
    ]


def both(action: str, actor: str, *, done: bool) -> list[tuple[str, Phase, str, bool | None]]:
    return [(action, Phase.INTENT, actor, None), (action, Phase.RESULT, actor, done)]


def test_deleting_restoring_and_removing_leave_intent_and_result(
    store: Store, recording: str
) -> None:
    recording_acts.delete(store, recording, MANAGER, "test drive of a customer")
    recording_acts.restore(store, recording, MANAGER)
    recording_acts.delete(store, recording, MANAGER)
    assert recording_acts.purge(store, recording, MANAGER)
    assert records(store) == [
        *both("recording.delete", "Mo Manager", done=True),
        *both("recording.restore", "Mo Manager", done=True),
        *both("recording.delete", "Mo Manager", done=True),
        *both("recording.purge", "Mo Manager", done=True),
    ]
    intent = found(store)[0]
    assert intent.reason == "test drive of a customer"
    assert intent.entity.id == recording
    assert intent.entity.name.startswith("Blue Golf, ")
    assert intent.entity.vehicle
    assert store.audit.verify().ok
    assert list(store.folder.glob("*-act-*")) == []


@pytest.mark.parametrize("act", [recording_acts.delete, recording_acts.restore])
@pytest.mark.parametrize(
    ("by", "refusal"), [(TECHNICIAN, RightMissing), (NOBODY, NotSignedIn), (COMMAND, NotSignedIn)]
)
def test_without_the_right_nothing_happens_and_nothing_is_recorded(
    store: Store,
    recording: str,
    act: Callable[[Store, str, Actor], None],
    by: Actor,
    refusal: type[CarTechError],
) -> None:
    with pytest.raises(refusal):
        act(store, recording, by)
    with pytest.raises(refusal):
        recording_acts.purge(store, recording, by)
    assert not store.recordings.get(recording).deleted
    assert records(store) == []


def test_a_reason_that_cannot_be_shown_deletes_nothing(store: Store, recording: str) -> None:
    with pytest.raises(TextRefused):
        recording_acts.delete(store, recording, MANAGER, "x\x1b[2K\x1b[1Agone")
    assert not store.recordings.get(recording).deleted
    assert not records(store)


def test_an_export_says_which_file_and_how_long_it_is(
    store: Store, recording: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    recording_acts.export(store, recording, path, COMMAND, channels=["rpm"], first_ns=0)
    result = found(store)[-1]
    assert result.after is not None
    assert result.after["file"] == str(path)
    assert result.after["bytes"] == str(path.stat().st_size)
    assert records(store) == both("recording.export", COMMAND.name, done=True)


def test_nobody_in_the_window_exports_nothing(store: Store, recording: str, tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn):
        recording_acts.export(store, recording, tmp_path / "a.csv", NOBODY)
    assert not (tmp_path / "a.csv").exists()


def test_an_export_that_is_refused_before_it_begins_is_not_recorded(
    store: Store, recording: str, tmp_path: Path
) -> None:
    with pytest.raises(ExportRefused):
        recording_acts.export(store, recording, tmp_path / "a.xls", MANAGER)
    with pytest.raises(NotKept):
        recording_acts.export(store, "no-such-recording", tmp_path / "a.csv", MANAGER)
    assert records(store) == []


def test_an_act_that_fails_is_recorded_as_not_done(
    store: Store, recording: str, tmp_path: Path
) -> None:
    with pytest.raises(StoreError):
        recording_acts.purge(store, recording, MANAGER)  # it is not deleted
    with pytest.raises(ExportRefused):
        recording_acts.export(store, recording, tmp_path / "a.csv", MANAGER, channels=["boost"])
    assert [one[3] for one in records(store)] == [None, False, None, False]
    assert "is not deleted" in found(store)[1].reason


def test_an_intent_that_cannot_be_recorded_keeps_the_act_from_happening(
    store: Store, recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> int:
        raise DiskFull("The disk is full.", to_do="Free some space.")

    monkeypatch.setattr(store.audit, "intent", full)
    with pytest.raises(DiskFull):
        recording_acts.delete(store, recording, MANAGER)
    assert not store.recordings.get(recording).deleted


def test_a_result_that_cannot_be_recorded_is_settled_later(
    store: Store, recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> int:
        raise DiskFull("The disk is full.", to_do="Free some space.")

    with monkeypatch.context() as broken:
        broken.setattr(store.audit, "result", full)
        recording_acts.delete(store, recording, MANAGER)
    assert recording_acts.settle(store) == 0  # too young to be sure
    assert recording_acts.settle(store, sure_s=0.0) == 1
    assert records(store)[-1] == ("recording.delete", Phase.RESULT, DESK.name, True)


@pytest.mark.parametrize(("when", "done"), [("before", False), ("after", True)])
def test_an_act_cut_short_by_a_kill_is_settled_by_what_is_there(
    tmp_path: Path, when: str, done: bool
) -> None:
    store = Store(tmp_path)
    recording = recorded(store)
    store.close()
    words = [sys.executable, "-c", KILLED, str(tmp_path), recording, when]
    assert subprocess.run(words, check=False).returncode == 9
    store = Store(tmp_path)
    assert [one.action for one in store.audit.unsettled()] == ["recording.delete"]
    assert recording_acts.settle(store, sure_s=0.0) == 1
    assert store.recordings.get(recording).deleted is done
    assert records(store) == [
        ("recording.delete", Phase.INTENT, "Mo Manager", None),
        ("recording.delete", Phase.RESULT, DESK.name, done),
    ]
    assert recording_acts.settle(store, sure_s=0.0) == 0
    assert list(tmp_path.glob("*-act-*")) == []
    store.close()


def test_an_act_under_way_is_not_settled(store: Store, recording: str, tmp_path: Path) -> None:
    settled = []

    def look(_fraction: float) -> None:
        settled.append(recording_acts.settle(store, sure_s=0.0))

    recording_acts.export(store, recording, tmp_path / "a.csv", MANAGER, progress=look)
    assert set(settled) == {0}
    assert records(store) == both("recording.export", "Mo Manager", done=True)


@pytest.mark.parametrize("action", ["alarm.export", "limit.export"])
def test_an_export_of_alarms_or_limits_cut_short_is_settled_once_none_can_be_under_way(
    store: Store, tmp_path: Path, action: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("timestamp\n")
    store.audit.intent(MANAGER, Entry(action, Entity("alarm"), after={"file": str(path)}))
    assert recording_acts.settle(store, sure_s=0.0) == 0
    assert recording_acts.settle(store, longest_s=0.0) == 1
    assert records(store)[-1] == (action, Phase.RESULT, DESK.name, True)


@pytest.mark.parametrize("written", [True, False])
def test_an_export_cut_short_is_settled_by_its_file(
    store: Store, recording: str, tmp_path: Path, written: bool
) -> None:
    path = tmp_path / "a.csv"
    entity = Entity("recording", recording)
    store.audit.intent(MANAGER, Entry("recording.export", entity, after={"file": str(path)}))
    if written:
        path.write_text("time [s]\n")
    recording_acts.settle(store, sure_s=0.0)
    assert records(store)[-1][3] is written


def test_other_intents_are_left_alone(store: Store) -> None:
    store.audit.intent(MANAGER, Entry("audit.export", Entity("audit")))
    assert recording_acts.settle(store, sure_s=0.0) == 0


def test_what_the_desk_removes_after_30_days_is_recorded_as_its_own_act(
    store: Store, recording: str
) -> None:
    store.recordings.delete(recording)
    in_31_days = datetime.now(UTC) + timedelta(days=31)
    removal = Removal(store, lambda: False, first_after_s=0.0, now=lambda: in_31_days)
    removal.start()
    deadline = time.monotonic() + 5
    while len(records(store)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    removal.stop()
    assert records(store) == both("recording.purge", DESK.name, done=True)
