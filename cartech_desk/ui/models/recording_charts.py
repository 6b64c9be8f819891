"""Which channels of a recording stand together in a chart."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.channels import Channel
from cartech_desk.ui.models.live_layout import MOST_TRACES, PAIRS, standard_layout

MOST_CHARTS: Final = 6


def usual_channels(channels: Sequence[Channel]) -> tuple[str, ...]:
    """Return the channels that a recording is first shown with."""
    return tuple(name for spec in standard_layout(channels).charts for name in spec.channels)


def grouped(channels: Sequence[Channel]) -> list[list[Channel]]:
    """Put channels that belong together into one chart: known pairs, then those of one unit.

    More groups than fit are joined at the end, so that nothing that was chosen is missing.
    """
    by_name = {channel.name: channel for channel in channels}
    groups = []
    for pair in PAIRS:
        group = [by_name.pop(name) for name in pair if name in by_name]
        if group:
            groups.append(group)
    rest: dict[str, list[Channel]] = {}
    for channel in by_name.values():
        group = rest.setdefault(channel.unit, [])
        if len(group) == MOST_TRACES:
            groups.append(group)
            group = rest[channel.unit] = []
        group.append(channel)
    groups += [group for group in rest.values() if group]
    while len(groups) > MOST_CHARTS:
        last = groups.pop()
        groups[-1] = groups[-1] + last
    return groups
