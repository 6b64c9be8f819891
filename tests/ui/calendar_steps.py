"""What a person does at the Calendar page, for its tests."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from cartech_desk.ui.pages.calendar import CalendarPage


def opened(qtbot, desk, acts, shop):
    """Return the page, on the shop's day."""
    made = CalendarPage(desk, acts)
    made.kept = acts
    qtbot.addWidget(made)
    made.resize(1200, 640)
    made.day = shop.day
    made.show()
    return made


def read(qtbot, page):
    page.refresh()
    qtbot.waitUntil(lambda: page.view is not None and not page.busy)


def spot(page, one, part=0.5):
    """Return the point of a block, at a share of its height."""
    block = next(each for each in page.grid.sheet.blocks if each.id == one.id)
    box = page.grid.geometry_now.box(block)
    return QPoint(round(box.x + box.width / 2), round(box.y + box.height * part))


def place(page, column, minute):
    grid = page.grid.geometry_now
    return QPoint(round(grid.left(column) + grid.column_width / 2), round(grid.y(minute)))


def drag(qtbot, page, start, end):
    port = page.grid.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for step in (0.2, 0.6, 1.0):
        point = start + (end - start) * step
        qtbot.mouseMove(port, point)
        # Offscreen, a moved pointer does not tell its buttons: say it as the screen would.
        page.grid.mouseMoveEvent(_moved(port, point))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def _moved(port, point):
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(port.mapToGlobal(point)),
        left,
        left,
        Qt.KeyboardModifier.NoModifier,
    )


def form_of(qtbot, page):
    qtbot.waitUntil(lambda: page.form is not None and page.form.isVisible())
    return page.form
