"""Power and torque right now, beside the curve of the run under way."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartech_desk.bay.dyno_live import FRESH_NS, Live, power_and_torque
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup


def drawn(power_kw=112.0, torque_nm=240.0):
    curve = SimpleNamespace(power_kw=np.array([power_kw]), torque_nm=np.array([torque_nm]))
    return SimpleNamespace(curve=curve)


def test_while_the_curve_goes_on_its_end_is_shown():
    live = Live(feed=None)
    live._result, live._end_ns = drawn(), 10_000_000_000
    now_ns = live._end_ns + FRESH_NS
    assert power_and_torque({}, RunSetup(), live.fresh(now_ns)) == (112.0, 240.0)


def test_after_the_lift_the_gauge_shows_what_the_dyno_says_and_not_the_curve():
    live = Live(feed=None)
    live._result, live._end_ns = drawn(), 10_000_000_000
    now_ns = live._end_ns + FRESH_NS + 1
    coasting = {Role.FORCE: -900.0, Role.SPEED: 100.0, Role.RPM: 4000.0}
    power_kw, torque_nm = power_and_torque(coasting, RunSetup(), live.fresh(now_ns))
    assert power_kw == pytest.approx(-25.0)
    assert torque_nm < 0.0
