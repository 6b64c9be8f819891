"""What a sheet is looked at as: correction, smoothing, paper, units."""

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cartech_desk.domain.dyno.corrections import CORRECTIONS
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.field import Field

_PAPERS: Final = ((Paper.A4, "A4"), (Paper.LETTER, "US Letter"))
_UNITS: Final = (
    (UnitSystem.METRIC, "Metric: km/h, °C"),
    (UnitSystem.IMPERIAL, "Imperial: mph, °F"),
    (UnitSystem.MIXED, "Mixed: mph, °C"),
)
_POWERS: Final = (("hp", "hp, lb·ft"), ("PS", "PS, Nm"), ("kW", "kW, Nm"))
_STEPS: Final = ((250, "250 rpm"), (500, "500 rpm"), (1000, "1000 rpm"))


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a sheet shall look."""

    view: View
    paper: Paper = Paper.A4
    units: UnitSystem = UnitSystem.METRIC
    power_unit: str = "hp"
    table_step_rpm: int = 500


def wishes_of(view: View, values: Any) -> Wishes:
    """Return how sheets look by the settings in force."""
    dyno, look = getattr(values, "dyno", None), getattr(values, "sheets", None)
    screen = getattr(values, "screen", None)
    return Wishes(
        view,
        Paper(getattr(look, "paper", Paper.A4)),
        UnitSystem(getattr(screen, "units", UnitSystem.METRIC)),
        getattr(dyno, "power_unit", "hp"),
        getattr(look, "table_step_rpm", 500),
    )


class SheetChoices(QWidget):
    """A column of drop-downs that act at once."""

    changed = Signal()

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        view = wishes.view
        corrections = [(key, form.name) for key, form in CORRECTIONS.items()]
        smoothings = [(level, "0: none" if not level else str(level)) for level in range(6)]
        steps = list(_STEPS)
        if wishes.table_step_rpm not in dict(steps):
            steps = sorted([*steps, (wishes.table_step_rpm, f"{wishes.table_step_rpm} rpm")])
        self.correction = self._made("Correction", corrections, view.correction)
        self.smoothing = self._made("Smoothing", smoothings, view.smoothing)
        self.step = self._made("Table every", steps, wishes.table_step_rpm)
        self.power = self._made("Power, torque", _POWERS, wishes.power_unit)
        self.paper = self._made("Paper", _PAPERS, wishes.paper)
        self.units = self._made("Units", _UNITS, wishes.units)
        self.engine = QCheckBox("Estimated power of the engine")
        self.engine.setChecked(view.engine)
        self.engine.setMinimumHeight(Size.CONTROL_BAY)
        self.engine.toggled.connect(lambda _on: self.changed.emit())
        for boxes in (
            (self.correction,),
            (self.smoothing, self.step),
            (self.power, self.paper),
            (self.units,),
        ):
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            for box in boxes:
                field = Field(box.accessibleName(), box, error_below=True)
                field.beside.setStretchFactor(box, 1)
                row.addWidget(field, 1)
            column.addLayout(row)
        column.addWidget(self.engine)
        column.addStretch(1)

    @property
    def wishes(self) -> Wishes:
        """What is chosen now."""
        return Wishes(
            View(
                self.correction.currentData(),
                self.smoothing.currentData(),
                self.engine.isChecked(),
            ),
            Paper(self.paper.currentData()),
            UnitSystem(self.units.currentData()),
            self.power.currentData(),
            self.step.currentData(),
        )

    def _made(self, label: str, offers: Any, chosen: Any) -> QComboBox:
        box = QComboBox()
        for value, words in offers:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, [value for value, _ in offers].index(chosen)))
        box.setMinimumContentsLength(6)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setAccessibleName(label)
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        return box
