"""The drop-down of layouts on the live page."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QMenu,
    QToolButton,
    QWidget,
)

from cartech_desk.ui.models.live_layout import STANDARD
from cartech_desk.ui.pages.live_layouts import LiveLayouts


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
