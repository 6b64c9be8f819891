"""Waiting for an act on faults at the command line."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from cartech_desk.app import faults_followed
from cartech_desk.app.faults_followed import followed
from cartech_desk.bay.faults import Reading


class Acts:
    """Faults whose act ends when it is cancelled; `reading` as a test says."""

    def __init__(self, *words):
        self.future = Future()
        self._words = list(words)
        self.cancelled = False

    @property
    def reading(self):
        if not self._words:
            self.future.set_result("done")
            return Reading()
        said = self._words.pop(0)
        if said is KeyboardInterrupt:
            raise KeyboardInterrupt
        return Reading(said, 0.5)

    def cancel(self):
        self.cancelled = True
        self.future.set_exception(ValueError("cancelled"))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(faults_followed, "_LOOK_S", 0.001)


def test_each_step_is_said_once(capsys):
    acts = Acts("reading stored codes", "reading stored codes", "reading freeze frames")
    assert followed(acts, acts.future) == "done"
    assert capsys.readouterr().err.splitlines() == [
        "Reading stored codes …",
        "Reading freeze frames …",
    ]


def test_what_takes_long_says_that_it_goes_on(capsys, monkeypatch):
    monkeypatch.setattr(faults_followed, "EVERY_S", -1.0)
    acts = Acts("reading stored codes", "reading stored codes")
    followed(acts, acts.future)
    assert "Still reading stored codes …" in capsys.readouterr().err


def test_ctrl_c_cancels_and_is_passed_on():
    acts = Acts("reading stored codes", KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        followed(acts, acts.future)
    assert acts.cancelled


def test_what_it_ended_with_is_raised():
    future = Future()
    future.set_exception(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        followed(SimpleNamespace(reading=Reading()), future)
