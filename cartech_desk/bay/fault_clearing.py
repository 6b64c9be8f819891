"""Clearing codes on the wire.

SAE J1979: 04 answered by 44. OBD on UDS (SAE J1979-2): 14 with the emissions group FFFF33 (ISO
14229-1, D.1), answered by 54. An ECU that asked for time (7F xx 78) is never told again (ISO
14229-1, 8.7), nor one whose answer was lost: it may be erasing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.bay.identification import (
    Ask,
    Identification,
    functional,
    physical,
    speaks_can,
)
from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Reply, Request
from cartech_desk.hardware.errors import AdapterLacks, NoAnswer, RequestFailed, StillPending

CLEAR: Final = b"\x04"
CLEAR_UDS: Final = b"\x14\xff\xff\x33"

PATIENCE_S: Final = 5.0
"""How long an ECU may take for its first answer: it erases a memory meanwhile."""
BUSY: Final = 0x21
BUSY_TRIES: Final = 4
BUSY_REST_S: Final = 0.3
_SILENT: Final = "it did not answer"

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
    """How far a clearing came; written while it is under way, so that a lost wire keeps it.

    `refused` are those that did not confirm, with the reason; `unread` those that confirmed
    without being among `ecus`, of which something had been read.
    """

    ecus: tuple[int, ...]
    cleared: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    begun: bool = False

    @property
    def open(self) -> tuple[int, ...]:
        """Those of which nothing is known."""
        return tuple(
            ecu for ecu in self.ecus if ecu not in self.cleared and ecu not in self.refused
        )

    def confirmed(self, ecu: int) -> None:
        """Note who cleared its codes; whatever it said before."""
        self.refused.pop(ecu, None)
        if ecu not in self.cleared:
            self.cleared.append(ecu)
            if ecu not in self.ecus:
                self.unread.append(ecu)


def clear_each(
    ask: Ask, found: Identification, sent: Sent, step: Callable[[str, float], None]
) -> None:
    """Tell each ECU to clear its codes, and note in `sent` what it answered. Errors: LinkLost.

    On CAN each is told by itself, so that nobody is reached whose codes were not read; everybody
    at once is told only where not one of them listens to its own address, and on older buses.
    """
    link = found.link
    payload = CLEAR_UDS if link.uds else CLEAR
    sent.begun = True
    heard = False
    if speaks_can(link):
        for number, ecu in enumerate(sent.ecus):
            step(f"clearing the codes of ECU {ecu:X}", number / max(1, len(sent.ecus)))
            heard |= _clear_one(ask, physical(link, ecu), payload, sent, ecu)
    if not heard:
        step("clearing the codes of all control units", 0.9)
        _clear_all(ask, functional(link), payload, sent)
    for ecu in sent.open:
        sent.refused[ecu] = _SILENT


def _clear_one(ask: Ask, address: Address, payload: bytes, sent: Sent, ecu: int) -> bool:
    """Tell one ECU; returns whether it listens: silence from the first is a sign that it does not.

    Only whoever says that it is busy is told again: it has not begun.
    """
    for attempt in range(BUSY_TRIES):
        try:
            reply = ask(Request(address, payload, expected=1, timeout_s=PATIENCE_S))
        except RequestFailed as error:
            if _was_silent(error) and not attempt:
                return False
            sent.refused[ecu] = _SILENT if _was_silent(error) else _not_known(error.happened)
            return True
        if any(
            answer.ecu == ecu and _confirms(answer.payload, payload) for answer in reply.answers
        ):
            sent.confirmed(ecu)
            return True
        refusal = next((one for one in reply.refusals if one.ecu == ecu), None)
        if refusal is None:
            sent.refused[ecu] = _not_known(*reply.unreadable[:1])
            return True
        sent.refused[ecu] = _refused(refusal.nrc)
        if refusal.nrc != BUSY:
            return True
        if attempt < BUSY_TRIES - 1:
            time.sleep(BUSY_REST_S)
    return True


def _clear_all(ask: Ask, address: Address, payload: bytes, sent: Sent) -> None:
    """Tell everybody, and note everybody who confirms, known or not.

    Again where one is busy, unless another one may be erasing.
    """
    for attempt in range(BUSY_TRIES):
        try:
            reply = ask(Request(address, payload, timeout_s=PATIENCE_S))
        except RequestFailed as error:
            why = _SILENT if _was_silent(error) else _not_known(error.happened)
            sent.refused |= dict.fromkeys(sent.open, why)
            return
        busy = _note(reply, payload, sent)
        if reply.unreadable:
            sent.refused |= dict.fromkeys(sent.open, _not_known(reply.unreadable[0]))
        if not busy or reply.unreadable or attempt == BUSY_TRIES - 1:
            return
        time.sleep(BUSY_REST_S)


def _note(reply: Reply, payload: bytes, sent: Sent) -> bool:
    """Note who confirmed and who refused; returns whether one is only busy."""
    for answer in reply.answers:
        if _confirms(answer.payload, payload):
            sent.confirmed(answer.ecu)
    refusals = [
        one for one in reply.refusals if one.ecu in sent.ecus and one.ecu not in sent.cleared
    ]
    sent.refused |= {one.ecu: _refused(one.nrc) for one in refusals}
    return any(one.nrc == BUSY for one in refusals)


def _confirms(answer: bytes, payload: bytes) -> bool:
    return answer[:1] == bytes((payload[0] | 0x40,))


def _was_silent(error: RequestFailed) -> bool:
    """Whether nobody heard the request, as far as one can tell."""
    return isinstance(error, NoAnswer | AdapterLacks) and not isinstance(error, StillPending)


def _not_known(happened: str = "it did not confirm") -> str:
    """Say of an ECU that may have cleared its codes, or may be about to, that nobody knows."""
    return f"whether it cleared its codes is not known: {happened.rstrip('.')}"


def _refused(nrc: int) -> str:
    return f"{REFUSALS.get(nrc, 'it refuses')} (code {nrc:02X})"
