"""A file of format 1.3 with vehicles and runs comes up to the office's, and search finds them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.store.migrations.desk.versions import STEPS
from cartech_desk.store.schema import Plan, open_database
from cartech_desk.store.store import DESK, Store

BEFORE = tuple(step for step in STEPS if step.version < (1, 4))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("older")
    open_database(folder / "desk.db", Plan(DESK.application_id, BEFORE)).close()
    with closing(sqlite3.connect(folder / "desk.db")) as connection:
        connection.executemany(
            "INSERT INTO vehicle (id, vin, name, name_key, created, used, deleted) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                ("v1", "WVWZZZ1JZXW000001", "Blue Golf", "blue golf", DAY, DAY, None),
                ("v2", None, "Escort of 1975", "escort of 1975", DAY, DAY, None),
                ("v3", None, "Sold Astra", "sold astra", DAY, DAY, DAY),
            ],
        )
        connection.execute(
            "INSERT INTO dyno_session (id, vehicle_id, vehicle_name, operator_id, operator_name, "
            "test_type, started, body) VALUES ('s1', 'v1', 'Golf', '', 'Mia', 'pull', ?, '{}')",
            (DAY,),
        )
        connection.execute(
            "INSERT INTO dyno_run (id, session, number, name, recording_id, started, ending, tier, "
            "body) VALUES ('r1', 's1', 1, 'Run 1', '', ?, 'stopped', '', '{}')",
            (DAY,),
        )
        connection.commit()
    opened = Store(folder, folder / "keys")
    yield opened
    opened.close()


DAY = "2026-01-05T08:00:00.000000+00:00"


def test_vehicles_of_before_are_records_now(store: Store) -> None:
    record = store.vehicle_records.get("v1")
    assert (record.name, record.vin, record.make, record.owner_id) == (
        "Blue Golf",
        "WVWZZZ1JZXW000001",
        "",
        "",
    )


def test_vehicles_of_before_are_found(store: Store) -> None:
    assert [one.ref for one in store.finding.find("escort")] == ["v2"]
    assert [one.ref for one in store.finding.find("xw000001")] == ["v1"]


def test_deleted_vehicles_of_before_are_not_found(store: Store) -> None:
    assert store.finding.find("astra") == ()


def test_runs_of_before_are_found_by_the_name_of_their_vehicle(store: Store) -> None:
    assert [one.kind for one in store.finding.find("golf")] == ["vehicle", "run"]


def test_a_file_that_was_brought_up_has_the_tables_of_a_new_one(
    store: Store, tmp_path: Path
) -> None:
    open_database(tmp_path / "desk.db", DESK).close()
    shapes = []
    for folder in (store.folder, tmp_path):
        with closing(sqlite3.connect(folder / "desk.db")) as connection:
            shapes.append(
                connection.execute(
                    "SELECT type, name, sql FROM sqlite_master ORDER BY name"
                ).fetchall()
            )
    assert shapes[0] == shapes[1]
