"""The audit log as text on a terminal: its records day by day, and what a verification found."""

import textwrap
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.domain.audit_words import act_words, change_rows

_WIDTH: Final = 100
_DEEP: Final = " " * 18
"""Under the name, behind number and time."""
_UNREADABLE: Final = "Records that cannot be read"


def records_text(records: Sequence[AuditRecord]) -> str:
    """Return the records under their days, in local time; one value that changed on each line."""
    if not records:
        return "No record matches."
    widest = max(len(_who(record)) for record in records)
    lines: list[str] = []
    for day, those in groupby(records, _day):
        lines += ["", day] if lines else [day]
        for record in those:
            lines += _record_lines(record, min(widest, 28))
    return "\n".join(lines)


def verdict_text(verdict: Verdict) -> str:
    """Return what a verification found, the worst first, and the head to note down."""
    if verdict.ok:
        lines = [
            f"The audit log is whole: {_many(verdict.records)}, each in its place and unchanged."
            if verdict.records
            else "The audit log is whole: it holds no record yet."
        ]
    else:
        record = verdict.first_bad_sequence
        whole = f"{_many(verdict.records)} {'is' if verdict.records == 1 else 'are'} whole"
        lines = [
            f"The audit log is BROKEN{f' at record {record}' if record else ''}: {verdict.problem}",
            f"Before it, {whole}. What comes after it is not proven."
            if record
            else f"By themselves, {whole}.",
            "What to do: keep a copy of desk.db as it is, tell an administrator, and compare with "
            "a printed or exported log.",
        ]
    if verdict.keyed:
        lines.append("Key: checked with the key of this desk.")
    else:
        lines.append(
            "Key: NOT checked, it is not here. The chain alone does not show a log that somebody "
            "wrote anew as a whole."
        )
    lines += [f"Note: {warning}" for warning in verdict.warnings]
    shown = [
        textwrap.fill(line, _WIDTH, subsequent_indent="  ", break_long_words=False)
        for line in lines
    ]
    if verdict.head_hash:
        # In one piece, however long: it is copied into `--anchor`.
        words = "Head" if verdict.ok else "Last whole record"
        shown.append(f"{words}: {verdict.head_sequence}:{verdict.head_hash}")
    return "\n".join(shown)


def _many(records: int) -> str:
    return "1 record" if records == 1 else f"{records:,} records"


def _local(record: AuditRecord) -> datetime:
    return record.at.astimezone()


def _day(record: AuditRecord) -> str:
    return _UNREADABLE if record.problem else f"{_local(record):%A, %Y-%m-%d}"


def _who(record: AuditRecord) -> str:
    return "" if record.problem else _line(record.actor.name)


def _record_lines(record: AuditRecord, width: int) -> list[str]:
    number = f"{record.sequence:>6}"
    if record.problem:
        return [f"{number}  Cannot be read: {record.problem}."]
    what = act_words(record)
    name = _line(record.entity.name or record.entity.id)
    first = f"{number}  {_local(record):%H:%M:%S}  {_who(record):<{width}}  "
    lines = [first + (f"{what}: {name}" if name else what)]
    for value, before, after in change_rows(record):
        if record.phase == "result" and value == "done":
            continue  # the act's words say it
        both = record.before is not None and record.after is not None
        words = f"{before or '-'} → {after or '-'}" if both else before or after or "-"
        lines += _under(f"{value}: {words}")
    if record.reason:
        lines += _under(f"Reason: {record.reason}")
    if not record.keyed:
        lines += _under("Not keyed: the key was not at hand.")
    return lines


def _under(words: str) -> list[str]:
    return textwrap.wrap(_line(words), _WIDTH, initial_indent=_DEEP, subsequent_indent=f"{_DEEP}  ")


def _line(words: str) -> str:
    return " ".join(words.split())
