"""A file that says more than it may is taken for damaged before memory is filled with it."""

import sqlite3
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.store import blocks, stretches
from cartech_desk.store.errors import DatabaseCorrupt
from cartech_desk.store.planes import inflated
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

Make = Callable[..., Columns]

MIB = 1 << 20
BOMB_MIB = 128


@pytest.fixture(scope="module")
def bomb() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(bytes(MIB)) for _ in range(BOMB_MIB)] + [packer.flush()])


@pytest.fixture
def recorded(store: Store, columns: Make) -> str:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    for name in ("rpm", "map"):
        writer.write({name: columns(0, 50)})
    return writer.close().id


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "recordings.db")) as connection:
        assert connection.execute(statement, values).rowcount > 0
        connection.commit()


def refused_within(mib: int, read: Callable[[], object]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DatabaseCorrupt, match="damaged"):
            read()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < mib * MIB


@pytest.mark.parametrize("form", [0, 1, 2])
def test_a_block_that_holds_more_than_its_samples_is_damaged(
    store: Store, recorded: str, bomb: bytes, form: int
) -> None:
    of_rpm = "channel = (SELECT no FROM channel WHERE name = 'rpm')"
    change(store.folder, f"UPDATE block SET payload = ? WHERE {of_rpm}", bytes([form]) + bomb)  # noqa: S608
    refused_within(8, lambda: store.recordings.read(recorded, "rpm", 0, 1 << 62))
    assert len(store.recordings.read(recorded, "map", 0, 1 << 62).t_ns) == 5000


def test_a_clock_that_holds_more_than_its_samples_is_damaged(
    store: Store, recorded: str, bomb: bytes
) -> None:
    change(store.folder, "UPDATE clock SET payload = ?", bomb)
    refused_within(8, lambda: store.recordings.read(recorded, "rpm", 0, 1 << 62))


def test_stretches_that_hold_more_than_their_steps_are_damaged(
    store: Store, recorded: str, bomb: bytes
) -> None:
    change(store.folder, "UPDATE stretch SET payload = ?", bomb)
    refused_within(8, lambda: store.recordings.overview(recorded, ["rpm"], 0, 50 * 10**9, 20))


@pytest.mark.parametrize("samples", [-1, 0, 4999, 5001, blocks.MOST_SAMPLES + 1, 1 << 60])
def test_a_count_that_is_not_that_of_the_block_is_damaged(
    store: Store, recorded: str, bomb: bytes, samples: int
) -> None:
    change(store.folder, "UPDATE block SET samples = ?", samples)
    refused_within(8, lambda: store.recordings.read(recorded, "rpm", 0, 1 << 62))
    change(store.folder, "UPDATE clock SET payload = ?", bomb)
    change(store.folder, "UPDATE block SET payload = ?", b"\0" + bomb)
    refused_within(8, lambda: store.recordings.read(recorded, "rpm", 0, 1 << 62))


def test_a_late_sample_is_kept_where_the_block_that_it_falls_into_is_damaged(
    store: Store, columns: Make, bomb: bytes
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    writer.write({"rpm": columns(0, 50)})
    writer.write({"rpm": columns(64, 70)})
    change(store.folder, "UPDATE block SET payload = ?", b"\0" + bomb)
    tracemalloc.start()
    assert writer.write({"rpm": columns(50, 51)}) == 100
    assert writer.close().channels[0].samples == 5700
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB
    assert len(store.recordings.read(writer.id, "rpm", 64 * 10**9, 1 << 62).t_ns) == 600


def test_more_samples_than_a_block_may_hold_stay_in_the_journal(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MOST_SAMPLES", 1000)
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    writer.write({"rpm": columns(0, 50)})
    assert writer.close().channels[0].samples == 5000
    assert len(store.recordings.read(writer.id, "rpm", 0, 1 << 62).t_ns) == 5000


def test_a_stream_is_unpacked_up_to_its_bound_and_no_further() -> None:
    body = np.random.default_rng(1).bytes(1000)
    packed = zlib.compress(body)
    assert inflated(packed, 1000) == body
    for cut, most in ((packed, 999), (packed[:-1], 1000), (packed[:20], 1000), (packed, 0)):
        with pytest.raises(ValueError, match=r"longer|cut"):
            inflated(cut, most)
    with pytest.raises(zlib.error):
        inflated(b"no stream", 10)
    with pytest.raises(ValueError, match="cut"):
        stretches.unpack(zlib.compress(b""))
