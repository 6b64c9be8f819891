"""Rows of jobs and their lines, read and written; what is asked of their tables."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.jobs.job import Job, JobLine, JobRow, JobStatus, LineKind
from cartech_desk.domain.jobs.totals import line_net, line_tax, totals
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.quantity import milli_of, quantity_of
from cartech_desk.store.errors import DatabaseCorrupt, NotKept
from cartech_desk.store.instants import instant, instant_or_none, time_of, time_or_none
from cartech_desk.store.named_rows import Named, row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAMED: Final = Named("job", "job")
_INVOICE: Final = (
    "(SELECT number FROM issued WHERE issued.job_id = job.id AND issued.kind = 'invoice' "
    "AND NOT EXISTS (SELECT 1 FROM issued AS back WHERE back.job_id = job.id "
    "AND back.kind = 'credit_note' AND back.credits = issued.id) ORDER BY issued.id DESC LIMIT 1)"
)
"""The number of the invoice in force."""
FROM: Final = (
    "job LEFT JOIN vehicle ON vehicle.id = job.vehicle_id "
    "LEFT JOIN customer ON customer.id = job.customer_id"
)
_JOB: Final = (
    "job.id, job.number, job.vehicle_id, coalesce(vehicle.name, ''), job.customer_id, "
    "coalesce(customer.name, ''), job.appointment_id, job.title, job.complaint, job.status, "
    "job.bay_id, job.technician_id, job.opened, job.promised, job.done, job.odometer_km, "
    "job.currency, job.approved_by, job.approved_at, job.approved_gross, job.approval_note, "
    f"job.note, job.paid, {_INVOICE}, job.recognised_day, job.version, "
    "coalesce(vehicle.plate, ''), job.deleted"
)
ROW: Final = (
    "job.id, job.number, job.title, job.status, job.vehicle_id, coalesce(vehicle.name, ''), "
    "coalesce(vehicle.plate, ''), job.customer_id, coalesce(customer.name, ''), job.bay_id, "
    "job.technician_id, job.opened, job.promised, job.done, job.currency, job.gross, job.paid, "
    f"job.approved_gross, {_INVOICE}, job.version, job.approved_at"
)
_LINE: Final = (
    "id, place, kind, words, quantity_milli, unit, unit_price, unit_cost, discount_bp, tax_bp, "
    "service_id, part_id, technician_id, minutes"
)


def job_at(connection: "Connection", word: str) -> Job:
    """Return the job that a word means: its number, its id, an end of that, or “last”.

    Errors: NotKept, DatabaseCorrupt.
    """
    select = f"SELECT {_JOB} FROM {FROM}"  # noqa: S608 - words of ours
    typed = word.strip().lstrip("#")
    if typed.isascii() and typed.isdigit() and len(typed) < 12:
        row = connection.exec_driver_sql(f"{select} WHERE job.number = ?", (int(typed),)).fetchone()
        if row is not None:
            return _job(connection, tuple(row))
    try:
        return _job(connection, row_of(connection, select, NAMED, word))
    except NotKept as error:
        raise NotKept(
            error.happened, kept="Nothing was changed.", to_do="Give the job's number, as in 1042."
        ) from error


def _job(connection: "Connection", row: Sequence[Any]) -> Job:
    try:
        currency = str(row[16])
        return Job(
            id=row[0],
            number=int(row[1]),
            vehicle_id=row[2],
            vehicle=row[3],
            customer_id=row[4] or "",
            customer=row[5],
            appointment_id=row[6],
            title=row[7],
            complaint=row[8],
            status=JobStatus(row[9]),
            bay_id=row[10],
            technician_id=row[11],
            opened=time_of(row[12]),
            promised=time_or_none(row[13]),
            done=time_or_none(row[14]),
            odometer_km=row[15],
            currency=currency,
            approved_by=row[17],
            approved_at=time_or_none(row[18]),
            approved_gross=None if row[19] is None else Money(int(row[19]), currency),
            approval_note=row[20],
            note=row[21],
            lines=lines_of(connection, row[0], currency),
            paid=Money(int(row[22]), currency),
            invoice=row[23] or "",
            recognised_day=None if row[24] is None else date.fromisoformat(row[24]),
            version=int(row[25]),
            plate=row[26],
            deleted=time_or_none(row[27]),
        )
    except (ValueError, TypeError) as error:
        raise DatabaseCorrupt(
            f"What is kept of job {row[1]} is damaged.",
            kept="It stays as it is.",
            to_do="Restore the last backup.",
        ) from error


def lines_of(connection: "Connection", job_id: str, currency: str) -> tuple[JobLine, ...]:
    """Return the lines of a job in their order, with what each has taken from stock."""
    rows = connection.exec_driver_sql(
        f"SELECT {_LINE} FROM job_line WHERE job_id = ? ORDER BY place, id",  # noqa: S608 - ours
        (job_id,),
    ).fetchall()
    taken: Mapping[str, int] = {}
    if any(row[11] for row in rows):
        taken = {
            str(line): int(milli)
            for line, milli in connection.exec_driver_sql(
                "SELECT job_line_id, -sum(quantity_milli) FROM stock_move "
                "WHERE job_id = ? AND job_id <> '' GROUP BY job_line_id",
                (job_id,),
            )
        }
    return tuple(
        JobLine(
            id=row[0],
            place=int(row[1]),
            kind=LineKind(row[2]),
            words=row[3],
            quantity=quantity_of(int(row[4])),
            unit=row[5],
            unit_price=Money(int(row[6]), currency),
            unit_cost=None if row[7] is None else Money(int(row[7]), currency),
            discount_bp=int(row[8]),
            tax_bp=int(row[9]),
            service_id=row[10],
            part_id=row[11],
            technician_id=row[12],
            minutes=row[13],
            taken=quantity_of(taken.get(row[0], 0)),
        )
        for row in rows
    )


def row_shown(row: Sequence[Any]) -> JobRow:
    """Return one row of a list from the columns of `ROW`. Errors: DatabaseCorrupt."""
    currency = str(row[14])
    approved = row[17]
    try:
        return JobRow(
            id=row[0],
            number=int(row[1]),
            title=row[2],
            status=JobStatus(row[3]),
            vehicle_id=row[4],
            vehicle=row[5],
            plate=row[6],
            customer_id=row[7] or "",
            customer=row[8],
            bay_id=row[9],
            technician_id=row[10],
            opened=time_of(row[11]),
            promised=time_or_none(row[12]),
            done=time_or_none(row[13]),
            gross=Money(int(row[15]), currency),
            paid=Money(int(row[16]), currency),
            approved=approved is not None,
            above_approval=approved is not None and int(row[15]) > int(approved),
            invoice=row[18] or "",
            version=int(row[19]),
            said_no=approved is None and row[20] is not None,
        )
    except (ValueError, TypeError) as error:
        raise DatabaseCorrupt(
            f"What is kept of job {row[1]} is damaged.",
            kept="It stays as it is.",
            to_do="Restore the last backup.",
        ) from error


def insert_job(connection: "Connection", job: Job, opened_by: str) -> None:
    """Write a new job without its lines; id, number and times are the caller's."""
    connection.exec_driver_sql(
        "INSERT INTO job (number, vehicle_id, opened, opened_by, currency, customer_id, "
        "appointment_id, title, complaint, words_key, status, bay_id, technician_id, promised, "
        "done, odometer_km, approved_by, approved_at, approved_gross, approval_note, note, id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.number,
            job.vehicle_id,
            instant(job.opened or datetime.now(UTC)),
            opened_by,
            job.currency,
            *_changing(job),
            job.id,
        ),
    )


def update_job(connection: "Connection", job: Job) -> None:
    """Write what may change of a job, but for its lines and sums, and count its version up."""
    connection.exec_driver_sql(
        "UPDATE job SET vehicle_id = ?, customer_id = ?, appointment_id = ?, title = ?, "
        "complaint = ?, words_key = ?, status = ?, bay_id = ?, technician_id = ?, promised = ?, "
        "done = ?, odometer_km = ?, approved_by = ?, approved_at = ?, approved_gross = ?, "
        "approval_note = ?, note = ?, version = version + 1 WHERE id = ?",
        (job.vehicle_id, *_changing(job), job.id),
    )


def _changing(job: Job) -> tuple[Any, ...]:
    return (
        job.customer_id or None,
        job.appointment_id,
        job.title,
        job.complaint,
        words_key(f"{job.title} {job.complaint}"),
        job.status.value,
        job.bay_id,
        job.technician_id,
        instant_or_none(job.promised),
        instant_or_none(job.done),
        job.odometer_km,
        job.approved_by,
        instant_or_none(job.approved_at),
        None if job.approved_gross is None else job.approved_gross.minor,
        job.approval_note,
        job.note,
    )


def write_lines(connection: "Connection", job: Job) -> None:
    """Write the lines of a job in the place of those before, and its sums with them."""
    connection.exec_driver_sql("DELETE FROM job_line WHERE job_id = ?", (job.id,))
    rows = [
        (
            line.id,
            job.id,
            place,
            line.kind.value,
            line.words,
            milli_of(line.quantity),
            line.unit,
            line.unit_price.minor,
            None if line.unit_cost is None else line.unit_cost.minor,
            line.discount_bp,
            line.tax_bp,
            line_net(line).minor,
            line_tax(line).minor,
            line.service_id,
            line.part_id,
            line.technician_id,
            line.minutes,
        )
        for place, line in enumerate(job.lines, 1)
    ]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO job_line (id, job_id, place, kind, words, quantity_milli, unit, "
            "unit_price, unit_cost, discount_bp, tax_bp, net, tax, service_id, part_id, "
            "technician_id, minutes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    sums = totals(job.lines, job.currency)
    connection.exec_driver_sql(
        "UPDATE job SET labour_net = ?, parts_net = ?, other_net = ?, parts_cost = ?, net = ?, "
        "tax = ?, gross = ? WHERE id = ?",
        (
            sums.labour.minor,
            sums.parts.minor,
            sums.other.minor,
            sums.parts_cost.minor,
            sums.net.minor,
            sums.tax.minor,
            sums.gross.minor,
            job.id,
        ),
    )


def words_key(text: str) -> str:
    """Return words as they are searched: whatever their case and blanks."""
    return " ".join(text.casefold().split())
