"""The bar above the charts: the air in words, and how runs are looked at; acts at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from cartech_desk.domain.dyno.corrections import CORRECTIONS
from cartech_desk.domain.dyno.run import View
from cartech_desk.ui.models.dyno_units import AXES
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import plain_tip

SMOOTHINGS: Final = 6
_AXIS_WORDS: Final = {"rpm": "rpm", "speed": "Speed", "time": "Time"}
_ENGINE: Final = ("At the wheels", "At the engine")


class _CalmCombo(QComboBox):
    """Keeps the letters for the page: a choice is opened by a press or its key."""

    def keyPressEvent(self, event) -> None:
        """Leave letters and figures to the page's keys."""
        if event.text() and event.text().isalnum():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event) -> None:
        """Turn no wheel by accident: a correction is no scroll bar."""
        event.ignore()


class AirButton(QPushButton):
    """The air in words with a ▲ where something is doubtful; cut where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self._doubt = ""
        self._act = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(180)
        self.setStyleSheet("text-align: left;")
        theme_changed.connect(self._dress)

    @property
    def whole(self) -> str:
        """All of the words, and the doubt."""
        return " ".join(part for part in (self._whole, self._doubt) if part)

    @property
    def doubtful(self) -> bool:
        """Whether a ▲ stands before it."""
        return bool(self._doubt)

    def say(self, words: str, doubts: Sequence[str], act: str = "") -> None:
        """Show the air; `doubts` are sentences, `act` says what a press does where it is no air.

        Without words the act itself stands on the button.
        """
        doubt = " ".join(doubts)
        words = words or act
        if (words, doubt, act) == (self._whole, self._doubt, self._act):
            return
        self._whole, self._doubt, self._act = words, doubt, act
        tip = f"{act or 'Press to type temperature, pressure and humidity'} (T)."
        self.setToolTip(plain_tip(f"{doubt} {tip}".strip()))
        self.setAccessibleName(f"{words} {doubt}".strip())
        self._dress()
        self._cut()

    def _dress(self) -> None:
        from PySide6.QtGui import QIcon

        self.setIcon(lamp_icon(State.WARNING) if self._doubt else QIcon())

    def _cut(self) -> None:
        room = self.width() - 2 * Space.M - (2 * Space.L if self._doubt else 0)
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(f" {self._whole}", mode, max(0, room)))

    def resizeEvent(self, event) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()


class DynoBar(QWidget):
    """Air, correction, smoothing, wheel or engine, axis, difference."""

    view_changed = Signal(object)
    """A `View` that a person chose."""
    axis_changed = Signal(str)
    air_pressed = Signal()
    difference_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = View()
        self.air = AirButton()
        self.air.clicked.connect(lambda _checked=False: self.air_pressed.emit())
        self.correction = _combo("Correction", "Correction for weather (C): a view, no run changes")
        for key, form in CORRECTIONS.items():
            self.correction.addItem(form.short, key)
            tip = f"{form.name}. {form.evidence}"
            self.correction.setItemData(
                self.correction.count() - 1, tip, Qt.ItemDataRole.ToolTipRole
            )
        self.smoothing = _combo("Smoothing", "Smoothing, 0 for none (+ and -)")
        for level in range(SMOOTHINGS):
            self.smoothing.addItem(f"Smoothing {level}", level)
        self.engine = _combo("Wheels or engine", "Power at the wheels or the engine (W)")
        for words in _ENGINE:
            self.engine.addItem(words)
        self.correction.activated.connect(
            lambda _: self._choose(replace(self.view, correction=self.correction.currentData()))
        )
        self.smoothing.activated.connect(
            lambda level: self._choose(replace(self.view, smoothing=level))
        )
        self.engine.activated.connect(
            lambda place: self._choose(replace(self.view, engine=bool(place)))
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.air, 1)
        for combo in (self.correction, self.smoothing, self.engine):
            row.addWidget(combo)
        self.difference = QPushButton("Difference")
        self.difference.setCheckable(True)
        self.difference.setToolTip("The difference of the first two runs (D)")
        self.difference.toggled.connect(self.difference_changed)
        row.addWidget(self.difference)
        row.addSpacing(Space.XS)
        over = QLabel("over")
        over.setProperty("role", "muted")
        row.addWidget(over)
        self._axes = QButtonGroup(self)
        self.axes: dict[str, QPushButton] = {}
        for place, axis in enumerate(AXES):
            button = QPushButton(_AXIS_WORDS[axis])
            button.setCheckable(True)
            button.setToolTip(f"Draw over {_AXIS_WORDS[axis].lower()} ({place + 1})")
            button.clicked.connect(lambda _checked=False, axis=axis: self.axis_changed.emit(axis))
            self._axes.addButton(button)
            self.axes[axis] = button
            row.addWidget(button)
        self.axes["rpm"].setChecked(True)

    def show_view(self, view: View) -> None:
        """Show how runs are looked at."""
        self.view = view
        self.correction.setCurrentIndex(self.correction.findData(view.correction))
        self.smoothing.setCurrentIndex(view.smoothing)
        self.engine.setCurrentIndex(int(view.engine))

    def show_axis(self, axis: str) -> None:
        """Show what is drawn over."""
        self.axes[axis].setChecked(True)

    def show_difference(self, *, possible: bool, on: bool) -> None:
        """Show whether the difference is drawn, and whether there are two runs for it."""
        self.difference.setEnabled(possible)
        blocked = self.difference.blockSignals(True)
        self.difference.setChecked(on and possible)
        self.difference.blockSignals(blocked)

    def next_correction(self, step: int) -> None:
        """Choose the next correction, or the one before."""
        count = self.correction.count()
        if count:
            key = self.correction.itemData((self.correction.currentIndex() + step) % count)
            self._choose(replace(self.view, correction=key))

    def more_smoothing(self, step: int) -> None:
        """Smooth more, or less."""
        level = min(max(self.view.smoothing + step, 0), SMOOTHINGS - 1)
        self._choose(replace(self.view, smoothing=level))

    def other_engine(self) -> None:
        """Change between wheels and engine."""
        self._choose(replace(self.view, engine=not self.view.engine))

    def _choose(self, view: View) -> None:
        if view != self.view:
            self.show_view(view)
            self.view_changed.emit(view)


def _combo(name: str, tip: str) -> QComboBox:
    combo = _CalmCombo()
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo
