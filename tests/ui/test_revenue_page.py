"""The Revenue page, by what a manager does and sees, upon a real store."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue import Grouping, RevenueReport, StillOpen, Sums
from cartech_desk.ui.models.revenue_words import figures, short
from cartech_desk.ui.pages.revenue import RevenuePage
from cartech_desk.ui.theme.fonts import load_fonts, text_font
from tests.office.revenue_book import Book, keep_shop, labour, part
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN


@pytest.fixture
def book(store):
    keep_shop(store)
    return Book(store)


@pytest.fixture
def page(desk, acts, book, qtbot):
    made = RevenuePage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1294, 692)
    made.show()
    qtbot.waitUntil(lambda: not made.busy)  # it reads while it is made
    return made


@pytest.fixture
def show(page, qtbot):
    def act(what=None):
        page.shown(what)
        settle(page, qtbot)

    return act


def settle(page, qtbot):
    qtbot.waitUntil(lambda: not page.busy)


def year():
    return date.today().year


def earned(book, months=(1, 2, 2)):
    for month in months:
        book.job(date(year(), month, 3), [labour(10000, service="s1"), part(5000, cost=3000)])


def figure(page, place):
    return page.figures.cards[place].value.text()


def test_figures_bars_and_slices_tell_the_year(page, show, book):
    earned(book)
    show()
    assert figure(page, 0) == "450.00 EUR"
    assert figure(page, 1) == "3"
    assert figure(page, 3) == "60.00 EUR"
    assert page.slices.total == 12
    assert page.jobs.total == 3
    assert [one.sums.net.minor for one in page.bars.slices[:3]] == [15000, 30000, 0]


def test_a_press_on_a_bar_lists_its_jobs(page, show, book, qtbot):
    earned(book)
    show()
    bars = page.bars
    field = bars._field()
    at = QPointF(field.left() + 1.5 * field.width() / 12, field.center().y())
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=at.toPoint())
    settle(page, qtbot)
    assert page.slice.label.startswith("Feb")
    assert page.jobs.total == 2
    assert "Feb" in page.whose.text()


def test_arrows_walk_the_bars_and_escape_gives_all_back(page, show, book, qtbot):
    earned(book)
    show()
    page.bars.setFocus()
    QTest.keyClick(page.bars, Qt.Key.Key_Right)
    QTest.keyClick(page.bars, Qt.Key.Key_Right)
    settle(page, qtbot)
    assert page.slice.key == f"{year()}-02"
    QTest.keyClick(page.bars, Qt.Key.Key_Escape)
    settle(page, qtbot)
    assert page.slice is None
    assert page.jobs.total == 3


def test_by_service_a_slice_tells_what_of_each_job_is_its_own(page, show, book, qtbot):
    earned(book)
    show()
    page.stretch.choose_grouping(Grouping.SERVICE)
    settle(page, qtbot)
    assert [one.label for one in page.report.slices] == ["Dyno run", "Parts"]
    assert not page.bars.upright
    page._choose(page.report.slices[0])
    settle(page, qtbot)
    assert page.jobs.table.row(0).part.minor == 10000
    assert page.jobs.table.row(0).net.minor == 15000


def test_a_slice_is_chosen_in_the_list_too(page, show, book, qtbot):
    earned(book)
    show()
    page.slices.view.selectRow(1)
    page.slices.view.clicked.emit(page.slices.table.index(1, 0))
    settle(page, qtbot)
    assert page.bars.chosen_slice.key == f"{year()}-02"


def test_a_job_opens_where_jobs_are(page, show, book, acts):
    earned(book, (1,))
    show()
    page.jobs.opened.emit(page.jobs.table.row(0))
    assert acts.told.pages[-1] == ("jobs", page.jobs.table.row(0).job_id)


def test_what_is_unpaid_stands_with_how_long_it_is_overdue(page, show, book):
    key = book.job(date(year(), 1, 2), [labour(1000)], status="done", recognised=False, paid=0)
    book.invoice(key, 1000, f"{year() - 1}-12-15", number=7)
    show("unpaid")
    assert page.tabs.key == "unpaid"
    assert page.unpaid.total == 1
    assert "overdue" in page.unpaid.table.cells(page.unpaid.table.row(0))[0]
    assert figure(page, 5) == "10.00 EUR"
    assert page.figures.cards[5].below.whole.startswith("▲")


def test_days_that_are_typed_are_told_of(page, show, book, qtbot):
    earned(book)
    show()
    page.stretch.last.setDate(page.stretch.first.date().addDays(20))
    settle(page, qtbot)
    assert page.report.last == date(year(), 1, 21)
    assert page.stretch.named.currentText() == "Other days"
    assert figure(page, 1) == "1"


def test_without_a_job_the_page_says_when_one_counts(page, show):
    show()
    assert page.report.total.jobs == 0
    assert figure(page, 2) == "\u2013"
    assert page.pages.currentIndex() == 0


def test_a_technician_sees_nothing_and_who_may(page, show, book, office, qtbot):
    earned(book)
    office.session.enter(TECHNICIAN)
    show()
    assert page.pages.currentIndex() == 1
    assert page.report is None
    office.session.enter(ADMINISTRATOR)
    qtbot.waitUntil(lambda: page.report is not None)
    assert page.pages.currentIndex() == 0


def test_ctrl_e_writes_a_workbook(page, show, book, tmp_path, qtbot, acts):
    earned(book)
    show()
    page.ask_save = lambda usual: tmp_path / usual.name
    page.export()
    qtbot.waitUntil(lambda: bool(acts.told.toasts))
    (path,) = tmp_path.glob("revenue*.xlsx")
    assert path.read_bytes().startswith(b"PK")


def test_every_action_has_words_and_keys_are_single(page, show):
    show()
    keys = [one.shortcut for one in page.actions() if one.shortcut]
    assert len(keys) == len(set(keys))
    assert all(one.name for one in page.actions())


@pytest.mark.parametrize(
    ("minor", "words"), [(99999, "999.99 EUR"), (100000, "1,000 EUR"), (-123456, "-1,235 EUR")]
)
def test_figures_are_short(minor, words):
    assert short(Money(minor, "EUR")) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (None, "nothing to compare with"),
        (0, "nothing earned before"),
        (10000, "+899 % on 365 days before"),
        (9990, "10 \N{MULTIPLICATION SIGN} the 365 days before"),
        (199800, "\N{MINUS SIGN}50 % on 365 days before"),
    ],
)
def test_what_was_earned_before_is_told_and_fits_its_card(page, show, before, words):
    def sums(minor):
        return replace(Sums.none("EUR"), jobs=1, net=Money(minor, "EUR"))

    report = RevenueReport(
        date(2026, 1, 1),
        date(2026, 12, 31),
        Grouping.MONTH,
        "EUR",
        sums(99900),
        *((),) * 3,
        StillOpen(0, *(Money(0, "EUR"),) * 3),
        date(2026, 11, 22),
        before=None if before is None else sums(before),
    )
    show()
    page.figures.show_figures(figures(report))
    below = page.figures.cards[0].below
    assert below.whole == words
    assert load_fonts()
    assert QFontMetrics(text_font()).horizontalAdvance(words) <= below.width()


def test_what_was_only_taken_back_has_no_bar(page):
    from cartech_desk.domain.revenue import Slice
    from cartech_desk.ui.widgets.revenue_bars import RevenueBars

    less, none = Money(-10000, "EUR"), Money(0, "EUR")
    bars = RevenueBars(page)
    bars.show_slices(
        [Slice("2026-03", "Mar 2026", Sums(-1, less, less, *(none,) * 5))], upright=True
    )
    bars.resize(640, 260)
    assert bars._highest() > 0
    assert not bars.grab().isNull()
