"""The panel of sources: what can be connected, what is connected, and how it fares."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.dyno_status import SourceStatus
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.sources import OFFERS, SourceOffer
from cartech_desk.ui.models.bench_words import KIND_WORDS
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.dyno_source_card import SourceCard

_WIDE: Final = 1120
_HIGH: Final = 640
_LIST: Final = 380
_OFFER: Final = Qt.ItemDataRole.UserRole
_SERIAL: Final = re.compile(r"^(?P<head>[a-z]+:(?:[^@?]*@)?)(?P<port>[^?]*)(?P<rest>.*)$")


def needs_port(address: str) -> bool:
    """Tell whether an address names a serial port."""
    return "://" not in address and not address.startswith("sim:")


def with_port(address: str, port: str) -> str:
    """Return an address with another serial port in it."""
    found = _SERIAL.match(address)
    return f"{found['head']}{port}{found['rest']}" if found else address


def undocumented(offer: SourceOffer) -> bool:
    """Tell whether its maker publishes no wire protocol."""
    return offer.tier is Tier.USER_DEFINED and "wire protocol" in offer.note


class SourcesPanel(QDialog):
    """Left what can be connected, right what stands on the bench. Closes with Esc."""

    connect_wanted = Signal(str)
    disconnect_wanted = Signal(str)
    role_chosen = Signal(str, object)
    """The name of a channel, and its `Role` or None."""
    import_wanted = Signal()
    link_editor_wanted = Signal(str)
    """Somebody wants to define a link: the address that stood there."""

    def __init__(
        self,
        ask_ports: Callable[[Callable[[Sequence[tuple[str, str]]], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sources of the dyno")
        self.setProperty("bay", True)
        self.resize(_WIDE, _HIGH)
        self.cards: dict[str, SourceCard] = {}
        self._ports: tuple[tuple[str, str], ...] = ()
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(Space.S)
        left.addWidget(_heading("Connect"))
        self.list = self._make_list()
        left.addWidget(self.list, 1)
        self._add_address(left)
        right.addWidget(_heading("On the bench"))
        self.nothing = QLabel(
            "Nothing is connected yet. Choose at the left what it is, give its port or address, "
            "and press Connect. The desk only listens: it sends no load and no brake command."
        )
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        right.addWidget(self.nothing)
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, Space.S, 0)
        self._cards.setSpacing(Space.S)
        self._cards.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        right.addWidget(scroll, 1)
        close = QPushButton("Close  Esc")
        close.setAutoDefault(False)
        close.clicked.connect(lambda _checked=False: self.reject())
        right.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        row.setSpacing(Space.XL)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        self.list.setCurrentRow(1)
        ask_ports(self.show_ports)

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName("Kinds of sources")
        made.setMinimumWidth(_LIST)
        made.setWordWrap(True)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for kind, offers in groupby(
            sorted(OFFERS, key=lambda one: list(KIND_WORDS).index(one.kind)),
            key=lambda one: one.kind,
        ):
            head = QListWidgetItem(KIND_WORDS[kind])
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            head.setFont(text_font(Type.BAY, bold=True))
            made.addItem(head)
            for offer in offers:
                item = QListWidgetItem(f"{offer.words}\n{_tier(offer)}")
                item.setData(_OFFER, offer)
                made.addItem(item)
        made.currentItemChanged.connect(lambda _new, _old: self._chosen())
        return made

    def _add_address(self, column: QVBoxLayout) -> None:
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "help")
        self.port = QComboBox()
        self.port.setAccessibleName("Port")
        self.port.activated.connect(lambda _index: self._take_port())
        self.address = QLineEdit()
        self.address.setAccessibleName("Address")
        self.address.textEdited.connect(lambda _text: self.refuse(""))
        self.address.returnPressed.connect(self.connect_now)
        self.wrong = QLabel()
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "error")
        self.wrong.hide()
        self.button = QPushButton("Connect")
        self.button.setProperty("role", "primary")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda _checked=False: self.connect_now())
        self.define = QPushButton("Define the link…")
        self.define.setAutoDefault(False)
        self.define.clicked.connect(
            lambda _checked=False: self.link_editor_wanted.emit(self.address.text().strip())
        )
        self.take_in = QPushButton("Import its file…")
        self.take_in.setAutoDefault(False)
        self.take_in.clicked.connect(lambda _checked=False: self.import_wanted.emit())
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in (self.define, self.take_in):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.button)
        for widget in (self.note, self.port, self.address, self.wrong):
            column.addWidget(widget)
        column.addLayout(buttons)

    # What is chosen

    @property
    def offer(self) -> SourceOffer | None:
        """The kind that is chosen."""
        item = self.list.currentItem()
        return item.data(_OFFER) if item is not None else None

    def choose(self, words: str) -> None:
        """Choose the kind whose words begin so."""
        for row in range(self.list.count()):
            if self.list.item(row).text().startswith(words):
                self.list.setCurrentRow(row)
                return

    def _chosen(self) -> None:
        offer = self.offer
        if offer is None:
            return
        self.refuse("")
        self.note.setText(offer.note)
        self.note.setVisible(bool(offer.note))
        self.address.setText(offer.example)
        serial = needs_port(offer.example)
        self.port.setVisible(serial)
        if serial and self._ports:
            self._take_port()
        none = undocumented(offer)
        self.define.setVisible(offer.scheme == "link")
        self.take_in.setVisible(none)

    def show_ports(self, ports: Sequence[tuple[str, str]]) -> None:
        """Show the serial ports of this machine, as port and what it probably is."""
        self._ports = tuple(ports)
        self.port.clear()
        for port, words in ports:
            self.port.addItem(f"{port} · {words}" if words else port, port)
        if not ports:
            self.port.addItem("No serial port is plugged in", "")
        self.port.setEnabled(bool(ports))
        if ports and self.offer is not None and needs_port(self.address.text()):
            self._take_port()

    def _take_port(self) -> None:
        port = self.port.currentData()
        if port:
            self.address.setText(with_port(self.address.text(), port))

    def connect_now(self) -> None:
        """Connect what stands in the address."""
        self.refuse("")
        self.connect_wanted.emit(self.address.text().strip())

    def refuse(self, words: str) -> None:
        """Say below the address what is wrong; empty to take it back."""
        self.wrong.setText(words)
        self.wrong.setVisible(bool(words))
        self.address.setProperty("wrong", bool(words))
        self.address.style().unpolish(self.address)
        self.address.style().polish(self.address)

    # What stands on the bench

    def show_bench(self, sources: Sequence[SourceStatus], roles: Mapping[Role, str]) -> None:
        """Show how the sources fare now."""
        there = {source.alias: source for source in sources}
        for alias in [alias for alias in self.cards if alias not in there]:
            card = self.cards.pop(alias)
            self._cards.removeWidget(card)
            card.deleteLater()
        for alias, source in there.items():
            if alias not in self.cards:
                card = self.cards[alias] = SourceCard(source)
                card.disconnect_pressed.connect(self.disconnect_wanted)
                card.role_chosen.connect(self.role_chosen)
                self._cards.insertWidget(self._cards.count() - 1, card)
            self.cards[alias].show_source(source, roles)
        self.nothing.setVisible(not there)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the list connects."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.connect_now()
        else:
            super().keyPressEvent(event)


def _tier(offer: SourceOffer) -> str:
    if undocumented(offer):
        return "no public protocol: define the link, or import its files"
    return offer.tier.words


def _heading(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "title")
    return label
