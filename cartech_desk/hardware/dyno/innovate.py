"""Innovate widebands (LC-1, LC-2, LM-2 and what hangs on their chain) as a source.

The stream has no checksum. What a damaged byte breaks (sync, length, fixed bits, the shape that
stays from packet to packet) is thrown away; a changed bit within the 13 of a reading cannot be
seen, so a reading that stands alone against both its neighbours is marked INVALID (`step_guard`).
Only function 0 is a mixture reading: in all others lambda is INVALID and `status` tells why.
"""

from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.innovate_wire import (
    BAUD,
    PACKETS_HZ,
    InnovateFramer,
    Mixture,
    MtsPacket,
)
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import EXACT, Step, StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

LAMBDA_STEP: Final = Step(base=0.06, per_s=1.0)
"""A wideband's lambda from one packet to the next; faster ones are confirmed by the next."""
_LAMBDA_RANGE: Final = (0.5, 1.523)
"""What function 0 can tell (OT-2 SDK)."""
_NAN: Final = float("nan")
STATUSES: Final = (
    "",
    "The wideband shows oxygen in percent: no exhaust reaches it, or the engine is off.",
    "The wideband is being calibrated in free air.",
    "The wideband needs a free air calibration.",
    "The wideband's sensor is warming up.",
    "The wideband's heater is being calibrated.",
    "The wideband reports an error of its sensor.",
    "The wideband reports something that its maker has kept for later.",
)
"""What each function of a lambda sub-packet means for the person at the bay."""


class InnovateSource(StreamSource):
    """A chain of Innovate devices."""

    def __init__(self, url: str, alias: str, link: Link) -> None:
        identity = SourceIdentity(
            Kind.WIDEBAND,
            "Innovate Motorsports",
            "MTS device",
            "MTS serial protocol 2 (ISP2)",
            Tier.DOCUMENTED,
        )
        super().__init__(url, alias, link, identity, StepGuard({}))
        self._begin()
        self._name(MtsPacket(0, (Mixture(0, 147, 500),)))

    def _begin(self) -> None:
        self._framer = InnovateFramer()
        self._functions: list[int] = []
        self._stoichiometry: dict[str, float] = {}
        self._guard = StepGuard({})
        self._shape: tuple[bool, ...] = ()

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        return self._readings_of(self._framer.feed(data, t_ns))

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - packets have their own times
        return self._readings_of(self._framer.quiet())

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _words(self) -> str:
        said = dict.fromkeys(STATUSES[function] for function in self._functions)
        return " ".join(sentence for sentence in said if sentence)

    def _readings_of(self, packets: list[MtsPacket]) -> list[Reading]:
        found: list[Reading] = []
        for packet in packets:
            self._name(packet)
            mixtures = [part for part in packet.parts if isinstance(part, Mixture)]
            self._functions = [part.function for part in mixtures]
            t_ns = packet.t_ns
            auxiliaries = 0
            number = 0
            for part in packet.parts:
                if isinstance(part, Mixture):
                    number += 1
                    tail = f"_{number}" if number > 1 else ""
                    found += self._mixture(part, t_ns, tail)
                else:
                    auxiliaries += 1
                    name = f"{self.alias}_aux_{auxiliaries}"
                    found += self._guarded([Reading(name, t_ns, float(part.reading))])
        return found

    def _mixture(self, part: Mixture, t_ns: int, tail: str) -> list[Reading]:
        lambda_name = f"{self.alias}_lambda{tail}"
        status = Reading(f"{self.alias}_status{tail}", t_ns, float(part.function))
        value = (part.reading + 500) / 1000
        if part.function != 0 or not _LAMBDA_RANGE[0] <= value <= _LAMBDA_RANGE[1]:
            lambda_now = Reading(lambda_name, t_ns, _NAN, Quality.INVALID)
        else:
            lambda_now = Reading(lambda_name, t_ns, value)
        self._stoichiometry[lambda_name] = part.afr_x10 / 10
        return self._guarded([lambda_now, status])

    def _with_derived(self, reading: Reading) -> list[Reading]:
        ratio = self._stoichiometry.get(reading.channel)
        if ratio is None:
            return [reading]
        name = f"{self.alias}_afr" + reading.channel.removeprefix(f"{self.alias}_lambda")
        return [reading, reading._replace(channel=name, value=reading.value * ratio)]

    def _name(self, packet: MtsPacket) -> None:
        """Tell the channels of a chain, where it is another than before."""
        shape = tuple(isinstance(part, Mixture) for part in packet.parts)
        if shape == self._shape:
            return
        self._shape = shape
        told: list[SourceChannel] = []
        mixtures = sum(shape)
        for number in range(1, mixtures + 1):
            tail = f"_{number}" if number > 1 else ""
            label = f" {number}" if mixtures > 1 else ""
            self._guard.watch(f"{self.alias}_lambda{tail}", LAMBDA_STEP)
            self._guard.watch(f"{self.alias}_status{tail}", EXACT)
            told += _mixture_channels(self.alias, tail, label, first=number == 1)
        for number in range(1, len(shape) - mixtures + 1):
            name = f"{self.alias}_aux_{number}"
            self._guard.watch(name, Step(base=100.0))
            channel = Channel(
                name,
                f"Aux input {number}",
                "count",
                0.0,
                1023.0,
                source=f"Innovate MTS, auxiliary input {number}, 0 to 1023 of its scale",
                lowest=0.0,
                highest=1023.0,
            )
            told.append(SourceChannel(channel, None, PACKETS_HZ))
        self._channels = tuple(told)


def _mixture_channels(alias: str, tail: str, label: str, *, first: bool) -> list[SourceChannel]:
    """Return the channels of one sensor; those of the first play roles."""
    source = "Innovate MTS, lambda channel" + label
    lambda_channel = Channel(
        f"{alias}_lambda{tail}", f"Lambda{label}", "ratio", 0.7, 1.3, 3, source, False, 0.5, 1.523
    )
    afr_channel = Channel(
        f"{alias}_afr{tail}",
        f"Air-fuel ratio{label}",
        "ratio",
        10.0,
        20.0,
        2,
        source + ", times the stoichiometric ratio that the device is set to",
    )
    status = Channel(
        f"{alias}_status{tail}",
        f"Wideband's state{label}",
        "none",
        0.0,
        7.0,
        0,
        source + ", function: 0 measures, 4 warms up, 6 has an error",
    )
    return [
        SourceChannel(lambda_channel, Role.LAMBDA if first else None, PACKETS_HZ),
        SourceChannel(afr_channel, Role.AFR if first else None, PACKETS_HZ),
        SourceChannel(status, None, PACKETS_HZ),
    ]


def innovate_source(url: SourceUrl, alias: str) -> InnovateSource:
    """Make the source of `innovate:PORT`. Errors: BadSourceUrl."""
    url.only(("baud",))
    return InnovateSource(url.text, alias, link_of(url, baud_of(url, BAUD)))
