"""The one line of a page that has nothing to show yet."""

from cartech_desk.ui.widgets.empty_page import EmptyPage

LONG = "What is done to a car will stand here, with who did it, when, and what it came to. " * 6


def test_words_of_several_lines_are_shown_whole(qtbot):
    page = EmptyPage(LONG, "Begin", lambda: None)
    qtbot.addWidget(page)
    page.resize(1400, 700)
    page.show()
    words = page.words
    assert words.width() < page.width()
    assert words.height() >= words.heightForWidth(words.width())
    assert words.heightForWidth(words.width()) > words.fontMetrics().height() * 2
