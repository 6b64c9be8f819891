"""Channels and scale of one chart."""

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitSystem
from cartech_desk.ui.models.live_layout import MOST_TRACES, ChartSpec
from cartech_desk.ui.models.trace import shown_unit
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.channel_picker import ChannelPicker
from cartech_desk.ui.widgets.number_field import NumberField


class ChartForm(QDialog):
    """`spec` is the chart after Keep; the scale is that of its first channel's unit."""

    def __init__(
        self,
        spec: ChartSpec,
        channels: Sequence[Channel],
        system: UnitSystem,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Chart: channels and scale")
        self.setProperty("bay", True)
        self.setMinimumWidth(460)
        self.spec = spec
        self._by_name = {channel.name: channel for channel in channels}
        self._channels = channels
        self._system = system
        self.names = QLabel()
        self.names.setWordWrap(True)
        choose = QPushButton("Choose channels…")
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        self.fits = QRadioButton("Fit the lines")
        self.fixed = QRadioButton("From … to …")
        unit = self._unit()
        low, high = spec.scale or self._gauge()
        self.low = NumberField("from", unit.symbol, unit.to_shown(low), unit.decimals)
        self.high = NumberField("to", unit.symbol, unit.to_shown(high), unit.decimals)
        self.fixed.toggled.connect(self.low.setEnabled)
        self.fixed.toggled.connect(self.high.setEnabled)
        (self.fits if spec.scale is None else self.fixed).setChecked(True)
        self.low.setEnabled(spec.scale is not None)
        self.high.setEnabled(spec.scale is not None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(self.names)
        layout.addWidget(choose)
        layout.addWidget(self.fits)
        layout.addWidget(self.fixed)
        scale = QHBoxLayout()
        scale.addWidget(self.low)
        scale.addWidget(self.high)
        layout.addLayout(scale)
        layout.addStretch(1)
        foot = QHBoxLayout()
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        take = QPushButton("Keep")
        take.setProperty("role", "primary")
        take.setDefault(True)
        take.clicked.connect(self._take)
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(take)
        layout.addLayout(foot)
        self._name()

    def _first(self) -> Channel:
        name = self.spec.channels[0]
        return self._by_name.get(name) or Channel(name, name, "none", 0.0, 1.0)

    def _unit(self) -> ShownUnit:
        return shown_unit(self._first(), self._system)

    def _gauge(self) -> tuple[float, float]:
        first = self._first()
        return first.minimum, first.maximum

    def _name(self) -> None:
        labels = [
            self._by_name[name].label if name in self._by_name else name
            for name in self.spec.channels
        ]
        self.names.setText(", ".join(labels))

    def _choose(self) -> None:
        picker = ChannelPicker(
            self._channels,
            self.spec.channels,
            self._system,
            title="Channels of this chart",
            most=MOST_TRACES,
            parent=self,
        )
        picker.accepted.connect(lambda: self._chosen(picker.chosen))
        picker.open()

    def _chosen(self, names: tuple[str, ...]) -> None:
        if names[0] != self.spec.channels[0]:
            self.fits.setChecked(True)  # numbers of another channel's scale mean nothing here
        self.spec = replace(self.spec, channels=names)
        self._name()

    def _take(self) -> None:
        if self.fits.isChecked():
            self.spec = replace(self.spec, scale=None)
            self.accept()
            return
        low, high = self.low.number(), self.high.number()
        for field, number in ((self.low, low), (self.high, high)):
            if number is None or math.isnan(number):
                field.refuse("A number is needed here.")
                return
        if not high > low:
            self.high.refuse("Must be more than where the scale begins.")
            return
        unit = self._unit()
        self.spec = replace(self.spec, scale=(unit.from_shown(low), unit.from_shown(high)))
        self.accept()
