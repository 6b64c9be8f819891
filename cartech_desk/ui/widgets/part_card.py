"""The part that is chosen: how many there are, where, for how much, and every move of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.money import money_text
from cartech_desk.domain.parts.part import LedgerLine, Part
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.ui.models.part_words import LEDGER_COLUMNS, margin_words, standing
from cartech_desk.ui.models.record_table import Asked
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import button, plain_label, say, show_right
from cartech_desk.ui.words import local_time

if TYPE_CHECKING:
    from cartech_desk.office.parts import Parts


class PartCard(QWidget):
    """Shows one part with its ledger, the newest move first."""

    receive_wanted = Signal()
    adjust_wanted = Signal()
    change_wanted = Signal()
    label_wanted = Signal()
    delete_wanted = Signal()
    job_wanted = Signal(str)

    def __init__(
        self,
        parts: Callable[[], "Parts"],
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.part: Part | None = None
        self.head = plain_label()
        self.head.setProperty("part", "headline")
        self.sku = plain_label("muted")
        self.on_hand = QLabel()
        self.on_hand.setProperty("role", "reading")
        self.lamp = LampLabel(State.OFF)
        self.facts = QGridLayout()
        self.facts.setHorizontalSpacing(Space.M)
        self.facts.setVerticalSpacing(Space.XS)
        self.facts.setColumnStretch(1, 1)
        self.note = plain_label("muted")
        self.receive = button("Receive…", self.receive_wanted.emit)
        self.adjust = button("Adjust…", self.adjust_wanted.emit)
        self.change = button("Change…", self.change_wanted.emit)
        self.more = QPushButton("More")
        menu = QMenu(self.more)
        menu.addAction("Label…").triggered.connect(lambda _checked=False: self.label_wanted.emit())
        self._delete = menu.addAction("Delete…")
        self._delete.triggered.connect(lambda _checked=False: self.delete_wanted.emit())
        self.more.setMenu(menu)
        self._lines: dict[str, tuple[QLabel, QLabel]] = {}

        def moves(asked: Asked) -> tuple[Sequence[LedgerLine], int]:
            part = self.part
            if part is None:
                return (), 0
            return parts().ledger(part.id, limit=asked.limit, offset=asked.offset)

        self.ledger: RecordList[LedgerLine] = RecordList(
            "moves", LEDGER_COLUMNS, moves, lambda one: one.move.id, failed, choose_first=False
        )
        self.ledger.search.hide()
        self.ledger.opened.connect(self._opened)
        self._lay_out()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(Space.M)
        first.addWidget(self.on_hand)
        first.addWidget(self.lamp, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for widget in (self.receive, self.adjust, self.change, self.more):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        ledger = QLabel("Every move")
        ledger.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.head)
        column.addWidget(self.sku)
        column.addLayout(first)
        column.addLayout(buttons)
        column.addLayout(self.facts)
        column.addWidget(self.note)
        column.addWidget(ledger)
        column.addWidget(self.ledger, 1)

    def show_part(
        self, part: Part, why_not: str, why_not_delete: str, *, costs: bool = True
    ) -> None:
        """Show this part; `why_not` says why whoever is at the desk may not change it.

        `costs`: also what it cost, and what is earned with it.
        """
        self.part = part
        say(self.head, part.name)
        say(self.sku, "  ·  ".join(filter(None, (part.sku, part.maker, " ".join(part.barcodes)))))
        self.on_hand.setText(quantity_text(part.on_hand, part.unit))
        self.lamp.show_state(*standing(part))
        coming = quantity_text(part.on_order, part.unit) if part.on_order else ""
        levels = " / ".join(
            "\N{EN DASH}" if level is None else quantity_text(level)
            for level in (part.warning_level, part.reorder_level)
        )
        usual = part.reorder_quantity
        price = money_text(part.price) if part.price.minor else ""
        earned = margin_words(part) if costs else ""
        for name, words in (
            ("Place", part.location),
            ("On order", coming),
            ("Warning / reorder at", levels if levels != "\N{EN DASH} / \N{EN DASH}" else ""),
            ("Usual order", "" if usual is None else quantity_text(usual, part.unit)),
            ("Price", f"{price}, {earned}" if price and earned else price),
            ("Cost", money_text(part.cost) if part.cost.minor and costs else ""),
            ("Supplier", ", ".join(filter(None, (part.supplier, part.supplier_sku)))),
            ("Category", part.category),
            ("Counted", local_time(part.counted) if part.counted is not None else ""),
        ):
            self._fact(name, words)
        say(self.note, part.note)
        for widget in (self.receive, self.adjust, self.change):
            show_right(widget, why_not, "")
        self._delete.setEnabled(not why_not_delete)
        self.ledger.refresh()

    def fact(self, name: str) -> str:
        """Return what is shown of a fact; empty where it is not."""
        label = self._lines.get(name)
        return label[1].text() if label is not None and label[1].isVisibleTo(self) else ""

    def _fact(self, name: str, words: str) -> None:
        if name not in self._lines:
            row = len(self._lines)
            title, value = plain_label("muted", name), plain_label()
            title.setWordWrap(False)
            self.facts.addWidget(title, row, 0)
            self.facts.addWidget(value, row, 1)
            self._lines[name] = (title, value)
        title, value = self._lines[name]
        say(value, words)
        title.setVisible(bool(words))

    def _opened(self, line: LedgerLine) -> None:
        if line.move.job_id:
            self.job_wanted.emit(line.move.job_id)
