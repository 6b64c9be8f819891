"""The list of standing alarms: only the cards that can be seen exist."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QWidget

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.ui.models.alarm_rights import AlarmAct, Rights
from cartech_desk.ui.models.alarm_rows import AlarmRows
from cartech_desk.ui.models.alarm_texts import AlarmTexts, gone_texts
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.alarm_card import AlarmCard, card_height
from cartech_desk.ui.widgets.alarm_lamp import flash_phase

_FINGER: Final = "finger"
_SETTLED_S: Final = 0.35
"""A row that has just come under a finger takes no press."""
_FINGER_S: Final = 5.0
"""A finger that never left, as far as one was told, holds the rows no longer than this."""

Words = Callable[[StandingAlarm, BaySnapshot], AlarmTexts]


class AlarmList(QScrollArea):
    """One card for each alarm, in the order of `rows`; Up and Down choose one.

    `words` gives the texts of an alarm's card.
    """

    wanted = Signal(str, object)
    """Id of an alarm and the `AlarmAct` that a person asks for."""
    limit_wanted = Signal(str)
    chosen_changed = Signal()
    too_soon = Signal()
    """A press was not taken: the rows had just moved."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = AlarmRows()
        self.chosen_id = ""
        self._words = words
        self._cards: dict[str, AlarmCard] = {}
        self._spare: list[AlarmCard] = []
        self._tops: list[int] = []
        self._heights: dict[tuple[str, int], int] = {}
        self._busy: set[str] = set()
        self._rights = Rights()
        self._snapshot: BaySnapshot | None = None
        self._moved_s = 0.0
        self._down_s = 0.0
        self._body = QWidget()
        self.setWidget(self._body)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Standing alarms")
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().setSingleStep(24)
        self.viewport().installEventFilter(self)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    # What it shows

    @property
    def cards(self) -> tuple[AlarmCard, ...]:
        """The cards that can be seen, from top to bottom."""
        return tuple(self._cards[one.id] for one in self.rows.rows if one.id in self._cards)

    def card(self, alarm_id: str) -> AlarmCard | None:
        """Return the card of an alarm where it can be seen."""
        return self._cards.get(alarm_id)

    @property
    def chosen(self) -> StandingAlarm | None:
        """The alarm that keys act on."""
        row = self.rows.row_of(self.chosen_id)
        return self.rows.rows[row] if row is not None else None

    def show_snapshot(self, snapshot: BaySnapshot, rights: Rights) -> None:
        """Show what stands in this picture of the bay; only what changed is painted."""
        self._snapshot, self._rights = snapshot, rights
        if time.monotonic() - self._down_s > _FINGER_S:
            self.rows.let_go(_FINGER)
        before = self.rows.rows
        row = self.rows.row_of(self.chosen_id)
        moved = self.rows.take(snapshot.alarms.standing)
        if moved:
            ids = [alarm.id for alarm in before]
            same = ids == [alarm.id for alarm in self.rows.rows[: len(ids)]]
            if ids and not same:
                self._moved_s = time.monotonic()
            if self.chosen is None:
                rows = self.rows.rows
                near = rows[min(row or 0, len(rows) - 1)].id if rows else ""
                self._choose(near)
            self._lay_out()
        elif any(one.to_do != old.to_do for one, old in zip(self.rows.rows, before, strict=True)):
            self._lay_out()
        else:
            self._fill()
        small = flash_phase(snapshot.now_ns)
        for card in self._cards.values():
            card.lamp.show_phase(small=small)

    def show_anew(self) -> None:
        """Show the same in other units."""
        self._fill()

    def set_busy(self, alarm_id: str, *, busy: bool) -> None:
        """Say whether an act on an alarm is under way: no row moves meanwhile."""
        if busy:
            self._busy.add(alarm_id)
            self.rows.hold(alarm_id)
        else:
            self._busy.discard(alarm_id)
            self.rows.let_go(alarm_id)
        self._fill()

    def choose(self, alarm_id: str) -> None:
        """Choose an alarm and bring it into sight."""
        if self.rows.row_of(alarm_id) is not None:
            self._choose(alarm_id)
            self._reveal()
            self._fill()

    def _reveal(self) -> None:
        """Scroll no further than it takes to have the chosen one in sight."""
        row = self.rows.row_of(self.chosen_id)
        if row is None:
            return
        top, bottom = self._tops[row], self._tops[row + 1]
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    def _choose(self, alarm_id: str) -> None:
        if alarm_id != self.chosen_id:
            self.chosen_id = alarm_id
            self.chosen_changed.emit()

    # How it is laid out

    def _height_of(self, alarm: StandingAlarm, width: int) -> int:
        key = (alarm.to_do, width)
        found = self._heights.get(key)
        if found is None:
            if len(self._heights) > 1000:
                self._heights.clear()
            found = self._heights[key] = card_height(alarm.to_do, width)
        return found

    def _lay_out(self) -> None:
        width = self.viewport().width()
        tops = [0]
        for alarm in self.rows.rows:
            tops.append(tops[-1] + self._height_of(alarm, width) + Space.S)
        self._tops = tops
        self._body.resize(width, tops[-1])
        self._place()

    def _place(self) -> None:
        """Give each row that can be seen a card, and take the cards of all others back."""
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        width = self._body.width()
        seen = {
            alarm.id: row
            for row, alarm in enumerate(self.rows.rows)
            if self._tops[row + 1] > top and self._tops[row] < bottom
        }
        for alarm_id in [each for each in self._cards if each not in seen]:
            card = self._cards.pop(alarm_id)
            card.hide()
            self._spare.append(card)
        for alarm_id, row in seen.items():
            found = self._cards.get(alarm_id)
            card = found or self._take_card(alarm_id)
            height = self._tops[row + 1] - self._tops[row] - Space.S
            card.setGeometry(0, self._tops[row], width, height)
        self._fill()
        for alarm_id in seen:
            self._cards[alarm_id].show()

    def _take_card(self, alarm_id: str) -> AlarmCard:
        card = self._spare.pop() if self._spare else self._make_card()
        self._cards[alarm_id] = card
        return card

    def _make_card(self) -> AlarmCard:
        card = AlarmCard(self._body)
        card.pressed.connect(self._go_down)
        card.released.connect(lambda _id: self.rows.let_go(_FINGER))
        card.wanted.connect(self._ask)
        card.limit_wanted.connect(self.limit_wanted)
        return card

    def _fill(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        for alarm in self.rows.rows:
            card = self._cards.get(alarm.id)
            if card is None:
                continue
            gone = alarm.id in self.rows.gone
            texts = self._words(alarm, snapshot)
            card.show_alarm(alarm, gone_texts(texts) if gone else texts, self._rights)
            card.show_place(
                selected=alarm.id == self.chosen_id, busy=alarm.id in self._busy, gone=gone
            )

    def _scrolled(self) -> None:
        if self._tops:
            self._place()

    # What a person does

    def _go_down(self, alarm_id: str) -> None:
        self._down_s = time.monotonic()
        self.rows.hold(_FINGER)
        self._choose(alarm_id)
        self._fill()

    def _ask(self, alarm_id: str, act: AlarmAct) -> None:
        self.rows.let_go(_FINGER)
        if time.monotonic() - self._moved_s < _SETTLED_S:
            self.too_soon.emit()
        else:
            self.wanted.emit(alarm_id, act)

    def step(self, rows: int) -> None:
        """Choose the alarm so many rows further down."""
        row = self.rows.row_of(self.chosen_id)
        last = len(self.rows.rows) - 1
        if last >= 0:
            self.choose(self.rows.rows[min(max((row or 0) + rows, 0), last)].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Page Up, Page Down, Home and End choose an alarm."""
        page = max(1, self.viewport().height() // 120)
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self.rows.rows),
            Qt.Key.Key_End: len(self.rows.rows),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cards out anew; the chosen one stays in sight."""
        super().resizeEvent(event)
        self._lay_out()
        self._reveal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the focus on a press between the cards."""
        if watched is self.viewport() and event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus()
        return super().eventFilter(watched, event)
