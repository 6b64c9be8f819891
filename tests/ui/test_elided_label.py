"""The line that is cut where there is no room."""

from cartech_desk.ui.widgets.elided_label import ElidedLabel


def test_what_was_cut_is_told_in_full_by_tooltip_and_to_screen_readers(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.say("Coolant 117 °C, trip above 115 °C")
    assert label.text().endswith("…")
    assert label.whole == label.toolTip() == label.accessibleName()


def test_what_fits_has_no_tooltip(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.say("Coolant")
    assert (label.text(), label.toolTip()) == ("Coolant", "")
