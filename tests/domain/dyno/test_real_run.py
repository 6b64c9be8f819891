"""A real pull of a Dynojet, as WinPEP 8 exported it: our sums against what the dyno printed."""

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse, with_correction
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, Losses, LossPart, RpmSource, View
from cartech_desk.domain.units import convert
from tests.domain.dyno.runs import REAL_RUN, real_run

pytestmark = pytest.mark.skipif(not REAL_RUN.exists(), reason="../shared/data is not there")

WEATHER = (Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY)
LBF_PER_MPH_S_TO_KG = convert(1.0, "lbf", "N") / 0.44704
MASS_KG = 131.667 * LBF_PER_MPH_S_TO_KG
LOSSES = Losses(
    LossPart.ROLLER,
    convert(2.77, "lbf", "N"),
    convert(0.0333, "lbf", "N") / 0.44704,
    convert(0.000734, "lbf", "N") / 0.44704**2,
)


def hp(kw):
    return convert(kw, "kW", "hp")


def lbft(nm):
    return convert(nm, "Nm", "lbft")


def test_the_printed_factor_comes_out_of_the_weather_columns_alone():
    result = analyse(*real_run(only=WEATHER), View("sae"))
    assert result.factor.value == pytest.approx(1.222, abs=0.0006)
    assert result.factor.conditions.source == "weather station"


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_the_printed_peaks_come_out_of_the_devices_power(level):
    result = analyse(*real_run(), View("sae", level))
    factor = result.factor.value
    assert result.basis is Basis.DEVICE_POWER
    assert hp(result.peak_power.value) == pytest.approx(226.333, rel=0.002)
    assert hp(result.peak_power.value) * factor == pytest.approx(276.480, rel=0.002)
    assert result.peak_power.rpm == pytest.approx(7032, rel=0.002)
    assert lbft(result.peak_torque.value) * factor == pytest.approx(239.441, rel=0.002)
    assert result.peak_torque.rpm == pytest.approx(5091, rel=0.002)


@pytest.mark.parametrize("basis", [Basis.FORCE, Basis.ACCELERATION])
def test_force_and_acceleration_give_the_same_peaks(basis):
    result = analyse(
        *real_run(basis=basis, equivalent_mass_kg=MASS_KG, losses=(LOSSES,)), View("sae")
    )
    factor = result.factor.value
    assert result.basis is basis
    assert hp(result.peak_power.value) * factor == pytest.approx(276.480, rel=0.002)
    assert lbft(result.peak_torque.value) * factor == pytest.approx(239.441, rel=0.002)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_the_speed_column_alone_gives_the_peaks_nearly(level):
    only = (Role.SPEED, Role.RPM, *WEATHER)
    result = analyse(
        *real_run(only=only, equivalent_mass_kg=MASS_KG, losses=(LOSSES,)), View("sae", level)
    )
    factor = result.factor.value
    assert result.basis is Basis.SPEED
    assert hp(result.peak_power.value) * factor == pytest.approx(276.480, rel=0.007)
    assert lbft(result.peak_torque.value) * factor == pytest.approx(239.441, rel=0.015)


def test_the_doubt_of_peaks_from_the_speed_column_covers_what_its_slips_hide():
    only = (Role.SPEED, Role.RPM, *WEATHER)
    result = analyse(
        *real_run(only=only, equivalent_mass_kg=MASS_KG, losses=(LOSSES,)), View("none")
    )
    for peak, printed in ((hp, 226.333), (lbft, 196.011)):
        one = result.peak_power if peak is hp else result.peak_torque
        off = abs(peak(one.value) - printed)
        assert off < peak(one.uncertainty.total) < 0.06 * printed


def test_mass_and_losses_that_the_device_reckons_with_are_found_for_its_speed_column():
    result = analyse(*real_run(basis=Basis.SPEED), View("sae"))
    told = {one.key: one.why for one in result.quality}
    assert hp(result.peak_power.value) * result.factor.value == pytest.approx(276.480, rel=0.007)
    assert "1310 kg" in told["mass_found"]


def test_the_slips_of_its_speed_column_are_found():
    result = analyse(*real_run(), View())
    assert [one.t_s for one in result.slips] == pytest.approx([5.98, 11.18], abs=0.05)
    assert all(0.03 < one.by_s < 0.07 for one in result.slips)
    assert "twice" in next(one.why for one in result.quality if one.key == "slips")


def test_without_repair_the_speed_column_would_over_read_by_a_third():
    raw, _setup = real_run()
    speed = raw.tracks["dyno_speed"]
    t_s, v = speed.t_ns * 1e-9, speed.values / 3.6
    power = MASS_KG * np.gradient(v, t_s) * v / 1000.0
    inside = (t_s > 0.5) & (t_s < 11.8)
    assert hp(power[inside].max()) > 1.25 * 226.333


def test_sixty_to_a_hundred_takes_what_it_took_and_nothing_to_sixty_is_told():
    times = {one.key: one for one in analyse(*real_run(), View()).times}
    assert times["60-100mph_s"].seconds == pytest.approx(5.721, abs=0.002)
    assert times["0-60mph_s"].seconds is None
    assert times["0-60mph_s"].why_not == "The run starts at 35.3 mph."
    assert times["60-130mph_s"].why_not == "The run ends at 111.5 mph."


def test_the_pull_ends_before_the_lift():
    result = analyse(*real_run(), View())
    assert result.pull == pytest.approx((0.45, 11.75), abs=0.06)
    assert hp(result.curve.power_kw[-1]) > 200.0


def test_its_curve_is_the_devices_own_within_half_a_percent():
    raw, setup = real_run()
    result = analyse(raw, setup, View("none", 1))
    power = raw.tracks["dyno_power"]
    there = np.interp(result.curve.t_s, power.t_ns * 1e-9, power.values)
    assert np.abs(result.curve.power_kw[3:-3] / there[3:-3] - 1.0).max() < 0.005


def test_its_torque_is_the_devices_own_within_half_a_percent():
    raw, setup = real_run()
    result = analyse(raw, setup, View("none", 1))
    torque = raw.tracks["dyno_torque"]
    there = np.interp(result.curve.t_s, torque.t_ns * 1e-9, torque.values)
    known = np.isfinite(result.curve.torque_nm)
    known[:3] = known[-3:] = False
    assert known.mean() > 0.8
    assert np.abs(result.curve.torque_nm[known] / there[known] - 1.0).max() < 0.005


def test_the_ratio_of_its_gear_is_found():
    result = analyse(*real_run(), View())
    assert result.ratio_rpm_per_kmh == pytest.approx(70.4 / 1.609344, rel=0.001)
    assert result.rpm_source is RpmSource.TACH


def test_what_the_dyno_corrected_itself_takes_part_in_nothing():
    raw, setup = real_run(only=(Role.CORRECTED_POWER, Role.DEVICE_FACTOR, *WEATHER))
    result = analyse(raw, setup, View())
    assert result.basis is None
    assert result.peak_power is None


def test_another_correction_changes_no_curve():
    raw, setup = real_run()
    sae = analyse(raw, setup, View("sae"))
    std = with_correction(sae, setup, "std")
    anew = analyse(raw, setup, View("std"))
    assert std.curve is sae.curve
    assert std.factor == anew.factor
    assert std.peak_power == anew.peak_power
    assert std.quality == anew.quality
    assert with_correction(std, setup, "sae") == sae
