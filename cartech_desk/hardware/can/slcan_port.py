"""The serial port of an slcan adapter: whether there is one, and reading it without waste.

python-can's slcan interface takes its port byte by byte and builds a message of every frame:
188 µs a frame, so that a busy bus (4,500 frames/s) costs most of a core. `FilteredPort` stands in
for the port, reads in blocks and hands on only the lines whose identifiers are wanted.
"""

import re
import time
from collections.abc import Callable, Collection
from typing import Any, Final

from cartech_desk.hardware.errors import AdapterSilent, NotAnAdapter

_FRAME: Final = re.compile(
    rb"(?:[tr][0-7][0-9A-F]{2}|[TRx][01][0-9A-F]{7})[0-8][0-9A-F]*\Z", re.IGNORECASE
)
_VERSION: Final = re.compile(rb"[VvN][0-9A-Za-z_.-]{1,32}\Z")
_STATUS: Final = re.compile(rb"F([0-9A-F]{2})\Z", re.IGNORECASE)
_STATUS_S: Final = 0.15
TROUBLED: Final = 0xA0
"""Status flags of the LAWICEL manual: bus error (80) and error passive (20)."""
_PROBE: Final = b"C\rV\rN\r"
_QUICK_S: Final = 0.4
_SLOW_S: Final = 2.0
"""An adapter on an Arduino starts anew when its port is opened."""

Filter = tuple[int, int, bool]
"""Identifier, mask, 29 bit: a frame passes where identifier and frame agree under the mask."""


class Found:
    """What answered on the port: `firmware` as it says, `slow` where opening restarts it."""

    def __init__(self, firmware: str, *, slow: bool) -> None:
        self.firmware = firmware
        self.slow = slow


def probe(port: Any, name: str, check: Callable[[], None]) -> Found:
    """Find out whether an slcan adapter listens on an open pyserial port (timeout set).

    The port gets C (close the channel), V (version) and N (serial number) and nothing that could
    reach a car. Errors: NotAnAdapter, AdapterSilent; what pyserial raises passes through.
    """
    started = time.monotonic()
    heard = b""
    port.reset_input_buffer()
    port.write(_PROBE)
    asked_again = False
    while True:
        check()
        heard += port.read(max(1, port.in_waiting))
        elapsed = time.monotonic() - started
        if b">" in heard or b"ELM" in heard:
            raise NotAnAdapter(
                f"{name} answers like an ELM327, not like an slcan adapter.",
                to_do=f"Use elm327:{name} as its address.",
            )
        words = [word.strip(b"\n") for word in re.split(rb"[\r\a]", heard)][:-1]
        if any(_is_slcan(word) for word in words) and (len(words) >= 3 or elapsed > _QUICK_S):
            firmware = [w.decode("ascii") for w in words if _VERSION.match(w)]
            return Found(" ".join(dict.fromkeys(firmware)), slow=asked_again)
        if elapsed > _SLOW_S + _QUICK_S:
            break
        if elapsed > _SLOW_S and not asked_again:
            asked_again = True
            port.write(_PROBE)
    if heard.strip():
        raise NotAnAdapter(
            f"Something answers at {name}, and it is no slcan adapter.",
            to_do="Check which port the adapter has (cartech-desk ports), or its baud rate with "
            "?tty_baudrate=.",
        )
    raise AdapterSilent(
        f"Nothing answers at {name}.",
        to_do="Check that the adapter is powered and that this is its port; another baud rate is "
        "set with ?tty_baudrate=.",
    )


def _is_slcan(word: bytes) -> bool:
    # an empty word is the bare acknowledgement (CR) or refusal (BEL)
    return not word or bool(_VERSION.match(word) or _FRAME.match(word) or b"can" in word.lower())


class FilteredPort:
    """Stands in for the pyserial port of python-can's slcan bus.

    Reads in blocks, drops lines that are no slcan (a garbled byte otherwise stops python-can's
    reader for good) and frames that no filter asks for; without filters, all frames pass.
    """

    def __init__(self, port: Any) -> None:
        self._port = port
        self._ready = bytearray()
        self._partial = b""
        self._filters: tuple[Filter, ...] = ()
        self._status: int | None = None
        self.dropped = 0
        self.garbled = 0

    def set_filters(self, filters: Collection[Filter]) -> None:
        """Let only these identifiers pass from now on."""
        self._filters = tuple(filters)

    def discard(self) -> None:
        """Throw away what has arrived so far."""
        self.arrived()
        self._ready.clear()

    def status(self) -> int | None:
        """Ask the adapter for its status flags; None where its firmware does not tell them."""
        self._status = None
        self._port.write(b"F\r")
        deadline = time.monotonic() + _STATUS_S
        while self._status is None and time.monotonic() < deadline:
            self._sort(self._port.read(max(1, self._port.in_waiting)))
        return self._status

    def flush(self) -> None:
        """Do nothing: what was written leaves by itself.

        python-can waits after every frame until the last bit is out, which can take for ever on
        an adapter that hangs, and up to 50 ms on Windows.
        """

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once: whole lines, or none."""
        return len(self._ready)

    def read(self, size: int = 1) -> bytes:
        """Return up to `size` bytes of what was ready; b"" where nothing was, after looking.

        What only now arrives is kept for the next reading. python-can reads as much as was ready
        before: with whole lines only, it never keeps the begin of a line whose rest we `discard`.
        """
        if not self._ready:
            self._sort(self._port.read(max(1, self._port.in_waiting)))
            return b""
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def arrived(self) -> bool:
        """Whether a wanted frame can be read without waiting."""
        waiting = self._port.in_waiting
        if waiting:
            self._sort(self._port.read(waiting))
        return bool(self._ready)

    def reset_input_buffer(self) -> None:
        """Throw away what has arrived, the begun line too."""
        self._ready.clear()
        self._partial = b""
        self._port.reset_input_buffer()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # the bus sets write_timeout and the like on what it takes for its port
        if name.startswith("_") or name in ("dropped", "garbled"):
            super().__setattr__(name, value)
        else:
            setattr(self._port, name, value)

    def _sort(self, block: bytes) -> None:
        *lines, self._partial = (self._partial + block).replace(b"\a", b"\r").split(b"\r")
        if len(self._partial) > 64:  # longer than any frame: noise without an end of line
            self._partial = b""
            self.garbled += 1
        for line in lines:
            if match := _STATUS.match(line):
                self._status = int(match[1], 16)
            if not line or line[0] not in b"tTrRx":
                continue  # acknowledgements: z, Z, CR, BEL, and answers to V and N
            if not _FRAME.match(line) or not _long_enough(line):
                self.garbled += 1
            elif self._wanted(line):
                self._ready += line + b"\r"
            else:
                self.dropped += 1

    def _wanted(self, line: bytes) -> bool:
        if not self._filters:
            return True
        extended = line[0] in b"TRx"
        can_id = int(line[1:9] if extended else line[1:4], 16)
        return any(
            extended == wide and (can_id ^ wanted) & mask == 0
            for wanted, mask, wide in self._filters
        )


def _long_enough(line: bytes) -> bool:
    """Whether the data bytes that the frame announces are there (a time stamp may follow)."""
    head = 10 if line[0] in b"TRx" else 5
    if line[0] in b"rR":
        return True
    needed = head + 2 * (line[head - 1] - 0x30)
    return len(line) - needed in (0, 4)
