"""Parts in files and on labels, and whom they are bought from."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from cartech_desk.domain.counted import listed
from cartech_desk.domain.parts.import_plan import ImportDone
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Act
from cartech_desk.ui.models.part_words import SUPPLIER_COLUMNS
from cartech_desk.ui.models.record_table import office_query
from cartech_desk.ui.widgets.list_dialog import ListDialog
from cartech_desk.ui.widgets.part_forms import supplier_form
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.ui.pages.parts import PartsPage

_CSV = "Lists (*.csv *.txt)"
_MOST_LABELLED = 200


class PartsFiles:
    """Import, export, labels and suppliers; tests replace `ask_path` and `ask_save`."""

    def __init__(self, page: "PartsPage") -> None:
        self._page = page
        self.ask_path: Callable[[], Path | None] = self._ask_path
        self.ask_save: Callable[[str], Path | None] = self._ask_save

    def take_in(self) -> None:
        """Show what a list holds, and take its good rows in."""
        from cartech_desk.ui.widgets.part_import_form import PartImportForm

        page = self._page
        path = None if page.refused(Act.KEEP_PARTS) else self.ask_path()
        if path is None:
            return
        parts, by = page.parts, page.acts.actor

        def done(result: ImportDone) -> None:
            left = f", {counted(len(result.bad), 'row')} left out" if result.bad else ""
            page.acts.say(f"{result.added} added, {result.changed} changed{left}.")
            page.tabs.turn("stock")
            page.refresh()

        page.ask(PartImportForm(lambda: parts.files, path, by, done, page.acts.tell, parent=page))

    def export(self) -> None:
        """Write the catalogue, as it is searched, to a list."""
        page = self._page
        path = None if page.refused(Act.EXPORT) else self.ask_save("parts.csv")
        if path is None:
            return
        parts, by = page.parts, page.acts.actor
        search = page.stock.list.table.asked.search
        page.do(
            lambda: parts.files.export(path, by, search=search),
            lambda number: page.acts.say(f"{counted(number, 'part')} written to {path.name}."),
        )

    def labels(self, parts: Sequence[Part]) -> None:
        """Show the labels of these parts."""
        from cartech_desk.ui.widgets.part_label_form import PartLabelForm

        page = self._page
        room = page.parts
        page.ask(
            PartLabelForm(lambda: room.files, parts, page.acts.tell, page.acts.say, parent=page)
        )

    def labels_of_list(self) -> None:
        """Show the labels of what the list shows now."""
        page = self._page
        parts, asked = page.parts, page.stock.list.table.asked

        def arrived(found: tuple[Sequence[Part], int]) -> None:
            rows, number = found
            if not rows:
                page.acts.say("Nothing is listed that could have a label.")
                return
            if number > len(rows):
                page.acts.say(f"The first {listed(len(rows), number, 'part')}: search for fewer.")
            self.labels(rows)

        page.do(lambda: parts.list(asked.search, limit=_MOST_LABELLED, **asked.filters), arrived)

    def suppliers(self) -> None:
        """Show whom the shop buys from."""
        page = self._page
        parts, by = page.parts, page.acts.actor
        why, why_delete = page.why_not(Act.KEEP_PARTS), page.why_not(Act.DELETE)
        dialog = ListDialog(
            "Suppliers",
            "suppliers",
            SUPPLIER_COLUMNS,
            office_query(parts.suppliers.list),
            lambda one: one.id,
            failed=page.acts.tell,
            opens=lambda one: ask(one) if not why else None,
            parent=page,
        )

        def ask(one: Supplier | None) -> None:
            form = supplier_form(
                parts,
                by,
                one or Supplier(),
                done=lambda _kept: dialog.refresh(),
                bug=page.acts.tell,
                parent=dialog,
            )
            form.open()

        def remove(one: Supplier) -> None:
            form = RecordForm(
                f"Remove {one.name}?",
                "Remove",
                lambda _typed: parts.suppliers.delete(one.id, by),
                lambda _result: dialog.refresh(),
                page.acts.tell,
                words="Parts that were bought there keep their records.",
                parent=dialog,
            )
            form.take.setProperty("role", "danger")
            form.begin()
            form.open()

        dialog.add_button("Add…", lambda: ask(None), why)
        dialog.add_row_button("Change…", ask, why)
        dialog.add_row_button("Remove…", remove, why_delete)
        page.ask(dialog)

    def _ask_path(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._page, "Import a list of parts", "", _CSV)
        return Path(name) if name else None

    def _ask_save(self, proposed: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self._page, "Export the catalogue", proposed, "Lists (*.csv)"
        )
        return Path(name) if name else None
