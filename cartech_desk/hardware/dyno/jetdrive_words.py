"""What is odd about a JETDRIVE network, in sentences for a technician."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.hardware.dyno.jetdrive_cast import is_dyno
from cartech_desk.hardware.dyno.jetdrive_names import MOST_CHANNELS
from cartech_desk.hardware.dyno.jetdrive_network import Network
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.dyno.jetdrive_roles import corrects
from cartech_desk.hardware.dyno.source import Kind, SourceIdentity

_MOST_TOLD: Final = 4
"""So many are told one by one."""


def sentences(network: Network, now_ns: int, assumed: str) -> str:
    """Say what is odd; empty when all is well. `assumed` is what was assumed of powers."""
    providers = network.everybody
    named = [one for one in providers if one.named]
    said = []
    if len(named) > 1:
        said.append(_several(named))
    said += [_double(some) for some in network.doubles(now_ns)[:_MOST_TOLD]]
    refused = [one for one in providers if one.refused_version]
    if refused:
        who = _listed([_host(one) for one in refused])
        said.append(
            f"{who} speaks JETDRIVE version {refused[0].refused_version}, which this desk must "
            "not talk to: nothing of it is taken. Update CarTech Desk where it is needed."
        )
    if any(one.full for one in providers):
        said.append(
            f"More than {MOST_CHANNELS} channels are named here: the others are left out. "
            "Take what is not needed out of the dyno's list of channels."
        )
    silent = [one for one in named if one.is_silent(now_ns)]
    if silent and len(silent) < len(named):
        who = _listed([_provider(one) for one in silent])
        said.append(f"Nothing is heard of {who} any more: it plays no part.")
    if any(one.waiting for one in providers):
        said.append("Values come whose channels have no name yet; the names were asked for.")
    if any(one.stands_still for one in providers):
        said.append("The provider's clock stands still; its values are timed as they come.")
    if assumed:
        said.append(assumed)
    return " ".join(said)


def stopped(version: int) -> str:
    """Say that the dyno itself speaks a version which must not be talked to."""
    return (
        f"The dyno's software speaks JETDRIVE version {version}, which this desk must not talk "
        "to. It has stopped listening: update CarTech Desk."
    )


def identity_of(network: Network, now_ns: int) -> SourceIdentity:
    """Tell who is at the other end: the dyno first, and the others that still speak."""
    named = network.named
    providers = [one for one in named if not one.is_silent(now_ns)] or named
    providers.sort(key=is_dyno, reverse=True)
    dynojet = any(
        corrects(one.name, [entry.channel for entry in list(one.entries.values())])
        for one in providers
    )
    names = _listed([f"“{one.name or 'without a name'}”" for one in providers])
    return SourceIdentity(
        Kind.DYNO,
        "Dynojet" if dynojet or not providers else providers[0].name or "without a name",
        f"JETDRIVE provider {names}" if names else "JETDRIVE",
        "JETDRIVE 2.1.1 over UDP",
        Tier.DOCUMENTED,
        _listed([f"host {one.host:04X}" for one in providers]),
    )


def _several(named: Sequence[Provider]) -> str:
    who = _listed([_provider(one) for one in named])
    times = Counter(number for one in named for number in list(one.entries))
    shared = [number for number, count in times.items() if count > 1]
    ids = f" More than one uses channel {min(shared)}." if shared else ""
    return f"{len(named)} providers speak here: {who}.{ids} They are kept apart."


def _double(some: Sequence[Provider]) -> str:
    alone = len({one.sender[0] for one in some}) < len(some)
    senders = [f"{one.sender[0]}:{one.sender[1]}" if alone else one.sender[0] for one in some]
    return (
        f"{len(some)} senders speak as host {some[0].host:04X}: {_listed(senders)}. They are kept "
        "apart, and only the first that names channels plays a part; start the other program anew."
    )


def _provider(one: Provider) -> str:
    return f"“{one.name}” (host {one.host:04X})"


def _host(one: Provider) -> str:
    return f"Host {one.host:04X} at {one.sender[0]}"


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_MOST_TOLD])
    rest = len(words) - _MOST_TOLD
    return f"{shown} and {rest} more" if rest > 0 else shown
