"""Orders, counts, lists and labels from the Parts page, over a real office."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from cartech_desk.domain.parts.order import OrderLine, OrderStatus, Received
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.ui.pages.parts import COUNT, ORDERS
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.counter_double import part
from tests.ui.test_parts_page import form_of, page, read, scan

__all__ = ["page"]


def printed_to(dialog, path):
    """Let a dialog print to a file instead of asking for a printer."""

    def answer(printer, go):
        printer.setOutputFileName(str(path))
        go()

    dialog.printing.ask_printer = answer


@pytest.fixture
def house(office):
    return office.parts.suppliers.keep(Supplier(name="Filter House", lead_days=2), ADMINISTRATOR)


@pytest.fixture
def filters(office, house):
    return part(office, ADMINISTRATOR, on_hand=2, supplier_id=house.id, barcodes=("77",))


@pytest.fixture
def order(office, house, filters):
    drafted = office.parts.orders.draft(
        house.id,
        [OrderLine(part_id=filters.id, quantity=Decimal(10), unit_cost=filters.cost)],
        ADMINISTRATOR,
    )
    return office.parts.orders.place(drafted.id, ADMINISTRATOR)


def show(qtbot, page, tab):
    page.tabs.turn(tab)
    read(qtbot, page)


# Orders


def test_an_order_is_put_together_sent_and_received_in_parts(qtbot, page, office, house, filters):
    show(qtbot, page, ORDERS)
    page.order_tab.new.click()
    form = form_of(qtbot, page)
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["supplier"].error))
    form.pickers["supplier"].choose(Pick(house.id, house.name))
    form.pickers["part"].choose(Pick(filters.id, filters.name))
    qtbot.waitUntil(lambda: filters.id in form.values())
    form._cells[filters.id][0].setText("6")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and page.order_tab.order is not None)
    qtbot.waitUntil(lambda: not page.busy)
    assert page.order_tab.order.status is OrderStatus.DRAFT
    page.order_tab.place.click()
    qtbot.waitUntil(lambda: page.order_tab.order.status is OrderStatus.ORDERED and not page.busy)
    page.order_tab.receive.click()
    receipt = form_of(qtbot, page)
    (line,) = page.order_tab.order.lines
    receipt._cells[line.id][0].setText("4")
    receipt.submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert page.order_tab.order.status is OrderStatus.PARTLY
    assert office.parts.get(filters.id).on_hand == 6


def test_more_than_was_ordered_is_asked_about(qtbot, page, office, filters, order):
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.receive.click()
    form = form_of(qtbot, page)
    form._cells[order.lines[0].id][0].setText("12")
    form.submit()
    qtbot.waitUntil(lambda: form.offers.count() == 1)
    form.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: page.form is None)
    assert office.parts.get(filters.id).on_hand == 14


def test_what_another_desk_received_is_not_counted_twice(qtbot, page, office, filters, order):
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.receive.click()
    form = form_of(qtbot, page)
    came = [Received(order.lines[0].id, Decimal(10))]
    office.parts.orders.receive(order.id, came, ADMINISTRATOR)
    form.submit()
    qtbot.waitUntil(lambda: "somebody else" in form.wrong.text())
    assert office.parts.get(filters.id).on_hand == 12
    form.reject()
    qtbot.waitUntil(lambda: page.order_tab.order.status is OrderStatus.RECEIVED and not page.busy)


def test_what_cannot_be_read_in_a_line_is_said(qtbot, page, order):
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.receive.click()
    form = form_of(qtbot, page)
    form._cells[order.lines[0].id][0].setText("a few")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.wrong.text()))
    assert form.isVisible()


def test_what_is_unpacked_is_counted_by_scanning(qtbot, page, office, filters, order):
    part(office, ADMINISTRATOR, "BP", "Brake pads")
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.receive.click()
    form = form_of(qtbot, page)
    form._cells[order.lines[0].id][0].clear()
    for code in ("77", "77", "BP"):
        form.scan.line.setText(code)
        qtbot.keyClick(form.scan.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not form.scan.busy)
    assert form.values()[order.lines[0].id][0] == "2"
    assert "not missing" in form.scan.words.whole
    assert form.isVisible()


def test_what_runs_low_is_drafted_for_each_supplier(qtbot, page, office, house):
    part(
        office,
        ADMINISTRATOR,
        on_hand=1,
        supplier_id=house.id,
        reorder_level=Decimal(4),
        reorder_quantity=Decimal(10),
    )
    part(office, ADMINISTRATOR, "BP", "Brake pads", reorder_level=Decimal(1))
    show(qtbot, page, "low")
    assert page.low.reorder.total == 2
    page.low.order.click()
    qtbot.waitUntil(lambda: page.order_tab.order is not None and not page.busy)
    assert page.order_tab.order.lines[0].quantity == 10
    assert "1 part without a supplier" in page.kept.told.toasts[-1][0]


def test_nothing_more_is_expected_of_an_order(qtbot, page, office, order):
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.cancel.click()
    form_of(qtbot, page).submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert office.parts.orders.get(order.id).status is OrderStatus.CANCELLED
    assert not page.order_tab.receive.isVisible()


def test_who_takes_the_desk_over_sees_no_costs_and_changes_no_order(qtbot, page, office, order):
    show(qtbot, page, ORDERS)
    tab = page.order_tab
    qtbot.waitUntil(lambda: tab.order is not None)
    assert tab.sum.isVisible()
    assert tab.receive.isEnabled()
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: not tab.receive.isEnabled())
    assert not tab.sum.isVisible()
    assert not tab.paper.isEnabled()
    hidden = [
        one.key
        for place, one in enumerate(tab.lines.table.columns)
        if tab.lines.view.isColumnHidden(place)
    ]
    assert hidden == ["unit_cost"]


def test_an_order_is_seen_as_it_is_printed_and_saved(qtbot, page, order, tmp_path):
    show(qtbot, page, ORDERS)
    qtbot.waitUntil(lambda: page.order_tab.order is not None)
    page.order_tab.paper.click()
    paper = form_of(qtbot, page)
    printed_to(paper, tmp_path / "printed.pdf")
    paper.print_button.click()
    qtbot.waitUntil(lambda: paper.words.text().startswith("Printed"))
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    paper.ask_path = lambda _proposed: tmp_path / "order.pdf"
    paper.write()
    qtbot.waitUntil(paper.open_button.isEnabled)
    assert (tmp_path / "order.pdf").read_bytes().startswith(b"%PDF")


def test_the_page_opens_at_a_part_or_an_order_by_its_id(qtbot, page, office, filters, order):
    other = part(office, ADMINISTRATOR, "BP", "Brake pads")
    page.shown(other.id)
    qtbot.waitUntil(lambda: page.chosen is not None and page.chosen.id == other.id)
    page.shown(order.id)
    qtbot.waitUntil(lambda: page.order_tab.order is not None and not page.busy)
    assert page.tabs.key == ORDERS
    page.shown("no such thing")
    qtbot.waitUntil(lambda: bool(page.kept.told.refused))


# Counting


def test_a_count_is_begun_scanned_typed_and_taken_over(qtbot, page, office, filters):
    show(qtbot, page, COUNT)
    page.count_tab.start.click()
    form_of(qtbot, page).submit()
    qtbot.waitUntil(lambda: page.count_tab.counting and not page.busy)
    for _ in range(3):
        scan(qtbot, page, "77")
    assert page.scan.words.whole == "OF-1 Oil filter: 3 pc counted."
    assert page.count_tab.told.text() == "1 part counted, 1 part differs"
    page.counts.type_number(page.count_tab.count.lines[0])
    form = form_of(qtbot, page)
    form.lines["quantity"].setText("5")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    page.count_tab.finish.click()
    form_of(qtbot, page).submit()
    qtbot.waitUntil(lambda: page.form is None and page.count_tab.count is None)
    assert office.parts.get(filters.id).on_hand == 5


def test_what_moved_while_it_was_counted_is_asked_about(qtbot, page, office, filters):
    counts = office.parts.counts
    count = counts.start(ADMINISTRATOR)
    counts.add(count.id, filters.id, ADMINISTRATOR)
    office.parts.receive(filters.id, Decimal(1), ADMINISTRATOR)
    counts.add(count.id, filters.id, ADMINISTRATOR)
    show(qtbot, page, COUNT)
    page.counts._read(count.id)
    qtbot.waitUntil(lambda: page.count_tab.counting and not page.busy)
    page.count_tab.finish.click()
    form = form_of(qtbot, page)
    form.submit()
    qtbot.waitUntil(lambda: form.offers.count() == 1)
    assert "moved" in form.wrong.text()


def test_an_unknown_code_counts_nothing_and_is_said(qtbot, page, office, filters):
    count = office.parts.counts.start(ADMINISTRATOR)
    show(qtbot, page, COUNT)
    page.counts._read(count.id)
    qtbot.waitUntil(lambda: page.count_tab.counting and not page.busy)
    scan(qtbot, page, "unknown")
    assert page.scan.mark.state is State.WARNING
    assert office.parts.counts.get(count.id).lines == ()


def test_what_was_not_counted_yet_is_listed(qtbot, page, office, filters):
    count = office.parts.counts.start(ADMINISTRATOR)
    show(qtbot, page, COUNT)
    page.counts._read(count.id)
    qtbot.waitUntil(lambda: page.count_tab.counting and not page.busy)
    page.count_tab.missing.click()
    dialog = form_of(qtbot, page)
    qtbot.waitUntil(lambda: dialog.list.total == 1 and not dialog.list.busy)
    dialog.buttons["Count it…"].click()
    qtbot.waitUntil(lambda: page.form is not None and page.form is not dialog)
    page.form.lines["quantity"].setText("2")
    page.form.submit()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert office.parts.counts.get(count.id).lines[0].counted == 2


def test_a_count_is_left_without_a_change(qtbot, page, office, filters):
    count = office.parts.counts.start(ADMINISTRATOR)
    office.parts.counts.set(count.id, filters.id, Decimal(9), ADMINISTRATOR)
    show(qtbot, page, COUNT)
    page.counts._read(count.id)
    qtbot.waitUntil(lambda: page.count_tab.counting and not page.busy)
    page.count_tab.discard.click()
    form_of(qtbot, page).submit()
    qtbot.waitUntil(lambda: page.form is None and page.count_tab.count is None)
    assert office.parts.get(filters.id).on_hand == 2


# Files and labels


def test_a_list_shows_its_good_and_bad_rows_before_it_is_taken_in(qtbot, page, office, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("sku;name;price\nA;Gasket;12,50\nB;;3,00\nC;Washer;-3\n", encoding="utf-8")
    read(qtbot, page)
    page.files.ask_path = lambda: file
    page.files.take_in()
    form = form_of(qtbot, page)
    qtbot.waitUntil(lambda: form.plan is not None and not form.busy)
    assert form.lamp.state is State.WARNING
    assert form.take.text() == "Import 1 row"
    form.tabs.turn("bad")
    qtbot.waitUntil(lambda: form.bad.total == 2 and not form.bad.busy)
    assert [row.line for row in form.bad.table.rows] == [3, 4]
    form.take.click()
    qtbot.waitUntil(lambda: page.form is None and not page.busy)
    assert [one.sku for one in office.parts.list()[0]] == ["A"]
    assert "1 added" in page.kept.told.toasts[-1][0]


def test_guessed_letters_are_said_and_others_chosen(qtbot, page, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes("sku;name;price\nA;Łożysko;12,50\n".encode("cp1250"))
    read(qtbot, page)
    page.files.ask_path = lambda: file
    page.files.take_in()
    form = form_of(qtbot, page)
    qtbot.waitUntil(lambda: form.plan is not None and not form.busy)
    assert form.lamp.state is State.WARNING
    assert "Windows, Western Europe" in form.more.text()
    form.encoding.setCurrentIndex(form.encoding.findData("cp1250"))
    qtbot.waitUntil(lambda: not form.busy and form.lamp.state is State.CONNECTED)
    assert form.plan.good[0].part.name == "Łożysko"
    assert not form.more.text()


def test_what_is_no_list_is_refused_in_words(qtbot, page, tmp_path):
    file = tmp_path / "picture.csv"
    file.write_bytes(bytes(range(256)) * 20)
    read(qtbot, page)
    page.files.ask_path = lambda: file
    page.files.take_in()
    form = form_of(qtbot, page)
    qtbot.waitUntil(lambda: form.lamp.state is State.TRIP)
    assert not form.take.isEnabled()


def test_the_catalogue_is_exported_as_it_is_searched(qtbot, page, office, filters, tmp_path):
    part(office, ADMINISTRATOR, "BP", "Brake pads")
    read(qtbot, page)
    page.stock.list.search.setText("brake")
    qtbot.waitUntil(lambda: not page.busy)
    page.files.ask_save = lambda _proposed: tmp_path / "parts.csv"
    page.files.export()
    qtbot.waitUntil(lambda: bool(page.kept.told.toasts))
    text = (tmp_path / "parts.csv").read_text(encoding="utf-8-sig")
    assert "Brake pads" in text
    assert "Oil filter" not in text


def test_labels_are_seen_before_they_are_written(qtbot, page, filters, tmp_path):
    read(qtbot, page)
    page.part_acts.label()
    form = form_of(qtbot, page)
    qtbot.waitUntil(lambda: form.drawing is not None and not form.busy)
    form.skip.setText("999")
    form.lay_out()
    qtbot.waitUntil(lambda: bool(form.fields["skip"].error))
    assert not form.save.isEnabled()
    form.skip.setText("3")
    form.each.setText("30")
    form.lay_out()
    qtbot.waitUntil(lambda: form.save.isEnabled() and len(form.drawing.pages) == 2)
    printed_to(form, tmp_path / "printed.pdf")
    form.print_button.click()
    qtbot.waitUntil(lambda: any("Printed" in said for said, _ in page.acts.told.toasts))
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    form.ask_path = lambda: tmp_path / "labels.pdf"
    form.save.click()
    qtbot.waitUntil(lambda: page.form is None)
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")


def test_a_supplier_is_added_and_removed(qtbot, page, office):
    read(qtbot, page)
    page.files.suppliers()
    dialog = form_of(qtbot, page)
    qtbot.waitUntil(lambda: not dialog.list.busy)
    dialog.buttons["Add…"].click()
    form = dialog.findChild(RecordForm)
    form.lines["name"].setText("Boost Supply")
    form.lines["lead_days"].setText("soon")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["lead_days"].error))
    form.lines["lead_days"].setText("7")
    qtbot.keyClick(form.lines["lead_days"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.list.total == 1 and not dialog.list.busy)
    assert office.parts.suppliers.named("Boost Supply").lead_days == 7
