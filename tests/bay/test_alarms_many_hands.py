"""Many hands at once: whatever comes between, an act covers only what its person saw."""

import json
import random
import threading
import time

import pytest

from cartech_desk.bay.alarms import Alarms
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmRefused
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
LASTS_S = 2.0


class Hands:
    """A driver whose values flap and rise, vehicles that change, and people who act."""

    def __init__(self, store):
        self.random = random.Random(3)  # noqa: S311 - a test that is to repeat itself
        self.vehicles = ("", *(store.vehicles.by_name(name).id for name in ("First", "Second")))
        self.alarms = Alarms(store)
        self.failed = []
        self.seen = {}
        """The worst level that anybody can have seen of an alarm that was clicked on."""
        self.meant = {}
        """Whose limit was shelved, by the reason that was given."""

    def run(self):
        over = time.monotonic() + LASTS_S

        def again(do):
            def loop():
                try:
                    while time.monotonic() < over:
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
            hand.join(15)
        assert not any(hand.is_alive() for hand in hands)

    def drive(self):
        now_ns = monotonic_ns()
        rpm, boost = self.random.choice((3000, 5500, 8000)), self.random.choice((10, 110, 130))
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
        time.sleep(0.05)

    def click(self):
        for alarm in self.alarms.snapshot().standing:
            act = self.random.choice((self.alarms.acknowledge, self.alarms.clear))
            future = act(alarm.id, CLICKER)
            # Looked at after the click: what it may cover was to be seen by then at the latest.
            now = {each.id: each.worst for each in self.alarms.snapshot().standing}
            level = now.get(alarm.id, Level.TRIP)  # gone meanwhile: nobody knows
            self.seen[alarm.id] = max(self.seen.get(alarm.id, Level.NONE), level)
            self.done(future)
        time.sleep(0.001)

    def shelve(self):
        before = self.alarms.snapshot().vehicle_id
        reason = f"click {len(self.meant)}"
        key = self.random.choice(LIMITS).key
        future = self.alarms.shelve_limit(key, 0.05, reason, SHELVER)
        if self.alarms.snapshot().vehicle_id == before:
            self.meant[reason] = before
        self.done(future)
        time.sleep(0.02)

    def done(self, future):
        error = future.exception(5)
        assert error is None or isinstance(error, (AlarmRefused, NotKept)), error


@pytest.fixture
def audited(store):
    store.limits = ScriptedLimits(*LIMITS)
    hands = Hands(store)
    hands.run()
    assert hands.failed == []
    assert hands.alarms.snapshot().problem == ""
    hands.alarms.stop()
    bodies = store.audit._database.glance("SELECT body FROM audit ORDER BY sequence")
    return hands, [json.loads(body) for (body,) in bodies]


def test_no_act_covers_what_nobody_saw_and_log_and_history_agree(audited, store):
    hands, records = audited
    clicks = [one for one in records if one["actor"]["id"] == CLICKER.id]
    assert {one["action"] for one in clicks} == {"alarm.acknowledge", "alarm.clear"}
    for one in clicks:
        if one["action"] == "alarm.acknowledge":
            assert Level[one["after"]["level"].upper()] <= hands.seen[one["entity"]["id"]]
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
