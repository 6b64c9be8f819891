"""Whom a request is for, on a CAN bus."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes and whose answers count.

    `request_id` is the CAN identifier of the request (11 bit, or 29 bit where `extended`);
    `response_id` the one identifier that counts as an answer, None for every ECU that may answer
    this request (functional addressing, or the standard pair of a physical one, see
    `expected_response`); `extension` the extra address byte of ISO 15765-2 extended addressing,
    sent as the first byte of every frame.
    """

    request_id: int
    response_id: int | None = None
    extended: bool = False
    extension: int | None = None

    def __hash__(self) -> int:
        # Addresses are keys of tables that are looked up several times with every request.
        return self.request_id

    @property
    def functional(self) -> bool:
        """Whether several ECUs may answer."""
        return self.response_id is None and self.request_id in (0x7DF, 0x18DB33F1)

    @property
    def expected_response(self) -> int | None:
        """The identifier of the only legal answer; None for a functional request.

        7E0 to 7E7 answer on +8, other 11-bit ids on +8 too where nothing else is given, 29-bit
        18DAxxF1 on 18DAF1xx (ISO 15765-4, 6.3.2).
        """
        if self.response_id is not None or self.functional:
            return self.response_id
        if self.extended:
            target, tester = (self.request_id >> 8) & 0xFF, self.request_id & 0xFF
            return (self.request_id & 0xFFFF0000) | (tester << 8) | target
        return self.request_id + 8

    def accepts(self, can_id: int) -> bool:
        """Tell whether a frame with this identifier may answer a request sent here."""
        expected = self.expected_response
        if expected is not None:
            return can_id == expected
        if self.extended:
            return can_id & 0xFFFFFF00 == 0x18DAF100
        return 0x7E8 <= can_id <= 0x7EF

    def __str__(self) -> str:
        text = f"{self.request_id:08X}" if self.extended else f"{self.request_id:03X}"
        return text if self.extension is None else f"{text}/{self.extension:02X}"


def address_of(ecu: int, *, extended: bool) -> Address:
    """Return the physical address of the ECU that answers as `ecu`.

    Up to FF that is a source address on a bus before CAN: everybody hears the request, and only
    the answer of this one ECU counts. Above, it is the identifier of its answers on CAN.
    """
    if ecu <= 0xFF:
        return Address(FUNCTIONAL.request_id, response_id=ecu)
    if extended or ecu > 0x7FF:
        tester, target = (ecu >> 8) & 0xFF, ecu & 0xFF
        return Address((ecu & 0xFFFF0000) | (target << 8) | tester, extended=True)
    return Address(ecu - 8)


FUNCTIONAL: Final = Address(0x7DF)
FUNCTIONAL_29BIT: Final = Address(0x18DB33F1, extended=True)
