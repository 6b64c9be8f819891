"""What lies open over the pages, left as Esc leaves it: menus, the finder, dialogs."""

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cartech_desk.ui.shell.finder import Finder


def put_away_before_keys(finder: Finder) -> None:
    """Leave menus and the finder: a key of the window or of a page acts on what can be seen."""
    popup = QApplication.activePopupWidget()
    while popup is not None and popup.close():
        popup = QApplication.activePopupWidget()
    if finder.isVisible():
        finder.close_quietly()


def put_away_all(window: QWidget, finder: Finder) -> None:
    """Leave the dialogs of a window too: nobody acts past the gate."""
    put_away_before_keys(finder)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible() and dialog.isModal():
            dialog.reject()
