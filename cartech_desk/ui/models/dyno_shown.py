"""A run as it lies in the charts: its result, its name, its colour, whether it is a ghost."""

from dataclasses import dataclass

from cartech_desk.domain.dyno.result import RunResult


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run of an overlay; `series` its place in the theme's colours, `ghost` the one before."""

    run_id: str
    name: str
    result: RunResult
    series: int = 0
    ghost: bool = False
