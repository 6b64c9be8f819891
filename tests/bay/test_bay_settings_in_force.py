from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.columns import to_stretch
from cartech_desk.bay.pretrigger import Pretrigger
from cartech_desk.domain.channels import Reading
from cartech_desk.store.store import Store


def test_other_settings_are_taken_over(tmp_path):
    store = Store(tmp_path)
    bay = Bay(store)
    settings = BaySettings(stale_after_s=5.0, pretrigger_s=3.0, max_requests_per_s=20.0)
    bay.use_settings(settings)
    assert bay.settings is settings
    assert bay._recorder.pretrigger.start_ns(10_000_000_000, 0) == 7_000_000_000
    assert bay.feed._stale_limit_s(10.0) == 5.0
    store.close()


def test_a_shorter_pretrigger_lets_go_of_what_is_older():
    pretrigger = Pretrigger(30_000_000_000)
    for second in range(20):
        pretrigger.keep(stretch(second))
    pretrigger.set_length(8_000_000_000)
    pretrigger.keep(stretch(20))
    assert len(list(pretrigger.since(0))) == 9


def test_some_seconds_are_kept_for_a_recording_that_begins_late_but_do_not_belong_to_others():
    pretrigger = Pretrigger(0)
    for second in range(20):
        pretrigger.keep(stretch(second))
    assert len(list(pretrigger.since(0))) == 6
    begun_ns = 19_000_000_000
    assert next(pretrigger.since(pretrigger.start_ns(begun_ns, 0))).first_ns == begun_ns


def stretch(second):
    return to_stretch([[Reading("rpm", second * 1_000_000_000, 800.0)]])
