"""Numbers of papers across a restore: never used twice, and no gap that nobody can explain."""

import sqlite3
from contextlib import closing

import pytest

from cartech_desk.domain.jobs.job import DocumentKind
from cartech_desk.office import restoring
from cartech_desk.office.audit_book import Query
from cartech_desk.office.paper_lost import lost_words
from cartech_desk.office.restoring import NewerState
from cartech_desk.store import backup_swap
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store
from tests.office.jobs.counter_book import MANAGER, Counter
from tests.office.jobs.counter_book import work as line

from .backup_desk import BOSS, backups, shop


@pytest.fixture
def counter(tmp_path):
    """Return a counter that has invoiced twice since its backup, `x.zip`."""
    counter = Counter(shop(tmp_path / "data", "Blue Civic"))
    invoiced(counter)
    kept = counter.done(line())
    backups(counter.store).make(BOSS, tmp_path / "x.zip")
    last = counter.papers.invoice(kept.id, MANAGER)
    counter.papers.credit(last.number, MANAGER, "the wrong one")
    invoiced(counter)
    counter.papers.estimate(counter.done(line()).id, MANAGER)
    yield counter
    counter.store.close()


def invoiced(counter):
    return counter.papers.invoice(counter.done(line()).id, MANAGER).number


def restored(counter, path):
    """Restore and open again; what is there has to be agreed to."""
    ready = backups(counter.store).prepare(BOSS, path, even_so=True)
    folder = counter.store.folder
    counter.store.close()
    issued = restoring.put_in_place(ready, None)
    after = Counter(Store(folder, None), now=counter.now)
    backups(after.store).settle()
    return after, issued


def test_the_question_names_the_papers_and_none_of_their_numbers_comes_again(counter, tmp_path):
    words = "2 invoices (0002 to 0003), 1 credit note (C-0001), 1 estimate (E-0001)"
    with pytest.raises(NewerState) as asked:
        backups(counter.store).prepare(BOSS, tmp_path / "x.zip")
    assert words in asked.value.happened
    old = counter.papers.get("0003")
    after, issued = restored(counter, tmp_path / "x.zip")
    try:
        assert issued.words == words
        assert invoiced(after) == "0004"
        again = after.papers.invoice(after.jobs.get(old_job(after)).id, MANAGER)
        assert again.number == "0005"
        assert after.papers.credit("0005", MANAGER, "again").number == "C-0002"
        lost = after.papers.lost()
        assert [one.paper.number for one in lost] == ["C-0001", "E-0001", "0002", "0003"]
        assert after.papers.get("0003") == old  # whole, to print it again
        assert "lost by restoring a copy of" in lost_words(lost[0])
        with pytest.raises(NotKept, match="0003 was issued, and lost when a copy of"):
            after.papers.credit("0003", MANAGER, "it is gone")
        (record,) = after.store.audit.find(Query(action="desk.restore"))
        assert record.after["papers_put_aside"] == words
        assert after.store.audit.verify().ok
    finally:
        after.store.close()


def old_job(counter):
    """Return the job that stood there, done, when the backup was made."""
    (job,) = [row for row in counter.jobs.list()[0] if not row.invoice]
    told = counter.papers.doubts(job.id, DocumentKind.INVOICE)
    assert not any("0002" in one for one in told)  # that one was taken back before it was lost
    return str(job.number)


def test_who_invoices_a_job_anew_is_told_of_the_invoice_that_went_out(tmp_path):
    counter = Counter(shop(tmp_path / "data", "Blue Civic"))
    job = counter.done(line())
    backups(counter.store).make(BOSS, tmp_path / "x.zip")
    counter.papers.invoice(job.id, MANAGER)
    after, _ = restored(counter, tmp_path / "x.zip")
    told = after.papers.doubts(job.id, DocumentKind.INVOICE)
    after.store.close()
    assert any(one.startswith("Invoice 0001 of") and "may hold it" in one for one in told)


def test_what_was_lost_stays_known_over_the_next_restore(counter, tmp_path):
    after, _ = restored(counter, tmp_path / "x.zip")
    first = after.papers.lost()
    invoiced(after)
    again, issued = restored(after, tmp_path / "x.zip")
    try:
        assert issued.words == "1 invoice (0004)"
        known = again.papers.lost()
        assert [one for one in known if one in first] == list(first)
        assert [one.paper.number for one in known if one not in first] == ["0004"]
        assert invoiced(again) == "0005"
    finally:
        again.store.close()


def test_a_kill_before_the_plan_is_written_leaves_the_desk_and_its_numbers(
    counter, tmp_path, monkeypatch
):
    ready = backups(counter.store).prepare(BOSS, tmp_path / "x.zip", even_so=True)
    counter.store.close()
    seen = []

    def killed(folder, swap, settings):
        with closing(sqlite3.connect(folder / swap.stage / "desk.db")) as driver:
            seen.extend(driver.execute("SELECT next FROM number_series WHERE name = 'invoice:'"))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backup_swap, "decide", killed)
        with pytest.raises(KeyboardInterrupt):
            restoring.put_in_place(ready, None)
    assert seen == [(3,)]  # carried over before anything is decided: the plan makes both count
    after = Counter(Store(tmp_path / "data", None), now=counter.now)
    assert (invoiced(after), after.papers.lost()) == ("0004", ())
    after.store.close()


def test_a_desk_that_cannot_be_read_is_told_and_nothing_of_it_is_taken_for_granted(
    counter, tmp_path
):
    counter.store.close()
    path = tmp_path / "data" / "desk.db"
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * (path.stat().st_size - 100))
    with pytest.raises(NewerState, match="not every paper that was issued since can be read"):
        restoring.prepared(tmp_path / "data", tmp_path / "x.zip", BOSS)
    ready = restoring.prepared(tmp_path / "data", tmp_path / "x.zip", BOSS, even_so=True)
    assert ready.issued.unread
    assert restoring.put_in_place(ready, None).unread


def test_of_a_desk_that_is_damaged_in_part_the_numbers_go_on_all_the_same(counter, tmp_path):
    counter.store.close()
    path = tmp_path / "data" / "desk.db"
    with closing(sqlite3.connect(path)) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        ((page,),) = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit'")
        ((size,),) = driver.execute("PRAGMA page_size")
    raw = path.read_bytes()
    path.write_bytes(raw[: (page - 1) * size] + b"\xff" * size + raw[page * size :])
    ready = restoring.prepared(tmp_path / "data", tmp_path / "x.zip", BOSS, even_so=True)
    assert any("is damaged: not every paper" in one for one in ready.warnings)
    restoring.put_in_place(ready, None)
    after = Counter(Store(tmp_path / "data", None), now=counter.now)
    backups(after.store).settle()
    try:
        assert invoiced(after) == "0004"
        assert {"0002", "0003"} < {one.paper.number for one in after.papers.lost()}
    finally:
        after.store.close()


def test_on_a_new_machine_it_is_said_what_number_the_backup_ends_with(counter, tmp_path):
    ready = restoring.prepared(tmp_path / "new", tmp_path / "x.zip", BOSS)
    ready.drop()
    assert any(one.startswith("The backup ends with invoice 0001.") for one in ready.warnings)
    same = backups(counter.store).prepare(BOSS, tmp_path / "x.zip", even_so=True)
    same.drop()
    assert not any("The backup ends with" in one for one in same.warnings)


def test_papers_of_another_desk_are_told_and_change_no_numbers(counter, tmp_path):
    shop(tmp_path / "other", "Red Golf").close()
    other = Counter(Store(tmp_path / "other", None))
    for _ in range(5):
        invoiced(other)
    with pytest.raises(NewerState, match=r"5 invoices \(0001 to 0005\)"):
        backups(other.store).prepare(BOSS, tmp_path / "x.zip")
    after, _ = restored(other, tmp_path / "x.zip")
    assert (invoiced(after), after.papers.lost()) == ("0002", ())
    after.store.close()
