import threading

import pytest

from cartech_desk.store.errors import NotKept, VehicleRefused
from cartech_desk.store.store import Store

VIN = "WP0ZZZ99ZTS392124"


def test_a_vin_means_the_same_vehicle_whatever_its_case(store: Store) -> None:
    vehicle = store.vehicles.by_vin(f" {VIN.lower()} ")
    assert vehicle.vin == VIN
    assert store.vehicles.by_vin(VIN) == vehicle


@pytest.mark.parametrize("vin", ["", "WP0ZZZ99ZTS39212", VIN + "4", "WP0ZZZ99ZTS39212?", "Ä" * 17])
def test_what_is_no_vin_is_refused(store: Store, vin: str) -> None:
    with pytest.raises(VehicleRefused, match="17"):
        store.vehicles.by_vin(vin)
    assert store.vehicles.list() == ()


def test_a_typed_name_means_the_same_vehicle_whatever_its_case(store: Store) -> None:
    vehicle = store.vehicles.by_name("  Grüner   Käfer ")
    assert vehicle.name == "Grüner Käfer"
    assert store.vehicles.by_name("GRÜNER KÄFER") == vehicle


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b"])
def test_what_is_no_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(VehicleRefused):
        store.vehicles.by_name(name)


def test_a_name_may_stand_beside_a_vin_of_the_same_name(store: Store) -> None:
    known = store.vehicles.rename(store.vehicles.by_vin(VIN).id, "Track car")
    assert store.vehicles.by_name("Track car").id != known.id


def test_a_name_taken_by_another_typed_vehicle_is_refused(store: Store) -> None:
    store.vehicles.by_name("one")
    other = store.vehicles.by_name("two")
    with pytest.raises(VehicleRefused, match="already"):
        store.vehicles.rename(other.id, "ONE")
    assert store.vehicles.get(other.id).name == "two"
    assert store.vehicles.rename(other.id, "Two").name == "Two"


def test_the_list_is_searched_and_shows_the_last_used_first(store: Store) -> None:
    store.vehicles.by_name("one")
    store.vehicles.by_vin(VIN)
    store.vehicles.by_name("100% two")
    store.vehicles.by_name("one")
    assert [v.name for v in store.vehicles.list()] == ["one", "100% two", VIN]
    assert [v.name for v in store.vehicles.list("zts39")] == [VIN]
    assert [v.name for v in store.vehicles.list("%")] == ["100% two"]


def test_an_unknown_vehicle_is_told(store: Store) -> None:
    with pytest.raises(NotKept):
        store.vehicles.get("nobody")
    with pytest.raises(NotKept):
        store.vehicles.rename("nobody", "x")


def test_eight_threads_make_one_vehicle(store: Store) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: found.extend(store.vehicles.by_vin(VIN).id for _ in range(10))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert len(set(found)) == 1


def test_documents_are_kept_by_kind_and_name(store: Store) -> None:
    store.layouts.save("live", "track", {"channels": ["rpm"], "größe": 1.5})
    store.layouts.save("live", "Dyno", {})
    store.layouts.save("window", "track", {"x": 1})
    assert store.layouts.names("live") == ("Dyno", "track")
    assert store.layouts.load("live", "track") == {"channels": ["rpm"], "größe": 1.5}
    store.layouts.save("live", "track", {"channels": []})
    assert store.layouts.load("live", "track") == {"channels": []}
    store.layouts.delete("live", "track")
    store.layouts.delete("live", "never there")
    assert store.layouts.load("live", "track") is None
    assert store.layouts.load("window", "track") == {"x": 1}


def test_a_document_that_is_not_json_is_refused_and_changes_nothing(store: Store) -> None:
    store.layouts.save("live", "a", {"x": 1})
    with pytest.raises(TypeError):
        store.layouts.save("live", "a", {"x": object()})
    assert store.layouts.load("live", "a") == {"x": 1}
