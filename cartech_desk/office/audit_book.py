"""The audit log as people read it: search, verification, export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.people import Actor
from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; empty means all. `text` is searched in names, reason, before, after."""

    actor: str = ""
    """Id of a person."""
    action: str = ""
    """An action, or the part before its dot."""
    vehicle: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    `ok` False names the first broken record in `first_bad_sequence` and says in `problem` what is
    wrong with it. `warnings` are what does not break the chain (records that are not keyed, no
    anchor here). `head_hash` is hex, empty for an empty log.
    """

    ok: bool
    records: int
    first_bad_sequence: int | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()
    head_sequence: int = 0
    head_hash: str = ""
    keyed: bool = True
    """Whether the key was there to check with."""
    at: datetime | None = None


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
