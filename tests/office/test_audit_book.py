"""The audit book: rights, verdicts, exports to CSV and PDF."""

import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.domain.audit import Entity, Entry, Phase
from cartech_desk.domain.audit_chain import Verdict
from cartech_desk.domain.people import DESK, NOBODY, Actor, NotSignedIn, RightMissing, Role
from cartech_desk.office.audit_book import AuditBook, Query
from cartech_desk.reports.audit_csv import write_audit_csv
from cartech_desk.reports.audit_pdf import write_audit_pdf
from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.store.store import Store

ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
MAX = Actor("0192-m", "Max Manager", Role.MANAGER)
TOM = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
LOGIN = Actor.at_command_line("shop")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def book(store: Store) -> AuditBook:
    for number in range(5):
        store.audit.note(
            ADA,
            Entry(
                "limit.set",
                Entity("limit", "boost", "Boost", "golf"),
                {"trip": 180.0 + number},
                {"trip": 185.5},
                '=HYPERLINK("http://x")' if number == 2 else "another wastegate",
            ),
        )
    return AuditBook(store)


def break_record(store: Store, sequence: int) -> None:
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute(
            "UPDATE audit SET body = replace(body, 'Boost', 'Oil') WHERE sequence = ?", (sequence,)
        )
        connection.commit()


def test_managers_and_administrators_read_and_nobody_else(book: AuditBook) -> None:
    assert len(book.find(ADA, Query())) == 5
    assert book.actions(MAX) == ("limit.set",)
    assert [one.name for one in book.actors(MAX)] == [ADA.name]
    for who, error in ((TOM, RightMissing), (LOGIN, NotSignedIn), (NOBODY, NotSignedIn)):
        for read in (book.actions, book.actors, book.keys, lambda by: book.find(by, Query())):
            with pytest.raises(error):
                read(who)
        with pytest.raises(error):
            book.export(who, Query(), Path("x.csv"))
    with pytest.raises(RightMissing):
        book.renew_key(MAX)


def test_verifying_remembers_its_verdict(book: AuditBook) -> None:
    assert book.last_verdict is None
    assert book.key_problem == ""
    verdict = book.verify()
    assert verdict.ok
    assert book.last_verdict == verdict


def test_a_failed_verification_is_recorded_once(book: AuditBook, store: Store) -> None:
    break_record(store, 3)
    for _ in range(3):
        verdict = book.verify()
        assert (verdict.ok, verdict.first_bad_sequence) == (False, 3)
    records = book.find(ADA, Query(action="audit.verify_failed"))
    assert len(records) == 1
    assert records[0].actor == DESK
    assert records[0].after is not None
    assert records[0].after["first_bad_sequence"] == "3"
    # And it goes on taking records.
    store.audit.note(ADA, Entry("limit.set", Entity("limit", "x")))
    assert len(AuditBook(store).find(ADA, Query())) == 7


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_csv_file_holds_every_record_and_the_head(
    book: AuditBook, store: Store, tmp_path: Path
) -> None:
    path = book.export(MAX, Query(), tmp_path / "log.csv")
    head, titles, *records = rows(path)
    verdict = book.last_verdict
    assert verdict is not None
    assert head[1] == f"head {verdict.head_sequence}:{verdict.head_hash}"
    assert head[2] == "verified"
    assert titles[:2] == ["sequence", "time (UTC)"]
    assert [row[0] for row in records] == ["5", "4", "3", "2", "1"]
    assert records[2][titles.index("reason")].startswith("'=HYPERLINK")


def test_a_csv_file_says_verified_only_of_a_log_without_doubt(tmp_path: Path) -> None:
    for verdict, words in (
        (Verdict(True, 3, keyed=False, warnings=("The key is gone.",)), "NOT VERIFIED"),
        (Verdict(True, 3, warnings=("Record 2; =1 carries no MAC.",)), "verified, with notes"),
        (Verdict(False, 3, 2, "Record 2 was changed."), "BROKEN: Record 2 was changed."),
    ):
        write_audit_csv((), verdict, tmp_path / "log.csv")
        ((_, _, found, *notes), _) = rows(tmp_path / "log.csv")
        assert found.startswith(words)
        assert found != "verified"
        assert notes == [words.replace("; =", ";' =") for words in verdict.warnings]
        assert not re.search(r";[ \"]*=", (tmp_path / "log.csv").read_text())


def test_an_export_leaves_its_intent_and_its_result(
    book: AuditBook, store: Store, tmp_path: Path
) -> None:
    book.export(MAX, Query(action="limit"), tmp_path / "log.csv")
    result, intent = book.find(ADA, Query(action="audit.export"))
    assert (intent.phase, result.phase, result.intent) == (
        Phase.INTENT,
        Phase.RESULT,
        intent.sequence,
    )
    assert result.after is not None
    assert result.after["done"] is True
    assert result.after["head"].startswith("6:")
    assert result.actor == MAX
    assert store.audit.unsettled() == ()


def test_an_export_that_fails_says_so_in_its_result(
    book: AuditBook, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ExportFailed("The disk is full.", to_do="Free some space.")

    monkeypatch.setattr("cartech_desk.office.audit_book.write_audit_csv", full)
    with pytest.raises(ExportFailed):
        book.export(MAX, Query(), tmp_path / "log.csv")
    result = book.find(ADA, Query(action="audit.export"))[0]
    assert result.after is not None
    assert (result.after["done"], result.reason) == (False, "The disk is full.")


def begun(store: Store, action: str = "audit.export") -> int:
    """An act outside desk.db whose program was killed."""
    return store.audit.intent(
        MAX, Entry(action, Entity("audit", "", "log.csv"), None, {"file": "x"})
    )


def test_an_export_that_was_cut_short_is_settled_as_not_done(book: AuditBook, store: Store) -> None:
    intent = begun(store)
    other = begun(store, "recording.export")
    assert book.settle(sure_s=0.0) == 1
    assert [one.sequence for one in store.audit.unsettled()] == [other]
    result = book.find(ADA, Query(action="audit.export"))[0]
    assert (result.intent, result.actor, result.phase) == (intent, DESK, Phase.RESULT)
    assert result.after is not None
    assert result.after["done"] is False
    assert "cut short" in result.reason
    assert book.settle(sure_s=0.0) == 0
    assert book.verify().ok


def test_an_export_that_has_just_begun_is_not_settled(book: AuditBook, store: Store) -> None:
    begun(store)
    assert book.settle() == 0


def test_an_export_under_way_is_not_settled(
    book: AuditBook, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = []

    def meanwhile(*_: object, **__: object) -> None:
        settled.append(AuditBook(store).settle(sure_s=0.0))

    monkeypatch.setattr("cartech_desk.office.audit_book.write_audit_csv", meanwhile)
    book.export(MAX, Query(), tmp_path / "log.csv")
    assert settled == [0]
    assert book.find(ADA, Query(action="audit.export"))[0].after["done"] is True
    assert not list(store.folder.glob("desk.db-writer-*"))


@pytest.mark.parametrize(
    ("name", "error"),
    [("log.txt", ExportRefused), ("log", ExportRefused), ("none/log.csv", ExportFailed)],
)
def test_a_file_of_another_kind_is_refused_before_anything_is_recorded(
    book: AuditBook, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        book.export(MAX, Query(), tmp_path / name)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ExportRefused):
        book.export(MAX, Query(), tmp_path / "folder.csv")
    assert len(book.find(ADA, Query())) == 5


def pages(path: Path) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", path.read_bytes()))


def test_a_pdf_file_is_the_same_for_the_same_records(
    book: AuditBook, store: Store, tmp_path: Path
) -> None:
    verdict = book.verify()
    records = book.find(ADA, Query())
    for name in ("one.pdf", "two.pdf"):
        write_audit_pdf(records, verdict, tmp_path / name, asked="act: Limit set", shop="A shop")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one == two
    assert one.startswith(b"%PDF")
    assert b"Roboto" in one
    assert b"/FontFile2" in one


def test_a_pdf_of_a_broken_log_says_so_and_holds_what_it_can(
    book: AuditBook, store: Store, tmp_path: Path
) -> None:
    break_record(store, 3)
    path = book.export(MAX, Query(), tmp_path / "log.pdf")
    assert pages(path) == 1
    assert book.last_verdict is not None
    assert not book.last_verdict.ok


def test_long_words_markup_and_many_records_fit_their_pages(store: Store, tmp_path: Path) -> None:
    nasty = ["W" * 5000, "<b>&nbsp;</para>", "a\nb\n" * 500, "\ud83d\ude97 名 \x07", "&#0;<br>"]
    with store.audit.act(ADA) as act:
        for number in range(90):
            words = nasty[number % len(nasty)]
            act.record(
                Entry(words, Entity(words, words, words), {words: words}, {words: [words]}, words)
            )
    book = AuditBook(store)
    path = book.export(ADA, Query(), tmp_path / "log.pdf")
    assert pages(path) > 3


def test_an_empty_choice_is_exported_as_such(book: AuditBook, tmp_path: Path) -> None:
    assert pages(book.export(ADA, Query(text="nothing like it"), tmp_path / "log.pdf")) == 1
    assert len(rows(book.export(ADA, Query(action="none.such"), tmp_path / "log.csv"))) == 2


def test_no_cell_of_a_csv_file_begins_like_a_formula(store: Store, tmp_path: Path) -> None:
    for words in ("=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\n=1", "|x", "%x"):
        store.audit.note(
            Actor(words, words), Entry(words, Entity(words, words, words, words), None, None, words)
        )
    write_audit_csv(store.audit.find(Query()), Verdict(True, 10), tmp_path / "log.csv")
    for row in rows(tmp_path / "log.csv")[2:]:
        assert all(not cell.strip().startswith(("=", "+", "-", "@", "|", "%")) for cell in row)


def test_renewing_the_key_is_recorded_with_who_and_why(book: AuditBook) -> None:
    sequence = book.renew_key(ADA, "the old machine was sold")
    record = book.find(ADA, Query(action="audit.key"))[0]
    assert (record.sequence, record.actor) == (sequence, ADA)
    assert record.reason == "the old machine was sold"
    place, keys = book.keys(ADA)
    assert (place, [key.number for key in keys]) == ("file", [1, 2])
    assert record.after == {"key": "2", "place": "file"}
