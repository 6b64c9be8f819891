"""A paper as a PDF file."""

from pathlib import Path

from cartech_desk.reports.drawing import Drawing
from cartech_desk.reports.drawing_pdf import pdf_of
from cartech_desk.reports.whole_file import check_target, write_whole


def write_paper(drawing: Drawing, path: Path) -> Path:
    """Write a paper to a PDF, whole or not at all. Errors: ExportRefused, ExportFailed."""
    check_target(path, (".pdf",), "A paper")
    write_whole(path, pdf_of(drawing))
    return path
