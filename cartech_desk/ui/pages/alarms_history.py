"""The history of alarms: what was, narrowed by time, vehicle, level, priority and words."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScroller,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.limit import Level, Priority
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.alarms import AlarmQuery, AlarmRecord
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_history import (
    COLUMNS,
    RECORD_ROLE,
    WHOLE_ROLE,
    AlarmHistory,
)
from cartech_desk.ui.models.alarm_rights import rights_of
from cartech_desk.ui.models.alarm_words import LEVEL_WORDS, PRIORITY_WORDS
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows
from cartech_desk.ui.widgets.vehicle_box import LISTED, VehicleBox

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE: Final = 200
"""So many are read at once."""

_Read = tuple[tuple[AlarmRecord, ...], bool, tuple[Vehicle, ...], str | None]
_KIND: Final = "window"
_NAME: Final = "alarm-history"
_WIDTHS: Final = (160, 205, 150, 200, 120, 210, 130, 80)
_SETTLE_MS: Final = 200
_REFRESH_S: Final = 2.0
_PERIODS: Final = (
    ("Any time", None),
    ("Today", timedelta(0)),
    ("Last 24 hours", timedelta(days=1)),
    ("Last 7 days", timedelta(days=7)),
    ("Last 30 days", timedelta(days=30)),
)
_LEVELS: Final = (("Any level", None), (f"{LEVEL_WORDS[Level.TRIP].capitalize()}s", Level.TRIP))
_PRIORITIES: Final = (
    ("Any priority", None),
    *((f"{PRIORITY_WORDS[p]} or higher".capitalize(), p) for p in (Priority.MEDIUM, Priority.HIGH)),
    (PRIORITY_WORDS[Priority.CRITICAL].capitalize(), Priority.CRITICAL),
)


def since(period: timedelta | None, now: datetime) -> datetime | None:
    """Return when a period began; a length of nought is today, since midnight by the clock here."""
    if period is None:
        return None
    if period:
        return now - period
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


class AlarmHistoryView(QWidget):
    """Reads in the background, a page at a time as one scrolls; Enter opens the recording.

    `ask_path` asks for a file name to export to; replaceable where nobody can be asked.
    """

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._work = NewestOnly(self, acts.tell)
        self._loading_more = False
        self._loaded_s = 0.0
        self._met: tuple[object, ...] = ()
        self._columns: str | None = None
        self.ask_path: Callable[[], Path | None] = self._ask_path
        self.table = AlarmHistory()
        self.table.more_wanted.connect(self._read_more)
        self._build()

    def _build(self) -> None:
        self.text = QLineEdit()
        self.text.setPlaceholderText("Search alarm, what to do, channel, vehicle or person")
        self.text.setAccessibleName("Search the history of alarms")
        self.text.setClearButtonEnabled(True)
        self.period = self._choice("Time", [name for name, _ in _PERIODS])
        self.vehicle = VehicleBox("Any vehicle", "Vehicle")
        vehicles = self._desk.store.vehicles
        self.vehicle.find = lambda typed, most: vehicles.list(typed, limit=most)
        self.vehicle.failed = self._acts.tell
        self.vehicle.setMinimumContentsLength(14)
        self.level = self._choice("Level", [name for name, _ in _LEVELS])
        self.priority = self._choice("Priority", [name for name, _ in _PRIORITIES])
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._filter)
        self.text.textChanged.connect(lambda _: self._settle.start())
        for choice in (self.period, self.vehicle, self.level, self.priority):
            choice.activated.connect(lambda _: self._filter())
        self.unseen = QPushButton("Nobody acknowledged")
        self.unseen.setToolTip("Only alarms that ended with the desk before anybody acknowledged")
        self.unseen.setCheckable(True)
        self.unseen.toggled.connect(lambda _: self._filter())
        filters = QHBoxLayout()
        filters.setSpacing(Space.S)
        filters.addWidget(self.text, 1)
        for choice in (self.period, self.vehicle, self.level, self.priority):
            filters.addWidget(choice)
        filters.addWidget(self.unseen)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.view = self._make_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        layout.addLayout(filters)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)

    def _choice(self, name: str, words: list[str]) -> QComboBox:
        choice = QComboBox()
        choice.addItems(words)
        choice.setAccessibleName(name)
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return choice

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setAccessibleName("History of alarms")
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        lay_out_rows(view, _WIDTHS, Size.CONTROL_BAY)
        view.activated.connect(self._open)
        view.clicked.connect(self._clicked)
        view.installEventFilter(self)
        QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        return view

    # What the page calls

    def show_units(self, system: UnitSystem) -> None:
        """Show values in the units of the shop."""
        self.table.show_units(system)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Read anew when an alarm came, went or was acted on."""
        now = tuple((one.id, one.state, one.worst) for one in snapshot.alarms.standing)
        if now != self._met and time.monotonic() - self._loaded_s > _REFRESH_S:
            self._met = now
            self.refresh()
        self.table.show_at_hand(snapshot.alarms.vehicle_id)
        self.table.grow_older(datetime.now(UTC))

    def search(self) -> None:
        """Let a person type what is looked for."""
        self.text.setFocus()
        self.text.selectAll()

    def remember(self) -> None:
        """Keep widths and order of the columns."""
        if self._columns is None:
            return
        columns = self._columns_state()
        if columns == self._columns:
            return
        self._columns = columns
        try:
            # At once, not in the background: the desk may be closing.
            self._desk.store.layouts.save(_KIND, _NAME, {"columns": columns})
        except CarTechError as error:
            self._acts.tell(error)

    # Reading

    @property
    def query(self) -> AlarmQuery:
        """What is looked for."""
        return AlarmQuery(
            since=since(_PERIODS[self.period.currentIndex()][1], datetime.now(UTC)),
            vehicle=self.vehicle.vehicle_id,
            level=_LEVELS[self.level.currentIndex()][1],
            priority=_PRIORITIES[self.priority.currentIndex()][1],
            text=self.text.text().strip(),
            never_acknowledged=self.unseen.isChecked(),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered."""
        choices = (self.period, self.vehicle, self.level, self.priority)
        typed = bool(self.text.text().strip())
        return typed or self.unseen.isChecked() or any(one.currentIndex() > 0 for one in choices)

    def refresh(self) -> None:
        """Read what is listed anew, in the background; what was scrolled to stays."""
        self._read(max(PAGE, self.table.read))

    def _filter(self) -> None:
        self.view.scrollToTop()
        self._read(PAGE)

    def _read(self, number: int) -> None:
        self._loaded_s = time.monotonic()
        self._loading_more = False
        store, query, first = self._desk.store, self.query, self._columns is None

        def work() -> _Read:
            found = store.alarms.find(query, limit=number + 1)
            vehicles = store.vehicles.list(limit=LISTED + 1)
            columns: str | None = None
            if first:
                kept = (store.layouts.load(_KIND, _NAME) or {}).get("columns", "")
                columns = kept if isinstance(kept, str) else ""
            return found[:number], len(found) > number, vehicles, columns

        self._work.ask(work, self._arrived)

    def _arrived(self, result: _Read) -> None:
        records, more, vehicles, columns = result
        if columns is not None:
            if columns:
                self.view.horizontalHeader().restoreState(QByteArray.fromBase64(columns.encode()))
            self._columns = self._columns_state()
        self.vehicle.offer(vehicles[:LISTED], more=len(vehicles) > LISTED)
        bar = self.view.verticalScrollBar()
        at, chosen = bar.value(), self._chosen_ids()
        if self.table.show(records, more=more):
            for row, record in enumerate(self.table.rows):
                if record.id in chosen:
                    self.view.selectRow(row)
                    break
            bar.setValue(at)
        self._say_nothing()

    def _read_more(self) -> None:
        """Read the next page; asked again and again while one scrolls."""
        if self._loading_more or self._work.busy:
            return
        self._loading_more = True
        store, query, last = self._desk.store, self.query, self.table.last_id

        def work() -> tuple[AlarmRecord, ...]:
            return store.alarms.find(query, limit=PAGE + 1, before=last)

        def done(found: tuple[AlarmRecord, ...]) -> None:
            self._loading_more = False
            shown = len(self.table.rows)
            self.table.add(found[:PAGE], more=len(found) > PAGE)
            if len(self.table.rows) == shown and len(found) > PAGE:
                self._read_more()  # all of it belongs to one episode, which goes on

        self._work.ask(work, done)

    def _say_nothing(self) -> None:
        none = not self.table.rows
        self.nothing.setVisible(none)
        self.nothing.setText(
            "No alarm matches: look at a longer time, or clear the search."
            if self.narrowed
            else "No alarm has come yet. Each one will be kept here, with what was done about it."
        )
        self.view.setVisible(not none)

    # What a person does

    def _chosen_ids(self) -> set[str]:
        rows = self.view.selectionModel().selectedRows()
        return {self.table.rows[index.row()].id for index in rows}

    def _clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] == "Recording":
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        record: AlarmRecord = index.data(RECORD_ROLE)
        if record.recording_id:
            self._acts.go_to("recordings", (record.recording_id, record.raised))
        else:
            self._acts.say("Nothing was being recorded when this alarm came.")

    def acknowledge(self) -> None:
        """Acknowledge the chosen alarms that ended with the desk before anybody had."""
        rows = self.view.selectionModel().selectedRows()
        chosen = [self.table.rows[index.row()] for index in rows]
        asking = [record for record in chosen if record.never_acknowledged]
        why = rights_of(self._desk.office.session.now).acknowledge
        if not asking or why:
            self._acts.say(why or "None of the chosen alarms asks to be acknowledged afterwards.")
            return
        for record in asking:
            future = self._desk.bay.alarms.acknowledge(record.id, self._acts.actor)
            when_done(future, self, lambda _: self._acknowledged(), self._acts.tell)

    def _acknowledged(self) -> None:
        self.refresh()
        self._acts.former_alarms.read()

    def show_unseen(self) -> None:
        """Show those alone that nobody acknowledged."""
        self.unseen.setChecked(True)

    def copy(self) -> None:
        """Copy the chosen rows as text, with the headings."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(str(self.table.index(row, c).data(WHOLE_ROLE)) for c in range(len(COLUMNS)))
            for row in rows
        ]
        QApplication.clipboard().setText("\n".join(lines))

    def _columns_state(self) -> str:
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def export(self) -> None:
        """Write all that matches to a file, in the background."""
        from cartech_desk.bay.alarm_history import export_alarms

        path = self.ask_path()
        if path is None:
            return
        if not path.suffix:
            path = path.with_name(f"{path.name}.csv")
        store, query, by = self._desk.store, self.query, self._acts.actor

        def done(written: Path) -> None:
            self._acts.say(f"Exported to {written}.")

        in_background(lambda: export_alarms(store, query, path, by), self, done, self._acts.tell)

    def _ask_path(self) -> Path | None:
        usual = f"alarms {datetime.now().astimezone():%Y-%m-%d}.csv"
        name, _kind = QFileDialog.getSaveFileName(
            self,
            "Export the history of alarms",
            str(Path.home() / usual),
            "CSV, for spreadsheets (*.csv);;JSON (*.json)",
        )
        return Path(name) if name else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy rows with Ctrl+C."""
        if (
            watched is self.view
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            self.copy()
            return True
        return super().eventFilter(watched, event)
