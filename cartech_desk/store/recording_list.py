"""Recordings as the list shows them, and finding one or some of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from cartech_desk.domain.channels import Channel
from cartech_desk.store.errors import NotKept
from cartech_desk.store.journal import DIRECTORY
from cartech_desk.store.recording_words import (
    ChannelSummary,
    Ending,
    Mark,
    MarkKind,
    RecordingSummary,
)
from cartech_desk.store.vehicles import Vehicle

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAN = float("nan")
_FEWEST = 4
"""An end of an id that is shorter says too little to be trusted."""

BEING_REMOVED = ""
"""In the place of the time of deletion, and before all of them: some of its samples are gone."""


def number_of(connection: "Connection", recording_id: str, *, being_removed: bool = False) -> int:
    """Return the row number of a recording: of its id, a start or an end of it, or “last”.

    NotKept for none and for several; one that is being removed for good is not kept either, unless
    `being_removed`.
    """
    wanted = recording_id.strip().lower()
    rows: Sequence[Any] = ()
    for where, parameters in (
        ("substr(id, 1, ?) = ?", (len(wanted), wanted)),
        ("substr(id, ?) = ?", (-max(len(wanted), _FEWEST), wanted)),
        ("? = 'last' AND id = (SELECT max(id) FROM recording WHERE deleted IS NULL)", (wanted,)),
    ):
        rows = (
            rows
            or connection.exec_driver_sql(
                f"SELECT no, deleted FROM recording WHERE {where} LIMIT 2",  # noqa: S608 - words of ours
                parameters,
            ).fetchall()
        )
    if len(rows) != 1 or not wanted:
        raise not_kept(recording_id, several=len(rows) > 1)
    number, deleted = rows[0]
    if deleted == BEING_REMOVED and not being_removed:
        raise NotKept(
            f"The recording {recording_id!r} is being removed for good.",
            to_do="It cannot be restored; what is left of it goes while the desk is open.",
        )
    return int(number)


def not_kept(recording_id: str, *, several: bool = False) -> NotKept:
    """Say that an id stands for no recording or for several."""
    if several:
        return NotKept(
            f"Several recordings begin with {recording_id!r}.", to_do="Give more of the id."
        )
    return NotKept(
        f"No recording {recording_id!r} is kept here.", to_do="Look in the list of recordings."
    )


def summaries(
    connection: "Connection",
    vehicles: Mapping[str, Vehicle],
    where: str,
    parameters: Sequence[Any] = (),
) -> tuple[RecordingSummary, ...]:
    """Summaries of the recordings for which `where` (words of ours, never typed ones) is true."""

    def rows(statement: str) -> Sequence[Any]:
        return connection.exec_driver_sql(
            statement.format(where=where), tuple(parameters)
        ).fetchall()

    channels: dict[int, dict[int, ChannelSummary]] = {}
    for no, code, *rest in rows(
        "SELECT recording.no, code, channel.name, label, unit, scale_minimum, scale_maximum, "
        "decimals, source, derived, samples, minimum, maximum FROM channel "
        "JOIN recording ON recording.no = channel.recording WHERE {where} ORDER BY code"
    ):
        channels.setdefault(no, {})[code] = _channel(rest)
    marks: dict[int, list[Mark]] = {}
    for no, t_ns, t_end_ns, kind, note in rows(
        "SELECT recording.no, t_ns, t_end_ns, kind, mark.note FROM mark "
        "JOIN recording ON recording.no = mark.recording WHERE {where} ORDER BY t_ns, mark.no"
    ):
        marks.setdefault(no, []).append(Mark(t_ns, MarkKind(kind), note, t_end_ns))
    journal: dict[int, list[Any]] = {}
    for no, *rest in rows(
        "SELECT recording.no, journal.first_ns, journal.last_ns, directory, "
        "length(payload) + length(directory) FROM journal "
        "JOIN recording ON recording.no = journal.recording WHERE {where}"
    ):
        journal.setdefault(no, []).append(rest)
    found = []
    for no, *rest in rows(
        "SELECT no, id, vehicle_id, vehicle_name, note, anchor, first_ns, last_ns, bytes, ending, "
        "deleted, operator_name, operator_id FROM recording WHERE {where} "
        "ORDER BY anchor DESC, no DESC"
    ):
        found.append(
            _summary(rest, vehicles, channels.get(no, {}), marks.get(no, []), journal.get(no, []))
        )
    return tuple(found)


def matching(
    found: Sequence[RecordingSummary], vehicles: Mapping[str, Vehicle], search: str
) -> tuple[RecordingSummary, ...]:
    """Those in which every word of `search` is found."""
    words = search.casefold().split()
    return tuple(
        summary
        for summary in found
        if all(word in _text(summary, vehicles.get(summary.vehicle_id)) for word in words)
    )


def _text(summary: RecordingSummary, vehicle: Vehicle | None) -> str:
    parts = [
        summary.id,
        summary.vehicle_name,
        (vehicle.vin or "") if vehicle else "",
        summary.note,
        summary.operator,
        f"{summary.anchor.astimezone():%Y-%m-%d %H:%M %d.%m.%Y}",
    ]
    for channel in summary.channels:
        parts += (channel.channel.name, channel.channel.label)
    parts += (mark.note for mark in summary.marks)
    return "\n".join(parts).casefold()


def _channel(row: Sequence[Any]) -> ChannelSummary:
    *facts, samples, minimum, maximum = row
    return ChannelSummary(channel_of(facts), samples, _number(minimum), _number(maximum))


def channel_of(row: Sequence[Any]) -> Channel:
    """Return the channel of name, label, unit, range, decimals, source and whether derived."""
    name, label, unit, low, high, decimals, source, derived = row
    return Channel(name, label, unit, _number(low), _number(high), decimals, source, bool(derived))


def _number(value: float | None) -> float:
    return _NAN if value is None else value


def _summary(
    row: Sequence[Any],
    vehicles: Mapping[str, Vehicle],
    channels: dict[int, ChannelSummary],
    marks: Sequence[Mark],
    journal: Sequence[Any],
) -> RecordingSummary:
    """Put one summary together; the journal's rows add what is in no block yet."""
    recording_id, vehicle_id, name, note, anchor, first, last, size, ending, *rest = row
    deleted, operator, operator_id = rest
    in_blocks = size > 0
    for row_first, row_last, directory, length in journal:
        first = min(first, row_first) if in_blocks else row_first
        last = max(last, row_last) if in_blocks else row_last
        in_blocks = True
        size += length
        for code, _clock, samples, minimum, maximum in np.frombuffer(directory, DIRECTORY).tolist():
            before = channels[code]
            channels[code] = ChannelSummary(
                before.channel,
                before.samples + samples,
                float(np.fmin(before.minimum, minimum)),
                float(np.fmax(before.maximum, maximum)),
            )
    return RecordingSummary(
        id=recording_id,
        vehicle_id=vehicle_id,
        vehicle_name=vehicles[vehicle_id].name if vehicle_id in vehicles else name,
        note=note,
        anchor=datetime.fromisoformat(anchor),
        first_ns=first,
        last_ns=last,
        ending=Ending(ending),
        channels=tuple(channels.values()),
        marks=tuple(marks),
        bytes=size,
        deleted=deleted is not None,
        operator=operator,
        operator_id=operator_id,
    )
