"""What of a recording goes into an export, and how an export can end."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.recordings import (
    Mark,
    MarkKind,
    RecordingStore,
    RecordingSummary,
    Samples,
)

_KEPT: Final = "The recording is untouched; no half file was left."


class ExportRefused(CarTechError):
    """An export cannot be made as it was asked for."""

    code: ClassVar[str] = "export_refused"


class ExportFailed(CarTechError):
    """The file of an export cannot be written."""

    code: ClassVar[str] = "export_failed"


class ExportCancelled(CarTechError):
    """Somebody cancelled the export."""

    code: ClassVar[str] = "cancelled"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows an export: `progress` hears fractions from 0 to 1, `cancel` ends it when set."""

    progress: Callable[[float], None] | None = None
    cancel: threading.Event | None = None

    def at(self, fraction: float) -> None:
        """Tell how far the export is. Errors: ExportCancelled."""
        if self.cancel is not None and self.cancel.is_set():
            raise ExportCancelled(
                "The export was cancelled.", kept="No file was written.", to_do="Export again."
            )
        if self.progress is not None:
            self.progress(min(1.0, max(0.0, fraction)))


@dataclass(frozen=True, slots=True)
class Selection:
    """Channels and a closed range of time (nanoseconds from the anchor) of one recording."""

    store: RecordingStore
    recording: RecordingSummary
    channels: tuple[Channel, ...]
    first_ns: int
    last_ns: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the channels, in order."""
        return tuple(channel.name for channel in self.channels)

    def touches(self, mark: Mark) -> bool:
        """Tell whether a mark lies in the range of time; of an alarm a part of it is enough."""
        if mark.kind is MarkKind.ALARM and mark.t_end_ns is not None:
            return mark.t_ns <= self.last_ns and mark.t_end_ns >= self.first_ns
        return self.first_ns <= mark.t_ns <= self.last_ns

    def part_of(self, mark: Mark) -> Mark:
        """Return the part of an alarm's mark that lies in the range of time; others as they are."""
        if mark.kind is not MarkKind.ALARM or mark.t_end_ns is None:
            return mark
        first, last = max(mark.t_ns, self.first_ns), min(mark.t_end_ns, self.last_ns)
        return replace(mark, t_ns=first, t_end_ns=last)

    def pieces(self, watch: Watch) -> Iterator[dict[str, Samples]]:
        """Yield about a minute of all channels at a time, in order of time.

        Errors: ExportCancelled; what the store raises.
        """
        length = max(1, self.last_ns - self.first_ns)
        for first, last in self.store.spans(self.recording.id):
            if last < self.first_ns or first > self.last_ns:
                continue
            watch.at((first - self.first_ns) / length)
            yield self.store.read_all(
                self.recording.id,
                self.names,
                max(first, self.first_ns),
                min(last, self.last_ns),
            )
        watch.at(1.0)


def select(
    store: RecordingStore,
    recording_id: str,
    channels: Sequence[str] | None = None,
    first_ns: int | None = None,
    last_ns: int | None = None,
) -> Selection:
    """Choose channels (all that have samples: None) and a range of time (all of it: None).

    Errors: NotKept; ExportRefused where a channel is unknown or nothing is left.
    """
    recording = store.get(recording_id)
    known = {summary.channel.name: summary for summary in recording.channels}
    if channels is None:
        names = [name for name, summary in known.items() if summary.samples]
    else:
        names = list(dict.fromkeys(channels))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ExportRefused(
            f"The recording has no channel {', '.join(map(repr, unknown))}.",
            to_do=f"Choose among {', '.join(known) or 'none'}.",
        )
    first = recording.first_ns if first_ns is None else max(first_ns, recording.first_ns)
    last = recording.last_ns if last_ns is None else min(last_ns, recording.last_ns)
    if not names or first > last:
        raise ExportRefused(
            "There are no samples in what was chosen of the recording.",
            to_do="Choose more channels or a longer stretch of time.",
        )
    return Selection(store, recording, tuple(known[name].channel for name in names), first, last)


@contextmanager
def unfinished(path: Path, kept: str = _KEPT) -> Iterator[Path]:
    """Give a file to write that takes the place of `path` once all of it is there, or vanishes.

    `kept` says what is as it was where that fails.
    Errors: ExportFailed with the reason where the disk or the folder refuses.
    """
    part = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise ExportFailed(
            f"{path} cannot be written ({error.strerror or error}).",
            kept=kept,
            to_do="Choose another folder, or free some space on the disk.",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
