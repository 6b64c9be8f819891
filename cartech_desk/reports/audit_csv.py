"""The audit log as CSV: one row for each record, the newest first, under the head of the log.

UTF-8, comma. The first line names the head's sequence and hash: it is an anchor, which
`cartech-desk audit verify --anchor` compares with the log later.
"""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.reports.selection import unfinished

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
_FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "|",
    "%",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
"""Beginnings of a cell that a spreadsheet would carry out (OWASP, CSV injection)."""


def write_audit_csv(records: Iterable[AuditRecord], verdict: Verdict, path: Path) -> None:
    """Write the records to `path`, all of them or nothing. Errors: ExportFailed."""
    with unfinished(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            (
                "audit log",
                f"head {verdict.head_sequence}:{verdict.head_hash}",
                "verified" if verdict.ok else f"BROKEN: {verdict.problem}",
            )
        )
        out.writerow(COLUMNS)
        for record in records:
            out.writerow([_safe(cell) for cell in _cells(record)])


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
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
