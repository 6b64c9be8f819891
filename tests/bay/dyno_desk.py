"""A dyno that delivers what a test says, and a bay with it on its bench."""

import queue
import threading
import time

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.dyno import DynoSettings, SessionWish, Triggers
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import Conditions, RunSetup, TestType
from cartech_desk.domain.people import Actor
from cartech_desk.domain.people import Role as Rank
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
)
from cartech_desk.hardware.dyno.sources import kind_of

DRIVER = Actor("0192-t", "Tom Technician", Rank.TECHNICIAN)
URL = "jetdrive://127.0.0.1:22344"
WIDEBAND = "innovate:/dev/ttyUSB9"
WEATHER = "link:weather@/dev/ttyUSB8"

DYNO = (
    (Role.SPEED, "speed", "Speed", "km/h"),
    (Role.RPM, "rpm", "Engine speed", "rpm"),
    (Role.POWER, "power", "Power", "kW"),
    (Role.THROTTLE, "throttle", "Throttle", "percent"),
    (Role.TEMPERATURE, "temperature", "Temperature", "degC"),
    (Role.PRESSURE, "pressure", "Pressure", "kPa"),
    (Role.HUMIDITY, "humidity", "Humidity", "percent"),
)
LAMBDA = ((Role.LAMBDA, "lambda", "Lambda", "ratio"),)
RATE_HZ = 50.0


class ScriptedSource(DynoSource):
    """A source whose readings a test says; `say` from any thread."""

    def __init__(self, url, alias, channels=DYNO, tier=Tier.DOCUMENTED):
        self.url, self.alias = url, alias
        self.said = queue.SimpleQueue()
        self.open_error = self.read_error = None
        self.opened = self.closed = 0
        self.tier = tier
        self.words = ""
        self._channels = tuple(
            SourceChannel(
                Channel(f"{alias}_{slug}", label, unit, 0.0, 1000.0, source=url), role, RATE_HZ
            )
            for role, slug, label, unit in channels
        )
        self._interrupted = threading.Event()

    def open(self):
        self.opened += 1
        if self.open_error is not None:
            raise self.open_error

    def read(self, timeout_s):
        if self.read_error is not None:
            raise self.read_error
        try:
            batch = list(self.said.get(timeout=timeout_s))
            while not self.said.empty():
                batch += self.said.get()
        except queue.Empty:
            return ()
        return batch

    def say(self, t_ns=None, quality=Quality.GOOD, **values):
        t_ns = monotonic_ns() if t_ns is None else t_ns
        self.said.put(
            [Reading(f"{self.alias}_{name}", t_ns, one, quality) for name, one in values.items()]
        )
        return t_ns

    def close(self):
        self.closed += 1

    def interrupt(self):
        self._interrupted.set()

    @property
    def channels(self):
        return self._channels

    def grow(self, role, slug, label, unit):
        added = Channel(f"{self.alias}_{slug}", label, unit, 0.0, 1000.0)
        self._channels = (*self._channels, SourceChannel(added, role, RATE_HZ))

    @property
    def identity(self):
        return SourceIdentity(
            kind_of(self.url), "Dynojet", f"scripted {self.alias}", "JETDRIVE", self.tier
        )

    @property
    def health(self):
        return SourceHealth(words=self.words)

    @property
    def capabilities(self):
        return tuple(one.role for one in self._channels if one.role is not None)


class Benches:
    """Makes scripted sources for a bay, and remembers them by alias."""

    def __init__(self):
        self.made = {}
        self.channels = {}
        self.prepare = lambda _: None

    def __call__(self, url, alias):
        source = ScriptedSource(url, alias, self.channels.get(alias, DYNO))
        self.prepare(source)
        self.made.setdefault(alias, []).append(source)
        return source

    def __getitem__(self, alias):
        return self.made[alias][-1]


def make_bay(store, car=None, benches=None, **triggers):
    """A bay with scripted sources that is not started yet, and what makes these."""
    benches = Benches() if benches is None else benches
    triggers = {"tail_s": 0.2, "silence_s": 1.6, **triggers}
    settings = BaySettings(
        max_requests_per_s=500, dyno=DynoSettings(triggers=Triggers(**triggers), altitude_m=200.0)
    )
    more = {} if car is None else {"adapters": car.adapter}
    return Bay(store, settings, sources=benches, **more), benches


def wish(store, **facts):
    setup = {
        "conditions": Conditions(20.0, 98.0, 40.0, "typed"),
        **facts.pop("setup", {}),
    }
    vehicle = store.vehicles.by_name(facts.pop("vehicle", "Blue Civic")).id
    test_type = facts.get("test_type", TestType.POWER_PULL)
    return SessionWish(vehicle, setup=RunSetup(test_type=test_type, **setup), **facts)


class Rollers(threading.Thread):
    """Delivers speed, rpm and power of a car on the rollers 50 times a second until stopped.

    `accelerate` in km/h a second may be changed at any moment.
    """

    def __init__(self, source, speed=20.0):
        super().__init__(daemon=True)
        self.source = source
        self.speed = speed
        self.accelerate = 0.0
        self.throttle = 5.0
        self.quiet = threading.Event()
        self._over = threading.Event()

    def run(self):
        before = time.monotonic()
        while not self._over.wait(1 / RATE_HZ):
            now = time.monotonic()
            self.speed = max(0.0, self.speed + self.accelerate * (now - before))
            before = now
            if self.quiet.is_set():
                continue
            force = 10.0 * max(0.0, self.accelerate)
            self.source.say(
                speed=self.speed,
                rpm=50.0 * self.speed,
                power=force * self.speed / 30.0,
                throttle=self.throttle,
                temperature=21.0,
                pressure=97.5,
                humidity=35.0,
            )

    def pull(self, kmh_s=60.0):
        self.throttle, self.accelerate = 100.0, kmh_s

    def lift(self, kmh_s=-40.0):
        self.throttle, self.accelerate = 2.0, kmh_s

    def stop(self):
        self._over.set()
        self.join(2)
