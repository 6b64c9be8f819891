"""One request: aim, send, gather, judge; and learn from how it went."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.answers import (
    MOST_ACTING_S,
    MOST_PENDING_S,
    P2_STAR_S,
    READING,
    RESPONSE_PENDING,
)
from cartech_desk.hardware.elm import failures
from cartech_desk.hardware.elm.aim import Aim
from cartech_desk.hardware.elm.conversation import Conversation, Enough, Heard, squeezed
from cartech_desk.hardware.elm.hearing_out import LISTEN, hear_out, is_pending
from cartech_desk.hardware.elm.identify import Features, taken
from cartech_desk.hardware.elm.pace import (
    MOST_LEARNED,
    MOST_STEPS,
    STEP_MS,
    Counting,
    Pace,
    Shape,
    Stopping,
)
from cartech_desk.hardware.elm.protocols import BusProtocol
from cartech_desk.hardware.elm.search import raise_if_reset
from cartech_desk.hardware.elm.statuses import HARMLESS, Status
from cartech_desk.hardware.elm.text import Line, Message, Parsed, parse_lines
from cartech_desk.hardware.elm.usual import Usual
from cartech_desk.hardware.errors import AdapterLacks, HardwareError

_MOST_WAIT_S: Final = 1.0
"""The longest silence of an adapter before it is checked; the check takes up to 0.95 s more."""

_LINK_S: Final = 0.4
_ADAPTIVE_AFTER: Final = 30


class Outcome(NamedTuple):
    """Messages that answer the request (no 7F .. 78 among them), and pieces that do not read."""

    messages: tuple[Message, ...]
    unreadable: tuple[str, ...]
    t_sent_ns: int
    t_done_ns: int


class Asking:
    """Asks one car through one adapter; lives from `connect_car` to the end of the connection."""

    def __init__(
        self, talk: Conversation, features: Features, protocol: BusProtocol, *, headers: bool
    ) -> None:
        self._talk = talk
        self._features = features
        self._aim = Aim(talk, features, protocol)
        self._pace = Pace()
        self._usual = Usual()
        self._headers = headers
        self._adaptive = 1
        self._unbroken = 0
        self._stopping = Stopping()
        self._stpx: bool | None = None if features.stn and protocol.can else False

    def ask(self, request: Request) -> Outcome:
        """Ask; see `Adapter.request` for the errors."""
        if not request.payload:
            raise ValueError("a request has at least a service byte")
        request = self._aimed(request)
        self._set_timeout(request)
        number = self._pace.count(request) if self._aim.protocol.can else None
        parsed, heard = self._exchange(request, number)
        if number is not None and self._spoilt(request, parsed):
            # Perhaps the digit did it. These services only read, so asking again does no harm.
            self._pace.miscounted(request, cut_off=bool(parsed.unreadable))
            self._note_counting()
            number = None
            parsed, heard = self._exchange(request, None)
        if parsed.messages and all(map(is_pending, parsed.messages)) and heard.prompt:
            number = None
            if self._aim.protocol.can:
                parsed, heard = self._heard_out(request, parsed, heard)
        return self._judge(request, number, parsed, heard)

    # -- sending -----------------------------------------------------------------------------

    def _aimed(self, request: Request) -> Request:
        """Aim; without headers at the engine instead of everybody, whose answers would mix."""
        if not self._headers and request.address.functional:
            alone = replace(request, address=self._aim.protocol.engine, expected=1)
            try:
                self._aim.at(alone.address)
            except AdapterLacks:
                pass  # an adapter that cannot aim asks everybody; the reader tells what mixes
            else:
                return alone
        self._aim.at(request.address)
        return request

    def _exchange(self, request: Request, number: int | None) -> tuple[Parsed, Heard]:
        command = self._command(request, number)
        began = time.monotonic()
        heard = self._talk.ask(
            command,
            self._wait_s(request),
            busy=lambda line: self._patience(request, line, time.monotonic() - began),
            enough=self._enough(request, number, command),
        )
        self._stopping.note(heard)
        usual = self._usual.read(request, heard)
        if usual is not None:
            return usual, heard
        raise_if_reset(heard)
        if command.startswith("STPX"):
            works = heard.prompt and not any(squeezed(text) == "?" for text in heard.texts)
            if not works and not self._stpx:
                self._stpx = False
                self._features.quirks.append("no STPX")
                raise self._too_long(request)
            self._stpx = True
        parsed = self._parse(request, heard.lines, command)
        if heard.prompt and _doubtful(parsed):
            self._talk.doubt()  # without a prompt they were brought together already
        self._usual.learn(request, heard, parsed)
        return parsed, heard

    def _enough(self, request: Request, number: int | None, command: str) -> Enough | None:
        """Return what tells that a request is answered which would be waited for too long."""
        expected = request.expected
        if not (request.once and expected and number is None and self._headers):
            return None
        if not (self._aim.protocol.can and self._stopping.works):
            return None

        def enough(lines: Sequence[Line]) -> bool:
            parsed = self._parse(request, lines, command)
            if parsed.unreadable or any(map(is_pending, parsed.messages)):
                return False
            return len({message.ecu for message in parsed.messages}) >= expected

        return enough

    def _parse(self, request: Request, lines: Sequence[Line], echo: str) -> Parsed:
        parsed = parse_lines(
            lines,
            address=request.address,
            request=request.payload,
            framing=self._aim.protocol.framing,
            headers=self._headers,
            echo=echo,
        )
        return parsed if self._aim.protocol.can else _from_wanted_ecu(parsed, request.address)

    def _heard_out(self, request: Request, parsed: Parsed, heard: Heard) -> tuple[Parsed, Heard]:
        """Wait on for ECUs that asked for time and that the adapter did not wait for."""
        self._pace.pending(request)
        reads = request.payload[0] in READING
        later, rest = hear_out(
            self._talk, lambda lines: self._parse(request, lines, LISTEN), reads=reads
        )
        heard = heard._replace(lines=heard.lines + rest.lines, t_done_ns=rest.t_done_ns)
        if any(not is_pending(message) for message in later.messages):
            return later._replace(unreadable=parsed.unreadable + later.unreadable), heard
        if later.unreadable and reads:
            # The ECU is ready, its answer has several frames, and asking again does no harm.
            return self._exchange(request, None)
        return later._replace(messages=parsed.messages), heard

    def _command(self, request: Request, number: int | None) -> str:
        address, payload = request.address, request.payload.hex().upper()
        room = 7 if address.extension is None else 6
        if len(request.payload) <= room:
            return payload if number is None else f"{payload}{number:X}"
        if self._stpx is False:
            raise self._too_long(request)
        if self._stpx is None and not taken(self._talk, "STCSEGT1"):
            self._stpx = False
            self._features.quirks.append("no STCSEGT")
            raise self._too_long(request)
        count = "" if number is None else f",R:{number}"
        return f"STPX H:{address.request_id:0{8 if address.extended else 3}X},D:{payload}{count}"

    @staticmethod
    def _too_long(request: Request) -> AdapterLacks:
        return AdapterLacks(
            f"This adapter cannot send a request of {len(request.payload)} bytes.",
            to_do="Ask for fewer values at once, or use an adapter with an STN chip or CAN.",
        )

    # -- waiting -----------------------------------------------------------------------------

    def _set_timeout(self, request: Request) -> None:
        if not self._features.timeouts:
            return
        steps = self._pace.steps
        if request.timeout_s is not None:
            wanted = min(MOST_STEPS, max(1, round(request.timeout_s * 1000 / STEP_MS)))
            change = steps < wanted
        elif request.payload[0] not in READING:
            wanted, change = MOST_STEPS, steps < MOST_STEPS
        else:
            wanted = self._pace.steps_wanted(request.address)
            heeded = self._pace.counting in (Counting.LINES, Counting.MESSAGES)
            shrink = not (heeded and request.expected is not None)
            too_long = steps > MOST_LEARNED or (shrink and steps > 1.3 * wanted)
            change = steps < wanted or too_long
        if change and taken(self._talk, f"ATST{wanted:02X}"):
            self._pace.steps = wanted

    def _wait_s(self, request: Request) -> float:
        steps = self._pace.steps * STEP_MS / 1000
        link_s = max(_LINK_S, 3 * self._features.round_trip_s)
        if request.timeout_s is not None:
            return max(request.timeout_s, steps) + link_s
        if request.payload[0] not in READING:
            return steps + 2 * link_s
        return min(_MOST_WAIT_S, 1.1 * steps + link_s)

    def _patience(self, request: Request, line: str, waited_s: float) -> float:
        """Return how much longer to wait because an ECU asks for time in this line."""
        most_s = MOST_PENDING_S if request.payload[0] in READING else MOST_ACTING_S
        if waited_s > most_s - P2_STAR_S:
            return 0.0
        compact = squeezed(line)
        if f"7F{request.payload[0]:02X}{RESPONSE_PENDING:02X}" in compact:
            return P2_STAR_S + _LINK_S
        return 0.0

    # -- judging -----------------------------------------------------------------------------

    def _judge(self, request: Request, number: int | None, parsed: Parsed, heard: Heard) -> Outcome:
        answered = tuple(m for m in parsed.messages if not is_pending(m))
        waiting = {m.ecu for m in parsed.messages} - {m.ecu for m in answered}
        if waiting:
            self._pace.pending(request)
        if not answered:
            self._learn_silence(request, parsed)
            if waiting and not parsed.unreadable:
                raise failures.still_pending()
            raise self._failure(parsed, heard)
        unreadable = parsed.unreadable
        if waiting:
            named = sorted(waiting)
            unreadable += tuple(f"{ecu:X} asked for time and did not answer" for ecu in named)
        if parsed.statuses:
            bad = [status for status in parsed.statuses if status not in HARMLESS]
            unreadable += tuple(f"the adapter reports {status.value}" for status in bad)
        if not unreadable and heard.prompt:
            self._learn(request, number, parsed, heard)
        return Outcome(answered, unreadable, heard.t_sent_ns, heard.t_done_ns)

    @staticmethod
    def _failure(parsed: Parsed, heard: Heard) -> HardwareError:
        return failures.of_request(parsed, prompt=heard.prompt)

    def _spoilt(self, request: Request, parsed: Parsed) -> bool:
        """Whether a reply with a digit is worse than what this request gave without."""
        if request.payload[0] not in READING or any(map(is_pending, parsed.messages)):
            return False
        answered = {m.ecu for m in parsed.messages}
        if len(answered) >= (request.expected or 1):
            return False
        return (
            self._pace.counting is Counting.UNTRIED
            or bool(parsed.unreadable)
            or Status.UNKNOWN_COMMAND in parsed.statuses
        )

    # -- learning ----------------------------------------------------------------------------

    def _learn(self, request: Request, number: int | None, parsed: Parsed, heard: Heard) -> None:
        messages = parsed.messages
        if len(messages) == 1:
            first = slowest = messages[0].t_ns
            shape = Shape(messages[0].lines, 1, 1)
        else:
            ecus = {m.ecu for m in messages}
            shape = Shape(sum(m.lines for m in messages), len(messages), len(ecus))
            first = min(m.t_ns for m in messages)
            slowest = max(m.t_ns for m in messages)
        self._pace.answered(
            request,
            shape,
            (first - heard.t_sent_ns) / 1e6,
            (slowest - heard.t_sent_ns) / 1e6,
        )
        if number is not None:
            last_line = max(line.t_ns for line in heard.lines)
            self._pace.counted(shape, number, (heard.t_done_ns - last_line) / 1e6)
            self._note_counting()
            return
        self._unbroken += 1
        if (
            self._adaptive == 1
            and self._features.adaptive
            and self._unbroken >= _ADAPTIVE_AFTER
            and self._pace.counting is not Counting.LINES
        ):
            self._adaptive = 2 if taken(self._talk, "ATAT2") else 0

    def _learn_silence(self, request: Request, parsed: Parsed) -> None:
        self._unbroken = 0
        if Status.NO_DATA not in parsed.statuses:
            return
        had_answered = self._pace.silent(request)
        if had_answered and self._adaptive == 2:
            taken(self._talk, "ATAT1")
            self._adaptive = 0  # this car is too uneven for the shorter waits

    def _note_counting(self) -> None:
        quirk = "no response count"
        if self._pace.counting is Counting.REFUSED and quirk not in self._features.quirks:
            self._features.quirks.append(quirk)


def _doubtful(parsed: Parsed) -> bool:
    """Whether question and answer may have come apart."""
    return bool(
        parsed.unreadable
        or parsed.strays
        or Status.STOPPED in parsed.statuses
        or Status.UNKNOWN_COMMAND in parsed.statuses
        or not (parsed.messages or parsed.statuses)
    )


def _from_wanted_ecu(parsed: Parsed, address: Address) -> Parsed:
    """On the older buses an ECU is meant by its source address in `response_id`."""
    wanted = address.response_id
    if wanted is None or wanted > 0xFF:
        return parsed
    kept = tuple(m for m in parsed.messages if m.ecu == wanted)
    return Parsed(
        kept, parsed.unreadable, parsed.statuses, parsed.strays, parsed.foreign, parsed.headers
    )
