"""Which stretch of a run is its pull: lifts, throttle plates, second pulls, shifts of gear."""

import numpy as np
import pytest

from cartech_desk.domain.dyno.analysis import analyse
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import View
from tests.domain.dyno.runs import by_role, run_of

RATE_HZ = 50.0


def drive(torque, *, mass=1200.0, gear=lambda _t: 42.0, seconds=10.0, start_kmh=50.0, lift_s=2.0):
    """Return time [s], speed [km/h], power [kW] and rpm; `torque` of time and rpm [Nm]."""
    fine = np.arange(0.0, seconds + lift_s, 0.002)
    v, rows = start_kmh / 3.6, []
    for now in fine.tolist():
        rpm = v * 3.6 * gear(now)
        force = torque(now, rpm) * rpm * np.pi / 30.0 / v if now < seconds else -600.0
        rows.append((v * 3.6, force * v / 1000.0, rpm))
        v += force / mass * 0.002
    t_s = np.arange(0.0, seconds + lift_s - 0.01, 1.0 / RATE_HZ)
    return t_s, *(np.interp(t_s, fine, column) for column in zip(*rows, strict=True))


def usual(rpm):
    return 260.0 - 60.0 * ((rpm - 4000.0) / 2000.0) ** 2


PEAK = 130.40


def analysed(driven, **more):
    t_s, speed, power, rpm = driven
    columns = {Role.SPEED: (t_s, speed), Role.POWER: (t_s, power), Role.RPM: (t_s, rpm)}
    columns |= {role: (t_s, x) for role, x in more.items()}
    return analyse(*run_of(by_role(columns)), View("none", 3))


def marks(result):
    return {one.key: one for one in result.quality}


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(
    ("kw", "mass", "seconds", "start_kmh"),
    [(300.0, 1200.0, 4.0, 80.0), (450.0, 1200.0, 3.5, 80.0), (150.0, 450.0, 3.0, 70.0)],
)
def test_a_peak_at_the_lift_is_within_its_doubt_and_said(part, kw, mass, seconds, start_kmh):
    def torque(_now, rpm):
        return kw * 1000.0 * (rpm / 6500.0) ** part / (rpm * np.pi / 30.0)

    driven = drive(torque, mass=mass, seconds=seconds, start_kmh=start_kmh, gear=lambda _t: 30.0)
    at_lift = driven[2][driven[0] < seconds - 0.02][-1]
    peak = (result := analysed(driven)).peak_power
    assert result.pull[1] > seconds - 0.35
    assert abs(peak.value - at_lift) <= peak.uncertainty.total + 1e-3 * at_lift
    assert peak.uncertainty.total < 0.06 * at_lift
    assert ("still_rising" in marks(result)) == (part > 0.0)
    assert (peak.uncertainty.cut > 0.0) == (part > 0.0)


def test_a_peak_well_before_the_lift_is_not_still_rising():
    result = analysed(drive(lambda _t, rpm: usual(rpm)))
    assert "still_rising" not in marks(result)
    assert result.peak_power.uncertainty.cut == 0.0


def test_a_throttle_plate_that_a_computer_half_closes_ends_no_pull():
    driven = drive(lambda _t, rpm: usual(rpm))
    t_s, rpm = driven[0], driven[3]
    plate = np.where(t_s < 10.0, np.where(rpm < 4500.0, 100.0, 58.0), 5.0)
    plate[t_s < 0.2] = 12.0
    result = analysed(driven, **{Role.THROTTLE: plate})
    assert result.pull[1] > 9.4
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)


def test_a_half_closed_throttle_ends_the_pull_where_the_power_falls_with_it():
    driven = drive(lambda now, rpm: usual(rpm) * (1.0 if now < 5.0 else 0.6))
    plate = np.where(driven[0] < 5.0, 100.0, np.where(driven[0] < 10.0, 45.0, 5.0))
    assert analysed(driven, **{Role.THROTTLE: plate}).pull[1] < 5.0


@pytest.mark.parametrize(("at_s", "for_s"), [(5.0, 0.25), (6.0, 0.3), (6.0, 0.5), (7.5, 0.3)])
def test_a_moment_without_throttle_is_left_out_and_the_pull_goes_on(at_s, for_s):
    def torque(now, rpm):
        return usual(rpm) * (-0.3 if at_s < now < at_s + for_s else 1.0)

    result = analysed(drive(torque))
    assert "lifted" in marks(result)
    assert "several_pulls" not in marks(result)
    assert "gaps" not in marks(result)
    assert result.peak_power.value == pytest.approx(PEAK, rel=0.005)
    curve = result.curve
    hole = int(np.flatnonzero(np.isnan(curve.power_kw))[0])
    assert at_s - 0.5 < curve.t_s[hole] < at_s + for_s + 0.5
    assert np.nanmin(curve.power_kw) > 40.0


def test_of_two_pulls_the_stronger_is_taken_and_the_other_told():
    weak = drive(lambda _t, rpm: usual(rpm))
    strong = drive(lambda _t, rpm: 1.15 * usual(rpm), seconds=8.0, start_kmh=55.0)
    between = np.arange(0.02, 6.0, 0.02)
    back = np.interp(between, [0.0, 6.0], [weak[1][-1], strong[1][0]])
    driven = (
        np.concatenate((weak[0], weak[0][-1] + between, weak[0][-1] + 6.0 + strong[0])),
        np.concatenate((weak[1], back, strong[1])),
        np.concatenate((weak[2], np.full(len(between), -5.0), strong[2])),
        np.concatenate((weak[3], back * 42.0, strong[3])),
    )
    result = analysed(driven)
    assert result.pull[0] > 15.0
    assert result.peak_power.value == pytest.approx(1.15 * PEAK, rel=0.005)
    assert "130 kW" in marks(result)["several_pulls"].why


def test_a_shift_of_gear_parts_two_pulls():
    result = analysed(
        drive(
            lambda now, rpm: usual(rpm) * (-0.1 if 4.0 < now < 4.35 else 1.0),
            gear=lambda now: 60.0 if now < 4.0 else 42.0,
            start_kmh=40.0,
        )
    )
    assert "several_pulls" in marks(result)
    assert "lifted" not in marks(result)
    assert result.ratio_rpm_per_kmh == pytest.approx(42.0, rel=0.01)


def test_a_quick_car_that_is_limited_by_power_pulls_to_the_end():
    result = analysed(
        drive(
            lambda _t, rpm: min(350.0, 250e3 / (rpm * np.pi / 30.0)),
            mass=1500.0,
            seconds=6.0,
            start_kmh=20.0,
        )
    )
    assert result.pull[0] < 0.5
    assert result.pull[1] > 5.65
