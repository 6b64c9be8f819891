"""Limits in desk.db: what is in force, every change with its record, damage told."""

import json
from dataclasses import replace

import pytest

from cartech_desk.domain.alarms.limit import Comparison, Limit, LimitRefused
from cartech_desk.domain.alarms.profiles import UnknownProfile, profiles
from cartech_desk.domain.alarms.watch import LimitWatch
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import NotKept
from cartech_desk.store.limits import PROFILE, UNREADABLE, VEHICLE, unreadable
from cartech_desk.store.store import Store

ADA = Actor("a", "Ada Administrator", Role.ADMINISTRATOR)
OWN = Limit("vibration", "vibration", Comparison.ABOVE, 3.0, 5.0)


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def car(store):
    return store.vehicles.by_name("The car").id


def by_key(store, vehicle_id):
    return {limit.key: limit for limit in store.limits.in_force(vehicle_id)}


def records(store):
    return list(reversed(store.audit.find(Query())))


def spoil(store, key, body):
    with store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE safety_limit SET body = ? WHERE key = ?", (body, key))


def test_a_car_that_nobody_named_has_those_of_any(store):
    assert store.limits.in_force("") == profiles()["any"].limits
    assert store.limits.in_force("no such id") == profiles()["any"].limits


def test_a_vehicle_has_those_of_its_profile_too(store, car):
    store.limits.set_profile(car, "turbo_petrol", ADA)
    assert store.limits.profile_of(car) == "turbo_petrol"
    expected = profiles()["any"].limits + profiles()["turbo_petrol"].limits
    assert store.limits.in_force(car) == expected
    assert store.limits.own(VEHICLE, car) == ()


def test_each_later_layer_goes_before_the_earlier(store, car):
    store.limits.set_profile(car, "turbo_petrol", ADA)
    shipped = by_key(store, car)["boost_high"]
    shop = replace(shipped, warning=120.0)
    store.limits.put(PROFILE, "turbo_petrol", [shop], ADA)
    assert by_key(store, car)["boost_high"] == shop
    own = replace(shipped, warning=100.0)
    store.limits.put(VEHICLE, car, [own], ADA)
    assert by_key(store, car)["boost_high"] == own
    assert store.limits.own(VEHICLE, car) == (own,)
    store.limits.remove(VEHICLE, car, "boost_high", ADA)
    assert by_key(store, car)["boost_high"] == shop
    store.limits.remove(PROFILE, "turbo_petrol", "boost_high", ADA)
    assert by_key(store, car)["boost_high"] == shipped


def test_what_the_shop_changes_of_any_holds_for_every_car(store, car):
    hot = replace(by_key(store, "")["coolant_high"], warning=105.0)
    store.limits.put(PROFILE, "any", [hot, OWN], ADA)
    for vehicle in (car, ""):
        assert by_key(store, vehicle)["coolant_high"] == hot
        assert by_key(store, vehicle)["vibration"] == OWN


def test_limits_are_there_after_a_restart(store, car, tmp_path):
    store.limits.put(VEHICLE, car, [OWN], ADA)
    again = Store(tmp_path)
    try:
        assert by_key(again, car)["vibration"] == OWN
    finally:
        again.close()


def test_every_change_leaves_its_record(store, car):
    store.limits.set_profile(car, "diesel", ADA)
    boost = by_key(store, car)["boost_high"]
    store.limits.put(VEHICLE, car, [replace(boost, warning=170.0)], ADA, "new turbocharger")
    store.limits.remove(VEHICLE, car, "boost_high", ADA, "back to stock")
    profile, put, gone = records(store)
    assert (profile.action, profile.before, profile.after) == (
        "limit.profile",
        {"profile": ""},
        {"profile": "diesel"},
    )
    assert (put.action, put.reason, put.actor) == ("limit.set", "new turbocharger", ADA)
    assert put.entity.vehicle == car
    assert (put.before["warning"], put.after["warning"]) == ("180.0", "170.0")
    assert (gone.action, gone.before["warning"], gone.after["warning"]) == (
        "limit.remove",
        "170.0",
        "180.0",
    )


def test_an_own_limit_that_is_gone_leaves_nothing(store, car):
    store.limits.put(VEHICLE, car, [OWN], ADA)
    store.limits.remove(VEHICLE, car, "vibration", ADA)
    first, last = records(store)
    assert first.before is None
    assert last.after is None


def test_setting_what_is_set_leaves_no_record(store, car):
    store.limits.put(VEHICLE, car, [OWN], ADA)
    store.limits.put(VEHICLE, car, [OWN], ADA)
    store.limits.set_profile(car, "", ADA)
    assert len(records(store)) == 1


def test_several_are_set_all_or_none(store, car):
    good = replace(OWN, key="one")
    with pytest.raises(LimitRefused):
        store.limits.put(
            VEHICLE, car, [good, replace(OWN, key="two", warning=None, trip=None)], ADA
        )
    low = Limit("rpm_low", "rpm", Comparison.BELOW, 7000.0)
    store.limits.set_profile(car, "turbo_petrol", ADA)
    with pytest.raises(LimitRefused, match="no value is right for both"):
        store.limits.put(VEHICLE, car, [good, low], ADA)
    assert store.limits.own(VEHICLE, car) == ()
    assert len(records(store)) == 1


def test_a_profile_that_contradicts_a_vehicles_own_limits_is_refused(store, car):
    store.limits.put(VEHICLE, car, [Limit("rpm_low", "rpm", Comparison.BELOW, 6700.0)], ADA)
    with pytest.raises(LimitRefused, match="no value is right for both"):
        store.limits.set_profile(car, "turbo_petrol", ADA)
    assert store.limits.profile_of(car) == ""


def test_a_change_of_a_profile_names_the_vehicle_that_it_contradicts(store, car):
    store.limits.set_profile(car, "turbo_petrol", ADA)
    store.limits.put(VEHICLE, car, [Limit("rpm_low", "rpm", Comparison.BELOW, 6000.0)], ADA)
    high = replace(by_key(store, car)["rpm_high"], warning=5500.0)
    for owner in ("turbo_petrol", "any"):
        with pytest.raises(LimitRefused, match="For The car"):
            store.limits.put(PROFILE, owner, [replace(high, key="another")], ADA)
    store.limits.put(PROFILE, "diesel", [replace(high, warning=4000.0, trip=4500.0)], ADA)


def test_removing_what_kept_the_peace_is_refused(store, car):
    store.limits.set_profile(car, "turbo_petrol", ADA)
    off = replace(by_key(store, car)["rpm_high"], in_service=False)
    store.limits.put(VEHICLE, car, [off], ADA)
    store.limits.put(VEHICLE, car, [Limit("rpm_low", "rpm", Comparison.BELOW, 6700.0)], ADA)
    with pytest.raises(LimitRefused):
        store.limits.remove(VEHICLE, car, "rpm_high", ADA)
    assert by_key(store, car)["rpm_high"] == off


@pytest.mark.parametrize("profile", ["steam", "Diesel"])
def test_an_unknown_profile_is_refused(store, car, profile):
    with pytest.raises(UnknownProfile):
        store.limits.set_profile(car, profile, ADA)
    with pytest.raises(UnknownProfile):
        store.limits.put(PROFILE, profile, [OWN], ADA)


def test_nothing_is_set_for_a_vehicle_that_there_is_none_of(store):
    for owner in ("", "no such id"):
        with pytest.raises(NotKept):
            store.limits.put(VEHICLE, owner, [OWN], ADA)
        with pytest.raises(NotKept):
            store.limits.set_profile(owner, "diesel", ADA)


def test_only_an_own_limit_can_be_removed(store, car):
    with pytest.raises(NotKept):
        store.limits.remove(VEHICLE, car, "coolant_high", ADA)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        json.dumps({"key": "vibration"}),
        json.dumps({"key": "other", "watches": "rpm", "comparison": "above", "warning": 1}),
        json.dumps({"key": "vibration", "watches": "rpm >", "comparison": "above", "warning": 1}),
        json.dumps({"key": "vibration", "watches": "rpm", "comparison": "above", "warning": "1"}),
        '{"key": "vibration", "watches": "rpm", "comparison": "above", "warning": NaN}',
        json.dumps({"key": "vibration", "watches": "rpm", "comparison": "above", "from_2031": 1}),
    ],
)
def test_a_damaged_limit_is_never_dropped_in_silence(store, car, body):
    store.limits.put(VEHICLE, car, [OWN], ADA)
    spoil(store, "vibration", body)
    limit = by_key(store, car)["vibration"]
    assert unreadable(limit)
    assert limit.channels == (UNREADABLE,)
    assert "damaged" in limit.label
    assert store.limits.layers(VEHICLE, car)[-1].damaged == {"vibration"}
    LimitWatch(store.limits.in_force(car))  # and nothing else is disturbed
    store.limits.put(VEHICLE, car, [OWN], ADA)
    assert by_key(store, car)["vibration"] == OWN


def test_a_damaged_limit_does_not_hide_behind_the_one_below(store, car):
    hot = replace(by_key(store, "")["coolant_high"], warning=105.0)
    store.limits.put(VEHICLE, car, [hot], ADA)
    spoil(store, "coolant_high", "{")
    assert unreadable(by_key(store, car)["coolant_high"])
    store.limits.remove(VEHICLE, car, "coolant_high", ADA)
    assert by_key(store, car)["coolant_high"] == by_key(store, "")["coolant_high"]


def test_a_profile_of_a_newer_desk_is_told(store, car):
    with store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE vehicle SET profile = 'rotary'")
    limits = store.limits.in_force(car)
    assert profiles()["any"].limits == limits[:-1]
    assert unreadable(limits[-1])
    assert "rotary" in limits[-1].label


def test_the_state_changes_with_whatever_changes_the_limits_in_force(store, car):
    limits = store.limits
    states = [limits.state(car)]
    assert limits.state(car) == states[0]

    def noted():
        assert limits.state(car) not in states
        states.append(limits.state(car))

    limits.set_profile(car, "turbo_petrol", ADA)
    noted()
    limits.put(VEHICLE, car, [OWN], ADA)
    noted()
    limits.put(VEHICLE, car, [replace(OWN, warning=2.0)], ADA)
    noted()
    limits.put(PROFILE, "any", [replace(OWN, key="shake")], ADA)
    noted()
    limits.remove(VEHICLE, car, OWN.key, ADA)
    noted()


def test_another_process_sees_the_state_change(store, car, tmp_path):
    before = store.limits.state(car)
    other = Store(tmp_path)
    other.limits.put(VEHICLE, car, [OWN], ADA)
    other.close()
    assert store.limits.state(car) != before
