"""The audit log: search, what changed, verification, export."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStandardPaths, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.people import Act, Actor, NotSignedIn, RightMissing, allowed
from cartech_desk.office.audit_book import AuditBook, Query, Verdict
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.audit_choices import names, read_choices
from cartech_desk.ui.models.audit_rows import PAGE, AuditTable
from cartech_desk.ui.models.audit_verdict import proof_words, refused_words, verdict_words
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.audit_detail import AuditDetail
from cartech_desk.ui.widgets.audit_filter import AuditFilter
from cartech_desk.ui.widgets.audit_list import AuditListView
from cartech_desk.ui.widgets.audit_problem import AuditProblem
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import counted

_AROUND: Final = 6
"""So many records are shown above the first broken one."""
_EXPORT_TIP: Final = "Write what is listed to a PDF or CSV file (Ctrl+E)"
_KINDS: Final = "PDF, to print and file (*.pdf);;CSV, for spreadsheets (*.csv)"

_Loaded = tuple[Sequence[AuditRecord], dict[str, str]]


class AuditPage(Page):
    """Narrows as one types, reads on as one scrolls, shows the chosen record beside."""

    key = "audit"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._work = NewestOnly(self, self._failed)
        self._vehicles: dict[str, str] = {}
        self._from: int | None = None
        self._generation = 0
        self._busy = False
        self._told: tuple[Verdict | None, str, int] | None = None
        self._newest = 0
        self._cannot_export = ""
        self.ask_path: Callable[[Path], Path | None] = self._ask_path
        self._build()
        acts.operator_changed.connect(lambda _: self._operator_changed())
        theme_changed.connect(self._dress)

    def _build(self) -> None:
        self.lamp = LampLabel(State.OFF, "not verified yet")
        self.add_to_header(self.lamp, left=True)
        self.verify_button = QPushButton("Verify  Ctrl+Shift+V")
        self.verify_button.setToolTip("Check the whole log against its chain, key and anchor")
        self.verify_button.clicked.connect(lambda _checked=False: self.verify())
        self.add_to_header(self.verify_button)
        self.export_button = self.set_primary("Export  Ctrl+E", self.export)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setProperty("role", "warning")
        self.notes.hide()
        self.problem = AuditProblem()
        self.problem.open.clicked.connect(lambda _checked=False: self.open_broken())
        self.body.addWidget(self.problem)
        self.body.addWidget(self.notes)
        self.filter = AuditFilter(self.desk.store.vehicles, self._failed)
        self.filter.changed.connect(self._narrowed)
        self.filter.words.installEventFilter(self)
        self.elsewhere = QPushButton("Back to the newest records")
        self.elsewhere.setProperty("role", "link")
        self.elsewhere.clicked.connect(lambda _checked=False: self._narrowed())
        self.elsewhere.hide()
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.table = AuditTable()
        self.table.more_wanted.connect(self._read_on)
        self.view = AuditListView(self.table)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self.detail = AuditDetail()
        split = Split(Qt.Orientation.Horizontal)
        split.addWidget(self.view)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        split.setSizes([760, 420])
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addWidget(self.elsewhere)
        foot.addStretch(1)
        self.content = QWidget()
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.filter)
        column.addWidget(split, 1)
        column.addLayout(foot)
        self.refused = EmptyPage("", "", self.acts.ask_to_sign_in)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.content)
        self.pages.addWidget(self.refused)
        self.body.addWidget(self.pages, 1)
        self._dress()

    def _dress(self) -> None:
        self.verify_button.setIcon(icon("check"))
        self.export_button.setIcon(icon("export", "on_accent"))

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        return (
            PageAction("Verify the audit log", self.verify, "Ctrl+Shift+V", "check chain whole"),
            PageAction("Export the audit log", self.export, "Ctrl+E", "csv pdf print save"),
            PageAction("Search the audit log", self._search, "Ctrl+F", "find filter"),
            PageAction("Read the audit log anew", self.refresh, "F5", "refresh"),
            PageAction("Clear the filters of the audit log", self.filter.clear, "", "all reset"),
        )

    def shown(self, what: object = None) -> None:
        """Read the newest records; "broken" opens the first broken one."""
        self._show_verdict()
        if what == "broken":
            self.open_broken()
        else:
            self.refresh()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Follow a verification that was made elsewhere, as at the start."""
        del snapshot
        self._show_verdict()

    # Reading

    def refresh(self) -> None:
        """Read the first page anew, in the background."""
        self._show_rights()
        if not self._may_read():
            self.table.show(())
            self.detail.show_record(None)
            self.pages.setCurrentWidget(self.refused)
            return
        self.pages.setCurrentWidget(self.content)
        book, by, query, before = self._asked()
        store = self.desk.store
        self._generation += 1

        def work() -> _Loaded:
            records = book.find(by, query, limit=PAGE, before_sequence=before)
            return records, names(store.vehicles, records)

        self._work.ask(work, self._arrived)
        if not self.filter.offered or (self._from is None and not self.filter.narrow):
            self.filter.read_choices(lambda: read_choices(book, store.vehicles, by))

    def _asked(self) -> tuple[AuditBook, Actor, Query, int | None]:
        return self.desk.office.audit, self.acts.actor, self.filter.query, self._from

    def _may_read(self) -> bool:
        return allowed(self.acts.actor, Act.READ_AUDIT)

    def _show_rights(self) -> None:
        now = self.desk.office.session.now
        self._cannot_export = why_not(now, Act.READ_AUDIT) or why_not(now, Act.EXPORT)
        self.export_button.setToolTip(self._cannot_export or _EXPORT_TIP)
        self.export_button.setEnabled(not self._busy and not self._cannot_export)
        self.refused.say(*refused_words(now))

    def _arrived(self, loaded: _Loaded) -> None:
        records, self._vehicles = loaded
        if self._from is None and not self.filter.narrow and records:
            self._newest = records[0].sequence
            self._show_verdict()
        kept = self._current()
        self.table.show(records)
        self.elsewhere.setVisible(self._from is not None)
        self._say_count()
        wanted = self._broken_sequence() if self._from is not None else kept and kept.sequence
        self._choose(wanted)

    def _choose(self, sequence: int | None) -> None:
        """Choose the record of this sequence, else the first one."""
        rows = self.table.rows
        row = next((n for n, one in enumerate(rows) if one.sequence == sequence), 0)
        if rows:
            self.view.selectRow(row)
            self.view.scrollTo(self.table.index(row, 0))
        else:
            self._show_detail(None)

    def _read_on(self, before: int) -> None:
        book, by, query, _ = self._asked()
        generation = self._generation

        store = self.desk.store

        def work() -> _Loaded:
            records = book.find(by, query, limit=PAGE, before_sequence=before)
            return records, names(store.vehicles, records)

        def done(loaded: _Loaded) -> None:
            records, vehicles = loaded
            if generation == self._generation:
                self._vehicles |= vehicles
                self.table.add(records)
                self._say_count()

        in_background(work, self, done, self._failed)

    def _say_count(self) -> None:
        number = len(self.table.rows)
        if not number and self.filter.narrow:
            self.count.setText("No record matches. Search for less, or clear the filters.")
        elif not number:
            self.count.setText("Nothing was recorded yet.")
        else:
            more = "" if self.table.complete else ", more as you scroll"
            self.count.setText(counted(number, "record") + more)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, RightMissing | NotSignedIn):
            self._show_rights()
            self.pages.setCurrentWidget(self.refused)
        else:
            self.acts.tell(error)

    def _operator_changed(self) -> None:
        if self.isVisible():
            self.refresh()
        elif not self._may_read():
            # Nobody else shall find the records still standing here.
            self.table.show(())
            self._show_detail(None)
        self._show_rights()

    def _narrowed(self) -> None:
        self._from = None
        self.refresh()

    def _search(self) -> None:
        self.filter.words.setFocus()
        self.filter.words.selectAll()

    def _current(self) -> AuditRecord | None:
        index = self.view.currentIndex()
        return self.table.rows[index.row()] if index.isValid() else None

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        self._show_detail(self.table.rows[index.row()] if index.isValid() else None)

    def _show_detail(self, record: AuditRecord | None) -> None:
        verdict = self._verdict
        broken, proof = "", ""
        if verdict is not None and record is not None:
            broken = verdict.problem if record.sequence == self._broken_sequence() else ""
            proof = proof_words(verdict, record)
        vehicle = self._vehicles.get(record.entity.vehicle, "") if record is not None else ""
        system = unit_system(self.desk.settings.values)
        self.detail.show_record(record, vehicle=vehicle, broken=broken, proof=proof, system=system)

    # Verifying

    def verify(self) -> None:
        """Verify the whole log in the background."""
        if self._busy:
            return
        self._set_busy("Verifying …")
        in_background(self.desk.office.audit.verify, self, self._verified, self._work_failed)

    def _verified(self, verdict: Verdict) -> None:
        self._set_busy("")
        self._show_verdict()
        if verdict.ok:
            self.acts.say(verdict_words(verdict)[1])
        else:
            self.open_broken()

    def _work_failed(self, error: BaseException) -> None:
        self._set_busy("")
        self._told = None
        self._show_verdict()
        self._failed(error)

    def _set_busy(self, words: str) -> None:
        self._busy = bool(words)
        self.verify_button.setEnabled(not words)
        self.export_button.setEnabled(not words and not self._cannot_export)
        if words:
            self._told = None
            self.lamp.show_state(State.CONNECTING, words)

    @property
    def _verdict(self) -> Verdict | None:
        return self.desk.office.audit.last_verdict

    def _show_verdict(self) -> None:
        now = (self._verdict, self.desk.office.audit.key_problem, self._newest)
        if self._busy or now == self._told:
            return
        self._told = now
        verdict, key_problem, newest = now
        self.lamp.show_state(*verdict_words(verdict, newest=newest))
        broken = self._broken_sequence()
        if broken != self.table.broken:
            self.table.show_broken(broken)
            self._show_detail(self._current())
        notes = list(dict.fromkeys([*(verdict.warnings if verdict else ()), key_problem]))
        self.notes.setText("\n".join(note for note in notes if note))
        self.notes.setVisible(bool(self.notes.text()))
        self.problem.show_verdict(verdict, may_open=self._may_read())

    def _broken_sequence(self) -> int | None:
        verdict = self._verdict
        return verdict.first_bad_sequence if verdict is not None and not verdict.ok else None

    def open_broken(self) -> None:
        """Show the log from a little after the first broken record, which is chosen."""
        sequence = self._broken_sequence()
        if sequence is None:
            self.refresh()
            return
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._from = min(sequence + _AROUND, 2**63 - 1)
        self.refresh()

    # Exporting

    def export(self) -> None:
        """Ask for a file and write what is looked for to it."""
        if self._busy or self._cannot_export:
            return
        stamp = f"{datetime.now():%Y-%m-%d}"
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(documents)
        path = self.ask_path(Path(folder or ".") / f"audit_{stamp}.pdf")
        if path is None:
            return
        book, by, query, _ = self._asked()
        self._set_busy("Exporting …")

        def done(written: Path) -> None:
            self._set_busy("")
            self._show_verdict()
            self.acts.say(f"Exported to {written}.")
            self.refresh()

        in_background(lambda: book.export(by, query, path), self, done, self._work_failed)

    def _ask_path(self, usual: Path) -> Path | None:
        name, kind = QFileDialog.getSaveFileName(self, "Export to", str(usual), _KINDS)
        if not name:
            return None
        ending = ".csv" if "*.csv" in kind else ".pdf"
        path = Path(name)
        return (
            path if path.suffix.lower() in (".csv", ".pdf") else path.with_name(path.name + ending)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk from the search field into the list."""
        if (
            watched is self.filter.words
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Down
        ):
            self.view.setFocus()
            return True
        return super().eventFilter(watched, event)
