"""Limits in force and standing alarms upon the live page, brought there only when they change."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.bands import Edge, bands, edges_of, limit_bands
from cartech_desk.ui.models.limit_alarms import AlarmFace, faces_of
from cartech_desk.ui.models.limit_lines import LimitLine, limit_lines
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.tile_grid import TileGrid

if TYPE_CHECKING:
    from cartech_desk.ui.models.value_scale import ValueScale
    from cartech_desk.ui.widgets.strip_chart import StripChart


class LiveLimits:
    """Shows limits as bands of the tiles and lines of the charts, and alarms as the tiles' frames.

    A tick in which neither changed costs two comparisons.
    """

    def __init__(self, grid: TileGrid, stack: ChartStack) -> None:
        self._grid = grid
        self._stack = stack
        self._limits: tuple[Limit, ...] | None = None
        self._standing: tuple[StandingAlarm, ...] | None = None
        self._faces: Mapping[str, AlarmFace] = {}

    def forget(self) -> None:
        """Bring everything anew at the next tick: there are other tiles and charts."""
        self._limits = None
        self._standing = None

    def show(self, alarms: AlarmsSnapshot) -> None:
        """Show the limits and alarms of this picture."""
        if alarms.limits is not self._limits:
            changed = alarms.limits != self._limits
            self._limits = alarms.limits
            if changed:
                self._show_limits(alarms.limits)
        if alarms.standing is not self._standing:
            self._standing = alarms.standing
            self._faces = faces_of(alarms.standing)
            for name, tile in self._grid.tiles.items():
                tile.show_alarm(self._faces.get(name))

    def _show_limits(self, limits: tuple[Limit, ...]) -> None:
        edges: dict[str, tuple[Edge, ...]] = {}

        def of(name: str) -> tuple[Edge, ...]:
            if name not in edges:
                edges[name] = edges_of(limits, name)
            return edges[name]

        for spec in self._grid.specs:
            chosen = spec.bands
            if chosen is None:
                found = of(spec.channel)
                chosen = limit_bands(found) if found else bands(spec.channel)
            self._grid.tiles[spec.channel].show_limits(chosen, of(spec.channel))
        for chart in self._stack.charts:
            _rule(chart, {t.channel.name: of(t.channel.name) for t in chart.traces})


def _rule(chart: "StripChart", edges: Mapping[str, tuple[Edge, ...]]) -> None:
    lines: dict[ValueScale, list[LimitLine]] = {}
    for trace in chart.traces:
        found = limit_lines(trace, edges[trace.channel.name], named=len(chart.traces) > 1)
        if found:
            lines.setdefault(trace.scale, []).extend(found)
    if lines or chart.limits:
        chart.set_limits(lines)
