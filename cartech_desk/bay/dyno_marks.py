"""Marks of a run that its samples do not tell: how it began and ended, who vouches for its link."""

from dataclasses import replace
from typing import Final

from cartech_desk.domain.dyno.result import QualityMark, RunResult
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.domain.dyno.run import RawRun
from cartech_desk.store.dyno import DynoRun, RunEnding

START_LOST_NS: Final = 1_000_000_000
"""A run that was driven longer than this before anything of it was recorded is marked."""


_CHECKED: Final = "checked by the shop"
"""What a source says of a link definition that the shop vouches for; its badge says it too."""


def as_checked(run: DynoRun, result: RunResult) -> RunResult:
    """Return a result whose badge tells a link that the shop checked from one that nobody did."""
    defined = [one for one in run.sources if one.tier is Tier.USER_DEFINED and one.kind == "dyno"]
    if not defined or not all(one.detail.startswith(_CHECKED) for one in defined):
        return result
    words = "The dyno's link is defined by the user; the shop says that it checked it."
    return replace(
        result,
        quality=tuple(
            replace(one, word=_CHECKED, why=words) if one.key == "unverified" else one
            for one in result.quality
        ),
    )


def marks_of(run: DynoRun, raw: RawRun) -> tuple[QualityMark, ...]:
    """Return what is to be known of how a run began and how it ended."""
    return (*_start_of(run, raw), *_end_of(run))


def _start_of(run: DynoRun, raw: RawRun) -> tuple[QualityMark, ...]:
    from cartech_desk.domain.dyno.marks import mark

    began = min((int(track.t_ns[0]) for track in raw.tracks.values()), default=raw.first_ns)
    late_ns = began - raw.first_ns
    if run.ending is RunEnding.IMPORTED or late_ns < START_LOST_NS:
        return ()
    return (mark("start_lost", f"Of its first {late_ns / 1e9:.1f} s nothing was recorded."),)


def _end_of(run: DynoRun) -> tuple[QualityMark, ...]:
    from cartech_desk.domain.dyno.marks import mark

    if run.ending is RunEnding.POWER_CUT:
        return (
            mark(
                "power_cut",
                "The desk was killed or lost power while it was driven: it ends with the last "
                "sample that was on disk.",
            ),
        )
    if run.ending is RunEnding.SOURCE_LOST:
        return (mark("source_lost", "The dyno fell silent while it was driven."),)
    return ()
