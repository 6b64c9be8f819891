"""What must hold for signals that share the bytes of one answer, whoever wrote the table."""

from collections.abc import Sequence
from dataclasses import replace

from cartech_desk.domain.obd.signals import Signal
from cartech_desk.domain.units import convert


def raw_range(signal: Signal) -> tuple[float, float]:
    """Return the values of the smallest and the largest raw count, smaller value first."""
    if signal.signed:
        low, high = -(1 << (signal.bit_length - 1)), (1 << (signal.bit_length - 1)) - 1
    else:
        low, high = 0, (1 << signal.bit_length) - 1
    ends = sorted((scaled(signal, low), scaled(signal, high)))
    return ends[0], ends[1]


def scaled(signal: Signal, raw: float) -> float:
    """Return the value of one raw count."""
    if signal.add_first:
        return (raw + signal.add) * signal.mul / signal.div
    return raw * signal.mul / signal.div + signal.add


def with_full_range(signal: Signal) -> Signal:
    """Fill in the range of a signal that states none: all that its bits can say."""
    low, high = raw_range(signal)
    return replace(
        signal,
        minimum=low if signal.minimum is None else signal.minimum,
        maximum=high if signal.maximum is None else signal.maximum,
    )


def overlapping(signals: Sequence[Signal]) -> tuple[Signal, Signal] | None:
    """Return the first two signals that use the same bits, None where none do.

    The same bits read on two scales are no overlap where the answer itself tells by support bits
    which of the two holds (PID 6B): exactly the same span, and both gated, by different bits.
    """
    ordered = sorted(signals, key=lambda one: (one.bit_offset, one.bit_length))
    for at, first in enumerate(ordered):
        for second in ordered[at + 1 :]:
            if second.bit_offset >= first.bit_offset + first.bit_length:
                break
            if not _alternatives(first, second):
                return first, second
    return None


def _alternatives(first: Signal, second: Signal) -> bool:
    same_span = (first.bit_offset, first.bit_length) == (second.bit_offset, second.bit_length)
    gated = first.gate is not None and second.gate is not None
    return same_span and gated and first.gate != second.gate


def in_unit(signal: Signal, unit: str) -> Signal:
    """Return the signal with its formula and range in another unit of the same kind.

    Errors: UnitError where the units measure different things.
    """
    if signal.unit == unit:
        return signal
    zero = convert(0.0, signal.unit, unit)
    factor = convert(1.0, signal.unit, unit) - zero
    add = signal.add * signal.mul / signal.div if signal.add_first else signal.add

    def changed(value: float | None) -> float | None:
        return None if value is None else value * factor + zero

    return replace(
        signal,
        unit=unit,
        mul=signal.mul * factor,
        add=add * factor + zero,
        add_first=False,
        minimum=changed(signal.minimum),
        maximum=changed(signal.maximum),
        null_min=changed(signal.null_min),
        null_max=changed(signal.null_max),
    )
