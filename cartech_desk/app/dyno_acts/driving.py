"""Taking sources onto the bench and driving runs: `sources`, `run`."""

from typing import Any


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
