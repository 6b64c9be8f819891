"""Purchase orders: the list, and the chosen one with what has come of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.money import money_text
from cartech_desk.domain.parts.order import COMING, WORDS, OrderLine, OrderStatus, PurchaseOrder
from cartech_desk.ui.models.part_words import (
    ORDER_COLUMNS,
    ORDER_LINE_COLUMNS,
    ORDER_STATES,
)
from cartech_desk.ui.models.record_table import office_query, rows_query
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import button, plain_label, say, show_right
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import local_time

if TYPE_CHECKING:
    from cartech_desk.office.parts import Parts
    from cartech_desk.store.layouts import LayoutStore

_COSTS: Final = ("total", "unit_cost")


class PartOrderTab(QWidget):
    """Left the orders, right the chosen one; what can be done with it follows where it stands."""

    new_wanted = Signal()
    reorder_wanted = Signal()
    change_wanted = Signal(object)
    place_wanted = Signal(object)
    receive_wanted = Signal(object)
    paper_wanted = Signal(object)
    cancel_wanted = Signal(object)

    def __init__(
        self,
        parts: Callable[[], "Parts"],
        layouts: "LayoutStore",
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.order: PurchaseOrder | None = None
        self._why_not = ""
        self.list: RecordList[PurchaseOrder] = RecordList(
            "orders",
            ORDER_COLUMNS,
            office_query(lambda *words, **more: _newest(parts(), *words, **more)),
            lambda one: one.id,
            failed,
            search_words="Search number, supplier or part",
            empty_words="No order yet. Begin one, or draft what stands on the reorder list, one "
            "for each supplier.",
            name="orders",
            layouts=layouts,
        )
        self.coming = QCheckBox("To come only")
        self.coming.toggled.connect(lambda on: self.list.narrow(coming=True if on else None))
        self.new = button("New order…", self.new_wanted.emit)
        self.reorder = button("From the reorder list", self.reorder_wanted.emit)
        for widget in (self.coming, self.new, self.reorder):
            self.list.bar.addWidget(widget)
        self.head = plain_label()
        self.head.setProperty("part", "headline")
        self.lamp = LampLabel(State.OFF)
        self.facts = plain_label("muted")
        self.place = button("Send it…", lambda: self.place_wanted.emit(self.order), role="primary")
        self.receive = button(
            "Receive…", lambda: self.receive_wanted.emit(self.order), role="primary"
        )
        self.change = button("Change…", lambda: self.change_wanted.emit(self.order))
        self.paper = button("Paper…", lambda: self.paper_wanted.emit(self.order))
        self.cancel = button("Expect no more…", lambda: self.cancel_wanted.emit(self.order))
        self.lines: RecordList[OrderLine] = RecordList(
            "lines",
            ORDER_LINE_COLUMNS,
            rows_query(
                lambda: self.order.lines if self.order is not None else (), ORDER_LINE_COLUMNS
            ),
            lambda one: one.id,
            failed,
            choose_first=False,
        )
        self.lines.search.hide()
        self.sum = QLabel()
        self.sum.setProperty("role", "heading")
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for widget in (self.place, self.receive, self.change, self.paper, self.cancel):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        self.card = QWidget()
        right = QVBoxLayout(self.card)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(Space.S)
        right.addWidget(self.head)
        right.addWidget(self.lamp)
        right.addWidget(self.facts)
        right.addLayout(buttons)
        right.addWidget(self.lines, 1)
        right.addWidget(self.sum)
        split = Split(Qt.Orientation.Horizontal)
        split.setHandleWidth(Space.L)
        split.addWidget(self.list)
        split.addWidget(self.card)
        split.setSizes([700, 540])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.card.hide()

    def show_costs(self, costs: bool) -> None:
        """Show what is paid for the parts, or leave it and the paper that tells it out."""
        for one in (self.list, self.lines):
            one.withhold(() if costs else _COSTS)
        self.sum.setVisible(costs)
        show_right(self.paper, "" if costs else "The paper tells what the shop pays.", "")

    def show_rights(self, why_not: str) -> None:
        """Let whoever is at the desk now change the order in sight, or say why not."""
        for widget in (self.new, self.reorder):
            show_right(widget, why_not, "")
        if self.order is not None and why_not != self._why_not:
            self.show_order(self.order, why_not)

    def show_order(self, order: PurchaseOrder, why_not: str) -> None:
        """Show this order with its lines."""
        self.order, self._why_not = order, why_not
        say(self.head, f"Order {order.number}, {order.supplier}")
        self.lamp.show_state(ORDER_STATES[order.status], WORDS[order.status].lower())
        ordered = f"sent {local_time(order.ordered)}" if order.ordered is not None else ""
        expected = f"expected {order.expected}" if order.expected is not None else ""
        say(self.facts, ", ".join(filter(None, (ordered, expected, order.note))))
        draft, coming = order.status is OrderStatus.DRAFT, order.status in COMING
        for widget, fits in (
            (self.place, draft),
            (self.change, draft),
            (self.receive, coming),
            (self.cancel, draft or coming),
        ):
            widget.setVisible(fits)
            show_right(widget, why_not, "")
        self.sum.setText(f"Together {money_text(order.total)}")
        self.lines.refresh()
        self.card.show()


def _newest(
    parts: "Parts", search: str, *, sort: str, descending: bool, **more: object
) -> tuple[tuple[PurchaseOrder, ...], int]:
    """List the newest orders first where nobody has chosen a column."""
    return parts.orders.list(
        search,
        sort=sort or "number",
        descending=descending if sort else True,
        **more,  # type: ignore[arg-type]
    )
