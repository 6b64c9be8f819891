"""Codes as the ECUs tell them, whatever the dialect: noted, refused, not known, or contradicted."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from cartech_desk.bay.fault_scan_asking import Got
from cartech_desk.bay.fault_scan_found import Found
from cartech_desk.domain.faults.found import Answered, CodeStatus

Listed = tuple[str, int | None, int | None]
"""A code with its failure type and its status byte, where it has them."""
MOST_COUNTED: Final = 127
"""What the seven bits of PID 01 can count to."""
Again = Callable[[int], tuple[int, Got[tuple[str, ...]]] | None]
"""Asks an ECU again for the number of its codes and for its stored codes."""


def note_codes(
    found: Found, ecu: int, kind: CodeStatus, got: Got[Any], codes: Collection[Listed] | None
) -> None:
    """Note one ECU's list of one kind, or why it is not known (`codes` None).

    An ECU without permanent or pending codes says so by refusing; to the question for permanent
    ones, younger than many cars, also by silence. Stored codes every ECU of OBD has to tell.
    """
    if codes is not None:
        for code, failure_type, status_byte in codes:
            found.add_code(ecu, code, kind, failure_type=failure_type, status_byte=status_byte)
        found.told(ecu, kind, Answered.TOLD)
    elif kind is not CodeStatus.STORED and got.unsupported:
        found.told(ecu, kind, Answered.UNSUPPORTED, got.why)
    elif kind is CodeStatus.PERMANENT and got.silent:
        found.told(ecu, kind, Answered.UNSUPPORTED, "It does not know the question.")
    else:
        found.told(ecu, kind, Answered.UNKNOWN, got.why or "It did not answer.")


def check_counts(found: Found, again: Again) -> None:
    """Hold the number of codes that PID 01 tells against the list of stored codes.

    Where they differ both are asked once more; fewer codes than counted stay not known.
    """
    for ecu in found.ecus:
        lamp = found.lamps.get(ecu)
        if lamp is None or found.answered(ecu, CodeStatus.STORED) is not Answered.TOLD:
            continue
        if _agree(lamp.codes, found.codes_of(ecu, CodeStatus.STORED)):
            continue
        told = again(ecu)
        counted = lamp.codes  # where it cannot be read again, what it said first holds
        if told is not None:
            counted, got = told
            for code in got.value or ():
                found.add_code(ecu, code, CodeStatus.STORED)
        listed = len(found.codes_of(ecu, CodeStatus.STORED))
        if listed < counted:
            why = f"It says that it holds {counted}, and tells {listed}."
            found.told(ecu, CodeStatus.STORED, Answered.UNKNOWN, why)
        elif counted < min(listed, MOST_COUNTED):
            found.warn(
                f"ECU {ecu:X} tells {listed} stored codes and counts {counted}: some may be of "
                "another kind than those that light the lamp."
            )


def _agree(counted: int, listed: Sequence[object]) -> bool:
    return counted == min(len(listed), MOST_COUNTED)
