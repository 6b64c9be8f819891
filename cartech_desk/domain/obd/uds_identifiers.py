"""OBD on UDS: PIDs, monitors and info types as identifiers of service 22 (ISO 14229-1, C.1).

F400 to F4FF are the PIDs of service 01, F600 to F6FF the monitors of service 06, F800 to F8FF the
info types of service 09, each with the same number in its last byte (ISO 27145-2, SAE J1979-2).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from cartech_desk.domain.faults.found import TestResult

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


def identifiers_request(identifiers: Sequence[int]) -> bytes:
    """Return the request for several identifiers at once."""
    raise NotImplementedError


def pid_requests(pids: Collection[int], most: int = 6) -> tuple[bytes, ...]:
    """Return the requests that fetch PIDs as F4xx: those of fixed length `most` at a time."""
    raise NotImplementedError


def support_requests(family: int, most: int = 6) -> tuple[bytes, ...]:
    """Return the requests for the bitmaps of a family (PIDS, MONITORS, INFO)."""
    raise NotImplementedError


def read_support(family: int, payload: bytes) -> dict[int, frozenset[int]]:
    """Return what each bitmap of an answer names, by its last byte (00, 20, …), as last bytes.

    The numbers of further bitmaps are among them where there are more. Errors: DecodeError.
    """
    raise NotImplementedError


def split_identifiers(payload: bytes, lengths: Mapping[int, int]) -> dict[int, bytes]:
    """Split an answer of several identifiers of known length into the data bytes of each.

    What the ECU has not got is left out. Errors: DecodeError where an identifier was not asked
    for, comes twice or is cut off; nothing is half taken.
    """
    raise NotImplementedError


def read_pids(
    request: bytes, payload: bytes, supported: frozenset[int] = frozenset()
) -> dict[int, bytes]:
    """Return the data bytes by PID in the answer to one of `pid_requests`. Errors: DecodeError."""
    raise NotImplementedError


def read_identifier(identifier: int, payload: bytes) -> bytes:
    """Return the data bytes of the answer to one identifier. Errors: DecodeError."""
    raise NotImplementedError


def read_uds_vin(payload: bytes) -> str:
    """Return the VIN of an answer to 22 F802. Errors: UnreadableIdentity, DecodeError."""
    raise NotImplementedError


def read_uds_calibration_ids(payload: bytes) -> tuple[str, ...]:
    """Return the calibration ids of an answer to 22 F804. Errors: as `read_uds_vin`."""
    raise NotImplementedError


def read_uds_cvns(payload: bytes) -> tuple[str, ...]:
    """Return the calibration verification numbers of an answer to 22 F806."""
    raise NotImplementedError


def read_uds_ecu_name(payload: bytes) -> str:
    """Return the name in an answer to 22 F80A. Errors: as `read_uds_vin`."""
    raise NotImplementedError


def read_uds_tests(ecu: int, monitor: int, payload: bytes) -> tuple[TestResult, ...]:
    """Return the results in the answer to 22 F6xx (`monitor` is xx). Errors: DecodeError."""
    raise NotImplementedError
