"""Dyno: one big Start, the curve as it is driven, and every run beside every other."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cartech_desk.bay.dyno_status import NO_DYNO, DynoSnapshot, Phase
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.dyno import DynoRun, DynoSession
from cartech_desk.store.dyno_words import named_apart
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.dyno_shown import ShownRun, drawable_axis, reasons, shown_run
from cartech_desk.ui.models.dyno_units import AXES, DynoUnits, dyno_units
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.run_overlay import Kept, Overlay, lay_over, read_kept
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.dyno_bench import (
    BenchView,
    Notice,
    Waiting,
    engine_doubt,
    troubles,
)
from cartech_desk.ui.pages.dyno_driving import Driving
from cartech_desk.ui.pages.dyno_in_sight import InSight
from cartech_desk.ui.pages.dyno_run_acts import RunActs
from cartech_desk.ui.pages.dyno_supplies import Supplies
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.dyno_bar import DynoBar
from cartech_desk.ui.widgets.dyno_chart import DynoChart
from cartech_desk.ui.widgets.dyno_empty import DynoEmpty
from cartech_desk.ui.widgets.dyno_numbers import DynoNumbers
from cartech_desk.ui.widgets.dyno_tree import DynoTree
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from cartech_desk.domain.units import UnitSystem

_KEPT: Final = ("window", "dyno")
_WIDTHS: Final = (250, 700, 290)


class DynoPage(Page):
    """The dyno bench. Left the runs, in the middle the curves, at the right the numbers."""

    key = "dyno"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.sessions: tuple[DynoSession, ...] = ()
        self.runs: dict[str, DynoRun] = {}
        """Every kept run by its id, the newest first."""
        self.chosen: tuple[str, ...] = ()
        """Runs that are laid over each other, the one in front first."""
        self.overlay = Overlay({})
        self.results = dict(self.overlay.results)
        self.difference = False
        self.axis = AXES[0]
        self.preview: QWidget | None = None
        self.loaded = False
        self._reading = NewestOnly(self, acts.tell)
        self._computing = NewestOnly(self, acts.tell)
        self._now: DynoSnapshot = NO_DYNO
        self._seen_run: str | None = None
        self._wanted = ""
        self._waiting = Waiting()
        self._memory: dict[str, Any] = {}
        self._take_settings()
        self.does = RunActs(self)
        self.drives = Driving(self)
        self.supplies = Supplies(self)
        self.sight = InSight(self)
        self._build()
        self._connect()
        self._show_units()

    def _build(self) -> None:
        self.whose = ElidedLabel("muted")
        self.header.insertWidget(1, self.whose, 10)
        self.session = self._button("Session…", self.drives.session_pressed, "New session (N)")
        self.sources = self._button(
            "Sources…", self.supplies.sources, "Dyno, wideband, weather (S)"
        )
        self.take_in = self._button(
            "Import…", self.does.import_file, "A file of another dyno (Ctrl+I)"
        )
        self.compare = self._button(
            "Compare", self.does.compare, "With the run before: before and after (B)"
        )
        self.sheet = self._button("Sheet…", self.does.sheet, "Preview, PDF, Excel (Ctrl+P)")
        for button in (self.session, self.sources, self.take_in, self.compare, self.sheet):
            self.add_to_header(button)
        self.bench = BenchView()
        self.bar = DynoBar()
        self.notice = Notice()
        self.tree, self.chart, self.numbers = DynoTree(), DynoChart(), DynoNumbers()
        self.across = Split(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(Space.M)
        for part in (self.tree, self.chart, self.numbers):
            self.across.addWidget(part)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes(list(_WIDTHS))
        self.work = QWidget()
        column = QVBoxLayout(self.work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.bench)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addWidget(self.across, 1)
        self.empty = DynoEmpty()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.work)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)
        self._dress()

    def _button(self, words: str, run, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _connect(self) -> None:
        acts, bar = self.acts, self.bar
        self.bench.start.clicked.connect(lambda _checked=False: self.drives.start())
        self.bench.guided.connect(self.drives.guided)
        bar.view_changed.connect(self.set_view)
        bar.axis_changed.connect(self.set_axis)
        bar.difference_changed.connect(lambda on: self.set_difference(on=on))
        bar.air_pressed.connect(self.drives.type_air)
        self.tree.chosen.connect(self._take_chosen)
        self.tree.older_wanted.connect(self.refresh)
        self.tree.sight_changed.connect(self.sight.look)
        self.tree.rename_wanted.connect(self.does.rename)
        self.tree.delete_wanted.connect(self.does.delete)
        self.tree.properties_wanted.connect(self.does.properties)
        self.chart.cursor_moved.connect(lambda at: self.numbers.set_cursor(self.chart.axis, at))
        self.empty.sources_pressed.connect(self.supplies.sources)
        self.empty.simulated_pressed.connect(self.supplies.try_simulated)
        self.empty.import_pressed.connect(self.does.import_file)
        acts.settings_changed.connect(self._settings_changed)
        acts.operator_changed.connect(lambda _now: self.actions_changed.emit())
        theme_changed.connect(self._dress)

    def _dress(self) -> None:
        self.session.setIcon(icon("car"))
        self.sources.setIcon(icon("connect"))
        self.compare.setIcon(icon("higher"))
        self.sheet.setIcon(icon("export"))

    # Settings

    def _take_settings(self) -> None:
        values = self.desk.settings.values
        dyno = getattr(values, "dyno", None)
        self.power_unit: str = getattr(dyno, "power_unit", "hp")
        self.system: UnitSystem = unit_system(values)
        self.units: DynoUnits = dyno_units(self.system.value, self.power_unit)
        self.start_kmh: float | None = getattr(dyno, "start_kmh", 40.0)
        self.start_throttle: float | None = getattr(dyno, "start_throttle_pct", None)
        if not hasattr(self, "view"):
            self.view = View(getattr(dyno, "correction", "sae"), getattr(dyno, "smoothing", 3))

    def _settings_changed(self) -> None:
        before = (self.units, self.power_unit)
        self._take_settings()
        if (self.units, self.power_unit) != before:
            self._show_units()

    def _show_units(self) -> None:
        system = self.system.value
        self.chart.set_units(system, self.power_unit)
        self.numbers.set_units(system, self.power_unit)
        self.tree.set_view(self.view, system, self.power_unit)
        self.bar.show_view(self.view)

    @property
    def draft_units(self) -> tuple["UnitSystem", str]:
        """The units of forms: the system, and that of power."""
        return self.system, self.power_unit

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        return [*self.drives.actions(self._now), *self.supplies.actions(), *self.does.actions()]

    def shown(self, what: object = None) -> None:
        """Read the runs; `what` is the id of a run, or "sources" for their panel."""
        if what == "sources":
            self.refresh()
            self.supplies.sources()
        else:
            self.refresh(choose=what if isinstance(what, str) else "")

    def hidden(self) -> None:
        """Remember widths and axis."""
        memory = {"widths": self.across.sizes(), "axis": self.axis}
        if self.loaded and memory != self._memory:
            self._memory = memory
            try:
                # At once, not in the background: the desk may be closing.
                self.desk.store.layouts.save(*_KEPT, memory)
            except CarTechError as error:
                self.acts.tell(error)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show this picture of the bench."""
        now = snapshot.dyno
        before, self._now = self._now, now
        self._show_what_there_is()
        self.bench.show_bench(now, snapshot.now_ns, self)
        self._show_session()
        self._tell_bench()
        air, doubts = self.bench.air(now, self)
        self.bar.air.say(air, doubts, self.drives.air_act(now))
        told = self._waiting.standing(now, snapshot.now_ns)
        told = told if now.session is not None else ()  # they are about the next run
        self.notice.say((*troubles(now), engine_doubt(self), *doubts, *told))
        self.supplies.show_bench(now)
        if _running(now) and now.live is not None and now.live is not before.live:
            self.chart.set_live(now.live)
        if _running(now) != _running(before) and now.last_run == before.last_run:
            self._show_results()  # else it waits for the run that has just ended
        if (now.phase, now.session is None) != (before.phase, before.session is None):
            self.actions_changed.emit()
        self._follow_runs(now)

    def _show_what_there_is(self) -> None:
        now = self._now
        nothing = self.loaded and not self.runs and not now.sources and now.session is None
        wanted = self.empty if nothing else self.work
        if self.pages.currentWidget() is not wanted:
            self.pages.setCurrentWidget(wanted)
        for button in (self.compare, self.sheet):
            button.setVisible(not nothing)
            button.setEnabled(bool(self.chosen))

    def _show_session(self) -> None:
        session = self._now.session
        self.whose.say(self.bench.session_words(session))
        words = "Session…" if session is None else "Session"
        if self.session.text() != words:
            self.session.setText(words)
            self.session.setToolTip(
                "New session (N)" if session is None else "Change the session (E), new one (N)"
            )

    # The runs

    def _follow_runs(self, now: DynoSnapshot) -> None:
        """Bring a run that has ended to the front; the window says what it came to."""
        seen, self._seen_run = self._seen_run, now.last_run
        if now.last_run and seen is not None and now.last_run != seen:
            self.refresh(choose=now.last_run)

    def refresh(self, *, choose: str = "") -> None:
        """Read sessions and runs anew, in the background; `choose` brings a run to the front."""
        store, first = self.desk.store, not self.loaded
        place = _KEPT if first else None
        self._wanted = choose or self._wanted
        runs, most, search = (self._wanted, *self.chosen), self.tree.most, self.tree.search.text()
        self._reading.ask(lambda: read_kept(store, place, most, runs, search), self._came)

    def _came(self, kept: Kept) -> None:
        choose, self._wanted = self._wanted, ""
        if kept.memory is not None and not self.loaded:
            self._recall(kept.memory)
        self.loaded = True
        before = self.runs
        self.sessions = kept.sessions
        self.runs = {run.id: run for run in kept.runs}
        changed = {one for one in self.results if before.get(one) != self.runs.get(one)}
        for run_id in changed:
            del self.results[run_id]
        self.tree.set_runs(self.sessions, kept.runs)
        self.tree.tell_of_older(more=kept.more)
        chosen = [one for one in self.chosen if one in self.runs]
        found = next((one for one in self.runs if choose and one.startswith(choose)), "")
        if found:
            chosen = [found]
        elif choose:
            self.acts.say("That run is not kept here any more.")
        if not chosen and self.runs:
            chosen = [next(iter(self.runs))]
        self.choose(chosen)
        self._show_what_there_is()

    def _recall(self, memory: dict[str, Any]) -> None:
        widths, axis = memory.get("widths"), memory.get("axis")
        if isinstance(widths, list) and len(widths) == len(_WIDTHS):
            with suppress(TypeError, ValueError):
                self.across.setSizes([int(width) for width in widths])
        if axis in AXES:
            self.set_axis(axis)
        self._memory = {"widths": self.across.sizes(), "axis": self.axis}

    @property
    def front(self) -> DynoRun | None:
        """The run in front."""
        return self.runs.get(self.chosen[0]) if self.chosen else None

    def choose(self, run_ids: Sequence[str]) -> None:
        """Lay these runs over each other, the first in front."""
        self.tree.choose(list(run_ids))
        self._take_chosen(run_ids)

    def _take_chosen(self, run_ids: Sequence[str]) -> None:
        chosen = tuple(one for one in run_ids if one in self.runs)
        if chosen != self.chosen:
            self.chosen = chosen
            self.actions_changed.emit()
        self._compute()

    # How they are looked at

    def set_view(self, view: View) -> None:
        """Look at every run so, at once."""
        self.view = view
        self._tell_bench()
        self.bar.show_view(view)
        self.tree.set_view(view, self.system.value, self.power_unit)
        self._compute()

    def _tell_bench(self) -> None:
        """Let the run under way be looked at as the others are."""
        bench = self.desk.bay.dyno
        if bench.settings.view != self.view:
            bench.use_settings(replace(bench.settings, view=self.view))

    def set_axis(self, axis: str) -> None:
        """Draw over "rpm", "speed" or "time"."""
        self.axis = axis
        self._draw_over(axis)

    def _draw_over(self, axis: str) -> None:
        self.bar.show_axis(axis)
        self.chart.set_axis(axis)

    def set_difference(self, *, on: bool) -> None:
        """Show the difference of the first two runs; a run that is driven has all the room."""
        self.difference = on
        possible = len(self.chosen) > 1
        self.bar.show_difference(possible=possible, on=on)
        drawn = on and possible and not _running(self._now)
        self.chart.set_difference(on=drawn, comparison=self.overlay.comparison)

    def _compute(self) -> None:
        runs, store = self.desk.bay.runs, self.desk.store
        view, chosen = self.view, self.chosen
        self._computing.ask(lambda: lay_over(runs, store, chosen, view), self._computed)

    def _computed(self, overlay: Overlay) -> None:
        self.results = dict(overlay.results)
        self.overlay = overlay
        self._show_results()
        self.tree.set_reasons(reasons(self.results))
        self.tree.show_results(self.results)
        self.sight.look()
        self.numbers.set_runs(self._shown(), overlay.comparison, overlay.repeatability)
        self.status_message.emit(" ".join(error.happened for error in overlay.trouble))

    def _show_results(self) -> None:
        # While a run is driven, the last one lies below it as a ghost, and nothing else.
        ghost = _running(self._now)
        if not ghost:
            self.chart.set_live(None)
        self.numbers.set_last(last=ghost)
        shown = self._shown(ghost=True)[:1] if ghost else self._shown()
        self.chart.set_runs(shown)
        self._draw_over(self.axis if ghost else drawable_axis(self.axis, shown))
        self.set_difference(on=self.difference)

    def _shown(self, *, ghost: bool = False) -> list[ShownRun]:
        cars = {one.id: one.vehicle_name for one in self.sessions}
        named = named_apart([self.runs[one] for one in self.chosen if one in self.runs], cars)
        runs = {one.id: one for one in named}
        return [
            shown_run(run, self.results[one], series=place, ghost=ghost)
            for place, one in enumerate(self.chosen)
            if one in self.results and (run := runs.get(one)) is not None
        ]


def _running(now: DynoSnapshot) -> bool:
    return now.phase in (Phase.RUNNING, Phase.SAVING)
