"""Printing what a dialog shows: the printer is asked for, the pages go out in the background."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from cartech_desk.ui.background import in_background

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from cartech_desk.reports.drawing import Drawing


class PaperPrinting(QObject):
    """Prints drawings for a dialog. `ask_printer` is replaceable where nobody can be asked.

    `begun` is called once a printer is chosen; `ended` gets a sentence and whether it tells of
    trouble, `failed` what went wrong otherwise.
    """

    def __init__(
        self,
        dialog: QDialog,
        begun: Callable[[], None],
        ended: Callable[[str, bool], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        super().__init__(dialog)
        self._dialog, self._begun, self._ended, self._failed = dialog, begun, ended, failed
        self.ask_printer: Callable[[QPrinter, Callable[[], None]], None] = self._ask_printer

    def ask(self, drawing: "Drawing") -> None:
        """Ask for a printer and print these pages."""
        from PySide6.QtPrintSupport import QPrinter

        from cartech_desk.ui.widgets.sheet_painting import set_up

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_up(printer, drawing)
        self.ask_printer(printer, lambda: self._print(printer, drawing))

    def _print(self, printer: "QPrinter", drawing: "Drawing") -> None:
        from cartech_desk.ui.widgets.sheet_painting import print_pages

        name = printer.printerName()
        self._begun()

        def done(taken: bool) -> None:
            if taken:
                self._ended(f"Printed on {name}." if name else "Printed.", False)
            else:
                self._ended("The printer takes nothing. Is it switched on?", True)

        in_background(lambda: print_pages(printer, drawing), self, done, self._failed)

    def _ask_printer(self, printer: "QPrinter", go: Callable[[], None]) -> None:
        from PySide6.QtPrintSupport import QPrintDialog

        asked = QPrintDialog(printer, self._dialog)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.accepted.connect(go)
        asked.open()
