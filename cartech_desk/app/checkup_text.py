"""A check-up as `--json` and a technician read it: the scan, and what changed since the last."""

from collections.abc import Iterable, Sequence
from typing import Any

from cartech_desk.app.scan_text import Explain, scan_lines
from cartech_desk.app.vin_text import vin_document, vin_words
from cartech_desk.bay.faults import CheckedUp, Faults
from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import EVERYBODY, CodeFound, FaultScan, TestResult
from cartech_desk.domain.faults.told import code_asked, ecu_text, told_scan
from cartech_desk.store.checkups import CheckupKind, CheckupSummary, KeptCheckup

KINDS = {
    CheckupKind.CHECKUP: "check-up",
    CheckupKind.BEFORE_CLEAR: "before clearing",
    CheckupKind.AFTER_CLEAR: "after clearing",
}
"""Why a snapshot was kept, in words."""
_CODES_SHOWN = 6
"""Codes that a line of a list names."""


def explaining(faults: Faults, scan: FaultScan) -> Explain:
    """Return what tells the meaning of a code of this car."""
    return lambda code: faults.meaning(code, scan.vin)


def code_document(found: CodeFound, explain: Explain) -> dict[str, Any]:
    """Return a code as it stands in every document."""
    meaning = explain(code_asked(found))
    return {
        "code": found.code,
        "failure_type": None if found.failure_type is None else f"{found.failure_type:02X}",
        "description": meaning.description,
        "severity": meaning.severity.value,
        "status": [status.value for status in found.status],
        "ecu": ecu_text(found.ecu),
    }


def checkup_document(checked: CheckedUp, explain: Explain) -> dict[str, Any]:
    """Return the document of one check-up: the scan's, and what is kept beside it."""
    kept = checked.kept
    difference = checked.difference
    return {
        **told_scan(kept.scan, explain),
        "vin_facts": vin_document(kept.scan.vin),
        "checkup_id": kept.id,
        "kind": kept.kind.value,
        "vehicle": kept.vehicle_name,
        "vehicle_id": kept.vehicle_id,
        "operator": kept.operator.name if kept.operator is not None else "",
        "note": kept.note,
        "before_id": checked.before.id if checked.before is not None else None,
        "before_kind": checked.before.kind.value if checked.before is not None else None,
        "before_taken": checked.before.taken.isoformat() if checked.before is not None else None,
        "difference": None if difference is None else difference_document(difference, explain),
    }


def difference_document(difference: Difference, explain: Explain) -> dict[str, Any]:
    """Return what changed, code by code, and the rest in sentences."""

    def codes(some: Sequence[CodeFound]) -> list[dict[str, Any]]:
        return [code_document(one, explain) for one in some]

    return {
        "new": codes(difference.new),
        "gone": codes(difference.gone),
        "changed": [
            code_document(one.now, explain)
            | {"status_before": [status.value for status in one.before.status]}
            for one in difference.changed
        ],
        "same": codes(difference.same),
        "untold": codes(difference.untold),
        "doubted": codes(difference.doubted),
        "failing": [_test(one) for one in difference.failing],
        "mended": [_test(one) for one in difference.mended],
        "sentences": list(difference.sentences),
    }


def _test(test: TestResult) -> dict[str, Any]:
    return {"ecu": ecu_text(test.ecu), "name": test.name, "test_name": test.test_name}


def checkup_lines(checked: CheckedUp, explain: Explain) -> list[str]:
    """Return a whole check-up as lines: whose, what was found, what changed."""
    kept = checked.kept
    scan = kept.scan
    words = KINDS[kept.kind]
    lines = [
        f"{words[:1].upper()}{words[1:]} {kept.id[-6:]} of {kept.vehicle_name}, {_when(kept)}",
        f"Protocol  {scan.protocol}",
        f"VIN       {vin_words(scan.vin)}",
        *scan_lines(scan, explain),
        *(f"▲ {warning}" for warning in scan.warnings),
    ]
    if kept.note:
        lines.append(f"Note: {kept.note}")
    if checked.difference is None:
        if kept.kind is CheckupKind.CHECKUP:
            lines.append("There is no earlier check-up of this car to compare it with.")
        return lines
    lines.append(f"Since {snapshot_words(checked.before)}:")
    lines += [f"  {line}" for line in difference_lines(checked.difference, explain)]
    return lines


def difference_lines(difference: Difference, explain: Explain) -> list[str]:
    """Return what changed, a line for each; one that says so where nothing did."""
    lines = [*_each("new", difference.new, explain), *_each("gone", difference.gone, explain)]
    for change in difference.changed:
        was = ", ".join(status.value for status in change.before.status)
        lines.append(f"changed   {_code(change.now, explain)}, before: {was}")
    lines += _each("not told", difference.untold, explain)
    if difference.same:
        lines.append(f"as before {', '.join(code_asked(one) for one in difference.same)}")
    lines += difference.sentences
    lines += [f"Passes again: {one.name}, {one.test_name}." for one in difference.mended]
    return lines or ["Nothing changed."]


def _each(word: str, codes: Sequence[CodeFound], explain: Explain) -> Iterable[str]:
    return (f"{word:<9} {_code(code, explain)}" for code in codes)


def _code(found: CodeFound, explain: Explain) -> str:
    status = ", ".join(one.value for one in found.status)
    meaning = explain(code_asked(found))
    return f"{code_asked(found)}  {meaning.description}  ({status}; ECU {found.ecu:X})"


def summary_document(one: CheckupSummary) -> dict[str, Any]:
    """Return a check-up in a list."""
    return {
        "checkup_id": one.id,
        "vehicle": one.vehicle_name,
        "vehicle_id": one.vehicle_id,
        "vin": one.vin,
        "kind": one.kind.value,
        "taken": one.taken.isoformat(),
        "operator": one.operator,
        "codes": list(one.codes),
        "mil": one.mil,
        "complete": one.complete,
        "clean": one.clean,
        "codes_known": one.codes_known,
        "unknown": list(one.unknown),
        "note": one.note,
    }


def summary_line(one: CheckupSummary) -> str:
    """Return a check-up in a list as one line."""
    found = _named(one.codes) or ("no codes" if one.clean else "whether it has codes: not known")
    if one.codes and one.unknown:
        found += f"; some not read of {', '.join(map(_unit, one.unknown))}"
    kind = "" if one.kind is CheckupKind.CHECKUP else f" ({KINDS[one.kind]})"
    note = f"  {one.note}" if one.note else ""
    when = f"{one.taken.astimezone():%Y-%m-%d %H:%M}"
    return f"{one.id[-6:]}  {when}  {one.vehicle_name}{kind}  {found}{note}"


def _named(codes: Sequence[str]) -> str:
    """Name the first few codes, and count the others."""
    more = len(codes) - _CODES_SHOWN
    return ", ".join(codes[:_CODES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _unit(ecu: str) -> str:
    return "others" if int(ecu, 16) in EVERYBODY else ecu


def snapshot_words(before: KeptCheckup | None) -> str:
    """Name the snapshot that a check-up is compared with: what it was, day and time."""
    if before is None:
        return "the one before"
    what = {
        CheckupKind.CHECKUP: "the check-up of",
        CheckupKind.BEFORE_CLEAR: "what was there before clearing on",
        CheckupKind.AFTER_CLEAR: "what was there after clearing on",
    }
    return f"{what[before.kind]} {_when(before)}"


def _when(kept: KeptCheckup) -> str:
    return f"{kept.taken.astimezone():%Y-%m-%d %H:%M}"
