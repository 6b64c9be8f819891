"""Dyno sessions of the demo: pulls that the house's own car model drives, as a bench records them.

What was fitted to a car changes the model's figures, so that curves, gains and what the samples
advise follow from what was done. A pull is driven once for each session; its further runs are the
same pull on a warmer engine.
"""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.raw_hash import samples_sha256
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Conditions, RawRun, RunSetup, TestType, Track, View
from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.store.dyno_words import (
    DynoRun,
    DynoSession,
    RunEnding,
    RunSummary,
    SourceUsed,
    facts_of,
)
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Columns

if TYPE_CHECKING:
    from cartech_desk.hardware.sim.car_data import CarData
    from cartech_desk.hardware.sim.state import State
    from cartech_desk.store.store import Store

_EVERY: Final = 2
"""One sample of two steps of the model: 50 Hz."""
_MOST_STEPS: Final = 4000
_FULL_PCT: Final = 90.0
_REST_S: Final = 240.0
"""From one run of a session to the next."""
_COOLS: Final = 0.86
"""Of the charge's heat its makers' intercoolers take so much."""
_WEARS: Final = 0.006
"""What each further run loses, for the heat."""
_BENCH: Final = SourceUsed(
    alias="dyno",
    url="sim:rollers",
    kind="dyno",
    make="CarTech Desk",
    model="simulated dyno",
    protocol="JETDRIVE",
    tier=Tier.DOCUMENTED,
)
_ROLES: Final = {
    Role.SPEED: "dyno_speed",
    Role.RPM: "dyno_rpm",
    Role.FORCE: "dyno_force",
    Role.THROTTLE: "throttle",
    Role.LAMBDA: "lambda",
    Role.BOOST: "boost",
}
_CHANNELS: Final = (
    Channel("dyno_speed", "Roller speed", "km/h", 0, 300, 1, "simulated dyno"),
    Channel("dyno_rpm", "Engine speed", "rpm", 0, 8000, 0, "simulated dyno"),
    Channel("dyno_force", "Tractive force", "N", 0, 12000, 0, "simulated dyno"),
    Channel("throttle", "Throttle", "percent", 0, 100, 0, "mode 01 PID 11"),
    Channel("boost", "Boost", "kPa", -100, 250, 0, "map - barometer"),
    Channel("lambda", "Lambda", "ratio", 0.6, 1.4, 3, "mode 01 PID 24"),
    Channel("timing", "Ignition angle", "deg", -10, 50, 1, "mode 01 PID 0E"),
    Channel("knock", "Knock retard", "deg", 0, 12, 1, "maker's own"),
    Channel("iat", "Intake air", "degC", -20, 120, 0, "mode 01 PID 0F"),
    Channel("temp", "Coolant", "degC", -20, 130, 0, "mode 01 PID 05"),
    Channel("injector_duty", "Injector duty", "percent", 0, 120, 0, "derived"),
)


@dataclass(frozen=True, slots=True)
class Build:
    """What a car is on a day: kinds of what was fitted, and whether it was calibrated."""

    fitted: frozenset[str] = frozenset()
    tuned: bool = False
    litres: float = 2.0
    """What its engine displaces."""
    boost_kpa: float = 105.0
    """What its maker lets it have at most."""
    breath: float = 1.0
    """How well it fills, over the model's engine."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull as it was driven: times [s] and values by channel name."""

    t_s: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Driven:
    """A session with its runs, and the samples of each."""

    session: DynoSession
    runs: tuple[tuple[DynoRun, RawRun], ...]


def weather(rng: random.Random) -> Conditions:
    """Return the air of a day at the bench."""
    return Conditions(
        round(rng.uniform(14.0, 27.0), 1),
        round(rng.uniform(99.2, 102.4), 2),
        round(rng.uniform(35.0, 70.0)),
        "typed",
    )


def drive(build: Build, seed: int, air: Conditions) -> Pull:
    """Let the model drive one full-throttle pull in this air; a tenth of a second."""
    from cartech_desk.hardware.sim.drivetrain import Drivetrain
    from cartech_desk.hardware.sim.engine import Engine
    from cartech_desk.hardware.sim.options import parse_options
    from cartech_desk.hardware.sim.vehicle import Vehicle

    car = Vehicle(parse_options({"script": "dyno", "seed": str(seed)}).car)
    data = _data_of(car.data, build)
    if air.temperature_c is not None and air.pressure_kpa is not None:
        car.state.ambient_c = air.temperature_c
        car.state.barometer_kpa = air.pressure_kpa
    car.engine = Engine(data, car.state, car.faults, seed)
    car.drivetrain = Drivetrain(data, car.state, bench=True)
    rows = []
    for step in range(_MOST_STEPS):
        car.step()
        if car.state.pedal_pct > _FULL_PCT:
            if step % _EVERY == 0:
                rows.append(_row(car.state))
        elif rows and car.state.gear == 4:
            break
    # The first pedal to the floor is the way up to the gear that is driven.
    table = np.array(rows)
    gears = table[:, 1]
    table = table[gears == gears[-1]]
    names = [channel.name for channel in _CHANNELS]
    values = {name: table[:, place + 2] for place, name in enumerate(names)}
    _thirst(values, build)
    return Pull(table[:, 0] - table[0, 0], values)


def session_of(
    pull: Pull,
    car: VehicleRecord,
    *,
    keys: Sequence[str],
    at: datetime,
    by: Actor,
    words: str,
    air: Conditions,
    rng: random.Random,
) -> Driven:
    """Return a session of as many runs as there are keys behind the first two.

    The keys are the session's id, its recording's, and the runs'. `at` is when it began.
    """
    setup = RunSetup(
        roles=_ROLES, gear="4", turbo=True, conditions=air, stoichiometry=14.7, ecu_offset_s=0.0
    )
    length = timedelta(seconds=float(pull.t_s[-1]))
    many = len(keys) - 2
    session = DynoSession(
        id=keys[0],
        vehicle_id=car.id,
        vehicle_name=car.name,
        operator=by,
        started=at,
        ended=at + timedelta(seconds=many * _REST_S) + length,
        test_type=TestType.POWER_PULL,
        setup=setup,
        sources=(_BENCH,),
        fuel="petrol",
        odometer_km=car.odometer_km,
        modifications=words,
        customer=car.owner,
    )
    runs = []
    for number in range(1, many + 1):
        began = timedelta(seconds=(number - 1) * _REST_S + 5.0)
        raw = _raw(pull, (keys[number + 1], number), at, began, rng)
        run = DynoRun(
            id=keys[number + 1],
            session=session.id,
            number=number,
            name=f"Run {number}",
            recording_id=keys[1],
            first_ns=raw.first_ns,
            last_ns=raw.last_ns,
            started=at + began,
            ending=RunEnding.STOPPED,
            tier=Tier.DOCUMENTED,
            setup=setup,
            sources=(_BENCH,),
            summary=_summary(raw, setup),
            samples_sha256=samples_sha256(raw),
            facts=facts_of(session),
        )
        runs.append((run, raw))
    return Driven(session, tuple(runs))


def forget(store: "Store", recording_id: str) -> None:
    """Remove a recording that was written before the desk was killed, where there is one."""
    with suppress(NotKept):
        store.recordings.delete(recording_id)
    with suppress(NotKept):  # also where only its removal was broken off
        store.recordings.purge(recording_id)


def record(store: "Store", driven: Driven) -> None:
    """Write the samples of a session as one recording. Errors: StoreError."""
    first = driven.runs[0][0]
    writer = store.recordings.begin(
        driven.session.vehicle_id,
        _CHANNELS,
        anchor_ns=0,
        note="Dyno session",
        operator=driven.session.operator,
        anchor_utc=driven.session.started,
        recording_id=first.recording_id,
    )
    try:
        for _run, raw in driven.runs:
            writer.write(
                {
                    name: Columns(track.t_ns, track.values, track.quality)
                    for name, track in raw.tracks.items()
                }
            )
        writer.close()
    except BaseException:
        writer.abandon()
        raise


def _data_of(data: "CarData", build: Build) -> "CarData":
    """Return the model's figures with what was fitted."""
    fitted, turbo, engine = build.fitted, data.turbo, data.engine
    boost = build.boost_kpa / max(turbo.target_gauge_kpa)
    boost *= (1.16 if build.tuned else 1.0) * (1.22 if "turbo" in fitted else 1.0)
    breathes = build.breath + 0.02 * ("intake" in fitted) + 0.015 * ("exhaust" in fitted)
    turbo = replace(
        turbo,
        target_gauge_kpa=tuple(boost * one for one in turbo.target_gauge_kpa),
        inertia_kgm2=turbo.inertia_kgm2 * (1.35 if "turbo" in fitted else 1.0),
        full_speed_krpm=turbo.full_speed_krpm * (0.9 if "turbo" in fitted else 1.0),
        turbine_restriction=turbo.turbine_restriction * (0.86 if "exhaust" in fitted else 1.0),
        cooler_effectiveness=0.92 if "intercooler" in fitted else _COOLS,
    )
    engine = replace(
        engine,
        displacement_m3=engine.displacement_m3 * build.litres / 2.0,
        volumetric=tuple(breathes * one for one in engine.volumetric),
    )
    return replace(data, turbo=turbo, engine=engine)


def _row(state: "State") -> tuple[float, ...]:
    # Fuel against what four injectors of 4.6 g/s each can flow at most; see `_thirst`.
    duty = 100.0 * state.fuel_gps / 18.4
    return (
        state.time_s,
        float(state.gear),
        state.speed_kmh,
        state.rpm,
        state.roller_n,
        state.throttle_pct,
        state.map_kpa - state.barometer_kpa,
        state.lambda_measured,
        state.timing_deg,
        state.knock_retard_deg,
        state.intake_c,
        state.coolant_c,
        duty,
    )


def _thirst(values: dict[str, NDArray[np.float64]], build: Build) -> None:
    """Let injectors that are too small for what was fitted run out: leaner, and weaker."""
    # Each maker's injectors are sized for its own engine.
    sized = build.litres / 2.0 * build.breath * (100.0 + build.boost_kpa) / 205.0
    duty = values["injector_duty"] / sized
    if "injectors" in build.fitted:
        values["injector_duty"] = duty * 0.72
        return
    lacks = np.clip(duty - 87.0, 0.0, None)
    values["lambda"] = values["lambda"] * (1.0 + 0.01 * lacks)
    values["dyno_force"] = values["dyno_force"] * (1.0 - 0.0015 * lacks)
    values["injector_duty"] = np.minimum(duty, 100.0)


def _raw(
    pull: Pull, which: tuple[str, int], at: datetime, began: timedelta, rng: random.Random
) -> RawRun:
    """Return one run (id, number) of a pull, each warmer and weaker than the one before."""
    key, number = which
    numbers = np.random.default_rng(rng.randrange(2**32))
    first_ns = round(began.total_seconds() * 1e9)
    t_ns = first_ns + np.round(pull.t_s * 1e9).astype(np.int64)
    quality = np.zeros(len(t_ns), dtype=np.uint8)
    wear = 1.0 - _WEARS * (number - 1) + float(numbers.normal(0.0, 0.0015))
    tracks = {}
    for channel in _CHANNELS:
        values = pull.values[channel.name].copy()
        if channel.name == "dyno_force":
            values *= wear * (1.0 + numbers.normal(0.0, 0.002, len(values)))
        elif channel.name == "iat":
            values += 2.5 * (number - 1)
        values = np.round(values, channel.decimals + 1)
        of_car = not channel.name.startswith("dyno_")
        tracks[channel.name] = Track(channel, t_ns, values, quality, of_car)
    return RawRun(key, f"Run {number}", tracks, first_ns, int(t_ns[-1]), at + began)


def _summary(raw: RawRun, setup: RunSetup) -> RunSummary:
    """Return what the tree shows of a run, as the bench computes it at its end."""
    from cartech_desk.domain.dyno.analysis import analyse

    result = analyse(raw, setup, View(correction="none", smoothing=3))
    power, torque = result.peak_power, result.peak_torque
    return RunSummary(
        None if power is None else float(power.value),
        None if power is None else float(power.rpm),
        None if torque is None else float(torque.value),
        None if torque is None else float(torque.rpm),
        tuple((one.key, one.word, one.grave) for one in result.quality),
        result.factor.conditions,
    )
