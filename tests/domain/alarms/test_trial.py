"""A limit tried on a recording, against the limit watch fed with the same."""

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import Happening
from cartech_desk.domain.alarms.trial import TrialRefused, try_limit
from cartech_desk.domain.alarms.watch import LimitWatch
from cartech_desk.domain.channels import Quality, Reading

MS = 1_000_000
RPM = Limit("rpm_high", "rpm", Comparison.ABOVE, 6500, 7000, deadband=100, off_delay_s=1)


def column(points):
    """Times in milliseconds, values, and qualities where they are not good."""
    rows = [(*point, Quality.GOOD)[:3] for point in points]
    return SimpleNamespace(
        t_ns=np.array([t * MS for t, _, _ in rows], dtype=np.int64),
        values=np.array([value for _, value, _ in rows], dtype=np.float64),
        quality=np.array([quality for _, _, quality in rows], dtype=np.uint8),
    )


def test_it_tells_when_how_long_and_how_far():
    points = [(t * 100, 6000) for t in range(10)]
    points += [(1000 + t * 100, 6800 if t < 5 else 7200) for t in range(10)]
    points += [(2000 + t * 100, 6000) for t in range(20)]
    trial = try_limit(RPM, {"rpm": column(points)})
    (one,) = trial.occurrences
    assert one.level is Level.TRIP
    assert (one.from_ns, one.tripped_ns, one.to_ns) == (1000 * MS, 1500 * MS, 3000 * MS)
    assert (one.furthest, one.beyond) == (7200.0, 700.0)
    assert (trial.trips, trial.warnings) == (1, 0)
    assert trial.out_s == pytest.approx(2.0)
    assert (trial.first_ns, trial.last_ns, trial.samples) == (0, 3900 * MS, 40)


def test_what_stands_at_the_end_has_no_end():
    trial = try_limit(RPM, {"rpm": column([(0, 6000), (100, 6600), (200, 6700)])})
    (one,) = trial.occurrences
    assert one.to_ns is None
    assert trial.out_s == pytest.approx(0.1)
    assert trial.warnings == 1


def test_a_limit_below_tells_the_lowest_value():
    low = Limit("oil", "oil_pressure", Comparison.BELOW, 150, 100)
    trial = try_limit(low, {"oil_pressure": column([(0, 300), (100, 140), (200, 120), (300, 200)])})
    assert (trial.occurrences[0].furthest, trial.occurrences[0].beyond) == (120.0, 30.0)


def test_it_counts_what_told_nothing_and_what_the_gate_left_out():
    gated = replace(RPM, gate="map > 95")
    columns = {
        "rpm": column([(0, 7500), (100, 7500), (200, 7500, Quality.INVALID), (300, 7500)]),
        "map": column([(50, 90), (250, 90), (290, 0, Quality.STALE)]),
    }
    trial = try_limit(gated, columns)
    assert (trial.samples, trial.unknown, trial.gated) == (4, 3, 1)
    assert trial.occurrences == ()


def test_one_out_of_service_is_tried_too():
    trial = try_limit(replace(RPM, in_service=False), {"rpm": column([(0, 7500)])})
    assert trial.trips == 1


def test_what_was_not_recorded_is_refused():
    with pytest.raises(TrialRefused, match="has no map"):
        try_limit(replace(RPM, gate="map > 95"), {"rpm": column([(0, 1)])})
    with pytest.raises(TrialRefused, match="Nothing was recorded"):
        try_limit(RPM, {"rpm": column([])})


def slowly(limit, columns):
    """Feed the watch instant by instant; return when the alarm came, tripped and went."""
    instants = {}
    for name, one in columns.items():
        for t, value, quality in zip(one.t_ns, one.values, one.quality, strict=True):
            instants.setdefault(int(t), []).append(
                Reading(name, int(t), float(value), Quality(int(quality)))
            )
    watch = LimitWatch([limit])
    alarm = watch.alarms[f"limit:{limit.key}"]
    found, came, tripped = [], None, None
    for t in sorted(instants):
        for change in watch.take(instants[t]):
            if change.happening is Happening.RAISED:
                came, tripped = t, None
            if change.happening is Happening.RETURNED:
                found.append((came, tripped, t))
                came = None
        if alarm.level is Level.TRIP and tripped is None:
            tripped = t
    if came is not None:
        found.append((came, tripped, None))
    return found


NUMBERS = st.sampled_from([-9.0, -6.0, -4.0, -1.0, 0.0, 1.0, 3.0, 4.0, 6.0, 9.0, np.nan, np.inf])
QUALITIES = st.sampled_from([Quality.GOOD] * 6 + [Quality.INVALID, Quality.STALE])
POINTS = st.lists(
    st.tuples(st.sampled_from([1, 10, 50, 100, 500]), NUMBERS, QUALITIES), min_size=1, max_size=120
)


def timed(points):
    t, rows = 0, []
    for wait, value, quality in points:
        t += wait
        rows.append((t, value, quality))
    return column(rows)


@st.composite
def limits(draw):
    above = draw(st.booleans())
    warning = draw(st.sampled_from([-4.0, 0.0, 3.0, None]))
    trip = draw(st.sampled_from([None, 1.0, 3.0])) if warning is not None else 0.0
    if trip is not None and warning is not None:
        trip = warning + trip * (1 if above else -1)
    delays = st.sampled_from([0.0, 0.05, 0.1, 0.5])
    return Limit(
        "k",
        draw(st.sampled_from(["a", "a", "a - b"])),
        Comparison.ABOVE if above else Comparison.BELOW,
        warning,
        trip,
        deadband=draw(st.sampled_from([0.0, 1.0])),
        warning_delay_s=draw(delays),
        trip_delay_s=draw(delays),
        off_delay_s=draw(delays),
        gate=draw(st.sampled_from(["", "", "g > 0", "g > 0 or b < 0"])),
    )


@settings(max_examples=250, deadline=None)
@given(limit=limits(), a=POINTS, b=POINTS, g=POINTS)
def test_it_is_the_watch_made_quick(limit, a, b, g):
    columns = {"a": timed(a), "b": timed(b), "g": timed(g)}
    needed = {name: columns[name] for name in limit.channels}
    trial = try_limit(limit, needed)
    told = [(one.from_ns, one.tripped_ns, one.to_ns) for one in trial.occurrences]
    assert told == slowly(limit, needed)


@pytest.mark.parametrize("gate", ["", "map > 95 and rpm > 2000"])
def test_an_hour_at_100_hz_takes_about_a_second(gate):
    count = 360_000
    t_ns = np.arange(count, dtype=np.int64) * 10 * MS
    good = np.zeros(count, dtype=np.uint8)
    rpm = 4500 + 2500 * np.sin(t_ns / 1e9 / 7) + np.random.default_rng(1).normal(0, 40, count)
    columns = {
        "rpm": SimpleNamespace(t_ns=t_ns, values=rpm, quality=good),
        "map": SimpleNamespace(t_ns=t_ns, values=np.full(count, 120.0), quality=good),
    }
    limit = replace(RPM, gate=gate, warning_delay_s=0.2, trip_delay_s=0.5)
    begun = time.perf_counter()
    trial = try_limit(limit, columns)
    assert time.perf_counter() - begun < 3.0  # a second, and two for others on the machine
    assert trial.warnings + trial.trips > 20
