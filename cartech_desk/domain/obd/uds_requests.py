"""OBD on UDS: families of identifiers of service 22, their requests, and answers cut to pieces.

What polling needs of it, and no table; see `domain.obd.uds_identifiers` for what they mean.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from cartech_desk.domain.obd.packed import split_packed

SERVICE: Final = 0x22
PIDS: Final = 0xF400
MONITORS: Final = 0xF600
INFO: Final = 0xF800
PROTOCOL: Final = 0xF810
"""Tells that a car speaks OBD on UDS."""
VIN: Final = 0xF802
CALIBRATION_IDS: Final = 0xF804
CVNS: Final = 0xF806
ECU_NAME: Final = 0xF80A
MOST_IDENTIFIERS: Final = 6
"""Identifiers in one request, as PIDs in one of service 01; an ECU may allow more."""


def identifiers_request(identifiers: Sequence[int]) -> bytes:
    """Return the request for several identifiers at once."""
    return bytes((SERVICE,)) + b"".join(one.to_bytes(2, "big") for one in identifiers)


def split_identifiers(payload: bytes, lengths: Mapping[int, int]) -> dict[int, bytes]:
    """Split an answer of several identifiers of known length into the data bytes of each.

    What the ECU has not got is left out. Errors: DecodeError where an identifier was not asked
    for, comes twice or is cut off; nothing is half taken.
    """
    return split_packed(payload, SERVICE, 2, lengths)
