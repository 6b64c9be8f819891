"""What search finds of a shop that is written at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.jobs.states import LET_GO, WORDS
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money, money_text
from cartech_desk.store.appointment_rows import found_of as found_appointment
from cartech_desk.store.calendar_words import vehicle_words
from cartech_desk.store.customer_rows import found_of as found_customer
from cartech_desk.store.finding import Entry
from cartech_desk.store.instants import instant
from cartech_desk.store.part_rows import found_entry as found_part
from cartech_desk.store.run_finding import found_of as found_run
from cartech_desk.store.shop_rows import ShopRows
from cartech_desk.store.vehicle_rows import found_of as found_vehicle


def entries(shop: ShopRows) -> Iterable[Entry]:
    """Return what search finds of it, kind by kind."""
    owners = {one.id: one for one in (*shop.named_customers, *shop.customers)}
    cars = {one.id: one for one in (*shop.named_vehicles, *shop.vehicles)}
    for car in sorted(shop.vehicles, key=lambda one: _at(one.odometer_read or one.created)):
        owner = owners.get(car.owner_id)
        named = replace(car, owner=owner.name if owner is not None else "")
        yield found_vehicle(named, _at(car.odometer_read or car.created))
    yield from map(found_customer, shop.customers)
    for written in sorted(shop.jobs, key=lambda one: one.job.number):
        job = written.job
        ridden = cars.get(job.vehicle_id)
        owner = owners.get(job.customer_id)
        parts = [
            ridden.name if ridden else "",
            ridden.plate if ridden else "",
            owner.name if owner else "",
            WORDS[job.status],
        ]
        if job.lines and job.status not in LET_GO:
            parts.append(money_text(_gross(job)))
        invoice = next((one.paper.number for one in written.papers), "")
        yield Entry(
            "job",
            job.id,
            f"Job {job.number} · {job.title}",
            " · ".join(part for part in dict.fromkeys(parts) if part),
            f"{(ridden.vin if ridden else '') or ''} {owner.company if owner else ''} "
            f"{job.complaint[:300]} {invoice}",
            _at(job.opened),
        )
    for booked in sorted(shop.appointments, key=lambda one: _at(one.starts)):
        ridden, owner = cars.get(booked.vehicle_id), owners.get(booked.customer_id)
        told = (ridden.name, ridden.make, ridden.model, ridden.plate) if ridden else ("",) * 4
        who = (owner.name or owner.company) if owner else ""
        yield found_appointment(replace(booked, customer=who, vehicle=vehicle_words(*told)))
    now = _at(None)
    for part in shop.parts:
        yield found_part(part, now)
    sessions = {one.id: one for one in shop.sessions}
    for run in shop.runs:
        yield found_run(run, sessions[run.session])


def _gross(job: Job) -> Money:
    return totals(job.lines, job.currency).gross


def _at(at: datetime | None) -> str:
    return instant(at if at is not None else datetime.now(UTC))
