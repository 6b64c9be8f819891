"""The Parts page over a real office: the shelf, the scanner, moves, what runs low."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Level, MoveKind, Part, StockAlert
from cartech_desk.ui.models.part_words import margin_words, signed, standing, strip_words
from cartech_desk.ui.pages.parts import COUNT, LOW, ORDERS, PartsPage
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.counter_double import part

LEAST = Size.WINDOW_LEAST[0] - Size.RAIL


@pytest.fixture
def page(qtbot, desk, acts):
    made = PartsPage(desk, acts)
    made.kept = acts
    qtbot.addWidget(made)
    made.resize(1200, 640)
    made.show()
    return made


def read(qtbot, page):
    page.shown()
    qtbot.waitUntil(lambda: not page.busy)


def scan(qtbot, page, code):
    page.scan.line.setText(code)
    qtbot.keyClick(page.scan.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.busy)


def form_of(qtbot, page):
    qtbot.waitUntil(lambda: page.form is not None and page.form.isVisible())
    return page.form


def names(page):
    return [one.name for one in page.stock.list.table.rows]


# The shelf


def test_an_empty_shelf_says_what_will_stand_there(qtbot, page):
    read(qtbot, page)
    assert page.stock.pages.currentWidget() is page.stock.empty
    page.stock.empty.button.click()
    assert form_of(qtbot, page).windowTitle() == "Add a part"


def test_a_part_is_added_with_what_lies_there_already(qtbot, page, office):
    read(qtbot, page)
    page.primary.click()
    form = form_of(qtbot, page)
    for name, words in (("sku", "OF-1"), ("name", "Oil filter"), ("price", "-1"), ("on_hand", "x")):
        form.lines[name].setText(words)
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["on_hand"].error))
    form.lines["price"].setText("12,90")
    form.lines["on_hand"].setText("4")
    form.lines["barcodes"].setText("4006381333931 77")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and page.chosen is not None)
    kept = office.parts.named("OF-1")
    assert (kept.price, kept.on_hand) == (Money(1290, "EUR"), 4)
    assert set(kept.barcodes) == {"4006381333931", "77"}


def test_a_negative_price_is_refused_beside_its_field(qtbot, page, office):
    read(qtbot, page)
    page.primary.click()
    form = form_of(qtbot, page)
    for name, words in (("sku", "OF-1"), ("name", "Oil filter"), ("price", "-1")):
        form.lines[name].setText(words)
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["price"].error))
    assert office.parts.list()[1] == 0


def test_the_chosen_part_shows_its_numbers_and_every_move(qtbot, page, office):
    one = part(office, ADMINISTRATOR, on_hand=12, location="A3", warning_level=Decimal(2))
    office.parts.adjust(one.id, Decimal(-1), ADMINISTRATOR, reason="Broken")
    read(qtbot, page)
    card = page.stock.card
    qtbot.waitUntil(lambda: card.ledger.total == 2 and not page.busy)
    assert card.on_hand.text() == "11 pc"
    assert card.fact("Place") == "A3"
    assert card.fact("Price") == "12.90 EUR, 50 % margin"
    assert card.ledger.table.rows[0].move.kind is MoveKind.ADJUSTMENT


def test_the_list_is_narrowed_by_words_place_and_what_is_low(qtbot, page, office):
    part(office, ADMINISTRATOR, location="A3", on_hand=1, reorder_level=Decimal(4))
    part(office, ADMINISTRATOR, "BP", "Brake pads", location="B1", on_hand=9)
    read(qtbot, page)
    page.stock.low.setChecked(True)
    qtbot.waitUntil(lambda: not page.busy)
    assert names(page) == ["Oil filter"]
    page.stock.low.setChecked(False)
    page.stock.location.setCurrentIndex(page.stock.location.findData("B1"))
    qtbot.waitUntil(lambda: not page.busy)
    assert names(page) == ["Brake pads"]


def test_what_came_without_an_order_is_received(qtbot, page, office):
    one = part(office, ADMINISTRATOR)
    read(qtbot, page)
    page.part_acts.receive()
    form = form_of(qtbot, page)
    form.lines["quantity"].setText("2,5")
    form.lines["unit_cost"].setText("6,20")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["quantity"].error))
    assert "counted in whole numbers" in form.fields["quantity"].error
    form.lines["quantity"].setText("2")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert office.parts.get(one.id).on_hand == 2
    assert page.stock.card.on_hand.text() == "2 pc"


def test_more_than_there_is_cannot_be_lost(qtbot, page, office):
    one = part(office, ADMINISTRATOR, on_hand=2)
    read(qtbot, page)
    page.part_acts.adjust()
    form = form_of(qtbot, page)
    form.lines["quantity"].setText("3")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.wrong.text()))
    assert "2" in form.wrong.text()
    form.lines["quantity"].setText("2")
    form.lines["words"].setText("fell into the pit")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None)
    assert office.parts.get(one.id).on_hand == 0
    (line, _), _ = office.parts.ledger(one.id)
    assert line.move.reason == "Lost: fell into the pit"


def test_a_deleted_part_comes_back_by_undoing(qtbot, page, office):
    one = part(office, ADMINISTRATOR)
    read(qtbot, page)
    page.part_acts.delete()
    form_of(qtbot, page).submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert office.parts.list()[1] == 0
    page.kept.told.toasts[-1][1]()
    qtbot.waitUntil(lambda: office.parts.list()[1] == 1 and not page.busy)
    assert office.parts.get(one.id).sku == "OF-1"


# The scanner


def test_a_scan_shows_its_part_and_where_it_lies(qtbot, page, office):
    part(office, ADMINISTRATOR)
    part(office, ADMINISTRATOR, "BP", "Brake pads", barcodes=("123",), on_hand=3, location="B1")
    read(qtbot, page)
    scan(qtbot, page, "123")
    assert page.scan.words.whole == "BP Brake pads: 3 pc at B1"
    assert page.chosen.sku == "BP"
    assert page.scan.line.text() == ""


def test_an_unknown_code_is_said_with_what_may_be_wrong_of_it(qtbot, page, office):
    part(office, ADMINISTRATOR)
    read(qtbot, page)
    scan(qtbot, page, "4006381333932")
    assert "4006381333932" in page.scan.words.whole
    assert "last digit would be 1" in page.scan.words.whole
    assert page.scan.mark.state is State.WARNING
    page.scan.add.click()
    assert form_of(qtbot, page).lines["barcodes"].text() == "4006381333932"


def test_a_scanner_types_into_the_field_wherever_the_focus_is(qtbot, page, office):
    part(office, ADMINISTRATOR, barcodes=("77",))
    read(qtbot, page)
    for widget in (page.stock.list.view, page, page.tabs.bar):
        page.scan.line.clear()
        widget.setFocus()
        qtbot.keyClicks(widget, "7")
        assert page.scan.line.text() == "7"
        assert page.scan.line.hasFocus()
    qtbot.keyClicks(page.scan.line, "7")
    qtbot.keyClick(page.scan.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.scan.words.whole.startswith("OF-1"))


def test_a_scanner_types_several_codes_into_a_part_s_form(qtbot, page):
    read(qtbot, page)
    page.primary.click()
    form = form_of(qtbot, page)
    line = form.lines["barcodes"]
    for code in ("77", "88"):
        qtbot.keyClicks(line, code)
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text().split() == ["77", "88"]
    assert not form.fields["sku"].error


def test_what_is_typed_into_a_search_stays_there(qtbot, page, office):
    part(office, ADMINISTRATOR)
    read(qtbot, page)
    page.stock.list.search.setFocus()
    qtbot.keyClicks(page.stock.list.search, "oil")
    assert page.stock.list.search.text() == "oil"
    assert page.scan.line.text() == ""


def test_scans_that_come_quickly_are_looked_up_one_after_the_other(qtbot, page, office):
    for number in range(4):
        part(office, ADMINISTRATOR, f"P{number}", f"Part {number}")
    read(qtbot, page)
    seen = []
    page.scan.scanned.connect(lambda found: seen.append(found.code))
    for number in range(4):
        page.scan.line.setText(f"P{number}")
        qtbot.keyClick(page.scan.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(seen) == 4)
    assert seen == ["P0", "P1", "P2", "P3"]


# What runs low


def test_an_alert_stands_above_everything_until_the_shelf_is_full(qtbot, page, office):
    one = part(office, ADMINISTRATOR, on_hand=9, reorder_level=Decimal(4))
    read(qtbot, page)
    assert not page.strip.isVisible()
    office.parts.adjust(one.id, Decimal(-6), ADMINISTRATOR, reason="Lost")
    read(qtbot, page)
    assert page.strip.isVisible()
    assert "3 pc left, reorder at 4 pc" in page.strip_words.whole
    page.show_low()
    qtbot.waitUntil(lambda: page.low.alerts.total == 1 and not page.busy)
    page.low.see.click()
    qtbot.waitUntil(lambda: office.parts.alerts()[0][0].acknowledged_by == "Ada Administrator")
    qtbot.waitUntil(lambda: not page.busy)
    assert page.strip.isVisible()
    office.parts.receive(one.id, Decimal(10), ADMINISTRATOR)
    read(qtbot, page)
    qtbot.waitUntil(lambda: not page.strip.isVisible())


def test_nothing_is_drafted_or_seen_where_nothing_runs_low(qtbot, page, office):
    one = part(office, ADMINISTRATOR, on_hand=9, reorder_level=Decimal(4))
    page.show_low()
    qtbot.waitUntil(lambda: page.low.order.toolTip() == "Nothing is to be ordered.")
    assert not page.low.order.isEnabled()
    assert not page.low.see.isEnabled()
    assert page.primary.property("role") != "primary"
    office.parts.adjust(one.id, Decimal(-6), ADMINISTRATOR, reason="Lost")
    read(qtbot, page)
    qtbot.waitUntil(lambda: page.low.order.isEnabled() and page.low.see.isEnabled())


def test_each_part_is_named_once_in_the_strip():
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    pair = [
        StockAlert(str(level), "p", "OF-1", level, now, Decimal(1), Decimal(limit))
        for level, limit in ((Level.WARNING, 2), (Level.REORDER, 4))
    ]
    assert strip_words(pair, 5) == "5 parts run low: OF-1: none left; 4 more"


def test_the_strip_begins_with_what_is_gone():
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    told = [
        StockAlert(name, name, name, level, now, Decimal(limit), Decimal(limit), now=Decimal(left))
        for name, level, limit, left in (
            ("OF-1", Level.REORDER, 4, 4),
            ("HC-6", Level.WARNING, 2, 1),
            ("IC-1", Level.REORDER, 2, 0),
        )
    ]
    said = strip_words(told, 3)
    assert said.startswith("3 parts run low: IC-1: none left; HC-6: 1 left")
    assert said.endswith("OF-1: 4 left, reorder at 4")


def test_the_tab_counts_parts_and_not_their_alerts(qtbot, page, office):
    one = part(office, ADMINISTRATOR, on_hand=9, reorder_level=Decimal(4), warning_level=Decimal(2))
    office.parts.adjust(one.id, Decimal(-8), ADMINISTRATOR, reason="Lost")
    read(qtbot, page)
    assert office.parts.alerts()[1] == 2
    assert page.tabs.bar.tabText([*page.tabs._keys].index(LOW)) == "Low stock 1"


@pytest.mark.parametrize(
    ("on_hand", "word", "state"),
    [
        (9, "in stock", State.CONNECTED),
        (4, "reorder", State.WARNING),
        (2, "nearly out", State.TRIP),
        (0, "none left", State.TRIP),
    ],
)
def test_how_low_a_part_runs_is_a_shape_and_a_word(on_hand, word, state):
    one = Part(on_hand=Decimal(on_hand), warning_level=Decimal(2), reorder_level=Decimal(4))
    assert standing(one) == (state, word)


def test_margins_and_moves_in_words():
    assert margin_words(Part(cost=Money(650, "EUR"), price=Money(1290, "EUR"))) == "50 % margin"
    assert margin_words(Part(price=Money(1290, "EUR"))) == ""
    assert signed(Decimal("-2.5"), "l") == "\N{MINUS SIGN}2.5 l"
    assert signed(Decimal(3)) == "+3"


# Who may, and how it looks


def test_a_technician_looks_and_scans_and_changes_nothing(qtbot, page, office):
    part(office, ADMINISTRATOR, on_hand=1)
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: page.acts.actor == TECHNICIAN)
    read(qtbot, page)
    assert not page.primary.isEnabled()
    assert not page.stock.card.adjust.isEnabled()
    assert "manager" in page.stock.card.adjust.toolTip()
    page.part_acts.add()
    assert page.form is None
    scan(qtbot, page, "OF-1")
    assert page.chosen.sku == "OF-1"


def test_a_technician_sees_prices_and_neither_cost_nor_margin(qtbot, page, office):
    part(office, ADMINISTRATOR, on_hand=1)
    read(qtbot, page)
    place = [one.key for one in page.stock.list.table.columns].index("cost")
    assert page.stock.card.fact("Cost") == "6.50 EUR"
    assert "margin" in page.stock.card.fact("Price")
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: page.acts.actor == TECHNICIAN)
    qtbot.waitUntil(lambda: not page.busy)
    assert page.stock.list.view.isColumnHidden(place)
    assert page.stock.card.fact("Cost") == ""
    assert page.stock.card.fact("Price") == "12.90 EUR"
    page.stock.list.copy()
    copied = QApplication.clipboard().text()
    assert "12.90" in copied
    assert "6.50" not in copied


@pytest.mark.parametrize("tab", ["stock", ORDERS, COUNT, LOW])
def test_every_tab_fits_the_smallest_window(qtbot, page, office, tab):
    part(office, ADMINISTRATOR, name="W" * 120, on_hand=1, reorder_level=Decimal(4))
    page.tabs.turn(tab)
    read(qtbot, page)
    assert page.minimumSizeHint().width() <= LEAST
    keys = [action.shortcut for action in page.actions() if action.shortcut]
    assert len(keys) == len(set(keys))
