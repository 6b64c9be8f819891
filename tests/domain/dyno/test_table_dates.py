"""When a run was driven, as files say it: read where it is unambiguous, else left alone."""

from datetime import date, time

import pytest

from cartech_desk.domain.dyno.table_dates import Dated, date_of_name, date_of_words, date_typed

TODAY = date(2026, 11, 22)
MAY = date(2024, 5, 17)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Date: 2024-05-17 14:03", Dated(MAY, time(14, 3))),
        ("Run on 2024-05-17T14:03:22", Dated(MAY, time(14, 3, 22))),
        ("17.05.2024", Dated(MAY)),
        ("5/17/2024 2:03 PM", Dated(MAY, time(14, 3))),
        ("17/5/2024", Dated(MAY)),
        ("May 17, 2024 12:00 AM", Dated(MAY, time(0, 0))),
        ("Friday, 17 May 2024", Dated(MAY)),
        ("17 OCT 2023", Dated(date(2023, 10, 17))),
        ("05/05/2024", Dated(date(2024, 5, 5))),
        ("4/5/2024", None),
        ("2031-05-17", None),
        ("2024-13-45", None),
        ("Serial 12345-67-8901", None),
        ("", None),
    ],
)
def test_a_date_above_the_header_is_read_where_it_is_sure(line: str, found: Dated | None) -> None:
    assert date_of_words([line], TODAY) == found


def test_two_dates_contradict_each_other_and_the_same_twice_does_not() -> None:
    assert date_of_words(["2024-05-17", "printed 2024-05-18"], TODAY) is None
    assert date_of_words(["2024-05-17", "Date: 17.05.2024"], TODAY) == Dated(MAY)


def test_a_time_on_another_line_belongs_to_the_date() -> None:
    assert date_of_words(["Date: 2024-05-17", "Time: 14:03"], TODAY) == Dated(MAY, time(14, 3))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("run_2024-05-17", Dated(MAY)),
        ("20240517_1403 Golf", Dated(MAY, time(14, 3))),
        ("2024-05-17_14-03-22", Dated(MAY, time(14, 3, 22))),
        ("RunFile_86", None),
        ("Golf_20241345", None),
        ("from 2024-05-17 to 2024-05-18", None),
    ],
)
def test_a_date_in_the_name_of_a_file_is_read(name: str, found: Dated | None) -> None:
    assert date_of_name(name, TODAY) == found


def test_a_typed_date_is_taken_or_not_at_all() -> None:
    assert date_typed("2024-05-17 14:03", TODAY) == Dated(MAY, time(14, 3))
    assert date_typed("17 May 2024", TODAY) == Dated(MAY)
    assert date_typed("2024-05-17 25:03", TODAY) is None
    assert date_typed("yesterday", TODAY) is None
