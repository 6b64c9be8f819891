"""Recordings are found by the search over everything, which lies in the other file."""

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.store.store import Store

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


def _recorded(store: Store, vehicle: str, note: str = "") -> RecordingSummary:
    car = store.vehicles.by_name(vehicle)
    return store.recordings.begin(car.id, [RPM], anchor_ns=monotonic_ns(), note=note).close()


def _found(store: Store, typed: str) -> list[str]:
    store.recordings.let_be_found()
    return [entry.ref for entry in store.finding.find(typed, kinds=("recording",))]


def test_a_recording_is_found_by_vehicle_note_day_and_channel(store: Store) -> None:
    civic = _recorded(store, "Blue Civic", "knocks when cold")
    golf = _recorded(store, "Golf")
    assert _found(store, "civic") == [civic.id]
    assert _found(store, "knocks") == [civic.id]
    assert _found(store, "rpm") == [golf.id, civic.id]
    assert _found(store, f"golf {golf.anchor.astimezone():%Y-%m-%d}") == [golf.id]


def test_one_that_is_deleted_is_not_found_until_it_is_restored(store: Store) -> None:
    civic = _recorded(store, "Blue Civic")
    assert _found(store, "civic") == [civic.id]
    store.recordings.delete(civic.id)
    assert [one.ref for one in store.finding.find("civic", kinds=("recording",))] == []
    assert _found(store, "civic") == []
    store.recordings.restore(civic.id)
    assert _found(store, "civic") == [civic.id]


def test_another_note_is_found_and_the_former_one_no_more(store: Store) -> None:
    civic = _recorded(store, "Blue Civic", "knocks")
    assert _found(store, "knocks") == [civic.id]
    store.recordings.set_note(civic.id, "fourth gear")
    assert _found(store, "knocks") == []
    assert _found(store, "fourth gear") == [civic.id]


def test_nothing_is_written_where_nothing_came(store: Store) -> None:
    _recorded(store, "Blue Civic")
    assert store.recordings.let_be_found()
    assert not store.recordings.let_be_found()


def test_one_that_is_still_recorded_is_not_found_yet(store: Store) -> None:
    car = store.vehicles.by_name("Golf")
    writer = store.recordings.begin(car.id, [RPM], anchor_ns=monotonic_ns())
    assert _found(store, "golf") == []
    writer.close()
    assert len(_found(store, "golf")) == 1
