"""Issuing the sheets of check-ups: the PDF for the customer, with a trace in the audit log."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.bay.fault_acts import CheckedUp
from cartech_desk.bay.sheet_files import PICTURE, Painter, page_files, write_files
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.reports.checkup_sheet import CheckupSheet, draw_checkup
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.store.checkups import KeptCheckup
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.bay.faults import Faults
    from cartech_desk.reports.drawing import Drawing

ENDINGS: Final = (".pdf",)
JSON: Final = ".json"
REPORT: Final = "checkup.report"


@dataclass(frozen=True, slots=True)
class SheetLook:
    """What the shop set for its sheets: paper, address beside its name, a logo (PNG or JPEG)."""

    paper: Paper = Paper.A4
    address: str = ""
    logo: Path | None = None

    @classmethod
    def of(cls, section: Any) -> "SheetLook":
        """Return what the settings' section of sheets says; the plain look where there is none."""
        if section is None:
            return PLAIN
        return cls(Paper(section.paper), section.address, section.logo)


PLAIN: Final = SheetLook()


def usual_name(kept: KeptCheckup, ending: str = ".pdf") -> str:
    """Return a file name that tells vehicle and day."""
    words = f"{kept.vehicle_name} check-up {kept.taken.astimezone():%Y-%m-%d_%H-%M}"
    return (re.sub(r"[^\w.-]+", "_", words).strip("._")[:120] or "check-up") + ending


class CheckupSheets:
    """Sheets of this desk's check-ups, by the check-up's id. Blocking, thread-safe.

    Errors of all: NotKept, StoreError; those with a `look` also LogoRefused.
    """

    def __init__(self, store: Store, faults: "Faults") -> None:
        self._store = store
        self._faults = faults

    def sheet(
        self, checkup_id: str, *, units: str = "metric", look: SheetLook = PLAIN
    ) -> CheckupSheet:
        """Gather what a check-up's sheet says."""
        return self._sheet(self._faults.checked_up(checkup_id), units, look)

    def drawing(
        self, checkup_id: str, *, units: str = "metric", look: SheetLook = PLAIN
    ) -> "Drawing":
        """Return the sheet laid out, for a preview and for paper."""
        return draw_checkup(self.sheet(checkup_id, units=units, look=look))

    def check(self, path: Path, *, paint: bool = False) -> None:
        """Refuse a path that no sheet can be written to. Errors: ExportRefused."""
        from cartech_desk.bay.export import check_file

        check_file(path, (*ENDINGS, PICTURE) if paint else ENDINGS)

    def write(
        self,
        checkup_id: str,
        path: Path,
        by: Actor,
        *,
        units: str = "metric",
        look: SheetLook = PLAIN,
        paint: Painter | None = None,
    ) -> Path:
        """Write the sheet of a check-up as PDF, with `paint` also as .png; audited.

        Errors: NotSignedIn, RightMissing; ExportRefused, ExportFailed with nothing left half.
        """
        require(by, Act.EXPORT)
        path = Path(path)
        self.check(path, paint=paint is not None)
        checked = self._faults.checked_up(checkup_id)
        files = _files(draw_checkup(self._sheet(checked, units, look)), path, paint)
        self._issue(checked.kept, files, by)
        return path

    def write_json(self, checkup_id: str, path: Path, by: Actor) -> Path:
        """Write a check-up with all its values as JSON, as `cartech-desk checkup show`; audited.

        Errors: as `write`.
        """
        from cartech_desk.bay.export import check_file
        from cartech_desk.domain.faults.told import told_scan

        require(by, Act.EXPORT)
        path = Path(path)
        check_file(path, (JSON,))
        kept = self._store.checkups.get(checkup_id)
        document = told_scan(kept.scan, lambda code: self._faults.meaning(code, kept.scan.vin))
        del document["connected"]  # of the day it was taken
        document |= {
            "checkup_id": kept.id,
            "vehicle": kept.vehicle_name,
            "kind": kept.kind.value,
            "taken": kept.taken.isoformat(),
            "operator": kept.operator.name if kept.operator is not None else "",
            "note": kept.note,
        }
        content = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False).encode()
        self._issue(kept, [(path, content)], by)
        return path

    def printed(self, checkup_id: str, printer: str, by: Actor) -> None:
        """Record that a sheet was printed on paper. Errors: NotSignedIn, RightMissing."""
        require(by, Act.EXPORT)
        kept = self._store.checkups.get(checkup_id)
        self._store.audit.note(by, _entry(kept, f"printed on {printer or 'a printer'}", ""))

    def _issue(self, kept: KeptCheckup, files: list[tuple[Path, bytes]], by: Actor) -> None:
        """Write the files, the first of which stands in the audit log, with intent and result."""
        path, content = files[0]
        digest = hashlib.sha256(content).hexdigest()
        intent = self._store.audit.intent(by, _entry(kept, str(path.absolute()), digest))
        done = False
        try:
            write_files(files)
            done = True
        finally:
            size = sum(len(content) for _, content in files)
            self._store.audit.result(intent, done=done, after={"bytes": size})

    def _sheet(self, checked: CheckedUp, units: str, look: SheetLook) -> CheckupSheet:
        from cartech_desk.bay.vin_facts import vin_facts
        from cartech_desk.reports.logo import read_logo

        kept, shop = checked.kept, self._store.people.shop()
        vin = kept.scan.vin
        return CheckupSheet(
            shop=shop.name if shop is not None else "",
            vehicle=kept.vehicle_name,
            vin_words=vin_facts(vin).words if vin else "",
            taken=kept.taken.astimezone(),
            operator=kept.operator.name if kept.operator is not None else "",
            scan=kept.scan,
            meanings=lambda code: self._faults.meaning(code, vin),
            difference=checked.difference,
            before_taken=checked.before.taken.astimezone() if checked.before is not None else None,
            before_kind=checked.before.kind.value if checked.before is not None else "",
            note=kept.note,
            units=units,
            address=look.address.strip(),
            logo=read_logo(look.logo) if look.logo is not None else b"",
            paper=look.paper,
        )


def _files(drawing: "Drawing", path: Path, paint: Painter | None) -> list[tuple[Path, bytes]]:
    """Return the whole content of every file before the first is written."""
    if path.suffix.lower() == PICTURE and paint is not None:
        pictures = paint(drawing)
        return list(zip(page_files(path, len(pictures)), pictures, strict=True))
    from cartech_desk.reports.drawing_pdf import pdf_of

    return [(path, pdf_of(drawing))]


def _entry(kept: KeptCheckup, file: str, sha256: str) -> Entry:
    """Return what the audit log says of a sheet that is issued."""
    name = f"{kept.vehicle_name}, {kept.taken:%Y-%m-%d %H:%M} UTC"
    return Entry(
        REPORT,
        Entity("checkup", kept.id, name, kept.vehicle_id),
        after={"file": file, "sha256": sha256},
    )
