"""Samples brought to columns: peaks stay, gaps stay, memory stays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.ui.models.columns import (
    ColumnRing,
    columns_of_envelope,
    columns_of_samples,
)

SECOND = 1_000_000_000
GAP = 2 * SECOND


def fed(t_s, values, column_s=0.1, count=100, pieces=1):
    ring = ColumnRing()
    ring.reset(int(column_s * SECOND), count)
    t_ns = np.round(np.asarray(t_s, float) * SECOND).astype(np.int64)
    values = np.asarray(values, float)
    for t, v in zip(np.array_split(t_ns, pieces), np.array_split(values, pieces), strict=True):
        ring.feed(t, v)
    return ring


def test_a_peak_of_one_sample_is_in_its_column():
    columns = fed(np.arange(500) / 100, [9000.0 if n == 123 else 800.0 for n in range(500)])
    got = columns.columns(GAP)
    assert got.high.max() == 9000.0
    assert got.t_ns[got.high.argmax()] == int(1.25 * SECOND)


def test_a_silence_longer_than_the_gap_begins_a_new_line():
    got = fed([1.0, 1.1, 1.2, 4.0, 4.1], [1, 2, 3, 4, 5]).columns(GAP)
    assert got.starts.tolist() == [True, False, False, True, False]


def test_empty_columns_of_a_slow_channel_do_not_break_its_line():
    got = fed([1.0, 2.0, 3.0], [1, 2, 3]).columns(GAP)
    assert got.starts.tolist() == [True, False, False]


def test_an_invalid_sample_breaks_the_line_however_short_it_is():
    got = fed([1.0, 1.1, 1.2, 1.3], [1, 2, np.nan, 4]).columns(GAP)
    assert got.starts.tolist() == [True, False, True]
    assert np.isfinite(got.low).all()


def test_columns_older_than_the_ring_are_gone():
    got = fed(np.arange(0, 30, 0.1), np.arange(300.0), count=50, pieces=7).columns(GAP)
    assert len(got) <= 50
    assert got.low.min() >= 249


def test_a_jump_over_the_whole_ring_leaves_nothing_of_before():
    ring = fed([0.0, 0.1], [1.0, 2.0], count=10)
    ring.feed(np.array([100 * SECOND]), np.array([7.0]))
    assert ring.columns(GAP).low.tolist() == [7.0]


def test_samples_handed_in_twice_count_once():
    ring = fed([1.0, 1.1], [1.0, 2.0])
    ring.feed(np.array([SECOND, int(1.1 * SECOND), int(1.2 * SECOND)]), np.array([50.0, 60.0, 3.0]))
    assert ring.columns(GAP).high.max() == 3.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 400_000_000), st.floats(-1e6, 1e6) | st.just(float("nan"))),
        min_size=1,
        max_size=120,
    ),
    st.integers(1, 6),
)
def test_columns_in_pieces_are_those_of_the_whole(steps, pieces):
    t_ns = np.cumsum([step for step, _ in steps])
    values = np.array([value for _, value in steps])
    whole, parts = ColumnRing(), ColumnRing()
    for ring in (whole, parts):
        ring.reset(100_000_000, 1000)
    whole.feed(t_ns, values)
    for t, v in zip(np.array_split(t_ns, pieces), np.array_split(values, pieces), strict=True):
        parts.feed(t, v)
    a, b = whole.columns(GAP), parts.columns(GAP)
    assert np.array_equal(a.t_ns, b.t_ns)
    assert np.array_equal(a.low, b.low)
    assert np.array_equal(a.high, b.high)
    assert np.array_equal(a.starts, b.starts)
    good = values[np.isfinite(values)]
    if len(good):
        assert a.low.min() == good.min()
        assert a.high.max() == good.max()


def test_samples_keep_every_point_and_break_at_nan_and_at_silence():
    t = np.array([0, 1, 2, 3, 9, 10]) * SECOND
    got = columns_of_samples(t, np.array([1, 2, np.nan, 4, 5, 6.0]), GAP)
    assert got.low.tolist() == [1, 2, 4, 5, 6]
    assert got.starts.tolist() == [True, False, True, True, False]


def test_an_envelope_breaks_where_its_empty_stretches_are_longer_than_the_gap():
    t = np.arange(8) * SECOND
    low = np.array([1, np.nan, 1, np.nan, np.nan, np.nan, 1, 1.0])
    got = columns_of_envelope(t, low, low + 1, GAP)
    assert got.starts.tolist() == [True, False, True, False]


def test_a_break_stands_after_the_last_good_sample_of_its_column():
    got = fed([1.0, 1.01, 1.02, 1.1], [1, 2, np.nan, 3], column_s=0.1).columns(GAP)
    assert got.starts.tolist() == [True, True]
    still = fed([1.0, 1.1, 1.11], [1, 2, np.nan], column_s=0.1).columns(GAP)
    assert still.starts.tolist() == [True, False]


def test_a_break_at_the_end_of_a_batch_is_remembered_for_the_next():
    ring = fed([1.0, 1.1], [1.0, np.nan])
    ring.feed(np.array([int(1.2 * SECOND)]), np.array([2.0]))
    assert ring.columns(GAP).starts.tolist() == [True, True]
