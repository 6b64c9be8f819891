import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.bay.rings import Ring, achieved_hz, capacity_for

SECOND = 1_000_000_000


def filled(capacity, times):
    ring = Ring(capacity)
    for t in times:
        ring.put(t, float(t), 0)
    return ring


@given(
    st.integers(2, 40),
    st.lists(st.integers(0, 5), max_size=120).map(np.cumsum),
    st.integers(-1, 400),
)
def test_a_ring_gives_back_the_newest_samples_from_a_time_on(capacity, times, since):
    times = [int(t) for t in times]
    t, values, quality = filled(capacity, times).since(since)
    # One slot is kept free for the writer once the ring has gone round.
    kept = times if len(times) < capacity else times[-(capacity - 1) :]
    assert t.tolist() == [one for one in kept if one >= since]
    assert values.tolist() == [float(one) for one in t]
    assert quality.tolist() == [0] * len(t)


@given(st.integers(2, 40), st.lists(st.integers(0, 5), max_size=120).map(np.cumsum))
def test_a_span_counts_what_since_would_copy(capacity, times):
    ring = filled(capacity, [int(t) for t in times])
    t, _, _ = ring.since(20)
    samples, first, last = ring.span(20)
    assert samples == len(t)
    if samples:
        assert (first, last) == (t[0], t[-1])


def test_a_copy_does_not_change_when_the_ring_goes_on():
    ring = filled(8, range(6))
    series = ring.series(0)
    for t in range(6, 30):
        ring.put(t, -1.0, 0)
    assert series.values.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_grown_ring_keeps_what_there_was():
    ring = filled(8, range(20)).grown(32)
    ring.put(20, 20.0, 0)
    assert ring.series(0).values.tolist() == [13, 14, 15, 16, 17, 18, 19, 20]


def test_readers_never_see_a_torn_or_overwritten_sample():
    ring = Ring(64)
    stop = threading.Event()

    def write():
        t = 0
        while not stop.is_set():
            t += 1
            ring.put(t, float(t), t % 3)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3000):
            t, values, quality = ring.since(0)
            assert np.array_equal(t, values.astype(np.int64))
            assert np.array_equal(quality, t % 3)
            assert (np.diff(t) == 1).all()
    finally:
        stop.set()
        writer.join()


def test_the_memory_of_a_ring_is_bounded_whatever_is_asked():
    assert capacity_for(0.01, 600) == 256
    assert capacity_for(100, 600) == pytest.approx(75_000, abs=2)
    assert capacity_for(1e6, 1e6) == 1 << 20


def test_a_ring_takes_the_memory_that_came_and_not_what_may_come():
    ring = Ring(1 << 18)
    assert len(ring._put_t) == 0
    for t in range(1500):
        ring.put(t, float(t), 0)
    assert len(ring._put_t) == 2048
    assert ring.since(0)[0].tolist() == list(range(1500))
    small = Ring(1500)
    for t in range(5000):
        small.put(t, float(t), 0)
    assert len(small._put_t) == 1500
    assert small.since(0)[0].tolist() == list(range(3501, 5000))
    assert small.grown(4000).since(0)[0].tolist() == list(range(3501, 5000))


def test_readers_see_nothing_torn_while_a_ring_grows():
    for _ in range(20):
        ring = Ring(1 << 16)
        writer = threading.Thread(
            target=lambda ring=ring: [ring.put(t, float(t), t % 3) for t in range(20_000)]
        )
        writer.start()
        while writer.is_alive():
            t, values, quality = ring.since(0)
            assert np.array_equal(t, np.arange(len(t)))
            assert np.array_equal(values, t)
            assert np.array_equal(quality, t % 3)
        writer.join()


def test_the_rate_is_that_of_the_last_seconds():
    ring = filled(4096, range(0, 10 * SECOND, SECOND // 10))
    assert achieved_hz(ring, 10 * SECOND, 2.5) == pytest.approx(10, rel=0.01)


def test_a_channel_that_falls_silent_loses_its_rate():
    ring = filled(4096, range(0, 10 * SECOND, SECOND // 10))
    assert achieved_hz(ring, 11 * SECOND, 2.5) < 7
    assert achieved_hz(ring, 13 * SECOND, 2.5) == 0


def test_a_ring_takes_its_memory_with_the_first_sample():
    ring = Ring(1 << 20)
    assert ring._t.nbytes == 0
    assert len(ring.since(0)[0]) == 0
    assert ring.span(0) == (0, 0, 0)
    assert ring.grown(1 << 21)._t.nbytes == 0
    ring.put(5, 1.5, 0)
    assert ring._t.nbytes == 8 << 10  # and more as more comes
    assert [column.tolist() for column in ring.since(0)] == [[5], [1.5], [0]]
