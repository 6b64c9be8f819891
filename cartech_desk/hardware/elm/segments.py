"""A segmented message as adapters print it with headers off: `014`, `0: 49 02 ...`, `1: ...`."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Segments:
    """One message under way: its length line, and the lines that came since.

    `closed` is set by the reader once the message is whole or given up.
    """

    length: int
    t_ns: int
    texts: list[str]
    payload: bytearray = field(default_factory=bytearray)
    next_number: int = 0
    closed: bool = False

    @property
    def text(self) -> str:
        """All lines so far, for a message about them."""
        return " | ".join(self.texts)

    def add(self, number: int, digits: str) -> str:
        """Take one line; return why it does not fit, "" when it does."""
        if number != self.next_number & 0x0F:
            return "a frame is missing or out of order"
        if len(digits) % 2:
            return "a digit is missing or one too many"
        room = 6 if self.next_number == 0 else 7
        missing = self.length - len(self.payload)
        size = len(digits) // 2
        if size > room or size < min(missing, room):
            return "a frame is cut short or too long"
        self.payload += bytes.fromhex(digits)
        self.next_number += 1
        return ""
