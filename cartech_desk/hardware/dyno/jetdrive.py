"""JETDRIVE: dynos and instruments of one network, over UDP.

`jetdrive://GROUP:PORT?interface=ADDRESS` joins a multicast group; any other address is bound (a
dyno on this computer, or what is sent straight to it), and what is asked goes to whom was heard.

Sent are Ping, Pong to whom pings (who sends anything must answer, so that no host id is drawn
twice) and RequestChannelInfo to those whose values have no names; nothing else. The host id is
drawn at random, and anew where somebody else speaks under it.

UDP's checksum keeps damaged datagrams away; lost, doubled and late ones are seen by their sequence
numbers. Names of channels come every 30 s or when asked for: values that come before are kept and
delivered with their own times once the names are known. Every channel is known by sender, host and
id, for ids of two providers collide, and two machines may have drawn one host id.
"""

import math
import threading
from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import claims
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive_address import read_address
from cartech_desk.hardware.dyno.jetdrive_cast import is_dyno
from cartech_desk.hardware.dyno.jetdrive_company import Company
from cartech_desk.hardware.dyno.jetdrive_names import CLOCK_HZ
from cartech_desk.hardware.dyno.jetdrive_network import Key, Network
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.dyno.jetdrive_sequence import HOLD_NS, Order
from cartech_desk.hardware.dyno.jetdrive_voice import Voice
from cartech_desk.hardware.dyno.jetdrive_words import identity_of, sentences, stopped
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.udp import LARGEST, Place, UdpPort

_SLICE_S: Final = 0.1
_LOOK_NS: Final = 1_000_000_000
_HURRY_NS: Final = 250_000_000
"""Looking around is brought forward no more often than that."""
_PING_NS: Final = 5_000_000_000
_FIRST_PINGS: Final = 4
_QUIET_NS: Final = 2_000_000_000
"""Who says nothing for so long is pinged at every look, to see whether it is still there."""
_CLOCK_NS: Final = round(1e9 / CLOCK_HZ)
_RATE_NS: Final = 2_000_000_000
_VALUES: Final = int(wire.Key.CHANNEL_VALUES)
_KEYS: Final = frozenset(wire.Key)
_LARGE: Final = 128
"""Bytes of a datagram that is worth being handed on by itself."""
_MOST_IN_ONE_GO: Final = 512
_LONGEST_GO_NS: Final = 20_000_000
"""After so many datagrams or so long a call of `read` looks up, however many more wait."""
# Looked up in their modules and classes they would cost a tenth more at every datagram.
_NEXT: Final = Order.NEXT
_LATE: Final = Order.LATE
_EVERYBODY: Final = wire.EVERYBODY
_NOBODY: Final = wire.NOBODY
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
        self._network = Network()
        self._company = Company(self._network, self.alias)
        self._buffer = bytearray(LARGEST)
        self._view = memoryview(self._buffer)
        self._voice = Voice(self._port)
        self._looked_ns = self._pinged_ns = self._clock_ns = self._rated_ns = self._hurried_ns = 0
        self._pings = 0
        self._readings = self._bad_bytes = 0
        self._stopped = 0
        """The version of the dyno's own that must not be talked to."""
        self._holding: set[Provider] = set()
        """Who sent what is held until what it overtook has come."""

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
            if now_ns - self._looked_ns >= _LOOK_NS or now_ns - self._pinged_ns >= _PING_NS:
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
        return self._company.names.told

    @property
    def identity(self) -> SourceIdentity:
        """The provider that tells power or speed, and the others beside it."""
        return identity_of(self._network, monotonic_ns())

    @property
    def health(self) -> SourceHealth:
        """How the network is doing; see `SourceHealth`."""
        network = self._network
        latencies = [one.clock.latency_s for one in network]
        known = [latency for latency in latencies if not math.isnan(latency)]
        return SourceHealth(
            readings=self._readings,
            marked=network.marked,
            bad_bytes=self._bad_bytes,
            lost=network.lost,
            clock_jumps=network.jumps,
            latency_s=min(known) if known else _NAN,
            words=stopped(self._stopped)
            if self._stopped
            else sentences(network, monotonic_ns(), self._company.names.words),
        )

    @property
    def capabilities(self) -> tuple[Role, ...]:
        """Roles that its channels play."""
        return tuple(
            dict.fromkeys(one.role for one in self._company.names.told if one.role is not None)
        )

    def _hear(self, out: list[Reading], timeout_s: float = 0.0) -> None:
        """Take the datagrams that are there, waiting for the first.

        A datagram of many values is handed on at once, for looking whether another waits costs as
        much as reading it; small ones come in flocks.
        """
        until_ns = 0
        own = self._voice.host
        if self._holding:
            timeout_s = min(timeout_s, HOLD_NS / 1e9)
            for provider in tuple(self._holding):
                self._release(provider, monotonic_ns(), out)
        for _ in range(_MOST_IN_ONE_GO):
            received = self._port.receive(self._buffer, timeout_s)
            if received is None:
                return
            timeout_s = 0.0
            size, sender = received
            arrival_ns = monotonic_ns()
            datagram = wire.read_datagram(self._view[:size])
            if datagram is None:
                self._bad_bytes += size
            elif datagram.host == own:
                self._take_of_our_number(datagram, size, sender, arrival_ns, out)
                own = self._voice.host
            elif datagram.host != _NOBODY:
                self._take(datagram, sender, arrival_ns, out)
            elif datagram.key == wire.Key.PING and not self._stopped:
                # Somebody who is about to draw a number asks which are taken.
                self._answer(datagram, sender, arrival_ns)
            if size >= _LARGE and out:
                return
            if not until_ns:
                until_ns = arrival_ns + _LONGEST_GO_NS
            elif arrival_ns > until_ns:
                return

    def _take_of_our_number(
        self, datagram: wire.Datagram, size: int, sender: Place, arrival_ns: int, out: list[Reading]
    ) -> None:
        """Take a datagram under our own host id: one of ours, or of somebody who has drawn it."""
        if self._voice.is_own(bytes(self._view[:size])):
            return
        self._voice.draw_another()
        self._take(datagram, sender, arrival_ns, out)

    def _take(
        self, datagram: wire.Datagram, sender: Place, arrival_ns: int, out: list[Reading]
    ) -> None:
        if self._stopped:
            return
        provider = self._network.get((sender, datagram.host))
        if provider is None:
            provider = self._meet(datagram, (sender, datagram.host), arrival_ns)
            if provider is None:
                return
        if provider.refused_version:
            return
        provider.heard_ns = arrival_ns
        if provider.silent:
            provider.silent = False
            self._company.look(arrival_ns)
        count = provider.order
        order = count.take(datagram, arrival_ns)
        if order is _NEXT or order is _LATE:
            self._use(datagram, provider, arrival_ns, out, late=order is _LATE)
        elif datagram.key == _VALUES and datagram.sequence in count.held:
            provider.foresee(datagram.value, arrival_ns)
        if count.held:
            self._release(provider, arrival_ns, out)

    def _release(self, provider: Provider, now_ns: int, out: list[Reading]) -> None:
        """Use what was held of a provider and waits for nothing more."""
        for datagram, arrival_ns in provider.order.released(now_ns):
            self._use(datagram, provider, arrival_ns, out)
        if provider.order.held:
            self._holding.add(provider)
        else:
            self._holding.discard(provider)

    def _use(
        self,
        datagram: wire.Datagram,
        provider: Provider,
        arrival_ns: int,
        out: list[Reading],
        *,
        late: bool = False,
    ) -> None:
        destination = datagram.destination
        if destination != _EVERYBODY and destination != self._voice.host:  # noqa: PLR1714 - quicker
            return
        if datagram.key != _VALUES:
            self._take_rarer(datagram, provider, arrival_ns, out)
            return
        take = provider.late_values if late else provider.values
        if not take(datagram.value, arrival_ns, out):
            self._bad_bytes += len(datagram.value) + wire.HEADER.size
        elif out and arrival_ns - self._clock_ns >= _CLOCK_NS:
            self._tell_clock(provider, arrival_ns, out)

    def _meet(self, datagram: wire.Datagram, key: Key, now_ns: int) -> Provider | None:
        """Get to know a host that says what providers say; None for anybody else."""
        if datagram.key in wire.OPTIONAL:
            return None
        provider = self._network.meet(key, now_ns) if datagram.key in _KEYS else None
        if provider is None:
            self._bad_bytes += len(datagram.value) + wire.HEADER.size
            return None
        self._pings = 0
        self._hurry(now_ns)
        return provider

    def _hurry(self, now_ns: int) -> None:
        """Look around at the next opportunity, unless that was done just now."""
        if now_ns - self._hurried_ns >= _HURRY_NS:
            self._hurried_ns = now_ns
            self._looked_ns = 0

    def _take_rarer(
        self, datagram: wire.Datagram, provider: Provider, arrival_ns: int, out: list[Reading]
    ) -> None:
        understood = True
        if datagram.key == wire.Key.CHANNEL_INFO:
            info = wire.read_channel_info(datagram.value)
            understood = info is not None
            if info is not None:
                self._company.learn(provider, info, arrival_ns, out)
        elif datagram.key == wire.Key.CLEAR_CHANNEL_INFO:
            understood = not datagram.value and datagram.destination == wire.EVERYBODY
            if understood:
                provider.forget(arrival_ns)
        elif datagram.key == wire.Key.PING:
            understood = self._answer(datagram, provider.sender, arrival_ns, provider)
        elif datagram.key == wire.Key.PONG:
            answer = wire.read_pong(datagram.value)
            understood = answer is not None and answer.version > 0
            if answer is not None and understood and datagram.destination == self._voice.host:
                self._check_version(provider, answer.version, arrival_ns)
                sent_ns = self._voice.pinged_ns(answer.host_ms)
                if sent_ns is not None:
                    provider.answered(answer.host_ms, arrival_ns - sent_ns)
        elif datagram.key not in _KEYS:
            understood = datagram.key in wire.OPTIONAL
        if not understood:
            self._bad_bytes += len(datagram.value) + wire.HEADER.size

    def _answer(
        self, datagram: wire.Datagram, to: Place, now_ns: int, provider: Provider | None = None
    ) -> bool:
        """Answer a ping; False where it is none."""
        asked = wire.read_ping(datagram.value)
        if asked is None or asked.version == 0:
            return False
        if provider is not None:
            self._check_version(provider, asked.version, now_ns)
        if asked.version < wire.FIRST_BREAKING_VERSION:
            self._voice.answer(asked, datagram.host, to, now_ns)
        return True

    def _check_version(self, provider: Provider, version: int, now_ns: int) -> None:
        """Take nothing more of who must not be talked to; of nobody where it is the dyno."""
        if version < wire.FIRST_BREAKING_VERSION:
            return
        if provider in self._company.played and is_dyno(provider):
            self._stopped = version
        else:
            self._company.refuse(provider, version, now_ns)

    def _tell_clock(self, provider: Provider, arrival_ns: int, out: list[Reading]) -> None:
        """Tell the clock of the provider that plays first."""
        self._clock_ns = arrival_ns
        if self._company.played and provider is self._company.played[0]:
            seconds = provider.count / 1000.0
            out.append(Reading(self._company.names.clock_name, arrival_ns, seconds, Quality.GOOD))

    def _turn(self, now_ns: int) -> None:
        """Do and send what is due."""
        if now_ns - self._rated_ns >= _RATE_NS:
            self._rated_ns = now_ns
            self._company.rate(now_ns)
            self._network.forget_strangers(now_ns)
        if now_ns - self._looked_ns >= _LOOK_NS:
            self._looked_ns = now_ns
            self._voice.answer_again()
            self._company.look(now_ns)
            for one in self._network:
                if one.is_to_be_asked(now_ns) and not self._stopped:
                    self._voice.ask_for_names(one)
            quiet = any(now_ns - one.heard_ns >= _QUIET_NS for one in self._company.played)
            if quiet or self._pings < _FIRST_PINGS:
                self._pings += 1
                self._pinged_ns = 0
        if now_ns - self._pinged_ns >= _PING_NS:
            self._pinged_ns = now_ns
            if not self._stopped:
                places = {one.sender for one in self._network if not one.refused_version}
                self._voice.ping(now_ns, places)


def jetdrive_source(url: SourceUrl, alias: str) -> JetdriveSource:
    """Make the source of `jetdrive://ADDRESS:PORT?interface=…`. Errors: BadSourceUrl."""
    return JetdriveSource(url.text, alias, UdpPort(*read_address(url)))
