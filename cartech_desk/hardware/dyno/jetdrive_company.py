"""What the providers of a network are called here, and who of them plays a part."""

from typing import Final

from cartech_desk.domain.channels import Reading
from cartech_desk.hardware.dyno.jetdrive_names import MOST_CHANNELS, ChannelNames
from cartech_desk.hardware.dyno.jetdrive_network import Network
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.dyno.jetdrive_wire import ChannelInfo

_CLEARED_NS: Final = 1_000_000_000
"""A new list of channels follows the word to forget the old one at once, or none does."""


class Company:
    """The names of a network's channels, told anew whenever somebody comes, goes or is renamed."""

    def __init__(self, network: Network, alias: str) -> None:
        self.network = network
        self.names = ChannelNames(alias)
        self.played: list[Provider] = []
        """Whose channels may play a role, as was told last."""

    def learn(self, provider: Provider, info: ChannelInfo, now_ns: int, out: list[Reading]) -> None:
        """Learn the names that a provider tells; values that waited for them go to `out`."""
        renamed, news = provider.learn(info)
        if not (renamed or news):
            return
        made_room = self.network.make_room(len(news), MOST_CHANNELS, provider)
        got = bool(news) and self.names.name(provider, news, self.network.everybody)
        if not (renamed or got or made_room):
            return
        self._inherit(provider, now_ns)
        self._tell(now_ns)
        provider.named_now(now_ns, out)
        self.names.rate_from(self.network, now_ns)

    def _inherit(self, provider: Provider, now_ns: int) -> bool:
        """Give a provider that began anew the names of before."""
        if not self.network.inherited(provider, now_ns):
            return False
        self.names.rename(provider)
        return True

    def _tell(self, now_ns: int) -> None:
        """Tell channels and roles anew."""
        self.played = self.network.playing(now_ns)
        for one in self.network:
            one.silent = one.named and one.is_silent(now_ns)
        self.names.tell(self.network.everybody, self.played)

    def look(self, now_ns: int) -> None:
        """See who has fallen silent, speaks again, or begins anew as another host."""
        network = self.network
        news = False
        for one in network:
            one.drop_stale(now_ns)
            if one.cleared_ns and now_ns - one.cleared_ns >= _CLEARED_NS:
                one.cleared_ns = 0
                news = True
        named = network.named
        if any(one.is_silent(now_ns) for one in named):
            for one in named:
                news = self._inherit(one, now_ns) or news
        awaited = any(one.cleared_ns for one in network)
        if news or (not awaited and network.playing(now_ns) != self.played):
            self._tell(now_ns)

    def rate(self, now_ns: int) -> None:
        """Learn how fast channels come."""
        if self.names.rate(self.network, now_ns):
            self._tell(now_ns)

    def refuse(self, provider: Provider, version: int, now_ns: int) -> None:
        """Take nothing more of a provider that speaks another version."""
        was_named = provider.named
        provider.forget()
        provider.refused_version = version
        if was_named:
            self._tell(now_ns)
