"""The counter's half of Today: the cars of the day, and what runs low on the shelf."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QSizePolicy

from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.pages.today_cards import RowsThatFit, StockRow, TodayCard, WorkRow
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.office import Office
    from cartech_desk.ui.models.today_work import StockLine, WorkLine

_WORK: Final = 16
_STOCK: Final = 16
_AGAIN_TICKS: Final = 300
"""The cards are read anew so often while in front: others book at other places."""


@dataclass(frozen=True, slots=True)
class _Day:
    """What was read of the office."""

    lines: "tuple[WorkLine, ...]"
    cars: int
    """How many there are, with those of which no line was made."""
    words: str
    """How many of them are in work, expected, and to be paid."""
    stock: "tuple[StockLine, ...]"
    low: int
    """How many parts run low."""


class TodayOffice(QObject):
    """Two cards and what fills them, read in the background."""

    def __init__(self, desk: DeskParts, acts: Acts, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._reading = NewestOnly(self, acts.tell)
        self._ticks = 0
        self._cars = self._low = 0
        self.work = TodayCard("Today's work", "all jobs")
        self.work.pressed.connect(lambda: acts.go_to("jobs"))
        self.work_rows = [WorkRow(acts.go_to) for _ in range(_WORK)]
        self.work_list = RowsThatFit(self.work_rows)
        self.work_list.fitted.connect(lambda seen: self.work.say_more(self._cars - seen))
        self.nothing = self._muted(
            "No car is here and none is expected today. Alt+6 opens the calendar."
        )
        self.work.column.addWidget(self.nothing)
        self.work.column.addWidget(self.work_list, 1)
        self.work.column.addStretch()
        self.stock = TodayCard("Low stock", "all parts")
        self.stock.pressed.connect(lambda: acts.go_to("parts"))
        self.stock_rows = [
            StockRow(lambda part_id: acts.go_to("parts", part_id)) for _ in range(_STOCK)
        ]
        self.stock_list = RowsThatFit(self.stock_rows, least=2)
        self.stock_list.fitted.connect(lambda seen: self.stock.say_more(self._low - seen))
        self.enough = self._muted("Nothing runs low.")
        self.stock.column.addWidget(self.enough)
        self.stock.column.addWidget(self.stock_list, 1)
        self.stock_list.hide()
        self._take_room(needed=False)

    def _muted(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        return label

    def _take_room(self, *, needed: bool) -> None:
        """Leave the room to the recordings where nothing runs low."""
        high = QSizePolicy.Policy.Preferred if needed else QSizePolicy.Policy.Maximum
        self.stock.setSizePolicy(QSizePolicy.Policy.Preferred, high)

    def tick(self) -> None:
        """Read anew now and then while the page is in front."""
        self._ticks += 1
        if self._ticks >= _AGAIN_TICKS:
            self.refresh()

    def refresh(self) -> None:
        """Read both cards anew."""
        self._ticks = 0
        office = self._desk.office
        self._reading.ask(lambda: _read(office), self._show)

    def _show(self, day: _Day) -> None:
        self._cars, self._low = day.cars, day.low
        for row, line in zip(self.work_rows, day.lines, strict=False):
            row.show_line(line)
        self.work_list.use(min(len(day.lines), _WORK))
        self.work_list.setVisible(bool(day.lines))
        self.nothing.setVisible(not day.lines)
        self.work.title.setText(" · ".join(filter(None, ("Today's work", day.words))))
        for row, low in zip(self.stock_rows, day.stock, strict=False):
            row.show_line(low)
        self.stock_list.use(min(len(day.stock), _STOCK))
        self.stock_list.setVisible(bool(day.stock))
        self.enough.setVisible(not day.stock)
        self._take_room(needed=bool(day.stock))
        words = f"Low stock · {counted(day.low, 'part')}" if day.low else "Stock"
        self.stock.title.setText(words)
        self.stock.mark(State.WARNING if any(not line.seen for line in day.stock) else None)


def _read(office: "Office") -> _Day:
    from zoneinfo import ZoneInfo

    from cartech_desk.ui.models.today_work import LISTED, stock_lines, sum_words, work_lines

    now, zone = datetime.now(UTC), ZoneInfo(office.rules().zone)
    view = office.appointments.view(now.astimezone(zone).date())
    board = office.jobs.board(limit=_WORK)
    standing = office.jobs.standing()
    beyond = {one: standing.get(one, 0) - len(board.get(one, ())) for one in LISTED}
    names = {one.id: one.name for one in view.resources}
    lines = work_lines(view.appointments, board, names, now, zone)
    alerts, _ = office.parts.alerts(limit=200)
    return _Day(
        lines,
        len(lines) + sum(beyond.values()),
        sum_words(lines, beyond),
        stock_lines(alerts),
        office.parts.parts_low(),
    )
