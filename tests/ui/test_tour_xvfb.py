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


def place_of_the_simulated_cars_button(qtbot, desk, size):
    """Where the same window of the same size has it: nothing else tells it from outside."""
    application = QApplication.instance()
    dress(application, desk)
    window = Window(desk)
    qtbot.addWidget(window)
    window.resize(*size)
    window.start()
    window.show()
    qtbot.waitUntil(lambda: bool(window.page.rows), timeout=10_000)
    qtbot.wait(200)
    row = next(row for row in window.page.rows if row.offer.url == "sim:")
    place = row.button.mapTo(window, row.button.rect().center())
    window.close()
    application.setStyleSheet("")
    return place.x(), place.y()


def recordings(folder):
    done = subprocess.run(
        [sys.executable, "-m", "cartech_desk", "--data", folder / "data", "recordings", "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return json.loads(done.stdout)["recordings"]


def test_a_person_connects_records_and_marks_with_mouse_and_keys(qtbot, desk, tmp_path):
    folder = tmp_path / "program"
    (folder / "data").mkdir(parents=True)
    with x_server() as display, program(display, folder) as process:
        window = wait_until(
            "the window",
            lambda: xdotool(display, "search", "--onlyvisible", "--name", "CarTech Desk"),
        ).splitlines()[-1]
        sizes = dict(
            line.split("=")
            for line in xdotool(display, "getwindowgeometry", "--shell", window).splitlines()
        )
        size = int(sizes["WIDTH"]), int(sizes["HEIGHT"])
        x, y = place_of_the_simulated_cars_button(qtbot, desk, size)
        xdotool(display, "windowfocus", "--sync", window)
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
