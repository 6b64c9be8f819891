"""Charts one above another on one time axis, with their heights set by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_scale import TimeWords, time_ticks
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.widgets.time_ruler import TimeRuler

if TYPE_CHECKING:
    from cartech_desk.ui.widgets.strip_chart import StripChart

_READ_AHEAD_MS: Final = 1000
"""After the page was made: the first chart then need not wait for pyqtgraph to be read."""


class ChartStack(QWidget):
    """Strip charts that share `view`: one axis below, one cursor across all."""

    heights_changed = Signal()
    """Somebody moved the line between two charts."""
    resized = Signal()
    """The charts have another size: what is held must be drawn anew."""

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.charts: list[StripChart] = []
        self._splitter = Split(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(Space.S)
        self._splitter.splitterMoved.connect(lambda *_: self.heights_changed.emit())
        self.ruler = TimeRuler(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.ruler)
        view.cursor_moved.connect(self._show_cursor)
        QTimer.singleShot(_READ_AHEAD_MS, self, _read_charts)

    def set_charts(self, charts: Sequence[Sequence[Trace]], heights: Sequence[float] = ()) -> None:
        """Show these charts from top to bottom; `heights` are shares of the whole."""
        while len(self.charts) > len(charts):
            gone = self.charts.pop()
            gone.setParent(None)
            gone.deleteLater()
        while len(self.charts) < len(charts):
            chart = _read_charts()(self.view)
            self.charts.append(chart)
            self._splitter.addWidget(chart)
        two = any(len({id(trace.scale) for trace in traces}) > 1 for traces in charts)
        self.ruler.two_scales = two
        for chart, traces in zip(self.charts, charts, strict=True):
            chart.two_scales = two
            chart.set_traces(traces)
        self.set_heights(heights)

    def heights(self) -> list[float]:
        """Return the share of the height that each chart has."""
        sizes = self._splitter.sizes()
        total = sum(sizes) or 1
        return [size / total for size in sizes]

    def set_heights(self, heights: Sequence[float]) -> None:
        """Give each chart its share; equal ones where the numbers do not fit the charts."""
        if len(heights) != len(self.charts) or min(heights, default=0) <= 0:
            heights = [1.0] * len(self.charts)
        self._splitter.setSizes([round(height * 10_000) for height in heights])

    def set_handles(self, *, wide: bool) -> None:
        """Make the lines between the charts wide enough for a finger, or narrow again."""
        self._splitter.setHandleWidth(Space.XL if wide else Space.S)

    @property
    def plot_width(self) -> int:
        """Width of the lines' ground in pixels."""
        return self.charts[0].plot.width() if self.charts else max(1, self.width())

    def set_notes(self, flags: Sequence[Flag], gaps: Sequence[Stretch]) -> None:
        """Draw these marks and gaps in every chart."""
        for place, chart in enumerate(self.charts):
            chart.set_notes(flags, gaps, flag_words=place == 0)

    def refresh(self, words: TimeWords, origin_ns: int) -> None:
        """Show what the traces hold now; time marks stand at round distances from the origin."""
        ticks = time_ticks(self.view.left_ns, self.view.right_ns, self.plot_width, words, origin_ns)
        self.ruler.set_ticks(ticks)
        for chart in self.charts:
            chart.set_ticks(ticks)
            chart.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell it."""
        super().resizeEvent(event)
        self.resized.emit()

    def _show_cursor(self) -> None:
        for chart in self.charts:
            chart.show_cursor()


def _read_charts() -> "type[StripChart]":
    """Import the charts, and pyqtgraph with them: a page that shows none yet opens without."""
    from cartech_desk.ui.widgets.strip_chart import StripChart

    return StripChart
