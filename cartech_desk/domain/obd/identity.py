"""Service 09: VIN, calibration ids, calibration verification numbers, ECU names.

Each reader takes the reassembled answer of one ECU. On CAN that is `49 02 01` and the data, the
third byte counting the items (SAE J1979, 5.3.9; ISO 15031-5). The buses before CAN send numbered
messages `49 02 01 d d d d`, `49 02 02 d d d d`, …: `join_numbered` makes one answer of them.
"""

import re
from collections.abc import Sequence
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.decode import DecodeError

VIN_LENGTH: Final = 17
CALIBRATION_ID_LENGTH: Final = 16
CVN_LENGTH: Final = 4
ECU_NAME_LENGTH: Final = 20

# ISO 3779: capital letters without I, O and Q, and digits.
_VIN: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_PADDING: Final = b"\x00"


class UnreadableIdentity(CarTechError):
    """The car told something about itself that cannot be right."""

    code: ClassVar[str] = "unreadable_identity"


def join_numbered(payloads: Sequence[bytes]) -> bytes:
    """Join the numbered messages of a bus before CAN into the form that CAN uses.

    Each payload is `49 <info type> <number> d1 d2 d3 d4`, numbers 1, 2, 3, … in any order, the
    same message twice being one. A single payload of another length is CAN's own and returned
    as it is. Errors: DecodeError where a number is missing, comes with two contents, or a message
    has another length.
    """
    if len(payloads) == 1 and len(payloads[0]) != 7:
        return payloads[0]
    parts: dict[int, bytes] = {}
    heads = {payload[:2] for payload in payloads}
    if len(heads) != 1 or any(len(payload) != 7 for payload in payloads):
        raise _broken(payloads)
    for payload in payloads:
        number, data = payload[2], payload[3:]
        if parts.setdefault(number, data) != data:
            raise _broken(payloads)
    if sorted(parts) != list(range(1, len(parts) + 1)):
        raise _broken(payloads)
    return heads.pop() + b"\x01" + b"".join(parts[number] for number in sorted(parts))


def read_vin(payload: bytes) -> str:
    """Return the VIN of an answer to 09 02, all 17 characters as they came.

    Errors: UnreadableIdentity where it has another length or characters that no VIN has,
    DecodeError where the answer is to something else.
    """
    data = _strip_padding(_body(payload, 0x02), VIN_LENGTH)
    text = data.decode("latin-1")
    if not text.strip("\0"):
        raise UnreadableIdentity(
            "A VIN of zero bytes is no VIN but what a control unit says that was never told one.",
            kept="It is not used.",
            to_do="Type the VIN from the car's plate.",
        )
    if not _VIN.fullmatch(text):
        shown = text.encode("ascii", "backslashreplace").decode("ascii")
        what = (
            f"has {len(text)} characters instead of 17"
            if len(text) != VIN_LENGTH
            else "holds characters that no VIN has"
        )
        raise UnreadableIdentity(
            f"The VIN that the car tells, “{shown}”, {what}.",
            kept="It is not used.",
            to_do="Read it again, or type the VIN from the car's plate.",
        )
    return text


def read_calibration_ids(payload: bytes) -> tuple[str, ...]:
    """Return the calibration ids of an answer to 09 04; 16 characters each, NULs are padding."""
    return tuple(
        _text(item, "calibration id")
        for item in _items(_body(payload, 0x04), CALIBRATION_ID_LENGTH, payload)
    )


def read_cvns(payload: bytes) -> tuple[str, ...]:
    """Return the calibration verification numbers of an answer to 09 06, eight hex digits each."""
    return tuple(item.hex().upper() for item in _items(_body(payload, 0x06), CVN_LENGTH, payload))


def read_ecu_name(payload: bytes) -> str:
    """Return the name in an answer to 09 0A: `ECM-EngineControl` and the like, NULs removed.

    The standard's form is four characters, a hyphen and fifteen more, each part padded with NULs.
    """
    data = _body(payload, 0x0A)
    if len(data) > ECU_NAME_LENGTH:
        data = _strip_padding(data, ECU_NAME_LENGTH)
    if not data or len(data) > ECU_NAME_LENGTH:
        raise _wrong_size(payload, len(data), f"at most {ECU_NAME_LENGTH}")
    return _text(data.replace(_PADDING, b""), "ECU name")


def _body(payload: bytes, info_type: int) -> bytes:
    """Return the data behind `49 <info type> <count>`."""
    if len(payload) < 4 or payload[0] != 0x49 or payload[1] != info_type:
        raise DecodeError(
            f"The answer {payload[:8].hex(' ').upper() or '(empty)'} does not belong to the "
            f"request 09 {info_type:02X}.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    return payload[3:]


def _items(data: bytes, size: int, payload: bytes) -> list[bytes]:
    count = payload[2]
    if len(data) % size:
        # Numbered messages of four bytes cannot end with the item; what is left must be padding.
        whole = len(data) - len(data) % size
        if not whole or data[whole:].strip(_PADDING):
            raise _wrong_size(payload, len(data), f"a multiple of {size}")
        data = data[:whole]
    items = [data[at : at + size] for at in range(0, len(data), size)]
    # `join_numbered` and some ECUs write 1 for any number of items; a larger count must be true.
    if count > 1 and count != len(items):
        raise _wrong_size(payload, len(data), f"{count} times {size}")
    return items


def _strip_padding(data: bytes, size: int) -> bytes:
    """Remove NULs in front or behind, and only as far as there are too many bytes."""
    while len(data) > size and data[:1] == _PADDING:
        data = data[1:]
    while len(data) > size and data[-1:] == _PADDING:
        data = data[:-1]
    return data


def _text(data: bytes, what: str) -> str:
    data = data.rstrip(_PADDING).lstrip(_PADDING)
    text = data.decode("latin-1")
    if any(not " " <= letter <= "~" for letter in text):
        shown = text.encode("ascii", "backslashreplace").decode("ascii")
        raise UnreadableIdentity(
            f"The {what} that the car tells, “{shown}”, holds characters that cannot be read.",
            kept="It is not used.",
            to_do="Read it again.",
        )
    return text.rstrip()


def _wrong_size(payload: bytes, size: int, due: str) -> DecodeError:
    return DecodeError(
        f"The answer to 09 {payload[1]:02X} has {size} data bytes where {due} are due.",
        to_do="The request is sent again; if this repeats, the car uses another layout.",
    )


def _broken(payloads: Sequence[bytes]) -> DecodeError:
    shown = ", ".join(payload.hex(" ").upper() for payload in payloads[:6])
    return DecodeError(
        f"The numbered messages {shown or '(none)'} do not make one whole answer.",
        to_do="The request is sent again; if this repeats, check the adapter.",
    )
