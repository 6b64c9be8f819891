"""What codes mean at this desk: the generic tables, and those of makers that were imported."""

import pytest

from cartech_desk.bay.code_book import CodeBook, CodeTableRefused
from cartech_desk.domain.faults.code import NoCode, Origin
from cartech_desk.domain.people import Actor, NotSignedIn
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

BY = Actor("", "Ada")
TABLE = "code,description\nP1410,Tumble valve open\nP1411,Tumble valve stuck\n"
SUBARU_VIN = "JF1GD29692G500000"
FORD_VIN = "1FAHP3F2XCL000000"


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "desk", tmp_path / "keys")
    yield opened
    opened.close()


@pytest.fixture
def book(store):
    return CodeBook(store)


@pytest.fixture
def take(book, tmp_path):
    def act(text=TABLE, name="sub.csv", maker="Subaru"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return book.import_table(path, by=BY, maker=maker)

    return act


def test_a_generic_code_needs_no_table(book):
    assert "underboost" in book.meaning("p0299").description


def test_what_is_no_code_is_refused(book):
    with pytest.raises(NoCode):
        book.meaning("P29")


def test_a_makers_code_is_told_for_a_car_of_that_maker_alone(book, take):
    take()
    meaning = book.meaning("P1410", SUBARU_VIN)
    assert meaning.description == "Tumble valve open"
    assert meaning.source == "Subaru: sub.csv"
    assert not book.meaning("P1410", FORD_VIN).known
    assert not book.meaning("P1410").known
    assert book.meaning("P1410", maker="subaru").known


def test_a_broken_vin_only_means_that_no_maker_is_known(book, take):
    take()
    meaning = book.meaning("P1410", "00000000000000000")
    assert not meaning.known
    assert "Subaru" in meaning.description


def test_generic_codes_of_a_makers_table_are_left_out_and_told(book, take):
    done = take(TABLE + "P0420,Other words\nP0FF7,Brand new\n")
    assert done.table.codes == 3
    assert "P0420 in line 4" in done.warnings[0]
    assert "P0FF7" in done.warnings[1]
    assert book.meaning("P0420", SUBARU_VIN).origin is Origin.GENERIC
    assert book.meaning("P0420", SUBARU_VIN).description != "Other words"
    assert book.meaning("P0FF7", SUBARU_VIN).description == "Brand new"


def test_a_table_of_generic_codes_alone_is_refused(book, take):
    with pytest.raises(CodeTableRefused, match="only generic codes"):
        take("code,description\nP0420,Other words\n")
    assert book.tables() == ()


def test_a_wrong_row_keeps_nothing_and_leaves_the_table_before_as_it_was(book, take):
    take()
    with pytest.raises(CodeTableRefused, match="line 3, column 1"):
        take("code,description\nP1412,New\nP14,Wrong\n")
    assert [table.codes for table in book.tables()] == [2]
    assert book.meaning("P1410", SUBARU_VIN).known
    assert not book.meaning("P1412", SUBARU_VIN).known


def test_a_table_imported_again_takes_the_place_of_the_one_before(book, take):
    take()
    done = take("code,description\nP1410,Better words\n")
    assert done.replaced
    assert book.meaning("P1410", SUBARU_VIN).description == "Better words"
    assert not book.meaning("P1411", SUBARU_VIN).known


def test_a_file_of_the_same_name_of_another_maker_does_not_replace(book, take):
    take()
    with pytest.raises(CodeTableRefused, match="of Subaru is kept here already"):
        take(maker="Ford")
    assert book.meaning("P1410", SUBARU_VIN).known


def test_codes_that_two_tables_of_a_maker_hold_are_told(take):
    take()
    done = take("code,description\nP1410,Better words\n", "more.csv")
    assert not done.replaced
    assert "sub.csv" in done.warnings[0]


def test_words_find_what_fits_best_first_and_of_that_the_own_tables(book, take):
    take("code,description\nP1410,Catalyst of our own\nP1411,Two catalysts of ours\n")
    found = book.find("CATALYST", limit=1000)
    assert (found[0].code.text, found[0].source) == ("P1410", "Subaru: sub.csv")
    assert found[1].origin is Origin.GENERIC
    whole = [meaning.code.text for meaning in found]
    assert whole.index("P1411") > whole.index("P0420")
    assert len(book.find("catalyst", limit=3)) == 3
    assert [meaning.code.text for meaning in book.find("p0420")] == ["P0420"]
    assert book.find("no such words at all") == ()


def test_a_removed_table_means_nothing_any_more(book, take):
    take()
    assert book.remove("sub.csv", by=BY).codes == 2
    assert not book.meaning("P1410", SUBARU_VIN).known
    with pytest.raises(NotKept):
        book.remove("sub.csv", by=BY)


def test_once_the_shop_is_set_up_somebody_answers_for_a_table(book, take, monkeypatch):
    take()
    monkeypatch.setattr(type(book._store.people), "shop", lambda _self: object())
    with pytest.raises(NotSignedIn):
        take("code,description\nP1412,New\n")
    with pytest.raises(NotSignedIn):
        book.remove("sub.csv", by=BY)
    assert [table.codes for table in book.tables()] == [2]
