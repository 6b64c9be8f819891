"""Everything that is not normal now: of the vehicle at hand, of the desk, and what is left over."""

from collections.abc import Iterable, Iterator

from cartech_desk.bay.alarm_occurrence import Occurrence


class Occurrences:
    """The occurrences of one bay. Not thread-safe: the book of alarms owns it.

    Of what is watched now there is one for each key. A former one is watched no more, as another
    vehicle came or its limit is gone, and asks on until it is acknowledged.
    """

    def __init__(self) -> None:
        self._now: dict[str, Occurrence] = {}
        self._former: list[Occurrence] = []

    def __iter__(self) -> Iterator[Occurrence]:
        """Go through those of now, then the former ones."""
        yield from self._now.values()
        yield from self._former

    @property
    def now(self) -> tuple[Occurrence, ...]:
        """Those of what is watched now."""
        return tuple(self._now.values())

    @property
    def former_first(self) -> tuple[Occurrence, ...]:
        """The former ones, then those of now."""
        return (*self._former, *self._now.values())

    def get(self, key: str) -> Occurrence | None:
        """Return the one of what is watched now by its alarm's key."""
        return self._now.get(key)

    def find(self, alarm_id: str) -> Occurrence | None:
        """Return the one with this id."""
        return next((one for one in self if one.id == alarm_id), None)

    def of(self, vehicle_id: str, key: str) -> tuple[Occurrence, ...]:
        """Return those of one alarm of one vehicle."""
        return tuple(one for one in self if one.key == key and one.vehicle.id == vehicle_id)

    def begin(self, one: Occurrence) -> None:
        """Take in one of what is watched now."""
        self._now[one.key] = one

    def forget(self, key: str) -> None:
        """Let go of the one of now with this key, if there is one."""
        self._now.pop(key, None)

    def end(self, one: Occurrence) -> None:
        """Let go of one that is over, former or not."""
        if self._now.get(one.key) is one:
            del self._now[one.key]
        if one in self._former:
            self._former.remove(one)

    def part(self, gone: Iterable[Occurrence]) -> None:
        """Take these off what is watched now; those that ask on are former ones from then on."""
        parted = tuple(gone)
        self._former += [one for one in parted if one.told and not one.alarm.quiet]
        for one in parted:
            del self._now[one.key]
