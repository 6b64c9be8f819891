"""Whether a message answers a request.

A late answer to the request before comes from the right ECU and looks whole; only its service and
its parameter tell that it is somebody else's. SAE J1979 (01 to 0A), ISO 14229-1 (22),
ISO 14230-3 (21).
"""

from typing import Final

NEGATIVE: Final = 0x7F
_POSITIVE_OFFSET: Final = 0x40
_ONE_PARAMETER: Final = frozenset({0x05, 0x06, 0x08, 0x09, 0x1A, 0x21})


def answers(request: bytes, payload: bytes) -> bool:
    """Tell whether `payload`, service byte first, is an answer to `request`."""
    if not request or not payload:
        return False
    service = request[0]
    if payload[0] == NEGATIVE:
        return len(payload) >= 3 and payload[1] == service
    if payload[0] != service + _POSITIVE_OFFSET:
        return False
    asked = _parameters(request)
    if not asked:
        return True
    width = len(next(iter(asked)))
    return payload[1 : 1 + width] in asked


def echo_length(request: bytes, payload: bytes) -> int:
    """Count the first bytes of an answer that tell whose answer it is, service byte included.

    A payload that differs from this one only behind them is the same to this request.
    """
    if payload[0] == NEGATIVE:
        return 3
    asked = _parameters(request)
    return 1 + len(next(iter(asked))) if asked else 1


def same_question(one: bytes, other: bytes) -> bool:
    """Tell whether two messages of one ECU answer the same question: service and parameter."""
    if one[0] != other[0]:
        return False
    if one[0] == NEGATIVE:
        return one == other
    service = one[0] - _POSITIVE_OFFSET
    width = 2 if service == 0x22 else 1 if service in {0x01, 0x02, *_ONE_PARAMETER} else 0
    return one[1 : 1 + width] == other[1 : 1 + width]


def cut_short(payload: bytes) -> bool:
    """Tell whether an answer contradicts its own length, as far as the standard fixes it.

    For adapters that show neither length nor header: bitmaps have four bytes (SAE J1979, table of
    PIDs), services 03, 07 and 0A say how many codes follow.
    """
    if payload[0] == 0x41:
        return len(payload) < (6 if len(payload) > 1 and payload[1] % 0x20 == 0 else 3)
    if payload[0] in (0x43, 0x47, 0x4A):
        return len(payload) < 2 or len(payload) != 2 + 2 * payload[1]
    if payload[0] in (0x42, 0x49):
        return len(payload) < 4
    return payload[0] == 0x62 and len(payload) < 4


def _parameters(request: bytes) -> frozenset[bytes]:
    service, rest = request[0], request[1:]
    if service == 0x01:
        return frozenset(bytes([pid]) for pid in rest)
    if service == 0x02:
        return frozenset(bytes([pid]) for pid in rest[::2])
    if service in _ONE_PARAMETER and rest:
        return frozenset({rest[:1]})
    if service == 0x22 and len(rest) >= 2 and len(rest) % 2 == 0:
        return frozenset(rest[at : at + 2] for at in range(0, len(rest), 2))
    return frozenset()
