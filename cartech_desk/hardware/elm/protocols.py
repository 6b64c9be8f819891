"""The protocols that an ELM327 numbers, by what ATDPN answers (ELM327 data sheet, "AT SP")."""

import re
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.elm.text import Framing, parse_text


@dataclass(frozen=True, slots=True)
class BusProtocol:
    """One protocol: its number for ATSP, what people call it, and how its lines look."""

    number: str
    words: str
    framing: Framing
    extended: bool = False
    other_width: str = ""
    """The number of the protocol of the same speed with identifiers of the other width."""

    @property
    def can(self) -> bool:
        """Whether it runs on CAN."""
        return self.framing is Framing.CAN

    @property
    def functional(self) -> Address:
        """Whom a question to every ECU goes to."""
        return FUNCTIONAL_29BIT if self.extended else FUNCTIONAL

    @property
    def engine(self) -> Address:
        """The engine's computer alone (ISO 15765-4, 6.3.2)."""
        return Address(0x18DA10F1, extended=True) if self.extended else Address(0x7E0)


PROTOCOLS: Final = {
    protocol.number: protocol
    for protocol in (
        BusProtocol("1", "SAE J1850 PWM, 41.6 kbit/s", Framing.J1850),
        BusProtocol("2", "SAE J1850 VPW, 10.4 kbit/s", Framing.J1850),
        BusProtocol("3", "ISO 9141-2, 10.4 kbit/s", Framing.ISO),
        BusProtocol("4", "ISO 14230-4 KWP, slow start, 10.4 kbit/s", Framing.ISO),
        BusProtocol("5", "ISO 14230-4 KWP, fast start, 10.4 kbit/s", Framing.ISO),
        BusProtocol("6", "ISO 15765-4 CAN, 11 bit, 500 kbit/s", Framing.CAN, False, "7"),
        BusProtocol("7", "ISO 15765-4 CAN, 29 bit, 500 kbit/s", Framing.CAN, True, "6"),
        BusProtocol("8", "ISO 15765-4 CAN, 11 bit, 250 kbit/s", Framing.CAN, False, "9"),
        BusProtocol("9", "ISO 15765-4 CAN, 29 bit, 250 kbit/s", Framing.CAN, True, "8"),
    )
}

CAN_11BIT_UNKNOWN: Final = BusProtocol("", "CAN, 11 bit", Framing.CAN, False)
CAN_29BIT_UNKNOWN: Final = BusProtocol("", "CAN, 29 bit", Framing.CAN, True)

SEARCH_ORDER: Final = ("6", "7", "8", "9", "5", "4", "3", "2", "1")
"""For an adapter that cannot search by itself."""


def named(answer: str) -> BusProtocol | str | None:
    """Read the answer to ATDPN: a protocol, its number where this desk does not speak it, or None.

    A leading A says that the adapter chose it by itself.
    """
    match = re.fullmatch(r"A?([0-9A-F])", answer.strip().upper())
    if match is None or match[1] == "0":
        return None
    return PROTOCOLS.get(match[1], match[1])


def recognised(text: str, request: bytes) -> BusProtocol | None:
    """Find out the protocol from an answer itself, where the adapter does not name it."""
    for protocol in (CAN_11BIT_UNKNOWN, CAN_29BIT_UNKNOWN, PROTOCOLS["3"], PROTOCOLS["2"]):
        parsed = parse_text(
            text,
            address=protocol.functional,
            request=request,
            framing=protocol.framing,
            headers=True,
        )
        if parsed.messages:
            return protocol
    return None
