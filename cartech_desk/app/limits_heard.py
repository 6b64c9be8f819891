"""Which limits were watched during a recording, as `--json` and the terminal tell it."""

from typing import Any

from cartech_desk.bay.alarm_status import NO_ALARMS, AlarmsSnapshot


class LimitsHeard:
    """Keeps the picture in which most limits were watched, the latest of those."""

    def __init__(self) -> None:
        self._most: AlarmsSnapshot = NO_ALARMS

    def hear(self, alarms: AlarmsSnapshot) -> None:
        """Take in the alarms as of now."""
        if alarms.armed >= self._most.armed:
            self._most = alarms

    def document(self) -> dict[str, Any]:
        """Return what `--json` says: how many were watched, which were not and why, the profile."""
        return {
            "armed": self._most.armed,
            "unwatched": [
                {
                    "limit": one.limit.key,
                    "label": one.limit.label or one.limit.key,
                    "why": one.why,
                    "absent": one.absent,
                }
                for one in self._most.unwatched
            ],
            "profile": self._most.profile,
        }

    def warnings(self) -> list[str]:
        """Return what a person has to know: what is not watched though it should be."""
        said = [self._most.only_any] if self._most.only_any else []
        return said + [
            f"{one.limit.label or one.limit.key} is not watched. {one.why}"
            for one in self._most.missed
        ]
