"""Which limits in force are really watched, which are not and why, and what they ask of the car."""

from collections.abc import Iterable, Mapping, Sequence

from cartech_desk.bay.alarm_status import StandingAlarm, Unwatched
from cartech_desk.bay.alarm_words import channel_words
from cartech_desk.bay.limit_fit import in_units, out_of_reach
from cartech_desk.domain.alarms.limit import Level, Limit
from cartech_desk.domain.alarms.watch import SIGNAL
from cartech_desk.domain.channels import Channel
from cartech_desk.store.limits import unreadable


class WatchedLimits:
    """The limits in service and the channels that they need. Not thread-safe."""

    def __init__(self) -> None:
        self._needs: tuple[tuple[Limit, tuple[str, ...]], ...] = ()
        self._asked: Mapping[str, tuple[Channel, float]] = {}
        self._here: tuple[tuple[Limit, tuple[str, ...]], ...] = ()
        self._lacking: tuple[Unwatched, ...] = ()
        self._damaged: tuple[Unwatched, ...] = ()
        self.fastest_hz = 0.0
        """How often the fastest of all channels is asked for."""

    @property
    def armed(self) -> int:
        """How many limits can be watched at this car."""
        return len(self._here)

    def use(self, limits: Sequence[Limit]) -> None:
        """Put these limits in force."""
        self._needs = tuple((limit, limit.channels) for limit in limits if limit.in_service)
        self._compare()

    def ask(self, asked: Mapping[str, tuple[Channel, float]]) -> None:
        """Say which channels are asked for, by name, and how often [Hz]."""
        self._asked = asked
        self._compare()

    def rates_hz(self) -> dict[str, float]:
        """Return how often each channel is to be asked for, at least."""
        rates_hz: dict[str, float] = {}
        for limit, channels in self._needs:
            for name in channels if not unreadable(limit) else ():
                rates_hz[name] = max(limit.rate_hz, rates_hz.get(name, 0.0))
        return rates_hz

    def told(
        self, standing: Iterable[StandingAlarm], *, watching: bool, met: bool
    ) -> tuple[int, tuple[Unwatched, ...]]:
        """Return how many limits are watched at this moment, and those that are not.

        `watching` tells whether readings are to be expected, `met` whether a car is there at all.
        """
        if not watching:
            return 0, self._lacking if met else self._damaged
        without = {
            alarm.channel
            for alarm in standing
            if alarm.key.startswith(SIGNAL) and alarm.level is not Level.NONE
        }
        if not without:
            return len(self._here), self._lacking
        dead = tuple(
            Unwatched(limit, f"There is no value of {_labels(silent, self._asked)}.")
            for limit, channels in self._here
            if (silent := [name for name in channels if name in without])
        )
        return len(self._here) - len(dead), self._lacking + dead

    def _compare(self) -> None:
        asked = self._asked
        self.fastest_hz = max((rate_hz for _, rate_hz in asked.values()), default=0.0)
        there = [
            (limit, channels)
            for limit, channels in self._needs
            if all(name in asked for name in channels)
        ]
        why = {limit.key: _why_not(limit, asked) for limit, _ in there}
        self._here = tuple((limit, channels) for limit, channels in there if not why[limit.key])
        self._lacking = tuple(
            Unwatched(limit, f"This car does not tell {_labels(missing, asked)}.", absent=True)
            if not unreadable(limit)
            else Unwatched(limit, "What is kept of it cannot be read: set it anew.")
            for limit, channels in self._needs
            if (missing := [name for name in channels if name not in asked])
        ) + tuple(Unwatched(limit, why[limit.key]) for limit, _ in there if why[limit.key])
        self._damaged = tuple(one for one in self._lacking if not one.absent)


def _why_not(limit: Limit, asked: Mapping[str, tuple[Channel, float]]) -> str:
    """Say why a limit cannot do its work although its channels are there, empty where it can."""
    fit = in_units(limit, asked)
    return fit if isinstance(fit, str) else out_of_reach(fit, asked)


def _labels(names: Sequence[str], asked: Mapping[str, tuple[Channel, float]]) -> str:
    labels = [
        asked[name][0].label if name in asked else channel_words(name).label for name in names
    ]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
