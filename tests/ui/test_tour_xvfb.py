"""The real program on a real X server, used with mouse and keyboard as a person does."""

import json
import signal
import subprocess
import sys
import time

from cartech_desk.office import demo_people
from tests.ui.x_screen import (
    PATIENCE_S,
    XVFB,
    found_window,
    middle,
    program,
    resting,
    same_window,
    set_up,
    sign_in,
    title,
    wait_until,
    x_server,
    xdotool,
)

pytestmark = XVFB


def place_of_the_simulated_cars_button(qtbot, desk, size):
    """Where the same window of the same size has it: nothing else tells it from outside."""
    with same_window(qtbot, desk, size) as window:
        window.open_page("connect")
        qtbot.waitUntil(lambda: bool(window.page.rows), timeout=10_000)
        row = next(row for row in window.page.rows if row.offer.url == "sim:")
        return resting(qtbot, lambda: middle(row.button, window))


def places_of_the_pad(qtbot, desk, size):
    """Where a locked window of the same size has the keys of the PIN pad."""
    with same_window(qtbot, desk, size) as window:
        desk.office.session.lock()
        panel = window.gate.panel
        qtbot.waitUntil(lambda: panel.ways.currentWidget() is panel._pin, timeout=10_000)
        keys = panel.pad.keys.items()
        return resting(qtbot, lambda: {key: middle(button, window) for key, button in keys})


def recordings(folder):
    done = subprocess.run(
        [sys.executable, "-m", "cartech_desk", "--data", folder / "data", "recordings", "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return json.loads(done.stdout)["recordings"]


def test_a_person_locks_and_unlocks_with_keys_and_clicks(qtbot, desk, tmp_path):
    folder = tmp_path / "program"
    (folder / "data").mkdir(parents=True)
    set_up(folder)
    with x_server() as display, program(display, folder) as process:
        window, sizes = found_window(display)
        pad = places_of_the_pad(qtbot, desk, (int(sizes["WIDTH"]), int(sizes["HEIGHT"])))
        sign_in(display, window)

        def lock():
            xdotool(display, "key", "ctrl+shift+l")
            wait_until("the lock", lambda: "locked" in title(display, window))

        def unlocked():
            return "locked" not in title(display, window)

        lock()
        xdotool(display, "key", "Escape", "F3", "ctrl+k", "ctrl+r")
        assert not unlocked()
        # Esc went back to the names: the one at the desk stands first.
        xdotool(display, "key", "Return")
        xdotool(display, "type", "--delay", "30", "0000")
        xdotool(display, "key", "Return")
        time.sleep(0.5)
        assert not unlocked()
        xdotool(display, "type", "--delay", "30", demo_people.PIN)
        xdotool(display, "key", "Return")
        wait_until("the desk, unlocked by keys", unlocked)

        lock()

        def click_pin():
            for key in (*demo_people.PIN, "enter"):
                x, y = pad[key]
                xdotool(display, "mousemove", int(sizes["X"]) + x, int(sizes["Y"]) + y, "click", 1)
            time.sleep(0.5)
            return unlocked()

        wait_until("the desk, unlocked by clicks", click_pin)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "errors.txt").read_text(encoding="utf-8")


def test_a_person_connects_records_and_marks_with_mouse_and_keys(qtbot, desk, tmp_path):
    folder = tmp_path / "program"
    (folder / "data").mkdir(parents=True)
    set_up(folder)
    with x_server() as display, program(display, folder) as process:
        window, sizes = found_window(display)
        size = int(sizes["WIDTH"]), int(sizes["HEIGHT"])
        x, y = place_of_the_simulated_cars_button(qtbot, desk, size)
        sign_in(display, window)
        xdotool(display, "key", "F3")
        xdotool(display, "mousemove", int(sizes["X"]) + x, int(sizes["Y"]) + y)

        def connected():
            # The ports may be listed a moment after the window: a press before hits nothing.
            if "connect" not in title(display, window):
                xdotool(display, "click", "1")
            return " · connected" in title(display, window)

        wait_until("the connection", connected)
        xdotool(display, "key", "F1")
        xdotool(display, "key", "ctrl+r")
        wait_until("a recording", lambda: "recording" in title(display, window))
        xdotool(display, "key", "m")
        xdotool(display, "key", "ctrl+r")
        wait_until("its end", lambda: "recording" not in title(display, window))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "errors.txt").read_text(encoding="utf-8")
    kept = recordings(folder)
    assert len(kept) == 1
