"""The names, roles and rates under which this desk knows the channels of JETDRIVE's providers."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.jetdrive_cast import cast, guesses_of
from cartech_desk.hardware.dyno.jetdrive_provider import Entry, Provider
from cartech_desk.hardware.dyno.jetdrive_roles import corrects, plain_name
from cartech_desk.hardware.dyno.jetdrive_units import wire_unit
from cartech_desk.hardware.dyno.jetdrive_wire import NamedChannel
from cartech_desk.hardware.dyno.source import SourceChannel
from cartech_desk.hardware.links.udp import Place

CLOCK_HZ: Final = 10.0
MOST_CHANNELS: Final = 512
"""So many channels of one source have names at a time; dynos have some dozens."""
_MOST_NAMES: Final = 4 * MOST_CHANNELS
"""So many names are given to all that come and go."""
_USUAL_HZ: Final = 20.0
_HIGHEST_HZ: Final = 5000.0
_NO_ID: Final = -1
_SHORTEST_S: Final = 0.5
"""What came within less says little of a rate."""

Owner = tuple[Place, int]


class ChannelNames:
    """Names channels of several providers apart. `told` is a new tuple whenever anything changes.

    A name once given stays: a list that comes again, in another order or longer, changes nothing
    of what is recorded, and who begins anew gets the names of before. What comes in another unit
    is another channel.
    """

    def __init__(self, alias: str) -> None:
        self.told: tuple[SourceChannel, ...] = ()
        self.words = ""
        """What was assumed of a provider's power."""
        self.clock_name = f"{alias}_clock"
        self._alias = alias
        self._names: dict[tuple[Owner, str, int], dict[int, str]] = {}
        """By words and unit, then by id: a list may come with other ids after a restart."""
        self._taken = {self.clock_name}
        self._numbers: dict[str, int] = {}
        self._rates: dict[str, float] = {}
        self._rated_ns = 0

    def name(
        self, provider: Provider, news: Iterable[NamedChannel], others: Sequence[Provider]
    ) -> bool:
        """Give new channels of a provider names, as far as there is room; True where any got one.

        `others` are all providers, this one among them.
        """
        got = False
        provider.full = False
        room = MOST_CHANNELS - sum(len(one.entries) for one in others)
        changed = {channel.id for channel in news}
        in_use = {e.name for number, e in provider.entries.items() if number not in changed}
        for channel in news:
            if channel.id not in provider.entries:
                if room <= 0:
                    provider.full = True
                    break
                room -= 1
            name = self._name_of(provider, channel, in_use)
            if not name and not self._tidied(others):
                provider.full = True
                break
            name = name or self._name_of(provider, channel, in_use)
            in_use.add(name)
            provider.entries[channel.id] = Entry(channel, name, wire_unit(channel.unit))
            got = True
        if got:
            provider.guesses = None
        return got

    def rename(self, provider: Provider) -> None:
        """Name all channels of a provider for its owner, who is another one now."""
        in_use: set[str] = set()
        for entry in provider.entries.values():
            entry.name = self._name_of(provider, entry.channel, in_use) or entry.name
            entry.shown = None
            in_use.add(entry.name)

    def rate(self, providers: Iterable[Provider], now_ns: int) -> bool:
        """Learn how often each channel comes; True where that is news."""
        seconds = (now_ns - self._rated_ns) / 1e9
        if seconds < _SHORTEST_S:
            return False
        news = False
        for provider in providers:
            for entry in provider.entries.values():
                rate_hz = min(entry.samples / seconds, _HIGHEST_HZ)
                told = self._rates.get(entry.name, _USUAL_HZ)
                if rate_hz > 0 and not 0.5 < rate_hz / told < 1.5:
                    self._rates[entry.name] = rate_hz
                    news = True
        self.rate_from(providers, now_ns)
        return news

    def rate_from(self, providers: Iterable[Provider], now_ns: int) -> None:
        """Count samples anew from now on."""
        self._rated_ns = now_ns
        for provider in providers:
            for entry in provider.entries.values():
                entry.samples = 0

    def tell(self, providers: Sequence[Provider], playing: Sequence[Provider]) -> None:
        """Tell all channels anew; roles go to those that play."""
        roles = cast(playing)
        assumed = []
        for provider in playing:
            may_be = {guess.role for guess in guesses_of(provider).values()}
            channels = [entry.channel for entry in provider.entries.values()]
            if may_be & {Role.POWER, Role.TORQUE} and not corrects(provider.name, channels):
                assumed.append(
                    f"“{provider.name}” gives no sign that it corrects its power and torque: they "
                    "are taken as uncorrected."
                )
        told = [
            self._shown(provider, entry, roles.get(entry.name))
            for provider in providers
            for entry in list(provider.entries.values())
        ]
        if told:
            told.append(self._clock())
        self.words = " ".join(assumed[:2])
        self.told = tuple(told)

    def _name_of(self, provider: Provider, channel: NamedChannel, in_use: set[str]) -> str:
        """Return the name of a channel, as before where it had one; empty where none is left."""
        words = _slug(plain_name(channel.name))
        key = (provider.owner, words, channel.unit)
        given = self._names.get(key, {})
        name = given.get(channel.id, "")
        if name and name not in in_use:
            return name
        for number, one in given.items():
            if one not in in_use:
                del given[number]
                break
        else:
            if len(self._taken) > _MOST_NAMES:
                return ""
            one = self._free(f"{self._alias}_{words}")
            self._taken.add(one)
        if name:  # another channel goes by it now
            given[_NO_ID - len(given)] = name
        given[channel.id] = one
        self._names[key] = given
        return one

    def _tidied(self, providers: Iterable[Provider]) -> bool:
        """Forget the names of those who are gone; False where all are needed."""
        owners = {one.owner for one in providers}
        self._names = {key: given for key, given in self._names.items() if key[0] in owners}
        kept = {name for given in self._names.values() for name in given.values()}
        self._taken = {self.clock_name, *kept}
        self._rates = {name: rate for name, rate in self._rates.items() if name in kept}
        self._numbers.clear()
        return len(self._taken) <= _MOST_NAMES

    def _free(self, name: str) -> str:
        if name not in self._taken:
            return name
        number = self._numbers.get(name, 2)
        while f"{name}_{number}" in self._taken:
            number += 1
        self._numbers[name] = number
        return f"{name}_{number}"

    def _shown(self, provider: Provider, entry: Entry, role: Role | None) -> SourceChannel:
        rate_hz = self._rates.get(entry.name, _USUAL_HZ)
        before = entry.shown
        if before is None or before.role is not role or before.rate_hz != rate_hz:
            before = SourceChannel(_channel(provider, entry, role), role, rate_hz)
            entry.shown = before
        return before

    def _clock(self) -> SourceChannel:
        source = "JETDRIVE, the provider's own time"
        channel = Channel(self.clock_name, "Dyno's clock", "s", 0.0, 3600.0, 3, source)
        return SourceChannel(channel, Role.CLOCK, CLOCK_HZ)


def _channel(provider: Provider, entry: Entry, role: Role | None) -> Channel:
    unit = wire_unit(entry.channel.unit)
    label = plain_name(entry.channel.name) or f"Channel {entry.channel.id}"
    if unit.added:
        label += f" ({unit.added})"
    source = f"JETDRIVE, “{provider.name}” (host {provider.owner[1]:04X})"
    return Channel(
        entry.name,
        label,
        "ratio" if role is Role.DEVICE_FACTOR and unit.unit == "none" else unit.unit,
        *unit.shown,
        decimals=unit.decimals,
        source=f"{source}, “{entry.channel.name}”",  # its id may be another one tomorrow
        lowest=unit.possible[0],
        highest=unit.possible[1],
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "channel"
