"""Sessions and runs as a tree that is narrowed as one types; thousands of runs cost no widget."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import TestType, View
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding
from cartech_desk.ui.models.dyno_mark_words import mark_word
from cartech_desk.ui.models.dyno_tree_peaks import TreePeaks
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.word_filter import WordFilter
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.words import local_time, plain_tip

_Index = QModelIndex | QPersistentModelIndex

RUN_ROLE: Final = Qt.ItemDataRole.UserRole + 1
SESSION_ROLE: Final = Qt.ItemDataRole.UserRole + 2
PEAK_ROLE: Final = Qt.ItemDataRole.UserRole + 3
BADGE_ROLE: Final = Qt.ItemDataRole.UserRole + 4
SERIES_ROLE: Final = Qt.ItemDataRole.UserRole + 5
FRONT_ROLE: Final = Qt.ItemDataRole.UserRole + 6
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 7

TEST_WORDS: Final[Mapping[TestType, str]] = {
    TestType.POWER_PULL: "power pull",
    TestType.STEADY_STATE: "steady state",
    TestType.COAST_DOWN: "coast-down",
    TestType.FREE: "free",
}
ENDINGS: Final[Mapping[RunEnding, tuple[State, str]]] = {
    RunEnding.OPEN: (State.RECORDING, "being driven"),
    RunEnding.SOURCE_LOST: (State.WARNING, "source lost"),
    RunEnding.POWER_CUT: (State.WARNING, "power cut"),
    RunEnding.NOT_RECORDED: (State.TRIP, "not recorded"),
    RunEnding.IMPORTED: (State.OFF, "imported"),
}
"""Shape, colour and word of endings that are worth a word; a run that was stopped has none."""

_GOOD: Final = (State.CONNECTED, "good")
_OF_ENDING: Final = frozenset({"source_lost", "power_cut"})


class _HasWords(Protocol):
    def words_at(self, index: QModelIndex) -> str: ...


def badge(run: DynoRun) -> tuple[State, str]:
    """Return the badge of a run: its gravest mark, how many more there are, or how it ended."""
    ending = ENDINGS.get(run.ending)
    if run.ending in (RunEnding.OPEN, RunEnding.NOT_RECORDED):
        return ENDINGS[run.ending]
    marks = [mark for mark in run.summary.quality if mark[0] not in _OF_ENDING or ending is None]
    if ending is not None and run.ending is not RunEnding.IMPORTED:
        more = f" +{len(marks)}" if marks else ""
        return ending[0], ending[1] + more
    if not marks:
        return _GOOD if run.summary.peak_power_kw is not None else (State.OFF, "no peak")
    marks.sort(key=lambda mark: not mark[2])
    key, word, grave = marks[0]
    word = mark_word(key, word)
    more = f" +{len(marks) - 1}" if len(marks) > 1 else ""
    return (State.TRIP if grave else State.WARNING), word + more


def session_words(session: DynoSession) -> tuple[str, str]:
    """Return what a session is called, and when, by whom and how it was driven."""
    name = session.vehicle_name or "No vehicle"
    facts = [local_time(session.started), TEST_WORDS[session.test_type], session.operator.name]
    return name, " · ".join(fact for fact in facts if fact)


class DynoRunTree(QAbstractItemModel):
    """Two levels: sessions, the newest first, and of each its runs, the newest first."""

    ticked = Signal()
    """Somebody ticked or unticked a run's box."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions: list[DynoSession] = []
        self._runs: list[list[DynoRun]] = []
        self._place: dict[str, tuple[int, int]] = {}
        self.peaks = TreePeaks()
        self._checked: dict[str, None] = {}
        self._front = ""
        self._series: Mapping[str, int] | None = None
        self._places: dict[str, int] = {}
        self._reasons: Mapping[str, Sequence[str]] = {}
        self._words: dict[str, str] = {}
        self.empties = False
        """Whether sessions that are over and hold no run are listed too."""
        theme_changed.connect(self._repaint)

    # What is shown

    def show(self, sessions: Sequence[DynoSession], runs: Sequence[DynoRun]) -> bool:
        """List these; False where they are what is listed already.

        Sessions that are over and hold no run are left out unless they were asked for.
        """
        held = {run.session for run in runs}
        listed = [one for one in sessions if self.empties or one.ended is None or one.id in held]
        ordered = sorted(listed, key=lambda one: one.started, reverse=True)
        by_session: dict[str, list[DynoRun]] = {one.id: [] for one in ordered}
        for run in runs:
            if run.session in by_session:
                by_session[run.session].append(run)
        lists = [
            sorted(by_session[one.id], key=lambda run: run.number, reverse=True) for one in ordered
        ]
        if ordered == self._sessions and lists == self._runs:
            return False
        known = {one.id: one for some in self._runs for one in some}
        self.peaks.forget(one.id for one in runs if known.get(one.id) != one)
        self.beginResetModel()
        self._sessions, self._runs = ordered, lists
        self._place = {
            run.id: (row, place) for row, some in enumerate(lists) for place, run in enumerate(some)
        }
        self._words = {}
        self._checked = {run_id: None for run_id in self._checked if run_id in self._place}
        self._places = {run_id: place for place, run_id in enumerate(self.chosen())}
        self.endResetModel()
        return True

    def set_view(self, view: View, units: str, power_unit: str) -> None:
        """Show the peaks under this correction, in these units."""
        self.peaks.set_view(view, dyno_units(units, power_unit))
        self._repaint()

    def show_results(self, results: Mapping[str, RunResult]) -> None:
        """Show the peaks of these results, of those that are under the view in force."""
        for run_id in self.peaks.take(results):
            index = self.index_of(run_id)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def set_series(self, series: Mapping[str, int]) -> None:
        """Show these colours; without them a run has that of its place among those chosen."""
        if dict(series) != self._series:
            self._series = dict(series)
            self._repaint()

    def set_reasons(self, reasons: Mapping[str, Sequence[str]]) -> None:
        """Tell in tooltips why a run has its badge, where that is known."""
        self._reasons = reasons

    # What is chosen

    @property
    def front(self) -> str:
        """The run in front; empty where none is."""
        return self._front

    def set_front(self, run_id: str) -> None:
        """Put a run in front."""
        before, self._front = self._front, run_id
        self._choice_changed(before, run_id)

    def set_checked(self, run_ids: Sequence[str]) -> None:
        """Tick these boxes and no other."""
        before = list(self._checked)
        self._checked = {run_id: None for run_id in run_ids if run_id in self._place}
        self._choice_changed(*before, *self._checked)

    def chosen(self) -> list[str]:
        """Return the runs to overlay: the one in front, then those that are ticked, as listed."""
        ticked = sorted(self._checked, key=lambda run_id: self._place[run_id])
        front = [self._front] if self._front in self._place else []
        return front + [run_id for run_id in ticked if run_id != self._front]

    @property
    def runs(self) -> int:
        """How many runs are listed, in all sessions."""
        return len(self._place)

    def run(self, run_id: str) -> DynoRun | None:
        """Return a listed run."""
        place = self._place.get(run_id)
        return None if place is None else self._runs[place[0]][place[1]]

    def index_of(self, run_id: str) -> QModelIndex:
        """Return where a run is listed."""
        place = self._place.get(run_id)
        return QModelIndex() if place is None else self.createIndex(place[1], 0, place[0] + 1)

    def _choice_changed(self, *run_ids: str) -> None:
        """Show these runs anew, and those whose place among the chosen ones is another now."""
        before = self._places
        self._places = {run_id: place for place, run_id in enumerate(self.chosen())}
        moved = (
            one for one in {**before, **self._places} if before.get(one) != self._places.get(one)
        )
        for run_id in dict.fromkeys((*run_ids, *moved)):
            index = self.index_of(run_id)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def _repaint(self) -> None:
        if not self._sessions:
            return
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._sessions) - 1, 0))
        for row, runs in enumerate(self._runs):
            if runs:
                first = self.createIndex(0, 0, row + 1)
                self.dataChanged.emit(first, self.createIndex(len(runs) - 1, 0, row + 1))

    # Qt's tree: the internal id is nought for a session, else its session's row and one

    def index(
        self,
        row: int,
        column: int,
        parent: _Index = QModelIndex(),  # noqa: B008 - Qt's signature
    ) -> QModelIndex:
        """Return the index of a session, or of a run below one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt's signature
        """Return the session of a run."""
        above = child.internalId() if child.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Count sessions, or a session's runs."""
        if not parent.isValid():
            return len(self._sessions)
        return 0 if parent.internalId() else len(self._runs[parent.row()])

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """All stands in one column."""
        del parent
        return 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Give runs a box."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and index.internalId():
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemNeverHasChildren
        return flags

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a run."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.internalId():
            return False
        run = self._run_at(index)
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._checked[run.id] = None
        else:
            self._checked.pop(run.id, None)
        self._choice_changed(run.id)
        self.ticked.emit()
        return True

    def _run_at(self, index: _Index) -> DynoRun:
        return self._runs[index.internalId() - 1][index.row()]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Tell a session or a run."""
        if not index.isValid():
            return None
        if not index.internalId():
            return self._session_data(index.row(), role)
        return self._run_data(index, role)

    def _session_data(self, row: int, role: int) -> object:
        session = self._sessions[row]
        name, facts = session_words(session)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == SESSION_ROLE:
            return session
        if role == SORT_ROLE:
            return -row
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = [name, facts, session.customer, session.modifications, session.notes]
            return plain_tip("\n".join(part for part in parts if part))
        return None

    def _run_data(self, index: _Index, role: int) -> object:
        run = self._run_at(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return run.name
        if role == RUN_ROLE:
            return run
        if role == PEAK_ROLE:
            return self.peaks.of(run)
        if role == BADGE_ROLE:
            return badge(run)
        if role == SERIES_ROLE:
            return (self._places if self._series is None else self._series).get(run.id)
        if role == FRONT_ROLE:
            return run.id == self._front
        if role == SORT_ROLE:
            return -index.row()
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if run.id in self._checked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            peak = self.peaks.of(run).words
            return f"{run.name}, {peak}, {badge(run)[1]}"
        return None

    def _tip(self, run: DynoRun) -> str:
        peak = self.peaks.of(run)
        lines = [f"{run.name} · {local_time(run.started)}"]
        if peak.why_not:
            lines.append(f"The peak is not corrected. {peak.why_not}")
        ending = ENDINGS.get(run.ending)
        if ending is not None:
            lines.append(ending[1].capitalize() + ".")
        reasons = self._reasons.get(run.id)
        lines += reasons or [
            mark_word(key, word).capitalize() + "." for key, word, _ in run.summary.quality
        ]
        if not reasons and not run.summary.quality and run.summary.peak_power_kw is not None:
            lines.append("Nothing to find fault with.")
        if run.note:
            lines.append(run.note)
        return "\n".join(dict.fromkeys(lines))

    # Searching

    def words(self, row: int) -> str:
        """Return all that a session can be found by."""
        return self.words_at(self.index(row, 0))

    def words_at(self, index: _Index) -> str:
        """Return all that a row can be found by, in small letters; a run also by its session."""
        if not index.internalId():
            session = self._sessions[index.row()]
            if session.id in self._words:
                return self._words[session.id]
            parts = (*session_words(session), session.customer, session.modifications)
            day = session.started.astimezone().strftime("%Y-%m-%d")
            words = " ".join((*parts, session.fuel, session.notes, day)).casefold()
            self._words[session.id] = words
            return words
        run = self._run_at(index)
        found = self._words.get(run.id)
        if found is None:
            marks = " ".join(mark_word(key, word) for key, word, _ in run.summary.quality)
            parts = (run.name, badge(run)[1], marks, run.ending.value, run.note, run.file)
            above = self.words_at(self.parent(index))
            found = self._words[run.id] = f"{' '.join(parts).casefold()} {above}"
        return found


class DynoRunFilter(WordFilter):
    """Runs in which, or in whose session, every word occurs; and the sessions that hold them."""

    def __init__(self, tree: DynoRunTree) -> None:
        super().__init__(tree, SORT_ROLE)

    def filterAcceptsRow(
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Tell whether a run contains all words, or a session has one that does."""
        if not self.searched:
            return True
        tree = self.sourceModel()
        index = tree.index(source_row, 0, source_parent)
        if self._found(index):
            return True
        return not source_parent.isValid() and any(
            self._found(tree.index(row, 0, index)) for row in range(tree.rowCount(index))
        )

    def _found(self, index: QModelIndex) -> bool:
        text = cast("_HasWords", self.sourceModel()).words_at(index)
        return all(word in text for word in self.searched)
