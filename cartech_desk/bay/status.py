"""What the bay tells of itself: immutable snapshots that any thread may read."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.alarm_status import NO_ALARMS, AlarmsSnapshot
from cartech_desk.bay.dyno_status import NO_DYNO, DynoSnapshot
from cartech_desk.domain.channels import Channel
from cartech_desk.hardware.adapter import AdapterIdentity, CarLink


class LinkState(StrEnum):
    """States of the connection; see `bay.connection` for the table of transitions."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    """An answer came recently."""
    LOST = "lost"
    RECONNECTING = "reconnecting"


@dataclass(frozen=True, slots=True)
class EcuIdentity:
    """What one ECU says of itself (service 09); `address` is its response identifier."""

    address: int
    name: str = ""
    calibration_ids: tuple[str, ...] = ()
    cvns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarIdentity:
    """The car at hand: `vin` is None where the car does not tell one that can be read whole."""

    vin: str | None = None
    ecus: tuple[EcuIdentity, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """The connection as of now.

    `step` says in words what is being done ("asking the car for its VIN"); `error_code`,
    `happened` and `to_do` come from the last CarTechError and are empty when all is well;
    `since_ns` is the monotonic time of the last change of state, `last_answer_ns` of the last
    answer (0 before the first); `ignition_on` False where polling rests because the engine's
    ECU has gone quiet while the adapter answers; `engine_gone` where it did so while the engine
    ran, which is no way to switch a car off; `polling_rests` while the wire is taken by a longer
    question, as a check-up: live values wait meanwhile, and where `limits_asked`, what limits
    watch is asked between its requests. `paced_ns` is when the wire last took up another plan of
    what to ask and how often.
    """

    state: LinkState = LinkState.DISCONNECTED
    url: str = ""
    adapter: AdapterIdentity | None = None
    link: CarLink | None = None
    car: CarIdentity | None = None
    step: str = ""
    error_code: str = ""
    happened: str = ""
    to_do: str = ""
    since_ns: int = 0
    last_answer_ns: int = 0
    requests_per_s: float = 0.0
    ignition_on: bool = True
    engine_gone: bool = False
    polling_rests: bool = False
    limits_asked: bool = False
    paced_ns: int = 0
    reconnects: int = 0


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """One watched channel: the last reading and how it keeps up.

    `value` is NaN unless a good reading came within `stale_after_s`; `age_s` is the time since
    the last good reading (inf before the first).
    """

    channel: Channel
    asked_hz: float
    achieved_hz: float
    value: float
    age_s: float
    stale: bool
    invalid: bool


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one channel: t_ns int64 (monotonic), values float64 (NaN = no value)."""

    t_ns: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """The recording under way; `id` is empty while none is.

    `problem` is a sentence while the disk does not keep up or is full; `samples` are durable ones.
    """

    id: str = ""
    started_ns: int = 0
    samples: int = 0
    marks: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BaySnapshot:
    """Everything a page needs for one frame.

    `problems` are sentences about what failed on the way of the samples (the limit watch, the
    recorder); readings go on meanwhile.
    """

    now_ns: int
    connection: ConnectionStatus
    channels: dict[str, ChannelStatus] = field(default_factory=dict)
    recording: RecordingStatus = field(default_factory=RecordingStatus)
    problems: tuple[str, ...] = ()
    alarms: AlarmsSnapshot = NO_ALARMS
    dyno: DynoSnapshot = NO_DYNO
