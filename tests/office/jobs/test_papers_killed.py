"""A desk that is killed at any point leaves no gap, no double and no half of an invoice."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.store.store import Store

_WORKER = """
import sys
from pathlib import Path
from cartech_desk.store.store import Store
from tests.office.jobs.counter_book import MANAGER, Counter, eur, fitted, work

folder = Path(sys.argv[1])
counter = Counter(Store(folder / "desk", folder / "keys"))
while True:
    job = counter.done(work(), fitted("P1"))
    paper = counter.papers.invoice(job.id, MANAGER)
    print(paper.number, flush=True)
    counter.papers.pay(job.id, eur(5000), "card", MANAGER)
"""


def invoiced(folder: Path, after_s: float) -> list[str]:
    """Issue invoices in a program of its own, kill it, and return what it said."""
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        time.sleep(after_s)  # the point of the kill is what is drawn; nothing is waited for
        program.kill()
        rest = program.stdout.read().splitlines(keepends=True)
        return [line for line in (first, *rest) if line.endswith("\n")]


def check(folder: Path, said: set[str]) -> int:
    """Check what the file holds; returns how many invoices."""
    with closing(sqlite3.connect(folder / "desk" / "desk.db")) as connection:
        issued = connection.execute(
            "SELECT sequence, number, job_id FROM issued ORDER BY sequence"
        ).fetchall()
        assert [row[0] for row in issued] == list(range(1, len(issued) + 1))
        assert said <= {row[1] for row in issued}
        assert len({row[2] for row in issued}) == len(issued)
        (following,) = connection.execute(
            "SELECT coalesce((SELECT next FROM number_series WHERE name = 'invoice:'), 0)"
        ).fetchone()
        assert following == len(issued)
        numbers = [row[0] for row in connection.execute("SELECT number FROM job ORDER BY number")]
        assert numbers == list(range(1001, 1001 + len(numbers)))
        (taken,) = connection.execute(
            "SELECT -sum(quantity_milli) / 1000 FROM stock_move WHERE kind = 'issue'"
        ).fetchone()
        assert (taken or 0) == len(numbers)
        (audited,) = connection.execute(
            "SELECT count(*) FROM audit WHERE json_extract(body, '$.action') = 'paper.issue'"
        ).fetchone()
        assert audited == len(issued)
    return len(issued)


def shop(folder: Path) -> None:
    from tests.office.jobs.counter_book import Counter

    store = Store(folder / "desk", folder / "keys")
    Counter(store).part("P1", 100_000)
    store.close()


def killed(folder: Path, times: int) -> int:
    shop(folder)
    drawn = random.Random(7)  # noqa: S311 - when to kill, no secret
    said: set[str] = set()
    for _ in range(times):
        said |= {line.strip() for line in invoiced(folder, drawn.uniform(0.0, 0.2))}
        count = check(folder, said)
    with closing(Store(folder / "desk", folder / "keys")) as store:
        assert store.audit.verify().ok
    return count


def test_a_killed_desk_leaves_no_gap_and_no_double(tmp_path: Path) -> None:
    killed(tmp_path, 1)


@pytest.mark.long
def test_a_desk_killed_again_and_again_leaves_no_gap_and_no_double(tmp_path: Path) -> None:
    assert killed(tmp_path, 12) > 12
