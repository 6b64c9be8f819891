"""Who is asked next: a rate for each command, one request in flight. Pure: time is passed in.

Earliest deadline first over a clock that slows down for everybody when the wire cannot keep up, so
that every channel then gets the same share of what was asked. Around the command that is due most,
others of the same ECU are packed into one request of mode 01, or of service 22 where the car speaks
OBD on UDS. A command that goes unanswered is asked ever more rarely, and never dropped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Final

from cartech_desk.bay.ignition import IgnitionWatch, Motion
from cartech_desk.bay.learning import EcuLearning, PackLimit
from cartech_desk.bay.pace import Pace
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signals import Command
from cartech_desk.hardware.adapter import Request

PROBES: Final = {False: b"\x01\x00", True: b"\x22\xf8\x10"}
"""What every ECU answers, by whether the car speaks OBD on UDS."""
MOST_IDENTIFIERS: Final = 3
"""Identifiers of service 22 in one request: seven bytes are what every adapter can send."""
PATIENCE: Final = 2
"""Misses in a row before a command is asked more rarely."""
RAREST_NS: Final = 10_000_000_000
"""How rarely a silent command is asked at the most, unless its own period is longer."""
BUSY_NS: Final = 50_000_000
LONGEST_HOLD_NS: Final = 2_000_000_000
"""First and longest wait after "busy, repeat request" and after a fault of the bus."""
SAME_HEADER_NS: Final = 20_000_000
"""How much later than the head another command may be due and still go first, to save a change
of header."""
CATCH_UP_NS: Final = 100_000_000
"""How much delay is made up for by asking sooner afterwards; more of it is lost for everybody."""
FAR_FUTURE_NS: Final = 1 << 62
MOST_TURNS: Final = 1024
"""Turns that are kept to be made again."""


class Outcome(StrEnum):
    """How a request ended, when the wire itself is well."""

    ANSWERED = "answered"
    SILENT = "silent"
    REFUSED = "refused"
    """A negative answer other than "busy"."""
    BUSY = "busy"
    """Negative answer 0x21."""
    UNREADABLE = "unreadable"
    FAULT = "fault"
    """The adapter reports an error of the bus, or was interrupted itself."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A request to be made now, and the commands that it serves; none for a probe."""

    request: Request
    commands: tuple[Command, ...]
    probe: bool = False
    items: "tuple[_Item, ...]" = field(default=(), repr=False, compare=False)
    """The scheduler's own notes on the commands."""

    lengths: Mapping[int, int] = field(default_factory=dict, repr=False, compare=False)
    """Of a packed request: how many data bytes the answer holds for each PID or identifier."""


class _Item:
    """A command that is polled; `ecu` is what was learned of its address."""

    __slots__ = ("absent", "alone", "command", "due_ns", "ecu", "misses", "period_ns", "size")

    def __init__(self, command: Command, ecu: EcuLearning, period_ns: int, due_ns: int) -> None:
        self.command = command
        self.ecu = ecu
        self.period_ns = period_ns
        self.due_ns = due_ns
        self.misses = 0
        self.absent = 0
        """How often it was missing from a packed answer that others were in."""
        self.alone = not command.packable
        self.size = len(command.payload) - 1 + (command.length or 0)
        """Bytes of a packed answer that it takes: its PID and its data."""


class Scheduler:
    """The polling plan of one connection.

    `engine` is where 01 00 is asked to learn whether the ignition is on, `everybody` where it is
    asked of all ECUs, None where the car has no other; `packing` whether the protocol allows
    several PIDs in a request (CAN does, older buses do not); `uds` where 22 F8 10 is asked instead.
    """

    def __init__(
        self,
        pace: Pace,
        engine: Address,
        *,
        packing: bool,
        now_ns: int,
        everybody: Address | None = None,
        uds: bool = False,
    ) -> None:
        self._ping = PROBES[uds]
        self.pace = pace
        self.ignition = IgnitionWatch(now_ns, company=everybody is not None)
        self._engine = engine
        self._everybody = everybody or engine
        self._packing = packing
        self._items: dict[tuple[Address, bytes], _Item] = {}
        self._order: tuple[_Item, ...] = ()
        self._learned: dict[Address, EcuLearning] = {}
        self._lag_ns = 0
        """How far the plan's clock has fallen behind the wall's."""
        self._header: EcuLearning | None = None
        self._held_until_ns = 0
        self._turns: dict[tuple[_Item, ...], Turn] = {}
        self._faults = 0
        self._resting: dict[tuple[Address, bytes], _Item] = {}
        """What `rest` put aside."""

    def rest(self, rates_hz: Mapping[Command, float], now_ns: int) -> None:
        """Poll these alone until the next `plan`; what was learned of the others is kept for it."""
        resting = self._resting | self._items
        self.plan(rates_hz, now_ns)
        self._resting = resting

    def plan(self, rates_hz: Mapping[Command, float], now_ns: int) -> None:
        """Poll these commands at these rates from now on; what was learned stays."""
        items: dict[tuple[Address, bytes], _Item] = {}
        for command, rate_hz in rates_hz.items():
            key = (command.address, command.payload)
            period_ns = round(1e9 / rate_hz)
            item = self._items.get(key)
            if item is None:
                item = self._resting.get(key)
                if item is not None:
                    item.due_ns = now_ns - self._lag_ns
            if item is None or item.command != command:
                ecu = self._of(command.address)
                item = _Item(command, ecu, period_ns, now_ns - self._lag_ns)
            elif item.period_ns != period_ns:
                item.period_ns = period_ns
                item.due_ns = min(item.due_ns, now_ns - self._lag_ns + period_ns)
            item.command = command
            items[key] = item
        self._items = items
        self._resting = {}
        self._turns.clear()
        self._order = tuple(items.values())

    def next(self, now_ns: int) -> Turn | int:
        """Return the request to make now, or when to ask again (monotonic ns)."""
        if now_ns < self.pace.earliest_ns:
            return self.pace.earliest_ns
        probe_due = self.ignition.probe_ns() <= now_ns
        if self.ignition.resting:
            return self._begun(self._probe(), now_ns) if probe_due else self.ignition.probe_ns()
        ready: Sequence[_Item] = self._order
        if now_ns < self._held_until_ns:
            ready = [item for item in ready if item.ecu.held_until_ns <= now_ns]
        head = min(ready, key=_due, default=None)
        if head is None or head.due_ns + self._lag_ns > now_ns:
            return self._begun(self._probe(), now_ns) if probe_due else self._wake_ns(head, now_ns)
        # Everybody's clock waits when the most urgent command is too late to be made up for.
        self._lag_ns = max(self._lag_ns, now_ns - head.due_ns - CATCH_UP_NS)
        head = self._same_header(head, ready, now_ns)
        return self._begun(self._turn(self._packed(head, ready, now_ns)), now_ns)

    def done(
        self,
        turn: Turn,
        outcome: Outcome,
        now_ns: int,
        *,
        fetched: Collection[bytes] = (),
        answers: int = 0,
        only_others: bool = False,
        motion: Motion = Motion.UNKNOWN,
    ) -> bool:
        """Learn from a request; True where the ignition came back by it.

        `fetched` holds the payloads of the commands that were answered, `answers` how many ECUs
        did, `only_others` whether the engine's was not among those that answered a probe; `motion`
        is what the car did when it was heard last.
        """
        address = turn.request.address
        learned = self._of(address)
        self.pace.ended(now_ns)
        if outcome is Outcome.ANSWERED:
            learned.busy = self._faults = 0
            if address.functional:
                learned.answers(turn.request.payload, answers)
        elif outcome is Outcome.SILENT and address.functional:
            learned.answers(turn.request.payload, 0)
        self._hold(outcome, learned, now_ns)
        resumed = False
        if self._tells_ignition(turn):
            if outcome in (Outcome.SILENT, Outcome.FAULT):
                self.ignition.unanswered(now_ns, probe=turn.probe, motion=motion)
            elif only_others:
                self.ignition.others_answered(now_ns, motion)
            else:
                resumed = self.ignition.answered(now_ns)
        self._settle(turn, outcome, learned, fetched, now_ns)
        if resumed:
            for item in self._order:
                item.misses = 0
                item.due_ns = now_ns - self._lag_ns
        return resumed

    def _settle(
        self,
        turn: Turn,
        outcome: Outcome,
        learned: EcuLearning,
        fetched: Collection[bytes],
        now_ns: int,
    ) -> None:
        """Set the next deadline of each command of a turn."""
        items = turn.items
        packed = len(items) > 1
        if outcome is Outcome.ANSWERED:
            if packed:
                learned.packed_worked()
            elif items:
                learned.single_worked()
        if packed and outcome in (Outcome.SILENT, Outcome.REFUSED, Outcome.UNREADABLE):
            # Nobody knows yet whether the car or the packing is to blame: a single one tells.
            learned.packed_failed()
            for item in items:
                self._advance(item, now_ns, item.period_ns)
            return
        for item in items:
            if item.command.payload in fetched:
                item.misses = 0
                item.alone = not item.command.packable or item.absent >= PATIENCE
                self._advance(item, now_ns, item.period_ns)
            elif outcome is Outcome.ANSWERED and packed:
                item.absent += 1
                item.alone = True
                self._advance(item, now_ns, item.period_ns)
            elif outcome in (Outcome.BUSY, Outcome.FAULT):
                self._advance(item, now_ns, item.period_ns)
            else:
                self._missed(item, now_ns)

    def _missed(self, item: _Item, now_ns: int) -> None:
        item.misses += 1
        doublings = min(max(0, item.misses - PATIENCE), 16)
        longest = max(RAREST_NS, item.period_ns)
        self._advance(item, now_ns, min(item.period_ns << doublings, longest))

    def _advance(self, item: _Item, now_ns: int, step_ns: int) -> None:
        """Move a deadline on; one that was rested long does not make up for it."""
        oldest = now_ns - self._lag_ns - step_ns - 2 * CATCH_UP_NS
        item.due_ns = max(item.due_ns, oldest) + step_ns

    def _hold(self, outcome: Outcome, learned: EcuLearning, now_ns: int) -> None:
        if outcome is Outcome.BUSY:
            wait_ns = min(BUSY_NS << min(learned.busy, 16), LONGEST_HOLD_NS)
            learned.busy += 1
            learned.held_until_ns = now_ns + wait_ns
            self._held_until_ns = max(self._held_until_ns, learned.held_until_ns)
        elif outcome is Outcome.FAULT:
            # The whole bus is in trouble: nobody is asked for a while.
            wait_ns = min(BUSY_NS << min(self._faults, 16), LONGEST_HOLD_NS)
            self._faults += 1
            self.pace.hold(now_ns + wait_ns)

    def _tells_ignition(self, turn: Turn) -> bool:
        """Whether this request shows if the engine's ECU is awake.

        Where nothing is asked of it, any ECU stands for it.
        """
        if turn.probe or turn.items[0].ecu.engine:
            return True
        return not any(item.ecu.engine for item in self._order)

    def _is_engine(self, address: Address) -> bool:
        if address.functional:
            return True
        return (
            address.expected_response == self._engine.expected_response
            and address.extension == self._engine.extension
        )

    def _probe(self) -> Turn:
        payload = self._ping
        if self.ignition.ask_all:  # how many answer is the question
            return Turn(Request(self._everybody, payload), (), probe=True)
        return Turn(self._request(self._engine, payload), (), probe=True)

    def _turn(self, items: tuple[_Item, ...]) -> Turn:
        turn = self._turns.get(items)
        if turn is not None:
            return turn
        commands = tuple([item.command for item in items])
        first = commands[0]
        payload = first.payload
        lengths = {}
        if len(commands) > 1:
            payload = payload[:1] + b"".join([command.payload[1:] for command in commands])
            lengths = {number_of(command): command.length or 0 for command in commands}
        turn = Turn(self._request(first.address, payload), commands, items=items, lengths=lengths)
        if not first.address.functional:  # there, how many answer is still being learned
            if len(self._turns) >= MOST_TURNS:
                self._turns.clear()
            self._turns[items] = turn
        return turn

    def _request(self, address: Address, payload: bytes) -> Request:
        learned = self._of(address)
        expected = learned.expected(payload) if address.functional else 1
        return Request(address, payload, expected)

    def _begun(self, turn: Turn, now_ns: int) -> Turn:
        self.pace.began(now_ns)
        self._header = turn.items[0].ecu if turn.items else self._of(self._engine)
        if self._tells_ignition(turn):
            self.ignition.asked(now_ns)
        return turn

    def _same_header(self, head: _Item, ready: Iterable[_Item], now_ns: int) -> _Item:
        """Prefer the header that is set, among commands that are due at about the same time."""
        if self._header is None or head.ecu is self._header:
            return head
        latest = min(head.due_ns + SAME_HEADER_NS, now_ns - self._lag_ns)
        others = [item for item in ready if item.ecu is self._header and item.due_ns <= latest]
        return min(others, key=_due, default=head)

    def _packed(self, head: _Item, ready: Iterable[_Item], now_ns: int) -> tuple[_Item, ...]:
        """Return the head and whatever may share its request, the most urgent first."""
        limit = head.ecu.pack_limit
        if not self._packing or head.alone or head.misses or limit.pids < 2:
            return (head,)
        # Half a period early at the most, or it would be asked more often than wanted.
        clock_ns, half_ns = now_ns - self._lag_ns, head.period_ns // 2
        ecu = head.ecu
        company = []
        for item in ready:
            if item.ecu is not ecu or item.alone or item.misses or item is head:
                continue
            if item.command.payload[0] != head.command.payload[0]:
                continue
            early_ns = item.due_ns - clock_ns
            if early_ns <= half_ns and early_ns <= item.period_ns // 2:
                company.append(item)
        company.sort(key=_due)
        return _fitting(head, company, limit)

    def _wake_ns(self, head: _Item | None, now_ns: int) -> int:
        due = FAR_FUTURE_NS if head is None else head.due_ns + self._lag_ns
        held = (ecu.held_until_ns for ecu in self._learned.values())
        releases = (until for until in held if until > now_ns)
        return min(due, self.ignition.probe_ns(), *releases)

    def _of(self, address: Address) -> EcuLearning:
        learned = self._learned.get(address)
        if learned is None:
            learned = self._learned[address] = EcuLearning(engine=self._is_engine(address))
        return learned


_due: Final = attrgetter("due_ns")
_PID_REQUEST: Final = 2
"""Bytes of a request for one PID of service 01."""


def number_of(command: Command) -> int:
    """Return the PID or identifier of a command that may be packed."""
    return int.from_bytes(command.payload[1:], "big")


def _fitting(head: _Item, company: Iterable[_Item], limit: PackLimit) -> tuple[_Item, ...]:
    chosen = [head]
    size = 1 + head.size
    most = limit.pids if len(head.command.payload) == _PID_REQUEST else MOST_IDENTIFIERS
    for item in company:
        if len(chosen) == most:
            break
        if size + item.size <= limit.answer_bytes:
            chosen.append(item)
            size += item.size
    return tuple(chosen)
