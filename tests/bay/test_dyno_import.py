"""Files of other programs become runs, whole or not at all."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cartech_desk.bay import dyno_import
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Basis, RunSetup, View
from cartech_desk.domain.dyno.tables import FileRefused, MappingRefused
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.dyno import DynoStore, RunEnding
from cartech_desk.store.errors import DiskFull, NotKept
from cartech_desk.store.recordings import RecordingWriter
from cartech_desk.store.store import Store
from tests.domain.dyno.exports import pull, text_of, winpep

TOM = Actor.at_command_line("tom")
HP = 0.7456998715822702


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def runs(store: Store) -> DynoRuns:
    return DynoRuns(store)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "RunFile_7.csv"
    path.write_bytes(winpep())
    return path


def nothing_is_kept(store: Store) -> bool:
    return not (
        store.recordings.list()
        or store.dyno.sessions()
        or store.dyno.all_runs()
        or [r for r in store.audit.find(Query(), limit=9) if r.action.startswith("dyno")]
    )


def test_an_imported_run_is_a_recording_a_session_and_a_run(
    store: Store, runs: DynoRuns, file: Path
) -> None:
    run = runs.import_file(file, None, TOM, vehicle_id=store.vehicles.by_name("Blue Golf").id)
    assert (run.ending, run.tier, run.name) == (RunEnding.IMPORTED, Tier.IMPORTED, "RunFile_7")
    assert run.file == "RunFile_7.csv"
    assert len(run.file_sha256) == len(run.samples_sha256) == 64
    session = store.dyno.session(run.session)
    assert session.vehicle_name == "Blue Golf"
    assert session.ended is not None
    recording = store.recordings.get(run.recording_id)
    assert (recording.note, recording.deleted) == ("Imported from RunFile_7.csv", False)
    assert store.audit.find(Query(), limit=1)[0].action == "dyno.run_import"


def test_what_is_read_back_is_what_the_file_says(runs: DynoRuns, file: Path) -> None:
    made = pull()
    run = runs.import_file(file, None, TOM)
    raw = runs.raw(run.id)
    rpm = raw.tracks[run.setup.roles[Role.RPM]]
    assert rpm.values == pytest.approx(made.rpm[3:], abs=0.06)
    assert rpm.t_ns[0] == 150_000_000
    assert not any(track.of_car for track in raw.tracks.values())
    assert runs.result(run.id, View("none")).peak_power.value == pytest.approx(
        made.kw.max(), rel=0.01
    )


def test_the_run_began_when_its_file_says_by_its_own_time(
    store: Store, runs: DynoRuns, file: Path
) -> None:
    written = datetime(2024, 5, 17, 14, 30, tzinfo=UTC)
    os.utime(file, (written.timestamp(), written.timestamp()))
    run = runs.import_file(file, None, TOM)
    assert run.started == written - timedelta(seconds=10)
    assert store.recordings.get(run.recording_id).anchor == run.started
    assert runs.raw(run.id).start_utc == run.started


def test_a_run_joins_a_session_and_takes_its_setup(
    store: Store, runs: DynoRuns, file: Path
) -> None:
    session = store.dyno.session(runs.import_file(file, None, TOM).session)
    session = store.dyno.change_session(
        replace(session, setup=RunSetup(gear="4", basis=Basis.FORCE)), TOM
    )
    run = runs.import_file(file, None, TOM, session=session, name="After", note="new intake")
    assert (run.session, run.number, run.name, run.note) == (session.id, 2, "After", "new intake")
    assert (run.setup.gear, run.setup.basis) == ("4", Basis.FORCE)
    assert run.setup.roles[Role.SPEED] == "dyno_speed"


def test_columns_that_were_said_once_are_remembered(
    store: Store, runs: DynoRuns, tmp_path: Path
) -> None:
    made = pull()
    path = tmp_path / "plain.csv"
    path.write_text(
        text_of({"Time [s]": made.t, "Speed [km/h]": made.kmh, "RPM": made.rpm, "Power": made.kw})
    )
    with pytest.raises(MappingRefused, match="corrected for the weather"):
        runs.import_file(path, None, TOM)
    proposal = runs.propose(path)
    said = replace(
        proposal.mapping,
        columns=tuple(
            replace(one, unit="kW") if one.role is Role.POWER else one
            for one in proposal.mapping.columns
        ),
    )
    runs.import_file(path, said, TOM, remember=False)
    assert not runs.propose(path).remembered
    runs.import_file(path, said, TOM)
    again = runs.propose(path)
    assert again.remembered
    run = runs.import_file(path, None, TOM)
    assert runs.result(run.id, View("none")).peak_power.value == pytest.approx(
        made.kw.max(), rel=0.01
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Name,Street\nAda,High Street\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"Time,Speed [mph]\n" + b"".join(b"0.%d,0\n" % n for n in range(10, 40)),
        b"Time,Speed [mph],RPM\n" + b"".join(b"0.%d,50,2.%d\n" % (n, n) for n in range(10, 99)),
        winpep()[:700],
    ],
    ids=["empty", "words", "picture", "standing", "krpm", "header and three rows"],
)
def test_bad_files_are_refused_and_nothing_is_kept(
    store: Store, runs: DynoRuns, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises((FileRefused, MappingRefused)) as refused:
        runs.import_file(path, None, TOM)
    assert refused.value.kept == "Nothing was imported."
    assert nothing_is_kept(store)
    assert store.vehicles.list() == ()


def test_a_file_that_is_not_there_is_told(runs: DynoRuns, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no file"):
        runs.import_file(tmp_path / "gone.csv", None, TOM)
    with pytest.raises(FileRefused, match="no file"):
        runs.propose(tmp_path)


def test_a_session_that_is_gone_leaves_nothing(store: Store, runs: DynoRuns, file: Path) -> None:
    with pytest.raises(NotKept):
        runs.import_file(file, None, TOM, vehicle_id="nobody")
    assert nothing_is_kept(store)


@pytest.mark.parametrize("where", ["samples", "run"])
def test_a_full_disk_leaves_nothing_half_kept(
    store: Store, runs: DynoRuns, file: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("The disk is full.", to_do="Make room.")

    if where == "samples":
        monkeypatch.setattr(RecordingWriter, "write", full)
    else:
        monkeypatch.setattr(DynoStore, "add_run", full)
    with pytest.raises(DiskFull):
        runs.import_file(file, None, TOM)
    assert nothing_is_kept(store)
    assert store.recordings.deleted() == ()


def test_a_desk_that_dies_in_between_leaves_nothing_on_any_list(
    store: Store, runs: DynoRuns, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DynoStore, "add_run", die)
    monkeypatch.setattr(dyno_import, "_take_back", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        runs.import_file(file, None, TOM)
    assert nothing_is_kept(store)


def test_a_desk_that_dies_as_the_samples_begin_leaves_nothing_on_a_list(
    store: Store, runs: DynoRuns, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RecordingWriter, "add_channels", die)
    monkeypatch.setattr(dyno_import, "_take_back", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        runs.import_file(file, None, TOM)
    assert store.recordings.list() == ()


def test_a_desk_that_dies_after_the_run_was_kept_finds_its_recording_again(
    store: Store, runs: DynoRuns, file: Path
) -> None:
    run = runs.import_file(file, None, TOM)
    store.recordings.delete(run.recording_id)  # as it stands until the last step
    assert runs.result(run.id, View()).peak_power is not None
    runs.settle()
    assert not store.recordings.get(run.recording_id).deleted


def test_absurd_and_missing_weather_is_said_and_the_run_kept(
    runs: DynoRuns, tmp_path: Path
) -> None:
    made = pull()
    made.kpa[:] = 8.0
    path = tmp_path / "absurd.csv"
    path.write_bytes(winpep(made))
    result = runs.result(runs.import_file(path, None, TOM).id, View())
    assert result.factor.value == 1.0
    assert result.factor.why_not
    assert result.peak_power is not None


def test_odd_rows_are_told(runs: DynoRuns, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(winpep()[:-60])
    told: list[str] = []
    runs.import_file(path, None, TOM, warn=told.append)
    assert any("cut off" in warning for warning in told)
