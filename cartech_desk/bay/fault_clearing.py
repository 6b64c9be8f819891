"""Clearing codes on the wire, the engine's speed before, and what came of it in words.

SAE J1979: 04 answered by 44. OBD on UDS (SAE J1979-2): 14 with the emissions group FFFF33 (ISO
14229-1, D.1), answered by 54.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.bay.fault_acts import Cleared
from cartech_desk.bay.fault_errors import EngineRuns, EngineSpeedUnknown
from cartech_desk.bay.identification import (
    Ask,
    Identification,
    functional,
    physical,
    speaks_can,
)
from cartech_desk.domain.faults.found import Answered, CodeFound, CodeStatus, FaultScan
from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Reply, Request
from cartech_desk.hardware.errors import RequestFailed

CLEAR: Final = b"\x04"
CLEAR_UDS: Final = b"\x14\xff\xff\x33"
RPM: Final = b"\x01\x0c"
RPM_UDS: Final = b"\x22\xf4\x0c"

PATIENCE_S: Final = 5.0
"""How long an ECU may take for its first answer: it erases a memory meanwhile."""
BUSY: Final = 0x21
BUSY_TRIES: Final = 4
BUSY_REST_S: Final = 0.3
_STANDING: Final = frozenset({CodeStatus.STORED, CodeStatus.PENDING})

REFUSALS: Final = {
    0x10: "it refuses",
    0x11: "it has no such service",
    0x12: "it does not know this request",
    0x13: "it does not know this request",
    0x21: "it is busy",
    0x22: "conditions are not right; ignition on and engine off?",
    0x31: "it has no such group of codes",
    0x33: "it is locked",
    0x72: "its memory could not be erased",
    0x78: "it asked for time without end",
    0x7E: "not in this session",
    0x7F: "not in this session",
}
"""Negative response codes of ISO 14229-1, A.1, that a clearing meets."""


@dataclass(slots=True)
class Sent:
    """How far a clearing came; written while it is under way, so that a lost wire keeps it."""

    ecus: tuple[int, ...]
    cleared: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    begun: bool = False

    @property
    def open(self) -> tuple[int, ...]:
        """Those of which nothing is known."""
        return tuple(
            ecu for ecu in self.ecus if ecu not in self.cleared and ecu not in self.refused
        )


def check_engine(ask: Ask, found: Identification) -> None:
    """Let it pass where the engine stands. Errors: EngineRuns, EngineSpeedUnknown, LinkLost."""
    request = RPM_UDS if found.link.uds else RPM
    tellers = sorted(ecu for ecu, pids in found.supported.items() if 0x0C in pids)
    speeds: list[float] = []
    why = "no control unit tells it"
    for address in [physical(found.link, ecu) for ecu in tellers] or [functional(found.link)]:
        try:
            reply = ask(Request(address, request, None if address.functional else 1))
        except RequestFailed as error:
            why = error.happened[:1].lower() + error.happened[1:].rstrip(".")
            continue
        speeds += [
            rpm for answer in reply.answers if (rpm := _rpm(request, answer.payload)) is not None
        ]
    turning = max(speeds, default=None)
    if turning is None:
        raise EngineSpeedUnknown(
            f"Whether the engine turns cannot be read ({why}).",
            kept="Nothing was cleared.",
            to_do="Ignition on, engine off, then try again.",
        )
    if turning > 0:
        raise EngineRuns(
            f"The engine turns ({turning:.0f} rpm): codes are not cleared while it runs.",
            kept="Nothing was cleared.",
            to_do="Switch the engine off and the ignition on, then try again.",
        )


def _rpm(request: bytes, payload: bytes) -> float | None:
    """Return the engine speed of an answer; None for one that is none, or says "no value"."""
    echo = bytes((request[0] | 0x40,)) + request[1:]
    raw = payload[len(echo) :]
    if not payload.startswith(echo) or len(raw) != 2 or raw == b"\xff\xff":
        return None
    return int.from_bytes(raw, "big") / 4


def clear_each(
    ask: Ask, found: Identification, sent: Sent, step: Callable[[str, float], None]
) -> None:
    """Tell each ECU to clear its codes, and note in `sent` what it answered. Errors: LinkLost.

    Each is asked by itself; those that do not listen to their own address are reached together.
    """
    link = found.link
    payload = CLEAR_UDS if link.uds else CLEAR
    sent.begun = True
    if speaks_can(link):
        for number, ecu in enumerate(sent.ecus):
            step(f"clearing the codes of ECU {ecu:X}", number / max(1, len(sent.ecus)))
            _ask_one(ask, physical(link, ecu), payload, sent, (ecu,))
    silent = sent.open
    if silent or not sent.ecus:
        step("clearing the codes of all control units", 0.9)
        _ask_one(ask, functional(link), payload, sent, silent)
    for ecu in sent.open:
        sent.refused[ecu] = "it did not answer"


def _ask_one(ask: Ask, address: Address, payload: bytes, sent: Sent, due: Sequence[int]) -> None:
    for attempt in range(BUSY_TRIES):
        request = Request(
            address,
            payload,
            expected=None if address.functional else 1,
            timeout_s=PATIENCE_S,
        )
        try:
            reply = ask(request)
        except RequestFailed:
            return
        busy = _note(reply, payload[0], sent, due)
        if not busy or attempt == BUSY_TRIES - 1:
            return
        time.sleep(BUSY_REST_S)
        for ecu in busy:  # a refusal: it was not done, so it may be asked again
            del sent.refused[ecu]


def _note(reply: Reply, service: int, sent: Sent, due: Sequence[int]) -> list[int]:
    """Note who confirmed and who refused; returns who is only busy."""
    for answer in reply.answers:
        known = not sent.ecus or answer.ecu in due
        if known and answer.payload[:1] == bytes((service | 0x40,)):
            sent.refused.pop(answer.ecu, None)
            if answer.ecu not in sent.cleared:
                sent.cleared.append(answer.ecu)
    busy = []
    for refusal in reply.refusals:
        if refusal.ecu in sent.cleared or (sent.ecus and refusal.ecu not in due):
            continue
        sent.refused[refusal.ecu] = (
            f"{REFUSALS.get(refusal.nrc, 'it refuses')} (code {refusal.nrc:02X})"
        )
        if refusal.nrc == BUSY:
            busy.append(refusal.ecu)
    return busy


def unseen_codes(scan: FaultScan) -> tuple[int, ...]:
    """Return the ECUs of whose stored codes nothing could be read."""
    known = {code.ecu for code in scan.codes if CodeStatus.STORED in code.status}
    return tuple(
        one.ecu for one in scan.unknown if one.kind is CodeStatus.STORED and one.ecu not in known
    )


def left(scan: FaultScan) -> tuple[tuple[CodeFound, ...], tuple[CodeFound, ...]]:
    """Return the codes that came back or are still there, and the permanent ones."""
    back = tuple(code for code in scan.codes if _STANDING & set(code.status))
    permanent = tuple(code for code in scan.codes if CodeStatus.PERMANENT in code.status)
    return back, permanent


def verdict(ended: Cleared) -> str:
    """Return one sentence on how a clearing ended, the worst first."""
    parts = []
    if ended.refused:
        reasons = "; ".join(f"ECU {ecu:X}: {why}" for ecu, why in sorted(ended.refused.items()))
        parts.append(f"not every control unit confirmed that it cleared its codes ({reasons})")
    else:
        parts.append("every control unit confirmed that it cleared its codes")
    if ended.after is None:
        parts.append("what is there now is not known, because the car went silent")
    else:
        parts += _after(ended, ended.after.scan)
    sentence = "; ".join(parts)
    return sentence[:1].upper() + sentence[1:] + "."


def _after(ended: Cleared, scan: FaultScan) -> list[str]:
    parts = []
    unknown = sorted({one.ecu for one in scan.unknown})
    if ended.came_back:
        now = _named(one.code for one in ended.came_back)
        parts.append(f"{now} {'is' if len(ended.came_back) == 1 else 'are'} there again")
    elif not unknown and _told(scan):
        parts.append("none came back")
    if unknown:
        ecus = ", ".join(f"{ecu:X}" for ecu in unknown)
        parts.append(f"what ECU {ecus} has now could not be read")
    if ended.permanent:
        stay = _named(one.code for one in ended.permanent)
        only = "is permanent and goes" if len(ended.permanent) == 1 else "are permanent and go"
        parts.append(f"{stay} {only} only once the car has proven the repair by driving")
    return parts


def _told(scan: FaultScan) -> bool:
    return any(one.answered is Answered.TOLD for one in scan.codes_told)


def _named(codes: Iterable[str]) -> str:
    all_codes = list(dict.fromkeys(codes))
    shown = ", ".join(all_codes[:5])
    return shown if len(all_codes) <= 5 else f"{shown} and {len(all_codes) - 5} more"
