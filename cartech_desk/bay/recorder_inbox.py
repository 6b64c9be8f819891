"""What other threads hand over to the recorder's: readings within bounds, orders, marks."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.recorder_orders import AlarmNoted, Loss, Noted, Order
from cartech_desk.domain.channels import Reading

SOON_READINGS: Final = 100_000
"""As many readings are dealt with at once, before their time."""

Asked = Order | Noted | AlarmNoted


@dataclass(frozen=True, slots=True)
class Arrived:
    """All that came since the inbox was emptied before.

    `asked` are orders and marks in the order in which they came: a mark belongs to the begin
    before. `loss` is what found no room.
    """

    batches: list[Sequence[Reading]]
    loss: Loss | None
    asked: deque[Asked]


class Inbox:
    """Holds at most `most_readings`; what goes beyond is counted. Thread-safe, never waits.

    `wake` is set where the recorder is to look at once.
    """

    def __init__(self, most_readings: int) -> None:
        self.wake = threading.Event()
        self._most = most_readings
        self._lock = threading.Lock()
        self._batches: list[Sequence[Reading]] = []
        self._readings = 0
        self._loss: Loss | None = None
        self._asked: deque[Asked] = deque()

    @property
    def readings(self) -> int:
        """How many readings wait."""
        return self._readings

    def take(self, batch: Sequence[Reading]) -> None:
        """Take a batch of readings, or count it as lost where there is no room."""
        readings = tuple(batch)
        if not readings:
            return
        with self._lock:
            if self._readings + len(readings) <= self._most:
                self._batches.append(readings)
                self._readings += len(readings)
                if self._readings >= SOON_READINGS:
                    self.wake.set()
                return
            times = [reading.t_ns for reading in readings]
            loss = self._loss or Loss(0, min(times), max(times))
            loss.readings += len(readings)
            loss.first_ns = min(loss.first_ns, *times)
            loss.last_ns = max(loss.last_ns, *times)
            self._loss = loss

    def ask(self, asked: Asked) -> None:
        """Take an order or a mark; an order is looked at now."""
        with self._lock:
            self._asked.append(asked)
        if isinstance(asked, Order):
            self.wake.set()

    def emptied(self) -> Arrived:
        """Return all that has come, and begin anew."""
        with self._lock:
            arrived = Arrived(self._batches, self._loss, self._asked)
            self._batches, self._readings = [], 0
            self._loss, self._asked = None, deque()
        return arrived

    def unheard(self) -> tuple[Order, ...]:
        """Return the orders that nobody will obey any more; marks are dropped with them."""
        with self._lock:
            asked, self._asked = self._asked, deque()
        return tuple(each for each in asked if isinstance(each, Order))
