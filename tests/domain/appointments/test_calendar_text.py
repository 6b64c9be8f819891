"""iCalendar text: what another program reads of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from cartech_desk.domain.appointments.calendar_text import WrittenEvent, calendar_text

STARTS = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)


def event(**given):
    return WrittenEvent("one@here", 3, STARTS, STARTS, STARTS + timedelta(hours=2), **given)


@settings(max_examples=50)
@given(TEXT, TEXT)
def test_another_program_reads_the_words_that_were_written(title, words):
    text = calendar_text([event(title=title, words=f"{words}\nb")], name="Shop")
    read = Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(read["SUMMARY"]) == title
    assert str(read["DESCRIPTION"]) == f"{words}\nb"
    assert read.decoded("DTSTART") == STARTS
    assert read.decoded("DTEND") == STARTS + timedelta(hours=2)
    assert int(read["SEQUENCE"]) == 3


@given(TEXT)
def test_no_line_is_longer_than_75_octets(title):
    for line in calendar_text([event(title=title)]).split("\r\n"):
        assert len(line.encode("utf-8")) <= 75


def test_a_title_adds_no_property_of_its_own():
    text = calendar_text([event(title="a\r\nBEGIN:VALARM\x00")])
    assert "\r\nBEGIN:VALARM" not in text
    assert len(Calendar.from_ical(text).subcomponents) == 1


def test_what_is_off_says_so():
    assert "STATUS:CANCELLED" in calendar_text([event(title="x", cancelled=True)])
