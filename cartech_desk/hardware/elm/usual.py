"""The usual answer to a request, known by its shape, so that it need not be read from scratch.

While a car is polled, the same requests bring answers of the same shape thousands of times: so
many lines of such a length, each beginning with the same identifier and frame counter, and other
digits behind. Once the careful reader (`elm.text`) took a reply without the slightest remark, one
that differs from it in the data digits only is read at a stroke. Whatever else it differs in, it
goes to the careful reader again. That both read the same is held by a test.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.answers import answers, telling_length
from cartech_desk.hardware.elm.conversation import Heard
from cartech_desk.hardware.elm.text import Message, Parsed

if TYPE_CHECKING:
    from cartech_desk.domain.obd.address import Address

_MOST: Final = 1024
"""Requests that are remembered; watching channels needs far fewer."""

_CONSECUTIVE_DIGITS: Final = 2
_FIRST_DIGITS: Final = 4
"""Digits of a consecutive (or single) frame and of a first frame in front of the data."""


class _Shape(NamedTuple):
    """What is the same in each reply: for each line its size and how it begins."""

    ecu: int
    length: int
    told: bytes
    """What the last one repeated of the request; ECUs give packed values in any order."""
    lines: tuple[tuple[int, str, int], ...]
    """Characters, beginning, place of the data."""


class Usual:
    """The shapes of the replies of one connection, headers on, normal addressing on CAN."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[Address, bytes], _Shape] = {}

    def read(self, request: Request, heard: Heard) -> Parsed | None:
        """Read a reply of the usual shape; None where it has another one, or none is known."""
        shape = self._shapes.get((request.address, request.payload))
        if shape is None or not heard.prompt or len(heard.lines) != len(shape.lines):
            return None
        digits = ""
        for (text, _), (size, begin, cut) in zip(heard.lines, shape.lines, strict=True):
            if len(text) != size or not text.startswith(begin):
                return None
            digits += text[cut:]
        if not digits.isalnum():  # spaces between digits are taken by what follows
            return None
        try:
            payload = bytes.fromhex(digits)[: shape.length]
        except ValueError:
            return None
        if not payload.startswith(shape.told) and not answers(request.payload, payload):
            return None
        message = Message(shape.ecu, payload, heard.lines[0].t_ns, len(shape.lines))
        return Parsed((message,), headers=True)

    def learn(self, request: Request, heard: Heard, parsed: Parsed) -> None:
        """Take note of a reply that was read with care; one with any remark teaches nothing."""
        if not heard.prompt or len(parsed.messages) != 1 or not parsed.headers:
            return
        message = parsed.messages[0]
        if parsed != Parsed(parsed.messages, headers=True) or message.lines != len(heard.lines):
            return
        if request.address.extension is not None:
            return
        header = f"{message.ecu:0{8 if request.address.extended else 3}X}"
        if header[:2] == heard.command[:2]:
            return  # an echo could be taken for it
        lines = []
        for number, (text, _) in enumerate(heard.lines):
            first = number == 0 and len(heard.lines) > 1
            cut = len(header) + (_FIRST_DIGITS if first else _CONSECUTIVE_DIGITS)
            if not text.startswith(header) or len(text) < cut or not text.isalnum():
                return
            lines.append((len(text), text[:cut], cut))
        if len(self._shapes) >= _MOST:
            self._shapes.clear()
        told = message.payload[: telling_length(request.payload, message.payload)]
        shape = _Shape(message.ecu, len(message.payload), told, tuple(lines))
        self._shapes[request.address, request.payload] = shape
