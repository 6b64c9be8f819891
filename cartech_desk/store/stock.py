"""The ledger of stock: a move in the transaction of whatever act needs it.

On hand is the sum of the moves: triggers keep it, hold it above zero, and raise and clear the
alerts of low stock with it, so that no path passes them by.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from uuid_utils import uuid7

from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind, StockMove
from cartech_desk.domain.parts.quantity import (
    MOST,
    kept_milli,
    milli_of,
    quantity_of,
    quantity_text,
    refuse_part_of_one,
)
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor
    from cartech_desk.store.audit import AuditedAct


_SIGN: Final = {MoveKind.RECEIPT: 1, MoveKind.ISSUE: -1, MoveKind.RETURN: 1}
"""Which way a move goes; the other kinds go either way."""

_COMES_HOME: Final = frozenset({MoveKind.RETURN, MoveKind.COUNT})
"""What also a part takes that is deleted: else a job or a count of it could never be ended."""

_TYPED: Final = frozenset({MoveKind.RECEIPT, MoveKind.ADJUSTMENT})
"""What somebody types here; the other kinds follow a job's line or a count, checked there."""

_MOST_MILLI: Final = milli_of(MOST)

_INSERT: Final = (
    "INSERT INTO stock_move (id, part_id, kind, quantity_milli, unit_cost, at, reason, job_id, "
    "job_line_id, order_line_id, count_id, by_id, by_name) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence"
)


class OutOfStock(StoreError):
    """More was to be taken than is on the shelf; `on_hand` and `asked` say how much."""

    code = "out_of_stock"

    def __init__(self, part_id: str, part: str, unit: str, on_hand: Decimal, asked: Decimal):
        there = "Nothing" if not on_hand else f"Only {quantity_text(on_hand, unit)}"
        super().__init__(
            f"{there} of {part} is on the shelf; {quantity_text(asked, unit)} was to be taken.",
            kept=NOTHING_CHANGED,
            to_do="Take less, note what has come in, or order it.",
        )
        self.part_id = part_id
        self.on_hand = on_hand
        self.asked = asked


class DatedBeforeCount(StoreError):
    """A move was to be dated before the last count of its part."""

    code = "dated_before_count"


class MoveRefused(StoreError):
    """A move says something that cannot be."""

    code = "move_refused"


class _Shelf(NamedTuple):
    """What the ledger has to know of a part."""

    part: str
    unit: str
    on_hand_milli: int
    counted: str | None
    cost: int
    currency: str


def move_stock(act: "AuditedAct", move: StockMove) -> StockMove:
    """Put a move into the ledger, within the act's transaction; returns it as kept.

    The sign says the way: a receipt and a return are positive, an issue negative. Without a unit
    cost it takes the part's of now, a return from a job that of its issue. Take `at` within the
    transaction: a count may have ended before it began. Alerts are raised and cleared with it. The
    caller writes the audit record. What comes back from a job, or was counted, is taken by a
    deleted part too, and what comes back by a full shelf: a job can always be undone.

    Errors: OutOfStock (naming part, on hand and asked), DatedBeforeCount, MoveRefused (wrong way,
    an adjustment without a reason, more brought back than was taken, more than a shelf holds),
    QuantityRefused, NotKept for the part; the transaction is to be rolled back then.
    """
    return put_move(act.connection, move, act.actor)


def put_move(connection: "Connection", move: StockMove, by: "Actor") -> StockMove:
    """Put a move into the ledger as `move_stock`, on a writing transaction's connection."""
    # A count corrects whatever is kept; what is typed is bounded.
    milli = (kept_milli if move.kind is MoveKind.COUNT else milli_of)(move.quantity)
    shelf = _shelf(connection, move.part_id, deleted=move.kind in _COMES_HOME)
    at = instant(move.at)
    _check(move, milli, shelf)
    if shelf.on_hand_milli + milli < 0:
        raise OutOfStock(
            move.part_id, shelf.part, shelf.unit, quantity_of(shelf.on_hand_milli), -move.quantity
        )
    there = shelf.on_hand_milli + milli
    if milli > 0 and there > _MOST_MILLI and move.kind is not MoveKind.RETURN:
        raise _refused(
            f"{quantity_text(quantity_of(there), shelf.unit)} of {shelf.part} would be on the "
            f"shelf; at most {MOST} can be kept.",
            "Look at the quantity again, or count the part.",
        )
    if move.kind in _TYPED:
        _refuse_part_of_one(move, there, shelf)
    if shelf.counted is not None and at < shelf.counted:
        raise _dated_before(move, shelf)
    if move.kind is MoveKind.RETURN and move.job_line_id:
        _check_return(connection, move, milli, shelf)
    cost = _cost(connection, move, shelf)
    kept_id = move.id or str(uuid7())
    row = connection.exec_driver_sql(
        _INSERT,
        (
            kept_id,
            move.part_id,
            move.kind.value,
            milli,
            cost,
            at,
            move.reason,
            move.job_id,
            move.job_line_id,
            move.order_line_id,
            move.count_id,
            by.id,
            by.name,
        ),
    ).fetchone()
    if row is None:
        raise RuntimeError("SQLite returned no number")
    return replace(
        move,
        id=kept_id,
        sequence=int(row[0]),
        by=by.name,
        unit_cost=Money(cost, shelf.currency),
    )


def taken_for_line(connection: "Connection", job_line_id: str) -> int:
    """Return issues less returns of a job's line in thousandths."""
    if not job_line_id:
        return 0
    (taken,) = connection.exec_driver_sql(
        "SELECT coalesce(-sum(quantity_milli), 0) FROM stock_move "
        "WHERE job_line_id = ? AND job_line_id <> ''",
        (job_line_id,),
    ).one()
    return int(taken)


def _shelf(connection: "Connection", part_id: str, *, deleted: bool) -> _Shelf:
    there = "" if deleted else " AND deleted IS NULL"
    row: Any = connection.exec_driver_sql(
        "SELECT sku || ' ' || name, unit, on_hand_milli, counted, cost, currency FROM part "  # noqa: S608 - of our own
        f"WHERE id = ?{there}",
        (part_id,),
    ).fetchone()
    if row is None:
        raise NotKept(
            "The part is not kept here any more.",
            kept=NOTHING_CHANGED,
            to_do="Look in the list of parts.",
        )
    return _Shelf(*row)


def _cost(connection: "Connection", move: StockMove, shelf: _Shelf) -> int:
    """Return what one costs: as said, as it was when it was taken for the job, or as of now."""
    if move.unit_cost is not None:
        return move.unit_cost.minor
    if move.kind is MoveKind.RETURN and move.job_line_id:
        row = connection.exec_driver_sql(
            "SELECT unit_cost FROM stock_move WHERE job_line_id = ? AND job_line_id <> '' "
            "AND kind = 'issue' AND unit_cost IS NOT NULL ORDER BY sequence DESC LIMIT 1",
            (move.job_line_id,),
        ).fetchone()
        if row is not None:
            return int(row[0])
    return shelf.cost


def _check(move: StockMove, milli: int, shelf: _Shelf) -> None:
    sign = _SIGN.get(move.kind, 0)
    if sign and milli * sign <= 0:
        way = "in" if sign > 0 else "out"
        raise _refused(
            f"A {move.kind.value} of {shelf.part} has to move something {way}.",
            "Type a quantity above zero.",
        )
    if move.kind is MoveKind.ADJUSTMENT and not milli:
        raise _refused(
            f"An adjustment of {shelf.part} by nothing changes nothing.",
            "Type how many were found, or are gone.",
        )
    if move.kind is MoveKind.ADJUSTMENT and not move.reason.strip():
        raise _refused(
            f"An adjustment of {shelf.part} needs its reason.",
            "Say why: found, lost, broken, sent back.",
        )
    if move.unit_cost is not None and move.unit_cost.minor < 0:
        raise _refused(f"The cost of {shelf.part} is below zero.", "Type the price that was paid.")
    if move.unit_cost is not None and move.unit_cost.currency != shelf.currency:
        raise _refused(
            f"{shelf.part} is kept in {shelf.currency}, its cost was given in "
            f"{move.unit_cost.currency}.",
            f"Type the cost in {shelf.currency}.",
        )


def _check_return(connection: "Connection", move: StockMove, milli: int, shelf: _Shelf) -> None:
    taken = taken_for_line(connection, move.job_line_id)
    if milli > taken:
        raise _refused(
            f"{quantity_text(quantity_of(taken), shelf.unit)} of {shelf.part} was taken for this "
            f"job; {quantity_text(move.quantity, shelf.unit)} cannot come back.",
            "Bring back what was taken; what was found besides is an adjustment.",
        )


def _refuse_part_of_one(move: StockMove, there: int, shelf: _Shelf) -> None:
    """Refuse half a piece; what an older desk let be may be made whole. Errors: QuantityRefused."""
    if quantity_of(there) != quantity_of(there).to_integral_value():
        refuse_part_of_one(abs(move.quantity), shelf.unit)


def _dated_before(move: StockMove, shelf: _Shelf) -> DatedBeforeCount:
    counted = datetime.fromisoformat(shelf.counted or "")
    return DatedBeforeCount(
        f"{shelf.part} was counted on {_clock(counted)}; a move on {_clock(move.at)} lies before "
        "that count, which has it in it already.",
        kept=NOTHING_CHANGED,
        to_do="Date it after the count, or count the part again.",
    )


def _clock(at: datetime) -> str:
    """Write an instant as the clock on this wall showed it."""
    return f"{at.astimezone():%Y-%m-%d at %H:%M:%S}"


def _refused(happened: str, to_do: str) -> MoveRefused:
    return MoveRefused(happened, kept=NOTHING_CHANGED, to_do=to_do)
