"""What a channel of a dyno, a wideband, a weather station or an ECU is in a run."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Tier(StrEnum):
    """How far a source can be trusted; shown on the screen and printed on every sheet."""

    DOCUMENTED = "documented"
    """The maker's own documents say what is on the wire, and it is tested against them."""
    USER_DEFINED = "user_defined"
    """Somebody of the shop defined what the bytes mean."""
    IMPORTED = "imported"
    """Read from a file of another program."""

    @property
    def words(self) -> str:
        """The tier as a person reads it."""
        return _TIER_WORDS[self]


_TIER_WORDS: Final = {
    Tier.DOCUMENTED: "documented and tested",
    Tier.USER_DEFINED: "defined by the user",
    Tier.IMPORTED: "imported",
}


class Role(StrEnum):
    """What a channel is for the sums; each has one canonical unit, `ROLE_UNITS`."""

    SPEED = "speed"
    """Speed of the roller's surface, or of the car on the road."""
    ROLLER_RPM = "roller_rpm"
    RPM = "rpm"
    """Engine speed, from a pick-up, the dyno or the ECU."""
    ACCELERATION = "acceleration"
    """Of the roller's surface, as the device measured it."""
    FORCE = "force"
    """Tractive force at the roller's surface, all of it, as the device says."""
    POWER = "power"
    """Wheel power as the device measured it, uncorrected."""
    TORQUE = "torque"
    """Torque at engine speed as the device says, uncorrected."""
    BRAKE_TORQUE = "brake_torque"
    """Torque of the absorber at its own shaft (eddy current, water brake, bench dynamometer)."""
    BRAKE_RPM = "brake_rpm"
    """Speed of the absorber's shaft."""
    DEVICE_FACTOR = "device_factor"
    """Correction factor that the device prints; never used in sums, shown beside ours."""
    CORRECTED_POWER = "corrected_power"
    """Power that the device has corrected itself; never used in sums, shown beside ours."""
    CORRECTED_TORQUE = "corrected_torque"
    THROTTLE = "throttle"
    LAMBDA = "lambda"
    AFR = "afr"
    BOOST = "boost"
    MANIFOLD = "manifold"
    """Absolute pressure in the manifold; boost follows with the station pressure."""
    TEMPERATURE = "temperature"
    """Of the intake air at the weather station."""
    PRESSURE = "pressure"
    """Station pressure, absolute, never reduced to sea level."""
    HUMIDITY = "humidity"
    CLOCK = "clock"
    """The device's own time when a batch came."""


ROLE_UNITS: Final = MappingProxyType(
    {
        Role.SPEED: "km/h",
        Role.ROLLER_RPM: "rpm",
        Role.RPM: "rpm",
        Role.ACCELERATION: "m/s2",
        Role.FORCE: "N",
        Role.POWER: "kW",
        Role.TORQUE: "Nm",
        Role.BRAKE_TORQUE: "Nm",
        Role.BRAKE_RPM: "rpm",
        Role.DEVICE_FACTOR: "ratio",
        Role.CORRECTED_POWER: "kW",
        Role.CORRECTED_TORQUE: "Nm",
        Role.THROTTLE: "percent",
        Role.LAMBDA: "ratio",
        Role.AFR: "ratio",
        Role.BOOST: "kPa",
        Role.MANIFOLD: "kPa",
        Role.TEMPERATURE: "degC",
        Role.PRESSURE: "kPa",
        Role.HUMIDITY: "percent",
        Role.CLOCK: "s",
    }
)
"""Canonical unit of each role, a key of `domain.units`."""
