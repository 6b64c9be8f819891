"""The recordings page: the list of what was recorded, and one recording opened."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from cartech_desk.bay import recording_acts
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import KEPT_DELETED, Ending, RecordingSummary
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.recording_list import ENDINGS
from cartech_desk.ui.models.recording_listing import Listed, read_list
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.pages.recording_list_view import RecordingListView
from cartech_desk.ui.pages.recording_viewer import RecordingViewer
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.channel_picker import ChannelPicker
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.export_form import ExportForm
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.name_form import NameForm
from cartech_desk.ui.words import lasting, local_time

if TYPE_CHECKING:
    from datetime import datetime

_KIND: Final = "window"
_NAME: Final = "recordings"
_REFRESH_S: Final = 5.0
_EXPORT_TIP: Final = "Write it to a file (Ctrl+E)"
_DELETE_TIP: Final = "Delete (Del)"
_MEMORY: Final = (_KIND, _NAME)
_GONE: Final = "That recording is not kept here any more."


class RecordingsPage(Page):
    """A list; Enter opens a recording, Esc goes back."""

    key = "recordings"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._work = NewestOnly(self, acts.tell)
        self._remembered = False
        self._columns = ""
        self._wanted = ""
        self._place: datetime | None = None
        self._charted: tuple[str, ...] = ()
        self._loaded_s = 0.0
        self._build()
        acts.recording_started.connect(lambda _: self.refresh())
        acts.recording_stopped.connect(lambda _: self.refresh())
        acts.settings_changed.connect(
            lambda: self.viewer.show_units(unit_system(desk.settings.values))
        )
        acts.operator_changed.connect(lambda _: self._enable())
        theme_changed.connect(self._dress)

    def _build(self) -> None:
        self.list = RecordingListView()
        self.list.opened.connect(self.open_recording)
        self.list.selection_changed.connect(self._enable)
        self.list.others_wanted.connect(self.refresh)
        self.viewer = RecordingViewer(self.desk, self.acts)
        self.viewer.said.connect(self.status_message)
        self.viewer.gone.connect(self._gone)
        self.empty = EmptyPage(
            "What you record will be listed here. Connect to a car, then press Record (Ctrl+R).",
            "Go to Live",
            lambda: self.acts.go_to("live"),
        )
        self.pages = QStackedWidget()
        for widget in (self.empty, self.list, self.viewer):
            self.pages.addWidget(widget)
        self.pages.setCurrentWidget(self.list)
        self.body.addWidget(self.pages, 1)
        self.back = self._button("Recordings", self.close_recording, "Back to the list (Esc)")
        self.ending = LampLabel(ENDINGS[Ending.STOPPED][0])
        self.header.insertWidget(0, self.back)
        self.add_to_header(self.ending, left=True)
        self.channels = self._button("Channels", self.choose_channels, "Choose channels (A)")
        self.note = self._button("Note", self.edit_note, "Change the note (N)")
        self.delete = self._button("Delete", self.delete_chosen, "Delete (Del)")
        for button in (self.channels, self.note, self.delete):
            self.add_to_header(button)
        self.export = self.set_primary("Export  Ctrl+E", self.export_recording)
        self._dress()
        self._enable()

    def _button(self, words: str, run, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _dress(self) -> None:
        self.back.setIcon(icon("chevron-left"))
        self.note.setIcon(icon("pencil"))
        self.delete.setIcon(icon("trash"))
        self.export.setIcon(icon("export", "on_accent"))

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Export the recording", self.export_recording, "Ctrl+E", "csv mdf save"),
            PageAction("Change the recording's note", self.edit_note, "N", "rename"),
            PageAction("Delete the recording", self.delete_chosen, "Del", "remove"),
            PageAction("Search recordings", self._search, "Ctrl+F", "find filter"),
            PageAction("Read the list of recordings anew", self.refresh, "F5", "refresh"),
        ]
        if self.opened:
            play = self.viewer.play
            found += [
                PageAction("Play or pause", play.toggle, "Space", "replay"),
                PageAction("Play faster", lambda: play.faster(1), "]", "pace speed"),
                PageAction("Play slower", lambda: play.faster(-1), "[", "pace speed"),
                PageAction("Choose channels", self.choose_channels, "A", "charts"),
                PageAction("Back to the list of recordings", self.close_recording, "Esc"),
            ]
        return found

    def shown(self, what: object = None) -> None:
        """Read the list; with the id of a recording open it, with id and instant at that place."""
        if isinstance(what, tuple):
            self._wanted, self._place = what
        elif isinstance(what, str):
            self._wanted, self._place = what, None
        self.viewer.show_units(unit_system(self.desk.settings.values))
        self.refresh()

    def hidden(self) -> None:
        """Stop playing and remember the columns."""
        self.viewer.play.stop()
        columns = self.list.columns_state()
        if self._remembered and columns != self._columns:
            self._columns = columns
            layouts = self.desk.store.layouts
            try:
                # At once, not in the background: the desk may be closing.
                layouts.save(_KIND, _NAME, {"columns": columns})
            except CarTechError as error:
                self.acts.tell(error)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Read the list anew now and then while a recording grows."""
        if snapshot.recording.id and time.monotonic() - self._loaded_s > _REFRESH_S:
            self.refresh()

    # Reading

    @property
    def opened(self) -> bool:
        """Whether one recording is open."""
        return self.pages.currentWidget() is self.viewer

    def refresh(self) -> None:
        """Read the list anew, in the background."""
        self._loaded_s = time.monotonic()
        store = self.desk.store
        memory = None if self._remembered else _MEMORY
        opened = self.viewer.summary if self.opened else None
        asked, ids = self.list.asked, (self._wanted, opened.id if opened is not None else "")
        self._work.ask(lambda: read_list(store, asked, ids, memory), self._arrived)

    def _arrived(self, listed: Listed) -> None:
        if listed.columns is not None:
            self._remembered = True
            if listed.columns:
                self.list.restore_columns(listed.columns)
            self._columns = self.list.columns_state()
        self.list.tell_of_more(listed.asked, more=listed.more, number=len(listed.rows))
        self.list.show_recordings(listed.rows, dict(listed.vins), listed.tripped)
        wanted, self._wanted = self._wanted, ""
        if wanted:
            summary = listed.named.get(wanted)
            if summary is not None:
                self.open_recording(summary)
                if self._place is not None and self.opened:
                    self.viewer.show_around(self._place)
                return
            self.acts.say(_GONE)
        opened = self.viewer.summary
        if self.opened and opened is not None and opened.id in listed.named:
            self.viewer.update_summary(listed.named[opened.id])
            self._title(listed.named[opened.id])
            return
        self._show(self.list if listed.rows or listed.asked.search else self.empty)

    def _show(self, widget: QWidget) -> None:
        changed = self.pages.currentWidget() is not widget
        self.pages.setCurrentWidget(widget)
        if widget is not self.viewer:
            self.viewer.forget()
            self.title_label.setText(self.title)
            self.status_message.emit("")
        self._enable()
        if changed:
            self.actions_changed.emit()

    def _enable(self) -> None:
        chosen = self._chosen()
        opened = self.opened
        self.back.setVisible(opened)
        self.ending.setVisible(opened)
        self.channels.setVisible(opened)
        none = self.pages.currentWidget() is self.empty
        for button in (self.note, self.delete, self.export):
            button.setVisible(not none)
        self.note.setEnabled(len(chosen) == 1)
        self._allow(self.export, Act.EXPORT, _EXPORT_TIP, chosen=len(chosen) == 1)
        self._allow(self.delete, Act.DELETE, _DELETE_TIP, chosen=bool(chosen))

    def _allow(self, button: QPushButton, act: Act, tip: str, *, chosen: bool) -> None:
        """Let a button be pressed by who has the right; the tooltip says why not, and who may."""
        refusal = self._refusal(act)
        button.setEnabled(chosen and not refusal)
        button.setToolTip(refusal or tip)

    def _refusal(self, act: Act) -> str:
        return why_not(self.desk.office.session.now, act)

    def _chosen(self) -> list[RecordingSummary]:
        if self.opened:
            return [self.viewer.summary] if self.viewer.summary is not None else []
        return self.list.chosen()

    def _title(self, summary: RecordingSummary) -> None:
        start, length = local_time(summary.anchor), lasting(summary.seconds)
        by = f", by {summary.operator}" if summary.operator else ""
        self.title_label.setText(f"{summary.vehicle_name}, {start}, {length}{by}")
        self.title_label.setToolTip(summary.note)
        self.ending.show_state(*ENDINGS[summary.ending])

    # What a person does

    def open_recording(self, summary: RecordingSummary) -> None:
        """Open one recording."""
        if not summary.channels:
            self.acts.say("This recording holds no samples yet.")
            return
        self._title(summary)
        self._show(self.viewer)
        self.viewer.open(summary, unit_system(self.desk.settings.values), self._charted)
        self._enable()
        self.viewer.stack.setFocus()

    def close_recording(self) -> None:
        """Go back to the list."""
        self._show(self.empty if self.list.nothing_kept else self.list)
        self._focus_list()

    def _focus_list(self) -> None:
        if self.isVisible():
            self.list.view.setFocus()

    def _gone(self) -> None:
        """Go back to the list: what was asked for was deleted elsewhere meanwhile."""
        self._show(self.list)
        self.refresh()
        self.acts.say(_GONE)

    def _search(self) -> None:
        if self.opened:
            self.close_recording()
        self.list.search.setFocus()
        self.list.search.selectAll()

    def choose_channels(self) -> None:
        """Choose the channels that have a chart."""
        if not self.opened:
            return
        picker = ChannelPicker(
            list(self.viewer.channels.values()),
            self.viewer.charted,
            unit_system(self.desk.settings.values),
            title="Channels of the charts",
            parent=self,
        )

        def take() -> None:
            if picker.chosen:
                self._charted = picker.chosen
                self.viewer.show_channels(picker.chosen)

        picker.accepted.connect(take)
        picker.open()

    def edit_note(self) -> None:
        """Change the note of the chosen recording."""
        chosen = self._chosen()
        if len(chosen) != 1:
            return
        summary, recordings = chosen[0], self.desk.store.recordings

        def take(note: str) -> None:
            self._do(lambda: recordings.set_note(summary.id, note.strip()), self.refresh)

        NameForm("Note of the recording", summary.note, take, self, label="Note").open()

    def export_recording(self) -> None:
        """Export the chosen recording, or the stretch that is shown of it."""
        chosen = self._chosen()
        if len(chosen) != 1 or self._refused(Act.EXPORT):
            return
        view = self.viewer.view
        form = ExportForm(
            self.desk.store,
            chosen[0],
            self._failed,
            by=self.acts.actor,
            stretch=(view.left_ns, view.right_ns) if self.opened else None,
            shown=self.viewer.charted if self.opened else (),
            parent=self,
        )
        form.accepted.connect(lambda: self.acts.say(f"Exported to {form.done_path}."))
        form.open()

    def delete_chosen(self) -> None:
        """Delete the chosen recordings; the toast takes it back."""
        if self._refused(Act.DELETE):
            return
        chosen = [one for one in self._chosen() if one.ending is not Ending.OPEN]
        if not chosen:
            if self._chosen():
                self.acts.say("This recording is still being written: stop it first (Ctrl+R).")
            return
        ids = [summary.id for summary in chosen]
        store, by = self.desk.store, self.acts.actor

        def work() -> None:
            for recording_id in ids:
                recording_acts.delete(store, recording_id, by)

        def done() -> None:
            if self.opened:
                self._show(self.list)
            # Not the search field, which the focus would fall to: Ctrl+Z is for the recordings.
            self._focus_list()
            self.refresh()
            words = (
                f"The recording of {chosen[0].vehicle_name}, {local_time(chosen[0].anchor)}, "
                "was deleted."
                if len(ids) == 1
                else f"{len(ids)} recordings were deleted."
            )
            words += f" Kept for {KEPT_DELETED.days} days."
            self.acts.say(words, lambda: self._restore(ids))

        self._do(work, done)

    def _refused(self, act: Act) -> bool:
        """Say why whoever is at the desk may not do this; False where they may."""
        refusal = self._refusal(act)
        if refusal:
            self.acts.say(refusal)
        return bool(refusal)

    def _restore(self, ids: list[str]) -> None:
        store, by = self.desk.store, self.acts.actor

        def work() -> None:
            for recording_id in ids:
                recording_acts.restore(store, recording_id, by)

        self._do(work, self.refresh)

    def _do(self, work, done=lambda: None) -> None:
        in_background(work, self, lambda _: done(), self._failed)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, NotKept):
            self._gone()
        else:
            self.acts.tell(error)
