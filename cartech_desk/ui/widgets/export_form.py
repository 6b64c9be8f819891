"""Exporting a recording: how much of it, which channels, to which kind of file."""

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.export import ExportCancelled
from cartech_desk.bay.recording_acts import export
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.store.store import Store
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.time_scale import elapsed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.words import counted, lasting

_KINDS: Final = ((".csv", "CSV, for spreadsheets"), (".mf4", "MDF4, for measurement tools"))
_POLL_MS: Final = 100


class ExportForm(QDialog):
    """Asks, exports in the background, shows how far it is, and can be cancelled.

    `by` is who exports. `stretch` is the part that the charts show and `shown` the channels in
    them; without them only the whole recording can be exported. `done_path` is the file once it is
    written. `ask_path` asks for a file name; replaceable where nobody can be asked.
    """

    def __init__(
        self,
        store: Store,
        summary: RecordingSummary,
        failed: Callable[[BaseException], None],
        *,
        by: Actor,
        stretch: tuple[int, int] | None = None,
        shown: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the recording")
        self.setProperty("bay", True)
        self.setMinimumWidth(480)
        self._store = store
        self._by = by
        self._summary = summary
        self._failed_outside = failed
        self._stretch = stretch
        self._shown = tuple(shown)
        self._cancel = threading.Event()
        self._share = 0.0
        self.running = False
        self.done_path: Path | None = None
        self.ask_path: Callable[[Path, str], Path | None] = self._ask_path

        self.whole = QRadioButton(f"The whole recording, {lasting(summary.seconds)}")
        self.part = QRadioButton()
        self.part.setVisible(stretch is not None)
        if stretch is not None:
            first, last = (elapsed(at, 100_000_000) for at in stretch)
            self.part.setText(f"What is shown, {first} to {last}")
        number = len(summary.channels)
        self.all_channels = QRadioButton(f"All {counted(number, 'channel')}")
        self.some_channels = QRadioButton(f"The {counted(len(self._shown), 'channel')} shown")
        self.some_channels.setVisible(0 < len(self._shown) < number)
        self.kinds = [QRadioButton(words) for _, words in _KINDS]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.S)
        self._choices = []
        for title, buttons in (
            ("How much", (self.whole, self.part)),
            ("Channels", (self.all_channels, self.some_channels)),
            ("File", self.kinds),
        ):
            self._choices.append(self._group(layout, title, buttons))
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the export")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.bar.hide()
        layout.addWidget(self.bar)
        layout.addWidget(self.words)
        foot = QHBoxLayout()
        self.leave = QPushButton("Cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self.take = QPushButton("Export…")
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(self.begin)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        layout.addLayout(foot)
        self._clock = QTimer(self)
        self._clock.setInterval(_POLL_MS)
        self._clock.timeout.connect(lambda: self.bar.setValue(round(self._share * 1000)))

    def _group(
        self, layout: QVBoxLayout, title: str, buttons: Sequence[QRadioButton]
    ) -> QButtonGroup:
        layout.addWidget(QLabel(title))
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
            layout.addWidget(button)
        buttons[0].setChecked(True)
        layout.addSpacing(Space.S)
        return group

    def begin(self) -> None:
        """Ask for the file's name and write it."""
        if self.running:
            return
        ending, words = next(
            kind for kind, button in zip(_KINDS, self.kinds, strict=True) if button.isChecked()
        )
        path = self.ask_path(usual_path(self._summary, ending), f"{words} (*{ending})")
        if path is None:
            return
        if path.suffix.lower() != ending:
            path = path.with_name(path.name + ending)
        first, last = (None, None)
        if self.part.isChecked() and self._stretch is not None:
            first, last = self._stretch
        channels = self._shown if self.some_channels.isChecked() else None
        self._show_running(path)

        def work() -> Path:
            return export(
                self._store,
                self._summary.id,
                path,
                self._by,
                channels=channels,
                first_ns=first,
                last_ns=last,
                progress=self._hear,
                cancel=self._cancel,
            )

        in_background(work, self, self._done, self._failed)

    def reject(self) -> None:
        """Cancel an export under way, else close."""
        if self.running:
            self._cancel.set()
            self.words.setText("Cancelling …")
            self.leave.setEnabled(False)
            return
        super().reject()

    def _hear(self, share: float) -> None:
        self._share = share  # in the thread that writes; the clock shows it

    def _show_running(self, path: Path) -> None:
        self.running = True
        self._cancel.clear()
        self._share = 0.0
        self.bar.setValue(0)
        self.bar.show()
        self.words.setProperty("role", "")
        self.words.setText(f"Writing {path.name} …")
        self.take.setEnabled(False)
        self._clock.start()

    def _stopped(self) -> None:
        self.running = False
        self._clock.stop()
        self.bar.hide()
        self.take.setEnabled(True)
        self.leave.setEnabled(True)

    def _done(self, path: Path) -> None:
        self._stopped()
        self.done_path = path
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._stopped()
        if isinstance(error, ExportCancelled):
            super().reject()
        elif isinstance(error, CarTechError) and not isinstance(error, NotKept):
            self.words.setProperty("role", "error")
            self.words.setText(error.message)
            self.words.style().polish(self.words)
        else:
            super().reject()
            self._failed_outside(error)

    def _ask_path(self, usual: Path, kind: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Export to", str(usual), kind)
        return Path(name) if name else None


def usual_path(summary: RecordingSummary, ending: str) -> Path:
    """Return a file name that tells vehicle and start, in the person's documents."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    vehicle = re.sub(r"[^\w.-]+", "_", summary.vehicle_name).strip("._") or "recording"
    start = summary.anchor.astimezone().strftime("%Y-%m-%d_%H-%M-%S")
    return Path(folder or ".") / f"{vehicle}_{start}{ending}"
