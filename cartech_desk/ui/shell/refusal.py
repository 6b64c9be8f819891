"""What keeps the desk from starting, told in a window of its own."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.theme.appearance import Appearance


def refusal_box(error: CarTechError) -> QMessageBox:
    """Make the box: what happened in bold, then what was kept and what to do."""
    box = QMessageBox(QMessageBox.Icon.Warning, "CarTech Desk did not start", error.happened)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(" ".join(part for part in (error.kept, error.to_do) if part))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    return box


def show_refusal(error: CarTechError) -> None:
    """Show the sentence until it is closed."""
    from cartech_desk.ui.application import make_application

    appearance = Appearance(make_application(sys.argv[:1]))
    box = refusal_box(error)
    appearance.put_on(box)
    box.exec()
