"""Kept runs put right: whose they are, the air that was typed, what must not be compared."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cartech_desk.bay.dyno_import import AlreadyImported
from cartech_desk.bay.dyno_runs import UNKNOWN_CAR, DynoRuns
from cartech_desk.domain.dyno.run import Conditions, View
from cartech_desk.domain.dyno.tables import MappingRefused
from cartech_desk.domain.people import Actor, NotSignedIn
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.dyno import started_words
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store
from tests.domain.dyno.exports import pull, text_of, winpep

TOM = Actor("", "tom (command line)")


@pytest.fixture
def runs(store: Store) -> DynoRuns:
    return DynoRuns(store)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "RunFile_7.csv"
    path.write_bytes(winpep(pull()))
    return path


@pytest.fixture
def dry(tmp_path: Path) -> Path:
    """A file that says nothing of the weather."""
    made = pull()
    path = tmp_path / "dry.csv"
    path.write_text(
        text_of(
            {
                "Time [s]": made.t,
                "Speed [km/h]": made.kmh,
                "Engine RPM": made.rpm,
                "Observed power [kW]": made.kw,
            }
        )
    )
    return path


def test_a_run_moves_to_another_car_with_a_trace_and_leaves_no_empty_session(
    runs: DynoRuns, store: Store, file: Path
) -> None:
    run = runs.import_file(file, None, TOM)
    golf = store.vehicles.by_name("Blue Golf")
    moved = runs.move(run, TOM, vehicle_id=golf.id, reason="wrong car")
    session = store.dyno.session(moved.session)
    assert session.vehicle_name == "Blue Golf"
    assert (moved.id, moved.name, moved.number) == (run.id, run.name, 1)
    assert [one.id for one in store.dyno.sessions()] == [session.id]
    record = store.audit.find(Query(), limit=1)[0]
    assert record.action == "dyno.run_change"
    assert record.before is not None
    assert record.after is not None
    assert record.before["vehicle"] == UNKNOWN_CAR
    assert record.after["vehicle"] == "Blue Golf"
    assert record.reason == "wrong car"
    assert runs.result(moved.id, View()).peak_power is not None


def test_a_run_moves_into_a_session_and_counts_on_there(
    runs: DynoRuns, store: Store, file: Path, dry: Path
) -> None:
    golf = store.vehicles.by_name("Blue Golf")
    first = runs.import_file(file, None, TOM, vehicle_id=golf.id)
    other = runs.import_file(dry, None, TOM)
    moved = runs.move(other, TOM, session=store.dyno.session(first.session))
    assert (moved.session, moved.number) == (first.session, 2)


def test_typed_air_stands_instead_of_the_station_s_and_says_so(runs: DynoRuns, file: Path) -> None:
    run = runs.import_file(file, None, TOM)
    before = runs.result(run.id, View("sae")).factor
    typed = replace(run.setup, conditions=Conditions(pressure_kpa=85.0, source="typed"))
    changed = runs.change(replace(run, setup=typed), TOM)
    after = runs.result(changed.id, View("sae")).factor
    assert after.conditions.pressure_kpa == 85.0
    assert after.value > before.value + 0.05
    assert "pressure typed" in after.conditions.source
    assert "instead of the weather station's" in after.conditions.source
    again = runs.change(replace(changed, note="warm"), TOM)
    assert runs.result(again.id, View("sae")).factor.conditions.pressure_kpa == 85.0


def test_a_corrected_run_beside_an_uncorrected_one_is_told_loudly(
    runs: DynoRuns, file: Path, dry: Path
) -> None:
    a, b = runs.import_file(file, None, TOM), runs.import_file(dry, None, TOM)
    warnings = runs.compare(a.id, b.id, View("sae")).warnings
    assert warnings[0].startswith("Not comparable as they stand: dry is not corrected")
    assert not any(
        "Not comparable" in one for one in runs.compare(a.id, b.id, View("none")).warnings
    )
    assert any("Not comparable" in one for one in runs.repeatability([a.id, b.id], View()).warnings)


def test_the_same_samples_twice_are_told(runs: DynoRuns, file: Path) -> None:
    a, b = runs.import_file(file, None, TOM), runs.import_file(file, None, TOM, name="Copy")
    told = runs.compare(a.id, b.id, View()).warnings
    assert any("same run kept twice" in one for one in told)


def test_once_a_shop_is_founded_a_change_needs_somebody(
    runs: DynoRuns, store: Store, file: Path
) -> None:
    run = runs.import_file(file, None, TOM)
    run = runs.change(replace(run, note="free before"), TOM)
    People(store, Session(), cost=4).found(
        shop="Test shop",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email="ada@shop.example",
        password=" ".join(("three", "blind", "mice", "play", "darts")),
    )
    with pytest.raises(NotSignedIn):
        runs.change(replace(run, note="and after"), TOM)
    with pytest.raises(NotSignedIn):
        runs.move(run, TOM, vehicle_id=store.vehicles.by_name("Blue Golf").id)
    assert store.dyno.run(run.id).note == "free before"


def test_a_run_is_named_by_the_end_of_its_id_by_its_name_and_as_the_last(
    runs: DynoRuns, store: Store, file: Path, dry: Path
) -> None:
    first, second = runs.import_file(file, None, TOM), runs.import_file(dry, None, TOM)
    assert first.id[:4] == second.id[:4]
    assert store.dyno.run(first.id[-6:]).id == first.id
    assert store.dyno.run("runfile_7").id == first.id
    assert store.dyno.run("last").id == second.id
    assert store.dyno.session("last").id == second.session
    with pytest.raises(NotKept, match="Several dyno runs begin with"):
        store.dyno.run(first.id[:4])
    again = runs.import_file(file, None, TOM)
    with pytest.raises(NotKept, match="Several dyno runs are called"):
        store.dyno.run(again.name)


def test_a_date_is_kept_with_where_it_is_from(store: Store, runs: DynoRuns, file: Path) -> None:
    at = datetime(2024, 5, 17, 12, 3, tzinfo=UTC)
    run = runs.import_file(file, None, TOM, started=at)
    kept = store.dyno.run(run.id)
    assert (kept.started, kept.started_is.value) == (at, "typed")
    assert runs.import_file(file, None, TOM).started_is.value == "file_time"


def test_a_file_tells_when_it_was_driven(runs: DynoRuns, tmp_path: Path) -> None:
    named = tmp_path / "Golf 2024-05-17_14-03.csv"
    named.write_bytes(winpep(pull()))
    run = runs.import_file(named, None, TOM)
    assert f"{run.started.astimezone():%Y-%m-%d %H:%M}" == "2024-05-17 14:03"
    assert (run.started_is.value, run.day_only) == ("file_name", False)
    worded = tmp_path / "worded.csv"
    worded.write_bytes(b"Run of 17 May 2023\n" + winpep(pull()))
    run = runs.import_file(worded, None, TOM)
    assert f"{run.started.astimezone():%Y-%m-%d}" == "2023-05-17"
    assert (run.started_is.value, run.day_only) == ("written", True)
    assert "the time of day is not known" in started_words(run)


def test_the_same_file_again_is_refused_unless_it_is_meant(runs: DynoRuns, file: Path) -> None:
    first = runs.import_file(file, None, TOM, again=False)
    assert runs.propose(file).twins == (first.name,)
    with pytest.raises(AlreadyImported, match=first.id[-6:]):
        runs.import_file(file, None, TOM, again=False)
    assert runs.import_file(file, None, TOM, again=True).id != first.id


def test_power_that_was_corrected_and_nothing_else_is_refused_with_the_cure(
    runs: DynoRuns, tmp_path: Path
) -> None:
    made = pull()
    path = tmp_path / "corrected.csv"
    path.write_text(
        text_of({"Time [s]": made.t, "Engine RPM": made.rpm, "SAE power [hp]": made.kw / 0.7457})
    )
    with pytest.raises(MappingRefused, match="corrected twice") as refused:
        runs.import_file(path, None, TOM)
    assert "uncorrected" in refused.value.to_do


def test_the_cure_names_the_columns_and_both_roles_of_a_power(
    runs: DynoRuns, tmp_path: Path
) -> None:
    made = pull()
    path = tmp_path / "plain.csv"
    path.write_text(text_of({"Time [s]": made.t, "RPM": made.rpm, "Power [hp]": made.kw / 0.7457}))
    with pytest.raises(MappingRefused) as refused:
        runs.import_file(path, None, TOM)
    assert '--column "Power [hp]=power:hp" where it is uncorrected' in refused.value.to_do
    assert '"Power [hp]=corrected_power:hp"' in refused.value.to_do
