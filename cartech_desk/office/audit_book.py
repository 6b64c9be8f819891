"""The audit log as people read it: search, verification, export."""

from collections.abc import Sequence
from pathlib import Path

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store

__all__ = ["AuditBook", "Query", "Verdict"]


class AuditBook:
    """The audit log of one desk. Methods may take a second: not in the GUI thread."""

    def __init__(self, store: Store) -> None:
        raise NotImplementedError

    @property
    def last_verdict(self) -> Verdict | None:
        """What the last verification found; None before the first. Quick, any thread."""
        raise NotImplementedError

    @property
    def key_problem(self) -> str:
        """Why new records are not keyed now; empty while they are. Quick, any thread."""
        raise NotImplementedError

    def verify(self) -> Verdict:
        """Verify the whole log against chain, key and anchor. Needs no right."""
        raise NotImplementedError

    def find(
        self, by: Actor, query: Query, *, limit: int = 500, before_sequence: int | None = None
    ) -> Sequence[AuditRecord]:
        """Return matching records, the newest first, a page at a time. Errors: RightMissing."""
        raise NotImplementedError

    def actions(self, by: Actor) -> Sequence[str]:
        """Every action that stands in the log."""
        raise NotImplementedError

    def actors(self, by: Actor) -> Sequence[Actor]:
        """Everybody who stands in the log."""
        raise NotImplementedError

    def export(self, by: Actor, query: Query, path: Path) -> Path:
        """Write what was found to .csv or .pdf with the head's sequence and hash; audited.

        Needs READ_AUDIT and EXPORT. Errors: RightMissing, ExportRefused, ExportFailed.
        """
        raise NotImplementedError
