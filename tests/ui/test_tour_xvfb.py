"""The real program on a real X server, used with mouse and keyboard as a person does."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QApplication

from cartech_desk.office import demo_people
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui.application import dress
from cartech_desk.ui.shell.window import Window

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Xvfb and xdotool",
    ),
]

PATIENCE_S = 60


@contextmanager
def x_server():
    """Start an X server on a display of its own choice; yields its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
    finally:
        end(server)


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextmanager
def program(display, folder):
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_ACCESSIBILITY": "0",
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    environment.pop("WAYLAND_DISPLAY", None)
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "cartech_desk",
                "--data",
                str(folder / "data"),
                "--settings",
                str(folder / "settings.toml"),
            ],
            env=environment,
            stderr=errors,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                end(process)


def xdotool(display, *words):
    done = subprocess.run(
        ["xdotool", *map(str, words)],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.stdout.strip()


def wait_until(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {PATIENCE_S} s")


def title(display, window):
    return xdotool(display, "getwindowname", window)


def set_up(folder):
    """Found the shop of the program that is started then: three people, each with a PIN."""
    store = Store(folder / "data", folder / "keys")
    demo_people.open_demo(People(store, Session(), cost=demo_people.COST))
    store.close()


def sign_in(display, window):
    """Choose the name that stands first, and type the PIN; all of it on the keyboard."""

    def inside():
        if "who is there?" not in title(display, window):
            return True
        # The names are read a moment after the window: keys before that press nothing.
        xdotool(display, "key", "Return")
        xdotool(display, "type", "--delay", "30", demo_people.PIN)
        xdotool(display, "key", "Return")
        time.sleep(0.5)
        return False

    wait_until("somebody at the desk", inside)


def place_of_the_simulated_cars_button(qtbot, desk, size):
    """Where the same window of the same size has it: nothing else tells it from outside."""
    application = QApplication.instance()
    dress(application, desk)
    window = Window(desk)
    qtbot.addWidget(window)
    window.resize(*size)
    window.start()
    window.open_page("connect")
    window.show()
    qtbot.waitUntil(lambda: bool(window.page.rows), timeout=10_000)
    qtbot.wait(200)
    row = next(row for row in window.page.rows if row.offer.url == "sim:")
    place = row.button.mapTo(window, row.button.rect().center())
    window.close()
    application.setStyleSheet("")
    return place.x(), place.y()


def places_of_the_pad(qtbot, desk, size):
    """Where a locked window of the same size has the keys of the PIN pad."""
    application = QApplication.instance()
    dress(application, desk)
    window = Window(desk)
    qtbot.addWidget(window)
    window.resize(*size)
    window.start()
    window.show()
    desk.office.session.lock()
    panel = window.gate.panel
    qtbot.waitUntil(lambda: panel.ways.currentWidget() is panel._pin, timeout=10_000)
    qtbot.wait(200)
    places = {
        key: button.mapTo(window, button.rect().center()) for key, button in panel.pad.keys.items()
    }
    window.close()
    application.setStyleSheet("")
    return {key: (place.x(), place.y()) for key, place in places.items()}


def recordings(folder):
    done = subprocess.run(
        [sys.executable, "-m", "cartech_desk", "--data", folder / "data", "recordings", "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return json.loads(done.stdout)["recordings"]


def found_window(display):
    """Wait for the program's window and give it the keyboard; its id and where it stands."""
    window = wait_until(
        "the window",
        lambda: xdotool(display, "search", "--onlyvisible", "--name", "CarTech Desk"),
    ).splitlines()[-1]
    sizes = dict(
        line.split("=")
        for line in xdotool(display, "getwindowgeometry", "--shell", window).splitlines()
    )
    xdotool(display, "windowfocus", "--sync", window)
    return window, sizes


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
