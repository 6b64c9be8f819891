"""Sequence numbers: lost, doubled, overtaken, counted anew."""

import random

from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive_sequence import HOLD_NS, Order, SequenceCount

MS = 1_000_000


def numbered(sequence, value=None, key=2):
    value = bytes((sequence,)) if value is None else value
    return wire.Datagram(key, 0x1234, sequence, wire.EVERYBODY, memoryview(value))


def used(count, datagram, now_ns):
    """Return the sequence numbers that may be used once this one has come."""
    order = count.take(datagram, now_ns)
    now = [datagram.sequence] if order is not Order.NONE else []
    return now + [one.sequence for one, _ in count.released(now_ns)]


def counted():
    return SequenceCount(lambda _: False)


def test_a_gap_in_the_sequence_is_lost_once_it_was_waited_for():
    count = counted()
    assert used(count, numbered(253), 0) == [253]
    assert used(count, numbered(254), 1) == [254]
    assert used(count, numbered(1), 2) == []
    assert count.lost == 0
    assert used(count, numbered(2), 2 + HOLD_NS) == [1, 2]
    assert count.lost == 2


def test_a_doubled_datagram_is_no_new_one():
    count = counted()
    assert count.take(numbered(7), 0) is Order.NEXT
    assert count.take(numbered(7), 1) is Order.NONE
    assert count.take(numbered(8), 2) is Order.NEXT


def test_datagrams_that_overtook_another_wait_for_it_and_nothing_is_lost():
    count = counted()
    came = [used(count, numbered(n), n * MS) for n in (10, 12, 13, 11, 14)]
    assert came == [[10], [], [], [11, 12, 13], [14]]
    assert count.lost == 0


@given(st.integers(0, 255), st.integers(0, 2**32))
def test_any_reordering_within_the_time_of_waiting_is_undone(first, seed):
    rng = random.Random(seed)  # noqa: S311 - repeatable
    sent = [(n * 10 + rng.uniform(0, 30) * (n > 0), n) for n in range(100)]
    count = counted()
    got = [
        number
        for at, n in sorted(sent)
        for number in used(count, numbered((first + n) & 0xFF), round(at * MS))
    ]
    assert got == [(first + n) & 0xFF for n in range(100)]
    assert count.lost == 0


def test_one_that_comes_later_than_it_was_waited_for_is_late_and_not_lost():
    count = counted()
    used(count, numbered(10), 0)
    for n in range(12, 40):
        used(count, numbered(n), n * 10 * MS)
    assert count.lost == 1
    assert count.take(numbered(11), 400 * MS) is Order.LATE  # 28 behind, not 228 ahead
    assert count.lost == 0
    assert count.take(numbered(11), 401 * MS) is Order.NONE
    assert count.take(numbered(40), 402 * MS) is Order.NEXT
    assert count.lost == 0


def test_a_provider_that_counts_anew_is_followed():
    count = counted()
    count.take(numbered(200), 0)
    taken = [count.take(numbered(190 + n), n) for n in range(40)]
    assert set(taken[20:]) == {Order.NEXT}


def test_values_that_a_clear_overtook_are_of_channels_that_are_forgotten():
    count = counted()
    used(count, numbered(0, key=1), 0)
    used(count, numbered(1), 1)
    used(count, numbered(3, b"", key=3), 2)
    assert used(count, numbered(4, key=1), 3 + HOLD_NS) == [3, 4]
    assert count.take(numbered(2), 4 + HOLD_NS) is Order.NONE


def test_a_list_of_channels_that_a_newer_one_overtook_changes_nothing():
    count = counted()
    used(count, numbered(0), 0)
    used(count, numbered(3, key=1), HOLD_NS)
    assert used(count, numbered(4), 2 * HOLD_NS) == [3, 4]
    for key in (1, 3):
        assert count.take(numbered(3 - key // 2, b"", key=key), 2 * HOLD_NS) is not Order.LATE
