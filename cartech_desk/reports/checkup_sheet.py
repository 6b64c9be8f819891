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
    WIDER,
    Density,
    Room,
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
    shop's. `before_kind` is the value of the `CheckupKind` of what it is compared with. The same
    sheet always gives the same drawing.
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
    before_kind: str = ""
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
    Lists are cut only where the pages are full.
    """
    return end(_widened(sheet, _fitted(sheet)), sheet)


@dataclass(frozen=True, slots=True)
class _Layout:
    """One way to lay a sheet out, and what came of it."""

    flow: Pages
    codes: tuple[ToldCode, ...]
    density: Density
    most: int
    spare: float = 0.0


def _widened(sheet: CheckupSheet, layout: _Layout) -> Pages:
    """Say as much beside the codes as the same number of pages holds."""
    for room in WIDER:
        flow = _laid_out(
            sheet, layout.codes, layout.density, layout.most, spare=layout.spare, room=room
        )
        if len(flow.sketches) <= len(layout.flow.sketches):
            return flow
    return layout.flow


def _fitted(sheet: CheckupSheet) -> _Layout:
    """Find how much can be said of each code."""
    asked = {code_asked(one): sheet.meanings(code_asked(one)) for one in sheet.scan.codes}
    codes = told_codes(sheet.scan, asked, sheet.difference)
    fitting: tuple[Density, Pages] | None = None
    for density in Density:
        if density is Density.LINE and fitting is not None:
            break  # why a code matters is worth a page
        flow = _laid_out(sheet, codes, density, len(codes))
        pages = len(flow.sketches)
        if pages == 1 or (pages <= MOST_PAGES and fitting is None and flow.used >= LEAST_USED):
            return _Layout(flow, codes, density, len(codes))
        if pages <= MOST_PAGES and fitting is None:
            fitting = density, flow
    if fitting is not None:
        return _spread(sheet, codes, *fitting)
    most = len(codes)
    while most > 0 and len(flow.sketches) > MOST_PAGES:
        most = max(0, most - _STEP)
        flow = _laid_out(sheet, codes, Density.LINE, most)
    return _Layout(flow, codes, Density.LINE, most)


def _spread(
    sheet: CheckupSheet, codes: tuple[ToldCode, ...], density: Density, flow: Pages
) -> _Layout:
    """Return what takes two pages however little is said, with enough on the second."""
    used = 0.0
    for spare in _SPARES:
        spread = _laid_out(sheet, codes, density, len(codes), spare=spare)
        if len(spread.sketches) > MOST_PAGES:
            break
        flow, used = spread, spare
        if flow.used >= LEAST_USED:
            break
    return _Layout(flow, codes, density, len(codes), used)


def _laid_out(
    sheet: CheckupSheet,
    codes: tuple[ToldCode, ...],
    density: Density,
    most: int,
    *,
    spare: float = 0.0,
    room: Room | None = None,
) -> Pages:
    room = room or density.room
    flow = begin(sheet, spare)
    verdict_band(flow, sheet, verdict_of(sheet.scan, codes), codes)
    codes_section(flow, sheet.scan, codes, density, most)
    doubts_section(flow, sheet.scan, room)
    changes_section(flow, sheet, room)
    tests_section(flow, sheet.scan, room)
    frames_section(flow, sheet, room)
    readiness_section(flow, sheet.scan, room)
    note_section(flow, sheet.note)
    units_section(flow, sheet.scan)
    return flow
