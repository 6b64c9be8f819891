"""Signals and the commands that fetch them: one model for SAE J1979 and manufacturer tables."""

from dataclasses import dataclass

from cartech_desk.domain.obd.address import Address


@dataclass(frozen=True, slots=True)
class Signal:
    """A number inside the data bytes of an answer.

    `bit_offset` counts from the most significant bit of the first data byte behind the echoed
    service and PID (or identifier); value = raw * mul / div + add, raw two's complement where
    `signed`. `minimum` and `maximum` are the range that the value can mean, in `unit` (a key of
    `domain.units`); outside it a reading is invalid, never clipped. `channel` is the canonical
    name where the signal is one (`rpm`), else the id itself.
    """

    id: str
    label: str
    unit: str
    bit_offset: int
    bit_length: int
    signed: bool = False
    mul: float = 1.0
    div: float = 1.0
    add: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    channel: str = ""
    states: tuple[tuple[int, str], ...] = ()
    """Names of raw values where the signal is an enumeration, else empty."""
    gate: int | None = None
    """Bit (counted as `bit_offset`) that tells whether the signal is there; 0 means absent."""
    null_min: float | None = None
    """Values at or below this mean "no value"; they are invalid, though inside the range."""
    null_max: float | None = None
    """Values at or above this mean "no value"."""
    lsb_first: bool = False
    """Whether the bytes stand least significant first."""
    add_first: bool = False
    """Whether `add` belongs to the raw count: value = (raw + add) * mul / div."""


@dataclass(frozen=True, slots=True)
class Command:
    """A request that fetches signals: mode 01 PID, or a manufacturer's 21/22 identifier.

    `payload` is the whole request (service and identifier); `length` the number of data bytes of
    the answer behind the echoed identifier where it is fixed and known, else None;
    `packable` whether it may share a request with others (mode 01, or 22 F4xx of a UDS car, of
    fixed length, CAN only);
    `rate_hz` how often it makes sense to ask at the most.
    """

    address: Address
    payload: bytes
    signals: tuple[Signal, ...]
    length: int | None = None
    packable: bool = False
    rate_hz: float = 10.0

    @property
    def service(self) -> int:
        """The service byte of the request."""
        return self.payload[0]

    @property
    def echo(self) -> bytes:
        """What a positive answer begins with (service + 40 hex, then the identifier)."""
        return bytes([self.payload[0] | 0x40]) + self.payload[1:]

    def __hash__(self) -> int:
        # Commands are keys of tables that are looked up at every request; hashing every signal
        # would cost more than decoding the answer.
        return hash((self.address.request_id, self.payload))
