"""The wait after wrong passwords, counted down where one would try again."""

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from cartech_desk.domain.clock import monotonic_ns

_STEP_MS: Final = 200


class Patience(QObject):
    """Tells `show` how many seconds are left, 0 at the end."""

    def __init__(self, show: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._until_ns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._tell)

    @property
    def waiting(self) -> bool:
        """Whether there is time left."""
        return self._timer.isActive()

    def wait(self, seconds: float) -> None:
        """Count so long down."""
        self._until_ns = monotonic_ns() + round(seconds * 1e9)
        self._timer.start()
        self._tell()

    def end(self) -> None:
        """Wait no longer: another person is asked."""
        if self.waiting:
            self._timer.stop()
            self._show(0)

    def _tell(self) -> None:
        left = math.ceil((self._until_ns - monotonic_ns()) / 1e9)
        if left <= 0:
            self._timer.stop()
        self._show(max(0, left))
