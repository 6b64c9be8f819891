"""The contract of a source: a dyno, a wideband, a weather station, whatever its wire."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.dyno.roles import Role, Tier


class Kind(StrEnum):
    """What a source is; also the first part of its channels' names."""

    DYNO = "dyno"
    WIDEBAND = "wideband"
    WEATHER = "weather"
    ECU = "ecu"


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """Who is at the other end: printed on every sheet.

    `make` and `model` as the maker writes them ("Dynojet", "JETDRIVE provider “WinPEP”"),
    `protocol` in words, `detail` what the device says of itself (version, provider, host).
    """

    kind: Kind
    make: str
    model: str
    protocol: str
    tier: Tier
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourceChannel:
    """A channel that a source delivers, what it is guessed to be, and how fast it comes [Hz]."""

    channel: Channel
    role: Role | None
    rate_hz: float


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a wire is doing since it was opened.

    `readings` delivered; `marked` delivered as INVALID; `bad_bytes` that fit nothing, `lost`
    datagrams or packets known to be missing, `clock_jumps` of the device; `latency_s` its best
    estimate, NaN where the protocol has none. `words` is a sentence where something is odd ("two
    providers use channel 4; they are kept apart"), empty when all is well.
    """

    readings: int = 0
    marked: int = 0
    bad_bytes: int = 0
    lost: int = 0
    clock_jumps: int = 0
    latency_s: float = float("nan")
    words: str = ""


class DynoSource(ABC):
    """One source on one wire, used by one thread but for `interrupt` and the properties.

    It only listens, and sends what its protocol needs to deliver readings (a poll, a ping, a
    request for channel names): never a load, brake or configuration command.

    Errors: `open` raises PortNotFound, PortBusy or PortDenied; `read` raises LinkLost once the
    wire is gone. Bytes that fit nothing are counted, never a value, and never end the stream.
    """

    url: str
    alias: str
    """First part of the names of its channels ("dyno", "wideband", "weather", "dyno2")."""

    @abstractmethod
    def open(self) -> None:
        """Open the wire; ask for what the protocol needs to be asked for."""

    @abstractmethod
    def read(self, timeout_s: float) -> Sequence[Reading]:
        """Return the readings that have come, as soon as any have; empty after `timeout_s`.

        `t_ns` is the instant of the sample on `domain.clock.monotonic_ns`: the device's own time
        moved onto our clock where the protocol tells one (with the least latency seen), else when
        its first byte came. Where the device tells its time, a channel of `Role.CLOCK` holds it
        [s] at the instant a batch came. Names begin with the alias and an underscore.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the wire; never raises, may be called twice."""

    @abstractmethod
    def interrupt(self) -> None:
        """End a call under way soon (any thread)."""

    @property
    @abstractmethod
    def channels(self) -> tuple[SourceChannel, ...]:
        """What it delivers, as far as is known yet: a new tuple object whenever that changes."""

    @property
    @abstractmethod
    def identity(self) -> SourceIdentity:
        """Who is at the other end, as far as is known yet."""

    @property
    @abstractmethod
    def health(self) -> SourceHealth:
        """How the wire is doing."""

    @property
    @abstractmethod
    def capabilities(self) -> tuple[Role, ...]:
        """What its channels can be, for `GET /api/dyno/status`."""


class SourceState(StrEnum):
    """States of a source on the bench."""

    OFF = "off"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    """A reading came recently."""
    SILENT = "silent"
    """The wire is open and nothing comes."""
    LOST = "lost"
    """The wire is gone; it is tried again."""
