"""Taking sources onto the bench and driving runs: `sources`, `run`."""

import argparse
from typing import Any, Final

from cartech_desk.app.dyno_acts.parts import add_act

_TESTS: Final = ("power_pull", "steady_state", "coast_down", "free")


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    from cartech_desk.app.dyno_acts.asked import add_view, add_weather

    add_act(acts, "sources", "kinds of dynos, widebands and weather stations, and how to", _sources)
    parser = add_act(acts, "run", "take sources on, wait for a run, keep it and say it", _run)
    _add_sources(parser)
    _add_setup(parser)
    add_weather(parser)
    add_view(parser)
    _add_triggers(parser)


def _add_sources(parser: argparse.ArgumentParser) -> None:
    from cartech_desk.app.operator import add_as

    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="URL",
        help="as in jetdrive://127.0.0.1:22344, innovate:PORT; several may be given",
    )
    parser.add_argument("--adapter", metavar="URL", help="the car beside it, or on the road")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--vehicle", metavar="NAME", help="whose run it is, where not the VIN's")
    whose.add_argument(
        "--session",
        metavar="ID",
        help="go on with a session, under its vehicle and set-up; “last” is the newest",
    )
    add_as(parser)


def _add_setup(parser: argparse.ArgumentParser) -> None:
    from cartech_desk.app.numbers_asked import number

    parser.add_argument("--test", choices=_TESTS, help="(power_pull)")
    parser.add_argument("--gear", metavar="G", help="the gear that is driven in")
    parser.add_argument(
        "--mass",
        type=number("a mass", "kg", 10, 20_000),
        metavar="KG",
        help="equivalent mass of the rollers, where the dyno tells speed only; of the car on the "
        "road",
    )
    parser.add_argument(
        "--wheel-mass",
        type=number("a mass", "kg", 1, 5000),
        metavar="KG",
        help="what wheels and driveline add to it, for coast-downs and the engine's power",
    )
    parser.add_argument(
        "--roller",
        type=number("a circumference", "m", 0.1, 10),
        metavar="M",
        help="circumference of the roller, where the dyno tells its turns only",
    )
    parser.add_argument(
        "--ratio",
        type=number("a ratio", "rpm per km/h", 1, 1000),
        metavar="R",
        help="engine speed over road speed, where nothing tells engine speed [rpm per km/h]",
    )
    parser.add_argument("--road", action="store_true", help="on the road: the car is the dyno")
    parser.add_argument(
        "--drag-area",
        type=number("a drag area", "m²", 0.1, 10),
        metavar="M2",
        help="of the car on the road: drag coefficient times frontal area",
    )
    parser.add_argument(
        "--rolling",
        type=number("a coefficient", "", 0.001, 0.1),
        metavar="C",
        help="of rolling resistance on the road, as in 0.012",
    )
    from cartech_desk.app.dyno_acts.asked import quantity

    parser.add_argument("--customer", metavar="TEXT", help="printed on the sheet, as these are:")
    parser.add_argument(
        "--odometer",
        type=quantity("the odometer", "km", 0, 5_000_000),
        metavar="KM",
        help="“81000mi” is understood",
    )
    parser.add_argument(
        "--tyres",
        type=quantity("the pressure of the tyres", "kPa", 50, 1000),
        metavar="KPA",
        help="“2.4bar” and “33psi” are understood",
    )
    parser.add_argument("--modifications", metavar="TEXT")
    parser.add_argument("--fuel", metavar="TEXT")
    parser.add_argument("--notes", metavar="TEXT", help="of the session")
    parser.add_argument("--note", default="", metavar="TEXT", help="of the run")


def _add_triggers(parser: argparse.ArgumentParser) -> None:
    from cartech_desk.app.numbers_asked import number, seconds_of

    parser.add_argument(
        "--start-kmh",
        type=number("a speed", "km/h", 1, 300),
        metavar="V",
        help="the run begins above it; else as it is set",
    )
    parser.add_argument(
        "--start-throttle",
        type=number("a throttle", "%", 1, 100),
        metavar="PCT",
        help="the run begins with the throttle above it, too",
    )
    parser.add_argument(
        "--now", action="store_true", help="begin at once, whatever speed and throttle say"
    )
    parser.add_argument(
        "--seconds",
        type=seconds_of,
        metavar="N",
        help="so long is waited for the run to begin, which then ends by itself; one that is begun "
        "by --now, and a steady or free test, lasts so long",
    )


def _sources(args: argparse.Namespace) -> int:
    """Say which kinds of sources there are. It connects to nothing."""
    from cartech_desk.app.output import emit
    from cartech_desk.hardware.dyno.sources import OFFERS

    document = {
        "sources": [
            {
                "scheme": one.scheme,
                "name": one.words,
                "kind": one.kind.value,
                "tier": one.tier.value,
                "tier_words": one.tier.words,
                "example": one.example,
                "note": one.note,
            }
            for one in OFFERS
        ]
    }
    lines = []
    for one in OFFERS:
        lines.append(f"{one.words} ({one.kind.value}, {one.tier.words})")
        lines.append(f"    --source {one.example}")
        if one.note:
            lines.append(f"    {one.note}")
    emit(args, document, "\n".join(lines))
    return 0


def _run(args: argparse.Namespace) -> int:
    """Drive one run; exit status 1 where none came of it. Errors: CarTechError."""
    from cartech_desk.app.desk import open_desk
    from cartech_desk.app.dyno_drive import drive
    from cartech_desk.app.operator import acting
    from cartech_desk.app.output import emit, say
    from cartech_desk.app.stopping import like_ctrl_c

    with like_ctrl_c(), open_desk(args, demo=args.demo) as desk:
        driven = drive(desk, args, acting(args, desk))
    for sentence in driven.document["warnings"]:
        say(f"▲ {sentence}")
    emit(args, driven.document, driven.text)
    return 0
