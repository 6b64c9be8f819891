"""Settings of the dyno: what they are in the bench, and when they are in force."""

from cartech_desk.app.settings import Settings
from cartech_desk.bay.dyno_settings import DynoSettings, Triggers
from cartech_desk.domain.dyno.run import View
from tests.bay.dyno_desk import DRIVER, make_bay, wish


def test_the_settings_of_the_shop_are_those_of_the_bench():
    settings = Settings(
        dyno={
            "start_kmh": 55,
            "start_throttle_pct": 80,
            "lift_kmh": 12,
            "again": False,
            "altitude_m": 1500,
            "correction": "std",
            "smoothing": 5,
            "equivalent_mass_kg": 800,
            "roller_m": 1.5,
        }
    )
    found = settings.dyno_settings()
    assert found == DynoSettings(
        Triggers(55, 80, 12, again=False),
        1500,
        view=View("std", 5),
        equivalent_mass_kg=800,
        roller_m=1.5,
    )
    assert settings.bay_settings().dyno == found


def test_other_settings_are_in_force_without_a_start_of_the_desk(store):
    bay, _ = make_bay(store)
    bay.start()
    try:
        bay.use_settings(Settings(dyno={"altitude_m": 1600, "roller_m": 2.0}).bay_settings())
        session = bay.dyno.start_session(wish(store), DRIVER).result(5)
        assert (session.setup.altitude_m, session.setup.roller_m) == (1600, 2.0)
        doubts = bay.snapshot().dyno.warnings
        assert any("98.00 kPa does not fit" in one or "reduced to sea" in one for one in doubts)
    finally:
        bay.stop()
