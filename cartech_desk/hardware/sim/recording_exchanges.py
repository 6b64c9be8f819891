"""Requests of a scan tool and the answers to them, put together out of recorded frames.

ISO-TP by ISO 15765-2, done anew here: the recording is read as it stands, whoever sent it. A
message of which a frame is missing is left out and counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cartech_desk.hardware.sim.recording_frames import (
    FUNCTIONAL,
    RecordedFrame,
    answer_id,
    is_request,
)

LONGEST_WAIT_S: Final = 6.0
"""An answer that comes later than P2* answers nothing of this recording."""
NEGATIVE: Final = 0x7F
WAIT: Final = 0x78


class RecordedMessage(NamedTuple):
    """A whole payload: time of its first and of its last frame."""

    begin_s: float
    end_s: float
    can_id: int
    extended: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """What one control unit answered, and how long after the end of the request."""

    can_id: int
    payload: bytes
    delay_s: float


@dataclass(slots=True)
class Exchange:
    """One request and everything that came back, in the order in which it came."""

    request_id: int
    extended: bool
    payload: bytes
    at_s: float
    answers: list[RecordedAnswer] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A segmented message under way."""

    begin_s: float
    length: int
    data: bytearray
    number: int = 1


@dataclass(slots=True)
class _Assembling:
    broken: int = 0
    under_way: dict[tuple[int, bool], _Open] = field(default_factory=dict)

    def take(self, frame: RecordedFrame) -> RecordedMessage | None:
        data, key = frame.data, (frame.can_id, frame.extended)
        kind = data[0] >> 4 if data else -1
        if kind == 0:
            self._drop(key)
            length = data[0] & 0x0F
            if not 0 < length < len(data):
                self.broken += 1
                return None
            return self._whole(frame, frame.t_s, data[1 : 1 + length])
        if kind == 1 and len(data) == 8:
            self._drop(key)
            length = (data[0] & 0x0F) << 8 | data[1]
            if length < len(data):
                self.broken += 1
                return None
            self.under_way[key] = _Open(frame.t_s, length, bytearray(data[2:]))
            return None
        if kind == 2:
            return self._go_on(frame, key)
        if kind not in (3, -1):
            self.broken += 1
        return None

    def finish(self) -> None:
        self.broken += len(self.under_way)
        self.under_way.clear()

    def _go_on(self, frame: RecordedFrame, key: tuple[int, bool]) -> RecordedMessage | None:
        now = self.under_way.get(key)
        if now is None:
            return None  # the rest of a message that is counted already
        if frame.data[0] & 0x0F != now.number & 0x0F:
            self._drop(key)
            return None
        now.number += 1
        now.data += frame.data[1:]
        if len(now.data) < now.length:
            return None
        del self.under_way[key]
        return self._whole(frame, now.begin_s, bytes(now.data[: now.length]))

    def _drop(self, key: tuple[int, bool]) -> None:
        if self.under_way.pop(key, None) is not None:
            self.broken += 1

    @staticmethod
    def _whole(frame: RecordedFrame, begin_s: float, payload: bytes) -> RecordedMessage:
        return RecordedMessage(begin_s, frame.t_s, frame.can_id, frame.extended, payload)


def exchanges(frames: Iterable[RecordedFrame]) -> tuple[list[Exchange], int]:
    """Return every request with its answers, and how many messages were broken.

    An answer belongs to the latest request that it can answer: to its control unit or to all, of
    its service, and echoing what the service echoes. Answers to nothing are left out.
    """
    assembling, found = _Assembling(), list[Exchange]()
    for frame in frames:
        message = assembling.take(frame)
        if message is None:
            continue
        if is_request(message.can_id, extended=message.extended):
            found.append(Exchange(message.can_id, message.extended, message.payload, message.end_s))
        else:
            _assign(message, found)
    assembling.finish()
    return found, assembling.broken


def _assign(message: RecordedMessage, found: list[Exchange]) -> None:
    for exchange in reversed(found):
        delay_s = message.begin_s - exchange.at_s
        if delay_s > LONGEST_WAIT_S:
            return
        if exchange.extended == message.extended and _answers(exchange, message):
            answer = RecordedAnswer(message.can_id, message.payload, max(delay_s, 0.0))
            exchange.answers.append(answer)
            return


def _answers(exchange: Exchange, message: RecordedMessage) -> bool:
    everybody = exchange.request_id == FUNCTIONAL[exchange.extended]
    own = answer_id(exchange.request_id, extended=exchange.extended)
    if not everybody and own != message.can_id:
        return False
    asked, told = exchange.payload, message.payload
    if told[0] == NEGATIVE:
        return told[1:2] == asked[:1]
    if told[0] != asked[0] | 0x40:
        return False
    return told[1:2] in _echoes(asked) if asked[0] in _ECHOING and len(asked) > 1 else True


_ECHOING: Final = frozenset({0x01, 0x02, 0x05, 0x06, 0x08, 0x09, 0x10, 0x19, 0x21, 0x22, 0x31})


def _echoes(asked: bytes) -> set[bytes]:
    """Return the bytes with which an answer may begin behind its service."""
    if asked[0] in (0x01, 0x06, 0x09):
        return {asked[place : place + 1] for place in range(1, len(asked))}
    if asked[0] in (0x02, 0x22):
        return {asked[place : place + 1] for place in range(1, len(asked), 2)}
    return {asked[1:2]}
