"""What stands behind the live page."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.bands import Bands
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.band_zones import Zone, bands_in_order, zone_of, zone_spans
from cartech_desk.ui.models.channel_list import matching
from cartech_desk.ui.models.grid_packing import pack, rows_of
from cartech_desk.ui.models.live_layout import (
    ChartSpec,
    LayoutUnreadable,
    LiveLayout,
    TileSpec,
    from_document,
    standard_layout,
    to_document,
)
from cartech_desk.ui.models.trace import shown_unit, traces_of

COOLANT = Bands(trip_low=None, warn_low=60, warn_high=105, trip_high=115)


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        (59.9, Zone.WARN_LOW),
        (60, Zone.GOOD),
        (105, Zone.GOOD),
        (105.1, Zone.WARN_HIGH),
        (115, Zone.WARN_HIGH),
        (115.1, Zone.TRIP_HIGH),
        (float("nan"), Zone.GOOD),
    ],
)
def test_a_value_stands_in_its_zone(value, zone):
    assert zone_of(value, COOLANT) is zone


def test_the_zones_of_a_gauge_cover_it_without_holes():
    spans = zone_spans(0, 130, COOLANT)
    assert [(span.zone, span.low, span.high) for span in spans] == [
        (Zone.WARN_LOW, 0, 60),
        (Zone.GOOD, 60, 105),
        (Zone.WARN_HIGH, 105, 115),
        (Zone.TRIP_HIGH, 115, 130),
    ]


@given(st.tuples(*[st.none() | st.floats(-50, 200)] * 4))
def test_zones_cover_any_gauge_and_say_what_the_value_says(edges):
    bands = Bands(*edges)
    if not bands_in_order(bands):
        return
    spans = zone_spans(0, 100, bands)
    assert spans[0].low == 0
    assert spans[-1].high == 100
    for before, after in pairwise(spans):
        assert before.high == after.low
    for span in spans:
        middle = (span.low + span.high) / 2
        if span.low < middle < span.high:
            assert zone_of(middle, bands) is span.zone


def test_tiles_fill_the_first_place_that_is_free():
    cells = pack([(2, 1), (2, 1), (1, 1), (1, 2)], 3)
    assert [(cell.column, cell.row) for cell in cells] == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert rows_of(cells) == 3


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=20), st.integers(1, 8))
def test_no_two_tiles_share_a_place(sizes, columns):
    taken = set()
    for cell in pack(sizes, columns):
        fields = {
            (cell.row + r, cell.column + c) for r in range(cell.rows) for c in range(cell.columns)
        }
        assert not fields & taken
        assert all(column < columns for _, column in fields)
        taken |= fields


def test_a_layout_comes_back_as_it_was_kept():
    layout = LiveLayout(
        (TileSpec("rpm", 2, 1, (0, 7000), Bands(warn_high=6500)), TileSpec("temp")),
        (ChartSpec(("rpm", "map"), 2.0, (0, 7000)), ChartSpec(("afr",))),
        30.0,
        0.3,
        {"rpm": 20.0},
    )
    assert from_document(to_document(layout), "Pull") == layout


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 2},
        {"tiles": [{"channel": 5}]},
        {"charts": [{"channels": ["rpm"], "height": 0, "scale": None}]},
        {"charts": [{"channels": ["rpm"], "height": 1, "scale": [5, 5]}]},
        {"span_s": "long"},
        {"span_s": float("nan")},
        {"rates_hz": {"rpm": -1}},
    ],
)
def test_a_document_that_is_no_layout_is_refused_by_name(broken):
    document = {**to_document(LiveLayout()), **broken} if broken else {}
    with pytest.raises(LayoutUnreadable, match="“Pull” cannot be read"):
        from_document(document, "Pull")


def test_the_standard_layout_takes_what_there_is():
    channels = [Channel("egt", "EGT", "degC", 0, 1000), Channel("rpm", "rpm", "rpm", 0, 8000)]
    layout = standard_layout(channels)
    assert [spec.channel for spec in layout.tiles] == ["rpm", "egt"]
    assert [spec.channels for spec in layout.charts] == [("rpm",)]
    assert standard_layout([]) == LiveLayout()


def test_a_search_finds_every_word_and_names_first():
    channels = [
        Channel("boost", "Boost", "kPa", 0, 1, source="map - barometer"),
        Channel("map", "Manifold pressure", "kPa", 0, 1, source="mode 01 PID 0B"),
    ]
    assert [c.name for c in matching(channels, "map")] == ["map", "boost"]
    assert [c.name for c in matching(channels, "pid 0b")] == ["map"]
    assert matching(channels, "map xyz") == []


def test_units_are_those_of_the_shop():
    boost = Channel("boost", "Boost", "kPa", -100, 200)
    assert shown_unit(boost, UnitSystem.METRIC).symbol == "bar"
    assert shown_unit(boost, UnitSystem.IMPERIAL).symbol == "psi"


def test_channels_of_one_unit_share_a_scale_unless_one_would_lie_flat():
    afr = Channel("afr", "AFR", "ratio", 8, 22)
    one = Channel("lambda", "Lambda", "ratio", 0.5, 1.5)
    two = Channel("lambda2", "Lambda bank 2", "ratio", 0.5, 1.5)
    traces = traces_of([afr, one, two], UnitSystem.METRIC)
    assert traces[0].scale is not traces[1].scale
    assert traces[1].scale is traces[2].scale
