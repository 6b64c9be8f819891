"""What a job brought when it came to be done and paid: by service and technician, as lines were."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.domain.jobs.totals import cost_known, line_cost, line_net, line_tax
from cartech_desk.domain.revenue import OTHER_LINES, OTHER_WORK, PARTS_SOLD

_UNNAMED: Final[Mapping[LineKind, str]] = MappingProxyType(
    {LineKind.PART: PARTS_SOLD, LineKind.LABOUR: OTHER_WORK, LineKind.OTHER: OTHER_LINES}
)


@dataclass(frozen=True, slots=True)
class Share:
    """What one technician earned with one service; sums in minor units.

    `without_cost` is the net of parts of which nobody noted what they cost.
    """

    service: str = ""
    technician_id: str = ""
    net: int = 0
    labour: int = 0
    parts: int = 0
    other: int = 0
    parts_cost: int = 0
    tax: int = 0
    without_cost: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.service,
            self.technician_id,
            self.net + other.net,
            self.labour + other.labour,
            self.parts + other.parts,
            self.other + other.other,
            self.parts_cost + other.parts_cost,
            self.tax + other.tax,
            self.without_cost + other.without_cost,
        )


def shares_of(job: Job) -> tuple[Share, ...]:
    """Return what a job's lines bring, each counted once: a line without a technician for his."""
    found: dict[tuple[str, str], Share] = {}
    for line in job.lines:
        one = _share(job, line)
        key = (one.service, one.technician_id)
        found[key] = found[key] + one if key in found else one
    return tuple(found.values())


def summed(shares: tuple[Share, ...]) -> Share:
    """Return the sums of shares, of no service and nobody."""
    whole = Share()
    for one in shares:
        whole += one
    return whole


def _share(job: Job, line: JobLine) -> Share:
    net, part = line_net(line).minor, line.kind is LineKind.PART
    return Share(
        line.service_id or _UNNAMED[line.kind],
        line.technician_id or job.technician_id,
        net,
        net if line.kind is LineKind.LABOUR else 0,
        net if part else 0,
        net if line.kind is LineKind.OTHER else 0,
        line_cost(line).minor if part else 0,
        line_tax(line).minor,
        net if part and not cost_known(line) else 0,
    )
