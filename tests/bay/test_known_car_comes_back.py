"""A car that was away for a while and comes back: what of it is read anew."""

import pytest

from cartech_desk.bay import car_at_hand, connection
from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.status import LinkState
from tests.bay.known_desk import (
    CALIBRATIONS,
    ENGINE,
    OTHER_CALIBRATION,
    URL,
    telling,
    with_two_tellers,
)


@pytest.fixture
def car(car):
    return with_two_tellers(car)


@pytest.fixture
def soon_back(monkeypatch):
    monkeypatch.setattr(connection, "BACK_OFF_S", (0.02,))


def come_back(bay, car, until):
    bay.watch({"rpm": 50.0})
    car.link_up = False
    until(lambda: bay.snapshot().connection.state is not LinkState.CONNECTED)
    car.link_up = True
    until(lambda: bay.snapshot().connection.state is LinkState.CONNECTED, 20)
    return bay._owner._car.found


@pytest.mark.usefixtures("soon_back")
def test_a_car_that_comes_back_has_its_full_scales_read_anew(bay, car, until):
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x00"
    bay.connect(URL).result(20)
    before = bay._owner._car.found
    assert come_back(bay, car, until) is before
    car.pids[ENGINE][0x4F] = b"\x00\x00\x00\x80"
    assert come_back(bay, car, until).scales != before.scales


@pytest.mark.usefixtures("soon_back")
def test_an_ecu_that_comes_back_with_another_first_list_is_asked_everything(car, store, until):
    bay = Bay(
        store,
        BaySettings(max_requests_per_s=500),
        adapters=lambda url: telling(car, url),
    )
    bay.start()
    try:
        bay.connect(URL).result(20)
        car.pids[ENGINE][0x10] = b"\x01\x02"
        assert 0x10 in come_back(bay, car, until).supported[ENGINE]
        told = bay.snapshot().connection.car.warnings
        until(lambda: told == ("ECU 7E8 offers other values than last time.",))
    finally:
        bay.stop()


@pytest.mark.usefixtures("soon_back")
def test_an_ecu_programmed_while_the_car_was_away_is_noticed(bay, car, until, monkeypatch):
    monkeypatch.setattr(car_at_hand, "PROGRAMMING_NS", 0)
    bay.connect(URL).result(20)
    car.others[ENGINE, CALIBRATIONS] = OTHER_CALIBRATION
    come_back(bay, car, until)
    met = until(lambda: bay.snapshot().connection.car)
    assert met.ecus[0].calibration_ids == ("8P0907115H  0030",)
