"""What a bug looks like: a sentence, a report to copy, and the desk goes on."""

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout

from cartech_desk import __version__
from cartech_desk.ui.theme.fonts import report_font
from cartech_desk.ui.theme.tokens import Size, Space

_LOG = logging.getLogger(__name__)
_MOST_LETTERS = 60_000


def crash_report(error: BaseException, where: str) -> str:
    """Write the report of a bug: versions, thread and trace; no data of the shop."""
    head = (
        f"CarTech Desk {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.platform()}\n{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}, in {where}\n\n"
    )
    return (head + "".join(traceback.format_exception(error)))[:_MOST_LETTERS]


class CrashDialog(QDialog):
    """Says that a bug was met. One dialog for all that follow, so that none hides the screen."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self.setWindowTitle("CarTech Desk met a mistake of its own")
        self.setMinimumSize(Size.FORM_WIDTH, Size.PALETTE_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        title = QLabel("This is a mistake of the desk, not yours")
        title.setProperty("role", "title")
        self.words = QLabel(
            f"{kept} You can go on working. Copy this report and send it to whoever looks after "
            "the desk; it holds no data of a customer."
        )
        self.words.setWordWrap(True)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setFont(report_font())
        self.report.setAccessibleName("Report of the mistake")
        copy = QPushButton("Copy the report")
        copy.clicked.connect(self._copy)
        go_on = QPushButton("Go on")
        go_on.setProperty("role", "primary")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(go_on)
        column.addWidget(title)
        column.addWidget(self.words)
        column.addWidget(self.report, 1)
        column.addLayout(row)
        go_on.setFocus()

    def add(self, report: str) -> None:
        """Add a report below those that stand."""
        before = self.report.toPlainText()
        self.report.setPlainText(f"{before}\n\n{report}" if before else report)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


class CrashWatch(QObject):
    """Takes every exception that nobody caught, in any thread, and shows it in the GUI thread."""

    _met = Signal(str)

    def __init__(
        self, kept: Callable[[], str], dress: Callable[[QDialog], None] | None = None
    ) -> None:
        """`kept` says in one sentence how the shop's work fares ("The recording goes on.").

        `dress` puts the look of the desk on the dialog, which has no parent to have it from.
        """
        super().__init__()
        self._kept = kept
        self._dress = dress
        self._dialog: CrashDialog | None = None
        self._known: set[str] = set()
        """Traces of this dialog: a mistake met ten times a second is told once."""
        self._before = (sys.excepthook, threading.excepthook)
        self._met.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def dialog(self) -> CrashDialog | None:
        """The dialog on the screen."""
        return self._dialog

    def start(self) -> None:
        """Watch from now on."""
        sys.excepthook = self._in_main_thread
        threading.excepthook = self._in_a_thread

    def stop(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _in_main_thread(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            QGuiApplication.quit()
            return
        self._report(error, "the screen")

    def _in_a_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._report(args.exc_value, f"thread {args.thread.name if args.thread else '?'}")

    def _report(self, error: BaseException, where: str) -> None:
        trace = "".join(traceback.format_exception(error))
        if trace in self._known:
            return
        self._known.add(trace)
        _LOG.error("bug in %s", where, exc_info=error)
        self._met.emit(crash_report(error, where))

    def _show(self, report: str) -> None:
        if self._dialog is None:
            self._dialog = CrashDialog(self._kept())
            if self._dress is not None:
                self._dress(self._dialog)
            self._dialog.finished.connect(self._closed)
            self._dialog.add(report)
            self._dialog.open()
        else:
            self._dialog.add(report)

    def _closed(self) -> None:
        self._dialog = None
        self._known.clear()
