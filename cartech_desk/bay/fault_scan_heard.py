"""ECUs that are first heard when codes are asked for, and those that cannot be heard at all."""

from collections.abc import Iterable, Sequence
from typing import Final

from cartech_desk.bay.fault_scan_asking import Asking
from cartech_desk.bay.fault_scan_found import Found
from cartech_desk.bay.identification import ECU_NAME, speaks_can
from cartech_desk.bay.identification_uds import as_j1979
from cartech_desk.domain.faults.found import EcuFound
from cartech_desk.domain.obd import uds_identifiers as identifiers
from cartech_desk.domain.obd.identity import join_numbered, read_ecu_name
from cartech_desk.hardware.adapter import CarLink

_ENGINE_ALONE: Final = (
    "The adapter does not show who answers (its headers stay off), so that only the engine can be "
    "asked. Use another adapter for them."
)
_ALL_MIXED: Final = (
    "The adapter does not show who answers (its headers stay off): whatever control units tell is "
    "put down to ECU {ecu:X}, so that it cannot be told which of them told a code, nor whether one "
    "was silent. Use another adapter to tell them apart."
)


def note_unheard(found: Found, link: CarLink) -> None:
    """Note what an adapter cannot hear that does not show who answers."""
    if not link.shows_who:
        ecu = next(iter(found.ecus), 0)
        found.others(_ENGINE_ALONE if speaks_can(link) else _ALL_MIXED.format(ecu=ecu))


def name_newcomers(asking: Asking, found: Found, ecus: Iterable[int]) -> None:
    """Ask ECUs that nobody knew of for their names; many do not tell one."""
    request = bytes((0x09, ECU_NAME))
    if asking.link.uds:
        request = identifiers.identifiers_request([identifiers.ECU_NAME])
    for ecu in ecus:
        name = asking.one(ecu, request, _name, due=False, most_tries=1).value
        if name:
            found.named[ecu] = EcuFound(ecu, name)


def _name(payloads: Sequence[bytes]) -> str:
    return read_ecu_name(join_numbered([as_j1979(one) for one in payloads]))
