"""One control unit: services behind an address, answering as SAE J1979 and ISO 14229-1 prescribe.

An ECU here speaks whole payloads (service byte and what follows); segmentation into CAN frames is
done by the faces of the car (the ELM327 server, the CAN server).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from cartech_desk.domain.obd.address import Address

Service = Callable[[bytes], bytes | None]
"""From a request payload to the answer's payload; None for silence; raises Negative."""

SERVICE_NOT_SUPPORTED: Final = 0x11
SUBFUNCTION_NOT_SUPPORTED: Final = 0x12
WRONG_LENGTH: Final = 0x13
BUSY_REPEAT_REQUEST: Final = 0x21
CONDITIONS_NOT_CORRECT: Final = 0x22
OUT_OF_RANGE: Final = 0x31
RESPONSE_PENDING: Final = 0x78

_UNSAID_WHEN_FUNCTIONAL: Final = frozenset({0x11, 0x12, 0x31, 0x7E, 0x7F})
"""Codes that an ECU keeps to itself when everybody was asked (ISO 14229-1, 7.5.4)."""


class Negative(Exception):
    """The service answers 7F with this code."""

    def __init__(self, nrc: int) -> None:
        super().__init__(f"negative response {nrc:02X}")
        self.nrc = nrc


@dataclass(frozen=True, slots=True)
class EcuAnswer:
    """A whole payload that an ECU sends, and how long after the request's last frame.

    `extension` is the address byte in front of every frame where the ECU uses ISO 15765-2 extended
    addressing, else None; it is not part of `payload`. `lost_frame` is the number of the
    consecutive frame that never comes, from 1; 0 for an ECU that sends them all.
    """

    can_id: int
    payload: bytes
    delay_s: float
    extension: int | None = None
    lost_frame: int = 0

    @property
    def is_wait(self) -> bool:
        """Whether it only asks for more time (7F xx 78)."""
        return self.payload[:1] == b"\x7f" and self.payload[2:] == bytes((RESPONSE_PENDING,))


class Answering(Protocol):
    """Where a control unit is reached: all that a server needs to know of it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def address(self) -> Address:
        """Where it listens."""

    @property
    def answer_id(self) -> int:
        """The identifier of its answers."""


class Ecu:
    """A control unit with one address. `pace` stretches the car's latency for this one."""

    def __init__(
        self,
        name: str,
        address: Address,
        services: Mapping[int, Service],
        *,
        pace: float = 1.0,
        answers_functional: bool = True,
    ) -> None:
        self.name = name
        self.address = address
        self.pace = pace
        self.answers_functional = answers_functional
        self._services = services
        answer_id = address.expected_response
        if answer_id is None:
            raise ValueError(f"{name} needs a physical address")
        self.answer_id: int = answer_id

    def answer(self, payload: bytes, *, functional: bool) -> bytes | None:
        """Answer one request; None where this ECU stays silent."""
        if not payload:
            return None
        service = payload[0]
        handler = self._services.get(service)
        try:
            if handler is None:
                raise Negative(SERVICE_NOT_SUPPORTED)
            return handler(payload)
        except Negative as refusal:
            if functional and refusal.nrc in _UNSAID_WHEN_FUNCTIONAL:
                return None
            return bytes((0x7F, service, refusal.nrc))
