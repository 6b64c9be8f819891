"""Runs of other programs: a file is read whole, then kept as recording and run, or not at all."""

from pathlib import Path

from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.store.store import Store


def propose(store: Store, path: Path) -> Proposal:
    """Read the head of an export and propose what its columns are. Errors: FileRefused."""
    raise NotImplementedError
