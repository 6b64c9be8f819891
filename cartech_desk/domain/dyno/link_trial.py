"""Trying a link definition on bytes that were captured: what fits, what does not, what it means."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cartech_desk.domain.dyno.link_definition import LinkDefinition
from cartech_desk.domain.dyno.link_packets import Found, Packets


@dataclass(frozen=True, slots=True)
class FieldTrial:
    """What one field came to: values and invalid ones, the lowest and highest, the first few."""

    name: str
    label: str
    unit: str
    values: int
    invalid: int
    lowest: float
    highest: float
    first: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a definition makes of a capture. `verdict` is a sentence, `fits` whether it is usable.

    `skipped` bytes fit no packet; `reasons` says why and how often, the most frequent first.
    """

    bytes: int
    packets: int
    skipped: int
    reasons: tuple[tuple[str, int], ...]
    fields: tuple[FieldTrial, ...]
    fits: bool
    verdict: str


ENOUGH: float = 0.95
"""A definition fits where so much of the bytes is packets."""


def try_on(definition: LinkDefinition, pieces: Sequence[tuple[int, bytes]]) -> Trial:
    """Try a definition on pieces of a capture (t_ns, bytes)."""
    packets = Packets(definition)
    found: list[Found] = []
    for t_ns, data in pieces:
        found += packets.feed(data, t_ns)
    found += packets.quiet()
    good = [one for one in found if not one.why]
    skipped = sum(len(one.data) for one in found if one.why)
    reasons = Counter(one.why for one in found if one.why)
    total = sum(len(data) for _, data in pieces)
    fields = tuple(_field(definition, index, good) for index in range(len(definition.fields)))
    fits, verdict = _verdict(definition, pieces, good, fields)
    return Trial(total, len(good), skipped, tuple(reasons.most_common()), fields, fits, verdict)


def _field(definition: LinkDefinition, index: int, good: Sequence[Found]) -> FieldTrial:
    one = definition.fields[index]
    values = [packet.values[one.name] for packet in good]
    real = [value for value in values if not math.isnan(value)]
    return FieldTrial(
        one.name,
        one.label,
        one.unit,
        len(real),
        len(values) - len(real),
        min(real, default=math.nan),
        max(real, default=math.nan),
        tuple(values[:5]),
    )


def _verdict(
    definition: LinkDefinition,
    pieces: Sequence[tuple[int, bytes]],
    good: Sequence[Found],
    fields: Sequence[FieldTrial],
) -> tuple[bool, str]:
    total = sum(len(data) for _, data in pieces)
    if not total:
        return False, "The capture is empty: nothing came from the device."
    if not good:
        return False, f"It never matches: {_hint(definition, b''.join(d for _, d in pieces))}"
    fitting = sum(len(one.data) for one in good)
    share = fitting / total
    dead = [one.label for one in fields if not one.values]
    if dead:
        return False, f"Packets are found, but {', '.join(dead)} never had a value."
    if share < ENOUGH:
        return False, f"Only {share:.0%} of the bytes fit; {total - fitting} were skipped."
    return True, f"{len(good)} packets fit, {share:.1%} of all bytes."


def _hint(definition: LinkDefinition, data: bytes) -> str:
    form = definition.packet
    sync, terminator = form.sync, form.terminator
    if sync and sync not in data:
        common = ", ".join(f"{byte:02X}" for byte, _ in Counter(data).most_common(3))
        return f"no byte sequence {sync.hex(' ').upper()} came; the most frequent are {common}."
    if terminator and terminator not in data:
        return f"nothing ends with {terminator.hex(' ').upper()}. Check the speed of the line."
    return "packets begin and end, and their length, checksum or columns do not fit."
