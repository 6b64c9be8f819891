"""All that is kept of one vehicle, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.store.checkups import CheckupSummary
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.ui.models.checkup_rows import Severities, found_words
from cartech_desk.ui.models.fault_shown import KINDS
from cartech_desk.ui.models.recording_list import ENDINGS
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted, lasting

if TYPE_CHECKING:
    from cartech_desk.store.dyno import DynoRun, DynoSession


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Something that was done with the vehicle; `page` and `what` open it at its place."""

    at: datetime
    what: str
    state: State
    found: str
    detail: str
    by: str
    page: str
    opens: str

    @property
    def when(self) -> str:
        """The time in local words."""
        return f"{self.at.astimezone():%Y-%m-%d %H:%M}"


def timeline(
    checkups: Iterable[CheckupSummary],
    recordings: Iterable[RecordingSummary],
    runs: "Iterable[tuple[DynoRun, DynoSession]]",
    severities: Severities,
) -> tuple[TimelineRow, ...]:
    """Return what was done, the newest first."""
    rows = [
        *(_checkup(one, severities) for one in checkups),
        *(_recording(one) for one in recordings),
        *(_run(run, session) for run, session in runs),
    ]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True))


def cells(row: TimelineRow) -> Sequence[str | tuple[State, str]]:
    """Return what a row of the list shows."""
    return (row.when, row.what, (row.state, row.found), row.by, row.detail)


def _checkup(one: CheckupSummary, severities: Severities) -> TimelineRow:
    state, words = found_words(one, severities)
    what = "Check-up" if KINDS[one.kind] == "check-up" else f"Codes {KINDS[one.kind]}"
    detail = ", ".join((*one.codes[:5], *(("…",) if len(one.codes) > 5 else ())))
    said = " · ".join(filter(None, (detail, one.note)))
    return TimelineRow(one.taken, what, state, words, said, one.operator, "faults", one.id)


def _recording(one: RecordingSummary) -> TimelineRow:
    state, ended = ENDINGS[one.ending]
    channels = counted(len(one.channels), "channel")
    said = " · ".join(filter(None, (channels, one.note)))
    found = f"{lasting(one.seconds)}, {ended}"
    return TimelineRow(
        one.anchor, "Recording", state, found, said, one.operator, "recordings", one.id
    )


def _run(run: "DynoRun", session: "DynoSession") -> TimelineRow:
    power = run.summary.peak_power_kw
    found = f"{power:.0f} kW, as measured" if power is not None else "no peak"
    state = State.WARNING if any(grave for _, _, grave in run.summary.quality) else State.CONNECTED
    said = " · ".join(filter(None, (run.name, run.note)))
    return TimelineRow(
        run.started, "Dyno run", state, found, said, session.operator.name, "dyno", run.id
    )
