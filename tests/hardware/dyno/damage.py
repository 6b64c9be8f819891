"""Damage to a stream, and what may come of it.

What is asserted of every reading that passes as GOOD from a damaged stream:

- it is a value that the undamaged stream holds at that place (or at one of its neighbours, where
  the damage has moved a packet's first byte), or
- it lies no further from what the undamaged stream holds there than a step of the guard (the
  docstrings of `step_guard` and of each source say why nobody can know more), and that happens
  seldom; where a packet has a sum, only when two bytes of one were hurt so that they make up for
  each other.

Of a stream that was hurt twice or thrice, two neighbours may confirm each other: that is counted,
and as good as never. And the reader is never stuck: the frames behind the damage are all read
again, bar the few that are needed to believe anew.
"""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cartech_desk.domain.channels import Quality, Reading

FRAMES = 14
UNHURT = 6
"""Frames at the end that are never damaged."""
BELIEVED_AFTER = 3
"""Frames that may be needed to believe anew."""


@dataclass
class Tally:
    """What came of many damages."""

    damages: int = 0
    readings: int = 0
    near: int = 0
    """Readings that differ and pass, within a step."""
    wrong: list[str] = field(default_factory=list)
    agreed: int = 0
    """Streams in which two hurt neighbours said the same and so confirmed each other."""
    stuck: list[str] = field(default_factory=list)


def damaged(frames: Sequence[bytes], rng: random.Random) -> tuple[list[bytes], int]:
    """Drop, double, flip or replace bytes, cut or insert; one to three times."""
    hurt = [bytearray(frame) for frame in frames]
    times = rng.choice((1, 1, 1, 2, 3))
    for _ in range(times):
        frame = hurt[rng.randrange(FRAMES - UNHURT)]
        if not frame:
            continue
        place = rng.randrange(len(frame))
        kind = rng.randrange(6)
        if kind == 0:
            del frame[place]
        elif kind == 1:
            frame.insert(place, frame[place])
        elif kind == 2:
            frame[place] ^= 1 << rng.randrange(8)
        elif kind == 3:
            frame[place] = rng.randrange(256)
        elif kind == 4:
            del frame[place : place + rng.randrange(1, 12)]
        else:
            frame[place:place] = rng.randbytes(rng.randrange(1, 8))
    return [bytes(frame) for frame in hurt], times


def pieces(frames: Sequence[bytes], period_ns: int, began_ns: int, rng: random.Random | None):
    """Return the frames at their times, each split at a random place."""
    found = []
    for place, frame in enumerate(frames):
        t_ns = began_ns + place * period_ns
        cut = rng.randrange(len(frame) + 1) if rng is not None and frame else 0
        found += [(t_ns, frame[:cut]), (t_ns + 1_000_000, frame[cut:])]
    return found


def by_channel(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    found = defaultdict(list)
    for reading in readings:
        if reading.quality is Quality.GOOD:
            found[reading.channel].append(reading)
    for channel in found:
        found[channel].sort(key=lambda reading: reading.t_ns)
    return found


def judge(streams, stream, count: int, seed: int) -> Tally:
    """Damage a stream until `count` damages were done."""
    rng = random.Random(seed)  # noqa: S311 - repeatable damage
    tally = Tally()
    while tally.damages < count:
        # Not always the same phase of the signal.
        first = rng.randrange(40)
        frames = stream.frames(first + FRAMES)[first:]
        began_ns = streams.BEGAN_NS
        clean = by_channel(
            streams.hear(stream.make(), pieces(frames, stream.period_ns, began_ns, None))
        )
        hurt, times = damaged(frames, rng)
        source = stream.make()
        heard = streams.hear(source, pieces(hurt, stream.period_ns, began_ns, rng))
        tally.damages += times
        said = f"seed {seed}, damage {tally.damages}"
        got = by_channel(heard)
        before = len(tally.wrong)
        for channel, readings in got.items():
            _compare(tally, stream, source, clean.get(channel, []), readings, said)
        if times > 1 and len(tally.wrong) > before:
            del tally.wrong[before:]
            tally.agreed += 1
        _recovered(tally, stream, clean, got, began_ns, said)
    return tally


def _compare(tally, stream, source, clean, readings, said) -> None:
    times = [reading.t_ns for reading in clean]
    for reading in readings:
        tally.readings += 1
        at = bisect_left(times, reading.t_ns - 2 * stream.period_ns)
        end = bisect_left(times, reading.t_ns + 2 * stream.period_ns)
        true = [one.value for one in clean[at:end]]
        if any(reading.value == value for value in true):
            continue
        if reading.channel.endswith("_clock") and true:
            continue  # the clock of a line that was cut: its own time, held by the device clock
        if true and _near(source, reading, min(true), max(true)):
            tally.near += 1
            continue
        tally.wrong.append(f"{said}: {reading} is none of {true}")


def _near(source, reading, low: float, high: float) -> bool:
    watched = source._guard._watched.get(reading.channel)
    if watched is None:
        return (
            reading.channel.endswith(("_afr", "_speed")) and low * 0.8 < reading.value < high * 1.2
        )
    step = watched.step
    greater = max(abs(low), abs(high), abs(reading.value))
    room = step.base + (step.part + step.of_most) * greater + step.per_s * 0.2
    return low - room <= reading.value <= high + room


def _recovered(tally, stream, clean, got, began_ns, said) -> None:
    from_ns = began_ns + (FRAMES - UNHURT + BELIEVED_AFTER) * stream.period_ns
    for channel, readings in clean.items():
        if channel.endswith("_clock"):
            continue
        expected = {one.value for one in readings if one.t_ns >= from_ns}
        have = {
            one.value for one in got.get(channel, []) if one.t_ns >= from_ns - 2 * stream.period_ns
        }
        if not expected <= have:
            tally.stuck.append(f"{said}: {channel} lacks {expected - have}")
