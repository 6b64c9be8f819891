"""A purchase order as it will be printed and sent: its pages, printed, saved and opened."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.attachment_list import open_in_viewer
from cartech_desk.ui.widgets.paper_printing import PaperPrinting
from cartech_desk.ui.widgets.record_tabs import button, plain_label
from cartech_desk.ui.widgets.sheet_pages import SheetPages

if TYPE_CHECKING:
    from cartech_desk.reports.drawing import Drawing

_SIZE: Final = (900, 680)


class PartOrderPaper(QDialog):
    """Shows pages; `name` is proposed for the file. `ask_path` and `open_file` are replaceable."""

    def __init__(
        self,
        title: str,
        drawing: "Drawing",
        name: str,
        failed: Callable[[BaseException], None],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(*_SIZE)
        self._drawing, self._name, self._failed = drawing, name, failed
        self._saved: Path | None = None
        self.ask_path: Callable[[Path], Path | None] = self._ask_path
        self.open_file: Callable[[Path], bool] = open_in_viewer
        self.pages = SheetPages()
        self.words = plain_label("muted")
        self.save = button("Save as PDF  Ctrl+S", self.write, role="primary")
        self.printing = PaperPrinting(
            self,
            lambda: self._tell("Printing …"),
            lambda words, _: self._tell(words),
            self._refused,
        )
        self.print_button = button(
            "Print  Ctrl+P", lambda: self.printing.ask(drawing), "Print these pages (Ctrl+P)"
        )
        self.open_button = button("Open in viewer", self.open_saved)
        self.open_button.setEnabled(False)
        self.leave = button("Close  Esc", self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.words, 1)
        for widget in (self.open_button, self.print_button, self.save, self.leave):
            widget.setAutoDefault(False)
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)
        QShortcut(QKeySequence("Ctrl+S"), self, self.write)
        QShortcut(QKeySequence("Ctrl+P"), self, lambda: self.printing.ask(drawing))
        self.pages.show_drawing(drawing)

    def write(self) -> None:
        """Write the pages as PDF."""
        place = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(place))
        path = self.ask_path(folder / self._name)
        if path is None:
            return
        drawing = self._drawing

        def work() -> Path:
            from cartech_desk.reports.drawing_pdf import pdf_of
            from cartech_desk.reports.whole_file import check_target, write_whole

            check_target(path, (".pdf",), "The order")
            write_whole(path, pdf_of(drawing))
            return path

        in_background(work, self, self._written, self._refused)

    def _written(self, path: Path) -> None:
        self._saved = path
        self.open_button.setEnabled(True)
        self.words.setText(f"Written to {path.name}.")

    def _tell(self, words: str) -> None:
        self.words.setText(words)

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, CarTechError):
            self.words.setText(error.message)
        else:
            self._failed(error)

    def open_saved(self) -> None:
        """Open what was written in the system's viewer."""
        if self._saved is not None:
            self.open_file(self._saved)

    def _ask_path(self, proposed: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the order", str(proposed), "PDF (*.pdf)")
        return Path(name) if name else None
