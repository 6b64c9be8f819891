"""What acts on runs ask for alike: the view, quantities with units, and an open store of runs."""

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.dyno.run import View

if TYPE_CHECKING:
    from cartech_desk.app.desk import Counter
    from cartech_desk.app.dyno_acts.told import Shown
    from cartech_desk.bay.dyno_runs import DynoRuns
    from cartech_desk.domain.dyno.run import RunSetup
    from cartech_desk.store.store import Store

CORRECTIONS: Final = (
    "none",
    "sae",
    "sae2004",
    "std",
    "din",
    "iso1585",
    "r85",
    "eec",
    "iso_diesel",
    "jis",
)
_QUANTITY: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*(\S.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AtRuns:
    """An open store and the runs that are kept in it."""

    desk: "Counter"
    runs: "DynoRuns"


@contextmanager
def open_runs(args: argparse.Namespace) -> Iterator[AtRuns]:
    """Open what is remembered; runs that were cut off get their end. Errors: as `open_counter`."""
    from cartech_desk.app.desk import open_counter
    from cartech_desk.app.output import say
    from cartech_desk.bay.dyno_runs import DynoRuns
    from cartech_desk.domain.errors import CarTechError

    with open_counter(args, demo=args.demo, forgiving=True) as desk:
        runs = DynoRuns(desk.store)
        try:
            runs.settle()
        except CarTechError as error:  # reading goes on where that cannot be done
            say(error.message)
        yield AtRuns(desk, runs)


def add_view(parser: argparse.ArgumentParser) -> None:
    """Let an act be told how runs are looked at."""
    parser.add_argument("--correction", choices=CORRECTIONS, help="else the one that is set")
    parser.add_argument(
        "--smoothing", type=int, choices=range(6), help="0 to 5; else the one that is set"
    )
    parser.add_argument(
        "--engine", action="store_true", help="the engine's estimated power, not that of the wheels"
    )


def view_of(args: argparse.Namespace, desk: "Counter") -> View:
    """Return the view that was asked for; what was not asked for is as it is set."""
    dyno = desk.settings.values.dyno
    smoothing = dyno.smoothing if args.smoothing is None else args.smoothing
    return View(args.correction or dyno.correction, smoothing, args.engine)


def shown_of(desk: "Counter") -> "Shown":
    """Return the units that are set."""
    from cartech_desk.app.dyno_acts.told import Shown
    from cartech_desk.domain.units import UnitSystem

    values = desk.settings.values
    return Shown.of(values.dyno.power_unit, UnitSystem(values.screen.units))


def quantity(
    what: str,
    unit: str,
    lowest: float,
    highest: float,
    hint: Callable[[float], str] = lambda _value: "",
) -> Callable[[str], float]:
    """Return a reader for argparse of a number with a unit of its own: “61 F”, “24.4inHg”.

    The number alone is in `unit`, in which it is returned. `hint` says more of one that is not
    possible.
    """
    from cartech_desk.domain.dyno.table_words import Written, unit_of
    from cartech_desk.domain.units import UNITS, convert, same_kind

    def read(text: str) -> float:
        allowed = f"{what} is from {lowest:g} to {highest:g} {UNITS[unit].symbol}"
        found = _QUANTITY.fullmatch(text.strip())
        word = (found.group(2) or unit).strip() if found is not None else ""
        ways = (Written(word) if word in UNITS else None, unit_of(word))
        written = next((one for one in ways if one and same_kind(one.unit, unit)), None)
        if found is None or written is None:
            raise argparse.ArgumentTypeError(
                f"“{text}” is not possible: {allowed}, or another unit is written behind it."
            )
        value = convert(float(found.group(1)) * written.factor, written.unit, unit)
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"“{text}” is not possible: {allowed}.{hint(value)}")
        return value

    return read


FROM: Final = {
    "device": "device_power",
    "force": "force",
    "brake": "brake",
    "acceleration": "acceleration",
    "speed": "speed",
}
"""What power can be computed from, as it is typed: the same words in every act."""
BEST: Final = "best"


def add_from(parser: argparse.ArgumentParser) -> None:
    """Let an act be told what power is computed from."""
    parser.add_argument(
        "--from",
        dest="power_from",
        type=_basis,
        metavar="{" + ",".join((*FROM, BEST)) + "}",
        help="what power is computed from; “best” takes the best that there is",
    )


def _basis(text: str) -> str:
    word = text.strip().lower()
    known = FROM.get(word, word)
    if known != BEST and known not in FROM.values():
        allowed = ", ".join((*FROM, BEST))
        raise argparse.ArgumentTypeError(f"“{text}” is not possible: use one of {allowed}.")
    return known


def with_basis(setup: "RunSetup", args: argparse.Namespace) -> "RunSetup":
    """Return a set-up with the basis that was typed, if one was."""
    from cartech_desk.domain.dyno.run import Basis

    if args.power_from is None:
        return setup
    return replace(setup, basis=None if args.power_from == BEST else Basis(args.power_from))


def vehicle_id_of(store: "Store", name: str) -> str:
    """Return the id of a vehicle by VIN or name; one that is not kept yet is made."""
    from cartech_desk.store.errors import VehicleRefused

    if len(name.strip()) == 17:
        with suppress(VehicleRefused):
            return store.vehicles.by_vin(name).id
    return store.vehicles.by_name(name).id


def _in_hpa(pressure_kpa: float) -> str:
    if 500.0 <= pressure_kpa <= 1100.0:
        return f" Is it in hPa? Then write {pressure_kpa:g}hPa."
    return ""


def add_weather(parser: argparse.ArgumentParser) -> None:
    """Let an act be told the air; absurd values are taken, and said where they are used."""
    parser.add_argument(
        "--temperature", type=quantity("the temperature", "degC", -80, 150), metavar="°C"
    )
    parser.add_argument(
        "--pressure",
        type=quantity("the station pressure", "kPa", 0, 500, _in_hpa),
        metavar="KPA",
        help="station pressure, never reduced to sea level; “24.4inHg” and “998hPa” are understood",
    )
    parser.add_argument(
        "--humidity", type=quantity("the humidity", "percent", 0, 100), metavar="PERCENT"
    )
    parser.add_argument(
        "--altitude",
        type=quantity("the altitude", "m", -430, 5500),
        metavar="M",
        help="of the dyno",
    )


def with_weather(setup: Any, args: argparse.Namespace, *, first: bool = False) -> Any:
    """Return a set-up with the air that was typed, as far as it was.

    With `first` it was typed for the run itself and stands instead of its weather station's.
    """
    from cartech_desk.domain.dyno.roles import Role

    air = setup.conditions
    typed = {
        "temperature_c": args.temperature,
        "pressure_kpa": args.pressure,
        "humidity_pct": args.humidity,
    }
    typed = {name: value for name, value in typed.items() if value is not None}
    if typed:
        air = replace(air, **typed, source="typed")
    if first and typed:
        roles = {
            "temperature_c": Role.TEMPERATURE,
            "pressure_kpa": Role.PRESSURE,
            "humidity_pct": Role.HUMIDITY,
        }
        named = dict.fromkeys((*setup.typed_first, *(roles[one] for one in typed)))
        setup = replace(setup, typed_first=tuple(named))
    altitude = setup.altitude_m if args.altitude is None else args.altitude
    return replace(setup, conditions=air, altitude_m=altitude)
