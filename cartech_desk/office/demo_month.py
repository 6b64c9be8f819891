"""Writing a month of the demo's shop: its numbers come from the desk's own series."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.jobs.job import DocumentKind
from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.people import DESK
from cartech_desk.office import demo_people
from cartech_desk.office.demo_base import key_at

if TYPE_CHECKING:
    from cartech_desk.office.demo_year import Year
    from cartech_desk.office.office import Office
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.shop_rows import ShopRows, WrittenJob

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_FIRST_JOB: Final = 1001
_REFILLED: Final = "Delivered beside the orders"


def put_rows(act: "AuditedAct", shop: "ShopRows") -> None:
    """Write rows as they are."""
    from cartech_desk.store.shop_bulk import put

    put(act.connection, shop, DESK)


def put_month(office: "Office", act: "AuditedAct", year: "Year", shop: "ShopRows") -> None:
    """Write a month, its papers with all that stands on them."""
    from cartech_desk.office.paper_bodies import body_of
    from cartech_desk.store.job_catalogue import told_of
    from cartech_desk.store.shop_rows import WrittenPaper

    rules = office.rules()
    known = office.people.shop()
    series = f"{DocumentKind.INVOICE.value}:{rules.invoice_prefix}"
    numbered, sequences = _numbered(act, shop, series)
    jobs = []
    for written in numbered:
        papers = []
        for one in written.papers:
            paper, sequence = one.paper, sequences[one.paper.id]
            number = f"{rules.invoice_prefix}{sequence:04d}"
            body = body_of(
                told_of(act.connection, written.job.customer_id, written.job.vehicle_id),
                written.job,
                DocumentKind.INVOICE,
                rules,
                shop=known.name if known is not None else demo_people.SHOP,
                number=number,
                day=paper.issued_day,
                due=paper.due_day,
                by=paper.by,
            )
            papers.append(WrittenPaper(replace(paper, number=number, body=body), series, sequence))
        jobs.append(replace(written, papers=tuple(papers)))
    named = {one.job.id: f"Job {one.job.number}" for one in jobs}
    moves = [replace(one, reason=named.get(one.job_id or "", one.reason)) for one in shop.moves]
    moves = _possible(office, moves)
    whole = replace(shop, jobs=jobs, moves=moves, appointments=_free(office, shop))
    whole.named_customers, whole.named_vehicles = year.base.customers, year.base.vehicles
    put_rows(act, whole)


def _possible(office: "Office", moves: list[StockMove]) -> list[StockMove]:
    """Return the moves that the ledger takes although somebody works here meanwhile.

    A part that was counted is as it was counted: what moved before is left out. What somebody took
    from the shelf is delivered anew before the demo takes it.
    """
    parts: dict[str, Part] = {}
    left: dict[str, Decimal] = {}
    found = []
    for one in moves:
        part = parts.get(one.part_id) or office.parts.get(one.part_id)
        parts[part.id] = part
        if part.counted is not None and one.at < part.counted:
            continue
        now = left.get(part.id, part.on_hand) + one.quantity
        if now < 0:
            key = key_at(random.Random(one.id), one.at)  # noqa: S311 - no secret
            found.append(
                StockMove(
                    part.id, MoveKind.RECEIPT, -now, one.at, _REFILLED, part.cost, by=one.by, id=key
                )
            )
            now = Decimal(0)
        left[part.id] = now
        found.append(one)
    return found


def _free(office: "Office", shop: "ShopRows") -> list[Appointment]:
    """Return the appointments as far as nobody has given away their time meanwhile.

    One to come is left out then; one that began stays, without bay and technician.
    """
    if office.store is None:
        return list(shop.appointments)
    kept, found = office.store.appointments, []
    for one in shop.appointments:
        if not one.holds or not kept.conflicts(one):
            found.append(one)
        elif one.status is not AppointmentStatus.BOOKED:
            found.append(replace(one, bay_id="", technician_id=""))
    return found


def _numbered(
    act: "AuditedAct", shop: "ShopRows", series: str
) -> tuple[list["WrittenJob"], dict[str, int]]:
    """Draw the numbers of a month's jobs and papers (by id), in the order of time.

    They come from the desk's own series: somebody may work here while it is filled.
    """
    from cartech_desk.store.numbers import next_number

    jobs = [
        replace(one, job=replace(one.job, number=next_number(act.connection, "job", _FIRST_JOB)))
        for one in sorted(shop.jobs, key=lambda each: each.job.opened or _NEVER)
    ]
    papers = sorted((one.paper for job in jobs for one in job.papers), key=lambda one: one.issued)
    return jobs, {one.id: next_number(act.connection, series) for one in papers}
