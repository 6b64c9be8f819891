"""The table at the cursor: what every run says at one place of the axis."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPixmap

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.dyno_lines import (
    Floats,
    as_mixture,
    breaks,
    extent,
    mixture_of,
    of_role,
    over,
)
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import DASH, in_words
from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens

_Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIXTURE: Final = {
    Role.AFR: ("AFR", ShownUnit("ratio", "", 1)),
    Role.LAMBDA: ("lambda", ShownUnit("ratio", "", 2)),
}


class Column(NamedTuple):
    """A column of values: heading, decimals, and for each run an array in the shown unit."""

    heading: str
    decimals: int
    values: tuple[Floats | None, ...]


class DynoCursorTable(QAbstractTableModel):
    """A row for each run, a column for each thing that one of them knows."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[ShownRun, ...] = ()
        self._columns: list[Column] = []
        self._breaks: list[np.ndarray] = []
        self._found: list[list[str]] = []
        self._swatches: dict[tuple[str, str], QPixmap] = {}
        theme_changed.connect(self._repaint)

    def show(self, runs: Sequence[ShownRun], units: DynoUnits) -> None:
        """Have rows for these."""
        self.beginResetModel()
        self._runs = tuple(runs)
        self._breaks = [breaks(run.result.curve.t_s) for run in runs]
        self._columns = [
            self._column(units.power.symbol, units.power, "power_kw"),
            self._column(units.torque.symbol, units.torque, "torque_nm"),
        ]
        told = mixture_of([run.result for run in runs])
        for role in (*told, Role.BOOST):
            heading, unit = _MIXTURE.get(role, (units.boost.symbol, units.boost))
            values = tuple(
                of_role(run.result, role)
                if role is Role.BOOST
                else as_mixture(run.result, role, told)
                for run in runs
            )
            if any(each is not None for each in values):
                made = tuple(None if each is None else unit.to_shown(each) for each in values)
                self._columns.append(Column(heading, unit.decimals, made))
        self._found = [[DASH] * len(self._columns) for _ in runs]
        self.endResetModel()

    def _column(self, heading: str, unit: ShownUnit, name: str) -> Column:
        values = tuple(
            getattr(run.result.curve, name) * (run.result.factor.value * unit.factor)
            for run in self._runs
        )
        return Column(heading, unit.decimals, values)

    def set_place(self, axis: str, place: float) -> None:
        """Tell the values at a place of the axis [canonical unit]; NaN: none."""
        found = [
            [self._at(row, column, where) for column in self._columns]
            for row, where in enumerate(self._where(axis, place))
        ]
        if found != self._found:
            self._found = found
            self._repaint()

    def _where(self, axis: str, place: float) -> list[tuple[np.ndarray, Floats]]:
        """Return for each run between which points it passes the place, and how far."""
        found = []
        for run, broken in zip(self._runs, self._breaks, strict=True):
            x = over(run.result.curve, axis)
            before, after = x[:-1], x[1:]
            with np.errstate(invalid="ignore"):
                passes = (before <= place) != (after <= place)
            passes &= np.isfinite(before) & np.isfinite(after) & ~broken[:-1]
            at = np.flatnonzero(passes) if np.isfinite(place) else np.empty(0, np.intp)
            found.append((at, (place - x[at]) / (x[at + 1] - x[at])))
        return found

    def _at(self, row: int, column: Column, where: tuple[np.ndarray, Floats]) -> str:
        values = column.values[row]
        at, share = where
        if values is None or not len(at):
            return DASH
        passed = values[at] + share * (values[at + 1] - values[at])
        passed = passed[np.isfinite(passed)]
        return in_words(float(passed.mean()), column.decimals) if len(passed) else DASH

    def _repaint(self) -> None:
        if self._runs:
            last = self.index(len(self._runs) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Count the runs."""
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Count the name and the values."""
        return 0 if parent.isValid() else 1 + len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Head the columns with their units."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section - 1].heading if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return int(_RIGHT)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Tell texts, colours and alignment."""
        run = self._runs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            column = index.column()
            return self._found[index.row()][column - 1] if column else run.name
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return int(_RIGHT)
        if role == Qt.ItemDataRole.DecorationRole and not index.column():
            return self._swatch(tokens().muted if run.ghost else series_color(run.series))
        if role == Qt.ItemDataRole.ForegroundRole and run.ghost:
            return QColor(tokens().muted)
        if role == Qt.ItemDataRole.ToolTipRole and not index.column():
            return run.name
        return None

    def _swatch(self, color: str) -> QPixmap:
        key = (tokens().name, color)
        if key not in self._swatches:
            swatch = QPixmap(12, 4)
            swatch.fill(QColor(color))
            self._swatches[key] = swatch
        return self._swatches[key]

    def extremes(self, column: int) -> list[str]:
        """Return heading, lowest and highest of a column of values: none is wider."""
        one = self._columns[column - 1]
        ends = extent(values for values in one.values if values is not None)
        return [one.heading, *(in_words(value, one.decimals) for value in ends or ())]

    def rows(self) -> list[list[str]]:
        """Return headings and rows as texts."""
        head = ["", *(column.heading for column in self._columns)]
        return [head] + [
            [run.name, *found] for run, found in zip(self._runs, self._found, strict=True)
        ]
