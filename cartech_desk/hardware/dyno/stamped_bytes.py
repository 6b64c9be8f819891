"""Bytes that wait for the rest of their packet, and when each of them came."""

from collections import deque


class StampedBytes:
    """A queue of bytes. `t_ns` of a place is when the piece that holds it came."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._pieces: deque[tuple[int, int]] = deque()
        """Position in the stream of each piece's first byte, and when it came."""
        self._first = 0
        self._end = 0

    def __len__(self) -> int:
        return len(self.data)

    def add(self, data: bytes, t_ns: int) -> None:
        """Put bytes at the end."""
        if data:
            self._pieces.append((self._end, t_ns))
            self._end += len(data)
            self.data += data

    def t_ns(self, place: int = 0) -> int:
        """Tell when the byte at this place came."""
        position = self._first + place
        found = self._pieces[0][1]
        for start, t_ns in self._pieces:
            if start > position:
                break
            found = t_ns
        return found

    def drop(self, count: int) -> None:
        """Take bytes off the front."""
        del self.data[:count]
        self._first += count
        while len(self._pieces) > 1 and self._pieces[1][0] <= self._first:
            self._pieces.popleft()
        if not self.data:
            self._pieces.clear()
