"""The check-up's sheet for the customer: one or two pages, as a display list (`drawing`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.meaning import Meaning
from cartech_desk.domain.faults.told import code_asked
from cartech_desk.reports.checkup_frame import Pages, begin, end, verdict_band
from cartech_desk.reports.checkup_sections import (
    Density,
    changes_section,
    codes_section,
    doubts_section,
    frames_section,
    note_section,
    readiness_section,
    tests_section,
    units_section,
)
from cartech_desk.reports.checkup_words import ToldCode, told_codes, verdict_of
from cartech_desk.reports.drawing import Drawing
from cartech_desk.reports.dyno_sheet import Paper

MOST_PAGES: Final = 2
LEAST_USED: Final = 0.2
"""What share of a last page has to be in use: a few lines are no reason for a sheet of paper."""
_STEP: Final = 4
_SPARES: Final = (60.0, 100.0, 140.0, 180.0, 220.0, 260.0)
"""What may be kept free at the foot of the first page, so that the second has enough [pt]."""


@dataclass(frozen=True, slots=True)
class CheckupSheet:
    """What a sheet shows. `shop` stands in the head; `vehicle` is its name or plate.

    `meanings` is asked for each code, with its failure type where one was told (P0299-1C).
    `units` is the value of a `UnitSystem`; `address` and `logo` (a checked PNG or JPEG) are the
    shop's. The same sheet always gives the same drawing.
    """

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
    address: str = ""
    logo: bytes = b""
    paper: Paper = Paper.A4


def draw_checkup(sheet: CheckupSheet) -> Drawing:
    """Lay the sheet out, one or two pages: a display list for PDF, preview and print.

    The more codes there are, the less is said of each; what two pages still cannot hold is
    counted in a line. Nothing else is ever left out without saying so. Less is said too where
    that spares a page that would hold next to nothing; where it does not, more goes to that page.
    """
    asked = {code_asked(one): sheet.meanings(code_asked(one)) for one in sheet.scan.codes}
    codes = told_codes(sheet.scan, asked, sheet.difference)
    fitting: tuple[Density, Pages] | None = None
    for density in Density:
        if density is Density.LINE and fitting is not None:
            break  # why a code matters is worth a page
        flow = _laid_out(sheet, codes, density, len(codes))
        pages = len(flow.sketches)
        if pages == 1 or (pages <= MOST_PAGES and fitting is None and flow.used >= LEAST_USED):
            return end(flow, sheet)
        if pages <= MOST_PAGES and fitting is None:
            fitting = density, flow
    if fitting is not None:
        return end(_spread(sheet, codes, *fitting), sheet)
    most = len(codes)
    while most > 0 and len(flow.sketches) > MOST_PAGES:
        most = max(0, most - _STEP)
        flow = _laid_out(sheet, codes, Density.LINE, most)
    return end(flow, sheet)


def _spread(
    sheet: CheckupSheet, codes: tuple[ToldCode, ...], density: Density, flow: Pages
) -> Pages:
    """Return what takes two pages however little is said, with enough on the second."""
    for spare in _SPARES:
        spread = _laid_out(sheet, codes, density, len(codes), spare)
        if len(spread.sketches) > MOST_PAGES:
            break
        flow = spread
        if flow.used >= LEAST_USED:
            break
    return flow


def _laid_out(
    sheet: CheckupSheet,
    codes: tuple[ToldCode, ...],
    density: Density,
    most: int,
    spare: float = 0.0,
) -> Pages:
    flow = begin(sheet, spare)
    verdict_band(flow, sheet, verdict_of(sheet.scan, codes), codes)
    codes_section(flow, sheet.scan, codes, density, most)
    doubts_section(flow, sheet.scan, density)
    changes_section(flow, sheet, density)
    tests_section(flow, sheet.scan, density)
    frames_section(flow, sheet, density)
    readiness_section(flow, sheet.scan, density)
    note_section(flow, sheet.note)
    units_section(flow, sheet.scan)
    return flow
