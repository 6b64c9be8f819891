"""Who the shop buys from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier; `customer_number` is the shop's number there."""

    id: str = ""
    name: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    customer_number: str = ""
    lead_days: int | None = None
    """Days from an order to its delivery, where they are known."""
    note: str = ""
    version: int = 1
