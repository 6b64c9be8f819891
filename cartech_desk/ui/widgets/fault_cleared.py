"""How a clearing ended: who confirmed, what came back, what stays until the car was driven."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.bay.faults import Cleared
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.ui.models.fault_words import ecu_words, full_code, status_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampMark


class FaultCleared(QFrame):
    """Stands above the codes after a clearing until it is put away."""

    before_wanted = Signal()
    """What was there before shall be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = LampMark(State.CONNECTED, 22)
        self.headline = QLabel()
        self.headline.setProperty("role", "heading")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.lines = QLabel()
        self.lines.setTextFormat(Qt.TextFormat.PlainText)
        self.lines.setWordWrap(True)
        self.before = QPushButton("See what was there before")
        self.before.clicked.connect(lambda _checked=False: self.before_wanted.emit())
        self.away = QPushButton("Put away")
        self.away.clicked.connect(lambda _checked=False: self.hide())
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.mark)
        head.addWidget(self.headline, 1)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addLayout(head)
        words.addWidget(self.lines)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.M)
        row.addLayout(words, 1)
        row.addWidget(self.before)
        row.addWidget(self.away)
        self.hide()

    def show_cleared(self, cleared: Cleared) -> None:
        """Show this."""
        after = cleared.after.scan if cleared.after is not None else cleared.before.scan
        if cleared.after is None:
            state, card = State.TRIP, "trip"
        elif cleared.done:
            state, card = State.CONNECTED, True
        else:
            state, card = State.WARNING, "warn"
        self.mark.show_state(state)
        self.setProperty("card", card)
        self.style().unpolish(self)
        self.style().polish(self)
        verdict = cleared.verdict or _headline(cleared)
        lines = _lines(cleared, after)
        # All is well: one line leaves the room to what is there now; the whole is told on asking.
        self.headline.setText(_short(cleared) if cleared.done else verdict)
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines) and not cleared.done)
        whole = (verdict, *lines)
        self.headline.setToolTip("\n".join(whole) if cleared.done else "")
        self.setAccessibleName(" ".join(whole))
        self.show()


def _headline(cleared: Cleared) -> str:
    if cleared.after is None:
        return "It is not known whether the codes were cleared: the car went away."
    return "The codes were cleared." if cleared.done else "Not everything was cleared."


def _short(cleared: Cleared) -> str:
    """Say in a line that all went well, and what stays all the same."""
    stays = ", ".join(dict.fromkeys(full_code(one) for one in cleared.permanent))
    said = "Cleared and confirmed; nothing came back."
    return f"{said} Permanent until driving proves the repair: {stays}." if stays else said


def _lines(cleared: Cleared, scan: FaultScan) -> list[str]:
    found = []
    if cleared.cleared:
        names = ", ".join(ecu_words(scan, ecu) for ecu in cleared.cleared)
        found.append(f"Confirmed by {names}.")
    for ecu, why in cleared.refused.items():
        found.append(f"{ecu_words(scan, ecu)} did not confirm: {why}")
    if cleared.came_back:
        codes = ", ".join(
            f"{full_code(one)} ({status_words(one)}, {ecu_words(scan, one.ecu)})"
            for one in cleared.came_back
        )
        found.append(f"Came back, or never went: {codes}.")
    # The verdict mostly names them.
    if not all(full_code(one) in cleared.verdict for one in cleared.permanent):
        codes = ", ".join(f"{full_code(one)}" for one in cleared.permanent)
        found.append(f"Permanent until driving proves the repair: {codes}.")
    return found
