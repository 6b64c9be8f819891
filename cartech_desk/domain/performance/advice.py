"""What the samples of runs advise: a finding of a rule, with its evidence."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Weight(StrEnum):
    """How much a finding weighs."""

    STOP = "stop"
    """No further pull before it is seen to."""
    SOON = "soon"
    HINT = "hint"
    """Power or knowledge to be had."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in one run a rule holds: from `low` to `high` of engine speed (NaN: all of it).

    `value` is the worst there, in `unit`; `words` say it: "lambda 0.97 at 5,830 rpm".
    """

    run_id: str
    run: str
    number: int
    low_rpm: float
    high_rpm: float
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding over runs: what was seen, what to do, and by which rule.

    `seen` is a sentence with runs and figures; `threshold` says in words from where on the rule
    holds, `source` where that figure comes from.
    """

    rule: str
    title: str
    weight: Weight
    seen: str
    todo: tuple[str, ...]
    threshold: str
    source: str
    channel: str
    evidence: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A rule that could not be asked, and what for want of: no samples, no such channel."""

    rule: str
    title: str
    why: str


NO_RUN: Final = NotAsked("", "Every rule", "There is no run with power to ask.")
"""Stands for all rules where there is nothing to ask them of: that is no all-clear."""
