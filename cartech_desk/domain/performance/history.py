"""A vehicle's power over time: one point for each session, with what was fitted by then.

All points are under one correction. What cannot be set beside the others (another brand of dyno, no
weather to correct by, a run with a grave mark) is there, says why, and is part of no gain.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final

SURE_SHARE: Final = 0.01
"""Less than this share of the power is what any two runs of a car differ by (`dyno.compare`)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A modification on the axis of time; `removed` None while it is on the car.

    `noted` is the instant at which it was noted, where that was on the day it was fitted: among
    the sessions of that day it tells which was before it. When it came off, only a day tells.
    """

    id: str
    words: str
    type: str
    fitted: date | None
    removed: date | None = None
    noted: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionPower:
    """What a vehicle brought in one session: its best run, under the correction asked for.

    `power_kw` and `torque_nm` are the peaks of run `run_id`, None where no run has any. `runs`
    counts those that have a peak; `spread_pct` is how far their peaks lie apart, None of one run.
    `bench` says on what it was driven ("Dynojet 248x", "road"). `unlike` says why it stands not
    beside the others; empty where it does.
    """

    session_id: str
    run_id: str
    run: str
    at: datetime
    day: date
    power_kw: float | None
    torque_nm: float | None
    factor: float
    corrected: bool
    bench: str
    place: str
    """"wheels" or "engine"."""
    mods: tuple[str, ...] = ()
    notes: str = ""
    runs: int = 1
    spread_pct: float | None = None
    unlike: str = ""
    power_rpm: float | None = None
    torque_rpm: float | None = None


@dataclass(frozen=True, slots=True)
class Gained:
    """What came between two sessions that can be compared: gain, and what was fitted meanwhile.

    `sure` is False where the gain is within what the runs of either differ by.
    """

    before: str
    after: str
    power_kw: float
    power_pct: float
    torque_nm: float | None
    fitted: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class PowerHistory:
    """A vehicle's power over time; points by time, the oldest first."""

    vehicle_id: str
    vehicle: str
    correction: str
    """In words, as "SAE J1349, June 1990 form"."""
    points: tuple[SessionPower, ...] = ()
    fitted: tuple[Fitted, ...] = ()
    gains: tuple[Gained, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def whole(self) -> Gained | None:
        """What came from the first to the last session that can be compared (`whole_gain`)."""
        return whole_gain(self.points, self.fitted)


def told_apart(points: Sequence[SessionPower]) -> tuple[SessionPower, ...]:
    """Return the points, each with why it stands not beside the others.

    The others are those of the kind (bench, place, corrected) that has most sessions, the newest
    among equals. A point that says already why keeps that.
    """
    kinds = Counter(_kind(one) for one in points if not one.unlike)
    if not kinds:
        return tuple(points)
    newest = {_kind(one): one.at for one in points if not one.unlike}
    usual = max(kinds, key=lambda kind: (kinds[kind], newest[kind]))
    return tuple(
        one if one.unlike or _kind(one) == usual else replace(one, unlike=_why_unlike(one, usual))
        for one in points
    )


def with_fitted(
    points: Sequence[SessionPower], fitted: Sequence[Fitted]
) -> tuple[SessionPower, ...]:
    """Return the points with what was on the car at each; "perhaps" where its day tells not."""
    return tuple(replace(one, mods=tuple(_on(one, fitted, points))) for one in points)


def gains(points: Sequence[SessionPower], fitted: Sequence[Fitted]) -> tuple[Gained, ...]:
    """Return what came between each two sessions that follow each other and can be compared."""
    alike = [one for one in points if not one.unlike]
    return tuple(
        gained
        for before, after in pairwise(alike)
        if (gained := gain_between(before, after, fitted, points)) is not None
    )


def whole_gain(points: Sequence[SessionPower], fitted: Sequence[Fitted]) -> Gained | None:
    """Return what came from the first to the last session that can be compared.

    Over several steps it names what was fitted in those that are sure by themselves: what came
    later with nothing fitted is no part's.
    """
    alike = [one for one in points if not one.unlike]
    whole = gain_between(alike[0], alike[-1], fitted, points) if len(alike) > 1 else None
    if whole is None or len(alike) == 2:
        return whole
    steps = [one for one in gains(points, fitted) if one.sure]
    words = dict.fromkeys(words for one in steps for words in one.fitted)
    return replace(whole, fitted=tuple(words))


def gain_between(
    before: SessionPower,
    after: SessionPower,
    fitted: Sequence[Fitted],
    points: Sequence[SessionPower] = (),
) -> Gained | None:
    """Return what came between two sessions; None where one of them has no power.

    `points` are all of the vehicle: other sessions of a day tell when a part was fitted in it.
    """
    if not before.power_kw or after.power_kw is None:
        return None
    gain = after.power_kw - before.power_kw
    both = before.torque_nm is not None and after.torque_nm is not None
    scatter = max(SURE_SHARE, *((one.spread_pct or 0.0) / 100.0 for one in (before, after))) * max(
        before.power_kw, after.power_kw
    )
    return Gained(
        before.session_id,
        after.session_id,
        gain,
        100.0 * gain / before.power_kw,
        (after.torque_nm or 0.0) - (before.torque_nm or 0.0) if both else None,
        tuple(_between(before, after, fitted, points or (before, after))),
        abs(gain) > scatter,
    )


def _between(
    before: SessionPower,
    after: SessionPower,
    fitted: Sequence[Fitted],
    points: Sequence[SessionPower],
) -> Iterator[str]:
    for one in fitted:
        for day, noted, words in (
            (one.fitted, one.noted, one.words),
            (one.removed, None, f"{one.words} taken off"),
        ):
            if day is None:
                continue
            first, last = (_by_then(day, noted, point, points) for point in (before, after))
            if first is False and last:
                yield words
            elif first is not True and last is not False:
                yield _perhaps(words, day)


def _on(
    point: SessionPower, fitted: Sequence[Fitted], points: Sequence[SessionPower]
) -> Iterator[str]:
    for one in fitted:
        # One of an unknown day was not told of before.
        on = one.fitted is not None and _by_then(one.fitted, one.noted, point, points)
        off = one.removed is not None and _by_then(one.removed, None, point, points)
        if on is False or off is True:
            continue
        if on is None and one.fitted is not None:
            yield _perhaps(one.words, one.fitted)
        elif off is None and one.removed is not None:
            yield f"{one.words} (perhaps taken off, {one.removed}: at what time is not known)"
        else:
            yield one.words


def _by_then(
    day: date, noted: datetime | None, point: SessionPower, points: Sequence[SessionPower]
) -> bool | None:
    """Tell whether what was done on a day was done when a session was driven; None: not known.

    Of one session on that day it was, unless it was noted later. What was noted after the last
    session of its day may have been done before any of them.
    """
    if day != point.day:
        return day < point.day
    same = [one.at for one in points if one.day == day]
    if noted is None:
        return True if len(same) < 2 else None
    if noted <= point.at:
        return True
    return False if any(noted <= at for at in same) else None


def _perhaps(words: str, day: date) -> str:
    return f"perhaps {words} ({day}: at what time is not known)"


_Kind = tuple[str, str, bool]


def _kind(point: SessionPower) -> _Kind:
    return point.bench, point.place, point.corrected


def _why_unlike(point: SessionPower, usual: _Kind) -> str:
    bench, place, corrected = usual
    if point.bench != bench:
        return (
            f"Driven on {point.bench or 'a dyno that nobody named'}, the others on "
            f"{bench or 'one that nobody named'}: no two brands read the same."
        )
    if point.place != place:
        return f"Power at the {point.place}, of the others at the {place}: one is estimated."
    if corrected:
        return "Its air is not known, so it is not corrected: part of the difference is weather."
    return "It is corrected for its weather, and the others are not: look at all uncorrected."
