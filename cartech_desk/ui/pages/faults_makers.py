"""Makers' tables of codes on the Faults page: seen, imported and removed there."""

from typing import TYPE_CHECKING

from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.fault_shown import explained_anew
from cartech_desk.ui.pages.page import PageAction

if TYPE_CHECKING:
    from cartech_desk.bay.faults import Faults
    from cartech_desk.ui.pages.faults import FaultsPage
    from cartech_desk.ui.widgets.fault_makers import MakersTables


class MakersActs:
    """The acts. `dialog` is the one that is open, or was last."""

    def __init__(self, page: "FaultsPage") -> None:
        self._page = page
        self.dialog: MakersTables | None = None

    def actions(self) -> list[PageAction]:
        """Return what can be done."""
        return [
            PageAction(
                "Import a maker's table of codes, or remove one…",
                self.open,
                "Ctrl+I",
                "makers tables imported list csv yaml file",
            )
        ]

    def open(self) -> None:
        """Show the tables; from there one is imported or removed."""
        page, bay = self._page, self._page.desk.bay
        if page.acts.locked or (self.dialog is not None and self.dialog.isVisible()):
            return
        in_background(lambda: bay.faults, page, self._show, page.acts.tell)

    def _show(self, faults: "Faults") -> None:
        from cartech_desk.ui.widgets.fault_makers import MakersTables

        page = self._page
        page.faults = faults
        look = page.does.look
        above = look if look is not None and look.isVisible() else page
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = MakersTables(faults.book, lambda: page.acts.actor, page.acts.tell, above)
        self.dialog.changed.connect(self._changed)
        self.dialog.refresh()
        self.dialog.open()

    def _changed(self) -> None:
        """Explain what is in sight by the tables that are there now."""
        page, look = self._page, self._page.does.look
        if look is not None and look.isVisible():
            look.search_again()
        shown, faults = page.shown_faults, page.faults
        if shown is not None and faults is not None:
            in_background(
                lambda: explained_anew(shown, faults.meaning),
                page,
                lambda anew: page.explain(shown, anew),
                page.acts.tell,
            )
