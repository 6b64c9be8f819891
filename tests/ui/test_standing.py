"""The window stands on the screen whole, whatever it was the last time."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.shell.memory import WindowMemory, load_memory, save_memory
from cartech_desk.ui.shell.standing import frame_of, stand_on_screen, standing
from cartech_desk.ui.widgets.on_screen import available

LAPTOP = QRect(8, 48, 1350, 712)
"""What a frame leaves of 1366 by 768."""


@pytest.mark.parametrize(
    ("wanted", "place", "maximised"),
    [
        (QRect(8, 48, 1366, 768), LAPTOP, True),
        (QRect(100, 100, 1000, 600), QRect(100, 100, 1000, 600), False),
        (QRect(100, 100, 1000, 700), QRect(100, 60, 1000, 700), False),
        (QRect(0, 20, 683, 748), QRect(8, 48, 683, 712), False),
        (QRect(-1900, 300, 1000, 600), QRect(8, 160, 1000, 600), False),
    ],
)
def test_a_window_stands_whole_in_what_the_screen_leaves(wanted, place, maximised):
    assert standing(wanted, LAPTOP) == (place, maximised)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_window_as_large_as_the_screen_is_maximised_and_fits_once_it_is_not(window):
    room = available(window)
    window.setMinimumSize(room.size())
    window.resize(room.size())
    stand_on_screen(window, (), kept=False)
    assert window.windowState() & Qt.WindowState.WindowMaximized
    assert room.contains(window.geometry().adjusted(-8, -30, 8, 8))


def test_with_the_frame_of_the_last_time_a_kept_place_that_fits_stays(window):
    room = available(window)
    kept = room.adjusted(1, 20, -1, -1)
    window.setGeometry(kept)
    stand_on_screen(window, (1, 20, 1, 1), kept=True)
    assert window.geometry() == kept
    assert not window.windowState() & Qt.WindowState.WindowMaximized
    stand_on_screen(window, (1, 21, 1, 1), kept=True)
    assert window.geometry().top() == room.top() + 21


def test_a_window_without_a_frame_keeps_none(window):
    assert frame_of(window) == ()


@pytest.mark.parametrize("frame", ["wide", [1, 2, 3], [1, 2, 3, -4], [1, 2, 3, 9999], [True] * 4])
def test_a_frame_that_cannot_be_is_as_if_it_had_never_been(desk, frame):
    desk.store.layouts.save("window", "main", {"page": "live", "frame": frame})
    assert load_memory(desk.store.layouts) == WindowMemory(page="live")


def test_the_frame_is_remembered(desk):
    save_memory(desk.store.layouts, WindowMemory(frame=(1, 20, 1, 5)))
    assert load_memory(desk.store.layouts).frame == (1, 20, 1, 5)
