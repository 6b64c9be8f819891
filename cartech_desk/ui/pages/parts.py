"""The Parts page: the shelf, orders, counts, what runs low, and a field that takes scans."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.parts.part import Part, Scan, StockAlert
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.domain.people import Act, sees_cost
from cartech_desk.store.errors import NotKept
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.part_words import standing, strip_words
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.pages.parts_acts import PartsActs
from cartech_desk.ui.pages.parts_counts import PartsCounts
from cartech_desk.ui.pages.parts_files import PartsFiles
from cartech_desk.ui.pages.parts_orders import PartsOrders
from cartech_desk.ui.pages.record_page import RecordPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.widgets.part_count_tab import PartCountTab
from cartech_desk.ui.widgets.part_low_tab import PartLowTab
from cartech_desk.ui.widgets.part_order_tab import PartOrderTab
from cartech_desk.ui.widgets.part_scan import ScanField
from cartech_desk.ui.widgets.part_stock_tab import PartStockTab
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import RecordTabs, button, menu_button

if TYPE_CHECKING:
    from cartech_desk.office.parts import Parts

STOCK, ORDERS, COUNT, LOW = "stock", "orders", "count", "low"
_REFRESH_S: Final = 20.0
_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class _Read:
    """What one look at the office gave beside the lists."""

    alerts: Sequence[StockAlert]
    low: int
    """How many parts run low."""
    categories: Sequence[str]
    locations: Sequence[str]


class PartsPage(RecordPage):
    """Parts. A scan shows its part, or counts it while a count is in front."""

    key = "parts"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._asked_s = 0.0
        self._reading = NewestOnly(self, acts.tell)
        self.part_acts = PartsActs(self)
        self.orders = PartsOrders(self)
        self.counts = PartsCounts(self)
        self.files = PartsFiles(self)
        self._build()
        self.set_primary("Add a part  Ctrl+N", self.part_acts.add)

    @property
    def parts(self) -> "Parts":
        """The office's room of parts."""
        return self.desk.office.parts

    # How it is made

    def _build(self) -> None:
        tell, layouts = self.acts.tell, self.desk.store.layouts
        self.add_to_header(
            menu_button(
                "Files and labels",
                (
                    ("Import a list…", self.files.take_in),
                    ("Export the catalogue…", self.files.export),
                    ("Labels of what is listed…", self.files.labels_of_list),
                    ("Suppliers…", self.files.suppliers),
                ),
            )
        )
        self.scan = ScanField(self._look_up, tell)
        self.scan.offers_adding = True
        self.scan.scanned.connect(self._scanned)
        self.scan.add_wanted.connect(self.part_acts.add)
        self.body.addWidget(self.scan)
        self._build_strip()
        self.stock = PartStockTab(lambda: self.parts, layouts, tell, self.part_acts.add)
        self._lists: list[RecordList[Any]] = []
        """Of the tabs that are made."""
        self._watch(self.stock.list, self.stock.card.ledger)
        self.tabs = RecordTabs("Parts")
        self.tabs.put(STOCK, "On the shelf", self.stock)
        self.tabs.put_later(ORDERS, "Orders", lambda: self.order_tab)
        self.tabs.put_later(COUNT, "Count", lambda: self.count_tab)
        self.tabs.put_later(LOW, "Low stock", lambda: self.low)
        self.tabs.turned.connect(lambda _key: self.refresh())
        self.body.addWidget(self.tabs, 1)
        self.stock.list.chosen_changed.connect(self._chosen_changed)
        self.stock.list.opened.connect(lambda _part: self.part_acts.change())
        self.stock.list.missed.connect(self._missed)
        self.part_acts.connect_card(self.stock.card)

    def _watch(self, *lists: RecordList[Any]) -> None:
        self._lists += lists
        self.scan.watch(*(one.view for one in lists))

    @cached_property
    def order_tab(self) -> PartOrderTab:
        """The orders; made when they are first wanted."""
        tab = PartOrderTab(lambda: self.parts, self.desk.store.layouts, self.acts.tell)
        self._watch(tab.list, tab.lines)
        self.orders.connect_tab(tab)
        tab.show_costs(sees_cost(self.acts.actor))
        tab.show_rights(self.why_not(Act.KEEP_PARTS))
        return tab

    @cached_property
    def count_tab(self) -> PartCountTab:
        """The counts; made when they are first wanted."""
        tab = PartCountTab(lambda: self.parts, self.acts.tell)
        self._watch(tab.list, tab.lines)
        self.counts.connect_tab(tab)
        tab.show_rights(self.why_not(Act.KEEP_PARTS))
        return tab

    @cached_property
    def low(self) -> PartLowTab:
        """What runs low; made when it is first wanted."""
        tab = PartLowTab(lambda: self.parts, self.acts.tell)
        self._watch(tab.alerts, tab.reorder)
        tab.part_wanted.connect(self.go_to_part)
        tab.seen.connect(self.part_acts.acknowledge)
        tab.order_wanted.connect(self.orders.draft_reorders)
        self._show_rights_of_low(tab)
        return tab

    def _show_rights_of_low(self, tab: PartLowTab) -> None:
        tab.show_rights(self.why_not(Act.KEEP_RECORDS), self.why_not(Act.KEEP_PARTS))
        tab.reorder.withhold(() if sees_cost(self.acts.actor) else ("unit_cost",))

    def _is_made(self, name: str) -> bool:
        return name in self.__dict__

    def _build_strip(self) -> None:
        """Build the alert that stands above everything while something runs low."""
        self.strip = QFrame()
        self.strip.setProperty("card", "warn")
        self.strip_words = ElidedLabel()
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(LampMark(State.WARNING))
        row.addWidget(self.strip_words, 1)
        row.addWidget(button("Low stock  Ctrl+L", self.show_low))
        self.strip.hide()
        self.body.addWidget(self.strip)

    # What the shell calls

    def shown(self, what: object = None) -> None:
        """Show the shelf; `what` is the id of a part or of an order, or "low"."""
        if what == LOW:
            self.tabs.turn(LOW)
        elif isinstance(what, str) and what:
            self._find(what)
        self.refresh()
        self.scan.line.setFocus()

    def hidden(self) -> None:
        """Keep the columns."""
        for one in self._lists:
            one.keep_columns()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Look again now and then: jobs take parts."""
        del snapshot
        if time.monotonic() - self._asked_s > _REFRESH_S and not self.stock.list.busy:
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give what nobody else wanted to the scan field: a scanner types wherever the focus is."""
        if not self.scan.take(event):
            super().keyPressEvent(event)

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        acts = self.part_acts
        return (
            PageAction("Add a part", acts.add, "Ctrl+N", "new catalogue"),
            PageAction("Scan", self.scan.line.setFocus, "Ctrl+B", "barcode scanner"),
            PageAction("Search parts", self.stock.list.go_to_search, "Ctrl+F", "find"),
            PageAction("Change the part", acts.change, "Ctrl+E", "edit price level"),
            PageAction("Receive the part", acts.receive, "Ctrl+I", "stock in delivery"),
            PageAction("Adjust the part", acts.adjust, "Ctrl+J", "lost found broken stock"),
            PageAction("Label of the part", acts.label, "Ctrl+P", "print barcode"),
            PageAction("Low stock", self.show_low, "Ctrl+L", "alerts reorder"),
            PageAction("Orders", lambda: self.tabs.turn(ORDERS), "", "purchase delivery"),
            PageAction("New order", self.orders.new, "", "purchase supplier"),
            PageAction("Count the stock", self.counts.start, "", "inventory stocktaking"),
            PageAction("Import a list of parts", self.files.take_in, "", "csv"),
            PageAction("Export the catalogue", self.files.export, "", "csv"),
            PageAction("Suppliers", self.files.suppliers, "", "vendors"),
            PageAction("Next tab", lambda: self.tabs.turn_by(1), "Ctrl+Tab"),
            PageAction("Earlier tab", lambda: self.tabs.turn_by(-1), "Ctrl+Shift+Tab"),
        )

    # What is read

    @property
    def busy(self) -> bool:
        """Whether something is being read or done."""
        asked = self._reading.busy or self.under_way > 0 or self.scan.busy
        return asked or any(one.busy for one in self._lists)

    def refresh(self) -> None:
        """Read what is in sight anew."""
        self._asked_s = time.monotonic()
        parts = self.parts

        def look() -> _Read:
            alerts, _ = parts.alerts(limit=_SHOWN)
            return _Read(alerts, parts.parts_low(), parts.categories(), parts.locations())

        self._reading.ask(look, self._arrived)
        in_front = self.tabs.key
        self.lead(in_front == STOCK)
        if in_front == STOCK:
            self.stock.list.refresh()
        elif in_front == ORDERS:
            self.order_tab.list.refresh()
        elif in_front == LOW:
            self.low.refresh()
        else:
            self.counts.refresh()
        self.rights_changed()

    def _arrived(self, found: _Read) -> None:
        self.stock.offer(found.categories, found.locations)
        self.strip.setVisible(bool(found.low))
        self.strip_words.say(strip_words(found.alerts, found.low))
        self.tabs.count(LOW, found.low)

    def rights_changed(self) -> None:
        """Show what whoever is at the desk may do."""
        why = self.why_not(Act.KEEP_PARTS)
        if self.primary is not None:
            self.primary.setEnabled(not why)
            self.primary.setToolTip(why)
        costs = sees_cost(self.acts.actor)
        self.stock.list.withhold(() if costs else ("cost",))
        if self._is_made("low"):
            self._show_rights_of_low(self.low)
        if self._is_made("count_tab"):
            self.count_tab.show_rights(why)
        if self._is_made("order_tab"):
            self.order_tab.show_costs(costs)
            self.order_tab.show_rights(why)
        self._chosen_changed()

    # What is chosen

    @property
    def chosen(self) -> Part | None:
        """The part that is chosen on the shelf."""
        return self.stock.card.part if self.stock.card.isVisibleTo(self.stock) else None

    def _chosen_changed(self) -> None:
        part = self.stock.list.chosen()
        if part is not None:
            self.show_part(part)
        elif not self.stock.list.busy and not self.stock.list.total:
            self.stock.card.hide()

    def show_part(self, part: Part) -> None:
        """Show a part beside the list."""
        card = self.stock.card
        card.show()
        why, why_delete = self.why_not(Act.KEEP_PARTS), self.why_not(Act.DELETE)
        card.show_part(part, why, why_delete, costs=sees_cost(self.acts.actor))

    def go_to_part(self, part_id: str) -> None:
        """Bring a part to the front by its id."""
        self.tabs.turn(STOCK)
        self.stock.list.refresh(part_id)

    def _find(self, number: str) -> None:
        """Bring a part to the front by its id, or an order."""
        parts = self.parts

        def look() -> tuple[str, str]:
            try:
                return STOCK, parts.get(number).id
            except NotKept:
                return ORDERS, parts.orders.get(number).id

        def show(found: tuple[str, str]) -> None:
            kind, one = found
            if kind == STOCK:
                self.go_to_part(one)
            else:
                self.orders.go_to(one)

        self.do(look, show)

    def _missed(self, part_id: str) -> None:
        self.do(lambda: self.parts.get(part_id), self.show_part)

    def show_low(self) -> None:
        """Show what runs low."""
        self.tabs.turn(LOW)

    # What was scanned

    def _look_up(self, code: str) -> Scan:
        return self.parts.scan(code)

    def _scanned(self, scan: Scan) -> None:
        part = scan.part
        if self.counts.take_scan(scan):
            return
        if part is None:
            return
        left = quantity_text(part.on_hand, part.unit)
        place = f" at {part.location}" if part.location else ""
        self.scan.say(standing(part)[0], f"{part.sku} {part.name}: {left}{place}")
        self.go_to_part(part.id)
