"""Others' calendars as they are written wrong, large or otherwise: read whole or refused."""

from datetime import timedelta

import pytest

from cartech_desk.office.calendar_checking import CalendarRefused
from cartech_desk.office.calendar_reading import read_calendar

from .calendar_desk import MONDAY
from .foreign_calendar import BERLIN, calendar, read, starts

WEEK = "DTSTART;TZID=Europe/Berlin:20260302T080000\nDURATION:PT1H\nSUMMARY:Meet"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=99",
        "FREQ=DAILY;COUNT=5;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=YEARLY;BYYEARDAY=400",
    ],
)
def test_a_rule_that_would_never_end_is_left_out_at_once(rule):
    found = read(f"{WEEK}\nRRULE:{rule}")
    assert found.events == []
    assert len(found.left_out) == 1


def test_a_rule_that_is_older_than_most_gives_what_is_now():
    found = read("DTSTART:19700105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")
    assert 31 + 730 <= len(found.events) <= 31 + 735


def test_a_count_is_counted_from_the_first_one():
    found = read("DTSTART:20260223T070000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert [one.day for one in starts(found)] == [23, 2, 9]


def test_more_events_than_can_be_shown_are_refused_and_not_cut():
    with pytest.raises(CalendarRefused, match="more than"):
        read(f"{WEEK}\nRRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,20,40")


def test_more_entries_than_can_be_read_in_time_are_refused_before_they_are_read():
    whole = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 60_000 + b"END:VCALENDAR"
    with pytest.raises(CalendarRefused, match="more than 60000 entries"):
        read_calendar(whole, BERLIN, MONDAY)


def changed(change):
    """Read four days of which one is changed."""
    data = calendar(f"{WEEK}\nRRULE:FREQ=DAILY;COUNT=4").replace(b"END:VCALENDAR\r\n", b"")
    lines = ["BEGIN:VEVENT", "UID:e0", *change, "END:VEVENT", "END:VCALENDAR", ""]
    return read_calendar(data + "\r\n".join(lines).encode(), BERLIN, MONDAY)


def test_one_that_was_taken_out_of_a_row_is_not_shown():
    found = changed(
        [
            "RECURRENCE-ID;TZID=Europe/Berlin:20260303T080000",
            "DTSTART;TZID=Europe/Berlin:20260303T080000",
            "STATUS:CANCELLED",
        ]
    )
    assert [one.day for one in starts(found)] == [2, 4, 5]
    assert found.left_out == []


def test_a_change_of_one_and_all_that_follow_moves_them_all():
    found = changed(
        [
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260303T080000",
            "DTSTART;TZID=Europe/Berlin:20260303T140000",
            "DTEND;TZID=Europe/Berlin:20260303T160000",
            "SUMMARY:Later",
        ]
    )
    assert [(one.starts.hour, one.title) for one in found.events] == [
        (7, "Meet"),
        *[(13, "Later")] * 3,
    ]
    assert found.events[-1].ends - found.events[-1].starts == timedelta(hours=2)


def test_a_file_that_is_cut_off_is_refused():
    whole = calendar(WEEK)
    for end in (whole.index(b"SUMMARY"), whole.index(b"END:VCALENDAR")):
        with pytest.raises(CalendarRefused, match="cut off"):
            read_calendar(whole[:end], BERLIN, MONDAY)


def test_whole_days_end_at_midnight_though_the_clock_changes():
    found = read("DTSTART;VALUE=DATE:20260322\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert {one.ends.astimezone(BERLIN).hour for one in found.events} == {0}


@pytest.mark.parametrize("letters", ["latin-1", "utf-16", "utf-8-sig"])
def test_a_file_is_read_in_the_letters_of_its_machine(letters):
    data = calendar("DTSTART:20260302T090000Z\nSUMMARY:Ölwechsel").decode()
    (one,) = read_calendar(data.encode(letters), BERLIN, MONDAY).events
    assert one.title == "Ölwechsel"


def test_of_two_titles_the_first_is_taken():
    (one,) = read(f"{WEEK}\nSUMMARY:Second").events
    assert one.title == "Meet"


def test_a_time_zone_that_nobody_knows_is_told():
    found = read("DTSTART;TZID=Mars/Base:20260302T080000\nSUMMARY:Meet")
    assert starts(found) == [MONDAY]
    assert "Mars/Base" in found.notes[0].why
