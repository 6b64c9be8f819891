"""A maker's table of fault codes in a file: CSV or YAML in UTF-8, taken whole or refused.

CSV (comma, semicolon or tabulator between the columns), the columns in any order:

    code,description,maker,severity,system,causes,checks
    P1234,Wastegate position not learned,Subaru,warning,Boost,Stuck linkage | Worn motor,

Only `code` and `description` are needed, and `maker` where the importer names none. YAML: a list
of such rows, or `{maker: Subaru, codes: [...]}`, or `{maker: Subaru, codes: {P1234: text}}`.
Several causes or checks have " | " between them, or are a list in YAML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.code import NoCode, parse_code
from cartech_desk.domain.faults.meaning import MakerCode, Severity, same_maker
from cartech_desk.domain.plain_text import printable

LARGEST: Final = 4_000_000
"""Bytes that a file may have."""
MOST: Final = 20_000
"""Codes that a file may have."""
COLUMNS: Final = ("code", "description", "maker", "severity", "system", "causes", "checks")

_NEEDED: Final = ("code", "description")
_LISTS: Final = ("causes", "checks")
_LONGEST: Final[Mapping[str, int]] = {"description": 300, "maker": 60, "system": 60}
_MOST_PARTS: Final = 10
_LONGEST_PART: Final = 200
_NOTHING: Final = "Nothing was imported."


class CodeTableRefused(CarTechError):
    """A table of a maker's codes cannot be imported; file, line and column are named."""

    code: ClassVar[str] = "code_table_refused"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value and where it stands, both counted from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One code with where it stands."""

    code: MakerCode
    line: int


Cells = Mapping[str, Cell]


def read_code_table(path: Path, maker: str = "") -> tuple[TableRow, ...]:
    """Read and check a whole file; `maker` is for rows that name none.

    Errors: CodeTableRefused names file, line and column of what is wrong first.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        from cartech_desk.bay.code_file_yaml import yaml_rows as rows_of
    else:
        from cartech_desk.bay.code_file_csv import csv_rows as rows_of
    rows = []
    seen: dict[str, list[TableRow]] = {}
    for line, cells in rows_of(path.name, _text(path)):
        row = _maker_code(path.name, line, cells, maker)
        told = seen.setdefault(row.code, [])
        twin = next((other for other in told if same_maker(other.code.maker, row.maker)), None)
        if twin is not None:
            raise refused(
                path.name,
                f"{row.code} of {row.maker} stands in line {twin.line} already",
                "Leave one of both.",
                cells["code"],
            )
        rows.append(TableRow(row, line))
        told.append(rows[-1])
        if len(rows) > MOST:
            raise too_many(path.name)
    if not rows:
        raise refused(path.name, "it holds no codes", "Choose another file.", None)
    return _one_spelling(rows)


def too_many(name: str) -> CodeTableRefused:
    """Return the refusal of a file with more codes than are taken at once."""
    return refused(name, f"it holds more than {MOST} codes", "Split it.", None)


def refused(name: str, why: str, to_do: str, where: Cell | None) -> CodeTableRefused:
    """Return the refusal of a file; `where` is what is wrong first, None for the whole."""
    place = "" if where is None else f", line {where.line}, column {where.column}"
    return CodeTableRefused(f"{name}{place}: {why}.", kept=_NOTHING, to_do=to_do)


def check_columns(name: str, columns: list[Cell]) -> None:
    """Refuse unknown columns, one that stands there twice, and where one is missing."""
    seen: set[str] = set()
    for cell in columns:
        if cell.text not in COLUMNS:
            raise refused(
                name,
                f"there is no column “{cell.text[:40]}”",
                f"The columns are {', '.join(COLUMNS)}.",
                cell,
            )
        if cell.text in seen:
            raise refused(name, f"the column “{cell.text}” stands there twice", "Leave one.", cell)
        seen.add(cell.text)
    missing = [column for column in _NEEDED if column not in seen]
    if missing:
        raise refused(
            name,
            f"the column “{missing[0]}” is missing",
            f"A table needs {' and '.join(_NEEDED)}.",
            columns[0] if columns else None,
        )


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise CodeTableRefused(f"{path} is a folder.", kept=_NOTHING, to_do="Name a file.")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise CodeTableRefused(
            f"{path} cannot be read ({error.strerror or error}).",
            kept=_NOTHING,
            to_do="Name the file that you mean.",
        ) from error
    if len(content) > LARGEST:
        raise refused(path.name, f"it is larger than {LARGEST // 1_000_000} MB", "Split it.", None)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        raise refused(
            path.name,
            f"byte {content[error.start]:02X} is no UTF-8",
            "Save the file in UTF-8.",
            Cell("", before.count(b"\n") + 1, column),
        ) from error


def _maker_code(name: str, line: int, cells: Cells, maker: str) -> MakerCode:
    for key, cell in cells.items():
        if not printable(cell.text):
            raise refused(name, f"{key} holds a character that is no text", "Take it out.", cell)
        if len(cell.text) > _LONGEST.get(key, _MOST_PARTS * (_LONGEST_PART + 3)):
            raise refused(name, f"{key} is too long", "Shorten it.", cell)
    told = {key: cell.text.strip() for key, cell in cells.items()}
    for key in _NEEDED:
        if not told.get(key):
            place = cells.get(key, Cell("", line, 1))
            raise refused(name, f"{key} is missing", "Fill it in, or take the row out.", place)
    whose = told.get("maker") or maker.strip()
    if not whose or len(whose) > _LONGEST["maker"] or not printable(whose):
        raise refused(
            name,
            "the row does not say of which maker it is",
            "Name it (on the command line with --maker), or in a column “maker”.",
            cells.get("maker", cells["code"]),
        )
    return MakerCode(
        maker=whose,
        code=_code(name, cells["code"]),
        description=told["description"],
        severity=_severity(name, cells.get("severity")),
        system=told.get("system", ""),
        causes=_parts(name, "causes", cells),
        checks=_parts(name, "checks", cells),
    )


def _code(name: str, cell: Cell) -> str:
    try:
        code = parse_code(cell.text)
    except NoCode as error:
        raise refused(name, error.happened.rstrip("."), error.to_do, cell) from error
    if code.failure_type is not None:
        raise refused(
            name,
            f"{code} has a failure type",
            f"Write {code.text}: the failure type is told by the car.",
            cell,
        )
    return code.text


def _severity(name: str, cell: Cell | None) -> Severity | None:
    if cell is None or not cell.text.strip():
        return None
    try:
        return Severity(cell.text.strip().lower())
    except ValueError as error:
        words = ", ".join(severity.value for severity in Severity)
        raise refused(
            name, f"“{cell.text[:40]}” is no severity", f"Write one of {words}, or none.", cell
        ) from error


def _parts(name: str, key: str, cells: Cells) -> tuple[str, ...]:
    cell = cells.get(key)
    if cell is None:
        return ()
    parts = tuple(part.strip() for part in cell.text.split("|") if part.strip())
    if len(parts) > _MOST_PARTS or any(len(part) > _LONGEST_PART for part in parts):
        raise refused(
            name,
            f"{key} are too many or too long",
            f"At most {_MOST_PARTS} of {_LONGEST_PART} characters each.",
            cell,
        )
    return parts


def _one_spelling(rows: list[TableRow]) -> tuple[TableRow, ...]:
    """Write each maker as its first row does: “SUBARU” and “Subaru” are one."""
    spelled: dict[str, str] = {}
    for row in rows:
        spelled.setdefault(row.code.maker.casefold(), row.code.maker)
    return tuple(
        replace(row, code=replace(row.code, maker=spelled[row.code.maker.casefold()]))
        for row in rows
    )
