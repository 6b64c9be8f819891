"""Finding out which car this is: what each ECU can be asked, the VIN, calibrations, names.

Whatever cannot be read becomes a warning in words, and never a guess: a VIN with a garbled letter
is no VIN. Only a lost wire ends an identification. What asks (`bay.inquiry`) is read in with the
first question, not at the window's start.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address, address_of
from cartech_desk.domain.obd.signals import Command
from cartech_desk.hardware.adapter import CarLink, Reply, Request

Ask = Callable[[Request], Reply]
"""Makes one request; raises what `Adapter.request` raises."""
Step = Callable[[str], None]
"""Told in words what is being done."""

VIN: Final = 0x02
CALIBRATION_IDS: Final = 0x04
CVNS: Final = 0x06
ECU_NAME: Final = 0x0A


@dataclass(frozen=True, slots=True)
class Identification:
    """A car identified: who it is, and which mode 01 PIDs each ECU has, by its response id.

    `scales` are the full scales that PIDs 4F and 50 give, for `build_catalogue`. `recalled` where
    some of it is what was read at an earlier meeting (`bay.known_cars`).
    """

    link: CarLink
    car: CarIdentity
    supported: Mapping[int, frozenset[int]] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    recalled: bool = False


class Likeness(StrEnum):
    """Whether two identifications are of one car."""

    SAME = "same"
    OTHER = "other"
    UNTOLD = "untold"
    """The cars do not tell enough of themselves."""


def compare(before: Identification, now: Identification) -> Likeness:
    """Tell whether two meetings were with the same car.

    By the VIN where both times one was read; else by the ECUs, their calibration ids and CVNs: two
    cars with all of these alike and no VIN cannot be told apart. Where a VIN was known, whatever
    else differs counts; where none was, only what both times was told and is another one.
    """
    vins = before.car.vin, now.car.vin
    if all(vins):
        return Likeness.SAME if vins[0] == vins[1] else Likeness.OTHER
    one, two = _software(before), _software(now)
    if one == two:
        return Likeness.SAME if any(map(any, one.values())) else Likeness.UNTOLD
    contradiction = any(
        first and second and first != second
        for ecu in one.keys() & two.keys()
        for first, second in zip(one[ecu], two[ecu], strict=True)
    )
    return Likeness.OTHER if before.car.vin or contradiction else Likeness.UNTOLD


def _software(found: Identification) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {ecu.address: (ecu.calibration_ids, ecu.cvns) for ecu in found.car.ecus}


def speaks_can(link: CarLink) -> bool:
    """Whether the car is reached over CAN (and not over a K line or an older bus)."""
    protocol = link.protocol.upper()
    return link.extended or "CAN" in protocol or "15765" in protocol


def functional(link: CarLink) -> Address:
    """Return the address that every ECU listens to."""
    return FUNCTIONAL_29BIT if link.extended else FUNCTIONAL


def physical(link: CarLink, ecu: int) -> Address:
    """Return the address of the one ECU that answers as `ecu`; see `address_of`."""
    return address_of(ecu, extended=link.extended)


def identify(
    ask: Ask, link: CarLink, step: Step, known: Identification | None = None
) -> Identification:
    """Identify the car behind a link.

    `known` is what was connected before: where the VIN is still the same, and what each ECU told
    first, the rest is not asked again. Errors: LinkLost.
    """
    from cartech_desk.bay.inquiry import Inquiry
    from cartech_desk.domain.obd.identity import read_calibration_ids, read_cvns, read_ecu_name

    inquiry = Inquiry(ask, link, step)
    if known is not None and known.car.vin is not None and _told_first(known.link, link):
        step("asking the car whether it is the same one")
        if inquiry.vins(link.ecus[:1]) == (known.car.vin,):
            return known
    supported = inquiry.supported()
    scales = inquiry.scales(supported)
    ecus = sorted(set(link.ecus) | supported.keys())
    info_types = inquiry.info_types(ecus)
    step("asking the car for its VIN")
    tellers = [ecu for ecu in ecus if VIN in info_types.get(ecu, ())]
    # Some ECUs do not list what they tell about themselves, and tell it all the same.
    vins = inquiry.vins(tellers or inquiry.heard(ecus)[:1])
    identities = []
    for ecu in ecus:
        step(f"asking ECU {ecu:X} what it is")
        has = info_types.get(ecu, frozenset())
        identities.append(
            EcuIdentity(
                ecu,
                inquiry.read(ecu, ECU_NAME, read_ecu_name, "name") or "" if ECU_NAME in has else "",
                inquiry.read(ecu, CALIBRATION_IDS, read_calibration_ids, "calibration ids") or ()
                if CALIBRATION_IDS in has
                else (),
                inquiry.read(ecu, CVNS, read_cvns, "calibration verification numbers") or ()
                if CVNS in has
                else (),
            )
        )
    if len(vins) > 1:
        inquiry.warn(f"The ECUs tell different VINs ({', '.join(vins)}); the engine's is used.")
    car = CarIdentity(vins[0] if vins else None, tuple(identities), tuple(inquiry.warnings))
    return Identification(link, car, supported, scales)


def _told_first(before: CarLink, now: CarLink) -> bool:
    """Whether two links are the same, the first list of PIDs of each ECU included."""
    return before == now and dict(before.first_bitmaps) == dict(now.first_bitmaps)


def told_vin(ask: Ask, link: CarLink, step: Step) -> str | None:
    """Ask the first ECU for the VIN; None where none can be read. Errors: LinkLost."""
    step("asking the car whether it is a known one")
    from cartech_desk.bay.inquiry import Inquiry

    vins = Inquiry(ask, link, step).vins(link.ecus[:1])
    return vins[0] if vins else None


def probe_commands(
    ask: Ask, commands: Sequence[Command], step: Step
) -> tuple[tuple[Command, ...], tuple[str, ...]]:
    """Ask each command once and return those that the car answers, with warnings.

    Errors: LinkLost.
    """
    from cartech_desk.bay.inquiry import tried

    answered: list[Command] = []
    silent: list[str] = []
    for number, command in enumerate(commands, start=1):
        step(f"trying the car's own signals, {number} of {len(commands)}")
        request = Request(command.address, command.payload, expected=1)
        reply = tried(ask, request, [])
        if reply is not None and any(
            answer.payload.startswith(command.echo) for answer in reply.answers
        ):
            answered.append(command)
        else:
            silent.append(f"{command.address} {command.payload.hex().upper()}")
    if not silent:
        return tuple(answered), ()
    named = ", ".join(silent[:6]) + (", …" if len(silent) > 6 else "")
    return tuple(answered), (
        f"The car does not answer {len(silent)} of the {len(commands)} requests of its signal set "
        f"({named}); their channels are not offered.",
    )
