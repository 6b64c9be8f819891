"""One recording: overview, charts, values at the cursor, marks, and playing."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from cartech_desk.domain.bands import bands
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Mark, MarkKind, RecordingSummary
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.cursor_rows import CursorRow, CursorTable
from cartech_desk.ui.models.live_layout import TileSpec
from cartech_desk.ui.models.recording_charts import grouped, usual_channels
from cartech_desk.ui.models.recording_reader import RecordingReader
from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_scale import elapsed
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace, traces_of
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.pages.recording_limits import RecordingLimits
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.cursor_panel import CursorPanel
from cartech_desk.ui.widgets.overview import Overview
from cartech_desk.ui.widgets.play_bar import PlayBar
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.widgets.tile import Tile, TileReading
from cartech_desk.ui.widgets.tile_grid import TileGrid

if TYPE_CHECKING:
    from cartech_desk.domain.channels import Channel

_SECOND: Final = 1_000_000_000
_FRAME_MS: Final = 16
_SETTLE_MS: Final = 60
_TILES: Final = 6
_TILE_HEIGHT: Final = 104
_AROUND_NS: Final = 5 * _SECOND
_PLACE_NS: Final = 20 * _SECOND
_MARK_ICONS: Final = {
    MarkKind.NOTE: "mark",
    MarkKind.TRIGGER: "record",
    MarkKind.GAP: "warning",
    MarkKind.ALARM: "bell",
}
_MARK_WORDS: Final = {
    MarkKind.NOTE: "mark",
    MarkKind.TRIGGER: "recording started",
    MarkKind.GAP: "link gone",
    MarkKind.ALARM: "alarm",
}

_STRETCHES: Final = frozenset({MarkKind.GAP, MarkKind.ALARM})


class RecordingViewer(QWidget):
    """Wheel zooms from the whole to single samples; double-click shows the whole again."""

    said = Signal(str)
    """A sentence for the status bar."""
    gone = Signal()
    """The recording is not kept any more: somebody else deleted it."""

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary: RecordingSummary | None = None
        self.channels: dict[str, Channel] = {}
        self.charted: tuple[str, ...] = ()
        self._acts = acts
        self._system = UnitSystem.METRIC
        self._lines: dict[str, Trace] = {}
        self._overview_name = ""
        self.reader = RecordingReader(desk.store.recordings, self._not_read, self)
        self.view = TimeView(60 * _SECOND, longest_ns=60 * _SECOND, following=False)
        self.view.cursor_stays = True
        self.overview = Overview(self.view)
        self.stack = ChartStack(self.view)
        self.grid = TileGrid()
        self.grid.tile_height = _TILE_HEIGHT
        self.grid.setFixedHeight(_TILE_HEIGHT)
        self.limits = RecordingLimits(desk.store.limits, self.grid, acts.tell, self)
        self.rows = CursorTable(rates=False)
        self.panel = CursorPanel(self.rows)
        self.marks = QListWidget()
        self.marks.setAccessibleName("Marks, alarms and gaps")
        self.marks.itemActivated.connect(self._jump)
        self.marks.itemClicked.connect(self._jump)
        self.marks_title = QLabel("Marks, alarms and gaps")
        self.marks_title.setProperty("role", "muted")
        self.play = PlayBar(self.view)
        self._lay_out()
        self._frame = self._timer(_FRAME_MS, self._draw)
        self._settle = self._timer(_SETTLE_MS, self._ask_columns)
        self.view.moved.connect(self._moved)
        self.view.followed.connect(self._show_whole_again)
        self.view.cursor_moved.connect(self._frame.start)
        self.reader.loaded.connect(self._take_columns)
        self.reader.values_loaded.connect(self._frame.start)
        self.stack.resized.connect(self._resized)
        theme_changed.connect(self._dress_marks)

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.play)
        column.addWidget(self.panel, 3)
        column.addWidget(self.marks_title)
        column.addWidget(self.marks, 2)
        side.setMinimumWidth(300)
        self._across = Split(Qt.Orientation.Horizontal)
        left = QWidget()
        charts = QVBoxLayout(left)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(Space.XS)
        charts.addWidget(self.overview)
        charts.addWidget(self.stack, 1)
        self._across.addWidget(left)
        self._across.addWidget(side)
        self._across.setChildrenCollapsible(False)
        self._across.setStretchFactor(0, 1)
        self._across.setHandleWidth(Space.S)
        self._across.setSizes([10_000, 320])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.S)
        outer.addWidget(self.grid)
        outer.addWidget(self._across, 1)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    # Which recording, and which of its channels

    def open(
        self, summary: RecordingSummary, system: UnitSystem, wanted: Sequence[str] = ()
    ) -> None:
        """Show a recording from beginning to end, with the channels of `wanted` that it has."""
        self.play.stop()
        self.summary = summary
        self._system = system
        self.channels = {each.channel.name: each.channel for each in summary.channels}
        self.reader.open(summary)
        length = max(summary.last_ns - summary.first_ns, _SECOND // 20)
        self.view.longest_ns = length
        self.view.following = False
        self.view.set_bounds(summary.first_ns, summary.first_ns + length)
        kept = tuple(name for name in wanted if name in self.channels)
        self._list_marks(summary)
        self.limits.read(summary.vehicle_id)
        self.show_channels(kept or usual_channels(list(self.channels.values())))
        self.view.show(summary.first_ns, summary.first_ns + length)
        self.view.set_cursor(min(max(0, summary.first_ns), summary.last_ns))

    def show_around(self, instant: datetime) -> None:
        """Show the stretch around an instant (UTC), with the cursor upon it."""
        summary = self.summary
        if summary is None:
            return
        at_ns = round((instant - summary.anchor).total_seconds() * _SECOND)
        at_ns = min(max(at_ns, summary.first_ns), summary.last_ns)
        self.view.show(at_ns - _PLACE_NS, at_ns + _PLACE_NS)
        self.view.set_cursor(at_ns)

    def forget(self) -> None:
        """Forget the recording: nothing of it is read any more."""
        self.play.stop()
        for timer in (self._frame, self._settle):
            timer.stop()
        self.summary = None
        self.limits.forget()
        self.reader.close()

    def _not_read(self, error: BaseException) -> None:
        if isinstance(error, NotKept):
            self.gone.emit()
        else:
            self._acts.tell(error)

    def update_summary(self, summary: RecordingSummary) -> None:
        """Take another note, ending or mark of the same recording; nothing else moves."""
        before, self.summary = self.summary, summary
        if before is not None and before.marks != summary.marks:
            self._list_marks(summary)
            self._hand_notes()
            self._frame.start()

    def show_channels(self, names: Sequence[str]) -> None:
        """Show charts of these channels."""
        self.charted = tuple(names)
        charts = []
        self._lines = {}
        color = 0
        for group in grouped([self.channels[name] for name in names]):
            traces = traces_of(group, self._system)
            for trace in traces:
                trace.color = color
                color += 1
                self._lines[trace.channel.name] = trace
            charts.append(traces)
        self.stack.set_charts(charts)
        self.overview.two_scales = self.stack.ruler.two_scales
        self._make_tiles(names)
        self._hand_notes()
        self._ask_overview()
        self._frame.start()
        self._settle.start()

    def show_units(self, system: UnitSystem) -> None:
        """Show the same in other units."""
        if system is not self._system:
            self._system = system
            if self.summary is not None:
                self.show_channels(self.charted)

    def _make_tiles(self, names: Sequence[str]) -> None:
        tiles = {
            name: Tile(
                self.channels[name],
                self._lines[name].unit,
                bands(name),
                (self.channels[name].minimum, self.channels[name].maximum),
                color=self._lines[name].color,
            )
            for name in names[:_TILES]
        }
        for tile in tiles.values():
            tile.with_spark = False
        self.grid.set_tiles([TileSpec(name) for name in tiles], tiles)
        self.limits.show()

    def _hand_notes(self) -> None:
        if self.summary is None:
            return
        flags = [
            Flag(mark.t_ns, _flag_words(mark), first=mark.kind is MarkKind.ALARM)
            for mark in self.summary.marks
            if mark.kind is not MarkKind.GAP
        ]
        gaps = [
            Stretch(
                mark.t_ns,
                mark.t_end_ns if mark.t_end_ns is not None else self.view.last_ns,
                alarm=mark.kind is MarkKind.ALARM,
            )
            for mark in self.summary.marks
            if mark.kind in _STRETCHES
        ]
        self.stack.set_notes(flags, gaps)
        self.overview.show_notes(flags, gaps)

    def _list_marks(self, summary: RecordingSummary) -> None:
        self.marks.clear()
        for mark in summary.marks:
            item = QListWidgetItem(icon(_MARK_ICONS[mark.kind]), mark_text(mark))
            item.setData(Qt.ItemDataRole.UserRole, mark)
            item.setSizeHint(QSize(0, Size.CONTROL_BAY))
            self.marks.addItem(item)
        self.marks.setVisible(bool(summary.marks))
        self.marks_title.setVisible(bool(summary.marks))

    def _dress_marks(self) -> None:
        for row in range(self.marks.count()):
            item = self.marks.item(row)
            item.setIcon(icon(_MARK_ICONS[item.data(Qt.ItemDataRole.UserRole).kind]))

    def _jump(self, item: QListWidgetItem) -> None:
        mark: Mark = item.data(Qt.ItemDataRole.UserRole)
        span = min(self.view.span_ns, max(self.view.longest_ns // 10, 2 * _AROUND_NS))
        self.view.show(mark.t_ns - span // 2, mark.t_ns + span // 2)
        self.view.set_cursor(mark.t_ns)

    # Reading and drawing

    def _moved(self) -> None:
        self._frame.start()
        self._settle.start()

    def _show_whole_again(self, following: bool) -> None:
        if following:
            self.view.show(self.view.first_ns, self.view.last_ns)

    def _ask_columns(self) -> None:
        self.reader.ask_columns(
            self.charted, self.view.left_ns, self.view.right_ns, self.stack.plot_width
        )

    def _ask_overview(self) -> None:
        if not self.charted:
            return
        name = self.charted[0]
        label = self.channels[name].label
        self.reader.ask_overview(
            name,
            self.overview.plot.width(),
            lambda columns: self.overview.show_columns(label, columns),
        )

    def _take_columns(self) -> None:
        for name, line in self._lines.items():
            line.columns = self.reader.columns(name)
        words = "every sample" if self.reader.shows_samples else "lowest and highest of each column"
        self.said.emit(f"The charts show {words}.")
        self._draw()

    def _draw(self) -> None:
        if self.summary is None:
            return
        self.stack.refresh(elapsed, 0)
        self._show_values()

    def _show_values(self) -> None:
        at = self.view.cursor_ns
        names = self.charted
        self.rows.set_heading("point at the charts" if at is None else elapsed(at, _SECOND // 10))
        if at is not None:
            self.reader.ask_values(names, at)
        rows = []
        for name in names:
            line = self._lines[name]
            value = None if at is None else self.reader.value_at(name, at)
            known = value is not None and math.isfinite(value)
            text = line.text(value) if known else "" if at is None else "…"
            if value is not None and not known:
                text = DASH
            rows.append(
                CursorRow(
                    name,
                    line.channel.label,
                    text,
                    line.unit.symbol if known else "",
                    color=line.color,
                    muted=not known,
                )
            )
            tile = self.grid.tiles.get(name)
            if tile is not None and (value is not None or at is None):
                tile.show_reading(
                    TileReading(value, fresh=True)
                    if known
                    else TileReading(invalid=value is not None)
                )
        self.rows.show(rows)

    def _resized(self) -> None:
        """Read anew for another width."""
        if self.charted:
            self._moved()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the tiles where there is no room for them beside the charts."""
        super().resizeEvent(event)
        self.grid.setVisible(self.height() > 480)


def _flag_words(mark: Mark) -> str:
    words = mark.note or _MARK_WORDS[mark.kind]
    return f"▲ {words}" if mark.kind is MarkKind.ALARM else words


def mark_text(mark: Mark) -> str:
    """Return a mark as the list shows it: where it stands, what it is, its note."""
    words = _MARK_WORDS[mark.kind]
    # An alarm's stretch has some seconds before and after it: its length says nothing.
    if mark.kind is MarkKind.GAP and mark.t_end_ns is not None:
        words += f" for {(mark.t_end_ns - mark.t_ns) / _SECOND:.1f} s"
    note = f": {mark.note}" if mark.note else ""
    return f"{elapsed(mark.t_ns)}  {words}{note}"
