"""What a person does with kept runs: rename, put right, delete, import, compare, print."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.store.dyno import DynoRun, RunEnding
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.dyno_run_form import RunForm
from cartech_desk.ui.widgets.name_form import NameForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.ui.pages.dyno import DynoPage
    from cartech_desk.ui.widgets.dyno_import_form import DynoImportForm

_KINDS = "Exports of dyno software (*.csv *.txt *.tsv);;All files (*)"


class _NameMissing(CarTechError):
    code = "name_missing"


class RunActs:
    """The acts on runs. `ask_open` asks for a file; replaceable where nobody can be asked."""

    def __init__(self, page: "DynoPage") -> None:
        self._page = page
        self.ask_open: Callable[[], Path | None] = self._ask_open
        self.form: DynoImportForm | None = None

    def actions(self) -> list[PageAction]:
        """Return what can be done with runs now."""
        page = self._page
        found = [PageAction("Import a file of another dyno", self.import_file, "Ctrl+I", "csv")]
        if page.runs:
            found += [
                PageAction("Next run", lambda: self.step(1), "Ctrl+Down", "newer"),
                PageAction("Previous run", lambda: self.step(-1), "Ctrl+Up", "older"),
            ]
        found += self._looks()
        if page.front is None:
            return found
        return [
            *found,
            PageAction("Sheet of the run", self.sheet, "Ctrl+P", "print pdf excel report preview"),
            PageAction(
                "Compare with the run before", self.compare, "B", "before after gain difference"
            ),
            PageAction("Rename the run", self.rename, "R", "name"),
            PageAction("Properties of the run", self.properties, "P", "note gear offset clock"),
            PageAction("Delete the run", self.delete, "Del", "remove"),
        ]

    def _looks(self) -> list[PageAction]:
        """Return how runs can be looked at."""
        page, bar = self._page, self._page.bar
        return [
            PageAction("Next correction", lambda: bar.next_correction(1), "C", "sae din std"),
            PageAction("Correction before", lambda: bar.next_correction(-1), "Shift+C", ""),
            PageAction("More smoothing", lambda: bar.more_smoothing(1), "+", "filter"),
            PageAction("Less smoothing", lambda: bar.more_smoothing(-1), "-", "filter"),
            PageAction("At the wheels, or at the engine", bar.other_engine, "W", "losses crank"),
            PageAction("Over engine speed", lambda: page.set_axis("rpm"), "1", "axis rpm"),
            PageAction("Over road speed", lambda: page.set_axis("speed"), "2", "axis km/h mph"),
            PageAction("Over time", lambda: page.set_axis("time"), "3", "axis seconds"),
            PageAction(
                "Show the difference, or not", bar.difference.click, "D", "gain compare before"
            ),
            PageAction(
                "Show empty sessions, or not", self.show_empties, "Shift+E", "without runs over"
            ),
        ]

    def show_empties(self) -> None:
        """List the sessions that are over and hold no run, or leave them out again."""
        tree = self._page.tree
        tree.show_empties(on=not tree.model.empties)

    def _run(self, run_id: str) -> DynoRun | None:
        """Return the run of this id, the one in front where none is named."""
        return self._page.runs.get(run_id) if run_id else self._page.front

    def step(self, by: int) -> None:
        """Bring the next run to the front: newer or older."""
        page = self._page
        order = sorted(page.runs.values(), key=lambda run: run.started)
        if not order:
            return
        place = next((n for n, run in enumerate(order) if run is page.front), len(order) - 1)
        page.choose([order[min(max(place + by, 0), len(order) - 1)].id])

    def _run_before(self, run: DynoRun) -> DynoRun | None:
        """Return the run driven before another: in its session, else at all."""
        older = [one for one in self._page.runs.values() if one.started < run.started]
        same = [one for one in older if one.session == run.session]
        return max(same or older, key=lambda one: one.started, default=None)

    def rename(self, run_id: str = "") -> None:
        """Give a run another name."""
        run = self._run(run_id)
        if run is None or self._page.acts.locked:
            return

        def take(typed: str) -> None:
            name = " ".join(typed.split())
            if not name:
                raise _NameMissing("A run needs a name.", to_do="Type one.")
            self._change(replace(run, name=name))

        NameForm(f"Rename {run.name}", run.name, take, self._page).open()

    def properties(self, run_id: str = "") -> None:
        """Show name, note, gear, air, offset and basis of a run, to be put right."""
        page, run = self._page, self._run(run_id)
        if run is None or page.acts.locked:
            return
        result = page.results.get(run.id)
        offset = result.ecu_offset_s if result is not None else None
        RunForm(run, offset, page.draft_units, self._change, page).open()

    def _change(self, run: DynoRun) -> None:
        page, by = self._page, self._page.acts.actor
        in_background(
            lambda: page.desk.bay.runs.change(run, by),
            page,
            lambda _run: page.refresh(),
            page.acts.tell,
        )

    def delete(self, run_id: str = "") -> None:
        """Take a run off the tree; the toast takes it back. Its recording stays."""
        page, run = self._page, self._run(run_id)
        if run is None:
            return
        refusal = why_not(page.desk.office.session.now, Act.DELETE)
        if refusal:
            page.acts.say(refusal)
            return
        if run.ending is RunEnding.OPEN:
            page.acts.say(f"{run.name} is still being driven: stop it first (F5).")
            return
        by, runs = page.acts.actor, page.desk.bay.runs
        words = f"{run.name} was deleted. Its recording stays."

        def done(_none: object) -> None:
            page.acts.say(words, lambda: self._restore(run.id))
            page.refresh()

        in_background(lambda: runs.delete(run.id, by), page, done, page.acts.tell)

    def _restore(self, run_id: str) -> None:
        page, by = self._page, self._page.acts.actor
        in_background(
            lambda: page.desk.bay.runs.restore(run_id, by),
            page,
            lambda _none: page.refresh(choose=run_id),
            page.acts.tell,
        )

    def compare(self) -> None:
        """Lay the run over the one before, with the difference; pressed again, take it away."""
        page = self._page
        if page.difference and len(page.chosen) > 1:
            page.choose([page.chosen[-1]])
            page.set_difference(on=False)
            return
        chosen = list(page.chosen)
        if len(chosen) < 2 and page.front is not None:
            before = self._run_before(page.front)
            if before is None:
                page.acts.say("There is no other run to compare with yet.")
                return
            # The earlier one in front: what the later gained stands against it.
            chosen = [before.id, page.front.id]
        page.choose(chosen)
        page.set_difference(on=True)

    def sheet(self) -> None:
        """Show the sheet of the chosen runs as it will be printed."""
        page = self._page
        if not page.chosen:
            page.acts.say("A sheet needs a run: choose one at the left.")
            return
        refusal = why_not(page.desk.office.session.now, Act.EXPORT)
        if refusal:
            page.acts.say(refusal)
            return
        from cartech_desk.ui.widgets.sheet_preview import SheetPreview

        page.preview = SheetPreview(page.desk, page.acts, page.chosen, page.view, page)
        page.preview.open()

    # Files of others

    def import_file(self) -> None:
        """Take a run out of another program's file, once somebody has seen its columns."""
        page = self._page
        if page.acts.locked:
            return
        path = self.ask_open()
        if path is None:
            return
        page.status_message.emit(f"Reading {path.name} …")
        in_background(
            lambda: page.desk.bay.runs.propose(path),
            page,
            lambda proposal: self._show_columns(path, proposal),
            self._import_failed,
        )

    def _show_columns(self, path: Path, proposal: Proposal) -> None:
        from cartech_desk.ui.widgets.dyno_import_form import DynoImportForm

        page = self._page
        page.status_message.emit("")
        vehicle = page.acts.vehicle
        self.form = DynoImportForm(
            page.desk,
            page.acts,
            path,
            proposal,
            vehicle_id=vehicle.id if vehicle is not None else "",
            parent=page,
        )
        self.form.imported.connect(lambda run: self._imported(run, path))
        self.form.open()

    def _imported(self, run: DynoRun, path: Path) -> None:
        self._page.acts.say(f"{run.name} was imported from {path.name}.")
        self._page.refresh(choose=run.id)

    def _import_failed(self, error: BaseException) -> None:
        self._page.status_message.emit("")
        self._page.acts.tell(error)

    def _ask_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._page, "Import a dyno run", "", _KINDS)
        return Path(name) if name else None
