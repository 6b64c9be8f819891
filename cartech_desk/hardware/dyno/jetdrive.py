"""JETDRIVE: dynos and instruments of one network, over UDP.

`jetdrive://GROUP:PORT?interface=ADDRESS` joins a multicast group; any other address is bound (a
dyno on this computer, or what is sent straight to it), and what is asked goes to whom was heard.

Sent are Ping and RequestChannelInfo, nothing else: pings of others are not answered. The host id is
drawn at random, and anew where somebody speaks under it.

UDP's checksum keeps damaged datagrams away; lost, doubled and late ones are seen by their sequence
numbers. Names of channels come every 30 s or when asked for: values that come before are kept and
delivered with their own times once the names are known. Every channel is known by host and id, for
ids of two providers collide.
"""

import ipaddress
import math
import random
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno import claims
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.errors import BadSourceUrl
from cartech_desk.hardware.dyno.jetdrive_names import CLOCK_HZ, ChannelNames
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.dyno.jetdrive_roles import corrects
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    Kind,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.udp import LARGEST, Place, UdpPort

PORT: Final = 22344
_SLICE_S: Final = 0.1
_ASK_NS: Final = 1_000_000_000
_PING_NS: Final = 5_000_000_000
_FIRST_PINGS: Final = 4
_CLOCK_NS: Final = round(1e9 / CLOCK_HZ)
_RATE_NS: Final = 2_000_000_000
_FORGET_NS: Final = 10_000_000_000
"""A host that names nothing and has gone quiet for so long is forgotten."""
_MOST_PROVIDERS: Final = 64
_KEYS: Final = frozenset(wire.Key)
_VALUES: Final = int(wire.Key.CHANNEL_VALUES)
_LARGE: Final = 128
"""Bytes of a datagram that is worth being handed on by itself."""
_MOST_IN_ONE_GO: Final = 512
"""After so many datagrams a call of `read` returns, however many more wait."""
_NAN: Final = math.nan


class JetdriveSource(DynoSource):
    """All providers of one JETDRIVE network."""

    def __init__(self, url: str, alias: str, port: UdpPort) -> None:
        self.url = url
        self.alias = alias
        self._port = port
        self._stopping = threading.Event()
        self._start()

    def _start(self) -> None:
        self._providers: dict[int, Provider] = {}
        self._buffer = bytearray(LARGEST)
        self._view = memoryview(self._buffer)
        # A host id is to be drawn at random, so that two desks do not share one.
        self._host = random.randrange(1, wire.EVERYBODY)  # noqa: S311 - no secret
        self._sequence = 0
        self._asked_ns = self._pinged_ns = self._clock_ns = self._rated_ns = 0
        self._pings = 0
        self._pinged: dict[int, int] = {}
        self._peers: dict[Place, None] = {}
        self._readings = self._marked = self._bad_bytes = 0
        self._refused_version: int | None = None
        self._names = ChannelNames(self.alias)

    def open(self) -> None:
        """Join or bind; ask who is there and for the names of channels."""
        self._stopping.clear()
        claims.claim(self._port.wire, self)
        try:
            self._start()
            self._port.open()
            self._turn(monotonic_ns())
        except BaseException:
            self.close()
            raise

    def read(self, timeout_s: float) -> Sequence[Reading]:
        """Return the readings that have come; see `DynoSource.read`."""
        now_ns = monotonic_ns()
        deadline_ns = now_ns + round(max(0.0, timeout_s) * 1e9)
        while True:
            if self._stopping.is_set():
                raise LinkLost(
                    f"Listening at {self._port.wire} was given up.",
                    to_do="Connect the dyno again.",
                )
            if now_ns - self._asked_ns >= _ASK_NS or now_ns - self._pinged_ns >= _PING_NS:
                self._turn(now_ns)
            out: list[Reading] = []
            self._hear(out, min(_SLICE_S, max(0, deadline_ns - now_ns) / 1e9))
            if out:
                self._readings += len(out)
                return out
            now_ns = monotonic_ns()
            if now_ns >= deadline_ns:
                return ()

    def close(self) -> None:
        """Leave the network; see `DynoSource.close`."""
        self._port.close()
        claims.release(self._port.wire, self)

    def interrupt(self) -> None:
        """End a call under way within a tenth of a second."""
        self._stopping.set()

    @property
    def channels(self) -> tuple[SourceChannel, ...]:
        """Channels that are named; a new tuple whenever names come or a rate is known better."""
        return self._names.told

    @property
    def identity(self) -> SourceIdentity:
        """The provider that tells power or speed, and the others beside it."""
        providers = [one for one in list(self._providers.values()) if one.named]
        names = [one.name or "without a name" for one in providers]
        dynojet = any(corrects(one.name, one.named.values()) for one in providers)
        return SourceIdentity(
            Kind.DYNO,
            "Dynojet" if dynojet or not providers else names[0],
            "JETDRIVE provider " + ", ".join(f"“{name}”" for name in names)
            if names
            else "JETDRIVE",
            "JETDRIVE 2.1.1 over UDP",
            Tier.DOCUMENTED,
            ", ".join(f"host {one.host:04X}" for one in providers),
        )

    @property
    def health(self) -> SourceHealth:
        """How the network is doing; see `SourceHealth`."""
        providers = list(self._providers.values())
        latencies = [one.clock.latency_s for one in providers]
        known = [latency for latency in latencies if not math.isnan(latency)]
        return SourceHealth(
            readings=self._readings,
            marked=sum(one.marked for one in providers) + self._marked,
            bad_bytes=self._bad_bytes,
            lost=sum(one.lost for one in providers),
            clock_jumps=sum(one.clock.jumps for one in providers),
            latency_s=min(known) if known else _NAN,
            words=self._sentences(providers),
        )

    @property
    def capabilities(self) -> tuple[Role, ...]:
        """Roles that its channels play."""
        return tuple(dict.fromkeys(one.role for one in self._names.told if one.role is not None))

    def _hear(self, out: list[Reading], timeout_s: float = 0.0) -> None:
        """Take the datagrams that are there, waiting for the first.

        A datagram of many values is handed on at once, for looking whether another waits costs as
        much as reading it; small ones come in flocks.
        """
        for _ in range(_MOST_IN_ONE_GO):
            received = self._port.receive(self._buffer, timeout_s)
            if received is None:
                return
            timeout_s = 0.0
            size, sender = received
            arrival_ns = monotonic_ns()
            datagram = wire.read_datagram(self._view[:size])
            if datagram is None or datagram.host == wire.NOBODY:
                self._bad_bytes += size if datagram is None else 0
            elif datagram.host != self._host:
                self._take(datagram, sender, arrival_ns, out)
            elif datagram.destination == self._host:
                # Somebody else has drawn our number: draw another.
                self._host = random.randrange(1, wire.EVERYBODY)  # noqa: S311 - no secret
            if size >= _LARGE and out:
                return

    def _take(
        self, datagram: wire.Datagram, sender: Place, arrival_ns: int, out: list[Reading]
    ) -> None:
        if self._refused_version is not None:
            return
        provider = self._providers.get(datagram.host)
        if provider is None:
            provider = self._meet(datagram, sender)
            if provider is None:
                return
        provider.heard_ns = arrival_ns
        if not provider.in_order(datagram):
            return
        destination = datagram.destination
        if destination != wire.EVERYBODY and destination != self._host:  # noqa: PLR1714 - quicker
            return
        if datagram.key != _VALUES:
            self._take_rarer(datagram, provider, arrival_ns, out)
        elif not provider.values(datagram.value, arrival_ns, out):
            self._bad_bytes += len(datagram.value) + wire.HEADER.size
        elif out and arrival_ns - self._clock_ns >= _CLOCK_NS:
            self._tell_clock(provider, arrival_ns, out)

    def _meet(self, datagram: wire.Datagram, sender: Place) -> Provider | None:
        """Get to know a host that says what providers say; None for anybody else."""
        if datagram.key in wire.OPTIONAL:
            return None
        if datagram.key not in _KEYS or len(self._providers) >= _MOST_PROVIDERS:
            self._bad_bytes += len(datagram.value) + wire.HEADER.size
            return None
        provider = self._providers[datagram.host] = Provider(datagram.host)
        self._peers[sender] = None
        self._asked_ns = self._pinged_ns = self._pings = 0
        return provider

    def _take_rarer(
        self, datagram: wire.Datagram, provider: Provider, arrival_ns: int, out: list[Reading]
    ) -> None:
        understood = True
        if datagram.key == wire.Key.CHANNEL_INFO:
            info = wire.read_channel_info(datagram.value)
            understood = info is not None
            if info is not None and provider.learn(info):
                self._names.name(list(self._providers.values()), arrival_ns)
                provider.named_now(out)
        elif datagram.key == wire.Key.CLEAR_CHANNEL_INFO:
            understood = not datagram.value and datagram.destination == wire.EVERYBODY
            if understood:
                provider.forget()
                self._names.name(list(self._providers.values()), arrival_ns)
                self._asked_ns = 0
        elif datagram.key == wire.Key.PING:
            asked = wire.read_ping(datagram.value)
            understood = asked is not None
            if asked is not None:
                self._check_version(asked.version)
        elif datagram.key == wire.Key.PONG:
            answer = wire.read_pong(datagram.value)
            understood = answer is not None
            if answer is not None and datagram.destination == self._host:
                self._check_version(answer.version)
                sent_ns = self._pinged.get(answer.host_ms)
                if sent_ns is not None:
                    provider.clock.measured(arrival_ns - sent_ns)
        elif datagram.key not in _KEYS:
            understood = datagram.key in wire.OPTIONAL
        if not understood:
            self._bad_bytes += len(datagram.value) + wire.HEADER.size

    def _check_version(self, version: int) -> None:
        if version >= wire.FIRST_BREAKING_VERSION:
            self._refused_version = version

    def _tell_clock(self, provider: Provider, arrival_ns: int, out: list[Reading]) -> None:
        self._clock_ns = arrival_ns
        if provider is self._first():
            seconds = provider.count / 1000.0
            out.append(Reading(self._names.clock_name, arrival_ns, seconds, Quality.GOOD))

    def _first(self) -> Provider | None:
        """Return the provider whose clock is told: the one that was named first."""
        return next((one for one in self._providers.values() if one.named), None)

    def _turn(self, now_ns: int) -> None:
        """Send what is due: who is there, and what are those channels called."""
        providers = list(self._providers.values())
        if now_ns - self._rated_ns >= _RATE_NS:
            self._rated_ns = now_ns
            self._names.rate(providers, now_ns)
            self._forget_strangers(now_ns)
        silent = self._refused_version is not None or not (self._port.multicast or self._peers)
        if now_ns - self._asked_ns >= _ASK_NS:
            self._asked_ns = now_ns
            if silent:
                self._pinged_ns = now_ns
                return
            if not providers or any(one.waiting or not one.named for one in providers):
                self._send(wire.Key.REQUEST_CHANNEL_INFO)
            if self._pings < _FIRST_PINGS:
                self._pings += 1
                self._ping(now_ns)
        if now_ns - self._pinged_ns >= _PING_NS and not silent:
            self._ping(now_ns)

    def _forget_strangers(self, now_ns: int) -> None:
        for host, provider in list(self._providers.items()):
            if not provider.named and now_ns - provider.heard_ns > _FORGET_NS:
                self._marked += provider.marked
                del self._providers[host]

    def _ping(self, now_ns: int) -> None:
        self._pinged_ns = now_ns
        host_ms = (now_ns // 1_000_000) & 0xFFFFFFFF
        while len(self._pinged) >= 8:
            del self._pinged[next(iter(self._pinged))]
        self._pinged[host_ms] = monotonic_ns()
        self._send(wire.Key.PING, wire.ping(wire.Ping(wire.VERSION, host_ms)))

    def _send(self, key: wire.Key, value: bytes = b"") -> None:
        data = wire.datagram(key, self._host, self._sequence, value)
        self._sequence += 1
        for place in [None] if self._port.multicast else list(self._peers):
            self._port.send(data, place)

    def _sentences(self, providers: Sequence[Provider]) -> str:
        """Say what is odd; empty when all is well."""
        if self._refused_version is not None:
            return (
                f"Somebody in this network speaks JETDRIVE version {self._refused_version}, which "
                "this desk must not talk to. It has stopped listening: update CarTech Desk, or "
                "take that program off the network."
            )
        said = []
        named = [one for one in providers if one.named]
        if len(named) > 1:
            who = ", ".join(f"“{one.name}” (host {one.host:04X})" for one in named)
            shared = [
                number
                for number, times in Counter(n for one in named for n in one.named).items()
                if times > 1
            ]
            ids = f" Both use channel {min(shared)}." if shared else ""
            said.append(f"{len(named)} providers speak here: {who}.{ids} They are kept apart.")
        if any(one.waiting for one in providers):
            said.append("Values come whose channels have no name yet; the names were asked for.")
        if any(one.stands_still for one in providers):
            said.append("The provider's clock stands still; its values are timed as they come.")
        if self._names.words:
            said.append(self._names.words)
        return " ".join(said)


def jetdrive_source(url: SourceUrl, alias: str) -> JetdriveSource:
    """Make the source of `jetdrive://ADDRESS:PORT?interface=…`. Errors: BadSourceUrl."""
    url.only(("interface",))
    host, _, port = url.target.removeprefix("//").rstrip("/").partition(":")
    try:
        address = ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
        interface = url.options.get("interface", "")
        if interface:
            ipaddress.IPv4Address(interface)
        number = int(port) if port else PORT
        if not 0 < number < 65536:
            raise ValueError
    except ValueError as error:
        raise BadSourceUrl(
            f"“{url.text}” is no address of a JETDRIVE network.",
            to_do="Write jetdrive://GROUP:PORT?interface=ADDRESS with numbers, as in "
            "jetdrive://224.0.2.10:22344?interface=192.168.1.5, or jetdrive://127.0.0.1:22344 "
            "for a dyno on this computer.",
        ) from error
    return JetdriveSource(url.text, alias, UdpPort(str(address), number, interface))
