"""What a person does with sources: connect, let go, say what a channel is, try the simulated."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer

from cartech_desk.bay.dyno import LINKS, SessionWish
from cartech_desk.bay.dyno_status import DynoSnapshot
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.session_draft import wish_of
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.dyno_sources import SourcesPanel

if TYPE_CHECKING:
    from cartech_desk.store.vehicles import Vehicle
    from cartech_desk.ui.pages.dyno import DynoPage
    from cartech_desk.ui.widgets.link_editor import LinkEditor

SIMULATED_CAR: Final = "sim:rollers?script=dyno"
SIMULATED_DYNO: Final = "sim:rollers"
_ITS_NAME: Final = "Simulated car"
_AGAIN_MS: Final = 200


class Supplies:
    """The acts on sources. `define_link` opens the editor of link definitions."""

    def __init__(self, page: "DynoPage") -> None:
        self._page = page
        self.panel: SourcesPanel | None = None
        self.roles: dict[Role, str] = {}
        """Roles set by hand before there is a session."""
        self.editor: LinkEditor | None = None

    def actions(self) -> list[PageAction]:
        """Return what can be done with sources."""
        return [
            PageAction("Sources", self.sources, "S", "dyno connect wideband weather port"),
            PageAction(
                "Define a link of the shop's own", self.define_link, "L", "serial protocol mustang"
            ),
        ]

    @property
    def _now(self) -> DynoSnapshot:
        return self._page.desk.bay.snapshot().dyno

    def sources(self) -> None:
        """Open the panel of sources."""
        page = self._page
        if page.acts.locked:
            return
        if self.panel is None:
            panel = self.panel = SourcesPanel(
                self._ask_ports, page, defined=self._defined, ask_networks=self._ask_networks
            )
            panel.connect_wanted.connect(self.connect)
            panel.disconnect_wanted.connect(self.disconnect)
            panel.role_chosen.connect(self.set_role)
            panel.import_wanted.connect(lambda: (panel.reject(), page.does.import_file()))
            panel.link_editor_wanted.connect(self.define_link)
        self.show_bench(self._now)
        self.panel.open()

    def define_link(self, url: str = "") -> None:
        """Edit the definition that an address names: the shop's own, else the template of it."""
        from cartech_desk.bay.dyno_links import LinkFiles
        from cartech_desk.hardware.dyno.definition_files import DefinitionFiles, templates
        from cartech_desk.ui.widgets.link_editor import LinkEditor

        page = self._page
        if page.acts.locked:
            return
        folder = self._links_folder()
        name = url.partition(":")[2].partition("@")[0]
        kept = DefinitionFiles(folder).keys()
        if name and name not in kept:
            name = f"template:{name}" if name in templates() else ""
        if self.panel is not None:
            self.panel.reject()
        if self.editor is not None and not name:
            self.editor.show()  # as it was left: what was typed is still there
            return
        if self.editor is not None:
            self.editor.deleteLater()
        files = LinkFiles(folder, page.desk.store, lambda: page.acts.actor)
        self.editor = LinkEditor(folder, name, page, files=files)
        self.editor.link_wanted.connect(self.connect)
        self.editor.setWindowModality(Qt.WindowModality.WindowModal)
        self.editor.show()

    def _links_folder(self) -> Path:
        desk = self._page.desk
        kept = desk.bay.dyno.settings.links_folder
        return Path(kept) if kept else desk.store.folder / LINKS

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

    def _ask_networks(self, came: Callable[[Sequence[tuple[str, str]]], None]) -> None:
        from cartech_desk.ui.models.dyno_networks import networks

        in_background(networks, self._page, came, self._page.acts.tell)

    def _defined(self) -> Sequence[str]:
        from cartech_desk.hardware.dyno.definition_files import DefinitionFiles

        return DefinitionFiles(self._links_folder()).keys()

    def connect(self, url: str) -> None:
        """Take a source onto the bench; what is wrong stands beside the address."""
        self._page.drives.ask(
            lambda: self._page.desk.bay.dyno.connect(url), lambda _source: None, self._refused
        )

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, CarTechError) and self.panel is not None and self.panel.isVisible():
            self.panel.refuse(f"{error.happened} {error.to_do}".strip())
        else:
            self._page.drives.failed(error)

    def disconnect(self, alias: str) -> None:
        """Let a source go."""
        self._page.drives.ask(lambda: self._page.desk.bay.dyno.disconnect(alias))

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
        self._page.drives.ask(lambda: page.desk.bay.dyno.change_session(wish, page.acts.actor))

    # The simulated dyno

    def try_simulated(self) -> None:
        """Park the simulated car on the simulated rollers, begin a session and arm."""
        page = self._page
        if page.acts.locked:
            return
        bay = page.desk.bay
        if bay.snapshot().connection.state is LinkState.DISCONNECTED:
            page.drives.ask(lambda: bay.connect(SIMULATED_CAR), lambda _car: self._simulated_dyno())
        else:
            self._simulated_dyno()

    def _simulated_dyno(self) -> None:
        page = self._page
        bay = page.desk.bay
        page.drives.ask(
            lambda: bay.dyno.connect(SIMULATED_DYNO), lambda _source: self._with_its_car()
        )

    def _with_its_car(self, patience: int = 10) -> None:
        """Begin the session once the car has told its VIN; it gets a name where it does not."""
        page = self._page
        vehicle = page.acts.vehicle
        if vehicle is not None:
            page.drives.begin(SessionWish(vehicle.id), None, arm=True)
            return
        car = page.desk.bay.snapshot().connection.car
        if patience and car is not None and car.vin:
            QTimer.singleShot(_AGAIN_MS, page, lambda: self._with_its_car(patience - 1))
            return

        def named(made: "Vehicle") -> None:
            page.acts.take_vehicle(made)
            page.drives.begin(SessionWish(made.id), None, arm=True)

        store = page.desk.store
        in_background(lambda: store.vehicles.by_name(_ITS_NAME), page, named, page.acts.tell)
