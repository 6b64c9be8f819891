"""From a source's address to a source.

`jetdrive://224.0.2.10:22344?interface=192.168.1.5`, `jetdrive://127.0.0.1:22344` (loopback),
`magtrol:PORT?baud=9600&torque=lbft`, `simpledyno:PORT?pulses=1`, `innovate:PORT`,
`aem:PORT?unit=afr`, `plx:PORT`, `hondata:PORT`, `link:NAME@PORT` (a definition of the shop's own),
`sim:NAME` (the simulated dyno, over JETDRIVE on loopback). PORT is a serial port or
`tcp://HOST:PORT`. Mustang and SuperFlow publish no wire protocol: they are offered through `link:`
and the import of their files.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.hardware.dyno.errors import BadSourceUrl
from cartech_desk.hardware.dyno.source import DynoSource, Kind
from cartech_desk.hardware.dyno.source_url import SourceUrl, read_source_url, unknown_scheme

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OFFERS", "BadSourceUrl", "SourceOffer", "kind_of", "make_source"]


@dataclass(frozen=True, slots=True)
class SourceOffer:
    """A kind of source that may be chosen: what it is called, its scheme, what it needs.

    `example` is an address that could be right; `note` what a person should know ("no public wire
    protocol: define the link, or import its files").
    """

    scheme: str
    words: str
    kind: Kind
    tier: Tier
    example: str
    note: str = ""


_NO_PROTOCOL: Final = (
    "No public wire protocol: define the link (a template stands ready, unverified), or import "
    "its CSV files."
)

OFFERS: tuple[SourceOffer, ...] = (
    SourceOffer(
        "jetdrive",
        "Dynojet JETDRIVE (Power Core, WinPEP 8, DynoWare RT)",
        Kind.DYNO,
        Tier.DOCUMENTED,
        "jetdrive://224.0.2.10:22344?interface=192.168.1.5",
        "Group, port and interface as the dyno's software has them; interface is this computer's "
        "address in the dyno's network.",
    ),
    SourceOffer(
        "magtrol",
        "Magtrol DSP6000, DSP6001, DSP7000 (RS-232)",
        Kind.DYNO,
        Tier.DOCUMENTED,
        "magtrol:/dev/ttyUSB0?baud=9600&torque=nm",
        "torque is the unit shown on the controller's panel; channel=1 or 2 on a DSP7000. "
        "The desk only reads.",
    ),
    SourceOffer(
        "simpledyno",
        "SimpleDyno (Arduino, raw pulses)",
        Kind.DYNO,
        Tier.DOCUMENTED,
        "simpledyno:/dev/ttyACM0?pulses=1",
        "pulses and pulses2 for each turn of RPM1 (roller) and RPM2 (engine); circumference in "
        "metres gives the roller's surface speed.",
    ),
    SourceOffer(
        "innovate",
        "Innovate LC-1, LC-2, LM-2 (MTS, ISP2)",
        Kind.WIDEBAND,
        Tier.DOCUMENTED,
        "innovate:/dev/ttyUSB0",
    ),
    SourceOffer(
        "aem",
        "AEM UEGO gauge (RS-232)",
        Kind.WIDEBAND,
        Tier.DOCUMENTED,
        "aem:/dev/ttyUSB0?unit=afr",
        "unit is what the gauge shows: afr or lambda.",
    ),
    SourceOffer(
        "plx",
        "PLX SM-AFR (iMFD)",
        Kind.WIDEBAND,
        Tier.DOCUMENTED,
        "plx:/dev/ttyUSB0",
    ),
    SourceOffer(
        "hondata",
        "Hondata K-series, S-series (serial output)",
        Kind.ECU,
        Tier.DOCUMENTED,
        "hondata:/dev/ttyUSB0",
    ),
    SourceOffer(
        "link",
        "A link that this shop defined",
        Kind.DYNO,
        Tier.USER_DEFINED,
        "link:our_dyno@/dev/ttyUSB0",
        "Somebody of the shop says what the bytes mean; sheets say so.",
    ),
    SourceOffer(
        "link",
        "Mustang PowerDyne",
        Kind.DYNO,
        Tier.USER_DEFINED,
        "link:mustang@/dev/ttyUSB0",
        _NO_PROTOCOL,
    ),
    SourceOffer(
        "link",
        "SuperFlow WinDyn",
        Kind.DYNO,
        Tier.USER_DEFINED,
        "link:superflow@/dev/ttyUSB0",
        _NO_PROTOCOL,
    ),
    SourceOffer(
        "sim",
        "The simulated dyno",
        Kind.DYNO,
        Tier.DOCUMENTED,
        "sim:rollers",
        "Coupled to the simulated car of the same name.",
    ),
)
"""Every scheme, in the order of the list that a person chooses from; Mustang and SuperFlow too."""

_MAKERS: Final = {
    "jetdrive": "jetdrive:jetdrive_source",
    "magtrol": "magtrol:magtrol_source",
    "simpledyno": "simpledyno:simpledyno_source",
    "innovate": "innovate:innovate_source",
    "aem": "aem:aem_source",
    "plx": "plx:plx_source",
    "hondata": "hondata:hondata_source",
}
"""Module and function of `hardware.dyno` behind each scheme that is a protocol of its own."""


def kind_of(url: str, *, links: Path | None = None) -> Kind:
    """Return what a source of this address is; a defined link is what its definition says.

    `links` is the folder of the shop's own link definitions. Errors: BadSourceUrl; LinkRefused
    where the definition cannot be used.
    """
    read = read_source_url(url)
    if read.scheme == "link":
        from cartech_desk.hardware.dyno.definition import defined_kind

        return defined_kind(read.text, links)
    for offer in OFFERS:
        if offer.scheme == read.scheme:
            return offer.kind
    raise unknown_scheme(read)


def make_source(url: str, alias: str, *, links: Path | None = None) -> DynoSource:
    """Make the source that an address names, not yet opened.

    `links` is the folder of the shop's own link definitions.

    Errors: BadSourceUrl, which says what a right one looks like.
    """
    read = read_source_url(url)
    if read.scheme == "link":
        return _defined(read, alias, links)
    if read.scheme == "sim":
        return _simulated(read, alias)
    maker = _MAKERS.get(read.scheme)
    if maker is None:
        raise unknown_scheme(read)
    module, _, name = maker.partition(":")
    make: Callable[[SourceUrl, str], DynoSource] = getattr(
        importlib.import_module(f"cartech_desk.hardware.dyno.{module}"), name
    )
    return make(read, alias)


def _defined(read: SourceUrl, alias: str, links: Path | None) -> DynoSource:
    """Make a source of the shop's own link definitions."""
    module = _module_or_refusal(
        "cartech_desk.hardware.dyno.definition",
        BadSourceUrl(
            "This desk cannot read link definitions.",
            to_do="Use another kind of source, or import the dyno's CSV files.",
        ),
    )
    source: DynoSource = module.link_source(read.text, alias, links)
    return source


def _simulated(read: SourceUrl, alias: str) -> DynoSource:
    """Make the simulated dyno of this name."""
    module = _module_or_refusal(
        "cartech_desk.hardware.sim.dyno_source",
        BadSourceUrl("This desk has no simulated dyno.", to_do="Use the address of a real source."),
    )
    source: DynoSource = module.sim_source(read.text, alias)
    return source


def _module_or_refusal(name: str, refusal: BadSourceUrl) -> ModuleType:
    """Import a room's part that may be missing; what fails inside it stays a bug."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise refusal from error
