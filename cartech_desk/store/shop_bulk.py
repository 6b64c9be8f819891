"""A whole shop written at once: many rows of many tables, each table in one go.

For shops that are made rather than worked in: that of the demo, and those that speed is measured
with. All that the stores keep up row by row is kept up here as well: sums, keys, numbers, what
search finds. Nothing is checked that the tables do not check.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.booking import Appointment, Resource, Service
from cartech_desk.domain.jobs.job import Job, Payment
from cartech_desk.domain.jobs.totals import line_net, line_tax, totals
from cartech_desk.domain.parts.part import Part, StockMove
from cartech_desk.domain.parts.quantity import milli_of
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.vehicles.record import Told
from cartech_desk.store.calendar_words import services_text
from cartech_desk.store.customer_rows import insert_customer
from cartech_desk.store.dyno_rows import run_values, session_values
from cartech_desk.store.dyno_words import DynoRun, DynoSession
from cartech_desk.store.finding import keep_entries
from cartech_desk.store.instants import instant
from cartech_desk.store.job_rows import words_key
from cartech_desk.store.modification_rows import insert_modification
from cartech_desk.store.part_rows import columns_of
from cartech_desk.store.revenue_entries import count_all
from cartech_desk.store.shop_found import entries
from cartech_desk.store.shop_rows import ShopRows, WrittenJob, WrittenPaper
from cartech_desk.store.suppliers import name_key as supplier_key
from cartech_desk.store.vehicle_rows import insert_vehicle

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor


def put(connection: "Connection", shop: ShopRows, by: "Actor") -> None:
    """Write all of it, within the caller's transaction. Errors: those of `Database.write`."""
    now = instant(datetime.now(UTC))
    for customer in shop.customers:
        insert_customer(connection, customer, findable=False)
    for vehicle in shop.vehicles:
        used = _at(vehicle.odometer_read or vehicle.created)
        insert_vehicle(connection, vehicle, findable=False, used=used)
    for modification in shop.modifications:
        insert_modification(connection, modification)
    _many(connection, "service", map(_service, shop.services))
    _many(connection, "resource", map(_resource, shop.resources))
    _many(connection, "supplier", map(_supplier, shop.suppliers))
    _many(connection, "part", (_part(part, now) for part in shop.parts))
    _many(
        connection,
        "part_barcode",
        ({"barcode": code, "part_id": one.id} for one in shop.parts for code in one.barcodes),
    )
    put_moves(connection, shop.moves, by)
    _set_levels(connection, shop.parts)
    _many(connection, "appointment", (_appointment(one, by) for one in shop.appointments))
    _many(connection, "booking", _bookings(shop.appointments))
    _put_jobs(connection, shop.jobs, by)
    _many(connection, "dyno_session", map(_session, shop.sessions))
    _many(connection, "dyno_run", map(_run, shop.runs))
    _raise_number(connection, "job", (one.job.number for one in shop.jobs))
    keep_entries(connection, entries(shop))


def put_moves(connection: "Connection", moves: Sequence[StockMove], by: "Actor") -> None:
    """Write moves into the ledger; the tables' own triggers count what is on hand."""
    _many(connection, "stock_move", (_move(move, by) for move in moves))


def _many(connection: "Connection", table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    listed = list(rows)
    if not listed:
        return
    names = tuple(listed[0])
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - names of ours
        f"VALUES ({', '.join('?' * len(names))})",
        [tuple(row.values()) for row in listed],
    )


def _raise_number(connection: "Connection", series: str, numbers: Iterable[int]) -> None:
    highest = max(numbers, default=0)
    if highest:
        connection.exec_driver_sql(
            "INSERT INTO number_series (name, next) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)",
            (series, highest),
        )


def _service(one: Service) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "code_key": one.code.casefold(),
        "name": one.name,
        "category": one.category,
        "minutes": one.minutes,
        "price": one.price.minor,
        "currency": one.price.currency,
        "tax_bp": one.tax_bp,
        "active": int(one.active),
    }


def _resource(one: Resource) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "person_id": one.person_id,
        "place": one.place,
        "active": int(one.active),
    }


def _supplier(one: Supplier) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "name_key": supplier_key(one.name),
        "contact": one.contact,
        "email": one.email,
        "phone": one.phone,
        "customer_number": one.customer_number,
        "lead_days": one.lead_days,
        "note": one.note,
    }


def _part(one: Part, now: str) -> dict[str, Any]:
    """Return a part without its levels: only what comes after its first moves may run low."""
    levels = {"warning_milli": None, "reorder_milli": None}
    return {**columns_of(one, now), **levels, "id": one.id}


def _set_levels(connection: "Connection", parts: Sequence[Part]) -> None:
    rows = [(columns_of(one, ""), one.id) for one in parts]
    if rows:
        connection.exec_driver_sql(
            "UPDATE part SET warning_milli = ?, reorder_milli = ? WHERE id = ?",
            [(row["warning_milli"], row["reorder_milli"], key) for row, key in rows],
        )


def _move(one: StockMove, by: "Actor") -> dict[str, Any]:
    return {
        "id": one.id,
        "part_id": one.part_id,
        "kind": one.kind.value,
        "quantity_milli": milli_of(one.quantity),
        "unit_cost": None if one.unit_cost is None else one.unit_cost.minor,
        "at": instant(one.at),
        "reason": one.reason,
        "job_id": one.job_id,
        "job_line_id": one.job_line_id,
        "order_line_id": one.order_line_id,
        "count_id": one.count_id,
        "by_id": by.id,
        "by_name": one.by or by.name,
    }


def _appointment(one: Appointment, by: "Actor") -> dict[str, Any]:
    return {
        "id": one.id,
        "customer_id": one.customer_id or None,
        "vehicle_id": one.vehicle_id or None,
        "job_id": one.job_id,
        "starts": _at(one.starts),
        "ends": _at(one.ends),
        "zone": one.zone,
        "buffer_before_min": max(0, one.buffer_before_min),
        "buffer_after_min": max(0, one.buffer_after_min),
        "bay_id": one.bay_id,
        "technician_id": one.technician_id,
        "status": one.status.value,
        "services": services_text(one.services),
        "notes": one.notes,
        "confirmation": one.confirmation,
        "uid": one.uid or f"{one.id}@cartech-desk",
        "created": _at(one.created or one.starts),
        "created_by": by.name,
    }


def _bookings(appointments: Sequence[Appointment]) -> Iterable[dict[str, Any]]:
    for one in appointments:
        if one.holds:
            for resource in dict.fromkeys(one.resources):
                yield {
                    "appointment_id": one.id,
                    "resource_id": resource,
                    "starts": instant(one.held.starts),
                    "ends": instant(one.held.ends),
                }


def _put_jobs(connection: "Connection", jobs: Sequence[WrittenJob], by: "Actor") -> None:
    _many(connection, "job", (_job(one, by) for one in jobs))
    _many(connection, "odometer", (_reading(one.job, by) for one in jobs if one.job.odometer_km))
    _many(connection, "job_line", (row for one in jobs for row in _lines(one.job)))
    _many(
        connection,
        "job_history",
        (
            {
                "job_id": one.job.id,
                "status": status.value,
                "at": instant(at),
                "by_id": by.id,
                "by_name": who or by.name,
                "bay_id": one.job.bay_id,
            }
            for one in jobs
            for status, at, who in one.steps
        ),
    )
    count_all(connection, sorted(_counted(jobs), key=lambda each: each[1]))
    papers = [(paper, one.job) for one in jobs for paper in one.papers]
    _many(connection, "issued", (_paper(paper, job, by) for paper, job in papers))
    for series in {paper.series for paper, _ in papers}:
        numbers = (paper.sequence for paper, _ in papers if paper.series == series)
        _raise_number(connection, series, numbers)
    _many(connection, "payment", (_payment(p, by) for one in jobs for p in one.payments))


def _counted(jobs: Sequence[WrittenJob]) -> Iterable[tuple[Job, datetime, date]]:
    for one in jobs:
        if one.recognised is not None and one.job.recognised_day is not None:
            yield one.job, one.recognised, one.job.recognised_day


def _job(one: WrittenJob, by: "Actor") -> dict[str, Any]:
    job, sums = one.job, totals(one.job.lines, one.job.currency)
    paid = sum(payment.amount.minor for payment in one.payments)
    return {
        "id": job.id,
        "number": job.number,
        "vehicle_id": job.vehicle_id,
        "customer_id": job.customer_id or None,
        "appointment_id": job.appointment_id,
        "title": job.title,
        "complaint": job.complaint,
        "words_key": words_key(f"{job.title} {job.complaint}"),
        "status": job.status.value,
        "bay_id": job.bay_id,
        "technician_id": job.technician_id,
        "opened": _at(job.opened),
        "opened_by": by.name,
        "promised": _maybe(job.promised),
        "done": _maybe(job.done),
        "odometer_km": job.odometer_km,
        "currency": job.currency,
        "approved_by": job.approved_by,
        "approved_at": _maybe(job.approved_at),
        "approved_gross": None if job.approved_gross is None else job.approved_gross.minor,
        "approval_note": job.approval_note,
        "note": job.note,
        "labour_net": sums.labour.minor,
        "parts_net": sums.parts.minor,
        "other_net": sums.other.minor,
        "parts_cost": sums.parts_cost.minor,
        "net": sums.net.minor,
        "tax": sums.tax.minor,
        "gross": sums.gross.minor,
        "paid": paid,
        "recognised": _maybe(one.recognised),
        "recognised_day": _day(job.recognised_day),
    }


def _reading(job: Job, by: "Actor") -> dict[str, Any]:
    """Return what the odometer showed when a job was opened; a job has one."""
    return {
        "id": job.id,
        "vehicle_id": job.vehicle_id,
        "km": job.odometer_km,
        "read": _at(job.opened),
        "told": Told.JOB.value,
        "by_name": by.name,
    }


def _lines(job: Job) -> Iterable[dict[str, Any]]:
    for place, line in enumerate(job.lines, 1):
        yield {
            "id": line.id,
            "job_id": job.id,
            "place": place,
            "kind": line.kind.value,
            "words": line.words,
            "quantity_milli": milli_of(line.quantity),
            "unit": line.unit,
            "unit_price": line.unit_price.minor,
            "unit_cost": None if line.unit_cost is None else line.unit_cost.minor,
            "discount_bp": line.discount_bp,
            "tax_bp": line.tax_bp,
            "net": line_net(line).minor,
            "tax": line_tax(line).minor,
            "service_id": line.service_id,
            "part_id": line.part_id,
            "technician_id": line.technician_id,
            "minutes": line.minutes,
        }


def _paper(written: WrittenPaper, job: Job, by: "Actor") -> dict[str, Any]:
    one = written.paper
    return {
        "id": one.id,
        "kind": one.kind.value,
        "number": one.number,
        "series": written.series,
        "sequence": written.sequence,
        "job_id": one.job_id,
        "customer_id": job.customer_id or None,
        "issued": instant(one.issued),
        "issued_day": one.issued_day.isoformat(),
        "due_day": _day(one.due_day),
        "currency": one.gross.currency,
        "net": one.net.minor,
        "tax": one.tax.minor,
        "gross": one.gross.minor,
        "body": json.dumps(one.body, ensure_ascii=False),
        "credits": one.credits,
        "by_id": by.id,
        "by_name": one.by or by.name,
    }


def _payment(one: Payment, by: "Actor") -> dict[str, Any]:
    return {
        "id": one.id,
        "job_id": one.job_id,
        "invoice_id": one.invoice_id,
        "amount": one.amount.minor,
        "currency": one.amount.currency,
        "method": one.method,
        "at": instant(one.at),
        "by_id": by.id,
        "by_name": one.by or by.name,
        "note": one.note,
    }


_SESSION: Final = (
    "vehicle_id",
    "vehicle_name",
    "operator_id",
    "operator_name",
    "test_type",
    "started",
    "ended",
    "body",
)


def _session(one: DynoSession) -> dict[str, Any]:
    values = dict(zip(_SESSION, session_values(one), strict=True))
    return {"id": one.id, **values}


def _run(one: DynoRun) -> dict[str, Any]:
    names = ["name", "recording_id", "first_ns", "last_ns", "started", "ending", "tier", "body"]
    return {
        "id": one.id,
        "session": one.session,
        "number": one.number,
        **dict(zip(names, run_values(one), strict=True)),
    }


def _at(at: datetime | None) -> str:
    if at is None:
        raise ValueError("a row without its time")
    return instant(at)


def _maybe(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
