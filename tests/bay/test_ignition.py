from cartech_desk.bay.ignition import IgnitionWatch

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
