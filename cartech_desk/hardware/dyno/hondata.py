"""Hondata ECUs (K-series, S-series) as a source.

Every packet carries a sum, and is taken whole or not at all; two damaged bytes may make up for each
other in it, so a value that stands alone against both its neighbours is INVALID too (`step_guard`).
A value that the ECU cannot mean (no wideband: lambda 0 or full scale; a temperature beyond its
sensor) is INVALID.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.hondata_wire import BAUD, PACKETS_HZ, EcuPacket, HondataFramer
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import EXACT, Step, StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

_CLOSED: Final = 0x15
_OPEN: Final = 0xE5
"""Throttle at 0 % and at 100 %."""


@dataclass(frozen=True, slots=True)
class _Field:
    slug: str
    label: str
    unit: str
    shown: tuple[float, float]
    possible: tuple[float, float]
    decimals: int
    role: Role | None
    step: Step
    value: Callable[[EcuPacket], float]


_FIELDS: Final = (
    _Field(
        "rpm",
        "Engine speed",
        "rpm",
        (0, 9000),
        (0, 12000),
        0,
        Role.RPM,
        Step(base=800.0, part=0.2),
        lambda packet: packet.rpm_x4 * 0.25,
    ),
    _Field(
        "speed",
        "Car's speed",
        "km/h",
        (0, 250),
        (0, 255),
        0,
        Role.SPEED,
        Step(base=15.0),
        lambda packet: float(packet.speed),
    ),
    _Field(
        "throttle",
        "Throttle",
        "percent",
        (0, 100),
        (-10, 110),
        0,
        Role.THROTTLE,
        Step(base=40.0),
        lambda packet: (packet.throttle - _CLOSED) * 100.0 / (_OPEN - _CLOSED),
    ),
    _Field(
        "map",
        "Manifold pressure",
        "kPa",
        (0, 300),
        (5, 700),
        1,
        Role.MANIFOLD,
        Step(base=60.0),
        lambda packet: packet.map_mbar * 0.1,
    ),
    _Field(
        "lambda",
        "Lambda",
        "ratio",
        (0.7, 1.3),
        (0.5, 1.99),
        3,
        Role.LAMBDA,
        Step(base=0.2),
        lambda packet: packet.lambda_raw / 0x8000,
    ),
    _Field(
        "coolant",
        "Coolant",
        "degC",
        (-20, 130),
        (-40, 200),
        0,
        None,
        Step(base=5.0),
        lambda packet: packet.coolant - 40.0,
    ),
    _Field(
        "iat",
        "Intake air",
        "degC",
        (-20, 100),
        (-40, 200),
        0,
        None,
        Step(base=5.0),
        lambda packet: packet.intake - 40.0,
    ),
    _Field(
        "voltage",
        "Battery",
        "V",
        (8, 16),
        (1, 25),
        1,
        None,
        Step(base=2.0),
        lambda packet: packet.volts_x10 * 0.1,
    ),
    _Field(
        "ignition",
        "Ignition",
        "deg",
        (-10, 50),
        (-64, 63.5),
        1,
        None,
        Step(base=20.0),
        lambda packet: (packet.ignition - 0x80) * 0.5,
    ),
    _Field(
        "gear", "Gear", "count", (0, 6), (0, 6), 0, None, EXACT, lambda packet: float(packet.gear)
    ),
    _Field(
        "knock",
        "Knocks since power on",
        "count",
        (0, 100),
        (0, 65535),
        0,
        None,
        Step(base=50.0),
        lambda packet: float(packet.knock),
    ),
)


class HondataSource(StreamSource):
    """A Hondata ECU."""

    def __init__(self, url: str, alias: str, link: Link) -> None:
        identity = SourceIdentity(
            Kind.ECU, "Hondata", "ECU", "Hondata serial output", Tier.DOCUMENTED
        )
        super().__init__(url, alias, link, identity, StepGuard({}))
        self._begin()
        self._channels = tuple(
            SourceChannel(
                Channel(
                    f"{alias}_{one.slug}",
                    one.label,
                    one.unit,
                    *one.shown,
                    decimals=one.decimals,
                    source="Hondata serial output",
                    lowest=one.possible[0],
                    highest=one.possible[1],
                ),
                one.role,
                PACKETS_HZ,
            )
            for one in _FIELDS
        )

    def _begin(self) -> None:
        self._framer = HondataFramer()
        self._guard = StepGuard({f"{self.alias}_{one.slug}": one.step for one in _FIELDS})

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        return self._readings_of(self._framer.feed(data, t_ns))

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - packets have their own times
        return self._readings_of(self._framer.quiet())

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _readings_of(self, packets: list[EcuPacket]) -> list[Reading]:
        found: list[Reading] = []
        for packet in packets:
            for one in _FIELDS:
                value = one.value(packet)
                name = f"{self.alias}_{one.slug}"
                if one.possible[0] <= value <= one.possible[1]:
                    found.append(Reading(name, packet.t_ns, value))
                else:
                    found.append(Reading(name, packet.t_ns, float("nan"), Quality.INVALID))
        return self._guarded(found)


def hondata_source(url: SourceUrl, alias: str) -> HondataSource:
    """Make the source of `hondata:PORT`. Errors: BadSourceUrl."""
    url.only(("baud",))
    return HondataSource(url.text, alias, link_of(url, baud_of(url, BAUD)))
