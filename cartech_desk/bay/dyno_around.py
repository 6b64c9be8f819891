"""The bay around its dyno bench, as functions that never block."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.status import RecordingStatus
from cartech_desk.domain.channels import Channel


@dataclass(frozen=True, slots=True)
class Around:
    """What the bench needs of its bay.

    `feed` takes what sources deliver; `recording` tells the recording under way, `begin` (vehicle,
    note) and `end` begin and end one. `available` are the channels that the car can deliver, and
    `poll` asks the car for channels at least so often, whoever looks at them.
    """

    feed: Feed
    recording: Callable[[], RecordingStatus]
    begin: Callable[[str, str], Future[str]]
    end: Callable[[], Future[str]]
    available: Callable[[], tuple[Channel, ...]]
    poll: Callable[[Mapping[str, float]], object]
