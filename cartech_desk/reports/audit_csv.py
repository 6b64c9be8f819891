"""The audit log as CSV: one row for each record, the newest first, under the head of the log.

UTF-8, comma, every cell in quotes. The first line names the head's sequence and hash, an anchor
which `cartech-desk audit verify --anchor` compares with the log later, and what a verification
found, a cell for each of its notes.
"""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.reports.selection import unfinished
from cartech_desk.reports.spreadsheet import harmless

COLUMNS: Final = (
    "sequence",
    "time (UTC)",
    "person",
    "person id",
    "role",
    "act",
    "phase",
    "kind",
    "name",
    "id",
    "vehicle id",
    "before",
    "after",
    "reason",
    "keyed",
    "hash",
    "problem",
)


def write_audit_csv(records: Iterable[AuditRecord], verdict: Verdict, path: Path) -> None:
    """Write the records to `path`, all of them or nothing. Errors: ExportFailed."""
    with unfinished(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        head = f"head {verdict.head_sequence}:{verdict.head_hash}"
        out.writerow(("audit log", head, *map(_safe, _found(verdict))))
        out.writerow(COLUMNS)
        for record in records:
            out.writerow([_safe(cell) for cell in _cells(record)])


def _found(verdict: Verdict) -> tuple[str, ...]:
    """Say what the verification found; "verified" alone is said of a log without any doubt."""
    if not verdict.ok:
        return f"BROKEN: {verdict.problem}", *verdict.warnings
    if not verdict.keyed:
        return "NOT VERIFIED with the desk's key: only its chain is whole", *verdict.warnings
    return ("verified, with notes" if verdict.warnings else "verified"), *verdict.warnings


def _cells(record: AuditRecord) -> tuple[str, ...]:
    entity, actor = record.entity, record.actor
    return (
        str(record.sequence),
        "" if record.problem else record.at.isoformat(timespec="microseconds"),
        actor.name,
        actor.id,
        actor.role.value if actor.role is not None else "",
        record.action,
        record.phase.value,
        entity.kind,
        entity.name,
        entity.id,
        entity.vehicle,
        _json(record.before),
        _json(record.after),
        record.reason,
        "yes" if record.keyed else "no",
        record.hash.hex(),
        record.problem,
    )


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _safe(cell: str) -> str:
    # Half a surrogate pair and zero bytes stand in no file of text.
    text = cell.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")
    # A lone carriage return is written without quotes and would begin a row of its own.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return harmless(text)
