"""The catalogue: every part with what narrows the list, and the chosen one beside it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.models.part_words import PART_COLUMNS
from cartech_desk.ui.models.record_table import office_query
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.part_card import PartCard
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from cartech_desk.domain.parts.part import Part
    from cartech_desk.office.parts import Parts
    from cartech_desk.store.layouts import LayoutStore

_CARD_LEAST = 300


class PartStockTab(QWidget):
    """Left the parts, right the chosen one."""

    def __init__(
        self,
        parts: Callable[[], "Parts"],
        layouts: "LayoutStore",
        failed: Callable[[BaseException], None],
        add: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.list: RecordList[Part] = RecordList(
            "parts",
            PART_COLUMNS,
            office_query(lambda *words, **more: parts().list(*words, **more)),
            lambda one: one.id,
            failed,
            search_words="Search SKU, name, barcode, maker or place",
            name="parts",
            layouts=layouts,
        )
        self.category = _choice("Every category", "Category")
        self.location = _choice("Every place", "Place")
        self.low = QCheckBox("Low only")
        self.unused = QCheckBox("Out of use too")
        for widget in (self.category, self.location, self.low, self.unused):
            self.list.bar.addWidget(widget)
        for box in (self.category, self.location):
            box.currentIndexChanged.connect(lambda _index: self._narrow())
        for check in (self.low, self.unused):
            check.toggled.connect(lambda _on: self._narrow())
        self.card = PartCard(parts, failed)
        self.card.setMinimumWidth(_CARD_LEAST)
        self.split = Split(Qt.Orientation.Horizontal)
        self.split.setHandleWidth(Space.L)
        self.split.addWidget(self.list)
        self.split.addWidget(self.card)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([760, 480])
        self.empty = EmptyPage(
            "Parts will stand here with what is on the shelf. Add the first one, or import a list.",
            "Add a part",
            add,
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.split)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.card.hide()
        self.list.narrow(active=True)
        self.list.listed.connect(self._listed)

    def offer(self, categories: Sequence[str], locations: Sequence[str]) -> None:
        """Offer these to narrow the list by."""
        for box, words in ((self.category, categories), (self.location, locations)):
            there = [box.itemText(place) for place in range(1, box.count())]
            if list(words) == there:
                continue
            chosen = box.currentData()
            box.blockSignals(True)
            while box.count() > 1:
                box.removeItem(1)
            for word in words:
                box.addItem(word, word)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            box.blockSignals(False)
            box.setVisible(bool(words))

    def _narrow(self) -> None:
        self.list.narrow(
            category=self.category.currentData(),
            location=self.location.currentData(),
            low=True if self.low.isChecked() else None,
            active=None if self.unused.isChecked() else True,
        )

    def _listed(self) -> None:
        narrowed = self.list.table.shown
        asked = narrowed.search or set(narrowed.filters) - {"active"}
        self.pages.setCurrentIndex(0 if self.list.total or asked else 1)


def _choice(words: str, name: str) -> QComboBox:
    made = QComboBox()
    made.addItem(words, "")
    made.setAccessibleName(name)
    made.setMaximumWidth(160)
    made.hide()
    return made
