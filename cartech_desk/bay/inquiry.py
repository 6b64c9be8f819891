"""The questions of one identification, and the words for what could not be read.

What asks for time for ever is not waited for again: everybody is then asked one by one.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from cartech_desk.bay.identification import VIN, Ask, Step, functional, physical, speaks_can
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.identity import UnreadableIdentity, join_numbered, read_vin
from cartech_desk.domain.obd.packed import bitmap
from cartech_desk.domain.obd.support import SUPPORT_PIDS, supported_pids
from cartech_desk.domain.obd.variants import full_scales
from cartech_desk.domain.plain_text import masked
from cartech_desk.domain.vin import VinState, check_vin
from cartech_desk.hardware.adapter import CarLink, Reply, Request
from cartech_desk.hardware.errors import RequestFailed

T = TypeVar("T")

SCALE_PIDS: Final[Mapping[int, str]] = {
    0x4F: "manifold pressure, lambda and the values of its sensors",
    0x50: "the air flow",
}
"""PIDs of full scales, and what they change."""

TRIES: Final = 2
"""One bad moment of the wire is no reason to call a car nameless."""
ENDLESS_S: Final = 4.5
"""An ECU that took longer than this and told nothing asked for time for ever: nobody waits for it
again (P2* of ISO 14229-2 is 5 s; silence alone ends every wait within a second)."""


class Inquiry:
    """The questions of one identification; gathers warnings. Errors: LinkLost, those of `step`."""

    def __init__(self, ask: Ask, link: CarLink, step: Step) -> None:
        self._ask = ask
        if link.uds:
            # Few cars need the tables of that one.
            from cartech_desk.bay.identification_uds import asking_as_j1979

            self._ask = asking_as_j1979(ask)
        self._link = link
        self._step = step
        self._endless: set[int] = set()
        """ECUs that asked for time for ever: they are not asked again."""
        self.warnings: list[str] = []

    def heard(self, ecus: Iterable[int]) -> list[int]:
        """Return those that are still asked."""
        return [ecu for ecu in ecus if ecu not in self._endless]

    def warn(self, text: str) -> None:
        """Note in words what could not be read, once."""
        text = masked(text)
        if text not in self.warnings:
            self.warnings.append(text)

    def supported(
        self, first: Mapping[int, bytes] | None = None, last: int = SUPPORT_PIDS[-1]
    ) -> dict[int, frozenset[int]]:
        """Read the bitmaps of mode 01, as far as each ECU announces another one.

        `first` are those of 01 00 where they were read already; none above `last` is read.
        """
        found: dict[int, frozenset[int]] = {}
        due: set[int] = set(self._link.ecus)
        for base in SUPPORT_PIDS:
            if base == 0 and first is not None:
                told = {ecu: bitmap(0, first[ecu]) for ecu in due if ecu in first}
            else:
                self._step(f"asking the car what it can tell (01 {base:02X})")
                told = self._bitmaps(0x01, base, due)
            for ecu, pids in told.items():
                found[ecu] = found.get(ecu, frozenset()) | pids
            due = {ecu for ecu, pids in told.items() if base + 0x20 in pids}
            if not due or base >= last:
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
            reply = self._asked(request, reasons, (ecu,), tries=1)
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
        found = [self.read(ecu, VIN, _read_vin, "VIN") for ecu in ecus]
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
            if address.functional and self._endless:
                break  # who asks for time for ever would answer there too
            expected = None if address.functional else 1
            request = Request(address, payload, expected, once=True)
            due = self._link.ecus if address.functional else (ecu,)
            reply = self._asked(request, reasons, due, tries=1)
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

    def read_of_all(
        self, ecus: Sequence[int], info_type: int, reader: Callable[[bytes], T]
    ) -> dict[int, T]:
        """Read one info type of several ECUs with one request; who is missing is to be asked alone.

        Only over CAN, where several may answer at length at once.
        """
        told: dict[int, T] = {}
        if len(ecus) < 2 or self._endless or not speaks_can(self._link):
            return told
        payload = bytes((0x09, info_type))
        request = Request(functional(self._link), payload, len(ecus), once=True)
        reply = self._asked(request, [], ecus, tries=1)
        if reply is None or reply.unreadable:
            return told
        for ecu in ecus:
            payloads = [answer.payload for answer in reply.answers if answer.ecu == ecu]
            if len(payloads) == 1:
                with suppress(CarTechError):
                    told[ecu] = reader(payloads[0])
        return told

    def _bitmaps(
        self, service: int, base: int, due: set[int], *, needed: bool = True
    ) -> dict[int, frozenset[int]]:
        """Ask everybody for a bitmap, then each ECU that owes one by itself."""
        told: dict[int, frozenset[int]] = {}
        reasons: dict[int, list[str]] = {ecu: [] for ecu in due}
        everybody = functional(self._link)
        tries = TRIES if needed else 1
        if not self._endless:
            # Who has no further list does not speak of it: nobody else is waited for.
            counted = service == 0x01 and base > 0 and speaks_can(self._link)
            request = Request(
                everybody, bytes((service, base)), len(due) if counted else None, once=counted
            )
            self._take(told, reasons, base, request, tries)
        for ecu in sorted(due - told.keys()):
            address = physical(self._link, ecu)
            expected = None if address == everybody else 1
            request = Request(address, bytes((service, base)), expected, once=True)
            self._take(told, reasons, base, request, tries, only=ecu)
            if ecu not in told and needed and ecu not in self._endless:
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
        *,
        only: int | None = None,
    ) -> None:
        general: list[str] = []
        due = tuple(reasons) if only is None else (only,)
        reply = self._asked(request, general, due, tries)
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

    def _asked(
        self, request: Request, reasons: list[str], due: Collection[int], tries: int = TRIES
    ) -> Reply | None:
        """Make a request that these ECUs owe an answer to, again where it fails.

        None after the last failure, reasons noted, and for an ECU that is not asked any more.
        Where one alone kept everybody waiting, it is left out from now on.
        """
        if due and not self.heard(due):
            return None
        for _ in range(tries):
            began = time.monotonic()
            reply = tried(self._ask, request, reasons, tries=1)
            if time.monotonic() - began >= ENDLESS_S:
                told = set() if reply is None else _who(reply)
                silent = [ecu for ecu in self.heard(due) if ecu not in told]
                if len(silent) == 1:
                    self._give_up(silent[0])
                return reply
            if reply is not None:
                return reply
        return None

    def _give_up(self, ecu: int) -> None:
        self._endless.add(ecu)
        self.warn(f"ECU {ecu:X} asks for more time for ever; it is not asked what else it tells.")


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


def tried(ask: Ask, request: Request, reasons: list[str], tries: int = TRIES) -> Reply | None:
    """Make a request, again where it fails; None after the last failure, reasons noted."""
    for _ in range(tries):
        try:
            return ask(request)
        except RequestFailed as error:
            reasons.append(error.happened)
    return None


def _who(reply: Reply) -> set[int]:
    """Return who answered or refused."""
    return {one.ecu for one in reply.answers} | {one.ecu for one in reply.refusals}


def _why_not(reply: Reply, ecu: int) -> list[str]:
    """Say why a reply holds no answer of this ECU."""
    refused = [
        f"It refuses to answer (code {refusal.nrc:02X})."
        for refusal in reply.refusals
        if refusal.ecu == ecu
    ]
    unreadable = [f"What came cannot be read: {text}" for text in reply.unreadable[:1]]
    return refused or unreadable
