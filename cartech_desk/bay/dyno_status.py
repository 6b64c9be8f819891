"""What the dyno bench tells of itself: immutable pictures that any thread may read."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cartech_desk.domain.dyno.view import Conditions

if TYPE_CHECKING:  # every page reads this module, and most of them nothing of a dyno
    from collections.abc import Mapping

    from cartech_desk.domain.dyno.result import RunResult
    from cartech_desk.domain.dyno.roles import Role
    from cartech_desk.hardware.dyno.source import (
        SourceChannel,
        SourceHealth,
        SourceIdentity,
        SourceState,
    )
    from cartech_desk.store.dyno_words import DynoSession


class Phase(StrEnum):
    """What the bench is doing."""

    IDLE = "idle"
    """No session, or one that waits for Start."""
    ARMED = "armed"
    """Start was pressed: the run begins by itself when speed or throttle says so."""
    RUNNING = "running"
    SAVING = "saving"
    """The run is over and is being made durable and computed."""


def _well() -> "SourceHealth":
    from cartech_desk.hardware.dyno.source import SourceHealth

    return SourceHealth()


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source on the bench. `happened` and `to_do` are empty when all is well."""

    alias: str
    url: str
    state: "SourceState"
    identity: "SourceIdentity"
    channels: "tuple[SourceChannel, ...]" = ()
    health: "SourceHealth" = field(default_factory=_well)
    happened: str = ""
    to_do: str = ""
    last_ns: int = 0
    rate_hz: float = 0.0
    """Readings a second, over all its channels."""


@dataclass(frozen=True, slots=True)
class LiveValue:
    """A value of a role right now; NaN unless a good reading came lately. `channel` is its name."""

    role: "Role"
    channel: str
    value: float
    unit: str
    age_s: float
    stale: bool


@dataclass(frozen=True, slots=True)
class DynoSnapshot:
    """The bench as of now; cheap enough for ten a second.

    `values` by role, `power_kw` and `torque_nm` what the sums make of them (NaN where they cannot);
    `live` is the run under way as far as it has come, computed by `analyse` in a thread of the
    bench a few times a second; `conditions` those that stand (weather channels, else typed ones);
    `can_start` tells whether Start would be taken, `why_not` the sentence otherwise. `last_run` is
    the id of the run that ended last in this session, `problem` a sentence about what failed.
    """

    phase: Phase = Phase.IDLE
    sources: tuple[SourceStatus, ...] = ()
    session: "DynoSession | None" = None
    run_id: str = ""
    run_name: str = ""
    run_since_ns: int = 0
    values: "Mapping[Role, LiveValue]" = field(default_factory=dict)
    power_kw: float = float("nan")
    torque_nm: float = float("nan")
    live: "RunResult | None" = None
    conditions: Conditions = field(default_factory=Conditions)
    warnings: tuple[str, ...] = ()
    can_start: bool = False
    why_not: str = ""
    last_run: str = ""
    problem: str = ""


NO_DYNO = DynoSnapshot()
