"""Stock is never below zero and equals its moves, whatever the order, threads and processes."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.people import DESK
from cartech_desk.store.stock import MoveRefused, OutOfStock, move_stock, taken_for_line
from cartech_desk.store.store import Store

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store(tmp_path_factory.mktemp("stock") / "desk")
    yield opened
    opened.close()


def add(store, on_hand="0", **fields):
    """Add a part that is measured: its moves may be fractions."""
    part = Part(sku=str(uuid7()), name="Engine oil", unit="l", price=Money(0, "EUR"), **fields)
    return store.parts.add(part, Decimal(on_hand), AT, by=DESK)


def move(store, part_id, kind, quantity, **fields):
    """One move in a transaction of its own."""
    with store.audit.act(DESK) as act:
        kept = move_stock(
            act, StockMove(part_id, kind, Decimal(quantity), datetime.now(UTC), **fields)
        )
        act.record(Entry("stock.move", Entity("part", part_id)))
    return kept


def book(store, part_id):
    """Return on hand, the sum of the moves, and open alerts."""
    ((on_hand, moves, alerts),) = store._desk.glance(
        "SELECT on_hand_milli, (SELECT sum(quantity_milli) FROM stock_move WHERE part_id = ?), "
        "(SELECT group_concat(level) FROM (SELECT level FROM stock_alert WHERE part_id = ? "
        "AND cleared IS NULL ORDER BY level)) FROM part WHERE id = ?",
        (part_id,) * 3,
    )
    return on_hand, moves, alerts


def test_a_move_is_kept_with_its_cost_and_who_made_it(store):
    part = add(store, cost=Money(250, "EUR"))
    kept = move(store, part.id, MoveKind.RECEIPT, "2")
    assert (kept.unit_cost, kept.by) == (Money(250, "EUR"), "CarTech Desk")
    assert kept.sequence > 0


def test_a_refused_move_takes_its_whole_transaction_back(store):
    one, other = add(store, "5"), add(store, "1")
    moves = [
        StockMove(part.id, MoveKind.ISSUE, Decimal(-2), AT, job_id="j") for part in (one, other)
    ]
    with pytest.raises(OutOfStock), store.audit.act(DESK) as act:
        list(map(partial(move_stock, act), moves))
    assert book(store, one.id)[:2] == (5000, 5000)


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        (MoveKind.RECEIPT, -1),
        (MoveKind.RECEIPT, 0),
        (MoveKind.ISSUE, 1),
        (MoveKind.RETURN, -1),
        (MoveKind.ADJUSTMENT, 0),
    ],
)
def test_a_move_that_goes_the_wrong_way_is_refused(store, kind, quantity):
    with pytest.raises(MoveRefused):
        move(store, add(store, "5").id, kind, quantity, reason="a reason")


def test_no_more_comes_back_from_a_job_than_was_taken(store):
    part = add(store, "5")
    line = {"job_id": "j", "job_line_id": f"line of {part.id}"}
    move(store, part.id, MoveKind.ISSUE, "-2.5", **line)
    with pytest.raises(MoveRefused, match="cannot come back"):
        move(store, part.id, MoveKind.RETURN, "3", **line)
    move(store, part.id, MoveKind.RETURN, "1", **line)
    with store.audit.act(DESK) as act:
        assert taken_for_line(act.connection, line["job_line_id"]) == 1500
        act.record(Entry("stock.move", Entity("part", part.id)))


def test_the_ledger_is_neither_changed_nor_shortened(store):
    part = add(store, "5")
    for statement in ("UPDATE stock_move SET quantity_milli = 1", "DELETE FROM stock_move"):
        with pytest.raises(Exception, match="the ledger only grows"), store._desk.write() as raw:
            raw.exec_driver_sql(f"{statement} WHERE part_id = ?", (part.id,))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-4000, 4000)),
        st.tuples(st.sampled_from(["warning", "reorder"]), st.none() | st.integers(0, 6000)),
        st.tuples(st.just("active"), st.integers(0, 1)),
    ),
    max_size=30,
)


SETS = {
    "warning": "UPDATE part SET warning_milli = ? WHERE id = ?",
    "reorder": "UPDATE part SET reorder_milli = ? WHERE id = ?",
    "active": "UPDATE part SET active = ? WHERE id = ?",
}


def follow(store, steps):
    """Whatever is done to a part, the book agrees and each crossing has fired once."""
    part = add(store)
    levels = {"warning": None, "reorder": None}
    fired = on_hand = 0
    active, low = 1, set()
    for what, value in steps:
        if what == "move" and value:
            try:
                move(store, part.id, MoveKind.ADJUSTMENT, Decimal(value) / 1000, reason="found")
                assert on_hand + value >= 0
                on_hand += value
            except OutOfStock:
                assert on_hand + value < 0
        elif what in levels:
            levels[what] = value
        elif what == "active":
            active = value
        if what in SETS:
            with store._desk.write() as raw:
                raw.exec_driver_sql(SETS[what], (value, part.id))
        now = {
            level
            for level, limit in levels.items()
            if active and limit is not None and on_hand <= limit
        }
        fired += len(now - low)
        low = now
        assert book(store, part.id) == (on_hand, on_hand or _moved(store, part.id), _open(low))
    assert _alerts(store, part.id) == fired


def _moved(store, part_id):
    return book(store, part_id)[1]  # None before the first move, else 0


def _open(low):
    return ",".join(sorted(low)) or None


def _alerts(store, part_id):
    ((number,),) = store._desk.glance(
        "SELECT count(*) FROM stock_alert WHERE part_id = ?", (part_id,)
    )
    return number


@settings(max_examples=12)
@given(STEPS)
def test_alerts_fire_once_at_each_crossing_whatever_the_path(store, steps):
    follow(store, steps)


@pytest.mark.long
@settings(max_examples=300)
@given(STEPS)
def test_alerts_fire_once_at_each_crossing_over_many_paths(store, steps):
    follow(store, steps)


def crowd(store, part_id, *, threads, moves):
    """Let threads take and bring at random; returns what they were let do, in thousandths."""

    def work(seed):
        chance, done = random.Random(seed), 0  # noqa: S311 - the same moves each time
        for _ in range(moves):
            milli = chance.choice([-3000, -2500, -1000, 1000, 2000, 1])
            try:
                move(store, part_id, MoveKind.ADJUSTMENT, Decimal(milli) / 1000, reason="work")
                done += milli
            except OutOfStock:
                pass
        return done

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, range(threads)))


def test_eight_threads_never_take_what_is_not_there(store):
    part = add(store, "4", warning_level=Decimal(3))
    done = crowd(store, part.id, threads=8, moves=12)
    on_hand, moves, alerts = book(store, part.id)
    assert on_hand == moves == 4000 + done
    assert on_hand >= 0
    assert alerts == ("warning" if on_hand <= 3000 else None)


WORKER = """
import random, sys
from pathlib import Path
from cartech_desk.store.store import Store
sys.path.insert(0, sys.argv[3])
from test_stock_ledger import crowd
store = Store(Path(sys.argv[1]))
print(crowd(store, sys.argv[2], threads=2, moves=60))
store.close()
"""


@pytest.mark.long
def test_four_processes_never_take_what_is_not_there(tmp_path):
    store = Store(tmp_path / "desk")
    try:
        part = add(store, "10", reorder_level=Decimal(2))
        workers = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    WORKER,
                    str(tmp_path / "desk"),
                    part.id,
                    str(Path(__file__).parent),
                ],
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        done = [int(worker.communicate(timeout=55)[0]) for worker in workers]
        on_hand, moves, alerts = book(store, part.id)
        assert on_hand == moves == 10_000 + sum(done)
        assert alerts == ("reorder" if on_hand <= 2000 else None)
    finally:
        store.close()
