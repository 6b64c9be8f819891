"""Which recordings met a trip: a recording's marks name its alarms, the history their levels."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.store.alarm_rows import AlarmQuery, AlarmRecord
from cartech_desk.store.alarms import AlarmStore
from cartech_desk.store.recordings import RecordingSummary

_MOST: Final = 5000
_BEFORE: Final = timedelta(days=1)
"""An alarm may have stood for so long before the recording began."""
_AROUND: Final = timedelta(seconds=15)
"""A mark reaches some seconds beyond its alarm."""


def tripped(alarms: AlarmStore, summaries: Sequence[RecordingSummary]) -> frozenset[str]:
    """Return the ids of the recordings with a trip among their alarms; reads the history."""
    marked = sorted((one for one in summaries if one.alarms), key=lambda one: one.anchor)
    if not marked:
        return frozenset()
    since = marked[0].anchor - _BEFORE
    until = max(_ends(one) for one in marked) + _AROUND
    trips = alarms.find(AlarmQuery(since, until, level=Level.TRIP), limit=_MOST)
    now = datetime.now(UTC)
    if len(trips) < _MOST:
        return with_trips(marked, trips, now)
    # They lie years apart: each of them is asked for alone.
    found: frozenset[str] = frozenset()
    for one in marked:
        query = AlarmQuery(one.anchor - _BEFORE, _ends(one) + _AROUND, level=Level.TRIP)
        found |= with_trips([one], alarms.find(query, limit=_MOST), now)
    return found


def _ends(one: RecordingSummary) -> datetime:
    return one.anchor + timedelta(microseconds=one.last_ns / 1000)


def with_trips(
    marked: Sequence[RecordingSummary], trips: Sequence[AlarmRecord], now: datetime
) -> frozenset[str]:
    """Return the ids of those of `marked`, the oldest first, in which one of the trips stands."""
    starts = [one.anchor + timedelta(microseconds=one.first_ns / 1000) for one in marked]
    found = set()
    for trip in trips:
        ended = trip.returned or trip.cleared or now
        for place in range(bisect_right(starts, ended + _AROUND) - 1, -1, -1):
            one = marked[place]
            if _ends(one) < trip.raised - _AROUND:
                break  # those before ended earlier still
            if any(mark.note == trip.label for mark in one.alarms):
                found.add(one.id)
    return frozenset(found)
