"""A choice of one vehicle among thousands."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt

from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.widgets.vehicle_box import VehicleBox

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOLF, CIVIC = Vehicle("g", None, "Golf", NOW), Vehicle("c", None, "Civic", NOW)
OLD = Vehicle("o", "WP0ZZZ99ZTS392124", "Old Porsche", NOW)


def lines(box):
    return [box.itemText(row) for row in range(box.count())]


def test_the_last_used_ones_are_offered_by_name_and_any_other_behind_them(qtbot):
    box = VehicleBox("Every vehicle", "Vehicle")
    qtbot.addWidget(box)
    box.offer([GOLF, CIVIC], more=False)
    assert lines(box) == ["Every vehicle", "Civic", "Golf"]
    box.offer([GOLF, CIVIC], more=True)
    assert lines(box)[-1] == "Another vehicle…"


def test_a_vehicle_of_long_ago_is_found_by_typing_and_stays_chosen(qtbot):
    box = VehicleBox("Every vehicle", "Vehicle")
    qtbot.addWidget(box)
    box.show()
    box.find = lambda typed, _most: [OLD] if typed in "Old Porsche" else []
    box.offer([GOLF, CIVIC], more=True)
    chosen = []
    box.activated.connect(lambda _row: chosen.append(box.vehicle_id))
    box.setCurrentIndex(3)
    box.activated.emit(3)
    assert box.vehicle_id == ""
    qtbot.keyClicks(box.picker.line, "Porsche")
    qtbot.waitUntil(lambda: not box.picker.busy)
    qtbot.keyClick(box.picker.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: box.vehicle_id == "o")
    assert chosen[-1] == "o"
    box.offer([GOLF], more=True)
    assert box.vehicle_id == "o"
    assert lines(box) == ["Every vehicle", "Old Porsche", "Golf", "Another vehicle…"]
