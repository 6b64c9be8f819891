"""Scenes of the tour of the calendar and the shelf: the demo's shop, planned and counted."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.tour_office_scenes_a import fill_shop
from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

    from cartech_desk.ui.pages.calendar import CalendarPage
    from cartech_desk.ui.pages.parts import PartsPage

_LIST: Final = """sku;name;price;cost;on_hand;location
GK-102;Gasket, exhaust manifold;18,50;9,20;6;B2
GK-103;;12,00;5,00;2;B2
HC-060;Hose clamp 60 mm;-1,20;0,40;40;D1
BL-410;Blow-off valve, 25 mm;149,00;88,00;zwei;A4
SP-9;Spark plug, cold;21,90;11,00;12;A1
"""


def calendar(stage: Stage) -> None:
    """Show a day with its bays."""
    fill_shop(stage)
    stage.window.open_page("calendar")
    page = _settled(stage)
    _to_a_full_day(stage, page)
    page.grid.choose(page.grid.sheet.appointments[0].id)
    stage.play(0.3)


def calendar_week(stage: Stage) -> None:
    """Show the week of everybody."""
    from cartech_desk.ui.models.calendar_columns import Plan

    page = stage.window.page
    page.choose_plan(Plan.WEEK)
    _settled(stage)


def calendar_refused(stage: Stage) -> None:
    """Carry an appointment onto another one: why not stands where it was put down."""
    from cartech_desk.ui.models.calendar_columns import Plan
    from cartech_desk.ui.models.calendar_drag import MOVABLE

    page = stage.window.page
    page.choose_plan(Plan.BAYS)
    _settled(stage)
    pair = _pair(page)
    if pair is None:
        return
    held, other = pair
    page.grid.choose(held.id)
    page.grid.pick_up()
    if page.grid.held is None or held.status not in MOVABLE:
        return
    block = next(one for one in page.grid.sheet.blocks if one.id == other.id)
    page.grid.carry(block.column, block.first)
    page.grid.put_down()
    stage.wait("the refusal", page.grid.bubble.isVisible)


def calendar_book(stage: Stage) -> Any:
    """Book by telephone: what stands against the time is said before it is booked."""
    page = stage.window.page
    if page.grid.held is not None:
        page.grid.bubble.put_back()
    page.grid.choose("")
    taken = page.grid.sheet.blocks[0]
    page.grid.cursor_at = (taken.column, taken.first)
    page.book()
    stage.wait("the form", lambda: page.form is not None and page.form.isVisible())
    form = page.form
    services = page.desk.office.appointments.services()
    if services:
        form.services.tick(services[0].id)
    stage.wait("what stands against it", lambda: not form.checking)
    stage.play(0.3)
    return form


def parts(stage: Stage) -> None:
    """Scan a part: where it lies, how many there are, every move of it."""
    page = _leave_form(stage)
    del page
    stage.window.open_page("parts")
    shelf = _settled(stage)
    rows, _ = stage.desk.office.parts.list(limit=1, sort="moved", descending=True)
    shelf.scan.line.setText(rows[0].sku)
    _enter(shelf.scan.line)
    _settled(stage)


def parts_low(stage: Stage) -> None:
    """Show what runs low, and what to order."""
    stage.window.page.show_low()
    _settled(stage)


def parts_orders(stage: Stage) -> None:
    """Show an order of which something is to come, or the newest."""
    page: PartsPage = stage.window.page
    page.tabs.turn("orders")
    _settled(stage)
    coming, _ = stage.desk.office.parts.orders.list(limit=1, coming=True)
    if coming:
        page.orders.go_to(coming[0].id)
        _settled(stage)


def parts_count(stage: Stage) -> None:
    """Count by scanning while work goes on."""
    page: PartsPage = stage.window.page
    office, by = stage.desk.office, stage.desk.office.session.actor
    going, _ = office.parts.counts.list(open_only=True)
    everything = [one for one in going if not one.location]
    count = everything[0] if everything else office.parts.counts.start(by)
    rows, _ = office.parts.list(limit=4, sort="on_hand", descending=True)
    for place, one in enumerate(rows):
        gone = 1 if place == 1 else 0
        office.parts.counts.set(count.id, one.id, one.on_hand - gone, by)
    page.tabs.turn("count")
    page.counts.open(count.id)
    _settled(stage)
    page.scan.line.setText(rows[0].sku)
    _enter(page.scan.line)
    _settled(stage)


def parts_import(stage: Stage) -> Any:
    """Take a list in: the good rows offered, the bad ones listed."""
    page: PartsPage = stage.window.page
    path = Path(stage.desk.data_dir) / "price-list.csv"
    path.write_text(_LIST, encoding="utf-8")
    page.files.ask_path = lambda: path
    page.files.take_in()
    form: Any = page.form
    stage.wait("the list", lambda: form.plan is not None and not form.busy)
    form.tabs.turn("bad")
    stage.play(0.3)
    return form


def parts_labels(stage: Stage) -> Any:
    """Lay labels out for the shelf."""
    page = _leave_form(stage)
    rows, _ = stage.desk.office.parts.list(limit=12)
    page.files.labels(rows)
    form = page.form
    stage.wait("the labels", lambda: form.drawing is not None and not form.busy)
    stage.play(0.3)
    return form


def _settled(stage: Stage) -> Any:
    stage.play(0.2)
    page = stage.window.page
    stage.wait("the page", lambda: not page.busy)
    stage.play(0.2)
    return page


def _enter(line: "QLineEdit") -> None:
    """Press Enter there, as a scanner does after a code."""
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        key = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")
        QCoreApplication.sendEvent(line, key)


def _leave_form(stage: Stage) -> Any:
    page = stage.window.page
    if page.form is not None:
        page.form.reject()
    stage.play(0.1)
    return page


def _to_a_full_day(stage: Stage, page: "CalendarPage") -> None:
    """Go to the day to come on which most is booked."""
    booked, _ = stage.desk.office.appointments.list(
        since=page.grid.now(), status=(AppointmentStatus.BOOKED,), limit=200
    )
    days = [one.starts.date() for one in booked if one.starts is not None]
    if days:
        page.look(max(sorted(set(days)), key=days.count))
        _settled(stage)


def _pair(page: "CalendarPage") -> tuple[Appointment, Appointment] | None:
    """Return two appointments of the day in different bays."""
    held = [one for one in page.grid.sheet.appointments if one.holds and one.bay_id]
    return next(
        ((one, other) for one in held for other in held if one.bay_id != other.bay_id), None
    )
