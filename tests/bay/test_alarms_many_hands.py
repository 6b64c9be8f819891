"""Many hands at once: whatever comes between, an act covers only what its person saw."""

import itertools
import json
import random
import threading
import time

import pytest

from cartech_desk.bay.alarms import Alarms
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.errors import NotKept
from tests.bay.alarm_desk import ScriptedLimits

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
BOOST = Channel("boost", "Boost", "kPa", -100, 200)
LIMITS = (
    Limit("rpm_high", "rpm", Comparison.ABOVE, warning=5000, trip=7000),
    Limit("boost_high", "boost", Comparison.ABOVE, warning=100, trip=120, latch=True),
)
CLICKER = Actor("0192-c", "Cleo Clicker", Role.TECHNICIAN)
SHELVER = Actor("0192-s", "Sven Shelver", Role.TECHNICIAN)
LASTS_S, AT_MOST_S = 3.0, 60.0
"""How long they act; on a busy machine longer, until what is looked at has happened."""


class Hands:
    """A driver whose values flap and rise, vehicles that change, and people who act."""

    def __init__(self, store):
        self.random = random.Random(3)  # noqa: S311 - a test that is to repeat itself
        self.vehicles = ("", *(store.vehicles.by_name(name).id for name in ("First", "Second")))
        self.glance = store.audit._database.glance
        self.acted = store.alarms.acted
        store.alarms.acted = self.slowly
        self.alarms = Alarms(store)
        self.failed = []
        self.clicks = []
        """The worst level that can have been seen at each click, and the one that it covered."""
        self.numbers = itertools.count()
        self.meant = {}
        """Whose limit was shelved, by the reason that was given."""
        self.shelved = 0
        """How many of these were kept."""

    def run(self):
        began = time.monotonic()

        def acting():
            lasted_s = time.monotonic() - began
            enough = self.clicks and self.shelved
            return lasted_s < (LASTS_S if enough or self.failed else AT_MOST_S)

        def again(do):
            def loop():
                try:
                    while acting():
                        do()
                except Exception as error:
                    self.failed.append(error)

            return threading.Thread(target=loop)

        self.alarms.start()
        self.alarms.use_vehicle("")
        hands = [
            again(each)
            for each in (self.drive, self.tick, self.expect, self.change, self.click, self.shelve)
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join(AT_MOST_S + 15)
        assert not any(hand.is_alive() for hand in hands)

    def drive(self):
        now_ns = monotonic_ns()
        often = (15, 15, 1)
        (rpm,) = self.random.choices((3000, 5500, 8000), often)
        (boost,) = self.random.choices((10, 110, 130), often)
        self.alarms.take([Reading("rpm", now_ns, rpm), Reading("boost", now_ns, boost)])
        time.sleep(0.002)

    def tick(self):
        self.alarms.tick()
        time.sleep(0.005)

    def expect(self):
        self.alarms.expect({RPM: 100.0, BOOST: 100.0} if self.random.random() < 0.8 else {RPM: 50})
        time.sleep(0.03)

    def change(self):
        self.alarms.use_vehicle(self.random.choice(self.vehicles))
        self.alarms.limits_changed()
        time.sleep(0.15)

    def click(self):
        for alarm in self.alarms.snapshot().standing:
            clears = alarm.state is AlarmState.LATCHED
            act = self.alarms.clear if clears else self.alarms.acknowledge
            future = act(alarm.id, CLICKER)
            # Looked at after the click: what it may cover was to be seen by then at the latest.
            now = {each.id: each.worst for each in self.alarms.snapshot().standing}
            level = now.get(alarm.id, Level.TRIP)  # gone meanwhile: nobody knows
            if self.done(future) and not clears:
                self.clicks.append((level, self.last_acknowledged()))
        time.sleep(0.001)

    def shelve(self):
        before = self.alarms.snapshot().vehicle_id
        reason = f"click {next(self.numbers)}"
        key = self.random.choice(LIMITS).key
        future = self.alarms.shelve_limit(key, 0.05, reason, SHELVER)
        told = self.alarms.snapshot().vehicle_id == before
        if told:
            self.meant[reason] = before
        if self.done(future) and told:
            self.shelved += 1
        time.sleep(0.02)

    def slowly(self, *words, **named):
        """Write as a slow disk does: much happens between a click, its write and its end."""
        time.sleep(0.01)
        self.acted(*words, **named)
        time.sleep(0.01)

    def done(self, future):
        error = future.exception(5)
        assert error is None or isinstance(error, (AlarmRefused, NotKept)), error
        return error is None

    def last_acknowledged(self):
        ((level,),) = self.glance(
            "SELECT json_extract(body, '$.after.level') FROM audit "
            "WHERE actor = ? ORDER BY sequence DESC LIMIT 1",
            (CLICKER.id,),
        )
        return Level[level.upper()]


class SlowLimits(ScriptedLimits):
    def in_force(self, vehicle_id):
        time.sleep(0.03)
        return super().in_force(vehicle_id)


@pytest.fixture
def audited(store):
    store.limits = SlowLimits(*LIMITS)
    hands = Hands(store)
    hands.run()
    assert hands.failed == []
    assert hands.alarms.snapshot().problem == ""
    hands.alarms.stop()
    bodies = hands.glance("SELECT body FROM audit ORDER BY sequence")
    return hands, [json.loads(body) for (body,) in bodies]


def test_no_act_covers_what_nobody_saw_and_log_and_history_agree(audited, store):
    hands, records = audited
    assert "alarm.acknowledge" in {one["action"] for one in records}
    assert hands.clicks
    assert all(covered <= seen for seen, covered in hands.clicks)
    shelved = {
        one["reason"]: one["entity"]["vehicle"]
        for one in records
        if one["action"] == "alarm.shelve"
    }
    compared = [reason for reason in shelved if reason in hands.meant]
    assert compared
    assert all(shelved[reason] == hands.meant[reason] for reason in compared)
    # What the log says of each alarm in the end is what its row says.
    last = {}
    for one in records:
        if one["action"] in ("alarm.raise", "alarm.escalate", "alarm.acknowledge"):
            last[one["entity"]["id"]] = one["action"]
    rows = store.alarms.find(limit=-1)
    assert rows
    for row in rows:
        assert (last[row.id] == "alarm.acknowledge") == (row.acknowledged is not None), row
