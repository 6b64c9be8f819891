"""Writing the report on a vehicle from its page: the file's ending says as what."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from cartech_desk.ui.background import in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.ui.pages.performance import PerformancePage

_KINDS: Final = "PDF, for the customer (*.pdf);;Excel, with charts (*.xlsx);;JSON (*.json)"


class ReportActs:
    """The report of one page; tests replace `ask_save`."""

    def __init__(self, page: "PerformancePage") -> None:
        self._page = page
        self.busy = False
        self.ask_save: Callable[[Path], Path | None] = self._ask_save

    def write(self) -> None:
        """Write the report on the vehicle to a file of somebody's choice."""
        page = self._page
        history = page.history
        if history is None or self.busy:
            return
        if not history.points:
            page.acts.say("There is no session with power to report on.")
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        plain = "".join(one if one.isalnum() else "_" for one in history.vehicle).strip("_")
        path = self.ask_save(Path(folder) / f"{plain or 'vehicle'}_performance.pdf")
        if path is None:
            return
        self.busy = True
        by, view, units, room = page.acts.actor, page.view, page.units, page._through()  # noqa: SLF001
        sheets = getattr(page.desk.settings.values, "sheets", None)

        def work() -> Path:
            report = room.report(
                by,
                vehicle_id=history.vehicle_id,
                view=view,
                units=units.system,
                power_unit=units.power,
                address=getattr(sheets, "address", ""),
                logo=getattr(sheets, "logo", None),
            )
            return room.write(by, report, path)

        in_background(work, page, self._written, self._refused)

    def _written(self, path: Path) -> None:
        self.busy = False
        self._page.acts.say(f"{path.name} is written.")

    def _refused(self, error: BaseException) -> None:
        self.busy = False
        self._page.acts.tell(error)

    def _ask_save(self, usual: Path) -> Path | None:
        name, kind = QFileDialog.getSaveFileName(
            self._page, "Performance report", str(usual), _KINDS
        )
        if not name:
            return None
        path = Path(name)
        if path.suffix:
            return path
        return path.with_suffix(
            ".xlsx" if "Excel" in kind else ".json" if "JSON" in kind else ".pdf"
        )
