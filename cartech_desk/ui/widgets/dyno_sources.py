"""The panel of sources: what can be connected, what is connected, and how it fares."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
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
_NETWORKED: Final = "jetdrive"
"""The scheme whose dyno is found on a network."""
_OFFER: Final = Qt.ItemDataRole.UserRole
_SERIAL: Final = re.compile(r"^(?P<head>[a-z]+:(?:[^@?]*@)?)(?P<port>[^?]*)(?P<rest>.*)$")


Network = tuple[str, str]
"""A network of this machine: the interface's name and this machine's address in it."""


def needs_port(address: str) -> bool:
    """Tell whether an address names a serial port."""
    return "://" not in address and not address.startswith("sim:")


def with_port(address: str, port: str) -> str:
    """Return an address with another serial port in it."""
    found = _SERIAL.match(address)
    return f"{found['head']}{port}{found['rest']}" if found else address


def with_interface(address: str, interface: str) -> str:
    """Return a JETDRIVE address over this interface, over any where it is empty."""
    if not address.startswith(f"{_NETWORKED}:"):
        return address
    bare, _, options = address.partition("?")
    kept = [one for one in options.split("&") if one and not one.startswith("interface=")]
    if interface:
        kept.append(f"interface={interface}")
    return bare + ("?" + "&".join(kept) if kept else "")


def with_link(address: str, name: str) -> str:
    """Return the address of a link with another definition's name, where there is one."""
    return f"link:{name}@{address.partition('@')[2]}" if name else address


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
        *,
        defined: Callable[[], Collection[str]] = tuple,
        ask_networks: Callable[[Callable[[Sequence[Network]], None]], None] = lambda _came: None,
    ) -> None:
        """Make it; `defined` tells which links this shop has, the others ask for what is there."""
        super().__init__(parent)
        self._defined = defined
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
        ask_networks(self.show_networks)

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
        self.network = QComboBox()
        self.network.setAccessibleName("Network")
        self.network.activated.connect(lambda _index: self._take_network())
        self.network.hide()
        self.address = QLineEdit()
        self.address.setAccessibleName("Address")
        self.address.textEdited.connect(lambda _text: self._retyped())
        self.address.returnPressed.connect(self.go_on)
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
        self.define.clicked.connect(lambda _checked=False: self.define_now())
        self.take_in = QPushButton("Import its file…")
        self.take_in.setAutoDefault(False)
        self.take_in.clicked.connect(lambda _checked=False: self.import_wanted.emit())
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in (self.define, self.take_in):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.button)
        for widget in (self.note, self.port, self.network, self.address, self.wrong):
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
        # The example's own interface is nobody's: which this computer has is chosen.
        address = with_interface(offer.example, "")
        if offer.scheme == "link" and not undocumented(offer):
            address = with_link(address, next(iter(self._defined()), ""))
        self.address.setText(address)
        serial = needs_port(offer.example)
        self.port.setVisible(serial)
        if serial and self._ports:
            self._take_port()
        none = undocumented(offer)
        self.network.setVisible(offer.scheme == _NETWORKED and self.network.count() > 1)
        self.define.setVisible(offer.scheme == "link")
        self.take_in.setVisible(none)
        self._take_network()

    @property
    def undefined(self) -> bool:
        """Whether the address names a link that nobody has defined yet."""
        scheme, _, rest = self.address.text().strip().partition(":")
        return scheme == "link" and rest.partition("@")[0] not in self._defined()

    def _choose_primary(self) -> None:
        """Make the button primary that leads on: a link has to be defined before it connects."""
        define = self.undefined
        for button, primary in ((self.define, define), (self.button, not define)):
            role = "primary" if primary else ""
            if button.property("role") != role:
                button.setProperty("role", role)
                button.style().unpolish(button)
                button.style().polish(button)
        self.button.setEnabled(not define)
        self.button.setToolTip("Define the link first." if define else "")

    def _retyped(self) -> None:
        self.refuse("")
        self._choose_primary()

    def define_now(self) -> None:
        """Ask for the editor of the link that the address names."""
        self.link_editor_wanted.emit(self.address.text().strip())

    def go_on(self) -> None:
        """Do what the primary button does."""
        if self.undefined:
            self.define_now()
        else:
            self.connect_now()

    def show_networks(self, networks: Sequence[Network]) -> None:
        """Show the networks of this machine: the dyno may be in any of them."""
        self.network.clear()
        self.network.addItem("Any network of this computer", "")
        for name, address in networks:
            self.network.addItem(f"{name} · {address}", address)
        if len(networks) == 1:
            self.network.setCurrentIndex(1)
        on_a_network = self.offer is not None and self.offer.scheme == _NETWORKED
        self.network.setVisible(bool(networks) and on_a_network)
        if on_a_network:
            self._take_network()

    def _take_network(self) -> None:
        address = str(self.network.currentData() or "")
        self.address.setText(with_interface(self.address.text(), address))
        self._retyped()

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

    def showEvent(self, event: QShowEvent) -> None:
        """Look what is defined by now."""
        super().showEvent(event)
        self._choose_primary()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leads on, once: the address has a signal of its own for it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.address.hasFocus():
                self.go_on()
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
