"""Raw samples for a workbook: columns as they were measured, put into its sheets as whole rows.

Channels that share their times share one column of time; the others bring their own, so nothing is
resampled. Every sample stands in a cell of its own as the number that was recorded. A sheet of
Excel has 1,048,576 rows: what is beyond goes on in further sheets.

A workbook is laid out with the heads of these sheets alone; the rows are put in when it is packed.
Each cell bears its reference: the standard lets it be left out, yet not every reader does.
"""

import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.run import RawRun, Track
from cartech_desk.domain.units import UNITS

ROWS_MOST: Final = 1_048_576
"""Rows of a sheet of Excel, the head's included."""
_LEVEL: Final = 1
"""Raw numbers hardly shrink: the least effort costs a tenth more on the disk."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class RawSheet:
    """Columns of one sheet: heads, and the numbers under each (NaN stays empty)."""

    name: str
    heads: tuple[str, ...]
    columns: tuple[NDArray[np.float64], ...]
    first: int
    last: int
    """The rows of the columns that stand in this sheet, from 0, half open."""


def raw_sheets(raw: RawRun, name: str, *, rows_most: int = ROWS_MOST) -> list[RawSheet]:
    """Return the sheets of a run's samples; times in seconds from the run's start."""
    groups: list[list[Track]] = []
    for track in raw.tracks.values():
        for group in groups:
            if np.array_equal(group[0].t_ns, track.t_ns):
                group.append(track)
                break
        else:
            groups.append([track])
    heads: list[str] = []
    columns: list[NDArray[np.float64]] = []
    for group in groups:
        heads.append("Time [s]" if len(groups) == 1 else f"Time of {group[0].channel.name} [s]")
        columns.append((group[0].t_ns - raw.first_ns) / 1e9)
        for track in group:
            unit = UNITS[track.channel.unit].symbol if track.channel.unit in UNITS else ""
            heads.append(f"{track.channel.name} [{unit}]" if unit else track.channel.name)
            columns.append(track.values)
    rows = max((len(column) for column in columns), default=0)
    room = rows_most - 1
    return [
        RawSheet(
            name if first == 0 else f"{name} ({first // room + 1})",
            tuple(heads),
            tuple(columns),
            first,
            min(rows, first + room),
        )
        for first in range(0, max(rows, 1), room)
    ]


def _rows(sheet: RawSheet) -> str:
    """Return a sheet's rows below the head as SpreadsheetML; a sample that is none has no cell."""
    count = sheet.last - sheet.first
    numbers = range(2, count + 2)
    row = ['<row r="%d">']
    filled: list[Sequence[object]] = [numbers]
    for place, column in enumerate(sheet.columns, 1):
        letters = _letters(place)
        part = column[sheet.first : sheet.last]
        values = part.tolist()
        if len(values) == count and np.isfinite(part).all():
            row.append(f'<c r="{letters}%d"><v>%r</v></c>')
            filled += [numbers, values]
            continue
        cells = [
            f'<c r="{letters}{number}"><v>{value!r}</v></c>' if math.isfinite(value) else ""
            for number, value in zip(numbers, values, strict=False)
        ]
        row.append("%s")
        filled.append(cells + [""] * (count - len(cells)))
    whole = "".join(row) + "</row>"
    return "".join([whole % cells for cells in zip(*filled, strict=True)])


def packed(workbook: bytes, raw: Mapping[str, RawSheet]) -> bytes:
    """Return a workbook with the rows of its raw sheets; `raw` by the part's name in the file.

    All parts bear one date, so that the same workbook gives the same bytes.
    """
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as made,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for part in made.namelist():
            content = made.read(part)
            level = None
            if part in raw:
                content, level = _filled(content.decode("utf-8"), raw[part]), _LEVEL
            entry = zipfile.ZipInfo(part, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            whole.writestr(entry, content, compresslevel=level)
    return file.getvalue()


_DIMENSION: Final = re.compile(r'<dimension ref="[^"]*"/>')


def _filled(xml: str, sheet: RawSheet) -> bytes:
    head, foot = xml.split("</sheetData>")
    rows = sheet.last - sheet.first + 1
    reach = f'<dimension ref="A1:{_letters(len(sheet.heads))}{rows}"/>'
    head = _DIMENSION.sub(reach, head)
    return "".join((head, _rows(sheet), "</sheetData>", foot)).encode()


def _letters(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters or "A"


def parts_of(names: Sequence[str], sheets: Sequence[RawSheet]) -> dict[str, RawSheet]:
    """Return raw sheets by the parts in which a workbook with sheets of these names keeps them."""
    places = {name: place for place, name in enumerate(names, 1)}
    return {f"xl/worksheets/sheet{places[sheet.name]}.xml": sheet for sheet in sheets}
