"""What frames a check-up's sheet: the shop at its head, the verdict, the feet of the pages."""

from typing import TYPE_CHECKING, Final

from cartech_desk.domain.units import UnitSystem
from cartech_desk.domain.vin import check_vin
from cartech_desk.reports.checkup_signs import COLORS, SIGN_OF, draw_lamp, draw_sign
from cartech_desk.reports.checkup_words import (
    SEVERITIES,
    ToldCode,
    Verdict,
    counted,
    counter_words,
    lamp_words,
)
from cartech_desk.reports.drawing import INK, MUTED, SHADE, Align, Drawing, Sketch
from cartech_desk.reports.dyno_flow import MARGIN, TYPE, Flow
from cartech_desk.reports.faces import fitted, width, wrapped
from cartech_desk.reports.letterhead import put_head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cartech_desk.reports.checkup_sheet import CheckupSheet
    from cartech_desk.reports.dyno_sheet import Paper

TITLE: Final = "Vehicle check-up"
_SIGN: Final = 40.0
_LAMP_SHARE: Final = 0.36
_REMARK: Final = (
    "Fault codes name what a control unit noticed, not the part to replace: a diagnosis belongs to "
    "each of them."
)
_REMARK_WITHOUT: Final = (
    "A check-up tells what control units noticed themselves; it does not replace an inspection."
)


class Pages(Flow):
    """A flow whose first page leaves `spare` of its foot free, so that the next has more."""

    def __init__(self, paper: "Paper", head: "Callable[[Sketch], float]", spare: float) -> None:
        super().__init__(paper, head)
        self._bottom = self.bottom
        self.bottom -= spare

    def turn(self) -> None:
        """Begin a new page, which is used to its end."""
        super().turn()
        self.bottom = self._bottom

    @property
    def used(self) -> float:
        """What share of the page that is filled now is in use."""
        return (self.y - MARGIN) / (self._bottom - MARGIN)


def begin(sheet: "CheckupSheet", spare: float = 0.0) -> Pages:
    """Begin a sheet: its head and whose car it is are drawn. `spare`: see `Pages`."""

    def further(sketch: Sketch) -> float:
        right = sketch.width - MARGIN
        half = (right - MARGIN) / 2 - 8
        sketch.text(MARGIN, MARGIN + 8, shop_name(sheet), 9, bold=True, most=half)
        tail = f" · {TITLE} {sheet.taken:%Y-%m-%d}"
        words = fitted(sheet.vehicle, 9, half - width(tail, 9)) + tail
        sketch.text(right, MARGIN + 8, words, 9, align=Align.RIGHT, most=half)
        sketch.line(MARGIN, MARGIN + 13, right, MARGIN + 13, color=INK, width=0.8)
        return 17.0

    flow = Pages(sheet.paper, further, spare)
    _head(flow, sheet)
    _vehicle(flow, sheet)
    return flow


def shop_name(sheet: "CheckupSheet") -> str:
    """Return whose sheet it is."""
    return sheet.shop or "CarTech Desk"


def _head(flow: Flow, sheet: "CheckupSheet") -> None:
    under = [f"{sheet.taken:%Y-%m-%d, %H:%M}"]
    if sheet.operator:
        under.append(f"by {sheet.operator}")
    put_head(flow, sheet.shop, sheet.address, sheet.logo, title=TITLE, under=under, beside=175)


def _vehicle(flow: Flow, sheet: "CheckupSheet") -> None:
    """Say which car it is: its name, its VIN and what that tells; a VIN that is the name, once."""
    vin = sheet.scan.vin
    named = vin is not None and sheet.vehicle.strip().upper() == vin.strip().upper()
    name = f"VIN {vin}" if named else sheet.vehicle
    lines = wrapped(name or "Vehicle", 14, flow.width, bold=True)
    for line in lines[:2]:
        flow.y += 18
        flow.sketch.text(flow.left, flow.y, line, 14, bold=True, most=flow.width)
    told = f"VIN {vin}" if vin else "VIN not told by the car"
    words = " · ".join(part for part in ("" if named else told, sheet.vin_words) if part)
    if words:
        flow.y += 12
        flow.sketch.text(flow.left, flow.y, words, TYPE + 0.5, color=MUTED, most=flow.width)
    why = check_vin(vin).why if vin else ""
    for line in wrapped(why, TYPE, flow.width)[:2] if why else []:
        flow.y += 10
        flow.sketch.text(flow.left, flow.y, line, TYPE)
    flow.y += 7


def verdict_band(
    flow: Flow, sheet: "CheckupSheet", verdict: Verdict, codes: "Sequence[ToldCode]"
) -> None:
    """Draw what everybody looks for: shape, word and colour, and how the lamp stands."""
    sketch, top = flow.sketch, flow.y
    split = flow.right - flow.width * _LAMP_SHARE
    x = flow.left + 14 + _SIGN + 12
    room = split - 10 - x
    head = wrapped(verdict.headline, 16, room, bold=True)[:2]
    said = wrapped(verdict.sentence, TYPE + 0.5, room)[:4]
    tally = _tally(codes)
    lamp = counter_words(sheet.scan.counters, UnitSystem(sheet.units))
    facts = [line for fact in lamp for line in wrapped(fact, TYPE, flow.right - split - 14)]
    left_high = 18 * len(head) + 11 * len(said) + (13 if tally else 0) + 16
    high = max(_SIGN + 18, left_high, 26 + 10 * len(facts) + 8)
    sketch.box(flow.left, top, flow.width, high, fill=SHADE)
    sketch.box(flow.left, top, 4, high, fill=COLORS[verdict.sign])
    draw_sign(sketch, flow.left + 14, top + (high - _SIGN) / 2, _SIGN, verdict.sign)
    y = top + (high - left_high) / 2 + 4
    for line in head:
        y += 18
        sketch.text(x, y, line, 16, bold=True, color=COLORS[verdict.sign], most=room)
    if tally:
        y += 13
        sketch.text(x, y, tally, TYPE + 1, bold=True, most=room)
    for line in said:
        y += 11
        sketch.text(x, y, line, TYPE + 0.5, most=room)
    sketch.line(split, top + 8, split, top + high - 8)
    draw_lamp(sketch, split + 10, top + 11, 10, sheet.scan.mil)
    sketch.text(split + 26, top + 20, lamp_words(sheet.scan.mil), TYPE + 2, bold=True)
    for place, line in enumerate(facts):
        sketch.text(split + 10, top + 34 + 10 * place, line, TYPE, color=MUTED)
    flow.y = top + high + 2


def _tally(codes: "Sequence[ToldCode]") -> str:
    """Count the codes of each severity: "1 critical, 2 warnings"."""
    words = []
    for severity in SEVERITIES:
        count = sum(one.meaning.severity is severity for one in codes)
        if count:
            # "information" and "critical" have no plural here, a warning has.
            plural = counted(count, "warning")
            words.append(plural if SIGN_OF[severity] == "warning" else f"{count} {severity.value}")
    return ", ".join(words)


def end(flow: Flow, sheet: "CheckupSheet") -> Drawing:
    """Put the feet under the pages and return the sheet."""
    scan = sheet.scan
    read = f"Read with {scan.adapter or 'an adapter'}, {scan.protocol or 'protocol not told'}"

    def foot(sketch: Sketch, page: int, pages: int) -> None:
        right, y = sketch.width - MARGIN, sketch.height - MARGIN - 12
        sketch.line(MARGIN, y - 9, right, y - 9)
        number = sketch.text(
            right, y, f"Page {page} of {pages}", TYPE, bold=True, align=Align.RIGHT
        )
        room = number.left - 12 - MARGIN
        sketch.text(MARGIN, y, read, TYPE - 1, color=MUTED, most=room)
        words = _REMARK if scan.codes else _REMARK_WITHOUT
        sketch.text(MARGIN, y + 10, words, TYPE - 1, color=MUTED, most=right - MARGIN)

    return Drawing(
        flow.pages(foot),
        title=f"{TITLE}, {sheet.vehicle}, {sheet.taken:%Y-%m-%d}",
        author=shop_name(sheet),
        subject=f"{TITLE} of {scan.vin or sheet.vehicle}",
    )
