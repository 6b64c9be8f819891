"""The numbers at the right: peaks with their uncertainty, conditions, cursor, comparison."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QScroller,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.ui.models.dyno_compare_words import comparison_section, repeatability_section
from cartech_desk.ui.models.dyno_cursor import DynoCursorTable
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_told import (
    air_line,
    badges,
    correction_line,
    correction_section,
    measured_section,
    peaks_told,
    times_section,
)
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.dyno_numbers_parts import (
    BadgeRow,
    CursorGrid,
    FactList,
    PeakCard,
    Swatch,
    set_role,
    words_label,
)
from cartech_desk.ui.widgets.elided_label import ElidedLabel

EMPTY = "The numbers of the run in front will be here. Choose a run at the left."


class DynoNumbers(QWidget):
    """Numbers of the run in front, and what the others gained or lost against it.

    Ctrl+C copies all of it as text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = dyno_units("metric", "hp")
        self._runs: tuple[ShownRun, ...] = ()
        self._comparison: Comparison | None = None
        self._repeatability: Repeatability | None = None
        self._cursor = ("rpm", math.nan)
        self._last = False
        self._nothing = words_label("muted", wrap=True)
        self._nothing.setText(EMPTY)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._name = ElidedLabel("heading")
        self._swatch = Swatch()
        self._power, self._torque = PeakCard(), PeakCard()
        self._correction = words_label(wrap=True)
        self._air = words_label("help", wrap=True)
        self._badges = BadgeRow()
        self._gain, self._repeats = FactList(), FactList()
        self._cursor_title = words_label("heading")
        self.cursor_table = DynoCursorTable()
        self._cursor_grid = CursorGrid(self.cursor_table)
        self._times, self._made_from, self._measured = FactList(), FactList(), FactList()
        self._content = self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.setAccessibleName("Numbers of the run in front")
        self.setMinimumWidth(240)
        self._tell()

    def _lay_out(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._swatch)
        head.addWidget(self._name, 1)
        column.addLayout(head)
        peaks = QHBoxLayout()
        peaks.setSpacing(Space.M)
        peaks.addWidget(self._power, 1)
        peaks.addWidget(self._torque, 1)
        column.addLayout(peaks)
        made = QVBoxLayout()
        made.setSpacing(0)
        made.addWidget(self._correction)
        made.addWidget(self._air)
        column.addLayout(made)
        column.addWidget(self._badges)
        for part in (
            self._gain,
            self._cursor_title,
            self._cursor_grid,
            self._repeats,
            self._times,
            self._made_from,
            self._measured,
        ):
            column.addSpacing(Space.XS)
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        QScroller.grabGesture(area.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._nothing)
        layout.addWidget(area, 1)
        return content

    # What is shown

    def set_units(self, system: str, power_unit: str) -> None:
        """Show in these units."""
        units = dyno_units(system, power_unit)
        if units is not self._units:
            self._units = units
            self._tell()

    def set_runs(
        self,
        runs: Sequence[ShownRun],
        comparison: Comparison | None = None,
        repeatability: Repeatability | None = None,
    ) -> None:
        """Tell the numbers of these runs.

        The comparison is the second one against the first; the repeatability's places are those
        of the runs that are no ghosts.
        """
        self._runs = tuple(runs)
        self._comparison, self._repeatability = comparison, repeatability
        self._tell()

    def set_last(self, *, last: bool) -> None:
        """Say whether these are the numbers of the last run, while another is driven."""
        if last is not self._last:
            self._last = last
            self._tell()

    def set_cursor(self, axis: str, place: float) -> None:
        """Tell every run's values at this place of the axis (NaN: none)."""
        self._cursor = (axis, place)
        self._tell_cursor()

    def _tell(self) -> None:
        self._nothing.setVisible(not self._runs)
        self._area.setVisible(bool(self._runs))
        self.cursor_table.show(self._runs, self._units)
        if not self._runs:
            return
        front, units = self._runs[0], self._units
        result = front.result
        self._name.say(f"Last: {front.name}" if self._last else front.name)
        self._swatch.show_series(front.series)
        corrected = result.factor.correction.key != "none" and not result.factor.why_not
        power, torque = peaks_told(result, units)
        self._power.show_peak(power, corrected=corrected)
        self._torque.show_peak(torque, corrected=corrected)
        self._correction.setText(correction_line(result))
        set_role(self._correction, "warning" if result.factor.why_not else "fact")
        self._air.setText(air_line(result, units))
        self._badges.show_badges(badges(result))
        compared = self._comparison is not None and len(self._runs) > 1
        self._gain.show_section(
            comparison_section(self._runs, self._comparison, units)
            if compared and self._comparison is not None
            else None
        )
        driven = [run for run in self._runs if not run.ghost]
        self._repeats.show_section(
            repeatability_section(driven, self._repeatability, units)
            if self._repeatability is not None
            else None
        )
        self._times.show_section(times_section(result, units))
        self._made_from.show_section(correction_section(result, units))
        self._measured.show_section(measured_section(front, units))
        self._tell_cursor()

    def _tell_cursor(self) -> None:
        axis, place = self._cursor
        unit = self._units.axis(axis)
        self._cursor_title.setText(
            f"At {in_words(place, unit.decimals)} {unit.symbol}"
            if math.isfinite(place)
            else "At the cursor"
        )
        self.cursor_table.set_place(axis, unit.from_shown(place))

    # As text

    def text(self) -> str:
        """Return all numbers as text, a label and its value on each line."""
        if not self._runs:
            return ""
        front, units = self._runs[0], self._units
        lines = [front.name]
        for peak in peaks_told(front.result, units):
            lines.append(f"{peak.label}\t{peak.words}")
            if peak.uncorrected:
                lines.append(f"{peak.label} uncorrected\t{peak.uncorrected}")
        lines += [f"{badge.word}\t{badge.why}" for badge in badges(front.result)]
        for part in (self._gain, self._repeats, self._times, self._made_from, self._measured):
            if part.section is not None:
                lines += ["", part.section.title]
                lines += [f"{fact.label}\t{fact.value}".strip() for fact in part.section.facts]
        if math.isfinite(self._cursor[1]):
            lines += ["", self._cursor_title.text()]
            lines += ["\t".join(row) for row in self.cursor_table.rows()]
        return "\n".join(lines)

    def copy(self) -> None:
        """Copy all numbers as text."""
        QApplication.clipboard().setText(self.text())

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy as text", self.copy)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        menu.popup(self.mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; scroll by keys."""
        bar = self._area.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif Qt.Key(event.key()) in steps:
            bar.setValue(bar.value() + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
