"""What the tour does to its own audit log, so that the banner is seen for real."""

from cartech_desk.app.tour_audit_scenes import change_a_record
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import DESK
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.store.store import Store


def test_a_record_changed_behind_the_desks_back_is_named_and_work_goes_on(tmp_path):
    store = Store(tmp_path)
    book = AuditBook(store)
    for action in ("alarm.raise", "alarm.acknowledge", "alarm.return"):
        store.audit.note(DESK, Entry(action, Entity("alarm", "a", "Coolant hot")))
    assert book.verify().ok
    assert change_a_record(tmp_path / "desk.db") == 2
    verdict = book.verify()
    assert (verdict.ok, verdict.first_bad_sequence) == (False, 2)
    before = store.audit.note(DESK, Entry("alarm.raise", Entity("alarm", "b", "Oil hot")))
    assert book.verify().first_bad_sequence == 2, before
    store.close()
