"""The table of the benchmarks: what, ours, the peer's, their ratio, and the bound that it meets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing; `ratio` is ours to the peer's, `bound` its limit in words."""

    what: str
    ours: str
    peer: str
    ratio: float
    bound: str
    ok: bool


def printed(rows: list[Row]) -> str:
    """Lay the rows out as a table for a terminal."""
    head = ("what", "ours", "beside", "ratio", "bound", "")
    cells = [head] + [
        (row.what, row.ours, row.peer, f"{row.ratio:.2f}", row.bound, "ok" if row.ok else "NOT MET")
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
