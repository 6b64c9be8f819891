"""The order of one sender's datagrams: which are new, which are late, which came twice or never.

A network may let datagrams overtake each other (Wi-Fi does). One that comes too early is held until
those before it have come, or for a moment: a channel's samples are handed on in their order.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final

from cartech_desk.hardware.dyno.jetdrive_wire import Datagram, Key

HOLD_NS: Final = 40_000_000
"""So long those that were overtaken are waited for."""
_MOST_HELD: Final = 32
_HALF: Final = 128
"""A sequence number so far behind or more is ahead: there are 256 of them."""
_LATE_IN_A_ROW: Final = 16
"""After so many old numbers one after the other the sender has begun to count anew."""


class Order(IntEnum):
    """What a datagram is among those of its sender."""

    NONE = 0
    """Not to be used now: it came too early, twice, or of a list of channels that was cleared."""
    NEXT = 1
    LATE = 2
    """Overtaken by others, and missed until now."""


_NEXT: Final = Order.NEXT
_VALUES: Final = int(Key.CHANNEL_VALUES)


class SequenceCount:
    """Sequence numbers of one sender; `newer` tells whether a datagram's values are the youngest.

    `lost` are the missing ones between those that came; one that comes late is none of them.
    """

    def __init__(self, newer: Callable[[Datagram], bool]) -> None:
        self.lost = 0
        self._newer = newer
        self._newest: int | None = None
        self._last_value = b""
        self._missing: set[int] = set()
        self._lates = 0
        self.held: dict[int, tuple[Datagram, int]] = {}
        """Datagrams that came too early, and when."""
        self._place = 0
        """Of the newest, counted without wraps."""
        self._named = self._cleared = -1
        """Places of the newest list of channels, and of the newest word to forget the lists."""

    def take(self, datagram: Datagram, arrival_ns: int) -> Order:
        """Note a datagram and tell what it is; those that are held may follow it."""
        before = self._newest
        if before is None:
            return self._follow(datagram, 1)
        step = (datagram.sequence - before) & 0xFF
        if step == 1:
            if datagram.key != _VALUES or self._missing:
                return self._follow(datagram, 1)
            # As `_follow` would, for nearly all of them.
            self._newest = datagram.sequence
            self._place += 1
            self._last_value = bytes(datagram.value)
            self._lates = 0
            return _NEXT
        if step >= _HALF:
            return self._overtaken(datagram, 256 - step)
        if step:
            copied = datagram._replace(value=memoryview(bytes(datagram.value)))
            self.held.setdefault(datagram.sequence, (copied, arrival_ns))
            return Order.NONE
        if datagram.value == self._last_value:
            self.lost += 1
            return Order.NONE
        self.lost += 255
        return self._follow(datagram, 256)

    def released(self, now_ns: int) -> Iterator[tuple[Datagram, int]]:
        """Yield those that were held and are next by now, with when they came.

        What is still missing before one that waited for a while is lost.
        """
        while self.held and self._newest is not None:
            before = self._newest
            step = min((number - before) & 0xFF for number in self.held)
            if step > 1:
                first_ns = next(iter(self.held.values()))[1]
                if now_ns - first_ns < HOLD_NS and len(self.held) < _MOST_HELD:
                    return
                self.lost += step - 1
                self._missing.update((before + number) & 0xFF for number in range(1, step))
            datagram, arrival_ns = self.held.pop((before + step) & 0xFF)
            self._follow(datagram, step)
            yield datagram, arrival_ns

    def unused(self) -> None:
        """Count a late datagram that came too late to be of use: it stays lost."""
        self.lost += 1

    def _follow(self, datagram: Datagram, step: int) -> Order:
        self._newest = datagram.sequence
        self._place += step
        # The view is into a buffer that is used again.
        self._last_value = bytes(datagram.value)
        self._lates = 0
        if self._missing:
            self._missing.discard(datagram.sequence)
        if datagram.key == Key.CHANNEL_INFO:
            self._named = self._place
        elif datagram.key == Key.CLEAR_CHANNEL_INFO:
            self._cleared = self._place
        return Order.NEXT

    def _overtaken(self, datagram: Datagram, behind: int) -> Order:
        self._lates += 1
        if self._lates > _LATE_IN_A_ROW or self._newer(datagram):
            self._missing.clear()
            self.lost += len(self.held)
            self.held.clear()
            return self._follow(datagram, 1)  # not late: it began to count anew
        if datagram.sequence not in self._missing:
            return Order.NONE
        place = self._place - behind
        if place < self._cleared:
            return Order.NONE
        self._missing.discard(datagram.sequence)
        self.lost -= 1
        if datagram.key == Key.CHANNEL_INFO and place < self._named:
            return Order.NONE  # a newer list is known; what it lacks is asked for
        if datagram.key == Key.CLEAR_CHANNEL_INFO:
            self._cleared = place
            if place < self._named:
                return Order.NONE
        return Order.LATE
