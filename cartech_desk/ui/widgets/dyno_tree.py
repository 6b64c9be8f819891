"""Sessions and runs as a tree: name, badge of quality, peak; any number can be overlaid."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QScroller,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import View
from cartech_desk.store.dyno import DynoRun, DynoSession
from cartech_desk.ui.models.dyno_run_tree import (
    PEAK_ROLE,
    RUN_ROLE,
    SESSION_ROLE,
    DynoRunFilter,
    DynoRunTree,
    badge,
)
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.dyno_tree_rows import DynoTreeRows
from cartech_desk.ui.words import counted

_INDENT = 14


SESSIONS = 40
"""So many are shown at once; older ones come as one scrolls or searches."""
_MORE = 80
_READS_AFTER_MS = 250
"""Nobody types for so long: then older runs are read."""


class DynoTree(QWidget):
    """The tree. A press on a run makes it the one in front, its box lays it over the others.

    Keys: up and down walk, Space ticks a run's box, F2 renames, Delete deletes, Enter opens its
    properties, Ctrl+C copies the runs that are chosen.
    """

    chosen = Signal(list)
    """Ids of the runs to overlay, the one in front first."""
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)
    properties_wanted = Signal(str)
    sight_changed = Signal()
    """Other runs can be seen than before."""

    older_wanted = Signal()
    """What is searched may be older than what is shown: read it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DynoRunTree(self)
        self.filter = DynoRunFilter(self.model)
        self._closed: set[str] = set()
        self._known: set[str] = set()
        self._filling = False
        self._told: list[str] = []
        self._sessions: tuple[DynoSession, ...] = ()
        self._runs: tuple[DynoRun, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search runs")
        self.search.setAccessibleName("Search runs")
        self.search.setToolTip("Car, customer, operator, run, badge, note or date")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self._older = self._further = False
        self.most = SESSIONS
        """So many sessions shall be read."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_READS_AFTER_MS)
        self._later.timeout.connect(self.older_wanted)
        self.view = self._make_view()
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self.model.ticked.connect(self._tell)
        self._count()

    def _make_view(self) -> QTreeView:
        view = QTreeView()
        view.setModel(self.filter)
        view.setItemDelegate(DynoTreeRows(view))
        view.setAccessibleName("Runs")
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setIndentation(_INDENT)
        view.setExpandsOnDoubleClick(False)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.selectionModel().currentChanged.connect(self._walked)
        view.activated.connect(self._activated)
        view.expanded.connect(lambda index: self._opened(index, closed=False))
        view.collapsed.connect(lambda index: self._opened(index, closed=True))
        view.installEventFilter(self)
        view.verticalScrollBar().valueChanged.connect(self.sight_changed)
        view.verticalScrollBar().valueChanged.connect(self._scrolled)
        view.verticalScrollBar().rangeChanged.connect(self.sight_changed)
        QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        return view

    # What is shown

    def set_runs(self, sessions: Sequence[DynoSession], runs: Sequence[DynoRun]) -> None:
        """Show these; what was open and chosen stays so."""
        self._sessions, self._runs = tuple(sessions), tuple(runs)
        scrolled = self.view.verticalScrollBar().value()
        front = self.model.front
        self._filling = True
        changed = self.model.show(sessions, runs)
        if changed:
            self._known |= {session.id for session in sessions}
            self._open_sessions()
            self._go_to(front)
            self.view.verticalScrollBar().setValue(scrolled)
        self._filling = False
        self._count()
        if changed:
            self._tell()

    def set_view(self, view: View, units: str, power_unit: str) -> None:
        """Show the peaks under this correction, in these units."""
        self.model.set_view(view, units, power_unit)

    def show_results(self, results: Mapping[str, RunResult]) -> None:
        """Show the peaks of these results; one under another view is left out."""
        self.model.show_results(results)

    def in_sight(self) -> list[DynoRun]:
        """Return the runs that can be seen now, from the top down."""
        view, found = self.view, []
        high = view.viewport().height()
        index = view.indexAt(QPoint(1, 1)) if self.isVisible() else QModelIndex()
        while index.isValid() and view.visualRect(index).top() < high:
            run = index.data(RUN_ROLE)
            if run is not None:
                found.append(run)
            index = view.indexBelow(index)
        return found

    def show_empties(self, *, on: bool) -> None:
        """List sessions that are over and hold no run, or leave them out."""
        self.model.empties = on
        self.set_runs(self._sessions, self._runs)

    def set_series(self, series: Mapping[str, int]) -> None:
        """Show these colours, by run id; else a run has that of its place among those chosen."""
        self.model.set_series(series)

    def set_reasons(self, reasons: Mapping[str, Sequence[str]]) -> None:
        """Tell the sentences behind the badges, by run id, for the runs whose results are known."""
        self.model.set_reasons(reasons)

    def choose(self, run_ids: Sequence[str]) -> None:
        """Choose these runs, the first in front."""
        self._filling = True
        front = run_ids[0] if run_ids else ""
        self.model.set_front(front)
        self.model.set_checked(run_ids if len(run_ids) > 1 else ())
        self._go_to(front)
        self._filling = False
        self._tell()

    def chosen_runs(self) -> list[str]:
        """Return the ids of the runs to overlay, the one in front first."""
        return self.model.chosen()

    def _tell(self) -> None:
        chosen = self.model.chosen()
        if not self._filling and chosen != self._told:
            self._told = chosen
            self.chosen.emit(list(chosen))

    def _count(self) -> None:
        words = ""
        if not self.model.rowCount():
            words = "Sessions and their runs will be here. Start a session, or import a run."
        elif not self.filter.rowCount():
            words = f"No run matches “{self.search.text()}”. Search for less, or clear the search."
        self.nothing.setText(words)
        self.nothing.setVisible(bool(words))
        self.view.setAccessibleDescription(counted(self.model.runs, "run"))

    # Open and closed sessions

    def _session_id(self, index: QModelIndex) -> str:
        session = index.data(SESSION_ROLE)
        return session.id if session is not None else ""

    def _opened(self, index: QModelIndex, *, closed: bool) -> None:
        if self._filling or self.filter.searched:
            return
        session = self._session_id(index)
        if closed:
            self._closed.add(session)
        else:
            self._closed.discard(session)

    def _open_sessions(self) -> None:
        """Open what is not closed by hand; all of it while something is searched."""
        was, self._filling = self._filling, True
        for row in range(self.filter.rowCount()):
            index = self.filter.index(row, 0)
            session = self._session_id(index)
            self.view.setExpanded(index, bool(self.filter.searched) or session not in self._closed)
        self._filling = was

    def _go_to(self, run_id: str) -> None:
        index = self.filter.mapFromSource(self.model.index_of(run_id))
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def tell_of_older(self, *, more: bool) -> None:
        """Say whether there are runs that only a search or scrolling brings here."""
        self._further = more
        if not self.search.text():
            self._older = more
            words = "Search runs, older ones too" if more else "Search runs"
            self.search.setPlaceholderText(words)

    def _scrolled(self, value: int) -> None:
        bar = self.view.verticalScrollBar()
        if self._further and not self._filling and 0 < bar.maximum() <= value + bar.pageStep():
            self._further = False
            self.most += _MORE
            self.older_wanted.emit()

    def _search(self, text: str) -> None:
        if self._older:
            self.most = SESSIONS
            self._later.start()
        self._filling = True
        self.filter.search(text)
        self._open_sessions()
        self._go_to(self.model.front)
        self._filling = False
        self._count()

    # What a hand does

    def _walked(self, current: QModelIndex, _before: QModelIndex) -> None:
        run = current.data(RUN_ROLE) if current.isValid() else None
        if run is None or self._filling:
            return
        self.model.set_front(run.id)
        self._tell()

    def _current(self) -> DynoRun | None:
        run: DynoRun | None = self.view.currentIndex().data(RUN_ROLE)
        return run

    def _activated(self, index: QModelIndex) -> None:
        run = index.data(RUN_ROLE)
        if run is not None:
            self.properties_wanted.emit(run.id)
        else:
            self.view.setExpanded(index, not self.view.isExpanded(index))

    def _open_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if index.isValid():
            self.view.setCurrentIndex(index)
        menu = self.menu()
        if menu is not None:
            menu.popup(self.view.viewport().mapToGlobal(at))

    def menu(self) -> QMenu | None:
        """Make the menu of the run that the keys are at; None where they are at none."""
        run = self._current()
        if run is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        acts: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("Show alone", "", lambda: self.choose([run.id])),
            ("Rename …", "F2", lambda: self.rename_wanted.emit(run.id)),
            ("Properties …", "Return", lambda: self.properties_wanted.emit(run.id)),
            ("Copy", "Ctrl+C", self.copy),
            ("Delete …", "Del", lambda: self.delete_wanted.emit(run.id)),
        )
        for words, keys, act in acts:
            if words.startswith("Delete"):
                menu.addSeparator()
            made = menu.addAction(words, act)
            if keys:
                made.setShortcut(QKeySequence(keys))
                made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return menu

    def copy(self) -> None:
        """Copy the runs that are chosen as text."""
        lines = ["Run\tPeak\tBadge"]
        for run_id in self.model.chosen():
            index = self.model.index_of(run_id)
            run = index.data(RUN_ROLE)
            lines.append("\t".join((run.name, index.data(PEAK_ROLE).words, badge(run)[1])))
        QApplication.clipboard().setText("\n".join(lines))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the tree; walk from the search field into it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.view.setFocus()
                return True
            if watched is self.view and self._key(event):
                return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        run = self._current()
        if run is None:
            return False
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit(run.id)
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(run.id)
        else:
            return False
        return True
