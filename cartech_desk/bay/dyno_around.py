"""The bay around its dyno bench, as functions that never block."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.status import ConnectionStatus, RecordingStatus
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.people import Actor


class Begin(Protocol):
    """Begins the recording of a run, anchored at monotonic `t_ns`, under an id of the bench's."""

    def __call__(
        self, vehicle_id: str, note: str, by: Actor, *, recording_id: str, t_ns: int
    ) -> Future[str]:
        """Return a Future that ends with the id. Errors: those of `Recorder.begin`."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the bench needs of its bay.

    `feed` takes what sources deliver. `recording` tells the recording under way; `begin` and `end`
    begin and end one, `settled` waits until all that came is durable, `mark` sets a mark, and
    `earliest` tells where the pre-trigger of a recording anchored at some instant starts.
    `link` tells the connection to the car, `available` what the car can deliver, and `poll` asks it
    for channels at least so often, whoever looks at them.
    """

    feed: Feed
    recording: Callable[[], RecordingStatus]
    begin: Begin
    end: Callable[[], Future[str]]
    settled: Callable[[], Future[str]]
    mark: Callable[[int, str], None]
    earliest: Callable[[int], int]
    link: Callable[[int], ConnectionStatus]
    available: Callable[[], tuple[Channel, ...]]
    poll: Callable[[Mapping[str, float]], object]
