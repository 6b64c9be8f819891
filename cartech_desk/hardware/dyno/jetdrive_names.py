"""The names, roles and rates under which this desk knows the channels of JETDRIVE's providers."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.jetdrive_provider import Entry, Provider
from cartech_desk.hardware.dyno.jetdrive_roles import corrects, guess_roles, plain_name
from cartech_desk.hardware.dyno.jetdrive_units import wire_unit
from cartech_desk.hardware.dyno.source import SourceChannel

CLOCK_HZ: Final = 10.0
_USUAL_HZ: Final = 20.0


class ChannelNames:
    """Names channels of several providers apart. `told` is a new tuple whenever anything changes.

    A name once given to a host's channel stays its own, so that a list which comes again, in
    another order or longer, changes nothing of what is recorded.
    """

    def __init__(self, alias: str) -> None:
        self.told: tuple[SourceChannel, ...] = ()
        self.words = ""
        """What was assumed of a provider's power."""
        self.clock_name = f"{alias}_clock"
        self._alias = alias
        self._names: dict[tuple[int, int], str] = {}
        self._rates: dict[str, float] = {}
        self._rated_ns = 0

    def name(self, providers: Iterable[Provider], now_ns: int) -> None:
        """Give every channel that has a name on the wire one here, and tell all channels anew."""
        taken = {*self._names.values(), self.clock_name}
        for provider in providers:
            for channel in provider.named.values():
                key = (provider.host, channel.id)
                slug = _slug(self._alias, plain_name(channel.name))
                before = self._names.get(key)
                if before is None or not re.fullmatch(re.escape(slug) + r"(_\d+)?", before):
                    self._names[key] = _free(slug, taken)
                    taken.add(self._names[key])
                entry = provider.entries.get(channel.id)
                if entry is None or entry.channel != channel:
                    unit = wire_unit(channel.unit)
                    provider.entries[channel.id] = Entry(channel, self._names[key], unit)
        self._rated_ns = now_ns
        self._tell(providers)

    def rate(self, providers: Iterable[Provider], now_ns: int) -> None:
        """Learn how often each channel comes, and tell the channels anew where that is news."""
        seconds = (now_ns - self._rated_ns) / 1e9
        self._rated_ns = now_ns
        news = False
        for provider in providers:
            for entry in provider.entries.values():
                rate_hz = entry.samples / seconds
                entry.samples = 0
                told = self._rates.get(entry.name, _USUAL_HZ)
                if rate_hz > 0 and not 0.5 < rate_hz / told < 1.5:
                    self._rates[entry.name] = rate_hz
                    news = True
        if news:
            self._tell(providers)

    def _tell(self, providers: Iterable[Provider]) -> None:
        """Each role is played by the surest channel of all providers, by nobody else."""
        named = [one for one in providers if one.named]
        best: dict[Role, tuple[int, str]] = {}
        roles: dict[str, Role] = {}
        assumed = []
        for provider in named:
            guesses = guess_roles(provider.name, list(provider.named.values()))
            for number, guess in guesses.items():
                name = provider.entries[number].name
                roles[name] = guess.role
                if guess.role not in best or guess.score > best[guess.role][0]:
                    best[guess.role] = (guess.score, name)
            if not corrects(provider.name, provider.named.values()) and any(
                guess.role in {Role.POWER, Role.TORQUE} for guess in guesses.values()
            ):
                assumed.append(
                    f"“{provider.name}” gives no sign that it corrects its power and torque: they "
                    "are taken as uncorrected."
                )
        players = {name for _, name in best.values()}
        told = [
            self._channel(provider, entry, roles[entry.name] if entry.name in players else None)
            for provider in named
            for entry in provider.entries.values()
        ]
        if told:
            told.append(self._clock())
        self.words = " ".join(assumed)
        self.told = tuple(told)

    def _channel(self, provider: Provider, entry: Entry, role: Role | None) -> SourceChannel:
        unit = wire_unit(entry.channel.unit)
        label = plain_name(entry.channel.name) or f"Channel {entry.channel.id}"
        if unit.added:
            label += f" ({unit.added})"
        source = f"JETDRIVE, “{provider.name}” (host {provider.host:04X})"
        channel = Channel(
            entry.name,
            label,
            "ratio" if role is Role.DEVICE_FACTOR and unit.unit == "none" else unit.unit,
            *unit.shown,
            decimals=unit.decimals,
            source=f"{source}, channel {entry.channel.id} “{entry.channel.name}”",
            lowest=unit.possible[0],
            highest=unit.possible[1],
        )
        return SourceChannel(channel, role, self._rates.get(entry.name, _USUAL_HZ))

    def _clock(self) -> SourceChannel:
        source = "JETDRIVE, the provider's own time"
        channel = Channel(self.clock_name, "Dyno's clock", "s", 0.0, 3600.0, 3, source)
        return SourceChannel(channel, Role.CLOCK, CLOCK_HZ)


def _free(slug: str, taken: Collection[str]) -> str:
    name = slug
    number = 2
    while name in taken:
        name = f"{slug}_{number}"
        number += 1
    return name


def _slug(alias: str, name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return f"{alias}_{slug or 'channel'}"
