"""The program on a real X server: started, found, typed at, pressed, and photographed."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from cartech_desk.office import demo_people
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui.application import dress
from cartech_desk.ui.shell.window import Window

PATIENCE_S = 60
XVFB = [
    pytest.mark.xvfb,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Xvfb and xdotool",
    ),
]
"""The marks of a test that starts the program on an X server."""

_XWD_HEADER = struct.Struct(">25I")


@contextmanager
def x_server(pictures=None):
    """Start an X server on a display of its own choice; yields its name.

    It keeps what its screen shows in a file of the folder `pictures`, for `photograph`.
    """
    reading, writing = os.pipe()
    kept = ["-fbdir", str(pictures)] if pictures is not None else []
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            "1366x768x24",
            "-nolisten",
            "tcp",
            *kept,
        ],
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


def photograph(screen_folder, path):
    """Write what the X server of this folder shows as PNG."""
    memory = (Path(screen_folder) / "Xvfb_screen0").read_bytes()
    header = _XWD_HEADER.unpack_from(memory)
    size, (width, height), stride, colours = header[0], header[4:6], header[12], header[19]
    begins = size + colours * 12
    pixels = memory[begins : begins + stride * height]
    picture = Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX", stride)
    picture.save(path, compress_level=1)


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextmanager
def program(display, folder, **more):
    """Start the window on its own data in `folder`; `more` are variables of its environment."""
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_ACCESSIBILITY": "0",
        "XDG_CONFIG_HOME": str(folder / "config"),
        **more,
    }
    environment.pop("WAYLAND_DISPLAY", None)
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(command_line(folder), env=environment, stderr=errors)
        try:
            yield process
        finally:
            if process.poll() is None:
                end(process)


def command_line(folder, *words):
    """Return the command of the program on the data in `folder`."""
    return [
        sys.executable,
        "-m",
        "cartech_desk",
        "--data",
        str(folder / "data"),
        "--settings",
        str(folder / "settings.toml"),
        *words,
    ]


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


@contextmanager
def same_window(qtbot, desk, size):
    """Open the same window of the same size here, to see where it has what is to be pressed."""
    application = QApplication.instance()
    dress(application, desk)
    window = Window(desk)
    qtbot.addWidget(window)
    window.resize(*size)
    window.start()
    window.show()
    try:
        yield window
    finally:
        window.close()
        application.setStyleSheet("")


def middle(widget, window):
    """Return where the middle of a widget lies in its window."""
    place = widget.mapTo(window, widget.rect().center())
    return place.x(), place.y()
