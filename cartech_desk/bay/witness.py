"""What a recording is told of the connection: whose readings they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cartech_desk.bay.recorder import Recorder
from cartech_desk.domain.channels import Reading
from cartech_desk.domain.clock import monotonic_ns

if TYPE_CHECKING:
    from concurrent.futures import Future


class Witness:
    """Writes into the recording what happens to the connection.

    `car_since_ns` is since when the readings are those of the car at hand.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.car_since_ns = 0
        self._recorder = recorder
        self._ending: Future[str] | None = None

    def take(self, batch: Sequence[Reading]) -> None:
        """Hand readings to the recorder, none of another car before its recording has ended."""
        if self._ending is not None:
            if not self._ending.done():
                return
            self._ending = None
        self._recorder.take(batch)

    def other_car(self) -> None:
        """End the recording: it belongs to the car before."""
        self.car_since_ns = monotonic_ns()
        self._ending = self._recorder.end()
