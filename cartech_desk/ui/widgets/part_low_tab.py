"""What runs low: alerts that stand until the shelf is full again, and what to order."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cartech_desk.domain.parts.order import ToReorder
from cartech_desk.ui.models.part_words import ALERT_COLUMNS, REORDER_COLUMNS
from cartech_desk.ui.models.record_table import page_query, rows_query
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from cartech_desk.domain.parts.part import StockAlert
    from cartech_desk.office.parts import Parts

_STANDS: Final = "It stands until the part is above its level again."


class PartLowTab(QWidget):
    """Above the alerts, below the reorder list."""

    seen = Signal(object)
    """A `StockAlert` that somebody has seen."""
    part_wanted = Signal(str)
    order_wanted = Signal()

    def __init__(
        self,
        parts: Callable[[], "Parts"],
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)

        def to_reorder() -> tuple[ToReorder, ...]:
            return parts().orders.to_reorder()

        self.alerts: RecordList[StockAlert] = RecordList(
            "alerts",
            ALERT_COLUMNS,
            page_query(lambda: parts().alerts),
            lambda one: one.id,
            failed,
            empty_words="No part runs low.",
        )
        self.alerts.search.hide()
        self.alerts.opened.connect(lambda one: self.part_wanted.emit(one.part_id))
        self.see = button("Seen", self._seen, _STANDS)
        self.to_part = button("Go to the part", self._to_part)
        self.reorder: RecordList[ToReorder] = RecordList(
            "parts to order",
            REORDER_COLUMNS,
            rows_query(to_reorder, REORDER_COLUMNS),
            lambda one: one.part_id,
            failed,
            empty_words="Nothing is to be ordered: no part stands at its reorder level, or enough "
            "of it is on order.",
            choose_first=False,
        )
        self.reorder.opened.connect(lambda one: self.part_wanted.emit(one.part_id))
        self.order = button(
            "Draft the orders", self.order_wanted.emit, "One order for each supplier", "primary"
        )
        self.reorder.bar.addWidget(self.order)
        self._why_see = self._why_order = ""
        for listed in (self.alerts.listed, self.reorder.listed):
            listed.connect(self._dress)
        split = Split(Qt.Orientation.Vertical)
        split.setHandleWidth(Space.L)
        split.addWidget(self._half("Alerts", self.alerts, self.see, self.to_part))
        split.addWidget(self._half("To order", self.reorder))
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    def _half(self, words: str, what: QWidget, *buttons: QWidget) -> QWidget:
        half = QWidget()
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(plain_label("heading", words), 1)
        for widget in buttons:
            head.addWidget(widget)
        column = QVBoxLayout(half)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(what, 1)
        return half

    def show_rights(self, why_see: str, why_order: str) -> None:
        """Grey what may not be done."""
        self._why_see, self._why_order = why_see, why_order
        self._dress()

    def _dress(self) -> None:
        none = "No part runs low." if self.alerts.empty else ""
        show_right(self.see, self._why_see or none, _STANDS)
        show_right(self.to_part, none, "")
        nothing = "Nothing is to be ordered." if self.reorder.empty else ""
        show_right(self.order, self._why_order or nothing, "One order for each supplier")

    def refresh(self) -> None:
        """Read both anew."""
        self.alerts.refresh()
        self.reorder.refresh()

    def _seen(self) -> None:
        alert = self.alerts.chosen()
        if alert is not None:
            self.seen.emit(alert)

    def _to_part(self) -> None:
        alert = self.alerts.chosen()
        if alert is not None:
            self.part_wanted.emit(alert.part_id)
