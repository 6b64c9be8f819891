"""The alarms of one bay from what the limit watch tells: occurrences, their rows, their marks.

No thread and no clock of its own: whoever owns it calls it under a lock, with the time. What is to
be kept on disk goes to `Pages`, which never wait.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cartech_desk.bay.alarm_occurrence import Occurrence, VehicleAtHand
from cartech_desk.bay.alarm_occurrences import Occurrences
from cartech_desk.bay.alarm_pages import EXTEND_NS, Marks, Pages, again_of, entry_of
from cartech_desk.bay.alarm_surroundings import Clocks
from cartech_desk.bay.alarm_words import About, about_limit, about_signal, channel_words
from cartech_desk.bay.limit_fit import fitted
from cartech_desk.domain.alarms.limit import Action, Level, Limit, Priority
from cartech_desk.domain.alarms.state import ACTIVE, STANDS, Alarm, AlarmState, Change, Happening
from cartech_desk.domain.alarms.watch import (
    LIMIT,
    SIGNAL,
    LimitWatch,
    SignalFault,
    desk_alarm,
)
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.people import NOBODY, Actor
from cartech_desk.store.alarms import Shelf

REST_NS: Final = 10_000_000_000
"""An alarm that flaps is told to have returned once it has rested for so long."""

_GONE: Final = "What it watched is watched no more."


class AlarmBook:
    """Limits over readings, and the occurrences that come of them. Not thread-safe."""

    def __init__(self, pages: Pages, marks: Marks, clocks: Clocks) -> None:
        self.vehicle = VehicleAtHand()
        self.operator = NOBODY
        self.asked: dict[str, tuple[Channel, float]] = {}
        """Channels that are asked for, by name, and how often [Hz]."""
        self.occurrences = Occurrences()
        """Everything that is not normal."""
        self._pages = pages
        self._marks = marks
        self._clocks = clocks
        self._watch = LimitWatch()
        self._written: tuple[Limit, ...] = ()
        self._desk: dict[str, Alarm] = {}
        self._desk_about: dict[str, About] = {}
        self._listening = False
        self._order = 0
        self._extended_ns = 0

    # What is watched

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits in force."""
        return self._watch.limits

    def use(self, vehicle: VehicleAtHand, limits: Sequence[Limit], t_ns: int) -> None:
        """Put these limits in force; those of another vehicle begin anew.

        What still stands of the vehicle before is over, and what asks for acknowledgement stays
        until it has it. Errors: LimitRefused, ExpressionError; the limits before stay in force.
        """
        fit = fitted(limits, self.asked)
        if vehicle.id == self.vehicle.id:
            self.vehicle = vehicle
            self._change(fit, t_ns)
            self._written = tuple(limits)
            return
        watch = LimitWatch()
        first = watch.use(fit, t_ns)
        self._written = tuple(limits)
        self.leave(t_ns)
        self.occurrences.part(one for one in self.occurrences.now if one.key not in self._desk)
        self._watch, self.vehicle = watch, vehicle
        self._happened(first)
        self._expect(t_ns)
        watch.listen(t_ns, on=self._listening)

    def expect(self, asked: Mapping[Channel, float], t_ns: int) -> None:
        """Say which channels are asked for, and how often [Hz]."""
        before = self.asked
        self.asked = {channel.name: (channel, rate_hz) for channel, rate_hz in asked.items()}
        if self.asked != before:
            self._watch.settle(t_ns)
        fit = fitted(self._written, self.asked)
        if fit != self._watch.limits:
            self._change(fit, t_ns)
        self._expect(t_ns)

    def listen(self, t_ns: int, *, on: bool) -> None:
        """Say whether readings are to be expected at all."""
        self._listening = on
        self._watch.listen(t_ns, on=on)

    def hold(self, *, on: bool, pauses: Iterable[tuple[int, int]]) -> None:
        """Say whether no sensor is to be blamed now, and from when to when the wire paused."""
        self._watch.hold(on=on)
        for since_ns, until_ns in pauses:
            self._watch.paused(since_ns, until_ns)

    def settle(self, t_ns: int) -> None:
        """Say that the wire has more or less to do from now on."""
        self._watch.settle(t_ns)

    def leave(self, t_ns: int) -> None:
        """End the watch of this car."""
        self._listening = False
        self._happened(self._watch.leave(t_ns))

    # What comes in

    def take(self, batch: Sequence[Reading]) -> bool:
        """Take in readings; tells whether anything happened."""
        changes = self._watch.take(batch)
        if changes:
            self._happened(changes)
            return True
        return False

    def tick(self, now_ns: int) -> None:
        """Notice what has not come, whose time on the shelf is over, and what has come to rest."""
        self._happened(self._watch.tick(now_ns))
        for one in self.occurrences.former_first:
            if one.key not in self._watch.alarms or one.alarm is not self._watch.alarms[one.key]:
                self._happened(one.alarm.expire(now_ns), one)
        for one in tuple(self.occurrences):
            if one.rest_ns and now_ns >= one.rest_ns:
                self._tell_return(one)
        if now_ns - self._extended_ns >= EXTEND_NS:
            self._extended_ns = now_ns
            for one in self.occurrences.now:
                if one.alarm.level is not Level.NONE:
                    self._marks.still(one, now_ns)
                    if one.joins(self._marks.recording()):
                        self._pages.keep(one.record(), soon=False)

    def desk(self, what: str, about: About, level: Level, t_ns: int) -> None:
        """Take in a condition of the desk's own, such as a lost link."""
        key = desk_alarm(what)
        alarm = self._desk.get(key)
        if alarm is None:
            if level is Level.NONE:
                return
            alarm = self._desk[key] = Alarm(key)
        if alarm.level is not level:
            if level is not Level.NONE:
                self._desk_about[key] = about
            self._happened(alarm.condition(t_ns, level, math.nan))

    # What people do, once it is durable

    def acknowledged(
        self, one: Occurrence, asks: int, was: AlarmState, by: Actor, t_ns: int
    ) -> bool:
        """Acknowledge what asked, in the state in which it `was` when that was written.

        False where it got worse or came again since: it asks on.
        """
        if one.asks != asks:
            return False
        if was is not one.alarm.state and one.alarm.state in ACTIVE:
            self._pages.keep(one.record(), again_of(one))
            return False
        one.acknowledged, one.acknowledged_by = self._at(t_ns), by.name
        self._happened(one.alarm.acknowledge(t_ns), one, by=by.name)
        return True

    def cleared(self, one: Occurrence, by: Actor, t_ns: int) -> None:
        """Clear a latched alarm."""
        self._happened(one.alarm.clear(t_ns), one, by=by.name)

    def shelved(self, shelf: Shelf, until_ns: int, t_ns: int) -> None:
        """Put an alarm aside, whether it stands or not. Errors: AlarmRefused."""
        for one in self.occurrences.of(shelf.vehicle_id, shelf.key):
            self._happened(one.alarm.shelve(t_ns, until_ns), one)
        alarm = self.alarm(shelf.key) if shelf.vehicle_id == self.vehicle.id else None
        if alarm is not None and alarm.state is not AlarmState.SHELVED:
            self._happened(alarm.shelve(t_ns, until_ns))
        for one in self.occurrences.of(shelf.vehicle_id, shelf.key):
            if one.alarm.state is AlarmState.SHELVED:
                one.put_aside(shelf)
                if one.told:
                    self._pages.keep(one.record())

    def put_back(self, shelf: Shelf, until_ns: int, t_ns: int) -> None:
        """Put an alarm back on the shelf at a start, or where its vehicle comes back."""
        if self.alarm(shelf.key) is not None and not self.lies(shelf.key):
            self.shelved(shelf, until_ns, t_ns)

    def unshelved(self, vehicle_id: str, key: str, by: str, t_ns: int) -> None:
        """Take an alarm back from the shelf."""
        for one in self.occurrences.of(vehicle_id, key):
            if one.alarm.state is AlarmState.SHELVED:
                self._happened(one.alarm.unshelve(t_ns), one, by=by)

    # What is asked

    def lies(self, key: str) -> bool:
        """Tell whether an alarm of the vehicle at hand, or the desk's own, is on the shelf."""
        alarm = self.alarm(key)
        return alarm is not None and alarm.state is AlarmState.SHELVED

    def alarm(self, key: str) -> Alarm | None:
        """Return an alarm of the vehicle at hand, or of the desk's own, by its key."""
        return self._desk.get(key) or self._watch.alarms.get(key)

    def about(self, key: str) -> About:
        """Say what an alarm is about."""
        if key.startswith(SIGNAL):
            return self._about_signal(key.removeprefix(SIGNAL))
        limit = self._watch.limit(key)
        if limit is not None:
            watches = limit.watches.strip()
            channel, _ = self.asked.get(watches, (None, 0.0))
            return about_limit(limit, channel_words(watches, channel))
        one = self.occurrences.get(key)
        if one is not None:
            return one.about
        return self._desk_about.get(key) or About(key, "", Priority.MEDIUM, Action.LAMP)

    # How it is done

    def _change(self, limits: Sequence[Limit], t_ns: int) -> None:
        """Change what is watched of the vehicle at hand."""
        self._happened(self._watch.use(limits, t_ns))
        self._part()
        for one in self.occurrences.now:
            if one.key.startswith(LIMIT):
                one.about = self.about(one.key)

    def _expect(self, t_ns: int) -> None:
        periods_s = {name: 1 / rate_hz for name, (_, rate_hz) in self.asked.items() if rate_hz > 0}
        self._happened(self._watch.expect(periods_s, t_ns))

    def _at(self, t_ns: int) -> datetime:
        """Return the wall clock's time of a monotonic instant."""
        ago = (self._clocks.monotonic_ns() - t_ns) / 1000
        return self._clocks.utc() - timedelta(microseconds=ago)

    def _happened(
        self, changes: Iterable[Change], one: Occurrence | None = None, *, by: str = ""
    ) -> None:
        for change in changes:
            self._one_happened(change, one or self.occurrences.get(change.key), by)
            if one is not None and one.cleared is not None:
                one = None

    def _one_happened(self, change: Change, one: Occurrence | None, by: str) -> None:
        happening = change.happening
        if happening is Happening.RAISED:
            self._raised(change, one)
        elif happening in (Happening.SHELVED, Happening.OUT_OF_SERVICE):
            self._aside(change, one)
        elif one is None:
            # It came while it was put aside, and asks now.
            if change.after in STANDS:
                self._raised(change, None)
        elif happening is Happening.ESCALATED:
            one.rise(change.level)
            one.asks += 1
            one.acknowledged, one.acknowledged_by = None, ""
            self._pages.keep(one.record(), entry_of("alarm.escalate", one, change))
        elif happening is Happening.RETURNED:
            self._returned(change, one)
        elif happening in (Happening.UNSHELVED, Happening.IN_SERVICE):
            self._back(change, one, by)
        elif happening is Happening.CLEARED:
            self._over(change, one, by)
        elif one.told:
            self._pages.keep(one.record())

    def _raised(self, change: Change, one: Occurrence | None) -> None:
        if one is not None and one.told and change.before is not AlarmState.NORMAL:
            # It flaps: the same occurrence, and nothing new in the audit log unless it asks anew.
            one.times += 1
            one.rest_ns = 0
            one.returned = None
            latched, worse = change.before is AlarmState.LATCHED, change.level > one.worst
            one.rise(change.level)
            self._marks.raised(one, change.t_ns)
            entry = None
            if latched or worse:
                one.asks += 1
                one.acknowledged, one.acknowledged_by = None, ""
                entry = again_of(one, "alarm.escalate" if worse else "alarm.raise")
            self._pages.keep(one.record(), entry, soon=entry is not None)
            return
        alone = not any(other.alarm.state in STANDS for other in self.occurrences)
        alarm = self.alarm(change.key) or (one.alarm if one is not None else None)
        if alarm is None:
            return
        one = self._begin(change, alarm, told=True)
        one.first_out = alone
        one.rise(max(change.level, Level.WARNING))
        one.recording_id, one.operator = self._marks.recording(), self.operator
        self._marks.raised(one, change.t_ns)
        self._pages.keep(one.record(), entry_of("alarm.raise", one, change))

    def _returned(self, change: Change, one: Occurrence) -> None:
        one.returned = self._at(change.t_ns)
        self._marks.still(one, change.t_ns)
        if one.returns_told:
            one.rest_ns = change.t_ns + REST_NS
            self._pages.keep(one.record(), soon=False)
        else:
            self._tell_return(one)

    def _tell_return(self, one: Occurrence) -> None:
        one.rest_ns = 0
        one.returns_told += 1
        change = Change(
            one.key, 0, Happening.RETURNED, one.alarm.state, one.alarm.state, one.worst, one.value
        )
        reason = _GONE if one.vehicle.id == self.vehicle.id and self._is_gone(one) else ""
        self._pages.keep(one.record(), entry_of("alarm.return", one, change, reason=reason))

    def _aside(self, change: Change, one: Occurrence | None) -> None:
        out_of_service = change.happening is Happening.OUT_OF_SERVICE
        if out_of_service and one is not None and self._is_gone(one):
            # It asks to be acknowledged or cleared all the same.
            self._pages.keep(one.record(), entry_of("alarm.out_of_service", one, change))
            self._part()
            one = None
        if out_of_service and one is not None and one.told:
            one.cleared, one.cleared_by = self._at(change.t_ns), "taken out of service"
            self._pages.keep(one.record(), entry_of("alarm.out_of_service", one, change))
            self.occurrences.forget(one.key)
            one = None
        if one is None:
            alarm = self.alarm(change.key)
            if alarm is not None:
                self._begin(change, alarm, told=False)

    def _begin(self, change: Change, alarm: Alarm, *, told: bool) -> Occurrence:
        self._order += 1
        key, t_ns = change.key, change.t_ns
        about, raised = self.about(key), self._at(t_ns)
        one = Occurrence(key, alarm, about, self.vehicle, t_ns, raised, self._order, told=told)
        self.occurrences.begin(one)
        return one

    def _back(self, change: Change, one: Occurrence, by: str) -> None:
        """Come back from the shelf or into service; what is out now is raised next."""
        if change.happening is Happening.UNSHELVED:
            one.shelved_until, one.shelved_by = None, ""
            if not by:
                entry = entry_of("alarm.unshelve", one, change, reason="Its time was over.")
                self._pages.off_the_shelf(one.vehicle.id, one.key, entry)
        if change.after is AlarmState.NORMAL:
            self._over(change, one, "")
        elif not one.told:
            self.occurrences.forget(one.key)
            self._raised(replace(change, before=AlarmState.NORMAL), None)
        else:
            self._pages.keep(one.record())

    def _over(self, change: Change, one: Occurrence, by: str) -> None:
        if one.rest_ns:
            self._tell_return(one)
        one.cleared, one.cleared_by = self._at(change.t_ns), by
        if one.told:
            entry = None
            cleared = change.happening is Happening.CLEARED
            if cleared and not by and change.before is not AlarmState.NORMAL:
                # What it watched is watched no more.
                one.cleared_by = "its limit is gone"
                entry = entry_of("alarm.clear", one, change, reason="Its limit is gone.")
            self._pages.keep(replace(one.record(), state=AlarmState.NORMAL), entry)
        self.occurrences.end(one)

    def _is_gone(self, one: Occurrence) -> bool:
        """Tell whether what it watched is watched no more."""
        limit = one.key.startswith((LIMIT, SIGNAL))
        return limit and self._watch.alarms.get(one.key) is not one.alarm

    def _part(self) -> None:
        """Keep what asks on although its limit is gone as a former one."""
        self.occurrences.part(one for one in self.occurrences.now if self._is_gone(one))

    def _about_signal(self, name: str) -> About:
        key = f"{SIGNAL}{name}"
        fault = next((each.fault for each in self._watch.standing() if each.key == key), None)
        channel, rate_hz = self.asked.get(name, (None, 0.0))
        return about_signal(name, channel, rate_hz, fault or SignalFault.STALE, self.limits)
