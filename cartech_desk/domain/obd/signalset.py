"""Manufacturer values from OBDb signal sets (JSON v3, github.com/OBDb/.schemas, signals.json).

A set is taken whole or not at all: everything is checked before anything is returned, and an error
says in which command and signal it lies. Values are raw * mul / div + add, and where a signal's
stated range contradicts that and fits (raw + add) * mul / div at both ends, the latter is meant;
a warning says so. Outside the range a value is invalid; it is never clipped.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cartech_desk.domain.obd.layout import overlapping
from cartech_desk.domain.obd.obdb_address import read_address
from cartech_desk.domain.obd.obdb_checks import Node, SignalSetError, readable
from cartech_desk.domain.obd.obdb_signal import read_signal
from cartech_desk.domain.obd.pids import SERVICE, Pid, mode01_pids
from cartech_desk.domain.obd.signals import Command, Signal

__all__ = ["SignalSet", "SignalSetError", "load_signalset", "read_signalset"]

LARGEST_FILE: Final = 8_000_000
"""Bytes of a file that is still read; the largest published set has a tenth of that."""
MOST_COMMANDS: Final = 5000

_PAYLOAD_DIGITS: Final = {"01": 2, "21": 2, "22": 4}
_TOP: Final = {"commands", "diagnosticLevel", "signalGroups", "synthetics"}
_COMMAND: Final = {
    *("hdr", "rax", "eax", "pri", "tst", "tmo", "fcm1", "dbg", "din", "dout"),
    *("cmd", "freq", "proto", "filter", "dbgfilter", "signals"),
}
_USUAL_RATE_HZ: Final = 10.0
_SHORTEST_S: Final = 0.001
_LONGEST_S: Final = 1e6


@dataclass(frozen=True, slots=True)
class SignalSet:
    """A signal set; `warnings` are sentences on what was mended or left out in reading it."""

    name: str
    commands: tuple[Command, ...]
    warnings: tuple[str, ...] = ()


def load_signalset(path: Path, model_year: int | None = None) -> SignalSet:
    """Read a signal set from a file; SignalSetError names the file where it cannot be read.

    With a model year, commands that are meant for other years are left out.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SignalSetError(
                f"The signal set {path.name} is larger than {LARGEST_FILE // 1_000_000} MB.",
                to_do="Choose a signal set in OBDb's JSON form (version 3).",
            )
        content = path.read_bytes()
    except OSError as error:
        raise SignalSetError(
            f"The signal set {path} cannot be opened ({error.strerror or error}).",
            to_do="Check the path and the rights on the file.",
        ) from error
    return read_signalset(content, path.stem, model_year)


def read_signalset(content: str | bytes, name: str, model_year: int | None = None) -> SignalSet:
    """Read a signal set from JSON; all else as `load_signalset`."""
    warnings: list[str] = []
    top = Node(_parsed(content, name), name)
    entries = top.items("commands")
    if len(entries) > MOST_COMMANDS:
        raise top.wrong(f"it has {len(entries)} commands; {MOST_COMMANDS} are allowed")
    warnings.extend(top.unknown_keys(_TOP))
    if top.get("synthetics"):
        warnings.append(f"{name}: signals computed from others are left out.")
    commands: list[Command] = []
    for number, entry in enumerate(entries, start=1):
        command = _command(Node(entry, f"{name}, command {number}"), model_year, warnings)
        if command is not None:
            commands.append(command)
    return SignalSet(name, tuple(commands), tuple(dict.fromkeys(warnings)))


def _parsed(content: str | bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SignalSetError(
            f"The signal set {name} is no readable JSON{where}.",
            to_do="Choose a signal set in OBDb's JSON form (version 3).",
        ) from error


def _command(node: Node, model_year: int | None, warnings: list[str]) -> Command | None:
    payload = _payload(node)
    node = node.named(f"{node.text('hdr')} {payload.hex(' ').upper()}")
    warnings.extend(node.unknown_keys(_COMMAND))
    every_s = node.number("freq")
    if every_s <= 0:
        raise node.wrong("its freq is not above 0")
    if not _SHORTEST_S <= every_s <= _LONGEST_S:
        raise node.wrong(
            f"its freq of {every_s:g} s is not between {_SHORTEST_S:g} and {_LONGEST_S:,.0f} s"
        )
    entries = node.items("signals")
    standard = mode01_pids().get(payload[1]) if payload[0] == SERVICE else None
    signals = _signals(node, [node.child(one, "signal") for one in entries], standard, warnings)
    if not _meant_for(node, model_year):
        return None
    address = read_address(node, warnings)
    if address is None:
        return None
    if node.get("din") is not None:
        warnings.append(
            f"{node.place}: it asks for a diagnostic session, which is not opened for reading; "
            "the car may refuse it."
        )
    length = standard.length if standard is not None else None
    if length is not None and any(one.bit_offset + one.bit_length > 8 * length for one in signals):
        length = None
    rate_hz = _USUAL_RATE_HZ if every_s <= 1 else 1 / every_s
    return Command(
        address=address,
        payload=payload,
        signals=signals,
        length=length,
        packable=length is not None and standard is not None and standard.command().packable,
        rate_hz=rate_hz if standard is None else max(standard.rate_hz, rate_hz),
    )


def _payload(node: Node) -> bytes:
    """Read `cmd`: {"01": "0C"}, {"21": "15"} or {"22": "10E5"}."""
    cmd = node.mapping("cmd")
    if len(cmd) != 1:
        raise node.wrong('its cmd is not one service and identifier, as in {"22": "10E5"}')
    service, identifier = next(iter(cmd.items()))
    digits = _PAYLOAD_DIGITS.get(service)
    if digits is None:
        raise node.wrong(f"its service {readable(service)} is none of 01, 21, 22")
    if not isinstance(identifier, str) or len(identifier) != digits:
        raise node.wrong(f"its identifier {readable(identifier)} has not {digits} hex digits")
    return bytes.fromhex(service) + node.hexadecimal(identifier, "identifier").to_bytes(
        digits // 2, "big"
    )


def _signals(
    node: Node, entries: list[Node], standard: Pid | None, warnings: list[str]
) -> tuple[Signal, ...]:
    if not entries:
        raise node.wrong("it has no signals")
    found: list[Signal] = []
    for entry in entries:
        signal = read_signal(entry, standard, warnings)
        if signal is None:
            continue
        if any(one.id == signal.id for one in found):
            raise node.wrong(f"the signal {signal.id} stands there twice")
        found.append(signal)
    pair = overlapping(found)
    if pair is not None:
        raise node.wrong(f"the signals {pair[0].id} and {pair[1].id} use the same bits")
    return tuple(found)


def _meant_for(node: Node, model_year: int | None) -> bool:
    """Tell whether the command's `filter` lets this model year through (no year: all pass)."""
    condition = node.get("filter")
    if condition is None:
        return True
    entry = node.child(condition, "filter")
    first, last = entry.year("from"), entry.year("to")
    years = [entry.checked_year(one) for one in entry.items("years", missing_is_empty=True)]
    if model_year is None:
        return True
    if model_year in years:
        return True
    after = first is not None and model_year >= first
    before = last is not None and model_year <= last
    if first is not None and last is not None and first <= last:
        return after and before
    return after or before  # `from` behind `to` leaves the years between them out
