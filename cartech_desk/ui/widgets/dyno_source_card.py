"""One source on the bench: who it is, how it fares, and what its channels are taken for."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.dyno_status import SourceStatus
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.source import SourceChannel, SourceState
from cartech_desk.ui.models.bench_words import (
    ROLE_WORDS,
    SOURCE_LAMPS,
    SOURCE_WORDS,
    health_words,
    source_name,
)
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.draft_fields import CalmCombo
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.words import counted

NO_ROLE: Final = "only recorded"


class SourceCard(QFrame):
    """A source. `roles` are those set by hand; the others are what its channels are guessed to be.

    `role_chosen` tells the channel's name and its new `Role`, None for one that is only recorded.
    """

    disconnect_pressed = Signal(str)
    role_chosen = Signal(str, object)

    def __init__(self, source: SourceStatus) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.source = source
        self._channels: tuple[SourceChannel, ...] | None = None
        self._roles: Mapping[Role, str] = {}
        self.combos: dict[str, CalmCombo] = {}
        self.lamp = LampLabel(SOURCE_LAMPS[source.state])
        self.who = _label("help")
        self.health = _label("help")
        self.odd = _label("warning")
        self.leave = QPushButton("Disconnect")
        self.leave.clicked.connect(
            lambda _checked=False: self.disconnect_pressed.emit(self.source.alias)
        )
        head = QHBoxLayout()
        head.addWidget(self.lamp, 1)
        head.addWidget(self.leave)
        self.fold = QPushButton()
        self.fold.setProperty("role", "quiet")
        self.fold.setCheckable(True)
        self.fold.setStyleSheet("text-align: left;")
        self.fold.toggled.connect(lambda _on: self._show_channels())
        self.table = QWidget()
        self.grid = QGridLayout(self.table)
        self.grid.setContentsMargins(Space.S, 0, 0, 0)
        self.grid.setHorizontalSpacing(Space.M)
        self.grid.setVerticalSpacing(Space.XS)
        self.grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        for widget in (self.who, self.health, self.odd, self.fold, self.table):
            column.addWidget(widget)
        theme_changed.connect(self._dress)
        self.show_source(source, {})

    def show_source(self, source: SourceStatus, roles: Mapping[Role, str]) -> None:
        """Show how it fares now."""
        self.source = source
        words = f"{source_name(source)} · {SOURCE_WORDS[source.state]}"
        lamp = SOURCE_LAMPS[source.state]
        if (lamp, words) != (self.lamp.state, self.lamp.words):
            self.lamp.show_state(lamp, words)
        identity = source.identity
        who = " · ".join(
            part
            for part in (
                identity.model,
                identity.protocol,
                identity.tier.words,
                identity.detail,
                source.url,
            )
            if part
        )
        _say(self.who, who)
        _say(self.health, health_words(source))
        trouble = " ".join(filter(None, (source.happened, source.to_do)))
        if not trouble and source.state is SourceState.SILENT:
            trouble = "The wire is open and nothing comes. Is the dyno switched on and sending?"
        odd = "\n".join(f"▲ {words}" for words in (trouble, source.health.words) if words)
        _say(self.odd, odd)
        if source.channels is not self._channels or dict(roles) != dict(self._roles):
            self._channels, self._roles = source.channels, dict(roles)
            self._dress()
            self._show_channels()

    def _dress(self) -> None:
        opened = self.fold.isChecked()
        self.fold.setIcon(icon("chevron-down" if opened else "chevron-right"))
        count = counted(len(self._channels or ()), "channel")
        known = sum(1 for one in self._channels or () if self.role_of(one) is not None)
        self.fold.setText(f"{count}, {known} of them with a role")
        self.fold.setVisible(bool(self._channels))

    def role_of(self, one: SourceChannel) -> Role | None:
        """Return what a channel is taken for: what was set by hand, else what it is guessed."""
        name = one.channel.name
        by_hand = next((role for role, channel in self._roles.items() if channel == name), None)
        if by_hand is not None:
            return by_hand
        if one.role is not None and self._roles.get(one.role, name) == name:
            return one.role
        return None

    def _show_channels(self) -> None:
        self._dress()
        self.table.setVisible(self.fold.isChecked())
        if not self.fold.isChecked():
            return
        while self.grid.count():
            widget = self.grid.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        self.combos.clear()
        for row, one in enumerate(self._channels or ()):
            label = _label("")
            label.setText(one.channel.label)
            label.setToolTip(one.channel.source)
            rate = _label("muted")
            rate.setText(f"{one.rate_hz:.0f} Hz" if one.rate_hz else "")
            combo = CalmCombo()
            combo.setAccessibleName(f"What {one.channel.label} is")
            combo.addItem(NO_ROLE, None)
            for role, words in ROLE_WORDS.items():
                combo.addItem(words, role)
            taken = self.role_of(one)
            combo.setCurrentIndex(0 if taken is None else 1 + list(ROLE_WORDS).index(taken))
            name = one.channel.name
            combo.activated.connect(
                lambda place, name=name, combo=combo: self.role_chosen.emit(
                    name, combo.itemData(place)
                )
            )
            self.combos[name] = combo
            for column, widget in enumerate((label, rate, combo)):
                self.grid.addWidget(widget, row, column)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


def _say(label: QLabel, words: str) -> None:
    if label.text() != words:
        label.setText(words)
    label.setVisible(bool(words))
