"""Background work of which only the newest counts: what was overtaken is never begun."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from cartech_desk.ui.background import in_background


class NewestOnly:
    """Runs one piece of work at a time; of those that wait, only the last that was asked for.

    A result that was overtaken while it was made is dropped.
    """

    def __init__(self, owner: QObject, failed: Callable[[BaseException], None]) -> None:
        self._owner = owner
        self._failed = failed
        self._running = False
        self._waiting: tuple[Callable[[], Any], Callable[[Any], None]] | None = None
        self._generation = 0

    def ask(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do `work` in the background, then `done` with its result in the GUI thread."""
        self._generation += 1
        self._waiting = (work, done)
        if not self._running:
            self._next()

    def forget(self) -> None:
        """Drop what waits and the result of what runs."""
        self._generation += 1
        self._waiting = None

    @property
    def busy(self) -> bool:
        """Whether something runs or waits."""
        return self._running or self._waiting is not None

    def _next(self) -> None:
        if self._waiting is None:
            return
        (work, done), self._waiting = self._waiting, None
        generation = self._generation
        self._running = True

        def arrived(result: Any) -> None:
            self._running = False
            if generation == self._generation:
                done(result)
            self._next()

        def failed(error: BaseException) -> None:
            self._running = False
            if generation == self._generation:
                self._failed(error)
            self._next()

        in_background(work, self._owner, arrived, failed)
