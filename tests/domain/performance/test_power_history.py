"""Power over time: what can be set beside what, and what came between."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cartech_desk.domain.performance.history import (
    Fitted,
    PowerHistory,
    SessionPower,
    gain_between,
    gains,
    told_apart,
    whole_gain,
    with_fitted,
)
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_units import SheetUnits
from cartech_desk.reports.performance_time_chart import beside_each_other
from cartech_desk.reports.performance_words import whole_words

FIRST = datetime(2026, 3, 2, 10, tzinfo=UTC)


def point(place, kw, *, bench="Dynojet 248x", at="wheels", corrected=True, spread=None, **more):
    when = FIRST + timedelta(days=30 * place)
    return SessionPower(
        f"s{place}", f"r{place}", "Run 1", when, when.date(), kw, 2.0 * kw, 1.0, corrected, bench,
        at, spread_pct=spread, **more,
    )  # fmt: skip


TURBO = Fitted("m1", "turbo Garrett G25", "turbo", date(2026, 3, 20))
INTAKE = Fitted("m2", "intake", "intake", date(2026, 1, 1), date(2026, 3, 20))


def test_a_gain_names_what_was_fitted_and_taken_off_between():
    (gained,) = gains((point(0, 100.0), point(1, 125.0)), (TURBO, INTAKE))
    assert gained.power_kw == pytest.approx(25.0)
    assert gained.power_pct == pytest.approx(25.0)
    assert gained.torque_nm == pytest.approx(50.0)
    assert gained.fitted == ("turbo Garrett G25", "intake taken off")
    assert gained.sure


def test_what_was_fitted_on_the_day_of_the_first_session_was_on_the_car_then():
    fitted = Fitted("m", "exhaust", "exhaust", FIRST.date())
    (gained,) = gains((point(0, 100.0), point(1, 125.0)), (fitted,))
    assert gained.fitted == ()
    assert with_fitted((point(0, 100.0),), (fitted,))[0].mods == ("exhaust",)


def hours(kw, at, place):
    when = FIRST + timedelta(hours=at)
    return replace(point(place, kw), at=when, day=when.date())


@pytest.mark.parametrize(
    ("noted", "gained", "on"),
    [
        (1, "exhaust", [(), ("exhaust",)]),
        (-1, "", [("exhaust",), ("exhaust",)]),
        (3, "perhaps", [("perhaps",), ("perhaps",)]),
        (None, "perhaps", [("perhaps",), ("perhaps",)]),
    ],
)
def test_of_two_sessions_of_one_day_the_time_of_noting_tells_whose_a_part_is(noted, gained, on):
    when = None if noted is None else FIRST + timedelta(hours=noted)
    part = Fitted("m", "exhaust", "exhaust", FIRST.date(), noted=when)
    points = (hours(100.0, 0, 0), hours(125.0, 2, 1))
    (step,) = gains(points, (part,))
    assert "".join(words.split()[0] for words in step.fitted) == gained
    told = [tuple(words.split()[0] for words in one.mods) for one in with_fitted(points, (part,))]
    assert told == on
    history = PowerHistory("v", "Golf", "SAE", points, (part,), (step,))
    assert whole_words(history, SheetUnits(UnitSystem.METRIC, "kW"))[0].endswith(
        "since 10:00, 2026-03-02"
    )
    sessions, (line,) = beside_each_other(history)
    assert sessions == [-0.5, 0.5]
    assert line == (-1.0 if noted == -1 else 0.0)


@pytest.mark.parametrize(("spread", "sure"), [(None, True), (3.0, False)])
def test_a_gain_within_the_scatter_of_the_runs_is_no_sure_one(spread, sure):
    gained = gain_between(point(0, 100.0), point(1, 102.0, spread=spread), ())
    assert gained.sure is sure


def test_less_than_one_per_cent_is_what_any_two_runs_differ_by():
    assert not gain_between(point(0, 100.0), point(1, 100.9), ()).sure


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (point(2, 130.0, bench="Mustang"), "no two brands"),
        (point(2, 130.0, at="engine"), "estimated"),
        (point(2, 130.0, corrected=False), "weather"),
    ],
)
def test_what_cannot_be_set_beside_the_others_says_why_and_is_in_no_gain(odd, why):
    told = told_apart((point(0, 100.0), point(1, 110.0), odd))
    assert why in told[2].unlike
    assert not told[0].unlike
    assert [one.after for one in gains(told, ())] == ["s1"]
    assert whole_gain(told, ()).after == "s1"


def test_the_kind_with_most_sessions_is_what_others_are_told_by():
    told = told_apart((point(0, 1.0, bench="A"), point(1, 2.0), point(2, 3.0)))
    assert [bool(one.unlike) for one in told] == [True, False, False]


def test_of_as_many_the_newest_kind_counts():
    told = told_apart((point(0, 1.0, bench="A"), point(1, 2.0, bench="B")))
    assert [bool(one.unlike) for one in told] == [True, False]


def test_a_session_without_torque_still_gains_power():
    without = SessionPower("s9", "r9", "Run 1", FIRST, FIRST.date(), 90.0, None, 1.0, True, "x",
                           "wheels")  # fmt: skip
    assert gain_between(without, point(1, 100.0), ()).torque_nm is None


def test_one_session_has_no_gain():
    assert gains((point(0, 100.0),), (TURBO,)) == ()
    assert whole_gain((), ()) is None


COOLER = Fitted("m3", "intercooler", "cooling", date(2026, 3, 20))


def test_no_part_is_credited_with_a_gain_that_came_after_it_with_nothing_fitted():
    points = (point(0, 200.0), point(1, 201.0), point(2, 204.0))
    history = PowerHistory("v", "Golf", "SAE", points, (COOLER,), gains(points, (COOLER,)))
    assert history.whole.sure
    assert history.whole.fitted == ()
    whole, steps = whole_words(history, SheetUnits(UnitSystem.METRIC, "kW"))
    assert whole == "+4.0 kW (+2.0 %) since 2026-03-02"
    assert steps == (
        "Step by step: +3.0 kW with nothing fitted; with intercooler no more than runs of one car "
        "differ by."
    )


def test_the_step_with_a_part_is_its_own():
    points = (point(0, 200.0), point(1, 240.0), point(2, 241.0))
    history = PowerHistory("v", "Golf", "SAE", points, (TURBO,), gains(points, (TURBO,)))
    assert history.whole.fitted == ("turbo Garrett G25",)
    _, steps = whole_words(history, SheetUnits(UnitSystem.METRIC, "kW"))
    assert steps == "Step by step: +40.0 kW with turbo Garrett G25."


def test_of_two_sessions_the_words_keep_their_part_and_their_doubt():
    points = (point(0, 200.0), point(1, 201.0))
    history = PowerHistory("v", "Golf", "SAE", points, (COOLER,), gains(points, (COOLER,)))
    assert whole_words(history, SheetUnits(UnitSystem.METRIC, "kW")) == (
        "+1.0 kW (+0.5 %) with intercooler; no more than runs of one car differ by, "
        "since 2026-03-02",
        "",
    )
