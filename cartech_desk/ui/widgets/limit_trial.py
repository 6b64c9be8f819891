"""The trial: a limit drawn over a past recording, and how often it would have gone off."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.alarms.limit import Level, Limit
from cartech_desk.domain.alarms.trial import Trial
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.units import ShownUnit
from cartech_desk.store.recordings import (
    RecordingsAsked,
    RecordingsFound,
    RecordingStore,
    RecordingSummary,
)
from cartech_desk.ui.models.columns import Columns, no_columns
from cartech_desk.ui.models.limit_lines import limit_lines
from cartech_desk.ui.models.limit_trial import (
    edges_tried,
    fitting,
    needs,
    passings,
    recording_words,
    to_try,
    tried_scale,
    watched_channel,
    watched_curve,
)
from cartech_desk.ui.models.limit_words import trial_words
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.recording_reader import RecordingReader
from cartech_desk.ui.models.time_scale import elapsed
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.chart_stack import ChartStack
from cartech_desk.ui.widgets.lamp import LampLabel

_DEBOUNCE_MS: Final = 200
_OLDER: Final = 30
_ANY_HEIGHT: Final = 16_777_215
_LONGEST_NS: Final = 7 * 86_400 * 1_000_000_000

TryLimit = Callable[[Limit, str], Trial]


class LimitTrial(QWidget):
    """Follows the limit as it is typed, a moment after the last key; judged in the background.

    The curve is folded away until somebody asks for it; the verdict is said meanwhile.
    """

    tried = Signal(object)
    """The `Trial` that is shown now, or None."""
    unfolded = Signal(bool)
    """The curve was asked for, or put away."""

    def __init__(
        self, recordings: RecordingStore, try_limit: TryLimit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._try = try_limit
        self._store = recordings
        self._summaries: Sequence[RecordingSummary] = ()
        self._vehicle_id = ""
        self._limit: Limit | None = None
        self._unit = ShownUnit("none", "", 2)
        self._summary: RecordingSummary | None = None
        self._trace: Trace | None = None
        self._curve: Columns | None = None
        """The whole of an expression's curve; None where the reader has that of a channel."""
        self._curve_of = ("", "")
        self.result: Trial | None = None
        self._held = False
        self._work = NewestOnly(self, self._refused)
        self._curve_work = NewestOnly(self, self._refused)
        self._offering = NewestOnly(self, self._refused)
        self._looking = NewestOnly(self, self._refused)
        self._asked: set[tuple[str, ...]] = set()
        """Channels of which older recordings were looked for."""
        self.reader = RecordingReader(recordings, self._refused, self)
        self.reader.loaded.connect(self._columns_came)
        self.view = TimeView(60_000_000_000, longest_ns=_LONGEST_NS, following=False)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_DEBOUNCE_MS)
        self._wait.timeout.connect(self._begin)
        self._read = QTimer(self)
        self._read.setSingleShot(True)
        self._read.setInterval(60)
        self._read.timeout.connect(self._read_columns)
        self.view.moved.connect(self._view_moved)
        self.view.followed.connect(self._show_whole)
        self._build()

    def _build(self) -> None:
        self.fold = QPushButton()
        self.fold.setProperty("role", "link")
        self.fold.setCheckable(True)
        self.fold.setToolTip("Draw the limit over a past recording (T)")
        self.fold.toggled.connect(self._unfold)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Recording that the limit is tried on")
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setMinimumContentsLength(20)
        self.choice.activated.connect(lambda _index: self._choose())
        self.verdict = LampLabel(State.OFF, "")
        words = self.verdict.findChild(QLabel)
        if words is not None:
            words.setWordWrap(True)
        self.stack = ChartStack(self.view)
        self.stack.resized.connect(self._read.start)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.nothing)
        self.pages.addWidget(self.stack)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.fold)
        row.addWidget(self.choice, 1)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addLayout(row)
        layout.addWidget(self.verdict)
        layout.addWidget(self.pages, 1)
        self._say_nothing()
        self._unfold(False)

    def sizeHint(self) -> QSize:
        """As high as a curve needs that one can judge by; folded, as its two lines."""
        return QSize(480, 260) if self.fold.isChecked() else super().sizeHint()

    def _unfold(self, opened: bool) -> None:
        self.fold.setText("\u25be Trial" if opened else "\u25b8 Try it on a recording  T")
        self.choice.setVisible(opened)
        self.pages.setVisible(opened)
        policy = QSizePolicy.Policy.Expanding if opened else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        folded = self.fold.sizeHint().height() + Space.S + 2 * self.fontMetrics().lineSpacing()
        self.setMinimumHeight(0 if opened else folded)
        self.setMaximumHeight(_ANY_HEIGHT if opened else folded)
        self.unfolded.emit(opened)

    # What is shown

    @property
    def reading(self) -> bool:
        """Whether recordings are looked for."""
        return self._offering.busy or self._looking.busy

    def offer_recordings(self, vehicle_id: str) -> None:
        """Offer recordings of this vehicle and the newest of all, once they are read."""
        recordings = self._store
        self._offering.ask(
            lambda: to_try(recordings, vehicle_id),
            lambda found: self.show_recordings(found, vehicle_id),
        )

    def show_recordings(self, summaries: Sequence[RecordingSummary], vehicle_id: str) -> None:
        """Offer these recordings, those of this vehicle first."""
        self._summaries, self._vehicle_id = summaries, vehicle_id
        self._asked.clear()
        self._looking.forget()
        self._offer()

    def show_limit(self, limit: Limit | None, unit: ShownUnit) -> None:
        """Try this limit, in a moment; None while what is typed makes none."""
        self._held = False
        same = (limit, unit) == (self._limit, self._unit)
        if same and self._summary is not None and self.result is not None:
            return
        other = limit is None or self._limit is None or limit.channels != self._limit.channels
        self._limit, self._unit = limit, unit
        if other:
            self._offer()
        self._wait.start()

    def hold(self) -> None:
        """Wait: what is typed makes no limit just now. Recording and curve stay."""
        self._wait.stop()
        self._work.forget()
        self.result = None
        if self._trace is None:
            self.show_limit(None, self._unit)
            return
        self._held = True
        self._say_wrong("What is typed makes no limit yet: the trial waits.")
        self.tried.emit(None)

    def _offer(self) -> None:
        """List the recordings that hold what the limit needs; the chosen one stays if it can."""
        found = fitting(self._limit, self._summaries, self._vehicle_id)
        if not found:
            self._look_further()
        chosen = self._summary.id if self._summary is not None else ""
        self.choice.clear()
        for summary in found:
            self.choice.addItem(recording_words(summary), summary)
        place = next((at for at, one in enumerate(found) if one.id == chosen), 0)
        self.choice.setEnabled(bool(found))
        if found:
            self.choice.setCurrentIndex(place)
        self._choose()

    def _look_further(self) -> None:
        """Ask for older recordings that hold what the limit needs."""
        limit, recordings = self._limit, self._store
        needed = needs(limit)
        if not needed or needed in self._asked or self._offering.busy:
            return
        self._asked.add(needed)
        wanted = RecordingsAsked(limit=_OLDER, ended=True, holding=needed)

        def came(found: RecordingsFound) -> None:
            if limit is self._limit:
                self._summaries = (*self._summaries, *found.rows)
                self._offer()

        self._looking.ask(lambda: recordings.find(wanted), came)

    def _choose(self) -> None:
        summary = self.choice.currentData()
        known = self._summary.id if self._summary is not None else ""
        self._summary = summary
        if summary is None:
            self._trace = None
            self._say_nothing()
            return
        if summary.id != known:
            self._trace = None
            self.view.set_bounds(summary.first_ns, summary.last_ns)
            self.view.show(summary.first_ns, summary.last_ns)
        self._wait.start()

    def _say_nothing(self) -> None:
        self.result = None
        self._work.forget()
        self.reader.close()
        self.pages.setCurrentWidget(self.nothing)
        self.verdict.hide()
        if self._limit is None:
            words = (
                "Choose a limit: it is tried here on what was recorded before it is switched on."
            )
        elif self.reading:
            words = "Looking for recordings that it can be tried on …"
        elif not self._summaries:
            words = (
                "Nothing is recorded yet. Record a drive (Ctrl+R on Live): the limit is tried on "
                "it here before it is switched on."
            )
        else:
            words = f"No recording holds {' and '.join(self._limit.channels)} yet."
        self.nothing.setText(words)
        self.tried.emit(None)

    # Trying

    def _begin(self) -> None:
        limit, summary = self._limit, self._summary
        if limit is None or summary is None:
            return
        self._draw(limit, summary)
        try_limit, recording_id = self._try, summary.id
        self._work.ask(lambda: try_limit(limit, recording_id), self._came)

    def _came(self, trial: Trial) -> None:
        self.result = trial
        worst = max((one.level for one in trial.occurrences), default=Level.NONE)
        lamp = {Level.NONE: State.CONNECTED, Level.WARNING: State.WARNING, Level.TRIP: State.TRIP}
        self.verdict.show_state(lamp[worst], trial_words(trial))
        self.verdict.show()
        self._show_limit()
        self.tried.emit(trial)

    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, CarTechError):
            raise error
        self._say_wrong(error.message)

    def _say_wrong(self, words: str) -> None:
        self.result = None
        self.verdict.show_state(State.OFF, words)
        self.verdict.show()
        self._show_limit()

    # Drawing

    def _draw(self, limit: Limit, summary: RecordingSummary) -> None:
        channel = watched_channel(limit, summary, self._unit.key)
        plain = any(each.channel.name == channel.name for each in summary.channels)
        before = self._trace
        if before is None or (before.channel, before.unit) != (channel, self._unit):
            self._trace = Trace(channel, self._unit, 0, ValueScale(0, 1))
            self.stack.set_charts([[self._trace]])
            self.reader.open(summary)
            self._curve = None if plain else no_columns()
            self._curve_of = ("", "")
        elif self.reader.summary != summary:
            self.reader.open(summary)
            self._curve_of = ("", "")
        self.pages.setCurrentWidget(self.stack)
        self._read_columns()

    def _read_columns(self) -> None:
        limit, summary, trace = self._limit, self._summary, self._trace
        if limit is None or summary is None or trace is None:
            return
        if self._curve is None:
            left, right = self.view.left_ns, self.view.right_ns
            self.reader.ask_columns([trace.channel.name], left, right, self.stack.plot_width)
        elif self._curve_of != (summary.id, limit.watches):
            store, names = self._store, limit.inputs

            def work() -> Columns:
                found = store.read_all(summary.id, names, summary.first_ns, summary.last_ns)
                return watched_curve(limit, found)

            def done(curve: Columns) -> None:
                self._curve, self._curve_of = curve, (summary.id, limit.watches)
                self._columns_came()

            self._curve_work.ask(work, done)

    def _columns_came(self) -> None:
        trace = self._trace
        if trace is None:
            return
        curve = self._curve
        trace.columns = self.reader.columns(trace.channel.name) if curve is None else curve
        self._show_limit()

    def _show_limit(self) -> None:
        """Draw the limit and when it would have gone off; the scale shows its edges too."""
        trace, limit = self._trace, self._limit
        if trace is None or not self.stack.charts:
            return
        chart = self.stack.charts[0]
        if self._held:
            chart.set_limits({})
        elif limit is not None:
            lines = limit_lines(trace, edges_tried(limit), deadband=limit.deadband)
            values = [
                value for line in lines for value in (line.value, line.back) if value is not None
            ]
            ends = tried_scale(_shown(trace), values)
            if ends is not None:
                trace.scale.fix(*ends)
            found = passings(self.result) if self.result is not None else ()
            chart.set_limits({trace.scale: lines}, found)
        self.stack.refresh(elapsed, 0)

    def _show_whole(self, following: bool) -> None:
        """Show the whole recording again, after a double-click."""
        if following and self._summary is not None:
            self.view.show(self._summary.first_ns, self._summary.last_ns)

    def _view_moved(self) -> None:
        self.stack.refresh(elapsed, 0)
        self._read.start()


def _shown(trace: Trace) -> Columns:
    columns, unit = trace.columns, trace.unit
    low, high = unit.to_shown(columns.low), unit.to_shown(columns.high)
    return Columns(columns.t_ns, low, high, columns.starts)
