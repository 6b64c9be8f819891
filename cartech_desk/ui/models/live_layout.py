"""What a layout of the live page holds, how it is kept, and the one made where none is kept."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from cartech_desk.domain.bands import Bands
from cartech_desk.domain.channels import CANONICAL, Channel
from cartech_desk.domain.errors import CarTechError

T = TypeVar("T")

KIND: Final = "live"
STANDARD: Final = "Standard"
"""Name of the layout that is made from what the car delivers."""

MOST_COLUMNS: Final = 3
MOST_ROWS: Final = 2
MOST_TRACES: Final = 4
_SPANS_S: Final = (5.0, 600.0)

RATES_HZ: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_SLOW: Final = frozenset({"temp", "iat", "voltage", "oil_temp", "barometer", "ambient_temp"})
PAIRS: Final = (
    ("rpm", "throttle"),
    ("boost", "map"),
    ("afr", "lambda"),
    ("timing", "load"),
    ("speed",),
    ("temp", "iat"),
    ("voltage",),
)
_STANDARD_TILES: Final = 6
_STANDARD_CHARTS: Final = 3


class LayoutUnreadable(CarTechError):
    """A kept layout that the desk cannot read."""

    code = "layout_unreadable"


@dataclass(frozen=True, slots=True)
class TileSpec:
    """A tile: `columns` by `rows` of the grid; `scale` and `bands` None for the channel's own.

    Both in the channel's canonical unit, so that they hold whatever unit is shown.
    """

    channel: str
    columns: int = 1
    rows: int = 1
    scale: tuple[float, float] | None = None
    bands: Bands | None = None


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart: its channels, its share of the height; `scale` None to fit its lines."""

    channels: tuple[str, ...]
    height: float = 1.0
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class LiveLayout:
    """Tiles and charts in their order, the length of the time axis, and rates that were set."""

    tiles: tuple[TileSpec, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    span_s: float = 60.0
    tiles_share: float = 0.0
    """Share of the height that the tiles take; 0 for as much as they need."""
    rates_hz: Mapping[str, float] = field(default_factory=dict)

    def channels(self) -> tuple[str, ...]:
        """Return every channel of the layout once, tiles first."""
        names = [tile.channel for tile in self.tiles]
        names += [name for chart in self.charts for name in chart.channels]
        return tuple(dict.fromkeys(names))

    def rates(self) -> dict[str, float]:
        """Return the rate to ask for each channel: what was set, else 10 Hz (slow ones 1 Hz)."""
        return {name: self.rates_hz.get(name, usual_rate_hz(name)) for name in self.channels()}

    def with_tile(self, channel: str) -> "LiveLayout":
        """Add a tile at the end; nothing changes where the channel has one."""
        if any(tile.channel == channel for tile in self.tiles):
            return self
        return replace(self, tiles=(*self.tiles, TileSpec(channel)))

    def with_tiles(self, tiles: Iterable[TileSpec]) -> "LiveLayout":
        """Replace the tiles."""
        return replace(self, tiles=tuple(tiles))

    def with_charts(self, charts: Iterable[ChartSpec]) -> "LiveLayout":
        """Replace the charts."""
        return replace(self, charts=tuple(charts))


def usual_rate_hz(channel: str) -> float:
    """Return the rate that a channel is asked at where nobody set one."""
    return 1.0 if channel in _SLOW else 10.0


def moved(items: Sequence[T], index: int, by: int) -> tuple[T, ...]:
    """Return the items with one of them moved by some places, within the ends."""
    rest = list(items)
    item = rest.pop(index)
    rest.insert(min(max(index + by, 0), len(rest)), item)
    return tuple(rest)


def standard_layout(available: Sequence[Channel]) -> LiveLayout:
    """Return the layout made from what the car delivers: canonical channels first."""
    names = [channel.name for channel in available]
    order = [name for name in CANONICAL if name in names]
    order += [name for name in names if name not in order]
    charts = [
        ChartSpec(tuple(name for name in pair if name in names))
        for pair in PAIRS
        if any(name in names for name in pair)
    ]
    charts = charts[:_STANDARD_CHARTS] or [ChartSpec((name,)) for name in order[:2]]
    return LiveLayout(tuple(TileSpec(name) for name in order[:_STANDARD_TILES]), tuple(charts))


def to_document(layout: LiveLayout) -> dict[str, Any]:
    """Return a layout as the store keeps it."""
    return {
        "version": 1,
        "span_s": layout.span_s,
        "tiles_share": layout.tiles_share,
        "rates_hz": dict(layout.rates_hz),
        "tiles": [
            {
                "channel": tile.channel,
                "columns": tile.columns,
                "rows": tile.rows,
                "scale": list(tile.scale) if tile.scale else None,
                "bands": {
                    "trip_low": tile.bands.trip_low,
                    "warn_low": tile.bands.warn_low,
                    "warn_high": tile.bands.warn_high,
                    "trip_high": tile.bands.trip_high,
                }
                if tile.bands
                else None,
            }
            for tile in layout.tiles
        ],
        "charts": [
            {
                "channels": list(chart.channels),
                "height": chart.height,
                "scale": list(chart.scale) if chart.scale else None,
            }
            for chart in layout.charts
        ],
    }


def from_document(document: Mapping[str, Any], name: str) -> LiveLayout:
    """Read a layout back; LayoutUnreadable says which one cannot be read."""
    try:
        if document["version"] != 1:
            raise ValueError
        return LiveLayout(
            tiles=tuple(_tile(row) for row in document["tiles"]),
            charts=tuple(_chart(row) for row in document["charts"]),
            span_s=min(max(_number(document["span_s"]), _SPANS_S[0]), _SPANS_S[1]),
            tiles_share=min(max(_number(document["tiles_share"]), 0.0), 0.9),
            rates_hz={
                _text(channel): _positive(rate) for channel, rate in document["rates_hz"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise LayoutUnreadable(
            f"The layout “{name}” cannot be read.",
            kept="Nothing of it was changed.",
            to_do="Choose another layout, or delete this one.",
        ) from None


def _tile(row: Mapping[str, Any]) -> TileSpec:
    bands = row["bands"]
    return TileSpec(
        _text(row["channel"]),
        min(max(int(row["columns"]), 1), MOST_COLUMNS),
        min(max(int(row["rows"]), 1), MOST_ROWS),
        _scale(row["scale"]),
        Bands(**{edge: None if at is None else _number(at) for edge, at in bands.items()})
        if bands is not None
        else None,
    )


def _chart(row: Mapping[str, Any]) -> ChartSpec:
    channels = tuple(_text(name) for name in row["channels"])[:MOST_TRACES]
    return ChartSpec(channels, _positive(row["height"]), _scale(row["scale"]))


def _scale(pair: Any) -> tuple[float, float] | None:
    if pair is None:
        return None
    low, high = _number(pair[0]), _number(pair[1])
    if not high > low:
        raise ValueError
    return low, high


def _number(x: Any) -> float:
    if isinstance(x, bool) or not math.isfinite(float(x)):
        raise ValueError
    return float(x)


def _positive(x: Any) -> float:
    number = _number(x)
    if number <= 0:
        raise ValueError
    return number


def _text(x: Any) -> str:
    if not isinstance(x, str) or not x:
        raise ValueError
    return x
