"""The live curve goes on with what is driven now, when the gearbox has shifted in a run."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartech_desk.bay import dyno_live
from cartech_desk.bay.dyno_live import Live, Underway
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup, View

ANCHOR_NS = 50_000_000_000
STEP_S = 0.02
FIRST_S, SHIFT_S, LAST_S = 3.0, 1.0, 12.0
CHANNELS = {
    "dyno_speed": Channel("dyno_speed", "Speed", "km/h", 0.0, 300.0),
    "dyno_rpm": Channel("dyno_rpm", "Engine speed", "rpm", 0.0, 9000.0),
    "dyno_power": Channel("dyno_power", "Power", "kW", 0.0, 500.0),
}
ROLES = {Role.SPEED: "dyno_speed", Role.RPM: "dyno_rpm", Role.POWER: "dyno_power"}


def driven():
    """Three seconds in a low gear up to 60 kW, a shift, then long in a high one from 30 kW up."""
    t = np.arange(0.0, FIRST_S + SHIFT_S + LAST_S, STEP_S)
    ends = (0.0, FIRST_S, FIRST_S + SHIFT_S, FIRST_S + SHIFT_S + LAST_S)
    speed = np.interp(t, ends, (25.0, 60.0, 58.0, 160.0))
    rpm = speed * np.where(t < FIRST_S + SHIFT_S / 2, 64.0, 34.0)
    power = np.interp(t, ends, (25.0, 60.0, 30.0, 120.0))
    shifting = (t > FIRST_S) & (t < FIRST_S + SHIFT_S)
    return t, {"dyno_speed": speed, "dyno_rpm": rpm, "dyno_power": np.where(shifting, 0.0, power)}


class Rings:
    """A feed whose rings hold what was driven until `now_s`."""

    def __init__(self):
        self.t_s, self.values = driven()
        self.now_s = 0.0

    def channels(self):
        return tuple(CHANNELS.values())

    def owner_of(self, _name):
        return "dyno"

    def stretch(self, name, since_ns):
        t_ns = ANCHOR_NS + np.round(self.t_s * 1e9).astype(np.int64)
        held = (t_ns >= since_ns) & (self.t_s <= self.now_s)
        return t_ns[held], self.values[name][held], np.zeros(held.sum(), np.uint8)


@pytest.fixture
def look(monkeypatch):
    rings = Rings()
    live = Live(rings)
    underway = Underway("r1", "Run 1", ANCHOR_NS, ANCHOR_NS, RunSetup(roles=ROLES), View())
    live.follow(underway)

    def at(now_s):
        rings.now_s = now_s
        now_ns = ANCHOR_NS + round(now_s * 1e9)
        monkeypatch.setattr(dyno_live, "monotonic_ns", lambda: now_ns)
        live._look(underway)
        return SimpleNamespace(result=live.result, fresh=live.fresh(now_ns) is not None)

    return at


def test_before_the_shift_the_first_gear_is_drawn(look):
    seen = look(2.8)
    assert seen.fresh
    assert seen.result.curve.rpm[-1] == pytest.approx(2.6 * 35 / 3 * 64 + 25 * 64, rel=0.06)


def test_after_the_shift_the_curve_is_that_of_the_gear_that_is_driven(look):
    # The low gear reached 60 kW; the high one is at 45 kW only.
    seen = look(FIRST_S + SHIFT_S + 2.0)
    assert seen.fresh
    assert seen.result.curve.power_kw.max() < 50.0
    assert seen.result.curve.rpm[0] < 2300.0


def test_the_curve_never_stands_still_for_long_while_the_car_pulls(look):
    begin = FIRST_S + SHIFT_S + 1.2
    assert all(look(now).fresh for now in np.arange(begin, begin + 8.0, 0.5))


def test_the_pull_that_outdoes_the_one_before_is_drawn_to_its_end(look):
    last = look(FIRST_S + SHIFT_S + LAST_S - STEP_S)
    assert last.fresh
    assert last.result.curve.power_kw.max() > 100.0
