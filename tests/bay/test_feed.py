import math
import sys
import threading
import time

import numpy as np
import pytest

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.hearing import Hearing
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.sources import Catalogue, Derived, Source

SECOND = 1_000_000_000
ENGINE = Address(0x7E0, 0x7E8)


def channel(name, **more):
    return Channel(name, name, "kPa", 0, 300, **more)


def source(name, pid):
    signal = Signal(name.upper(), name, "kPa", 0, 8, channel=name)
    return Source(channel(name), Command(ENGINE, bytes((1, pid)), (signal,), 1, True), signal)


class Car(Catalogue):
    """A catalogue with sums instead of expressions."""

    def channels(self):
        return ()

    def needed(self, names):
        found = []
        for name in names:
            if name in self.sources:
                found.append(name)
            else:
                found += self.needed(self.derived[name].inputs)
        return tuple(dict.fromkeys(found))

    def evaluate(self, names, values):
        return {name: values.get("map", math.nan) - values.get("baro", math.nan) for name in names}


CAR = Car(
    {"map": source("map", 0x0B), "baro": source("baro", 0x33), "rpm": source("rpm", 0x0C)},
    {"boost": Derived(channel("boost", derived=True), "map - baro", ("map", "baro"))},
)


class Desk:
    """A feed with everything that hangs on it; times count from when it was made."""

    def __init__(self, rates=(("map", 10.0), ("baro", 1.0), ("boost", 10.0), ("rpm", 10.0))):
        self.feed = Feed(ring_s=60, stale_after_s=2)
        self.heard = []
        self.feed.set_taker("limit watch", self.heard.extend)
        asked = {
            CAR.sources[name].channel if name in CAR.sources else CAR.derived[name].channel: rate
            for name, rate in rates
        }
        self.feed.declare(asked, CAR)
        self.start_ns = monotonic_ns()

    def say(self, at_s, **values):
        t_ns = self.start_ns + round(at_s * SECOND)
        self.feed.publish(
            [
                Reading(name, t_ns, value, Quality.INVALID if math.isnan(value) else Quality.GOOD)
                for name, value in values.items()
            ]
        )
        return t_ns

    def sweep(self, at_s):
        self.feed.sweep(self.start_ns + round(at_s * SECOND))

    def status(self, name, at_s):
        return self.feed.statuses(self.start_ns + round(at_s * SECOND))[name]

    def last(self, name):
        return [reading for reading in self.heard if reading.channel == name][-1]


def test_a_reading_reaches_ring_hook_and_status():
    desk = Desk()
    t_ns = desk.say(1, rpm=850.0)
    assert desk.feed.series("rpm", 0).values.tolist() == [850.0]
    assert desk.heard == [Reading("rpm", t_ns, 850.0)]
    status = desk.status("rpm", 1.5)
    assert (status.value, status.stale, status.invalid) == (850.0, False, False)
    assert status.age_s == pytest.approx(0.5)
    assert status.asked_hz == 10.0


def test_readings_of_channels_that_nobody_wants_are_dropped():
    desk = Desk()
    desk.say(1, oil=5.0)
    assert desk.feed.series("oil", 0).values.size == 0
    assert "oil" not in desk.feed.statuses(desk.start_ns)


def test_a_derived_channel_comes_with_its_newest_input():
    desk = Desk()
    desk.say(1, map=150.0)
    assert [reading.channel for reading in desk.heard] == ["map"]
    t_ns = desk.say(1.2, baro=100.0)
    assert desk.last("boost") == Reading("boost", t_ns, 50.0)
    desk.say(1.3, map=160.0)
    assert desk.feed.series("boost", 0).values.tolist() == [50.0, 60.0]


def test_a_batch_with_both_inputs_gives_one_derived_reading():
    desk = Desk()
    desk.say(1, map=150.0, baro=100.0)
    assert [reading.channel for reading in desk.heard] == ["map", "baro", "boost"]


def test_an_invalid_input_makes_the_derived_channel_invalid():
    desk = Desk()
    desk.say(1, map=150.0, baro=100.0)
    desk.say(1.1, map=math.nan)
    boost = desk.last("boost")
    assert boost.quality is Quality.INVALID
    assert math.isnan(boost.value)
    assert desk.status("boost", 1.2).invalid
    assert math.isnan(desk.status("map", 1.2).value)


def test_a_stale_input_makes_the_derived_channel_stale():
    desk = Desk()
    desk.say(1, map=150.0, baro=100.0)
    desk.say(4.5, map=151.0)
    assert desk.last("boost").quality is Quality.STALE
    assert math.isnan(desk.last("boost").value)


def test_what_has_no_value_in_an_expression_is_invalid_and_no_number():
    desk = Desk()
    desk.say(1, map=math.inf, baro=100.0)
    assert desk.last("boost").quality is Quality.INVALID


def test_silence_marks_each_channel_once_as_stale():
    desk = Desk()
    desk.say(1, rpm=850.0)
    desk.sweep(2.9)
    assert desk.status("rpm", 2.9).value == 850.0
    desk.sweep(3.1)
    desk.sweep(3.5)
    marks = [reading for reading in desk.heard if reading.channel == "rpm"][1:]
    assert [reading.quality for reading in marks] == [Quality.STALE]
    assert desk.status("rpm", 3.1).stale
    assert math.isnan(desk.status("rpm", 3.1).value)
    assert desk.status("rpm", 3.1).achieved_hz == 0


def test_a_channel_is_stale_by_the_clock_even_where_nobody_sweeps():
    desk = Desk()
    desk.say(1, rpm=850.0)
    assert desk.status("rpm", 3.1).stale
    assert math.isnan(desk.status("rpm", 3.1).value)


def test_slow_channels_have_three_periods():
    desk = Desk([("rpm", 0.2)])
    desk.say(1, rpm=850.0)
    desk.sweep(15.5)
    assert desk.status("rpm", 15.5).value == 850.0
    assert desk.status("rpm", 16.5).stale


def test_a_channel_that_never_came_is_stale_after_its_time_and_infinitely_old():
    desk = Desk()
    status = desk.status("rpm", 2.5)
    assert status.stale
    assert status.age_s == math.inf


def test_a_lost_wire_silences_everything_at_once():
    desk = Desk()
    desk.say(1, map=150.0, baro=100.0, rpm=850.0)
    desk.feed.silence(desk.start_ns + 2 * SECOND)
    now = desk.feed.statuses(desk.start_ns + 2 * SECOND)
    assert all(status.stale for status in now.values())
    assert desk.last("boost").quality is Quality.STALE


def test_a_channel_speaks_again_after_silence():
    desk = Desk()
    desk.say(1, rpm=850.0)
    desk.sweep(4)
    desk.say(5, rpm=900.0)
    assert desk.status("rpm", 5.1).value == 900.0
    values = desk.feed.series("rpm", 0).values
    assert np.isnan(values[1])
    assert values[2] == 900.0


def test_a_hook_that_fails_becomes_a_sentence_and_readings_go_on():
    desk = Desk()

    def broken(batch):
        raise ZeroDivisionError("limits")

    desk.feed.set_taker("limit watch", broken)
    desk.feed.set_taker("recorder", desk.heard.extend)
    desk.say(1, rpm=850.0)
    desk.say(1.1, rpm=860.0)
    assert [reading.value for reading in desk.heard] == [850.0, 860.0]
    (problem,) = desk.feed.problems
    assert problem.startswith("The limit watch failed")
    desk.feed.set_taker("limit watch", None)
    assert desk.feed.problems == ()


def test_declaring_again_keeps_what_was_kept_of_a_channel():
    desk = Desk()
    desk.say(1, rpm=850.0)
    desk.feed.declare({CAR.sources["rpm"].channel: 50.0}, CAR)
    assert desk.feed.series("rpm", 0).values.tolist() == [850.0]
    assert desk.status("rpm", 1.1).asked_hz == 50.0
    assert set(desk.feed.statuses(desk.start_ns)) == {"rpm"}


def test_the_achieved_rate_is_that_of_the_answers():
    desk = Desk()
    for number in range(40):
        desk.say(1 + number / 8, rpm=850.0)
    assert desk.status("rpm", 6).achieved_hz == pytest.approx(8, rel=0.02)


def test_what_is_handed_on_is_what_is_kept():
    desk = Desk()
    desk.say(1, oil=5.0)
    assert desk.heard == []
    desk.say(1, oil=5.0, rpm=850.0)
    assert [reading.channel for reading in desk.heard] == ["rpm"]


def test_a_fast_input_that_missed_its_turns_makes_the_derived_channel_stale():
    desk = Desk()
    desk.say(1, map=230.0, baro=100.0)
    desk.say(1.25, baro=100.0)
    assert desk.last("boost").value == 130.0
    desk.say(1.9, baro=100.0)
    assert desk.last("boost").quality is Quality.STALE
    assert math.isnan(desk.last("boost").value)
    desk.say(2.0, map=231.0)
    assert desk.last("boost").value == 131.0


def test_inputs_of_a_wire_that_does_not_keep_up_may_be_as_old_as_it_makes_them():
    desk = Desk()
    for turn in range(4):
        desk.say(1 + turn, map=150.0)
        desk.say(1.5 + turn, baro=100.0)
    assert desk.last("boost") == Reading("boost", desk.start_ns + 4_500_000_000, 50.0)


def test_one_late_answer_does_not_let_the_next_be_as_late():
    desk = Desk()
    for at_s in (1, 1.1, 1.2, 2.7):
        desk.say(at_s, map=150.0, baro=100.0)
    desk.say(3.5, baro=100.0)
    assert desk.last("boost").quality is Quality.STALE


def test_declaring_while_readings_come_neither_fails_nor_loses_one(switching):
    desk = Desk()
    full = {CAR.sources[name].channel: 10.0 for name in ("map", "baro")}
    with_boost = full | {CAR.derived["boost"].channel: 10.0}
    fast = {channel: 10.0 * 2**step for step in range(8) for channel in full}
    failures, said = [], 0
    done = threading.Event()

    def declare():
        while not done.is_set():
            for asked in (full, with_boost, fast, with_boost):
                desk.feed.declare(asked, CAR)

    desk.feed.declare(with_boost, CAR)
    declaring = threading.Thread(target=declare)
    declaring.start()
    try:
        until_s = time.monotonic() + 1.0
        while time.monotonic() < until_s:
            said += 1
            desk.say(said / 1000, map=float(said), baro=100.0)
    except Exception as error:
        failures.append(error)
    finally:
        done.set()
        declaring.join()
    assert failures == []
    kept = desk.feed.series("map", 0).values[-200:]
    assert (np.diff(kept) == 1).all()


@pytest.fixture
def switching():
    """Let threads take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def gaps_of(desk):
    found = []
    desk.feed._hearing[""] = Hearing(lambda t0, t1: found.append((seconds(t0), seconds(t1))))

    def seconds(t_ns):
        return round((t_ns - desk.start_ns) / SECOND, 3)

    return found


def test_two_seconds_without_an_answer_are_a_gap_whoever_noticed():
    desk = Desk()
    gaps = gaps_of(desk)
    for at_s in (1, 1.1, 3.0, 5.5, 5.6):
        desk.say(at_s, rpm=850.0)
    assert gaps == [(3.0, 5.5)]


def test_a_loss_is_a_gap_however_short_and_its_marks_are_no_answers():
    desk = Desk()
    gaps = gaps_of(desk)
    desk.say(1, rpm=850.0)
    desk.feed.silence(desk.start_ns + round(1.2 * SECOND))
    assert desk.feed.silent_since_ns == desk.start_ns + SECOND
    desk.say(1.5, rpm=850.0)
    assert gaps == [(1.0, 1.5)]
    assert desk.feed.silent_since_ns == 0


def test_what_is_asked_rarely_leaves_no_gaps():
    desk = Desk([("rpm", 0.2)])
    gaps = gaps_of(desk)
    for at_s in (1, 6, 11):
        desk.say(at_s, rpm=850.0)
    desk.feed.declare({CAR.sources["rpm"].channel: 20.0}, CAR)
    desk.say(16, rpm=850.0)
    assert gaps == []


def test_another_car_begins_without_a_gap():
    desk = Desk()
    gaps = gaps_of(desk)
    desk.say(1, rpm=850.0)
    desk.feed.silence(desk.start_ns + 2 * SECOND)
    desk.feed.forget()
    desk.say(9, rpm=850.0)
    assert gaps == []
