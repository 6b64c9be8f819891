"""Whether a payload answers the request that was asked, or another one.

An ECU repeats in its answer part of what it was asked (SAE J1979 and ISO 15031-5, ISO 14229-1,
ISO 14230-3): that tells a late answer, or one to another tester, from the one that is waited for.
Every driver asks here.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

NEGATIVE: Final = 0x7F
RESPONSE_PENDING: Final = 0x78
POSITIVE_OFFSET: Final = 0x40
P2_STAR_S: Final = 5.0
"""How long an ECU may take after each time that it asked for time (7F xx 78; ISO 14229-2, P2*)."""

READING: Final = frozenset({0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x09, 0x0A, 0x19, 0x1A, 0x21, 0x22})
"""Services that only read: asking twice does no harm."""
MOST_PENDING_S: Final = 12.0
"""How long an ECU is waited for that is only read, however often it asks for time."""
MOST_ACTING_S: Final = 60.0
"""The same for one that erases, clears or writes; what became of it is not known then."""

SUPPORTED_PIDS: Final = b"\x01\x00"
"""The one question that every ECU of OBD answers, with a bitmap."""
_BITMAP_SIZE: Final = 6
UDS_DIALECT: Final = b"\x22\xf8\x10"
"""What an ECU answers that speaks OBD on UDS: by which standard (SAE J1979-2, info type 10)."""
UDS_SUPPORTED_PIDS: Final = b"\x22\xf4\x00"
"""The question for the same bitmap in OBD on UDS."""


class Kind(Enum):
    """What a payload is to a request."""

    ANSWER = auto()
    REFUSAL = auto()
    PENDING = auto()
    """7F xx 78: the answer will come later."""
    FOREIGN = auto()
    """Belongs to another request."""
    CUT_SHORT = auto()
    """Would be an answer, and lacks bytes that every such answer has."""


_OURS: Final = frozenset({Kind.ANSWER, Kind.REFUSAL, Kind.PENDING})


@dataclass(frozen=True, slots=True)
class Echo:
    """What of the request an answer repeats after the service byte.

    `width` bytes, equal to the first ones of the request or, where `any_of` is not 0, to any of
    the groups that start at every `any_of`-th byte; `mask` is laid over the first byte (the top
    bit of a sub-function only asks for silence).
    """

    width: int
    any_of: int = 0
    mask: int = 0xFF


_NOTHING: Final = Echo(0)
_FIRST: Final = Echo(1)
_FIRST_TWO: Final = Echo(2)
_SUBFUNCTION: Final = Echo(1, mask=0x7F)

ECHOES: Final[dict[int, Echo]] = {
    0x01: Echo(1, any_of=1),
    0x02: Echo(1, any_of=2),
    0x05: _FIRST,
    0x06: Echo(1, any_of=1),
    0x08: _FIRST,
    0x09: Echo(1, any_of=1),
    0x10: _SUBFUNCTION,
    0x11: _SUBFUNCTION,
    0x19: _SUBFUNCTION,
    0x1A: _FIRST,
    0x21: _FIRST,
    0x22: Echo(2, any_of=2),
    0x24: _FIRST_TWO,
    0x27: _SUBFUNCTION,
    0x28: _SUBFUNCTION,
    0x2C: _SUBFUNCTION,
    0x2E: _FIRST_TWO,
    0x2F: _FIRST_TWO,
    0x30: _FIRST,
    0x31: Echo(3, mask=0x7F),
    0x36: _FIRST,
    0x3D: _FIRST,
    0x3E: _SUBFUNCTION,
    0x83: _SUBFUNCTION,
    0x85: _SUBFUNCTION,
    0x86: _SUBFUNCTION,
    0x87: _SUBFUNCTION,
}
"""By service; a service that is not here repeats nothing but itself (03, 04, 07, 0A, 14, 23, …)."""


def judge(request: bytes, payload: bytes) -> Kind:
    """Tell what `payload`, or the first bytes of one, is to `request`."""
    service = request[0]
    if payload[0] == NEGATIVE:
        if len(payload) < 3:
            return Kind.CUT_SHORT
        if payload[1] != service:
            return Kind.FOREIGN
        return Kind.PENDING if payload[2] == RESPONSE_PENDING else Kind.REFUSAL
    if payload[0] != service + POSITIVE_OFFSET:
        return Kind.FOREIGN
    echo = ECHOES.get(service)
    if echo is None:
        return Kind.ANSWER
    asked = request[1:]
    width = min(echo.width, len(asked))
    if len(payload) < 1 + width:
        return Kind.CUT_SHORT
    told = _masked(payload[1 : 1 + width], echo.mask)
    starts = range(0, len(asked) - width + 1, echo.any_of) if echo.any_of else (0,)
    if any(told == _masked(asked[i : i + width], echo.mask) for i in starts):
        return Kind.ANSWER
    return Kind.FOREIGN


def answers(request: bytes, payload: bytes) -> bool:
    """Tell whether `payload` is an answer to `request`, a negative one or 7F xx 78 included."""
    return bool(request and payload) and judge(request, payload) in _OURS


def same_question(one: bytes, other: bytes) -> bool:
    """Tell whether two messages of one ECU answer the same question: service and what it repeats.

    Two negative answers are the same only where they say the same.
    """
    if one[0] != other[0]:
        return False
    if one[0] == NEGATIVE:
        return one == other
    echo = ECHOES.get(one[0] - POSITIVE_OFFSET, _NOTHING)
    return _masked(one[1 : 1 + echo.width], echo.mask) == _masked(
        other[1 : 1 + echo.width], echo.mask
    )


def telling_length(request: bytes, payload: bytes) -> int:
    """Count the first bytes of an answer that `judge` looks at.

    A payload of the same length that differs only behind them is the same to this request.
    """
    if payload[0] == NEGATIVE:
        return 3
    return 1 + min(ECHOES.get(request[0], _NOTHING).width, len(request) - 1)


def whole_bitmap(payload: bytes) -> bool:
    """Tell whether an answer to `SUPPORTED_PIDS` holds its four bytes, or refuses the question."""
    return payload[0] == NEGATIVE or len(payload) >= _BITMAP_SIZE


def tells_dialect(payload: bytes) -> bool:
    """Tell whether an answer to `UDS_DIALECT` names a dialect; a refusal does not."""
    return payload.startswith(b"\x62\xf8\x10") and len(payload) > len(UDS_DIALECT)


def refuses_service(payload: bytes) -> bool:
    """Tell whether an ECU refuses a request since it does not know its service."""
    return payload[0] == NEGATIVE and payload[2:3] in (b"\x11", b"\x7f")


def first_bitmap(payload: bytes) -> bytes | None:
    """Return the four bytes of an answer to `SUPPORTED_PIDS` or `UDS_SUPPORTED_PIDS`, else None."""
    for start in (b"\x41\x00", b"\x62\xf4\x00"):
        if payload.startswith(start) and len(payload) >= len(start) + 4:
            return payload[len(start) : len(start) + 4]
    return None


def contradicts_length(payload: bytes) -> bool:
    """Tell whether an answer contradicts its own length, as far as the standard fixes it.

    For adapters that show neither length nor header: bitmaps have four bytes (SAE J1979, table of
    PIDs), services 03, 07 and 0A say how many codes follow.
    """
    if payload[0] == 0x41:
        return len(payload) < (_BITMAP_SIZE if len(payload) > 1 and payload[1] % 0x20 == 0 else 3)
    if payload[0] in (0x43, 0x47, 0x4A):
        return len(payload) < 2 or len(payload) != 2 + 2 * payload[1]
    if payload[0] in (0x42, 0x49):
        return len(payload) < 4
    return payload[0] == 0x62 and len(payload) < 4


def _masked(group: bytes, mask: int) -> bytes:
    if mask == 0xFF or not group:
        return group
    return bytes((group[0] & mask,)) + group[1:]
