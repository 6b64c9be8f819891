"""The calendar as it stands on the screen: columns of a day or a week, scrolled and zoomed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from cartech_desk.domain.appointments.booking import Appointment, ResourceKind
from cartech_desk.ui.models.appointment_words import in_words, title
from cartech_desk.ui.models.calendar_blocks import Block
from cartech_desk.ui.models.calendar_columns import Column
from cartech_desk.ui.models.calendar_drag import Grip, Landing
from cartech_desk.ui.models.calendar_geometry import (
    HEAD,
    LEAST_HOUR,
    MOST_HOUR,
    Geometry,
    hour_height,
)
from cartech_desk.ui.models.calendar_time import DAY_MIN, minute_of
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.calendar_ground import Faces, GroundPaint
from cartech_desk.ui.widgets.calendar_painting import BlockPaint

_DEFAULT_OPEN: Final = (8 * 60, 17 * 60)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the grid shows. `names` are those of the resources, by their ids."""

    columns: tuple[Column, ...] = ()
    blocks: tuple[Block, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    step: int = 15
    editable: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """A free place that something shall be booked at."""

    column: Column
    first: int
    last: int


@dataclass(slots=True)
class Held:
    """What is carried, by which edge, and where it would land."""

    block: Block
    grip: Grip
    offset: float
    landing: Landing
    by_keys: bool = False
    let_go: bool = False
    """The office is asked, or has refused."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CalendarView(QAbstractScrollArea):
    """Shows a sheet, what is chosen in it and what is carried over it."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        self.held: Held | None = None
        self.cursor_at = (0, 9 * 60)
        self._chosen = ""
        self._hour_px = 0.0
        self._zoomed = False
        self._faces = Faces.make()
        self.now = _utc_now
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName("Calendar")
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(360, 240)
        self._clock = QTimer(self)
        self._clock.setInterval(30_000)
        self._clock.timeout.connect(self.viewport().update)
        self._clock.start()
        theme_changed.connect(self.viewport().update)

    # What it shows

    def show_sheet(self, sheet: Sheet, *, to_opening: bool = False) -> None:
        """Show these columns; what was chosen stays chosen. `to_opening` scrolls to the morning."""
        before = len(self.sheet.columns)
        self.sheet = sheet
        if self.held is not None and not self.held.let_go:
            self.held = None
        if self._chosen and self._block(self._chosen) is None:
            self._chosen = ""
        column, minute = self.cursor_at
        self.cursor_at = (min(column, max(0, len(sheet.columns) - 1)), minute)
        if not self._zoomed:
            self._fit()
        self._lay_out()
        if to_opening or before != len(sheet.columns):
            self.show_minute(self._opening()[0] - 30)
        self._say()
        self.viewport().update()

    @property
    def geometry_now(self) -> Geometry:
        """Where columns and minutes are now."""
        port = self.viewport()
        return Geometry(
            port.width(),
            port.height(),
            len(self.sheet.columns),
            self._hour_px or 48.0,
            self.horizontalScrollBar().value(),
            self.verticalScrollBar().value(),
        )

    @property
    def chosen(self) -> Appointment | None:
        """The appointment that is chosen."""
        block = self._block(self._chosen)
        return block.appointment if block is not None else None

    @property
    def slot(self) -> Slot | None:
        """The free place that the keys stand at."""
        if not self.sheet.columns or self.chosen is not None:
            return None
        column, minute = self.cursor_at
        return Slot(self.sheet.columns[column], minute, min(DAY_MIN, minute + 60))

    def choose(self, appointment_id: str) -> None:
        """Choose an appointment, and bring it into sight."""
        block = self._block(appointment_id)
        self._chosen = appointment_id if block is not None else ""
        if block is not None:
            self.cursor_at = (block.column, block.first)
            self.show_minute(block.first, only_if_hidden=True)
        self._say()
        self.chosen_changed.emit()
        self.viewport().update()

    def show_minute(self, minute: float, *, only_if_hidden: bool = False) -> None:
        """Scroll a minute of the day to the top."""
        at = self.geometry_now
        if only_if_hidden and HEAD <= at.y(minute) < at.height - 40:
            return
        self.verticalScrollBar().setValue(round(max(0.0, minute) / 60 * at.hour_px))

    def _block(self, appointment_id: str) -> Block | None:
        if not appointment_id:
            return None
        same = [one for one in self.sheet.blocks if one.id == appointment_id]
        near = self.cursor_at[0]
        return next((one for one in same if one.column == near), same[0] if same else None)

    def _opening(self) -> tuple[int, int]:
        firsts = [open_[0] for column in self.sheet.columns for open_ in column.open]
        lasts = [open_[1] for column in self.sheet.columns for open_ in column.open]
        return min(firsts, default=_DEFAULT_OPEN[0]), max(lasts, default=_DEFAULT_OPEN[1])

    def _fit(self) -> None:
        first, last = self._opening()
        self._hour_px = hour_height(self.viewport().height(), first - 30, last + 30)

    def _lay_out(self) -> None:
        at = self.geometry_now
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, round(at.whole_width) - at.width))
        across.setPageStep(at.width)
        down.setRange(0, max(0, round(at.whole_height) - at.height))
        down.setPageStep(at.height)
        down.setSingleStep(round(at.hour_px / 2))

    def _say(self) -> None:
        one = self.chosen
        words = in_words(one, self.sheet.zone) if one is not None else ""
        self.setAccessibleDescription(words)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is in sight."""
        painter = QPainter(self.viewport())
        at, sheet = self.geometry_now, self.sheet
        ground = GroundPaint(painter, at, sheet.columns, self._faces)
        brush = BlockPaint(painter, at, self._faces, sheet.zone)
        ground.ground()
        for place, column in enumerate(sheet.columns):
            minute = minute_of(self.now(), column.day, sheet.zone)
            if 0 <= minute < DAY_MIN:
                ground.now(place, minute)
        held = self.held.block.id if self.held is not None else ""
        for block in sheet.blocks:
            box = at.box(block)
            if box.y > at.height or box.y + box.height < HEAD:
                continue
            mine = bool(block.id)
            brush.block(
                block,
                chosen=mine and block.id == self._chosen and not held,
                carried=mine and block.id == held,
                who=self._who(block),
            )
        self._paint_held(brush, at)
        counts = [
            sum(1 for one in sheet.blocks if one.column == place and one.holds)
            for place in range(len(sheet.columns))
        ]
        ground.frame(counts, self.now().astimezone(sheet.zone).date())
        painter.end()

    def _paint_held(self, brush: BlockPaint, at: Geometry) -> None:
        if self.held is not None:
            landing, one = self.held.landing, self.held.block.appointment
            box = at.span(landing.column, landing.first, max(landing.last, landing.first + 10))
            brush.landing(landing, title(one) if one is not None else "", box)
        elif self.hasFocus() and self.slot is not None:
            column, minute = self.cursor_at
            brush.cursor(at.span(column, minute, minute + self.sheet.step))

    def _who(self, block: Block) -> str:
        one, kind = block.appointment, self.sheet.columns[block.column].kind
        if one is None:
            return ""
        ids = [
            number
            for number, own in (
                (one.bay_id, ResourceKind.BAY),
                (one.technician_id, ResourceKind.TECHNICIAN),
            )
            if number and own is not kind
        ]
        return ", ".join(self.sheet.names.get(number, "") for number in ids)

    # Scrolling

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the open hours anew, unless the hours were zoomed."""
        super().resizeEvent(event)
        if not self._zoomed:
            first = self.geometry_now.minute_at(HEAD)
            self._fit()
            self._lay_out()
            self.show_minute(first)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl the hours become higher or lower."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self.zoom(1.15 if event.angleDelta().y() > 0 else 1 / 1.15, event.position().y())

    def zoom(self, factor: float, y: float | None = None) -> None:
        """Make the hours higher or lower; the minute at `y` stays where it is."""
        at = self.geometry_now
        point = at.height / 2 if y is None else y
        minute = at.minute_at(point)
        self._zoomed = True
        self._hour_px = min(MOST_HOUR, max(LEAST_HOUR, at.hour_px * factor))
        self._lay_out()
        self.verticalScrollBar().setValue(round(HEAD + minute / 60 * self._hour_px - point))
        self.viewport().update()
