"""Which column of a file holds the time, and in which unit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.table_text import Table
from cartech_desk.domain.dyno.table_words import TIME, Named, unit_of
from cartech_desk.domain.dyno.tables import Column
from cartech_desk.domain.units import convert, known_unit


def time_column(columns: Sequence[Column], named: Sequence[Named]) -> int:
    """Return which column holds the time, -1 where none does."""
    for column, name in zip(columns, named, strict=True):
        if column.filled >= 2 and TIME.fullmatch(name.words):
            return column.index
    return -1


def time_unit(
    table: Table, columns: Sequence[Column], named: Sequence[Named], time: int
) -> tuple[str, str]:
    """Return the unit of time, and why it is not sure; an empty unit where there is none."""
    if time < 0:
        return "", "No column of time was found: say how many rows there are in a second."
    written = named[time].unit or unit_of(table.units[time])
    values = table.cells[time]
    steps = np.diff(values[np.isfinite(values)])
    step = float(np.median(steps))
    if step <= 0.0:
        return "", f"The column of time “{table.names[time]}” does not go on from row to row."
    span = columns[time].highest - columns[time].lowest
    if written is not None and known_unit(written.unit).dimension == "time":
        return written.unit, ""
    word = named[time].words.split()[-1] if named[time].words else ""
    told = unit_of(word)
    if told is not None and known_unit(told.unit).dimension == "time":
        return told.unit, ""
    whole = bool(np.all(steps == np.rint(steps)))
    if whole and step == 1.0:
        return "", (
            f"The column “{table.names[time]}” counts by one: seconds, milliseconds or rows."
        )
    if step >= 2.0 and whole and span >= 1000.0:
        return "ms", ""
    if step < 2.0 and span <= 7200.0:
        return "s", ""
    return "", f"The unit of time in “{table.names[time]}” is not written and cannot be told."


def seconds(values: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Return times in seconds."""
    return convert(values, unit, "s")
