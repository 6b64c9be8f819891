"""What can be set in an ELM327, with the values it wakes up with (ELM327 data sheet, v2.3)."""

from dataclasses import dataclass
from typing import Final

ST_UNIT_MS: Final = 4.096
"""One count of AT ST."""

FUNCTIONAL_HEADER: Final = {False: 0x7DF, True: 0xDB33F1}


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol number: its description, and on CAN the length of identifiers and the speed."""

    number: str
    words: str
    can: bool = False
    extended: bool = False
    kbit: int = 0


PROTOCOLS: Final = {
    protocol.number: protocol
    for protocol in (
        Protocol("0", "AUTO"),
        Protocol("1", "SAE J1850 PWM"),
        Protocol("2", "SAE J1850 VPW"),
        Protocol("3", "ISO 9141-2"),
        Protocol("4", "ISO 14230-4 (KWP 5BAUD)"),
        Protocol("5", "ISO 14230-4 (KWP FAST)"),
        Protocol("6", "ISO 15765-4 (CAN 11/500)", can=True, kbit=500),
        Protocol("7", "ISO 15765-4 (CAN 29/500)", can=True, extended=True, kbit=500),
        Protocol("8", "ISO 15765-4 (CAN 11/250)", can=True, kbit=250),
        Protocol("9", "ISO 15765-4 (CAN 29/250)", can=True, extended=True, kbit=250),
        Protocol("A", "SAE J1939 (CAN 29/250)"),
        Protocol("B", "USER1 (CAN 11/125)"),
        Protocol("C", "USER2 (CAN 11/50)"),
    )
}


@dataclass(slots=True)
class Settings:
    """The state of an ELM327 between commands.

    `protocol` is what AT SP chose ("0" for automatic), `automatic` whether it may search, `active`
    the protocol of the connection, None before the first request. `pass_value` and `pass_mask` are
    the receive filter where one was set.
    """

    echo: bool = True
    linefeeds: bool = False
    spaces: bool = True
    headers: bool = False
    lengths: bool = False
    responses: bool = True
    formatting: bool = True
    flow_control: bool = True
    long_messages: bool = False
    adaptive: int = 1
    timeout_s: float = 0x32 * ST_UNIT_MS / 1e3
    header: int | None = None
    priority: int = 0x18
    pass_value: int | None = None
    pass_mask: int = 0x1FFFFFFF
    extended_address: int | None = None
    flow_mode: int = 0
    flow_header: int | None = None
    flow_data: bytes | None = None
    segment_long: bool = True
    protocol: str = "0"
    automatic: bool = True
    active: str | None = None

    def request_id(self, *, extended: bool) -> int:
        """Return the identifier of the next request on a bus with 11- or 29-bit identifiers."""
        header = FUNCTIONAL_HEADER[extended] if self.header is None else self.header
        if not extended:
            return header & 0x7FF
        return header if header > 0xFFFFFF else (self.priority & 0x1F) << 24 | header

    def lets_pass(self, can_id: int, *, extended: bool) -> bool:
        """Tell whether a frame passes the receive filter (by default only OBD answers do)."""
        if self.pass_value is not None:
            return (can_id ^ self.pass_value) & self.pass_mask == 0
        if extended:
            return can_id & 0x1FFFFF00 == 0x18DAF100
        return can_id & 0x7F8 == 0x7E8

    def flow_frame(self, can_id: int, *, extended: bool) -> tuple[int, bytes] | None:
        """Return identifier and data of the flow control for a first frame; None for none.

        Mode 0 answers by itself, 1 with header and data as set, 2 with data as set (AT FC SM).
        """
        if not self.flow_control:
            return None
        own = self.flow_data or b"\x30\x00\x00"
        if self.flow_mode == 1 and self.flow_header is not None:
            target = self.flow_header
            if extended and target <= 0xFFFFFF:
                target |= (self.priority & 0x1F) << 24
            return target, own.ljust(8, b"\x00")
        if extended:
            target = can_id & 0x1FFF0000 | (can_id & 0xFF) << 8 | (can_id >> 8) & 0xFF
        else:
            target = can_id - 8
        data = own if self.flow_mode == 2 else b"\x30\x00\x00"
        return target, data.ljust(8, b"\x00")
