"""Link definitions of the shop's own: `link`."""

from typing import Any


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
