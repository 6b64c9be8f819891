"""Finding, noting, deleting and removing recordings; damaged blocks."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store import presence
from cartech_desk.store.errors import DatabaseCorrupt, NotKept, StoreError
from cartech_desk.store.recordings import Columns, Ending
from cartech_desk.store.store import Store

VIN = "WP0ZZZ99ZTS392124"
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
BOOST = Channel("boost", "Boost pressure", "kPa", -100, 200, source="map - barometer")
Make = Callable[..., Columns]


def _read_everything(folder: Path) -> None:
    opened = Store(folder)
    for recording in opened.recordings.list():
        for summary in recording.channels:
            opened.recordings.read(recording.id, summary.channel.name, 0, 10**12)


@pytest.fixture
def three(store: Store, columns: Make) -> list[str]:
    ids = []
    for vehicle, channel, note in (
        (store.vehicles.by_name("Grüner Käfer"), RPM, "cold start"),
        (store.vehicles.by_vin(VIN), BOOST, "100% throttle"),
        (store.vehicles.by_vin(VIN), RPM, ""),
    ):
        now_ns = monotonic_ns()
        writer = store.recordings.begin(vehicle.id, [channel], anchor_ns=now_ns, note=note)
        column = columns(0, 100)
        writer.write({channel.name: Columns(column.t_ns + now_ns, column.values, column.quality)})
        ids.append(writer.close().id)
    return ids


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [2, 1, 0]),
        ("GRÜNER", [0]),
        ("zts39 boost", [1]),
        ("cold", [0]),
        ("%", [1]),
        ("_", []),
        ("engine SPEED", [2, 0]),
        (str(datetime.now().astimezone().year), [2, 1, 0]),
        ("' OR 1=1 --", []),
        ("zts39 cold", []),
    ],
)
def test_every_word_of_a_search_is_found(
    store: Store, three: list[str], search: str, found: list[int]
) -> None:
    assert [r.id for r in store.recordings.list(search)] == [three[i] for i in found]


def test_a_new_name_of_the_vehicle_is_shown(store: Store, three: list[str]) -> None:
    store.vehicles.rename(store.vehicles.by_vin(VIN).id, "Track car")
    assert store.recordings.get(three[1]).vehicle_name == "Track car"
    assert len(store.recordings.list("track")) == 2


def test_a_unique_start_of_the_id_is_enough(store: Store, three: list[str]) -> None:
    assert store.recordings.get(three[0].upper()).id == three[0]
    common = three[0][:2]
    with pytest.raises(NotKept, match="Several"):
        store.recordings.get(common)
    for unknown in ("", "nothing", three[0] + "0", "%"):
        with pytest.raises(NotKept):
            store.recordings.get(unknown)


def test_the_anchor_is_the_utc_instant_of_its_monotonic_time(store: Store) -> None:
    vehicle = store.vehicles.by_name("x")
    writer = store.recordings.begin(vehicle.id, [RPM], anchor_ns=monotonic_ns() - 60_000_000_000)
    since = datetime.now(UTC) - writer.close().anchor
    assert timedelta(seconds=59.9) < since < timedelta(seconds=61)


def test_an_unknown_vehicle_or_channel_is_told(store: Store, three: list[str]) -> None:
    with pytest.raises(NotKept):
        store.recordings.begin("nobody", [RPM], anchor_ns=0)
    with pytest.raises(NotKept, match="'speed'"):
        store.recordings.read(three[0], "speed", 0, 1)
    with pytest.raises(NotKept, match="'speed'"):
        store.recordings.overview(three[0], ["rpm", "speed"], 0, 1, 10)


def test_a_note_is_replaced(store: Store, three: list[str]) -> None:
    store.recordings.set_note(three[2], "hill climb")
    assert store.recordings.get(three[2]).note == "hill climb"


def test_a_deleted_recording_can_be_restored(store: Store, three: list[str]) -> None:
    store.recordings.delete(three[1])
    assert three[1] not in [r.id for r in store.recordings.list()]
    assert [r.id for r in store.recordings.deleted()] == [three[1]]
    assert store.recordings.get(three[1]).deleted
    store.recordings.restore(three[1])
    assert [r.id for r in store.recordings.list()] == three[::-1]


def test_removing_for_good_frees_the_space_and_spares_the_others(
    store: Store, columns: Make, three: list[str]
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("big").id, [RPM], anchor_ns=0)
    for hour in range(20):
        writer.write({"rpm": columns(hour * 3600, hour * 3600 + 3600, 20)})
    big = writer.close()
    path = store.folder / "recordings.db"
    store.recordings.list()
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    grown = pages * 8192
    with pytest.raises(StoreError, match="not deleted"):
        store.recordings.purge(big.id)
    store.recordings.delete(big.id)
    store.recordings.purge(big.id)
    with pytest.raises(NotKept):
        store.recordings.get(big.id)
    store.close()
    assert path.stat().st_size < grown / 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = Store(store.folder)
    for recording_id, name in zip(three, ("rpm", "boost", "rpm"), strict=True):
        assert len(again.recordings.read(recording_id, name, 0, 10**12).t_ns) == 10_000
    again.close()


def test_an_open_recording_is_not_removed(store: Store) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    store.recordings.delete(writer.id)
    with pytest.raises(StoreError, match="still open"):
        store.recordings.purge(writer.id)
    writer.close()


def test_a_recording_of_a_living_writer_stays_open_for_another_desk(
    store: Store, columns: Make
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    writer.write({"rpm": columns(0, 1)})
    other = Store(store.folder)
    assert other.recordings.get(writer.id).ending is Ending.OPEN
    assert other.recordings.get(writer.id).channels[0].samples == 100
    assert writer.close().ending is Ending.STOPPED
    assert other.recordings.get(writer.id).ending is Ending.STOPPED
    other.close()
    assert not presence.sign_path(store.folder / "recordings.db", writer.id).exists()


@pytest.mark.parametrize("ending", [Ending.DISK_FULL, Ending.WRITE_FAILED, Ending.STOPPED])
def test_a_writer_that_let_go_leaves_word_of_the_ending(
    store: Store, columns: Make, ending: Ending
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    writer.write({"rpm": columns(0, 1)})
    writer.abandon(ending)
    found = store.recordings.get(writer.id)
    assert found.ending is ending
    assert found.channels[0].samples == 100
    assert [p.name for p in store.folder.glob("*writer*")] == []


DAMAGE = {
    "block": "UPDATE block SET payload = substr(payload, 1, 20)",
    "clock": "UPDATE clock SET payload = substr(payload, 1, 20)",
    "stretch": "UPDATE stretch SET payload = substr(payload, 1, 20)",
}


@pytest.mark.parametrize("table", list(DAMAGE))
def test_a_damaged_column_is_told_and_not_shown(store: Store, three: list[str], table: str) -> None:
    with closing(sqlite3.connect(store.folder / "recordings.db")) as connection:
        connection.execute(DAMAGE[table])
        connection.commit()
    stretches = 10 if table == "stretch" else 1_000_000
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        store.recordings.overview(three[0], ["rpm"], 0, 10**11, stretches)


def test_a_damaged_file_is_told_when_it_is_read(
    store: Store, three: list[str], tmp_path: Path
) -> None:
    store.close()
    path = store.folder / "recordings.db"
    content = bytearray(path.read_bytes())
    for page in range(8, len(content) // 8192):
        content[page * 8192 : page * 8192 + 400] = b"\xa5" * 400
    path.write_bytes(content)
    with pytest.raises(DatabaseCorrupt):
        _read_everything(store.folder)
