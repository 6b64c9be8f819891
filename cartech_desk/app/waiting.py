"""Words while something takes its time, so that nobody takes it for dead."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cartech_desk.app.output import say

EVERY_S: Final = 3.0
"""As often a person hears that the waiting goes on."""


@contextmanager
def still(words: str) -> Iterator[None]:
    """Say `words` and the seconds so far every few seconds, until the body is done."""
    done = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        while not done.wait(EVERY_S):
            say(f"{words} … ({time.monotonic() - began:.0f} s)")

    thread = threading.Thread(target=tell, name="still waiting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(1.0)


class Changing:
    """Tells a problem whose sentence keeps changing: at once where its words do.

    Where only its figures do (samples that wait), once in `every_s` seconds.
    """

    def __init__(self, over: str, every_s: float = 10.0) -> None:
        self._over = over
        self._every_s = every_s
        self._told = self._words = ""
        self._at = 0.0

    def now(self, sentence: str) -> None:
        """Tell this sentence if it is new; an empty one after a problem is told as `over`."""
        words = "".join(char for char in sentence if not char.isdigit())
        again = time.monotonic() - self._at >= self._every_s
        if words != self._words or (again and sentence != self._told):
            say(sentence or self._over)
            self._told, self._words, self._at = sentence, words, time.monotonic()
