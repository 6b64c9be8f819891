"""The table of limits in force: what each watches, where it comes from, how it fares now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.limits import LimitRow, Origin
from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.alarms.limit import Comparison
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.alarms.watch import limit_alarm
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitSystem
from cartech_desk.ui.models.alarm_words import PRIORITY_WORDS, lamp_state, lamp_words
from cartech_desk.ui.models.limit_words import (
    ACTION_WORDS,
    COMPARISON_WORDS,
    delay_words,
    difference,
    edge_number,
    gate_words,
    limit_unit,
    watched_words,
)
from cartech_desk.ui.models.word_filter import WordFilter
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.lamp import lamp_icon

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = (
    "Limit",
    "Side",
    "Warning",
    "Trip",
    "Unit",
    "Now",
    "From",
    "Watches",
    "Deadband",
    "Delays",
    "Counts",
    "Latch",
    "Priority",
    "Action",
)
NOW: Final = COLUMNS.index("Now")
_RIGHT: Final = frozenset(COLUMNS.index(name) for name in ("Warning", "Trip", "Deadband"))
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_NOT_WATCHED: Final = "not watched"
ORIGIN_WORDS: Final = {
    Origin.SHIPPED: "shipped",
    Origin.SHOP: "shop's profile",
    Origin.VEHICLE: "this vehicle's own",
}


@dataclass(frozen=True, slots=True)
class Watching:
    """How the bay watches the limits that are shown: `here` are those in force there now.

    `unwatched` says why a limit is not watched, `standing` which alarm of one stands, both by the
    limit's key.
    """

    here: bool = False
    connected: bool = False
    unwatched: Mapping[str, str] = field(default_factory=dict)
    standing: Mapping[str, tuple[State, str]] = field(default_factory=dict)


def watching(snapshot: BaySnapshot, vehicle_id: str | None) -> Watching:
    """Return how the bay watches a vehicle's limits; None for a profile."""
    alarms = snapshot.alarms
    if vehicle_id is None or vehicle_id != alarms.vehicle_id:
        return Watching()
    stands = {alarm.key: alarm for alarm in reversed(alarms.standing) if _tells(alarm)}
    return Watching(
        here=True,
        connected=snapshot.connection.state is LinkState.CONNECTED,
        unwatched={one.limit.key: one.why for one in alarms.unwatched},
        standing={
            limit.key: (lamp_state(stands[key]), lamp_words(stands[key]))
            for limit in alarms.limits
            if (key := limit_alarm(limit.key)) in stands
        },
    )


def _tells(alarm: StandingAlarm) -> bool:
    return alarm.limit is not None and alarm.state is not AlarmState.OUT_OF_SERVICE


def row_state(row: LimitRow, now: Watching) -> tuple[State, str]:
    """Return lamp and words of how a limit fares."""
    key = row.limit.key
    if row.damaged:
        return State.TRIP, "damaged: cannot be read"
    if not row.limit.in_service:
        return State.OUT_OF_SERVICE, "out of service"
    if key in now.standing:
        return now.standing[key]
    why = now.unwatched.get(key) or row.not_watched
    if why:
        return State.OFF, f"{_NOT_WATCHED}: {why[:1].lower()}{why[1:]}".rstrip(".")
    if now.here and now.connected:
        return State.CONNECTED, "watched"
    return State.OFF, "in service"


class LimitTable(QAbstractTableModel):
    """One row for each limit."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[LimitRow] = ()
        self._channels: Mapping[str, Channel] = {}
        self._system = UnitSystem.METRIC
        self._now = Watching()
        theme_changed.connect(self._repaint)

    def show(
        self, rows: Sequence[LimitRow], channels: Mapping[str, Channel], system: UnitSystem
    ) -> None:
        """List these."""
        self.beginResetModel()
        self.rows, self._channels, self._system = tuple(rows), channels, system
        self.endResetModel()

    def show_now(self, now: Watching) -> None:
        """Tell how they fare; painted only where that changed."""
        if now != self._now:
            self._now = now
            if self.rows:
                self.dataChanged.emit(self.index(0, NOW), self.index(len(self.rows) - 1, NOW))

    def _repaint(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def unit(self, row: LimitRow) -> ShownUnit:
        """Return the unit that a row is read in."""
        return limit_unit(row.limit, row.unit, self._channels, self._system)

    def state(self, row: LimitRow) -> tuple[State, str]:
        """Return lamp and words of how a row fares."""
        return row_state(row, self._now)

    def why_not(self, row: LimitRow) -> str:
        """Say in full why a row is not watched now; empty where it is."""
        words = self.state(row)[1]
        return f"{words[0].upper()}{words[1:]}." if words.startswith(_NOT_WATCHED) else ""

    def words(self, row: int) -> str:
        """Return all that a row can be found by, in lower case."""
        texts = [str(self._text(self.rows[row], column)) for column in range(len(COLUMNS))]
        limit = self.rows[row].limit
        return " ".join([*texts, limit.key, *limit.watches.split()]).casefold()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each limit."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns; those of numbers stand over their last digit."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if (
            orientation == Qt.Orientation.Horizontal
            and role == Qt.ItemDataRole.TextAlignmentRole
            and section in _RIGHT
        ):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the lamp of how it fares, and what each column is sorted by."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column == NOW:
            return lamp_icon(self.state(row)[0])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == ROW_ROLE:
            return row
        if role == SORT_ROLE:
            return self._sorted_by(row, column)
        return None

    def _text(self, row: LimitRow, column: int) -> str:
        limit, unit = row.limit, self.unit(row)
        plain = {
            "Limit": limit.label or limit.key,
            "Side": COMPARISON_WORDS[limit.comparison],
            "Warning": edge_number(limit.warning, unit),
            "Trip": edge_number(limit.trip, unit),
            "Unit": unit.symbol,
            "Now": self.state(row)[1],
            "From": ORIGIN_WORDS[row.origin],
            "Watches": watched_words(limit, self._channels),
            "Deadband": edge_number(limit.deadband, difference(unit)) if limit.deadband else "",
            "Delays": delay_words(limit),
            "Counts": self._counts(row),
            "Latch": "latches" if limit.latch else "",
            "Priority": PRIORITY_WORDS[limit.priority],
            "Action": ACTION_WORDS[limit.action],
        }
        return plain[COLUMNS[column]]

    def _counts(self, row: LimitRow) -> str:
        gate = row.limit.gate
        return gate_words(gate, self._channels, self._system) if gate.strip() else "always"

    def _sorted_by(self, row: LimitRow, column: int) -> object:
        limit, name = row.limit, COLUMNS[column]
        nothing = float("-inf") if limit.comparison is Comparison.ABOVE else float("inf")
        if name in ("Warning", "Trip"):
            edge = limit.warning if name == "Warning" else limit.trip
            return nothing if edge is None else self.unit(row).to_shown(edge)
        if name == "Deadband":
            return limit.deadband
        if name == "Priority":
            return int(limit.priority)
        return self._text(row, column).casefold()


class LimitFilter(WordFilter):
    """Rows in which every word that was typed occurs; in the sheet's order until one sorts."""

    def __init__(self, table: LimitTable) -> None:
        super().__init__(table, SORT_ROLE)

    def row(self, place: int) -> LimitRow:
        """Return the limit of a shown row."""
        found: LimitRow = self.index(place, 0).data(ROW_ROLE)
        return found
