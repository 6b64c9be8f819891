"""What the alarms of a bay look at beside the readings, and whom they tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cartech_desk.bay.status import ConnectionStatus, RecordingStatus
from cartech_desk.domain.clock import monotonic_ns


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The bay around its alarms, as functions that never block.

    `link` tells the connection, and `connection` which one it is (another object for another one);
    `recording` the recording under way; `problems` what failed in those who are handed the
    readings, by their names. `poll` asks the car for channels at least so often. `mark` sets the
    mark of an alarm in the recording (id, from, to, note), `extend` moves its end. `heard` tells
    when the car was heard last, whatever other instruments say; None where only the car is heard.
    `dyno` says what is wrong with a dyno that is being driven on, empty where nothing is.
    """

    link: Callable[[int], ConnectionStatus] = lambda _: ConnectionStatus()
    connection: Callable[[], object] = lambda: None
    recording: Callable[[], RecordingStatus] = RecordingStatus
    problems: Callable[[], Mapping[str, str]] = dict
    poll: Callable[[Mapping[str, float]], object] = lambda _: None
    mark: Callable[[str, int, int, str], None] = lambda *_: None
    extend: Callable[[str, int], None] = lambda *_: None
    heard: Callable[[], int] | None = None
    dyno: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks: monotonic nanoseconds, which go on while the machine sleeps, and UTC."""

    monotonic_ns: Callable[[], int] = monotonic_ns
    utc: Callable[[], datetime] = lambda: datetime.now(UTC)
