"""What may stand in a job and in its lines; each wrong field says what is wrong with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.jobs.states import WORDS
from cartech_desk.domain.jobs.totals import line_cost, line_net
from cartech_desk.domain.money import MOST_MINOR
from cartech_desk.domain.parts.quantity import milli_of
from cartech_desk.domain.plain_text import printable
from cartech_desk.office.errors import FieldsRefused

CODE: Final = "job_refused"
LINES_MOST: Final = 500
_TITLE: Final = 200
_WORDS: Final = 300
_TEXT: Final = 5000
_KM_MOST: Final = 9_999_999
_BP_MOST: Final = 10_000
_AHEAD: Final = timedelta(days=3 * 366)
OPENED_AS: Final = (JobStatus.ARRIVED, JobStatus.BOOKED, JobStatus.IN_BAY)
"""What a job may begin as."""


def checked_job(job: Job, now: datetime) -> Job:
    """Return a job's own fields as they are kept. Errors: FieldsRefused."""
    wrong: dict[str, str] = {}
    complaint = _lines(job.complaint, "complaint", "The complaint", wrong)
    note = _lines(job.note, "note", "The note", wrong)
    title = " ".join(job.title.split()) or " ".join(complaint.split())[:80].rstrip()
    if not title:
        wrong["title"] = "Nothing says what the car is here for.\nType a title or the complaint."
    elif len(title) > _TITLE or not printable(title):
        wrong["title"] = (
            f"The title has more than {_TITLE} characters, or some that cannot be shown.\n"
            "Shorten it; the complaint has more room."
        )
    if job.odometer_km is not None and not 0 <= job.odometer_km <= _KM_MOST:
        wrong["odometer"] = "No car has driven as far as that.\nType kilometres, without a point."
    if job.promised is not None and not now - _AHEAD < job.promised < now + _AHEAD:
        wrong["promised"] = "The promised day lies years away.\nLook at its year again."
    if wrong:
        raise FieldsRefused(CODE, wrong)
    return replace(job, title=title, complaint=complaint, note=note)


def checked_beginning(status: JobStatus) -> None:
    """Let a status pass that a job may begin as. Errors: FieldsRefused."""
    if status not in OPENED_AS:
        said = ", ".join(WORDS[each].lower() for each in OPENED_AS)
        raise FieldsRefused(
            CODE, {"status": f"A job cannot begin as {WORDS[status].lower()}.\nChoose {said}."}
        )


def checked_lines(lines: Sequence[JobLine], currency: str) -> tuple[JobLine, ...]:
    """Return lines as they are kept. Errors: FieldsRefused; of several the line is named."""
    if len(lines) > LINES_MOST:
        raise FieldsRefused(
            CODE, {"lines": f"A job has at most {LINES_MOST} lines.\nOpen another job for more."}
        )
    ids = [line.id for line in lines if line.id]
    if len(ids) != len(set(ids)):
        raise FieldsRefused(CODE, {"lines": "A line stands there twice.\nAdd it without its id."})
    kept = []
    for place, line in enumerate(lines, 1):
        wrong = _wrong_in(line, currency)
        if wrong:
            several = f"Line {place}: " if len(lines) > 1 else ""
            raise FieldsRefused(CODE, {name: several + told for name, told in wrong.items()})
        words = " ".join(line.words.split())
        kept.append(replace(line, place=place, words=words, minutes=_minutes(line)))
    if sum(line_net(line).minor for line in kept) > MOST_MINOR:
        raise FieldsRefused(CODE, {"unit_price": "No job costs as much as that.\nLook at prices."})
    if sum(line_cost(line).minor for line in kept) > MOST_MINOR:
        raise FieldsRefused(CODE, {"unit_cost": "No job cost as much as that.\nLook at the costs."})
    return tuple(kept)


def _wrong_in(line: JobLine, currency: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    words = " ".join(line.words.split())
    if not words or len(words) > _WORDS or not printable(words):
        wrong["words"] = (
            f"A line needs words, at most {_WORDS} characters.\nType what was done or sold."
        )
    try:
        if milli_of(line.quantity) <= 0:
            wrong["quantity"] = (
                "The quantity is not above zero.\nType how much; take the line off for none."
            )
    except CarTechError as error:
        wrong["quantity"] = f"{error.happened}\n{error.to_do}"
    if line.unit_price.currency != currency:
        wrong["unit_price"] = (
            f"The price is in {line.unit_price.currency}, the job in {currency}.\n"
            f"Type it in {currency}."
        )
    elif line.unit_price.minor < 0:
        wrong["unit_price"] = (
            "The price is below zero.\nType what one costs; what is taken off is a discount."
        )
    elif line.unit_price.minor > MOST_MINOR:
        wrong["unit_price"] = "No price is as high as that.\nLook at its digits again."
    if line.unit_cost is not None and (
        line.unit_cost.minor < 0 or line.unit_cost.currency != currency
    ):
        wrong["unit_cost"] = f"The cost is below zero or not in {currency}.\nType what it cost."
    elif line.unit_cost is not None and line.unit_cost.minor > MOST_MINOR:
        wrong["unit_cost"] = "No cost is as high as that.\nLook at its digits again."
    if not 0 <= line.discount_bp <= _BP_MOST:
        wrong["discount"] = "The discount is not between 0 and 100 %.\nType another one."
    if not 0 <= line.tax_bp <= _BP_MOST:
        wrong["tax"] = "The rate of tax is not between 0 and 100 %.\nType another one."
    if line.part_id and line.kind is not LineKind.PART:
        wrong["part"] = "Only a part's line takes stock.\nMake it a part, or leave the part out."
    if line.minutes is not None and not 0 <= line.minutes <= 100_000:
        wrong["minutes"] = "Nobody worked as long as that.\nType minutes."
    return wrong


def _minutes(line: JobLine) -> int | None:
    """Return the minutes of a line: those of hours of labour where nothing else is said."""
    if line.minutes is None and line.kind is LineKind.LABOUR and line.unit == "h":
        return round(line.quantity * 60)
    return line.minutes


def _lines(text: str, field: str, name: str, wrong: dict[str, str]) -> str:
    kept = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(kept) > _TEXT or not printable(kept.replace("\n", " ").replace("\t", " ")):
        wrong[field] = (
            f"{name} has more than {_TEXT} characters, or some that cannot be shown.\n"
            "Shorten it, or type it anew."
        )
    return kept


def checked_text(text: str, field: str, what: str, *, needed: bool = False) -> str:
    """Return a line of text, as who approved. Errors: FieldsRefused."""
    line = " ".join(text.split())
    if needed and not line:
        raise FieldsRefused(CODE, {field: f"{what} is missing.\nType it."})
    if len(line) > _TITLE or not printable(line):
        raise FieldsRefused(
            CODE,
            {field: f"{what} has more than {_TITLE} characters, or some that cannot be shown."},
        )
    return line
