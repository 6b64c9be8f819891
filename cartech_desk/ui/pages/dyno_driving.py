"""What a person does at the bench: sources, the session, Start and Stop. Refusals are told."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.dyno.corrections import CORRECTIONS, factor
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, Losses, TestType
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.models.bench_words import air_words
from cartech_desk.ui.models.session_draft import Draft, draft_of, wish_of
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.dyno_run_form import AirForm
from cartech_desk.ui.widgets.dyno_session_form import Around, SessionForm
from cartech_desk.ui.widgets.dyno_sources import SourcesPanel

if TYPE_CHECKING:
    from cartech_desk.store.dyno import DynoSession
    from cartech_desk.ui.pages.dyno import DynoPage

SIMULATED_CAR: Final = "sim:rollers?script=dyno"
SIMULATED_DYNO: Final = "sim:rollers"
_ITS_NAME: Final = "Simulated car"
_LATER: Final = (
    "The editor for link definitions is not here yet: import the dyno's files meanwhile."
)


class Driving:
    """The acts of the bench. `fit_losses` makes losses of a coast-down run; replaceable."""

    def __init__(self, page: "DynoPage") -> None:
        self._page = page
        self.panel: SourcesPanel | None = None
        self.form: SessionForm | None = None
        self.roles: dict[Role, str] = {}
        """Roles set by hand before there is a session."""
        self._drafts: dict[str, Draft] = {}
        self.define_link: Callable[[str], None] = lambda _url: page.acts.say(_LATER)
        self.fit_losses: Callable[[str], Losses] = self._fit_losses

    def actions(self, now: DynoSnapshot) -> list[PageAction]:
        """Return what can be done at the bench now."""
        names = {Phase.ARMED: "Begin the run now", Phase.RUNNING: "Stop the run"}
        found = [
            PageAction(
                names.get(now.phase, "Start: arm the dyno"), self.start, "F5", "go pull run arm"
            ),
            PageAction("New session", self.new_session, "N", "vehicle begin"),
            PageAction("Sources", self.sources, "S", "dyno connect wideband weather port"),
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
            self._ask(lambda: page.desk.bay.dyno.stop(page.acts.actor))
        elif not now.sources:
            page.acts.say("No dyno is connected: choose one, then press Start.")
            self.sources()
        elif now.session is None:
            self.new_session(arm=True)
        else:
            self._ask(lambda: page.desk.bay.dyno.start(page.acts.actor))

    def disarm(self) -> None:
        """Take Start back."""
        page = self._page
        if self._now.phase is Phase.ARMED and not page.acts.locked:
            self._ask(lambda: page.desk.bay.dyno.stop(page.acts.actor))

    # The session

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

        def take(wish: SessionWish, coast_down: str) -> None:
            self._drafts.pop(vehicle.id, None)
            self._begin(wish, coast_down, arm=arm)

        form = SessionForm(
            "New session",
            draft,
            self._around(vehicle.id, vehicle.name, usual),
            take,
            page,
            verb="Begin and arm" if arm else "Begin",
        )
        self._show(form, vehicle.id)

    def change_session(self) -> None:
        """Change the facts of the session under way; runs driven before keep theirs."""
        page, session = self._page, self._now.session
        if session is None or page.acts.locked:
            return
        draft = draft_of(session, *page.draft_units, self._usual())

        def take(wish: SessionWish, coast_down: str) -> None:
            change = page.desk.bay.dyno.change_session
            self._with_losses(
                wish, coast_down, lambda ready: self._ask(lambda: change(ready, page.acts.actor))
            )

        around = self._around(session.vehicle_id, session.vehicle_name, session)
        form = SessionForm("Session", draft, around, take, page, verb="Keep")
        self._show(form, "")

    def end_session(self) -> None:
        """End the session; a run under way ends first and is kept."""
        page, now = self._page, self._now
        if now.session is None or page.acts.locked:
            return
        words = f"The session with {now.session.vehicle_name} is over."
        self._ask(
            lambda: page.desk.bay.dyno.stop_session(page.acts.actor),
            lambda _session: (page.acts.say(words), page.refresh()),
        )

    def _begin(self, wish: SessionWish, coast_down: str, *, arm: bool) -> None:
        page = self._page

        def begun(_session: "DynoSession") -> None:
            page.refresh()
            if arm:
                self._ask(lambda: page.desk.bay.dyno.start(page.acts.actor))

        begin = page.desk.bay.dyno.start_session
        self._with_losses(
            wish, coast_down, lambda ready: self._ask(lambda: begin(ready, page.acts.actor), begun)
        )

    def _with_losses(
        self, wish: SessionWish, coast_down: str, go_on: Callable[[SessionWish], None]
    ) -> None:
        """Fit the losses of a coast-down run first where one was chosen."""
        if not coast_down:
            go_on(wish)
            return

        def fitted(losses: Losses) -> None:
            others = tuple(one for one in wish.setup.losses if one.part is not losses.part)
            others = tuple(one for one in others if one.run_id)
            go_on(replace(wish, setup=replace(wish.setup, losses=(*others, losses))))

        page = self._page
        in_background(lambda: self.fit_losses(coast_down), page, fitted, page.acts.tell)

    @staticmethod
    def _fit_losses(_run_id: str) -> Losses:
        raise CarTechError(
            "The losses of this coast-down cannot be fitted here yet.",
            kept="The session was not changed.",
            to_do="Leave the losses out for now.",
        )

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
            draft["ratio_rpm_per_kmh"] = draft["road_mass_kg"] = draft["drag_area_m2"] = ""
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
        roles = session.setup.roles if session is not None else self.roles
        return Around(
            vehicle_id=vehicle_id,
            vehicle_name=vehicle_name,
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
            self._ask(lambda: page.desk.bay.dyno.change_session(wish, page.acts.actor))

        AirForm(session.setup.conditions, self.weather(), page.draft_units, keep, page).open()

    # The sources

    def sources(self) -> None:
        """Open the panel of sources."""
        page = self._page
        if page.acts.locked:
            return
        if self.panel is None:
            panel = self.panel = SourcesPanel(self._ask_ports, page)
            panel.connect_wanted.connect(self.connect)
            panel.disconnect_wanted.connect(self.disconnect)
            panel.role_chosen.connect(self.set_role)
            panel.import_wanted.connect(lambda: (panel.reject(), page.does.import_file()))
            panel.link_editor_wanted.connect(self._define_link)
        self.show_bench(self._now)
        self.panel.open()

    def _define_link(self, url: str) -> None:
        self.define_link(url)

    def show_bench(self, now: DynoSnapshot) -> None:
        """Show in the panel how the sources fare."""
        if self.panel is not None:
            roles = now.session.setup.roles if now.session is not None else self.roles
            self.panel.show_bench(now.sources, roles)

    def _ask_ports(self, came: Callable[[Sequence[tuple[str, str]]], None]) -> None:
        from cartech_desk.hardware.ports import list_ports

        def work() -> list[tuple[str, str]]:
            return [(port.port, port.probably) for port in list_ports()]

        in_background(work, self._page, came, self._page.acts.tell)

    def connect(self, url: str) -> None:
        """Take a source onto the bench; what is wrong stands beside the address."""
        self._ask(
            lambda: self._page.desk.bay.dyno.connect(url), lambda _source: None, self._refused
        )

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, CarTechError) and self.panel is not None and self.panel.isVisible():
            self.panel.refuse(f"{error.happened} {error.to_do}".strip())
        else:
            self._failed(error)

    def disconnect(self, alias: str) -> None:
        """Let a source go."""
        self._ask(lambda: self._page.desk.bay.dyno.disconnect(alias))

    def set_role(self, channel: str, role: Role | None) -> None:
        """Say what a channel is: for the session under way, else for the next one."""
        page, now = self._page, self._now
        session = now.session
        roles = dict(session.setup.roles if session is not None else self.roles)
        guessed = next(
            (
                one.role
                for source in now.sources
                for one in source.channels
                if one.channel.name == channel
            ),
            None,
        )
        roles = {one: name for one, name in roles.items() if name != channel}
        if role is not None:
            roles[role] = channel
        elif guessed is not None:
            roles[guessed] = ""  # no channel plays it, whatever it was guessed to be
        if session is None:
            self.roles = roles
            return
        wish = wish_of(session, replace(session.setup, roles=roles))
        self._ask(lambda: page.desk.bay.dyno.change_session(wish, page.acts.actor))

    # The simulated dyno

    def try_simulated(self) -> None:
        """Park the simulated car on the simulated rollers, begin a session and arm."""
        page = self._page
        if page.acts.locked:
            return
        bay = page.desk.bay
        if bay.snapshot().connection.state is LinkState.DISCONNECTED:
            self._ask(lambda: bay.connect(SIMULATED_CAR), lambda _car: self._simulated_dyno())
        else:
            self._simulated_dyno()

    def _simulated_dyno(self) -> None:
        bay = self._page.desk.bay
        self._ask(lambda: bay.dyno.connect(SIMULATED_DYNO), lambda _source: self._with_its_car())

    def _with_its_car(self) -> None:
        page = self._page

        def begin() -> None:
            vehicle = page.acts.vehicle
            if vehicle is not None:
                self._begin(SessionWish(vehicle.id), "", arm=True)

        if page.acts.vehicle is None:
            # The car has not told its VIN yet: it gets a name, as one typed at the top would be.
            store = page.desk.store
            in_background(
                lambda: store.vehicles.by_name(_ITS_NAME),
                page,
                lambda vehicle: (
                    page.acts.take_vehicle(vehicle) if page.acts.vehicle is None else None,
                    begin(),
                ),
                page.acts.tell,
            )
        else:
            begin()

    # How it is done

    def _ask(
        self,
        act: Callable[[], "Future[Any]"],
        done: Callable[[Any], object] = lambda _result: None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Begin an act of the bench; a refusal at once is told as one that comes later."""
        failed = failed or self._failed
        try:
            future = act()
        except CarTechError as error:
            failed(error)
            return
        when_done(future, self._page, done, failed)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, CancelledError) or getattr(error, "code", "") == "cancelled":
            return  # disarmed: nothing went wrong
        self._page.acts.tell(error)
