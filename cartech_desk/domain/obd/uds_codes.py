"""OBD on UDS: trouble codes by service 19, and clearing by 14 (ISO 14229-1, 12.2, 12.3; J1979-2).

Codes have three bytes, the two of SAE J2012 and a failure type byte, and a status byte. A car of
SAE J1979-2 is asked `19 42 33 08 1E` (confirmed; 0C: and pending) and `19 55 33` (permanent), of
functional group 33, emissions, and `14 FF FF 33` clears it. Requests and the layout of answers are
those that open implementations of ISO 14229-1:2020 and a recorded bench agree on:

- `59 02 mask (code status)…`
- `59 42 33 mask mask format (severity code status)…`
- `59 55 33 mask format (code status)…`
- `59 56 33 mask format group (code status)…`
- `59 1A mask record (code status)…`

Not known from public sources, and so not made anything of: the numbers of readiness groups (19 56)
and extended data records (19 06), and the severity classes, which are kept as they come.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from cartech_desk.domain.faults.found import CodeStatus
from cartech_desk.domain.obd.codes import code_text
from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.domain.obd.packed import is_padding, wrong_answer, wrong_size

SERVICE: Final = 0x19
EMISSIONS: Final = 0x33
"""The functional group of emissions-related systems (ISO 14229-1, annex D; ISO 27145-3)."""
ALL_CLASSES: Final = 0x1E
"""The severity mask of a request: classes A, B1, B2 and C (ISO 14229-1, D.3)."""
PENDING: Final = 0x04
CONFIRMED: Final = 0x08
LAMP: Final = 0x80
BY_STATUS: Final = 0x02
EXTENDED_DATA: Final = 0x1A
BY_MASK: Final = 0x42
PERMANENT: Final = 0x55
BY_READINESS_GROUP: Final = 0x56
CLEAR_EMISSIONS: Final = bytes.fromhex("14FFFF33")
CLEARED: Final = 0x54

_J2012_FORMATS: Final = frozenset((0x00, 0x04))
_FORMATS: Final = {
    0x01: "their maker's own",
    0x02: "that of lorries (SAE J1939)",
    0x03: "that of trailers (ISO 11992)",
}


@dataclass(frozen=True, slots=True)
class UdsCode:
    """One code: three bytes as text and failure type, status; `severity` None where not told."""

    code: str
    failure_type: int
    status: int
    severity: int | None = None

    @property
    def raw(self) -> bytes:
        """The three bytes, for requests about this code."""
        letter, digits = self.code[0], int(self.code[1:], 16)
        number = "PCBU".index(letter) << 14 | digits
        return number.to_bytes(2, "big") + bytes((self.failure_type,))

    @property
    def statuses(self) -> tuple[CodeStatus, ...]:
        """Stored and pending as the status byte tells them; neither where it has neither bit."""
        bits = ((CONFIRMED, CodeStatus.STORED), (PENDING, CodeStatus.PENDING))
        return tuple(status for bit, status in bits if self.status & bit)

    @property
    def lights_lamp(self) -> bool:
        """Whether this code asks for the lamp (bit 7: warning indicator requested)."""
        return bool(self.status & LAMP)


@dataclass(frozen=True, slots=True)
class UdsCodes:
    """Codes that one answer lists; `available` are the status bits that the ECU keeps at all.

    `strange` are those of `codes` that have none of the status bits that were asked for: which
    list they belong to is not known, and so no list is known whole.
    """

    codes: tuple[UdsCode, ...]
    available: int
    strange: tuple[UdsCode, ...] = ()


class _Layout(NamedTuple):
    """An answer: bytes that repeat the request, where the mask and the format are, its records."""

    echoed: int
    mask: int
    format: int | None
    head: int
    severity: bool
    asked: int | None = None
    """Where the request names the status bits that it asks for."""


_LAYOUTS: Final = {
    BY_STATUS: _Layout(1, 2, None, 3, severity=False, asked=2),
    EXTENDED_DATA: _Layout(1, 2, None, 4, severity=False),
    BY_MASK: _Layout(2, 3, 5, 6, severity=True, asked=3),
    PERMANENT: _Layout(2, 3, 4, 5, severity=False),
    BY_READINESS_GROUP: _Layout(2, 3, 4, 6, severity=False),
}


def codes_request(status: int) -> bytes:
    """Return the request for codes of the emissions group with any of these status bits."""
    return bytes((SERVICE, BY_MASK, EMISSIONS, status, ALL_CLASSES))


def permanent_request() -> bytes:
    """Return the request for permanent codes of the emissions group."""
    return bytes((SERVICE, PERMANENT, EMISSIONS))


def plain_codes_request(status: int) -> bytes:
    """Return the request 19 02 for codes of any group: for ECUs that refuse 19 42."""
    return bytes((SERVICE, BY_STATUS, status))


def read_uds_codes(request: bytes, payload: bytes) -> UdsCodes:
    """Return the codes that answer one of the requests above (also 19 56 and 19 1A).

    An answer without records means that the ECU says there are none. A code told twice stands
    once, with all of its status bits. Errors: DecodeError where the answer is to something else,
    in another format than SAE J2012's, empty or padded somewhere, or no whole records.
    """
    layout = _LAYOUTS[request[1]]
    if not payload.startswith(bytes((SERVICE | 0x40,)) + request[1 : 1 + layout.echoed]):
        raise wrong_answer(payload, request)
    if len(payload) < layout.head:
        raise wrong_size(payload, f"at least {layout.head}")
    if request[1] == BY_READINESS_GROUP and payload[5] != request[3]:
        raise wrong_answer(payload, request)
    if request[1] == EXTENDED_DATA and payload[3] != request[2]:
        raise wrong_answer(payload, request)
    if layout.format is not None:
        _check_format(payload[layout.format])
    size = 5 if layout.severity else 4
    data = payload[layout.head :]
    if len(data) % size:
        raise wrong_size(payload, f"{layout.head} and whole records of {size}")
    found: dict[tuple[str, int], UdsCode] = {}
    for at in range(0, len(data), size):
        severity = data[at] if layout.severity else None
        code = uds_code(data[at + size - 4 : at + size], severity)
        known = found.get((code.code, code.failure_type))
        if known is not None:
            code = UdsCode(code.code, code.failure_type, code.status | known.status, known.severity)
        found[code.code, code.failure_type] = code
    codes = tuple(found.values())
    strange: tuple[UdsCode, ...] = ()
    if layout.asked is not None:
        strange = tuple(one for one in codes if not one.status & request[layout.asked])
    return UdsCodes(codes, payload[layout.mask], strange)


def uds_code(record: bytes, severity: int | None = None) -> UdsCode:
    """Return the code of four bytes, three and its status.

    Errors: DecodeError for an empty one, and for padding: one byte throughout.
    """
    raw = int.from_bytes(record[:2], "big")
    if not raw or is_padding(record):
        raise DecodeError(
            "The list of trouble codes holds an empty one, or padding.",
            kept="The car may well hold codes.",
            to_do="Read them again; if this repeats, check the adapter.",
        )
    return UdsCode(code_text(raw), record[2], record[3], severity)


def _check_format(form: int) -> None:
    if form in _J2012_FORMATS:
        return
    raise DecodeError(
        f"The ECU tells its trouble codes in a form that is not that of cars but "
        f"{_FORMATS.get(form, f'number {form:02X}')}.",
        kept="The car may well hold codes.",
        to_do="Read them with the maker's own tool.",
    )


def read_cleared(payload: bytes) -> None:
    """Check the answer to CLEAR_EMISSIONS. Errors: DecodeError where it confirms nothing."""
    if payload[:1] != bytes((CLEARED,)):
        raise wrong_answer(payload, CLEAR_EMISSIONS)
