"""The live page: big values and strip charts of the car that is connected."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.live_layout import (
    MOST_TRACES,
    ChartSpec,
    LiveLayout,
    TileSpec,
    standard_layout,
)
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.live_bar import LiveBar
from cartech_desk.ui.pages.live_board import LiveBoard
from cartech_desk.ui.pages.live_layout_menu import LayoutMenu
from cartech_desk.ui.pages.live_layouts import LiveLayouts
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.channel_picker import ChannelPicker
from cartech_desk.ui.widgets.chart_form import ChartForm
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.name_form import NameForm
from cartech_desk.ui.widgets.tile_form import TileForm

if TYPE_CHECKING:
    from cartech_desk.domain.channels import Channel


class LivePage(Page):
    """Tiles and charts by a layout; what is shown is what the bay is asked to watch."""

    key = "live"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.layouts = LiveLayouts(desk.store.layouts, acts, self)
        self.shown_layout = LiveLayout()
        self._available: tuple[Channel, ...] = ()
        self._system = UnitSystem.METRIC
        self._wanted_channel = ""
        self._recording = False
        self._watched: dict[str, float] = {}
        self._build()
        self.layouts.shown.connect(self._take_layout)
        self.board.layout_changed.connect(self._changed_by_hand)
        self.board.tile_edit_wanted.connect(self.edit_tile)
        self.board.chart_edit_wanted.connect(self.edit_chart)
        self.board.view.followed.connect(self.bar.show_following)
        acts.settings_changed.connect(self._settings_changed)
        theme_changed.connect(self._dress)

    def _build(self) -> None:
        self.bar = LiveBar()
        self.bar.mark_pressed.connect(self.acts.mark)
        self.bar.pause_pressed.connect(self.toggle_pause)
        self.header.insertWidget(self._stretch_index(), self.bar, 1000)
        self.layout_menu = LayoutMenu(
            self.layouts, save_as=self.save_as, rename=self.rename, delete=self.delete_layout
        )
        self.add_channel = QPushButton("Channel")
        self.add_channel.setToolTip("Choose the channels that have a tile (A)")
        self.add_channel.clicked.connect(lambda _checked=False: self.choose_tiles())
        self.edit = QPushButton("Edit")
        self.edit.setCheckable(True)
        self.edit.setToolTip("Move, resize and remove tiles and charts (E)")
        self.edit.toggled.connect(self._set_editing)
        for widget in (self.layout_menu, self.add_channel, self.edit):
            self.add_to_header(widget)
        self.record = self.set_primary("Record  Ctrl+R", self.acts.toggle_recording)
        self.record.setToolTip("Start a recording of all that is shown, or stop it (Ctrl+R)")
        self.board = LiveBoard(self.desk.bay)
        self.empty = EmptyPage(
            "Live values and charts of the car will be here once it is connected.",
            "Connect",
            lambda: self.acts.go_to("connect"),
        )
        self.waiting = EmptyPage(
            "The car is asked what it can tell; its values will be here in a moment.",
            "Connection",
            lambda: self.acts.go_to("connect"),
        )
        self.bare = EmptyPage(
            "This layout is empty: the channels that you choose will be here.",
            "Choose channels",
            self.choose_tiles,
        )
        self.edit_row = self._make_edit_row()
        self.pages = QStackedWidget()
        for widget in (self.empty, self.waiting, self.bare, self.board):
            self.pages.addWidget(widget)
        self.body.addWidget(self.edit_row)
        self.body.addWidget(self.pages, 1)
        for widget in (self.bar, self.record, self.layout_menu, self.add_channel, self.edit):
            widget.hide()
        self._dress()

    def _make_edit_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        words = QLabel("Drag a tile to its place; drag the lines between charts. All is kept.")
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        self.new_chart = chart = QPushButton("Add a chart")
        chart.setToolTip("Add a chart below the others (G)")
        chart.clicked.connect(lambda _checked=False: self.add_chart())
        done = QPushButton("Done  Esc")
        done.clicked.connect(lambda _checked=False: self.edit.setChecked(False))
        layout.addWidget(words, 1)
        layout.addWidget(chart)
        layout.addWidget(done)
        row.hide()
        return row

    def _dress(self) -> None:
        for button in (self.add_channel, self.new_chart):
            button.setIcon(icon("plus"))
        self.record.setIcon(icon("stop" if self._recording else "record", "on_accent"))

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Pause the charts, or follow again", self.toggle_pause, "Space", "hold"),
            PageAction("Choose channels with a tile", self.choose_tiles, "A", "add channel value"),
            PageAction("Add a chart", self.add_chart, "G", "graph strip"),
            PageAction("Edit the layout", self.edit.toggle, "E", "move resize remove tile"),
            PageAction("Choose a layout", self.layout_menu.showMenu, "L", "layout"),
            PageAction("Save the layout under another name", self.save_as, "Ctrl+Shift+S", ""),
        ]
        if self.edit.isChecked():
            found.append(PageAction("End editing", lambda: self.edit.setChecked(False), "Esc"))
        return found

    def shown(self, what: object = None) -> None:
        """Read what was kept; with the name of a channel, show that one too."""
        if isinstance(what, str):
            self._wanted_channel = what
        self._system = unit_system(self.desk.settings.values)
        self.board.forget()
        if not self.layouts.loaded:
            self.layouts.load()
        else:
            self._show_wanted()

    def hidden(self) -> None:
        """End editing, and keep what was changed in this very moment."""
        self.edit.setChecked(False)
        self.layouts.flush()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show this picture of the bay."""
        state = snapshot.connection.state
        self._show_recording(snapshot)
        idle = state in (LinkState.DISCONNECTED, LinkState.CONNECTING)
        if not idle:
            self._look_for_channels()
        self._show_what_there_is(away=idle and not snapshot.channels)
        if self.pages.currentWidget() is not self.board:
            return
        self.board.tick(snapshot)
        worst, words = self.board.worst()
        if worst is None and snapshot.connection.polling_rests:
            self.bar.show_reading(limits_asked=snapshot.connection.limits_asked)
        else:
            self.bar.show_worst(worst, words)

    def _show_recording(self, snapshot: BaySnapshot) -> None:
        self.bar.show_recording(snapshot)
        recording = bool(snapshot.recording.id)
        if recording != self._recording:
            self._recording = recording
            self.record.setText("Stop  Ctrl+R" if recording else "Record  Ctrl+R")
            self._dress()
            if not recording:
                self._watch()

    def _show_what_there_is(self, *, away: bool) -> None:
        """Show the board, or say why there is nothing upon it and offer what fills it."""
        bare = self.layouts.loaded and bool(self._available) and not self.shown_layout.channels()
        if away or not self.layouts.loaded:
            wanted: QWidget = self.empty
        elif bare:
            wanted = self.bare
        elif not self.shown_layout.channels():
            wanted = self.waiting
        else:
            wanted = self.board
        if wanted is not self.pages.currentWidget():
            self.pages.setCurrentWidget(wanted)
            for widget in (self.bar, self.record):
                widget.setVisible(wanted is self.board)
            for widget in (self.layout_menu, self.add_channel, self.edit):
                widget.setVisible(wanted in (self.board, self.bare))

    # Which channels and which layout

    def _look_for_channels(self) -> None:
        available = self.desk.bay.available()
        if available != self._available:
            self._available = available
            if self.layouts.loaded and not self.layouts.edited:
                self.shown_layout = standard_layout(available)
            self._show_wanted()

    def _take_layout(self, layout: LiveLayout | None) -> None:
        self.shown_layout = standard_layout(self._available) if layout is None else layout
        self._show_wanted()

    def _show_wanted(self) -> None:
        """Bring the layout to the board, with the channel that the page was opened for."""
        if not self.layouts.loaded:
            return
        known = {channel.name: channel for channel in self._available}
        wanted, self._wanted_channel = self._wanted_channel, ""
        if wanted in known and wanted not in self.shown_layout.channels():
            self.shown_layout = self.shown_layout.with_tile(wanted)
            self.layouts.keep(self.shown_layout)
        elif wanted and not known:
            self._wanted_channel = wanted  # the car has not told its channels yet
        self.board.show_layout(self.shown_layout, known, self._system)
        self._watch()
        if wanted in self.board.grid.tiles:
            self.board.grid.tiles[wanted].setFocus()

    def _watch(self) -> None:
        """Ask for what is shown; a recording under way keeps what it began with."""
        rates = self.shown_layout.rates()
        if self._recording:
            rates = {**self._watched, **rates}
        if rates and rates != self._watched and self._available:
            self._watched = rates
            self.desk.bay.watch(rates)

    def _change(self, layout: LiveLayout) -> None:
        if layout == self.shown_layout:
            return
        self.shown_layout = layout
        self.layouts.keep(layout)
        known = {channel.name: channel for channel in self._available}
        self.board.show_layout(layout, known, self._system)
        self._watch()

    def _changed_by_hand(self, layout: LiveLayout) -> None:
        """Keep what was changed on the board; it shows sizes already."""
        structure = [spec.channel for spec in layout.tiles] != [
            spec.channel for spec in self.shown_layout.tiles
        ] or [spec.channels for spec in layout.charts] != [
            spec.channels for spec in self.shown_layout.charts
        ]
        if structure and not self._only_reordered(layout):
            self._change(layout)
            return
        only_zoomed = layout == replace(self.shown_layout, span_s=layout.span_s)
        self.shown_layout = layout
        if self.layouts.edited or not only_zoomed:
            # A zoom alone must not bind the standard layout to the channels of this car.
            self.layouts.keep(layout)

    def _only_reordered(self, layout: LiveLayout) -> bool:
        """Tell whether only tiles changed their places, which the grid has drawn already."""
        before = sorted(spec.channel for spec in self.shown_layout.tiles)
        return layout.charts == self.shown_layout.charts and before == sorted(
            spec.channel for spec in layout.tiles
        )

    def _settings_changed(self) -> None:
        system = unit_system(self.desk.settings.values)
        if system is not self._system:
            self._system = system
            self._show_wanted()

    # What a person does

    def toggle_pause(self) -> None:
        """Hold the charts still, or follow again."""
        if self.board.view.following:
            self.board.view.hold()
        else:
            self.board.view.follow()

    def choose_tiles(self) -> None:
        """Choose the channels that have a tile, by searching."""
        before = [spec.channel for spec in self.shown_layout.tiles]
        picker = self._picker(before, "Channels with a tile")

        def take() -> None:
            old = {spec.channel: spec for spec in self.shown_layout.tiles}
            known = {channel.name for channel in self._available}
            kept = [name for name in before if name in picker.chosen or name not in known]
            fresh = [name for name in picker.chosen if name not in before]
            tiles = [old.get(name, TileSpec(name)) for name in (*kept, *fresh)]
            self._change(self.shown_layout.with_tiles(tiles))

        picker.accepted.connect(take)
        picker.open()

    def add_chart(self) -> None:
        """Add a chart of channels chosen by searching."""
        picker = self._picker((), "Channels of the new chart", most=MOST_TRACES)

        def take() -> None:
            charts = self.shown_layout.charts
            height = sum(spec.height for spec in charts) / len(charts) if charts else 1.0
            chart = ChartSpec(picker.chosen, height)
            self._change(self.shown_layout.with_charts((*charts, chart)))

        picker.accepted.connect(take)
        picker.open()

    def _picker(self, chosen: Sequence[str], title: str, most: int | None = None) -> ChannelPicker:
        return ChannelPicker(
            self._available, chosen, self._system, title=title, most=most, parent=self
        )

    def edit_tile(self, name: str) -> None:
        """Edit scale, bands and rate of a tile."""
        tile = self.board.grid.tiles[name]
        spec = next(one for one in self.shown_layout.tiles if one.channel == name)
        rate = self.shown_layout.rates()[name]
        form = TileForm(spec, tile.channel, tile.unit, rate, self, usual=tile.bands)

        def take() -> None:
            tiles = [form.spec if one.channel == name else one for one in self.shown_layout.tiles]
            rates = {**self.shown_layout.rates_hz, name: form.rate_hz}
            self._change(replace(self.shown_layout.with_tiles(tiles), rates_hz=rates))

        form.accepted.connect(take)
        form.open()

    def edit_chart(self, index: int) -> None:
        """Edit channels and scale of a chart."""
        form = ChartForm(self.shown_layout.charts[index], self._available, self._system, self)

        def take() -> None:
            charts = list(self.shown_layout.charts)
            charts[index] = form.spec
            self._change(self.shown_layout.with_charts(charts))

        form.accepted.connect(take)
        form.open()

    def save_as(self) -> None:
        """Keep the layout under another name."""
        name = "" if self.layouts.name not in self.layouts.names else self.layouts.name
        NameForm(
            "Save the layout as",
            name,
            lambda typed: self.layouts.keep_as(typed, self.shown_layout),
            self,
        ).open()

    def rename(self) -> None:
        """Give the layout another name."""
        NameForm(
            "Rename the layout",
            self.layouts.name,
            lambda typed: self.layouts.rename(typed, self.shown_layout),
            self,
        ).open()

    def delete_layout(self) -> None:
        """Delete the layout shown; the toast takes it back."""
        self.layouts.delete(self.shown_layout)

    def _set_editing(self, editing: bool) -> None:
        self.edit_row.setVisible(editing)
        self.board.set_editing(editing)
        self.actions_changed.emit()
