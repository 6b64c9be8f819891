"""Names that tell runs beside each other apart."""

from datetime import datetime, timedelta

import pytest

from cartech_desk.store.dyno_words import named_apart
from tests.ui.dyno_double import make_run

AT = datetime(2026, 3, 2, 10).astimezone()


@pytest.mark.parametrize(
    ("later", "day_only", "names"),
    [
        (timedelta(days=1), False, ["Run 1, 2026-03-02", "Run 1, 2026-03-03"]),
        (timedelta(hours=1), False, ["Run 1, 10:00", "Run 1, 11:00"]),
        (timedelta(seconds=9), False, ["Run 1, 10:00:00", "Run 1, 10:00:09"]),
        (timedelta(hours=1), True, ["Run 1, a", "Run 1, b"]),
    ],
)
def test_runs_of_one_name_are_told_apart_by_day_or_time(later, day_only, names):
    first = make_run("a", "s", started=AT, day_only=day_only)
    runs = [first, make_run("b", "t", started=AT + later)]
    assert [one.name for one in named_apart(runs, {"s": "Civic", "t": "Civic"})] == names
    cars = [one.name for one in named_apart(runs, {"s": "Civic", "t": "Golf"})]
    assert cars == ["Civic Run 1", "Golf Run 1"]


def test_names_that_differ_stay():
    runs = [make_run("a"), make_run("b", number=2)]
    assert [one.name for one in named_apart(runs, {})] == ["Run 1", "Run 2"]
