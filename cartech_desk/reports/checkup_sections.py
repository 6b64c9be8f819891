"""The parts of a check-up's sheet under its verdict: codes, doubts, changes, frames, readiness."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.units import UnitSystem
from cartech_desk.domain.vin import check_vin
from cartech_desk.reports.checkup_signs import COLORS, SIGN_OF, Sign, draw_sign
from cartech_desk.reports.checkup_words import (
    ADVICE,
    SEVERITIES,
    Ready,
    ToldCode,
    change_lines,
    counted,
    doubts_of,
    ecu_words,
    frame_title,
    frame_words,
    readiness_of,
    status_words,
    test_words,
    tests_line,
)
from cartech_desk.reports.drawing import MUTED, SHADE, Align, Text
from cartech_desk.reports.dyno_flow import LEADING, TYPE, Flow
from cartech_desk.reports.faces import width, wrapped

if TYPE_CHECKING:
    from cartech_desk.reports.checkup_sheet import CheckupSheet

_BEFORE: Final = {
    "": "the last check-up",
    "before_clear": "what was there before clearing",
    "after_clear": "what was there after clearing",
}
_CODE_TYPE: Final = 9.5
_INDENT: Final = 16.0
_CODE_WIDE: Final = 56.0
_SEVERITY_WIDE: Final = 66.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many lines any remark may have, and how many of a kind stand on a sheet."""

    lines: int = 3
    doubts: int = 8
    tests: int = 8
    frames: int = 4
    sentences: int = 8


WIDER: Final = (Room(16, 40, 40, 12, 40), Room(8, 20, 20, 8, 20), Room(5, 12, 12, 6, 12))
"""What a sheet may say where its pages have room left, the most first."""


class Density(IntEnum):
    """How much is said of each code; a sheet has two pages."""

    FULL = 0
    SHORT = 1
    PAIR = 2
    LINE = 3

    @property
    def room(self) -> Room:
        """What there is room for beside the codes, where pages are full."""
        return Room(lines=2) if self is Density.LINE else Room()


def codes_section(
    flow: Flow, scan: FaultScan, codes: Sequence[ToldCode], density: Density, most: int
) -> None:
    """List the codes, the gravest first; those beyond `most` are counted in a line."""
    if not codes:
        return
    flow.heading("Fault codes", keep=5 * LEADING)
    _legend(flow, codes)
    for place, code in enumerate(codes[:most]):
        if density is Density.LINE:
            _line(flow, scan, code, place)
        elif density is Density.PAIR:
            _pair(flow, scan, code)
        else:
            _block(flow, scan, code, 1 if density is Density.SHORT else 2)
    left = len(codes) - most
    if left > 0:
        flow.lines(
            f"And {counted(left, 'more code')} that this sheet has no room for: the check-up in "
            "CarTech Desk holds all.",
            bold=True,
        )


def _legend(flow: Flow, codes: Sequence[ToldCode]) -> None:
    """Say once what each severity means for the driver."""
    there = {one.meaning.severity for one in codes}
    for severity in (one for one in SEVERITIES if one in there):
        flow.y += LEADING
        sign = SIGN_OF[severity]
        draw_sign(flow.sketch, flow.left, flow.y - 9, 8, sign)
        word = flow.sketch.text(
            flow.left + 12, flow.y - 2.4, f"{_capital(severity)}:", TYPE, bold=True
        )
        flow.sketch.text(flow.left + 16 + word.width, flow.y - 2.4, ADVICE[severity], TYPE)
    flow.y += 3


def _block(flow: Flow, scan: FaultScan, code: ToldCode, most: int) -> None:
    """Draw one code in full: what it is, where it stands, why it matters, usual causes.

    Its causes have at most `most` lines.
    """
    sign, left = SIGN_OF[code.meaning.severity], flow.left + _INDENT
    at = left + _CODE_WIDE
    title = wrapped(
        code.meaning.description, _CODE_TYPE, flow.right - _SEVERITY_WIDE - at, bold=True
    )
    title, under = _cut(title, 2), flow.right - at
    lines = _cut(wrapped(code.meaning.severity_reason, TYPE, under), 2)
    if code.meaning.causes:
        lines += _cut(wrapped(_causes(code), TYPE, under), most)
    high = 12 * len(title) + LEADING * (1 + len(lines)) + 4
    flow.room(high)
    sketch, y = flow.sketch, flow.y + 3
    draw_sign(sketch, flow.left, y, 11, sign)
    for place, line in enumerate(title):
        sketch.text(at, y + 9 + 12 * place, line, _CODE_TYPE, bold=True)
    sketch.text(left, y + 9, code.text, _CODE_TYPE, bold=True, most=_CODE_WIDE + 2)
    _severity(flow, code, y + 9)
    y += 12 * len(title) + LEADING
    sketch.text(at, y - 2, _where(scan, code), TYPE, color=MUTED, most=under)
    for line in lines:
        y += LEADING
        sketch.text(at, y - 2, line, TYPE)
    flow.y += high
    sketch.line(flow.left, flow.y, flow.right, flow.y)


def _pair(flow: Flow, scan: FaultScan, code: ToldCode) -> None:
    """Draw one code in two lines: what it is, and why it matters."""
    high = 22.0
    flow.room(high)
    sketch, y, left = flow.sketch, flow.y, flow.left + _INDENT
    at = left + _CODE_WIDE
    draw_sign(sketch, flow.left, y + 2, 10, SIGN_OF[code.meaning.severity])
    sketch.text(left, y + 10, code.text, TYPE + 0.5, bold=True, most=_CODE_WIDE - 2)
    room = flow.right - _SEVERITY_WIDE - at
    sketch.text(at, y + 10, code.meaning.description, TYPE + 0.5, bold=True, most=room)
    _severity(flow, code, y + 10)
    words = _where(scan, code, short=True)
    where = sketch.text(
        flow.right, y + 19.5, words, TYPE - 0.8, color=MUTED, align=Align.RIGHT, most=190
    )
    reason = code.meaning.severity_reason
    sketch.text(at, y + 19.5, reason, TYPE - 0.3, most=where.left - 8 - at)
    flow.y += high
    sketch.line(flow.left, flow.y, flow.right, flow.y, width=0.3)


def _severity(flow: Flow, code: ToldCode, base: float) -> Text:
    severity = code.meaning.severity
    color = COLORS[SIGN_OF[severity]]
    words = _capital(severity)
    return flow.sketch.text(
        flow.right, base, words, TYPE, bold=True, color=color, align=Align.RIGHT
    )


def _line(flow: Flow, scan: FaultScan, code: ToldCode, place: int) -> None:
    """Draw one code in one line."""
    high = 11.0
    flow.room(high)
    sketch, y = flow.sketch, flow.y
    if place % 2:
        sketch.box(flow.left, y, flow.width, high, fill=SHADE)
    sign = SIGN_OF[code.meaning.severity]
    draw_sign(sketch, flow.left + 1, y + 1.5, 8, sign)
    left = flow.left + _INDENT
    sketch.text(left, y + 8, code.text, TYPE, bold=True, most=_CODE_WIDE - 4)
    severity = _severity(flow, code, y + 8)
    where = sketch.text(
        flow.right - _SEVERITY_WIDE + 8,
        y + 8,
        _where(scan, code, short=True),
        TYPE - 0.8,
        color=MUTED,
        align=Align.RIGHT,
        most=170,
    )
    room = min(where.left, severity.left) - 8 - (left + _CODE_WIDE)
    sketch.text(left + _CODE_WIDE, y + 8, code.meaning.description, TYPE, most=room)
    flow.y += high


def _where(scan: FaultScan, code: ToldCode, *, short: bool = False) -> str:
    change = {"new": "new since the last check-up", "changed": "changed since the last check-up"}
    ecu = ecu_words(scan, code.found.ecu)
    said = status_words(code.found)
    parts: tuple[str, ...] = (code.change, said, ecu)
    if not short:
        source = f"from the table {code.meaning.source}" if code.meaning.source else ""
        since = change.get(code.change, "")
        parts = (_capital(said), code.meaning.failure, ecu, since, source)
    return " · ".join(part for part in parts if part)


def _causes(code: ToldCode) -> str:
    return "Usual causes: " + "; ".join(code.meaning.causes) + "."


def doubts_section(flow: Flow, scan: FaultScan, room: Room) -> None:
    """Say what could not be read: never silence."""
    why = check_vin(scan.vin).why if scan.vin else ""  # it stands in the head
    doubts = [one for one in doubts_of(scan) if one != why]
    if not doubts:
        return
    flow.heading("What could not be read")
    for doubt in doubts[: room.doubts]:
        _marked(flow, Sign.UNKNOWN, doubt, room)
    left = len(doubts) - room.doubts
    if left > 0:
        flow.lines(f"And {counted(left, 'more remark')}.", indent=_INDENT)


def changes_section(flow: Flow, sheet: "CheckupSheet", room: Room) -> None:
    """Say what changed since the last check-up of this vehicle."""
    difference = sheet.difference
    if difference is None:
        flow.heading("Since the last check-up")
        flow.lines("There is no earlier check-up of this vehicle to compare with.", color=MUTED)
        return
    before = f" on {sheet.before_taken:%Y-%m-%d, %H:%M}" if sheet.before_taken is not None else ""
    flow.heading(f"Since {_BEFORE.get(sheet.before_kind, _BEFORE[''])}{before}")
    rows = change_lines(difference)
    for word, said in rows:
        lines = _cut(wrapped(said, TYPE, flow.width - 92), room.lines)
        flow.room(LEADING * len(lines))
        for place, line in enumerate(lines):
            flow.y += LEADING
            if not place:
                flow.sketch.text(flow.left, flow.y - 2.6, word, TYPE, bold=True, most=88)
            flow.sketch.text(flow.left + 92, flow.y - 2.6, line, TYPE)
    for sentence in difference.sentences[: room.sentences]:
        lines = _cut(wrapped(sentence, TYPE, flow.width), room.lines)
        flow.room(LEADING * len(lines))
        for line in lines:
            flow.lines(line)
    left = len(difference.sentences) - room.sentences
    if left > 0:
        flow.lines(f"And {counted(left, 'more change')}.")
    if not rows and not difference.sentences:
        flow.lines("Nothing changed.")


def frames_section(flow: Flow, sheet: "CheckupSheet", room: Room) -> None:
    """Say in short how the car ran when the codes were stored."""
    frames = [one for one in sheet.scan.frames if one.values]
    if not frames:
        return
    flow.heading("When it happened (freeze frames)")
    for frame in frames[: room.frames]:
        words = frame_words(frame, UnitSystem(sheet.units))
        title = frame_title(frame, sheet.scan)
        lines = _cut(wrapped(f"{title}: {words}.", TYPE, flow.width), room.lines)
        flow.room(LEADING * len(lines))
        for place, line in enumerate(lines):
            flow.y += LEADING
            head = f"{title}:"
            if not place and line.startswith(head):
                flow.sketch.text(flow.left, flow.y - 2.6, head, TYPE, bold=True)
                at = flow.left + width(f"{head} ", TYPE, bold=True)
                flow.sketch.text(
                    at, flow.y - 2.6, line[len(head) :], TYPE, most=flow.right - at + 4
                )
            else:
                flow.sketch.text(flow.left, flow.y - 2.6, line, TYPE)
    left = len(frames) - room.frames
    if left > 0:
        flow.lines(f"And {counted(left, 'more freeze frame')} in CarTech Desk.")


def readiness_section(flow: Flow, scan: FaultScan, room: Room) -> None:
    """Say which self-tests ran to their end since codes were cleared, and in this drive."""
    since, drive = readiness_of(scan.since_clear), readiness_of(scan.this_cycle)
    if since is None and drive is None:
        return
    flow.heading("Self-tests of the car (readiness)")
    if since is not None:
        _ready(flow, "Since codes were cleared", since, Sign.WARNING, room)
        if since.open:
            flow.lines(
                "Until these are complete, faults may still hide, and an emissions test may be "
                "refused; normal driving completes them.",
                indent=_INDENT,
                color=MUTED,
            )
    if drive is not None:
        _ready(flow, "In this drive", drive, Sign.INFORMATION, room)


def _ready(flow: Flow, when: str, ready: Ready, open_sign: Sign, room: Room) -> None:
    total = len(ready.complete) + len(ready.open)
    if ready.open:
        said = f"{when}: {len(ready.complete)} of {total} complete. Open: {', '.join(ready.open)}."
        _marked(flow, open_sign, said, room)
    else:
        said = f"{when}: all {total} complete ({', '.join(ready.complete)})."
        _marked(flow, Sign.GOOD, said, room)


def tests_section(flow: Flow, scan: FaultScan, room: Room) -> None:
    """List the tests whose result lies outside its limits, and count the others."""
    if not scan.tests:
        return
    failed = [one for one in scan.tests if one.passed is False]
    flow.heading("Measured test results")
    for test in failed[: room.tests]:
        _marked(flow, Sign.WARNING, f"{test.name}. {test_words(test)}.", room)
    left = len(failed) - room.tests
    if left > 0:
        flow.lines(f"And {counted(left, 'more result')} outside the limits.", indent=_INDENT)
    flow.lines(tests_line(scan.tests))


def note_section(flow: Flow, note: str) -> None:
    """Write what the workshop noted."""
    if note.strip():
        flow.heading("Note of the workshop")
        flow.lines("\n".join(_cut(wrapped(note, TYPE, flow.width), 6)))


def units_section(flow: Flow, scan: FaultScan) -> None:
    """Name the control units that answered, with their software."""
    if not scan.ecus:
        return
    flow.heading("Control units")
    for ecu in scan.ecus[:6]:
        name = ecu_words(scan, ecu.address)
        software = [*ecu.calibration_ids[:3], *(f"CVN {cvn}" for cvn in ecu.cvns[:3])]
        words = f"{_capital(name)}: {', '.join(software) or 'software not told'}"
        flow.lines(_cut(wrapped(words, TYPE, flow.width), 1)[0])
    if len(scan.ecus) > 6:
        flow.lines(f"And {counted(len(scan.ecus) - 6, 'more control unit')}.")


def _marked(flow: Flow, sign: Sign, words: str, room: Room) -> None:
    """Write words behind a sign."""
    lines = _cut(wrapped(words, TYPE, flow.width - _INDENT), room.lines)
    flow.room(LEADING * len(lines) + 1)
    for place, line in enumerate(lines):
        flow.y += LEADING
        if not place:
            draw_sign(flow.sketch, flow.left + 1, flow.y - 9, 8, sign)
        flow.sketch.text(flow.left + _INDENT, flow.y - 2.4, line, TYPE)


def _cut(lines: list[str], most: int) -> list[str]:
    """Return at most so many lines; the last says by its dots that there were more."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1].rstrip(" .,;") + " …"]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
