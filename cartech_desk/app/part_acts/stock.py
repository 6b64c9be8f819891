"""`cartech-desk parts`: receive, adjust, moves, alerts, counts."""

import argparse
from datetime import datetime
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.numbers_asked import limit_of, offset_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.part_acts.told import (
    alert_document,
    alert_line,
    as_quantity,
    asked_money,
    count_document,
    count_head,
    count_line,
    move_document,
    move_line,
    part_document,
    part_line,
    seeing,
)
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.counted import listed
from cartech_desk.domain.parts.count import StockCount
from cartech_desk.domain.parts.part import MoveKind, Part
from cartech_desk.domain.people import sees_cost


def add_acts(acts: Any) -> None:
    """Add the acts of stock."""
    receiving = add_act(acts, "receive", "note what came in without an order", _receive)
    _moving(receiving)
    receiving.add_argument("--cost", metavar="SUM", help="what one of them cost")
    receiving.add_argument("--reason", default="", metavar="TEXT")

    adjusting = add_act(acts, "adjust", "note what was found, or with - what is gone", _adjust)
    _moving(adjusting)
    adjusting.add_argument("--reason", required=True, metavar="TEXT", help="found, lost, broken, …")

    moves = add_act(acts, "moves", "the ledger, the newest first", _moves)
    moves.add_argument("part", nargs="?", metavar="PART")
    moves.add_argument("--kind", type=one_of(MoveKind), help=words_of(MoveKind))
    moves.add_argument(
        "--limit", type=limit_of, default=50, metavar="N", help="so many at most (50)"
    )
    moves.add_argument("--offset", type=offset_of, default=0, metavar="N", help="leave out so many")

    alerts = add_act(acts, "alerts", "what runs low", _alerts)
    alerts.add_argument("--all", action="store_true", help="also those that are over")

    seeing = add_act(acts, "acknowledge", "say that an alert was seen", _acknowledge)
    seeing.add_argument("alert", metavar="ALERT", help="its id or an end of it")
    add_as(seeing)

    counting = acts.add_parser("count", help="stock counts", description="Stock counts.")
    counts = counting.add_subparsers(metavar="act", required=True)
    begin = add_act(counts, "start", "begin a count", _start)
    begin.add_argument("--location", default="", metavar="PLACE", help="everything where left out")
    add_as(begin)
    add_act(counts, "list", "counts, the newest first", _counts)
    _of_count(counts, "show", "one count with what differs", _show)
    setting = _of_count(counts, "set", "note how many of a part there are", _set)
    setting.add_argument("part", metavar="PART")
    setting.add_argument("quantity", type=as_quantity, metavar="N")
    scanning = _of_count(counts, "scan", "count one for each code", _scan)
    scanning.add_argument("codes", nargs="+", metavar="CODE")
    finishing = _of_count(counts, "finish", "put what was counted into the ledger", _finish)
    finishing.add_argument(
        "--even-so", action="store_true", help="also parts that moved while they were counted"
    )
    _of_count(counts, "discard", "end a count without changing the stock", _discard)


def _moving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", metavar="PART", help="SKU, barcode, id or an end of it")
    parser.add_argument("quantity", type=as_quantity, metavar="N")
    parser.add_argument("--at", type=_instant, metavar="TIME", help="as 2026-01-31T14:30+01:00")
    add_as(parser)


def _of_count(acts: Any, name: str, words: str, act: Any) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("count", metavar="COUNT", help="its id, an end of it, or last")
    if name != "show":
        add_as(parser)
    return parser


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time as 2026-01-31T14:30") from None
    return at.astimezone()


def _receive(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    part = parts.named(args.part)
    cost = asked_money(counter, args.cost)
    came = parts.receive(part.id, args.quantity, by, unit_cost=cost, at=args.at, reason=args.reason)
    _moved(args, came, costs=sees_cost(by))


def _adjust(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    part = parts.named(args.part)
    left = parts.adjust(part.id, args.quantity, by, reason=args.reason, at=args.at)
    _moved(args, left, costs=sees_cost(by))


def _moved(args: argparse.Namespace, part: Part, *, costs: bool) -> None:
    emit(args, {"part": part_document(part, costs=costs)}, part_line(part))


def _moves(counter: Counter, args: argparse.Namespace) -> None:
    parts = counter.office.parts
    part_id = parts.named(args.part).id if args.part else ""
    kind = MoveKind(args.kind) if args.kind else None
    rows, total = parts.ledger(part_id, limit=args.limit, offset=args.offset, kind=kind)
    lines = [move_line(row) for row in rows] + [f"{listed(len(rows), total, 'move')}."]
    costs = seeing(counter, args)
    document = {"moves": [move_document(row, costs=costs) for row in rows], "total": total}
    emit(args, document, "\n".join(lines))


def _alerts(counter: Counter, args: argparse.Namespace) -> None:
    rows, total = counter.office.parts.alerts(open_only=not args.all, limit=1000)
    emit(
        args,
        {"alerts": [alert_document(one) for one in rows], "total": total},
        "\n".join(map(alert_line, rows)) or "Nothing runs low.",
    )


def _acknowledge(counter: Counter, args: argparse.Namespace) -> None:
    alert = counter.office.parts.acknowledge(args.alert, acting(args, counter))
    emit(args, {"alert": alert_document(alert)}, f"{alert.part}: seen by {alert.acknowledged_by}.")


def _start(counter: Counter, args: argparse.Namespace) -> None:
    count = counter.office.parts.counts.start(acting(args, counter), location=args.location)
    _tell(args, count)


def _counts(counter: Counter, args: argparse.Namespace) -> None:
    rows, total = counter.office.parts.counts.list()
    lines = [count_head(count) for count in rows]
    document = {"counts": [count_document(count) for count in rows], "total": total}
    emit(args, document, "\n".join(lines) or "Nothing was counted yet.")


def _show(counter: Counter, args: argparse.Namespace) -> None:
    _tell(args, counter.office.parts.counts.get(args.count))


def _set(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    count = parts.counts.get(args.count)
    parts.counts.set(count.id, parts.named(args.part).id, args.quantity, by)
    _tell(args, parts.counts.get(count.id))


def _scan(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    count = parts.counts.get(args.count)
    found = [parts.named(code) for code in args.codes]  # all are known before one is counted
    for part in found:
        parts.counts.add(count.id, part.id, by)
    _tell(args, parts.counts.get(count.id))


def _finish(counter: Counter, args: argparse.Namespace) -> None:
    by, counts = acting(args, counter), counter.office.parts.counts
    count = counts.get(args.count)
    _tell(args, counts.finish(count.id, by, even_so=args.even_so))


def _discard(counter: Counter, args: argparse.Namespace) -> None:
    by, counts = acting(args, counter), counter.office.parts.counts
    _tell(args, counts.discard(counts.get(args.count).id, by))


def _tell(args: argparse.Namespace, count: StockCount) -> None:
    lines = [count_head(count), *map(count_line, count.lines)]
    emit(args, {"count": count_document(count)}, "\n".join(lines))
