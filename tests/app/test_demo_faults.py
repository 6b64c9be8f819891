"""The demo's car has something to show on the Faults page."""

import pytest

from cartech_desk.app import demo_pull
from cartech_desk.hardware.sim.link import parked, tow_away


@pytest.fixture
def car():
    tow_away(demo_pull.NAME_OF_CAR)
    demo_pull.give_faults()
    plug = parked(demo_pull.NAME_OF_CAR)
    assert plug is not None
    yield plug.car
    tow_away(demo_pull.NAME_OF_CAR)


def test_the_demos_car_holds_codes_of_every_kind_in_several_control_units(car):
    memory = car.vehicle.memory
    assert memory.codes("confirmed", "engine") == ["P0135"]
    assert memory.codes("confirmed", "gearbox") == ["P0711"]
    assert memory.codes("pending", "brakes") == ["U0101"]
    assert "P0420" in memory.codes("permanent", "engine")
    assert memory.lamp


def test_what_is_broken_comes_back_after_clearing_and_the_rest_does_not(car):
    for ecu in ("engine", "gearbox", "brakes"):
        car.vehicle.memory.clear(ecu)
    for second in range(60):
        car.keep_time(1_000_000_000 * (second + 1))
    memory = car.vehicle.memory
    assert memory.codes("confirmed", "engine") == ["P0135"]
    assert memory.codes("confirmed", "gearbox") == []
