"""Several wires publish at once: rings in order, nothing lost, one batch at a time."""

import sys
import threading

import numpy as np
import pytest

from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns

BATCHES = 400


@pytest.fixture(autouse=True)
def often():
    """Let threads take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def channel(name):
    return Channel(name, name, "kPa", 0, 300)


def test_four_wires_at_once_lose_nothing_and_takers_see_whole_batches():
    feed, inside, together = Feed(ring_s=600, stale_after_s=2), [], []
    wires = {f"dyno:{n}": [f"{n}_{i}" for i in range(5)] for n in ("dyno", "wideband", "weather")}
    wires[""] = ["rpm", "map"]
    for who, names in wires.items():
        feed.declare({channel(name): 100.0 for name in names}, instrument=who, gap_note=who)
    taken = []

    def take(batch):
        inside.append(1)
        together.append(len(inside))
        taken.append(len(batch))
        inside.pop()

    feed.set_taker("test", take)

    def publish(who, names):
        for number in range(BATCHES):
            t_ns = monotonic_ns()
            feed.publish([Reading(name, t_ns, float(number)) for name in names], who)
            if number % 50 == 0:
                feed.sweep(t_ns, who)

    threads = [threading.Thread(target=publish, args=wire) for wire in wires.items()]
    for thread in threads:
        thread.start()
    for number in range(20):  # and somebody declares meanwhile
        feed.declare({channel("rpm"): 100.0, channel("map"): 10.0 + number})
    for thread in threads:
        thread.join(30)
    assert max(together) == 1
    assert sum(taken) == BATCHES * sum(len(names) for names in wires.values())
    for names in wires.values():
        for name in names:
            t_ns, values, _ = feed.stretch(name, 0)
            assert values.tolist() == list(range(BATCHES))
            assert np.all(np.diff(t_ns) >= 0)


def test_what_is_silent_of_one_wire_marks_no_channel_of_another():
    feed, heard = Feed(ring_s=60, stale_after_s=2), []
    feed.set_taker("test", heard.extend)
    feed.declare({channel("rpm"): 10.0})
    feed.declare({channel("dyno_x"): 10.0}, instrument="dyno:dyno", gap_note="x")
    now_ns = monotonic_ns()
    feed.publish([Reading("rpm", now_ns, 1.0)])
    feed.publish([Reading("dyno_x", now_ns, 1.0)], "dyno:dyno")
    heard.clear()
    feed.silence(monotonic_ns(), "dyno:dyno")
    assert [(one.channel, one.quality) for one in heard] == [("dyno_x", Quality.STALE)]


def test_the_rings_of_a_fast_instrument_are_bounded():
    feed = Feed(ring_s=600, stale_after_s=2)
    feed.declare({channel("dyno_x"): 1000.0}, instrument="dyno:dyno", gap_note="x")
    feed.publish([Reading("dyno_x", monotonic_ns(), 1.0)], "dyno:dyno")
    capacity = feed._kept.tracks["dyno_x"].ring.capacity
    assert 200 * 1000 <= capacity <= 1 << 18
