"""Asking the ECUs of a car for the parts of a scan: tries, patience, and why a part is not known.

Everybody is asked at once where that is quick, and who owes an answer then by itself. What cannot
be read is asked for again; what stays unknown comes with its reason in a sentence.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

from cartech_desk.bay.identification import Ask, functional, physical, speaks_can
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.hardware.adapter import CarLink, Refusal, Reply, Request
from cartech_desk.hardware.errors import BusFault, NoAnswer, RequestFailed

T = TypeVar("T")
Reader = Callable[[Sequence[bytes]], T]
"""From the payloads of one ECU that answer one request; raises CarTechErrors."""

TRIES: Final = 2
BUSY_TRIES: Final = 4
BUSY_S: Final = 0.05
"""The first wait after "busy, repeat request"; each further one is twice as long."""
SILENCES: Final = 2
"""After so many requests in a row without any answer it is asked whether the car is still there."""
ENDLESS_S: Final = 4.5
"""An ECU that took longer than this and told nothing asked for time for ever: nobody waits for it
again (P2* of ISO 14229-2 is 5 s; silence alone ends every wait within a second)."""

_ENDLESS: Final = "It asks for more time for ever."
_NOT_HEARD_OUT: Final = (
    "They were not waited for, because one control unit keeps everybody waiting."
)
_UNREADABLE: Final = "What came cannot be read: "
_RESPONDER: Final = re.compile(r"7E[89A-F]|18DAF1[0-9A-F]{2}")
"""Who answers OBD on CAN (ISO 15765-4), at the beginning of a line that could not be read."""

_LISTS: Final = frozenset({0x03, 0x07, 0x0A})
"""Services whose answer has many lines before CAN, each whole by itself (SAE J1979, 5.5)."""

BUSY: Final = 0x21
NOT_SUPPORTED: Final = frozenset({0x11, 0x12, 0x31})
"""Service, sub-function or identifier not there (ISO 14229-1, A.1)."""

_PROBES: Final = {False: b"\x01\x00", True: b"\x22\xf8\x10"}
"""What every ECU answers, by whether the car speaks OBD on UDS."""


class ScanCancelled(CarTechError):
    """Somebody ended the reading before its end."""

    code: ClassVar[str] = "scan_cancelled"


class CarGone(Exception):
    """Nobody answers any more: the car was switched off in the middle, or unplugged."""


@dataclass(frozen=True, slots=True)
class Got(Generic[T]):
    """What one ECU gave: a value, or why there is none; `nrc` where it refused."""

    value: T | None = None
    why: str = ""
    nrc: int | None = None
    silent: bool = False
    fault: bool = False
    """Whether the bus itself was in trouble."""
    skipped: bool = False
    """Whether it was not asked any more; why is told once for all."""

    @property
    def unsupported(self) -> bool:
        """Whether the ECU says that it has nothing of the kind."""
        return self.nrc in NOT_SUPPORTED

    @property
    def none_there(self) -> bool:
        """Whether the ECU says so, or says nothing."""
        return self.unsupported or self.silent


@dataclass(slots=True)
class Asking:
    """One scan's questions; `requests` counts them. Errors: ScanCancelled, CarGone, LinkLost."""

    ask: Ask
    link: CarLink
    cancelled: Callable[[], bool]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    part: str = ""
    """What is being read, in words."""
    _given_up: dict[int, str] = field(default_factory=dict)
    """ECUs that are not asked again, and why."""
    _left: dict[int, dict[str, None]] = field(default_factory=dict)
    """What of them is not known, or only in part."""
    _missed: dict[int, int] = field(default_factory=dict)
    """How many requests in a row an ECU owed an answer to."""
    _silences: int = 0

    @property
    def given_up(self) -> dict[int, str]:
        """ECUs that were not asked to the end, and why."""
        return dict(self._given_up)

    def left_of(self, ecu: int) -> tuple[str, ...]:
        """Return which parts of an ECU that was given up are not known, or not whole."""
        return tuple(self._left.get(ecu, ()))

    def one(
        self,
        ecu: int,
        payload: bytes,
        reader: Reader[T],
        *,
        due: bool = True,
        most_tries: int = TRIES,
    ) -> Got[T]:
        """Ask one ECU; `due` where it said before that it has this, so that silence is no answer.

        Again where nothing readable came, or where the ECU is busy.
        """
        if ecu in self._given_up:
            self._give_up(ecu, self._given_up[ecu])
            return Got(why=self._given_up[ecu], skipped=True)
        got: Got[T] = Got()
        request = Request(
            physical(self.link, ecu),
            payload,
            expected=1 if speaks_can(self.link) else None,
            once=True,
        )
        tries = busy = 0
        while tries < most_tries:
            began = self.clock()
            got = self._asked(request, ecu, reader)
            if got.value is not None:
                self._missed.pop(ecu, None)
                return got
            if got.nrc == BUSY and busy < BUSY_TRIES:
                self.sleep(BUSY_S * 2**busy)
                busy += 1
                continue
            if got.nrc is not None:
                self._missed.pop(ecu, None)
                return got
            if self.clock() - began >= ENDLESS_S:
                self._give_up(ecu, _ENDLESS)
                return Got(why=_ENDLESS)
            tries += 1
        if got.silent or got.fault:
            self._note_silence(ecu, due=due and got.silent)
        return got

    def everybody(
        self, payload: bytes, ecus: Iterable[int], reader: Reader[T], *, due: bool = True
    ) -> dict[int, Got[T]]:
        """Ask all of these ECUs at once, then each that did not answer by itself."""
        wanted = sorted(set(ecus))
        told: dict[int, Got[T]] = {}
        if len(wanted) > 1 and not any(ecu in self._given_up for ecu in wanted):
            told = self._together(payload, wanted, reader)
        for ecu in wanted:
            if ecu not in told:
                told[ecu] = self.one(ecu, payload, reader, due=due)
        return told

    def whoever(
        self, payload: bytes, ecus: Iterable[int], reader: Reader[T]
    ) -> tuple[dict[int, Got[T]], str]:
        """Ask whoever hears it and wait for silence; returns what each told, and a doubt.

        Some ECUs tell their codes and do not answer what cars are looked for with. Those that are
        not among `ecus` are told too, except who only says that it knows no such service. The
        doubt is why there may be others still, empty where all that came was read.
        """
        known = set(ecus)
        if self._given_up:
            return self.everybody(payload, known, reader), _NOT_HEARD_OUT
        told: dict[int, Got[T]] = {}
        heard: set[int] = set()
        doubt = ""
        for _ in range(TRIES):
            doubt = self._listen(payload, known, reader, told, heard)
            if not doubt or self._given_up:
                break
        for ecu in sorted(known | heard):
            if ecu not in told:
                got = self.one(ecu, payload, reader, due=ecu in known)
                if ecu in known or not got.silent:
                    told[ecu] = got
        named = _named(doubt)
        return told, "" if named in told else doubt

    def _listen(
        self,
        payload: bytes,
        known: set[int],
        reader: Reader[T],
        told: dict[int, Got[T]],
        heard: set[int],
    ) -> str:
        """Ask once without a number of answers; adds to `told` and `heard`, returns a doubt."""
        began = self.clock()
        try:
            reply = self._reply(Request(functional(self.link), payload, once=True))
        except NoAnswer:
            self._silences += 1
            self._blame_endless(began, sorted(known))
            return ""
        except RequestFailed as error:
            self._blame_endless(began, sorted(known))
            return error.happened
        told |= {ecu: got for ecu, got in self._told_well(reply, reader).items() if ecu not in told}
        refused = {one.ecu for one in reply.refusals}
        heard |= {one.ecu for one in reply.answers}
        heard |= {one.ecu for one in reply.refusals if one.nrc not in NOT_SUPPORTED}
        self._blame_endless(began, sorted(known - told.keys() - refused))
        strange = [text for text in reply.unreadable if _named(text) not in known]
        heard |= {ecu for ecu in map(_named, strange) if ecu is not None}
        return f"{_UNREADABLE}{strange[0]}." if strange else ""

    def check_there(self) -> None:
        """Make sure that silence at the end was not that of a car that is gone. Errors: CarGone."""
        if not self._silences:
            return
        expected = 1 if speaks_can(self.link) else None
        probe = _PROBES[self.link.uds]
        request = Request(functional(self.link), probe, expected=expected, once=True)
        for _ in range(TRIES):
            try:
                self._reply(request)
            except (NoAnswer, BusFault):
                continue
            except RequestFailed:
                return  # something is there
            return
        raise CarGone

    def _together(
        self, payload: bytes, ecus: Sequence[int], reader: Reader[T]
    ) -> dict[int, Got[T]]:
        """Ask everybody; only what was told well counts, the others are asked by themselves."""
        expected = len(ecus) if speaks_can(self.link) else None
        began = self.clock()
        try:
            reply = self._reply(
                Request(functional(self.link), payload, expected=expected, once=True)
            )
        except RequestFailed as error:
            if isinstance(error, NoAnswer):
                self._silences += 1
            self._blame_endless(began, ecus)
            return {}
        told = self._told_well(reply, reader)
        refused = {refusal.ecu for refusal in reply.refusals}
        silent = [ecu for ecu in ecus if ecu not in told and ecu not in refused]
        self._blame_endless(began, silent)
        return told

    def _told_well(self, reply: Reply, reader: Reader[T]) -> dict[int, Got[T]]:
        told: dict[int, Got[T]] = {}
        if self._spoilt(reply):
            return told
        for ecu in dict.fromkeys(answer.ecu for answer in reply.answers):
            got = _read(_payloads(reply, ecu), reader)
            if got.value is not None:
                self._missed.pop(ecu, None)
                told[ecu] = got
        return told

    def _spoilt(self, reply: Reply) -> bool:
        """Whether a line of somebody's list may be lost: before CAN nobody sees that from a list.

        Nor does it tell whose line it was.
        """
        lists = reply.request.payload[0] in _LISTS
        return bool(reply.unreadable) and lists and not speaks_can(self.link)

    def _give_up(self, ecu: int, why: str) -> None:
        self._given_up[ecu] = why
        self._left.setdefault(ecu, {})[self.part] = None

    def _blame_endless(self, began: float, ecus: Sequence[int]) -> None:
        """Where one ECU kept everybody waiting, it alone is left out from now on."""
        if self.clock() - began >= ENDLESS_S and len(ecus) == 1:
            self._give_up(ecus[0], _ENDLESS)

    def _asked(self, request: Request, ecu: int, reader: Reader[T]) -> Got[T]:
        try:
            reply = self._reply(request)
        except NoAnswer as error:
            return Got(why=error.happened, silent=True)
        except RequestFailed as error:
            return Got(why=error.happened, fault=isinstance(error, BusFault))
        payloads = _payloads(reply, ecu)
        if payloads and not self._spoilt(reply):
            return _read(payloads, reader)
        refusal = next((one for one in reply.refusals if one.ecu == ecu), None)
        if refusal is not None:
            return Got(why=_refused(refusal), nrc=refusal.nrc)
        if reply.unreadable:
            return Got(why=f"{_UNREADABLE}{reply.unreadable[0]}.")
        return Got(why="It did not answer.", silent=True)

    def _reply(self, request: Request) -> Reply:
        if self.cancelled():
            raise ScanCancelled(
                "The reading was ended before its end.",
                kept="Nothing of it was kept.",
                to_do="Start it again when there is time.",
            )
        self.requests += 1
        reply = self.ask(request)
        if reply.answers or reply.refusals:
            self._silences = 0
        return reply

    def _note_silence(self, ecu: int, *, due: bool) -> None:
        self._silences += 1
        if self._silences >= SILENCES:
            self.check_there()
        if due:
            self._missed[ecu] = self._missed.get(ecu, 0) + 1
            if self._missed[ecu] >= SILENCES:
                self._give_up(ecu, "It does not answer any more.")


def only(payloads: Sequence[bytes]) -> bytes:
    """Return the one payload of an ECU that may tell but one thing. Errors: DecodeError."""
    if len(set(payloads)) != 1:
        shown = ", ".join(payload[:12].hex(" ").upper() for payload in payloads[:3])
        raise DecodeError(
            f"One ECU gave different answers to one request ({shown}).",
            to_do="Read it again; if this repeats, check whether another tester is on the bus.",
        )
    return payloads[0]


def _payloads(reply: Reply, ecu: int) -> list[bytes]:
    return [answer.payload for answer in reply.answers if answer.ecu == ecu]


def _read(payloads: Sequence[bytes], reader: Reader[T]) -> Got[T]:
    try:
        return Got(reader(payloads))
    except CarTechError as error:
        return Got(why=error.happened)


def _named(text: str) -> int | None:
    """Return the ECU that something unreadable begins with, as drivers quote it; None for none."""
    quoted = text.removeprefix(_UNREADABLE).lstrip("“").replace(" ", "")
    match = _RESPONDER.match(quoted)
    return None if match is None else int(match[0], 16)


def _refused(refusal: Refusal) -> str:
    return f"It refuses to tell (code {refusal.nrc:02X})."
