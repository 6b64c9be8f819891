"""A run as it lies in the charts: its result, its name, its colour, whether it is a ghost."""

from dataclasses import dataclass

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Tier


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run of an overlay; `series` its place in the theme's colours, `ghost` the one before.

    `dyno` is make and model in words, `tier` how far it can be trusted, where they are known.
    """

    run_id: str
    name: str
    result: RunResult
    series: int = 0
    ghost: bool = False
    dyno: str = ""
    tier: Tier | None = None
