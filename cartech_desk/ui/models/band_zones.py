"""Where a value stands between its limits, as a shape, a colour and a word."""

import math
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from cartech_desk.domain.bands import Bands


class Zone(Enum):
    """Zones of a gauge; `token` names the colour, `word` says the same without it."""

    GOOD = ("good", "")
    WARN_LOW = ("warn", "low")
    WARN_HIGH = ("warn", "high")
    TRIP_LOW = ("trip", "too low")
    TRIP_HIGH = ("trip", "too high")

    def __init__(self, token: str, word: str) -> None:
        self.token = token
        self.word = word

    @property
    def severity(self) -> int:
        """0 all is well, 1 a warning, 2 a limit passed."""
        return ("good", "warn", "trip").index(self.token)


class ZoneSpan(NamedTuple):
    """One zone of a gauge from `low` to `high`."""

    zone: Zone
    low: float
    high: float


NO_BANDS: Final = Bands()


def zone_of(value: float, bands: Bands | None) -> Zone:
    """Return the zone that a value stands in; a value on an edge is still within."""
    if bands is None or not math.isfinite(value):
        return Zone.GOOD
    if bands.trip_low is not None and value < bands.trip_low:
        return Zone.TRIP_LOW
    if bands.trip_high is not None and value > bands.trip_high:
        return Zone.TRIP_HIGH
    if bands.warn_low is not None and value < bands.warn_low:
        return Zone.WARN_LOW
    if bands.warn_high is not None and value > bands.warn_high:
        return Zone.WARN_HIGH
    return Zone.GOOD


def zone_spans(low: float, high: float, bands: Bands | None) -> list[ZoneSpan]:
    """Cut a gauge from `low` to `high` into its zones, from left to right, none of them empty."""
    if bands is None:
        return [ZoneSpan(Zone.GOOD, low, high)]
    edges = (
        (Zone.TRIP_LOW, bands.trip_low),
        (Zone.WARN_LOW, bands.warn_low),
        (Zone.GOOD, bands.warn_high if bands.warn_high is not None else bands.trip_high),
        (Zone.WARN_HIGH, bands.trip_high if bands.warn_high is not None else None),
        (Zone.TRIP_HIGH, high if bands.trip_high is not None else None),
    )
    spans = []
    at = low
    for zone, edge in edges:
        if edge is None and zone is not Zone.GOOD:
            continue
        until = min(max(high if edge is None else edge, at), high)
        if until > at:
            spans.append(ZoneSpan(zone, at, until))
            at = until
    if at < high:
        spans.append(
            ZoneSpan(Zone.WARN_HIGH if bands.warn_high is not None else Zone.GOOD, at, high)
        )
    return spans


def bands_in_order(bands: Bands) -> bool:
    """Tell whether the edges that are set stand in order: trip, warn, warn, trip."""
    edges = [bands.trip_low, bands.warn_low, bands.warn_high, bands.trip_high]
    numbers = [edge for edge in edges if edge is not None]
    return all(a < b for a, b in pairwise(numbers))
