"""The calendar for others, and others' calendars beside it."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.office.calendar_checking import CalendarRefused
from cartech_desk.office.calendar_putting import CalendarNotWritten, put
from cartech_desk.office.calendar_reading import read_calendar
from cartech_desk.store.errors import NotKept

from .calendar_desk import MONDAY
from .foreign_calendar import BERLIN, calendar, read, starts


def test_another_program_reads_the_file_that_was_exported(desk, tmp_path):
    desk.book(1, customer_id=desk.customer(), services=desk.agreed())
    path = tmp_path / "out.ics"
    assert desk.calendar.export(desk.boss, path) == 1
    (event,) = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert event.decoded("DTSTART") == MONDAY + timedelta(hours=1)
    assert "Mia Miller" in str(event["SUMMARY"])
    desk.calendar.export(desk.boss, path, names=False, even_so=True)
    assert b"Mia" not in path.read_bytes()


def test_an_export_that_cannot_be_written_is_told(desk, tmp_path):
    with pytest.raises(CalendarNotWritten):
        desk.calendar.export(desk.boss, tmp_path / "none" / "out.ics")


def test_the_subscription_file_follows_every_change(desk, tmp_path):
    path = tmp_path / "shop.ics"
    desk.rules = replace(desk.rules, subscription=str(path))
    kept = desk.book(1)
    assert b"STATUS:CONFIRMED" in path.read_bytes()
    moved = desk.calendar.move(desk.boss, kept.id, 1, starts=MONDAY + timedelta(hours=2))
    assert b"DTSTART:20260302T090000Z" in path.read_bytes()
    desk.calendar.set_status(desk.boss, kept.id, AppointmentStatus.CANCELLED)
    assert b"STATUS:CANCELLED" in path.read_bytes()
    desk.calendar.delete(desk.boss, kept.id, moved.version + 1)
    assert b"VEVENT" not in path.read_bytes()


def test_a_subscription_file_that_cannot_be_written_keeps_no_booking_back(desk, tmp_path):
    desk.rules = replace(desk.rules, subscription=str(tmp_path / "none" / "shop.ics"))
    assert desk.book().holds
    assert "cannot be written" in desk.calendar.subscription_problem()


def test_a_subscription_file_whose_folder_was_shut_keeps_no_booking_back(
    desk, tmp_path, monkeypatch, caplog
):
    def shut(_path):
        raise PermissionError(13, "Permission denied")

    desk.rules = replace(desk.rules, subscription=str(tmp_path / "shop.ics"))
    desk.calendar.write_subscription()
    with monkeypatch.context() as patch, caplog.at_level("WARNING"):
        patch.setattr(Path, "exists", shut)
        told = [desk.calendar.write_subscription() for _ in range(3)]
    assert len(set(told)) == 1
    assert "cannot be looked at (Permission denied)" in told[0]
    assert len(caplog.records) == 1  # said once, and not at every look
    assert desk.calendar.write_subscription() == ""


def test_a_time_without_a_zone_is_the_shop_s_own():
    assert starts(read("DTSTART:20260302T080000\nDTEND:20260302T090000")) == [MONDAY]


@pytest.mark.parametrize(
    ("event", "minutes"),
    [
        ("DTSTART:20260302T070000Z\nDTEND:20260302T080000Z", 60),
        ("DTSTART:20260302T070000Z\nDURATION:PT90M", 90),
        ("DTSTART:20260302T070000Z", 15),
        ("DTSTART;VALUE=DATE:20260302", 24 * 60),
        ("DTSTART;VALUE=DATE:20260329", 23 * 60),
        ("DTSTART;TZID=America/New_York:20260302T020000\nDURATION:PT1H", 60),
    ],
)
def test_however_its_length_is_written_it_is_read(event, minutes):
    (one,) = read(event).events
    assert one.ends - one.starts == timedelta(minutes=minutes)


def test_a_weekly_event_keeps_its_hour_on_the_wall_over_the_clock_change():
    found = read(
        "DTSTART;TZID=Europe/Berlin:20260316T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4"
    )
    assert {one.astimezone(BERLIN).hour for one in starts(found)} == {8}
    assert [one.hour for one in starts(found)] == [7, 7, 6, 6]


def test_exceptions_and_moved_ones_are_followed():
    data = calendar(
        "DTSTART:20260302T070000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE:20260303T070000Z\nRDATE:20260310T070000Z"
    ).replace(b"END:VCALENDAR\r\n", b"")
    data += (
        b"BEGIN:VEVENT\r\nUID:e0\r\nRECURRENCE-ID:20260304T070000Z\r\n"
        b"DTSTART:20260304T120000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = read_calendar(data, BERLIN, MONDAY)
    assert [(one.day, one.hour) for one in starts(found)] == [(2, 7), (4, 12), (5, 7), (10, 7)]


def test_one_that_stands_there_as_a_period_has_its_own_length():
    found = read(
        "DTSTART:20260310T070000Z\nDURATION:PT1H\n"
        "RDATE;VALUE=PERIOD:20260311T070000Z/PT3H,20260312T070000Z/20260312T073000Z\n"
        "RDATE:20260313T070000Z"
    )
    lengths = [(one.ends - one.starts).total_seconds() / 60 for one in found.events]
    assert lengths == [60, 180, 30, 60]
    wrong = read(
        "DTSTART:20260310T070000Z\nDURATION:PT1H\n"
        "RDATE;VALUE=PERIOD:20260311T070000Z/20260310T070000Z"
    )
    assert "ends before it begins" in wrong.left_out[0].why


def test_an_endless_rule_ends_after_two_years():
    found = read("DTSTART:20200302T070000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")
    assert 31 + 730 <= len(found.events) <= 31 + 735
    assert found.events[-1].starts < MONDAY + timedelta(days=733)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("SUMMARY:none", "no date"),
        ("DTSTART:20260302T070000Z\nRRULE:FREQ=SECONDLY", "within a day"),
        ("DTSTART:20260302T070000Z\nRRULE:FREQ=HOURLY;COUNT=3", "within a day"),
        ("DTSTART:20260302T070000Z\nDTEND:20260301T070000Z", "ends before"),
        ("DTSTART:20260302T070000Z\nSTATUS:CANCELLED", "cancelled"),
        ("DTSTART:20260302T070000Z\nTRANSP:TRANSPARENT", "free time"),
        ("DTSTART:tomorrow", ""),
        ("DTSTART:20260302T070000Z\nRRULE:FREQ=SOMETIMES", ""),
        ("DTSTART:20260302T070000Z\nDURATION:soon", ""),
    ],
)
def test_what_cannot_be_read_is_listed_and_the_rest_kept(event, why):
    found = read(event, "DTSTART:20260302T070000Z\nDURATION:PT1H\nSUMMARY:good")
    assert [one.title for one in found.events] == ["good"]
    assert why in found.left_out[0].why
    assert found.left_out[0].line == 1


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe" * 50, b"BEGIN:VCALENDAR\r\nnonsense"]
)
def test_what_is_no_calendar_is_refused_whole(content):
    with pytest.raises(CalendarRefused) as caught:
        read_calendar(content, BERLIN, MONDAY)
    assert caught.value.kept == "Nothing was imported."


@settings(max_examples=60)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_damage_breaks_the_reader(noise, place):
    good = calendar("DTSTART:20260302T070000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3")
    with suppress(CalendarRefused):
        read_calendar(good[:place] + noise + good[place:], BERLIN, MONDAY)


def test_an_import_warns_of_what_overlaps_and_refuses_nothing(desk, tmp_path):
    kept = desk.book(1)
    path = tmp_path / "theirs.ics"
    path.write_bytes(
        calendar(
            "DTSTART:20260302T083000Z\nDURATION:PT1H\nSUMMARY:dentist",
            "DTSTART;VALUE=DATE:20260302\nSUMMARY:birthday",
            name="Tom's",
        )
    )
    looked = desk.calendar.look_into(path)
    assert (len(looked.events), looked.calendar) == (2, None)
    assert desk.calendar.calendars() == ()
    read_in = desk.calendar.import_calendar(desk.boss, path)
    assert [(one.event.title, one.appointment.id) for one in read_in.clashes] == [
        ("dentist", kept.id)
    ]
    view = desk.calendar.view(MONDAY.date())
    assert [one.title for one in view.foreign] == ["birthday", "dentist"]
    assert len(view.clashes) == 1
    assert "Tom's: dentist" in desk.calendar.check(desk.appointment(1.5)).notes[0]
    desk.book(2.5)


def test_a_technician_s_calendar_warns_for_that_one_alone(desk, tmp_path):
    path = tmp_path / "tom.ics"
    path.write_bytes(calendar("DTSTART;VALUE=DATE:20260302\nSUMMARY:day off"))
    desk.book(1)
    with_tom = desk.book(1, bay_id=desk.other_bay.id, technician_id=desk.tom.id)
    read_in = desk.calendar.import_calendar(desk.boss, path, name="Tom", resource_id="tom")
    assert [one.appointment.id for one in read_in.clashes] == [with_tom.id]


def test_a_calendar_of_the_same_name_is_replaced_and_one_can_be_removed(desk, tmp_path):
    path = tmp_path / "theirs.ics"
    path.write_bytes(calendar("DTSTART:20260302T083000Z", name="Theirs"))
    desk.calendar.import_calendar(desk.boss, path)
    desk.calendar.import_calendar(desk.boss, path)
    (kept,) = desk.calendar.calendars()
    assert (kept.name, kept.events) == ("Theirs", 1)
    desk.calendar.remove_calendar(desk.boss, kept.id)
    assert desk.calendar.calendars() == ()
    assert desk.calendar.view(MONDAY.date()).foreign == ()
    with pytest.raises(NotKept):
        desk.calendar.remove_calendar(desk.boss, kept.id)


def test_a_file_that_is_not_there_or_too_large_is_refused(desk, tmp_path):
    with pytest.raises(CalendarRefused, match="cannot be read"):
        desk.calendar.look_into(tmp_path / "none.ics")
    path = tmp_path / "large.ics"
    with path.open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(CalendarRefused, match="20 MB"):
        desk.calendar.look_into(path)


def test_our_own_export_is_read_back_as_it_was(desk, tmp_path):
    desk.now = datetime(2026, 10, 1, tzinfo=UTC)
    kept = desk.calendar.book(
        desk.boss, desk.appointment(24 * 237 - 6, 60, notes="clock change"), even_so=True
    )
    path = tmp_path / "out.ics"
    desk.calendar.export(desk.boss, path)
    (event,) = desk.calendar.look_into(path).events
    assert (event.starts, event.ends) == (kept.starts, kept.ends)


def test_an_export_asks_before_it_writes_over_a_calendar(desk, tmp_path):
    path = tmp_path / "out.ics"
    desk.calendar.export(desk.boss, path)
    before = path.read_bytes()
    desk.book(1)
    with pytest.raises(CalendarNotWritten, match="there already"):
        desk.calendar.export(desk.boss, path)
    assert path.read_bytes() == before
    assert desk.calendar.export(desk.boss, path, even_so=True) == 1


@pytest.mark.parametrize("name", ["desk/desk.db", "desk/shop.ics", "notes.txt", "mine.ics"])
def test_no_file_that_is_no_calendar_is_written_over(desk, tmp_path, name):
    path = desk.folder / name
    if not path.exists():
        path.write_bytes(b"my own words")
    before = path.read_bytes()
    with pytest.raises(CalendarNotWritten):
        desk.calendar.export(desk.boss, path, even_so=True)
    desk.rules = replace(desk.rules, subscription=str(path))
    assert desk.calendar.write_subscription()
    assert path.read_bytes() == before


def test_a_file_with_names_is_read_by_its_owner_alone(desk, tmp_path):
    for names, mode in ((True, 0o600), (False, 0o644)):
        path = tmp_path / f"{names}.ics"
        desk.calendar.export(desk.boss, path, names=names)
        assert path.stat().st_mode & 0o777 == mode


def test_without_names_a_vehicle_that_is_called_by_its_owner_is_left_out(desk, tmp_path):
    vehicle = desk.store.vehicles.by_name("Mia Miller's Golf")
    desk.book(1, customer_id=desk.customer(), vehicle_id=vehicle.id)
    path = tmp_path / "out.ics"
    desk.calendar.export(desk.boss, path, names=False)
    assert b"Miller" not in path.read_bytes()


def test_many_writers_leave_the_subscription_file_whole(desk, tmp_path):
    path = tmp_path / "shop.ics"
    problems = []
    texts = ["BEGIN:VCALENDAR\r\n" + sign * 200_000 for sign in "ab"]

    def write(text):
        problems.extend(filter(None, (put(path, text, private=True) for _ in range(20))))

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert path.read_bytes().decode() in texts
    assert [each.name for each in tmp_path.iterdir()] == ["shop.ics"]


def test_two_people_s_calendars_of_one_name_are_both_kept(desk, tmp_path):
    path = tmp_path / "theirs.ics"
    path.write_bytes(calendar("DTSTART:20260302T070000Z\nDURATION:PT1H", name="Calendar"))
    desk.calendar.import_calendar(desk.boss, path, resource_id=desk.tom.id)
    desk.calendar.import_calendar(desk.boss, path, resource_id=desk.bay.id)
    desk.calendar.import_calendar(desk.boss, path, resource_id=desk.bay.id)
    assert [one.name for one in desk.calendar.calendars()] == ["Calendar", "Calendar"]
