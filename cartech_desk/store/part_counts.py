"""Stock counts in `desk.db`.

What the ledger says of the moment of counting is the sum of the moves dated until then, whenever
they were noted: so a count is right while people go on taking and bringing back.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.parts.quantity import (
    MOST,
    kept_milli,
    milli_of,
    quantity_of,
    quantity_text,
    refuse_part_of_one,
)
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.instants import instant, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.part_rows import SELECT, part_of_row
from cartech_desk.store.part_writing import read_part
from cartech_desk.store.stock import put_move

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

_COUNTS: Final = (
    "SELECT stock_count.id, started, finished, discarded, location, by_name, note, "
    "(SELECT count(*) FROM count_line WHERE count_id = stock_count.id) FROM stock_count"
)
_LINES: Final = (
    # A finished count says what it found; an open one looks at the ledger of now.
    "SELECT part_id, counted_milli, CASE WHEN ? THEN before_milli ELSE "
    "(SELECT coalesce(sum(quantity_milli), 0) FROM stock_move "
    "WHERE stock_move.part_id = count_line.part_id AND stock_move.at <= count_line.at) END, "
    "count_line.at, sku, name, unit, location, by_name, cost, currency, "
    "NOT ? AND EXISTS (SELECT 1 FROM stock_move WHERE stock_move.part_id = count_line.part_id "
    "AND stock_move.sequence > count_line.sequence AND stock_move.at <= count_line.at "
    "AND stock_move.at >= count_line.began), "
    "NOT ? AND counted IS NOT NULL AND counted > count_line.at "
    "FROM count_line JOIN part ON part.id = part_id WHERE count_id = ?"
)
_NAMED: Final = Named("stock_count", "count")
_PUT: Final = (
    "INSERT INTO count_line (count_id, part_id, counted_milli, before_milli, at, began, sequence, "
    "by_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (count_id, part_id) DO UPDATE SET "
    "by_name = excluded.by_name, before_milli = excluded.before_milli, at = excluded.at, "
)
_ADD: Final = f"{_PUT} counted_milli = counted_milli + excluded.counted_milli"
_SET: Final = (
    f"{_PUT} counted_milli = excluded.counted_milli, began = excluded.began, "
    "sequence = excluded.sequence"
)


class CountRefused(StoreError):
    """A count cannot be ended, or has ended already; `part_ids` are those to count again."""

    code = "count_refused"

    def __init__(
        self, happened: str, *, to_do: str, kept: str = NOTHING_CHANGED, parts: tuple[str, ...] = ()
    ) -> None:
        super().__init__(happened, kept=kept, to_do=to_do)
        self.part_ids = parts


class CountStore:
    """Stock counts. Thread-safe. Errors: those of `PartStore`."""

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def list(
        self, *, open_only: bool = False, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[StockCount, ...], int]:
        """Return counts without their lines, the newest first."""
        where = "finished IS NULL AND discarded IS NULL" if open_only else "1"
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_COUNTS} WHERE {where} ORDER BY started DESC, id DESC LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM stock_count WHERE {where}"  # noqa: S608 - of our own
            ).one()
        return tuple(_count(row) for row in rows), int(total)

    def get(self, count_id: str) -> StockCount:
        """Return one count with its lines, those that differ first. Errors: NotKept."""
        with self._database.read() as connection:
            return _read(connection, count_id)

    def start(self, location: str, note: str, at: datetime, *, by: Actor) -> StockCount:
        """Begin a count. Errors: CountRefused where one of the same place goes on."""
        count_id = str(uuid7())
        with self._audit.act(by) as act:
            _refuse_second(act.connection, location)
            act.connection.exec_driver_sql(
                "INSERT INTO stock_count (id, started, location, by_name, note) "
                "VALUES (?, ?, ?, ?, ?)",
                (count_id, instant(at), location, by.name, note),
            )
            count = _read(act.connection, count_id)
            act.record(Entry("stock.count", _entity(count), after={"state": "started"}))
        return count

    def put(
        self,
        count_id: str,
        part_id: str,
        quantity: Decimal,
        at: Callable[[], datetime],
        *,
        by: Actor,
        add: bool,
    ) -> CountLine:
        """Note what was counted of a part, in addition to before or instead of it.

        Errors: NotKept, QuantityRefused for a part of what is counted in whole numbers,
        CountRefused for a count that has ended, and for more than a shelf holds.
        """
        with self._audit.act(by) as act:
            count = _open(act.connection, count_id)
            part = read_part(act.connection, part_id, deleted=False)
            refuse_part_of_one(quantity, part.unit)
            now = instant(at())
            (last,) = act.connection.exec_driver_sql(
                "SELECT coalesce(max(sequence), 0) FROM stock_move WHERE part_id = ?", (part_id,)
            ).one()
            before = kept_milli(part.on_hand)
            act.connection.exec_driver_sql(
                _ADD if add else _SET,
                (count.id, part_id, milli_of(quantity), before, now, now, int(last), by.name),
            )
            line = _line_of(act.connection, count.id, part_id)
            if line.counted > MOST:
                raise CountRefused(
                    f"{quantity_text(line.counted, line.unit)} of {part.sku} {part.name} would be "
                    f"counted; at most {MOST} can be kept.",
                    to_do="Say how many there are in all.",
                )
            act.record(
                Entry(
                    "stock.count",
                    Entity("part", part.id, f"{part.sku} {part.name}"),
                    after={"counted": str(line.counted), "expected": str(line.expected)},
                )
            )
        return line

    def drop(self, count_id: str, part_id: str, *, by: Actor) -> None:
        """Take a part off a count. Errors: NotKept, CountRefused."""
        with self._audit.act(by) as act:
            count = _open(act.connection, count_id)
            line = _line_of(act.connection, count.id, part_id)
            act.connection.exec_driver_sql(
                "DELETE FROM count_line WHERE count_id = ? AND part_id = ?", (count.id, part_id)
            )
            act.record(
                Entry(
                    "stock.count",
                    Entity("part", part_id, f"{line.sku} {line.name}"),
                    before={"counted": str(line.counted)},
                    after={"counted": None},
                )
            )

    def uncounted(
        self, count_id: str, *, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[Part, ...], int]:
        """Return parts in stock at the count's place that were not counted. Errors: NotKept."""
        where = (
            "part.deleted IS NULL AND on_hand_milli > 0 AND (? = '' OR location = ?) "
            "AND NOT EXISTS (SELECT 1 FROM count_line WHERE count_id = ? AND part_id = part.id)"
        )
        with self._database.read() as connection:
            count = _read(connection, count_id)
            values = (count.location, count.location, count.id)
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE {where} ORDER BY location, sku_key LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM part WHERE {where}",  # noqa: S608 - of our own
                values,
            ).one()
        return tuple(map(part_of_row, rows)), int(total)

    def finish(
        self, count_id: str, at: Callable[[], datetime], *, by: Actor, even_so: bool = False
    ) -> StockCount:
        """Put what was counted into the ledger. Errors: NotKept, CountRefused."""
        with self._audit.act(by) as act:
            count = _open(act.connection, count_id)
            lines = [line for line in count.lines if not line.later]
            moved = [line for line in lines if line.moved]
            if moved and not even_so:
                raise _again(moved, "moved while it was counted")
            act.connection.exec_driver_sql(
                "DELETE FROM count_line WHERE count_id = ? AND part_id IN ("
                "SELECT id FROM part WHERE counted > count_line.at)",
                (count.id,),
            )
            for line in lines:
                _apply(act.connection, count, line, by)
            act.connection.exec_driver_sql(
                "UPDATE stock_count SET finished = ? WHERE id = ?", (instant(at()), count.id)
            )
            ended = _read(act.connection, count.id)
            differing = [line for line in lines if line.difference]
            later = [line for line in count.lines if line.later]
            act.record(
                Entry(
                    "stock.count",
                    _entity(count),
                    {"state": "started"},
                    {
                        "state": "finished",
                        "counted": str(len(lines)),
                        "differences": [
                            f"{line.sku}: {quantity_text(line.expected, line.unit)} → "
                            f"{quantity_text(line.counted, line.unit)}"
                            for line in differing
                        ],
                        "counted_later": [line.sku for line in later],
                    },
                )
            )
        return ended

    def discard(self, count_id: str, at: datetime, *, by: Actor, reason: str = "") -> StockCount:
        """End a count without changing the stock. Errors: NotKept, CountRefused."""
        with self._audit.act(by) as act:
            count = _open(act.connection, count_id)
            act.connection.exec_driver_sql(
                "UPDATE stock_count SET discarded = ? WHERE id = ?", (instant(at), count.id)
            )
            act.record(
                Entry(
                    "stock.count",
                    _entity(count),
                    {"state": "started"},
                    {"state": "discarded"},
                    reason,
                )
            )
            return _read(act.connection, count.id)


def _apply(connection: "Connection", count: StockCount, line: CountLine, by: Actor) -> None:
    """Put one line into the ledger, dated when it was counted: nothing moves before that now."""
    part = read_part(connection, line.part_id)
    if part.on_hand + line.difference < 0:
        raise _again([line], "has gone since in a greater number than was counted")
    words = f"Count: {quantity_text(line.counted, line.unit)} there"
    put_move(
        connection,
        StockMove(line.part_id, MoveKind.COUNT, line.difference, line.at, words, count_id=count.id),
        by,
    )
    connection.exec_driver_sql(
        "UPDATE part SET counted = ? WHERE id = ?", (instant(line.at), line.part_id)
    )
    connection.exec_driver_sql(
        "UPDATE count_line SET before_milli = ? WHERE count_id = ? AND part_id = ?",
        (kept_milli(line.expected), count.id, line.part_id),
    )


def _read(connection: "Connection", count_id: str) -> StockCount:
    row = row_of(connection, _COUNTS, _NAMED, count_id)
    done = row[2] is not None
    lines = sorted(
        (_line(each) for each in connection.exec_driver_sql(_LINES, (done, done, done, row[0]))),
        key=lambda line: (not line.difference, line.sku.casefold()),
    )
    return _count(row, tuple(lines))


def _refuse_second(connection: "Connection", location: str) -> None:
    """Refuse a second open count of a place, or of everything. Errors: CountRefused."""
    going = connection.exec_driver_sql(
        "SELECT id, started, location, by_name FROM stock_count "
        "WHERE finished IS NULL AND discarded IS NULL ORDER BY started DESC"
    )
    for count_id, started, place, who in going:
        if place.casefold() == location.casefold():
            begun = datetime.fromisoformat(started).astimezone()
            raise CountRefused(
                f"A count of {place or 'everything'} goes on already: {count_id}, begun by {who} "
                f"on {begun:%Y-%m-%d at %H:%M}.",
                to_do="Go on with that one, finish it or discard it; another place may be counted "
                "beside it.",
            )


def _open(connection: "Connection", count_id: str) -> StockCount:
    count = _read(connection, count_id)
    if not count.open:
        raise CountRefused(
            "This count has ended already.", to_do="Begin another one for what is to be counted."
        )
    return count


def _line_of(connection: "Connection", count_id: str, part_id: str) -> CountLine:
    row = connection.exec_driver_sql(
        f"{_LINES} AND part_id = ?", (False, False, False, count_id, part_id)
    ).fetchone()
    if row is None:
        raise NotKept(
            "That part is not on this count.", kept=NOTHING_CHANGED, to_do="Look at its list again."
        )
    return _line(row)


def _count(row: Any, lines: tuple[CountLine, ...] = ()) -> StockCount:
    return StockCount(
        id=row[0],
        started=time_or_none(row[1]),
        finished=time_or_none(row[2]),
        discarded=time_or_none(row[3]),
        location=row[4],
        by=row[5],
        note=row[6],
        line_count=int(row[7]),
        lines=lines,
    )


def _line(row: Any) -> CountLine:
    return CountLine(
        part_id=row[0],
        counted=quantity_of(int(row[1])),
        expected=quantity_of(int(row[2])),
        at=datetime.fromisoformat(row[3]),
        sku=row[4],
        name=row[5],
        unit=row[6],
        location=row[7],
        by=row[8],
        unit_cost=Money(int(row[9]), row[10]),
        moved=bool(row[11]),
        later=bool(row[12]),
    )


def _entity(count: StockCount) -> Entity:
    started = f"{count.started:%Y-%m-%d %H:%M} UTC" if count.started else ""
    return Entity("count", count.id, f"Count of {count.location or 'everything'}, {started}")


def _again(lines: list[CountLine], why: str) -> CountRefused:
    names = ", ".join(f"{line.sku} {line.name}" for line in lines[:5])
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return CountRefused(
        f"{names}{more} {why}: what was counted cannot be right.",
        kept="The count stays open, and the stock as it was.",
        to_do="Count again what is named here, then finish.",
        parts=tuple(line.part_id for line in lines),
    )
