"""Pages' modules are read in while nobody needs the desk."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject

from cartech_desk.bay.dyno_status import Phase
from cartech_desk.ui.shell import reading_ahead
from cartech_desk.ui.shell.reading_ahead import ReadingAhead, imports_of, steps


@pytest.fixture
def quick(monkeypatch):
    """Nothing waits, and what would be read is only noted."""
    read = []
    monkeypatch.setattr(reading_ahead, "_IDLE_S", 0.0)
    monkeypatch.setattr(reading_ahead, "_NEXT_MS", 0)
    monkeypatch.setattr(reading_ahead, "_LATER_MS", 0)
    monkeypatch.setattr(reading_ahead, "import_module", read.append)
    monkeypatch.setattr(reading_ahead, "steps", lambda _names: iter(("one", "two")))
    return read


@pytest.fixture
def bay():
    now = SimpleNamespace(recording=SimpleNamespace(id=""), dyno=SimpleNamespace(phase=Phase.IDLE))
    return SimpleNamespace(now=now, snapshot=lambda: now)


def ahead(bay, seconds=10.0):
    parent = QObject()
    made = ReadingAhead(SimpleNamespace(bay=bay), SimpleNamespace(seconds=seconds), parent)
    made.kept = parent
    made.start()
    return made


def test_modules_are_read_one_after_the_other(qtbot, quick, bay):
    reader = ahead(bay)
    qtbot.waitUntil(lambda: reader.done)
    assert quick == ["one", "two"]


@pytest.mark.parametrize("busy", ["recording", "run"])
def test_nothing_is_read_while_a_car_is_recorded_or_a_run_is_driven(qtbot, quick, bay, busy):
    if busy == "recording":
        bay.now.recording.id = "r1"
    else:
        bay.now.dyno.phase = Phase.RUNNING
    reader = ahead(bay)
    asked = []
    snapshot = bay.snapshot
    bay.snapshot = lambda: asked.append(1) or snapshot()
    qtbot.waitUntil(lambda: len(asked) > 3)
    assert quick == []
    bay.now.recording.id, bay.now.dyno.phase = "", Phase.IDLE
    qtbot.waitUntil(lambda: reader.done)
    assert quick == ["one", "two"]


def test_it_waits_while_somebody_types(qtbot, quick, bay, monkeypatch):
    monkeypatch.setattr(reading_ahead, "_IDLE_S", 3600.0)
    reader = ahead(bay, seconds=0.0)
    reader._read()
    assert quick == []
    assert not reader.done


def test_a_module_that_cannot_be_read_does_not_keep_the_others_back(qtbot, quick, bay, monkeypatch):
    def refuse(name):
        quick.append(name)
        raise ImportError(name)

    monkeypatch.setattr(reading_ahead, "import_module", refuse)
    reader = ahead(bay)
    qtbot.waitUntil(lambda: reader.done)
    assert quick == ["one", "two"]


def test_what_a_module_needs_is_read_before_it():
    code = (
        "from cartech_desk.ui.shell.reading_ahead import imports_of, steps\n"
        "name = 'cartech_desk.domain.dyno.compare'\n"
        "print(*imports_of(name), '-', *filter(None, steps([name])))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    needed, order = said.split("-")
    assert "numpy" in needed.split()
    assert order.split()[-1] == "cartech_desk.domain.dyno.compare"
    assert order.index("numpy") < order.index("cartech_desk.domain.dyno.compare")


def test_what_was_read_already_and_what_is_not_there_are_left_out():
    assert list(steps(["cartech_desk.ui.shell.reading_ahead"])) == []
    assert imports_of("no.such.module") == ()
