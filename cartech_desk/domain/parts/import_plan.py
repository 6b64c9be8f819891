"""What an import of parts would do: the rows that are good, and why the others are not."""

from dataclasses import dataclass, field
from decimal import Decimal

from cartech_desk.domain.parts.part import Part


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that can be imported, as the part would be; `known` says that it is kept already."""

    line: int
    part: Part
    on_hand: Decimal = Decimal(0)
    known: bool = False
    fields: tuple[str, ...] = ()
    """The fields that the file gives; the others of a known part stay."""
    supplier: str = ""
    note: str = ""
    """What is left out of it, and why."""
    changes: tuple[str, ...] = ()
    """What a known part gets in place of what it has: "price 595.00 EUR → 610.00 EUR"."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be imported: its line in the file, what stands there, and why not."""

    line: int
    words: str
    why: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file holds. `columns` says which heading was taken for which field."""

    source: str
    good: tuple[GoodRow, ...]
    bad: tuple[BadRow, ...]
    columns: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    """Headings that nothing was made of."""
    delimiter: str = ";"
    decimal_mark: str = ""
    """Empty where the file leaves it open: then no number of it needs one."""
    encoding: str = "utf-8"
    """One of `part_table.ENCODINGS`: as the file says, or as it was guessed or chosen."""
    guessed: bool = False
    """The file does not say in which encoding it was written: names are to be looked at."""

    @property
    def added(self) -> int:
        """How many parts are new."""
        return sum(not row.known for row in self.good)


@dataclass(frozen=True, slots=True)
class ImportDone:
    """What an import did."""

    added: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...]
