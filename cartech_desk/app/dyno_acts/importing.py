"""Files of other programs: `import`, `columns`."""

from typing import Any


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
