"""A scriptable bay and a temporary store for the tests of the screen."""

import os
import shutil
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cartech_desk.domain.clock import monotonic_ns

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from cartech_desk.bay.alarm_status import NO_ALARMS
from cartech_desk.bay.status import (
    BaySnapshot,
    CarIdentity,
    ChannelStatus,
    ConnectionStatus,
    EcuIdentity,
    LinkState,
    RecordingStatus,
    Series,
)
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor, Role
from cartech_desk.hardware.adapter import AdapterIdentity, CarLink
from cartech_desk.ui.background import stop_background
from tests.ui.dyno_double import put_dyno_on

CHANNELS = (
    Channel("rpm", "Engine speed", "rpm", 0, 8000, 0, "mode 01 PID 0C"),
    Channel("boost", "Boost", "kPa", -100, 200, 1, "map - barometer", derived=True),
    Channel("temp", "Coolant", "degC", -40, 130, 0, "mode 01 PID 05"),
    Channel("timing", "Ignition timing", "deg", -20, 50, 1, "mode 01 PID 0E"),
    Channel("afr", "Air to fuel", "ratio", 8, 22, 1, "lambda x stoichiometry", derived=True),
    Channel("speed", "Speed", "km/h", 0, 250, 0, "mode 01 PID 0D"),
    Channel("throttle", "Throttle", "percent", 0, 100, 1, "mode 01 PID 11"),
    Channel("map", "Manifold pressure", "kPa", 0, 255, 0, "mode 01 PID 0B"),
    Channel("voltage", "Battery", "V", 8, 16, 1, "mode 01 PID 42"),
)


class ScriptedAlarms:
    """The methods of `bay.alarms`: `now` is the picture that a test sets, `calls` what was asked.

    Acts end at once and well; `refuse` makes the next one end with that error.
    """

    def __init__(self):
        self.now = NO_ALARMS
        self.calls = []
        self.refuse = None

    def snapshot(self):
        return self.now

    def _act(self, name, *words, result=None):
        self.calls.append((name, *words))
        future = Future()
        error, self.refuse = self.refuse, None
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def use_vehicle(self, vehicle_id):
        self.calls.append(("use_vehicle", vehicle_id))

    def limits_changed(self):
        self.calls.append(("limits_changed",))

    def acknowledge(self, alarm_id, by):
        return self._act("acknowledge", alarm_id, by)

    def acknowledge_all(self, by):
        return self._act("acknowledge_all", by, result=len(self.now.standing))

    def clear(self, alarm_id, by, reason=""):
        return self._act("clear", alarm_id, by, reason)

    def shelve(self, alarm_id, seconds, reason, by):
        return self._act("shelve", alarm_id, seconds, reason, by)

    def shelve_limit(self, limit_key, seconds, reason, by):
        return self._act("shelve_limit", limit_key, seconds, reason, by)

    def unshelve(self, alarm_id, by):
        return self._act("unshelve", alarm_id, by)

    def silence(self, seconds=120.0):
        self.calls.append(("silence", seconds))


ADMINISTRATOR = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


class ScriptedPeople:
    """The methods of `office.people` over a list of people; the password of all is "right"."""

    def __init__(self, session):
        self.session = session
        self.everybody = []
        self.calls = []
        self.shop_now = None
        self.refuse = None

    def _told(self, name, *words):
        self.calls.append((name, *words))
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error

    def founded(self):
        return self.shop_now is not None or bool(self.everybody)

    def shop(self):
        return self.shop_now

    def list(self):
        return tuple(self.everybody)

    def quick(self):
        return tuple(person for person in self.everybody if person.has_pin)

    def sign_in(self, email, password):
        self._told("sign_in", email, password)
        person = next(one for one in self.everybody if one.email == email)
        self.session.enter(person.actor)
        return person

    def switch(self, person_id, pin):
        self._told("switch", person_id, pin)
        person = next(one for one in self.everybody if one.id == person_id)
        self.session.enter(person.actor)
        return person

    def sign_out(self):
        self._told("sign_out")
        self.session.leave()

    def lock(self):
        self._told("lock")
        self.session.lock()

    def __getattr__(self, name):
        def act(*words, **named):
            self._told(name, *words, named)
            return self.everybody[0] if self.everybody else None

        return act


class ScriptedAuditBook:
    """The methods of `office.audit` over a list of records and a verdict that a test sets."""

    def __init__(self):
        self.records = []
        self.last_verdict = None
        self.verdict = None
        self.key_problem = ""
        self.calls = []

    def verify(self):
        self.calls.append(("verify",))
        self.last_verdict = self.verdict
        return self.verdict

    def find(self, by, query, *, limit=500, before_sequence=None):
        self.calls.append(("find", by, query))
        found = [
            record
            for record in sorted(self.records, key=lambda record: -record.sequence)
            if before_sequence is None or record.sequence < before_sequence
        ]
        return tuple(found[:limit])

    def actions(self, by):
        return sorted({record.action for record in self.records})

    def actors(self, by):
        return tuple(dict.fromkeys(record.actor for record in self.records))

    def export(self, by, query, path):
        self.calls.append(("export", by, query, path))
        return path


class ScriptedBay:
    """The methods of `Bay` without threads: a test sets the state and ends the Futures.

    `calls` remembers what was asked; `feed(values)` gives every named channel a new reading;
    `link(...)` changes the connection. `connecting`, `starting`, `stopping` are the Futures under
    way. With `instant` (the default) they end at once and well.
    """

    def __init__(self):
        self.calls = []
        self.instant = True
        self.connecting = Future()
        self.starting = Future()
        self.stopping = Future()
        self.connection = ConnectionStatus()
        self.recording = RecordingStatus()
        self.channels = {channel.name: channel for channel in CHANNELS}
        self.rates = {}
        self.values = {}
        self.points = {}
        self.running = False
        self.alarms = ScriptedAlarms()
        put_dyno_on(self)

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def link(self, state, **changes):
        self.connection = replace(self.connection, state=state, since_ns=monotonic_ns(), **changes)

    def connected(self, url="sim:"):
        self.link(
            LinkState.CONNECTED,
            url=url,
            adapter=AdapterIdentity("ELM327", "ELM327 v1.5", ("no ATAL",)),
            link=CarLink("ISO 15765-4 CAN (11 bit, 500 kbit/s)", False, (0x7E8, 0x7E9)),
            car=CarIdentity(
                "WBA00000000000000",
                (
                    EcuIdentity(0x7E8, "ECM", ("37805-5AA-A670",), ("1A2B3C4D",)),
                    EcuIdentity(0x7E9, "TCM", ("28101-5LJ-A53",), ()),
                ),
                (),
            ),
            requests_per_s=41.0,
            last_answer_ns=monotonic_ns(),
            error_code="",
            happened="",
            to_do="",
        )
        return self.connection

    def connect(self, url, *, anew=False):
        self.calls.append(("connect_anew" if anew else "connect", url))
        self.connecting = Future()
        if self.instant:
            self.connecting.set_result(self.connected(url))
        else:
            self.link(LinkState.CONNECTING, url=url, step="opening the port")
        return self.connecting

    def refuse(self, error):
        """Let the connection under way fail with a CarTechError."""
        self.link(
            LinkState.DISCONNECTED,
            error_code=error.code,
            happened=error.happened,
            to_do=error.to_do,
        )
        self.connecting.set_exception(error)

    def disconnect(self):
        self.calls.append(("disconnect",))
        self.connecting.cancel()
        self.connection = ConnectionStatus()
        done = Future()
        done.set_result(None)
        return done

    def available(self):
        return tuple(self.channels.values())

    def watch(self, rates_hz):
        self.calls.append(("watch", dict(rates_hz)))
        self.rates = dict(rates_hz)

    def use_settings(self, settings):
        self.calls.append(("use_settings", settings))

    def use_signals(self, path):
        self.calls.append(("use_signals", path))
        return ()

    def feed(self, values, *, t_ns=None, invalid=()):
        """One new reading for each name in `values` (and an invalid one for each in `invalid`)."""
        now = monotonic_ns() if t_ns is None else t_ns
        for name, value in {**values, **dict.fromkeys(invalid, float("nan"))}.items():
            self.values[name] = (now, value)
            self.points.setdefault(name, []).append((now, value))

    def use_operator(self, operator):
        self.calls.append(("use_operator", operator))

    def snapshot(self):
        now = monotonic_ns()
        channels = {}
        for name, rate in self.rates.items():
            if name not in self.channels:
                continue
            t_ns, value = self.values.get(name, (None, float("nan")))
            age = float("inf") if t_ns is None else (now - t_ns) / 1e9
            stale = t_ns is not None and age > 2.0
            channels[name] = ChannelStatus(
                channel=self.channels[name],
                asked_hz=rate,
                achieved_hz=rate * 0.98,
                value=float("nan") if stale else value,
                age_s=age,
                stale=stale,
                invalid=t_ns is not None and bool(np.isnan(value)),
            )
        return BaySnapshot(
            now,
            self.connection,
            channels,
            self.recording,
            alarms=self.alarms.now,
            dyno=self.dyno.snapshot(now),
        )

    def series(self, name, seconds):
        points = self.points.get(name, [])
        least = monotonic_ns() - int(seconds * 1e9)
        kept = [(t, value) for t, value in points if t >= least]
        return Series(
            np.array([t for t, _ in kept], dtype=np.int64),
            np.array([value for _, value in kept], dtype=np.float64),
        )

    def set_limit_hook(self, hook):
        self.calls.append(("set_limit_hook", hook))

    def start_recording(self, vehicle_id, note=""):
        self.calls.append(("start_recording", vehicle_id, note))
        self.starting = Future()
        if self.instant:
            self.recording = RecordingStatus("rec-1", monotonic_ns())
            self.starting.set_result("rec-1")
        return self.starting

    def stop_recording(self):
        self.calls.append(("stop_recording",))
        self.stopping = Future()
        if self.instant:
            ended, self.recording = self.recording, RecordingStatus()
            self.stopping.set_result(ended.id)
        return self.stopping

    def mark(self, note=""):
        self.calls.append(("mark", note))
        self.recording = replace(self.recording, marks=self.recording.marks + 1)


LEFT_S = 10.0
"""How long threads of a test may take to end once it is over."""


def ended(threads):
    """Wait for these threads; returns the names of those that live on."""
    deadline = time.monotonic() + LEFT_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in threads if thread.is_alive()]


def end_background():
    """Let the screen's background end, while what it works with is still open."""
    stop_background()
    ended([one for one in threading.enumerate() if one.name.startswith("screen")])


@pytest.fixture(autouse=True)
def no_thread_left():
    """No test of the screen leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    end_background()
    assert not ended([one for one in threading.enumerate() if one not in before])


@pytest.fixture
def bay():
    return ScriptedBay()


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory):
    """Return the folder of a store with nothing in it, made once: a copy needs no migration."""
    from cartech_desk.store.store import Store

    folder = tmp_path_factory.mktemp("empty") / "desk"
    folder.mkdir()
    Store(folder).close()
    return folder


@pytest.fixture
def store(tmp_path, empty_desk):
    from cartech_desk.store.store import Store

    shutil.copytree(empty_desk, tmp_path / "desk")
    made = Store(tmp_path / "desk")
    yield made
    end_background()
    made.close()


@pytest.fixture
def settings(tmp_path):
    from cartech_desk.app.settings import SettingsFile

    return SettingsFile(tmp_path / "settings.toml")


@pytest.fixture
def office(store):
    """An office with an administrator at the desk; its counter's rooms are real."""
    from cartech_desk.office.office import Office
    from cartech_desk.office.people import Person, Standing
    from cartech_desk.office.session import Session

    session = Session()
    session.enter(ADMINISTRATOR)
    people = ScriptedPeople(session)
    people.everybody = [
        Person(
            actor.id,
            f"{actor.id}@shop.example",
            actor.name,
            "",
            actor.role,
            Standing.ACTIVE,
            datetime(2026, 1, 5, 8, 0, tzinfo=UTC),
            has_pin=True,
        )
        for actor in (ADMINISTRATOR, TECHNICIAN)
    ]
    return Office(session, people, ScriptedAuditBook(), store)


@pytest.fixture
def desk(bay, office, store, settings, tmp_path):
    from cartech_desk.ui.desk import DeskParts

    store.dyno = bay.book  # what the scripted bench and runs keep is what the store reads
    return DeskParts(bay, office, store, settings, Path(tmp_path), demo=False)


@pytest.fixture
def acts(desk, qapp):
    from cartech_desk.ui.acts import Acts

    made = Acts(desk)
    told = SimpleNamespace(toasts=[], refused=[], pages=[])
    made.toast.connect(lambda words, undo: told.toasts.append((words, undo)))
    made.refused.connect(told.refused.append)
    made.page_wanted.connect(lambda key, what: told.pages.append((key, what)))
    made.told = told
    return made


@pytest.fixture
def trouble():
    """Make a CarTechError of any code, as a driver would raise it."""

    def make(happened, to_do, code="hardware"):
        kind = type("Trouble", (CarTechError,), {"code": code})
        return kind(happened, to_do=to_do)

    return make


@pytest.fixture
def standing_alarm():
    """Make a standing alarm: an unacknowledged trip of a hot coolant, unless told otherwise."""
    from datetime import timedelta

    from cartech_desk.bay.alarm_status import StandingAlarm
    from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
    from cartech_desk.domain.alarms.state import AlarmState

    def make(alarm_id="a1", state=AlarmState.ACTIVE_UNACKNOWLEDGED, **changes):
        ago_s = changes.pop("ago_s", 12.0)
        words = {
            "key": f"limit:{alarm_id}",
            "level": Level.TRIP,
            "worst": Level.TRIP,
            "priority": Priority.HIGH,
            "label": "Coolant",
            "to_do": "Lift off and let the engine idle.",
            "action": Action.STOP_RUN,
            "channel": "temp",
            "unit": "degC",
            "vehicle_id": "v1",
            "vehicle_name": "Blue Civic",
            "raised_ns": monotonic_ns() - round(ago_s * 1e9),
            "raised": datetime.now(UTC) - timedelta(seconds=ago_s),
            "value": 117.0,
            "worst_value": 119.0,
            "edge": 115.0,
            "comparison": Comparison.ABOVE,
            "limit": Limit("temp_high", "temp", Comparison.ABOVE, 108.0, 115.0),
        }
        return StandingAlarm(id=alarm_id, state=state, **{**words, **changes})

    return make


@pytest.fixture
def counter(office):
    """A small shop, entered through the office: see `tests.ui.counter`."""
    from tests.ui.counter import open_counter

    return open_counter(office)


@pytest.fixture
def show_page(desk, acts, qtbot):
    """Make a page of this class and show it in the size of a small window."""

    def act(page_class):
        made = page_class(desk, acts)
        qtbot.addWidget(made)
        made.resize(1294, 692)
        made.show()
        return made

    return act


@pytest.fixture
def settle(page, qtbot):
    """Wait until the `page` of the test has read and done everything."""

    def act():
        qtbot.waitUntil(lambda: not page.busy)

    return act


@pytest.fixture
def send(page, qtbot, settle):
    """Type into the form of the `page` by the names of its lines, and send it; returns the form."""

    def act(**typed):
        qtbot.waitUntil(lambda: page.form is not None)
        form = page.form
        for name, words in typed.items():
            form.lines[name].setText(words)
        form.submit()
        qtbot.waitUntil(lambda: page.form is not form or form.take.isEnabled())
        settle()
        return form

    return act
