"""The car's clock against the dyno's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.offset import estimate_offset
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track

ROLES = RunSetup(roles={Role.RPM: "dyno_rpm", Role.SPEED: "dyno_speed"})


def engine(t):
    return np.interp(t, [0, 3, 11, 14], [2000, 2100, 7000, 3500])


def track(name, t, values, *, of_car=False):
    return Track(
        Channel(name, name, "rpm", 0, 1),
        np.round(t * 1e9).astype(np.int64),
        np.asarray(values, dtype=np.float64),
        np.zeros(len(t), np.uint8),
        of_car,
    )


def run(*tracks):
    return RawRun("r", "Run 1", {one.channel.name: one for one in tracks}, 0, 14_000_000_000)


def dyno(name="dyno_rpm", per_rpm=1.0):
    t = np.arange(0, 14, 0.005)
    return track(
        name, t, engine(t) * per_rpm + np.random.default_rng(1).normal(0, 5 * per_rpm, len(t))
    )


def car(offset, name="rpm", per_rpm=1.0, step=0.25, rate=12.0):
    t = np.sort(np.random.default_rng(2).uniform(0, 14, int(14 * rate)))
    return track(name, t - offset, np.floor(engine(t) * per_rpm / step) * step, of_car=True)


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.8, 0.8))
def test_the_offset_is_found_between_samples(offset):
    found = estimate_offset(run(dyno(), car(offset)), ROLES)
    assert found.seconds == pytest.approx(offset, abs=0.012)
    assert found.confidence > 0.9


def test_road_speed_in_whole_km_h_serves_where_engine_speed_is_missing():
    found = estimate_offset(
        run(dyno("dyno_speed", 0.02), car(0.25, "speed", 0.02, step=1.0)), ROLES
    )
    assert found.seconds == pytest.approx(0.25, abs=0.03)
    assert "road speed" in found.why


def test_the_rollers_speed_is_laid_on_the_engines_in_one_gear():
    found = estimate_offset(run(dyno("dyno_speed", 0.02), car(0.1)), ROLES)
    assert found.seconds == pytest.approx(0.1, abs=0.015)


@pytest.mark.parametrize(
    "tracks",
    [
        (),
        (dyno(),),
        (car(0.1),),
        (dyno(), track("rpm", np.arange(0, 14, 0.1), np.full(140, 3000.0), of_car=True)),
        (dyno(), track("rpm", np.array([4.0, 5.0]), [2500, 3000], of_car=True)),
        (dyno(), track("rpm", np.arange(0, 14, 0.1), np.full(140, np.nan), of_car=True)),
        (
            dyno(),
            track(
                "rpm",
                np.arange(0, 14, 0.1),
                np.random.default_rng(4).uniform(1000, 7000, 140),
                of_car=True,
            ),
        ),
    ],
    ids=["nothing", "no car", "no dyno", "steady", "two samples", "all invalid", "noise"],
)
def test_where_it_cannot_be_told_it_is_zero_with_a_reason(tracks):
    found = estimate_offset(run(*tracks), ROLES)
    assert (found.seconds, found.confidence) == (0.0, 0.0)
    assert found.why.endswith(".")
