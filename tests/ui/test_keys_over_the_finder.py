"""Keys of the window while Ctrl+K, a menu or a form is open."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCompleter, QDialog, QLineEdit, QMenu, QPlainTextEdit

from cartech_desk.bay.status import CarIdentity, LinkState
from cartech_desk.ui.pages import index
from cartech_desk.ui.pages.index import PageEntry
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.shell import window as window_module
from cartech_desk.ui.shell.pin_pad import PinPad
from cartech_desk.ui.shell.window import Window


class PageWithKeys(Page):
    key = "today"

    def __init__(self, desk, acts):
        super().__init__(desk, acts)
        self.pressed = []
        self.field = QLineEdit()
        self.body.addWidget(self.field)

    def actions(self):
        return tuple(
            PageAction(f"Press {keys}", lambda keys=keys: self.pressed.append(keys), keys)
            for keys in ("Esc", "Return", "Down", "Ctrl+N")
        )


class OtherPage(PageWithKeys):
    key = "live"

    def actions(self):
        return ()


@pytest.fixture
def window(qtbot, desk, monkeypatch):
    classes = {"today": PageWithKeys, "live": OtherPage}
    entries = tuple(entry for entry in index.PAGES if entry.key in classes)
    monkeypatch.setattr(window_module, "PAGES", entries)
    monkeypatch.setattr(PageEntry, "page_class", lambda entry: classes[entry.key])
    made = Window(desk)
    qtbot.addWidget(made)
    made.start()
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.clock.stop()


def press(window, keys):
    """Press as a person does: shortcuts hear it before whoever has the focus."""
    QTest.keySequence(window.windowHandle(), QKeySequence(keys))


def opened(window):
    press(window, "Ctrl+K")
    assert window.finder.isVisible()
    assert window.finder.line.hasFocus()
    return window.finder


def test_a_page_key_closes_the_finder_and_the_page_has_the_focus(window):
    finder = opened(window)
    press(window, "F1")
    assert window.page.key == "live"
    assert not finder.isVisible()
    assert window.page.hasFocus()


def test_a_page_opened_by_a_press_closes_the_finder(window):
    finder = opened(window)
    window.acts.go_to("live")
    assert not finder.isVisible()


def test_esc_closes_the_finder_also_where_the_page_has_esc(window):
    finder = opened(window)
    press(window, "Esc")
    assert not finder.isVisible()
    assert window.page.pressed == []
    press(window, "Esc")
    assert window.page.pressed == ["Esc"]


def test_keys_that_move_in_the_list_are_not_the_pages(window):
    finder = opened(window)
    press(window, "Down")
    assert finder.list.currentRow() == 1
    assert window.page.pressed == []


def test_a_page_that_takes_the_focus_gets_it_once_the_finder_is_closed(window):
    finder = opened(window)
    window.page.field.setFocus()
    assert finder.line.hasFocus()
    press(window, "Esc")
    assert not finder.isVisible()
    assert window.page.field.hasFocus()


def test_ctrl_k_twice_and_esc_bring_the_focus_back(window):
    window.page.field.setFocus()
    opened(window)
    opened(window)
    press(window, "Esc")
    assert not window.finder.isVisible()
    assert window.page.field.hasFocus()


def test_a_key_of_the_page_acts_on_what_can_be_seen(window):
    finder = opened(window)
    press(window, "Ctrl+N")
    assert window.page.pressed == ["Ctrl+N"]
    assert not finder.isVisible()


def test_the_keys_of_alarms_leave_the_finder_open(window, bay):
    finder = opened(window)
    press(window, "F10")
    assert [call[0] for call in bay.alarms.calls].count("silence") == 1
    assert finder.isVisible()
    press(window, "Esc")


def test_a_page_key_leaves_the_question_for_a_vehicle_without_an_answer(window, bay):
    bay.connected()
    bay.link(LinkState.CONNECTED, car=CarIdentity(None))
    press(window, "Ctrl+R")
    assert window.acts.waiting_for_vehicle
    press(window, "F1")
    assert not window.finder.isVisible()
    assert not window.acts.waiting_for_vehicle


def test_a_page_key_closes_a_menu(qtbot, window):
    menu = QMenu(window)
    menu.addAction("One")
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.waitUntil(menu.isVisible)
    window.keys._pressed("F1", lambda: window.open_page("live"), QKeySequence(Qt.Key.Key_F1))
    assert window.page.key == "live"
    assert not menu.isVisible()


@pytest.fixture(params=[QLineEdit, QPlainTextEdit])
def field(request, qtbot, window):
    """A field of a form over the window, in it "1200" with the cursor before it."""
    form = QDialog(window)
    made = request.param(form)
    form.open()
    qtbot.waitUntil(form.isActiveWindow)
    made.setFocus()
    qtbot.keyClicks(made, "1200")
    qtbot.keyClick(made, Qt.Key.Key_Home)
    yield made
    form.reject()


def text_of(field):
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


@pytest.mark.parametrize("keys", ["Alt+1", "F1", "Ctrl+K"])
def test_a_key_of_the_window_changes_nothing_in_a_form_and_says_why(window, field, keys):
    press(field.window(), keys)
    assert text_of(field) == "1200"
    assert window.page.key == "today"
    assert not window.finder.isVisible()
    assert "form is open" in window.toasts.standing[-1].words.text()


def test_other_keys_act_in_a_form(window, field):
    press(field.window(), "End")
    press(field.window(), "5")
    assert text_of(field) == "12005"
    assert window.toasts.standing == ()


def test_a_page_key_types_nothing_into_a_field_under_which_a_list_hangs(qtbot, window, field):
    if not isinstance(field, QLineEdit):
        return
    field.setCompleter(QCompleter(["1200 rpm", "1300 rpm"], field))
    press(field.window(), "End")
    press(field.window(), "Space")
    popup = field.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    press(field.window(), "Alt+1")
    assert field.text() == "1200 "
    popup.hide()


def test_a_page_key_types_nothing_before_the_gate(window):
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    window.keys.hold(True)
    press(window, "Alt+1")
    assert line.text() == ""
    assert window.toasts.standing == ()
    press(window, "1")
    assert line.text() == "1"


def test_a_page_key_types_no_digit_of_a_pin(window):
    pad = PinPad()
    window.page.body.addWidget(pad)
    pad.show()
    pad.setFocus()
    window.keys.hold(True)
    press(window, "Alt+1")
    assert pad.dots.accessibleName() == "0 digits typed"
    press(window, "1")
    assert pad.dots.accessibleName() == "1 digits typed"
