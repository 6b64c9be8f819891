"""Service 06: results of on-board tests, with limits, units and names (SAE J1979, 5.8; appendices).

On CAN a record has nine bytes: monitor, test, unit-and-scaling id, value, least, most. The ids of
units are the table in resources/obd/test_units.csv; several are signed. Tests and monitors have
names in resources/obd/monitors.toml. Before CAN an ECU tells its maker's own tests in five bytes:
counts with one limit each.
"""

from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.faults.found import TestResult

SERVICE: Final = 0x06


def monitor_requests(*, packed: bool) -> tuple[bytes, ...]:
    """Return the requests that ask which monitors there are (tests, before CAN)."""
    raise NotImplementedError


def read_monitors(payload: bytes) -> dict[int, frozenset[int]]:
    """Return the monitors that each bitmap of an answer names, by its id (00, 20, …).

    The ids of further bitmaps are among them where there are more. Errors: DecodeError.
    """
    raise NotImplementedError


def read_tests(ecu: int, monitor: int, payload: bytes) -> tuple[TestResult, ...]:
    """Return the results in the answer to `06 <monitor>` on CAN.

    A unit-and-scaling id that the table lacks gives bare counts, in the unit "count". A test whose
    value and limits are all 0 did not run yet: `passed` is None.
    Errors: DecodeError where the answer is to something else or no whole records.
    """
    raise NotImplementedError


def read_older_tests(ecu: int, test: int, payloads: Sequence[bytes]) -> tuple[TestResult, ...]:
    """Return the results in the messages that answer `06 <test>` before CAN: bare counts.

    Each is `46 <test> <kind of limit and component> <value> <limit>`; bit 7 of the third byte says
    that the limit is the least (SAE J1979, 5.8, not CAN). Errors: DecodeError.
    """
    raise NotImplementedError


def decode_records(ecu: int, data: bytes) -> tuple[TestResult, ...]:
    """Return the results of whole records of nine bytes. Errors: DecodeError."""
    raise NotImplementedError
