"""A source as a link definition of the shop's own describes it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.link_definition import LinkDefinition, LinkField, LinkRefused
from cartech_desk.domain.dyno.link_packets import Found, Packets
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role, Tier
from cartech_desk.domain.units import convert
from cartech_desk.hardware.dyno import claims
from cartech_desk.hardware.dyno.definition_files import (
    ENDING,
    DefinitionFiles,
    file_sha256,
    read_file,
)
from cartech_desk.hardware.dyno.listening import Conversation, link_to
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    Kind,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.step_guard import Step, StepGuard
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.link import Link

QUIET_S: Final = 0.15
"""After so long without a byte a packet needs no successor to be taken for whole."""
JUMP: Final = 0.08
"""A value that jumps by so much of its range at once waits for the next one to agree."""
NEVER_BYTES: Final = 2048
"""After so many bytes without a packet it is said that the definition never matches."""
_USUAL_HZ: Final = 10.0


class DefinitionSource(DynoSource):
    """A source on a link whose bytes somebody defined."""

    def __init__(
        self, definition: LinkDefinition, link: Link, url: str, alias: str, *, kept_as: str = ""
    ) -> None:
        """`kept_as` names the definition's file and what proves it, for the sheet."""
        self.url = url
        self.alias = alias
        self.definition = definition
        self._kept_as = kept_as
        self._wire = Conversation(link, definition.start_up, definition.poll, definition.poll_s)
        self._packets = Packets(definition)
        self._guard = _guard(definition, alias)
        self._health = SourceHealth()
        self._stopped = False
        self._heard_ns = 0
        rate_hz = 1.0 / definition.poll_s if definition.poll_s else _USUAL_HZ
        self._channels = tuple(
            SourceChannel(_channel(alias, one), one.role, rate_hz) for one in definition.fields
        )
        self._names = {one.name: f"{alias}_{one.name}" for one in definition.fields}
        self._units = {one.name: (one.unit, _unit(one)) for one in definition.fields}

    def open(self) -> None:
        """Open the wire and send what starts the device up."""
        self._stopped = False
        self._packets = Packets(self.definition)
        self._guard = _guard(self.definition, self.alias)
        self._health = SourceHealth()
        claims.claim(self._wire.link.wire, self)
        try:
            self._wire.open()
        except BaseException:
            self.close()
            raise
        self._heard_ns = monotonic_ns()

    def read(self, timeout_s: float) -> Sequence[Reading]:
        """Return the readings of the packets that are complete; see `DynoSource.read`."""
        deadline_ns = monotonic_ns() + round(timeout_s * 1e9)
        while True:
            if self._stopped:
                raise LinkLost(
                    f"The connection to {self._wire.link.wire} was given up.",
                    to_do="Connect again.",
                )
            left_s = (deadline_ns - monotonic_ns()) / 1e9
            data = self._wire.hear(max(0.0, min(left_s, QUIET_S)))
            now_ns = monotonic_ns()
            if data:
                self._heard_ns = now_ns
                found = self._packets.feed(data, now_ns)
            elif now_ns - self._heard_ns >= QUIET_S * 1e9:
                found = self._packets.quiet()
            else:
                found = []
            readings = [reading for one in found for reading in self._readings(one)]
            readings += self._guard.waited(now_ns, self._heard_ns)
            self._count(found, readings)
            if readings or now_ns >= deadline_ns:
                return readings

    def close(self) -> None:
        """Let go of the wire."""
        self._wire.link.close()
        claims.release(self._wire.link.wire, self)

    def interrupt(self) -> None:
        """End a call under way."""
        self._stopped = True

    @property
    def channels(self) -> tuple[SourceChannel, ...]:
        """What the definition says that there is."""
        return self._channels

    @property
    def identity(self) -> SourceIdentity:
        """What the definition says who it is."""
        one = self.definition
        verified = "checked by the shop" if one.verified else "not verified"
        return SourceIdentity(
            Kind(one.kind),
            one.make,
            one.model or one.name,
            f"link definition “{one.name}”",
            Tier.USER_DEFINED,
            ", ".join(filter(None, (verified, self._kept_as))),
        )

    @property
    def health(self) -> SourceHealth:
        """How the wire is doing."""
        health = self._health
        if not health.readings and health.bad_bytes >= NEVER_BYTES:
            words = (
                "Bytes come and the definition never matches. Look at them in the link editor; "
                "the usual reason is the speed of the line."
            )
            return replace(health, words=words)
        return health

    @property
    def capabilities(self) -> tuple[Role, ...]:
        """Roles of its fields."""
        return tuple(one.role for one in self.definition.fields if one.role is not None)

    def _readings(self, found: Found) -> list[Reading]:
        readings = []
        for name, value in found.values.items():
            told = convert(value, *self._units[name])
            quality = Quality.INVALID if math.isnan(told) else Quality.GOOD
            readings += self._guard.take(Reading(self._names[name], found.t_ns, told, quality))
        return readings

    def _count(self, found: Sequence[Found], readings: Sequence[Reading]) -> None:
        if not found:
            return
        health = self._health
        self._health = replace(
            health,
            readings=health.readings + len(readings),
            marked=health.marked + sum(one.quality != Quality.GOOD for one in readings),
            bad_bytes=health.bad_bytes + sum(len(one.data) for one in found if one.why),
        )


def link_source(url: str, alias: str, folder: Path | None = None) -> DefinitionSource:
    """Make the source of `link:NAME@PORT`; NAME is a definition's key in `folder`, or a file.

    Errors: LinkRefused, BadAdapterUrl.
    """
    definition, place, path = _named(url, folder)
    kept_as = f"{path.name}, sha256 {file_sha256(path)}"
    return DefinitionSource(
        definition, link_to(place, definition.line), url, alias, kept_as=kept_as
    )


def defined_kind(url: str, folder: Path | None = None) -> Kind:
    """Return what the definition of `link:NAME@PORT` says that it is. Errors: LinkRefused."""
    return Kind(_named(url, folder)[0].kind)


def _named(url: str, folder: Path | None) -> tuple[LinkDefinition, str, Path]:
    """Return the definition and the port that an address names, and its file.

    Errors: LinkRefused.
    """
    name, at, place = url.removeprefix("link:").rpartition("@")
    if not at or not name or not place:
        raise LinkRefused(
            f"“{url}” names no link.", to_do="Write link:NAME@PORT, as in link:bench@/dev/ttyUSB0."
        )
    if name.endswith(".toml"):
        path = Path(name)
        definition = read_file(path)
    elif folder is not None:
        path = folder / f"{name}{ENDING}"
        definition = DefinitionFiles(folder).load(name)
    else:
        raise LinkRefused(
            f"It is not known where the definition “{name}” is kept.",
            to_do="Name its file: link:FILE.toml@PORT.",
        )
    return definition, place, path


def _guard(definition: LinkDefinition, alias: str) -> StepGuard:
    """Return what holds values against their neighbours where no checksum proves them."""
    if definition.checksum is not None:
        return StepGuard({})
    steps = {}
    for one in definition.fields:
        low, high = (convert(edge, one.unit, _unit(one)) for edge in (one.lowest, one.highest))
        if math.isfinite(high - low):
            steps[f"{alias}_{one.name}"] = Step(base=JUMP * abs(high - low))
    return StepGuard(steps)


def _unit(one: LinkField) -> str:
    return ROLE_UNITS[one.role] if one.role is not None else one.unit


def _channel(alias: str, one: LinkField) -> Channel:
    unit = _unit(one)
    low, high = (convert(edge, one.unit, unit) for edge in (one.lowest, one.highest))
    shown_low = low if math.isfinite(low) else 0.0
    shown_high = high if math.isfinite(high) else shown_low + 100.0
    return Channel(
        f"{alias}_{one.name}",
        one.label,
        unit,
        shown_low,
        shown_high,
        1,
        "link definition, defined by the user",
        lowest=low,
        highest=high,
    )
