"""What there is to say of papers that were issued, and lost when an older copy was restored."""

from collections.abc import Sequence

from cartech_desk.domain.jobs.job import DocumentKind, Job, LostPaper


def lost_words(one: LostPaper) -> str:
    """Return what became of a paper."""
    return f"issued, lost by restoring a copy of {one.copy_made:%Y-%m-%d %H:%M} UTC"


def lost_told(job: Job, lost: Sequence[LostPaper]) -> list[str]:
    """Say before a job is invoiced that its invoice went out already, and was lost."""
    taken_back = {one.paper.credits for one in lost}
    return [
        f"Invoice {one.paper.number} of {one.paper.issued_day} for this job was "
        f"{lost_words(one)}: the customer may hold it. Say on the way that the new one stands "
        "in its place."
        for one in lost
        if one.paper.kind is DocumentKind.INVOICE
        and one.paper.job_id == job.id
        and one.paper.id not in taken_back
    ]


def matches(one: LostPaper, search: str) -> bool:
    """Tell whether every word is found in a paper's number, customer, job or car."""
    told = one.paper.body
    parts = [str(told.get(name, "")) for name in ("customer", "vehicle", "job")]
    held = " ".join((one.paper.number, *parts)).casefold()
    return all(word in held for word in search.casefold().split())
