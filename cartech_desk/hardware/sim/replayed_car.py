"""A recording that answers for the car it was made of.

Each request gets what it got in the recording, in the same order and after the same time; asked
again, what it got the next time, and in the end the last once more. A request that the recording
does not hold is not answered, with three exceptions that say nothing new: what everybody was asked
also answers one control unit and the other way round, several PIDs in one request are answered out
of single ones, and which PIDs are supported is told by those that were answered where nobody asked.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.sim.ecu import EcuAnswer
from cartech_desk.hardware.sim.pids import support_bitmap
from cartech_desk.hardware.sim.recording_exchanges import (
    NEGATIVE,
    WAIT,
    Exchange,
    RecordedAnswer,
    exchanges,
)
from cartech_desk.hardware.sim.recording_frames import (
    FUNCTIONAL,
    NothingToReplay,
    answer_id,
    read_frames,
)

LONGEST_PACKED: Final = 6
VIN_REQUESTS: Final = (b"\x09\x02", b"\x22\xf8\x02", b"\x22\xf1\x90")
_VIN: Final = re.compile(rb"[A-HJ-NPR-Z0-9]{17}")
SUPPORTED: Final = bytes(range(0x00, 0x100, 0x20))
Round = tuple[RecordedAnswer, ...]


@dataclass(frozen=True, slots=True)
class ReplayedEcu:
    """A control unit of the recording."""

    name: str
    address: Address
    answer_id: int


class ReplayedCar:
    """See the module. `requests` counts what the recording holds, `warnings` are whole sentences.

    Errors: NothingToReplay where no request of the recording was answered.
    """

    speaks: Final = "obd"
    ignition: Final = True
    extension_ids: Final[frozenset[int]] = frozenset()

    def __init__(self, recorded: Sequence[Exchange], *, name: str, broken: int = 0) -> None:
        answered = [exchange for exchange in recorded if exchange.answers]
        if not answered:
            raise NothingToReplay(
                f"The recording {name} holds no answer of a control unit to a request of OBD.",
                to_do="Give a recording that was made while a scan tool read the car.",
            )
        widths = [exchange.extended for exchange in answered]
        self.extended: bool = widths.count(True) > len(widths) / 2
        used = [exchange for exchange in recorded if exchange.extended == self.extended]
        self.name = name
        self.requests = len(used)
        self.seconds = used[-1].at_s - used[0].at_s
        self.warnings = _warnings(recorded, used, broken)
        self.ecus: tuple[ReplayedEcu, ...] = _ecus(used, extended=self.extended)
        self._rounds: dict[tuple[int, bytes], list[Round]] = defaultdict(list)
        for exchange in used:
            rounds = self._rounds[exchange.request_id, exchange.payload]
            rounds.append(tuple(exchange.answers))
        self._turn: dict[tuple[int, bytes], int] = defaultdict(int)
        self._bitmaps = _bitmaps(used)
        self._usual_s = _usual_delays(used)
        self._lock = threading.Lock()

    @property
    def vin(self) -> str | None:
        """The VIN that the recording holds, where somebody asked for it and it looks like one."""
        for (_, payload), rounds in self._rounds.items():
            if payload in VIN_REQUESTS:
                for told in (one.payload[3:] for answers in rounds for one in answers):
                    if _VIN.fullmatch(told):
                        return told.decode("ascii")
        return None

    def handle(
        self,
        can_id: int,
        payload: bytes,
        *,
        extended: bool,
        now_ns: int,  # noqa: ARG002 - a recording has its own time
        extension: int | None = None,
    ) -> list[EcuAnswer]:
        """Answer a whole request payload; empty where the recording holds no answer."""
        if extended != self.extended or extension is not None or not payload:
            return []
        with self._lock:
            answers = self._found(can_id, payload) or self._packed(can_id, payload)
            answers = answers or self._supported(can_id, payload)
        return [EcuAnswer(one.can_id, one.payload, one.delay_s) for one in answers]

    def keep_time(self, now_ns: int) -> None:
        """Do nothing: a recording has its own time."""

    def battery_v(self, now_ns: int) -> float | None:  # noqa: ARG002 - see the docstring
        """Return None: no frame tells the voltage at the connector."""
        return None

    def _found(self, can_id: int, payload: bytes) -> Round:
        """Return the next answers to this very request, from here or from the other address."""
        own = self._next(can_id, payload)
        if own:
            return own
        everybody = FUNCTIONAL[self.extended]
        if can_id != everybody:
            wanted = answer_id(can_id, extended=self.extended)
            return tuple(one for one in self._next(everybody, payload) if one.can_id == wanted)
        ids = [ecu.address.request_id for ecu in self.ecus]
        return _sorted(one for request_id in ids for one in self._next(request_id, payload))

    def _next(self, can_id: int, payload: bytes) -> Round:
        rounds = self._rounds.get((can_id, payload))
        if not rounds:
            return ()
        turn = self._turn[can_id, payload]
        self._turn[can_id, payload] = min(turn + 1, len(rounds) - 1)
        return rounds[turn]

    def _packed(self, can_id: int, payload: bytes) -> Round:
        """Answer several PIDs, or several identifiers, out of single requests."""
        size = {0x01: 1, 0x22: 2}.get(payload[0])
        wanted = payload[1:]
        if size is None or not size < len(wanted) <= LONGEST_PACKED * size or len(wanted) % size:
            return ()
        told: dict[int, list[RecordedAnswer]] = defaultdict(list)
        for place in range(0, len(wanted), size):
            single = payload[:1] + wanted[place : place + size]
            for one in self._found(can_id, single) or self._supported(can_id, single):
                if one.payload[0] != NEGATIVE:
                    told[one.can_id].append(one)
        return _sorted(
            RecordedAnswer(
                ecu,
                parts[0].payload[:1] + b"".join(one.payload[1:] for one in parts),
                max(one.delay_s for one in parts),
            )
            for ecu, parts in told.items()
        )

    def _supported(self, can_id: int, payload: bytes) -> Round:
        """Tell which PIDs are supported where the recording holds answers but not that one."""
        if len(payload) != 2 or payload[0] != 0x01:
            return ()
        request_ids = {ecu.answer_id: ecu.address.request_id for ecu in self.ecus}
        return tuple(
            RecordedAnswer(ecu, b"\x41" + payload[1:] + bitmaps[payload[1]], self._usual_s[ecu])
            for ecu, bitmaps in self._bitmaps.items()
            if payload[1] in bitmaps and can_id in (FUNCTIONAL[self.extended], request_ids[ecu])
        )


def read_car(path: Path) -> ReplayedCar:
    """Read a recording and return the car that answers out of it.

    Errors: RecordingUnreadable, NothingToReplay.
    """
    recorded, broken = exchanges(read_frames(path))
    return ReplayedCar(recorded, name=path.name, broken=broken)


def _ecus(used: Iterable[Exchange], *, extended: bool) -> tuple[ReplayedEcu, ...]:
    ids = sorted({answer.can_id for exchange in used for answer in exchange.answers})
    return tuple(
        ReplayedEcu(
            f"{can_id:X}", Address(_request_id(can_id, extended), extended=extended), can_id
        )
        for can_id in ids
    )


def _request_id(can_id: int, extended: bool) -> int:
    return answer_id(can_id, extended=True) if extended else can_id - 8


def _bitmaps(used: Iterable[Exchange]) -> Mapping[int, dict[int, bytes]]:
    """Return bitmaps of mode 01 for each ECU of which nobody asked any, from what it answered."""
    pids: dict[int, set[int]] = defaultdict(set)
    for exchange in used:
        if exchange.payload[0] != 0x01 or len(exchange.payload) != 2:
            continue
        for answer in exchange.answers:
            if answer.payload[0] == 0x41:
                pids[answer.can_id].add(exchange.payload[1])
    made: dict[int, dict[int, bytes]] = {}
    for ecu, answered in pids.items():
        if 0x00 in answered:
            continue  # it said itself what it supports
        bitmaps = ((base, support_bitmap(base, frozenset(answered))) for base in SUPPORTED)
        made[ecu] = {base: bitmap for base, bitmap in bitmaps if bitmap is not None}
    return made


def _usual_delays(used: Iterable[Exchange]) -> Mapping[int, float]:
    """Return how long each ECU usually takes, in seconds."""
    delays: dict[int, list[float]] = defaultdict(list)
    for exchange in used:
        for answer in exchange.answers:
            delays[answer.can_id].append(answer.delay_s)
    return {ecu: median(times) for ecu, times in delays.items()}


def _warnings(
    recorded: Sequence[Exchange], used: Sequence[Exchange], broken: int
) -> tuple[str, ...]:
    warnings = []
    if broken:
        warnings.append(f"{broken} messages of the recording are broken and were left out.")
    if len(used) < len(recorded):
        other = len(recorded) - len(used)
        warnings.append(
            f"{other} requests with identifiers of the other length were left out; an adapter "
            "speaks one length at a time."
        )
    silent = sum(not exchange.answers for exchange in used)
    if silent:
        warnings.append(f"{silent} of the {len(used)} requests were not answered.")
    waits = sum(
        bool(one.answers) and all(_is_wait(answer) for answer in one.answers) for one in used
    )
    if waits:
        warnings.append(f"To {waits} requests only “please wait” is recorded.")
    if _bitmaps(used):
        warnings.append(
            "Not every control unit was asked which PIDs it supports; the list is put together "
            "from those that it answered."
        )
    return tuple(warnings)


def _is_wait(answer: RecordedAnswer) -> bool:
    return answer.payload[0] == NEGATIVE and answer.payload[2:] == bytes((WAIT,))


def _sorted(answers: Iterable[RecordedAnswer]) -> Round:
    return tuple(sorted(answers, key=lambda one: one.delay_s))
