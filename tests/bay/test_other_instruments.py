"""Instruments beside the car: what they deliver stays, whatever is polled of the car."""

import math

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.watch import Watch
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.sources import build_catalogue
from tests.bay.alarm_desk import ScriptedLimits

TORQUE = Channel("dyno_torque", "Torque", "Nm", 0, 1000)
CAR = build_catalogue({0x7E8: frozenset({0x0B, 0x0C})})
STRONG = Limit("torque_high", "dyno_torque", Comparison.ABOVE, warning=500, label="Torque")


def planned():
    feed = Feed(ring_s=10, stale_after_s=2)
    watch = Watch(lambda plan: feed.declare(plan.asked, plan.catalogue))
    feed.declare({TORQUE: 100.0}, instrument="dyno")
    watch.set_car(CAR, adapter_voltage=False)
    watch.set_rates({"rpm": 10.0})
    return feed, watch


def names(feed):
    return {channel.name for channel in feed.channels()}


def test_what_an_instrument_delivers_stays_when_the_plan_changes():
    feed, watch = planned()
    assert names(feed) == {"dyno_torque", "rpm"}
    feed.publish([Reading("dyno_torque", monotonic_ns(), 321.0)])
    watch.set_rates({"map": 5.0})
    assert names(feed) == {"dyno_torque", "map"}
    assert feed.series("dyno_torque", 0).values.tolist() == [321.0]


def test_an_instrument_that_declares_anew_lets_go_of_its_own_alone():
    feed, _ = planned()
    feed.declare({}, instrument="dyno")
    assert names(feed) == {"rpm"}


def test_a_wire_that_is_gone_says_nothing_of_another_instrument():
    feed, _ = planned()
    heard = []
    feed.set_taker("test", heard.extend)
    now_ns = monotonic_ns()
    feed.publish([Reading("dyno_torque", now_ns, 321.0), Reading("rpm", now_ns, 900.0)])
    heard.clear()
    feed.silence(monotonic_ns())
    assert [(one.channel, one.quality) for one in heard] == [("rpm", Quality.STALE)]
    statuses = feed.statuses(monotonic_ns())
    assert statuses["dyno_torque"].value == 321.0
    assert math.isnan(statuses["rpm"].value)


def test_a_limit_on_another_instrument_is_watched_after_a_car_came_and_went(bay, store, until):
    store.limits = ScriptedLimits(STRONG)
    bay.feed.declare({TORQUE: 100.0}, instrument="dyno")
    bay.alarms.use_vehicle("")
    bay.connect("elm327:/dev/scripted").result(5)
    bay.watch({"rpm": 10.0})
    until(lambda: bay.alarms.snapshot().limits)

    def strong():
        bay.feed.publish([Reading("dyno_torque", monotonic_ns(), 700.0)])
        return bay.alarms.snapshot().worst

    assert until(strong).label == "Torque"
