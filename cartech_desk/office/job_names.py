"""Bays, technicians and services that a job names: each is kept here, or stood there before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cartech_desk.domain.jobs.job import Job, JobLine
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_fields import CODE
from cartech_desk.store.job_catalogue import is_kept, is_resource

if TYPE_CHECKING:
    from cartech_desk.store.job_act import JobAct


def check_names(act: "JobAct", job: Job, before: Job | None = None) -> None:
    """Let the bay and the technician of a job pass. Errors: FieldsRefused."""
    wrong: dict[str, str] = {}
    if job.bay_id != ("" if before is None else before.bay_id):
        _check_resource(act, "bay", job.bay_id, wrong)
    if job.technician_id != ("" if before is None else before.technician_id):
        _check_resource(act, "technician", job.technician_id, wrong)
    if wrong:
        raise FieldsRefused(CODE, wrong)


def check_bay(act: "JobAct", bay_id: str) -> None:
    """Let a bay pass that a car is to come into. Errors: FieldsRefused."""
    wrong: dict[str, str] = {}
    _check_resource(act, "bay", bay_id, wrong)
    if wrong:
        raise FieldsRefused(CODE, wrong)


def check_lines(act: "JobAct", lines: Sequence[JobLine], before: Sequence[JobLine]) -> None:
    """Let the technicians and services of lines pass. Errors: FieldsRefused."""
    people = {line.technician_id for line in before}
    services = {line.service_id for line in before}
    for place, line in enumerate(lines, 1):
        wrong: dict[str, str] = {}
        if line.technician_id not in people:
            _check_resource(act, "technician", line.technician_id, wrong)
        key = line.service_id
        if key and key not in services and not is_kept(act.connection, "service", key):
            wrong["service"] = f"No service {key[:40]!r} is kept here.\nChoose another one."
        if wrong:
            several = f"Line {place}: " if len(lines) > 1 else ""
            raise FieldsRefused(CODE, {name: several + told for name, told in wrong.items()})


def _check_resource(act: "JobAct", kind: str, key: str, wrong: dict[str, str]) -> None:
    if key and not is_resource(act.connection, kind, key):
        wrong[kind] = f"No {kind} {key[:40]!r} is kept here.\nChoose one of the calendar's {kind}s."
