"""From a source's address to a source.

`jetdrive://224.0.2.10:22344?interface=192.168.1.5`, `jetdrive://127.0.0.1:22344` (loopback),
`magtrol:PORT?baud=9600&torque=lbft`, `simpledyno:PORT?pulses=1`, `innovate:PORT`,
`aem:PORT?unit=afr`, `plx:PORT`, `hondata:PORT`, `link:NAME@PORT` (a definition of the shop's own), `sim:NAME` (the
simulated dyno, over JETDRIVE on loopback). PORT is a serial port or `tcp://HOST:PORT`.
"""

from dataclasses import dataclass

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.hardware.dyno.source import DynoSource, Kind


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


OFFERS: tuple[SourceOffer, ...] = ()
"""Every scheme, in the order of the list that a person chooses from; Mustang and SuperFlow too."""


def kind_of(url: str) -> Kind:
    """Return what a source of this address is. Errors: BadSourceUrl."""
    raise NotImplementedError


def make_source(url: str, alias: str) -> DynoSource:
    """Make the source that an address names, not yet opened.

    Errors: BadSourceUrl, which says what a right one looks like.
    """
    raise NotImplementedError
