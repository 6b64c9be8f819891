"""The audit log as PDF: a table to be read and filed, with the head's hash on every page.

A printed page is an anchor: `cartech-desk audit verify --anchor SEQUENCE:HASH` compares it with the
log later. The same records and the same verdict give the same bytes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.domain.audit_words import act_words, change_words
from cartech_desk.reports.faces import faces
from cartech_desk.reports.selection import unfinished

_ARROW: Final = "\u203a"
"""Roboto has no other arrow."""
_TITLES: Final = ("No.", "Time (UTC)", "Person", "Act", "What", f"Before {_ARROW} after", "Reason")
_SHARES: Final = (0.055, 0.105, 0.13, 0.13, 0.15, 0.27, 0.16)
_TYPE: Final = 7.5
_LEADING: Final = 9.5
_MARGIN: Final = 40.0
_HEAD: Final = 64.0
_FOOT: Final = 40.0
_CELL_MOST: Final = 700
"""Letters of one cell that are printed: a page must hold each row. The CSV file holds all."""
_CHUNK: Final = 400
"""Rows of one table: laying out grows with its square."""


def write_audit_pdf(
    records: Iterable[AuditRecord],
    verdict: Verdict,
    path: Path,
    *,
    asked: str = "",
    shop: str = "",
) -> None:
    """Write the records to `path`; `asked` says in words what they were narrowed to.

    Errors: ExportFailed.
    """
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    face, bold = faces()
    width, height = landscape(A4)
    with unfinished(path) as part:
        document = BaseDocTemplate(
            str(part),
            pagesize=(width, height),
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            title="Audit log",
            author="CarTech Desk",
            subject=f"Head {verdict.head_sequence}:{verdict.head_hash}",
            invariant=1,
        )
        frame = Frame(
            _MARGIN,
            _FOOT,
            width - 2 * _MARGIN,
            height - _HEAD - _FOOT,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        document.addPageTemplates([PageTemplate("page", [frame])])
        story = _story(list(records), width - 2 * _MARGIN, face, bold)
        document.build(story, canvasmaker=_numbered(verdict, asked, shop, face, bold))


def _story(records: list[AuditRecord], width: float, face: str, bold: str) -> list[Any]:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table, TableStyle

    plain = ParagraphStyle(
        "cell", fontName=face, fontSize=_TYPE, leading=_LEADING, splitLongWords=1, wordWrap="LTR"
    )
    head = ParagraphStyle("head", parent=plain, fontName=bold)
    if not records:
        return [Paragraph("No record matches what was asked for.", plain)]
    widths = [width * share for share in _SHARES]
    titles = [Paragraph(title, head) for title in _TITLES]
    look = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.HexColor("#16191D")),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.HexColor("#B6BEC8")),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    story = []
    for first in range(0, len(records), _CHUNK):
        rows = [
            [Paragraph(_markup(cell), plain) for cell in _cells(record)]
            for record in records[first : first + _CHUNK]
        ]
        story.append(Table([titles, *rows], colWidths=widths, repeatRows=1, style=look))
    return story


def _cells(record: AuditRecord) -> tuple[str, ...]:
    if record.problem:
        problem = f"This record cannot be read: {record.problem}."
        return (str(record.sequence), "", "", act_words(record), problem, record.reason, "")
    role = f", {record.actor.role.value}" if record.actor.role is not None else ""
    unkeyed = "" if record.keyed else " (not signed)"
    return (
        f"{record.sequence}{unkeyed}",
        f"{record.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{record.actor.name}{role}",
        act_words(record),
        record.entity.name or record.entity.id or record.entity.kind,
        change_words(record, _ARROW),
        record.reason,
    )


def _markup(text: str) -> str:
    """Return a text as reportlab's markup: no letter of it is taken for a tag."""
    words = " ".join(text.split())
    shown = words if len(words) <= _CELL_MOST else words[:_CELL_MOST] + " …"
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in shown)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _numbered(verdict: Verdict, asked: str, shop: str, face: str, bold: str) -> Any:
    """Return a canvas that knows how many pages there are before it draws the first one's head."""
    from reportlab.lib import colors
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc] # reportlab has no types
        def __init__(self, *words: Any, **named: Any) -> None:
            super().__init__(*words, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 (reportlab's name)
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self._frame(number, len(self._pages))
                super().showPage()
            super().save()

        def _frame(self, number: int, pages: int) -> None:
            width, height = self._pagesize
            top = height - 30
            self.setFillColor(colors.HexColor("#16191D"))
            self.setFont(bold, 13)
            self.drawString(_MARGIN, top, "Audit log" + (f" \u2013 {shop}" if shop else ""))
            self.setFont(face, 8)
            self.drawRightString(width - _MARGIN, top, f"Page {number} of {pages}")
            self.drawString(_MARGIN, top - 14, _fitting(asked or "All records, newest first", 150))
            good = verdict.ok and not verdict.warnings
            color = "#157A48" if good else "#936200" if verdict.ok else "#C62828"
            self.setFillColor(colors.HexColor(color))
            words = _fitting(verdict_words(verdict), 120)
            self.drawRightString(width - _MARGIN, top - 14, words)
            self._lamp(width - _MARGIN - self.stringWidth(words, face, 8) - 10, top - 14)
            self.setFillColor(colors.HexColor("#5A6675"))
            self.setFont(face, 7)
            self.drawString(
                _MARGIN,
                22,
                f"Head of the log {verdict.head_sequence}:{verdict.head_hash or 'empty'}",
            )
            self.drawRightString(
                width - _MARGIN, 22, "Compare: cartech-desk audit verify --anchor SEQUENCE:HASH"
            )

        def _lamp(self, left: float, bottom: float) -> None:
            """Draw the verdict's shape: no state is told by its colour alone."""
            if verdict.ok and not verdict.warnings:
                self.circle(left + 3, bottom + 3, 3, stroke=0, fill=1)
            elif verdict.ok:
                shape = self.beginPath()
                shape.moveTo(left, bottom)
                shape.lineTo(left + 6, bottom)
                shape.lineTo(left + 3, bottom + 6)
                shape.close()
                self.drawPath(shape, stroke=0, fill=1)
            else:
                self.rect(left, bottom, 6, 6, stroke=0, fill=1)

    return Numbered


def verdict_words(verdict: Verdict) -> str:
    """Return a verdict in one line."""
    at = verdict.at or datetime.now(UTC)
    when = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not verdict.ok:
        return f"BROKEN, verified {when}: {verdict.problem}"
    count = f"{verdict.records} records" if verdict.records != 1 else "1 record"
    if verdict.warnings:
        return f"{count} whole, verified {when}: {verdict.warnings[0]}"
    return f"{count} whole and keyed, verified {when}"


def _fitting(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
