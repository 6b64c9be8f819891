"""Who speaks in a JETDRIVE network: providers by sender and host, within bounds."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.links.udp import Place

MOST_PROVIDERS: Final = 64
_FORGET_NS: Final = 10_000_000_000
"""A host that names nothing and has gone quiet for so long is forgotten."""

Key = tuple[Place, int]
"""Two machines may have drawn the same host id: a sender's address belongs to it."""


class Network:
    """The providers of one network. Used by the thread of its source; others may look."""

    def __init__(self) -> None:
        self._providers: dict[Key, Provider] = {}
        self._gone_marked = self._gone_lost = self._gone_jumps = 0
        self.get = self._providers.get

    def __iter__(self) -> Iterator[Provider]:
        return iter(list(self._providers.values()))

    @property
    def everybody(self) -> list[Provider]:
        """All providers, in the order in which they were met."""
        return list(self._providers.values())

    @property
    def named(self) -> list[Provider]:
        """Those whose channels have names."""
        return [one for one in self.everybody if one.named]

    @property
    def marked(self) -> int:
        """Readings that were marked, also of those who are gone."""
        return self._gone_marked + sum(one.marked for one in self)

    @property
    def lost(self) -> int:
        """Datagrams that were lost, also of those who are gone."""
        return self._gone_lost + sum(one.order.lost for one in self)

    @property
    def jumps(self) -> int:
        """How often a clock jumped."""
        return self._gone_jumps + sum(one.clock.jumps for one in self)

    def meet(self, key: Key, now_ns: int) -> Provider | None:
        """Take one more on; None where there are too many who are better.

        Whoever sends no values goes first, then the longest silent; nobody goes who sends them.
        """
        if len(self._providers) >= MOST_PROVIDERS:
            worst = min(self, key=lambda one: (one.speaks, one.heard_ns))
            if worst.speaks and not worst.is_silent(now_ns):
                return None
            self.remove(worst)
        sender, host = key
        provider = self._providers[key] = Provider(host, sender, now_ns)
        return provider

    def remove(self, provider: Provider) -> None:
        """Let one go; what was counted of it stays."""
        if self._providers.pop((provider.sender, provider.host), None) is not None:
            self._gone_marked += provider.marked
            self._gone_lost += provider.order.lost
            self._gone_jumps += provider.clock.jumps

    def make_room(self, channels: int, most: int, wanting: Provider) -> bool:
        """Let those go who name channels and send no values, for one who does; True if any went."""
        gone = False
        while wanting.speaks and channels + sum(len(one.entries) for one in self) > most:
            idle = [one for one in self.named if not one.speaks and one is not wanting]
            if not idle:
                break
            self.remove(min(idle, key=lambda one: one.heard_ns))
            gone = True
        return gone

    def forget_strangers(self, now_ns: int) -> None:
        """Forget those who never named anything and have gone."""
        for one in self:
            if not one.listed and now_ns - one.heard_ns > _FORGET_NS and not one.refused_version:
                self.remove(one)

    def playing(self, now_ns: int) -> list[Provider]:
        """Return those whose channels may play a role.

        Not the silent ones, and of several senders under one host id the first alone.
        """
        first: dict[int, Provider] = {}
        for one in self.named:
            if not one.is_silent(now_ns):
                first.setdefault(one.host, one)
        return list(first.values())

    def doubles(self, now_ns: int) -> list[list[Provider]]:
        """Return those who speak at the same time under one host id."""
        by_host: dict[int, list[Provider]] = {}
        for one in self:
            if not one.is_silent(now_ns):
                by_host.setdefault(one.host, []).append(one)
        return [some for some in by_host.values() if len(some) > 1]

    def inherited(self, heir: Provider, now_ns: int) -> bool:
        """See whether a provider is one of before that began anew under another host id.

        It has the same name and no other channels, and was first heard after the other one was
        last heard, which let its channels be forgotten, or has been silent for a while: two that
        are alike may speak side by side.
        """
        names = _list_of(heir)
        if not names:
            return False
        gone = [
            one
            for one in self
            if (one.is_silent(now_ns) or not one.named)
            and one.name == heir.name
            and heir.met_ns > one.heard_ns
            and not names - _list_of(one)
        ]
        if not gone or heir.is_silent(now_ns):
            return False
        before = max(gone, key=lambda one: one.heard_ns)
        self.remove(before)
        heir.owner = before.owner
        return True


def _list_of(provider: Provider) -> Counter[tuple[str, int]]:
    return Counter((channel.name, channel.unit) for channel in provider.listed)
