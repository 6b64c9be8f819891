"""Plans: rates that make sense, one after the other."""

import math
import threading

import pytest

from cartech_desk.bay.watch import EMPTY, BadRate, Watch
from cartech_desk.domain.sources import build_catalogue

CAR = build_catalogue({0x7E8: frozenset({0x0B, 0x0C, 0x33})})


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, 1e-310, 0.0009, 10_000.1, 1e12, math.inf, math.nan])
def test_a_rate_that_makes_no_sense_is_refused_before_anything_changes(rate_hz):
    declared = []
    watch = Watch(declared.append)
    watch.set_car(CAR, adapter_voltage=False)
    before = watch.set_rates({"rpm": 20.0})
    declared.clear()
    with pytest.raises(BadRate, match="rpm"):
        watch.set_rates({"map": 20.0, "rpm": rate_hz})
    assert declared == []
    assert watch.plan is before


@pytest.mark.parametrize("rate_hz", [0.001, 10_000.0])
def test_rates_up_to_the_bounds_are_taken(rate_hz):
    watch = Watch()
    watch.set_car(CAR, adapter_voltage=False)
    assert watch.set_rates({"rpm": rate_hz}).asked == {CAR.sources["rpm"].channel: rate_hz}


def test_what_is_declared_last_is_what_is_polled_whoever_was_held_up():
    declared, reached, go_on = [], threading.Event(), threading.Event()

    def declare(plan):
        if threading.current_thread().name == "page":
            reached.set()
            assert go_on.wait(5)
        declared.append(plan)

    watch = Watch(declare)
    watch.set_car(EMPTY, adapter_voltage=False)
    page = threading.Thread(target=lambda: watch.set_rates({"rpm": 20.0}), name="page")
    page.start()
    assert reached.wait(5)
    owner = threading.Thread(target=lambda: watch.set_car(CAR, adapter_voltage=False))
    owner.start()
    go_on.set()
    page.join(5)
    owner.join(5)
    assert declared[-1] is watch.plan
    assert [channel.name for channel in declared[-1].asked] == ["rpm"]
