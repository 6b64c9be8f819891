"""Acts on recordings that leave a trace: delete, restore, remove for good, export.

Recordings and exported files lie outside `desk.db`, so each act is recorded twice: its intent,
durable before anything is touched, and its result. An intent without a result was cut short by a
kill or a power cut; `settle` looks at what is there and records that.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.bay.export import check_file
from cartech_desk.bay.export import export as write_file
from cartech_desk.domain.audit import AuditRecord, Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK, Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.store import presence
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.domain.faults.found import FaultScan

_log = logging.getLogger(__name__)

_DELETE: Final = "recording.delete"
_RESTORE: Final = "recording.restore"
_PURGE: Final = "recording.purge"
_EXPORT: Final = "recording.export"
_SURE_S: Final = 10.0
"""An intent as young as this may be one whose sign is not up yet."""
_LONGEST_S: Final = 600.0
"""Exports of alarms, limits and sheets and clearings put no sign up; none takes as long."""


class HoldsRuns(StoreError):
    """The samples of dyno runs lie in this recording."""

    code = "holds_runs"


def delete(store: Store, recording_id: str, by: Actor, reason: str = "") -> None:
    """Take a recording off the list; it can be restored until it is purged.

    Errors: NotSignedIn, RightMissing; TextRefused; NotKept; HoldsRuns; StoreError. Nothing was
    changed then.
    """
    require(by, Act.DELETE)
    reason = checked_reason(reason)
    recording = store.recordings.get(recording_id)
    _refuse_runs(store, recording.id)
    with _recorded(store, by, Entry(_DELETE, _entity(recording), reason=reason)):
        store.recordings.delete(recording.id)


def restore(store: Store, recording_id: str, by: Actor) -> None:
    """Take a deletion back. Errors: those of `delete`."""
    require(by, Act.DELETE)
    recording = store.recordings.get(recording_id)
    with _recorded(store, by, Entry(_RESTORE, _entity(recording))):
        store.recordings.restore(recording.id)


def purge(
    store: Store, recording_id: str, by: Actor, go_on: Callable[[], bool] = lambda: True
) -> bool:
    """Remove a deleted recording for good; see `RecordingStore.purge` for `go_on` and the result.

    Errors: those of `delete`, and StoreError where it is not deleted or still being written.
    """
    require(by, Act.DELETE)
    if not go_on():
        return False
    _refuse_runs(store, recording_id)
    entity = Entity("recording", recording_id)
    with suppress(NotKept):  # what is left of one that is beyond restoring already
        entity = _entity(store.recordings.get(recording_id))
    with _recorded(store, by, Entry(_PURGE, entity)) as outcome:
        finished = store.recordings.purge(entity.id, go_on)
        if not finished:
            outcome.reason = "Not all of its space is free yet: the desk goes on with it later."
    return finished


def export(
    store: Store,
    recording_id: str,
    path: Path,
    by: Actor,
    *,
    channels: Sequence[str] | None = None,
    first_ns: int | None = None,
    last_ns: int | None = None,
    resample_hz: float | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> Path:
    """Write a recording or a part of it to a file: `bay.export.export` with a trace.

    Errors: NotSignedIn, RightMissing; those of `bay.export.export`.
    """
    require(by, Act.EXPORT)
    check_file(path)
    recording = store.recordings.get(recording_id)
    what: dict[str, Any] = {"file": str(path.absolute())}
    if channels is not None:
        what["channels"] = list(channels)
    if first_ns is not None or last_ns is not None:
        what["from_s"], what["to_s"] = _seconds(first_ns), _seconds(last_ns)
    with _recorded(store, by, Entry(_EXPORT, _entity(recording), after=what)) as outcome:
        written = write_file(
            store,
            recording.id,
            path,
            channels=channels,
            first_ns=first_ns,
            last_ns=last_ns,
            resample_hz=resample_hz,
            progress=progress,
            cancel=cancel,
        )
        outcome.after["bytes"] = written.stat().st_size
    return written


def settle(store: Store, *, sure_s: float = _SURE_S, longest_s: float = _LONGEST_S) -> int:
    """Record how acts ended that were cut short, as what is there tells; returns how many.

    Exports of alarms, limits and sheets and clearings of codes are settled here too; exports of
    the audit log by the office.

    Errors: StoreError, AuditBroken where that cannot be recorded now.
    """
    now = datetime.now(UTC)
    settled = 0
    for intent in store.audit.unsettled():
        found = _FOUND.get(intent.action)
        sign = _sign(intent.sequence)
        sure = timedelta(seconds=longest_s if intent.action in _UNSIGNED else sure_s)
        if found is None or intent.at > now - sure or presence.is_alive(_place(store), sign):
            continue
        store.audit.result(
            intent.sequence,
            done=found(store, intent),
            reason=_WHY.get(intent.action, "It was cut short; this is what was found afterwards."),
            actor=DESK,
        )
        presence.remove(_place(store), sign)
        settled += 1
    return settled


def _refuse_runs(store: Store, recording_id: str) -> None:
    """Refuse to take the samples of dyno runs away that somebody still looks at."""
    runs = [run for run in store.dyno.runs_of_recording(recording_id) if not run.deleted]
    if runs:
        names = ", ".join(run.name for run in runs[:3])
        more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
        raise HoldsRuns(
            f"The recording holds the samples of dyno runs: {names}{more}.",
            kept="Nothing was deleted.",
            to_do="Delete these runs on the page Dyno first (on the command line with "
            f"cartech-desk dyno delete {runs[0].id}).",
        )


@dataclass(slots=True)
class _Outcome:
    """What the result will say beside whether it was done."""

    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@contextmanager
def _recorded(store: Store, by: Actor, entry: Entry) -> Iterator[_Outcome]:
    """Record an act: its intent before the block, its result after it.

    Where the result cannot be written, the intent stands, and `settle` ends it later.
    """
    intent = store.audit.intent(by, entry)
    sign = _signed(store, intent)
    outcome = _Outcome()
    try:
        try:
            yield outcome
        except BaseException as error:
            told = error.message if isinstance(error, CarTechError) else type(error).__name__
            _end(store, intent, done=False, after={}, reason=told)
            raise
        _end(store, intent, done=True, after=outcome.after, reason=outcome.reason)
    finally:
        if sign is not None:
            sign.leave()


def _end(store: Store, intent: int, *, done: bool, after: Mapping[str, Any], reason: str) -> None:
    try:
        store.audit.result(intent, done=done, after=after, reason=reason)
    except CarTechError as error:
        _log.warning("the result of act %d waits for the next start: %s", intent, error)


def _signed(store: Store, intent: int) -> presence.Presence | None:
    """Put up a sign that this act is under way; without one it may be settled while it runs."""
    try:
        return presence.Presence(_place(store), _sign(intent))
    except OSError as error:
        _log.warning("act %d has no sign: %s", intent, error)
        return None


def _place(store: Store) -> Path:
    return store.folder / "recordings.db"


def _sign(intent: int) -> str:
    return f"act-{intent}"


def _entity(recording: RecordingSummary) -> Entity:
    start = recording.anchor.astimezone(UTC)
    name = f"{recording.vehicle_name}, {start:%Y-%m-%d %H:%M} UTC"
    return Entity("recording", recording.id, name, recording.vehicle_id)


def _seconds(t_ns: int | None) -> float | None:
    return None if t_ns is None else t_ns / 1e9


# What is found of an act that was cut short


def _is_deleted(store: Store, intent: AuditRecord) -> bool:
    try:
        return store.recordings.get(intent.entity.id).deleted
    except NotKept:
        return True


def _is_restored(store: Store, intent: AuditRecord) -> bool:
    return not _is_deleted(store, intent)


def _is_gone(store: Store, intent: AuditRecord) -> bool:
    try:
        store.recordings.get(intent.entity.id)
    except NotKept:
        return True
    return False


def _is_written(_store: Store, intent: AuditRecord) -> bool:
    """Whether the file is there and not older than the intent: it appears as a whole."""
    try:
        written_s = Path(str((intent.after or {}).get("file", ""))).stat().st_mtime
    except (OSError, ValueError):
        return False
    return written_s >= intent.at.timestamp() - 2.0  # as coarse as some file systems tell times


def _is_kept_link(_store: Store, intent: AuditRecord) -> bool:
    """Whether the definition has the text that it was to have."""
    after = intent.after or {}
    try:
        content = Path(str(after.get("file", ""))).read_bytes()
    except (OSError, ValueError):
        return False
    return hashlib.sha256(content).hexdigest() == after.get("sha256")


def _is_removed_link(_store: Store, intent: AuditRecord) -> bool:
    return not Path(str((intent.before or {}).get("file", ""))).is_file()


def _is_cleared(store: Store, intent: AuditRecord) -> bool:
    """Whether the car told afterwards that no code is left: a snapshot of this clearing says so.

    One that was taken after the next clearing of the vehicle began is that one's.
    """
    until = intent.at + timedelta(seconds=_LONGEST_S)
    try:
        asked = Query(action=intent.action, vehicle=intent.entity.vehicle, since=intent.at)
        begun = store.audit.find(asked)
        later = [
            one.at for one in begun if one.sequence > intent.sequence and one.phase == "intent"
        ]
        until = min([until, *later])
        return any(
            _nothing_left(store.checkups.get(one.id).scan)
            for one in store.checkups.list(intent.entity.vehicle)
            if one.kind == "after_clear" and intent.at <= one.taken < until
        )
    except StoreError:
        return False


def _nothing_left(scan: "FaultScan") -> bool:
    from cartech_desk.domain.faults.found import CodeStatus

    lit = any(lamp.on or lamp.codes for lamp in scan.lamps)
    standing = any({CodeStatus.STORED, CodeStatus.PENDING} & set(one.status) for one in scan.codes)
    return scan.complete and not (scan.unknown or lit or standing)


_EXPORTS: Final = frozenset({"alarm.export", "limit.export", "dyno.report", "checkup.report"})
_UNSIGNED: Final = _EXPORTS | {"link.set", "link.remove", "codes.clear"}
_WHY: Final = {
    "codes.clear": "It was cut short: unless the car told afterwards that no code is left, it is "
    "not known whether its codes were cleared.",
}
_FOUND: Final[Mapping[str, Callable[[Store, AuditRecord], bool]]] = {
    _DELETE: _is_deleted,
    _RESTORE: _is_restored,
    _PURGE: _is_gone,
    _EXPORT: _is_written,
    "link.set": _is_kept_link,
    "link.remove": _is_removed_link,
    "codes.clear": _is_cleared,
    **dict.fromkeys(_EXPORTS, _is_written),
}
