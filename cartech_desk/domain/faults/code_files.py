"""Reading the tables in `resources/codes`: CSV with a comment on top, one kind in several files."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.resources import resource

FOLDER: Final = "codes"
_BETWEEN: Final = "|"


class CodeTablesDamaged(CarTechError):
    """The tables of generic codes that came with the program are damaged."""

    code: ClassVar[str] = "code_tables"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table by the names of its columns, and where it stands."""

    cells: dict[str, str]
    file: str
    number: int

    def damaged(self, why: str) -> CodeTablesDamaged:
        """Return the error that names this line."""
        return CodeTablesDamaged(
            f"resources/{FOLDER}/{self.file}, line {self.number}: {why}.",
            to_do="Install the program again.",
        )


def table_lines(kind: str, columns: Sequence[str], folder: Path | None = None) -> Iterator[Line]:
    """Read every line of `<kind>.csv` and `<kind>_*.csv`, files by name.

    Errors: CodeTablesDamaged for other columns or a line of another length.
    """
    where = resource(FOLDER) if folder is None else folder
    for path in sorted([*where.glob(f"{kind}.csv"), *where.glob(f"{kind}_*.csv")]):
        yield from _lines(path, list(columns))


def table_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that is a list, " | " between them."""
    return tuple(part.strip() for part in text.split(_BETWEEN) if part.strip())


def _lines(path: Path, columns: list[str]) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        comments = 0
        while (start := file.tell()) >= 0 and file.readline().startswith("#"):
            comments += 1
        file.seek(start)
        reader, name = csv.reader(file), path.name
        head = next(reader, [])
        if head != columns:
            raise Line({}, path.name, comments + 1).damaged(f"the columns are {', '.join(head)}")
        for cells in reader:
            number = comments + reader.line_num
            if len(cells) != len(columns):
                raise Line({}, name, number).damaged("it has too few or too many columns")
            yield Line(dict(zip(columns, cells, strict=True)), name, number)
