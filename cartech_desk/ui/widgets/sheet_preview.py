"""A sheet as it will be printed: pages on the screen, saved, opened, printed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from cartech_desk.domain.dyno.run import View
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts


class SheetPreview(QDialog):
    """Preview of a sheet of these runs; correction, smoothing and paper are chosen here too."""

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        run_ids: Sequence[str],
        view: View,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._acts = desk, acts
        self._run_ids, self._view = tuple(run_ids), view
