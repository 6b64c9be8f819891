"""The drop-down of layouts on the live page."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.models.live_layout import STANDARD
from cartech_desk.ui.pages.live_layouts import LiveLayouts
from cartech_desk.ui.theme.tokens import Space


class LayoutMenu(QToolButton):
    """Names of the kept layouts, and what can be done with the one shown."""

    def __init__(
        self,
        layouts: LiveLayouts,
        *,
        save_as: Callable[[], None],
        rename: Callable[[], None],
        delete: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._layouts = layouts
        self._acts = (("Save as…", save_as), ("Rename…", rename), ("Delete", delete))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("Layout: which values and charts stand where (L)")
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        layouts.names_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        name = self.fontMetrics().elidedText(self._layouts.name, Qt.TextElideMode.ElideRight, 140)
        self.setText(f"{name}   ")
        self.setAccessibleName(f"Layout {self._layouts.name}")

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        names = [STANDARD, *(name for name in self._layouts.names if name != STANDARD)]
        for name in names:
            action = QAction(name, menu)
            action.setCheckable(True)
            action.setChecked(name == self._layouts.name)
            action.triggered.connect(lambda _checked=False, name=name: self._layouts.choose(name))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        for words, act in self._acts:
            action = menu.addAction(words)
            action.triggered.connect(lambda _checked=False, act=act: act())
            action.setEnabled(words == "Save as…" or self._layouts.name in self._layouts.names)


class NameForm(QDialog):
    """One name. `take` may refuse it with a CarTechError, which then stands below the field."""

    def __init__(
        self, title: str, name: str, take: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.setMinimumWidth(380)
        self._take_name = take
        self.line = QLineEdit(name)
        self.line.setAccessibleName("Name")
        self.line.selectAll()
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        take_button = QPushButton("Keep")
        take_button.setProperty("role", "primary")
        take_button.setDefault(True)
        take_button.clicked.connect(self._take)
        leave = QPushButton("Cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(take_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(QLabel("Name"))
        layout.addWidget(self.line)
        layout.addWidget(self.wrong)
        layout.addLayout(foot)

    def _take(self) -> None:
        try:
            self._take_name(self.line.text())
        except CarTechError as error:
            self.wrong.setText(error.message)
            self.wrong.show()
            self.line.setProperty("wrong", True)
            self.line.style().polish(self.line)
            return
        self.accept()
