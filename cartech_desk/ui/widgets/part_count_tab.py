"""Counting the stock: each scan counts one more; what differs is told before it is taken over."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cartech_desk.domain.counted import agreed
from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.ui.models.part_words import COUNT_COLUMNS, COUNT_LINE_COLUMNS
from cartech_desk.ui.models.record_table import page_query, rows_query
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.parts import Parts


class PartCountTab(QWidget):
    """The counts there were, or the one that goes on with its lines."""

    start_wanted = Signal()
    set_wanted = Signal(object)
    """A `CountLine` whose number shall be typed."""
    drop_wanted = Signal(object)
    missing_wanted = Signal()
    finish_wanted = Signal()
    discard_wanted = Signal()
    open_wanted = Signal(object)
    """A `StockCount`."""
    left = Signal()

    def __init__(
        self,
        parts: Callable[[], "Parts"],
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.count: StockCount | None = None
        self.list: RecordList[StockCount] = RecordList(
            "counts",
            COUNT_COLUMNS,
            page_query(lambda: parts().counts.list),
            lambda one: one.id,
            failed,
            empty_words="No count yet. Begin one of everything, or of one place on the shelf.",
        )
        self.list.search.hide()
        self.list.opened.connect(self.open_wanted.emit)
        self.start = button("Begin a count…", self.start_wanted.emit, role="primary")
        self.words = plain_label(
            "muted",
            "A count may take days: what moves meanwhile stays right. Each scan counts one more.",
        )
        self.head = plain_label()
        self.head.setProperty("part", "headline")
        self.told = plain_label("muted")
        self.lines: RecordList[CountLine] = RecordList(
            "parts counted",
            COUNT_LINE_COLUMNS,
            rows_query(
                lambda: self.count.lines if self.count is not None else (), COUNT_LINE_COLUMNS
            ),
            lambda one: one.part_id,
            failed,
        )
        self.lines.opened.connect(self.set_wanted.emit)
        self.set = button("Type the number…", self._set)
        self.drop = button("Take off", self._drop)
        self.missing = button("Not counted yet…", self.missing_wanted.emit)
        self.finish = button("Take over into the ledger…", self.finish_wanted.emit, role="primary")
        self.discard = button("Leave it without a change…", self.discard_wanted.emit)
        self.back = button("All counts", self.left.emit)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._counts_page())
        self.pages.addWidget(self._count_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _counts_page(self) -> QWidget:
        page = QWidget()
        bar = QHBoxLayout()
        bar.addWidget(self.words, 1)
        bar.addWidget(self.start)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(bar)
        column.addWidget(self.list, 1)
        return page

    def _count_page(self) -> QWidget:
        page = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.head)
        words.addWidget(self.told)
        bar.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        bar.addLayout(words, 1)
        for widget in (self.missing, self.finish):
            bar.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        for widget in (self.set, self.drop):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(self.discard)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(bar)
        column.addWidget(self.lines, 1)
        column.addLayout(foot)
        return page

    @property
    def counting(self) -> bool:
        """Whether a count is in front that goes on: a scan counts then."""
        return self.count is not None and self.count.open

    def show_counts(self) -> None:
        """Show the counts there were."""
        self.count = None
        self.pages.setCurrentIndex(0)
        self.list.refresh()

    def show_count(self, count: StockCount, why_not: str, *, wanted: str = "") -> None:
        """Show one count; `wanted` is the part that was counted last."""
        self.count = count
        self.pages.setCurrentIndex(1)
        place = count.location or "everything"
        state = "" if count.open else ", ended"
        self.head.setText(f"Count of {place}{state}")
        wrong = sum(bool(line.difference) for line in count.lines)
        verb = agreed(wrong, "differs", "differ")
        differ = f", {counted(wrong, 'part')} {verb}" if wrong else ""
        self.told.setText(f"{counted(len(count.lines), 'part')} counted{differ}")
        for widget in (self.set, self.drop, self.missing, self.finish, self.discard):
            widget.setVisible(count.open)
            show_right(widget, why_not, "")
        self.lines.refresh(wanted)

    def show_rights(self, why_not: str) -> None:
        """Grey what may not be done."""
        show_right(self.start, why_not, "")

    def _set(self) -> None:
        line = self.lines.chosen()
        if line is not None:
            self.set_wanted.emit(line)

    def _drop(self) -> None:
        line = self.lines.chosen()
        if line is not None:
            self.drop_wanted.emit(line)
