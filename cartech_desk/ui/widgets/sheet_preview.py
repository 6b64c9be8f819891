"""A sheet as it will be printed: pages on the screen, saved, opened, printed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.reports.drawing import Drawing
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.sheet_choices import SheetChoices, Wishes, wishes_of
from cartech_desk.ui.widgets.sheet_pages import SheetPages

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from cartech_desk.reports.dyno_sheet import Sheet

_KINDS: Final = {
    ".pdf": "PDF, to print and to send (*.pdf)",
    ".xlsx": "Excel workbook, with the raw data (*.xlsx)",
    ".json": "JSON, to compute it again (*.json)",
}
_SIDE: Final = 308
_SIZE: Final = (1280, 720)


class SheetPreview(QDialog):
    """Preview of a sheet of these runs; correction, smoothing and paper are chosen here too.

    `sheet` and `drawing` are those in sight, None until they are laid out. `ask_path`, `open_file`
    and `ask_printer` are replaceable where nobody can be asked.
    """

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        run_ids: Sequence[str],
        view: View,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._acts = desk, acts
        self._run_ids = tuple(run_ids)
        self.sheet: Sheet | None = None
        self.drawing: Drawing | None = None
        self._saved: tuple[Sheet, Path] | None = None
        self._busy = False
        self._work = NewestOnly(self, self._refused)
        self.ask_path: Callable[[Path, str], Path | None] = self._ask_path
        self.open_file: Callable[[Path], bool] = _open_file
        self.ask_printer: Callable[[QPrinter, Callable[[], None]], None] = self._ask_printer
        self.setWindowTitle("Dyno sheet")
        self.setProperty("bay", True)
        self.setModal(True)
        self._build(wishes_of(view, desk.settings.values))
        self._make_keys()
        theme_changed.connect(self._dress)
        self.finished.connect(lambda _result: self._let_go())
        acts.operator_changed.connect(lambda _now: self._show_rights())
        self._dress()
        self._show_rights()
        self.refresh()

    # How it is made

    def _build(self, wishes: Wishes) -> None:
        self.pages = SheetPages()
        self.pages.turned.connect(self._turned)
        self.choices = SheetChoices(wishes)
        self.choices.changed.connect(self.refresh)
        self.page_label = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.smaller = self._button("−", self.pages.zoom_out, "Smaller (Ctrl+-)")  # noqa: RUF001
        self.larger = self._button("+", self.pages.zoom_in, "Larger (Ctrl++)")
        self.fit = self._button("Fit width", self.pages.fit_width, "Fit width (Ctrl+0)")
        self.before = self._button("", lambda: self.pages.turn(-1), "Page before (Page up)")
        self.after = self._button("", lambda: self.pages.turn(1), "Next page (Page down)")
        self.save_pdf = self._button("Save as PDF  Ctrl+S", lambda: self.save(".pdf"), "")
        self.save_pdf.setProperty("role", "primary")
        self.save_pdf.setDefault(True)
        self.save_excel = self._button("Excel  Ctrl+E", lambda: self.save(".xlsx"), "")
        self.save_json = self._button("JSON  Ctrl+J", lambda: self.save(".json"), "")
        self.open_button = self._button("Open in viewer  Ctrl+O", self.open_in_viewer, "")
        self.print_button = self._button("Print  Ctrl+P", self.print_sheet, "")
        self.leave = self._button("Close  Esc", self.reject, "")
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
        whole = QHBoxLayout(self)
        whole.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        whole.setSpacing(Space.M)
        whole.addLayout(left, 1)
        whole.addWidget(self._side())
        self.pages.setFocus()
        self._fit_screen()

    def _side(self) -> QWidget:
        """Return the right column: choices scroll where the screen is low, acts stay in sight."""
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self.choices)
        column.addWidget(scrolled, 1)
        column.addWidget(self.words)
        column.addWidget(self.save_pdf)
        pair = QHBoxLayout()
        pair.setSpacing(Space.S)
        pair.addWidget(self.save_excel)
        pair.addWidget(self.save_json)
        column.addLayout(pair)
        column.addWidget(self.open_button)
        pair = QHBoxLayout()
        pair.setSpacing(Space.S)
        pair.addWidget(self.print_button)
        pair.addWidget(self.leave)
        column.addLayout(pair)
        return side

    def _button(self, words: str, act: Callable[[], Any], tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setMinimumHeight(Size.CONTROL_BAY)
        button.setToolTip(tip)
        button.setAccessibleName(tip or words)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _make_keys(self) -> None:
        for keys, act in (
            ("Ctrl+S", lambda: self.save(".pdf")),
            ("Ctrl+E", lambda: self.save(".xlsx")),
            ("Ctrl+J", lambda: self.save(".json")),
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

    def _dress(self) -> None:
        self.before.setIcon(icon("chevron-up"))
        self.after.setIcon(icon("chevron-down"))
        self.save_pdf.setIcon(icon("export", "on_accent"))
        self.pages.update()

    def _fit_screen(self) -> None:
        """Be as large as a sheet deserves, within the window that it belongs to."""
        above = self.parentWidget().window() if self.parentWidget() is not None else None
        if above is None:
            self.resize(*_SIZE)
        else:
            self.resize(max(900, above.width() - 80), max(560, above.height() - 60))

    def _let_go(self) -> None:
        """Keep no pages once it is closed: each preview is made anew."""
        self._work.forget()
        self.pages.show_drawing(Drawing((), "", ""))

    # What it shows

    def refresh(self) -> None:
        """Gather and lay out the sheet as it is wished for now, in the background."""
        wishes, by = self.choices.wishes, self._acts.actor
        look = getattr(self._desk.settings.values, "sheets", None)
        sheets, run_ids = self._desk.bay.sheets, self._run_ids
        self._say("Laying out …" if self.drawing is None else "")

        def work() -> "tuple[Sheet, Drawing]":
            from cartech_desk.reports.dyno_layout import lay_out

            sheet = sheets.sheet(
                run_ids,
                wishes.view,
                by,
                paper=wishes.paper,
                units=wishes.units,
                power_unit=wishes.power_unit,
                table_step_rpm=wishes.table_step_rpm,
                address=getattr(look, "address", ""),
                logo=getattr(look, "logo", None),
            )
            return sheet, lay_out(sheet)

        self._work.ask(work, self._arrived)

    def _arrived(self, made: "tuple[Sheet, Drawing]") -> None:
        self.sheet, self.drawing = made
        self.setWindowTitle(f"Dyno sheet: {self.drawing.title}")
        self.pages.show_drawing(self.drawing)
        if not self._busy:
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
            (self.save_excel, "Numbers, native charts and the raw data (Ctrl+E)"),
            (self.save_json, "Raw data and parameters, to compute it again (Ctrl+J)"),
            (self.open_button, "Open the PDF in the system's viewer (Ctrl+O)"),
            (self.print_button, "Print the sheet (Ctrl+P)"),
        ):
            button.setEnabled(not why and not self._busy and self.sheet is not None)
            button.setToolTip(why or tip)

    # What it does

    def save(self, ending: str) -> None:
        """Ask for a file and write the sheet to it."""
        if self.sheet is None or not self.save_pdf.isEnabled():
            return
        path = self.ask_path(self._usual_path(ending), _KINDS[ending])
        if path is None:
            return
        if path.suffix.lower() != ending:
            path = path.with_name(path.name + ending)
        self._write(path, lambda written: self._say(f"Saved: {written}"))

    def open_in_viewer(self) -> None:
        """Open the sheet's PDF; where it was not saved yet, one for the day is written."""
        if self.sheet is None or not self.open_button.isEnabled():
            return
        if self._saved is not None and self._saved[0] is self.sheet and self._saved[1].is_file():
            self._open(self._saved[1])
            return
        temporary = QStandardPaths.StandardLocation.TempLocation
        folder = Path(QStandardPaths.writableLocation(temporary) or ".") / "CarTech Desk sheets"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._say(f"The folder {folder} cannot be made ({error.strerror}).", error=True)
            return
        self._write(folder / self._usual_path(".pdf").name, self._open)

    def _open(self, path: Path) -> None:
        if self.open_file(path):
            self._say(f"Opened: {path}")
        else:
            self._say(f"No program opens it. The sheet is here: {path}", error=True)

    def _write(self, path: Path, then: Callable[[Path], None]) -> None:
        sheet, by, sheets = self.sheet, self._acts.actor, self._desk.bay.sheets
        self._set_busy(f"Writing {path.name} …")

        def done(written: Path) -> None:
            self._set_busy("")
            if written.suffix.lower() == ".pdf":
                self._saved = (sheet, written)
            then(written)

        in_background(lambda: sheets.write(sheet, path, by), self, done, self._refused)

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

        sheet, drawing, by = self.sheet, self.drawing, self._acts.actor
        sheets, name = self._desk.bay.sheets, printer.printerName()
        self._set_busy("Printing …")

        def work() -> bool:
            taken = print_pages(printer, drawing)
            if taken:
                sheets.printed(sheet, name, by)
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

    def _usual_path(self, ending: str) -> Path:
        from cartech_desk.bay.dyno_sheets import usual_name

        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(documents)
        return Path(folder or ".") / usual_name(self.sheet, ending)

    def _ask_path(self, usual: Path, kind: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the sheet", str(usual), kind)
        return Path(name) if name else None


def _open_file(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
