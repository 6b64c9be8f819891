"""The ledger of stock as it is read, moves made at the counter, and alerts of low stock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import (
    LedgerLine,
    Level,
    MoveKind,
    Part,
    StockAlert,
    StockMove,
)
from cartech_desk.domain.parts.quantity import quantity_of
from cartech_desk.domain.people import Actor
from cartech_desk.store.instants import instant, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.part_rows import ON_ORDER
from cartech_desk.store.part_writing import read_part
from cartech_desk.store.stock import put_move

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

_ALERT: Final = Named("stock_alert", "alert")
_MOVES: Final = (
    "SELECT stock_move.id, stock_move.part_id, kind, quantity_milli, stock_move.at, reason, "
    "stock_move.unit_cost, part.currency, stock_move.job_id, job_line_id, order_line_id, count_id, "
    "by_name, sequence, part.sku || ' ' || part.name, part.unit, "
    "coalesce((SELECT number FROM job WHERE job.id = stock_move.job_id), ''), "
    "coalesce((SELECT number FROM purchase_order JOIN order_line "
    "ON order_line.order_id = purchase_order.id WHERE order_line.id = order_line_id), ''), "
    "part.on_hand_milli "
    "FROM stock_move JOIN part ON part.id = stock_move.part_id"
)
_BETWEEN: Final = (
    "SELECT coalesce(sum(quantity_milli), 0) FROM stock_move "
    "WHERE part_id = ? AND sequence > ? AND sequence < ?"
)
_NO_END: Final = 2**62
_ALERTS: Final = (
    "SELECT stock_alert.id, stock_alert.part_id, sku || ' ' || part.name, level, raised, "  # noqa: S608 - texts of our own
    "stock_alert.on_hand_milli, limit_milli, cleared, acknowledged, acknowledged_by, "
    f"part.on_hand_milli, {ON_ORDER}, part.unit, coalesce(supplier.name, '') "
    "FROM stock_alert JOIN part ON part.id = stock_alert.part_id "
    "LEFT JOIN supplier ON supplier.id = part.supplier_id"
)


class StockLedger:
    """Moves and alerts. Thread-safe. Errors: those of `PartStore`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def move(
        self, move: StockMove, *, by: Actor, now: Callable[[], datetime] | None = None
    ) -> Part:
        """Put a move into the ledger by itself; returns the part as it is then.

        With `now` it is dated within the transaction. Errors: those of `move_stock`.
        """
        with self._audit.act(by) as act:
            before = read_part(act.connection, move.part_id, deleted=False)
            if now is not None:
                move = replace(move, at=now())
            kept = put_move(act.connection, move, by)
            part = read_part(act.connection, move.part_id)
            act.record(
                Entry(
                    "stock.move",
                    Entity("part", part.id, f"{part.sku} {part.name}"),
                    {"on_hand": str(before.on_hand)},
                    {
                        "on_hand": str(part.on_hand),
                        "kind": kept.kind.value,
                        "quantity": str(kept.quantity),
                        "at": instant(kept.at),
                    },
                    move.reason,
                )
            )
        return part

    def ledger(
        self,
        part_id: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        kind: MoveKind | None = None,
        job_id: str = "",
    ) -> tuple[tuple[LedgerLine, ...], int]:
        """Return moves in the order in which they were noted, the newest first."""
        where, values = ["1"], list[Any]()
        for column, wanted in (
            ("stock_move.part_id", part_id),
            # A part's moves are few beside all of a kind: with the plus the part's index is used.
            ("+kind" if part_id else "kind", kind.value if kind else ""),
            ("stock_move.job_id", job_id),
        ):
            if wanted:
                where.append(f"{column} = ?")
                values.append(wanted)
        if job_id:
            where.append("stock_move.job_id <> ''")  # lets SQLite use the partial index
        condition = " AND ".join(where)
        with self._database.read() as connection:
            # The page's numbers from an index first: what stands before it is not joined.
            rows = connection.exec_driver_sql(
                f"{_MOVES} WHERE sequence IN (SELECT sequence FROM stock_move "  # noqa: S608 - of our own
                f"WHERE {condition} ORDER BY sequence DESC LIMIT ? OFFSET ?) "
                "ORDER BY sequence DESC",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM stock_move WHERE {condition}",  # noqa: S608 - of our own
                tuple(values),
            ).one()
            return _with_balance(connection, rows), int(total)

    def alerts(
        self,
        *,
        open_only: bool = True,
        level: Level | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> tuple[tuple[StockAlert, ...], int]:
        """Return alerts, the newest first."""
        where, values = ["1"], list[Any]()
        if open_only:
            where.append("cleared IS NULL")
        if level is not None:
            where.append("level = ?")
            values.append(level.value)
        condition = " AND ".join(where)
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_ALERTS} WHERE {condition} ORDER BY raised DESC, stock_alert.id DESC "
                "LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM stock_alert WHERE {condition}",  # noqa: S608 - of our own
                tuple(values),
            ).one()
        return tuple(map(_alert, rows)), int(total)

    def parts_low(self) -> int:
        """Return how many parts have an alert that stands; one with two counts once."""
        with self._database.read() as connection:
            (number,) = connection.exec_driver_sql(
                "SELECT count(DISTINCT part_id) FROM stock_alert WHERE cleared IS NULL"
            ).one()
        return int(number)

    def acknowledge(self, alert_id: str, at: datetime, *, by: Actor, note: str = "") -> StockAlert:
        """Note who has seen an alert; the first one stays. Errors: NotKept."""
        with self._audit.act(by) as act:
            before = _one_alert(act.connection, alert_id)
            if before.acknowledged is None:
                act.connection.exec_driver_sql(
                    "UPDATE stock_alert SET acknowledged = ?, acknowledged_by = ? WHERE id = ?",
                    (instant(at), by.name, before.id),
                )
            alert = _one_alert(act.connection, before.id)
            act.record(
                Entry(
                    "stock.acknowledge",
                    Entity("part", alert.part_id, alert.part),
                    after={
                        "level": alert.level.value,
                        "limit": str(alert.limit),
                        "on_hand": str(alert.now),
                    },
                    reason=note,
                )
            )
        return alert


def _with_balance(connection: "Connection", rows: Any) -> tuple[LedgerLine, ...]:
    """Say behind each move what was on the shelf: down from what is there now, step by step."""
    there: dict[str, tuple[int, int]] = {}
    lines = []
    for row in rows:
        part_id, milli, sequence = str(row[1]), int(row[3]), int(row[13])
        until, on_hand = there.get(part_id, (_NO_END, int(row[18])))
        (between,) = connection.exec_driver_sql(_BETWEEN, (part_id, sequence, until)).one()
        after = on_hand - int(between)
        there[part_id] = sequence, after - milli
        words = (str(row[14]), str(row[15]), str(row[16]), str(row[17]))
        lines.append(LedgerLine(_move(row), quantity_of(after), *words))
    return tuple(lines)


def _move(row: Any) -> StockMove:
    return StockMove(
        id=row[0],
        part_id=row[1],
        kind=MoveKind(row[2]),
        quantity=quantity_of(int(row[3])),
        at=datetime.fromisoformat(row[4]),
        reason=row[5],
        unit_cost=None if row[6] is None else Money(int(row[6]), row[7]),
        job_id=row[8],
        job_line_id=row[9],
        order_line_id=row[10],
        count_id=row[11],
        by=row[12],
        sequence=int(row[13]),
    )


def _alert(row: Any) -> StockAlert:
    return StockAlert(
        id=row[0],
        part_id=row[1],
        part=row[2],
        level=Level(row[3]),
        raised=datetime.fromisoformat(row[4]),
        on_hand=quantity_of(int(row[5])),
        limit=quantity_of(int(row[6])),
        cleared=time_or_none(row[7]),
        acknowledged=time_or_none(row[8]),
        acknowledged_by=row[9],
        now=quantity_of(int(row[10])),
        on_order=quantity_of(int(row[11])),
        unit=row[12],
        supplier=row[13],
    )


def _one_alert(connection: "Connection", alert_id: str) -> StockAlert:
    return _alert(row_of(connection, _ALERTS, _ALERT, alert_id))
