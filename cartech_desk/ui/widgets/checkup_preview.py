"""The check-up's sheet as the customer gets it: pages on the screen, saved, opened, printed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.checkup_sheets import SheetLook
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.reports.drawing import Drawing
from cartech_desk.store.checkups import CheckupSummary, KeptCheckup
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.sheet_pages import SheetPages

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_SIDE: Final = 260
_SIZE: Final = (1100, 720)
_KINDS: Final = {
    ".pdf": "PDF, to print and to send (*.pdf)",
    ".json": "JSON, with all values (*.json)",
}


class CheckupPreview(QDialog):
    """Preview of the sheet of one check-up.

    `ask_path`, `open_file` and `ask_printer` are replaceable where nobody can be asked.
    """

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        checkup: CheckupSummary | KeptCheckup,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._acts, self._checkup = desk, acts, checkup
        self._units = unit_system(desk.settings.values).value
        self._look = SheetLook.of(getattr(desk.settings.values, "sheets", None))
        self.drawing: Drawing | None = None
        self._saved: Path | None = None
        self._busy = False
        self._work = NewestOnly(self, self._refused)
        self.ask_path: Callable[[Path], Path | None] = self._ask_path
        self.open_file: Callable[[Path], bool] = _open_file
        self.ask_printer: Callable[[QPrinter, Callable[[], None]], None] = self._ask_printer
        self.setWindowTitle(f"Check-up of {checkup.vehicle_name}")
        self.setProperty("bay", True)
        self.setModal(True)
        self._build()
        theme_changed.connect(self._dress)
        self.finished.connect(lambda _result: self._work.forget())
        acts.operator_changed.connect(lambda _now: self._show_rights())
        self._dress()
        self._show_rights()
        self.refresh()

    def _build(self) -> None:
        self.pages = SheetPages()
        self.pages.turned.connect(self._turned)
        self.page_label = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.smaller = self._button("\N{MINUS SIGN}", self.pages.zoom_out, "Smaller (Ctrl+-)")
        self.larger = self._button("+", self.pages.zoom_in, "Larger (Ctrl++)")
        self.fit = self._button("Fit width", self.pages.fit_width, "Fit width (Ctrl+0)")
        self.before = self._button("", lambda: self.pages.turn(-1), "Page before (Page up)")
        self.after = self._button("", lambda: self.pages.turn(1), "Next page (Page down)")
        self.save_pdf = self._button("Save as PDF  Ctrl+S", self.save, "")
        self.save_pdf.setProperty("role", "primary")
        self.save_pdf.setDefault(True)
        self.save_json = self._button("Export as JSON  Ctrl+J", self.export_json, "")
        self.open_button = self._button("Open in viewer  Ctrl+O", self.open_in_viewer, "")
        self.print_button = self._button("Print  Ctrl+P", self.print_sheet, "")
        self.leave = self._button("Close  Esc", self.reject, "")
        for keys, act in (
            ("Ctrl+S", self.save),
            ("Ctrl+J", self.export_json),
            ("Ctrl+O", self.open_in_viewer),
            ("Ctrl+P", self.print_sheet),
            ("Ctrl++", self.pages.zoom_in),
            ("Ctrl+=", self.pages.zoom_in),
            ("Ctrl+-", self.pages.zoom_out),
            ("Ctrl+0", self.pages.fit_width),
            ("PgDown", lambda: self.pages.turn(1)),
            ("PgUp", lambda: self.pages.turn(-1)),
        ):
            QShortcut(QKeySequence(keys), self, activated=act)
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for widget in (self.smaller, self.larger, self.fit):
            bar.addWidget(widget)
        bar.addStretch(1)
        for widget in (self.before, self.page_label, self.after):
            bar.addWidget(widget)
        left = QVBoxLayout()
        left.setSpacing(Space.S)
        left.addLayout(bar)
        left.addWidget(self.pages, 1)
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.words)
        column.addStretch(1)
        buttons = (self.save_pdf, self.open_button, self.print_button, self.save_json, self.leave)
        for button in buttons:
            column.addWidget(button)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        whole.setSpacing(Space.M)
        whole.addLayout(left, 1)
        whole.addWidget(side)
        self.pages.setFocus()
        above = self.parentWidget().window() if self.parentWidget() is not None else None
        if above is None:
            self.resize(*_SIZE)
        else:
            self.resize(max(900, above.width() - 160), max(560, above.height() - 60))

    def _button(self, words: str, act: Callable[[], Any], tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setMinimumHeight(Size.CONTROL_BAY)
        button.setToolTip(tip)
        button.setAccessibleName(tip or words)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _dress(self) -> None:
        self.before.setIcon(icon("chevron-up"))
        self.after.setIcon(icon("chevron-down"))
        self.save_pdf.setIcon(icon("export", "on_accent"))
        self.pages.update()

    # What it shows

    def refresh(self) -> None:
        """Lay out the sheet, in the background."""
        bay, number, units, look = self._desk.bay, self._checkup.id, self._units, self._look
        self._say("Laying out …")
        self._work.ask(
            lambda: bay.faults.sheets.drawing(number, units=units, look=look), self._arrived
        )

    def _arrived(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.pages.show_drawing(drawing)
        self._say("")
        self._show_rights()

    def _turned(self, page: int, pages: int) -> None:
        self.page_label.setText(f"Page {page} of {pages}" if pages else "")
        self.before.setEnabled(page > 1)
        self.after.setEnabled(page < pages)

    def _say(self, words: str, *, error: bool = False) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.words.setProperty("role", "error" if error else "help")
        self.words.style().polish(self.words)

    def _refused(self, error: BaseException) -> None:
        self._busy = False
        if isinstance(error, CarTechError):
            self._say(error.message, error=True)
        else:
            self._say("")
            self._acts.tell(error)
        self._show_rights()

    def _show_rights(self) -> None:
        why = why_not(self._desk.office.session.now, Act.EXPORT)
        for button, tip in (
            (self.save_pdf, "Save the sheet as it is shown (Ctrl+S)"),
            (self.open_button, "Open the PDF in the system's viewer (Ctrl+O)"),
            (self.print_button, "Print the sheet (Ctrl+P)"),
            (self.save_json, "All values of the check-up, for other programs (Ctrl+J)"),
        ):
            button.setEnabled(not why and not self._busy and self.drawing is not None)
            button.setToolTip(why or tip)

    # What it does

    def save(self) -> None:
        """Ask for a file and write the sheet to it."""
        if self.drawing is None or not self.save_pdf.isEnabled():
            return
        path = self._asked(".pdf")
        if path is not None:
            self._write(path, lambda written: self._say(f"Saved: {written}"))

    def export_json(self) -> None:
        """Ask for a file and write all values of the check-up to it."""
        if not self.save_json.isEnabled():
            return
        path, bay = self._asked(".json"), self._desk.bay
        if path is None:
            return
        number, by = self._checkup.id, self._acts.actor
        self._set_busy(f"Writing {path.name} …")

        def done(written: Path) -> None:
            self._set_busy("")
            self._say(f"Exported: {written}")

        in_background(
            lambda: bay.faults.sheets.write_json(number, path, by), self, done, self._refused
        )

    def _asked(self, ending: str) -> Path | None:
        """Ask for a file of this ending."""
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents) or ".")
        path = self.ask_path(folder / self._usual_name(ending))
        if path is None or path.suffix.lower() == ending:
            return path
        return path.with_name(path.name + ending)

    def open_in_viewer(self) -> None:
        """Open the sheet's PDF; where it was not saved yet, one for the day is written."""
        if self.drawing is None or not self.open_button.isEnabled():
            return
        if self._saved is not None and self._saved.is_file():
            self._open(self._saved)
            return
        temporary = QStandardPaths.StandardLocation.TempLocation
        folder = Path(QStandardPaths.writableLocation(temporary) or ".") / "CarTech Desk sheets"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._say(f"The folder {folder} cannot be made ({error.strerror}).", error=True)
            return
        self._write(folder / self._usual_name(".pdf"), self._open)

    def _open(self, path: Path) -> None:
        if self.open_file(path):
            self._say(f"Opened: {path}")
        else:
            self._say(f"No program opens it. The sheet is here: {path}", error=True)

    def _write(self, path: Path, then: Callable[[Path], None]) -> None:
        bay, number, units, by = self._desk.bay, self._checkup.id, self._units, self._acts.actor
        look = self._look
        self._set_busy(f"Writing {path.name} …")

        def done(written: Path) -> None:
            self._set_busy("")
            self._saved = written
            then(written)

        in_background(
            lambda: bay.faults.sheets.write(number, path, by, units=units, look=look),
            self,
            done,
            self._refused,
        )

    def _set_busy(self, words: str) -> None:
        self._busy = bool(words)
        self._say(words)
        self._show_rights()

    def print_sheet(self) -> None:
        """Ask for a printer and print the same pages."""
        if self.drawing is None or not self.print_button.isEnabled():
            return
        from PySide6.QtPrintSupport import QPrinter

        from cartech_desk.ui.widgets.sheet_painting import set_up

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_up(printer, self.drawing)
        self.ask_printer(printer, lambda: self._print_on(printer))

    def _print_on(self, printer: "QPrinter") -> None:
        from cartech_desk.ui.widgets.sheet_painting import print_pages

        drawing, number, by = self.drawing, self._checkup.id, self._acts.actor
        bay, name = self._desk.bay, printer.printerName()
        self._set_busy("Printing …")

        def work() -> bool:
            taken = print_pages(printer, drawing)
            if taken:
                bay.faults.sheets.printed(number, name, by)
            return taken

        def done(taken: bool) -> None:
            self._set_busy("")
            if taken:
                self._say(f"Printed on {name}." if name else "Printed.")
            else:
                self._say("The printer takes nothing. Is it switched on?", error=True)

        in_background(work, self, done, self._refused)

    def _ask_printer(self, printer: "QPrinter", go: Callable[[], None]) -> None:
        from PySide6.QtPrintSupport import QPrintDialog

        asked = QPrintDialog(printer, self)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.accepted.connect(go)
        asked.open()

    def _usual_name(self, ending: str) -> str:
        from cartech_desk.bay.checkup_sheets import usual_name

        return usual_name(self._checkup, ending)

    def _ask_path(self, usual: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the check-up", str(usual), _KINDS[usual.suffix]
        )
        return Path(name) if name else None


def _open_file(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
