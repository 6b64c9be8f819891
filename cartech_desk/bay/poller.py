"""Polling: the scheduler's turns made on the wire, their answers made readings for the feed.

Belongs to the thread that owns the wire.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.ignition import FRESH_NS, Motion, motion_of
from cartech_desk.bay.scheduler import Outcome, Scheduler, Turn, number_of
from cartech_desk.bay.watch import VOLTAGE, VOLTAGE_HZ, Fetch, Plan, Watch
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.decode import DecodeError, decode, decode_data, split_mode01
from cartech_desk.domain.obd.pids import SERVICE
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.uds_requests import split_identifiers
from cartech_desk.hardware.adapter import Answer, Refusal, Reply
from cartech_desk.hardware.errors import (
    AdapterBusy,
    AdapterLacks,
    BusFault,
    NoAnswer,
    RequestFailed,
)

_GOOD: Final = Quality.GOOD
_INVALID: Final = Quality.INVALID
BUSY_REPEAT_REQUEST: Final = 0x21
LONGEST_WAIT_S: Final = 0.25
LIMITS_HZ: Final = 2.5
"""How often at least what limits watch is asked while something else has the wire."""
_SWEEP_NS: Final = 250_000_000
_VOLTAGE_NS: Final = round(1e9 / VOLTAGE_HZ)
_RESTING_VOLTAGE_NS: Final = 1_000_000_000
"""While the car is off, the adapter is asked so often, so that a dead link is known."""

_FAILURES: Final[Mapping[type[RequestFailed], Outcome]] = {
    NoAnswer: Outcome.SILENT,
    BusFault: Outcome.FAULT,
    AdapterBusy: Outcome.FAULT,
    AdapterLacks: Outcome.REFUSED,
}
"""What a failed request means for the plan; any other one could not be read."""


class Poller:
    """Polls one car over one wire until somebody stops calling `step`.

    `first_ns` is the time of the first reading, 0 before it; `last_ns` of the latest. `absent`
    holds the ids of signals that an ECU left out of its answer.
    """

    def __init__(
        self, wire: Wire, scheduler: Scheduler, watch: Watch, feed: Feed, engine: int
    ) -> None:
        """`engine` is the identifier with which the engine's ECU answers."""
        self.wire = wire
        self._engine = engine
        self._scheduler = scheduler
        self._watch = watch
        self._feed = feed
        self._plan = Plan()
        self._fetches: dict[int, tuple[Fetch, ...]] = {}
        self._sweep_ns = 0
        self._voltage_ns = 0
        self._unpublished: list[Reading] = []
        self._undecoded: list[tuple[Command, bytes, Answer]] = []
        self.first_ns = 0
        self.last_ns = 0
        self.absent: frozenset[str] = frozenset()
        self.paced_ns = 0
        """When what the car is asked for, or how often, changed last on the wire itself."""

    @property
    def ignition_on(self) -> bool:
        """Whether the engine's ECU answers."""
        return self._scheduler.ignition.on

    @property
    def engine_gone(self) -> bool:
        """Whether the engine's ECU fell silent while the engine ran."""
        return self._scheduler.ignition.gone

    def step(self) -> float:
        """Do what is due; return for how many seconds nothing is. Errors: LinkLost."""
        now_ns = monotonic_ns()
        if self._watch.plan is not self._plan:
            self._take_plan(now_ns)
        if now_ns >= self._sweep_ns:
            self.flush()
            self._sweep_ns = now_ns + _SWEEP_NS
            self._feed.sweep(now_ns)
        resting = self._scheduler.ignition.resting
        if (self._plan.adapter_voltage or resting) and now_ns >= self._voltage_ns:
            self._voltage_ns = now_ns + (_RESTING_VOLTAGE_NS if resting else _VOLTAGE_NS)
            self.flush()
            self._read_voltage()
        turn = self._scheduler.next(monotonic_ns())
        if isinstance(turn, int):
            self.flush()
            return min(LONGEST_WAIT_S, max(0.0, (turn - monotonic_ns()) / 1e9))
        self._make(turn)
        return 0.0

    @property
    def limits_asked(self) -> bool:
        """Whether limits need anything of this car."""
        return bool(self._plan.limits_hz)

    def rest(self) -> None:
        """Let something else have the wire until `resume`: `turn` asks for what limits watch."""
        now_ns = monotonic_ns()
        self._take_plan(now_ns)
        rates_hz = {
            command: min(rate_hz, LIMITS_HZ) for command, rate_hz in self._plan.limits_hz.items()
        }
        self._scheduler.rest(rates_hz, now_ns)

    def turn(self) -> None:
        """Ask once for what limits watch where that is due. Errors: LinkLost."""
        if self._watch.plan is not self._plan:
            self.rest()
        if not self.limits_asked:
            return
        turn = self._scheduler.next(monotonic_ns())
        if not isinstance(turn, int):
            self._make(turn)
            self.flush()

    def _take_plan(self, now_ns: int) -> None:
        self.flush()
        if self._watch.plan.rates_hz != self._plan.rates_hz:
            self.paced_ns = now_ns
        self._plan = self._watch.plan
        self._scheduler.plan(self._plan.rates_hz, now_ns)
        # By identity: hashing a command with all its signals takes longer than decoding it.
        self._fetches = {
            id(command): self._plan.fetches[command.address, command.payload]
            for command in self._plan.rates_hz
        }

    def resume(self) -> None:
        """Poll everything again from the next `step` on."""
        self._plan = Plan()

    def flush(self) -> None:
        """Make readings of the last answers and hand them on.

        While request follows request, that is done when the next one is on its way: then it costs
        no time on the wire.
        """
        readings, self._unpublished = self._unpublished, []
        pieces, self._undecoded = self._undecoded, []
        for command, piece, answer in pieces:
            try:
                self._read(command, decode_data(command, piece), answer, readings)
            except DecodeError:
                readings.extend(self._no_values((command,)))
        if readings:
            self._publish(readings)

    def _read_voltage(self) -> None:
        volts = self.wire.voltage()
        if volts is not None and self._plan.adapter_voltage:
            self._publish([Reading(VOLTAGE, monotonic_ns(), volts)])

    def _make(self, turn: Turn) -> None:
        try:
            reply = self.wire.ask_now(turn.request, self.flush)
        except RequestFailed as error:
            outcome = _FAILURES.get(type(error), Outcome.UNREADABLE)
            if outcome is Outcome.UNREADABLE:
                self._publish(self._no_values(turn.commands))
            self._scheduler.done(turn, outcome, monotonic_ns(), motion=self._motion(turn))
            return
        done_ns = monotonic_ns()
        readings: list[Reading] = []
        fetched: set[bytes] = set()
        outcome = _outcome(reply)
        if outcome is Outcome.ANSWERED and turn.commands:
            garbled = self._decode(turn, reply, readings, fetched)
            if garbled and not fetched:
                outcome = Outcome.UNREADABLE
                readings.extend(self._no_values(turn.commands))
        elif outcome is Outcome.UNREADABLE:
            readings.extend(self._no_values(turn.commands))
        self._scheduler.done(
            turn,
            outcome,
            done_ns,
            fetched=fetched,
            answers=len({answer.ecu for answer in reply.answers}),
            only_others=turn.probe and not self._by_engine(turn, reply),
            motion=self._motion(turn),
        )
        self._unpublished = readings

    def _by_engine(self, turn: Turn, reply: Reply) -> bool:
        if not turn.request.address.functional:
            return True
        ecus = {answer.ecu for answer in reply.answers} | {one.ecu for one in reply.refusals}
        return self._engine in ecus

    def _motion(self, turn: Turn) -> Motion:
        """Tell what the car did when it was heard last; asked only where that matters."""
        if not turn.probe:
            return Motion.UNKNOWN
        since_ns = self.last_ns - FRESH_NS
        return motion_of(*(self._feed.latest(name, since_ns) for name in ("rpm", "speed")))

    def _decode(
        self, turn: Turn, reply: Reply, readings: list[Reading], fetched: set[bytes]
    ) -> bool:
        """Turn the answers into readings; True where one of them made no sense.

        A packed answer is only cut to pieces here: what is missing in it is what the plan has to
        know, and `flush` reads the values of the pieces.
        """
        garbled = False
        for answer in _by_rank(reply, turn.request.address.expected_response):
            try:
                if len(turn.commands) == 1:
                    command = turn.commands[0]
                    if command.payload not in fetched:
                        values = decode(command, answer.payload)
                        self._read(command, values, answer, readings)
                        fetched.add(command.payload)
                    continue
                pieces = _split(answer.payload, turn)
                for command in turn.commands:
                    piece = pieces.get(number_of(command))
                    if piece is not None and command.payload not in fetched:
                        self._undecoded.append((command, piece, answer))
                        fetched.add(command.payload)
            except DecodeError:
                garbled = True
        return garbled

    def _read(
        self,
        command: Command,
        values: Mapping[str, float],
        answer: Answer,
        readings: list[Reading],
    ) -> None:
        """Make readings of what is watched in this answer; what it leaves out is no value."""
        for fetch in self._fetches.get(id(command), ()):
            value = values.get(fetch.signal)
            if value is None:
                if command.length is not None:
                    self.absent |= {fetch.signal}
                value = math.nan
            quality = _GOOD if value == value else _INVALID  # noqa: PLR0124 - NaN is not itself
            readings.append(Reading(fetch.channel, answer.t_ns, value, quality))

    def _no_values(self, commands: Iterable[Command]) -> list[Reading]:
        """Make readings of an answer that came for these and could not be read."""
        now_ns = monotonic_ns()
        return [
            Reading(fetch.channel, now_ns, math.nan, Quality.INVALID)
            for command in commands
            for fetch in self._fetches.get(id(command), ())
        ]

    def _publish(self, readings: list[Reading]) -> None:
        if not readings:
            return
        if not self.first_ns:
            self.first_ns = readings[0].t_ns
        self.last_ns = readings[-1].t_ns
        self._feed.publish(readings)


def _split(payload: bytes, turn: Turn) -> Mapping[int, bytes]:
    if turn.request.payload[0] == SERVICE:
        return split_mode01(payload, turn.lengths)
    return split_identifiers(payload, turn.lengths)


def _outcome(reply: Reply) -> Outcome:
    if reply.answers:
        return Outcome.ANSWERED
    if reply.refusals:
        return Outcome.BUSY if any(map(_is_busy, reply.refusals)) else Outcome.REFUSED
    return Outcome.UNREADABLE


def _is_busy(refusal: Refusal) -> bool:
    return refusal.nrc == BUSY_REPEAT_REQUEST


def _by_rank(reply: Reply, only: int | None) -> list[Answer]:
    """Sort answers with the engine's, the lowest identifier, first: where several tell, it wins.

    Where one ECU was asked, others do not speak for it.
    """
    if only is not None:
        return [answer for answer in reply.answers if answer.ecu == only]
    return sorted(reply.answers, key=lambda answer: answer.ecu)
