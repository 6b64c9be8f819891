"""What each role may do: acts by roles, each cell a mark and a word."""

from textwrap import fill
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.people import RIGHTS, SHELVE_MOST_S, Act, Role
from cartech_desk.ui.theme.icons import pixmap
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_HOUR: Final = 3600.0
_DAY: Final = 86_400.0
_MARK: Final = Size.ICON - Space.XS
_LINE: Final = 34
"""Letters of an act in one line: the roles stand beside it on a small screen too."""


def cell_words(act: Act, role: Role) -> str:
    """Say in a word or two whether a role may do this."""
    if role not in RIGHTS[act]:
        return "no"
    if act is Act.SHELVE:
        most_s = SHELVE_MOST_S[role]
        if most_s < _DAY:
            return f"yes, {most_s / _HOUR:g} h"
        return f"yes, {most_s / _DAY:g} days"
    return "yes"


class RightsTable(QFrame):
    """The table of rights; the column of who is signed in says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self._heads: dict[Role, QLabel] = {}
        self._marks: list[tuple[QLabel, bool]] = []
        self.cells: dict[tuple[Act, Role], QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QLabel("What each role may do")
        head.setProperty("role", "heading")
        column.addWidget(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(0, 1)
        for place, role in enumerate(Role, start=1):
            label = QLabel(role.value)
            self._heads[role] = label
            grid.addWidget(label, 0, place)
        for line, act in enumerate(Act, start=1):
            grid.addWidget(QLabel(fill(f"{act.words[:1].upper()}{act.words[1:]}", _LINE)), line, 0)
            for place, role in enumerate(Role, start=1):
                grid.addLayout(self._cell(act, role), line, place)
        column.addLayout(grid)
        theme_changed.connect(self._tint)
        self._tint()
        self.show_role(None)

    def _cell(self, act: Act, role: Role) -> QHBoxLayout:
        may = role in RIGHTS[act]
        mark, words = QLabel(), QLabel(cell_words(act, role))
        words.setProperty("role", "" if may else "muted")
        words.setAccessibleName(f"{role.value}: {act.words}: {words.text()}")
        self._marks.append((mark, may))
        self.cells[act, role] = words
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        row.addWidget(mark)
        row.addWidget(words, 1)
        return row

    def _tint(self) -> None:
        for mark, may in self._marks:
            name, color = ("check", "good") if may else ("close", "muted")
            mark.setPixmap(pixmap(name, color, _MARK, self.devicePixelRatioF()))

    def least_width(self) -> int:
        """Return how wide it has to be, whichever column is whose."""
        for role in Role:
            self.show_role(role)
        return self.sizeHint().width()

    def show_role(self, yours: Role | None) -> None:
        """Say which column is that of who is signed in."""
        for role, label in self._heads.items():
            mine = role is yours
            label.setText(f"{role.value}\n(you)" if mine else role.value)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            label.setProperty("role", "heading" if mine else "muted")
            label.style().unpolish(label)
            label.style().polish(label)
