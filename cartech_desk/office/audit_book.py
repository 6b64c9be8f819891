"""The audit log as people read it: search, verification, export, and a new key."""

import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit import AuditRecord, Entity, Entry
from cartech_desk.domain.audit_chain import Anchor, MacKey, Verdict
from cartech_desk.domain.audit_words import action_words
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK, Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.reports.audit_csv import write_audit_csv
from cartech_desk.reports.audit_pdf import write_audit_pdf
from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.store import presence
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.store import Store

__all__ = ["AuditBook", "Query", "Verdict"]

_LOG = logging.getLogger(__name__)

_EXPORT: Final = "audit.export"
_SURE_S: Final = 10.0
"""An intent as young as this may be one whose sign is not up yet."""
_PAGE: Final = 5000
_PDF_MOST: Final = 10_000


class AuditBook:
    """The audit log of one desk. Methods may take a second: not in the GUI thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._log = store.audit
        self._lock = threading.Lock()
        self._verdict: Verdict | None = None

    @property
    def last_verdict(self) -> Verdict | None:
        """What the last verification found; None before the first. Quick, any thread."""
        return self._verdict

    @property
    def key_problem(self) -> str:
        """Why new records are not keyed now; empty while they are. Quick, any thread."""
        return self._log.key_problem

    def verify(self, printed: Anchor | None = None) -> Verdict:
        """Verify the whole log against chain, key and anchor, and one that was printed.

        Needs no right. That it failed is recorded itself, once for each finding.
        """
        with self._lock:
            verdict = self._log.verify(printed)
            self._verdict = verdict
            if not verdict.ok:
                self._record_failure(verdict)
        return verdict

    def _record_failure(self, verdict: Verdict) -> None:
        after = {
            "first_bad_sequence": verdict.first_bad_sequence,
            "fault": verdict.fault,
            "problem": verdict.problem,
        }
        try:
            for record in self._log.find(Query(action="audit.verify_failed"), limit=1):
                told = record.after or {}
                if all(told.get(name) == str(after[name]) for name in ("fault", "problem")):
                    return
            entity = Entity("audit", "", "The audit log")
            self._log.note(DESK, Entry("audit.verify_failed", entity, after=after))
        except CarTechError:
            # A log that takes no record any more says so itself; the verdict stands.
            return

    def find(
        self, by: Actor, query: Query, *, limit: int = 500, before_sequence: int | None = None
    ) -> Sequence[AuditRecord]:
        """Return matching records, the newest first, a page at a time. Errors: RightMissing."""
        self._may_read(by)
        return self._log.find(query, limit=limit, before_sequence=before_sequence)

    def actions(self, by: Actor) -> Sequence[str]:
        """Every action that stands in the log. Errors: RightMissing."""
        self._may_read(by)
        return self._log.actions()

    def actors(self, by: Actor) -> Sequence[Actor]:
        """Everybody who stands in the log. Errors: RightMissing."""
        self._may_read(by)
        return self._log.actors()

    def keys(self, by: Actor) -> tuple[str, Sequence[MacKey]]:
        """Return where the key is, and the keys without telling them. Errors: RightMissing."""
        self._may_read(by)
        keys = self._log.keys()
        return self._log.key_place, keys

    def renew_key(self, by: Actor, reason: str = "") -> int:
        """Begin with a new key, a new head and a new anchor; audited, returns the record.

        The way back after a key was lost, or after an older desk.db had to be put back. Errors:
        RightMissing, TextRefused, KeyRefused.
        """
        require(by, Act.MANAGE_PEOPLE)
        self._log.admit(by)  # before a key is made that nobody asked for
        return self._log.renew_key(by, checked_reason(reason))

    def _may_read(self, by: Actor) -> None:
        require(by, Act.READ_AUDIT)
        self._log.admit(by)

    def export(self, by: Actor, query: Query, path: Path) -> Path:
        """Write what was found to .csv or .pdf with the head's sequence and hash; audited.

        The log is verified first, and the file says what was found. Needs READ_AUDIT and EXPORT.
        Errors: RightMissing, ExportRefused, ExportFailed.
        """
        require(by, Act.EXPORT)
        self._may_read(by)
        path = Path(path)
        ending = path.suffix.lower()
        _check(path, ending)
        if ending == ".pdf":
            self._refuse_too_many(query)
        entity = Entity("audit", "", path.name)
        asked = self._asked(query)
        after = {"file": str(path), "records": asked or "all"}
        intent = self._log.intent(by, Entry(_EXPORT, entity, after=after))
        sign = self._signed(intent)
        try:
            verdict = self.verify()
            records = self._all(query, intent)
            if ending == ".pdf":
                write_audit_pdf(records, verdict, path, asked=asked, shop=self._shop())
            else:
                write_audit_csv(records, verdict, path)
        except BaseException as error:
            why = error.happened if isinstance(error, CarTechError) else type(error).__name__
            self._log.result(intent, done=False, reason=why)
            raise
        else:
            head = f"{verdict.head_sequence}:{verdict.head_hash}"
            self._log.result(intent, done=True, after={"head": head})
        finally:
            if sign is not None:
                sign.leave()
        return path

    def settle(self, *, sure_s: float = _SURE_S) -> int:
        """Record as not done the exports that a kill or a power cut ended; returns how many.

        Exports that are under way, here or in another program, are left alone. Errors: StoreError,
        AuditBroken where that cannot be recorded now.
        """
        before = datetime.now(UTC) - timedelta(seconds=sure_s)
        settled = 0
        for intent in self._log.unsettled():
            sign = _sign(intent.sequence)
            if (
                intent.action != _EXPORT
                or intent.at > before
                or presence.is_alive(self._place, sign)
            ):
                continue
            self._log.result(
                intent.sequence,
                done=False,
                reason="It was cut short: the program ended before the export did.",
                actor=DESK,
            )
            presence.remove(self._place, sign)
            settled += 1
        return settled

    @property
    def _place(self) -> Path:
        return self._store.folder / "desk.db"

    def _signed(self, intent: int) -> presence.Presence | None:
        """Put up a sign that this export is under way; it falls with the program."""
        try:
            return presence.Presence(self._place, _sign(intent))
        except OSError as error:
            _LOG.warning("export %d has no sign: %s", intent, error)
            return None

    def _all(self, query: Query, before: int) -> Iterator[AuditRecord]:
        """Yield every matching record before a sequence, the newest first."""
        at: int | None = before
        while at is not None:
            page = self._log.find(query, limit=_PAGE, before_sequence=at)
            yield from page
            at = page[-1].sequence if len(page) == _PAGE else None

    def _refuse_too_many(self, query: Query) -> None:
        if len(self._log.find(query, limit=_PDF_MOST + 1)) > _PDF_MOST:
            raise ExportRefused(
                f"More than {_PDF_MOST} records are too many for a PDF.",
                to_do="Narrow them by time, person or act, or export to .csv.",
            )

    def _asked(self, query: Query) -> str:
        names = {actor.id: actor.name for actor in self._log.actors()} if query.actor else {}
        parts = (
            ("person", names.get(query.actor, query.actor)),
            ("act", action_words(query.action) if query.action else ""),
            ("vehicle", query.vehicle),
            ("from", f"{query.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if query.since else ""),
            ("until", f"{query.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if query.until else ""),
            ("words", query.text),
        )
        return ", ".join(f"{name}: {words}" for name, words in parts if words)

    def _shop(self) -> str:
        shop = self._store.people.shop()
        return shop.name if shop is not None else ""


def _sign(intent: int) -> str:
    return f"audit-export-{intent}"


def _check(path: Path, ending: str) -> None:
    if ending not in (".csv", ".pdf"):
        raise ExportRefused(
            f"The audit log cannot be exported to {path.name or path}.",
            to_do="Give the name of a file that ends in .csv or .pdf.",
        )
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise ExportRefused(f"{path} is no file.", to_do="Name a file in a folder of yours.")
    if not path.absolute().parent.is_dir():
        raise ExportFailed(
            f"The folder {path.absolute().parent} does not exist.",
            kept="Nothing was written.",
            to_do="Make it, or name a file in another one.",
        )
