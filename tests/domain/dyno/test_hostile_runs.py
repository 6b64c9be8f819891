"""No run that can be measured makes the sums raise, and none makes a number out of nothing."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.analysis import analyse, with_correction
from cartech_desk.domain.dyno.corrections import CORRECTIONS
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Ignition,
    Losses,
    LossPart,
    RawRun,
    RpmSource,
    RunSetup,
    TestType,
    Track,
    View,
)
from tests.domain.dyno.runs import GEAR, MASS_KG, pull

SAMPLES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-10.0, 300.0),
    st.sampled_from([0.0, -0.0, 1.0, 100.0, 1e308, -1e308, 5e-324]),
)
TIMES_NS = st.one_of(
    st.integers(0, 20_000_000_000),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, 50_000_000, 2**63 - 1, -(2**63)]),
)
UNITS = st.sampled_from(["km/h", "rpm", "kW", "N", "none", "mph", "hp", "degF", "no such unit"])


@st.composite
def tracks(draw, role):
    n = draw(st.integers(0, 40))
    if draw(st.booleans()):
        # A plausible channel with something wrong in it reaches further than noise.
        step = draw(st.sampled_from([1_000_000, 50_000_000, 200_000_000]))
        n = draw(st.integers(0, 300))
        t_ns = np.arange(n, dtype=np.int64) * step
        rise = draw(st.floats(0.0, 5.0))
        values = draw(st.floats(-5.0, 200.0)) + rise * np.arange(n, dtype=np.float64)
        for at in draw(st.lists(st.integers(0, max(n - 1, 0)), max_size=6)):
            if n:
                values[at] = draw(SAMPLES)
                t_ns[at] += draw(st.sampled_from([0, -step, step, -3 * step, 10**10]))
    else:
        t_ns = np.array(draw(st.lists(TIMES_NS, min_size=n, max_size=n)), dtype=np.int64)
        values = np.array(draw(st.lists(SAMPLES, min_size=n, max_size=n)), dtype=np.float64)
    quality = np.zeros(n, dtype=np.uint8)
    for at in draw(st.lists(st.integers(0, max(n - 1, 0)), max_size=4)):
        if n:
            quality[at] = draw(st.integers(0, 2))
    unit = draw(st.one_of(st.just(ROLE_UNITS[role]), UNITS))
    channel = Channel(f"dyno_{role.value}", role.value, unit, 0.0, 1.0)
    return Track(channel, t_ns, values, quality, draw(st.booleans()))


NUMBERS = st.one_of(
    st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(0.1, 3000.0)
)


@st.composite
def hostile(draw):
    roles = draw(st.lists(st.sampled_from(list(Role)), unique=True, max_size=7))
    made = [draw(tracks(role)) for role in roles]
    named = {one.channel.name: one for one in made}
    raw = RawRun(
        "x",
        "Run 1",
        named,
        draw(TIMES_NS),
        draw(TIMES_NS),
        broken=tuple(draw(st.lists(st.tuples(TIMES_NS, TIMES_NS), max_size=2))),
    )
    setup = RunSetup(
        test_type=draw(st.sampled_from(list(TestType))),
        roles={role: f"dyno_{role.value}" for role in roles},
        basis=draw(st.one_of(st.none(), st.sampled_from(list(Basis)))),
        equivalent_mass_kg=draw(NUMBERS),
        roller_m=draw(NUMBERS),
        losses=tuple(
            Losses(part, draw(st.floats(-1e3, 1e3)), draw(st.floats(-1e3, 1e3)))
            for part in draw(st.lists(st.sampled_from(list(LossPart)), max_size=2))
        ),
        rpm_source=draw(st.one_of(st.none(), st.sampled_from(list(RpmSource)))),
        ratio_rpm_per_kmh=draw(NUMBERS),
        brake_ratio=draw(st.floats(-2.0, 5.0)),
        road=draw(st.booleans()),
        road_mass_kg=draw(NUMBERS),
        drag_area_m2=draw(NUMBERS),
        rolling=draw(NUMBERS),
        conditions=Conditions(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)),
        altitude_m=draw(NUMBERS),
        ignition=draw(st.sampled_from(list(Ignition))),
        fuel_mg_per_stroke_l=draw(NUMBERS),
        stoichiometry=draw(st.sampled_from([14.7, 0.0, -1.0, float("nan")])),
        estimate_by=draw(st.sampled_from(list(EstimateBy))),
        driveline_pct=draw(NUMBERS),
        ecu_offset_s=draw(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))),
    )
    view = View(
        draw(st.sampled_from(list(CORRECTIONS))), draw(st.integers(-1, 9)), draw(st.booleans())
    )
    return raw, setup, view


def check(raw, setup, view):
    """Analyse a run and hold what every result has to keep."""
    before = {
        name: (one.t_ns.copy(), one.values.copy(), one.quality.copy())
        for name, one in raw.tracks.items()
    }
    result = analyse(raw, setup, view)
    for name, (t_ns, values, quality) in before.items():
        one = raw.tracks[name]
        assert np.array_equal(one.t_ns, t_ns)
        assert np.array_equal(one.values, values, equal_nan=True)
        assert np.array_equal(one.quality, quality)
    curve = result.curve
    n = len(curve.t_s)
    lengths = {len(x) for x in (curve.speed_kmh, curve.rpm, curve.power_kw, curve.torque_nm)}
    assert lengths == {n}
    assert all(len(x) == n for x in curve.others.values())
    assert np.isfinite(curve.t_s).all()
    assert (np.diff(curve.t_s) > 0.0).all()
    assert not np.isinf(curve.power_kw).any()
    if result.pull is None:
        assert n == 0
        assert result.peak_power is None
        assert {"no_pull", "no_basis"} & {one.key for one in result.quality}
    else:
        assert result.pull[0] <= curve.t_s[0] < curve.t_s[-1] <= result.pull[1] + 1e-6
    bare = analyse(raw, setup, replace(view, smoothing=0)).curve
    for peak, values in (
        (result.peak_power, bare.power_kw),
        (result.peak_torque, bare.torque_nm),
    ):
        if peak is not None:
            assert np.isfinite(peak.value)
            # No mean, window or parabola makes more of a run than it holds.
            top = float(np.nanmax(values))
            assert peak.value <= top + 1e-6 * max(abs(top), 1.0)
            assert 0.2 <= peak.support_s <= result.pull[1] - result.pull[0] + 0.2
            assert np.isfinite(peak.uncertainty.total)
            assert result.pull[0] <= peak.t_s <= result.pull[1]
    assert np.isfinite(result.factor.value)
    assert 0.2 < result.factor.value < 5.0
    for one in result.times:
        assert (one.seconds is None) == bool(one.why_not)
        assert one.seconds is None or (np.isfinite(one.seconds) and one.seconds > 0.0)
    keys = [one.key for one in result.quality]
    assert all(one.why and one.word for one in result.quality)
    assert len(set(keys) - {"wrong_unit", "wrong_form", "absurd"}) == len(
        [key for key in keys if key not in {"wrong_unit", "wrong_form", "absurd"}]
    )
    again = with_correction(result, setup, "none")
    assert again.factor.value == 1.0
    assert again.curve is result.curve


RATES = (5.0, 20.0, 100.0)
CLEAN = {rate: pull(rate, seconds=6.0, lift_s=1.0) for rate in RATES}


@st.composite
def damaged(draw):
    """A good run with things done to it: values, times, stretches, whole channels."""
    rate = draw(st.sampled_from(RATES))
    t_s, speed, gain, power = CLEAN[rate]
    columns = {
        Role.SPEED: speed,
        Role.RPM: speed * GEAR,
        Role.ACCELERATION: gain,
        Role.POWER: power,
        Role.TORQUE: power / (speed * GEAR) * 9549.3,
        Role.THROTTLE: np.where(gain > 0.0, 95.0, 5.0),
        Role.MANIFOLD: np.full(len(t_s), 180.0),
    }
    made = {}
    for role in draw(st.sets(st.sampled_from(list(columns)), min_size=1)):
        t_ns = np.round(t_s * 1e9).astype(np.int64)
        values, quality = columns[role].copy(), np.zeros(len(t_s), dtype=np.uint8)
        for _ in range(draw(st.integers(0, 5))):
            low = draw(st.integers(0, len(t_s) - 1))
            high = min(len(t_s), low + draw(st.integers(1, 40)))
            match draw(st.integers(0, 6)):
                case 0:
                    values[low:high] = draw(SAMPLES)
                case 1:
                    quality[low:high] = 2
                case 2:
                    t_ns[low:] += draw(st.sampled_from([10**9, -(10**9), 10**7, -(10**7), 10**12]))
                case 3:
                    t_ns[low:high] = t_ns[low]
                case 4:
                    keep = np.ones(len(values), dtype=bool)
                    keep[low:high] = False
                    t_ns, values, quality = (
                        np.concatenate((one[keep[: len(one)]], one[len(keep) :]))
                        for one in (t_ns, values, quality)
                    )
                    break
                case 5:
                    by = draw(st.sampled_from([-1.0, 0.0, 1e-3, 1e3, 1e300]))
                    with np.errstate(over="ignore", invalid="ignore"):  # is damage, too
                        values[low:high] *= by
                case 6:
                    values[low::2] += draw(st.floats(-50.0, 50.0))
        channel = Channel(f"dyno_{role.value}", role.value, ROLE_UNITS[role], 0.0, 1.0)
        made[channel.name] = Track(channel, t_ns, values, quality, draw(st.booleans()))
    broken = draw(st.lists(st.tuples(st.floats(0.0, 8.0), st.floats(0.0, 8.0)), max_size=2))
    raw = RawRun(
        "x",
        "Run 1",
        made,
        0,
        round(draw(st.sampled_from([7.0, 7.0, 3.0, 20.0, 0.0])) * 1e9),
        broken=tuple((round(a * 1e9), round(b * 1e9)) for a, b in broken),
    )
    setup = RunSetup(
        test_type=draw(st.sampled_from(list(TestType))),
        roles={role: f"dyno_{role.value}" for role in columns},
        basis=draw(st.one_of(st.none(), st.sampled_from(list(Basis)))),
        equivalent_mass_kg=draw(st.one_of(st.none(), st.just(MASS_KG))),
        rpm_source=draw(st.one_of(st.none(), st.sampled_from(list(RpmSource)))),
        ratio_rpm_per_kmh=draw(st.one_of(st.none(), st.just(GEAR))),
        conditions=Conditions(20.0, 98.0, 40.0),
        estimate_by=draw(st.sampled_from(list(EstimateBy))),
        driveline_pct=15.0,
        ecu_offset_s=draw(st.one_of(st.none(), st.floats(-0.5, 0.5))),
    )
    return raw, setup, View("sae", draw(st.integers(0, 5)), draw(st.booleans()))


HOSTILE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(HOSTILE, max_examples=60)
@given(hostile())
def test_a_hostile_run_gives_a_result_that_holds_together(given_run):
    check(*given_run)


@settings(HOSTILE, max_examples=60)
@given(damaged())
def test_a_damaged_run_gives_a_result_that_holds_together(given_run):
    check(*given_run)


@settings(HOSTILE, max_examples=20)
@given(damaged())
def test_no_level_shows_a_higher_peak_than_the_one_before_on_a_damaged_run(given_run):
    raw, setup, view = given_run
    levels = [analyse(raw, setup, replace(view, smoothing=level)) for level in range(6)]
    assert len({one.pull for one in levels}) == 1
    for peak in ("peak_power", "peak_torque"):
        values = [getattr(one, peak) for one in levels]
        if values[0] is None:
            assert not any(values)
            continue
        for lower, higher in pairwise(values):
            assert higher.value <= lower.value + 1e-9 * max(abs(lower.value), 1.0)


@pytest.mark.long
@settings(HOSTILE, max_examples=10_000)
@given(damaged())
@pytest.mark.timeout(1800)
def test_thousands_of_damaged_runs_give_results_that_hold_together(given_run):
    check(*given_run)


@pytest.mark.long
@settings(HOSTILE, max_examples=10_000)
@given(hostile())
@pytest.mark.timeout(1800)
def test_thousands_of_hostile_runs_give_results_that_hold_together(given_run):
    check(*given_run)
