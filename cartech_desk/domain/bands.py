"""Where a gauge turns amber and red when nobody has set anything else.

These are for the eye only: they hold for almost any road car. What depends on the car (rpm, boost,
lambda under load) has no default band; limits that act are set by the shop.
"""

from cartech_desk.domain.canonical import Bands, canonical

__all__ = ["Bands", "bands"]


def bands(channel: str) -> Bands | None:
    """Return the default bands of a channel; None where no value fits every car."""
    row = canonical().get(channel)
    return row.bands if row is not None else None
