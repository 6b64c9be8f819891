"""From the bytes of a positive answer to values.

Each command is compiled once into a row of plain integers and floats for each signal; decoding is
then one `int.from_bytes` and, for each signal, a shift, a mask and a multiplication.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.signals import Command, Signal

_NAN: Final = math.nan


class DecodeError(CarTechError):
    """An answer that does not fit the request; nothing of it may be used."""

    code: ClassVar[str] = "decode"


class _Step(NamedTuple):
    """One signal, ready to run."""

    id: str
    end_bit: int
    bit_length: int
    mask: int
    sign_bit: int
    factor: float
    divisor: float
    add: float
    add_first: bool
    low: float
    high: float
    gate: int
    lsb_bytes: int


class _Plan(NamedTuple):
    echo: bytes
    skip: int
    length: int | None
    least_bits: int
    steps: tuple[_Step, ...]


def decode(command: Command, payload: bytes) -> dict[str, float]:
    """Return the value of each signal that the answer holds, by signal id, in the signal's unit.

    `payload` is the reassembled answer and begins with `command.echo`. A signal whose support bit
    is 0, or that lies behind the end of an answer of open length, is absent; NaN stands for an
    answer that is no value (outside the signal's range, or its "not available" code).

    Errors: DecodeError where the echo is another, where the answer is shorter or longer than the
    command's fixed length, or too short for any of the signals.
    """
    plan = _plan(command)
    if not payload.startswith(plan.echo):
        raise _wrong_echo(command, payload)
    return _decoded(command, plan, payload[plan.skip :])


def split_mode01(payload: bytes, lengths: Mapping[int, int]) -> dict[int, bytes]:
    """Split a packed mode 01 answer into the data bytes of each PID.

    `payload` begins with 41; `lengths` holds the PIDs that were asked for and how many data bytes
    each has (SAE J1979, 5.3.1: PIDs come in any order, unsupported ones are left out). Padding
    behind the last PID (00, AA, 55, CC or FF throughout) is passed over.

    Errors: DecodeError where the service is another, a PID was not asked for, comes twice or is
    cut off; nothing is half taken.
    """
    if not payload or payload[0] != 0x41:
        raise DecodeError(
            f"The answer {payload[:12].hex(' ').upper()} does not belong to a mode 01 request.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    found: dict[int, bytes] = {}
    at, end = 1, len(payload)
    while at < end:
        pid = payload[at]
        size = lengths.get(pid)
        if size is None or pid in found:
            if found and _is_padding(payload[at:]):
                break
            raise _inconsistent(
                payload, pid, "was not asked for" if size is None else "comes twice"
            )
        if at + 1 + size > end:
            raise _inconsistent(payload, pid, "is cut off")
        found[pid] = payload[at + 1 : at + 1 + size]
        at += 1 + size
    if not found:
        raise DecodeError(
            "The answer to a mode 01 request holds no value.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    return found


def decode_data(command: Command, data: bytes) -> dict[str, float]:
    """Decode data bytes that stand alone (from `split_mode01`), without service and PID."""
    known = _BY_IDENTITY.get(id(command))
    plan = known[1] if known is not None else _plan(command)
    size = len(data)
    if size != plan.length or size * 8 < plan.least_bits:
        return _decoded(command, plan, data)
    return _values(plan.steps, data, size * 8)


def _decoded(command: Command, plan: _Plan, data: bytes) -> dict[str, float]:
    size = len(data)
    if (plan.length is not None and size != plan.length) or size * 8 < plan.least_bits:
        raise _wrong_length(command, plan.echo + data, size)
    return _values(plan.steps, data, size * 8)


def _values(steps: tuple[_Step, ...], data: bytes, bits: int) -> dict[str, float]:
    number = int.from_bytes(data, "big")
    values: dict[str, float] = {}
    for step in steps:
        shift = bits - step.end_bit
        if shift < 0:
            continue
        if step.gate >= 0 and not (number >> (bits - 1 - step.gate)) & 1:
            continue
        raw = (number >> shift) & step.mask
        if step.lsb_bytes:
            raw = int.from_bytes(raw.to_bytes(step.lsb_bytes, "big"), "little")
        if raw & step.sign_bit:
            raw -= step.sign_bit << 1
        if step.add_first:
            value = (raw + step.add) * step.factor / step.divisor
        else:
            value = raw * step.factor / step.divisor + step.add
        values[step.id] = value if step.low < value < step.high else _NAN
    return values


@lru_cache(maxsize=4096)
def _plan_of(command: Command) -> _Plan:
    echo = command.echo
    steps = tuple(_step(one) for one in command.signals)
    least_bits = min((step.end_bit for step in steps), default=0)
    return _Plan(echo, len(echo), command.length, least_bits, steps)


# Hashing a frozen dataclass with all its signals costs more than decoding it, so the plan is first
# looked up by the object itself; the entry keeps the command alive, so its id cannot be reused.
_BY_IDENTITY: dict[int, tuple[Command, _Plan]] = {}
_MOST_IDENTITIES: Final = 8192


def _plan(command: Command) -> _Plan:
    known = _BY_IDENTITY.get(id(command))
    if known is not None:
        return known[1]
    plan = _plan_of(command)
    if len(_BY_IDENTITY) >= _MOST_IDENTITIES:
        _BY_IDENTITY.clear()
    _BY_IDENTITY[id(command)] = (command, plan)
    return plan


def _step(signal: Signal) -> _Step:
    factor, divisor = signal.mul, signal.div
    # Half a count, so that the end of the range itself is not lost to rounding.
    slack = abs(factor / divisor) / 2
    low = -math.inf if signal.minimum is None else signal.minimum - slack
    high = math.inf if signal.maximum is None else signal.maximum + slack
    if signal.null_min is not None:
        low = max(low, signal.null_min)
    if signal.null_max is not None:
        high = min(high, signal.null_max)
    size = signal.bit_length
    return _Step(
        id=signal.id,
        end_bit=signal.bit_offset + size,
        bit_length=size,
        mask=(1 << size) - 1,
        sign_bit=1 << (size - 1) if signal.signed else 0,
        factor=factor,
        divisor=divisor,
        add=signal.add,
        add_first=signal.add_first,
        low=low,
        high=high,
        gate=-1 if signal.gate is None else signal.gate,
        lsb_bytes=size // 8 if signal.lsb_first and size > 8 else 0,
    )


_PADDING: Final = frozenset((0x00, 0x55, 0xAA, 0xCC, 0xFF))


def _is_padding(rest: bytes) -> bool:
    return rest[0] in _PADDING and rest.count(rest[0]) == len(rest)


def _wrong_echo(command: Command, payload: bytes) -> DecodeError:
    return DecodeError(
        f"The answer {payload[:12].hex(' ').upper() or '(empty)'} does not belong to the request "
        f"{command.payload.hex(' ').upper()}.",
        to_do="The request is sent again; if this repeats, the adapter mixes answers up.",
    )


def _wrong_length(command: Command, payload: bytes, size: int) -> DecodeError:
    wanted = "more" if command.length is None else str(command.length)
    return DecodeError(
        f"The answer {payload[:12].hex(' ').upper()} to {command.payload.hex(' ').upper()} has "
        f"{size} data bytes where {wanted} are due.",
        to_do="The request is sent again; if this repeats, the car uses another layout.",
    )


def _inconsistent(payload: bytes, pid: int, what: str) -> DecodeError:
    return DecodeError(
        f"In the answer {payload.hex(' ').upper()} the PID {pid:02X} {what}.",
        to_do="The request is sent again, with fewer PIDs at once if this repeats.",
    )
