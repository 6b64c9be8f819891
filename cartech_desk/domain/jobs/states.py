"""How a job may go from one state to another, as a table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import JobStatus

_S = JobStatus

WORDS: Final[Mapping[JobStatus, str]] = MappingProxyType(
    {
        _S.BOOKED: "Booked",
        _S.ARRIVED: "Arrived",
        _S.IN_BAY: "In the bay",
        _S.WAITING: "Waiting for parts",
        _S.DONE: "Done",
        _S.PAID: "Paid",
        _S.NO_SHOW: "No show",
        _S.CANCELLED: "Cancelled",
    }
)

NEXT: Final[Mapping[JobStatus, tuple[JobStatus, ...]]] = MappingProxyType(
    {
        _S.BOOKED: (_S.ARRIVED, _S.IN_BAY, _S.NO_SHOW, _S.CANCELLED),
        _S.ARRIVED: (_S.IN_BAY, _S.WAITING, _S.DONE, _S.BOOKED, _S.CANCELLED),
        _S.IN_BAY: (_S.DONE, _S.WAITING, _S.ARRIVED, _S.CANCELLED),
        _S.WAITING: (_S.IN_BAY, _S.ARRIVED, _S.DONE, _S.CANCELLED),
        _S.DONE: (_S.IN_BAY, _S.WAITING, _S.ARRIVED),
        _S.PAID: (),
        _S.NO_SHOW: (_S.ARRIVED, _S.BOOKED, _S.CANCELLED),
        _S.CANCELLED: (_S.ARRIVED, _S.BOOKED),
    }
)
"""What a person may choose next, the usual one first.

Paid is no choice: a job is paid once it is done and its payments come to its total, and is done
again when money went back or its invoice was taken back.
"""

UNFINISHED: Final = frozenset({_S.BOOKED, _S.ARRIVED, _S.IN_BAY, _S.WAITING})
"""There is work left: lines may change, and the job is carried over to the next day."""
LET_GO: Final = frozenset({_S.NO_SHOW, _S.CANCELLED})
"""Nothing came of it: it holds no stock and counts nowhere."""


class StepRefused(CarTechError):
    """A job cannot go from its state to the one that was asked for."""

    code: ClassVar[str] = "job_step_refused"


def check_step(number: int, now: JobStatus, to: JobStatus) -> None:
    """Let a step of the table pass. Errors: StepRefused."""
    if to in NEXT[now]:
        return
    if now is to:
        raise StepRefused(f"Job {number} is {_said(now)} already.", to_do="There is nothing to do.")
    if to is _S.PAID:
        raise StepRefused(
            f"Job {number} is not paid by saying so.",
            kept=f"It stays {_said(now)}.",
            to_do="Note the payment: with the last one a job that is done becomes paid by itself.",
        )
    if now is _S.PAID:
        raise StepRefused(
            f"Job {number} is paid and closed.",
            kept="It stays as it is.",
            to_do="Take its invoice back with a credit note first, or open another job.",
        )
    choices = " or ".join(_said(each) for each in NEXT[now])
    raise StepRefused(
        f"Job {number} is {_said(now)} and cannot become {_said(to)}.",
        kept=f"It stays {_said(now)}.",
        to_do=f"Make it {choices}.",
    )


def _said(status: JobStatus) -> str:
    return WORDS[status].lower()
