"""The rows of the standing alarms: the bay's order, held while a finger or an act is on a row."""

from collections.abc import Sequence

from cartech_desk.bay.alarm_status import StandingAlarm


class AlarmRows:
    """Rows in the order of the snapshot, the worst first.

    While it is held no row changes its place: one whose alarm is normal again stays as it was last
    seen, and new ones come at the end.
    """

    def __init__(self) -> None:
        self.rows: tuple[StandingAlarm, ...] = ()
        self.gone: frozenset[str] = frozenset()
        """Ids of rows whose alarm is normal again."""
        self._holders: set[str] = set()

    @property
    def held(self) -> bool:
        """Whether rows keep their places."""
        return bool(self._holders)

    def hold(self, holder: str) -> None:
        """Keep every row in its place until this holder lets go."""
        self._holders.add(holder)

    def let_go(self, holder: str) -> None:
        """Let rows move again, once nobody else holds them."""
        self._holders.discard(holder)

    def take(self, standing: Sequence[StandingAlarm]) -> bool:
        """Take in what stands now; True where rows came, went or changed places."""
        before, before_gone = [alarm.id for alarm in self.rows], self.gone
        if not self._holders:
            self.rows, self.gone = tuple(standing), frozenset()
        else:
            now = {alarm.id: alarm for alarm in standing}
            kept = [now.pop(alarm.id, alarm) for alarm in self.rows]
            standing_ids = {alarm.id for alarm in standing}
            self.rows = (*kept, *now.values())
            self.gone = frozenset(alarm.id for alarm in kept) - standing_ids
        return self.gone != before_gone or before != [alarm.id for alarm in self.rows]

    def row_of(self, alarm_id: str) -> int | None:
        """Return in which row an alarm stands; None where it does not."""
        return next((row for row, one in enumerate(self.rows) if one.id == alarm_id), None)
