"""Lines cut into pieces: solid and dashed ones, broken where they are broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.ui.widgets.plot.strokes import DASH, GAP, dashes, solid


def lengths(pieces):
    return np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1])


def line(seed, points=200):
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.5, 4.0, points))
    y = 200 + np.cumsum(rng.normal(0, 2.0, points))
    return x, y, np.append(np.ones(points - 1, np.bool_), False)


def test_a_solid_line_has_a_piece_for_each_step_that_is_joined():
    x, y, joined = line(1, 10)
    joined[4] = False
    assert len(solid(x, y, joined)) == 8


@given(st.integers(0, 2**32 - 1))
def test_dashes_cover_their_share_of_the_line(seed):
    x, y, joined = line(seed)
    whole = lengths(solid(x, y, joined)).sum()
    drawn = lengths(dashes(x, y, joined)).sum()
    assert drawn == pytest.approx(whole * DASH / (DASH + GAP), abs=DASH + 1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 198))
def test_dashes_never_cross_a_break(seed, broken):
    x, y, joined = line(seed)
    joined[broken] = False
    pieces = dashes(x, y, joined)
    middle = (pieces[:, 0] + pieces[:, 2]) / 2
    assert not ((middle > x[broken]) & (middle < x[broken + 1])).any()


@given(st.integers(0, 2**32 - 1))
def test_dashes_lie_on_the_line(seed):
    x, y, joined = line(seed)
    pieces = dashes(x, y, joined)
    assert np.interp(pieces[:, 0], x, y) == pytest.approx(pieces[:, 1], abs=1e-6)
    assert np.interp(pieces[:, 2], x, y) == pytest.approx(pieces[:, 3], abs=1e-6)
