"""What a person does at the bench: the session, Start and Stop. Refusals are told."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.domain.dyno.corrections import CORRECTIONS, factor
from cartech_desk.domain.dyno.run import Conditions, Losses, LossPart, TestType
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.models.bench_words import air_words
from cartech_desk.ui.models.session_draft import Draft, draft_of, wish_of
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.dyno_run_form import AirForm
from cartech_desk.ui.widgets.dyno_session_form import Around, CoastDown, SessionForm

if TYPE_CHECKING:
    from cartech_desk.store.dyno import DynoSession
    from cartech_desk.store.vehicles import Vehicle
    from cartech_desk.ui.pages.dyno import DynoPage

_VIN: Final = re.compile(r"[A-Z0-9]{17}", re.ASCII)
"""A vehicle that nobody named is called by its VIN."""


class Driving:
    """The acts of the bench. `fit_losses` makes losses of a coast-down run; replaceable."""

    def __init__(self, page: "DynoPage") -> None:
        self._page = page
        self.form: SessionForm | None = None
        self._drafts: dict[str, Draft] = {}
        self.fit_losses: Callable[[str, LossPart], Losses] = self._fit_losses

    def actions(self, now: DynoSnapshot) -> list[PageAction]:
        """Return what can be done at the bench now."""
        names = {Phase.ARMED: "Begin the run now", Phase.RUNNING: "Stop the run"}
        found = [
            PageAction(
                names.get(now.phase, "Start: arm the dyno"), self.start, "F5", "go pull run arm"
            ),
            PageAction("New session", self.new_session, "N", "vehicle begin"),
            PageAction("Type the air", self.type_air, "T", "weather temperature pressure humidity"),
        ]
        if now.session is not None:
            found += [
                PageAction("Change the session", self.change_session, "E", "gear fuel notes"),
                PageAction("End the session", self.end_session, "Shift+N", "close stop"),
            ]
        if now.phase is Phase.ARMED:
            found.append(PageAction("Disarm", self.disarm, "Esc", "cancel start"))
        return found

    @property
    def _now(self) -> DynoSnapshot:
        return self._page.desk.bay.snapshot().dyno

    # The run

    def start(self) -> None:
        """Arm, begin at once, or stop: whatever the big button says now."""
        page, now = self._page, self._now
        if page.acts.locked or now.phase is Phase.SAVING:
            return
        if now.phase is Phase.RUNNING:
            self.ask(lambda: page.desk.bay.dyno.stop(page.acts.actor))
        elif not now.sources:
            page.acts.say("No dyno is connected: choose one, then press Start.")
            page.supplies.sources()
        elif now.session is None:
            self.new_session(arm=True)
        else:
            self.ask(lambda: page.desk.bay.dyno.start(page.acts.actor))

    def disarm(self) -> None:
        """Take Start back."""
        page = self._page
        if self._now.phase is Phase.ARMED and not page.acts.locked:
            self.ask(lambda: page.desk.bay.dyno.stop(page.acts.actor))

    # The session

    def session_pressed(self) -> None:
        """Change the session under way, or begin one."""
        if self._now.session is None:
            self.new_session()
        else:
            self.change_session()

    def guided(self) -> None:
        """Do what the bench says is missing."""
        if not self._now.sources:
            self._page.supplies.sources()
        else:
            self.new_session()

    def new_session(self, *, arm: bool = False) -> None:
        """Begin a session with the vehicle at hand; one under way ends then."""
        if not self._page.acts.locked:
            self._page.acts.with_vehicle(lambda: self._open_session(arm=arm))

    def _open_session(self, *, arm: bool) -> None:
        page = self._page
        vehicle = page.acts.vehicle
        if vehicle is None:
            return
        last = next((one for one in page.sessions if one.vehicle_id == vehicle.id), None)
        usual = last or next(iter(page.sessions), None)
        draft = self._drafts.get(vehicle.id) or self._proposed(usual, same_car=last is not None)

        def take(wish: SessionWish, coast_down: CoastDown | None) -> None:
            self._drafts[vehicle.id] = form.draft  # where its name is refused, nothing is lost

            def begin() -> None:
                self._drafts.pop(vehicle.id, None)
                self.begin(wish, coast_down, arm=arm)

            self._name(vehicle.id, form.vehicle_name, begin)

        form = SessionForm(
            "New session",
            draft,
            self._around(vehicle.id, vehicle.name, usual),
            take,
            page,
            verb="Begin and arm" if arm else "Begin",
        )
        self._show(form, vehicle.id)

    def _name(self, vehicle_id: str, name: str, go_on: Callable[[], None]) -> None:
        """Give the vehicle a name first where one was typed."""
        if not name:
            go_on()
            return
        page = self._page

        def named(vehicle: "Vehicle") -> None:
            page.acts.take_vehicle(vehicle)
            go_on()

        rename, by = page.acts.renamed, page.acts.actor
        in_background(lambda: rename(vehicle_id, name, by), page, named, page.acts.tell)

    def change_session(self) -> None:
        """Change the facts of the session under way; runs driven before keep theirs."""
        page, session = self._page, self._now.session
        if session is None or page.acts.locked:
            return
        draft = draft_of(session, *page.draft_units, self._usual())

        def take(wish: SessionWish, coast_down: CoastDown | None) -> None:
            change = page.desk.bay.dyno.change_session

            def keep() -> None:
                self._with_losses(
                    wish, coast_down, lambda ready: self.ask(lambda: change(ready, page.acts.actor))
                )

            self._name(session.vehicle_id, form.vehicle_name, keep)

        around = self._around(session.vehicle_id, session.vehicle_name, session)
        form = SessionForm("Session", draft, around, take, page, verb="Keep")
        self._show(form, "")

    def end_session(self) -> None:
        """End the session; a run under way ends first and is kept."""
        page, now = self._page, self._now
        if now.session is None or page.acts.locked:
            return
        words = f"The session with {now.session.vehicle_name} is over."
        self.ask(
            lambda: page.desk.bay.dyno.stop_session(page.acts.actor),
            lambda _session: (page.acts.say(words), page.refresh()),
        )

    def begin(self, wish: SessionWish, coast_down: CoastDown | None, *, arm: bool) -> None:
        """Begin a session, with the losses of a coast-down fitted first; `arm` presses Start."""
        page = self._page

        def begun(_session: "DynoSession") -> None:
            page.refresh()
            if arm:
                self.ask(lambda: page.desk.bay.dyno.start(page.acts.actor))

        begin = page.desk.bay.dyno.start_session
        self._with_losses(
            wish, coast_down, lambda ready: self.ask(lambda: begin(ready, page.acts.actor), begun)
        )

    def _with_losses(
        self, wish: SessionWish, coast_down: CoastDown | None, go_on: Callable[[SessionWish], None]
    ) -> None:
        """Fit the losses of a coast-down run first where one was chosen."""
        if coast_down is None:
            go_on(wish)
            return

        def fitted(losses: Losses) -> None:
            kept = (one for one in wish.setup.losses if one.run_id and one.part is not losses.part)
            go_on(replace(wish, setup=replace(wish.setup, losses=(*kept, losses))))

        page = self._page
        run_id, part = coast_down
        in_background(lambda: self.fit_losses(run_id, part), page, fitted, page.acts.tell)

    def _fit_losses(self, run_id: str, part: LossPart) -> Losses:
        from cartech_desk.domain.dyno.losses import fit_coast_down

        desk = self._page.desk
        setup = desk.store.dyno.run(run_id).setup
        return fit_coast_down(desk.bay.runs.raw(run_id), setup, part)

    def _show(self, form: SessionForm, vehicle_id: str) -> None:
        def left() -> None:
            if vehicle_id:
                self._drafts[vehicle_id] = form.draft

        form.rejected.connect(left)
        self.form = form
        form.open()

    def _proposed(self, last: "DynoSession | None", *, same_car: bool) -> Draft:
        """Return what a new session begins with: the last one's, but nothing of another car."""
        draft = draft_of(last, *self._page.draft_units, self._usual())
        if not same_car:
            for name in ("odometer_km", "customer", "modifications", "notes", "gear", "tyre_kpa"):
                draft[name] = ""
            for name in ("ratio_rpm_per_kmh", "road_mass_kg", "drag_area_m2", "boost_ratio"):
                draft[name] = ""
            draft["wheel_mass_kg"] = ""
        draft["ecu_offset_s"] = ""
        return draft

    def _usual(self) -> dict[str, float]:
        dyno = getattr(self._page.desk.settings.values, "dyno", None)
        values = {name: getattr(dyno, name, None) for name in ("equivalent_mass_kg", "roller_m")}
        return {name: value for name, value in values.items() if value is not None}

    def _around(self, vehicle_id: str, vehicle_name: str, last: "DynoSession | None") -> Around:
        page = self._page
        values = page.desk.settings.values
        session = self._now.session
        roles = session.setup.roles if session is not None else page.supplies.roles
        return Around(
            vehicle_id=vehicle_id,
            vehicle_name=vehicle_name,
            vin_only=_VIN.fullmatch(vehicle_name) is not None,
            system=unit_system(values),
            power_unit=page.power_unit,
            altitude_m=getattr(getattr(values, "dyno", None), "altitude_m", None),
            weather=self.weather(),
            roles=roles,
            losses=last.setup.losses if last is not None else (),
            coast_downs=[
                (run.id, f"{run.name} · {run.started.astimezone():%Y-%m-%d %H:%M}")
                for run in page.runs.values()
                if run.setup.test_type is TestType.COAST_DOWN
            ],
            doubts=self._doubts,
            base=last,
        )

    def _doubts(self, wish: SessionWish) -> Sequence[str]:
        """Return what is doubtful about the typed air under the correction in force."""
        air, view = wish.setup.conditions, self._page.view
        if air == Conditions() or view.correction not in CORRECTIONS:
            return ()
        made = factor(view.correction, air, wish.setup)
        return (*made.warnings, *((made.why_not,) if made.why_not else ()))

    def weather(self) -> str:
        """Say what a weather station tells; empty where none does."""
        air = self._now.conditions
        if air.source in ("", "typed"):
            return ""
        return f"From the {air.source}: {air_words(air, self._page.units)}."

    def air_act(self, now: DynoSnapshot) -> str:
        """Say what a press on the air leads to where it is not simply typed."""
        if now.session is not None:
            return ""
        if self._page.front is not None:
            return f"Type the air of {self._page.front.name}"
        return "Begin a session to type the air"

    def type_air(self) -> None:
        """Type temperature, pressure and humidity for the session, else for the run in front."""
        page, session = self._page, self._now.session
        if page.acts.locked:
            return
        if session is None:
            if page.front is not None:
                page.does.properties(page.front.id)
            else:
                self.new_session()
            return

        def keep(air: Conditions) -> None:
            now = self._now.session or session
            wish = wish_of(now, replace(now.setup, conditions=air))
            self.ask(lambda: page.desk.bay.dyno.change_session(wish, page.acts.actor))

        AirForm(session.setup.conditions, self.weather(), page.draft_units, keep, page).open()

    # How it is done

    def ask(
        self,
        act: Callable[[], "Future[Any]"],
        done: Callable[[Any], object] = lambda _result: None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Begin an act of the bench; a refusal at once is told as one that comes later."""
        failed = failed or self.failed
        try:
            future = act()
        except CarTechError as error:
            failed(error)
            return
        when_done(future, self._page, done, failed)

    def failed(self, error: BaseException) -> None:
        """Tell a refusal; a Start that was taken back is none."""
        if isinstance(error, CancelledError) or getattr(error, "code", "") == "cancelled":
            return
        self._page.acts.tell(error)
