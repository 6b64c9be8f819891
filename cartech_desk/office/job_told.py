"""What the audit log says of jobs and their lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from cartech_desk.domain.jobs.job import Job, JobLine
from cartech_desk.domain.jobs.totals import line_net
from cartech_desk.domain.money import money_text
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.store.job_act import status_told


def told_job(job: Job) -> dict[str, Any]:
    """Return a job's own facts, without its lines."""
    return {
        "title": job.title,
        "status": status_told(job.status),
        "vehicle": job.vehicle or job.vehicle_id,
        "customer": job.customer or job.customer_id,
        "complaint": job.complaint,
        "bay": job.bay_id,
        "technician": job.technician_id,
        "promised": job.promised,
        "odometer_km": job.odometer_km,
        "note": job.note,
    }


def told_lines(lines: Sequence[JobLine]) -> dict[str, str]:
    """Return each line in words: its place, what it is, how much, its net sum."""
    return {
        f"line {place}": (
            f"{line.words}, {quantity_text(line.quantity, line.unit)}, "
            f"{money_text(line_net(line))}, tax {line.tax_bp / 100:g} %"
        )
        for place, line in enumerate(lines, 1)
    }


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is not the same, before and after."""
    names = [name for name in (*before, *after) if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )
