"""Limits in force for the vehicle of a recording, upon the tiles of its viewer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cartech_desk.domain.bands import bands, edges_of, limit_bands
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.widgets.tile_grid import TileGrid

if TYPE_CHECKING:
    from cartech_desk.domain.alarms.limit import Limit
    from cartech_desk.store.limits import LimitStore


class RecordingLimits(QObject):
    """Reads the limits in the background; until they come a tile has its default bands."""

    def __init__(
        self,
        store: "LimitStore",
        grid: TileGrid,
        failed: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._grid = grid
        self._limits: tuple[Limit, ...] = ()
        self._work = NewestOnly(self, failed)

    def read(self, vehicle_id: str) -> None:
        """Read the limits that are in force for a vehicle now."""
        self._limits = ()
        store = self._store
        self._work.ask(lambda: tuple(store.in_force(vehicle_id)), self._arrived)

    def forget(self) -> None:
        """Show no limit that is still being read."""
        self._work.forget()

    def show(self) -> None:
        """Bring them to the tiles that there are."""
        for name, tile in self._grid.tiles.items():
            edges = edges_of(self._limits, name)
            tile.show_limits(limit_bands(edges) if edges else bands(name), edges)

    def _arrived(self, limits: "tuple[Limit, ...]") -> None:
        self._limits = limits
        self.show()
