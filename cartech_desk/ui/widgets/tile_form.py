"""Scale, bands and rate of one tile."""

import math
from dataclasses import replace

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.bands import Bands
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.band_zones import NO_BANDS, bands_in_order
from cartech_desk.ui.models.live_layout import RATES_HZ, TileSpec, usual_rate_hz
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.number_field import NumberField

_EDGES = (
    ("trip_low", "Red below"),
    ("warn_low", "Amber below"),
    ("warn_high", "Amber above"),
    ("trip_high", "Red above"),
)


class TileForm(QDialog):
    """Numbers are typed in the unit that the shop reads; `spec` holds canonical ones.

    Enter takes them, Esc leaves all as it was.
    """

    def __init__(
        self,
        spec: TileSpec,
        channel: Channel,
        unit: ShownUnit,
        rate_hz: float,
        parent: QWidget | None = None,
        *,
        usual: Bands | None = None,
    ) -> None:
        """`usual` are the bands that the tile has where none are set by hand."""
        super().__init__(parent)
        self.setWindowTitle(f"{channel.label}: scale, bands and rate")
        self.setProperty("bay", True)
        self.setMinimumWidth(460)
        self.spec = spec
        self._channel = channel
        self._unit = unit
        low, high = spec.scale or (channel.minimum, channel.maximum)
        self._usual = usual or NO_BANDS
        edges = spec.bands if spec.bands is not None else self._usual
        self.low = self._field("Gauge from", low)
        self.high = self._field("to", high)
        self.edges = {key: self._field(label, getattr(edges, key)) for key, label in _EDGES}
        self._first = self._typed()
        self.rate = QComboBox()
        self.rate.setAccessibleName("Rate")
        for rate in RATES_HZ:
            self.rate.addItem(f"{rate:g} Hz", rate)
        nearest = min(range(len(RATES_HZ)), key=lambda place: abs(RATES_HZ[place] - rate_hz))
        self.rate.setCurrentIndex(nearest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        scale = QHBoxLayout()
        scale.addWidget(self.low)
        scale.addWidget(self.high)
        layout.addLayout(scale)
        hint = QLabel(
            "These bands are for the eye: no alarm comes of them. Limits (F6) stand upon the gauge "
            "whatever is set here. Empty means no band."
        )
        hint.setProperty("role", "help")
        hint.setWordWrap(True)
        for field in self.edges.values():
            layout.addWidget(field)
        layout.addWidget(hint)
        layout.addWidget(QLabel("Asked for at"))
        layout.addWidget(self.rate)
        layout.addStretch(1)
        foot = QHBoxLayout()
        usual = QPushButton("As usual")
        usual.setToolTip("The channel's own scale, bands and rate")
        usual.setAutoDefault(False)
        usual.clicked.connect(self._as_usual)
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        take = QPushButton("Keep")
        take.setProperty("role", "primary")
        take.setDefault(True)
        take.clicked.connect(self._take)
        foot.addWidget(usual)
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(take)
        layout.addLayout(foot)

    @property
    def rate_hz(self) -> float:
        """The rate that was chosen."""
        return float(self.rate.currentData())

    def _field(self, label: str, value: float | None) -> NumberField:
        shown = None if value is None else self._unit.to_shown(value)
        return NumberField(label, self._unit.symbol, shown, self._unit.decimals)

    def _typed(self) -> list[str]:
        return [field.line.text() for field in self.edges.values()]

    def _as_usual(self) -> None:
        self.spec = replace(self.spec, scale=None, bands=None)
        usual = usual_rate_hz(self._channel.name)
        self.rate.setCurrentIndex(RATES_HZ.index(usual))
        self.accept()

    def _take(self) -> None:
        low, high = self._needed(self.low), self._needed(self.high)
        found = {key: field.number() for key, field in self.edges.items()}
        wrong = math.isnan(low) or math.isnan(high)
        for key, number in found.items():
            if number is not None and math.isnan(number):
                self.edges[key].refuse("This is not a number.")
                wrong = True
        if wrong:
            return
        if not high > low:
            self.high.refuse("Must be more than where the gauge begins.")
            return
        chosen: Bands | None = Bands(
            **{
                key: None if number is None else self._unit.from_shown(number)
                for key, number in found.items()
            }
        )
        if chosen is not None and not bands_in_order(chosen):
            self.edges["trip_high"].refuse(
                "The four must rise from the first to the last: red, amber, amber, red."
            )
            return
        if self.spec.bands is None and self._typed() == self._first:
            chosen = None  # what was not touched goes on following the limits
        scale = (self._unit.from_shown(low), self._unit.from_shown(high))
        self.spec = replace(self.spec, scale=scale, bands=chosen)
        self.accept()

    def _needed(self, field: NumberField) -> float:
        number = field.number()
        if number is None or math.isnan(number):
            field.refuse("A number is needed here.")
            return math.nan
        return number
