"""Imported tables of makers' codes: kept whole, replaced, removed, found, audited."""

import sqlite3

import pytest

from cartech_desk.domain.faults.meaning import MakerCode, Severity
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import DatabaseCorrupt, NotKept

BY = Actor("", "Ada")
FULL = MakerCode(
    "Subaru", "P1410", "Tumble valve open", Severity.CRITICAL, "Air", ("a", "b"), ("c",)
)
BARE = MakerCode("Subaru", "P1411", "Tumble valve stuck")


def _with_source(row, source):
    return MakerCode(row.maker, row.code, row.description, row.severity, row.system, row.causes,
                     row.checks, source)  # fmt: skip


def test_a_table_comes_back_as_it_was_given(store):
    table = store.code_tables.add("sub.csv", [FULL, BARE], by=BY)
    assert (table.makers, table.codes, table.operator) == (("Subaru",), 2, "Ada")
    assert store.code_tables.list() == (table,)
    assert store.code_tables.rows(["P1410", "P1411", "P1999"]) == {
        "P1410": (_with_source(FULL, "sub.csv"),),
        "P1411": (_with_source(BARE, "sub.csv"),),
    }


def test_a_table_of_the_same_source_takes_the_place_of_the_one_before(store):
    store.code_tables.add("sub.csv", [FULL, BARE], by=BY)
    again = store.code_tables.add("sub.csv", [FULL], by=BY)
    assert store.code_tables.list() == (again,)
    assert store.code_tables.rows(["P1411"]) == {}


def test_of_two_tables_the_one_imported_last_stands_first(store):
    store.code_tables.add("old.csv", [FULL], by=BY)
    store.code_tables.add("new.csv", [MakerCode("Subaru", "P1410", "Better words")], by=BY)
    assert [row.source for row in store.code_tables.rows(["P1410"])["P1410"]] == [
        "new.csv",
        "old.csv",
    ]


def test_many_codes_are_asked_for_at_once(store):
    rows = [MakerCode("Ford", f"P1{n:03X}", f"text {n}") for n in range(1200)]
    store.code_tables.add("ford.csv", rows, by=BY)
    assert len(store.code_tables.rows([row.code for row in rows])) == 1200


def test_every_word_is_found_in_code_maker_or_text_whatever_its_case(store):
    store.code_tables.add("sub.csv", [FULL, BARE], by=BY)
    store.code_tables.add("vw.csv", [MakerCode("VW", "P1500", "Höhe über Null")], by=BY)
    find = store.code_tables.find
    assert [row.code for row in find("TUMBLE subaru")] == ["P1410", "P1411"]
    assert [row.code for row in find("ÜBER p15")] == ["P1500"]
    assert find("tumble p15") == ()
    assert len(find("p1", limit=2)) == 2


@pytest.mark.parametrize("word", ["source", "id", "end"])
def test_a_table_is_removed_by_its_name_its_id_or_the_end_of_it(store, word):
    table = store.code_tables.add("sub.csv", [FULL], by=BY)
    said = {"source": table.source, "id": table.id, "end": table.id[-6:].upper()}[word]
    store.code_tables.remove(said, by=BY)
    assert store.code_tables.list() == ()
    assert store.code_tables.rows(["P1410"]) == {}


@pytest.mark.parametrize("word", ["", "abc", "other.csv"])
def test_a_table_that_is_not_kept_is_said_and_nothing_changes(store, word):
    store.code_tables.add("sub.csv", [FULL], by=BY)
    with pytest.raises(NotKept):
        store.code_tables.remove(word, by=BY)
    assert len(store.code_tables.list()) == 1


@pytest.mark.parametrize("rows", [[], [FULL, FULL]])
def test_a_table_without_rows_or_with_one_twice_is_never_kept(store, rows):
    with pytest.raises(ValueError, match="rows"):
        store.code_tables.add("sub.csv", rows, by=BY)
    assert store.code_tables.list() == ()


def test_a_damaged_row_is_said_and_none_of_it_shown(store, tmp_path):
    store.code_tables.add("sub.csv", [FULL], by=BY)
    with sqlite3.connect(tmp_path / "desk" / "desk.db") as database:
        database.execute("UPDATE maker_code SET causes = '[', severity = 'awful'")
    with pytest.raises(DatabaseCorrupt) as damaged:
        store.code_tables.rows(["P1410"])
    assert "P1410" in damaged.value.happened
    store.code_tables.remove("sub.csv", by=BY)
    assert store.code_tables.rows(["P1410"]) == {}


def test_importing_replacing_and_removing_are_audited_with_what_changed(store):
    store.code_tables.add("sub.csv", [FULL, BARE], by=BY)
    store.code_tables.add("sub.csv", [FULL], by=BY)
    store.code_tables.remove("sub.csv", by=BY)
    two = {"source": "sub.csv", "makers": ["Subaru"], "codes": "2"}
    one = {**two, "codes": "1"}
    told = [
        (record.action, record.before, record.after)
        for record in reversed(store.audit.find(Query()))
    ]
    assert [(action, _numbers(before), _numbers(after)) for action, before, after in told] == [
        ("codes.import", None, two),
        ("codes.import", two, one),
        ("codes.remove", one, None),
    ]


def _numbers(told):
    return None if not told else {**told, "codes": str(told["codes"])}
