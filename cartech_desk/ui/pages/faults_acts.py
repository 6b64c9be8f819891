"""What a person does on the Faults page: check up, read, clear, look up, compare, print."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.compare import Difference, difference
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.people import Act
from cartech_desk.store.checkups import CheckupSummary, KeptCheckup
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.fault_shown import ShownFaults, meanings_of
from cartech_desk.ui.pages.faults_clearing import ClearingActs
from cartech_desk.ui.pages.faults_makers import MakersActs
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.fault_view import CODES, EARLIER, READINESS, TESTS, UNITS

if TYPE_CHECKING:
    from concurrent.futures import Future

    from cartech_desk.bay.faults import CheckedUp, Cleared, Faults
    from cartech_desk.ui.pages.faults import FaultsPage
    from cartech_desk.ui.widgets.fault_clear_form import ClearForm
    from cartech_desk.ui.widgets.fault_lookup import CodeLookUp

_CANCELLED = "scan_cancelled"
_NOT_CONNECTED = "Nothing is connected yet: connect to a car first."


class FaultActs:
    """The acts. `form` and `look` are the dialogs that are open, or were last."""

    def __init__(self, page: "FaultsPage") -> None:
        self._page = page
        self.clearing = ClearingActs(page, self.cleared)
        self.look: CodeLookUp | None = None
        self.makers = MakersActs(page)

    def actions(self) -> list[PageAction]:
        """Return what can be done now."""
        page, view = self._page, self._page.view
        found = [
            PageAction("Check the vehicle up", self.check_up, "F5", "scan all keep save codes"),
            PageAction("Read faults, keep nothing", self.read, "R", "scan again refresh codes"),
            PageAction("Look up a fault code", self.look_up, "Ctrl+F", "dtc meaning find search"),
            PageAction("Note for the check-up", page.note.setFocus, "Ctrl+N", "remark write"),
            *self.makers.actions(),
            PageAction("Clear fault codes…", self.clear, "Ctrl+Del", "erase reset delete mil"),
            PageAction(
                "Earlier check-ups", lambda: page.show_tab(EARLIER), "5", "history before past"
            ),
        ]
        if page.shown_faults is not None:
            found += [
                PageAction("Codes", lambda: page.show_tab(CODES), "1", "list dtc"),
                PageAction(
                    "Readiness", lambda: page.show_tab(READINESS), "2", "monitors inspection"
                ),
                PageAction("On-board tests", lambda: page.show_tab(TESTS), "3", "mode 06 limits"),
                PageAction(
                    "Control units", lambda: page.show_tab(UNITS), "4", "calibration cvn ecu"
                ),
                PageAction("Next code", lambda: view.list.step(1), "Ctrl+Down"),
                PageAction("Code before", lambda: view.list.step(-1), "Ctrl+Up"),
                PageAction("Group codes otherwise", view.list.other_grouping, "G", "severity ecu"),
                PageAction("Next freeze frame", view.frame.next_frame, "N"),
            ]
        if page.shown_faults is not None or page.checkups:
            found.append(
                PageAction("Sheet of the check-up", self.sheet, "Ctrl+P", "print pdf customer")
            )
        if page.checkups:
            found.append(
                PageAction("Compare check-ups", self.compare_chosen, "C", "difference before")
            )
        if page.busy or view.comparing or page.looks_back:
            words = "Cancel the reading" if page.busy else "Back"
            found.append(PageAction(words, page.escape, "Esc", "stop end"))
        return found

    # Reading

    def check_up(self) -> None:
        """Read everything, compare, keep."""
        page = self._page
        if not self._may_begin():
            return
        car = page.link.car
        if page.acts.vehicle is None and (car is None or car.vin is None):
            page.acts.with_vehicle(self.check_up)
            return
        vehicle = page.acts.vehicle
        number, by = vehicle.id if vehicle is not None else "", page.acts.actor
        note = " ".join(page.note.text().split())
        self._begin(
            "Checking up …",
            lambda faults: faults.check_up(number, by=by, note=note),
            self._checked_up,
        )

    def read(self) -> None:
        """Read everything and keep nothing."""
        if self._may_begin():
            self._begin("Reading …", lambda faults: faults.scan(), self.show_read)

    def cancel(self) -> None:
        """End the reading after the request under way."""
        page = self._page
        if page.faults is not None:
            page.progress.ending()
            page.faults.cancel()

    def _may_begin(self) -> bool:
        page = self._page
        if page.acts.locked:
            return False
        if page.busy:
            page.acts.say("The car is being read already.")
            return False
        if page.link.state is not LinkState.CONNECTED:
            page.acts.say(_NOT_CONNECTED)
            page.acts.go_to("connect")
            return False
        return True

    def _begin(
        self,
        words: str,
        act: "Callable[[Faults], Future[Any]]",
        done: Callable[[Any], None],
    ) -> None:
        page = self._page
        page.begin(words)

        def with_faults(faults: "Faults") -> None:
            page.faults = faults
            try:
                future = act(faults)
            except CarTechError as error:
                self._failed(error)
                return
            when_done(future, page, done, self._failed)

        if page.faults is not None:
            with_faults(page.faults)
        else:
            bay = page.desk.bay
            in_background(lambda: bay.faults, page, with_faults, self._failed)

    def _failed(self, error: BaseException) -> None:
        page = self._page
        page.end()
        if getattr(error, "code", "") == _CANCELLED:
            page.acts.say("The reading was ended. Nothing was kept.")
            return
        partly = getattr(error, "scan", None)
        if isinstance(partly, FaultScan):
            self.show_read(partly)
        page.acts.tell(error)

    # What was read

    def show_read(self, scan: FaultScan) -> None:
        """Show a scan that is not kept, compared with the vehicle's last check-up."""
        page, faults = self._page, self._page.faults
        store, vehicle = page.desk.store, page.acts.vehicle
        number = vehicle.id if vehicle is not None else ""
        assert faults is not None  # noqa: S101 - it was read by them

        def work() -> ShownFaults:
            last = store.checkups.last(number) if number else None
            if last is not None and last.scan.vin != scan.vin:
                last = None
            changed = difference(last.scan, scan) if last is not None else None
            return ShownFaults(
                scan,
                meanings_of(scan, changed, faults.meaning),
                difference=changed,
                before=last.taken if last is not None else None,
                vehicle_id=number,
                vehicle_name=vehicle.name if vehicle is not None else "",
            )

        self._show(work, fresh=True)

    def _checked_up(self, checked: "CheckedUp") -> None:
        before = checked.before
        self._show_kept(
            checked.kept,
            checked.difference,
            before=before.taken if before is not None else None,
            fresh=True,
        )
        self._page.note.clear()
        self._page.acts.say("The check-up is kept.")

    def cleared(self, cleared: "Cleared") -> None:
        """Show how a clearing ended, and what is there afterwards."""
        page = self._page
        kept = cleared.after or cleared.before
        changed = None
        if cleared.after is not None:
            changed = difference(cleared.before.scan, cleared.after.scan)
        self._show_kept(
            kept,
            changed,
            before=cleared.before.taken if changed is not None else None,
            fresh=cleared.after is not None,
            then=lambda: page.show_cleared(cleared),
            cleared=True,
        )

    def open_checkup(self, checkup_id: str) -> None:
        """Open a check-up that is kept."""
        page, bay = self._page, self._page.desk.bay

        def work() -> ShownFaults:
            faults = bay.faults
            checked = faults.checked_up(checkup_id)
            before = checked.before
            return _shown(
                checked.kept,
                checked.difference,
                faults.meaning,
                before=before.taken if before is not None else None,
                now=False,
            )

        self._show(work, fresh=False, then=lambda: page.show_tab(CODES))

    def _show_kept(
        self,
        kept: KeptCheckup,
        changed: Difference | None,
        *,
        before: Any,
        fresh: bool,
        then: Callable[[], None] = lambda: None,
        cleared: bool = False,
    ) -> None:
        faults = self._page.faults
        assert faults is not None  # noqa: S101 - they kept it

        def work() -> ShownFaults:
            shown = _shown(kept, changed, faults.meaning, before=before, now=fresh)
            return replace(shown, cleared=cleared)

        self._show(work, fresh=fresh, then=then)

    def _show(
        self,
        work: Callable[[], ShownFaults],
        *,
        fresh: bool,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        page = self._page

        def arrived(shown: ShownFaults) -> None:
            page.end()
            page.show_faults(shown, fresh=fresh)
            then()

        def failed(error: BaseException) -> None:
            page.end()
            page.acts.tell(error)

        in_background(work, page, arrived, failed)

    def clear(self) -> None:
        """Ask for a reason, and clear."""
        if self._may_begin():
            self.clearing.clear()

    @property
    def form(self) -> "ClearForm | None":
        """The dialog that asks whether codes shall be cleared."""
        return self.clearing.form

    # Codes, check-ups, paper

    def look_up(self, typed: str = "") -> None:
        """Look up any code."""
        bay, page = self._page.desk.bay, self._page
        in_background(
            lambda: bay.faults, page, lambda faults: self._look(faults, typed), page.acts.tell
        )

    def _look(self, faults: "Faults", typed: str) -> None:
        from cartech_desk.ui.widgets.fault_lookup import CodeLookUp

        page = self._page
        page.faults = faults
        car = page.link.car
        self.look = CodeLookUp(
            faults.meaning,
            faults.book.find,
            page.acts.tell,
            vin=car.vin if car is not None else None,
            tables=self.makers.open,
            parent=page,
        )
        self.look.open()
        self.look.line.setText(typed)

    def sheet(self) -> None:
        """Show the sheet of the check-up in sight, or of the one chosen in the list."""
        page = self._page
        shown = page.shown_faults
        if page.view.tabs.currentIndex() == EARLIER and page.view.checkups.chosen():
            self.sheet_of(page.view.checkups.chosen()[0])
        elif shown is not None and shown.kept is not None:
            self.sheet_of(shown.kept)
        else:
            page.acts.say("A sheet needs a check-up that is kept: press Check up (F5).")

    def sheet_of(self, checkup: CheckupSummary | KeptCheckup) -> None:
        """Show the sheet of a check-up as it will be printed."""
        page = self._page
        refusal = why_not(page.desk.office.session.now, Act.EXPORT)
        if refusal:
            page.acts.say(refusal)
            return
        from cartech_desk.ui.widgets.checkup_preview import CheckupPreview

        page.preview = CheckupPreview(page.desk, page.acts, checkup, page)
        page.preview.open()

    def compare_chosen(self) -> None:
        """Compare the check-ups that are chosen in the list."""
        self._page.show_tab(EARLIER)
        self._page.view.leave_comparison()
        self._page.view.checkups.compare_chosen()

    def compare(self, before: CheckupSummary, now: CheckupSummary) -> None:
        """Lay two check-ups beside each other."""
        page, bay, store = self._page, self._page.desk.bay, self._page.desk.store

        def work() -> tuple[Any, ...]:
            first, second = store.checkups.get(before.id), store.checkups.get(now.id)
            changed = difference(first.scan, second.scan)
            meanings = meanings_of(second.scan, changed, bay.faults.meaning)
            return first, second, changed, meanings

        def arrived(found: tuple[Any, ...]) -> None:
            page.view.comparison.show_difference(*found)
            page.view.show_comparison()
            page.actions_changed.emit()

        in_background(work, page, arrived, page.acts.tell)


def _shown(
    kept: KeptCheckup,
    changed: Difference | None,
    explain: Callable[..., Any],
    *,
    before: Any,
    now: bool,
) -> ShownFaults:
    return ShownFaults(
        kept.scan,
        meanings_of(kept.scan, changed, explain),
        kept,
        changed,
        before,
        kept.vehicle_id,
        kept.vehicle_name,
        now,
    )
