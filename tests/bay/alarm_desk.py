"""Alarms around a scripted car: limits, readings, both clocks and the link as a test says."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cartech_desk.bay.alarm_surroundings import Clocks, Surroundings
from cartech_desk.bay.alarms import Alarms
from cartech_desk.bay.status import ConnectionStatus, LinkState, RecordingStatus
from cartech_desk.domain.alarms.limit import Comparison, Limit, Priority
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.people import Actor, Role

TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
MANAGER = Actor("0192-m", "Mia Manager", Role.MANAGER)
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
BOOST = Channel("boost", "Boost", "kPa", -100, 200)
TEMP = Channel("temp", "Coolant", "degC", -40, 130)

OVER_REV = Limit(
    "rpm_high",
    "rpm",
    Comparison.ABOVE,
    warning=6000,
    trip=7000,
    deadband=100,
    priority=Priority.HIGH,
    label="Over-rev",
    to_do="Lift off.",
    rate_hz=10.0,
)
HOT = Limit("temp_high", "temp", Comparison.ABOVE, warning=105, trip=115, label="Coolant hot")
OVER_BOOST = Limit(
    "boost_high", "boost", Comparison.ABOVE, trip=120, latch=True, label="Over-boost"
)
S = 1_000_000_000


class ScriptedLimits:
    """The limits in force by vehicle; `refuse` is raised where they are read."""

    def __init__(self, *limits):
        self.by_vehicle = {"": limits}
        self.refuse = None

    def in_force(self, vehicle_id):
        if self.refuse is not None:
            raise self.refuse
        return self.by_vehicle.get(vehicle_id, self.by_vehicle[""])

    def state(self, vehicle_id):
        return (self.in_force(vehicle_id),)

    def profile_of(self, vehicle_id):
        return "turbo_petrol" if vehicle_id else ""


class ScriptedSpeaker:
    def __init__(self):
        self.problem = ""
        self.level = None
        self.levels = []
        self.running = False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def sound(self, level):
        if level is not self.level:
            self.level = level
            self.levels.append(level)


class AlarmDesk:
    """Alarms whose time stands still unless a test moves it; no thread ticks by itself."""

    def __init__(self, store, *limits, wall=None, ns=None, speaker=None):
        self.store = store
        self.ns = 1_000 * S if ns is None else ns
        self.wall = wall or datetime(2100, 3, 1, 12, 0, tzinfo=UTC)  # behind what is audited
        self.status = ConnectionStatus(LinkState.CONNECTED, "sim:")
        self.connection = object()
        self.recording = RecordingStatus()
        self.failures = {}
        self.polled = []
        self.marks = {}
        self.speaker = speaker or ScriptedSpeaker()
        store.limits = self.limits = ScriptedLimits(*limits)
        self.alarms = Alarms(
            store,
            Surroundings(
                link=lambda _: self.status,
                connection=lambda: self.connection,
                recording=lambda: self.recording,
                problems=lambda: self.failures,
                poll=self.polled.append,
                mark=self._mark,
                extend=self._extend,
            ),
            speaker=self.speaker,
            clocks=Clocks(lambda: self.ns, lambda: self.wall),
        )
        self.alarms._work = lambda: None
        self.alarms.start()

    def _mark(self, name, t0_ns, t1_ns, note):
        assert name not in self.marks
        self.marks[name] = (t0_ns, t1_ns, note)

    def _extend(self, name, t1_ns):
        self.marks[name] = (self.marks[name][0], t1_ns, self.marks[name][2])

    def watch(self, *channels, vehicle="", rate_hz=10.0):
        """Put the limits of a vehicle in force and ask for these channels."""
        self.alarms.use_vehicle(vehicle)
        self.settle()
        self.alarms.expect(dict.fromkeys(channels, rate_hz))
        self.tick()

    def settle(self):
        """Wait until the keeper has done what was asked of it so far."""
        self.alarms._keeper.ask(lambda: None, after_pages=False).result(5)

    @contextmanager
    def held(self):
        """Hold the keeper up for as long as a block lasts."""
        go_on = threading.Event()
        self.alarms._keeper.ask(lambda: go_on.wait(5), after_pages=False)
        try:
            yield
        finally:
            go_on.set()

    def kept(self):
        """Wait until all that happened is kept; return the history, the oldest first."""
        self.alarms._keeper.ask(lambda: None).result(5)
        return self.store.alarms.find(oldest_first=True)

    def audit(self):
        self.alarms._keeper.ask(lambda: None).result(5)
        rows = self.store.audit._database.glance("SELECT action FROM audit ORDER BY sequence")
        return [action for (action,) in rows]

    def take(self, quality=Quality.GOOD, **values):
        self.alarms.take([Reading(name, self.ns, value, quality) for name, value in values.items()])

    def tick(self):
        self.alarms.tick()

    def later(self, seconds, wall=None, **values):
        """Let time go by in steps of a tenth, with these readings, and tick."""
        steps = max(1, round(seconds * 10)) if seconds < 100 else 1
        for _ in range(steps):
            self.ns += round(seconds / steps * S)
            self.wall += timedelta(seconds=seconds / steps)
            if values:
                self.take(**values)
            self.tick()

    def link(self, state, **facts):
        self.status = replace(self.status, state=state, **facts)

    @property
    def now(self):
        return self.alarms.snapshot()

    def one(self):
        (alarm,) = self.now.standing
        return alarm

    def stop(self):
        self.alarms.stop()


def wait(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
    return found
