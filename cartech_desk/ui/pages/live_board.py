"""The board of the live page: a layout's tiles and charts, drawn from the bay's rings."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cartech_desk.bay.bay import Bay
from cartech_desk.bay.status import BaySnapshot, ChannelStatus, LinkState
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_words import lamp_state, short_headline
from cartech_desk.ui.models.band_zones import Zone
from cartech_desk.ui.models.cursor_rows import CursorRow, CursorTable, lags, rate_text
from cartech_desk.ui.models.live_layout import LiveLayout, moved
from cartech_desk.ui.models.live_traces import LiveTraces
from cartech_desk.ui.models.time_scale import before_now, clock_time
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace, shown_unit, traces_of
from cartech_desk.ui.models.value_scale import DASH, ValueScale
from cartech_desk.ui.pages.live_limits import LiveLimits
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.cursor_panel import CursorPanel
from cartech_desk.ui.widgets.edit_buttons import EditButton, EditButtons
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.widgets.tile import SPARK_SECONDS, Tile, TileReading
from cartech_desk.ui.widgets.tile_grid import TileGrid

_SECOND: Final = 1_000_000_000
_FRAME_MS: Final = 16
_SPARK_COLUMNS: Final = 90
_SPARK_EVERY: Final = 4  # ticks; a column of a sparkline is a third of a second
_PANEL_WIDTH: Final = 372


class LiveBoard(QWidget):
    """Tiles above, charts below with the values at the cursor at their right.

    `tick` shows a picture of the bay; between ticks only what the hand moves is drawn anew.
    """

    layout_changed = Signal(object)
    """The LiveLayout after a change by hand."""
    tile_edit_wanted = Signal(str)
    chart_edit_wanted = Signal(int)

    def __init__(self, bay: Bay, ring_s: float = 600.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bay = bay
        self._ring_ns = int(ring_s * _SECOND)
        self.view = TimeView(60 * _SECOND, longest_ns=self._ring_ns)
        self._spark_view = TimeView(SPARK_SECONDS * _SECOND, longest_ns=SPARK_SECONDS * _SECOND)
        self.traces = LiveTraces(bay, self.view)
        self._sparks = LiveTraces(bay, self._spark_view)
        self.layout_shown = LiveLayout()
        self._channels: Mapping[str, Channel] = {}
        self._delivered: frozenset[str] = frozenset()
        self._lines: dict[str, list[Trace]] = {}
        self._last_good: dict[str, float] = {}
        self._ticks = 0
        self._connected = False
        self._snapshot: BaySnapshot | None = None
        self._system = UnitSystem.METRIC
        self._editing = False
        self._chart_buttons: list[EditButtons] = []

        self.grid = TileGrid()
        self.stack = ChartStack(self.view)
        self.rows = CursorTable()
        self.panel = CursorPanel(self.rows)
        self._across = Split(Qt.Orientation.Horizontal)
        self._across.addWidget(self.stack)
        self._across.addWidget(self.panel)
        self._across.setStretchFactor(0, 1)
        self._across.setCollapsible(0, False)
        self._across.setHandleWidth(Space.S)
        self._across.setSizes([10_000, _PANEL_WIDTH])
        self.panel.setMinimumWidth(220)
        self._down = Split(Qt.Orientation.Vertical)
        self._down.addWidget(self.grid)
        self._down.addWidget(self._across)
        self._down.setChildrenCollapsible(False)
        self._down.setHandleWidth(Space.M)
        self._down.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._down)

        self._limits = LiveLimits(self.grid, self.stack)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._draw_moved)
        self.view.moved.connect(self._frame.start)
        self.view.cursor_moved.connect(self._frame.start)
        self.grid.changed.connect(lambda specs: self._change(tiles=specs))
        self.grid.edit_wanted.connect(self.tile_edit_wanted)
        self.stack.heights_changed.connect(self._heights_changed)
        self._down.splitterMoved.connect(self._share_changed)
        self.stack.resized.connect(self._frame.start)

    # What is shown

    def show_layout(
        self,
        layout: LiveLayout,
        channels: Mapping[str, Channel],
        system: UnitSystem,
    ) -> None:
        """Show a layout; `channels` are what the car delivers, any other is said to be missing."""
        span_changed = layout.span_s != self.layout_shown.span_s
        self.layout_shown = layout
        self._channels = {
            name: channels.get(name) or Channel(name, name, "none", 0.0, 1.0)
            for name in layout.channels()
        }
        self._system = system
        self._delivered = frozenset(name for name in layout.channels() if name in channels)
        self._build_charts(layout, system)
        self._build_tiles(layout, system)
        self._limits.forget()
        self.traces.set_channels(self._lines)
        self._sparks.set_channels(tile.channel for tile in layout.tiles)
        if span_changed:
            self.view.zoom(layout.span_s * _SECOND / self.view.span_ns, self.view.right_ns)
        self._fit_tiles()
        self.set_editing(self._editing)
        if self._snapshot is not None:
            self._ticks = 0
            self.tick(self._snapshot)
            self._frame.start()  # held charts are drawn anew too

    def _build_charts(self, layout: LiveLayout, system: UnitSystem) -> None:
        self._lines = {}
        charts = []
        for spec in layout.charts:
            traces = traces_of([self._channels[name] for name in spec.channels], system)
            if spec.scale is not None and traces:
                low, high = (traces[0].unit.to_shown(end) for end in spec.scale)
                traces[0].scale.fix(min(low, high), max(low, high))
            for trace in traces:
                trace.color = self._color(trace.channel.name)
                self._lines.setdefault(trace.channel.name, []).append(trace)
            charts.append(traces)
        self.stack.set_charts(charts, [spec.height for spec in layout.charts])

    def _build_tiles(self, layout: LiveLayout, system: UnitSystem) -> None:
        tiles = {}
        for spec in layout.tiles:
            channel = self._channels[spec.channel]
            tiles[spec.channel] = Tile(
                channel,
                shown_unit(channel, system),
                spec.bands,
                spec.scale or (channel.minimum, channel.maximum),
                color=self._color(spec.channel),
            )
        self.grid.set_tiles(layout.tiles, tiles)

    def _color(self, name: str) -> int:
        """One colour for one channel wherever it stands: those in charts come first."""
        charted = [one for spec in self.layout_shown.charts for one in spec.channels]
        order = list(dict.fromkeys([*charted, *self.layout_shown.channels()]))
        return order.index(name)

    def _fit_tiles(self) -> None:
        needed = self.grid.needed_height()
        total = max(1, self._down.height())
        share = self.layout_shown.tiles_share
        wanted = round(share * total) if share else min(needed, round(total * 0.45))
        if self._editing:  # the tiles are higher by their buttons: see most of them at once
            wanted = max(wanted, min(needed, round(total * 0.6)))
        self.grid.setVisible(bool(self.layout_shown.tiles))
        self._across.setVisible(bool(self.layout_shown.charts) or not self.layout_shown.tiles)
        if self.layout_shown.tiles:
            self._down.setSizes([wanted, total - wanted])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the tiles' share."""
        super().resizeEvent(event)
        self._fit_tiles()

    # One frame

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show this picture of the bay."""
        self._snapshot = snapshot
        self._connected = snapshot.connection.state is LinkState.CONNECTED
        now = snapshot.now_ns
        self._limits.show(snapshot.alarms)
        self.view.set_bounds(now - self._ring_ns, now)
        if self.view.following:
            self._follow(snapshot)
        self._show_tiles(snapshot)
        self._show_rows(snapshot)
        self._ticks += 1

    def forget(self) -> None:
        """Read everything anew at the next tick: the page was away."""
        self.traces.forget()
        self._sparks.forget()
        self._ticks = 0

    def worst(self) -> tuple[State | None, str]:
        """Return the lamp and words of the worst alarm, else of the worst zone of all tiles."""
        alarm = self._snapshot.alarms.worst if self._snapshot is not None else None
        if alarm is not None:
            return lamp_state(alarm), short_headline(alarm, self._system)
        worst = max(self.grid.tiles.values(), key=lambda tile: tile.zone.severity, default=None)
        if worst is None or worst.zone is Zone.GOOD:
            return None, ""
        words = f"{worst.channel.label} {worst.zone.word}: {worst.value_text} {worst.unit.symbol}"
        return State.TRIP if worst.zone.severity > 1 else State.WARNING, words.strip()

    def _asked(self, snapshot: BaySnapshot) -> dict[str, float]:
        return {name: status.asked_hz for name, status in snapshot.channels.items()}

    def _follow(self, snapshot: BaySnapshot) -> None:
        now = snapshot.now_ns
        self.traces.follow(now, self.stack.plot_width, self._asked(snapshot))
        self._hand_columns()
        self.stack.refresh(before_now(now), now)

    def _draw_moved(self) -> None:
        """Draw what the hand moved, at once and not at the next tick."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        if self.view.following:
            self._follow(snapshot)
            self._change(span_s=round(self.view.span_ns / _SECOND, 3))
        else:
            now = snapshot.now_ns
            self.traces.hold(now, self.stack.plot_width, self._asked(snapshot))
            self._hand_columns()
            clock = self._clock(now)
            midnight = clock.replace(hour=0, minute=0, second=0, microsecond=0)
            origin = now - round((clock - midnight).total_seconds() * 1e9)
            self.stack.refresh(clock_time(now, clock), origin)
        self._show_rows(snapshot)

    @staticmethod
    def _clock(now_ns: int) -> datetime:
        """Return the time of day at a monotonic instant."""
        back = (monotonic_ns() - now_ns) / _SECOND
        return datetime.fromtimestamp(time.time() - back)

    def _hand_columns(self) -> None:
        for name, lines in self._lines.items():
            columns = self.traces.columns(name)
            for line in lines:
                line.columns = columns

    def _show_tiles(self, snapshot: BaySnapshot) -> None:
        for name, tile in self.grid.tiles.items():
            tile.show_reading(self._reading(name, snapshot.channels.get(name)))
        if self._ticks % _SPARK_EVERY == 0 and self.grid.isVisible():
            now = snapshot.now_ns
            self._spark_view.set_bounds(now - SPARK_SECONDS * _SECOND, now)
            self._sparks.follow(now, _SPARK_COLUMNS, self._asked(snapshot))
            for name, tile in self.grid.tiles.items():
                tile.show_spark(self._sparks.columns(name), now)

    def _reading(self, name: str, status: ChannelStatus | None) -> TileReading:
        if status is None:
            return TileReading(missing=self._connected and name not in self._delivered)
        if math.isfinite(status.value):
            self._last_good[name] = status.value
            return TileReading(status.value, fresh=True, age_s=status.age_s)
        if status.invalid:
            return TileReading(invalid=True)
        return TileReading(self._last_value(name), age_s=status.age_s)

    def _last_value(self, name: str) -> float:
        """Return the last good value of a channel that has gone quiet."""
        if name not in self._last_good:
            values = self._bay.series(name, self._ring_ns / _SECOND).values
            good = values[np.isfinite(values)]
            if not len(good):
                return math.nan
            self._last_good[name] = float(good[-1])
        return self._last_good[name]

    def _show_rows(self, snapshot: BaySnapshot) -> None:
        cursor = self.view.cursor_ns
        if cursor is not None and self.view.following and cursor < self.view.left_ns:
            cursor = None  # no line shows it, and old values must never look live
        now = snapshot.now_ns
        if cursor is None and self.view.following:
            heading = "now"
        elif self.view.following:
            heading = before_now(now)(cursor, _SECOND // 10)
        else:
            at = self.view.right_ns if cursor is None else cursor
            heading = clock_time(now, self._clock(now))(at, _SECOND // 10)
            cursor = at
        self.rows.set_heading(heading)
        names = list(dict.fromkeys([*self._lines, *self.layout_shown.channels()]))
        self.rows.show([self._row(name, cursor, snapshot) for name in names])

    def _row(self, name: str, cursor: int | None, snapshot: BaySnapshot) -> CursorRow:
        status = snapshot.channels.get(name)
        channel = self._channels[name]
        lines = self._lines.get(name)
        line = lines[0] if lines else None
        unit = line.unit if line else self.grid.tiles[name].unit
        color = line.color if line else None
        if status is None:
            return CursorRow(name, channel.label, DASH, "", color=color, muted=True)
        value = (
            status.value
            if cursor is None
            else self.traces.value_at(name, cursor, snapshot.now_ns, status.asked_hz)
        )
        text = (line or Trace(channel, unit, 0, ValueScale(0, 1))).text(value)
        return CursorRow(
            name,
            channel.label,
            text,
            unit.symbol if math.isfinite(value) else "",
            rate_text(status.asked_hz),
            rate_text(status.achieved_hz),
            color,
            lags(status.asked_hz, status.achieved_hz),
            muted=not math.isfinite(value),
        )

    # Changes by hand

    def set_editing(self, editing: bool) -> None:
        """Show or take away the buttons upon tiles and charts."""
        changed = editing != self._editing
        self._editing = editing
        self.grid.set_editing(editing)
        if changed:
            self._fit_tiles()
        self.stack.set_handles(wide=editing)
        for buttons in self._chart_buttons:
            buttons.setParent(None)
            buttons.deleteLater()
        self._chart_buttons = []
        if not editing:
            return
        for index, chart in enumerate(self.stack.charts):
            buttons = EditButtons(self._acts_upon(index), chart, columns=4)
            # Up to the legend, so that the lowest chart that there is shows them whole.
            top = min(chart.plot.top(), chart.minimumHeight() - buttons.sizeHint().height())
            buttons.move(chart.plot.left() + Space.S, top)
            buttons.show()
            self._chart_buttons.append(buttons)

    def _acts_upon(self, index: int) -> Sequence[EditButton]:
        return (
            ("chevron-up", "Move up", lambda: self.move_chart(index, -1)),
            ("chevron-down", "Move down", lambda: self.move_chart(index, 1)),
            ("pencil", "Channels and scale", lambda: self.chart_edit_wanted.emit(index)),
            ("close", "Remove this chart", lambda: self.remove_chart(index)),
        )

    def move_chart(self, index: int, by: int) -> None:
        """Move a chart up or down."""
        self._change(charts=moved(self.layout_shown.charts, index, by))

    def remove_chart(self, index: int) -> None:
        """Remove a chart."""
        charts = self.layout_shown.charts
        self._change(charts=charts[:index] + charts[index + 1 :])

    def _heights_changed(self) -> None:
        heights = self.stack.heights()
        charts = tuple(
            replace(spec, height=max(height, 0.01))
            for spec, height in zip(self.layout_shown.charts, heights, strict=True)
        )
        self._change(charts=charts)

    def _share_changed(self) -> None:
        sizes = self._down.sizes()
        share = sizes[0] / max(1, sum(sizes))
        self._change(tiles_share=min(max(round(share, 3), 0.05), 0.9))

    def _change(self, **changes: object) -> None:
        layout = replace(self.layout_shown, **changes)
        if layout != self.layout_shown:
            self.layout_shown = layout
            self.layout_changed.emit(layout)
