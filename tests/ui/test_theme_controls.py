"""Controls as the style sheet paints them, looked at pixel by pixel."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.models.channel_list import tick_icon, tick_picture
from cartech_desk.ui.theme.appearance import Appearance
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.widgets.lamp import lamp_icon
from tests.ui.test_theme_tokens import contrast


@pytest.fixture(params=["dark", "light"])
def pane(request, qtbot, qapp):
    """A page of the bay with a radio button of each kind and a search field."""
    appearance = Appearance(qapp)
    appearance.choose(request.param)
    made = QWidget()
    made.setProperty("bay", True)
    column = QVBoxLayout(made)
    made.off, made.on, made.line = QRadioButton("Off"), QRadioButton("On"), QLineEdit("words")
    made.on.setChecked(True)
    made.line.setClearButtonEnabled(True)
    for widget in (made.off, made.on, made.line):
        column.addWidget(widget)
    made.resize(320, 200)
    appearance.put_on(made)
    qtbot.addWidget(made)
    made.show()
    made.line.setFocus()
    yield made
    appearance.choose("dark")


def test_a_box_to_tick_in_a_list_is_seen_on_its_ground_and_on_a_chosen_row(pane):
    plain, chosen = (
        tick_icon(False).pixmap(20, 20, mode).toImage()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)
    )
    assert plain == chosen
    assert tick_picture(False).toImage().pixelColor(2, 20) == QColor(tokens().muted)
    for ground in (tokens().surface, tokens().selected):
        assert contrast(tokens().muted, ground) >= 3
    assert tick_icon(True).pixmap(20, 20).toImage().pixelColor(4, 16) == QColor(tokens().accent)


def test_a_lamp_keeps_its_colour_on_a_chosen_row(pane):
    plain, chosen = (
        lamp_icon(State.TRIP).pixmap(14, 14, mode).toImage()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)
    )
    assert plain == chosen


def test_the_boxes_that_the_style_draws_in_lists_are_as_plain(pane):
    rows = QListWidget()
    for state in (Qt.CheckState.Unchecked, Qt.CheckState.Checked):
        item = QListWidgetItem("", rows)
        item.setCheckState(state)
    rows.resize(120, 120)
    pane.layout().addWidget(rows)
    rows.show()
    picture = rows.grab().toImage()
    found = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    assert {QColor(tokens().muted).name(), QColor(tokens().accent).name()} <= found


def test_a_chosen_radio_button_is_as_wide_as_another_and_round(pane):
    assert pane.on.sizeHint().width() - pane.off.sizeHint().width() < 12  # the words alone
    picture = pane.on.grab().toImage()
    ground = QColor(tokens().ground)
    middle = picture.height() // 2
    assert picture.pixelColor(QPoint(10, middle)) == QColor(tokens().accent)
    # A circle leaves the corners of its square to the ground.
    for x in (1, 18):
        for y in (middle - 9, middle + 8):
            assert picture.pixelColor(QPoint(x, y)) == ground, (x, y)


def test_the_words_of_a_radio_button_stay_where_they_are_when_it_is_chosen(pane):
    before = pane.off.sizeHint()
    pane.off.setChecked(True)
    assert pane.off.sizeHint() == before


def test_the_cross_of_a_search_field_stands_in_the_middle_of_its_height(pane):
    cross = pane.line.findChild(QToolButton)
    assert cross.isVisible()
    assert abs(cross.geometry().center().y() - pane.line.rect().center().y()) <= 2
    assert cross.geometry().right() < pane.line.width()
    assert cross.height() <= pane.line.height()
