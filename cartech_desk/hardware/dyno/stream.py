"""What every source on a byte link has in common: its link, its thread, its counts."""

import contextlib
import threading
from abc import abstractmethod
from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import claims
from cartech_desk.hardware.dyno.errors import BadSourceUrl
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import StepGuard
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.link import Link

QUIET_S: Final = 0.02
"""So long a line must be silent before a packet needs no successor to be taken for whole."""
_SLICE_S: Final = 0.1
NEVER_BYTES: Final = 2048
"""After so many bytes without a packet it is said that they do not match."""


class StreamSource(DynoSource):
    """A source on a byte link. Subclasses say what arrives and what it means."""

    def __init__(
        self, url: str, alias: str, link: Link, identity: SourceIdentity, guard: StepGuard
    ) -> None:
        self.url = url
        self.alias = alias
        self._link = link
        self._guard = guard
        self._identity = identity
        self._channels: tuple[SourceChannel, ...] = ()
        self._stopping = threading.Event()
        self._readings = 0
        self._marked = 0
        self._heard_ns = 0
        self._told_quiet = True

    def open(self) -> None:
        """Open the link; see `DynoSource.open`."""
        self._stopping.clear()
        claims.claim(self._link.wire, self)
        try:
            self._begin()
            self._link.open()
            self._heard_ns = monotonic_ns()
            self._opened()
        except BaseException:
            self.close()
            raise

    def read(self, timeout_s: float) -> Sequence[Reading]:
        """Return the readings that have come; see `DynoSource.read`."""
        deadline_ns = monotonic_ns() + round(max(0.0, timeout_s) * 1e9)
        while True:
            if self._stopping.is_set():
                raise LinkLost(
                    f"The connection to {self._link.wire} was given up.", to_do="Connect again."
                )
            now_ns = monotonic_ns()
            self._turn(now_ns)
            data = self._link.read(min(self._patience_s(), max(0, deadline_ns - now_ns) / 1e9))
            now_ns = monotonic_ns()
            if data:
                self._heard_ns = now_ns
                self._told_quiet = False
                found = self._take(data, now_ns)
            else:
                found = self._silence(now_ns)
            if found:
                return self._counted(found)
            if now_ns >= deadline_ns:
                return ()

    def close(self) -> None:
        """Let go of the link; see `DynoSource.close`."""
        with contextlib.suppress(OSError):
            self._link.close()
        claims.release(self._link.wire, self)

    def interrupt(self) -> None:
        """End a call under way within a tenth of a second; see `DynoSource.interrupt`."""
        self._stopping.set()

    @property
    def channels(self) -> tuple[SourceChannel, ...]:
        """What it delivers; see `DynoSource.channels`."""
        return self._channels

    @property
    def identity(self) -> SourceIdentity:
        """Who is at the other end; see `DynoSource.identity`."""
        return self._identity

    @property
    def capabilities(self) -> tuple[Role, ...]:
        """Roles of its channels; see `DynoSource.capabilities`."""
        return tuple(dict.fromkeys(one.role for one in self._channels if one.role is not None))

    @property
    def health(self) -> SourceHealth:
        """How the wire is doing; see `DynoSource.health`."""
        bad_bytes = self._bad_bytes()
        words = self._words()
        if not words and not self._readings and bad_bytes >= NEVER_BYTES:
            words = (
                "Bytes come and none of them fit this protocol: is it the right device at this "
                "port, and the right speed of the line?"
            )
        return SourceHealth(
            readings=self._readings,
            marked=self._marked,
            bad_bytes=bad_bytes,
            lost=self._lost_packets(),
            clock_jumps=self._clock_jumps(),
            words=words,
        )

    def _counted(self, found: list[Reading]) -> list[Reading]:
        self._readings += len(found)
        self._marked += sum(1 for reading in found if reading.quality is not Quality.GOOD)
        return found

    def _silence(self, now_ns: int) -> list[Reading]:
        found: list[Reading] = []
        if not self._told_quiet and now_ns - self._heard_ns >= QUIET_S * 1e9:
            self._told_quiet = True
            found += self._quiet(now_ns)
        waited = self._guard.waited(now_ns, self._heard_ns)
        return found + [out for reading in waited for out in self._with_derived(reading)]

    def _patience_s(self) -> float:
        """Return how long one read may wait before something else is due."""
        return QUIET_S if not self._told_quiet or self._guard.waiting() else _SLICE_S

    def _guarded(self, readings: Sequence[Reading]) -> list[Reading]:
        return [
            out
            for reading in readings
            for passed in self._guard.take(reading)
            for out in self._with_derived(passed)
        ]

    def _with_derived(self, reading: Reading) -> list[Reading]:
        """Return a reading that the guard has passed on, and what is computed from it."""
        return [reading]

    @abstractmethod
    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        """Make readings of bytes that came."""

    @abstractmethod
    def _quiet(self, now_ns: int) -> list[Reading]:
        """Make readings of what only waited for its successor."""

    @abstractmethod
    def _bad_bytes(self) -> int: ...

    @abstractmethod
    def _begin(self) -> None:
        """Forget what was heard before."""

    def _opened(self) -> None:
        """Send what starts the device."""

    def _turn(self, now_ns: int) -> None:
        """Ask for what is due."""

    def _lost_packets(self) -> int:
        return 0

    def _clock_jumps(self) -> int:
        return 0

    def _words(self) -> str:
        return ""


def link_of(url: SourceUrl, baud: int) -> Link:
    """Return the link that an address names: a serial port, or `tcp://HOST:PORT`.

    Errors: BadSourceUrl.
    """
    place = url.target
    if place.startswith("tcp://"):
        from cartech_desk.hardware.links.tcp import TcpLink

        host, _, port = place.removeprefix("tcp://").rpartition(":")
        if host and port.isdecimal() and 0 < int(port) < 65536:
            return TcpLink(host.strip("[]"), int(port), device=True)
    elif place and place.isprintable():
        from cartech_desk.hardware.links.serial_port import SerialLink

        return SerialLink(place, baud, device=True)
    raise BadSourceUrl(
        f"“{url.text}” names no port.",
        to_do=f"Write {url.scheme}:PORT, where PORT is a serial port (/dev/ttyUSB0, COM5) or "
        "tcp://HOST:PORT.",
    )


def baud_of(url: SourceUrl, usual: int) -> int:
    """Return the speed of the line that an address asks for. Errors: BadSourceUrl."""
    return url.whole("baud", 300, 4_000_000, usual)
