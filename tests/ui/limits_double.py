"""A scriptable `bay.limits.Limits` for the tests of the screen."""

from dataclasses import replace

import numpy as np

from cartech_desk.bay.limits import LimitRow, LimitSheet, Origin, Owner, OwnerKind
from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority, check_limit
from cartech_desk.domain.alarms.profiles import Profile
from cartech_desk.domain.alarms.trial import Occurrence, Trial
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.people import Act, require

CHANNELS = {
    channel.name: channel
    for channel in (
        Channel("rpm", "Engine speed", "rpm", 0, 8000, 0),
        Channel("boost", "Boost", "kPa", -100, 200, 1),
        Channel("temp", "Coolant", "degC", -40, 130, 0),
        Channel("iat", "Intake air", "degC", -40, 130, 0),
        Channel("afr", "Air to fuel", "ratio", 8, 22, 1),
        Channel("map", "Manifold pressure", "kPa", 0, 255, 0),
        Channel("oil_pressure", "Oil pressure", "kPa", 0, 1000, 0),
    )
}
BOOST = Limit(
    "boost_high",
    "boost",
    Comparison.ABOVE,
    warning=130.0,
    trip=145.0,
    deadband=5.0,
    trip_delay_s=0.5,
    gate="rpm > 2000",
    priority=Priority.HIGH,
    action=Action.STOP_RUN,
    label="Boost high",
    to_do="Lift off and check the wastegate.",
)
HOT = Limit(
    "coolant_high",
    "temp",
    Comparison.ABOVE,
    warning=105.0,
    trip=112.0,
    deadband=3.0,
    warning_delay_s=3.0,
    off_delay_s=2.0,
    latch=True,
    label="Coolant hot",
)
OIL = Limit(
    "oil_pressure_low",
    "oil_pressure",
    Comparison.BELOW,
    warning=150.0,
    trip=110.0,
    priority=Priority.CRITICAL,
    label="Oil pressure low",
)
PROFILES = (
    Profile("any", "Every vehicle", "Holds for every car, whatever its engine.", (HOT, OIL)),
    Profile("turbo_petrol", "Turbo petrol", "For petrol engines with a turbo.", (BOOST,)),
    Profile("diesel", "Diesel", "For diesel engines.", ()),
)


class ScriptedLimits:
    """The methods of `Limits` over dictionaries.

    `calls` is what was asked, `refuse` what the next act is refused with, `check_refuses` a check.
    `occurrences` is what a trial finds, `notes` what a check says.
    """

    def __init__(self, store=None, bay=None):
        self.calls = []
        self.refuse = None
        self.check_refuses = None
        self.notes = ()
        self.own = {}
        self.profile_of = {}
        self.names = {}
        self.occurrences = (
            Occurrence(Level.WARNING, 1_000_000_000, 2_000_000_000, None, 138.0, 8.0),
            Occurrence(Level.TRIP, 5_200_000_000, 7_000_000_000, 5_900_000_000, 152.0, 22.0),
        )
        self.file = (BOOST,)

    def _told(self, name, *words, by=None):
        self.calls.append((name, *words))
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error
        if by is not None:
            require(by, Act.EDIT_LIMITS)

    def profiles(self):
        return PROFILES

    def sheet(self, owner):
        if owner.kind is OwnerKind.PROFILE:
            sources = [next(one for one in PROFILES if one.name == owner.id)]
            name = sources[0].label
        else:
            wanted = ("any", self.profile_of.get(owner.id, ""))
            sources = [one for one in PROFILES if one.name in wanted]
            name = self.names.get(owner.id, "Blue Civic")
        rows = {}
        for profile in sources:
            for limit in profile.limits:
                rows[limit.key] = LimitRow(
                    limit, Origin.SHIPPED, profile.name, own=False, below=None, unit=unit(limit)
                )
        origin = Origin.VEHICLE if owner.kind is OwnerKind.VEHICLE else Origin.SHOP
        for key, limit in self.own.get(owner, {}).items():
            below = rows[key].limit if key in rows else None
            rows[key] = LimitRow(limit, origin, "", own=True, below=below, unit=unit(limit))
        profile = self.profile_of.get(owner.id, "")
        return LimitSheet(owner, name, profile, tuple(rows.values()))

    def channels(self, owner):
        return CHANNELS

    def check(self, owner, limit):
        self.calls.append(("check", owner, limit))
        if self.check_refuses is not None:
            raise self.check_refuses
        return self.notes

    def trial(self, limit, recording_id, first_ns=None, last_ns=None):
        self._told("trial", limit, recording_id)
        return Trial(self.occurrences, 0, 20_000_000_000, 200, 0, 20)

    def set(self, owner, limit, by, *, anyway=False, reason=""):
        self._told("set", owner, limit, anyway, by=by)
        check_limit(limit, CHANNELS)
        self.own.setdefault(owner, {})[limit.key] = limit
        return ()

    def put_out_of_service(self, owner, key, by, reason):
        self._told("put_out_of_service", owner, key, reason, by=by)
        limit = self.sheet(owner).row(key).limit
        self.own.setdefault(owner, {})[key] = replace(limit, in_service=False)

    def put_in_service(self, owner, key, by, reason=""):
        self._told("put_in_service", owner, key, by=by)
        limit = self.sheet(owner).row(key).limit
        self.own.setdefault(owner, {})[key] = replace(limit, in_service=True)

    def remove(self, owner, key, by, reason=""):
        self._told("remove", owner, key, by=by)
        del self.own[owner][key]

    def set_profile(self, vehicle_id, profile, by):
        self._told("set_profile", vehicle_id, profile, by=by)
        self.profile_of[vehicle_id] = profile

    def export(self, owner, path, by):
        self._told("export", owner, path)
        return path


def unit(limit):
    channel = CHANNELS.get(limit.watches)
    return channel.unit if channel is not None else limit.unit


def record_drive(store, vehicle_id, seconds=20, channels=("rpm", "boost"), note=""):
    """Keep a recording in which boost rises and falls; returns its id."""
    from cartech_desk.domain.clock import monotonic_ns
    from cartech_desk.store.recordings import Columns

    anchor = monotonic_ns()
    writer = store.recordings.begin(
        vehicle_id, [CHANNELS[name] for name in channels], anchor_ns=anchor, note=note
    )
    count = seconds * 10
    t_ns = anchor + np.arange(count, dtype=np.int64) * 100_000_000
    wave = np.sin(np.arange(count) / 18.0)
    values = {
        "rpm": 3500 + 2500 * wave,
        "boost": 70 + 90 * wave,
        "iat": 40 + 8 * wave,
        "temp": 92 + wave,
    }
    writer.write(
        {name: Columns(t_ns, values[name], np.zeros(count, np.uint8)) for name in channels}
    )
    return writer.close().id


def owner_of(vehicle):
    return Owner.vehicle(vehicle.id)
