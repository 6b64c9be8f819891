"""What of a run plays which role: series on one clock, in canonical units."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup
from cartech_desk.domain.dyno.series import EMPTY, Clocks, Series, same_unit_kind, series_of
from cartech_desk.domain.units import UNITS

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.result import QualityMark

CAR_NAMES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.RPM: "rpm",
        Role.SPEED: "speed",
        Role.THROTTLE: "throttle",
        Role.LAMBDA: "lambda",
        Role.AFR: "afr",
        Role.BOOST: "boost",
        Role.MANIFOLD: "map",
    }
)
"""Names by which the car's channels play a role that no source of the bench plays."""

_REACHABLE: Final[Mapping[Role, float]] = MappingProxyType(
    {
        Role.SPEED: 1500.0,
        Role.ROLLER_RPM: 100_000.0,
        Role.RPM: 50_000.0,
        Role.ACCELERATION: 500.0,
        Role.FORCE: 1e6,
        Role.POWER: 20_000.0,
        Role.TORQUE: 50_000.0,
        Role.BRAKE_TORQUE: 100_000.0,
        Role.BRAKE_RPM: 50_000.0,
    }
)
"""What nothing on rollers reaches: values beyond are garbage, whatever their quality says."""

_NO_UNIT: Final = frozenset({"none", "count", "ratio"})
_ROLLER_KMH: Final = 60.0 / 1000.0


class Measured:
    """A run read by role. Series are read when they are asked for, once.

    `offset_s` has been added to the times of the car's channels; `used` tells which channel
    played which role so far.
    """

    def __init__(self, run: RawRun, setup: RunSetup, offset_s: float = 0.0) -> None:
        self.run = run
        self.setup = setup
        self.offset_s = offset_s
        self.span_s = max(0.0, (int(run.last_ns) - int(run.first_ns)) * 1e-9)
        self.broken = tuple(
            ((int(first) - run.first_ns) * 1e-9, (int(last) - run.first_ns) * 1e-9)
            for first, last in run.broken
        )
        self.used: dict[Role, str] = {}
        self.marks: list[QualityMark] = []
        self._kept: dict[str, Series] = {}
        self._clocks: Clocks = {}

    def channel_of(self, role: Role) -> str | None:
        """Return the channel that plays a role, None where none does."""
        for name in (self.setup.roles.get(role), CAR_NAMES.get(role)):
            if name is not None and name in self.run.tracks and self._fits(role, name):
                return name
        return None

    def of_car(self, role: Role) -> bool:
        """Tell whether the car's ECU plays a role."""
        name = self.channel_of(role)
        return name is not None and self.run.tracks[name].of_car

    def whole(self, role: Role) -> Series:
        """Return a role's good samples, those before and after the run too; empty where none."""
        name = self.channel_of(role)
        if name is None:
            return EMPTY
        found = self.named(name, ROLE_UNITS[role])
        if role in _REACHABLE and len(found):
            found = self._reachable(role, name, found)
        if len(found):
            self.used[role] = name
        return found

    def within(self, role: Role) -> Series:
        """Return a role's good samples within the run."""
        return self.whole(role).between(0.0, self.span_s)

    def named(self, name: str, unit: str = "") -> Series:
        """Return the good samples of a channel by its name."""
        key = f"{name}\n{unit}"
        found = self._kept.get(key)
        if found is None:
            track = self.run.tracks[name]
            shift_s = self.offset_s if track.of_car else 0.0
            found = self._kept[key] = series_of(
                track, self.run.first_ns, unit, shift_s, self._clocks
            )
        return found

    def speed_kmh(self) -> Series:
        """Return the speed of the roller's surface or of the car on the road, within the run."""
        roller = self.setup.roller_m
        by_roller = (
            roller is not None
            and 0.01 < roller < 100.0
            and self.channel_of(Role.ROLLER_RPM) is not None
        )
        if by_roller and (self.channel_of(Role.SPEED) is None or self.of_car(Role.SPEED)):
            turns = self.within(Role.ROLLER_RPM)
            if len(turns) and roller is not None:
                return Series(
                    turns.t_s, turns.x * (roller * _ROLLER_KMH), turns.backwards, turns.doubled
                )
        return self.within(Role.SPEED)

    def _reachable(self, role: Role, name: str, series: Series) -> Series:
        """Return a series without what nothing can reach; that is told once."""
        most = _REACHABLE[role]
        if -most <= float(series.x.min()) and float(series.x.max()) <= most:
            return series
        good = np.abs(series.x) <= most
        n = int(len(good) - good.sum())
        kept = Series(series.t_s[good], series.x[good], series.backwards, series.doubled)
        self._kept[f"{name}\n{ROLE_UNITS[role]}"] = kept
        self.marks.append(
            mark(
                "absurd",
                f"{n} value{'' if n == 1 else 's'} of {role.value.replace('_', ' ')} beyond what "
                "anything reaches left out.",
            )
        )
        return kept

    def _fits(self, role: Role, name: str) -> bool:
        """Tell whether a channel's unit can be the role's; one that cannot is told once."""
        unit, wanted = self.run.tracks[name].channel.unit, ROLE_UNITS[role]
        if unit == wanted or unit in _NO_UNIT or same_unit_kind(unit, wanted):
            return True
        if not any(one.key == "wrong_unit" and f"“{name}”" in one.why for one in self.marks):
            symbol = UNITS[unit].symbol if unit in UNITS else unit
            self.marks.append(
                mark(
                    "wrong_unit",
                    f"“{name}” is measured in {symbol}, which is no unit of "
                    f"{role.value.replace('_', ' ')}: it is left out of the sums.",
                )
            )
        return False
