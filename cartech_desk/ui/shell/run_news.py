"""Says on every page what a dyno run came to that has just ended, and leads to it."""

from typing import Final

from PySide6.QtCore import QObject

from cartech_desk.bay.dyno_status import DynoSnapshot
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.toasts import Toasts

_PAGE: Final = "dyno"


class RunNews(QObject):
    """Follows the snapshots; all that is computed is computed in the background."""

    def __init__(self, desk: DeskParts, acts: Acts, toasts: Toasts) -> None:
        super().__init__(acts)
        self._desk = desk
        self._acts = acts
        self._toasts = toasts
        self._seen: str | None = None
        self._page = ""

    def show_snapshot(self, now: DynoSnapshot, page: str) -> None:
        """Look whether a run has ended; `page` is the one in front."""
        self._page = page
        seen, self._seen = self._seen, now.last_run
        if now.last_run and seen is not None and now.last_run != seen:
            self._tell(now.last_run)

    def _tell(self, run_id: str) -> None:
        desk = self._desk

        def words() -> str:
            # What computes runs is read with the first one: no start of the window waits for it.
            from cartech_desk.ui.models.dyno_units import dyno_units
            from cartech_desk.ui.models.run_overlay import told
            from cartech_desk.ui.models.unit_system import unit_system

            values = desk.settings.values
            power_unit = getattr(getattr(values, "dyno", None), "power_unit", "hp")
            units = dyno_units(unit_system(values).value, power_unit)
            # As the page looks at runs: it tells the bench.
            return told(desk.store, desk.bay.runs, run_id, desk.bay.dyno.settings.view, units)

        in_background(words, self, lambda sentence: self._say(sentence, run_id), self._acts.tell)

    def _say(self, sentence: str, run_id: str) -> None:
        if self._page == _PAGE:
            self._toasts.say(sentence)  # the run is in front there already
        else:
            self._toasts.offer(sentence, ("Open", lambda: self._acts.go_to(_PAGE, run_id)))
