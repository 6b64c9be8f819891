"""Whether engine and car stand: codes are cleared only where every control unit concerned says so.

Read by PID 0C and 0D (SAE J1979), 22 F40C and F40D in a car of OBD on UDS.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from cartech_desk.bay.fault_errors import CarMoves, EngineRuns, EngineSpeedUnknown
from cartech_desk.bay.identification import Ask, Identification, functional, physical
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.errors import RequestFailed

RPM: Final = 0x0C
SPEED: Final = 0x0D
_SIZES: Final[Mapping[int, int]] = {RPM: 2, SPEED: 1}
_NOBODY: Final = "no control unit tells it"
_KEPT: Final = "Nothing was cleared."


class _Read(NamedTuple):
    """The highest raw value that was told, and why somebody's is not known; empty for none."""

    highest: int
    missing: str


def check_standing(ask: Ask, found: Identification) -> None:
    """Let it pass where the engine does not turn and the car does not move.

    Whoever has these PIDs has to tell them: the engine's control unit is one of these, and another
    one's "no revolutions" does not stand for it. Errors: EngineRuns, CarMoves, EngineSpeedUnknown,
    LinkLost.
    """
    turning = _of_all(ask, found, RPM)
    if turning.highest > 0:
        raise EngineRuns(
            f"The engine turns ({turning.highest / 4:.0f} rpm): codes are not cleared while it "
            "runs.",
            kept=_KEPT,
            to_do="Switch the engine off and the ignition on, then try again.",
        )
    moving = _of_all(ask, found, SPEED) if _tellers(found, SPEED) else _Read(0, "")
    if moving.highest > 0:
        raise CarMoves(
            f"The car moves ({moving.highest} km/h): codes are not cleared while it does.",
            kept=_KEPT,
            to_do="Stop the car, switch the engine off and the ignition on, then try again.",
        )
    for what, missing in (
        ("Whether the engine turns", turning.missing),
        ("Whether the car moves", moving.missing),
    ):
        if missing:
            raise EngineSpeedUnknown(
                f"{what} cannot be read ({missing}).",
                kept=_KEPT,
                to_do="Ignition on, engine off, then try again.",
            )


def _tellers(found: Identification, pid: int) -> list[int]:
    return sorted(ecu for ecu, pids in found.supported.items() if pid in pids)


def _of_all(ask: Ask, found: Identification, pid: int) -> _Read:
    """Read a PID of each that says that it has it; else of everybody, the first ECU included."""
    tellers = _tellers(found, pid)
    if not tellers:
        told, why = _of_everybody(ask, found, pid)
        first = min(found.link.ecus, default=None)
        known = told if first is None or first in told else {}
        return _Read(max(told.values(), default=0), why or ("" if known else _NOBODY))
    highest, missing = 0, ""
    for ecu in tellers:
        value, why = _of_one(ask, found, ecu, pid)
        highest = max(highest, value or 0)
        missing = missing or why
    return _Read(highest, missing)


def _of_one(ask: Ask, found: Identification, ecu: int, pid: int) -> tuple[int | None, str]:
    try:
        reply = ask(Request(physical(found.link, ecu), _request(found, pid), 1))
    except RequestFailed as error:
        return None, f"ECU {ecu:X}: {_inside(error)}"
    for answer in reply.answers:
        value = _value(found, pid, answer.payload)
        if answer.ecu == ecu and value is not None:
            return value, ""
    return None, f"ECU {ecu:X} does not tell it"


def _of_everybody(ask: Ask, found: Identification, pid: int) -> tuple[dict[int, int], str]:
    try:
        reply = ask(Request(functional(found.link), _request(found, pid)))
    except RequestFailed as error:
        return {}, _inside(error)
    told: dict[int, int] = {}
    why = "an answer cannot be read" if reply.unreadable else ""
    for answer in reply.answers:
        value = _value(found, pid, answer.payload)
        if value is None:
            why = why or f"ECU {answer.ecu:X} does not tell it"
        else:
            told[answer.ecu] = value
    return told, why


def _request(found: Identification, pid: int) -> bytes:
    return bytes((0x22, 0xF4, pid) if found.link.uds else (0x01, pid))


def _value(found: Identification, pid: int, payload: bytes) -> int | None:
    """Return the raw value of an answer; None for one that is none, or says "no value"."""
    request = _request(found, pid)
    echo = bytes((request[0] | 0x40,)) + request[1:]
    raw = payload[len(echo) :]
    if not payload.startswith(echo) or len(raw) != _SIZES[pid]:
        return None
    return None if pid == RPM and raw == b"\xff\xff" else int.from_bytes(raw, "big")


def _inside(error: RequestFailed) -> str:
    """Return what happened as a part of a sentence."""
    return error.happened[:1].lower() + error.happened[1:].rstrip(".")
