"""Figures of the car and channels that the shop made up, all the way to values."""

import pytest

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.domain.sources import OwnChannel

URL = "elm327:/dev/scripted"
GEARBOX = {"tyre_m": 2.0, "final_drive": 4.0, "gear_1": 3.6, "gear_2": 2.1, "gear_3": 1.0}


@pytest.fixture
def make_bay(car, store):
    bays = []

    def make(**settings):
        bays.append(
            Bay(store, BaySettings(max_requests_per_s=500, **settings), adapters=car.adapter)
        )
        bays[-1].start()
        return bays[-1]

    yield make
    for bay in bays:
        bay.stop()


def test_an_own_channel_comes_live_and_one_that_cannot_is_said(make_bay, until):
    bay = make_bay(
        own=(OwnChannel("boost_bar", "boost / 100", unit="bar"), OwnChannel("typo", "boots * 2"))
    )
    status = bay.connect(URL).result(5)
    names = [channel.name for channel in bay.available()]
    assert "boost_bar" in names
    assert "typo" not in names
    (warning,) = [one for one in status.car.warnings if "typo" in one]
    assert "“boots”" in warning
    bay.watch({"boost_bar": 20.0, "rpm": 20.0})
    until(lambda: bay.snapshot().channels["boost_bar"].value == pytest.approx(0.5))
    assert bay.snapshot().channels["rpm"].value == 1726


def test_the_gear_follows_from_the_figures_of_the_car(make_bay, until):
    bay = make_bay(parameters=GEARBOX)
    bay.connect(URL).result(5)
    bay.watch({"gear": 20.0})
    # 1726 rpm at 50 km/h: 1726 * 2 m * 60 / (50000 m * 4) = 1.04, beside the ratio of 1.0
    until(lambda: bay.snapshot().channels["gear"].value == 3)


def test_other_own_channels_count_from_the_next_connection(make_bay):
    bay = make_bay(own=(OwnChannel("boost_bar", "boost / 100"),))
    bay.connect(URL).result(5)
    bay.use_settings(BaySettings(own=(OwnChannel("twice", "rpm * 2"),)))
    bay.connect(URL).result(5)
    names = {channel.name for channel in bay.available()}
    assert "twice" in names
    assert "boost_bar" not in names
