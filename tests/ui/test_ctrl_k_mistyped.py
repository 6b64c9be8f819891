"""Ctrl+K forgives typing errors in pages and actions, and offers nothing that is far off."""

from time import thread_time

import pytest
from PySide6.QtWidgets import QWidget

from cartech_desk.store.finding import Entry
from cartech_desk.store.finding_spelling import errors_forgiven, nearness
from cartech_desk.ui.pages.index import PAGES
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.shell.finder import Finder, Found
from cartech_desk.ui.shell.nearly import fits, nearly
from cartech_desk.ui.shell.palette import CommandPalette


@pytest.fixture
def finder(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(800, 600)
    over.show()
    made = Finder(over, "Find")
    made.over = over
    return made


@pytest.fixture
def palette(finder, desk, acts):
    made = CommandPalette(
        finder, desk, acts, lambda: (PageAction("Acknowledge the worst alarm", lambda: None),)
    )
    made.open()
    return made


def found(qtbot, palette, finder, typed):
    finder.line.setText(typed)
    qtbot.waitUntil(lambda: palette._office.answered(typed))
    return [(one.kind, one.title) for one in finder.found()]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("reveneu", "Revenue"),
        ("revnue", "Revenue"),
        ("calender", "Calendar"),
        ("setings", "Settings"),
        ("cutomers", "Customers"),
        ("vehcile", "Vehicles"),
        ("adit log", "Audit log"),
    ],
)
def test_a_page_is_found_with_a_typing_error(qtbot, palette, finder, typed, title):
    assert found(qtbot, palette, finder, typed)[0] == ("page", title)


def test_an_action_is_found_with_a_typing_error(qtbot, palette, finder):
    assert found(qtbot, palette, finder, "aknowledge worst") == [
        ("action", "Acknowledge the worst alarm")
    ]


def test_a_street_that_shares_hardly_anything_with_the_word_is_not_offered(
    qtbot, palette, finder, store
):
    store.vehicles.by_name("5th Avenue")
    store.vehicles.by_name("Cylinder Head")
    assert found(qtbot, palette, finder, "revnue") == [("page", "Revenue")]
    assert found(qtbot, palette, finder, "calender") == [("page", "Calendar")]
    assert ("vehicle", "5th Avenue") in found(qtbot, palette, finder, "avenuee")


def test_what_fits_as_it_was_typed_stands_before_pages_that_are_near(qtbot, palette, finder, store):
    store.vehicles.by_name("Calender")
    store.vehicles.by_name("Kalender")
    titles = [title for _kind, title in found(qtbot, palette, finder, "calender")]
    assert titles == ["Calender", "Calendar", "Kalender"]


def test_no_page_is_near_until_what_fits_better_could_be_there(palette, finder):
    finder.line.setText("reveneu")
    assert palette._find("calender") == []


def test_the_nearest_stands_first_and_what_fits_anyway_is_left_out():
    lines = [Found(title, lambda: None) for title in ("Lime", "Live", "Lines", "Wholly other")]
    assert [one.title for one in nearly(lines, "lvie")] == ["Live"]
    assert [one.title for one in nearly(lines, "live")] == ["Lime", "Lines"]
    assert nearly(lines, "") == []


def test_what_a_channel_comes_from_makes_it_near_to_nothing():
    channel = Found("Boost", lambda: None, kind="channel", words="mode 01 PID 0B")
    assert nearly([channel], "moed") == []
    assert nearly([channel], "bost") == [channel]


def test_two_errors_are_forgiven_in_long_words_alone():
    assert [errors_forgiven(word) for word in ("ab", "golf", "calender", "schulmeier")] == [
        0,
        1,
        1,
        2,
    ]
    assert nearness("volkwsagn", ["volkswagen", "golf"]) == {"volkswagen": 2}


def test_an_entry_fits_where_every_word_stands_in_it():
    entry = Entry("vehicle", "v", "Golf", words="golf mab1234 m ab 1234")
    assert fits(entry, "M-AB golf")
    assert not fits(entry, "golv")


def test_pages_take_a_small_part_of_the_time_of_a_key():
    lines = [Found(page.title, lambda: None, kind="page", words=page.words) for page in PAGES] + [
        Found(f"Do thing {n} of channel {n}", lambda: None, kind="action") for n in range(300)
    ]
    took = []
    for _ in range(3):
        begun = thread_time()
        nearly(lines, "acknowledeg the wrost alrm")
        took.append(thread_time() - begun)
    assert min(took) < 0.025
