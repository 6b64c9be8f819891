"""A run as it was measured, and how it was set up. Raw data is never changed: all else is a view.

Everything is in canonical units (`roles.ROLE_UNITS`) and times are nanoseconds from the anchor of
the recording that holds the run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.view import Conditions, View

__all__ = [
    "Basis",
    "Conditions",
    "EstimateBy",
    "Ignition",
    "LossPart",
    "Losses",
    "RawRun",
    "RpmSource",
    "RunSetup",
    "TestType",
    "Track",
    "View",
]


class TestType(StrEnum):
    """What is driven (`testType` of the CarTech Platform API)."""

    __test__ = False  # no test class of pytest's

    POWER_PULL = "power_pull"
    STEADY_STATE = "steady_state"
    COAST_DOWN = "coast_down"
    FREE = "free"


class Basis(StrEnum):
    """What power is computed from; printed on the sheet."""

    DEVICE_POWER = "device_power"
    """The device's own uncorrected power."""
    FORCE = "force"
    """The device's tractive force times speed."""
    BRAKE = "brake"
    """Torque and speed of the absorber's shaft."""
    ACCELERATION = "acceleration"
    """Equivalent mass times the device's acceleration, times speed."""
    SPEED = "speed"
    """Equivalent mass times the derivative of speed, times speed; slips repaired first."""


class RpmSource(StrEnum):
    """Where engine speed comes from; printed on the sheet."""

    TACH = "tach"
    """A pick-up or the dyno's own channel."""
    OBD = "obd"
    RATIO_FOUND = "ratio_found"
    """From speed, by the ratio found where speed and some rpm were both known."""
    RATIO_TYPED = "ratio_typed"
    NONE = "none"


class LossPart(StrEnum):
    """What a coast-down measured; the three are kept apart."""

    ROLLER = "roller"
    WHEEL = "wheel"
    """Roller and wheels, gearbox in neutral."""
    DRIVELINE = "driveline"
    """Roller, wheels and driveline, clutch open and in gear."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Parasitic force c0 + c1·v + c2·v² [N, v in m/s] from a coast-down.

    `rms_n` is the fit's residual, `run_id` the coast-down it is from, `mass_kg` the mass that was
    slowed down in it, as far as it was known then (0: nobody wrote it down).
    """

    part: LossPart
    c0_n: float
    c1_ns_m: float = 0.0
    c2_ns2_m2: float = 0.0
    rms_n: float = 0.0
    run_id: str = ""
    mass_kg: float = 0.0


class EstimateBy(StrEnum):
    """How engine power is estimated from wheel power."""

    NONE = "none"
    MEASURED = "measured"
    """With driveline losses from a coast-down."""
    FLAT_PERCENT = "flat_percent"
    """With a percentage that somebody chose; labelled as estimated wherever it is shown."""


class Ignition(StrEnum):
    """What the correction for diesel engines needs to know."""

    SPARK = "spark"
    DIESEL = "diesel"


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What the sums need to know beside the samples; belongs to a session, a run may differ.

    `roles` says which channel plays which role. `equivalent_mass_kg` is what accelerates, seen at
    the roller's surface (rollers on a dyno; car and wheels on the road); `roller_m` the roller's
    circumference [m], for dynos that tell its rpm only; `ratio_rpm_per_kmh` engine speed over
    road speed in the gear driven. `road_mass_kg`, `drag_area_m2` and `rolling` make a road dyno.
    `ecu_offset_s` is what is added to the times of the car's channels so that they fall on the
    dyno's. Masses in kg, of the bench `brake_ratio` turns of the engine for one of the absorber.
    `wheel_mass_kg` is what wheels and driveline add to the mass that accelerates, seen at the same
    surface: a coast-down with them and the engine's power are told too low without it.
    """

    test_type: TestType = TestType.POWER_PULL
    roles: Mapping[Role, str] = field(default_factory=dict)
    basis: Basis | None = None
    """None takes the best that the run has, in the order of `Basis`."""
    equivalent_mass_kg: float | None = None
    wheel_mass_kg: float | None = None
    roller_m: float | None = None
    losses: tuple[Losses, ...] = ()
    gear: str = ""
    rpm_source: RpmSource | None = None
    ratio_rpm_per_kmh: float | None = None
    brake_ratio: float = 1.0
    road: bool = False
    road_mass_kg: float | None = None
    drag_area_m2: float | None = None
    rolling: float | None = None
    conditions: Conditions = field(default_factory=Conditions)
    """Typed ones; those of the weather channels go first where they are there."""
    typed_first: tuple[Role, ...] = ()
    """Of temperature, pressure and humidity those that somebody typed for this run itself: they
    stand instead of what its weather channels say."""
    altitude_m: float | None = None
    ignition: Ignition = Ignition.SPARK
    turbo: bool = False
    fuel_mg_per_stroke_l: float | None = None
    """Fuel per cycle and litre of displacement, for the diesel correction [mg/(l·cycle)]."""
    boost_ratio: float | None = None
    """Absolute pressure after the compressor over that before it, for the diesel correction."""
    stoichiometry: float = 14.7
    """Air to fuel at lambda 1 of the fuel that is burnt: makes an AFR of a lambda."""
    gauge_stoichiometry: float = 14.7
    """What an AFR gauge shows at lambda 1, whatever is burnt: makes lambda of its reading."""
    estimate_by: EstimateBy = EstimateBy.NONE
    driveline_pct: float | None = None
    ecu_offset_s: float | None = None
    """None: estimated (`domain.dyno.offset`); a number: set by hand."""


@dataclass(frozen=True, slots=True)
class Track:
    """Samples of one channel of a run; the three arrays have one length.

    `t_ns` int64 in order of time, `values` float64 in the channel's unit (NaN where the quality is
    not GOOD), `quality` uint8 (`domain.channels.Quality`). `of_car` tells the ECU's channels,
    whose clock may be off by `RunSetup.ecu_offset_s`.
    """

    channel: Channel
    t_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]
    of_car: bool = False


@dataclass(frozen=True, slots=True)
class RawRun:
    """A run as it was measured: tracks by channel name, and from when to when it lasts.

    `start_utc` is the instant of `first_ns`. `broken` are stretches (first, last) in which a link
    was gone. Nothing here depends on how it is looked at.
    """

    id: str
    name: str
    tracks: Mapping[str, Track]
    first_ns: int
    last_ns: int
    start_utc: datetime | None = None
    tier: Tier = Tier.DOCUMENTED
    broken: tuple[tuple[int, int], ...] = ()
