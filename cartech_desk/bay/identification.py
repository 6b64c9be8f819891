"""Finding out which car this is: what each ECU can be asked, the VIN, calibrations, names.

Whatever cannot be read becomes a warning in words, and never a guess: a VIN with a garbled letter
is no VIN. Only a lost wire ends an identification.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.address import (
    FUNCTIONAL,
    FUNCTIONAL_29BIT,
    Address,
    address_of,
)
from cartech_desk.domain.obd.identity import (
    UnreadableIdentity,
    join_numbered,
    read_calibration_ids,
    read_cvns,
    read_ecu_name,
    read_vin,
)
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.support import SUPPORT_PIDS, supported_pids
from cartech_desk.domain.obd.variants import full_scales
from cartech_desk.domain.plain_text import masked
from cartech_desk.domain.vin import VinState, check_vin
from cartech_desk.hardware.adapter import CarLink, Reply, Request
from cartech_desk.hardware.errors import RequestFailed

Ask = Callable[[Request], Reply]
"""Makes one request; raises what `Adapter.request` raises."""
Step = Callable[[str], None]
"""Told in words what is being done."""

T = TypeVar("T")

VIN: Final = 0x02
CALIBRATION_IDS: Final = 0x04
CVNS: Final = 0x06
ECU_NAME: Final = 0x0A
SCALE_PIDS: Final[Mapping[int, str]] = {
    0x4F: "manifold pressure, lambda and the values of its sensors",
    0x50: "the air flow",
}
"""PIDs of full scales, and what they change."""

TRIES: Final = 2
"""One bad moment of the wire is no reason to call a car nameless."""


@dataclass(frozen=True, slots=True)
class Identification:
    """A car identified: who it is, and which mode 01 PIDs each ECU has, by its response id.

    `scales` are the full scales that PIDs 4F and 50 give, for `build_catalogue`. `recalled` where
    only link, VIN and scales were read at this meeting, and the rest is what was read at an
    earlier one (`bay.known_cars`).
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
    inquiry = _Inquiry(ask, link, step)
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
    vins = inquiry.vins(tellers or ecus[:1])
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
    vins = _Inquiry(ask, link, step).vins(link.ecus[:1])
    return vins[0] if vins else None


def told_scales(
    ask: Ask, link: CarLink, supported: Mapping[int, frozenset[int]], step: Step
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Read the full scales alone, with warnings; as `Identification.scales`. Errors: LinkLost."""
    inquiry = _Inquiry(ask, link, step)
    return inquiry.scales(supported), tuple(inquiry.warnings)


def probe_commands(
    ask: Ask, commands: Sequence[Command], step: Step
) -> tuple[tuple[Command, ...], tuple[str, ...]]:
    """Ask each command once and return those that the car answers, with warnings.

    Errors: LinkLost.
    """
    answered: list[Command] = []
    silent: list[str] = []
    for number, command in enumerate(commands, start=1):
        step(f"trying the car's own signals, {number} of {len(commands)}")
        request = Request(command.address, command.payload, expected=1)
        reply = _tried(ask, request, [])
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


class _Inquiry:
    """The questions of one identification; gathers warnings."""

    def __init__(self, ask: Ask, link: CarLink, step: Step) -> None:
        self._ask = ask
        if link.uds:
            # The window's start reads this module, and few cars need the tables of that one.
            from cartech_desk.bay.identification_uds import asking_as_j1979

            self._ask = asking_as_j1979(ask)
        self._link = link
        self._step = step
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        text = masked(text)
        if text not in self.warnings:
            self.warnings.append(text)

    def supported(self) -> dict[int, frozenset[int]]:
        """Read the bitmaps of mode 01, as far as each ECU announces another one."""
        found: dict[int, frozenset[int]] = {}
        due: set[int] = set(self._link.ecus)
        for base in SUPPORT_PIDS:
            self._step(f"asking the car what it can tell (01 {base:02X})")
            told = self._bitmaps(0x01, base, due)
            for ecu, pids in told.items():
                found[ecu] = found.get(ecu, frozenset()) | pids
            due = {ecu for ecu, pids in told.items() if base + 0x20 in pids}
            if not due:
                break
        return {ecu: pids - set(SUPPORT_PIDS) for ecu, pids in found.items()}

    def scales(self, supported: Mapping[int, frozenset[int]]) -> dict[str, float]:
        """Read the full scales of the first ECU that has others than the usual ones.

        PIDs 4F and 50 (SAE J1979) change what the counts of pressures, air flow and sensors mean.
        """
        answers: dict[int, bytes | None] = {}
        for pid in SCALE_PIDS:
            ecu = min((ecu for ecu, pids in supported.items() if pid in pids), default=None)
            if ecu is not None:
                self._step(f"asking the car for its full scales (01 {pid:02X})")
                answers[pid] = self._scale(ecu, pid)
        return full_scales(answers.get(0x4F), answers.get(0x50))

    def _scale(self, ecu: int, pid: int) -> bytes | None:
        """Read one PID of full scales of one ECU; None with a warning where that fails."""
        reasons: list[str] = []
        request = Request(physical(self._link, ecu), bytes((0x01, pid)), expected=1, once=True)
        for _ in range(TRIES):
            reply = _tried(self._ask, request, reasons, tries=1)
            if reply is None:
                continue
            reasons.extend(_why_not(reply, ecu))
            for answer in reply.answers:
                if answer.ecu != ecu:
                    continue
                told = answer.payload
                try:
                    full_scales(told if pid == 0x4F else None, told if pid == 0x50 else None)
                except CarTechError as error:
                    reasons.append(error.happened)
                else:
                    return told
        self.warn(
            f"The full scales that ECU {ecu:X} gives (01 {pid:02X}) could not be read; where they "
            f"are not the usual ones, {SCALE_PIDS[pid]} come out wrong."
            + (f" {reasons[-1]}" if reasons else "")
        )
        return None

    def info_types(self, ecus: Iterable[int]) -> dict[int, frozenset[int]]:
        """Read which info types of service 09 each ECU has; one that does not say is missing."""
        self._step("asking the car what it tells about itself")
        return self._bitmaps(0x09, 0x00, set(ecus), needed=False)

    def vins(self, ecus: Sequence[int]) -> tuple[str, ...]:
        """Read the VIN of each ECU; every VIN once, the engine's first."""
        found = (self.read(ecu, VIN, _read_vin, "VIN") for ecu in ecus)
        vins = tuple(dict.fromkeys(vin for vin in found if vin))
        if not vins:
            self.warn("The car does not tell its VIN in a form that can be read.")
        return vins

    def read(self, ecu: int, info_type: int, reader: Callable[[bytes], T], what: str) -> T | None:
        """Read one info type of one ECU; None with a warning where that fails."""
        payload = bytes((0x09, info_type))
        reasons: list[str] = []
        # Where an ECU does not listen to its own address, everybody's may reach it.
        for address in (physical(self._link, ecu), functional(self._link)):
            expected = None if address.functional else 1
            request = Request(address, payload, expected, once=True)
            reply = _tried(self._ask, request, reasons, tries=1)
            if reply is None:
                continue
            payloads = [answer.payload for answer in reply.answers if answer.ecu == ecu]
            if not payloads:
                reasons.extend(_why_not(reply, ecu))
                continue
            try:
                return reader(join_numbered(payloads))
            except CarTechError as error:
                reasons.append(error.happened)
        reason = f" {reasons[-1]}" if reasons else ""
        self.warn(f"The {what} of ECU {ecu:X} could not be read.{reason}")
        return None

    def _bitmaps(
        self, service: int, base: int, due: set[int], *, needed: bool = True
    ) -> dict[int, frozenset[int]]:
        """Ask everybody for a bitmap, then each ECU that owes one by itself."""
        told: dict[int, frozenset[int]] = {}
        reasons: dict[int, list[str]] = {ecu: [] for ecu in due}
        everybody = functional(self._link)
        tries = TRIES if needed else 1
        self._take(told, reasons, base, Request(everybody, bytes((service, base))), tries)
        for ecu in sorted(due - told.keys()):
            address = physical(self._link, ecu)
            expected = None if address == everybody else 1
            request = Request(address, bytes((service, base)), expected, once=True)
            self._take(told, reasons, base, request, tries)
            if ecu not in told and needed:
                reason = f" {reasons[ecu][-1]}" if reasons[ecu] else ""
                self.warn(
                    f"What ECU {ecu:X} can tell from {base:02X} on could not be read.{reason}"
                )
        return told

    def _take(
        self,
        told: dict[int, frozenset[int]],
        reasons: dict[int, list[str]],
        base: int,
        request: Request,
        tries: int,
    ) -> None:
        general: list[str] = []
        reply = _tried(self._ask, request, general, tries)
        for some in reasons.values():
            some.extend(general)
        if reply is None:
            return
        for answer in reply.answers:
            try:
                told[answer.ecu] = supported_pids(base, answer.payload)
            except CarTechError as error:
                reasons.setdefault(answer.ecu, []).append(error.happened)
        for ecu, some in reasons.items():
            if ecu not in told:
                some.extend(_why_not(reply, ecu))


def _read_vin(payload: bytes) -> str:
    """Return a VIN that may stand for a car: not what units say that were never told theirs."""
    vin = read_vin(payload)
    checked = check_vin(vin)
    if checked.state is VinState.PLACEHOLDER:
        raise UnreadableIdentity(
            checked.why,
            kept="It is not used.",
            to_do="Type the VIN from the car's plate.",
        )
    return vin


def _tried(ask: Ask, request: Request, reasons: list[str], tries: int = TRIES) -> Reply | None:
    """Make a request, again where it fails; None after the last failure, reasons noted."""
    for _ in range(tries):
        try:
            return ask(request)
        except RequestFailed as error:
            reasons.append(error.happened)
    return None


def _why_not(reply: Reply, ecu: int) -> list[str]:
    """Say why a reply holds no answer of this ECU."""
    refused = [
        f"It refuses to answer (code {refusal.nrc:02X})."
        for refusal in reply.refusals
        if refusal.ecu == ecu
    ]
    unreadable = [f"What came cannot be read: {text}" for text in reply.unreadable[:1]]
    return refused or unreadable
