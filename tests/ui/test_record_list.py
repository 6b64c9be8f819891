"""The list of records, by what a person does and sees, upon a query that is counted."""

from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.reports.selection import ExportFailed, ExportRefused
from cartech_desk.ui.models.record_csv import write_records
from cartech_desk.ui.models.record_table import (
    WINDOW,
    Asked,
    Column,
    forgiving,
    office_query,
    rows_query,
)
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.record_list import RecordList

MANY = 100_000


@dataclass(frozen=True)
class Thing:
    id: str
    name: str
    weight: int


COLUMNS = (
    Column[Thing]("name", "Name", lambda row: row.name, 160, lamp=lambda _row: State.CONNECTED),
    Column("weight", "Weight", lambda row: str(row.weight), right=True, order=lambda r: r.weight),
)


class Kept:
    """A room's `list` over made-up things; `asked` is what it was asked."""

    def __init__(self, number=MANY):
        self.number = number
        self.asked = []
        self.renamed = {}

    def list(self, search="", *, limit=200, offset=0, sort="", descending=False, **filters):
        self.asked.append((search, limit, offset, sort, descending, filters))
        places = range(self.number)
        if search:
            places = [place for place in places if search in f"thing {place}"]
        if descending:
            places = places[::-1]
        rows = [
            Thing(str(place), self.renamed.get(place, f"thing {place}"), place)
            for place in places[offset : offset + limit]
        ]
        return tuple(rows), len(places)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def listing(kept, qtbot):
    def failed(error):
        raise error

    made = RecordList("things", COLUMNS, office_query(kept.list), lambda row: row.id, failed)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


@pytest.fixture
def settle(listing, qtbot):
    def act():
        qtbot.waitUntil(lambda: not listing.busy)

    return act


def shown(listing, place, column=0):
    return listing.table.index(place, column).data()


def test_nothing_is_asked_before_the_page_is_shown(kept, listing):
    assert not kept.asked
    assert listing.total == 0


def test_a_hundred_thousand_rows_open_with_one_window(kept, listing, settle):
    listing.refresh()
    settle()
    assert listing.total == MANY
    assert [(limit, offset) for _, limit, offset, *_ in kept.asked] == [(WINDOW, 0)]
    assert listing.chosen().name == "thing 0"


def test_rows_that_are_scrolled_to_are_fetched_then(kept, listing, settle, qtbot):
    listing.refresh()
    settle()
    listing.view.scrollToBottom()
    qtbot.waitUntil(lambda: shown(listing, MANY - 1) == f"thing {MANY - 1}")
    assert len(kept.asked) <= 3
    assert listing.chosen_id() == "0"


def test_search_and_sorting_go_to_the_query(kept, listing, settle):
    listing.refresh()
    settle()
    listing.search.setText("  99 9 ")
    settle()
    assert kept.asked[-1][0] == "99 9"
    listing.search.setText("")
    listing.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    settle()
    assert kept.asked[-1][3:5] == ("weight", True)
    assert shown(listing, 0) == f"thing {MANY - 1}"


def test_filters_that_say_nothing_are_left_out(kept, listing, settle):
    listing.narrow(kind="", bay=None, technician="tom")
    settle()
    assert kept.asked[-1][5] == {"technician": "tom"}


def test_what_does_not_match_is_said_with_what_was_typed(kept, listing, settle):
    listing.refresh()
    settle()
    listing.search.setText("tractor")
    settle()
    assert "“tractor”" in listing.nothing.text()
    assert listing.nothing.isVisible()
    assert not listing.empty


def test_the_chosen_record_stays_chosen_where_it_moves(kept, listing, settle):
    listing.refresh()
    settle()
    listing.choose("7")
    told = []
    listing.chosen_changed.connect(lambda: told.append(listing.chosen_id()))
    kept.renamed = {7: "another name"}
    listing.refresh()
    settle()
    assert listing.chosen().name == "another name"
    assert told == ["7"]


def test_a_wanted_record_that_the_search_hides_is_shown(kept, listing, settle):
    listing.refresh()
    settle()
    listing.search.setText("thing 99")
    settle()
    listing.refresh("12")
    settle()
    assert listing.chosen_id() == "12"
    assert not listing.search.text()


def test_a_wanted_record_far_down_is_told_to_whoever_wants_it(kept, listing, settle):
    missed = []
    listing.missed.connect(missed.append)
    listing.refresh("50000")
    settle()
    assert missed == ["50000"]
    assert listing.chosen() is None


def test_keys_walk_from_the_search_into_the_list_and_back(listing, settle, qtbot):
    listing.refresh()
    settle()
    opened = []
    listing.opened.connect(opened.append)
    listing.activateWindow()
    listing.search.setFocus()
    qtbot.keyClick(listing.search, Qt.Key.Key_Down)
    assert listing.view.hasFocus()
    qtbot.keyClick(listing.view, Qt.Key.Key_Down)
    qtbot.keyClick(listing.view, Qt.Key.Key_Return)
    assert [row.id for row in opened] == ["1"]
    qtbot.keyClick(listing.view, Qt.Key.Key_Up)
    qtbot.keyClick(listing.view, Qt.Key.Key_Up)
    assert listing.search.hasFocus()


def test_the_chosen_row_is_copied_as_text(listing, settle, qtbot):
    listing.refresh()
    settle()
    qtbot.keyClick(listing.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Name\tWeight\nthing 0\t0"


def test_columns_and_sorting_are_remembered(kept, store, qtbot):
    def make(columns=COLUMNS):
        made = RecordList(
            "things",
            columns,
            office_query(kept.list),
            lambda row: row.id,
            pytest.fail,
            name="things",
            layouts=store.layouts,
        )
        qtbot.addWidget(made)
        made.refresh()
        qtbot.waitUntil(lambda: made.total == MANY and not made.busy)
        return made

    first = make()
    first.view.horizontalHeader().resizeSection(0, 222)
    first.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    first.keep_columns()
    again = make()
    assert again.view.horizontalHeader().sectionSize(0) == 222
    assert again.chosen_id() == str(MANY - 1)
    other = make((*COLUMNS, Column("more", "More", lambda _row: "")))
    assert other.view.horizontalHeader().sectionSize(0) == 160


def test_what_a_column_was_given_of_the_room_is_not_remembered(kept, store, qtbot):
    grown = (replace(COLUMNS[0], grows=True), *COLUMNS[1:])

    def make(width):
        made = RecordList(
            "things",
            grown,
            office_query(kept.list),
            lambda row: row.id,
            pytest.fail,
            name="things",
            layouts=store.layouts,
        )
        qtbot.addWidget(made)
        made.resize(width, 300)
        made.show()
        made.refresh()
        qtbot.waitUntil(lambda: made.total == MANY and not made.busy)
        return made

    wide = make(1200)
    header = wide.view.horizontalHeader()
    assert header.length() == wide.view.viewport().width()
    wide.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    wide.keep_columns()
    assert header.length() == wide.view.viewport().width()
    assert make(200).view.horizontalHeader().sectionSize(0) == COLUMNS[0].width


def test_a_list_of_nothing_says_what_will_be_there(qtbot):
    made = RecordList(
        "things",
        COLUMNS,
        lambda _asked: ((), 0),
        lambda row: row.id,
        pytest.fail,
        empty_words="Nothing was found yet. Search the yard.",
    )
    qtbot.addWidget(made)
    made.refresh()
    qtbot.waitUntil(lambda: made.nothing.text() == "Nothing was found yet. Search the yard.")
    made.search.setText("hose")
    qtbot.waitUntil(lambda: made.nothing.text().startswith("None of the things matches “hose”."))
    made.search.clear()
    made.narrow(low=True)
    qtbot.waitUntil(
        lambda: made.nothing.text() == "None of the things matches what is chosen above."
    )


def test_a_short_list_is_searched_and_sorted_without_a_query():
    things = [Thing("a", "Crank", 20), Thing("b", "bolt", 3)]
    query = rows_query(lambda: things, COLUMNS)
    table = office_query(Kept(3).list)

    assert [row.id for row in query(Asked(search="CRA 20"))[0]] == ["a"]
    assert [row.id for row in query(Asked(sort="name"))[0]] == ["b", "a"]
    assert [row.id for row in query(Asked(sort="weight", descending=True))[0]] == ["a", "b"]
    assert table(Asked())[1] == 3


def test_all_that_matches_is_written_to_a_file_with_formulas_made_harmless(
    kept, listing, settle, tmp_path, qtbot
):
    kept.renamed = {99: "=cmd()"}
    listing.refresh()
    listing.search.setText("99")
    settle()
    path, told = tmp_path / "things.csv", []
    listing.ask_path = lambda _usual: path
    allowed = []

    @contextmanager
    def allow(things, where, search):
        allowed.append((things, where, search))
        yield

    listing.export(told.append, allow)
    qtbot.waitUntil(lambda: bool(told))
    assert allowed == [("things", path, "99")]
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == ["Name,Weight", "'=cmd(),99"]
    assert len(lines) == listing.total + 1 > WINDOW


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(kept, tmp_path):
    with pytest.raises(ExportFailed):
        write_records(tmp_path / "none" / "x.csv", COLUMNS, office_query(kept.list), Asked())
    assert not list(tmp_path.iterdir())


def test_a_list_takes_the_place_of_no_file_of_another_kind(kept, tmp_path):
    path = tmp_path / "desk.db"
    path.write_bytes(b"records")
    with pytest.raises(ExportRefused):
        write_records(path, COLUMNS, office_query(kept.list), Asked())
    assert path.read_bytes() == b"records"


def test_a_list_that_breaks_off_leaves_what_stood_there_before(kept, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("before")

    def broken(asked):
        if asked.offset:
            raise ValueError
        return kept.list("", limit=2, offset=0)[0], 9

    with pytest.raises(ValueError):  # noqa: PT011 - any fault of ours
        write_records(path, COLUMNS, broken, Asked())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_like_it_is_listed_where_nothing_matches():
    query = forgiving(office_query(Kept(5).list), lambda _t: ["3"], lambda i: Thing(i, "like", 1))
    assert [row.id for row in query(Asked(search="thimg 3"))[0]] == ["3"]
    assert query(Asked(search="thing 2"))[1] == 1
    assert query(Asked(search="thimg 3", filters={"kind": "x"}))[1] == 0
