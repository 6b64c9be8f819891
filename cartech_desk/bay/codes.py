"""Reading stored trouble codes: bare codes and who told them, and never "none" for "not known"."""

from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.identification import Ask, functional, physical, speaks_can
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.codes import read_codes
from cartech_desk.hardware.adapter import CarLink, Request
from cartech_desk.hardware.errors import RequestFailed

STORED: Final = 0x03


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code and the response identifier of the ECU that told it."""

    code: str
    ecu: int


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """What could be read; `warnings` name every ECU whose codes are not known."""

    codes: tuple[StoredCode, ...]
    warnings: tuple[str, ...] = ()


def read_stored_codes(ask: Ask, link: CarLink) -> StoredCodes:
    """Ask every ECU for its stored codes (service 03): all at once, then who kept silent alone.

    Errors: LinkLost.
    """
    told: dict[int, tuple[str, ...]] = {}
    reasons: dict[int, str] = {}
    everybody = functional(link)
    _ask(ask, link, Request(everybody, bytes((STORED,))), told, reasons)
    for ecu in link.ecus:
        if ecu not in told:
            address = physical(link, ecu)
            count = 1 if speaks_can(link) else None
            _ask(ask, link, Request(address, bytes((STORED,)), count), told, reasons)
    silent = [ecu for ecu in link.ecus if ecu not in told]
    codes = tuple(StoredCode(code, ecu) for ecu in sorted(told) for code in told[ecu])
    unknown = dict.fromkeys([*silent, *(ecu for ecu in reasons if ecu not in told)])
    warnings = tuple(
        f"The stored codes of ECU {ecu:X} are not known. " + reasons.get(ecu, "It did not answer.")
        for ecu in unknown
    )
    if not told and not warnings:
        warnings = ("The stored codes are not known: no ECU answered.",)
    return StoredCodes(codes, warnings)


def _ask(
    ask: Ask,
    link: CarLink,
    request: Request,
    told: dict[int, tuple[str, ...]],
    reasons: dict[int, str],
) -> None:
    """Make one request and note for each ECU its codes, or why they are not known."""
    wanted = request.address.expected_response
    try:
        reply = ask(request)
    except RequestFailed as error:
        if wanted is not None:
            reasons[wanted] = error.happened
        return
    payloads: dict[int, list[bytes]] = {}
    for answer in reply.answers:
        payloads.setdefault(answer.ecu, []).append(answer.payload)
    for ecu, some in payloads.items():
        try:
            told[ecu] = _read(some)
            reasons.pop(ecu, None)
        except CarTechError as error:
            reasons[ecu] = error.happened
    for refusal in reply.refusals:
        reasons[refusal.ecu] = f"It refuses to tell them (code {refusal.nrc:02X})."
    if reply.unreadable:
        for ecu in [wanted] if wanted is not None else link.ecus:
            if ecu not in told:
                reasons[ecu] = f"What came cannot be read: {reply.unreadable[0]}"


def _read(payloads: list[bytes]) -> tuple[str, ...]:
    # Adapters hand on the form of CAN, with the count, from every bus.
    return tuple(dict.fromkeys(code for one in payloads for code in read_codes(STORED, one)))
