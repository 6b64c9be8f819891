"""The check-up's sheet for the customer: one or two pages, as a display list (`drawing`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.reports.drawing import Drawing


@dataclass(frozen=True, slots=True)
class CheckupSheet:
    """What a sheet shows. `shop` stands in the head; `vehicle` is its name or plate."""

    shop: str
    vehicle: str
    vin_words: str
    taken: datetime
    operator: str
    scan: FaultScan
    meanings: Callable[[str], Meaning]
    difference: Difference | None = None
    before_taken: datetime | None = None
    note: str = ""
    units: str = "metric"


def draw_checkup(sheet: CheckupSheet) -> Drawing:
    """Lay the sheet out, one or two pages: a display list for PDF, preview and print."""
    raise NotImplementedError
