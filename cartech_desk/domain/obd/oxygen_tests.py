"""Service 05: results of oxygen sensor tests, on buses before CAN only (SAE J1979, 5.7).

A request names a test and one sensor: `05 <test> <sensor>`; sensors are bits as PIDs 13 and 1D
count them. Tests 01 to 04 are constants of the ECU; 05 to 0A come with limits.
"""

from collections.abc import Collection
from typing import Final

from cartech_desk.domain.faults.found import TestResult

SERVICE: Final = 0x05


def sensors_of(pid: int, data: bytes) -> tuple[int, ...]:
    """Return the sensors (bits) that PID 13 or 1D tells as fitted. Errors: DecodeError."""
    raise NotImplementedError


def sensor_name(sensor: int, *, four_banks: bool) -> str:
    """Return a sensor in words; `four_banks` where PID 1D stands in place of 13."""
    raise NotImplementedError


def support_request(sensor: int) -> bytes:
    """Return the request that asks which tests this sensor has."""
    raise NotImplementedError


def read_sensor_tests(sensor: int, payload: bytes) -> frozenset[int]:
    """Return the tests of one sensor that have a known meaning. Errors: DecodeError."""
    raise NotImplementedError


def sensor_requests(sensor: int, tests: Collection[int]) -> tuple[bytes, ...]:
    """Return the requests for these tests of one sensor."""
    raise NotImplementedError


def read_sensor_test(ecu: int, request: bytes, payload: bytes, *, four_banks: bool) -> TestResult:
    """Return the result that answers one of `sensor_requests`; `monitor` is the sensor's bit.

    Errors: DecodeError where the answer is to something else or has another length.
    """
    raise NotImplementedError
