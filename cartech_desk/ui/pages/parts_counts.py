"""Counting from the page: begun, scanned, typed, taken over into the ledger."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.domain.parts.part import Part, Scan
from cartech_desk.domain.parts.quantity import parse_quantity, quantity_text
from cartech_desk.domain.people import Act
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.part_words import PART_COLUMNS, signed
from cartech_desk.ui.models.record_table import page_query
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.list_dialog import ListDialog
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.ui.pages.parts import PartsPage
    from cartech_desk.ui.widgets.part_count_tab import PartCountTab


class PartsCounts:
    """The acts of counting of one page; all of them the office's."""

    def __init__(self, page: "PartsPage") -> None:
        self._page = page

    def connect_tab(self, tab: "PartCountTab") -> None:
        """Do what the tab asks for."""
        tab.start_wanted.connect(self.start)
        tab.open_wanted.connect(lambda count: self.open(count.id))
        tab.left.connect(tab.show_counts)
        tab.set_wanted.connect(self.type_number)
        tab.drop_wanted.connect(self._drop)
        tab.missing_wanted.connect(self.missing)
        tab.finish_wanted.connect(self.finish)
        tab.discard_wanted.connect(self.discard)

    def refresh(self) -> None:
        """Read the count in front anew, or the list of counts."""
        count = self._page.count_tab.count
        if count is None:
            self._page.count_tab.list.refresh()
        else:
            self._read(count.id)

    def open(self, count_id: str) -> None:
        """Bring a count to the front."""
        self._read(count_id)

    def _read(self, count_id: str, wanted: str = "") -> None:
        page = self._page
        page.do(
            lambda: page.parts.counts.get(count_id),
            lambda count: page.count_tab.show_count(
                count, page.why_not(Act.KEEP_PARTS), wanted=wanted
            ),
        )

    # Counting

    def start(self) -> None:
        """Ask what shall be counted, and begin."""
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        parts, by = page.parts, page.acts.actor

        def done(count: object) -> None:
            if isinstance(count, StockCount):
                page.tabs.turn("count")
                page.count_tab.show_count(count, "")
                page.scan.say(State.CONNECTING, "Counting: each scan counts one more.")
                page.scan.line.setFocus()

        def show(locations: Sequence[str]) -> None:
            form = RecordForm(
                "Begin a count",
                "Begin",
                lambda typed: parts.counts.start(
                    by, location=typed["location"], note=typed["note"]
                ),
                done,
                page.acts.tell,
                words="Work goes on meanwhile: what moves after a part was counted stays right.",
                parent=page,
            )
            places = [("", "Everything"), *((place, place) for place in locations)]
            form.choice("location", "What is counted", places)
            form.line("note", "Note", needed=False)
            form.begin()
            page.ask(form)

        page.do(parts.locations, show)

    def take_scan(self, scan: Scan) -> bool:
        """Count a scanned part where a count is in front; False where none is."""
        page = self._page
        if page.tabs.key != "count":
            return False
        tab = page.count_tab
        count = tab.count
        if count is None or not count.open:
            return False
        part = scan.part
        if part is None:
            return True  # what is said of an unknown code stands beside the field
        counts, by = page.parts.counts, page.acts.actor

        def done(line: CountLine) -> None:
            words = quantity_text(line.counted, line.unit)
            page.scan.say(State.CONNECTED, f"{line.sku} {line.name}: {words} counted.")
            self._read(count.id, part.id)

        def failed(error: BaseException) -> None:
            if isinstance(error, CarTechError):
                page.scan.say(State.TRIP, error.message)
            else:
                page.acts.tell(error)

        page.do(lambda: counts.add(count.id, part.id, by), done, failed)
        return True

    def type_number(self, line: CountLine) -> None:
        """Ask how many of a part there are."""
        count = self._page.count_tab.count
        if count is not None and count.open:
            self._ask_number(
                count, line.part_id, f"{line.sku} {line.name}", line.counted, line.unit
            )

    def _ask_number(
        self, count: StockCount, part_id: str, words: str, first: Decimal, unit: str
    ) -> None:
        page = self._page
        if page.refused(Act.KEEP_PARTS):
            return
        counts, by = page.parts.counts, page.acts.actor

        def keep(typed: Mapping[str, str]) -> CountLine:
            try:
                quantity = parse_quantity(typed["quantity"])
            except CarTechError as error:
                raise FieldsRefused(
                    "part_refused", {"quantity": f"{error.happened} {error.to_do}"}
                ) from error
            return counts.set(count.id, part_id, quantity, by)

        form = RecordForm(
            words,
            "Note it",
            keep,
            lambda _line: self._read(count.id, part_id),
            page.acts.tell,
            parent=page,
        )
        form.line("quantity", f"How many are there [{unit}]", value=quantity_text(first))
        form.begin()
        page.ask(form)

    def _drop(self, line: CountLine) -> None:
        page, count = self._page, self._page.count_tab.count
        if count is None or page.refused(Act.KEEP_PARTS):
            return
        counts, by = page.parts.counts, page.acts.actor
        page.do(
            lambda: counts.drop(count.id, line.part_id, by), lambda _result: self._read(count.id)
        )

    def missing(self) -> None:
        """Show what is in stock by the ledger and was not counted yet."""
        page, count = self._page, self._page.count_tab.count
        if count is None:
            return
        counts = page.parts.counts

        dialog = ListDialog(
            "Not counted yet",
            "parts",
            PART_COLUMNS[:6],
            page_query(lambda: partial(counts.uncounted, count.id)),
            lambda part: part.id,
            failed=page.acts.tell,
            words="By the ledger these are on the shelf. What is not counted stays as it is.",
            parent=page,
        )
        dialog.list.search.hide()

        def ask(part: Part) -> None:
            dialog.accept()
            self._ask_number(count, part.id, f"{part.sku} {part.name}", Decimal(0), part.unit)

        dialog.list.opened.connect(ask)
        dialog.add_row_button("Count it…", ask, page.why_not(Act.KEEP_PARTS))
        page.ask(dialog)

    # Its end

    def finish(self) -> None:
        """Say what would change, and take it over."""
        page, count = self._page, self._page.count_tab.count
        if count is None or page.refused(Act.KEEP_PARTS):
            return
        counts, by = page.parts.counts, page.acts.actor
        differing = [line for line in count.lines if line.difference]
        words = "; ".join(
            f"{line.sku} {signed(line.difference, line.unit)}" for line in differing[:6]
        )
        more = f" and {len(differing) - 6} more" if len(differing) > 6 else ""

        def done(kept: object) -> None:
            if isinstance(kept, StockCount):
                page.acts.say(f"{counted(kept.line_count or len(count.lines), 'part')} counted.")
                page.count_tab.show_counts()
                page.refresh()

        form = RecordForm(
            "Take the count over",
            "Into the ledger",
            lambda typed: counts.finish(count.id, by, even_so="even_so" in typed),
            done,
            page.acts.tell,
            words=f"{counted(len(differing), 'part')} will change: {words}{more}."
            if differing
            else "Everything that was counted is as the ledger says.",
            even_so=lambda error: "Take it over even so" if error.code == "count_refused" else "",
            parent=page,
        )
        form.begin()
        page.ask(form)

    def discard(self) -> None:
        """Ask whether the count shall be left without a change."""
        page, count = self._page, self._page.count_tab.count
        if count is None or page.refused(Act.KEEP_PARTS):
            return
        counts, by = page.parts.counts, page.acts.actor

        def done(_count: object) -> None:
            page.count_tab.show_counts()

        form = RecordForm(
            "Leave the count",
            "Leave it",
            lambda typed: counts.discard(count.id, by, reason=typed["reason"]),
            done,
            page.acts.tell,
            words="The stock stays as it is; what was counted is kept to be read.",
            parent=page,
        )
        form.line("reason", "Reason", needed=False)
        form.take.setProperty("role", "danger")
        form.begin()
        page.ask(form)
