"""What is done in the demo's shop: jobs with their lines, stock, invoices and payments."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, Resource
from cartech_desk.domain.jobs.job import (
    DocumentKind,
    IssuedDocument,
    Job,
    JobLine,
    JobStatus,
    LineKind,
    Payment,
)
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind
from cartech_desk.domain.vehicles.record import Modification, ModificationType
from cartech_desk.office.demo_base import CURRENCY, Base, Shelf
from cartech_desk.office.demo_names import Offered
from cartech_desk.office.demo_people import TAX_BP
from cartech_desk.store.shop_rows import ShopRows, WrittenJob, WrittenPaper

_WEEKEND: Final = (5, 6)
_S: Final = JobStatus


@dataclass(frozen=True, slots=True)
class Visit:
    """A car that is here for a service; `rows` takes what comes of it."""

    rows: ShopRows
    service: Offered
    appointment: Appointment
    hand: Resource
    starts: datetime
    ends: datetime
    km: int | None = None
    """What the odometer shows."""


class Work:
    """Does the work of a year, visit by visit."""

    def __init__(self, base: Base, now: datetime) -> None:
        self._base = base
        self._rng = base.rng
        self._now = now
        self._zone = ZoneInfo(base.desk.zone)
        self._owners = {one.id: one for one in base.rows.customers}
        self._number = 1000
        self._invoice = 0
        self.fitted: set[tuple[str, str]] = set()
        """Which kind of modification which car has."""

    def done_for(self, visit: Visit) -> Job:
        """Open the job of a visit and do its work; it is billed where it is done."""
        appointment = visit.appointment
        self._number += 1
        opened = visit.starts - timedelta(minutes=self._rng.randrange(2, 12))
        done = appointment.status is AppointmentStatus.DONE
        job = Job(
            id=self._base.key(opened),
            number=self._number,
            vehicle_id=appointment.vehicle_id,
            customer_id=appointment.customer_id,
            appointment_id=appointment.id,
            title=visit.service.name,
            complaint=visit.service.complaint,
            status=JobStatus(appointment.status.value),
            bay_id=appointment.bay_id,
            technician_id=visit.hand.id,
            opened=opened,
            promised=visit.ends + timedelta(hours=1),
            done=visit.ends if done else None,
            odometer_km=visit.km,
            currency=CURRENCY,
        )
        job = replace(job, lines=self._lines(visit, job, take=done))
        gross = totals(job.lines, CURRENCY).gross
        if gross.minor > 40_000:
            job = replace(
                job,
                approved_by=self._owners[job.customer_id].name,
                approved_at=opened + timedelta(minutes=5),
                approved_gross=gross,
                approval_note="by phone",
            )
        steps = [(_S.ARRIVED, opened, visit.hand.name)]
        if job.status is not _S.ARRIVED:
            steps.append((_S.IN_BAY, visit.starts, visit.hand.name))
        if job.status is _S.WAITING:
            steps.append((_S.WAITING, visit.starts + timedelta(minutes=20), visit.hand.name))
        if done:
            steps.append((_S.DONE, visit.ends, visit.hand.name))
            visit.rows.jobs.append(self._billed(job, gross, visit.ends, steps))
            if visit.service.tuning:
                self._fit(visit, job)
        else:
            visit.rows.jobs.append(WrittenJob(job, tuple(steps)))
        return job

    def receive(self, rows: ShopRows, at: datetime) -> None:
        """Put on the shelves what was ordered and has come."""
        for shelf in self._base.shelves.values():
            if shelf.due is not None and shelf.due <= at <= self._now:
                shelf.due = None
                shelf.on_hand += shelf.quantity
                move = self._base.move(shelf.part, MoveKind.RECEIPT, shelf.quantity, at, "Delivery")
                rows.moves.append(move)

    def _lines(self, visit: Visit, job: Job, *, take: bool) -> tuple[JobLine, ...]:
        at, known = visit.starts, self._base.services[visit.service.code]
        lines = [
            JobLine(
                id=self._base.key(at),
                kind=LineKind.LABOUR,
                words=known.name,
                unit_price=known.price,
                tax_bp=TAX_BP,
                service_id=known.id,
                technician_id=visit.hand.id,
                minutes=known.minutes,
            )
        ]
        for sku, many in visit.service.parts:
            shelf, quantity = self._base.shelves[sku], Decimal(str(many)).normalize()
            if shelf.on_hand < quantity:
                self._order(shelf, at)
                continue
            line = JobLine(
                id=self._base.key(at),
                kind=LineKind.PART,
                words=shelf.part.name,
                quantity=quantity,
                unit=shelf.part.unit,
                unit_price=shelf.part.price,
                unit_cost=shelf.part.cost,
                tax_bp=TAX_BP,
                part_id=shelf.part.id,
            )
            lines.append(line)
            if take:
                self._take(visit, shelf, job, line)
        return tuple(lines)

    def _take(self, visit: Visit, shelf: Shelf, job: Job, line: JobLine) -> None:
        """Take a line's part off its shelf, and order where it runs low."""
        move = self._base.move(
            shelf.part, MoveKind.ISSUE, -line.quantity, visit.starts, f"Job {job.number}"
        )
        visit.rows.moves.append(
            replace(move, job_id=job.id, job_line_id=line.id, by=visit.hand.name)
        )
        shelf.on_hand -= line.quantity
        low = shelf.part.reorder_level
        if low is not None and shelf.on_hand <= low:
            self._order(shelf, visit.starts)

    def _order(self, shelf: Shelf, at: datetime) -> None:
        if shelf.due is None:
            shelf.due = at + timedelta(days=shelf.lead_days)

    def _billed(
        self,
        job: Job,
        gross: Money,
        done: datetime,
        steps: list[tuple[JobStatus, datetime, str]],
    ) -> WrittenJob:
        """Write the invoice of a job that is done, and what was paid of it by now."""
        self._invoice += 1
        at = done + timedelta(minutes=10)
        paper = self._paper(job, at)
        written = (WrittenPaper(paper, "invoice", self._invoice),)
        waits = self._rng.choices((0, 3, 9, 20, 45), (62, 10, 10, 10, 8))[0]
        paid_at = at + timedelta(days=waits, minutes=5)
        # On a weekend the counter is closed, and banks book nothing.
        day = paid_at.astimezone(self._zone).weekday()
        paid_at += timedelta(days=7 - day if day in _WEEKEND else 0)
        if paid_at > self._now:
            some = Money(gross.minor // 2 // 100 * 100, CURRENCY)
            # One in three of those that are not settled has paid a part.
            if self._rng.random() > 0.33 or not some.minor or at > self._now:
                return WrittenJob(job, tuple(steps), written)
            return WrittenJob(job, tuple(steps), written, (self._payment(job, paper, some, at),))
        paid = replace(job, status=_S.PAID, recognised_day=paid_at.astimezone(self._zone).date())
        steps.append((_S.PAID, paid_at, self._base.desk.manager[1]))
        payment = self._payment(job, paper, gross, paid_at)
        return WrittenJob(paid, tuple(steps), written, (payment,), paid_at)

    def _paper(self, job: Job, at: datetime) -> IssuedDocument:
        """Return an invoice but for its body, which needs to be told the shop's rules."""
        sums = totals(job.lines, CURRENCY)
        day = at.astimezone(self._zone).date()
        return IssuedDocument(
            id=self._base.key(at),
            kind=DocumentKind.INVOICE,
            number=str(self._invoice),
            job_id=job.id,
            issued=at,
            issued_day=day,
            due_day=day + timedelta(days=14),
            net=sums.net,
            tax=sums.tax,
            gross=sums.gross,
            body={},
            by=self._base.desk.manager[1],
        )

    def _payment(self, job: Job, paper: IssuedDocument, amount: Money, at: datetime) -> Payment:
        method = self._rng.choices(("card", "cash", "transfer"), (6, 2, 3))[0]
        return Payment(
            self._base.key(at),
            job.id,
            amount,
            method,
            at,
            by=self._base.desk.manager[1],
            invoice_id=paper.id,
        )

    def _fit(self, visit: Visit, job: Job) -> None:
        service = visit.service
        self.fitted.add((job.vehicle_id, service.tuning))
        part = self._base.shelves[service.parts[0][0]].part
        visit.rows.modifications.append(
            Modification(
                id=self._base.key(visit.ends),
                vehicle_id=job.vehicle_id,
                type=ModificationType(service.tuning),
                brand=part.maker,
                model=part.name,
                fitted=visit.ends.astimezone(self._zone).date(),
                price=part.price,
                done_by=visit.hand.name,
                job_id=job.id,
                created=visit.ends,
            )
        )
