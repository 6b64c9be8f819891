"""Which daily copies are kept."""

from datetime import date, timedelta

from cartech_desk.domain.backups import to_drop

MONDAY = date(2026, 11, 2)


def _days(many: int) -> list[date]:
    return [MONDAY + timedelta(days=place) for place in range(many)]


def test_as_many_days_stay_as_are_wanted():
    assert to_drop(_days(7), 7, 0, today=_days(7)[-1]) == ()
    assert to_drop(_days(9), 7, 0, today=_days(9)[-1]) == (MONDAY, MONDAY + timedelta(days=1))


def test_one_of_each_week_before_stays():
    days = _days(28)
    dropped = to_drop(days, 7, 2, today=days[-1])
    kept = [day for day in days if day not in dropped]
    assert kept[-7:] == days[-7:]
    assert kept[:-7] == [days[13], days[20]]


def test_days_without_a_copy_cost_none_that_is_there():
    days = [MONDAY, MONDAY + timedelta(days=300)]
    assert to_drop(days, 7, 4, today=days[-1]) == ()


def test_dropping_day_by_day_keeps_what_dropping_at_once_would():
    kept: list[date] = []
    for day in _days(120):
        kept.append(day)
        gone = to_drop(kept, 7, 4, today=day)
        kept = [one for one in kept if one not in gone]
    assert len(kept) == 11
    assert kept[-7:] == _days(120)[-7:]
    assert len({one.isocalendar()[:2] for one in kept[:-7]}) == 4


def test_copies_of_days_to_come_stay_and_push_none_out():
    ahead = [date(2099, 1, day) for day in range(1, 8)]
    kept = list(ahead)
    for day in _days(5):
        kept.append(day)
        assert to_drop(kept, 7, 4, today=day) == ()


def test_the_copy_of_today_is_never_dropped():
    assert to_drop(_days(3), 0, 0, today=_days(3)[-1]) == (MONDAY, MONDAY + timedelta(days=1))
