"""Clearing codes: what will be lost, and why it is done all the same."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.faults import Cleared, Reading, SnapshotLacks
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.plain_text import LONGEST_REASON
from cartech_desk.ui.background import when_done
from cartech_desk.ui.models.fault_against import refused_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Motion, Size, Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.lamp import LampMark

if TYPE_CHECKING:
    from concurrent.futures import Future

_WIDTH: Final = 640
_LEAST_REASON: Final = 3
_LOOK_MS: Final = 500
"""How often it looks what speaks against clearing."""
_LOST: Final = (
    "Stored and pending codes of every control unit, and their freeze frames.",
    "Readiness: every monitor starts anew. Until they are complete the car fails an inspection.",
    "Results of on-board tests, and the distance driven with the lamp lit.",
)
_KEPT: Final = (
    "A full snapshot of what is there now is kept first. Permanent codes stay until driving "
    "proves the repair. The audit log keeps who cleared, why, and what came back."
)


class ClearForm(QDialog):
    """Asks for a reason; stays open while it works and where it is refused.

    `clear` begins it and may raise at once; `reading` tells how far it is; `cancel` ends it where
    that is still possible; `done` gets what came of it; `bug` what no person can mend. `unread`
    clears also what could not be read: offered once that was refused. `against` tells what speaks
    against it now: told at once, and anew while the form stands open. `refused` words a refusal.
    """

    def __init__(
        self,
        vehicle: str,
        codes: int,
        clear: Callable[[str], "Future[Cleared]"],
        *,
        reading: Callable[[], Reading],
        cancel: Callable[[], None],
        done: Callable[[Cleared], None],
        bug: Callable[[BaseException], None],
        unread: "Callable[[str], Future[Cleared]] | None" = None,
        against: Callable[[], tuple[str, ...]] = tuple,
        refused: Callable[[CarTechError], str] = lambda error: refused_words(error, None),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unread, self._against, self._words_of = unread, against, refused
        self.objections: tuple[str, ...] = ()
        self.setWindowTitle("Clear fault codes")
        self.setProperty("bay", True)
        self.setFixedWidth(_WIDTH)
        self._clear, self._reading, self._cancel = clear, reading, cancel
        self._done, self._bug = done, bug
        self.working = False
        number = f"{codes} were" if codes != 1 else "1 was"
        self.what = QLabel(
            f"Clear the fault codes of {vehicle or 'this car'}?"
            + (f" {number} read." if codes else "")
        )
        self.what.setProperty("role", "title")
        self.what.setWordWrap(True)
        self.what.setTextFormat(Qt.TextFormat.PlainText)
        self.warned = QFrame()
        self.warned.setProperty("card", "warn")
        self._warnings = QVBoxLayout(self.warned)
        self.warned.hide()
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText("For example: coil of cylinder 2 replaced")
        self.reason.setMinimumWidth(_WIDTH - 2 * Space.L)
        self.reason.textChanged.connect(lambda _text: self._typed())
        self.field = Field("Reason", self.reason, error_below=True)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.take = QPushButton("Clear codes")
        self.take.setProperty("role", "danger")
        self.take.setDefault(True)
        self.take.clicked.connect(lambda _checked=False: self.begin())
        self.leave = QPushButton("Cancel  Esc")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(lambda _checked=False: self.reject())
        self._clock = QTimer(self)
        self._clock.setInterval(Motion.CLOCK)
        self._clock.timeout.connect(self._tick)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look_again)
        self._lay_out()
        self._typed()
        self.look_again()
        self._look.start()
        self.finished.connect(lambda _result: self._look.stop())
        self.reason.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.what)
        column.addWidget(self.warned)
        head = QLabel("This is lost in the car:")
        head.setProperty("role", "heading")
        column.addWidget(head)
        for words in _LOST:
            column.addWidget(_Marked(words))
        kept = QLabel(_KEPT)
        kept.setProperty("role", "help")
        kept.setWordWrap(True)
        column.addWidget(kept)
        column.addWidget(self.field)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self.leave, self.take):
            button.setMinimumHeight(Size.CONTROL_BAY)
            foot.addWidget(button)
        column.addLayout(foot)

    def look_again(self) -> None:
        """Tell what speaks against it now; while it works, the car itself says that."""
        if self.working:
            return
        found = self._against()
        if found == self.objections:
            return
        self.objections = found
        while self._warnings.count():
            line = self._warnings.takeAt(0).widget()
            line.hide()
            line.deleteLater()
        for words in found:
            self._warnings.addWidget(_Marked(words))
        self.warned.setVisible(bool(found))
        self.warned.setAccessibleName(" ".join(found))
        QTimer.singleShot(0, self, self._grow)

    def begin(self) -> None:
        """Clear, where there is a reason."""
        if not self.take.isEnabled() or self.working:
            return
        try:
            future = self._clear(" ".join(self.reason.text().split()))
        except CarTechError as error:
            self._refused(error)
            return
        self._work(True)
        when_done(future, self, self._cleared, self._refused)

    def reject(self) -> None:
        """Leave; while it works, end that where it is still possible."""
        if self.working:
            self._say("Ending after the request under way …")
            self.leave.setEnabled(False)
            self._cancel()
        else:
            super().reject()

    def _cleared(self, cleared: Cleared) -> None:
        self._work(False)
        self.accept()
        self._done(cleared)

    def _refused(self, error: BaseException) -> None:
        self._work(False)
        if isinstance(error, SnapshotLacks) and self._unread is not None:
            self._clear, self._unread = self._unread, None
            self.take.setText("Clear all the same")
        if isinstance(error, CarTechError):
            self._say(self._words_of(error), wrong=True)
        else:
            super().reject()
            self._bug(error)

    def _work(self, on: bool) -> None:
        self.working = on
        self.reason.setEnabled(not on)
        self.leave.setEnabled(True)
        self.bar.setVisible(on)
        self.bar.setValue(0)
        self._say("Reading what is there, before anything is cleared …" if on else "")
        self._typed()
        if on:
            self._clock.start()
        else:
            self._clock.stop()

    def _tick(self) -> None:
        now = self._reading()
        if now.words and self.leave.isEnabled():
            self._say(f"{now.words[:1].upper()}{now.words[1:]} …")
            self.bar.setValue(round(1000 * now.share))

    def _typed(self) -> None:
        enough = len(" ".join(self.reason.text().split())) >= _LEAST_REASON
        self.take.setEnabled(enough and not self.working)
        self.take.setToolTip("" if enough else "Type a reason first.")

    def _say(self, words: str, *, wrong: bool = False) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.words.setProperty("role", "error" if wrong else "muted")
        self.words.style().polish(self.words)
        QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        """Make room for sentences that came; a dialog does not by itself."""
        self.layout().activate()
        self.setFixedHeight(self.layout().totalHeightForWidth(self.width()))


class _Marked(QWidget):
    """A sentence behind the mark of a warning."""

    def __init__(self, words: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(LampMark(State.WARNING), 0, Qt.AlignmentFlag.AlignTop)
        said = QLabel(words)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        row.addWidget(said, 1)
