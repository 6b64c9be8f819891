"""`cartech-desk revenue`: what was earned, with what."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.numbers_asked import day_of, limit_of, offset_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.domain.bay_use import taken_words
from cartech_desk.domain.counted import counted, listed
from cartech_desk.domain.money import money_text
from cartech_desk.domain.revenue import (
    Grouping,
    OwedBack,
    RevenueReport,
    Slice,
    Sums,
    Unpaid,
    stretches,
)

if TYPE_CHECKING:
    from cartech_desk.domain.people import Actor

_GROUPINGS: Final = tuple(one.value for one in Grouping)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `revenue` understands."""
    parser.description = "What was earned, with what. Without an act: this month's."
    parser.set_defaults(act=_show, json=False, as_email=None, first=None, last=None)
    parser.set_defaults(stretch="month", by="service")
    _stretch(parser)
    acts = parser.add_subparsers(metavar="act")

    showing = add_act(acts, "show", "sums by day, week, month, service, technician or bay", _show)
    _stretch(showing)

    jobs = add_act(acts, "jobs", "the jobs behind the sums", _jobs)
    _stretch(jobs)
    jobs.add_argument("--key", default="", metavar="KEY", help="of this slice of --by only")
    jobs.add_argument("--search", default="", metavar="WORDS", help="in title, customer, vehicle")
    jobs.add_argument("--limit", type=limit_of, default=200, metavar="N", help="at most (200)")
    jobs.add_argument("--offset", type=offset_of, default=0, metavar="N", help="leave out so many")

    unpaid = add_act(acts, "outstanding", "what is invoiced or done and not paid", _outstanding)
    add_as(unpaid)

    exporting = add_act(acts, "export", "write it to a .csv or .xlsx file", _export)
    _stretch(exporting)
    exporting.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .xlsx")
    add_even_so(exporting)
    exporting.add_argument(
        "--jobs", action="store_true", help="a line for each job (.csv; .xlsx has both)"
    )


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as desk:
        status: int = args.act(desk, args)
        return status


def _stretch(parser: argparse.ArgumentParser) -> None:
    default = argparse.SUPPRESS
    parser.add_argument(
        "--from", dest="first", type=day_of, metavar="DAY", default=default, help="as 2026-01-31"
    )
    parser.add_argument(
        "--to", dest="last", type=day_of, metavar="DAY", default=default, help="the last day in it"
    )
    parser.add_argument(
        "--stretch",
        choices=[one.key for one in stretches(date(2000, 1, 1))],
        default=default,
        help="instead of days; month where nothing is said",
    )
    parser.add_argument(
        "--by", choices=_GROUPINGS, default=default, help="what it is cut by (service)"
    )
    add_as(parser)
    for action in parser._actions:  # noqa: SLF001 - an act shall not take back what stands before it
        if action.dest == "as_email":
            action.default = default


def _ends(desk: Counter, args: argparse.Namespace) -> tuple[date, date]:
    today = desk.office.revenue.today
    chosen = next(one for one in stretches(today) if one.key == args.stretch)
    first, last = args.first or chosen.first, args.last or chosen.last
    if args.first and not args.last:
        last = today
    return first, last


def _report(desk: Counter, args: argparse.Namespace, by: "Actor") -> RevenueReport:
    first, last = _ends(desk, args)
    return desk.office.revenue.report(by, first, last, Grouping(args.by))


def _show(desk: Counter, args: argparse.Namespace) -> int:
    report = _report(desk, args, acting(args, desk))
    emit(args, document_of(report), _text(report))
    return 0


def _jobs(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    first, last = _ends(desk, args)
    grouping = Grouping(args.by) if args.key else None
    rows, total = desk.office.revenue.jobs(
        by,
        first,
        last,
        args.search,
        grouping=grouping,
        key=args.key,
        limit=args.limit,
        offset=args.offset,
    )
    document = {
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "total": total,
        "jobs": [
            {
                "id": one.job_id,
                "number": one.number,
                "date": one.day.isoformat(),
                "title": one.title,
                "customer": one.customer,
                "vehicle": one.vehicle,
                "revenue": one.net.major,
                "of_slice": one.part.major,
                "with_tax": one.gross.major,
                "parts_margin": one.parts_margin.major,
                "currency": one.net.currency,
            }
            for one in rows
        ],
    }
    lines = [
        f"{one.day}  {one.number:>6}  {money_text(one.part):>16}  "
        f"{_named(one.title, one.customer, one.vehicle)}"
        for one in rows
    ]
    lines.append(f"{listed(len(rows), total, 'job')}.")
    emit(args, document, "\n".join(lines))
    return 0


def _outstanding(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    today = desk.office.revenue.today
    report = desk.office.revenue.report(by, today, today)
    unpaid = desk.office.revenue.unpaid(by)
    document = {
        "outstanding": report.still_open.outstanding.major,
        "overdue": report.still_open.overdue.major,
        "not_invoiced": report.still_open.not_invoiced.major,
        "owed_back": report.owed_back.major,
        "currency": report.currency,
        "jobs": [_unpaid(one, today) for one in unpaid],
        "to_give_back": [_owed(one) for one in report.owing],
    }
    lines = [_unpaid_text(one, today) for one in unpaid]
    lines += [
        f"{one.number:>6}  {money_text(-one.over):>16}  {_named(one.customer, one.title)} "
        "(to be given back or invoiced anew)"
        for one in report.owing
    ]
    lines.append(f"{_open_text(report)}.")
    emit(args, document, "\n".join(lines))
    return 0


def _export(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    refuse_existing(args.file, even_so=args.even_so)
    report = _report(desk, args, by)
    path = desk.office.revenue.export(by, report, args.file, jobs=args.jobs)
    emit(args, {"file": str(path), "jobs": report.total.jobs}, f"{path} written.")
    return 0


def document_of(report: RevenueReport) -> dict[str, Any]:
    """Return a report with the platform's keys: `total_revenue` and `services_breakdown`."""
    return {
        "start_date": report.first.isoformat(),
        "end_date": report.last.isoformat(),
        "currency": report.currency,
        "total_revenue": report.total.net.major,
        "services_breakdown": [_slice(one) | {"service": one.label} for one in report.services],
        "by": report.grouping.value,
        "breakdown": [_slice(one) for one in report.slices],
        "total": _sums(report.total),
        "before": None if report.before is None else _sums(report.before),
        "utilisation_pct": _rounded(report.utilisation_pct),
        "bays": [
            {
                "bay": one.bay,
                "open_hours": round(one.open_min / 60, 2),
                "booked_hours": round(one.booked_min / 60, 2),
                "worked_unbooked_hours": round(one.worked_min / 60, 2),
                "booked_outside_hours": round(one.outside_min / 60, 2),
                "utilisation_pct": _rounded(one.pct),
            }
            for one in report.bays
        ],
        "outstanding": report.still_open.outstanding.major,
        "overdue": report.still_open.overdue.major,
        "not_invoiced": report.still_open.not_invoiced.major,
        "owed_back": report.owed_back.major,
        "warnings": list(report.warnings),
    }


def _slice(one: Slice) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "start_date": None if one.first is None else one.first.isoformat(),
        "end_date": None if one.last is None else one.last.isoformat(),
        **_sums(one.sums),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "revenue": sums.net.major,
        "jobs": sums.jobs,
        "labour": sums.labour.major,
        "parts": sums.parts.major,
        "other": sums.other.major,
        "parts_cost": sums.parts_cost.major,
        "parts_without_cost": sums.without_cost.major,
        "parts_margin": sums.margin.major,
        "average_ticket": None if sums.average is None else sums.average.major,
        "tax": sums.tax.major,
        "with_tax": sums.gross.major,
    }


def _unpaid(one: Unpaid, today: date) -> dict[str, Any]:
    return {
        "job": one.number,
        "id": one.job_id,
        "title": one.title,
        "customer": one.customer,
        "vehicle": one.vehicle,
        "invoice": one.invoice or None,
        "issued": None if one.issued is None else one.issued.isoformat(),
        "due": None if one.due is None else one.due.isoformat(),
        "overdue_days": one.overdue_days(today),
        "total": one.gross.major,
        "paid": one.paid.major,
        "open": one.open.major,
    }


def _owed(one: OwedBack) -> dict[str, Any]:
    return {
        "job": one.number,
        "id": one.job_id,
        "title": one.title,
        "customer": one.customer,
        "vehicle": one.vehicle,
        "over": one.over.major,
    }


def _unpaid_text(one: Unpaid, today: date) -> str:
    late = one.overdue_days(today)
    when = f"overdue by {late} days" if late else f"due {one.due}" if one.due else "no due day"
    invoice = f"invoice {one.invoice}, {when}" if one.invoice else "not invoiced yet"
    who = _named(one.customer, one.title)
    return f"{one.number:>6}  {money_text(one.open):>16}  {who} ({invoice})"


def _named(*words: str) -> str:
    """Return what a job is called by, without what it has not: a job may have no customer."""
    return ", ".join(filter(None, words))


def _text(report: RevenueReport) -> str:
    total = report.total
    jobs = counted(total.jobs, "job")
    lines = [
        f"{report.first} to {report.last}: {money_text(total.net)} net of {jobs}, "
        f"{money_text(total.gross)} with tax"
    ]
    lines += [
        f"  {one.label:<28} {money_text(one.sums.net):>16}  {counted(one.sums.jobs, 'job'):>10}"
        for one in report.slices
        if one.sums.jobs or one.sums.net.minor
    ]
    if total.average is not None:
        lines.append(
            f"Average ticket {money_text(total.average)}, "
            f"parts margin {money_text(total.margin)}{_of_known(total)}"
        )
    lines.append(_open_text(report))
    if report.utilisation_pct is not None:
        lines.append(f"Bays were taken {taken_words(report.utilisation_pct)} of their open hours")
    lines += [f"▲ {words}" for words in report.warnings]
    return "\n".join(lines)


def _of_known(total: Sums) -> str:
    if not total.without_cost.minor:
        return ""
    return f" without parts for {money_text(total.without_cost)} whose cost is not known"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _open_text(report: RevenueReport) -> str:
    now = report.still_open
    return (
        f"Outstanding {money_text(now.outstanding)}, of it overdue {money_text(now.overdue)}; "
        f"not invoiced yet {money_text(now.not_invoiced)}; "
        f"to be given back {money_text(report.owed_back)}"
    )
