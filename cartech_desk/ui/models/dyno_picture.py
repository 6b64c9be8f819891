"""What the charts of the Dyno page show: panes with their lines, scales and peaks.

All of it follows from the runs, the axis, the units and the stretch that is looked at. Values are
corrected here, by one multiplication of what was measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.curve_lines import Line, Mark
from cartech_desk.ui.models.dyno_lines import (
    Floats,
    Points,
    RunLines,
    as_mixture,
    ends_of,
    extent,
    has_axis,
    mixture_of,
    of_role,
    over,
    place_of,
)
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_units import AXIS_WORDS, DynoUnits
from cartech_desk.ui.models.equal_scales import (
    fitting_ratio,
    rounded_about,
    rounded_from_nought,
)
from cartech_desk.ui.models.value_scale import in_words

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.compare import Comparison

_FEW: Final = 6
"""So many runs are drawn with thick lines and all their peaks."""
_LABELLED: Final = 3
_NEGATIVE: Final = 0.1
_SHORTEST: Final = {"afr": 2.0, "lambda": 0.15, "boost": 0.5}
_PLAIN: Final = ShownUnit("ratio", "", 1)
_LAMBDA: Final = ShownUnit("ratio", "", 2)


@dataclass(frozen=True, slots=True)
class PeakSaid:
    """A peak: where it stands, and its value in words where there is room for it."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Pane:
    """One pane: its headings, its scale in shown units, what is drawn.

    `ratio` is the second scale's numbers over the first's, None where there is no second one.
    `shades` are stretches of the axis in canonical units, with the word for what was wrong there.
    """

    key: str
    heading: str
    second: str = ""
    low: float = 0.0
    high: float = 1.0
    ratio: float | None = None
    nought: bool = False
    lines: tuple[Line, ...] = ()
    live: tuple[Line, ...] = ()
    peaks: tuple[PeakSaid, ...] = ()
    shades: tuple[tuple[float, float, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A run with its lines over the axis in force."""

    shown: ShownRun
    lines: RunLines
    live: bool = False

    @property
    def color(self) -> int | None:
        return None if self.shown.ghost else self.shown.series


class DynoPicture:
    """Runs, axis and units, and the panes that follow from them."""

    def __init__(self, units: DynoUnits) -> None:
        self.units = units
        self.axis = "rpm"
        self.difference = False
        self.comparison: Comparison | None = None
        self.why_no_difference = ""
        self.runs: tuple[ShownRun, ...] = ()
        self._kept: list[_Drawn] = []
        self._live: _Drawn | None = None
        self._mixture: tuple[Role, ...] = (Role.AFR,)
        self.ratio = 1.0
        """Numbers of torque to one of power, where the two stand side by side."""

    # What there is

    def set_runs(self, runs: Sequence[ShownRun]) -> None:
        """Take these; lines of curves that were here before are not made anew."""
        before = {id(drawn.lines.curve): drawn.lines for drawn in self._kept}
        self.runs = tuple(runs)
        self._kept = []
        for run in runs:
            curve = run.result.curve
            lines = before.get(id(curve))
            if lines is None or lines.axis != self.axis:
                lines = RunLines(curve, self.axis)
            self._kept.append(_Drawn(run, lines))

    def set_axis(self, axis: str) -> None:
        """Draw over another axis."""
        if axis != self.axis:
            self.axis = axis
            self.set_runs(self.runs)
            if self._live is not None:
                self.set_live(self._live.shown.result)

    def set_live(self, result: RunResult | None) -> None:
        """Take the run under way; None: none is."""
        if result is None:
            self._live = None
            return
        # Not the colour of the last run either: its numbers stand beside the curve.
        used = {run.series for run in self.runs}
        series = next(place for place in range(len(used) + 1) if place not in used)
        shown = ShownRun(result.run_id, "", result, series)
        self._live = _Drawn(shown, RunLines(result.curve, self.axis), live=True)

    @property
    def live(self) -> ShownRun | None:
        """The run under way, with the colour that it has."""
        return None if self._live is None else self._live.shown

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw over this axis."""
        return not any(has_axis(drawn.shown.result, self.axis) for drawn in self._all())

    def bounds(self) -> tuple[float, float] | None:
        """Return from where to where the runs reach along the axis [canonical]."""
        return extent(over(drawn.lines.curve, self.axis) for drawn in self._all())

    def _all(self) -> list[_Drawn]:
        return [*self._kept, *([self._live] if self._live is not None else [])]

    def missing(self) -> tuple[str, ...]:
        """Return a sentence for each run that cannot be drawn here, why it cannot."""
        said = []
        for drawn in self._all():
            result = drawn.shown.result
            if has_axis(result, self.axis):
                continue
            name = "The run under way" if drawn.live else drawn.shown.name
            if drawn.live and not len(result.curve.t_s):
                continue  # it has not begun to pull
            if not len(result.curve.t_s):
                why = next((mark.why for mark in result.quality if mark.grave), "")
                said.append(f"{name} has no pull to draw. {why}".strip())
            elif self.axis == "rpm":
                why = next((mark.why for mark in result.quality if mark.key == "no_rpm"), "")
                said.append(f"{name} has no engine speed: look at it over speed. {why}".strip())
            else:
                said.append(f"{name} has no {AXIS_WORDS[self.axis].lower()}.")
        return tuple(said)

    # The panes

    def panes(self, shown: tuple[float, float] | None, most: int) -> tuple[Pane, ...]:
        """Return the panes for a stretch of the axis (None: all), at most `most` points a line."""
        made = [self._power(shown, most)]
        if self.difference:
            made.append(self._difference(shown))
        self._mixture = mixture_of([drawn.shown.result for drawn in self._all()])
        for role in (*self._mixture, Role.BOOST):
            pane = self._other(role, shown, most)
            if pane is not None:
                made.append(pane)
        return tuple(made)

    def _power(self, shown: tuple[float, float] | None, most: int) -> Pane:
        drawn = [(each, *self._power_points(each, shown, most)) for each in self._all()]
        power_most = _most(power for _, power, _ in drawn)
        torque_most = _most(torque for _, _, torque in drawn)
        self.ratio = (
            1.0 if self.units.torque.key == "lbft" else fitting_ratio(power_most, torque_most)
        )
        torque_as = 1.0 / self.ratio
        if self.ratio != 1.0:
            drawn = [(each, power, torque.times(torque_as)) for each, power, torque in drawn]
        ends = ends_of(line for _, *both in drawn for line in both)
        if shown is None:
            least, highest = ends or (0.0, 0.0)
            low, high = rounded_from_nought(highest)
            if least < -_NEGATIVE * highest:  # a brake that drives, a coast-down
                low, high = rounded_about(least, max(highest, 0.0), 1.0)
        else:
            low, high = rounded_about(*(ends or (0.0, 1.0)), 1.0)
        lines: list[Line] = []
        live: list[Line] = []
        for each, power, torque in reversed(drawn):
            to = live if each.live else lines
            to.append(self._line(each, torque, dashed=True))
            to.append(self._line(each, power))
        lines.sort(key=lambda line: line.color is not None)
        second = f"Torque {self.units.torque.symbol}"
        if self.ratio != 1.0:
            second += f" (scale {self.ratio:g} : 1)"
        return Pane(
            "power",
            f"Power {self.units.power.symbol}",
            second,
            low,
            high,
            self.ratio,
            lines=tuple(lines),
            live=tuple(live),
            peaks=self._peaks(torque_as),
            shades=self._shades(),
        )

    @property
    def crossing_rpm(self) -> float:
        """Engine speed at which the two scales say the same."""
        return self.units.crossing_rpm / self.ratio

    def _power_points(
        self, drawn: _Drawn, shown: tuple[float, float] | None, most: int
    ) -> tuple[Points, Points]:
        curve, factor = drawn.lines.curve, drawn.shown.result.factor.value
        power = drawn.lines.points(curve.power_kw, shown, most)
        torque = drawn.lines.points(curve.torque_nm, shown, most)
        return (
            power.times(factor * self.units.power.factor),
            torque.times(factor * self.units.torque.factor),
        )

    def _line(self, drawn: _Drawn, points: Points, *, dashed: bool = False) -> Line:
        width = 2.5 if drawn.live else self._width(drawn)
        return Line(points.x, points.y, points.joined, drawn.color, dashed, width)

    def _width(self, drawn: _Drawn) -> float:
        if drawn.shown.ghost:
            return 1.0
        if drawn.shown is self.runs[0]:
            return 2.0
        return 1.0 if len(self._kept) > _FEW else 1.6

    def _peaks(self, torque_as: float) -> tuple[PeakSaid, ...]:
        """Return the peaks of the runs, the front one's first, those of a crowd without words."""
        here = [drawn for drawn in self._kept if not drawn.shown.ghost]
        said = []
        for place, drawn in enumerate(here[:_FEW] if len(here) <= _FEW else here[:1]):
            result, series = drawn.shown.result, drawn.shown.series
            for peak, unit, scale, ring in (
                (result.peak_power, self.units.power, 1.0, False),
                (result.peak_torque, self.units.torque, torque_as, True),
            ):
                at = place_of(peak, drawn.lines.curve, self.axis)
                if peak is None or not np.isfinite(at):
                    continue
                value = peak.value * result.factor.value * unit.factor
                words = f"{in_words(value, unit.decimals)} {unit.symbol}"
                said.append(
                    PeakSaid(
                        Mark(at, value * scale, series, ring=ring),
                        words if place < _LABELLED else "",
                    )
                )
        return tuple(said)

    def _shades(self) -> tuple[tuple[float, float, str], ...]:
        """Return where the clock of the run in front slipped, and where it has gaps.

        Nothing of a ghost: its bars would be taken for those of the run that is being driven.
        """
        if not self._kept or self._kept[0].shown.ghost:
            return ()
        drawn = self._kept[0]
        curve, slips = drawn.lines.curve, drawn.shown.result.slips
        x = over(curve, self.axis)
        if len(x) < 2:
            return ()
        found = []
        for slip in slips:
            if curve.t_s[0] <= slip.t_s <= curve.t_s[-1]:
                ends = np.interp((slip.t_s, slip.t_s + abs(slip.by_s)), curve.t_s, x)
                found.append((float(ends[0]), float(ends[1]), "time glitch"))
        found += [(float(x[at]), float(x[at + 1]), "gap") for at in drawn.lines.gaps()]
        return tuple(each for each in found if np.isfinite(each[:2]).all())

    def _other(self, role: Role, shown: tuple[float, float] | None, most: int) -> Pane | None:
        drawn: list[tuple[_Drawn, Points]] = []
        unit = {Role.AFR: _PLAIN, Role.LAMBDA: _LAMBDA}.get(role, self.units.boost)
        for each in self._all():
            result = each.shown.result
            values = (
                of_role(result, role)
                if role is Role.BOOST
                else as_mixture(result, role, self._mixture)
            )
            if values is not None:
                drawn.append((each, each.lines.points(values, shown, most, unit)))
        ends = ends_of(points for _, points in drawn)
        if ends is None:
            return None
        low, high = rounded_about(*ends, _SHORTEST[role.value])
        title = {Role.AFR: "AFR", Role.LAMBDA: "Lambda"}.get(role, "Boost")
        lines = [self._line(each, points) for each, points in reversed(drawn) if not each.live]
        lines.sort(key=lambda line: line.color is not None)
        return Pane(
            role.value,
            f"{title} {unit.symbol}".strip(),
            low=low,
            high=high,
            nought=low < 0 < high,
            lines=tuple(lines),
            live=tuple(self._line(each, points) for each, points in drawn if each.live),
        )

    def _difference(self, shown: tuple[float, float] | None) -> Pane:
        symbols = f"{self.units.power.symbol}, {self.units.torque.symbol}"
        two = self.comparison is not None and len(self.runs) > 1
        if not two or self.comparison.axis != self.axis:
            note = self.why_no_difference
            if two:
                words = AXIS_WORDS[self.comparison.axis].lower()
                note = f"The difference is drawn over {words}: that is what both runs share."
            return Pane("difference", f"Difference {symbols}", note=note, low=-1.0, high=1.0)
        first, second = self.runs[0], self.runs[1]
        x = self.comparison.x
        power = self.comparison.power_gain_kw * self.units.power.factor
        torque = self.comparison.torque_gain_nm * self.units.torque.factor
        inside = np.ones(len(x), np.bool_)
        if shown is not None:
            inside = (x >= shown[0]) & (x <= shown[1])
        ends = extent((power[inside], torque[inside])) or (-1.0, 1.0)
        low, high = rounded_about(min(0.0, ends[0]), max(0.0, ends[1]), 2.0)
        return Pane(
            "difference",
            f"{second.name} less {first.name}: power {self.units.power.symbol}",
            f"torque {self.units.torque.symbol}",
            low,
            high,
            nought=True,
            lines=(
                self._gain(x, torque, second.series, dashed=True),
                self._gain(x, power, second.series),
            ),
        )

    @staticmethod
    def _gain(x: Floats, gain: Floats, series: int, *, dashed: bool = False) -> Line:
        good = np.isfinite(gain)
        joined = good & np.append(good[1:], False) if len(good) else good
        return Line(x, np.where(good, gain, 0.0), joined, series, dashed, 2.0)


def _most(lines: Iterable[Points]) -> float:
    return max((line.high for line in lines if len(line)), default=0.0)
