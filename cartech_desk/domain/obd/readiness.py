"""Monitors' readiness and the lamp: PIDs 01 (since codes were cleared) and 41 (this drive).

Four bytes, the same in service 01 and as 22 F401 and F441 (SAE J1979, PIDs 01 and 41). Bit 3 of
the second byte says whether the monitors of the third and fourth are those of spark or of
compression ignition; bits of the fourth byte are 1 where a monitor is not complete.
"""

from typing import Final

from cartech_desk.domain.faults.found import Lamp, Readiness

SINCE_CLEAR: Final = 0x01
THIS_CYCLE: Final = 0x41


def read_readiness(ecu: int, data: bytes) -> Readiness:
    """Return the monitors that the data bytes of PID 01 or 41 tell as supported (enabled).

    Errors: DecodeError for another length than four bytes.
    """
    raise NotImplementedError


def read_lamp(ecu: int, data: bytes) -> Lamp:
    """Return lamp and number of codes of PID 01's data bytes. Errors: as `read_readiness`."""
    raise NotImplementedError
