"""Closing the window while a recording runs: ask, write its end, then close."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from cartech_desk.ui.background import when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.gate import STANDS_BEFORE_GATE
from cartech_desk.ui.words import elapsed


class Closing:
    """`say` shows a sentence in the status bar, `tell` what went wrong."""

    def __init__(
        self,
        window: QWidget,
        desk: DeskParts,
        say: Callable[[str], None],
        tell: Callable[[BaseException], None],
    ) -> None:
        self._window = window
        self._desk = desk
        self._say = say
        self._tell = tell
        self._under_way = False
        self.question: QMessageBox | None = None

    def held_back(self) -> bool:
        """Tell whether closing has to wait, and ask then."""
        snapshot = self._desk.bay.snapshot()
        if not snapshot.recording.id or self._under_way:
            return False
        if self.question is None:
            self._ask(elapsed((snapshot.now_ns - snapshot.recording.started_ns) / 1e9))
        return True

    def without_asking(self) -> None:
        """Close as whoever ends the program from outside wants it."""
        if self._desk.bay.snapshot().recording.id and not self._under_way:
            self._end_recording()
        else:
            self._window.close()

    @property
    def _locked(self) -> bool:
        return self._desk.office.session.now.locked

    def _ask(self, length: str) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle("A recording runs")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"A recording has been running for {length}.")
        stay = box.addButton("Keep recording", QMessageBox.ButtonRole.RejectRole)
        if self._locked:  # nobody is known to be there who may stop it
            box.setProperty(STANDS_BEFORE_GATE, True)
            box.setInformativeText("The desk is locked: sign in first, then stop it or close.")
        else:
            box.setInformativeText("Closing the desk stops it; all of it is kept.")
            stop = box.addButton("Stop recording and close", QMessageBox.ButtonRole.DestructiveRole)
            stop.clicked.connect(self._stop)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.finished.connect(self._asked)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.question = box
        box.open()

    def _asked(self) -> None:
        self.question = None

    def _stop(self) -> None:
        if not self._locked:
            self._end_recording()

    def _end_recording(self) -> None:
        self._under_way = True
        self._say("Writing the end of the recording …")
        when_done(self._desk.bay.stop_recording(), self._window, self._ended, self._no_end)

    def _ended(self, _recording_id: str) -> None:
        self._window.close()

    def _no_end(self, error: BaseException) -> None:
        # The next close goes through: what is on the disk opens again and is marked as cut.
        self._say("")
        self._tell(error)
