"""Writing a performance report, with its trace in the audit log."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.reports.performance_report import PerformanceReport
from cartech_desk.reports.whole_file import check_target, write_whole

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

_ENDINGS = (".pdf", ".xlsx", ".json")


def usual_name(report: PerformanceReport, ending: str) -> str:
    """Return a file name that tells vehicle and day."""
    words = f"{report.vehicle.name} performance {report.issued:%Y-%m-%d}"
    return (re.sub(r"[^\w.-]+", "_", words).strip("._")[:120] or "performance") + ending


def write(store: "Store", by: Actor, report: PerformanceReport, path: Path) -> Path:
    """Write a report; the file's ending says as what.

    Errors: NotSignedIn, RightMissing; ExportRefused, ExportFailed with nothing left half.
    """
    require(by, Act.EXPORT)
    path = Path(path)
    check_target(path, _ENDINGS, "A performance report")
    content = content_of(report, path.suffix.lower())
    entry = Entry(
        "performance.report",
        Entity("vehicle", report.vehicle.id, report.vehicle.name, report.vehicle.id),
        after={
            "file": str(path.absolute()),
            "sessions": len(report.history.points),
            "correction": report.history.correction,
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    intent = store.audit.intent(by, entry)
    done = False
    try:
        write_whole(path, content)
        done = True
    finally:
        store.audit.result(intent, done=done, after={"bytes": len(content)})
    return path


def content_of(report: PerformanceReport, ending: str) -> bytes:
    """Return the whole content of a report's file."""
    if ending == ".json":
        from cartech_desk.reports.performance_json import json_of

        return json_of(report)
    if ending == ".xlsx":
        from cartech_desk.reports.performance_workbook import workbook_of

        return workbook_of(report)
    from cartech_desk.reports.drawing_pdf import pdf_of
    from cartech_desk.reports.performance_layout import lay_out

    return pdf_of(lay_out(report))
