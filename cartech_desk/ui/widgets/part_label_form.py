"""Labels for the shelf: which parts, how many, on which sheet, with a preview as it is printed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.parts.part import Part
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.paper_printing import PaperPrinting
from cartech_desk.ui.widgets.record_tabs import plain_label, say
from cartech_desk.ui.widgets.sheet_pages import SheetPages
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.part_files import PartFiles
    from cartech_desk.reports.drawing import Drawing

_SIZE: Final = (980, 640)
_SIDE: Final = 300
_SETTLE_MS: Final = 200


class PartLabelForm(QDialog):
    """Lays labels out while one chooses; prints them, or writes them as PDF.

    `drawing` is what is in sight.
    """

    def __init__(
        self,
        files: Callable[[], "PartFiles"],
        parts: Sequence[Part],
        failed: Callable[[BaseException], None],
        said: Callable[[str], None],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Labels")
        self.resize(*_SIZE)
        self._files, self._parts, self._failed, self._said = files, tuple(parts), failed, said
        self.drawing: Drawing | None = None
        self.ask_path: Callable[[], Path | None] = self._ask_path
        self._work = NewestOnly(self, self._refused)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.lay_out)
        self.pages = SheetPages()
        self.each = QLineEdit("1")
        self.skip = QLineEdit("0")
        self.sheet = QComboBox()
        self.code = QComboBox()
        for words, key in (("Bars (Code 128)", "code128"), ("QR", "qr")):
            self.code.addItem(words, key)
        self.price = QCheckBox("With the price")
        self.fields: dict[str, Field] = {
            "quantity": Field("How many of each part", self.each, error_below=True),
            "sheet": Field("Sheet or roll", self.sheet, error_below=True),
            "skip": Field(
                "Places used already",
                self.skip,
                help_words="Of the first sheet: counted along the rows.",
                error_below=True,
            ),
            "code": Field("Number as", self.code, error_below=True),
        }
        self.wrong = plain_label("error")
        self.save = QPushButton("Save as PDF…  Ctrl+S")
        self.save.setProperty("role", "primary")
        self.save.setShortcut("Ctrl+S")
        self.save.clicked.connect(lambda _checked=False: self.write())
        self.print_button = QPushButton("Print…  Ctrl+P")
        self.print_button.setAutoDefault(False)
        self.print_button.setShortcut("Ctrl+P")
        self.print_button.clicked.connect(lambda _checked=False: self.print_labels())
        self.printing = PaperPrinting(self, lambda: None, self._printed, self._refused)
        self.leave = QPushButton("Close")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self._build()
        for line in (self.each, self.skip):
            line.textEdited.connect(lambda _text: self._settle.start())
        for box in (self.sheet, self.code):
            box.currentIndexChanged.connect(lambda _index: self.lay_out())
        self.price.toggled.connect(lambda _on: self.lay_out())
        in_background(lambda: self._files().sheets(), self, self._sheets, failed)

    def _build(self) -> None:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(Space.M)
        what = self._parts[0].name if len(self._parts) == 1 else counted(len(self._parts), "part")
        head = QLabel(what)
        head.setProperty("role", "heading")
        head.setWordWrap(True)
        head.setTextFormat(Qt.TextFormat.PlainText)
        right.addWidget(head)
        for field in self.fields.values():
            field.beside.setStretch(0, 1)
            right.addWidget(field)
        right.addWidget(self.price)
        right.addWidget(self.wrong)
        right.addStretch(1)
        right.addWidget(self.print_button)
        right.addWidget(self.save)
        right.addWidget(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        row.setSpacing(Space.M)
        row.addWidget(self.pages, 1)
        row.addWidget(side)
        say(self.wrong, "")

    @property
    def busy(self) -> bool:
        """Whether pages are being laid out."""
        return self._work.busy or self._settle.isActive()

    def _sheets(self, sheets: Sequence[object]) -> None:
        self.sheet.blockSignals(True)
        for one in sheets:
            self.sheet.addItem(one.words, one.key)  # type: ignore[attr-defined]
        self.sheet.blockSignals(False)
        self.lay_out()

    def lay_out(self) -> None:
        """Lay the labels out as they are chosen now."""
        self._settle.stop()
        numbers = {
            name: _whole(line.text()) for name, line in (("each", self.each), ("skip", self.skip))
        }
        self._show({"quantity": "" if numbers["each"] is not None else "Write a whole number."})
        if numbers["skip"] is None:
            self._show({"skip": "Write a whole number."})
        if None in numbers.values():
            self._let_out(False)
            return
        each, skip = numbers["each"] or 0, numbers["skip"] or 0
        wanted = [(part.id, each) for part in self._parts]
        sheet, code = str(self.sheet.currentData() or ""), str(self.code.currentData())
        price, files = self.price.isChecked(), self._files
        self._work.ask(
            lambda: files().labels(wanted, sheet=sheet, skip=skip, code=code, with_price=price),
            self._laid_out,
        )

    def _laid_out(self, drawing: "Drawing") -> None:
        self.drawing = drawing
        self._show({})
        self._let_out(True)
        self.pages.show_drawing(drawing)

    def _show(self, wrong: Mapping[str, str]) -> None:
        for name, field in self.fields.items():
            field.show_error(wrong.get(name, ""))
        say(self.wrong, " ".join(words for name, words in wrong.items() if name not in self.fields))

    def _let_out(self, whole: bool) -> None:
        """Let what is in sight be printed and saved, or not while something is wrong with it."""
        for made in (self.print_button, self.save):
            made.setEnabled(whole)

    def _refused(self, error: BaseException) -> None:
        self._let_out(False)
        if isinstance(error, CarTechError):
            found: Mapping[str, str] = getattr(error, "wrong", None) or {"": error.message}
            self._show(found)
        else:
            self._failed(error)

    def print_labels(self) -> None:
        """Ask for a printer and print the labels."""
        if self.drawing is not None and self.print_button.isEnabled():
            self.printing.ask(self.drawing)

    def _printed(self, words: str, trouble: bool) -> None:
        if trouble:
            say(self.wrong, words)
        else:
            self._said(words)

    def write(self) -> None:
        """Write the labels as PDF."""
        drawing = self.drawing
        path = self.ask_path() if drawing is not None else None
        if drawing is None or path is None:
            return

        def work() -> Path:
            from cartech_desk.reports.drawing_pdf import pdf_of
            from cartech_desk.reports.whole_file import check_target, write_whole

            check_target(path, (".pdf",), "The labels")
            write_whole(path, pdf_of(drawing))
            return path

        in_background(work, self, self._written, self._refused)

    def _written(self, path: Path) -> None:
        self._said(f"The labels are written to {path.name}.")
        self.accept()

    def _ask_path(self) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the labels", "labels.pdf", "PDF (*.pdf)")
        return Path(name) if name else None


def _whole(text: str) -> int | None:
    words = text.strip()
    return int(words) if words.isdecimal() and len(words) < 6 else None
