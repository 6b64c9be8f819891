"""Sessions with their runs as the command line lists them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cartech_desk.app.dyno_acts.told import Shown, correction_document
from cartech_desk.domain.dyno.corrections import Factor, factor
from cartech_desk.domain.dyno.run import Conditions
from cartech_desk.store.dyno import DynoRun, DynoSession, started_words

_SHORT: Final = 6
"""So many of an id's last characters tell runs apart, unless two of them end alike."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How runs are listed: units, the correction of the shop, how long an id has to be."""

    shown: Shown
    correction: str
    short: int = _SHORT

    def factor_of(self, run: DynoRun) -> Factor:
        """Return the factor of a run, of the air that it was driven in."""
        return factor(self.correction, run.summary.conditions or Conditions(), run.setup)


def shortest(ids: Iterable[str]) -> int:
    """Return how many of their last characters tell ids apart."""
    known = set(ids)
    length = _SHORT
    while length < 36 and len({one[-length:] for one in known}) < len(known):
        length += 1
    return length


def session_document(
    session: DynoSession, runs: Sequence[DynoRun], listing: Listing
) -> dict[str, Any]:
    """Return a session as plain values."""
    return {
        "session_id": session.id,
        "short_id": session.id[-listing.short :],
        "started": session.started.isoformat(),
        "ended": None if session.ended is None else session.ended.isoformat(),
        "vehicle": session.vehicle_name,
        "vehicle_id": session.vehicle_id,
        "operator": session.operator.name,
        "test_type": session.test_type.value,
        "customer": session.customer,
        "notes": session.notes,
        "runs": [_run_document(run, listing) for run in runs],
    }


def _run_document(run: DynoRun, listing: Listing) -> dict[str, Any]:
    summary, made = run.summary, listing.factor_of(run)
    return {
        "run_id": run.id,
        "short_id": run.id[-listing.short :],
        "number": run.number,
        "name": run.name,
        "started": run.started.isoformat(),
        "started_is": run.started_is.value,
        "started_day_only": run.day_only,
        "ending": run.ending.value,
        "tier": run.tier.value,
        "correction": correction_document(made),
        "peak_power_kw": _times(summary.peak_power_kw, made),
        "peak_torque_nm": _times(summary.peak_torque_nm, made),
        "uncorrected": {
            "peak_power_kw": summary.peak_power_kw,
            "peak_power_rpm": summary.peak_power_rpm,
            "peak_torque_nm": summary.peak_torque_nm,
            "peak_torque_rpm": summary.peak_torque_rpm,
        },
        "quality": [
            {"key": key, "word": word, "grave": grave} for key, word, grave in _badges(run, made)
        ],
        "note": run.note,
        "deleted": run.deleted,
    }


def session_text(session: DynoSession, runs: Sequence[DynoRun], listing: Listing) -> str:
    """Return a session as a person reads it."""
    guess = runs[0] if runs and runs[0].started_is.words else None
    when = (
        f"{session.started.astimezone():%Y-%m-%d %H:%M}" if guess is None else started_words(guess)
    )
    told = [
        when,
        session.vehicle_name,
        session.test_type.value.replace("_", " "),
        session.operator.name,
        *([f"for {session.customer}"] if session.customer else []),
        f"session {session.id[-listing.short :]}",
    ]
    lines = ["  ".join(told)]
    lines += [_run_text(run, listing) for run in runs]
    return "\n".join(lines if runs else [*lines, "  no runs"])


def _run_text(run: DynoRun, listing: Listing) -> str:
    summary, made, shown = run.summary, listing.factor_of(run), listing.shown
    bare = f"{shown.power_of(summary.peak_power_kw)}, {shown.torque_of(summary.peak_torque_nm)}"
    if made.why_not or made.correction.key == "none":
        peaks = f"{bare}  uncorrected"
    else:
        peaks = (
            f"{shown.power_of(_times(summary.peak_power_kw, made))}, "
            f"{shown.torque_of(_times(summary.peak_torque_nm, made))}  {made.correction.short}"
            f"  (uncorrected {bare})"
        )
    marks = ", ".join(f"{'■' if grave else '▲'} {word}" for _, word, grave in _badges(run, made))
    parts = [
        f"  {run.id[-listing.short :]}  {run.name:<14} {peaks}",
        marks,
        "(deleted)" if run.deleted else "",
        run.note,
    ]
    return "  ".join(filter(None, parts)) if run.note or marks or run.deleted else parts[0]


def _badges(run: DynoRun, made: Factor) -> list[tuple[str, str, bool]]:
    """Return every badge of a run: those of its samples, and those of this correction."""
    from cartech_desk.domain.dyno.marks import mark

    keys = ("no_weather",) if made.why_not else made.doubts
    found = list(run.summary.quality)
    for key in keys:
        if all(key != known for known, _word, _grave in found):
            one = mark(key, "")
            found.append((one.key, one.word, one.grave))
    return found


def _times(value: float | None, made: Factor) -> float | None:
    return None if value is None else value * made.value
