"""Answers that hold several pieces, each behind its own number: bitmaps, frames, identifiers."""

from collections.abc import Mapping
from typing import Final

from cartech_desk.domain.obd.decode import DecodeError

_PADDING: Final = frozenset((b"\x00", b"\x55", b"\xaa", b"\xcc", b"\xff"))


def split_packed(
    payload: bytes, service: int, key_bytes: int, lengths: Mapping[int, int], *, none: bool = False
) -> dict[int, bytes]:
    """Split `<service + 40> (<number> <data>)…` into the data bytes of each number.

    `key_bytes` is how long a number is; `lengths` holds those that were asked for and how many
    data bytes each has. Pieces come in any order, and what the ECU has not got is left out.
    Padding behind the last piece (one byte of 00, 55, AA, CC or FF throughout) is passed over.
    `none` where an answer without any piece is right too.

    Errors: DecodeError where the service is another, a number was not asked for, comes twice or
    is cut off; nothing is half taken.
    """
    if not payload or payload[0] != service | 0x40:
        raise wrong_answer(payload, bytes((service,)))
    found: dict[int, bytes] = {}
    at, end = 1, len(payload)
    while at < end:
        key = int.from_bytes(payload[at : at + key_bytes], "big")
        size = lengths.get(key) if at + key_bytes <= end else None
        if size is None or key in found:
            if found and is_padding(payload[at:]):
                break
            why = "was not asked for" if size is None else "comes twice"
            raise _inconsistent(payload, payload[at : at + key_bytes], why)
        start = at + key_bytes
        if start + size > end:
            raise _inconsistent(payload, payload[at:start], "is cut off")
        found[key] = payload[start : start + size]
        at = start + size
    if not found and not none:
        raise DecodeError(
            f"The answer {payload[:12].hex(' ').upper()} holds no value.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    return found


def bitmap(base: int, data: bytes) -> frozenset[int]:
    """Return the numbers that four bytes name; their first bit stands for `base` + 1."""
    bits = int.from_bytes(data, "big")
    return frozenset(base + 32 - shift for shift in range(32) if (bits >> shift) & 1)


def wrong_answer(payload: bytes, request: bytes) -> DecodeError:
    """Return the error for an answer that does not belong to a request."""
    return DecodeError(
        f"The answer {payload[:12].hex(' ').upper() or '(empty)'} does not belong to the request "
        f"{request.hex(' ').upper()}.",
        to_do="The request is sent again; if this repeats, the adapter mixes answers up.",
    )


def wrong_size(payload: bytes, due: str) -> DecodeError:
    """Return the error for an answer with more or less bytes than are due."""
    shown = payload[:12].hex(" ").upper() + (" …" if len(payload) > 12 else "")
    return DecodeError(
        f"The answer {shown or '(empty)'} has {len(payload)} bytes, where {due} are due.",
        to_do="The request is sent again; if this repeats, the car uses another layout.",
    )


def is_padding(rest: bytes) -> bool:
    """Whether there is nothing but padding: one byte of 00, 55, AA, CC or FF throughout."""
    return rest[:1] in _PADDING and rest.count(rest[:1]) == len(rest)


def _inconsistent(payload: bytes, key: bytes, what: str) -> DecodeError:
    shown = payload[:24].hex(" ").upper() + (" …" if len(payload) > 24 else "")
    return DecodeError(
        f"In the answer {shown} the part {key.hex(' ').upper()} {what}.",
        to_do="The request is sent again; if this repeats, check the adapter.",
    )
