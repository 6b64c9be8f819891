"""The desk's voice: tones, no device, a device that comes, one that hangs."""

import threading
import time

import numpy as np
import pytest

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.hardware.sounder import RATE_HZ, Sounder, open_player, pattern, rounds


class ScriptedPlayer:
    def __init__(self, system):
        self.system = system
        self.samples = None

    def start(self, samples):
        self.samples = samples
        self.system.playing.append(self)

    def stop(self):
        if self in self.system.playing:
            self.system.playing.remove(self)

    def close(self):
        self.system.closed += 1


class ScriptedSystem:
    def __init__(self):
        self.there = True
        self.hang = threading.Event()
        self.hang.set()
        self.opened = self.closed = 0
        self.playing = []

    def open(self):
        self.opened += 1
        assert self.hang.wait(10)
        if not self.there:
            raise OSError("no device")
        return ScriptedPlayer(self)


@pytest.fixture
def system():
    made = ScriptedSystem()
    yield made
    made.hang.set()


@pytest.fixture
def sounder(system):
    made = Sounder(system.open, try_again_s=0.02)
    made.start()
    yield made
    system.hang.set()
    made.stop()


def wait(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def loud(samples):
    return np.abs(samples.astype(float)) > 1000


def test_a_warning_is_a_slow_double_tone_and_a_trip_a_fast_one():
    warning, trip = pattern(Level.WARNING), pattern(Level.TRIP)
    assert len(warning) == pytest.approx(2.0 * RATE_HZ, rel=0.01)
    assert len(trip) == pytest.approx(0.34 * RATE_HZ, rel=0.01)
    assert loud(warning).mean() < 0.2
    assert loud(trip).mean() > 0.5


@pytest.mark.parametrize("level", [Level.WARNING, Level.TRIP])
def test_no_tone_clicks_or_clips(level):
    samples = np.tile(pattern(level), 2).astype(float)
    assert np.abs(samples).max() < 32767
    assert np.abs(np.diff(samples)).max() < 8000


def test_rounds_follow_each_other_without_a_seam():
    samples = pattern(Level.TRIP)
    player = rounds(samples)
    next(player)
    heard = np.concatenate([player.send(frames) for frames in (1000, 20_000, 1)]).ravel()
    assert np.array_equal(heard, np.resize(samples, 21_001))


def test_it_plays_what_is_asked_and_falls_silent(sounder, system):
    sounder.sound(Level.WARNING)
    wait(lambda: len(system.playing) == 1)
    sounder.sound(Level.TRIP)
    wait(lambda: len(system.playing) == 1 and sounder._playing is Level.TRIP)
    sounder.sound(Level.NONE)
    wait(lambda: not system.playing)
    assert sounder.problem == ""


def test_no_device_is_said_before_any_alarm_comes(system):
    system.there = False
    sounder = Sounder(system.open, try_again_s=0.02)
    assert sounder.problem == ""
    sounder.start()
    wait(lambda: "No alarm can be heard" in sounder.problem)
    sounder.stop()


def test_a_device_that_comes_is_found_and_the_alarm_is_heard(sounder, system):
    system.there = False
    sounder.sound(Level.TRIP)
    wait(lambda: sounder.problem)
    system.there = True
    wait(lambda: system.playing)
    assert sounder.problem == ""


def test_a_sound_system_that_hangs_holds_nobody_up(sounder, system):
    wait(lambda: system.closed == 1)
    system.hang.clear()
    began = time.monotonic()
    sounder.sound(Level.TRIP)
    sounder.sound(Level.NONE)
    sounder.stop()
    assert time.monotonic() - began < 1


def test_a_sound_system_that_hangs_is_told_until_the_alarm_is_heard(system):
    sounder = Sounder(system.open, try_again_s=0.02, stalled_s=0.1)
    sounder.start()
    wait(lambda: system.closed == 1)
    system.hang.clear()
    sounder.sound(Level.WARNING)
    assert sounder.problem == ""
    sounder.sound(Level.TRIP)
    wait(lambda: "does not answer" in sounder.problem)
    sounder.sound(Level.NONE)
    assert sounder.problem == ""
    sounder.sound(Level.TRIP)
    wait(lambda: "does not answer" in sounder.problem)
    system.hang.set()
    wait(lambda: sounder._playing is Level.TRIP)
    assert sounder.problem == ""
    sounder.stop()


def test_an_output_whose_plug_is_pulled_is_noticed_and_another_one_is_found(system):
    sounder = Sounder(system.open, try_again_s=0.2, stalled_s=0.05)
    sounder.start()
    sounder.sound(Level.TRIP)
    wait(lambda: system.playing)
    (first,) = system.playing
    first.samples.send(100)
    wait(lambda: "No alarm can be heard" in sounder.problem)  # nothing was asked for any more
    wait(lambda: system.playing and system.playing[0] is not first)
    sounder.stop()


def test_every_output_is_let_go_of(sounder, system):
    for level in (Level.WARNING, Level.TRIP, Level.NONE):
        sounder.sound(level)
        wait(lambda level=level: sounder._playing is level)
    assert system.opened == system.closed


def test_the_machine_itself_either_sounds_or_says_why_not():
    sounder = Sounder(open_player)
    sounder.start()
    try:
        open_player().close()
        wait(lambda: sounder.problem == "")
    except Exception:
        wait(lambda: "No alarm can be heard" in sounder.problem)
    sounder.sound(Level.NONE)
    sounder.stop()
