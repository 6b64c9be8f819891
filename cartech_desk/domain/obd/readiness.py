"""Monitors' readiness and the lamp: PIDs 01 (since codes were cleared) and 41 (this drive).

Four bytes, the same in service 01 and as 22 F401 and F441 (SAE J1979, PIDs 01 and 41). Bit 3 of
the second byte says whether the monitors of the third and fourth are those of spark or of
compression ignition; in PID 41 older cars leave it at 0, so that PID 01 has to say. Bits of the
fourth byte are 1 where a monitor is not complete.
"""

from typing import Final, NamedTuple

from cartech_desk.domain.faults.found import Lamp, Monitor, Readiness
from cartech_desk.domain.obd.packed import wrong_size

SINCE_CLEAR: Final = 0x01
THIS_CYCLE: Final = 0x41


class _Place(NamedTuple):
    """Where a monitor's two bits are: there at all, and not complete (byte, bit)."""

    key: str
    name: str
    there: tuple[int, int]
    open: tuple[int, int]


_CONTINUOUS: Final = (
    _Place("misfire", "Misfire", (1, 0), (1, 4)),
    _Place("fuel_system", "Fuel system", (1, 1), (1, 5)),
    _Place("components", "Electrical components", (1, 2), (1, 6)),
)
_SPARK: Final = (
    ("catalyst", "Catalyst"),
    ("heated_catalyst", "Heated catalyst"),
    ("evaporative_system", "Fuel vapour (EVAP)"),
    ("secondary_air", "Secondary air"),
    ("refrigerant", "A/C refrigerant or particulate filter"),
    ("oxygen_sensor", "Oxygen sensors"),
    ("oxygen_sensor_heater", "Oxygen sensor heaters"),
    ("egr_vvt", "EGR or valve timing"),
)
"""By bit. Bit 4 was the refrigerant's; later issues of J1979-DA give it to the petrol filter."""
_COMPRESSION: Final = (
    ("nmhc_catalyst", "Hydrocarbon catalyst"),
    ("nox_scr", "NOx aftertreatment"),
    ("", ""),
    ("boost_pressure", "Boost pressure"),
    ("", ""),
    ("exhaust_gas_sensor", "Exhaust gas sensors"),
    ("particulate_filter", "Particulate filter"),
    ("egr_vvt", "EGR or valve timing"),
)


def read_readiness(ecu: int, data: bytes, *, compression: bool | None = None) -> Readiness:
    """Return the monitors that the data bytes of PID 01 or 41 tell as supported (enabled).

    `compression` is the ignition as PID 01 of the same ECU told it, for PID 41; None where it did
    not: then these bytes say. Errors: DecodeError for another length than four bytes.
    """
    _check(data)
    if compression is None:
        compression = bool(data[1] & 0x08)
    names = _COMPRESSION if compression else _SPARK
    once = (_Place(key, name, (2, bit), (3, bit)) for bit, (key, name) in enumerate(names) if key)
    monitors = tuple(
        Monitor(place.key, place.name, not _bit(data, place.open))
        for place in (*_CONTINUOUS, *once)
        if _bit(data, place.there)
    )
    return Readiness(ecu, compression, monitors)


def read_lamp(ecu: int, data: bytes) -> Lamp:
    """Return lamp and number of codes of PID 01's data bytes. Errors: as `read_readiness`."""
    _check(data)
    return Lamp(ecu, bool(data[0] & 0x80), data[0] & 0x7F)


def _bit(data: bytes, place: tuple[int, int]) -> int:
    byte, bit = place
    return (data[byte] >> bit) & 1


def _check(data: bytes) -> None:
    if len(data) != 4:
        raise wrong_size(data, "4")
