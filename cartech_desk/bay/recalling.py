"""Whether a car that was met before is still what it was: what is read anew at every meeting.

Before anything is recalled, the car's first lists of PIDs and its VIN have been read and were the
same. Read anew here are the lists up to 60, the full scales, and what each ECU says of its
software: whoever programmed one anew wants to see what is in it now.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from cartech_desk.bay.identification import (
    CALIBRATION_IDS,
    CVNS,
    Ask,
    Identification,
    Step,
)
from cartech_desk.bay.inquiry import Inquiry
from cartech_desk.bay.status import EcuIdentity
from cartech_desk.domain.obd.identity import read_calibration_ids, read_cvns
from cartech_desk.hardware.adapter import CarLink

T = TypeVar("T")

LAST_LIST: Final = 0x40
"""The list that names the full scales; what is above it changes no value's meaning."""
HIGHEST: Final = LAST_LIST + 0x20


def recall(ask: Ask, link: CarLink, before: Identification, step: Step) -> Identification | None:
    """Return a car as it was, with its full scales of now; None where it is not what it was.

    None also where what it was asked could not be read. Errors: LinkLost.
    """
    inquiry = Inquiry(ask, link, step)
    lists = inquiry.supported(link.first_bitmaps, LAST_LIST)
    if inquiry.warnings or not _same_lists(before, lists):
        return None
    scales = inquiry.scales(before.supported)
    if not _same_software(inquiry, before.car.ecus, step):
        return None
    kept = (one for one in before.car.warnings if one not in inquiry.warnings)
    car = replace(before.car, warnings=(*kept, *inquiry.warnings))
    return replace(before, link=link, car=car, scales=scales)


def rescaled(ask: Ask, link: CarLink, before: Identification, step: Step) -> Identification:
    """Return a car that was away for a moment with its full scales of now. Errors: LinkLost."""
    scales = Inquiry(ask, link, step).scales(before.supported)
    return before if scales == before.scales else replace(before, scales=scales)


def _same_lists(before: Identification, lists: dict[int, frozenset[int]]) -> bool:
    return all(
        {pid for pid in before.supported.get(ecu, ()) if pid <= HIGHEST} == pids
        for ecu, pids in lists.items()
    )


def _same_software(inquiry: Inquiry, ecus: Sequence[EcuIdentity], step: Step) -> bool:
    """Tell whether all ECUs still say of their software what they said.

    What one never told is not asked.
    """

    def same(info_type: int, reader: Callable[[bytes], T], known: dict[int, T], what: str) -> bool:
        due = {ecu: told for ecu, told in known.items() if told}
        found = inquiry.read_of_all(tuple(due), info_type, reader)
        return all(
            (found[ecu] if ecu in found else inquiry.read(ecu, info_type, reader, what)) == told
            for ecu, told in due.items()
        )

    step("asking the control units whether their software is what it was")
    calibrations = {ecu.address: ecu.calibration_ids for ecu in ecus}
    cvns = {ecu.address: ecu.cvns for ecu in ecus}
    return same(CALIBRATION_IDS, read_calibration_ids, calibrations, "calibration ids") and same(
        CVNS, read_cvns, cvns, "calibration verification numbers"
    )
