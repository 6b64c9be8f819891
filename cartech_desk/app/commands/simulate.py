"""`cartech-desk simulate`: the built-in car behind a real adapter protocol."""

import argparse
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app import simulated_dyno
from cartech_desk.app.numbers_asked import number
from cartech_desk.app.output import emit, say
from cartech_desk.app.simulated_dyno import Face
from cartech_desk.app.stopping import until_told
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.car_data import faults, scripts
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.evil import EVILS
from cartech_desk.hardware.sim.options import (
    OLDER_BUSES,
    OPTIONS,
    VINS,
    SimOptions,
    parse_options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartech_desk.hardware.sim.replayed_car import ReplayedCar

NAME: Final = "simulate"
HELP: Final = "the built-in car behind a real adapter protocol"

ALONE: Final = (
    "▲ A virtual CAN bus exists only within one program: no other command can reach this car. Use "
    "--can slcan:PTY, or --listen."
)
_LOOK_S: Final = 0.25
_WORDS: Final = {
    "latency_ms": "how long the control units take to answer",
    "jitter_ms": "how much longer they sometimes take",
    "seed": "the same seed gives the same car",
    "dirt": "light, heavy, or KIND:PROBABILITY with commas",
    "faults": "faults of the car, with commas; see below",
    "codes": "codes of an earlier drive, as P0299:engine,U0100:gearbox:pending",
    "speaks": "what it speaks: obd, uds (OBD on UDS only), kwp or iso9141 (K line, before CAN)",
    "vin": f"what it tells as its VIN: {', '.join(VINS)}, or a VIN",
    "evil": "control units that answer wrongly, as wrong_count:engine,mute:brakes; see below",
    "off_after_requests": "turn the ignition off after so many requests",
    "script": "how it is driven and what goes wrong; see below",
    "clock": "how many times faster than real its time goes, 1 to 100",
    "chip": "what kind of adapter it is (elm327, elm327v2, stn, …)",
    "clone": "a cheap copy of one (clone_v21, clone_echo, clone_headers)",
    "bits": "length of the car's identifiers, 11 or 29",
    "ignition": "on or off",
    "baud": "limit the throughput to a serial line's",
    "search_ms": "how long the adapter searches for the protocol",
    "pending": "probability of a “please wait” before an answer",
    "busy": "probability of a “busy” instead of an answer",
    "drop_after_s": "drop the link after so many seconds",
    "drop_after_requests": "drop the link after so many requests",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `simulate` understands."""
    parser.add_argument(
        "--listen", metavar="tcp:PORT", help="be a Wi-Fi adapter (tcp:35000 where nothing is given)"
    )
    parser.add_argument("--pty", action="store_true", help="be a serial adapter; prints its port")
    parser.add_argument(
        "--can",
        metavar="URL",
        help="be a car on a CAN bus: slcan:PTY (prints its port), socketcan:vcan0; virtual:NAME is "
        "seen only within one program",
    )
    parser.add_argument(
        "--seconds",
        type=number("the length", "seconds", 0.001, 10_000_000),
        metavar="N",
        help="stop after so many seconds",
    )
    parser.add_argument(
        "--replay",
        metavar="LOG",
        type=Path,
        help="answer out of a recording of a real car (candump .log or Vector .asc)",
    )
    simulated_dyno.arguments(parser)
    for name, words in _WORDS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="VALUE", help=words)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _values()


def _values() -> str:
    """List the values of the options that have many, each with what it does."""
    listed: dict[str, Mapping[str, str]] = {
        "--faults": {name: f"{one.code}: {one.says}" for name, one in faults().items()},
        "--evil, as KIND:ECU with engine, gearbox or brakes": EVILS,
        "--script": {name: one.says for name, one in scripts().items()},
    }
    lines: list[str] = []
    for title, values in listed.items():
        lines += [f"{title}:", *(f"  {name:<18} {words}" for name, words in values.items()), ""]
    return "\n".join(lines).replace("%", "%%")


def run(args: argparse.Namespace) -> int:
    """Serve the car until time is up, Ctrl+C or SIGTERM; 1 where it stopped by itself."""
    texts = {name: getattr(args, name) for name in OPTIONS if getattr(args, name, None) is not None}
    if simulated_dyno.asked(args):
        texts.setdefault("script", simulated_dyno.SCRIPT)
    options = parse_options(texts)
    car = SimulatedCar(options.car) if args.replay is None else _recorded(args, texts)
    with ExitStack() as stack, until_told() as told:
        faces, document = _open_faces(args, car, options, stack)
        if args.can and "virtual:" in args.can:
            say(ALONE)
        for sentence in document.get("replay", {}).get("warnings", ()):
            say(f"▲ {sentence}")
        emit(args, document, _text(document))
        problem = _wait(faces, told, args.seconds)
    if problem:
        say(problem)
        return 1
    return 0


def _recorded(args: argparse.Namespace, texts: dict[str, str]) -> "ReplayedCar":
    """Read the recording that answers for the car; what only a simulated car can do is refused."""
    from cartech_desk.hardware.sim.replayed_car import read_car

    of_the_car = [name for name in texts if "car" in OPTIONS[name].places and name != "seed"]
    if of_the_car or simulated_dyno.asked(args):
        asked = ", ".join(f"--{name.replace('_', '-')}" for name in of_the_car) or "a dyno"
        raise BadAdapterUrl(
            f"A recorded car does what it did then; {asked} cannot be chosen for it.",
            to_do="Leave that out, or leave --replay out.",
        )
    return read_car(args.replay)


def _open_faces(
    args: argparse.Namespace,
    car: "SimulatedCar | ReplayedCar",
    options: SimOptions,
    stack: ExitStack,
) -> tuple[list[Face], dict[str, Any]]:
    """Start every way to reach the car that was asked for; all stop with `stack`."""
    from cartech_desk.hardware.sim.pty_endpoint import PtyEndpoint
    from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint, read_listen

    faces: list[Face] = []
    document: dict[str, Any] = {}
    if args.listen or not (args.pty or args.can or simulated_dyno.asked(args)):
        host, port = read_listen(args.listen or "tcp:35000")
        tcp = TcpEndpoint(ElmServer(car, options.adapter), host, port)
        faces.append(_started(tcp, stack))
        document["listening"] = tcp.address
        document["adapter"] = f"elm327:{tcp.address}"
    if args.pty:
        pty = PtyEndpoint(ElmServer(car, options.adapter))
        faces.append(_started(pty, stack))
        document["pty"] = pty.address
        document.setdefault("adapter", f"elm327:{pty.address}")
    if args.can:
        if car.speaks in OLDER_BUSES:
            raise BadAdapterUrl(
                "A car on the K line has no CAN bus.",
                to_do="Reach it with --listen or --pty, or choose --speaks obd or uds.",
            )
        from cartech_desk.hardware.sim.can_server import can_dirt
        from cartech_desk.hardware.sim.slcan import serve_can

        can = serve_can(car, args.can, dirt=can_dirt(options.adapter.dirt, options.adapter.seed))
        faces.append(_started(can, stack))
        document["can"] = can.url
        document.setdefault("adapter", can.url)
    if isinstance(car, SimulatedCar) and simulated_dyno.asked(args):
        wires, document["dyno"] = simulated_dyno.open_wires(args, car, stack)
        faces += wires
    document["vin"] = car.vin
    if not isinstance(car, SimulatedCar):
        document["replay"] = {
            "file": car.name,
            "requests": car.requests,
            "seconds": round(car.seconds, 3),
            "ecus": [ecu.name for ecu in car.ecus],
            "warnings": list(car.warnings),
        }
    return faces, document


def _started(face: Face, stack: ExitStack) -> Face:
    stack.callback(face.stop)
    face.start()
    return face


def _wait(faces: list[Face], told: threading.Event, seconds: float | None) -> str:
    """Wait until told to stop or time is up; the problem of a face that stopped by itself."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while not told.is_set():
        problem = next((face.problem for face in faces if face.problem), "")
        if problem:
            return problem
        left = _LOOK_S if deadline is None else min(deadline - time.monotonic(), _LOOK_S)
        if left <= 0:
            break
        told.wait(left)
    return ""


def _text(document: dict[str, Any]) -> str:
    places = [str(document[key]) for key in ("listening", "pty", "can") if key in document]
    text = f"The simulated car {document['vin']} is on the rollers.\n"
    who = f"The simulated car {document['vin']}"
    if "replay" in document:
        who = f"The car of the recording {document['replay']['file']}"
    if places:
        text = (
            f"{who} is at {' and '.join(places)}.\n"
            f"Connect with: cartech-desk scan --adapter {document['adapter']}\n"
        )
    return text + simulated_dyno.text_of(document.get("dyno", {})) + "Ctrl+C ends it."
