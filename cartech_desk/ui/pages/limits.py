"""Limits: what is watched, for each profile and vehicle; edited, and tried on what was recorded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.bay.limits import LimitRow, Limits, Origin, Owner, OwnerKind
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.alarms.profiles import ANY
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.errors import NotKept
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.alarm_words import ADVISORY
from cartech_desk.ui.models.limit_reading import KEPT_KIND, KEPT_NAME, Loaded, heading, load
from cartech_desk.ui.models.limit_table import watching
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.limits_acts import LimitActs
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.limit_editor import LimitEditor
from cartech_desk.ui.widgets.limit_list import LimitList
from cartech_desk.ui.widgets.limit_owners import LimitOwners
from cartech_desk.ui.widgets.limit_trial import LimitTrial
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from cartech_desk.ui.models.limit_draft import Draft

_NO_PROFILE: Final = "No profile"
_NEW: Final = "new limit"  # no key has a blank


class LimitsPage(Page):
    """Left whose limits, in the middle the limits and the trial, at the right the editor."""

    key = "limits"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.limits = Limits(desk.store, desk.bay)
        self.owner = Owner.vehicle("")
        self.loaded: Loaded | None = None
        self.system = UnitSystem.METRIC
        self._work = NewestOnly(self, self._not_loaded)
        self._checks = NewestOnly(self, self._check_refused)
        self._drafts: dict[tuple[Owner, str], Draft] = {}
        self._wanted_key = ""
        self._in_front = False
        self._columns = ""
        self.does = LimitActs(self)
        self._build()
        self.owners.chosen.connect(self.show_owner)
        self.list.chosen.connect(self._row_chosen)
        self.editor.drafted.connect(self._drafted)
        self.editor.save_wanted.connect(self.does.save)
        self.editor.service_wanted.connect(self.does.change_service)
        self.editor.remove_wanted.connect(self.does.remove)
        acts.vehicle_changed.connect(self._vehicle_changed)
        acts.operator_changed.connect(lambda _now: self._show_rights())
        acts.settings_changed.connect(self._settings_changed)
        acts.recording_stopped.connect(lambda _id: self.refresh())
        theme_changed.connect(self._dress)

    def _build(self) -> None:
        self.take_in = self._button(
            "Import…", self.does.take_in, "Set the limits of a file (Ctrl+I)"
        )
        self.export = self._button("Export…", self.does.export, "Write them to a file (Ctrl+E)")
        self.copy = self._button("Copy…", self.does.copy, "Copy the limits of a profile (C)")
        for button in (self.copy, self.take_in, self.export):
            self.add_to_header(button)
        self.new = self.set_primary("New limit  N", self.new_limit)
        advisory = QLabel(ADVISORY)
        advisory.setProperty("role", "muted")
        self.add_to_header(advisory, left=True)
        self.owners = LimitOwners(self.desk.store.vehicles, self.acts.tell)
        self.list = LimitList()
        self.trial = LimitTrial(self.desk.store.recordings, self.limits.trial)
        self.editor = LimitEditor()
        self.whose = QLabel()
        self.whose.setProperty("role", "heading")
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.profile = QComboBox()
        self.profile.setAccessibleName("Profile of the vehicle")
        self.profile.setToolTip("Which kind of engine it has: its limits hold below its own")
        self.profile.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.profile.activated.connect(lambda _index: self._choose_profile())
        top = QHBoxLayout()
        top.setSpacing(Space.M)
        top.addWidget(self.whose)
        top.addStretch(1)
        top.addWidget(self.list.search, 2)
        top.addWidget(self.profile)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addWidget(self.list, 1)
        self.down = _split(Qt.Orientation.Vertical, above, self.trial)
        self.down.setStretchFactor(0, 1)
        self.trial.unfolded.connect(lambda opened: self.down.setSizes([340, 260 if opened else 1]))
        self.across = _split(Qt.Orientation.Horizontal, self.owners, self.down, self.editor)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([180, 690, 390])
        self.body.addWidget(self.across, 1)
        self.new.setToolTip("Make a limit (N)")
        self._tips = {one: one.toolTip() for one in (self.new, self.copy, self.take_in)}
        self._dress()
        self._show_rights()

    def _button(self, words: str, run, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _dress(self) -> None:
        self.new.setIcon(icon("plus", "on_accent"))
        self.export.setIcon(icon("export"))
        self.copy.setIcon(icon("copy"))

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("Search limits", self._search, "Ctrl+F", "find filter"),
            PageAction("Choose whose limits", self.owners.search.setFocus, "V", "vehicle profile"),
            PageAction("Choose the recording of the trial", self._choose_trial, "T", "try"),
            PageAction("Export these limits", self.does.export, "Ctrl+E", "file save json"),
            PageAction("Read the limits anew", self.refresh, "F5", "refresh"),
        ]
        if not self.may_not:
            found += self.does.actions()
        if self.editor.dirty:
            found.append(PageAction("Undo what was typed", self.take_back, "Esc", "revert"))
        return found

    def shown(self, what: object = None) -> None:
        """Read the limits of the vehicle at hand; `what` is the key of a limit, or an `Owner`."""
        self._in_front = True
        self.system = unit_system(self.desk.settings.values)
        if isinstance(what, Owner):
            self.owner = what
        elif self.loaded is None or isinstance(what, str):
            self.owner = self._at_hand()
        if isinstance(what, str):
            self._wanted_key = what.removeprefix("limit:")
        self.refresh()

    def hidden(self) -> None:
        """Remember columns and widths; what was typed stays typed."""
        self._in_front = False
        self._keep_draft()
        columns = self.list.columns_state()
        if self.loaded is not None and columns != self._columns:
            self._columns = columns
            try:
                # At once, not in the background: the desk may be closing.
                self.desk.store.layouts.save(KEPT_KIND, KEPT_NAME, {"columns": columns})
            except CarTechError as error:
                self.acts.tell(error)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show how the limits fare now."""
        of_vehicle = self.owner.kind is OwnerKind.VEHICLE
        self.list.table.show_now(watching(snapshot, self.owner.id if of_vehicle else None))
        row = None if self.editor.new else self.editor.row
        self.editor.show_fares(self.list.table.why_not(row) if row is not None else "")

    # Whose limits

    def _at_hand(self) -> Owner:
        vehicle = self.acts.vehicle
        return Owner.vehicle(vehicle.id if vehicle is not None else "")

    def _vehicle_changed(self, _vehicle: Vehicle | None) -> None:
        if self.owner.kind is OwnerKind.VEHICLE:
            self._keep_draft()
            self.owner = self._at_hand()
        if self._in_front:
            self.refresh()

    def show_owner(self, owner: Owner) -> None:
        """Show the limits of another vehicle or profile; what was typed of these is kept."""
        self._keep_draft()
        self.owner = owner
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew, in the background."""
        owner, store, limits = self.owner, self.desk.store, self.limits
        first = self.loaded is None

        self._work.ask(lambda: load(store, limits, owner, kept=first), self._came)

    def _not_loaded(self, error: BaseException) -> None:
        if isinstance(error, NotKept) and self.owner != self._at_hand():
            self.show_owner(self._at_hand())
        self.acts.tell(error)

    def _came(self, loaded: Loaded) -> None:
        first = self.loaded is None
        self._keep_draft()
        before, new = self.editor.row, self.editor.new
        self.loaded = loaded
        sheet = loaded.sheet
        if first:
            columns = loaded.kept.get("columns", "")
            if isinstance(columns, str) and columns:
                self.list.restore_columns(columns)
            self._columns = self.list.columns_state()
        self.owners.show_owners(self.acts.vehicle, loaded.vehicles, loaded.profiles, sheet.owner)
        self._show_heading(loaded)
        self.list.show_rows(sheet.rows, loaded.channels, self.system)
        self.tick(self.desk.bay.snapshot())
        vehicle_id = sheet.owner.id if sheet.owner.kind is OwnerKind.VEHICLE else ""
        self.trial.offer_recordings(vehicle_id)
        wanted, self._wanted_key = self._wanted_key, ""
        kept = before.limit.key if before is not None and not new else ""
        if before is not None and new and (sheet.owner, _NEW) in self._drafts and not wanted:
            self._show_new(self._drafts[sheet.owner, _NEW].base)
        elif not (self.list.choose(wanted) or self.list.choose(kept)):
            if sheet.rows:
                self.list.view.selectRow(0)
            else:
                self._row_chosen(None)
        self._show_rights()

    def _show_heading(self, loaded: Loaded) -> None:
        sheet = loaded.sheet
        vehicle = sheet.owner.kind is OwnerKind.VEHICLE
        self.profile.setVisible(vehicle and bool(sheet.owner.id))
        self.profile.clear()
        self.profile.addItem(_NO_PROFILE, "")
        for profile in loaded.profiles:
            if profile.name != ANY:
                self.profile.addItem(profile.label, profile.name)
        self.profile.setCurrentIndex(max(0, self.profile.findData(sheet.profile)))
        whose, hint = heading(loaded)
        self.whose.setText(whose)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def _choose_profile(self) -> None:
        if self.loaded is not None and self.profile.currentData() != self.loaded.sheet.profile:
            self.does.set_profile(str(self.profile.currentData()))

    # Rights

    @property
    def may_not(self) -> str:
        """Why nothing can be changed here now, and who may; empty where it can."""
        why = why_not(self.desk.office.session.now, Act.EDIT_LIMITS)
        if why:
            return why
        if self.owner == Owner.vehicle(""):
            return "Limits of a car that nobody named are those of the profile for every vehicle."
        return ""

    def _show_rights(self) -> None:
        why = self.may_not
        self.editor.set_rights(why)
        for widget in (self.new, self.copy, self.take_in):
            widget.setEnabled(not why)
            widget.setToolTip(why or self._tips[widget])
        self.profile.setEnabled(not why)
        self.export.setEnabled(not why_not(self.desk.office.session.now, Act.EXPORT))
        self.actions_changed.emit()

    # The chosen limit

    def _keep_draft(self) -> None:
        """Keep what was typed of the limit that is shown, until it is shown again."""
        row = self.editor.row
        if row is None or self.loaded is None:
            return
        place = (self.loaded.sheet.owner, _NEW if self.editor.new else row.limit.key)
        if self.editor.dirty:
            self._drafts[place] = self.editor.draft
        else:
            self._drafts.pop(place, None)

    def _row_chosen(self, row: LimitRow | None) -> None:
        if self.loaded is None:
            return
        if self.editor.row is not None and row is not self.editor.row:
            self._keep_draft()
        draft = self._drafts.get((self.loaded.sheet.owner, row.limit.key)) if row else None
        if draft is not None and row is not None and draft.base != row.limit:
            draft = None  # somebody else changed it meanwhile
        self.editor.show_row(row, self.loaded.channels, self.system, draft=draft)

    def new_limit(self) -> None:
        """Begin a limit that nobody has set yet."""
        if self.may_not:
            self.acts.say(self.may_not)
            return
        self._keep_draft()
        self._show_new(Limit("", "", Comparison.ABOVE))

    def _show_new(self, base: Limit) -> None:
        loaded = self.loaded
        if loaded is None:
            return
        vehicle = loaded.sheet.owner.kind is OwnerKind.VEHICLE
        origin = Origin.VEHICLE if vehicle else Origin.SHOP
        row = LimitRow(base, origin, "", own=True, below=None, unit="")
        self.list.choose_none()
        self.editor.fields.taken_keys = {one.limit.key for one in loaded.sheet.rows}
        draft = self._drafts.get((loaded.sheet.owner, _NEW))
        self.editor.show_row(row, loaded.channels, self.system, new=True, draft=draft)
        self.editor.fields.lines["label"].setFocus()

    def take_back(self) -> None:
        """Take back what was typed and not saved; a new limit is left."""
        if self.editor.new and self.loaded is not None:
            self.forget_draft()
            if self.loaded.sheet.rows:
                self.list.view.selectRow(0)
            else:
                self._row_chosen(None)
        else:
            self.editor.take_back()
        self.actions_changed.emit()

    def forget_draft(self) -> None:
        """Forget what was typed of the limit that is shown: it is saved, or given up."""
        row, loaded = self.editor.row, self.loaded
        if row is not None and loaded is not None:
            key = _NEW if self.editor.new else row.limit.key
            self._drafts.pop((loaded.sheet.owner, key), None)
            self.editor.show_row(None, {}, self.system)

    def want(self, key: str) -> None:
        """Choose the limit of this key once everything is read anew."""
        self._wanted_key = key

    def _drafted(self, limit: Limit | None) -> None:
        """Follow what is typed: the trial, and what speaks against keeping it."""
        if limit is None and self.editor.row is not None:
            self.trial.hold()
        else:
            self.trial.show_limit(limit, self.editor.unit)
        self.actions_changed.emit()
        self.editor.show_note("")
        if limit is None or not self.editor.dirty or self.may_not:
            self._checks.forget()
            return
        owner, limits = self.owner, self.limits
        self._checks.ask(
            lambda: limits.check(owner, limit),
            lambda notes: self.editor.show_note(" ".join(notes)),
        )

    def _check_refused(self, error: BaseException) -> None:
        if isinstance(error, CarTechError):
            self.editor.show_refusal(f"{error.happened} {error.to_do}".strip())
        else:
            self.acts.tell(error)

    def _search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def _choose_trial(self) -> None:
        self.trial.fold.setChecked(True)
        self.trial.choice.setFocus()
        self.trial.choice.showPopup()

    def _settings_changed(self) -> None:
        system = unit_system(self.desk.settings.values)
        if system is not self.system:
            self.system = system
            if self._in_front:
                self.refresh()


def _split(orientation: Qt.Orientation, *parts: QWidget) -> Split:
    made = Split(orientation)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(Space.M)
    for part in parts:
        made.addWidget(part)
    return made
