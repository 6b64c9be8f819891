"""A shop of ten years: pages, search for each key, revenue, the start; beside the bare SQL of each.

The bare statement reads the same rows with the driver alone, from the same warm file. Of lists and
keys the time of one core is told, of several times the least; of revenue, pages and the start what
a person waits. Making the shop takes minutes; the variable CARTECH_BENCH_SHOP names a folder in
which one is kept for the next time.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from bench_start import RUNS as STARTS
from bench_start import _byte_code_in, _found, _start
from shop_of_ten_years import LAST, make
from table import Row

from cartech_desk.domain.parts.part import MoveKind
from cartech_desk.domain.people import DESK
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

HERE = Path(__file__).parent
KEPT = "CARTECH_BENCH_SHOP"
TIMES = 7
PAGE_MS = 150.0
KEY_MS = 50.0
REVENUE_MS = 200.0
START = 1.2

TYPED = (
    "golf gti",
    "HH-AB 4123",
    "hhab4123",
    "civic typ r",
    "WVWZZZ1K0HA0042",
    "WVAZZZ1K0HA00",
    "0151 5506072",
    "serpentin belt brakez",
    "job 48123",
    "Brandt Anna",
    "brantd",
    "0151 55",
    "oil filter 0017",
    "inspection",
)
"""What somebody types, a key at a time; some of it wrong."""

_BARE = {
    "jobs": "SELECT job.*, vehicle.name, customer.name FROM job "
    "LEFT JOIN vehicle ON vehicle.id = job.vehicle_id "
    "LEFT JOIN customer ON customer.id = job.customer_id "
    "WHERE job.deleted IS NULL ORDER BY job.opened DESC LIMIT 200",
    "customers": "SELECT * FROM customer WHERE deleted IS NULL ORDER BY name_key LIMIT 200",
    "vehicles": "SELECT * FROM vehicle WHERE deleted IS NULL ORDER BY used DESC LIMIT 200",
    "parts": "SELECT * FROM part WHERE deleted IS NULL ORDER BY sku_key LIMIT 200",
    "stock moves": "SELECT * FROM stock_move ORDER BY sequence DESC LIMIT 200",
    "a week of the calendar": "SELECT * FROM appointment "
    "WHERE starts >= '2026-06-22' AND starts < '2026-06-27' AND deleted IS NULL",
    "a vehicle's history": "SELECT * FROM job WHERE vehicle_id = "
    "(SELECT vehicle_id FROM dyno_session LIMIT 1) ORDER BY opened DESC LIMIT 100",
    "jobs by customer": "SELECT job.* FROM job LEFT JOIN customer ON customer.id = customer_id "
    "WHERE job.deleted IS NULL ORDER BY customer.name_key LIMIT 200",
    "jobs of a Golf": "SELECT job.* FROM job JOIN vehicle ON vehicle.id = vehicle_id "
    "WHERE instr(vehicle.name_key, 'golf') ORDER BY opened DESC LIMIT 200",
    "papers of Brandt": "SELECT issued.* FROM issued JOIN job ON job.id = job_id "
    "JOIN customer ON customer.id = job.customer_id WHERE instr(customer.name_key, 'brandt') "
    "ORDER BY issued DESC LIMIT 200",
    "appointments of Brandt": "SELECT appointment.* FROM appointment "
    "JOIN customer ON customer.id = customer_id WHERE customer.name LIKE '%Brandt%' "
    "ORDER BY starts LIMIT 200",
    "vehicles, the last page": "SELECT * FROM vehicle WHERE deleted IS NULL "
    "ORDER BY used DESC LIMIT 200 OFFSET 15000",
    "stock moves, the last page": "SELECT * FROM stock_move WHERE kind = 'issue' "
    "ORDER BY sequence DESC LIMIT 200 OFFSET 150000",
    "vehicles on the dyno": "SELECT vehicle_id, count(*), max(started) FROM dyno_session "
    "WHERE deleted IS NULL GROUP BY vehicle_id ORDER BY 3 DESC LIMIT 200",
}
_REVENUE = (
    "SELECT day, sum(sign), sum(net), sum(labour_net), sum(parts_net), sum(other_net), "
    "sum(parts_cost), sum(tax) FROM revenue_entry WHERE day BETWEEN ? AND ? GROUP BY 1",
    "SELECT s.service, count(DISTINCT e.number), sum(s.net), sum(s.parts_cost), sum(s.tax) "
    "FROM revenue_entry e JOIN revenue_share s ON s.entry = e.number "
    "WHERE e.day BETWEEN ? AND ? GROUP BY 1",
)
"""The days of a year and its services: what every report is made of."""
_FOUND = (
    "SELECT find_entry.* FROM find_text JOIN find_entry ON find_entry.number = find_text.rowid "
    "WHERE find_text MATCH ? LIMIT 50"
)


def rows() -> list[Row]:
    """Measure all of it."""
    with _shop() as folder:
        store = Store(folder, folder / "keys")
        people = People(store, Session(), cost=4)
        office = Office(Session(), people, AuditBook(store), store, ShopRules)
        try:
            with closing(sqlite3.connect(folder / "desk.db")) as driver:
                found = [*_queries(office, driver), *_keys(office, driver)]
                found.append(_revenue(office, driver))
        finally:
            store.close()
        return [*found, *_pages(folder), _starts(folder)]


@contextmanager
def _shop() -> Iterator[Path]:
    kept = os.environ.get(KEPT)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary) / "shop"
        if not (folder / "desk.db").exists():
            sys.stderr.write("making the shop of ten years ")
            make(folder)
        yield folder


def _queries(office: Office, driver: sqlite3.Connection) -> Iterator[Row]:
    week = datetime(2026, 6, 22, tzinfo=LAST.tzinfo)
    car = driver.execute("SELECT vehicle_id FROM dyno_session LIMIT 1").fetchone()[0]
    ours: dict[str, Callable[[], object]] = {
        "jobs": lambda: office.jobs.list(""),
        "customers": lambda: office.customers.list(""),
        "vehicles": lambda: office.vehicles.list(""),
        "parts": lambda: office.parts.list(""),
        "stock moves": office.parts.ledger,
        "a week of the calendar": lambda: office.appointments.list(
            "", since=week, until=week + timedelta(days=5), limit=1000
        ),
        "a vehicle's history": lambda: office.vehicles.timeline(car),
        "jobs by customer": lambda: office.jobs.list(sort="customer", descending=False),
        "jobs of a Golf": lambda: office.jobs.list("golf"),
        "papers of Brandt": lambda: office.papers.list("brandt"),
        "appointments of Brandt": lambda: office.appointments.list("brandt"),
        "vehicles, the last page": lambda: office.vehicles.list("", offset=15_000),
        "stock moves, the last page": lambda: office.parts.ledger(
            kind=MoveKind.ISSUE, offset=150_000
        ),
        "vehicles on the dyno": office.performance.vehicles,
    }
    for name, ask in ours.items():
        statement = _BARE[name]
        yield _row(
            f"list: {name}",
            _least_ms(ask),
            _least_ms(lambda statement=statement: driver.execute(statement).fetchall()),
            PAGE_MS,
        )


def _keys(office: Office, driver: sqlite3.Connection) -> Iterator[Row]:
    """Measure each key of what is typed; the slowest key of each word counts."""
    office.finding.make_ready()
    slowest, keys, bare = ("", 0.0), [], []
    for word in TYPED:
        for length in range(1, len(word) + 1):
            typed = word[:length]
            took = min(_ms(lambda typed=typed: office.finding.find(typed)) for _ in range(2))
            keys.append(took)
            slowest = max(slowest, (typed, took), key=lambda one: one[1])
            plain = "".join(letter for letter in typed if letter.isalnum() or letter == " ").strip()
            if len(plain) >= 3:
                match = " ".join(f'"{part}"' for part in plain.split() if len(part) >= 3)
                if match:
                    bare.append(
                        _ms(lambda match=match: driver.execute(_FOUND, (match,)).fetchall())
                    )
    yield _row(
        f"search, a key, the median of {len(keys)}",
        statistics.median(keys),
        statistics.median(bare),
        KEY_MS,
    )
    yield _row(f"search, the slowest key (“{slowest[0]}”)", slowest[1], max(bare), KEY_MS)


def _revenue(office: Office, driver: sqlite3.Connection) -> Row:
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    days = (first.isoformat(), last.isoformat())
    return _row(
        "revenue of a year",
        # Two threads read: what a person waits counts, not the time of one core.
        _least_ms(lambda: office.revenue.report(DESK, first, last), time.perf_counter),
        _least_ms(
            lambda: [driver.execute(each, days).fetchall() for each in _REVENUE], time.perf_counter
        ),
        REVENUE_MS,
    )


def _pages(folder: Path) -> Iterator[Row]:
    words = [sys.executable, str(HERE / "shop_pages.py"), str(folder)]
    with tempfile.TemporaryDirectory() as empty:
        settings = str(Path(empty) / "settings.toml")
        ours = _pages_of([*words, settings])
        _found(Path(empty) / "desk")
        bare = _pages_of([words[0], words[1], str(Path(empty) / "desk"), settings])
    for name, took in ours.items():
        yield _row(f"page {name} opens", took, bare[name], PAGE_MS, "with an empty shop")


def _pages_of(words: list[str]) -> dict[str, float]:
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=600)
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {name: 1000.0 * took for name, took in times.items()}


def _starts(folder: Path) -> Row:
    with (
        tempfile.TemporaryDirectory() as empty,
        tempfile.TemporaryDirectory() as byte_code,
        _byte_code_in(byte_code),
    ):
        _found(Path(empty))
        ours, bare = [], []
        for number in range(STARTS + 1):
            for times, where in ((bare, Path(empty)), (ours, folder)):
                took = _start("start_desk.py", str(where))
                if number:
                    times.append(took)
    one, other = statistics.median(ours), statistics.median(bare)
    return Row(
        "window usable with the shop of ten years",
        f"{one:.2f} s",
        f"{other:.2f} s, with an empty one",
        one / other,
        f"at most {START}",
        one / other <= START,
    )


def _row(what: str, ours: float, bare: float, bound: float, beside: str = "bare SQL") -> Row:
    return Row(
        what,
        f"{ours:.1f} ms",
        f"{bare:.1f} ms, {beside}",
        ours / bare if bare else 0.0,
        f"<= {bound:.0f} ms",
        ours <= bound,
    )


def _least_ms(work: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    work()
    return min(_ms(work, clock) for _ in range(TIMES))


def _ms(work: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    began = clock()
    work()
    return 1000.0 * (clock() - began)
