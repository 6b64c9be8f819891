"""The simulated dyno as a source of the bench: real JETDRIVE over loopback, server included."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cartech_desk.domain.channels import Reading
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.source_url import read_source_url
from cartech_desk.hardware.dyno.sources import BadSourceUrl, make_source
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.adapter import checked_name
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_jetdrive import JetdriveDyno
from cartech_desk.hardware.sim.dyno_options import DYNO_OPTIONS, DynoOptions, parse_dyno_options
from cartech_desk.hardware.sim.link import park, parked
from cartech_desk.hardware.sim.options import OPTIONS, parse_options
from cartech_desk.hardware.sim.tcp_endpoint import LOOPBACK
from cartech_desk.hardware.sim.udp_endpoint import UdpEndpoint, free_port

SCRIPT: Final = "dyno"
"""How a car is driven that is parked for its dyno."""


def sim_source(url: str, alias: str) -> DynoSource:
    """Make the source of `sim:NAME?options`, not yet opened.

    Options are the dyno's (`dyno_options`) and the car's. The car of this name is parked with
    `script=dyno` unless it is there already, or the options say something of it themselves; a
    seed is the dyno's, and the car's where it is parked here. Errors: BadSourceUrl.
    """
    read = read_source_url(url)
    try:
        checked_name(read.target)
        of_dyno = {key: text for key, text in read.options.items() if key in DYNO_OPTIONS}
        of_car = {key: text for key, text in read.options.items() if key not in DYNO_OPTIONS}
        for name in of_car:
            if name not in OPTIONS:
                raise BadAdapterUrl(
                    f"The simulated dyno has no option “{name}”.",
                    to_do=f"Use one of {', '.join(sorted({*DYNO_OPTIONS, *OPTIONS}))}.",
                )
        return SimulatedDynoSource(
            url, alias, _car(read.target, of_car), parse_dyno_options(of_dyno)
        )
    except BadAdapterUrl as error:
        raise BadSourceUrl(error.happened, kept=error.kept, to_do=error.to_do) from error


def _car(name: str, options: dict[str, str]) -> SimulatedCar:
    plug = parked(name) if name and not options else None
    if plug is None:
        plug = park(name, parse_options({"script": SCRIPT} | options))
    return plug.car


class SimulatedDynoSource(DynoSource):
    """The desk's own JETDRIVE source, and the server in front of it; see `DynoSource`.

    Errors of the constructor: BadAdapterUrl where the car drives on the road.
    """

    def __init__(self, url: str, alias: str, car: SimulatedCar, options: DynoOptions) -> None:
        self.url = url
        self.alias = alias
        self._car = car
        self._options = options
        self._port = free_port()
        self._wire = make_source(f"jetdrive://{LOOPBACK}:{self._port}", alias)
        self._server: UdpEndpoint | None = None
        JetdriveDyno(car, options).close()  # refuses a car that no dyno can measure

    def open(self) -> None:
        """Listen, then let the dyno speak."""
        self.close()
        self._wire.open()
        self._server = UdpEndpoint(JetdriveDyno(self._car, self._options), LOOPBACK, self._port)
        self._server.start()

    def read(self, timeout_s: float) -> Sequence[Reading]:
        """Return what has come; see `DynoSource.read`."""
        return self._wire.read(timeout_s)

    def close(self) -> None:
        """Stop the dyno and let go of the wire."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
        self._wire.close()

    def interrupt(self) -> None:
        """End a call under way soon."""
        self._wire.interrupt()

    @property
    def channels(self) -> tuple[SourceChannel, ...]:
        """What it delivers."""
        return self._wire.channels

    @property
    def identity(self) -> SourceIdentity:
        """Who it is: a simulation says so wherever it is printed."""
        return replace(self._wire.identity, make="CarTech Desk", model="simulated dyno")

    @property
    def health(self) -> SourceHealth:
        """How the wire is doing."""
        return self._wire.health

    @property
    def capabilities(self) -> tuple[Role, ...]:
        """What its channels can be."""
        return self._wire.capabilities
