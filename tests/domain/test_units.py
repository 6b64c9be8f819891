import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.bands import bands
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import CANONICAL
from cartech_desk.domain.units import UNITS, UnitError, UnitSystem, convert, known_unit, shown


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (100.0, "km/h", "mph", 62.137119),  # NIST SP 811
        (0.0, "degC", "degF", 32.0),
        (-40.0, "degC", "degF", -40.0),
        (100.0, "degC", "degF", 212.0),
        (0.0, "degC", "K", 273.15),
        (101.325, "kPa", "psi", 14.695949),
        (101.325, "kPa", "inHg", 29.9213),  # conventional inch of mercury
        (101.325, "kPa", "mmHg", 760.0),
        (1.0, "bar", "kPa", 100.0),
        (1.0, "hp", "kW", 0.74569987),
        (1.0, "PS", "kW", 0.73549875),
        (100.0, "Nm", "lbft", 73.756215),
        (1.0, "g/s", "kg/h", 3.6),
        (1.0, "lb/min", "g/s", 7.5598728),
        (50.0, "percent", "ratio", 0.5),
        (6000.0, "rpm", "rad/s", 628.318531),
        (10.0, "km/L", "mpg", 23.5214584),
    ],
)
def test_converts_by_the_published_figure(value, source, target, expected):
    assert convert(value, source, target) == pytest.approx(expected, rel=2e-6)


@given(st.sampled_from(list(UNITS)), st.sampled_from(list(UNITS)), st.floats(-1e6, 1e6, width=32))
def test_there_and_back_is_the_same_value(source, target, value):
    if UNITS[source].dimension != UNITS[target].dimension:
        with pytest.raises(UnitError):
            convert(value, source, target)
        return
    back = convert(convert(value, source, target), target, source)
    # An offset (degF, K) costs digits near zero, never more than its own rounding.
    assert back == pytest.approx(value, rel=1e-9, abs=1e-9 * abs(UNITS[source].factor) + 1e-9)


def test_arrays_convert_like_single_values():
    values = np.array([0.0, 50.0, np.nan])
    out = convert(values, "degC", "degF")
    assert out[:2].tolist() == pytest.approx([32.0, 122.0])
    assert math.isnan(out[2])


def test_an_unknown_unit_is_named():
    with pytest.raises(UnitError, match="furlong") as caught:
        known_unit("furlong")
    assert "kPa" in caught.value.to_do


def test_units_of_different_kinds_do_not_convert():
    with pytest.raises(UnitError, match="temperature"):
        convert(1.0, "kPa", "degC")


@pytest.mark.parametrize(
    ("channel", "unit", "system", "symbol", "value", "expected"),
    [
        ("boost", "kPa", UnitSystem.METRIC, "bar", 138.0, 1.38),
        ("boost", "kPa", UnitSystem.IMPERIAL, "psi", 100.0, 14.5038),
        ("boost", "kPa", UnitSystem.MIXED, "psi", 100.0, 14.5038),
        ("map", "kPa", UnitSystem.METRIC, "kPa", 98.0, 98.0),
        ("map", "kPa", UnitSystem.IMPERIAL, "psi", 100.0, 14.5038),
        ("map", "kPa", UnitSystem.MIXED, "kPa", 98.0, 98.0),
        ("barometer", "kPa", UnitSystem.IMPERIAL, "inHg", 101.325, 29.9213),
        ("FRP", "kPa", UnitSystem.IMPERIAL, "psi", 100.0, 14.5038),
        ("speed", "km/h", UnitSystem.METRIC, "km/h", 100.0, 100.0),
        ("speed", "km/h", UnitSystem.MIXED, "mph", 100.0, 62.1371),
        ("temp", "degC", UnitSystem.MIXED, "°C", 93.0, 93.0),
        ("temp", "degC", UnitSystem.IMPERIAL, "°F", 93.0, 199.4),
        ("rpm", "rpm", UnitSystem.IMPERIAL, "rpm", 6420.0, 6420.0),
    ],
)
def test_a_shop_sees_its_own_unit(channel, unit, system, symbol, value, expected):
    view = shown(unit, system, channel)
    assert view.symbol == symbol
    assert view.to_shown(value) == pytest.approx(expected, rel=1e-5)
    assert view.from_shown(view.to_shown(value)) == pytest.approx(value)
    assert view.to_shown(np.array([value]))[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("system", list(UnitSystem))
def test_every_unit_can_be_shown_in_every_system(system):
    for key in UNITS:
        assert shown(key, system).decimals >= 0


def test_every_canonical_name_has_a_row_that_comes_first():
    assert tuple(canonical())[: len(CANONICAL)] == CANONICAL


def test_bands_are_ordered_and_absent_where_the_car_decides():
    assert bands("rpm") is None
    assert bands("no such channel") is None
    for name in canonical():
        edges = bands(name)
        if edges is not None:
            values = [edges.trip_low, edges.warn_low, edges.warn_high, edges.trip_high]
            known = [value for value in values if value is not None]
            assert known
            assert known == sorted(known)
    voltage = bands("voltage")
    assert voltage is not None
    assert voltage.warn_low == 12.0
