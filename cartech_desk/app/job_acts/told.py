"""Jobs, papers and payments as documents and as lines; what is typed of them as values."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cartech_desk.app.desk import Counter
from cartech_desk.app.part_acts.told import moment, number
from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.domain.jobs.approval import approval_of, approval_words, withdrawn
from cartech_desk.domain.jobs.job import (
    IssuedDocument,
    Job,
    JobLine,
    JobRow,
    LostPaper,
    Payment,
)
from cartech_desk.domain.jobs.settling import Balance
from cartech_desk.domain.jobs.states import WORDS
from cartech_desk.domain.jobs.totals import line_net, line_tax, totals
from cartech_desk.domain.money import Money, money_text, parse_money
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.domain.typed_numbers import NumberRefused, typed_decimal
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.reports.paper_words import TITLES
from cartech_desk.store.errors import NotKept

Act = Callable[[Counter, argparse.Namespace], None]


def row_document(row: JobRow) -> dict[str, Any]:
    """Return a job of a list."""
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "status": row.status.value,
        "vehicle": row.vehicle,
        "plate": row.plate,
        "customer": row.customer,
        "opened": moment(row.opened),
        "promised": moment(row.promised),
        "done": moment(row.done),
        "total": row.gross.major,
        "paid": row.paid.major,
        "currency": row.gross.currency,
        "approved": row.approved,
        "above_approval": row.above_approval,
        "said_no": row.said_no,
        "invoice": row.invoice or None,
    }


def row_line(row: JobRow) -> str:
    """Return a job of a list on one line."""
    who = " · ".join(filter(None, (row.plate or row.vehicle, row.customer)))
    beside = [
        f"invoice {row.invoice}" if row.invoice else "",
        "above what was approved" if row.above_approval else "",
        "the customer said no" if row.said_no else "",
    ]
    words = f"{row.number:>6}  {WORDS[row.status]:<17} {money_text(row.gross):>14}  {row.title}"
    return f"{words}  ({who})" + "".join(f"  [{word}]" for word in beside if word)


def job_document(job: Job, balance: Balance | None = None) -> dict[str, Any]:
    """Return a job with its lines and sums."""
    sums = totals(job.lines, job.currency)
    approval = approval_of(job)
    paid = balance.paid if balance is not None else job.paid or Money(0, job.currency)
    billed = balance.billed if balance is not None else sums.gross
    return {
        "id": job.id,
        "number": job.number,
        "title": job.title,
        "status": job.status.value,
        "vehicle": job.vehicle,
        "vehicle_id": job.vehicle_id,
        "customer": job.customer,
        "customer_id": job.customer_id or None,
        "appointment_id": job.appointment_id or None,
        "complaint": job.complaint,
        "note": job.note,
        "bay_id": job.bay_id or None,
        "technician_id": job.technician_id or None,
        "opened": moment(job.opened),
        "promised": moment(job.promised),
        "done": moment(job.done),
        "odometer_km": job.odometer_km,
        "currency": job.currency,
        "lines": [line_document(line) for line in job.lines],
        "labour": sums.labour.major,
        "parts": sums.parts.major,
        "other": sums.other.major,
        "net": sums.net.major,
        "tax": sums.tax.major,
        "total": sums.gross.major,
        "paid": paid.major,
        "due": (billed - paid).major,
        "approval": None
        if approval is None
        else {
            "by": approval.by,
            "at": moment(approval.at),
            "how": approval.how,
            "total": approval.gross.major,
            "above": max(approval.above.major, Decimal(0)),
        },
        "said_no": withdrawn(job),
        "invoice": job.invoice or None,
        "recognised_day": None if job.recognised_day is None else job.recognised_day.isoformat(),
        "version": job.version,
        "deleted": moment(job.deleted),
    }


def line_document(line: JobLine) -> dict[str, Any]:
    """Return a line of a job."""
    return {
        "id": line.id,
        "place": line.place,
        "kind": line.kind.value,
        "words": line.words,
        "quantity": number(line.quantity),
        "unit": line.unit,
        "unit_price": line.unit_price.major,
        "discount_percent": line.discount_bp / 100,
        "tax_percent": line.tax_bp / 100,
        "net": line_net(line).major,
        "tax": line_tax(line).major,
        "part_id": line.part_id or None,
        "service_id": line.service_id or None,
        "taken": number(line.taken) if line.part_id else None,
        "minutes": line.minutes,
    }


def job_text(job: Job) -> str:
    """Return a job with its lines and sums."""
    sums = totals(job.lines, job.currency)
    who = " · ".join(filter(None, (job.vehicle, job.customer)))
    words = [f"Job {job.number}: {job.title}", f"  {WORDS[job.status]}  ({who})"]
    if job.deleted is not None:
        words.append(f"  Deleted, and on no list; jobs restore {job.number} takes it back")
    if job.odometer_km is not None:
        words.append(f"  Odometer {job.odometer_km:,} km")
    words += [f"  “{line}”" for line in job.complaint.splitlines()]
    for line in job.lines:
        short = ""
        if line.part_id and line.taken < line.quantity:
            short = f"  [taken {quantity_text(line.taken, line.unit)}]"
        words.append(
            f"  {line.place:>2}. {quantity_text(line.quantity, line.unit):>8} at "
            f"{money_text(line.unit_price, with_currency=False):>10} "
            f"{money_text(line_net(line), with_currency=False):>12}  {line.words}{short}"
        )
    words.append(
        f"  Total {money_text(sums.gross)} (net {money_text(sums.net)}, tax {money_text(sums.tax)})"
    )
    words.append(f"  {approval_words(job)}")
    if job.invoice:
        words.append(f"  Invoice {job.invoice}")
    if job.paid is not None and job.paid.minor:
        words.append(f"  Paid {money_text(job.paid)}")
    return "\n".join(words)


def paper_document(paper: IssuedDocument, *, whole: bool = False) -> dict[str, Any]:
    """Return a paper; with its body where it is asked for as a whole."""
    return {
        "id": paper.id,
        "kind": paper.kind.value,
        "number": paper.number,
        "job_id": paper.job_id,
        "issued": moment(paper.issued),
        "day": paper.issued_day.isoformat(),
        "due": None if paper.due_day is None else paper.due_day.isoformat(),
        "net": paper.net.major,
        "tax": paper.tax.major,
        "total": paper.gross.major,
        "currency": paper.gross.currency,
        "takes_back": paper.credits or None,
        "by": paper.by,
    } | ({"body": paper.body} if whole else {})


def lost_document(lost: LostPaper) -> dict[str, Any]:
    """Return a paper that was lost when an older copy was restored."""
    return paper_document(lost.paper) | {
        "copy_made": moment(lost.copy_made),
        "lost": moment(lost.lost),
    }


def paper_line(paper: IssuedDocument) -> str:
    """Return a paper on one line."""
    due = f", due {paper.due_day}" if paper.due_day is not None else ""
    return (
        f"{paper.issued_day}  {TITLES[paper.kind.value]:<12} {paper.number:<14} "
        f"{money_text(paper.gross):>14}{due}  ({paper.by})"
    )


def payment_document(payment: Payment) -> dict[str, Any]:
    """Return a payment; one that went back is below zero."""
    return {
        "id": payment.id,
        "job_id": payment.job_id,
        "invoice_id": payment.invoice_id or None,
        "amount": payment.amount.major,
        "currency": payment.amount.currency,
        "method": payment.method,
        "at": moment(payment.at),
        "by": payment.by,
        "note": payment.note,
    }


def shop_zone(counter: Counter) -> ZoneInfo:
    """Return the zone in which the shop's days and times are told."""
    return ZoneInfo(counter.office.rules().zone)


def payment_line(payment: Payment, zone: ZoneInfo) -> str:
    """Return a payment on one line, with its day in the shop's zone."""
    note = f"  {payment.note}" if payment.note else ""
    day, sum_ = payment.at.astimezone(zone).date(), money_text(payment.amount)
    return f"{day}  {sum_:>14}  {payment.method}  ({payment.by}){note}"


def asked_money(counter: Counter, text: str) -> Money:
    """Return a typed sum in the shop's currency. Errors: MoneyRefused."""
    return parse_money(text, counter.store.people.currency())


def asked_resource(counter: Counter, text: str, kind: ResourceKind) -> str:
    """Return the id of a bay or technician by its name, how that begins, or its id; "" for "".

    Errors: NotKept.
    """
    if not text.strip():
        return ""
    found = counter.office.appointments.resource(text)
    if found.kind is not kind:
        raise NotKept(
            f"{found.name} is no {kind.value}.",
            kept="Nothing was changed.",
            to_do=f"Choose one of the calendar's {kind.value}s.",
        )
    return found.id


def as_rate(text: str) -> int:
    """Return a typed share in hundredths of a per cent, for argparse."""
    try:
        return int(typed_decimal(text.strip().removesuffix("%").strip(), decimals=2) * 100)
    except NumberRefused as error:
        raise argparse.ArgumentTypeError(error.happened) from None


def asked_moment(counter: Counter, text: str, field: str) -> datetime:
    """Return a typed day, or day and time, of the shop's zone. Errors: FieldsRefused."""
    try:
        typed = datetime.fromisoformat(text.strip())
        zone = shop_zone(counter)
        return (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FieldsRefused(
            "job_refused",
            {field: f"{text!r} is no day.\nType it as in 2026-03-02 or 2026-03-02T16:00."},
        ) from None
