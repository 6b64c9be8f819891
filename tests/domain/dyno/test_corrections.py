import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.corrections import (
    CORRECTIONS,
    NoCorrection,
    diesel_exponent,
    factor,
    saturation_kpa,
)
from cartech_desk.domain.dyno.run import Conditions, Ignition, RunSetup
from cartech_desk.domain.dyno.station import standard_pressure_kpa
from cartech_desk.domain.dyno.vapour import air_density
from cartech_desk.domain.units import convert

SETUP = RunSetup()
CORRECTING = [key for key in CORRECTIONS if key != "none"]


def weather(fahrenheit, inches, humidity, **more):
    return Conditions(
        convert(fahrenheit, "degF", "degC"), convert(inches, "inHg", "kPa"), humidity, **more
    )


@pytest.mark.parametrize(
    ("celsius", "kpa"),
    [(10, 1.22811), (20, 2.33919), (25, 3.16982), (30, 4.24692), (40, 7.38511)],
)
def test_saturation_pressure_is_that_of_iapws(celsius, kpa):
    assert saturation_kpa(celsius) == pytest.approx(kpa, abs=6e-6)


def test_every_correction_has_the_name_that_a_sheet_prints():
    assert {key: form.name for key, form in CORRECTIONS.items()} == {
        "none": "Uncorrected",
        "sae": "SAE J1349, June 1990 form",
        "sae2004": "SAE J1349, August 2004, η = 0.85",
        "std": "STD, SAE J607",
        "din": "DIN 70020",
        "iso1585": "ISO 1585, spark ignition",
        "r85": "ECE R85, spark ignition",
        "eec": "EEC, spark ignition",
        "iso_diesel": "ISO 1585 / ECE R85 / EEC, diesel",
        "jis": "JIS D1001",
    }


def test_sae_is_what_dynojet_prints_for_the_weather_of_a_real_run():
    assert factor("sae", weather(61.02, 24.40, 30.07), SETUP).value == pytest.approx(
        1.222, abs=0.0006
    )


@pytest.mark.parametrize(
    ("fahrenheit", "inches", "humidity", "value", "off"),
    [
        (65, 28.868, 0, 50.38 / 48.38, 0.0003),
        (76, 28.690, 0, 45.43 / 42.90, 0.0003),
        (85, 28.85, 85, 1.1005, 0.001),
        (55, 30.10, 35, 0.994, 0.001),
    ],
)
def test_j607_gives_published_numbers(fahrenheit, inches, humidity, value, off):
    made = factor("std", weather(fahrenheit, inches, humidity), SETUP)
    assert made.value == pytest.approx(value, abs=off)


def dry(celsius, kpa):
    return Conditions(celsius, kpa, 0.0, "typed")


@pytest.mark.parametrize(
    ("key", "celsius", "kpa"),
    [
        ("sae", 298.0 - 273.15, 99.0),
        ("sae2004", 25.0, 99.0),
        ("std", 288.71 - 273.15, 101.325),
        ("din", 293.0 - 273.15, 101.3),
        ("iso1585", 298.0 - 273.15, 99.0),
        ("iso_diesel", 298.0 - 273.15, 99.0),
        ("jis", 25.0, 99.0),
    ],
)
def test_a_correction_is_one_at_its_reference(key, celsius, kpa):
    made = factor(key, dry(celsius, kpa), SETUP)
    assert made.value == pytest.approx(1.0, abs=1e-12)
    assert "outside_validity" not in made.doubts


def test_the_forms_of_sae_j1349_keep_their_own_friction():
    thin = dry(25.0, 80.0)
    x = 99.0 / 80.0
    warm = math.sqrt(298.15 / 298.0)
    assert factor("sae", thin, SETUP).value == pytest.approx(1.18 * x * warm - 0.18, abs=1e-12)
    assert factor("sae2004", thin, SETUP).value == pytest.approx((x - 0.15) / 0.85, abs=1e-12)


def test_din_ignores_humidity_and_needs_none():
    values = {
        factor("din", Conditions(20.0, 98.0, humidity), SETUP).value
        for humidity in (None, 0.0, 50.0, 100.0)
    }
    assert len(values) == 1


def test_spark_forms_of_iso_ece_and_eec_agree():
    at = Conditions(32.0, 96.5, 55.0)
    values = {factor(key, at, SETUP).value for key in ("iso1585", "r85", "eec")}
    pd = 96.5 - 0.55 * saturation_kpa(32.0)
    assert values == {(99.0 / pd) ** 1.2 * ((32.0 + 273.15) / 298.0) ** 0.6}


@pytest.mark.parametrize(
    ("fuel", "fm"), [(None, 0.3), (20.0, 0.3), (40.0, 0.3), (50.0, 0.66), (65.0, 1.2), (90.0, 1.2)]
)
def test_the_diesel_exponent_follows_the_fuel_within_its_limits(fuel, fm):
    assert diesel_exponent(fuel) == pytest.approx(fm)


def test_a_turbocharged_diesel_is_corrected_less_for_pressure_and_more_for_warmth():
    at = Conditions(40.0, 90.0, 0.0)
    plain = RunSetup(ignition=Ignition.DIESEL, fuel_mg_per_stroke_l=65.0)
    turbo = RunSetup(
        ignition=Ignition.DIESEL, fuel_mg_per_stroke_l=130.0, turbo=True, boost_ratio=2.0
    )
    warm = 313.15 / 298.0
    assert factor("iso_diesel", at, plain).value == pytest.approx((1.1 * warm**0.7) ** 1.2)
    assert factor("iso_diesel", at, turbo).value == pytest.approx((1.1**0.7 * warm**1.5) ** 1.2)


def test_a_diesel_without_its_fuel_says_which_exponent_stands_for_it():
    made = factor("iso_diesel", dry(20, 95), RunSetup(ignition=Ignition.DIESEL))
    assert made.doubts == ("fuel_unknown",)
    assert "fm = 0.3" in made.warnings[0]


@pytest.mark.parametrize(("ratio", "fm"), [(1.0, 1.2), (2.0, 0.66), (2.5, 0.3)])
def test_the_fuel_of_a_turbocharged_diesel_is_divided_by_its_pressure_ratio(ratio, fm):
    setup = RunSetup(
        ignition=Ignition.DIESEL, turbo=True, fuel_mg_per_stroke_l=100.0, boost_ratio=ratio
    )
    air = (99.0 / 90.0) ** 0.7 * (313.15 / 298.0) ** 1.5
    made = factor("iso_diesel", Conditions(40.0, 90.0, 0.0), setup)
    assert made.value == pytest.approx(air**fm)
    assert "fuel_unknown" not in made.doubts


@pytest.mark.parametrize(
    ("fuel", "ratio", "lacks"), [(None, 2.0, "fuel per litre"), (100.0, None, "pressure ratio")]
)
def test_the_doubt_of_a_diesel_holds_every_exponent_that_it_may_have(fuel, ratio, lacks):
    setup = RunSetup(
        ignition=Ignition.DIESEL, turbo=True, fuel_mg_per_stroke_l=fuel, boost_ratio=ratio
    )
    air = (99.0 / 90.0) ** 0.7 * (313.15 / 298.0) ** 1.5
    made = factor("iso_diesel", Conditions(40.0, 90.0, 0.0), setup)
    for fm in (0.3, 0.66, 1.2):
        assert abs(air**fm - made.value) <= made.uncertainty * made.value
    assert lacks in dict(zip(made.doubts, made.warnings, strict=True))["fuel_unknown"]


@pytest.mark.parametrize("humidity", [0.45, 1.0, 2.9])
def test_a_humidity_typed_as_a_fraction_is_asked_about(humidity):
    made = factor("sae", Conditions(30.0, 99.0, humidity, "typed"), SETUP)
    assert "humidity_suspect" in made.doubts
    assert "humidity_suspect" not in factor("din", made.conditions, SETUP).doubts


def test_a_dry_day_is_not():
    assert factor("sae", Conditions(30.0, 99.0, 8.0, "typed"), SETUP).doubts == ()


@pytest.mark.parametrize(
    ("key", "words"), [("iso1585", "itself limits"), ("std", "sets no limit here")]
)
def test_a_form_is_called_limited_only_where_its_standard_limits_it(key, words):
    made = factor(key, Conditions(15.0, 82.0, 30.0, "typed"), SETUP)
    assert words in dict(zip(made.doubts, made.warnings, strict=True))["outside_validity"]


@pytest.mark.parametrize(
    ("key", "ignition"), [("iso1585", Ignition.DIESEL), ("iso_diesel", Ignition.SPARK)]
)
def test_a_form_for_another_kind_of_engine_is_used_and_doubted(key, ignition):
    made = factor(key, dry(20, 98), RunSetup(ignition=ignition, fuel_mg_per_stroke_l=50.0))
    assert made.correction.key == key
    assert "wrong_form" in made.doubts


def test_an_unknown_correction_is_refused_with_those_that_there_are():
    with pytest.raises(NoCorrection, match="std"):
        factor("dynojet", dry(20, 98), SETUP)


def test_outside_its_validity_a_factor_is_used_and_warned_of():
    made = factor("sae", weather(61.02, 24.40, 30.07), SETUP)
    assert made.value > 1.2
    assert made.doubts == ("outside_validity",)
    assert "0.93 to 1.07" in made.warnings[0]


def test_uncorrected_is_one_and_warns_of_nothing():
    made = factor("none", Conditions(), SETUP)
    assert (made.value, made.warnings, made.why_not) == (1.0, (), "")


@pytest.mark.parametrize("key", CORRECTING)
def test_without_weather_nothing_is_corrected_and_what_lacks_is_named(key):
    made = factor(key, Conditions(20.0, None, 40.0), SETUP)
    assert made.value == 1.0
    assert "station pressure" in made.why_not


def test_without_humidity_a_dry_form_is_not_guessed():
    made = factor("sae", Conditions(20.0, 98.0, None), SETUP)
    assert made.value == 1.0
    assert "humidity" in made.why_not


@pytest.mark.parametrize(
    ("conditions", "hint"),
    [
        (Conditions(20.0, 24.4, 30.0), "inHg"),
        (Conditions(20.0, 985.0, 30.0), "hPa"),
        (Conditions(20.0, 14.2, 30.0), "psi"),
        (Conditions(20.0, 0.0, 30.0), "kPa"),
        (Conditions(77.0, 98.0, 30.0), "°F"),
        (Conditions(20.0, 98.0, 130.0), "humidity"),
        (Conditions(float("nan"), 98.0, 30.0), "temperature"),
    ],
)
def test_absurd_weather_corrects_nothing_and_says_what_is_wrong(conditions, hint):
    made = factor("sae", conditions, SETUP)
    assert made.value == 1.0
    assert hint in made.why_not


def test_pressure_of_the_forecast_at_altitude_is_suspected():
    made = factor("sae", dry(20.0, 101.6), RunSetup(altitude_m=1600.0))
    assert "pressure_suspect" in made.doubts
    assert "sea level" in made.warnings[0]


@pytest.mark.parametrize("altitude", [0.0, 300.0, 1600.0, 2500.0])
@pytest.mark.parametrize("weather_kpa", [-3.0, 0.0, 3.0])
def test_station_pressure_in_any_weather_is_not_suspected(altitude, weather_kpa):
    kpa = standard_pressure_kpa(altitude) + weather_kpa
    made = factor("sae", dry(20.0, kpa), RunSetup(altitude_m=altitude))
    assert "pressure_suspect" not in made.doubts


def test_the_standard_atmosphere_at_heights():
    assert standard_pressure_kpa(0.0) == pytest.approx(101.325)
    assert standard_pressure_kpa(1000.0) == pytest.approx(89.875, abs=0.01)
    assert standard_pressure_kpa(2000.0) == pytest.approx(79.495, abs=0.01)


@pytest.mark.parametrize("altitude", [-1.98e63, -2_000.1, 11_000.1, 1e308])
def test_heights_where_the_formula_ends_are_told_instead_of_a_pressure(altitude):
    with pytest.raises(ValueError, match="is not between -2000 m and 11000 m"):
        standard_pressure_kpa(altitude)
    made = factor("sae", dry(20.0, 99.0), RunSetup(altitude_m=altitude))
    told = dict(zip(made.doubts, made.warnings, strict=True))
    assert "altitude cannot be right" in told["pressure_suspect"]


def test_vapour_and_dry_pressure_are_told():
    made = factor("sae", Conditions(30.0, 98.0, 50.0), SETUP)
    assert made.vapour_kpa == pytest.approx(2.12346, abs=1e-5)
    assert made.dry_kpa == pytest.approx(98.0 - 2.12346, abs=1e-5)


def test_air_weighs_what_tables_say():
    assert air_density(15.0, 101.325) == pytest.approx(1.2250, abs=2e-4)
    assert air_density(20.0, 101.325, 100.0) < air_density(20.0, 101.325)


AIR = st.builds(
    Conditions,
    st.floats(-20.0, 45.0),
    st.floats(70.0, 105.0),
    st.floats(0.0, 100.0),
    st.just("typed"),
)


@pytest.mark.parametrize("key", CORRECTING)
@given(air=AIR)
def test_a_correction_inverts(key, air):
    """The pressure that a factor was made for comes back out of it, found by halving."""
    made = factor(key, air, SETUP)
    low, high = 60.0, 115.0
    for _ in range(60):
        middle = (low + high) / 2.0
        there = factor(key, Conditions(air.temperature_c, middle, air.humidity_pct), SETUP)
        low, high = (middle, high) if there.value > made.value else (low, middle)
    assert low == pytest.approx(air.pressure_kpa, abs=1e-6)


@pytest.mark.parametrize("key", CORRECTING)
@given(air=AIR, thinner=st.floats(0.1, 10.0))
def test_thinner_air_is_never_corrected_less(key, air, thinner):
    there = factor(key, air, SETUP).value
    thin = Conditions(air.temperature_c, air.pressure_kpa - thinner, air.humidity_pct)
    assert factor(key, thin, SETUP).value > there


@pytest.mark.parametrize("key", CORRECTING)
@given(air=AIR)
def test_the_doubt_of_a_factor_is_about_what_its_pressure_may_err(key, air):
    setup = RunSetup(fuel_mg_per_stroke_l=65.0)
    made = factor(key, air, setup)
    station = factor(
        key,
        Conditions(air.temperature_c, air.pressure_kpa, air.humidity_pct, "weather station"),
        setup,
    )
    assert 0.0 < station.uncertainty < made.uncertainty < 0.03
