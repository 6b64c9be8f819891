"""What frames every dyno sheet: the shop at its head, proof and page numbers at its foot."""

from typing import Final

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import EstimateBy
from cartech_desk.reports.drawing import INK, MUTED, SHADE, Align, Drawing, Sketch
from cartech_desk.reports.dyno_facts import correction_name, instant, quality_words, smoothing
from cartech_desk.reports.dyno_flow import MARGIN, TYPE, Flow, sign
from cartech_desk.reports.dyno_peak_words import PeakWords
from cartech_desk.reports.dyno_sheet import Sheet
from cartech_desk.reports.faces import fitted, width, wrapped
from cartech_desk.reports.letterhead import put_head

_PROOF: Final = 6.2
_BAND: Final = 66.0


def begin(sheet: Sheet, what: str) -> Flow:
    """Begin a sheet: its first head is drawn; `what` names it on further pages."""
    vehicle = sheet.runs[0].session.vehicle_name

    def further(sketch: Sketch) -> float:
        right = sketch.width - MARGIN
        name = sheet.shop.name or "CarTech Desk"
        half = (right - MARGIN) / 2 - 8
        sketch.text(MARGIN, MARGIN + 8, name, 9, bold=True, most=half)
        words = f"{fitted(vehicle, 9, half - width(f' · {what}', 9))} · {what}"
        sketch.text(right, MARGIN + 8, words, 9, align=Align.RIGHT, most=half)
        sketch.line(MARGIN, MARGIN + 13, right, MARGIN + 13, color=INK, width=0.8)
        return 17.0

    flow = Flow(sheet.paper, further)
    _first_head(flow, sheet)
    return flow


def _first_head(flow: Flow, sheet: Sheet) -> None:
    title = {1: "Dyno run", 2: "Dyno comparison"}.get(len(sheet.runs), "Dyno session")
    if len(sheet.runs) == 2 and sheet.comparison is None:
        title = "Dyno session"
    put_head(
        flow,
        sheet.shop.name,
        sheet.shop.address,
        sheet.shop.logo,
        title=title,
        under=(f"issued {sheet.issued:%Y-%m-%d}",),
        beside=130,
    )


def headline(flow: Flow, title: str, under: str) -> None:
    """Write whose sheet it is, in two lines at most, and what it shows."""
    lines = wrapped(title, 14, flow.width, bold=True)
    if len(lines) > 2:
        lines = [lines[0], lines[1] + " …"]
    for line in lines:
        flow.y += 18
        flow.sketch.text(flow.left, flow.y, line, 14, bold=True, most=flow.width)
    for line in wrapped(under, TYPE + 0.5, flow.width)[:2]:
        flow.y += 12
        flow.sketch.text(flow.left, flow.y, line, TYPE + 0.5, color=MUTED)
    flow.y += 7


def peak_band(flow: Flow, result: RunResult, peaks: tuple[PeakWords, PeakWords] | None) -> None:
    """Draw the two numbers that everybody looks for, or say that there are none."""
    sketch, top = flow.sketch, flow.y
    sketch.box(flow.left, top, flow.width, _BAND, fill=SHADE)
    if peaks is None:
        sketch.text(flow.left + 10, top + 22, "No pull, no peaks", 14, bold=True)
        why = next((mark.why for mark in result.quality if mark.grave), "")
        for place, line in enumerate(wrapped(why, TYPE, flow.width - 20)[:3]):
            sketch.text(flow.left + 10, top + 36 + 10 * place, line, TYPE)
        flow.y = top + _BAND + 6
        return
    half = flow.width / 2
    for place, peak in enumerate(peaks):
        x = flow.left + 10 + place * half
        big = sketch.text(x, top + 26, peak.value, 25, bold=True)
        unit = sketch.text(x + big.width + 5, top + 26, peak.unit, 13, bold=True)
        at = x + big.width + unit.width + 13
        room = x + half - 14 - at
        name = peak.name if result.estimate is EstimateBy.NONE else f"Engine {peak.name.lower()}"
        sketch.text(at, top + 15, f"{name}, {peak.at}", TYPE + 0.5, bold=True, most=room)
        sketch.text(at, top + 26, peak.others, TYPE, color=MUTED, most=room)
        room = half - 18
        made = f"{peak.plus_minus} ({peak.made_of})" if peak.made_of else peak.plus_minus
        sketch.text(x, top + 40, made, TYPE - 0.5, most=room)
        sketch.text(x, top + 50, peak.uncorrected, TYPE - 0.5, color=MUTED, most=room)
    sketch.line(flow.left + half - 2, top + 8, flow.left + half - 2, top + 52)
    _verdict(flow, result, top + 61)
    flow.y = top + _BAND + 5


def _verdict(flow: Flow, result: RunResult, base: float) -> None:
    """Say in one line what the numbers rest on: correction, smoothing, marks."""
    factor = result.factor
    estimated = "" if result.estimate is EstimateBy.NONE else "ESTIMATED at the engine; "
    words = f"{estimated}{correction_name(factor)}, smoothing {smoothing(result)}"
    room = flow.width - 20
    marks = "Quality: " + quality_words(result.quality)
    x = flow.left + 10
    if result.quality:
        sign(flow.sketch, x, base - 6, any(mark.grave for mark in result.quality))
        x += 11
    said = flow.sketch.text(x, base, marks, TYPE - 0.5, bold=True, most=room * 0.45)
    x += said.width + 12
    flow.sketch.text(x, base, words, TYPE - 0.5, most=flow.right - 10 - x)


def end(flow: Flow, sheet: Sheet) -> Drawing:
    """Put the feet under the pages and return the sheet."""
    first = sheet.runs[0]
    hashes = [one.run.samples_sha256 for one in sheet.runs]
    data = hashes[0] or "not known yet"
    if len(hashes) > 1:
        data = f"of each run stands under “Proof” ({len(hashes)} runs)"
    head = f"{sheet.audit_sequence}:{sheet.audit_hash}" if sheet.audit_hash else "empty"
    issued = f"issued {instant(sheet.issued)}" + (f" by {sheet.issued_by}" * bool(sheet.issued_by))

    def foot(sketch: Sketch, page: int, pages: int) -> None:
        right, y = sketch.width - MARGIN, sketch.height - MARGIN - 12
        sketch.line(MARGIN, y - 9, right, y - 9)
        number = sketch.text(
            right, y, f"Page {page} of {pages}", TYPE, bold=True, align=Align.RIGHT
        )
        room = number.left - 12 - MARGIN
        sketch.text(MARGIN, y, f"Data, SHA-256: {data}", _PROOF, color=MUTED, most=room)
        by = sketch.text(right, y + 10, issued, _PROOF, color=MUTED, align=Align.RIGHT, most=215)
        room = by.left - 10 - MARGIN
        sketch.text(MARGIN, y + 10, f"Audit log: {head}", _PROOF, color=MUTED, most=room)

    runs = ", ".join(one.run.name for one in sheet.runs)
    title = f"{first.session.vehicle_name}, {runs}"
    return Drawing(
        flow.pages(foot),
        title=title,
        author=sheet.shop.name or "CarTech Desk",
        subject=f"Dyno sheet, data {hashes[0]}, audit log {head}",
    )


__all__ = ["begin", "end", "headline", "peak_band", "width"]
