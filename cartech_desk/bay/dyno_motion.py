"""How fast it goes: what the triggers look at, read from the feed as it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role

_KMH_PER_M_MIN = 0.06


@dataclass(frozen=True, slots=True)
class Moved:
    """What came since the last look: times and values of each. Empty where it is not known."""

    speed: list[tuple[int, float]] = field(default_factory=list)
    throttle: list[tuple[int, float]] = field(default_factory=list)
    rpm: list[tuple[int, float]] = field(default_factory=list)


class Motion:
    """Reads speed, throttle and engine speed of certain channels, each sample once."""

    def __init__(
        self, feed: Feed, roles: Mapping[Role, str], roller_m: float | None, since_ns: int
    ) -> None:
        self._feed = feed
        self._roles = roles
        self._roller_m = roller_m
        self._since_ns = since_ns
        self._next: dict[str, int] = {}

    @property
    def tells_speed(self) -> bool:
        """Whether road speed is known."""
        return Role.SPEED in self._roles or (
            Role.ROLLER_RPM in self._roles and self._roller_m is not None
        )

    @property
    def tells_throttle(self) -> bool:
        """Whether the throttle is known."""
        return Role.THROTTLE in self._roles

    def look(self) -> Moved:
        """Return what has come since the last look."""
        speed = self._new(*self._speed_from())
        throttle = self._new(self._roles.get(Role.THROTTLE, ""))
        turns = self._roles.get(Role.RPM) or self._roles.get(Role.BRAKE_RPM, "")
        return Moved(speed, throttle, [] if self.tells_speed else self._new(turns))

    def speed_before(self, since_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return speed [km/h] from a time on."""
        name, factor = self._speed_from()
        series = self._feed.series(name, since_ns)
        return series.t_ns, series.values * factor

    def _speed_from(self) -> tuple[str, float]:
        if Role.SPEED in self._roles or not self.tells_speed:
            return self._roles.get(Role.SPEED, ""), 1.0
        return self._roles[Role.ROLLER_RPM], (self._roller_m or 0.0) * _KMH_PER_M_MIN

    def _new(self, name: str, factor: float = 1.0) -> list[tuple[int, float]]:
        found = self._feed.stretch(name, self._next.get(name, self._since_ns)) if name else None
        if found is None or not len(found[0]):
            return []
        t_ns, values, quality = found
        self._next[name] = int(t_ns[-1]) + 1
        good = quality == Quality.GOOD
        return list(zip(t_ns[good].tolist(), (values[good] * factor).tolist(), strict=True))
