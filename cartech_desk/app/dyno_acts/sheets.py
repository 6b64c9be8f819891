"""Sheets: `report`."""

from typing import Any


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
