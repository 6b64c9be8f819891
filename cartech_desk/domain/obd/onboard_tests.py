"""Service 06: results of on-board tests, with limits, units and names (SAE J1979, 5.8; appendices).

On CAN a record has nine bytes: monitor, test, unit-and-scaling id, value, least, most. The ids of
units are the table in resources/obd/test_units.csv; several are signed. Tests and monitors have
names in resources/obd/monitors.toml. Before CAN an ECU tells its maker's own tests in seven bytes:
counts with one limit each.
"""

from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.faults.found import TestResult
from cartech_desk.domain.obd.packed import bitmap, split_packed, wrong_answer, wrong_size
from cartech_desk.domain.obd.scales import (
    COUNTS,
    Scale,
    monitor_name,
    name_of_test,
    scale_of,
    scales,
)
from cartech_desk.domain.obd.support import SUPPORT_PIDS

SERVICE: Final = 0x06
MOST_BITMAPS: Final = 6
_RECORD: Final = 9
_OLDER_RECORD: Final = 7
_LEAST: Final = 0x80


def monitor_requests(*, packed: bool) -> tuple[bytes, ...]:
    """Return the requests that ask which monitors there are (tests, before CAN).

    Where packed (CAN), the first six bitmaps are asked at once.
    """
    most = MOST_BITMAPS if packed else 1
    return tuple(
        bytes((SERVICE, *SUPPORT_PIDS[at : at + most])) for at in range(0, len(SUPPORT_PIDS), most)
    )


def read_monitors(payload: bytes) -> dict[int, frozenset[int]]:
    """Return the monitors that each bitmap of an answer names, by its id (00, 20, …).

    The ids of further bitmaps are among them where there are more. Before CAN a byte FF stands
    in front of the bitmap. Errors: DecodeError.
    """
    if len(payload) == _OLDER_RECORD and payload[2] == 0xFF:
        payload = payload[:2] + payload[3:]
    parts = split_packed(payload, SERVICE, 1, dict.fromkeys(SUPPORT_PIDS, 4))
    return {base: bitmap(base, data) for base, data in parts.items()}


def read_tests(ecu: int, monitor: int, payload: bytes) -> tuple[TestResult, ...]:
    """Return the results in the answer to `06 <monitor>` on CAN.

    A unit-and-scaling id that the table lacks gives bare counts, in the unit "count", and the
    test's name says so. A limit at the end of the range is none. `passed` is None where there is
    no limit, where the limits contradict each other, and where value and limits are all 0: the
    test did not run yet.
    Errors: DecodeError where the answer is to something else or no whole records.
    """
    if len(payload) < 2 or payload[0] != SERVICE | 0x40 or payload[1] != monitor:
        raise wrong_answer(payload, bytes((SERVICE, monitor)))
    data = payload[1:]
    if len(data) % _RECORD:
        raise wrong_size(payload, f"1 and whole records of {_RECORD}")
    if any(data[at] != monitor for at in range(0, len(data), _RECORD)):
        raise wrong_answer(payload, bytes((SERVICE, monitor)))
    return decode_records(ecu, data)


def decode_records(ecu: int, data: bytes) -> tuple[TestResult, ...]:
    """Return the results of whole records of nine bytes. Errors: DecodeError."""
    if not data or len(data) % _RECORD:
        raise wrong_size(data, f"whole records of {_RECORD}")
    return tuple(_result(ecu, data[at : at + _RECORD]) for at in range(0, len(data), _RECORD))


def _result(ecu: int, record: bytes) -> TestResult:
    monitor, test, scale = record[0], record[1], scale_of(record[2])
    value, least, most = (scale.raw(record[at : at + 2]) for at in (3, 5, 7))
    minimum, maximum = _limits(scale, least, most)
    passed: bool | None = None
    if any(record[3:]) and least <= most and (minimum, maximum) != (None, None):
        passed = least <= value <= most
    return TestResult(
        ecu=ecu,
        monitor=monitor,
        test=test,
        name=monitor_name(monitor),
        test_name=name_of_test(test) + ", scale not known" * (record[2] not in scales()),
        unit=scale.unit,
        value=scale.value(value),
        minimum=minimum,
        maximum=maximum,
        passed=passed,
    )


def _limits(scale: Scale, least: int, most: int) -> tuple[float | None, float | None]:
    """Return the limits; an end of the range is no limit, but 0 counts beside another one."""
    lowest, highest = scale.ends
    maximum = None if most == highest else scale.value(most)
    if least == lowest and (scale.signed or maximum is None):
        return None, maximum
    return scale.value(least), maximum


def read_older_tests(ecu: int, test: int, payloads: Sequence[bytes]) -> tuple[TestResult, ...]:
    """Return the results in the messages that answer `06 <test>` before CAN: bare counts.

    Each is `46 <test> <kind of limit and component> <value> <limit>`; bit 7 of the third byte says
    that the limit is the least (SAE J1979, 5.8, not CAN). `monitor` is the test's number and
    `test` the component's: both are the maker's own. Where value and limit are 0 the test did not
    run yet. Errors: DecodeError.
    """
    if not payloads:
        raise wrong_answer(b"", bytes((SERVICE, test)))
    return tuple(_older(ecu, test, payload) for payload in dict.fromkeys(payloads))


def _older(ecu: int, test: int, payload: bytes) -> TestResult:
    if len(payload) < 2 or payload[0] != SERVICE | 0x40 or payload[1] != test:
        raise wrong_answer(payload, bytes((SERVICE, test)))
    if len(payload) != _OLDER_RECORD:
        raise wrong_size(payload, str(_OLDER_RECORD))
    component = payload[2] & ~_LEAST
    value, limit = (int.from_bytes(payload[at : at + 2], "big") for at in (3, 5))
    is_least = bool(payload[2] & _LEAST)
    passed: bool | None = None
    if value or limit:
        passed = value >= limit if is_least else value <= limit
    return TestResult(
        ecu=ecu,
        monitor=test,
        test=component,
        name=f"Test {test:02X} (the maker's own)",
        test_name=f"Component {component:02X}",
        unit=COUNTS.unit,
        value=float(value),
        minimum=float(limit) if is_least else None,
        maximum=None if is_least else float(limit),
        passed=passed,
    )
