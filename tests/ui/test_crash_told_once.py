"""A mistake that is met at every tick is told once, and again after it was read."""

import pytest

from cartech_desk.ui.shell.crash_dialog import CrashWatch


@pytest.fixture
def watch(qtbot):
    made = CrashWatch(lambda: "The recording goes on.")
    yield made
    if made.dialog is not None:
        made.dialog.close()


def fail(watch):
    try:
        raise IndexError("tuple index out of range")
    except IndexError as error:
        watch._report(error, "the screen")


def test_the_same_mistake_ten_times_a_second_is_one_report(watch, qtbot, caplog):
    for _ in range(30):
        fail(watch)
    qtbot.waitUntil(lambda: watch.dialog is not None)
    assert watch.dialog.report.toPlainText().count("Traceback") == 1
    assert len(caplog.records) == 1


def test_after_going_on_it_is_told_again(watch, qtbot):
    fail(watch)
    qtbot.waitUntil(lambda: watch.dialog is not None)
    watch.dialog.accept()
    qtbot.waitUntil(lambda: watch.dialog is None)
    fail(watch)
    qtbot.waitUntil(lambda: watch.dialog is not None)
