"""Windows of the list of recordings, asked of SQL."""

from datetime import UTC, datetime

import numpy as np
import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind, RecordingsAsked
from cartech_desk.store.store import Store

VIN = "WP0ZZZ99ZTS392124"
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
BOOST = Channel("boost", "Boost pressure", "kPa", -100, 200, source="map - barometer")
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    """Three recordings, the oldest first: of 5 s, 70 s and 12 s."""
    folder = tmp_path_factory.mktemp("recordings")
    store = Store(folder / "desk", folder / "keys")
    kafer, porsche = store.vehicles.by_name("Grüner Käfer"), store.vehicles.by_vin(VIN)
    ids = []
    for day, (car, channels, note, seconds, ending, who) in enumerate(
        (
            (kafer, [RPM], "cold start", 5, Ending.STOPPED, "Änne"),
            (porsche, [BOOST], "100% throttle", 70, Ending.POWER_CUT, "Tom"),
            (porsche, [RPM, BOOST], "", 12, Ending.STOPPED, "Tom"),
        )
    ):
        now = monotonic_ns()
        writer = store.recordings.begin(
            car.id,
            channels,
            anchor_ns=now,
            note=note,
            operator=Actor("", who),
            anchor_utc=datetime(2021, 3, 1 + day, 12, tzinfo=UTC),
        )
        t_ns = [now, now + seconds * SECOND]
        data = {one.name: _two(t_ns) for one in channels}
        marks = [Mark(SECOND, MarkKind.ALARM, "Over-boost", 2 * SECOND)] if day == 1 else []
        writer.write(data, marks)
        ids.append(writer.close(ending).id)
    yield store, ids
    store.close()


def _two(t_ns):
    return Columns(np.array(t_ns, np.int64), np.array([1.0, 2.0]), np.zeros(2, np.uint8))


def _places(shop, **asked):
    store, ids = shop
    return [ids.index(one.id) for one in store.recordings.find(RecordingsAsked(**asked)).rows]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [2, 1, 0]),
        ("GRÜNER", [0]),
        ("änne", [0]),
        ("zts39 boost", [2, 1]),
        ("cold", [0]),
        ("100%", [1]),
        ("_", []),
        ("engine SPEED", [2, 0]),
        ("2021-03-02", [1]),
        ("02.03.2021", [1]),
        ("power cut", [1]),
        ("1 min", [1]),
        ("over-boost", [1]),
        ("alarm", [1]),
        ("' OR 1=1 --", []),
    ],
)
def test_every_word_is_looked_for_wherever_it_may_stand(shop, search, found):
    assert _places(shop, search=search) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("started", [0, 1, 2]),
        ("length", [0, 2, 1]),
        ("channels", [1, 0, 2]),
        ("ended", [1, 2, 0]),
        ("alarms", [2, 0, 1]),
        ("operator", [2, 1, 0]),
        ("note", [2, 1, 0]),
        ("vehicle", [0, 2, 1]),
    ],
)
def test_the_whole_list_is_sorted_and_not_only_its_window(shop, sort, found):
    assert _places(shop, sort=sort, descending=False) == found
    assert _places(shop, sort=sort, descending=False, limit=1) == found[:1]


def test_a_recording_with_a_trip_stands_above_all_other_alarms(shop):
    _, ids = shop
    assert _places(shop, sort="alarms", tripped=(ids[0],)) == [0, 1, 2]


def test_a_window_says_whether_more_follow(shop):
    store, _ = shop
    assert store.recordings.find(RecordingsAsked(limit=2)).more
    assert not store.recordings.find(RecordingsAsked(limit=3)).more


def test_recordings_of_a_vehicle_or_with_channels_are_found(shop):
    store, _ = shop
    vehicle = store.vehicles.by_vin(VIN)
    assert _places(shop, vehicle_id=vehicle.id) == [2, 1]
    assert _places(shop, holding=("rpm", "boost")) == [2]
    assert [one.name for one in store.recordings.channels_of(vehicle.id)] == ["rpm", "boost"]


def test_a_renamed_vehicle_is_found_by_its_new_name(shop):
    store, _ = shop
    vehicle = store.vehicles.by_vin(VIN)
    store.vehicles.rename(vehicle.id, "Blue Boxster")
    try:
        assert _places(shop, search="boxster") == [2, 1]
        assert store.recordings.newest(1)[0].vehicle_name == "Blue Boxster"
    finally:
        store.vehicles.rename(vehicle.id, VIN)


def test_the_last_vehicles_are_listed_and_any_is_found(shop):
    store, _ = shop
    assert len(store.vehicles.list(limit=1)) == 1
    assert [one.name for one in store.vehicles.list("käf", limit=1)] == ["Grüner Käfer"]
    assert [one.vin for one in store.vehicles.list("zts39")] == [VIN]
    found = store.vehicles.called_so("grüner  KÄFER")
    assert found is not None
    assert found.name == "Grüner Käfer"
