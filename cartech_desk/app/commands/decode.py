"""`decode`: raw adapter answers, a JSON line each, to values."""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, TextIO

from cartech_desk.app.numbers_asked import year_of
from cartech_desk.app.output import say, to_json
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.decode import DecodeError, decode, split_mode01
from cartech_desk.domain.obd.pids import SERVICE, mode01_commands, mode01_pids
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.obd.signalset import SignalSet, load_signalset
from cartech_desk.hardware.elm.statuses import HARMLESS
from cartech_desk.hardware.elm.text import Framing, Message, Parsed, parse_text
from cartech_desk.hardware.errors import BusFault, NoAnswer, Unreadable

NAME: Final = "decode"
HELP: Final = "raw adapter answers to values"

_LONGEST_LINE: Final = 1_000_000
_NEGATIVE: Final = 0x7F
_TWO_ANSWERS: Final = frozenset(("yes", "no", "on", "off"))
_EXAMPLE: Final = (
    'A line looks like {"header": "7E0", "request": "0143", "response": "7E8044143004D"}.'
)


class BadLine(CarTechError):
    """A line of the input that is no request and response."""

    code: ClassVar[str] = "bad_line"


class UnknownRequest(CarTechError):
    """A request that no table says how to read."""

    code: ClassVar[str] = "unknown_request"


class Refused(CarTechError):
    """The car refused the request."""

    code: ClassVar[str] = "refused"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        'Read lines {"header": …, "request": …, "response": …} from standard input, the response '
        "being the adapter's raw text with headers, and write a line "
        '{"values": {…}, "error": null} for each.'
    )
    parser.add_argument(
        "--signalset",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a signal set (OBDb JSON v3) besides the standard table; may be given several times",
    )
    parser.add_argument(
        "--year", type=year_of, metavar="YYYY", help="leave out signals meant for other model years"
    )
    parser.add_argument("--json", action="store_true", help="the output is JSON in any case")


def run(args: argparse.Namespace) -> int:
    """Decode standard input line by line; 0 where every line was decoded, else 1.

    Errors: SignalSetError, before any line is read.
    """
    sets = [load_signalset(path, args.year) for path in args.signalset]
    for one in sets:
        for warning in one.warnings:
            say(warning)
    tables = Tables(sets)
    failed = 0
    for line in sys.stdin.buffer:
        failed += not _decode_line(line, tables, sys.stdout)
    if failed:
        say(f"{failed} {'line' if failed == 1 else 'lines'} could not be decoded.")
    return 1 if failed else 0


class Tables:
    """The commands of signal sets by their requests, and the standard table behind them."""

    def __init__(self, sets: Iterable[SignalSet]) -> None:
        self._by_payload: dict[bytes, list[Command]] = {}
        for one in sets:
            for command in one.commands:
                self._by_payload.setdefault(command.payload, []).append(command)

    def commands(self, header: Address, payload: bytes) -> tuple[Command, ...]:
        """Return how to read the answer to this request, best first; empty where nobody knows.

        Service 01 means the same in every ECU; any other request only where it is addressed.
        """
        known = self._by_payload.get(payload, [])
        here = [one for one in known if _same_place(one.address, header)]
        if not here and payload[0] == SERVICE:
            here = known
            if not here and len(payload) == 2:
                row = mode01_commands().get(payload[1])
                here = [row] if row is not None else []
        return tuple(here)


@dataclass(slots=True)
class Decoded:
    """What came of one line: values of each ECU that answered, and what went wrong."""

    by_ecu: dict[int, dict[str, Any]] = field(default_factory=dict)
    error: CarTechError | None = None

    def document(self, address: Address) -> dict[str, Any]:
        """Return the line to write; the lowest ECU's value counts where several have the same."""
        values: dict[str, Any] = {}
        for ecu in sorted(self.by_ecu):
            values = {**self.by_ecu[ecu], **values}
        error = self.error
        document: dict[str, Any] = {
            "values": values,
            "error": None if error is None else {"code": error.code, "message": error.message},
        }
        if len(self.by_ecu) > 1:
            width = 8 if address.extended else 3
            document["ecus"] = {f"{ecu:0{width}X}": self.by_ecu[ecu] for ecu in sorted(self.by_ecu)}
        return document


def decode_answer(tables: Tables, header: str, request: str, response: str) -> dict[str, Any]:
    """Decode one raw answer to `{"values": …, "error": …}`.

    Errors: BadLine and UnknownRequest; what is wrong with the answer itself stands in the document.
    """
    payload = _payload(request)
    asked, framing = _address(header)
    parts = _parts(payload)
    commands = {part: tables.commands(asked, part) for part in parts}
    unknown = [part for part in parts if not commands[part]]
    if unknown:
        raise UnknownRequest(
            f"Nothing says how to read the answer to {unknown[0].hex(' ').upper()} at {asked}.",
            to_do="Give the signal set of this car with --signalset.",
        )
    address = _answering(asked, commands[parts[0]])
    parsed = _parsed(response, address, payload, framing)
    decoded = Decoded()
    for message in parsed.messages:
        try:
            values = _values(message, payload, commands)
        except CarTechError as error:
            decoded.error = decoded.error or error
        else:
            decoded.by_ecu.setdefault(message.ecu, {}).update(values)
    decoded.error = decoded.error or _what_is_missing(parsed, decoded)
    return decoded.document(address)


def _decode_line(line: bytes, tables: Tables, out: TextIO) -> bool:
    try:
        document = decode_answer(tables, *_fields(line))
    except CarTechError as error:
        document = {"values": {}, "error": {"code": error.code, "message": error.message}}
    out.write(to_json(document) + "\n")
    out.flush()
    return document["error"] is None


def _fields(line: bytes) -> tuple[str, str, str]:
    if len(line) > _LONGEST_LINE:
        raise BadLine(f"The line is longer than {_LONGEST_LINE} bytes.", to_do=_EXAMPLE)
    if not line.strip():
        raise BadLine("The line is empty.", to_do=_EXAMPLE)
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine("The line is no JSON.", to_do=_EXAMPLE) from error
    if not isinstance(entry, dict):
        raise BadLine("The line is no JSON object.", to_do=_EXAMPLE)
    fields = [entry.get(name) for name in ("header", "request", "response")]
    if not all(isinstance(one, str) for one in fields):
        raise BadLine("The line lacks header, request or response as texts.", to_do=_EXAMPLE)
    header, request, response = fields
    return str(header), str(request), str(response)


def _payload(request: str) -> bytes:
    try:
        payload = bytes.fromhex(request)
    except ValueError:
        payload = b""
    if len(payload) < 2:
        raise BadLine(f"“{request[:40]}” is no request in hex digits.", to_do=_EXAMPLE)
    return payload


def _address(header: str) -> tuple[Address, Framing]:
    """Read `7E0`, `7E0.7E8`, `DA10`, `18DA10F1` or the three bytes of an older bus."""
    text, _, answer = header.strip().partition(".")
    try:
        number = int(text, 16)
        response = int(answer, 16) if answer else None
    except ValueError as error:
        raise BadLine(f"“{header[:40]}” is no header in hex digits.", to_do=_EXAMPLE) from error
    if len(text) == 3 and number <= 0x7FF:
        return Address(number, response), Framing.CAN
    if len(text) == 4:
        return Address(0x18000000 | number << 8 | 0xF1, response, extended=True), Framing.CAN
    if len(text) == 6:
        return Address(0x7DF), Framing.ISO
    if len(text) == 8 and number <= 0x1FFFFFFF:
        return Address(number, response, extended=True), Framing.CAN
    raise BadLine(f"“{header[:40]}” has neither 3, 4, 6 nor 8 hex digits.", to_do=_EXAMPLE)


def _parts(payload: bytes) -> list[bytes]:
    """Take a packed mode 01 request apart; any other is one part."""
    if payload[0] == SERVICE:
        return [bytes((SERVICE, pid)) for pid in payload[1:]]
    return [payload]


def _same_place(command: Address, header: Address) -> bool:
    same = command.request_id == header.request_id and command.extended == header.extended
    return same and header.response_id in (None, command.expected_response)


def _answering(asked: Address, commands: Sequence[Command]) -> Address:
    """Return whose answers count: as the signal set says where it names this header."""
    for command in commands:
        if _same_place(command.address, asked) and not asked.functional:
            return command.address
    return asked


def _parsed(response: str, address: Address, payload: bytes, framing: Framing) -> Parsed:
    parsed = parse_text(response, address=address, request=payload, framing=framing, headers=True)
    if framing is Framing.ISO and not parsed.messages:
        # The same three header bytes stand on J1850, with another checksum.
        other = parse_text(
            response, address=address, request=payload, framing=Framing.J1850, headers=True
        )
        if other.messages:
            return other
    return parsed


def _values(
    message: Message, payload: bytes, commands: Mapping[bytes, tuple[Command, ...]]
) -> dict[str, Any]:
    answer = message.payload
    if answer[:1] == bytes((_NEGATIVE,)):
        reason = f"{answer[2]:02X}" if len(answer) > 2 else "none told"
        raise Refused(
            f"The ECU {message.ecu:X} refused the request (reason {reason}).",
            to_do="Ask for something that this car has.",
        )
    if len(commands) == 1:
        return _named(next(iter(commands.values())), answer)
    values: dict[str, Any] = {}
    pieces = split_mode01(
        answer, {part[1]: _packed_length(part, commands[part]) for part in commands}
    )
    for pid, data in pieces.items():
        part = bytes((payload[0], pid))
        values.update(_named(commands[part], bytes((0x41, pid)) + data))
    return values


def _packed_length(part: bytes, commands: Sequence[Command]) -> int:
    """Return the data bytes of one PID in a packed answer."""
    fixed = commands[0].length
    if fixed is not None:
        return fixed
    row = mode01_pids().get(part[1])
    if row is None:
        raise DecodeError(
            f"The length of PID {part[1]:02X} is not known, so that a packed answer cannot be "
            "taken apart.",
            to_do="Ask for it alone.",
        )
    return row.shortest


def _named(commands: Sequence[Command], answer: bytes) -> dict[str, Any]:
    """Decode by every command that describes this answer; the first to name a signal counts."""
    values: dict[str, Any] = {}
    for command in commands:
        signals = {one.id: one for one in command.signals}
        for name, value in decode(command, answer).items():
            values.setdefault(name, _shown(signals[name], value))
    return values


def _shown(signal: Signal, value: float) -> float | str | None:
    """Return the name of an enumeration's value, the number of any other, None for no value."""
    if math.isnan(value):
        return None
    states = dict(signal.states)
    if states and not _TWO_ANSWERS.issuperset(states.values()):
        return states.get(int(value), value)
    return value


def _what_is_missing(parsed: Parsed, decoded: Decoded) -> CarTechError | None:
    """Return what the answer lacks, although no message of it was wrong."""
    if parsed.unreadable:
        return Unreadable(
            f"The answer cannot be read: {parsed.unreadable[0]}.",
            to_do="Record it again, with headers on (ATH1).",
        )
    if decoded.by_ecu:
        return None
    if parsed.strays or parsed.foreign:
        other = (parsed.strays or parsed.foreign)[0]
        return Unreadable(
            f"The answer belongs to another request or another address: “{other}”.",
            to_do="Check header and request of the line.",
        )
    words = ", ".join(status.value for status in parsed.statuses)
    if not HARMLESS.issuperset(parsed.statuses):
        return BusFault(
            f"The adapter reports an error instead of an answer ({words}).",
            to_do="Check the plug and the ignition, and record it again.",
        )
    return NoAnswer(
        f"Nobody answered{f' ({words})' if words else ''}.",
        to_do="Ask for something that this car has.",
    )
