"""Parts, and the ledger whose sum is what is on the shelf.

Quantities have at most three decimals (litres, metres) and are kept as thousandths. A move in is
positive, a move out negative; nothing is ever taken back out of the ledger.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from cartech_desk.domain.money import NOTHING, Money


class MoveKind(StrEnum):
    """Why stock moved."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    """To a job."""
    RETURN = "return"
    """Back from a job."""
    ADJUSTMENT = "adjustment"
    """With a reason: found, lost, broken, sent back."""
    COUNT = "count"
    """The difference that a stock count found."""


class Level(StrEnum):
    """How low a part may run: two things."""

    WARNING = "warning"
    REORDER = "reorder"


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `on_hand` is the sum of its moves."""

    id: str = ""
    sku: str = ""
    name: str = ""
    category: str = ""
    maker: str = ""
    barcodes: tuple[str, ...] = ()
    supplier_id: str = ""
    supplier: str = ""
    supplier_sku: str = ""
    cost: Money = NOTHING
    price: Money = NOTHING
    tax_bp: int | None = None
    unit: str = "pc"
    location: str = ""
    warning_level: Decimal | None = None
    reorder_level: Decimal | None = None
    reorder_quantity: Decimal | None = None
    on_hand: Decimal = Decimal(0)
    on_order: Decimal = Decimal(0)
    counted: datetime | None = None
    """When it was last counted: no move may be dated before."""
    moved: datetime | None = None
    """The date of its last move."""
    active: bool = True
    note: str = ""
    version: int = 1

    @property
    def low(self) -> Level | None:
        """The graver level that it is at or below now; reordering comes before the warning."""
        for level, limit in (
            (Level.WARNING, self.warning_level),
            (Level.REORDER, self.reorder_level),
        ):
            if self.active and limit is not None and self.on_hand <= limit:
                return level
        return None


@dataclass(frozen=True, slots=True)
class StockMove:
    """One line of the ledger."""

    part_id: str
    kind: MoveKind
    quantity: Decimal
    at: datetime
    reason: str = ""
    unit_cost: Money | None = None
    job_id: str = ""
    job_line_id: str = ""
    order_line_id: str = ""
    count_id: str = ""
    by: str = ""
    sequence: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class StockAlert:
    """A part that crossed a level downwards; `cleared` once it is above again."""

    id: str
    part_id: str
    part: str
    level: Level
    raised: datetime
    on_hand: Decimal
    limit: Decimal
    cleared: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    now: Decimal = Decimal(0)
    """What is on the shelf now, looked up."""
    on_order: Decimal = Decimal(0)
    unit: str = ""
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A move as the ledger shows it: `after` is what was on the shelf behind it."""

    move: StockMove
    after: Decimal
    part: str = ""
    unit: str = ""
    job: str = ""
    """The job's number."""
    order: str = ""
    """The order's number."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned code means: a part, or what is to be said of an unknown one."""

    code: str
    part: Part | None = None
    how: str = ""
    """What of the part it is: "barcode", "sku" or "supplier_sku"."""
    words: str = ""
