"""The Calendar page over a real office: looked at, dragged, and worked by keys."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt

from cartech_desk.domain.appointments.booking import ResourceKind
from cartech_desk.ui.models.calendar_columns import Plan
from cartech_desk.ui.pages.calendar import CalendarPage
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets import calendar_painting
from tests.ui.calendar_steps import drag, opened, place, read, spot
from tests.ui.conftest import ADMINISTRATOR
from tests.ui.counter_double import Shop, at

LEAST = Size.WINDOW_LEAST[0] - Size.RAIL


@pytest.fixture
def shop(office):
    return Shop(office, ADMINISTRATOR)


@pytest.fixture
def page(qtbot, desk, acts, shop):
    return opened(qtbot, desk, acts, shop)


# What is seen


def test_a_day_shows_its_bays_with_what_is_booked_in_them(qtbot, page, shop):
    one = shop.book(8, 90, technician=shop.tom)
    shop.book(9, bay=shop.lift)
    read(qtbot, page)
    assert [column.title for column in page.grid.sheet.columns] == ["Dyno bay", "Lift"]
    assert [block.column for block in page.grid.sheet.blocks] == [0, 1]
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(page, one))
    assert page.grid.chosen.id == one.id
    assert "08:00\N{EN DASH}09:30" in page.card.when.text()
    assert page.card.where.text() == "Dyno bay · Tom"


def test_a_low_block_tells_on_its_last_line_what_else_is_known(qtbot, page, shop, monkeypatch):
    said = []
    monkeypatch.setattr(calendar_painting, "write", lambda *told: said.append(told[2]))
    shop.book(8, services=(shop.booked(shop.oil),), notes="Rattles when cold")
    read(qtbot, page)
    page.grid.viewport().grab()
    (last,) = {words for words in said if "08:00" in words and "booked" in words}
    assert last.endswith("Oil change · Rattles when cold")


def test_a_shop_without_bays_is_told_where_they_are_entered(qtbot, desk, acts):
    made = CalendarPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    read(qtbot, made)
    assert made.card.notes.text().startswith("No bay is entered yet.")
    made.choose_plan(Plan.TECHNICIANS)
    qtbot.waitUntil(lambda: made.card.notes.text().startswith("No technician is entered yet."))


def test_technicians_and_a_week_are_other_columns_of_the_same(qtbot, page, shop):
    shop.book(8, technician=shop.tom)
    read(qtbot, page)
    page.bar.plans[Plan.TECHNICIANS].click()
    qtbot.waitUntil(lambda: not page.busy)
    assert [column.title for column in page.grid.sheet.columns] == ["Ada", "Tom"]
    page.bar.plans[Plan.WEEK].click()
    qtbot.waitUntil(lambda: not page.busy and len(page.grid.sheet.columns) == 5)
    page.bar.whose.setCurrentIndex(page.bar.whose.findData(shop.ada.id))
    assert page.grid.sheet.blocks == ()


def test_earlier_later_and_today_are_a_key_away(qtbot, page, shop):
    read(qtbot, page)
    page.step(1)
    assert page.day == shop.day + timedelta(days=1)
    page.choose_plan(Plan.WEEK)
    page.step(-1)
    assert page.day == shop.day - timedelta(days=6)
    page.go_today()
    assert page.day == page.grid.now().date()
    keys = [action.shortcut for action in page.actions() if action.shortcut]
    assert len(keys) == len(set(keys))


def test_an_appointment_is_gone_to_by_its_id(qtbot, page, shop):
    one = shop.book(10, day=shop.day + timedelta(days=8))
    page.shown(one.id)
    qtbot.waitUntil(lambda: page.grid.chosen is not None and not page.busy)
    assert page.day == shop.day + timedelta(days=8)


# Dragging


def test_a_block_that_is_dragged_is_moved_and_can_be_moved_back(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 1, 10 * 60 + 30))
    qtbot.waitUntil(lambda: shop.get(one).bay_id == shop.lift.id)
    qtbot.waitUntil(lambda: not page.busy)
    assert shop.get(one).starts == at(shop.day, 10)
    assert page.grid.held is None
    words, undo = page.kept.told.toasts[-1]
    assert "is now on" in words
    undo()
    qtbot.waitUntil(lambda: shop.get(one).starts == at(shop.day, 8))
    assert shop.get(one).bay_id == shop.dyno.id


def test_an_edge_that_is_dragged_makes_it_longer(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    edge = spot(page, one, 1.0) - QPoint(0, 2)
    drag(qtbot, page, edge, place(page, 0, 10 * 60))
    qtbot.waitUntil(lambda: shop.get(one).ends == at(shop.day, 10))
    assert shop.get(one).starts == at(shop.day, 8)


def test_the_refusal_stands_where_the_drag_ended_and_all_goes_back(qtbot, page, shop):
    one, other = shop.book(8), shop.book(10, bay=shop.lift)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 1, 10 * 60 + 30))
    qtbot.waitUntil(page.grid.bubble.isVisible)
    assert "Lift" in page.grid.bubble.words.text()
    assert page.grid.bubble.other.text().startswith("To ")
    assert not page.grid.bubble.even_so.isVisible()
    landing = page.grid.held.landing
    box = page.grid.geometry_now.span(landing.column, landing.first, landing.last)
    assert abs(page.grid.bubble.y() - box.y) < 100
    qtbot.keyClick(page.grid.bubble.back, Qt.Key.Key_Escape)
    assert page.grid.held is None
    assert shop.get(one) == one
    assert shop.get(other) == other


def test_a_refused_drag_may_take_the_next_free_time_instead(qtbot, page, shop):
    one = shop.book(8)
    shop.book(10, bay=shop.lift)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 1, 10 * 60 + 30))
    qtbot.waitUntil(page.grid.bubble.isVisible)
    page.grid.bubble.other.click()
    qtbot.waitUntil(lambda: shop.get(one).bay_id == shop.lift.id)
    assert shop.get(one).starts == at(shop.day, 11)


def test_the_refusal_stays_at_its_place_while_one_scrolls(qtbot, page, shop):
    one = shop.book(8)
    shop.book(10, bay=shop.lift)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 1, 10 * 60 + 30))
    qtbot.waitUntil(page.grid.bubble.isVisible)
    before = page.grid.bubble.y()
    bar = page.grid.verticalScrollBar()
    bar.setValue(bar.value() - 40)
    assert page.grid.bubble.y() == before + 40


def test_what_is_only_asked_about_is_done_even_so(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    drag(qtbot, page, spot(page, one), place(page, 0, 12 * 60 + 30))
    qtbot.waitUntil(page.grid.bubble.isVisible)
    page.grid.bubble.even_so.click()
    qtbot.waitUntil(lambda: shop.get(one).starts == at(shop.day, 12))
    assert not page.grid.bubble.isVisible()


def test_what_somebody_else_moved_meanwhile_is_told_and_read_anew(qtbot, page, shop, office):
    one = shop.book(8)
    read(qtbot, page)
    office.appointments.move(
        ADMINISTRATOR, one.id, one.version, starts=at(shop.day, 14), bay_id=shop.lift.id
    )
    drag(qtbot, page, spot(page, one), place(page, 0, 10 * 60))
    qtbot.waitUntil(page.grid.bubble.isVisible)
    page.grid.bubble.put_back()
    qtbot.waitUntil(lambda: not page.busy)
    assert shop.get(one).starts == at(shop.day, 14)
    (block,) = page.grid.sheet.blocks
    assert (block.column, block.first) == (1, 14 * 60)


def test_a_press_without_a_drag_moves_nothing(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(page, one))
    assert page.grid.held is None
    assert shop.get(one) == one


def test_what_is_carried_stays_in_the_hand_while_the_calendar_is_read(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    page.grid.pick_up()
    page.grid.carry(1, 10 * 60)
    read(qtbot, page)
    assert page.grid.held.landing.first == 10 * 60
    page.grid.put_down()
    qtbot.waitUntil(lambda: shop.get(one).bay_id == shop.lift.id)


# Keys


def test_keys_walk_pick_up_carry_and_put_down(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.setFocus()
    page.grid.cursor_at = (0, 7 * 60)
    for _ in range(4):
        qtbot.keyClick(page.grid, Qt.Key.Key_Down)
    assert page.grid.chosen.id == one.id
    qtbot.keyClick(page.grid, Qt.Key.Key_M)
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    for _ in range(4):
        qtbot.keyClick(page.grid, Qt.Key.Key_Down)
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shop.get(one).bay_id == shop.lift.id)
    assert shop.get(one).starts == at(shop.day, 9)


def test_shift_with_arrows_moves_the_end(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    page.grid.setFocus()
    qtbot.keyClick(page.grid, Qt.Key.Key_M)
    for _ in range(2):
        qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shop.get(one).ends == at(shop.day, 9, 30))


def test_escape_puts_back_what_is_carried(qtbot, page, shop):
    one = shop.book(8)
    read(qtbot, page)
    page.grid.choose(one.id)
    page.grid.setFocus()
    qtbot.keyClick(page.grid, Qt.Key.Key_M)
    qtbot.keyClick(page.grid, Qt.Key.Key_Down)
    qtbot.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.grid.held is None
    assert shop.get(one) == one


def test_control_with_arrows_goes_from_one_appointment_to_the_next(qtbot, page, shop):
    ids = [shop.book(8).id, shop.book(14).id, shop.book(9, bay=shop.lift).id]
    read(qtbot, page)
    page.grid.setFocus()
    page.grid.cursor_at = (0, 0)
    seen = []
    for _ in range(3):
        qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
        seen.append(page.grid.chosen.id)
    assert seen == ids


# How it looks


@pytest.mark.parametrize("plan", Plan)
def test_every_plan_fits_the_smallest_window_and_paints(qtbot, page, shop, plan):
    shop.book(8, technician=shop.tom, notes="W" * 400)
    page.plan = plan
    read(qtbot, page)
    assert page.minimumSizeHint().width() <= LEAST
    assert not page.grid.grab().isNull()
    assert (
        page.grid.sheet.columns[0].kind
        is {
            Plan.BAYS: ResourceKind.BAY,
            Plan.TECHNICIANS: ResourceKind.TECHNICIAN,
            Plan.WEEK: None,
        }[plan]
    )
