"""`cartech-desk recordings`: recordings kept here."""

import argparse
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.endings import ending_of
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.numbers_asked import moment_of, row_rate_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.bay import recording_acts
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.recordings import Ending, Mark, RecordingSummary
from cartech_desk.store.store import Store

NAME: Final = "recordings"
HELP: Final = "recordings kept here"

_ROOMS: Final = ("store", "bay")
"""Whose warnings are said."""

Act = Callable[[Counter, argparse.Namespace], None]

_ENDINGS: Final = {
    Ending.OPEN: "still recording",
    Ending.STOPPED: "stopped",
    Ending.POWER_CUT: "cut off: the desk was killed or lost power",
    Ending.DISK_FULL: "ended by a full disk",
    Ending.WRITE_FAILED: "ended early: it could not be written any more",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `recordings` understands; without an act it lists."""
    parser.set_defaults(act=_list, search=[], deleted=False)
    acts = parser.add_subparsers(metavar="act")

    listing = _act(acts, "list", "all recordings, the newest first", _list)
    listing.add_argument(
        "search", nargs="*", help="words that vehicle, VIN, operator, note, … must hold"
    )
    listing.add_argument("--deleted", action="store_true", help="those that can be restored")

    _of_one(acts, "show", "one recording with its channels and marks", _show)

    exporting = _of_one(acts, "export", "write a recording to a .csv or .mf4 file", _export)
    exporting.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .mf4")
    add_even_so(exporting)
    add_as(exporting)
    exporting.add_argument("--channels", metavar="a,b", help="only these channels")
    exporting.add_argument(
        "--from", type=moment_of, dest="first_s", metavar="S", help="from second"
    )
    exporting.add_argument("--to", type=moment_of, dest="last_s", metavar="S", help="to second")
    exporting.add_argument(
        "--resample", type=row_rate_of, metavar="HZ", help="rows at this rate (.csv only)"
    )

    deleting = _of_one(
        acts, "delete", "take a recording off the list; `restore` brings it back", _delete
    )
    deleting.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(deleting)
    add_as(_of_one(acts, "restore", "bring a deleted recording back", _restore))
    add_as(_of_one(acts, "purge", "remove a deleted recording for good", _purge))


def run(args: argparse.Namespace) -> int:
    """Do one act on the recordings kept here. Errors: CarTechError."""
    with _said_once(), open_counter(args, demo=args.demo, forgiving=True) as desk:
        _settle(desk.store)
        act: Act = args.act
        act(desk, args)
    return 0


def _settle(store: Store) -> None:
    """Record how acts ended that a kill cut short; reading goes on where that cannot be done."""
    try:
        recording_acts.settle(store)
    except CarTechError as error:
        say(error.message)


class _Once(logging.Handler):
    """Says each warning on standard error, once: every look at the store may give it anew."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Say a warning that was not said yet."""
        told = record.getMessage()
        if told not in self._said:
            self._said.add(told)
            say(told[:1].upper() + told[1:])


@contextmanager
def _said_once() -> Iterator[None]:
    logs, handler = [logging.getLogger(f"cartech_desk.{room}") for room in _ROOMS], _Once()
    for log in logs:
        log.addHandler(handler)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(handler)


def _act(acts: Any, name: str, words: str, act: Act) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,  # the command's own --json stands before the act
        help="one JSON object on standard output",
    )
    parser.set_defaults(act=act)
    return parser


def _of_one(acts: Any, name: str, words: str, act: Act) -> argparse.ArgumentParser:
    parser = _act(acts, name, words, act)
    parser.add_argument("id", metavar="ID", help="id of the recording, or how only it begins")
    return parser


def _list(desk: Counter, args: argparse.Namespace) -> None:
    store = desk.store
    look = store.recordings.deleted if args.deleted else store.recordings.list
    found = look(" ".join(args.search))
    lines = [_line(store, recording) for recording in found]
    emit(
        args,
        {"recordings": [_entry(store, recording) for recording in found]},
        "\n".join(lines) or "No recordings are kept here.",
    )


def _show(desk: Counter, args: argparse.Namespace) -> None:
    recording = desk.store.recordings.get(args.id)
    emit(args, {"recording": _whole(desk.store, recording)}, _text(desk.store, recording))


def _export(desk: Counter, args: argparse.Namespace) -> None:
    from cartech_desk.bay.export import ExportRefused, check_file

    if args.first_s is not None and args.last_s is not None and args.first_s > args.last_s:
        raise ExportRefused(
            f"The export would begin at {args.first_s:g} s, after its end at {args.last_s:g} s.",
            to_do="Give --from a second that is before that of --to.",
        )
    check_file(args.file)
    refuse_existing(args.file, even_so=args.even_so)
    recording = desk.store.recordings.get(args.id)
    names = None if args.channels is None else [n.strip() for n in args.channels.split(",")]
    path = recording_acts.export(
        desk.store,
        recording.id,
        args.file,
        acting(args, desk),
        channels=names,
        first_ns=None if args.first_s is None else round(args.first_s * 1e9),
        last_ns=None if args.last_s is None else round(args.last_s * 1e9),
        resample_hz=args.resample,
        progress=_Progress(),
    )
    size = path.stat().st_size
    emit(
        args,
        {"id": recording.id, "file": str(path), "bytes": size},
        f"{path} written ({size} bytes).",
    )


def _delete(desk: Counter, args: argparse.Namespace) -> None:
    recording = desk.store.recordings.get(args.id)
    recording_acts.delete(desk.store, recording.id, acting(args, desk), args.reason)
    emit(
        args,
        {"id": recording.id, "deleted": True},
        f"Deleted. To bring it back: cartech-desk recordings restore {recording.id}",
    )


def _restore(desk: Counter, args: argparse.Namespace) -> None:
    recording = desk.store.recordings.get(args.id)
    recording_acts.restore(desk.store, recording.id, acting(args, desk))
    emit(args, {"id": recording.id, "deleted": False}, "Restored.")


def _purge(desk: Counter, args: argparse.Namespace) -> None:
    recording = desk.store.recordings.get(args.id)
    recording_acts.purge(desk.store, recording.id, acting(args, desk))
    emit(args, {"id": recording.id, "purged": True}, "Removed for good.")


class _Progress:
    """Tells each tenth of a long export on standard error, once."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, fraction: float) -> None:
        tenths = int(fraction * 10)
        if tenths > self._told and tenths < 10:
            say(f"{tenths * 10} %")
        self._told = max(self._told, tenths)


def _entry(store: Store, recording: RecordingSummary) -> dict[str, Any]:
    return {
        "id": recording.id,
        "start": recording.anchor.isoformat(),
        "seconds": round(recording.seconds, 3),
        "vehicle": recording.vehicle_name,
        "vehicle_id": recording.vehicle_id,
        "operator": recording.operator or None,
        "note": recording.note,
        "channels": [summary.channel.name for summary in recording.channels],
        "samples": sum(summary.samples for summary in recording.channels),
        "ending": ending_of(store, recording).value,
        "alarms": len(recording.alarms),
        "bytes": recording.bytes,
        "deleted": recording.deleted,
    }


def _whole(store: Store, recording: RecordingSummary) -> dict[str, Any]:
    return _entry(store, recording) | {
        "first_s": recording.first_ns / 1e9,
        "last_s": recording.last_ns / 1e9,
        "channels": [
            {
                "name": summary.channel.name,
                "label": summary.channel.label,
                "unit": summary.channel.unit,
                "source": summary.channel.source,
                "samples": summary.samples,
                "minimum": summary.minimum,
                "maximum": summary.maximum,
            }
            for summary in recording.channels
        ],
        "marks": [_mark(mark) for mark in recording.marks],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "t_s": mark.t_ns / 1e9,
        "t_end_s": None if mark.t_end_ns is None else mark.t_end_ns / 1e9,
        "kind": mark.kind.value,
        "note": mark.note,
    }


def _line(store: Store, recording: RecordingSummary) -> str:
    return (
        f"{recording.id}  {recording.anchor.astimezone():%Y-%m-%d %H:%M:%S}  "
        f"{recording.seconds:8.1f} s  {_counted(len(recording.channels)):>12}  "
        f"{recording.vehicle_name}  ({_ENDINGS[ending_of(store, recording)]})  "
        f"{recording.operator or '-'}"
        + (f"  ▲ {_alarms(len(recording.alarms))}" if recording.alarms else "")
        + (f"  {recording.note}" if recording.note else "")
    )


def _alarms(count: int) -> str:
    return "1 alarm" if count == 1 else f"{count} alarms"


def _counted(channels: int) -> str:
    return "1 channel" if channels == 1 else f"{channels} channels"


def _text(store: Store, recording: RecordingSummary) -> str:
    lines = [_line(store, recording), "", "Channels:"]
    lines += [
        f"  {s.channel.name:<24} {s.samples:>9} samples  "
        f"{s.minimum:g} to {s.maximum:g} {s.channel.unit}".rstrip()
        for s in recording.channels
    ]
    if recording.marks:
        lines += ["", "Marks:"]
        lines += [
            f"  {mark.t_ns / 1e9:10.3f} s  {mark.kind.value}"
            + ("" if mark.t_end_ns is None else f" until {mark.t_end_ns / 1e9:.3f} s")
            + (f"  {mark.note}" if mark.note else "")
            for mark in recording.marks
        ]
    return "\n".join(lines)
