"""Kept runs: read from their recordings, looked at, put right, deleted, settled, never lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay import dyno_runs, recording_acts
from cartech_desk.bay.dyno_runs import UNCORRECTED, DynoRuns
from cartech_desk.bay.removal import Removal
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.compare import NotComparable
from cartech_desk.domain.dyno.raw_hash import samples_sha256
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Basis, Conditions, RunSetup, TestType, View
from cartech_desk.domain.people import DESK, Actor, NotSignedIn, RightMissing
from cartech_desk.domain.people import Role as Rank
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.dyno import (
    DynoRun,
    DynoSession,
    RunEnding,
    SourceUsed,
)
from cartech_desk.store.errors import Changed, NotKept, StoreError
from cartech_desk.store.presence import Presence
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind, RecordingWriter
from cartech_desk.store.store import Store

MANAGER = Actor("0192-m", "Mo Manager", Rank.MANAGER)
TECHNICIAN = Actor("0192-t", "Tom Technician", Rank.TECHNICIAN)
COMMAND = Actor.at_command_line("somebody")
SPEED = Channel("dyno_speed", "Speed", "km/h", 0, 300)
POWER = Channel("dyno_power", "Power", "kW", 0, 500)
PRESSURE = Channel("dyno_pressure", "Pressure", "inHg", 0, 40)
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
SOURCE = SourceUsed("dyno", "sim:a", "dyno", "Dynojet", "224x", "JETDRIVE", Tier.DOCUMENTED)
SETUP = RunSetup(
    roles={Role.SPEED: "dyno_speed", Role.POWER: "dyno_power", Role.RPM: "rpm"},
    conditions=Conditions(25.0, 99.0, 0.0, "typed"),
    ecu_offset_s=0.0,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def runs(store: Store) -> DynoRuns:
    return DynoRuns(store)


def written(store: Store, *, top_kw: float = 150.0, seconds: float = 12.0) -> RecordingWriter:
    """Write a pull from 1 s to 11 s of a recording, with the car's rpm and the weather."""
    vehicle = store.vehicles.by_name("Blue Golf")
    writer = store.recordings.begin(
        vehicle.id, [SPEED, POWER, PRESSURE, RPM], anchor_ns=0, operator=TECHNICIAN
    )
    t = np.arange(0, seconds, 0.02)
    speed = np.interp(t, [0, 1, 11, 12], [50, 50, 160, 150])
    kw = np.interp(t, [0, 1, 10, 11, 12], [5, 40, top_kw, top_kw * 0.9, 0])

    def column(values: np.ndarray) -> Columns:
        return Columns(
            np.round(t * 1e9).astype(np.int64),
            np.asarray(values, dtype=np.float64),
            np.zeros(len(t), np.uint8),
        )

    writer.write(
        {
            "dyno_speed": column(speed),
            "dyno_power": column(kw),
            "dyno_pressure": column(np.full(len(t), 29.0)),
            "rpm": column(speed * 42.0),
        },
        [
            Mark(3_000_000_000, MarkKind.GAP, "", 3_500_000_000),
            Mark(4_000_000_000, MarkKind.GAP, "dyno", 4_200_000_000),
            Mark(100_000_000_000, MarkKind.GAP, "dyno", None),
        ],
    )
    return writer


Drive = Callable[..., DynoRun]


@pytest.fixture
def drive(store: Store, runs: DynoRuns) -> Drive:
    session: list[DynoSession] = []
    writers = []  # one that is let go of is taken for killed

    def driven(
        *, end: RunEnding = RunEnding.STOPPED, close: bool = True, top_kw: float = 150.0, **facts
    ) -> DynoRun:
        if not session:
            session.append(
                store.dyno.begin_session(
                    DynoSession(
                        "",
                        store.vehicles.by_name("Blue Golf").id,
                        "",
                        TECHNICIAN,
                        datetime.now(UTC),
                        None,
                        TestType.POWER_PULL,
                        SETUP,
                        (SOURCE,),
                    ),
                    TECHNICIAN,
                )
            )
        writer = written(store, top_kw=top_kw)
        writers.append(writer)
        run = store.dyno.add_run(
            replace(
                DynoRun(
                    "",
                    session[0].id,
                    0,
                    "",
                    writer.id,
                    500_000_000,
                    None,
                    datetime.now(UTC),
                    RunEnding.OPEN,
                    Tier.DOCUMENTED,
                    SETUP,
                    (SOURCE,),
                ),
                **facts,
            ),
            TECHNICIAN,
        )
        if close:
            writer.close()
        if end is RunEnding.OPEN:
            return run
        over = replace(run, last_ns=11_500_000_000, ending=end)
        return store.dyno.end_run(runs.completed(over), TECHNICIAN)

    return driven


def test_a_run_is_its_stretch_of_the_recording(runs: DynoRuns, drive: Drive) -> None:
    raw = runs.raw(drive().id)
    assert (raw.first_ns, raw.last_ns) == (500_000_000, 11_500_000_000)
    speed = raw.tracks["dyno_speed"]
    assert (speed.t_ns[0], speed.t_ns[-1]) == (500_000_000, 11_500_000_000)
    assert {name for name, track in raw.tracks.items() if track.of_car} == {"rpm"}


def test_samples_come_in_canonical_units(runs: DynoRuns, drive: Drive) -> None:
    track = runs.raw(drive().id).tracks["dyno_pressure"]
    assert track.channel.unit == "kPa"
    assert track.values[0] == pytest.approx(29.0 * 3.386389, rel=1e-5)


def test_gaps_of_the_car_break_a_run_only_where_the_car_is_needed(
    runs: DynoRuns, drive: Drive
) -> None:
    needs_car = runs.raw(drive().id)
    assert needs_car.broken == ((3_000_000_000, 3_500_000_000), (4_000_000_000, 4_200_000_000))
    alone = replace(SETUP, roles={Role.SPEED: "dyno_speed", Role.POWER: "dyno_power"})
    assert runs.raw(drive(setup=alone).id).broken == ((4_000_000_000, 4_200_000_000),)


def test_the_same_view_gives_the_same_object_and_a_correction_the_same_curve(
    runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    first = runs.result(run.id, View())
    assert runs.result(run.id, View()) is first
    other = runs.result(run.id, View("std"))
    assert other.curve is first.curve
    assert other.factor.value != first.factor.value
    assert runs.result(run.id, View("std")) is other


def test_the_summary_is_uncorrected_and_the_hash_that_of_the_samples(
    runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    result = runs.result(run.id, UNCORRECTED)
    assert result.peak_power is not None
    assert run.summary.peak_power_kw == result.peak_power.value
    assert run.summary.conditions == result.factor.conditions
    assert run.samples_sha256 == samples_sha256(runs.raw(run.id))
    assert len(run.samples_sha256) == 64


def test_the_hash_tells_one_changed_sample(runs: DynoRuns, drive: Drive) -> None:
    raw = runs.raw(drive().id)
    before = samples_sha256(raw)
    raw.tracks["rpm"].values[17] += 1e-9
    assert samples_sha256(raw) != before


def test_another_setup_computes_the_summary_anew_and_leaves_the_samples(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    setup = replace(run.setup, basis=Basis.SPEED, equivalent_mass_kg=2000.0)
    changed = runs.change(replace(run, setup=setup, name="  Best  "), TECHNICIAN, "the mass")
    assert changed.name == "Best"
    assert changed.summary.peak_power_kw != run.summary.peak_power_kw
    assert changed.samples_sha256 == run.samples_sha256
    assert runs.result(run.id, UNCORRECTED).basis is Basis.SPEED
    with pytest.raises(Changed):
        runs.change(replace(run, name="Late"), TECHNICIAN)
    assert store.dyno.run(run.id).name == "Best"


def test_runs_are_compared_with_what_was_driven_where(runs: DynoRuns, drive: Drive) -> None:
    one = drive()
    other = drive(setup=replace(SETUP, gear="4"), top_kw=160.0)
    found = runs.compare(one.id, other.id, View())
    assert found.average_b_kw > found.average_a_kw
    assert found.warnings == ()
    third = drive(setup=replace(SETUP, gear="5"))
    assert any("gears" in warning for warning in runs.compare(other.id, third.id, View()).warnings)


def test_repeated_runs_name_the_one_that_does_not_fit(runs: DynoRuns, drive: Drive) -> None:
    kept = [drive(top_kw=kw).id for kw in (150.0, 150.4, 128.0, 149.8)]
    found = runs.repeatability(kept, View())
    assert found.outlier == 2
    assert "Run 3" in found.why
    with pytest.raises(NotComparable):
        runs.repeatability(kept[:1], View())


def test_deleting_needs_the_right_and_leaves_the_recording(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    with pytest.raises(RightMissing):
        runs.delete(run.id, TECHNICIAN)
    with pytest.raises(NotSignedIn):
        runs.delete(run.id, COMMAND)
    runs.delete(run.id, MANAGER, "a bad one")
    assert store.dyno.all_runs() == ()
    assert not store.recordings.get(run.recording_id).deleted
    runs.restore(run.id, MANAGER)
    assert [one.id for one in store.dyno.all_runs()] == [run.id]


def test_a_recording_that_holds_runs_is_not_deleted_under_them(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    with pytest.raises(recording_acts.HoldsRuns, match="Run 1"):
        recording_acts.delete(store, run.recording_id, MANAGER)
    runs.delete(run.id, MANAGER)
    recording_acts.delete(store, run.recording_id, MANAGER)
    with pytest.raises(StoreError, match="deleted as well"):
        runs.restore(run.id, MANAGER)
    recording_acts.purge(store, run.recording_id, MANAGER)
    with pytest.raises(NotKept, match="removed for good"):
        runs.restore(run.id, MANAGER)
    with pytest.raises(NotKept, match="removed for good"):
        DynoRuns(store).raw(run.id)


def test_the_desk_removes_no_deleted_recording_that_holds_runs(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run, other = drive(), drive()
    runs.delete(other.id, MANAGER)
    for recording_id in (run.recording_id, other.recording_id):
        store.recordings.delete(recording_id)
    later = datetime.now(UTC) + timedelta(days=40)
    Removal(store, lambda: False, now=lambda: later)._remove()
    assert runs.raw(run.id).tracks
    with pytest.raises(NotKept):
        store.recordings.get(other.recording_id)
    runs.settle()
    assert not store.recordings.get(run.recording_id).deleted


def test_a_run_that_was_not_recorded_says_so(runs: DynoRuns, drive: Drive, store: Store) -> None:
    run = drive(end=RunEnding.OPEN)
    store.dyno.end_run(replace(run, ending=RunEnding.NOT_RECORDED), TECHNICIAN)
    with pytest.raises(NotKept, match="could not be recorded"):
        runs.raw(run.id)


def test_a_run_under_way_is_read_as_far_as_it_has_come(runs: DynoRuns, drive: Drive) -> None:
    run = drive(end=RunEnding.OPEN, close=False)
    assert runs.raw(run.id).last_ns == 11_980_000_000
    assert runs.settle(sure_s=0.0) == 0
    with pytest.raises(StoreError, match="still being driven"):
        runs.delete(run.id, MANAGER)


def test_a_run_whose_desk_died_gets_the_end_of_its_recording(
    tmp_path: Path, store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive(end=RunEnding.OPEN, close=False)
    # As after a kill: the sign of the writer is there, and nobody holds it.
    sign = tmp_path / f"recordings.db-writer-{run.recording_id}"
    sign.unlink()
    assert runs.settle() == 1
    settled = store.dyno.run(run.id)
    assert (settled.ending, settled.last_ns) == (RunEnding.POWER_CUT, 11_980_000_000)
    assert settled.summary.peak_power_kw == pytest.approx(150.0, rel=0.02)
    assert len(settled.samples_sha256) == 64
    assert "power_cut" in [mark.key for mark in runs.result(run.id, View()).quality]
    assert store.recordings.get(run.recording_id).ending is Ending.POWER_CUT
    assert runs.settle() == 0


def test_a_run_whose_recording_never_began_is_marked_so(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive(end=RunEnding.OPEN, recording_id="never-begun")
    assert runs.settle() == 0  # it may be beginning in this instant
    assert runs.settle(sure_s=0.0) == 1
    assert store.dyno.run(run.id).ending is RunEnding.NOT_RECORDED


def test_a_run_called_unrecorded_is_found_again_where_its_recording_is(
    tmp_path: Path, store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive(end=RunEnding.OPEN, close=False)
    store.dyno.end_run(
        replace(run, first_ns=None, last_ns=None, ending=RunEnding.NOT_RECORDED), TECHNICIAN
    )
    assert runs.settle(sure_s=0.0) == 0  # it is still being written
    (tmp_path / f"recordings.db-writer-{run.recording_id}").unlink()
    assert runs.settle() == 1
    settled = store.dyno.run(run.id)
    assert settled.ending is RunEnding.POWER_CUT
    assert settled.samples_sha256
    assert runs.settle() == 0


def test_a_sign_keeps_others_from_settling_however_long_it_takes(
    tmp_path: Path, store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive(end=RunEnding.OPEN, recording_id="not-yet-begun")
    sign = Presence(tmp_path / "desk.db", f"dyno-run-{run.id}")
    assert runs.settle(sure_s=0.0) == 0
    sign.leave(keep_word=True)  # as a kill leaves it
    assert runs.settle() == 1  # at once, whatever the clock says
    assert store.dyno.run(run.id).ending is RunEnding.NOT_RECORDED


def test_the_end_of_a_run_in_a_recording_that_went_on_is_its_mark_or_the_next_run(
    store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive(end=RunEnding.OPEN)
    recording = store.recordings.get(run.recording_id)
    later = store.dyno.add_run(
        replace(run, id="", number=0, name="", first_ns=9_000_000_000), TECHNICIAN
    )
    assert recording.ending is Ending.STOPPED
    assert runs.settle(sure_s=0.0) == 2
    assert store.dyno.run(run.id).last_ns == 9_000_000_000
    assert store.dyno.run(later.id).last_ns == 11_980_000_000
    assert store.dyno.run(run.id).ending is RunEnding.STOPPED


def test_a_run_without_a_hash_is_given_one(store: Store, runs: DynoRuns, drive: Drive) -> None:
    run = drive(end=RunEnding.OPEN)
    store.dyno.end_run(replace(run, last_ns=11_000_000_000, ending=RunEnding.STOPPED), TECHNICIAN)
    runs.settle()
    settled = store.dyno.run(run.id)
    assert settled.samples_sha256 == samples_sha256(runs.raw(run.id))
    assert settled.summary.peak_power_kw == pytest.approx(150.0, rel=0.02)


def test_a_session_without_its_desk_ends_with_its_last_run(
    tmp_path: Path, store: Store, runs: DynoRuns, drive: Drive
) -> None:
    run = drive()
    sign = Presence(tmp_path / "desk.db", f"dyno-session-{run.session}")
    runs.settle(sure_s=0.0)
    assert store.dyno.session(run.session).ended is None  # somebody holds it
    sign.leave(keep_word=True)
    runs.settle()
    session = store.dyno.session(run.session)
    span = timedelta(microseconds=(run.last_ns - run.first_ns) / 1000)
    assert session.ended == max(session.started, run.started + span)
    record = store.audit.find(Query(), limit=1)[0]
    assert (record.action, record.actor) == ("dyno.session_stop", DESK)


def test_a_lost_source_marks_its_run(runs: DynoRuns, drive: Drive) -> None:
    run = drive(end=RunEnding.SOURCE_LOST)
    assert "source_lost" in [mark.key for mark in runs.result(run.id, View()).quality]
    assert ("source_lost", "source lost", True) in run.summary.quality


def test_curves_kept_in_memory_are_bounded(
    runs: DynoRuns, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = drive()
    monkeypatch.setattr(dyno_runs, "_MOST_BYTES", 1)
    before = runs.result(run.id, View("none", 0))
    for level in range(1, 4):
        runs.result(run.id, View("none", level))
    assert len(runs._curves._kept) == 1
    assert runs.result(run.id, View("none", 0)) is before
