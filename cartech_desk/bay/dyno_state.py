"""What the bench is doing: one picture for other threads, and what its own thread waits with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cartech_desk.bay.dyno_driven import Driven
from cartech_desk.bay.dyno_motion import Motion
from cartech_desk.bay.dyno_ready import Readiness
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.bay.dyno_triggers import Beginning, Ending
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoSession


@dataclass(frozen=True, slots=True)
class BenchState:
    """What the bench is doing, in one piece for other threads."""

    phase: Phase = Phase.IDLE
    session: DynoSession | None = None
    run_id: str = ""
    run_name: str = ""
    run_since_ns: int = 0
    roles: Mapping[Role, str] = field(default_factory=dict)
    """Of the run under way; empty where none is."""
    too_fast: bool = False
    last_run: str = ""
    problem: str = ""


@dataclass(slots=True)
class Armed:
    """What waits for a run to begin."""

    by: Actor
    since_ns: int
    readiness: Readiness
    motion: Motion
    beginning: Beginning
    by_hand: bool


@dataclass(slots=True)
class Running:
    """What waits for a run to end."""

    driven: Driven
    motion: Motion
    ending: Ending
    roles: Mapping[Role, str]
