"""Acts on limits: rights, refusals, trials, files."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.bay.limits import (
    ChannelUnknown,
    ImportDoubtful,
    LimitFileRefused,
    Limits,
    Origin,
    Owner,
    ReasonMissing,
)
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.alarms.limit import Comparison, Limit, LimitRefused
from cartech_desk.domain.alarms.profiles import profiles
from cartech_desk.domain.alarms.trial import TrialRefused
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import NOBODY, Actor, NotSignedIn, RightMissing, Role
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.domain.sources import OwnChannel
from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

ADA = Actor("a", "Ada Administrator", Role.ADMINISTRATOR)
TOM = Actor("t", "Tom Technician", Role.TECHNICIAN)
ABOVE = Comparison.ABOVE
RPM = Limit("rpm_high", "rpm", ABOVE, 6000.0, 6500.0, deadband=50)
STRANGE = Limit("vibration", "vibration", ABOVE, 3.0)


class OneBay:
    """What limits ask of a bay, with a car that delivers engine speed and boost."""

    def __init__(self, vehicle_id):
        self.changed = 0
        self.alarms = self
        self.settings = SimpleNamespace(own=(OwnChannel("vib", "rpm / 2", "Vibration", "none"),))
        self.told = AlarmsSnapshot(vehicle_id=vehicle_id, armed=3)
        self.state = LinkState.CONNECTED

    def limits_changed(self):
        self.changed += 1

    def snapshot(self):
        return SimpleNamespace(connection=SimpleNamespace(state=self.state), alarms=self.told)

    def available(self):
        return (
            Channel("rpm", "Engine speed", "rpm", 0, 8000),
            Channel("boost", "Boost", "kPa", -100, 200),
        )


@pytest.fixture
def store(tmp_path):
    (tmp_path / "desk").mkdir()
    made = Store(tmp_path / "desk")
    yield made
    made.close()


@pytest.fixture
def car(store):
    vehicle = store.vehicles.by_name("The car").id
    store.limits.set_profile(vehicle, "turbo_petrol", ADA)
    return Owner.vehicle(vehicle)


@pytest.fixture
def bay(car):
    return OneBay(car.id)


@pytest.fixture
def limits(store, bay):
    return Limits(store, bay)


def records(store):
    return store.audit.find(Query())


# Sheets


def test_a_sheet_says_where_each_limit_comes_from(limits, store, car):
    store.limits.put("profile", "any", [replace(RPM, key="idle", watches="temp")], ADA)
    limits.set(car, RPM, ADA)
    sheet = limits.sheet(car)
    assert (sheet.name, sheet.profile) == ("The car", "turbo_petrol")
    own, shop, shipped = sheet.row("rpm_high"), sheet.row("idle"), sheet.row("coolant_high")
    assert (own.origin, own.own, own.profile, own.unit) == (Origin.VEHICLE, True, "", "rpm")
    assert own.below == next(
        one for one in profiles()["turbo_petrol"].limits if one.key == "rpm_high"
    )
    assert (shop.origin, shop.own, shop.profile, shop.below) == (Origin.SHOP, False, "any", None)
    assert (shipped.origin, shipped.own, shipped.unit) == (Origin.SHIPPED, False, "degC")
    assert sheet.limits == tuple(store.limits.in_force(car.id))
    profile = limits.sheet(Owner.profile("any"))
    assert profile.row("idle").own
    assert not profile.row("coolant_high").own


def test_a_sheet_says_what_cannot_be_watched(limits, bay, car):
    oil = limits.sheet(car).row("oil_pressure_low").limit
    bay.told = replace(bay.told, unwatched=(Unwatched(oil, "This car does not tell it."),))
    assert limits.sheet(car).row("oil_pressure_low").not_watched == "This car does not tell it."
    assert limits.sheet(Owner.vehicle("")).row("oil_pressure_low").not_watched == ""


def test_a_damaged_limit_stands_in_the_sheet(limits, store, car):
    limits.set(car, RPM, ADA)
    with store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE safety_limit SET body = '{'")
    row = limits.sheet(car).row("rpm_high")
    assert row.damaged
    assert "damaged" in row.not_watched
    with pytest.raises(LimitRefused):
        limits.put_in_service(car, "rpm_high", ADA)
    with pytest.raises(ExportRefused, match="damaged"):
        limits.export(car, store.folder / "limits.json", ADA)
    limits.set(car, RPM, ADA)
    assert not limits.sheet(car).row("rpm_high").damaged


def test_a_sheet_of_nobody_is_refused(limits):
    for owner in (Owner.vehicle("no such id"), Owner.profile("steam")):
        with pytest.raises(CarTechError):
            limits.sheet(owner)
    assert limits.sheet(Owner.vehicle("")).name == "Any car"


# Setting


def test_a_change_needs_the_right_and_tells_the_alarms(limits, bay, store, car):
    for who, error in ((TOM, RightMissing), (NOBODY, NotSignedIn)):
        for act in (
            lambda who=who: limits.set(car, RPM, who),
            lambda who=who: limits.remove(car, "rpm_high", who),
            lambda who=who: limits.put_out_of_service(car, "rpm_high", who, "because"),
            lambda who=who: limits.put_in_service(car, "rpm_high", who),
            lambda who=who: limits.set_profile(car.id, "diesel", who),
            lambda who=who: limits.set_simple(car.id, {"rpm": 6000}, who),
            lambda who=who: limits.import_file(car, store.folder / "x.json", who),
        ):
            with pytest.raises(error):
                act()
    assert bay.changed == 0
    assert len(records(store)) == 1
    limits.set(car, RPM, ADA, reason="  run in \n gently ")
    assert bay.changed == 1
    assert records(store)[0].reason == "run in gently"


def test_a_reason_that_cannot_be_shown_sets_nothing(limits, bay, store, car):
    for reason in ("x\x1b[1A", "x" * 501):
        with pytest.raises(TextRefused):
            limits.set(car, RPM, ADA, reason=reason)
    assert bay.changed == 0


def test_a_channel_that_nobody_knows_is_refused_unless_it_is_meant(limits, bay, store, car):
    with pytest.raises(ChannelUnknown, match="no channel “vibration”"):
        limits.set(car, STRANGE, ADA)
    assert limits.sheet(car).row("vibration") is None
    (note,) = limits.set(car, STRANGE, ADA, anyway=True)
    assert "this car has not “vibration”" in note
    assert limits.sheet(car).row("vibration").own
    with pytest.raises(ChannelUnknown):
        limits.set(car, replace(RPM, gate="knoock > 1"), ADA)


def test_a_channel_that_this_car_has_not_is_said_and_set(limits, car):
    egt = next(one for one in profiles()["turbo_petrol"].limits if one.key == "egt_high")
    (note,) = limits.set(car, replace(egt, trip=950.0, warning=900.0), ADA)
    assert "this car has not “egt”" in note


def test_known_are_the_shops_own_channels_and_those_of_recordings(limits, store, car):
    assert {"vib", "rpm", "oil_pressure", "FRP"} <= limits.channels(car).keys()
    assert "vibration" not in limits.channels(car)
    store.recordings.begin(
        car.id, [Channel("vibration", "Vibration", "mm", 0, 10)], anchor_ns=0
    ).close()
    assert limits.channels(car)["vibration"].unit == "mm"
    limits.set(car, STRANGE, ADA)
    own = (OwnChannel("vib2", "rpm / 3"),)
    Limits(store, own=own).set(car, replace(STRANGE, key="two", watches="vib2"), ADA)


@pytest.mark.parametrize(
    "limit",
    [
        replace(RPM, warning=None, trip=None),
        replace(RPM, warning=7000.0),
        replace(RPM, trip=None, deadband=9000.0),
        replace(RPM, watches="rpm >"),
        replace(RPM, key="rpm_low", comparison=Comparison.BELOW, warning=6700.0, trip=None),
        replace(RPM, warning=math.nan),
    ],
)
def test_what_makes_no_sense_is_refused_and_checked_beforehand(limits, bay, store, car, limit):
    for act in (
        lambda: limits.set(car, limit, ADA),
        lambda: limits.set(car, limit, ADA, anyway=True),
        lambda: limits.check(car, limit),
    ):
        with pytest.raises(LimitRefused):
            act()
    assert bay.changed == 0
    assert len(records(store)) == 1


def test_a_check_says_what_a_person_should_know(limits, car):
    assert limits.check(car, RPM) == ()
    assert "has not “vibration”" in limits.check(car, STRANGE)[0]


def test_nothing_is_set_for_a_car_that_nobody_named(limits):
    with pytest.raises(NotKept):
        limits.set(Owner.vehicle(""), RPM, ADA)


def test_several_are_set_all_or_none(limits, bay, store, car):
    low = Limit("rpm_low", "rpm", Comparison.BELOW, 5990.0)
    with pytest.raises(LimitRefused):
        limits.set_all(car, [RPM, low], ADA)
    with pytest.raises(RightMissing):
        limits.set_all(car, [RPM], TOM)
    assert bay.changed == 0
    limits.set_all(car, [RPM, replace(low, warning=500.0)], ADA)
    assert bay.changed == 1
    assert limits.sheet(car).row("rpm_low").own


# Out of service


def test_out_of_service_needs_a_reason_and_keeps_the_limit(limits, store, car):
    for reason in ("", "  "):
        with pytest.raises(ReasonMissing):
            limits.put_out_of_service(car, "coolant_high", ADA, reason)
        with pytest.raises(ReasonMissing):
            limits.set(car, replace(RPM, in_service=False), ADA, reason=reason)
    limits.put_out_of_service(car, "coolant_high", ADA, "sensor on order")
    row = limits.sheet(car).row("coolant_high")
    assert not row.limit.in_service
    assert row.own
    assert records(store)[0].reason == "sensor on order"
    limits.put_in_service(car, "coolant_high", ADA)
    assert limits.sheet(car).row("coolant_high").limit.in_service
    with pytest.raises(NotKept):
        limits.put_in_service(car, "no_such", ADA)


def test_switching_to_what_it_is_changes_nothing(limits, bay, car):
    limits.put_in_service(car, "coolant_high", ADA)
    assert bay.changed == 0


# The three simple limits


def test_the_simple_limits_set_trips_and_keep_the_warnings_distance(limits, car):
    done = limits.set_simple(car.id, {"rpm": 6200, "boost": 120.5}, ADA)
    assert done.updated_limits == {"rpm": 6200.0, "boost": 120.5}
    assert done.active_monitoring
    sheet = limits.sheet(car)
    assert (sheet.row("rpm_high").limit.warning, sheet.row("rpm_high").limit.trip) == (5800, 6200)
    assert sheet.row("boost_high").limit.warning == pytest.approx(100.5)


def test_the_simple_limits_are_made_where_there_are_none(limits, store, bay):
    bare = store.vehicles.by_name("Bare").id
    done = limits.set_simple(bare, {"rpm": 7000, "boost": 100, "temp": 112}, ADA)
    assert not done.active_monitoring  # another car is at hand
    sheet = limits.sheet(Owner.vehicle(bare))
    assert sheet.row("rpm_high").limit.warning == 6700
    assert sheet.row("coolant_high").limit.trip == 112


def test_a_simple_limit_out_of_service_is_not_monitored(limits, bay, car):
    limits.put_out_of_service(car, "rpm_high", ADA, "on the hub dyno")
    assert not limits.set_simple(car.id, {"rpm": 6200}, ADA).active_monitoring
    bay.state = LinkState.LOST
    assert not limits.set_simple(car.id, {"boost": 120}, ADA).active_monitoring


@pytest.mark.parametrize(
    "given_limits",
    [
        {},
        {"afr": 12},
        {"rpm": "6000"},
        {"rpm": True},
        {"rpm": math.nan},
        {"rpm": 10**400},
        {"rpm": None},
        {"rpm": 6000, "knock": 1},
    ],
)
def test_what_is_no_simple_limit_is_refused_as_a_whole(limits, store, car, given_limits):
    with pytest.raises(LimitRefused):
        limits.set_simple(car.id, given_limits, ADA)
    assert len(records(store)) == 1


# Trials


@pytest.fixture
def recording(store, car):
    writer = store.recordings.begin(
        car.id, [Channel("rpm", "Engine speed", "rpm", 0, 8000)], anchor_ns=0
    )
    t_ns = np.arange(100, dtype=np.int64) * 100_000_000
    rpm = np.where((t_ns >= 3e9) & (t_ns < 5e9), 6800.0, 3000.0)
    writer.write({"rpm": Columns(t_ns, rpm, np.zeros(100, np.uint8))}, [])
    return writer.close().id


def test_a_limit_is_tried_on_a_recording_or_a_part_of_it(limits, recording):
    trial = limits.trial(RPM, recording)
    (one,) = trial.occurrences
    assert (one.from_ns, one.to_ns) == (3_000_000_000, 5_000_000_000)
    assert limits.trial(RPM, recording, 0, 2_000_000_000).occurrences == ()
    assert limits.trial(RPM, recording, 4_000_000_000).trips == 1


def test_what_cannot_be_tried_says_why(limits, recording):
    with pytest.raises(TrialRefused, match="has no “map”"):
        limits.trial(replace(RPM, gate="map > 95"), recording)
    with pytest.raises(TrialRefused, match="before it begins"):
        limits.trial(RPM, recording, 5, 1)
    with pytest.raises(TrialRefused, match="Nothing was recorded"):
        limits.trial(RPM, recording, 10**12, 2 * 10**12)
    with pytest.raises(LimitRefused):
        limits.trial(replace(RPM, warning=9000.0), recording)
    with pytest.raises(NotKept):
        limits.trial(RPM, "no such id")


# Files


def found_shop(store, shop_id="shop-1", name="Blue Dyno"):
    with store._desk.write() as connection:
        connection.exec_driver_sql("DELETE FROM shop")
        connection.exec_driver_sql(
            "INSERT INTO shop (only_one, id, name, units, currency, founded) "
            "VALUES (1, ?, ?, 'metric', 'EUR', '2026-01-01T00:00:00+00:00')",
            (shop_id, name),
        )


def test_importing_ones_own_export_makes_nothing_the_vehicles_own(limits, store, car, tmp_path):
    found_shop(store)
    path = limits.export(car, tmp_path / "limits.json", TOM)
    before = [(row.limit, row.origin) for row in limits.sheet(car).rows]
    told = len(records(store))
    done = limits.import_file(car, path, ADA)
    assert (done.limits, len(records(store))) == ((), told)
    assert [(row.limit, row.origin) for row in limits.sheet(car).rows] == before
    assert any("are in force already" in note for note in done.notes)


def test_what_is_exported_is_imported_as_it_was(limits, store, bay, car, tmp_path):
    found_shop(store)
    limits.set(car, RPM, ADA)
    path = limits.export(car, tmp_path / "limits.json", TOM)
    document = json.loads(path.read_text("utf-8"))
    assert document["shop"] == {"id": "shop-1", "name": "Blue Dyno"}
    assert document["for"]["name"] == "The car"
    assert (document["units"], document["for"]["profile"]) == ("canonical", "turbo_petrol")
    other = Owner.vehicle(store.vehicles.by_name("Other").id)
    before = bay.changed
    with pytest.raises(ImportDoubtful, match="exported for The car"):
        limits.import_file(other, path, ADA)
    done = limits.import_file(other, path, ADA, confirmed=True)
    assert (done.shop, bay.changed) == ("Blue Dyno", before + 1)
    wanted = {limit.key: limit for limit in limits.sheet(car).limits}
    assert {limit.key: limit for limit in limits.sheet(other).limits} == wanted
    assert records(store)[0].action == "limit.import"
    assert records(store)[0].reason == "Imported from limits.json"


def test_an_export_leaves_intent_and_result(limits, store, car, tmp_path):
    limits.export(car, tmp_path / "limits.json", TOM)
    result, intent = records(store)[:2]
    assert (intent.action, intent.actor) == ("limit.export", TOM)
    assert result.after["done"] is True
    with pytest.raises((ExportRefused, ExportFailed)):
        limits.export(car, tmp_path, TOM)
    with pytest.raises((ExportRefused, ExportFailed)):
        limits.export(car, tmp_path / "none" / "limits.json", TOM)
    with pytest.raises(NotSignedIn):
        limits.export(car, tmp_path / "two.json", NOBODY)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["desk", "limits.json"]


def test_a_file_of_another_shop_is_refused_or_marked(limits, store, car, tmp_path):
    found_shop(store, "shop-2", "Red Rollers")
    limits.set(car, RPM, ADA)
    path = limits.export(car, tmp_path / "limits.json", ADA)
    limits.remove(car, RPM.key, ADA)
    found_shop(store)
    with pytest.raises(LimitFileRefused, match="another shop: Red Rollers"):
        limits.import_file(car, path, ADA)
    assert "limit.import" not in [record.action for record in records(store)]
    limits.import_file(car, path, ADA, from_another_shop=True)
    assert "of the shop “Red Rollers”" in records(store)[0].reason


def test_a_file_for_another_profile_has_to_be_confirmed(limits, store, tmp_path):
    path = limits.export(Owner.profile("diesel"), tmp_path / "limits.json", ADA)
    turbo = Owner.profile("turbo_petrol")
    before = limits.sheet(turbo).limits
    with pytest.raises(ImportDoubtful, match="exported for the profile diesel"):
        limits.import_file(turbo, path, ADA)
    assert limits.sheet(turbo).limits == before
    limits.import_file(Owner.profile("diesel"), path, ADA)


def test_a_file_that_switches_limits_off_has_to_be_confirmed_and_says_which(limits, car, tmp_path):
    path = tmp_path / "limits.json"
    path.write_text(json.dumps(rows({"label": "Over-rev", "in_service": False})), "utf-8")
    with pytest.raises(ImportDoubtful, match="switch off: Over-rev"):
        limits.import_file(car, path, ADA)
    notes = limits.import_file(car, path, ADA, confirmed=True).notes
    assert "Over-rev is out of service by this file." in notes
    assert "Coolant hot is not in this file and stays as it was." in notes


def test_several_are_not_switched_off_without_a_reason(limits, car):
    off = [replace(limit, in_service=False) for limit in limits.sheet(car).limits]
    with pytest.raises(ReasonMissing):
        limits.set_all(car, off, ADA)
    assert all(limit.in_service for limit in limits.sheet(car).limits)
    limits.set_all(car, off, ADA, reason="Race engine, other limits")


def test_a_plain_channel_has_its_own_unit_and_an_expression_any(limits, car):
    boost = Limit("boost_high", "boost", Comparison.ABOVE, warning=17, trip=20, unit="psi")
    with pytest.raises(LimitRefused, match="boost comes in kPa, and not in psi"):
        limits.set(car, boost, ADA)
    with pytest.raises(LimitRefused, match="comes in kPa"):
        limits.check(car, boost)
    limits.set(car, replace(boost, watches="boost / 6.894757"), ADA)


GOOD = {
    "format": "cartech-desk limits",
    "version": 1,
    "shop": {"id": "", "name": ""},
    "units": "canonical",
    "limits": [{"key": "rpm_high", "watches": "rpm", "comparison": "above", "warning": 6100}],
}
ROW = GOOD["limits"][0]


def rows(*changed):
    return {**GOOD, "limits": [{**ROW, **one} for one in changed]}


def test_the_smallest_file_will_do(limits, car, tmp_path):
    path = tmp_path / "limits.json"
    for text in (json.dumps(GOOD), "\ufeff" + json.dumps(GOOD)):
        path.write_text(text, "utf-8")
        limits.import_file(car, path, ADA)
        assert (
            next(one for one in limits.sheet(car).limits if one.key == "rpm_high").warning == 6100
        )
        limits.remove(car, "rpm_high", ADA)


BAD = {
    "no JSON": b"{",
    "empty": b"",
    "another encoding": json.dumps(GOOD).encode("utf-16"),
    "latin": json.dumps(rows({"label": "Öl"}), ensure_ascii=False).encode("latin-1"),
    "too large": b" " * 1_000_001,
    "deep": b"[" * 200_000,
    "a list": b"[]",
    "another format": json.dumps({**GOOD, "format": "limits"}).encode(),
    "newer": json.dumps({**GOOD, "version": 2}).encode(),
    "no version": json.dumps({**GOOD, "version": "1"}).encode(),
    "other units": json.dumps({**GOOD, "units": "imperial"}).encode(),
    "no shop": json.dumps({**GOOD, "shop": None}).encode(),
    "shop without a name": json.dumps({**GOOD, "shop": {"id": "x"}}).encode(),
    "no limits": json.dumps({**GOOD, "limits": []}).encode(),
    "limits of another kind": json.dumps({**GOOD, "limits": {"a": ROW}}).encode(),
    "a row of another kind": json.dumps({**GOOD, "limits": ["rpm_high"]}).encode(),
    "wrong field": json.dumps(rows({"wraning": 1})).encode(),
    "number as text": json.dumps(rows({"warning": "6100"})).encode(),
    "NaN": json.dumps(rows({"warning": math.nan})).encode(),
    "infinite": json.dumps(rows({"warning": math.inf})).encode(),
    "a number too large": json.dumps(rows({})).replace("6100", "1e999").encode(),
    "a number too long": json.dumps(rows({})).replace("6100", "9" * 5000).encode(),
    "a key twice in a row": json.dumps(GOOD).replace('"warning"', '"key": "x", "warning"').encode(),
    "a limit twice": json.dumps(rows({}, {"warning": 6200})).encode(),
    "no key": json.dumps({**GOOD, "limits": [{"watches": "rpm"}]}).encode(),
    "a key of another kind": json.dumps(rows({"key": 5})).encode(),
    "contradiction": json.dumps(
        rows({}, {"key": "rpm_low", "comparison": "below", "warning": 6500})
    ).encode(),
    "contradicts what is in force": json.dumps(
        rows({"key": "rpm_low", "comparison": "below", "warning": 6900})
    ).encode(),
    "second of two is wrong": json.dumps(rows({}, {"key": "two", "watches": "rpm >"})).encode(),
    "unknown channel": json.dumps(rows({}, {"key": "two", "watches": "vibration"})).encode(),
    "half a surrogate": json.dumps(rows({"label": "x"})).replace('"x"', '"\\ud800"').encode(),
}


@pytest.mark.parametrize("content", BAD.values(), ids=list(BAD))
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_half_done(
    limits, bay, store, car, tmp_path, content
):
    path = tmp_path / "limits.json"
    path.write_bytes(content)
    before = limits.sheet(car).limits
    with pytest.raises((LimitFileRefused, LimitRefused)) as refused:
        limits.import_file(car, path, ADA)
    assert refused.value.happened.endswith(".")
    assert refused.value.kept
    assert refused.value.to_do
    assert limits.sheet(car).limits == before
    assert bay.changed == 0
    assert len(records(store)) == 1


def test_a_file_that_is_not_there_is_refused(limits, car, tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(LimitFileRefused, match="cannot be read"):
            limits.import_file(car, path, ADA)


def test_a_file_with_strange_channels_is_taken_where_that_is_meant(limits, car, tmp_path):
    path = tmp_path / "limits.json"
    path.write_text(json.dumps(rows({"key": "vibration", "watches": "vibration"})), "utf-8")
    done = limits.import_file(car, path, ADA, anyway=True)
    assert "has not “vibration”" in done.notes[0]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_stands_in_a_file_it_is_imported_or_refused(limits, car, tmp_path, data):
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=5,
    )
    document = json.loads(json.dumps(GOOD))
    where = data.draw(st.sampled_from(["top", "shop", "row"]))
    part = {"top": document, "shop": document["shop"], "row": document["limits"][0]}[where]
    part[data.draw(st.sampled_from([*part, "label", "gate", "trip", "priority"]))] = data.draw(
        anything
    )
    path = tmp_path / "limits.json"
    path.write_text(json.dumps(document), "utf-8")
    before = limits.sheet(car).limits
    try:
        limits.import_file(car, path, ADA)
    except (LimitFileRefused, LimitRefused):
        assert limits.sheet(car).limits == before
