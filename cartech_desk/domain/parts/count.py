"""Counting the stock: what is on the shelf against what the ledger says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cartech_desk.domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class CountLine:
    """One part as counted. `expected` is what the ledger says of the moment of counting.

    Whatever moved afterwards is not in it, so it stays right while people go on working.
    `moved` says that the part moved between the first and the last scan of it: nobody knows
    then what was counted, and it is to be counted again.
    """

    part_id: str
    counted: Decimal
    expected: Decimal
    at: datetime
    sku: str = ""
    name: str = ""
    unit: str = ""
    location: str = ""
    by: str = ""
    unit_cost: Money = NOTHING
    moved: bool = False
    later: bool = False
    """Another count of this part that ended since is newer: this line changes nothing."""

    @property
    def difference(self) -> Decimal:
        """What was found above the ledger, negative for what is gone."""
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class StockCount:
    """One count, of a place or of everything."""

    id: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    discarded: datetime | None = None
    location: str = ""
    by: str = ""
    note: str = ""
    line_count: int = 0
    lines: tuple[CountLine, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.finished is None and self.discarded is None
