"""What is remembered of adapters and cars: kept, replaced, damaged."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.store.store import Store

URL, VIN = "elm327:/dev/ttyUSB0", "WP0ZZZ99ZTS392124"
SEEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ADAPTER = KnownAdapter(URL, {"baud": 115200, "link": {"ecus": {"7E8": ""}}}, VIN, SEEN)
CAR = KnownCar(VIN, {"supported": {"7E8": [12, 13]}}, SEEN, ("tells no name",))


def damage(store: Store, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store.folder / "desk.db")) as raw:
        raw.execute(statement, values)
        raw.commit()


def test_nothing_is_known_at_first(store: Store) -> None:
    assert store.known_cars.adapter(URL) is None
    assert store.known_cars.car(VIN) is None
    assert not store.known_cars.knows_cars()


def test_what_is_kept_comes_back_also_after_the_desk_was_closed(store: Store) -> None:
    store.known_cars.keep_adapter(ADAPTER)
    store.known_cars.keep_car(CAR)
    store.close()
    again = Store(store.folder)
    assert again.known_cars.adapter(URL) == ADAPTER
    assert again.known_cars.car(VIN) == CAR
    assert again.known_cars.knows_cars()
    again.close()


def test_what_is_kept_replaces_what_was_known(store: Store) -> None:
    store.known_cars.keep_adapter(ADAPTER)
    store.known_cars.keep_adapter(KnownAdapter(URL, {}, None, SEEN))
    assert store.known_cars.adapter(URL) == KnownAdapter(URL, {}, None, SEEN)
    store.known_cars.keep_car(CAR)
    store.known_cars.keep_car(KnownCar(VIN, {"version": 2}, SEEN))
    assert store.known_cars.car(VIN) == KnownCar(VIN, {"version": 2}, SEEN)


def test_what_is_forgotten_is_not_known(store: Store) -> None:
    store.known_cars.keep_adapter(ADAPTER)
    store.known_cars.keep_car(CAR)
    store.known_cars.forget(url=URL)
    assert store.known_cars.adapter(URL) is None
    assert store.known_cars.car(VIN) == CAR
    store.known_cars.forget(vin=VIN)
    assert store.known_cars.car(VIN) is None
    store.known_cars.forget(url=URL, vin=VIN)


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", "3", "[" * 100_000, b"\xff\x00", None, 7],
    ids=["empty", "cut", "list", "number", "deep", "bytes", "null", "integer"],
)
def test_a_damaged_row_is_not_known_and_no_error(store: Store, value: object) -> None:
    store.known_cars.keep_adapter(ADAPTER)
    store.known_cars.keep_car(CAR)
    if value is not None:
        damage(store, "UPDATE known_adapter SET findings = ?", value)
        damage(store, "UPDATE known_car SET identification = ?", value)
    else:
        damage(store, "UPDATE known_adapter SET seen = 'yesterday'")
        damage(store, "UPDATE known_car SET quirks = '{}'")
    assert store.known_cars.adapter(URL) is None
    assert store.known_cars.car(VIN) is None


def test_a_text_that_is_none_is_not_known_and_no_error(store: Store) -> None:
    store.known_cars.keep_car(CAR)
    damage(store, "UPDATE known_car SET identification = CAST(x'7BFF7D' AS TEXT)")
    assert store.known_cars.car(VIN) is None


def test_a_store_that_cannot_be_read_knows_nothing(store: Store) -> None:
    store.known_cars.keep_car(CAR)
    damage(store, "DROP TABLE known_car")
    assert store.known_cars.car(VIN) is None
    assert not store.known_cars.knows_cars()


def test_findings_that_json_does_not_hold_are_refused(store: Store) -> None:
    with pytest.raises(TypeError):
        store.known_cars.keep_adapter(KnownAdapter(URL, {"ecus": {1, 2}}, None, SEEN))
    assert store.known_cars.adapter(URL) is None
