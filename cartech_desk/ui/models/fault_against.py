"""What speaks against clearing codes now, told before a reason is typed."""

from typing import Final

from cartech_desk.bay.fault_clear_verdict import unseen_codes
from cartech_desk.bay.faults import SnapshotLacks
from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import EVERYBODY, FaultScan
from cartech_desk.ui.models.fault_words import OTHERS, ecu_words
from cartech_desk.ui.words import for_window

_RPM: Final = "rpm"


def against_clearing(
    snapshot: BaySnapshot, scan: FaultScan | None, refusal: str = ""
) -> tuple[str, ...]:
    """Say in whole sentences what will be refused as things are, or would lose what nobody saw.

    `scan` is the last reading of this car; `refusal` why whoever is at the desk may not clear.
    """
    found = [refusal] if refusal else []
    if snapshot.connection.state is not LinkState.CONNECTED:
        found.append("The car is not connected now.")
    else:
        rpm = snapshot.channels.get(_RPM)
        # NaN, and what is no longer fresh, is no engine speed.
        if rpm is not None and not rpm.stale and rpm.value > 0:
            found.append(
                f"The engine turns ({rpm.value:.0f} rpm): switch it off, leave the ignition on."
            )
    if scan is not None:
        lost = dict.fromkeys((*unseen_codes(scan), *(one.ecu for one in scan.unknown)))
        if lost:
            names = ", ".join(ecu_words(scan, ecu) for ecu in lost)
            found.append(
                f"Not all codes of {names} are known: clearing would erase what nobody has seen."
            )
    return tuple(found)


def refused_words(error: CarTechError, scan: FaultScan | None) -> str:
    """Say why clearing was refused, without what helps at the command line alone."""
    if isinstance(error, SnapshotLacks):
        names = ", ".join(
            ecu_words(scan, ecu) if scan is not None else _bare(ecu) for ecu in error.ecus
        )
        return (
            f"Stored codes of {names} could not be read, or not all of them: clearing would erase "
            f"what nobody has seen. {error.kept} Read the faults again, or clear all the same."
        )
    return for_window(error.message)


def _bare(ecu: int) -> str:
    return OTHERS if ecu in EVERYBODY else f"control unit {ecu:X}"
