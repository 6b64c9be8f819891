"""Lists of appointments answer from one table at a time what a look at all together answers."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.store import ordered_page
from cartech_desk.store.appointment_query import SORTS, AppointmentQuery
from cartech_desk.store.store import Store

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
TYPED = ("a", "ANNA", "golf", "golf anna", "hh-a 4", "oil", "100%", "_", "nowhere", "b brake golf")
TOGETHER = """
    SELECT appointment.id,
        coalesce(customer.name, '') || char(10) || coalesce(customer.company, '') || char(10) ||
        coalesce(vehicle.name, '') || char(10) || coalesce(vehicle.plate, '') || char(10) ||
        notes || char(10) || services AS words
    FROM appointment LEFT JOIN customer ON customer.id = customer_id
    LEFT JOIN vehicle ON vehicle.id = vehicle_id WHERE appointment.deleted IS NULL
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    chance = random.Random(12)  # noqa: S311 - a made-up shop, the same each time
    folder = tmp_path_factory.mktemp("appointments")
    opened = Store(folder, folder / "keys")
    with opened._desk.write() as connection:
        for n in range(10):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, number, name, name_key, company, created) "
                "VALUES (?, ?, ?, ?, ?, '')",
                (f"c{n}", n, *[("Anna Brandt", "annabrandt", ""), ("", "gold", "Gold AG")][n % 2]),
            )
            connection.exec_driver_sql(
                "INSERT INTO vehicle (id, vin, name, name_key, plate, created, used) "
                "VALUES (?, ?, ?, ?, ?, '', '')",
                (f"v{n}", f"VIN{n}", *[("Golf", "golf"), ("BMW", "bmw")][n % 2], f"HH-A {n}"),
            )
        for n in range(90):
            starts = BEGIN + timedelta(hours=n // 2)
            times = [one.isoformat(timespec="microseconds") for one in (starts, starts)]
            times[1] = (starts + timedelta(hours=1)).isoformat(timespec="microseconds")
            connection.exec_driver_sql(
                "INSERT INTO appointment (id, customer_id, vehicle_id, starts, ends, zone, status, "
                "notes, uid, created, deleted) VALUES (?, ?, ?, ?, ?, 'UTC', ?, ?, ?, ?, ?)",
                (
                    f"a{n:02}",
                    chance.choice([None, *(f"c{one}" for one in range(10))]),
                    chance.choice([None, *(f"v{one}" for one in range(10))]),
                    *times,
                    chance.choice(["booked", "done", "cancelled"]),
                    chance.choice(["oil", "brake 100%", "B_C", ""]),
                    f"u{n}",
                    times[0],
                    chance.choice([None, None, None, times[0]]),
                ),
            )
    yield opened
    opened.close()


def together(store: Store, search: str) -> set[str]:
    with store._desk.read() as connection:
        rows = connection.exec_driver_sql(TOGETHER).fetchall()
    return {
        str(key) for key, words in rows if all(w.lower() in words.lower() for w in search.split())
    }


@pytest.mark.parametrize("many", [0, 10_000])
@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_finds_what_a_look_at_all_finds(
    store: Store, typed: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordered_page, "_MANY", many)
    rows, total = store.appointments.page(AppointmentQuery(typed, limit=500))
    assert ({row.id for row in rows}, total) == (together(store, typed), len(rows))


@pytest.mark.parametrize("search", ["", "golf"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_pages_follow_each_other_in_the_order_of_all(
    store: Store, sort: str, descending: bool, search: str
) -> None:
    def page(limit: int, offset: int) -> list[object]:
        query = AppointmentQuery(
            search, sort=sort, descending=descending, limit=limit, offset=offset
        )
        return list(store.appointments.page(query)[0])

    whole = page(500, 0)
    paged = [row for offset in range(0, len(whole) + 7, 7) for row in page(7, offset)]
    assert paged == whole
    assert len(whole) == len(together(store, search))
