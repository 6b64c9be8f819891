"""OBD on UDS: PIDs, monitors and info types as identifiers of service 22 (ISO 14229-1, C.1).

F400 to F4FF are the PIDs of service 01, F600 to F6FF the monitors of service 06, F800 to F8FF the
info types of service 09, each with the same number in its last byte (ISO 27145-2, SAE J1979-2);
F4 00, F4 20, … are bitmaps as in service 01. F810 says which protocol, and that the car speaks UDS.

Public sources do not agree on small things, so both forms are read and each must fit exactly: VIN,
calibration ids and verification numbers with the count of service 09 in front or without, records
of tests with the monitor in front of each (nine bytes, as in service 06) or without (eight).
Readiness is read from F401 and F441, which have the layout of PIDs 01 and 41. F501, which newer
issues give for readiness, is not decoded: its layout is not public.
"""

from collections.abc import Collection
from typing import Final

from cartech_desk.domain.faults.found import TestResult
from cartech_desk.domain.obd.freeze_frames import check_length, row_as_told
from cartech_desk.domain.obd.identity import (
    CALIBRATION_ID_LENGTH,
    CVN_LENGTH,
    ECU_NAME_LENGTH,
    VIN_LENGTH,
    read_calibration_ids,
    read_cvns,
    read_ecu_name,
    read_vin,
)
from cartech_desk.domain.obd.onboard_tests import decode_records
from cartech_desk.domain.obd.packed import bitmap, wrong_answer, wrong_size
from cartech_desk.domain.obd.support import SUPPORT_PIDS
from cartech_desk.domain.obd.uds_requests import (
    CALIBRATION_IDS,
    CVNS,
    ECU_NAME,
    INFO,
    MONITORS,
    MOST_IDENTIFIERS,
    PIDS,
    PROTOCOL,
    SERVICE,
    VIN,
    identifiers_request,
    split_identifiers,
)

__all__ = [
    "CALIBRATION_IDS",
    "CVNS",
    "ECU_NAME",
    "INFO",
    "MONITORS",
    "MOST_IDENTIFIERS",
    "PIDS",
    "PROTOCOL",
    "SERVICE",
    "VIN",
    "identifiers_request",
    "pid_requests",
    "read_identifier",
    "read_pids",
    "read_support",
    "read_uds_calibration_ids",
    "read_uds_cvns",
    "read_uds_ecu_name",
    "read_uds_tests",
    "read_uds_vin",
    "split_identifiers",
    "support_requests",
]

_MOST_PACKED_BYTES: Final = 8
_RECORD: Final = 8


def pid_requests(
    pids: Collection[int],
    most: int = MOST_IDENTIFIERS,
    supported: frozenset[int] = frozenset(),
) -> tuple[bytes, ...]:
    """Return the requests that fetch PIDs as F4xx: those of fixed length `most` at a time.

    PIDs that the table of service 01 does not hold are left out: nothing is made of them.
    """
    together: list[int] = []
    alone: list[int] = []
    for pid in sorted(pids):
        row = row_as_told(pid, supported, None)
        if row is not None and pid not in SUPPORT_PIDS:
            fixed = row.length is not None and row.length <= _MOST_PACKED_BYTES
            (together if fixed else alone).append(PIDS | pid)
    groups = [together[at : at + most] for at in range(0, len(together), most)]
    return tuple(identifiers_request(group) for group in (*groups, *([one] for one in alone)))


def support_requests(family: int, most: int = MOST_IDENTIFIERS) -> tuple[bytes, ...]:
    """Return the requests for the bitmaps of a family (PIDS, MONITORS, INFO)."""
    bases = [family | base for base in SUPPORT_PIDS]
    return tuple(identifiers_request(bases[at : at + most]) for at in range(0, len(bases), most))


def read_support(family: int, payload: bytes) -> dict[int, frozenset[int]]:
    """Return what each bitmap of an answer names, by its last byte (00, 20, …), as last bytes.

    The numbers of further bitmaps are among them where there are more. Errors: DecodeError.
    """
    lengths = {family | base: 4 for base in SUPPORT_PIDS}
    parts = split_identifiers(payload, lengths)
    return {key & 0xFF: bitmap(key & 0xFF, data) for key, data in parts.items()}


def read_pids(
    request: bytes, payload: bytes, supported: frozenset[int] = frozenset()
) -> dict[int, bytes]:
    """Return the data bytes by PID in the answer to one of `pid_requests`. Errors: DecodeError."""
    asked = [int.from_bytes(request[at : at + 2], "big") for at in range(1, len(request), 2)]
    rows = {one: row_as_told(one & 0xFF, supported, None) for one in asked}
    if len(asked) == 1 and (row := rows[asked[0]]) is not None and row.length is None:
        data = read_identifier(asked[0], payload)
        check_length(row, data, payload)
        return {row.pid: data}
    lengths = {
        one: row.shortest for one, row in rows.items() if row is not None and row.length is not None
    }
    return {one & 0xFF: data for one, data in split_identifiers(payload, lengths).items()}


def read_identifier(identifier: int, payload: bytes) -> bytes:
    """Return the data bytes of the answer to one identifier. Errors: DecodeError."""
    request = identifiers_request((identifier,))
    if not payload.startswith(bytes((SERVICE | 0x40,)) + request[1:]):
        raise wrong_answer(payload, request)
    if len(payload) == 3:
        raise wrong_size(payload, "more than 3")
    return payload[3:]


def read_uds_vin(payload: bytes) -> str:
    """Return the VIN of an answer to 22 F802. Errors: UnreadableIdentity, DecodeError."""
    return read_vin(_as_service_09(VIN, payload, VIN_LENGTH))


def read_uds_calibration_ids(payload: bytes) -> tuple[str, ...]:
    """Return the calibration ids of an answer to 22 F804. Errors: as `read_uds_vin`."""
    return read_calibration_ids(_as_service_09(CALIBRATION_IDS, payload, CALIBRATION_ID_LENGTH))


def read_uds_cvns(payload: bytes) -> tuple[str, ...]:
    """Return the verification numbers of an answer to 22 F806. Errors: DecodeError."""
    return read_cvns(_as_service_09(CVNS, payload, CVN_LENGTH))


def read_uds_ecu_name(payload: bytes) -> str:
    """Return the name in an answer to 22 F80A. Errors: as `read_uds_vin`."""
    return read_ecu_name(_as_service_09(ECU_NAME, payload, ECU_NAME_LENGTH))


def _as_service_09(identifier: int, payload: bytes, size: int) -> bytes:
    """Return an answer as service 09 would give it, with the count of its items."""
    data = read_identifier(identifier, payload)
    count, rest = divmod(len(data), size)
    if rest == 1 and count and data[0] == count:
        data = data[1:]
    elif rest:
        raise wrong_size(payload, f"3 and whole items of {size}")
    return bytes((0x49, identifier & 0xFF, count)) + data


def read_uds_tests(ecu: int, monitor: int, payload: bytes) -> tuple[TestResult, ...]:
    """Return the results in the answer to 22 F6xx (`monitor` is xx); as `read_tests`.

    Errors: DecodeError where the answer is to something else or no whole records.
    """
    data = read_identifier(MONITORS | monitor, payload)
    size = _RECORD + 1
    named = not len(data) % size
    if named and all(data[at] == monitor for at in range(0, len(data), size)):
        return decode_records(ecu, data)
    if len(data) % _RECORD:
        raise wrong_size(payload, f"3 and whole records of {_RECORD}")
    records = (data[at : at + _RECORD] for at in range(0, len(data), _RECORD))
    return decode_records(ecu, b"".join(bytes((monitor,)) + record for record in records))
