"""Service 05: results of oxygen sensor tests, on buses before CAN only (SAE J1979, 5.7).

A request names a test and one sensor: `05 <test> <sensor>`; sensors are bits as PIDs 13 and 1D
count them. Tests 01 to 04 are constants of the ECU; 05 to 0A come with limits.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from cartech_desk.domain.faults.found import TestResult
from cartech_desk.domain.obd.packed import bitmap, wrong_answer, wrong_size
from cartech_desk.domain.obd.scales import name_of_test
from cartech_desk.domain.obd.variants import FOUR_BANKS_PID

SERVICE: Final = 0x05
TWO_BANKS_PID: Final = 0x13


class _Kind(NamedTuple):
    unit: str
    mul: float
    limits: bool


_TESTS: Final = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x04), _Kind("V", 0.005, limits=False)),
    **dict.fromkeys((0x05, 0x06), _Kind("s", 0.004, limits=True)),
    **dict.fromkeys((0x07, 0x08), _Kind("V", 0.005, limits=True)),
    **dict.fromkeys((0x09, 0x0A), _Kind("s", 0.04, limits=True)),
}
"""Tests that the standard gives a scale (SAE J1979, table of service 05's tests)."""


def sensors_of(pid: int, data: bytes) -> tuple[int, ...]:
    """Return the sensors (bits) that PID 13 or 1D tells as fitted. Errors: DecodeError."""
    if pid not in (TWO_BANKS_PID, FOUR_BANKS_PID):
        raise ValueError(f"PID {pid:02X} tells no sensors")
    if len(data) != 1:
        raise wrong_size(data, "1")
    return tuple(1 << place for place in range(8) if data[0] >> place & 1)


def sensor_name(sensor: int, *, four_banks: bool) -> str:
    """Return a sensor in words; `four_banks` where PID 1D stands in place of 13."""
    place = sensor.bit_length() - 1
    bank, number = divmod(place, 2 if four_banks else 4)
    return f"Oxygen sensor, bank {bank + 1} sensor {number + 1}"


def support_request(sensor: int) -> bytes:
    """Return the request that asks which tests this sensor has."""
    return bytes((SERVICE, 0x00, sensor))


def read_sensor_tests(sensor: int, payload: bytes) -> frozenset[int]:
    """Return the tests of one sensor that have a known meaning. Errors: DecodeError."""
    _check(support_request(sensor), payload)
    if len(payload) != 7:
        raise wrong_size(payload, "7")
    return bitmap(0x00, payload[3:]) & _TESTS.keys()


def sensor_requests(sensor: int, tests: Collection[int]) -> tuple[bytes, ...]:
    """Return the requests for these tests of one sensor."""
    return tuple(bytes((SERVICE, test, sensor)) for test in sorted(tests) if test in _TESTS)


def read_sensor_test(ecu: int, request: bytes, payload: bytes, *, four_banks: bool) -> TestResult:
    """Return the result that answers one of `sensor_requests`; `monitor` is the sensor's bit.

    Errors: DecodeError where the answer is to something else or has another length.
    """
    _check(request, payload)
    test, sensor = request[1], request[2]
    kind = _TESTS[test]
    due = 6 if kind.limits else 4
    if len(payload) != due:
        raise wrong_size(payload, str(due))
    value, *limits = (float(f"{raw * kind.mul:.10g}") for raw in payload[3:])
    minimum, maximum = limits or (None, None)
    passed: bool | None = None
    if minimum is not None and maximum is not None and any(payload[3:]) and minimum <= maximum:
        passed = minimum <= value <= maximum
    return TestResult(
        ecu=ecu,
        monitor=sensor,
        test=test,
        name=sensor_name(sensor, four_banks=four_banks),
        test_name=name_of_test(test),
        unit=kind.unit,
        value=value,
        minimum=minimum,
        maximum=maximum,
        passed=passed,
    )


def _check(request: bytes, payload: bytes) -> None:
    if not payload.startswith(bytes((SERVICE | 0x40, *request[1:]))):
        raise wrong_answer(payload, request)
