r"""Raw text of an ELM327 or STN adapter into whole messages of ECUs.

    parsed = parse_text("7E8 04 41 0C 1A F8\r\r>", address=Address(0x7E0), request=b"\x01\x0c")
    parsed.messages    # (Message(ecu=0x7E8, payload=b"\x41\x0c\x1a\xf8", ...),)
    parsed.unreadable  # what came from a legal responder or nobody and makes no sense
    parsed.statuses    # NO DATA, CAN ERROR, ... in the order in which they came

Spaces, line feeds, NUL bytes (which the data sheet tells to ignore), the echo of the command,
leaked prompts and frames of other ECUs do no harm. Every line is either understood to the last
digit or reported as unreadable; none is guessed at.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.answers import answers, contradicts_length, same_question
from cartech_desk.hardware.elm import older_buses
from cartech_desk.hardware.elm.reassembly import Broken, Reassembly
from cartech_desk.hardware.elm.segments import Segments
from cartech_desk.hardware.elm.statuses import Status, inside_line, whole_line
from cartech_desk.hardware.isotp_receive import FRAME_SIZE

TESTER_ADDRESS: Final = 0xF1


class Framing(Enum):
    """What stands around the payload when headers are on."""

    CAN = "CAN"
    J1850 = "three header bytes, checksum CRC-8"
    ISO = "three header bytes, checksum sum of bytes"


class Line(NamedTuple):
    """One line as it came; `t_ns` is the monotonic time of its first byte."""

    text: str
    t_ns: int = 0


class Message(NamedTuple):
    """One whole message of an ECU, service byte first, negative answers (7F) included.

    `ecu` is the CAN identifier or, on the older buses, the source address; with headers off the
    identifier that ought to answer this address. `lines` is how many frames it took.
    """

    ecu: int
    payload: bytes
    t_ns: int
    lines: int = 1


class Parsed(NamedTuple):
    """All that stood in a text.

    `strays` are whole messages of legal responders that answer some other request (only told apart
    where the request was given), `foreign` frames of others; both are no answers. `headers` says
    whether headers were seen, None where no data line was understood.
    """

    messages: tuple[Message, ...] = ()
    unreadable: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    strays: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    headers: bool | None = None


def parse_text(
    text: str,
    *,
    address: Address,
    request: bytes | None = None,
    framing: Framing = Framing.CAN,
    headers: bool | None = None,
    echo: str | None = None,
) -> Parsed:
    """Read the raw text that followed one request to `address`.

    `request` is its payload, where known: then its echo is dropped and answers to other requests
    become strays. `echo` is what was sent, where that is more than the payload. `headers` tells
    whether the adapter prints them; None finds out from the text.
    Never raises for anything that the text may hold.
    """
    pieces = re.split(r"[\r\n>]+", text)
    return parse_lines(
        [Line(piece) for piece in pieces],
        address=address,
        request=request,
        framing=framing,
        headers=headers,
        echo=echo,
    )


def parse_lines(
    lines: Iterable[Line],
    *,
    address: Address,
    request: bytes | None = None,
    framing: Framing = Framing.CAN,
    headers: bool | None = None,
    echo: str | None = None,
) -> Parsed:
    """Read lines with their times; all else as `parse_text`."""
    if echo is None and request is not None:
        echo = request.hex()
    reading = _Reading(address, request, "".join(echo.split()).upper() if echo else "")
    rows = reading.rows_of_data(lines)
    if framing is not Framing.CAN:
        reading.older(rows, framing, headers)
    elif headers or (headers is None and any(reading.headed(row) for row in rows)):
        reading.frames(rows)
    else:
        reading.formatted(rows)
    return reading.result()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that ought to hold data: `compact` without spaces, in capitals."""

    text: str
    compact: str
    t_ns: int


_HEX: Final = re.compile(r"[0-9A-F]+")
_SEGMENT: Final = re.compile(r"([0-9A-F]):([0-9A-F]*)")
_LENGTH: Final = re.compile(r"[0-9A-F]{3}")
_PREFIXES: Final = (
    (re.compile(r"SEARCHING\.*"), Status.SEARCHING),
    (re.compile(r"BUSINIT:?\.*OK"), Status.BUS_INIT_OK),
)


@dataclass(slots=True)
class _Reading:
    address: Address
    request: bytes | None
    echo: str
    messages: list[Message] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    seen_headers: bool | None = None
    _contradicted: list[tuple[int, bytes]] = field(default_factory=list)

    def result(self) -> Parsed:
        return Parsed(
            tuple(self.messages),
            tuple(self.unreadable),
            tuple(self.statuses),
            tuple(self.strays),
            tuple(self.foreign),
            self.seen_headers,
        )

    def rows_of_data(self, lines: Iterable[Line]) -> list[_Row]:
        """Sort out statuses and the echo; what is left ought to be data."""
        rows: list[_Row] = []
        echo_due = True
        for line in lines:
            text = _bare(line.text)
            compact = re.sub(r"\s", "", text).upper()
            if not compact:
                continue
            if echo_due and compact == self.echo:
                echo_due = False
                continue
            compact = self._strip_prefix(compact)
            if not compact:
                continue
            status = whole_line(compact)
            if status is not None:
                self.statuses.append(status)
                continue
            broken_in = inside_line(compact)
            if broken_in is not None:
                self.statuses.append(broken_in)
                self._unreadable(text, f"the adapter reports {broken_in.value} in this line")
                continue
            rows.append(_Row(text, compact, line.t_ns))
        return rows

    def _strip_prefix(self, compact: str) -> str:
        for pattern, status in _PREFIXES:
            match = pattern.match(compact)
            if match is not None:
                self.statuses.append(status)
                return compact[match.end() :]
        return compact

    # -- CAN, headers on ---------------------------------------------------------------------

    @property
    def _header_digits(self) -> int:
        return 8 if self.address.extended else 3

    def headed(self, row: _Row) -> bool:
        """Tell whether a line begins with a legal responder's identifier, spoilt or not.

        Bare data may begin with the same digits: then it answers the request as it stands.
        """
        digits = self._header_digits
        if len(row.compact) <= digits or not _HEX.fullmatch(row.compact):
            return False
        if not self.address.accepts(int(row.compact[:digits], 16)):
            return False
        if (len(row.compact) - digits) % 2 == 0:
            return True
        if self.request is None or len(row.compact) % 2:
            return True
        return not answers(self.request, bytes.fromhex(row.compact))

    def frames(self, rows: Sequence[_Row]) -> None:
        """Read lines of identifier, protocol bytes and data."""
        digits = self._header_digits
        lead = 0 if self.address.extension is None else 1
        by_ecu: dict[int, Reassembly] = {}
        for row in rows:
            if not _HEX.fullmatch(row.compact):
                self._unreadable(row.text, "it holds something else than hexadecimal digits")
                continue
            if len(row.compact) <= digits or (len(row.compact) - digits) % 2:
                self._unreadable(row.text, "a digit is missing or one too many")
                continue
            ecu = int(row.compact[:digits], 16)
            frame = bytes.fromhex(row.compact[digits:])
            if len(frame) > FRAME_SIZE:
                self._unreadable(row.text, "it is longer than a CAN frame")
                continue
            self.seen_headers = True
            if not self.address.accepts(ecu) or not self._right_extension(frame):
                self.foreign.append(row.text)
                continue
            reassembly = by_ecu.setdefault(ecu, Reassembly(lead))
            for piece in reassembly.feed(frame, row.t_ns, row.text):
                if isinstance(piece, Broken):
                    self._unreadable(piece.text, piece.why)
                else:
                    self._message(Message(ecu, piece.payload, piece.t_ns, piece.frames), row.text)
        for reassembly in by_ecu.values():
            for broken in reassembly.finish():
                self._unreadable(broken.text, broken.why)

    def _right_extension(self, frame: bytes) -> bool:
        """Check the address byte: the ECU's own, as Toyota answers, or the tester's."""
        extension = self.address.extension
        return extension is None or frame[0] in (extension, TESTER_ADDRESS)

    # -- CAN, headers off --------------------------------------------------------------------

    @property
    def _supposed_ecu(self) -> int:
        expected = self.address.expected_response
        if expected is not None:
            return expected
        return 0x18DAF110 if self.address.extended else 0x7E8

    def formatted(self, rows: Sequence[_Row]) -> None:
        """Read lines of bare data, and `014`, `0:`, `1:` ... for a segmented message."""
        segments: Segments | None = None
        for row in rows:
            segment = _SEGMENT.fullmatch(row.compact)
            if segment is not None:
                if segments is None:
                    self._unreadable(row.text, "the line with its length is missing")
                    continue
                self._segment(segments, int(segment[1], 16), segment[2], row)
                if segments.closed:
                    segments = None
                continue
            if segments is not None:
                self._unreadable(segments.text, "frames are missing at the end")
                segments = None
            if _LENGTH.fullmatch(row.compact):
                segments = Segments(int(row.compact, 16), row.t_ns, [row.text])
            elif not _HEX.fullmatch(row.compact):
                self._unreadable(row.text, "it holds something else than hexadecimal digits")
            elif len(row.compact) % 2:
                self._unreadable(row.text, "a digit is missing or one too many")
            else:
                payload = bytes.fromhex(row.compact)
                if len(payload) >= FRAME_SIZE:
                    self._unreadable(row.text, "it is longer than a single frame")
                    continue
                self.seen_headers = False
                known = self.request is not None and self._is_answer(payload)
                if known and contradicts_length(payload):
                    self._unreadable(row.text, "it is cut short")
                    continue
                self._message(Message(self._supposed_ecu, payload, row.t_ns), row.text)
        if segments is not None:
            self._unreadable(segments.text, "frames are missing at the end")

    def _segment(self, segments: Segments, number: int, digits: str, row: _Row) -> None:
        last = segments.texts[-1]
        if number == (segments.next_number - 1) & 0x0F and row.text == last:
            return  # the same line twice
        segments.texts.append(row.text)
        why = segments.add(number, digits)
        if why:
            self._unreadable(segments.text, why)
            segments.closed = True
        elif len(segments.payload) >= segments.length:
            segments.closed = True
            self.seen_headers = False
            payload = bytes(segments.payload[: segments.length])
            frames = segments.next_number
            message = Message(self._supposed_ecu, payload, segments.t_ns, frames)
            self._message(message, segments.text)

    # -- older buses -------------------------------------------------------------------------

    def older(self, rows: Sequence[_Row], framing: Framing, headers: bool | None) -> None:
        """Read lines of J1850, ISO 9141-2 and ISO 14230 and join what belongs together."""
        if headers is None:
            headers = not self._bare_answers(rows)
        found: list[Message] = []
        for row in rows:
            if not _HEX.fullmatch(row.compact) or len(row.compact) % 2:
                self._unreadable(row.text, "a digit is missing, one too many, or none at all")
                continue
            data = bytes.fromhex(row.compact)
            if not headers:
                self.seen_headers = False
                found.append(Message(older_buses.UNKNOWN_ECU, data, row.t_ns))
                continue
            line = older_buses.unwrap(data, crc=framing is Framing.J1850)
            if line is None:
                self._unreadable(row.text, "its checksum is wrong")
                continue
            self.seen_headers = True
            if line.target not in older_buses.FOR_TESTER:
                self.foreign.append(row.text)
                continue
            found.append(Message(line.source, line.payload, row.t_ns))
        self._join_older(found)

    def _bare_answers(self, rows: Sequence[_Row]) -> bool:
        """Tell whether every line is an answer as it stands, so that headers must be off."""
        if self.request is None or not rows:
            return False
        whole = all(_HEX.fullmatch(row.compact) and len(row.compact) % 2 == 0 for row in rows)
        return whole and all(answers(self.request, bytes.fromhex(r.compact)) for r in rows)

    def _join_older(self, found: Sequence[Message]) -> None:
        mine: dict[int, list[Message]] = {}
        for message in found:
            if self._is_answer(message.payload):
                mine.setdefault(message.ecu, []).append(message)
            else:
                self.strays.append(message.payload.hex(" ").upper())
        for ecu, messages in mine.items():
            joined = older_buses.join([message.payload for message in messages])
            for why in joined.broken:
                self._unreadable(f"{ecu:02X}", why)
            self.messages.extend(
                Message(ecu, payload, messages[0].t_ns, len(messages))
                for payload in joined.payloads
            )

    def _is_answer(self, payload: bytes) -> bool:
        return self.request is None or answers(self.request, payload)

    def _message(self, message: Message, text: str) -> None:
        if not self._is_answer(message.payload):
            self.strays.append(text)
            return
        for known in self.messages:
            if known.ecu == message.ecu and same_question(known.payload, message.payload):
                if known.payload != message.payload:
                    self.messages.remove(known)
                    self._contradicted.append((message.ecu, message.payload))
                    self._unreadable(text, "the same ECU gave two different answers")
                return  # the same line twice is one answer
        if not any(
            ecu == message.ecu and same_question(payload, message.payload)
            for ecu, payload in self._contradicted
        ):
            self.messages.append(message)

    def _unreadable(self, text: str, why: str) -> None:
        self.unreadable.append(f"“{text}”: {why}")


def _bare(text: str) -> str:
    """Drop NUL bytes, and line noise at both ends; noise inside stays and spoils the line."""
    text = text.replace("\0", "").strip()
    return re.sub(r"^[^\x21-\x7e]+|[^\x21-\x7e]+$", "", text)
