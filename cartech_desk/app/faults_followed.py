"""Waiting for an act on faults at the command line: each step is said, Ctrl+C cancels it."""

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from typing import Final, TypeVar

from cartech_desk.app.output import say
from cartech_desk.app.waiting import EVERY_S
from cartech_desk.bay.faults import Faults

T = TypeVar("T")

_LOOK_S: Final = 0.1
_LEAVE_S: Final = 5.0
"""How long a reading that was cancelled has to end."""


def followed(faults: Faults, future: Future[T]) -> T:
    """Wait for an act; raises what it ended with. KeyboardInterrupt cancels it first."""
    told, told_at = "", time.monotonic()
    try:
        while True:
            try:
                return future.result(_LOOK_S)
            except StillRunning:
                if future.done():
                    return future.result()
            words = faults.reading.words
            if words and words != told:
                say(f"{words[:1].upper()}{words[1:]} …")
            elif time.monotonic() - told_at > EVERY_S:
                say(f"Still {words or 'at it'} …")
            else:
                continue
            told, told_at = words, time.monotonic()
    except KeyboardInterrupt:
        faults.cancel()
        try:
            future.exception(_LEAVE_S)
        except StillRunning:
            say("It could not be ended in time.")
        raise
