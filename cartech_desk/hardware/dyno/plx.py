"""PLX SM-AFR widebands as a source: lambda = (raw / 3.75 + 68) / 100.

Of a chain's sensors the desk reads those with address 0 (wideband air-fuel ratio), the only ones
whose scale its maker tells; the others are known to be there and not shown. Without a checksum a
bit within the data cannot be seen to have changed; a reading that stands alone against both its
neighbours is marked INVALID (`step_guard`).
"""

from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.innovate import LAMBDA_STEP
from cartech_desk.hardware.dyno.plx_wire import BAUD, PACKETS_HZ, ChainPacket, PlxFramer
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

_WIDEBAND: Final = 0
_MOST_RAW: Final = 255
"""Lambda 1.36, 20:1 for petrol: the end of the sensor module's scale."""


class PlxSource(StreamSource):
    """A chain of PLX sensor modules."""

    def __init__(self, url: str, alias: str, link: Link) -> None:
        identity = SourceIdentity(
            Kind.WIDEBAND, "PLX Devices", "SM-AFR", "PLX iMFD", Tier.DOCUMENTED
        )
        super().__init__(url, alias, link, identity, StepGuard({}))
        self._begin()
        self._name((0,))

    def _begin(self) -> None:
        self._framer = PlxFramer()
        self._guard = StepGuard({})
        self._instances: tuple[int, ...] = ()
        self._others = 0

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        return self._readings_of(self._framer.feed(data, t_ns))

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - nothing waits
        return []

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _words(self) -> str:
        if self._instances or not self._others:
            return ""
        return "No PLX wideband is on this chain: its other sensors are not shown."

    def _readings_of(self, packets: list[ChainPacket]) -> list[Reading]:
        found: list[Reading] = []
        for packet in packets:
            widebands = [one for one in packet.sensors if one.address == _WIDEBAND]
            self._others = len(packet.sensors) - len(widebands)
            self._name(tuple(one.instance for one in widebands))
            for one in widebands:
                name = _name(self.alias, one.instance)
                if one.raw <= _MOST_RAW:
                    value = (one.raw / 3.75 + 68.0) / 100.0
                    found += self._guarded([Reading(name, packet.t_ns, value)])
                else:
                    marked = Reading(name, packet.t_ns, float("nan"), Quality.INVALID)
                    found += self._guarded([marked])
        return found

    def _name(self, instances: tuple[int, ...]) -> None:
        """Tell the channels, where there are other sensors than before."""
        if instances == self._instances:
            return
        self._instances = instances
        told: list[SourceChannel] = []
        for place, instance in enumerate(instances):
            name = _name(self.alias, instance)
            self._guard.watch(name, LAMBDA_STEP)
            label = f"Lambda {instance + 1}" if len(instances) > 1 else "Lambda"
            channel = Channel(
                name, label, "ratio", 0.7, 1.3, 3, "PLX iMFD, wideband", False, 0.68, 1.36
            )
            told.append(SourceChannel(channel, None if place else Role.LAMBDA, PACKETS_HZ))
        self._channels = tuple(told)


def _name(alias: str, instance: int) -> str:
    return f"{alias}_lambda_{instance + 1}" if instance else f"{alias}_lambda"


def plx_source(url: SourceUrl, alias: str) -> PlxSource:
    """Make the source of `plx:PORT`. Errors: BadSourceUrl."""
    url.only(("baud",))
    return PlxSource(url.text, alias, link_of(url, baud_of(url, BAUD)))
