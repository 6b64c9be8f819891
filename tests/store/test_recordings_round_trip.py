"""What is written comes back bit by bit, and no overview hides a peak."""

import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.channels import Channel
from cartech_desk.store.blocks import BLOCK_NS, pack_block, pack_clock, unpack_samples
from cartech_desk.store.journal import pack, unpack
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind, Samples
from cartech_desk.store.store import Store

ALL = (-(1 << 62), 1 << 62)
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
Make = Callable[..., Columns]

any_value = st.one_of(
    st.floats(width=64),
    st.integers(0, 255).map(lambda count: count * 100 / 255),
    st.sampled_from([0.0, -0.0, float("inf"), float("-inf"), float("nan")]),
)


@st.composite
def samples(draw: st.DrawFn, limit_ns: int = 4 * BLOCK_NS) -> Samples:
    count = draw(st.integers(1, 40))
    t_ns = draw(st.lists(st.integers(-limit_ns, limit_ns), min_size=count, max_size=count))
    if draw(st.booleans()):
        values = [draw(any_value)] * count
    else:
        values = draw(st.lists(any_value, min_size=count, max_size=count))
    quality = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=count, max_size=count))
    return Samples(
        np.array(t_ns, np.int64), np.array(values, np.float64), np.array(quality, np.uint8)
    )


def same(found: Samples, wanted: Samples) -> bool:
    return (
        np.array_equal(found.t_ns, wanted.t_ns)
        and np.array_equal(found.values.view(np.int64), wanted.values.view(np.int64))
        and np.array_equal(found.quality, wanted.quality)
    )


def in_order(*pieces: Samples) -> Samples:
    t_ns = np.concatenate([piece.t_ns for piece in pieces])
    order = np.argsort(t_ns, kind="stable")
    return Samples(
        t_ns[order],
        np.concatenate([piece.values for piece in pieces])[order],
        np.concatenate([piece.quality for piece in pieces])[order],
    )


@settings(max_examples=60, deadline=None)
@given(samples())
def test_a_block_comes_back_bit_by_bit(column: Samples) -> None:
    column = in_order(column)
    packed = pack_block(column.values, column.quality)
    assert same(unpack_samples(pack_clock(column.t_ns), packed, len(column.t_ns)), column)


@pytest.mark.parametrize("distinct", [1, 2, 255, 256, 257, 1000])
def test_blocks_with_tables_of_every_width_come_back(distinct: int) -> None:
    rng = np.random.default_rng(distinct)
    values = rng.integers(0, distinct, 6400) * 100 / 255
    quality = np.zeros(6400, np.uint8)
    clock = pack_clock(np.arange(6400))
    found = unpack_samples(clock, pack_block(values, quality), 6400)
    assert np.array_equal(found.values, values)


SAWTOOTH = np.arange(6400) % 100
UNEVEN = {
    "even steps": SAWTOOTH * 0.1,
    "squares": SAWTOOTH * SAWTOOTH * 0.1,
    "two kinds of zero": np.where(SAWTOOTH % 2, 0.0, -0.0) + np.where(SAWTOOTH < 50, 0.0, 1.0),
    "negative zeros": np.where(SAWTOOTH % 3, 0.25 * SAWTOOTH, -0.0),
    "infinite": np.where(SAWTOOTH == 7, np.inf, SAWTOOTH * 0.5),
    "no number": np.where(SAWTOOTH == 7, np.nan, SAWTOOTH * 0.5),
    "far apart": np.where(SAWTOOTH == 7, 1e300, SAWTOOTH * 1e-300),
    "one step too many": np.where(SAWTOOTH == 7, 1e9, SAWTOOTH * 1.0),
    "next to each other": 1.0 + SAWTOOTH * np.spacing(1.0),
}


@pytest.mark.parametrize("kind", UNEVEN)
def test_tables_come_back_bit_by_bit_whatever_the_steps(kind: str) -> None:
    column = Samples(np.arange(6400), UNEVEN[kind], np.zeros(6400, np.uint8))
    packed = pack_block(column.values, column.quality)
    assert same(unpack_samples(pack_clock(column.t_ns), packed, 6400), column)


def test_more_distinct_values_than_a_table_can_number_come_back() -> None:
    values = np.tile(np.random.default_rng(1).normal(size=70_000), 5)
    column = Samples(np.arange(350_000), values, np.zeros(350_000, np.uint8))
    packed = pack_block(column.values, column.quality)
    assert same(unpack_samples(pack_clock(column.t_ns), packed, 350_000), column)


def test_a_table_that_an_earlier_desk_wrote_can_be_read() -> None:
    distinct = np.array([1.5, 2.5, 4.0])
    body = b"\3\0\0\0" + distinct.astype("<f8").tobytes() + bytes([0, 1, 1, 254])
    found = unpack_samples(pack_clock(np.arange(4)), b"\1" + zlib.compress(body), 4)
    assert found.values.tolist() == [1.5, 2.5, 4.0, 1.5]


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.integers(0, 5), samples(), min_size=1), st.booleans())
def test_a_journal_row_comes_back_bit_by_bit(columns: dict[int, Samples], shared: bool) -> None:
    if shared:  # one clock for all of one length
        times = {len(column.t_ns): column.t_ns for column in columns.values()}
        columns = {
            code: Samples(times[len(column.t_ns)], column.values, column.quality)
            for code, column in columns.items()
        }
    row = pack(columns)
    assert row is not None
    found = unpack(row.directory, row.payload)
    assert all(same(found[code], column) for code, column in columns.items())
    assert row.samples == sum(len(column.t_ns) for column in columns.values())


@settings(max_examples=25, deadline=None)
@given(st.lists(samples(), min_size=1, max_size=6), st.integers(1, 400))
def test_a_recording_comes_back_in_order_whatever_the_order_of_writing(
    pieces: list[Samples], stretches: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        vehicle = store.vehicles.by_name("x")
        writer = store.recordings.begin(vehicle.id, [RPM], anchor_ns=1000)
        wanted = in_order(*pieces)
        for piece in pieces:
            writer.write({"rpm": Columns(piece.t_ns + 1000, piece.values, piece.quality)})
        for _closed in (False, True):
            assert same(store.recordings.read(writer.id, "rpm", *ALL), wanted)
            again = in_order(*store.recordings.chunks(writer.id, "rpm"))
            assert same(again, wanted)
            summary = store.recordings.get(writer.id)
            good = wanted.values[wanted.quality == 0]
            good = good[~np.isnan(good)]
            channel = summary.channels[0]
            assert (summary.first_ns, summary.last_ns) == (wanted.t_ns[0], wanted.t_ns[-1])
            assert channel.samples == len(wanted.t_ns)
            found = store.recordings.overview(
                writer.id, ["rpm"], summary.first_ns, summary.last_ns, stretches
            )["rpm"]
            assert len(found.t_ns) == len(found.minimum) == len(found.maximum)
            assert bool((np.diff(found.t_ns) >= 0).all())
            if len(good):
                assert (channel.minimum, channel.maximum) == (good.min(), good.max())
                assert np.nanmin(found.minimum) == good.min()
                assert np.nanmax(found.maximum) == good.max()
            else:
                assert np.isnan(channel.minimum)
                assert np.isnan(found.minimum).all()
            writer.close()
        store.close()


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("stretches", [10, 60, 400, 2000, 100_000])
def test_an_overview_is_what_the_samples_say(
    store: Store, columns: Make, closed: bool, stretches: int
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    for second in range(-30, 300, 5):
        writer.write({"rpm": columns(second, second + 5)})
    if closed:
        writer.close()
    whole = store.recordings.read(writer.id, "rpm", *ALL)
    for span in ((-30_000_000_000, 299_990_000_000), (50_000_000_000, 200_000_000_000)):
        found = store.recordings.overview(writer.id, ["rpm"], *span, stretches)["rpm"]
        truth = store.recordings.read(writer.id, "rpm", *span)
        assert len(found.t_ns) <= max(2 * stretches, 12)
        assert len(found.t_ns) >= min(stretches, len(truth.t_ns)) // 2
        assert not np.isnan(found.minimum).any()
        lengths = np.diff(found.t_ns).max()
        for t_ns, low, high in zip(found.t_ns, found.minimum, found.maximum, strict=True):
            start = np.searchsorted(whole.t_ns, t_ns - lengths, "left")
            stop = np.searchsorted(whole.t_ns, t_ns + lengths, "right")
            near = whole.values[start:stop]
            assert near.min() <= low <= high <= near.max()
    writer.close()


def test_a_single_peak_is_seen_in_an_overview_of_hours(store: Store, columns: Make) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    for second in range(0, 7200, 60):
        piece = columns(second, second + 60, 10)
        if second == 3600:
            piece.values[77] = 9999.0
        writer.write({"rpm": piece})
    writer.close()
    for stretches in (5, 100, 1000, 5000):
        found = store.recordings.overview(writer.id, ["rpm"], 0, 7200 * 10**9, stretches)["rpm"]
        assert found.maximum.max() == 9999.0
        peak = found.t_ns[found.maximum.argmax()]
        assert abs(peak - 3607.7e9) <= 7200e9 / stretches * 1.3


def test_a_silence_breaks_the_line_and_slow_channels_stay_whole(store: Store) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    seconds = np.concatenate((np.arange(0, 100), np.arange(150, 300)))
    t_ns = seconds * 1_000_000_000
    writer.write({"rpm": Columns(t_ns, np.ones(len(t_ns)), np.zeros(len(t_ns), np.uint8))})
    writer.close()
    for stretches in (60, 600, 10_000):
        found = store.recordings.overview(writer.id, ["rpm"], 0, 300 * 10**9, stretches)["rpm"]
        broken = found.t_ns[np.isnan(found.minimum)]
        assert len(broken) == 1
        assert 100e9 <= broken[0] <= 150e9


def test_a_read_is_closed_at_both_ends(store: Store, columns: Make) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    writer.write({"rpm": columns(0, 200, 1)})
    writer.close()
    found = store.recordings.read(writer.id, "rpm", 60_000_000_000, 70_000_000_000)
    assert found.t_ns.tolist() == [second * 1_000_000_000 for second in range(60, 71)]


def test_marks_come_back_in_order(store: Store) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=5)
    marks = (
        Mark(7_000, MarkKind.NOTE, "second; '\"--"),
        Mark(-4, MarkKind.GAP, "", 9_000),
        Mark(0, MarkKind.TRIGGER),
    )
    assert writer.write({}, marks) == 0
    assert store.recordings.get(writer.id).marks == tuple(sorted(marks, key=lambda m: m.t_ns))
    assert writer.close().ending is Ending.STOPPED


def test_a_channel_that_nobody_announced_is_recorded_by_its_name(
    store: Store, columns: Make
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    assert writer.write({"new": columns(0, 1), "rpm": columns(0, 2)}) == 300
    writer.add_channel(RPM)
    found = writer.close().channels
    assert [(c.channel.name, c.channel.unit, c.samples) for c in found] == [
        ("rpm", "rpm", 200),
        ("new", "", 100),
    ]


def test_a_recording_is_small_beside_its_samples(store: Store, columns: Make) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    written = 0
    for second in range(0, 640, 2):
        written += writer.write({"rpm": columns(second, second + 2)})
    assert writer.close().bytes < 2 * written
