"""Writing a month of the demo's shop: its numbers come from the desk's own series."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.jobs.job import DocumentKind
from cartech_desk.domain.people import DESK
from cartech_desk.office import demo_people

if TYPE_CHECKING:
    from cartech_desk.office.demo_year import Year
    from cartech_desk.office.office import Office
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.shop_rows import ShopRows, WrittenJob

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_FIRST_JOB: Final = 1001


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
    whole = replace(shop, jobs=jobs, moves=moves, appointments=_free(office, shop))
    whole.named_customers, whole.named_vehicles = year.base.customers, year.base.vehicles
    put_rows(act, whole)


def _free(office: "Office", shop: "ShopRows") -> list[Appointment]:
    """Return the appointments but those to come whose time somebody has given away meanwhile."""
    kept = office.store.appointments if office.store is not None else None
    return [
        one
        for one in shop.appointments
        if kept is None or one.status is not AppointmentStatus.BOOKED or not kept.conflicts(one)
    ]


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
