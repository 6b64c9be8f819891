"""Tiles of several sizes on a grid, in their order, without holes where one fits."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """Where a tile stands on the grid, and how much of it it takes."""

    column: int
    row: int
    columns: int
    rows: int


def pack(sizes: Sequence[tuple[int, int]], columns: int) -> list[Cell]:
    """Place tiles of (columns, rows) on a grid so many columns wide, each at the first free place.

    A tile wider than the grid is cut to it.
    """
    columns = max(1, columns)
    taken: set[tuple[int, int]] = set()
    cells = []
    for wanted, rows in sizes:
        width = min(max(1, wanted), columns)
        place = 0
        while True:
            row, column = divmod(place, columns)
            if column + width <= columns:
                fields = {(row + r, column + c) for r in range(rows) for c in range(width)}
                if not fields & taken:
                    taken |= fields
                    cells.append(Cell(column, row, width, rows))
                    break
            place += 1
    return cells


def rows_of(cells: Iterable[Cell]) -> int:
    """Return how many rows the cells take."""
    return max((cell.row + cell.rows for cell in cells), default=0)
