"""What is done with one part: added, changed, received, adjusted, deleted; alerts seen."""

from typing import TYPE_CHECKING

from cartech_desk.domain.parts.part import Part, StockAlert
from cartech_desk.domain.people import Act
from cartech_desk.ui.widgets.part_forms import adjust_form, part_form, receive_form
from cartech_desk.ui.widgets.record_form import RecordForm

if TYPE_CHECKING:
    from cartech_desk.ui.pages.parts import PartsPage
    from cartech_desk.ui.widgets.part_card import PartCard


class PartsActs:
    """The acts on parts of one page; all of them the office's."""

    def __init__(self, page: "PartsPage") -> None:
        self._page = page

    def connect_card(self, card: "PartCard") -> None:
        """Do what the card asks for."""
        card.receive_wanted.connect(self.receive)
        card.adjust_wanted.connect(self.adjust)
        card.change_wanted.connect(self.change)
        card.label_wanted.connect(self.label)
        card.delete_wanted.connect(self.delete)
        card.job_wanted.connect(lambda job_id: self._page.acts.go_to("jobs", job_id))

    def add(self, barcode: str = "") -> None:
        """Ask for a new part; `barcode` was scanned and nobody here knows it."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        self._ask(Part(barcodes=(barcode,) if barcode else ()))

    def change(self) -> None:
        """Ask for other facts of the chosen part."""
        part = self._page.chosen
        if part is not None and not self._page.refused(Act.KEEP_PARTS):
            self._ask(part)

    def _ask(self, part: Part) -> None:
        page = self._page
        page.do(
            lambda: page.parts.currency,
            lambda currency: page.ask(
                part_form(
                    page.parts,
                    page.acts.actor,
                    part,
                    currency,
                    usual_tax_bp=page.desk.office.jobs.usual_tax_bp,
                    done=self._kept,
                    bug=page.acts.tell,
                    drafts=page.drafts,
                    parent=page,
                )
            ),
        )

    def _kept(self, part: object) -> None:
        page = self._page
        if isinstance(part, Part):
            page.acts.say(f"{part.sku} {part.name} is kept.")
            page.go_to_part(part.id)
            page.refresh()

    def receive(self) -> None:
        """Ask for what came in of the chosen part without an order."""
        page, part = self._page, self._page.chosen
        if part is not None and not page.refused(Act.KEEP_PARTS):
            page.ask(
                receive_form(
                    page.parts,
                    page.acts.actor,
                    part,
                    done=self._moved,
                    bug=page.acts.tell,
                    parent=page,
                )
            )

    def adjust(self) -> None:
        """Ask for what was found of the chosen part, or is gone."""
        page, part = self._page, self._page.chosen
        if part is not None and not page.refused(Act.KEEP_PARTS):
            page.ask(
                adjust_form(
                    page.parts,
                    page.acts.actor,
                    part,
                    done=self._moved,
                    bug=page.acts.tell,
                    parent=page,
                )
            )

    def _moved(self, part: object) -> None:
        page = self._page
        if isinstance(part, Part):
            page.show_part(part)
        page.refresh()

    def label(self) -> None:
        """Show the label of the chosen part."""
        part = self._page.chosen
        if part is not None:
            self._page.files.labels((part,))

    def delete(self) -> None:
        """Ask whether the chosen part shall be deleted."""
        page, part = self._page, self._page.chosen
        if part is None or page.refused(Act.DELETE):
            return
        parts, by = page.parts, page.acts.actor

        def restored(kept: Part) -> None:
            page.go_to_part(kept.id)

        def undo() -> None:
            page.do(lambda: parts.restore(part.id, by), restored)

        def done(_result: object) -> None:
            page.acts.say(f"{part.sku} {part.name} is deleted.", undo)
            page.refresh()

        form = RecordForm(
            f"Delete {part.name}",
            "Delete",
            lambda typed: parts.delete(part.id, by, reason=typed["reason"]),
            done,
            page.acts.tell,
            words="Its ledger stays. A part that is still on the shelf or on order is not deleted: "
            "take it out of use instead.",
            parent=page,
        )
        form.line("reason", "Reason", "Stands in the audit log.", needed=False)
        form.take.setProperty("role", "danger")
        form.begin()
        page.ask(form)

    def acknowledge(self, alert: StockAlert) -> None:
        """Note that somebody has seen an alert."""
        page = self._page
        if page.refused(Act.KEEP_RECORDS):
            return
        parts, by = page.parts, page.acts.actor
        page.do(lambda: parts.acknowledge(alert.id, by), lambda _alert: page.refresh())
