"""The grid of tiles: placed by their sizes, ordered and resized by hand while it is edited."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QScroller, QWidget

from cartech_desk.ui.models.grid_packing import pack, rows_of
from cartech_desk.ui.models.live_layout import MOST_COLUMNS, MOST_ROWS, TileSpec, moved
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.edit_buttons import EditButton, EditButtons
from cartech_desk.ui.widgets.tile import TILE_HEIGHT, TILE_WIDTH, Tile

_DRAG_FROM = 8  # pixels
_WORDS_HEIGHT = 90  # name and value, above the buttons of a tile that is edited


class TileGrid(QScrollArea):
    """Tiles in their order. `specs` says what stands there; changes by hand are told.

    While it is edited, each tile carries buttons, can be dragged to another place, and takes keys:
    arrows move it, Shift with arrows resizes it, Enter edits it, Delete removes it.
    """

    changed = Signal(object)
    """The tuple of TileSpecs after a change by hand."""
    edit_wanted = Signal(str)
    """The scale and bands of this channel's tile shall be edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: dict[str, Tile] = {}
        self.specs: tuple[TileSpec, ...] = ()
        self.editing = False
        self.tile_height = TILE_HEIGHT
        self._buttons: dict[str, EditButtons] = {}
        self._pressed_at: QPoint | None = None
        self._dragged = ""
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidget(QWidget())
        self.setAccessibleName("Values")
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    def set_tiles(self, specs: Sequence[TileSpec], tiles: dict[str, Tile]) -> None:
        """Show these tiles, one for each spec, and let go of the ones before."""
        focused = next((name for name, tile in self.tiles.items() if tile.hasFocus()), "")
        for name, tile in self.tiles.items():
            if tiles.get(name) is not tile:
                tile.setParent(None)
                tile.deleteLater()
        self.specs, self.tiles, self._buttons = tuple(specs), dict(tiles), {}
        for tile in tiles.values():
            tile.setParent(self.widget())
            tile.installEventFilter(self)
            tile.show()
        self._place()
        self.set_editing(self.editing)
        if focused in tiles:
            tiles[focused].setFocus()

    def set_editing(self, editing: bool) -> None:
        """Show or take away the buttons upon the tiles."""
        self.editing = editing
        for buttons in self._buttons.values():
            buttons.setParent(None)
            buttons.deleteLater()
        self._buttons.clear()
        if not editing:
            for tile in self.tiles.values():
                tile.keep_free(0)
            self._place()
            return
        for name, tile in self.tiles.items():
            buttons = EditButtons(self._acts_upon(name), tile, columns=3)
            self._buttons[name] = buttons
            buttons.show()
        self._place()

    def _acts_upon(self, name: str) -> tuple[EditButton, ...]:
        return (
            ("chevron-left", "Move to the left", lambda: self.move_tile(name, -1)),
            ("chevron-right", "Move to the right", lambda: self.move_tile(name, 1)),
            ("close", "Remove this tile", lambda: self.remove_tile(name)),
            ("wider", "Wider or narrower", lambda: self.next_width(name)),
            ("higher", "Higher or lower", lambda: self.next_height(name)),
            ("pencil", "Scale, bands and rate", lambda: self.edit_wanted.emit(name)),
        )

    # Changes by hand

    def move_tile(self, name: str, by: int) -> None:
        """Move a tile by so many places."""
        self._take(moved(self.specs, self._index(name), by))

    def remove_tile(self, name: str) -> None:
        """Remove a tile."""
        self._take(tuple(spec for spec in self.specs if spec.channel != name))

    def resize_tile(self, name: str, columns: int, rows: int) -> None:
        """Give a tile another size, within what the grid allows."""
        self._take(
            tuple(
                replace(
                    spec,
                    columns=min(max(columns, 1), MOST_COLUMNS),
                    rows=min(max(rows, 1), MOST_ROWS),
                )
                if spec.channel == name
                else spec
                for spec in self.specs
            )
        )

    def next_width(self, name: str) -> None:
        """Make a tile a column wider, and the widest narrow again."""
        spec = self.specs[self._index(name)]
        self.resize_tile(name, spec.columns % MOST_COLUMNS + 1, spec.rows)

    def next_height(self, name: str) -> None:
        """Make a tile a row higher, and the highest low again."""
        spec = self.specs[self._index(name)]
        self.resize_tile(name, spec.columns, spec.rows % MOST_ROWS + 1)

    def _index(self, name: str) -> int:
        return next(place for place, spec in enumerate(self.specs) if spec.channel == name)

    def _take(self, specs: tuple[TileSpec, ...]) -> None:
        if specs != self.specs:
            self.specs = specs
            self._place()
            self.changed.emit(specs)

    # Placing

    def needed_height(self) -> int:
        """Return the height at which no tile needs scrolling."""
        cells = self._cells()
        return rows_of(cells) * (self._row_height() + Space.S) - Space.S if cells else 0

    def _row_height(self) -> int:
        """As high as a tile; while the tiles are edited, their buttons stand below the values."""
        foot = max((buttons.sizeHint().height() for buttons in self._buttons.values()), default=0)
        return max(self.tile_height, _WORDS_HEIGHT + foot) if foot else self.tile_height

    def sizeHint(self) -> QSize:
        """As high as the tiles."""
        return QSize(super().sizeHint().width(), self.needed_height())

    def _columns(self) -> int:
        return max(1, (self.viewport().width() + Space.S) // (TILE_WIDTH + Space.S))

    def _cells(self):
        # Few tiles share the whole width rather than leave a hole at the end of the row.
        wanted = sum(spec.columns for spec in self.specs) or 1
        return pack([(s.columns, s.rows) for s in self.specs], min(self._columns(), wanted))

    def _place(self) -> None:
        cells = self._cells()
        wanted = sum(spec.columns for spec in self.specs) or 1
        columns = min(self._columns(), wanted)
        high = self._row_height() + Space.S
        width = (self.viewport().width() + Space.S) / columns
        for spec, cell in zip(self.specs, cells, strict=True):
            tile = self.tiles.get(spec.channel)
            if tile is None:
                continue
            left = round(cell.column * width)
            right = round((cell.column + cell.columns) * width) - Space.S
            top = cell.row * high
            height = cell.rows * high - Space.S
            tile.setGeometry(QRect(left, top, right - left, height))
            self._lay_buttons(spec.channel)
        self.widget().resize(self.viewport().width(), max(1, self.needed_height()))

    def _lay_buttons(self, name: str) -> None:
        buttons, tile = self._buttons.get(name), self.tiles[name]
        if buttons is not None:
            size = buttons.sizeHint()
            buttons.setGeometry(
                (tile.width() - size.width()) // 2,
                tile.height() - size.height() - Size.FOCUS,  # the border stays whole
                size.width(),
                size.height(),
            )
            tile.keep_free(size.height() + Size.FOCUS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the tiles anew."""
        super().resizeEvent(event)
        self._place()

    # Pointing and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let tiles be dragged and take keys while the grid is edited."""
        if self.editing and isinstance(watched, Tile):
            kind = event.type()
            name = watched.channel.name
            if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
                self._pressed_at = event.globalPosition().toPoint()
                self._dragged = name
                watched.setFocus()
                return True
            if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._drag(event.globalPosition().toPoint())
                return True
            if kind == QEvent.Type.MouseButtonRelease:
                self._pressed_at, self._dragged = None, ""
                return True
            if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._key(name, event)
        return super().eventFilter(watched, event)

    def _drag(self, at: QPoint) -> None:
        if self._pressed_at is None or (at - self._pressed_at).manhattanLength() < _DRAG_FROM:
            return
        place = self.widget().mapFromGlobal(at)
        for index, spec in enumerate(self.specs):
            tile = self.tiles.get(spec.channel)
            if spec.channel != self._dragged and tile and tile.geometry().contains(place):
                self.move_tile(self._dragged, index - self._index(self._dragged))
                return

    def _key(self, name: str, event: QKeyEvent) -> bool:
        spec = self.specs[self._index(name)]
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        size = {
            Qt.Key.Key_Right: (spec.columns + 1, spec.rows),
            Qt.Key.Key_Left: (spec.columns - 1, spec.rows),
            Qt.Key.Key_Down: (spec.columns, spec.rows + 1),
            Qt.Key.Key_Up: (spec.columns, spec.rows - 1),
        }.get(Qt.Key(event.key()))
        if shift and size is not None:
            self.resize_tile(name, *size)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.move_tile(name, -1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.move_tile(name, 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_wanted.emit(name)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_tile(name)
        else:
            return False
        return True
