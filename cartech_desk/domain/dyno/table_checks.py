"""Whether columns fit each other: power, force, torque and speeds prove each other's units.

Power is force times speed and torque times engine speed; acceleration is the derivative of speed.
A unit that was taken wrong stands out as a factor that everybody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.roles import Role

Values = Mapping[Role, NDArray[np.float64]]
"""Columns in canonical units, one length; NaN where there is no value."""

FITS: Final = 0.03
"""Rounding of exports is far below this."""

PROVES: Final = 0.003
"""So near a quantity has to be to be the same one: a correction at the sea is 1 to 3 %."""

PROVES_ROW: Final = 0.01
PROVES_ROWS: Final = 0.9
"""So near each row has to be, and how many of them."""

_FEWEST: Final = 8

_KNOWN: Final[tuple[tuple[float, str], ...]] = (
    (1000.0, "a thousand: rpm for krpm, W for kW, or ms for s"),
    (0.001, "a thousand: krpm for rpm, kW for W, or s for ms"),
    (0.7457, "hp and kW"),
    (0.73550, "PS and kW"),
    (1.35582, "lb·ft and N·m"),
    (1.60934, "mph and km/h"),
    (4.44822, "lbf and N"),
    (9.80665, "kgf and N, or g and m/s²"),
    (3.6, "m/s and km/h"),
    (0.44704, "mph/s and m/s²"),
    (60.0, "minutes and seconds"),
    (0.7457 / 1.35582, "hp and lb·ft for kW and N·m"),
    (0.7457 * 1.35582, "kW and lb·ft, or hp and N·m"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """Two ways to the same quantity: `ratio` is the median of first over second; 1 where they fit.

    `roles` are those it is about; `confusion` names two units whose factor the ratio is, empty
    where it is none that is known.
    """

    words: str
    roles: tuple[Role, ...]
    ratio: float
    confusion: str = ""
    close: float = 0.0
    """The share of rows in which both ways agree within `PROVES_ROW`."""

    @property
    def proves(self) -> bool:
        """Whether both are the same quantity, not one of them corrected by a few percent."""
        return abs(self.ratio - 1.0) <= PROVES and self.close >= PROVES_ROWS

    @property
    def fits(self) -> bool:
        """Whether both ways agree."""
        return abs(self.ratio - 1.0) <= FITS


def checks(values: Values, t_s: NDArray[np.float64] | None = None) -> tuple[Check, ...]:
    """Compare all that can be compared; `t_s` is the time of each row."""
    found: list[Check | None] = []
    for power, torque in (
        (Role.POWER, Role.TORQUE),
        (Role.CORRECTED_POWER, Role.CORRECTED_TORQUE),
    ):
        if power in values and torque in values and Role.RPM in values:
            found.append(
                _check(
                    "Power and torque times engine speed",
                    (power, torque, Role.RPM),
                    values[power],
                    values[torque] * values[Role.RPM] / 9549.297,
                )
            )
    if Role.POWER in values and Role.FORCE in values and Role.SPEED in values:
        found.append(
            _check(
                "Power and force times speed",
                (Role.POWER, Role.FORCE, Role.SPEED),
                values[Role.POWER],
                values[Role.FORCE] * values[Role.SPEED] / 3600.0,
            )
        )
    if t_s is not None and Role.ACCELERATION in values and Role.SPEED in values:
        found.append(_of_acceleration(values, t_s))
    return tuple(check for check in found if check is not None)


def _check(
    words: str,
    roles: tuple[Role, ...],
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    *,
    tolerance: float = 0.02,
) -> Check | None:
    both = np.isfinite(one) & np.isfinite(other)
    if np.count_nonzero(both) < _FEWEST:
        return None
    one, other = one[both], other[both]
    # The upper half alone: near nothing the rounding of an export is all there is.
    high = np.abs(one) >= 0.5 * np.abs(one).max()
    high &= np.abs(other) > 0.0
    if np.count_nonzero(high) < 3 or not np.abs(one).max() > 0.0:
        return None
    ratios = one[high] / other[high]
    ratio = float(np.median(ratios))
    close = float(np.mean(np.abs(ratios - 1.0) <= PROVES_ROW))
    return Check(words, roles, ratio, _confusion(ratio, tolerance), close)


def _of_acceleration(values: Values, t_s: NDArray[np.float64]) -> Check | None:
    """Compare the change of speed over about a second with the mean acceleration meanwhile."""
    speed, acceleration = values[Role.SPEED] / 3.6, values[Role.ACCELERATION]
    both = np.isfinite(speed) & np.isfinite(acceleration) & np.isfinite(t_s)
    t, v, a = t_s[both], speed[both], acceleration[both]
    if len(t) < 4 * _FEWEST or not t[-1] > t[0]:
        return None
    apart = max(1, len(t) // 20)
    changed = v[apart:] - v[:-apart]
    steps = np.diff(t) * (a[1:] + a[:-1]) / 2.0
    summed = np.concatenate(([0.0], np.cumsum(steps)))
    expected = summed[apart:] - summed[:-apart]
    return _check(
        "Acceleration and the change of speed",
        (Role.ACCELERATION, Role.SPEED),
        expected,
        changed,
        tolerance=0.05,
    )


def _confusion(ratio: float, tolerance: float) -> str:
    """Return the two units whose factor a ratio is closest to; empty where none is near."""
    if abs(ratio - 1.0) <= FITS or not ratio > 0.0:
        return ""
    off, words = min(
        (abs(ratio / one - 1.0), words)
        for factor, words in _KNOWN
        for one in (factor, 1.0 / factor)
    )
    return words if off <= tolerance else ""
