"""Trouble codes as services 03, 07 and 0A tell them: bare codes, without their meaning."""

from typing import Final

from cartech_desk.domain.obd.decode import DecodeError

CODE_SERVICES: Final = {0x03: "stored", 0x07: "pending", 0x0A: "permanent"}
"""The services that list codes, and what kind each lists."""

_SYSTEMS: Final = "PCBU"


def code_text(raw: int) -> str:
    """Return the code of two bytes, as in P0133 (SAE J2012: bits 15-14 system, 13-12 digit)."""
    if not 0 <= raw <= 0xFFFF:
        raise ValueError(f"{raw} is no code of two bytes")
    return f"{_SYSTEMS[raw >> 14]}{(raw >> 12) & 3}{raw & 0xFFF:03X}"


def read_codes(service: int, payload: bytes) -> tuple[str, ...]:
    """Return the codes of one ECU's answer: `43 <count> <two bytes each>`.

    That is the form of CAN; adapters bring what older buses say into it.

    An empty tuple means that the ECU says there are none. A code told twice stands once.
    Errors: DecodeError where the answer is to another service, or holds other than `count` codes:
    what cannot be read is never "no codes".
    """
    _check_service(service, payload)
    if len(payload) < 2:
        raise _unreadable(service, payload, "the number of codes is missing")
    count, data = payload[1], payload[2:]
    if len(data) < 2 * count:
        raise _unreadable(
            service, payload, f"{count} codes are announced and {len(data) // 2} told"
        )
    if data[2 * count :].strip(b"\x00"):
        raise _unreadable(service, payload, f"more than the {count} codes announced are told")
    codes = _codes(data[: 2 * count])
    if len(codes) != count:
        raise _unreadable(service, payload, "a code that is told is empty")
    return tuple(dict.fromkeys(codes))


def read_uncounted_codes(service: int, payload: bytes, count: int | None) -> tuple[str, ...]:
    """Return the codes of an answer on CAN that lacks their number: `43 <two bytes each>`.

    Against the standard, and some tell them so. Such an answer has an odd number of bytes, which
    no whole one with the number has; a cut one may, so `count` must be known from elsewhere (PID
    01) and fit; None where this ECU was seen before to tell all of its codes so. Even then the
    number may stand in front of a list that lost its last byte: `43 02 01 33 04` may be P0133 and
    the half of another, and is not taken for P0201 and P3304.
    Errors: DecodeError where it has another length, an empty code, or another number of codes, or
    begins with what may be their number.
    """
    _check_service(service, payload)
    data = payload[1:]
    if not data or len(data) % 2:
        raise _unreadable(service, payload, "half a code is missing")
    codes = _codes(data)
    if 2 * len(codes) != len(data):
        raise _unreadable(service, payload, "a code that is told is empty")
    if data[0] in (len(codes), count):
        raise _unreadable(service, payload, "it may be a list with its number that was cut short")
    if count is not None and count != len(codes):
        raise _unreadable(service, payload, f"{count} codes are counted and {len(codes)} told")
    return tuple(dict.fromkeys(codes))


def _codes(data: bytes) -> list[str]:
    words = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    return [code_text(word) for word in words if word]


def _check_service(service: int, payload: bytes) -> None:
    if service not in CODE_SERVICES:
        raise ValueError(f"service {service:02X} lists no codes")
    if not payload or payload[0] != service | 0x40:
        raise _unreadable(service, payload, "it belongs to another request")


def _unreadable(service: int, payload: bytes, why: str) -> DecodeError:
    return DecodeError(
        f"The {CODE_SERVICES.get(service, 'trouble')} codes cannot be read from "
        f"{payload[:16].hex(' ').upper() or '(nothing)'}: {why}.",
        kept="The car may well hold codes.",
        to_do="Read them again; if this repeats, check the adapter.",
    )
