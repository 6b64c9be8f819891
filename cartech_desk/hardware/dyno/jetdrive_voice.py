"""What this desk says in a JETDRIVE network: pings, answers to pings, and questions for names.

Nothing else is ever sent: there is no function here that could.
"""

import random
from collections import deque
from collections.abc import Iterable
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.links.udp import Place, UdpPort

_SENT_KEPT: Final = 64
_PINGS_KEPT: Final = 8
_ANSWERS_AT_MOST: Final = 20
"""Answers to pings between two looks around: nobody makes this desk shout."""


class Voice:
    """One host id, its sequence numbers, and the pings that wait for answers."""

    def __init__(self, port: UdpPort) -> None:
        self.host = _drawn()
        self._port = port
        self._sequence = 0
        self._sent: deque[bytes] = deque(maxlen=_SENT_KEPT)
        self._pinged: dict[int, int] = {}
        self._answers = 0

    def is_own(self, data: bytes) -> bool:
        """Tell whether a datagram is one of ours, for what is sent to a group comes back."""
        return data in self._sent

    def draw_another(self) -> None:
        """Take another host id, for somebody else has drawn this one."""
        self.host = _drawn(self.host)

    def ping(self, now_ns: int, places: Iterable[Place]) -> None:
        """Ask who is there: in the group, else at these places."""
        somewhere: list[Place | None] = [None] if self._port.multicast else [*places]
        if not somewhere:
            return
        host_ms = (now_ns // 1_000_000) & 0xFFFFFFFF
        while len(self._pinged) >= _PINGS_KEPT:
            del self._pinged[next(iter(self._pinged))]
        self._pinged[host_ms] = monotonic_ns()
        for place in somewhere:
            self._send(wire.Key.PING, wire.ping(wire.Ping(wire.VERSION, host_ms)), to=place)

    def pinged_ns(self, host_ms: int) -> int | None:
        """Return when a ping was sent; None where none was, or long ago."""
        return self._pinged.get(host_ms)

    def answer(self, asked: wire.Ping, asker: int, to: Place, now_ns: int) -> None:
        """Answer a ping, as everybody must who sends anything; not more than some at a time."""
        if self._answers < _ANSWERS_AT_MOST:
            self._answers += 1
            pong = wire.Pong(wire.VERSION, asked.host_ms, now_ns // 1_000_000, asked.data)
            self._send(wire.Key.PONG, wire.pong(pong), asker, to)

    def answer_again(self) -> None:
        """Allow further answers: time has passed."""
        self._answers = 0

    def ask_for_names(self, provider: Provider) -> None:
        """Ask one provider to name its channels."""
        self._send(wire.Key.REQUEST_CHANNEL_INFO, b"", provider.host, provider.sender)

    def _send(
        self,
        key: wire.Key,
        value: bytes,
        destination: int = wire.EVERYBODY,
        to: Place | None = None,
    ) -> None:
        data = wire.datagram(key, self.host, self._sequence, value, destination)
        self._sequence += 1
        self._sent.append(data)
        self._port.send(data, to)


def _drawn(taken: int = wire.NOBODY) -> int:
    """Draw a host id at random, so that two desks do not share one."""
    while True:
        host = random.randrange(1, wire.EVERYBODY)  # noqa: S311 - no secret
        if host != taken:
            return host
