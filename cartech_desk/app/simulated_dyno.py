"""The simulated dyno on its wires, as `cartech-desk simulate` opens them."""

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from cartech_desk.hardware.sim.car import SimulatedCar
    from cartech_desk.hardware.sim.dyno_options import DynoOptions

SCRIPT: Final = "dyno"
"""How the car is driven where a dyno is asked for and no script."""
OWN: Final = "dyno_"
"""What stands before the dyno's own options, beside the car's and the adapter's."""
SHARED: Final = ("seed",)


class Face(Protocol):
    """One way to reach the car or its dyno."""

    @property
    def problem(self) -> str:
        """Why it has stopped by itself; empty while all is well."""

    def start(self) -> None:
        """Open the wire and start the thread."""

    def stop(self) -> None:
        """Stop and close."""


@dataclass(frozen=True, slots=True)
class _Wire:
    """A wire that may be asked for: what for, and how its source is addressed."""

    place: str
    words: str
    source: str = ""


WIRES: Final = {
    "jetdrive": _Wire("HOST:PORT", "be a JETDRIVE dyno that sends to this address"),
    "magtrol": _Wire(
        "tcp:PORT|pty", "be a Magtrol controller that is polled", "magtrol:{}?torque=nm"
    ),
    "simpledyno": _Wire(
        "tcp:PORT|pty",
        "be a SimpleDyno that sends pulses",
        "simpledyno:{}?pulses=1&circumference={:g}",
    ),
    "isp2": _Wire("tcp:PORT|pty", "be an Innovate wideband that sends ISP2", "innovate:{}"),
}
"""Ways in which the dyno speaks, by the name of their option."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the dyno's wires and options."""
    from cartech_desk.hardware.sim.dyno_options import DYNO_OPTIONS

    for name, wire in WIRES.items():
        parser.add_argument(f"--{name}", metavar=wire.place, help=wire.words)
    for name, option in DYNO_OPTIONS.items():
        if name not in SHARED:
            parser.add_argument(
                f"--dyno-{name.replace('_', '-')}",
                dest=OWN + name,
                metavar="VALUE",
                help=f"of the dyno: {option.words}",
            )


def asked(args: argparse.Namespace) -> bool:
    """Tell whether any wire of the dyno is wanted."""
    return any(getattr(args, name) for name in WIRES)


def open_wires(
    args: argparse.Namespace, car: "SimulatedCar", stack: ExitStack
) -> tuple[list[Face], dict[str, Any]]:
    """Start every wire that was asked for; all stop with `stack`. What `--json` says of them.

    Errors: BadAdapterUrl, PortBusy, PortDenied, PortNotFound.
    """
    from cartech_desk.hardware.sim.dyno_options import DYNO_OPTIONS, parse_dyno_options

    texts = {name: getattr(args, name if name in SHARED else OWN + name) for name in DYNO_OPTIONS}
    options = parse_dyno_options({name: text for name, text in texts.items() if text is not None})
    faces: list[Face] = []
    told: dict[str, Any] = {}
    for name in WIRES:
        place = getattr(args, name)
        if place:
            face, source = _OPENERS[name](place, car, options)
            stack.callback(face.stop)
            face.start()
            faces.append(face)
            address = source()
            told[name] = {
                "address": address,
                "use": f"cartech-desk dyno run --source {_q(address)}",
            }
    return faces, told


def _q(address: str) -> str:
    """Quote an address where a shell would read it otherwise."""
    return f"'{address}'" if "&" in address or "?" in address else address


Opened = tuple[Face, Callable[[], str]]
"""A face that is to be started, and what says the address of its source afterwards."""


def _jetdrive(place: str, car: "SimulatedCar", options: "DynoOptions") -> Opened:
    from cartech_desk.hardware.sim.dyno_jetdrive import JetdriveDyno
    from cartech_desk.hardware.sim.udp_endpoint import UdpEndpoint, read_target

    endpoint = UdpEndpoint(JetdriveDyno(car, options), *read_target(place))
    return endpoint, lambda: endpoint.address


def _magtrol(place: str, car: "SimulatedCar", options: "DynoOptions") -> Opened:
    from cartech_desk.hardware.sim.dyno_magtrol import MagtrolServer

    return _serial("magtrol", place, MagtrolServer(car, options))


def _simpledyno(place: str, car: "SimulatedCar", options: "DynoOptions") -> Opened:
    from cartech_desk.hardware.sim.dyno_pulses import SimpleDynoServer

    return _serial("simpledyno", place, SimpleDynoServer(car, options), car)


def _isp2(place: str, car: "SimulatedCar", options: "DynoOptions") -> Opened:
    from cartech_desk.hardware.sim.dyno_innovate import InnovateServer

    return _serial("isp2", place, InnovateServer(car, options))


def _serial(name: str, place: str, server: Any, car: "SimulatedCar | None" = None) -> Opened:
    """Put an instrument behind a pseudo terminal or a TCP port."""
    from cartech_desk.hardware.sim.pty_endpoint import PtyEndpoint
    from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint, read_listen

    endpoint = PtyEndpoint(server) if place == "pty" else TcpEndpoint(server, *read_listen(place))
    circumference = car.vehicle.data.dyno.roller_m if car is not None else 0.0
    return endpoint, lambda: WIRES[name].source.format(endpoint.address, circumference)


_OPENERS: Final[dict[str, Callable[[str, Any, Any], Opened]]] = {
    "jetdrive": _jetdrive,
    "magtrol": _magtrol,
    "simpledyno": _simpledyno,
    "isp2": _isp2,
}


def text_of(told: dict[str, Any]) -> str:
    """Return what a person reads of the wires; empty where there is none."""
    return "".join(f"Its dyno: {wire['use']}\n" for wire in told.values())
