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

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from cartech_desk.office import demo_people
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui.application import dress, make_window

PATIENCE_S = 60
LOOK_S = 0.1
"""How long it is from one look to the next while something is waited for."""
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


def seen(screen_folder):
    """Return what the X server of this folder shows: a row of pixels for each line."""
    memory = (Path(screen_folder) / "Xvfb_screen0").read_bytes()
    header = _XWD_HEADER.unpack_from(memory)
    size, (width, height), stride, colours = header[0], header[4:6], header[12], header[19]
    pixels = np.frombuffer(
        memory, np.uint32, offset=size + colours * 12, count=stride // 4 * height
    )
    return pixels.reshape(height, stride // 4)[:, :width]


def changed(before, after):
    """Return how much of one look is another in the next, from 0 to 1."""
    return float((before != after).mean())


def photograph(look, path):
    """Write what was seen as PNG."""
    height, width = look.shape
    picture = Image.frombytes("RGB", (width, height), look.tobytes(), "raw", "BGRX")
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


def looked_for(condition, patience_s):
    """Look for something until it is so, or patience ends; what was found then."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return found


def wait_until(what, condition):
    found = looked_for(condition, PATIENCE_S)
    assert found, f"{what} did not come within {PATIENCE_S} s"
    return found


def try_until(what, act, condition, again_s=3.0):
    """Do something until something is so: again where nothing came of it for a while.

    Nothing tells from outside that a page has read what the act needs.
    """

    def so():
        if found := condition():
            return found
        act()
        return looked_for(condition, again_s)

    return wait_until(what, so)


def title(display, window):
    return xdotool(display, "getwindowname", window)


def set_up(folder):
    """Found the shop of the program that is started then: three people, each with a PIN."""
    store = Store(folder / "data", folder / "keys")
    demo_people.open_demo(People(store, Session(), cost=demo_people.COST))
    store.close()


def sign_in(display, window):
    """Choose the name that stands first, and type the PIN; all of it on the keyboard."""

    def type_pin():
        # The names are read a moment after the window: keys before that press nothing.
        xdotool(display, "key", "Return")
        xdotool(display, "type", "--delay", "30", demo_people.PIN)
        xdotool(display, "key", "Return")

    try_until(
        "somebody at the desk", type_pin, lambda: "who is there?" not in title(display, window)
    )


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
    window = make_window(desk, dress(application, desk))
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


def resting(qtbot, look):
    """Return what `look` gives once it gives the same twice: the window is laid out."""
    seen = [None]

    def is_same():
        seen.append(look())
        return seen[-1] == seen[-2]

    qtbot.waitUntil(is_same, timeout=10_000)
    return seen[-1]
