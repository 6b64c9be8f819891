"""The stage of the tour: a whole desk in a folder of its own, and a simulated car at its door."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.settings import SettingsFile
from cartech_desk.bay.bay import Bay
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import AdapterOptions, CarOptions
from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint
from cartech_desk.office import demo_people
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.demo_people import DemoPerson
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

_HOST: Final = "127.0.0.1"
_PATIENCE_S: Final = 20.0
_SESSIONS: Final = 4
"""On the demo's dyno: each is driven, which takes its time."""


class TourStopped(CarTechError):
    """A scene of the tour did not come about."""

    code = "tour"


class Stage:
    """What a scene plays on: `desk` and `window`, and a car that can be lost.

    `dress` puts the desk's look on a window of its own.
    """

    def __init__(self, desk: Any, window: Any, dress: Callable[[Any], None]) -> None:
        self.desk = desk
        self.window = window
        self.dress = dress
        self._car: TcpEndpoint | None = None
        self._adapter = _adapter(ignition=True, search_ms=0.0)
        self._port = 0

    # Time

    def play(self, seconds: float) -> None:
        """Let the screen live for so long."""
        from PySide6.QtCore import QEventLoop, QTimer

        # Not QTest.qWait: it lets no other thread run, and the bay would starve of readings.
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def wait(self, what: str, condition: Callable[[], bool], seconds: float = _PATIENCE_S) -> None:
        """Let the screen live until a condition holds; TourStopped when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TourStopped(
                    f"The tour waited {seconds:.0f} s in vain for {what}.",
                    to_do="Run it again on a machine that is less busy; if it stays, report it.",
                )
            self.play(0.05)

    # The car

    def park_car(
        self,
        *,
        ignition: bool = True,
        search_ms: float = 60.0,
        script: str = "demo",
        clock: int = 1,
    ) -> str:
        """Put a simulated car behind an adapter at this desk; returns the adapter's URL.

        `script` is how it drives, and what goes wrong with it (resources/sim/scripts.toml);
        `clock` how many times faster than real its time goes.
        """
        self.take_car_away()
        self._adapter = _adapter(ignition=ignition, search_ms=search_ms, script=script, clock=clock)
        self._port = 0
        return self.bring_car_back()

    def bring_car_back(self) -> str:
        """Plug the cable in again, into the same place; returns the adapter's URL."""
        self._car = TcpEndpoint(self._adapter, _HOST, self._port)
        self._car.start()
        self._port = int(self._car.address.rpartition(":")[2])
        return f"elm327:{self._car.address}"

    def take_car_away(self) -> None:
        """Pull the cable."""
        if self._car is not None:
            self._car.stop()
            self._car = None

    # Who is at the desk

    def found(self) -> None:
        """Set the shop up with the demo's three people; the technician is signed in then."""
        demo_people.open_demo(self.desk.office.people)
        self.wait("somebody at the desk", self._open)

    def fill_office(self) -> None:
        """Fill the office with the demo's year, few runs in it; once, whoever asks."""
        from cartech_desk.office.demo_shop import fill

        if not self.desk.office.people.founded():
            self.found()
        fill(self.desk.office, sessions=_SESSIONS)

    def sign_in(self, who: DemoPerson = demo_people.MANAGER) -> None:
        """Let one of the demo's people at the desk; the shop is set up where it was not yet."""
        if not self.desk.office.people.founded():
            self.found()
        self.desk.office.people.sign_in(who.email, demo_people.PASSWORD)
        self.wait(f"{who.name} at the desk", self._open)

    def sign_out(self) -> None:
        """Sign out, and wait until the desk asks who is there."""
        self.desk.office.people.sign_out()
        self.wait("the question who is there", lambda: not self._open())

    def lock(self) -> None:
        """Lock the desk as its key does."""
        self.window.keeper.lock()
        self.wait("the lock", lambda: not self._open())

    def _open(self) -> bool:
        return bool(self.window.gate.asking is self.window.gate.asking.NOTHING)

    # What scenes share

    def choose_theme(self, name: str) -> None:
        """Change the theme as the Settings page does."""
        values = self.desk.settings.values
        screen = values.screen.model_copy(update={"theme": name})
        self.desk.settings.save(values.model_copy(update={"screen": screen}))
        self.window.acts.settings_changed.emit()

    def connect(self, url: str) -> None:
        """Connect as the Connect page does, and wait for it."""
        self.window.open_page("connect")
        self.window.page.connect_to(url)
        self.wait("the car", lambda: self.state() == "connected")

    def state(self) -> str:
        """State of the connection."""
        return str(self.desk.bay.snapshot().connection.state)

    def recording(self) -> str:
        """Id of the recording under way, or nothing."""
        return str(self.desk.bay.snapshot().recording.id)


def _adapter(
    *, ignition: bool, search_ms: float, script: str = "demo", clock: int = 1
) -> ElmServer:
    car = SimulatedCar(CarOptions(seed=7, ignition=ignition, script=script, clock=clock))
    return ElmServer(car, AdapterOptions(seed=7, search_ms=search_ms))


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Build the desk in a temporary folder, on a screen that nobody sees."""
    from cartech_desk.ui.application import dress, make_application, make_window
    from cartech_desk.ui.background import stop_background
    from cartech_desk.ui.desk import DeskParts

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        settings = SettingsFile(folder / "settings.toml")
        store = Store(folder)
        stack.callback(store.close)
        bay = Bay(store, settings.values.bay_settings())
        stack.callback(bay.stop)
        session = Session()
        people = People(store, session, cost=demo_people.COST)
        session.listen(lambda now: bay.use_operator(now.person))

        def rules() -> ShopRules:
            return settings.values.shop_rules()  # settings are replaced whole when they are saved

        office = Office(session, people, AuditBook(store), store, rules)
        bay.start()
        application = make_application(["cartech-desk"])
        desk = DeskParts(bay, office, store, settings, folder)
        appearance = dress(application, desk)
        window = make_window(desk, appearance)
        stage = Stage(desk, window, appearance.put_on)
        stack.callback(stage.take_car_away)
        stack.callback(stop_background)
        stack.callback(window.leave)
        yield stage
