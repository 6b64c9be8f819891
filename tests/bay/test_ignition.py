import pytest

from cartech_desk.bay.ignition import IgnitionWatch, Motion, motion_of

SECOND = 1_000_000_000


def probed(watch, now_ns, times):
    """Leave so many probes unanswered; return the waits before them (s) and the time after."""
    waits = []
    for _ in range(times):
        due_ns = watch.probe_ns()
        waits.append((due_ns - now_ns) / SECOND)
        now_ns = due_ns
        watch.asked(now_ns)
        watch.unanswered(now_ns, probe=True)
    return waits, now_ns


def off():
    watch = IgnitionWatch(0)
    watch.unanswered(0, probe=True)
    return watch


def test_a_car_that_stays_off_is_asked_ever_more_rarely():
    waits, _ = probed(off(), 0, 6)
    assert waits == [2, 4, 8, 10, 10, 10]


def test_after_an_answer_the_waits_begin_anew():
    watch = off()
    _, now_ns = probed(watch, 0, 4)
    assert watch.answered(now_ns)
    watch.unanswered(now_ns, probe=True)
    assert probed(watch, now_ns, 2)[0] == [2, 4]


def quiet(watch, until_ns, motion=Motion.UNKNOWN):
    """Leave the last requests and then each probe unanswered, a tenth of a second each."""
    watch.answered(0)
    now_ns = 0
    while now_ns < until_ns:
        now_ns = now_ns + SECOND // 10 if not watch.resting else max(now_ns, watch.probe_ns())
        watch.asked(now_ns)
        now_ns += SECOND // 10
        watch.unanswered(now_ns, probe=watch.resting, motion=motion)
    return now_ns


@pytest.mark.parametrize(
    ("rpm", "kmh", "motion"),
    [
        (None, None, Motion.UNKNOWN),
        (None, 0.0, Motion.UNKNOWN),
        (0.0, 0.0, Motion.STOPPED),
        (850.0, 0.0, Motion.IDLED),
        (850.0, 40.0, Motion.RAN),
        (3200.0, 0.0, Motion.RAN),
        (3200.0, None, Motion.RAN),
        (None, 40.0, Motion.RAN),
    ],
)
def test_what_the_car_did_is_told_by_its_last_engine_and_road_speed(rpm, kmh, motion):
    assert motion_of(rpm, kmh) is motion


@pytest.mark.parametrize("company", [False, True])
@pytest.mark.parametrize("motion", [Motion.UNKNOWN, Motion.STOPPED, Motion.IDLED])
def test_a_car_that_goes_quiet_as_a_whole_at_idle_is_off(company, motion):
    watch = IgnitionWatch(0, company=company)
    quiet(watch, 2 * SECOND, motion)
    assert not watch.on
    assert not watch.gone


@pytest.mark.parametrize("company", [False, True])
def test_an_engine_that_goes_quiet_while_it_runs_is_gone_until_it_answers(company):
    watch = IgnitionWatch(0, company=company)
    now_ns = quiet(watch, 600 * SECOND, Motion.RAN)
    assert watch.gone
    assert watch.on
    assert watch.answered(now_ns)
    assert not watch.resting


def test_an_engine_that_is_gone_is_asked_every_second_and_later_more_rarely():
    watch = IgnitionWatch(0)
    now_ns = quiet(watch, 2 * SECOND, Motion.RAN)
    assert watch.gone
    assert {round(wait) for wait in probed(watch, now_ns, 9)[0]} == {1}
    _, now_ns = probed(watch, now_ns + 9 * SECOND, 6)
    assert [round(wait) for wait in probed(watch, now_ns, 2)[0]] == [10, 10]
    assert watch.gone


def test_one_request_lost_at_speed_blames_nobody():
    watch = IgnitionWatch(0)
    watch.answered(0)
    watch.unanswered(SECOND // 5, probe=True, motion=Motion.RAN)
    assert not watch.gone
    assert not watch.answered(SECOND // 4)
    assert not watch.resting


def doubted_with_others(motion):
    watch = IgnitionWatch(0, company=True)
    watch.answered(0)
    for _ in range(3):
        watch.unanswered(SECOND, probe=False)
    watch.unanswered(SECOND, probe=True, motion=motion)
    assert watch.ask_all
    watch.others_answered(SECOND, motion)
    return watch


def test_an_engine_is_gone_that_idled_where_others_still_answer_a_second_later():
    watch = doubted_with_others(Motion.IDLED)
    assert not watch.gone
    assert watch.probe_ns() == 2 * SECOND
    watch.others_answered(2 * SECOND, Motion.IDLED)
    assert watch.gone
    for second in range(3, 60):
        watch.others_answered(second * SECOND, Motion.IDLED)
    assert watch.gone
    assert watch.answered(60 * SECOND)
    assert not watch.resting


def test_a_car_whose_other_units_fall_asleep_a_moment_after_the_engine_s_is_off():
    watch = doubted_with_others(Motion.IDLED)
    watch.unanswered(2 * SECOND, probe=True, motion=Motion.IDLED)
    assert not watch.on
    assert not watch.gone


def test_an_engine_that_stood_still_did_not_fall_silent_while_it_ran():
    watch = doubted_with_others(Motion.STOPPED)
    assert not watch.on
    assert not watch.gone
