"""Lists of jobs and papers answer from indexes what a look at every row would answer."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.vehicles.search_words import compact, words_typed
from cartech_desk.store import ordered_page
from cartech_desk.store.jobs import SORTS, JobQuery
from cartech_desk.store.papers import PaperQuery
from cartech_desk.store.store import Store

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
WORDS = ("oil", "brakes", "clutch 2.0", "Ölwechsel", "brake disc 42")
TYPED = (
    *("o", "oil", "öl", "brake", "brakes golf", "golf", "HH-A", "hha 4", "42", "#104", "104"),
    *("1041", "R-7", "r-7 golf", "wvwzzz1k0", "anna", "Brandt", "zzz", "100%", "2.0"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    chance = random.Random(11)  # noqa: S311 - a made-up shop, the same each time
    folder = tmp_path_factory.mktemp("jobs")
    opened = Store(folder, folder / "keys")
    with opened._desk.write() as connection:
        for n in range(12):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, number, name, name_key, created) "
                "VALUES (?, ?, ?, ?, '')",
                (f"c{n}", n, *[("Anna Brandt", "anna brandt"), ("Arne", "arne")][n % 2]),
            )
            name = ("Golf", "BMW 330i", "Golf")[n % 3]
            connection.exec_driver_sql(
                "INSERT INTO vehicle (id, vin, name, name_key, plate_key, created, used) "
                "VALUES (?, ?, ?, ?, ?, '', '')",
                (f"v{n}", f"WVWZZZ1K0HA{n:06}", name, name.casefold(), f"hha{n}"),
            )
        for n in range(120):
            opened_at = (BEGIN + timedelta(hours=n // 2)).isoformat(timespec="microseconds")
            connection.exec_driver_sql(
                "INSERT INTO job (id, number, vehicle_id, customer_id, title, words_key, status, "
                "opened, promised, currency, gross, paid, deleted) "
                "VALUES (?, ?, ?, ?, 'Job', ?, ?, ?, ?, 'EUR', ?, ?, ?)",
                (
                    *(f"j{n:03}", 1000 + n, f"v{chance.randrange(12)}"),
                    chance.choice([None, *(f"c{one}" for one in range(12))]),
                    chance.choice(WORDS).casefold(),
                    chance.choice(["arrived", "done", "paid"]),
                    opened_at,
                    chance.choice([None, opened_at]),
                    *(chance.randrange(5), 0, chance.choice([None, None, opened_at])),
                ),
            )
            if n % 3 == 0:
                connection.exec_driver_sql(
                    "INSERT INTO issued (id, kind, number, series, sequence, job_id, issued, "
                    "issued_day, currency, net, tax, gross, body, by_id, by_name) VALUES "
                    "(?, 'invoice', ?, 's', ?, ?, ?, '2026-01-05', 'EUR', 1, 0, 1, '{}', '', '')",
                    (f"i{n:03}", f"R-{n}", n, f"j{n:03}", opened_at),
                )
    yield opened
    opened.close()


def looked_through(store: Store, search: str) -> dict[str, tuple[object, ...]]:
    """Return every job in which every word stands, by a look at each."""
    with store._desk.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT job.id, job.number, job.words_key, vehicle.name_key, vehicle.plate_key, "
            "vehicle.vin, coalesce(customer.name_key, ''), "
            "(SELECT group_concat(number) FROM issued WHERE job_id = job.id) "
            "FROM job JOIN vehicle ON vehicle.id = vehicle_id "
            "LEFT JOIN customer ON customer.id = customer_id WHERE job.deleted IS NULL"
        ).fetchall()
    return {str(row[0]): tuple(row) for row in rows if all(fits(row, w) for w in search.split())}


def fits(row: "tuple[object, ...]", word: str) -> bool:
    small = word.casefold()
    number = small.lstrip("#")
    return (
        any(small in str(row[at]) for at in (2, 3))
        or (compact(word) or small) in str(row[4])
        or word.upper() in str(row[5])
        or (" ".join(words_typed(word)) or small) in str(row[6])
        or (number.isdigit() and str(row[1]).startswith(number))
        or row[7] in (word, word.upper())
    )


@pytest.mark.parametrize("many", [0, 10_000])
@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_finds_the_jobs_that_a_look_at_each_finds(
    store: Store, typed: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordered_page, "_MANY", many)
    wanted = looked_through(store, typed)
    rows, total = store.jobs.list(JobQuery(search=typed), limit=500)
    assert ({row.id for row in rows}, total) == (set(wanted), len(wanted))
    papers, total = store.papers.list(PaperQuery(search=typed), limit=500)
    assert {paper.job_id for paper in papers} == {key for key, row in wanted.items() if row[7]}
    assert total == len(papers)


@pytest.mark.parametrize("search", ["", "golf"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_pages_follow_each_other_in_the_order_of_all(
    store: Store, sort: str, descending: bool, search: str
) -> None:
    query = JobQuery(search=search)
    whole, total = store.jobs.list(query, limit=500, sort=sort, descending=descending)
    paged: list[object] = []
    for offset in range(0, total + 7, 7):
        page, _ = store.jobs.list(query, limit=7, offset=offset, sort=sort, descending=descending)
        paged += page
    assert paged == list(whole)
    assert len({row.id for row in whole}) == total == len(looked_through(store, search))
    with store._desk.read() as connection:
        column = SORTS[sort]
        keys: dict[str, object] = dict(
            connection.exec_driver_sql(
                f"SELECT job.id, {column} FROM job JOIN vehicle ON vehicle.id = vehicle_id "  # noqa: S608 - ours
                "LEFT JOIN customer ON customer.id = customer_id"
            ).fetchall()
        )
    order = [(keys[row.id] is not None, keys[row.id] or 0) for row in whole]
    texts = [(known, key) if isinstance(key, int) else (known, str(key)) for known, key in order]
    shown = [key for known, key in texts if known]
    assert shown == sorted(shown, reverse=descending)
    assert [known for known, _ in texts] == sorted((k for k, _ in texts), reverse=descending)
