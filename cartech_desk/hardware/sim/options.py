"""What can be chosen about the simulated car and the adapter in front of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Final

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.car_data import Fault, faults, read_table, scripts
from cartech_desk.hardware.sim.code_option import codes
from cartech_desk.hardware.sim.evil import read_evils
from cartech_desk.hardware.sim.option_values import integer, number, one_of, refused, switch


@dataclass(frozen=True, slots=True)
class CarOptions:
    """How one simulated car behaves.

    `latency_ms` and `jitter_ms` are the ECUs' turn-around; `pending` and `busy` the probability
    that a physically addressed request is met with 7F xx 78 first, or with 7F xx 21 instead;
    `faults` names of faults.toml present from the start; `script` the name of a driving script;
    `ignition` False for a car that is off; `extended` a car that speaks 29-bit identifiers;
    `clock` how many times faster than real its time goes; `codes` are codes of an earlier drive
    that nothing explains any more; `speaks` one of SPEAKS; `vin` one of VINS, or what it tells;
    `evil` pairs of a kind of EVILS and the ECU that is so; after `off_after_requests` somebody
    turns the key off (0: never).
    """

    seed: int = 1
    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    pending: float = 0.0
    busy: float = 0.0
    faults: tuple[str, ...] = ()
    script: str = "demo"
    ignition: bool = True
    extended: bool = False
    clock: int = 1
    codes: tuple[Fault, ...] = ()
    speaks: str = "obd"
    vin: str = "good"
    evil: tuple[tuple[str, str], ...] = ()
    off_after_requests: int = 0


SPEAKS: Final[Mapping[str, str]] = {
    "obd": "OBD on CAN (SAE J1979)",
    "uds": "OBD on UDS only (SAE J1979-2)",
    "kwp": "OBD on the K line (ISO 14230-4, fast start)",
    "iso9141": "OBD on the K line (ISO 9141-2)",
}
OLDER_BUSES: Final = frozenset({"kwp", "iso9141"})
VINS: Final = ("good", "wrong_check", "zeros", "nulls", "short")
"""A right VIN, one with a wrong check digit, of zeros, of zero bytes, cut short."""


@dataclass(frozen=True, slots=True)
class Chip:
    """What kind of adapter it is: see adapters.toml. `stn` is empty for a chip without ST."""

    name: str
    banner: str
    describe: str
    stn: str = ""
    refuses: tuple[str, ...] = ()
    deaf_after_echo_off_ms: float = 0.0
    stray_after_reset: str = ""
    echo_stays: bool = False
    headers_stay_off: bool = False
    waits_pending: bool = True


@dataclass(frozen=True, slots=True)
class DirtOptions:
    """Probabilities from 0 to 1: `chunks` for each write, all others for each request.

    `foreign` a frame of somebody else, `late` an answer of an earlier request once more,
    `duplicates` a line twice, `leaked_prompt` a > in between, `errors` CAN ERROR and its kin,
    `interleave` the frames of several ECUs mixed, `garbage` characters overwritten, `truncated` a
    line cut short, `nulls` zero bytes, `silence` no answer and no prompt at all.
    """

    chunks: float = 0.0
    foreign: float = 0.0
    late: float = 0.0
    duplicates: float = 0.0
    leaked_prompt: float = 0.0
    errors: float = 0.0
    interleave: float = 0.0
    garbage: float = 0.0
    truncated: float = 0.0
    nulls: float = 0.0
    silence: float = 0.0


@dataclass(frozen=True, slots=True)
class AdapterOptions:
    """How the adapter in front of the car behaves.

    `baud` limits the throughput (0: none); `search_ms` is how long finding the protocol takes,
    `reset_ms` ATZ; `drop_after_s` and `drop_after_requests` end the link (0: never).
    """

    seed: int = 1
    chip: str = "elm327"
    baud: int = 0
    search_ms: float = 60.0
    reset_ms: float = 20.0
    dirt: DirtOptions = field(default_factory=DirtOptions)
    drop_after_s: float = 0.0
    drop_after_requests: int = 0


@dataclass(frozen=True, slots=True)
class SimOptions:
    """The car and the adapter together."""

    car: CarOptions = field(default_factory=CarOptions)
    adapter: AdapterOptions = field(default_factory=AdapterOptions)


@cache
def chips() -> dict[str, Chip]:
    """Adapters by name."""
    table = read_table("adapters.toml")["chip"]
    return {name: Chip(name=name, **entry) for name, entry in table.items()}


@cache
def dirt_mixtures() -> dict[str, DirtOptions]:
    """Mixtures of dirt by name."""
    table = read_table("adapters.toml")["dirt"]
    return {name: DirtOptions(**entry) for name, entry in table.items()}


def parse_options(texts: Mapping[str, str]) -> SimOptions:
    """Read options as an adapter URL or the command line gives them.

    Errors: BadAdapterUrl for a name that does not exist or a value that cannot be.
    """
    car: dict[str, Any] = {}
    adapter: dict[str, Any] = {}
    for name, text in texts.items():
        option = OPTIONS.get(name)
        if option is None:
            raise BadAdapterUrl(
                f"The simulated car has no option “{name}”.",
                to_do=f"Use one of {', '.join(sorted(OPTIONS))}.",
            )
        value = option.read(name, text)
        for place in option.places:
            target = car if place == "car" else adapter
            target[option.field or name] = value
    if car.get("speaks") in OLDER_BUSES and car.get("extended"):
        raise refused("bits", "29", "A car on the K line has no identifiers: leave bits out.")
    return SimOptions(replace(CarOptions(), **car), replace(AdapterOptions(), **adapter))


def _faults(name: str, text: str) -> tuple[str, ...]:
    names = tuple(part for part in text.split(",") if part)
    for part in names:
        if part not in faults():
            raise refused(name, part, f"Use some of {', '.join(faults())}, with commas.")
    return names


def _vin(name: str, text: str) -> str:
    if text in VINS:
        return text
    if not re.fullmatch(r"[0-9A-Z]{1,17}", text):
        raise refused(name, text, f"Use one of {', '.join(VINS)}, or a VIN of capitals and digits.")
    return text


def _identifier_bits(name: str, text: str) -> bool:
    if text not in ("11", "29"):
        raise refused(name, text, "Use 11 or 29.")
    return text == "29"


def _dirt(name: str, text: str) -> DirtOptions:
    """Read a mixture's name and single probabilities: `light`, `chunks:1,late:0.2`."""
    dirt = DirtOptions()
    kinds = [kind.name for kind in fields(DirtOptions)]
    for part in filter(None, text.split(",")):
        kind, colon, value = part.partition(":")
        if not colon and kind in dirt_mixtures():
            dirt = dirt_mixtures()[kind]
        elif colon and kind in kinds:
            dirt = replace(dirt, **{kind: number(0.0, 1.0)(f"{name} {kind}", value)})
        else:
            wanted = f"{', '.join(dirt_mixtures())}, or KIND:PROBABILITY of {', '.join(kinds)}"
            raise refused(name, part, f"Use {wanted}.")
    return dirt


@dataclass(frozen=True, slots=True)
class _Option:
    read: Callable[[str, str], Any]
    places: tuple[str, ...]
    field: str = ""


OPTIONS: Final[dict[str, _Option]] = {
    "seed": _Option(integer(0, 2**31), ("car", "adapter")),
    "latency_ms": _Option(number(0, 10_000), ("car",)),
    "jitter_ms": _Option(number(0, 10_000), ("car",)),
    "pending": _Option(number(0, 1), ("car",)),
    "busy": _Option(number(0, 1), ("car",)),
    "faults": _Option(_faults, ("car",)),
    "codes": _Option(codes, ("car",)),
    "speaks": _Option(one_of(lambda: SPEAKS), ("car",)),
    "vin": _Option(_vin, ("car",)),
    "evil": _Option(read_evils, ("car",)),
    "off_after_requests": _Option(integer(0, 10**9), ("car",)),
    "script": _Option(one_of(scripts), ("car",)),
    "ignition": _Option(switch, ("car",)),
    "clock": _Option(integer(1, 100), ("car",)),
    "bits": _Option(_identifier_bits, ("car",), "extended"),
    "chip": _Option(one_of(chips), ("adapter",)),
    "clone": _Option(one_of(chips), ("adapter",), "chip"),
    "baud": _Option(integer(0, 10_000_000), ("adapter",)),
    "search_ms": _Option(number(0, 60_000), ("adapter",)),
    "reset_ms": _Option(number(0, 60_000), ("adapter",)),
    "dirt": _Option(_dirt, ("adapter",)),
    "drop_after_s": _Option(number(0, 1e6), ("adapter",)),
    "drop_after_requests": _Option(integer(0, 10**9), ("adapter",)),
}
