"""Background work of which only the newest counts."""

import threading

import pytest
from PySide6.QtCore import QObject

from cartech_desk.ui.models.newest_only import NewestOnly


@pytest.fixture
def owner(qapp):
    made = QObject()
    yield made
    made.deleteLater()


def test_what_was_overtaken_is_never_begun_and_its_result_is_dropped(owner, qtbot):
    begun, done = [], []
    gate = threading.Event()
    work = NewestOnly(owner, done.append)

    def first():
        begun.append("first")
        gate.wait(5)
        return "first"

    work.ask(first, done.append)
    qtbot.waitUntil(lambda: begun == ["first"])
    for name in ("second", "third"):
        work.ask(lambda name=name: begun.append(name) or name, done.append)
    gate.set()
    qtbot.waitUntil(lambda: not work.busy)
    assert begun == ["first", "third"]
    assert done == ["third"]


def test_a_failure_is_told_and_the_next_work_goes_on(owner, qtbot):
    failed, done = [], []
    work = NewestOnly(owner, failed.append)
    work.ask(lambda: 1 / 0, done.append)
    qtbot.waitUntil(lambda: len(failed) == 1)
    work.ask(lambda: 7, done.append)
    qtbot.waitUntil(lambda: done == [7])
    assert isinstance(failed[0], ZeroDivisionError)


def test_the_failure_of_what_was_forgotten_is_not_told(owner, qtbot):
    failed = []
    gate = threading.Event()
    begun = threading.Event()
    work = NewestOnly(owner, failed.append)

    def fail():
        begun.set()
        gate.wait(5)
        raise ValueError

    work.ask(fail, failed.append)
    qtbot.waitUntil(begun.is_set)
    work.forget()
    gate.set()
    qtbot.waitUntil(lambda: not work.busy)
    assert failed == []
