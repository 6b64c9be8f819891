"""A sheet's curve: what is not known is neither drawn nor read."""

from dataclasses import replace

import numpy as np
import pytest

from cartech_desk.reports.dyno_curves import curve_of, pieces, read_at
from tests.reports.sheet_double import made_result

LOST = slice(150, 250)


def with_gap(name, *, of_dyno=True):
    """A result that lost one thing for a while, as the sums leave it there."""
    result = made_result()
    curve = result.curve
    if of_dyno:
        values = getattr(curve, name).copy()
        values[LOST] = np.nan
        return replace(result, curve=replace(curve, **{name: values}))
    values = curve.others[name].copy()
    values[LOST] = np.nan
    return replace(result, curve=replace(curve, others={**curve.others, name: values}))


@pytest.mark.parametrize("name", ["power_kw", "rpm"])
def test_power_is_neither_drawn_nor_read_where_the_dyno_was_gone(name):
    whole = curve_of(made_result())
    found = curve_of(with_gap(name))
    before, after = pieces(found.power_kw)
    assert found.x[after.start] - found.x[before.stop - 1] > 500
    middle = np.array([(found.x[after.start] + found.x[before.stop - 1]) / 2])
    assert np.isnan(read_at(found, found.power_kw, middle)).all()
    early = np.array([found.x[before.stop - 5]])
    assert read_at(found, found.power_kw, early) == pytest.approx(
        read_at(whole, whole.power_kw, early), rel=1e-9
    )


def test_one_row_without_values_is_enough_of_a_gap():
    result = made_result()
    curve = result.curve
    kept = np.r_[0:150, 200, 250 : len(curve.t_s)]
    parts = {
        name: getattr(curve, name)[kept].copy()
        for name in ("t_s", "speed_kmh", "rpm", "power_kw", "torque_nm")
    }
    for name, values in parts.items():
        if name != "t_s":
            values[150] = np.nan
    others = {name: values[kept] for name, values in curve.others.items()}
    found = curve_of(replace(result, curve=replace(curve, others=others, **parts)))
    before, after = pieces(found.power_kw)
    middle = np.linspace(found.x[before.stop - 1] + 1, found.x[after.start] - 1, 9)
    assert np.isnan(read_at(found, found.power_kw, middle)).all()


def test_a_mixture_that_was_gone_is_not_read_across():
    result = with_gap("wb_afr", of_dyno=False)
    found = curve_of(result)
    (values,) = [found.side[role] for role in found.side if np.isnan(found.side[role]).any()]
    middle = np.array([found.x[LOST.start + 20], found.x[LOST.stop - 20]])
    assert np.isnan(read_at(found, values, middle)).all()
