"""Check-ups as they are kept: whole, found again, never half, told where damaged."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    FaultScan,
    FrameValue,
    FreezeFrame,
    Lamp,
)
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.checkups import LOST, CheckupKind
from cartech_desk.store.errors import DatabaseCorrupt, NotKept
from cartech_desk.store.store import Store

BY = Actor("", "somebody (command line)")
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
VIN = "WVWZZZ1KZ6W000001"


def scan(*codes: str, at: datetime = AT, vin: str | None = VIN) -> FaultScan:
    return FaultScan(
        at,
        "sim:",
        "ELM327 v2.2",
        "ISO 15765-4 CAN",
        vin=vin,
        lamps=(Lamp(0x7E8, bool(codes), len(codes)),),
        codes=tuple(CodeFound(code, 0x7E8, (CodeStatus.STORED,)) for code in codes),
        codes_told=(CodesTold(0x7E8, CodeStatus.STORED, Answered.TOLD),),
    )


def car(store: Store, name: str = "Blue Golf") -> str:
    return store.vehicles.by_name(name).id


def change(store: Store, *statements: str) -> None:
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_check_up_comes_back_as_it_was_kept(store: Store) -> None:
    frame = FreezeFrame(
        "P0299",
        0x7E8,
        0,
        (FrameValue("rpm", "Engine speed", "rpm", 2150.25), FrameValue("x", "X", "", float("nan"))),
    )
    whole = replace(scan("P0299", "U0100"), frames=(frame,), warnings=("Half of it.",))
    kept = store.checkups.add(car(store), whole, by=BY, note="before the trip")
    found = store.checkups.get(kept.id)
    assert repr(found.scan) == repr(whole)  # NaN is not equal to itself
    assert (found.vehicle_name, found.note, found.operator) == ("Blue Golf", "before the trip", BY)
    assert (found.kind, found.taken) == (CheckupKind.CHECKUP, AT)


def test_the_list_tells_the_newest_first_without_the_scans(store: Store) -> None:
    first = store.checkups.add(car(store), scan("P0299"), by=BY)
    second = store.checkups.add(car(store), scan(at=AT + timedelta(days=1)), by=BY)
    listed = store.checkups.list()
    assert [one.id for one in listed] == [second.id, first.id]
    assert listed[1].codes == ("P0299",)
    assert (listed[1].mil, listed[0].mil) == (True, False)
    assert (listed[1].clean, listed[0].clean) == (False, True)


def test_the_list_is_of_one_vehicle_where_one_is_named(store: Store) -> None:
    store.checkups.add(car(store), scan(), by=BY)
    other = store.checkups.add(car(store, "Red Civic"), scan(), by=BY)
    assert [one.id for one in store.checkups.list(car(store, "Red Civic"))] == [other.id]


@pytest.mark.parametrize(
    "words", ["golf", "p0299", "2026-11-2", VIN.lower(), "trip somebody", "before clear"]
)
def test_each_word_of_a_search_is_found_somewhere(store: Store, words: str) -> None:
    kind = CheckupKind.BEFORE_CLEAR
    store.checkups.add(car(store), scan("P0299"), by=BY, note="long trip", kind=kind)
    store.checkups.add(car(store, "Red Civic"), scan(at=AT - timedelta(days=99), vin=None), by=BY)
    found = store.checkups.list(search=words)
    assert [one.vehicle_name for one in found][:1] == ["Blue Golf"]
    assert store.checkups.list(search=f"{words} nowhere") == ()


def test_one_is_named_by_the_end_of_its_id_or_as_the_last(store: Store) -> None:
    first = store.checkups.add(car(store), scan("P0299"), by=BY)
    second = store.checkups.add(car(store), scan(), by=BY)
    assert store.checkups.get(first.id[-6:]).id == first.id
    assert store.checkups.get("last").id == second.id
    for word in ("nothing", "", "0"):
        with pytest.raises(NotKept):
            store.checkups.get(word)


def test_the_one_before_is_the_newest_snapshot_of_the_same_vehicle_of_any_kind(
    store: Store,
) -> None:
    vehicle, times = car(store), [AT + timedelta(hours=hour) for hour in range(4)]
    first = store.checkups.add(vehicle, scan(at=times[0]), by=BY)
    kind = CheckupKind.AFTER_CLEAR
    cleared = store.checkups.add(vehicle, scan(at=times[1]), by=BY, kind=kind)
    store.checkups.add(car(store, "Red Civic"), scan(at=times[2]), by=BY)
    last = store.checkups.add(vehicle, scan(at=times[3]), by=BY)
    before = store.checkups.before(last)
    assert before is not None
    assert (before.id, before.kind) == (cleared.id, kind)
    assert store.checkups.before(first) is None
    newest = store.checkups.last(vehicle)
    assert newest is not None
    assert newest.id == last.id
    assert store.checkups.last(car(store, "White Van")) is None


def test_a_vehicle_that_is_not_kept_keeps_nothing(store: Store) -> None:
    with pytest.raises(NotKept):
        store.checkups.add("nobody", scan(), by=BY)
    assert store.checkups.list() == ()
    assert store.audit.find(Query()) == ()


def test_each_is_recorded_with_what_it_found(store: Store) -> None:
    kept = store.checkups.add(car(store), scan("P0299"), by=BY)
    (record,) = store.audit.find(Query())
    assert record.action == "checkup.keep"
    assert record.entity.id == kept.id
    assert record.entity.vehicle == kept.vehicle_id
    assert record.after is not None
    assert record.after["codes"] == ["P0299"]
    assert record.after["mil"] is True


def test_where_no_codes_could_be_read_list_and_audit_log_say_so(store: Store) -> None:
    told = tuple(
        CodesTold(0x7E8, kind, Answered.UNKNOWN, "It did not answer.") for kind in CodeStatus
    )
    store.checkups.add(car(store), replace(scan(), codes_told=told), by=BY)
    (listed,) = store.checkups.list()
    assert (listed.unknown, listed.codes_known, listed.clean) == (("7E8",), False, False)
    (record,) = store.audit.find(Query())
    assert record.after is not None
    assert record.after["codes"] == "not known"
    assert record.after["codes_not_read_of"] == ["7E8 (stored, pending, permanent)"]
    assert record.after["complete"] is False


def test_the_list_says_the_vehicle_s_present_name(store: Store) -> None:
    vehicle = car(store)
    kept = store.checkups.add(vehicle, scan(), by=BY)
    store.vehicles.rename(vehicle, "Sold Golf")
    assert store.checkups.list()[0].vehicle_name == "Sold Golf"
    assert store.checkups.get(kept.id).vehicle_name == "Sold Golf"


@pytest.mark.parametrize(
    "damage",
    [
        "body = 'x'",
        "body = '{}'",
        "body = '[1, 2]'",
        "body = x'ff00'",
        "codes = '7'",
        "taken = 'yesterday'",
        "kind = 'prophecy'",
        "clean = 'yes'",
    ],
)
def test_one_that_is_damaged_is_told_and_hides_no_other(store: Store, damage: str) -> None:
    vehicle = car(store)
    broken = store.checkups.add(vehicle, scan("P0299"), by=BY)
    whole = store.checkups.add(vehicle, scan(at=AT + timedelta(hours=1)), by=BY)
    change(store, f"UPDATE checkup SET {damage} WHERE id = '{broken.id}'")  # noqa: S608 - ours
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        store.checkups.get(broken.id)
    assert {one.id for one in store.checkups.list()} == {broken.id, whole.id}
    shown = next(one for one in store.checkups.list() if one.id == broken.id)
    assert not shown.clean
    if not damage.startswith("body"):
        assert shown.note == LOST
    assert store.checkups.get(whole.id).scan.codes == ()


def test_half_a_letter_from_an_ecu_is_kept_as_a_mark(store: Store) -> None:
    odd = replace(scan(), adapter="ELM\ud800")
    kept = store.checkups.add(car(store), odd, by=BY, note="n\udfff")
    assert store.checkups.get(kept.id).scan.adapter == "ELM?"


def test_a_desk_db_of_version_1_2_keeps_its_vehicles_and_takes_check_ups(tmp_path: Path) -> None:
    from cartech_desk.store.schema import Plan, open_database
    from cartech_desk.store.store import DESK

    older = tuple(step for step in DESK.steps if step.version <= (1, 2))  # type: ignore[attr-defined]
    path = tmp_path / "desk.db"
    open_database(path, Plan(DESK.application_id, older)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO vehicle (id, vin, name, name_key, created, used) "
            "VALUES ('v1', ?, 'Blue Golf', 'blue golf', ?, ?)",
            (VIN, AT.isoformat(), AT.isoformat()),
        )
        connection.execute(
            "INSERT INTO dyno_session VALUES ('s1', 'v1', 'Blue Golf', '', 'Sam', 'power_pull', "
            "?, NULL, '{}', 1, NULL)",
            (AT.isoformat(),),
        )
        connection.commit()
        assert connection.execute("PRAGMA user_version").fetchone() == (1002,)
    store = Store(tmp_path, tmp_path / "keys")
    try:
        assert [vehicle.id for vehicle in store.vehicles.list()] == ["v1"]
        kept = store.checkups.add("v1", scan("P0299"), by=BY)
        assert store.checkups.get("last").id == kept.id
        assert store.code_tables is not None
    finally:
        store.close()
    assert (tmp_path / "desk-1.2-backup.db").exists()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id FROM dyno_session").fetchall() == [("s1",)]
        (codes,) = connection.execute("SELECT codes FROM checkup").fetchone()
    assert json.loads(codes) == ["P0299"]
