"""Ctrl+K and the choice of a vehicle reach what is not among the newest."""

import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.ui.shell import vehicle_choice
from cartech_desk.ui.shell.finder import Finder
from cartech_desk.ui.shell.palette import CommandPalette
from cartech_desk.ui.shell.vehicle_choice import VehicleChoice

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


@pytest.fixture
def finder(qtbot):
    from PySide6.QtWidgets import QWidget

    over = QWidget()
    qtbot.addWidget(over)
    over.resize(800, 600)
    over.show()
    made = Finder(over, "Find")
    made.over = over
    return made


def titles(finder):
    return [found.title for found in finder.found()]


def test_a_recording_is_found_by_ctrl_k_and_opened(qtbot, finder, desk, acts, store):
    car = store.vehicles.by_name("Blue Civic")
    kept = store.recordings.begin(car.id, [RPM], anchor_ns=monotonic_ns(), note="knocks").close()
    palette = CommandPalette(finder, desk, acts, lambda: ())
    palette.open()
    finder.line.setText("knocks")
    qtbot.waitUntil(lambda: any(title.startswith("Blue Civic, ") for title in titles(finder)))
    finder.found()[0].run()
    assert acts.told.pages[-1] == ("recordings", kept.id)


def test_a_vehicle_used_long_ago_is_found_by_typing(qtbot, finder, desk, acts, store, monkeypatch):
    monkeypatch.setattr(vehicle_choice, "_LAST_USED", 1)
    old = store.vehicles.by_name("Old Porsche")
    store.vehicles.by_name("Golf")
    choice = VehicleChoice(finder, desk, acts)
    choice.open()
    qtbot.waitUntil(lambda: titles(finder) == ["Golf"])
    finder.line.setText("porsche")
    qtbot.waitUntil(lambda: "Old Porsche" in titles(finder))
    finder.found()[0].run()
    qtbot.waitUntil(lambda: acts.vehicle is not None)
    assert acts.vehicle.id == old.id


def test_whoever_types_a_known_name_quickly_gets_that_vehicle(
    qtbot, finder, desk, acts, store, monkeypatch
):
    monkeypatch.setattr(vehicle_choice, "_LAST_USED", 0)
    known = store.vehicles.by_vin("WP0ZZZ99ZTS392124")
    store.vehicles.rename(known.id, "Old Porsche")
    choice = VehicleChoice(finder, desk, acts)
    choice.open()
    finder.line.setText("old porsche")
    use = next(found for found in finder.found() if found.title.startswith("Use"))
    use.run()
    qtbot.waitUntil(lambda: acts.vehicle is not None)
    assert acts.vehicle.id == known.id
