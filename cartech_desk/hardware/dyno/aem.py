"""AEM UEGO gauges as a source.

The gauge sends what it shows, AFR or lambda, and the number alone does not tell which: it is an
option of the address, and a number that fits the other is INVALID and said. Without a checksum a
digit that became another digit cannot be seen; a number that stands alone against both its
neighbours is marked INVALID (`step_guard`).
"""

from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.aem_wire import BAUD, LINES_HZ, AemFramer
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import Step, StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

_RANGES: Final = {"afr": (6.0, 25.0), "lambda": (0.4, 1.8)}
"""What a gauge can show in each unit; the two do not meet."""
_STEPS: Final = {"afr": Step(base=0.9, per_s=10.0), "lambda": Step(base=0.06, per_s=0.7)}
_OTHER: Final = {"afr": "lambda", "lambda": "afr"}
_ODD_LINES: Final = 5


class AemSource(StreamSource):
    """A gauge that shows `unit`, "afr" or "lambda"."""

    def __init__(self, url: str, alias: str, link: Link, unit: str) -> None:
        identity = SourceIdentity(
            Kind.WIDEBAND, "AEM", "UEGO gauge", f"AEM serial, {unit}", Tier.DOCUMENTED
        )
        self._unit = unit
        self._name = f"{alias}_{unit}"
        super().__init__(url, alias, link, identity, StepGuard({self._name: _STEPS[unit]}))
        self._begin()
        lowest, highest = _RANGES[unit]
        channel = Channel(
            self._name,
            "Air-fuel ratio" if unit == "afr" else "Lambda",
            "ratio",
            *((10.0, 20.0) if unit == "afr" else (0.7, 1.3)),
            decimals=1 if unit == "afr" else 2,
            source="AEM gauge, as it shows it",
            lowest=lowest,
            highest=highest,
        )
        role = Role.AFR if unit == "afr" else Role.LAMBDA
        self._channels = (SourceChannel(channel, role, LINES_HZ),)

    def _begin(self) -> None:
        self._framer = AemFramer()
        self._guard = StepGuard({self._name: _STEPS[self._unit]})
        self._of_the_other = 0

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        lines = self._framer.feed(data, t_ns)
        return self._guarded([self._reading(line.t_ns, line.shown) for line in lines])

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - nothing waits
        return []

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _words(self) -> str:
        if self._of_the_other < _ODD_LINES:
            return ""
        shown = {"afr": "AFR", "lambda": "lambda"}
        other = _OTHER[self._unit]
        return (
            f"The gauge seems to show {shown[other]}, and its address says {shown[self._unit]}: "
            f"use unit={other}, or change the gauge."
        )

    def _reading(self, t_ns: int, shown: float) -> Reading:
        low, high = _RANGES[self._unit]
        if low <= shown <= high:
            self._of_the_other = 0
            return Reading(self._name, t_ns, shown)
        low, high = _RANGES[_OTHER[self._unit]]
        self._of_the_other += low <= shown <= high
        return Reading(self._name, t_ns, float("nan"), Quality.INVALID)


def aem_source(url: SourceUrl, alias: str) -> AemSource:
    """Make the source of `aem:PORT?unit=afr`. Errors: BadSourceUrl."""
    url.only(("baud", "unit"))
    unit = url.choice("unit", ("afr", "lambda"), "afr")
    return AemSource(url.text, alias, link_of(url, baud_of(url, BAUD)), unit)
