"""Hearing an ECU out that asked for time (7F .. 78) when the adapter no longer listens.

Newer adapters wait for it by themselves. Others come back with the prompt; then they are told to
print what is on the bus (AT MA) until the answer is there. Nothing is sent to the ECU for that
(ISO 14229-1, 8.7: the request must not be repeated).
"""

import time
from collections.abc import Callable, Sequence
from typing import Final

from cartech_desk.hardware.answers import (
    MOST_ACTING_S,
    MOST_PENDING_S,
    NEGATIVE,
    P2_STAR_S,
    RESPONSE_PENDING,
)
from cartech_desk.hardware.elm.conversation import Conversation, Heard
from cartech_desk.hardware.elm.text import Line, Message, Parsed

LISTEN: Final = "ATMA"


def is_pending(message: Message) -> bool:
    """Tell whether a message only asks for time."""
    return message.payload[0] == NEGATIVE and message.payload[2] == RESPONSE_PENDING


def hear_out(
    talk: Conversation, parse: Callable[[Sequence[Line]], Parsed], *, reads: bool = True
) -> tuple[Parsed, Heard]:
    """Listen until an answer or the beginning of one is there, P2* at most each time it is asked.

    Not without end: an ECU that keeps asking for time is left after `MOST_PENDING_S` where it is
    only read, else after `MOST_ACTING_S`.

    An answer of several frames stays unreadable: nobody gives it the flow control.
    """
    began = time.monotonic()
    most_s = MOST_PENDING_S if reads else MOST_ACTING_S

    def enough(lines: Sequence[Line]) -> bool:
        parsed = parse(lines)
        answered = any(not is_pending(message) for message in parsed.messages)
        return answered or bool(parsed.unreadable)

    def patience(line: str) -> float:
        if time.monotonic() - began > most_s - P2_STAR_S:
            return 0.0
        messages = parse([Line(line)]).messages
        return P2_STAR_S if any(map(is_pending, messages)) else 0.0

    heard = talk.listen(LISTEN, P2_STAR_S, enough, patience)
    return parse(heard.lines), heard
