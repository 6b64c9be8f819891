"""Work in the background, and who lets go of what it held."""

import threading

import pytest
from PySide6.QtCore import QObject

from cartech_desk.ui import background
from cartech_desk.ui.background import in_background, when_done


class Held:
    """Remembers in which thread nobody held it any more."""

    def __init__(self, gone):
        self._gone = gone

    def work(self):
        return self

    def __del__(self):
        self._gone.append(threading.current_thread())


@pytest.fixture
def owner(qtbot):
    return QObject()


def test_what_work_held_is_let_go_in_the_gui_thread(qtbot, owner):
    gone, errors = [], []
    for _ in range(100):
        in_background(Held(gone).work, owner, lambda _held: None, errors.append)
    qtbot.waitUntil(lambda: len(gone) == 100)
    assert set(gone) == {threading.main_thread()}
    assert not errors


def test_what_failing_work_held_is_let_go_in_the_gui_thread_too(qtbot, owner):
    gone, words = [], []

    def fail(held):
        raise ValueError("no")

    for _ in range(100):
        held = Held(gone)
        in_background(
            lambda held=held: fail(held),
            owner,
            lambda _done: None,
            lambda error: words.append(str(error)),
        )
        del held
    qtbot.waitUntil(lambda: len(gone) == 100)
    assert set(gone) == {threading.main_thread()}
    assert words == ["no"] * 100


def test_nothing_is_held_of_a_page_that_is_gone(qtbot, owner):
    begun, go_on, told = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        return go_on.wait(5)

    future = in_background(work, owner, told.append, told.append)
    assert begun.wait(5)
    assert background._held
    owner.deleteLater()
    qtbot.waitUntil(lambda: not background._held)
    go_on.set()
    future.result(5)
    assert not told


def test_a_future_of_others_is_told_once_and_let_go(qtbot, owner):
    from concurrent.futures import Future

    future, told = Future(), []
    when_done(future, owner, told.append, told.append)
    threading.Thread(target=lambda: future.set_result(7)).start()
    qtbot.waitUntil(lambda: told == [7])
    assert not background._held
