"""Runs that are kept: `list`, `show`, `compare`, `change`, `delete`, `restore`."""

from typing import Any


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
