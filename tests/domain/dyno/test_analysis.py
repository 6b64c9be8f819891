"""Made-up runs whose power is known: what the sums make of them."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse, with_correction
from cartech_desk.domain.dyno.corrections import NoCorrection
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Losses,
    LossPart,
    RpmSource,
    TestType,
    View,
)
from tests.domain.dyno.runs import GEAR, MASS_KG, by_role, pull, run_of, track

AIR = Conditions(20.0, 98.0, 40.0, "typed")
T_S, SPEED, GAIN, POWER = pull(100.0)
PULL = T_S < 9.5
PEAK = POWER[PULL].max()


def marks(result):
    return {one.key: one for one in result.quality}


def usual(**more):
    columns = {Role.SPEED: (T_S, SPEED), Role.RPM: (T_S, SPEED * GEAR), Role.POWER: (T_S, POWER)}
    return run_of(by_role(columns), conditions=AIR, **more)


def columns(*roles, rate_hz=100.0, **more):
    t_s, speed, gain, power = pull(rate_hz)
    all_of_them = {
        Role.SPEED: speed,
        Role.RPM: speed * GEAR,
        Role.POWER: power,
        Role.TORQUE: power / (speed * GEAR * np.pi / 30000.0),
        Role.FORCE: MASS_KG * gain,
        Role.ACCELERATION: gain,
        Role.ROLLER_RPM: speed / 0.06 / 1.5,
        Role.BRAKE_RPM: speed * GEAR / 2.0,
        Role.BRAKE_TORQUE: power / (speed * GEAR / 2.0 * np.pi / 30000.0),
    }
    made = {role: (t_s, all_of_them[role]) for role in roles}
    return run_of(by_role(made), conditions=AIR, **more)


BASES = {
    "power": ((Role.POWER, Role.SPEED, Role.RPM), {}, Basis.DEVICE_POWER),
    "torque": ((Role.TORQUE, Role.SPEED, Role.RPM), {}, Basis.DEVICE_POWER),
    "force": ((Role.FORCE, Role.SPEED, Role.RPM), {}, Basis.FORCE),
    "brake": (
        (Role.BRAKE_TORQUE, Role.BRAKE_RPM),
        {"brake_ratio": 2.0},
        Basis.BRAKE,
    ),
    "acceleration": (
        (Role.ACCELERATION, Role.SPEED, Role.RPM),
        {"equivalent_mass_kg": MASS_KG},
        Basis.ACCELERATION,
    ),
    "speed": ((Role.SPEED, Role.RPM), {"equivalent_mass_kg": MASS_KG}, Basis.SPEED),
    "roller": (
        (Role.ROLLER_RPM, Role.RPM),
        {"equivalent_mass_kg": MASS_KG, "roller_m": 1.5},
        Basis.SPEED,
    ),
}


@pytest.mark.parametrize("rate_hz", [20.0, 100.0, 1000.0])
@pytest.mark.parametrize("name", BASES)
def test_every_basis_finds_the_power_that_was_there(name, rate_hz):
    roles, setup, basis = BASES[name]
    result = analyse(*columns(*roles, rate_hz=rate_hz, **setup), View("none"))
    assert result.basis is basis
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)
    torque = 260.0
    assert result.peak_torque.value == pytest.approx(torque, rel=0.005)
    assert result.peak_torque.rpm == pytest.approx(4000.0, abs=100.0)


def test_the_best_basis_there_is_goes_first():
    everything = columns(
        Role.SPEED, Role.POWER, Role.FORCE, Role.ACCELERATION, equivalent_mass_kg=MASS_KG
    )
    assert analyse(*everything, View()).basis is Basis.DEVICE_POWER
    without = columns(Role.SPEED, Role.FORCE, Role.ACCELERATION, equivalent_mass_kg=MASS_KG)
    assert analyse(*without, View()).basis is Basis.FORCE


def test_a_basis_that_is_set_is_kept_to_or_its_lack_told():
    result = analyse(*columns(Role.POWER, Role.SPEED, basis=Basis.BRAKE), View())
    assert result.basis is None
    assert "absorber" in marks(result)["no_basis"].why


def test_power_from_speed_without_the_mass_asks_for_it():
    result = analyse(*columns(Role.SPEED, Role.RPM), View())
    assert result.peak_power is None
    assert "equivalent mass" in marks(result)["no_basis"].why


def test_a_sweep_held_by_a_brake_has_its_inertia_counted():
    t_s, speed, _gain, power = pull(100.0)
    held = power * 0.6
    rpm = speed * GEAR
    raw, setup = run_of(
        by_role(
            {
                Role.SPEED: (t_s, speed),
                Role.RPM: (t_s, rpm),
                Role.BRAKE_RPM: (t_s, rpm),
                Role.BRAKE_TORQUE: (t_s, held / (rpm * np.pi / 30000.0)),
            }
        ),
        conditions=AIR,
        equivalent_mass_kg=0.4 * MASS_KG,
    )
    assert analyse(raw, setup, View("none")).peak_power.value == pytest.approx(PEAK, rel=0.005)


def test_losses_of_the_rollers_are_added_to_what_accelerates():
    loss = Losses(LossPart.ROLLER, 100.0, 2.0, 0.1)
    args = ((Role.ACCELERATION, Role.SPEED, Role.RPM),)
    plain = analyse(*columns(*args[0], equivalent_mass_kg=MASS_KG), View("none"))
    added = analyse(*columns(*args[0], equivalent_mass_kg=MASS_KG, losses=(loss,)), View("none"))
    v = added.curve.speed_kmh / 3.6
    more = (100.0 + 2.0 * v + 0.1 * v**2) * v / 1000.0
    assert added.curve.power_kw - plain.curve.power_kw == pytest.approx(more, rel=1e-3)
    assert "no_losses" in marks(plain)
    assert "no_losses" not in marks(added)


def test_a_road_dyno_counts_mass_air_and_tyres():
    t_s, speed, gain, _power = pull(10.0)
    raw, setup = run_of(
        {Role.SPEED: track("speed", "km/h", t_s, speed, of_car=True)},
        conditions=AIR,
        road=True,
        road_mass_kg=1500.0,
        equivalent_mass_kg=1560.0,
        drag_area_m2=0.65,
        rolling=0.012,
        ecu_offset_s=0.0,
    )
    result = analyse(raw, setup, View("none", 1))
    v = result.curve.speed_kmh / 3.6
    a = np.interp(result.curve.t_s, t_s, gain)
    air = 0.5 * 1.1597 * 0.65 * v**2
    force = 1560.0 * a + air + 0.012 * 1500.0 * 9.80665
    assert result.curve.power_kw[3:-3] == pytest.approx((force * v / 1000.0)[3:-3], rel=0.01)


def test_a_road_dyno_says_what_of_the_car_is_not_known():
    raw, setup = run_of(
        by_role({Role.SPEED: (T_S, SPEED)}), conditions=AIR, road=True, road_mass_kg=1500.0
    )
    why = marks(analyse(raw, setup, View()))["no_losses"].why
    assert "drag area" in why
    assert "rolling resistance" in why


def test_a_flat_percentage_is_applied_and_labelled():
    raw, setup = usual(estimate_by=EstimateBy.FLAT_PERCENT, driveline_pct=15.0)
    wheel, engine = (
        analyse(raw, setup, View("none")),
        analyse(raw, setup, View("none", engine=True)),
    )
    assert wheel.estimate is EstimateBy.NONE
    assert engine.estimate is EstimateBy.FLAT_PERCENT
    assert engine.peak_power.value == pytest.approx(wheel.peak_power.value / 0.85)
    assert "flat 15 %" in marks(engine)["estimated"].why


def test_measured_driveline_losses_are_added_without_the_rollers():
    roller = Losses(LossPart.ROLLER, 50.0, 1.0, 0.05)
    driveline = Losses(LossPart.DRIVELINE, 200.0, 4.0, 0.15)
    raw, setup = usual(estimate_by=EstimateBy.MEASURED, losses=(roller, driveline))
    wheel, engine = (
        analyse(raw, setup, View("none")),
        analyse(raw, setup, View("none", engine=True)),
    )
    v = wheel.curve.speed_kmh / 3.6
    more = (150.0 + 3.0 * v + 0.1 * v**2) * v / 1000.0
    assert engine.estimate is EstimateBy.MEASURED
    assert engine.curve.power_kw - wheel.curve.power_kw == pytest.approx(more, rel=1e-3)


@pytest.mark.parametrize(
    "setup",
    [
        {},
        {"estimate_by": EstimateBy.MEASURED},
        {"estimate_by": EstimateBy.FLAT_PERCENT},
        {"estimate_by": EstimateBy.FLAT_PERCENT, "driveline_pct": 95.0},
    ],
)
def test_what_cannot_be_estimated_stays_wheel_power_and_says_so(setup):
    result = analyse(*usual(**setup), View("none", engine=True))
    assert result.estimate is EstimateBy.NONE
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)
    assert "power at the wheels" in marks(result)["no_estimate"].why


def test_a_spike_is_no_peak():
    power = POWER.copy()
    power[600:603] = 3.0 * PEAK
    columns_of = {Role.SPEED: (T_S, SPEED), Role.RPM: (T_S, SPEED * GEAR), Role.POWER: (T_S, power)}
    raw, setup = run_of(by_role(columns_of), conditions=AIR)
    for level in range(6):
        result = analyse(raw, setup, View("none", level))
        assert result.peak_power.value < 1.001 * PEAK
        assert "spikes" in marks(result)


def test_what_comes_after_the_lift_is_no_peak():
    power = POWER.copy()
    power[T_S > 10.6] = 2.0 * PEAK
    columns_of = {Role.SPEED: (T_S, SPEED), Role.RPM: (T_S, SPEED * GEAR), Role.POWER: (T_S, power)}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View("none"))
    assert result.pull[1] < 10.0
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)


def test_artefacts_of_start_and_end_are_left_out():
    result = analyse(*usual(), View())
    assert result.pull[0] == pytest.approx(0.3, abs=0.05)
    assert result.pull[1] == pytest.approx(9.8, abs=0.1)


def test_a_closed_throttle_ends_the_pull_though_speed_rises_on():
    throttle = np.where((T_S > 2.0) & (T_S < 6.0), 100.0, 15.0)
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.POWER: (T_S, POWER),
        Role.THROTTLE: (T_S, throttle),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert result.pull == pytest.approx((2.3, 5.8), abs=0.1)


def test_of_a_pull_that_is_broken_off_and_a_whole_one_the_whole_one_is_taken():
    t_two = np.concatenate((T_S[T_S < 3.0], T_S + 6.0))
    speed = np.concatenate((SPEED[T_S < 3.0], SPEED))
    power = np.concatenate((POWER[T_S < 3.0], POWER))
    filler = np.arange(3.0, 6.0, 0.01)
    t_s = np.sort(np.concatenate((t_two, filler)))
    v = np.interp(t_s, np.concatenate((t_two[:300], [5.9], t_two[300:])), np.insert(speed, 300, 50))
    p = np.interp(t_s, t_two, power)
    result = analyse(
        *run_of(by_role({Role.SPEED: (t_s, v), Role.POWER: (t_s, p)}), conditions=AIR), View()
    )
    assert 6.0 < result.pull[0] < 6.6
    assert 15.5 < result.pull[1] < 16.0


def test_a_gap_is_marked_and_nothing_is_drawn_or_averaged_across_it():
    keep = (T_S < 4.0) | (T_S > 5.0)
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.RPM: (T_S, SPEED * GEAR),
        Role.POWER: (T_S[keep], POWER[keep]),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View("none", 5))
    assert marks(result)["long_gap"].grave
    curve = result.curve
    assert np.isnan(curve.power_kw).sum() == 1
    at = int(np.flatnonzero(np.isnan(curve.power_kw))[0])
    assert 4.0 < curve.t_s[at] < 5.0
    assert curve.power_kw[at - 1] == pytest.approx(POWER[T_S < 4.0][-1], rel=1e-6)


def test_invalid_samples_are_no_values_whatever_stands_there():
    quality = np.zeros(len(T_S))
    power = POWER.copy()
    quality[300:330] = 2
    power[300:330] = 9999.0
    tracks = by_role({Role.SPEED: (T_S, SPEED), Role.RPM: (T_S, SPEED * GEAR)})
    tracks[Role.POWER] = track("dyno_power", "kW", T_S, power, quality=quality)
    result = analyse(*run_of(tracks, conditions=AIR), View("none", 0))
    assert "gaps" in marks(result)
    assert np.nanmax(result.curve.power_kw) < 1.001 * PEAK


def test_other_channels_lie_on_the_curve_and_never_across_a_gap():
    t_slow = np.arange(0.0, 12.0, 0.1)
    t_slow = t_slow[(t_slow < 3.0) | (t_slow > 5.0)]
    columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER), Role.AFR: (t_slow, t_slow)}
    raw, setup = run_of(
        {**by_role(columns_of), "oil": track("oil", "degC", t_slow, 90.0 + t_slow)}, conditions=AIR
    )
    result = analyse(raw, setup, View())
    afr, oil, t_s = result.curve.others["afr"], result.curve.others["oil"], result.curve.t_s
    inside = (t_s > 3.0) & (t_s < 4.99)
    assert np.isnan(afr[inside]).all()
    assert afr[~inside & (t_s < 2.9)] == pytest.approx(t_s[~inside & (t_s < 2.9)])
    assert oil[t_s > 5.1] == pytest.approx(90.0 + t_s[t_s > 5.1])
    assert result.curve.others["lambda"][-1] == pytest.approx(afr[-1] / 14.7)


def test_a_broken_link_is_not_bridged_however_short_it_was():
    keep = (T_S < 3.0) | (T_S > 3.1)
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.POWER: (T_S[keep], POWER[keep]),
        Role.AFR: (T_S, T_S),
    }
    whole = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert "gaps" not in marks(whole)
    cut = analyse(*run_of(by_role(columns_of), conditions=AIR, broken=((3.0, 3.1),)), View())
    assert "gaps" in marks(cut)
    inside = (cut.curve.t_s > 3.0) & (cut.curve.t_s < 3.1)
    assert np.isnan(cut.curve.power_kw[inside]).all()


def test_a_broken_link_leaves_the_channels_of_other_links_alone():
    slow = np.arange(0.0, 12.0, 0.02)
    gone = (slow > 3.0) & (slow < 3.1)
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.POWER: (T_S, POWER),
        Role.AFR: (slow[~gone], slow[~gone]),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR, broken=((3.0, 3.1),)), View())
    t_s, afr = result.curve.t_s, result.curve.others["afr"]
    assert np.isfinite(result.curve.power_kw).all()
    assert np.isnan(afr[(t_s > 3.01) & (t_s < 3.09)]).all()


def test_boost_is_the_pressure_in_the_manifold_less_the_stations():
    raw, setup = run_of(
        {
            **by_role({Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}),
            "map": track("map", "kPa", T_S, 150.0 + T_S, of_car=True),
        },
        conditions=Conditions(20.0, 82.6, 30.0),
        ecu_offset_s=0.0,
    )
    others = analyse(raw, setup, View()).curve.others
    assert others["boost"] == pytest.approx(others["map"] - 82.6)


@pytest.mark.parametrize("kpa", [29.92, 1013.0, 14.7])
@pytest.mark.parametrize("correction", ["none", "sae"])
def test_a_pressure_that_no_station_shows_makes_no_boost(kpa, correction):
    raw, setup = run_of(
        by_role(
            {
                Role.SPEED: (T_S, SPEED),
                Role.POWER: (T_S, POWER),
                Role.MANIFOLD: (T_S, np.full(len(T_S), 180.0)),
            }
        ),
        conditions=Conditions(20.0, kpa, 50.0, "typed"),
    )
    assert "boost" not in analyse(raw, setup, View(correction)).curve.others


def test_lambda_of_an_afr_gauge_follows_the_gauges_scale_whatever_is_burnt():
    columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}
    shown = by_role({**columns_of, Role.AFR: (T_S, np.full(len(T_S), 12.5))})
    others = analyse(*run_of(shown, stoichiometry=9.8), View("none")).curve.others
    assert others["lambda"] == pytest.approx(12.5 / 14.7)
    scaled = run_of(shown, stoichiometry=9.8, gauge_stoichiometry=9.8)
    assert analyse(*scaled, View("none")).curve.others["lambda"] == pytest.approx(12.5 / 9.8)
    sensor = by_role({**columns_of, Role.LAMBDA: (T_S, np.full(len(T_S), 0.85))})
    others = analyse(*run_of(sensor, stoichiometry=9.8), View("none")).curve.others
    assert others["afr"] == pytest.approx(0.85 * 9.8)


@pytest.mark.parametrize("part", [0.5, 2.0])
def test_a_tach_that_counts_half_or_double_for_a_while_makes_no_torque(part):
    rpm = SPEED * GEAR
    rpm[450:510] *= part
    columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER), Role.RPM: (T_S, rpm)}
    result = analyse(*run_of(by_role(columns_of)), View("none"))
    assert result.peak_torque.value == pytest.approx(260.0, rel=0.005)
    assert "rpm_gaps" in marks(result)


@pytest.mark.parametrize(("role", "value"), [(Role.AFR, 8.5), (Role.LAMBDA, 8.5 / 14.7)])
def test_a_mixture_that_stands_still_is_told(role, value):
    def with_mixture(x):
        columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER), role: (T_S, x)}
        return marks(analyse(*run_of(by_role(columns_of), conditions=AIR), View()))

    still, moving = np.full(len(T_S), value), value * (1.0 + 0.005 * np.sin(T_S))
    assert "AFR 8.5 " in with_mixture(still)["mixture_flat"].why
    assert "mixture_flat" not in with_mixture(moving)


def test_the_cars_clock_is_moved_by_its_offset():
    raw, setup = run_of(
        {
            **by_role({Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}),
            "lambda": track("lambda", "ratio", T_S, T_S, of_car=True),
        },
        conditions=AIR,
        ecu_offset_s=-0.25,
    )
    result = analyse(raw, setup, View())
    inner = result.curve.t_s < 9.0
    assert result.ecu_offset_s == -0.25
    found = result.curve.others["lambda"][inner]
    assert found == pytest.approx(result.curve.t_s[inner] + 0.25)


def test_wheel_spin_is_seen_in_the_ratio_and_makes_the_run_no_basis():
    spinning = 1.0 + 0.08 * ((T_S > 3.0) & (T_S < 4.0))
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.RPM: (T_S, SPEED * GEAR * spinning),
        Role.POWER: (T_S, POWER),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    told = marks(result)["wheel_spin"]
    assert told.grave
    assert "8.0 %" in told.why


def test_a_ratio_that_drifts_is_told():
    drifting = 1.0 - 0.004 * T_S
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.RPM: (T_S, SPEED * GEAR * drifting),
        Role.POWER: (T_S, POWER),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert "ratio_drift" in marks(result)


def test_a_steady_ratio_makes_no_mark():
    rng = np.random.default_rng(4)
    columns_of = {
        Role.SPEED: (T_S, SPEED + rng.normal(0, 0.1, len(T_S))),
        Role.RPM: (T_S, SPEED * GEAR + rng.normal(0, 20.0, len(T_S))),
        Role.POWER: (T_S, POWER),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert result.quality == ()
    assert result.ratio_rpm_per_kmh == pytest.approx(GEAR, rel=0.001)


def test_engine_speed_in_thousands_is_no_engine_speed():
    columns_of = {
        Role.SPEED: (T_S, SPEED),
        Role.RPM: (T_S, SPEED * GEAR / 1000.0),
        Role.POWER: (T_S, POWER),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert "thousands" in marks(result)["no_rpm"].why
    assert np.isnan(result.curve.rpm).all()
    assert result.peak_torque is None
    assert result.peak_power is not None


def test_a_typed_ratio_makes_engine_speed_of_road_speed():
    raw, setup = run_of(
        by_role({Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}),
        conditions=AIR,
        ratio_rpm_per_kmh=GEAR,
    )
    result = analyse(raw, setup, View("none"))
    assert result.rpm_source is RpmSource.RATIO_TYPED
    assert result.peak_torque.value == pytest.approx(260.0, rel=0.005)


def test_a_tach_that_falls_out_is_stood_for_by_the_ratio_found_before():
    rpm_t, rpm = T_S[T_S < 5.0], (SPEED * GEAR)[T_S < 5.0]
    columns_of = {Role.SPEED: (T_S, SPEED), Role.RPM: (rpm_t, rpm), Role.POWER: (T_S, POWER)}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View("none"))
    assert result.rpm_source is RpmSource.RATIO_FOUND
    assert "rpm_gaps" in marks(result)
    assert result.peak_torque.value == pytest.approx(260.0, rel=0.005)


def test_the_cars_engine_speed_is_told_as_obd():
    raw, setup = run_of(
        {
            **by_role({Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}),
            "rpm": track("rpm", "rpm", T_S[::10], (SPEED * GEAR)[::10], of_car=True),
        },
        conditions=AIR,
        ecu_offset_s=0.0,
    )
    result = analyse(raw, setup, View("none"))
    assert result.rpm_source is RpmSource.OBD
    assert result.roles[Role.RPM] == "rpm"


def test_without_engine_speed_there_is_power_and_no_torque():
    result = analyse(*columns(Role.SPEED, Role.POWER), View("none"))
    assert result.peak_torque is None
    assert np.isnan(result.curve.torque_nm).all()
    assert np.isnan(result.peak_power.rpm)
    assert result.rpm_source is RpmSource.NONE
    assert "no_rpm" in marks(result)


def test_a_noisier_run_has_a_more_doubtful_peak_and_a_mark():
    def noisy(part):
        rng = np.random.default_rng(9)
        power = POWER * (1.0 + rng.normal(0.0, part, len(T_S)))
        columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, power)}
        return analyse(*run_of(by_role(columns_of), conditions=AIR), View("sae", 3))

    results = [noisy(part) for part in (0.0, 0.01, 0.1, 0.4)]
    doubts = [one.peak_power.uncertainty.sampling for one in results]
    assert doubts == sorted(doubts)
    assert [sorted({"noisy", "very_noisy"} & set(marks(one))) for one in results] == [
        [],
        [],
        ["noisy"],
        ["very_noisy"],
    ]


def test_the_weather_adds_doubt_only_where_it_is_corrected_for():
    raw, setup = usual()
    result = analyse(raw, setup, View("sae"))
    peak = result.peak_power
    assert peak.uncertainty.conditions == pytest.approx(peak.value * result.factor.uncertainty)
    bare = with_correction(result, setup, "none").peak_power
    assert bare.uncertainty.conditions == 0.0
    assert bare.uncertainty.total < peak.uncertainty.total
    assert bare.value == peak.value


def test_weather_channels_go_before_typed_conditions():
    raw, setup = run_of(
        by_role(
            {
                Role.SPEED: (T_S, SPEED),
                Role.POWER: (T_S, POWER),
                Role.PRESSURE: ([1.0, 5.0], [96.0, 96.2]),
                Role.TEMPERATURE: ([1.0], [31.0]),
            }
        ),
        conditions=AIR,
    )
    used = analyse(raw, setup, View()).factor.conditions
    assert used.temperature_c == 31.0
    assert 96.0 <= used.pressure_kpa <= 96.2
    assert used.humidity_pct == 40.0
    assert used.source == "weather station, humidity typed"


def test_an_absurd_weather_station_gives_way_to_what_was_typed_and_is_told():
    raw, setup = run_of(
        by_role(
            {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER), Role.PRESSURE: ([1.0], [0.0])}
        ),
        conditions=AIR,
    )
    used = analyse(raw, setup, View()).factor.conditions
    assert used.pressure_kpa == 98.0
    assert "absurd" in used.source


def test_no_weather_corrects_nothing_and_says_so():
    columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, POWER)}
    result = analyse(*run_of(by_role(columns_of)), View("sae"))
    assert result.factor.value == 1.0
    assert "no_weather" in marks(result)
    assert result.peak_power is not None


def test_a_source_that_falls_silent_in_the_pull_is_told():
    before = T_S < 5.0
    columns_of = {
        Role.SPEED: (T_S[before], SPEED[before]),
        Role.POWER: (T_S[before], POWER[before]),
    }
    result = analyse(*run_of(by_role(columns_of), conditions=AIR, last_s=12.0), View())
    assert marks(result)["source_lost"].grave
    assert result.peak_power is not None


def test_a_run_stopped_while_it_pulls_lost_nothing():
    before = T_S < 5.0
    columns_of = {
        Role.SPEED: (T_S[before], SPEED[before]),
        Role.POWER: (T_S[before], POWER[before]),
    }
    assert analyse(*run_of(by_role(columns_of), conditions=AIR), View("none")).quality[0].key == (
        "no_rpm"
    )


def test_a_clock_that_goes_back_is_told_and_its_times_are_not_believed():
    t_s = T_S.copy()
    t_s[500:] -= 1.0
    columns_of = {Role.SPEED: (t_s, SPEED), Role.POWER: (t_s, POWER)}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR, last_s=12.0), View())
    assert marks(result)["clock_jump"].grave
    assert all(one.seconds is None for one in result.times)


def clocked(device_s, t_s):
    """A good run beside which the device told its own time."""
    raw, setup = usual()
    clock = track("dyno_clock", "s", t_s, device_s)
    roles = {**setup.roles, Role.CLOCK: "dyno_clock"}
    tracks = {**raw.tracks, "dyno_clock": clock}
    return analyse(replace(raw, tracks=tracks), replace(setup, roles=roles), View())


def test_a_clock_of_the_device_that_jumps_in_the_pull_is_told_and_no_times_are_believed():
    t_s = np.arange(0.0, 12.0, 0.5)
    result = clocked(t_s + 100.0 + np.where(t_s > 5.2, 2.0, 0.0), t_s)
    assert marks(result)["clock_jump"].grave
    assert "+2.0 s at 5.5 s" in marks(result)["clock_jump"].why
    assert all(one.seconds is None for one in result.times)


@pytest.mark.parametrize("late", [0.3, 1.5])
def test_a_batch_that_comes_late_is_no_jump_of_the_clock(late):
    t_s = np.arange(0.0, 12.0, 0.5)
    device_s = t_s + 100.0
    device_s[11] -= late
    assert "clock_jump" not in marks(clocked(device_s, t_s))


def test_a_clock_of_the_device_that_jumps_after_the_pull_is_no_matter():
    t_s = np.arange(0.0, 12.0, 0.25)
    assert "clock_jump" not in marks(clocked(t_s + np.where(t_s > 11.2, 5.0, 0.0), t_s))


def test_no_acceleration_times_stand_where_there_is_no_pull():
    t_s = np.arange(0.0, 12.0, 0.01)
    mixed_up = np.where(np.arange(len(t_s)) // 20 % 2 == 1, 130.0, 0.0)
    columns_of = {Role.SPEED: (t_s, mixed_up), Role.POWER: (t_s, np.zeros(len(t_s)))}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert result.pull is None
    assert {one.seconds for one in result.times} == {None}
    assert {one.why_not for one in result.times} == {"There is no pull in this run."}


def test_a_run_without_power_keeps_the_times_of_its_pull():
    result = analyse(*run_of(by_role({Role.SPEED: (T_S, SPEED)}), conditions=AIR), View())
    assert "no_basis" in marks(result)
    assert {one.key: one.seconds for one in result.times}["80-120kmh_s"] is not None


def test_values_that_nothing_reaches_are_left_out_and_counted():
    power = POWER.copy()
    power[[100, 700]] = 1e9
    columns_of = {Role.SPEED: (T_S, SPEED), Role.POWER: (T_S, power)}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View("none", 0))
    assert marks(result)["absurd"].why.startswith("2 values of power")
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)


def test_a_channel_of_another_kind_of_unit_plays_no_role():
    tracks = by_role({Role.SPEED: (T_S, SPEED)})
    tracks[Role.POWER] = track("dyno_power", "Nm", T_S, POWER)
    result = analyse(*run_of(tracks, conditions=AIR), View())
    assert result.basis is None
    assert "dyno_power" in marks(result)["wrong_unit"].why


def test_a_channel_in_another_unit_of_its_kind_is_converted():
    tracks = by_role({Role.SPEED: (T_S, SPEED)})
    tracks[Role.POWER] = track("dyno_power", "W", T_S, POWER * 1000.0)
    result = analyse(*run_of(tracks, conditions=AIR), View("none"))
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)


def test_a_link_that_the_user_defined_is_marked():

    raw, setup = usual()
    result = analyse(replace(raw, tier=Tier.USER_DEFINED), setup, View())
    assert "unverified" in marks(result)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_run_of_next_to_nothing_has_no_curve_and_says_why(n):
    columns_of = {Role.SPEED: (T_S[:n], SPEED[:n]), Role.POWER: (T_S[:n], POWER[:n])}
    result = analyse(*run_of(by_role(columns_of), conditions=AIR), View())
    assert len(result.curve.t_s) == 0
    assert result.pull is None
    assert {"no_basis", "no_pull"} & set(marks(result))


def test_a_run_of_nothing_but_nan_has_no_curve():
    nothing = np.full(len(T_S), np.nan)
    columns_of = {Role.SPEED: (T_S, nothing), Role.POWER: (T_S, nothing)}
    assert analyse(*run_of(by_role(columns_of)), View()).peak_power is None


def test_a_coast_down_has_no_power():
    result = analyse(*usual(test_type=TestType.COAST_DOWN), View())
    assert result.peak_power is None
    assert "coast-down" in marks(result)["no_pull"].why


def test_a_steady_run_has_power_without_rising_speed():
    t_s = np.arange(0.0, 10.0, 0.05)
    columns_of = {
        Role.SPEED: (t_s, np.full(len(t_s), 100.0)),
        Role.RPM: (t_s, np.full(len(t_s), 4000.0)),
        Role.POWER: (t_s, np.full(len(t_s), 90.0)),
    }
    steady = analyse(
        *run_of(by_role(columns_of), conditions=AIR, test_type=TestType.STEADY_STATE), View("none")
    )
    assert steady.peak_power.value == pytest.approx(90.0)
    rising = analyse(*run_of(by_role(columns_of), conditions=AIR), View("none"))
    assert rising.peak_power is None


def test_an_unknown_correction_is_refused():
    raw, setup = usual()
    with pytest.raises(NoCorrection):
        analyse(raw, setup, View("dynojet"))
    with pytest.raises(NoCorrection):
        with_correction(analyse(raw, setup, View()), setup, "dynojet")
