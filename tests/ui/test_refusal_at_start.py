"""What keeps the window from opening is told where a person looks."""

import os
import shutil
import subprocess
import sys

import pytest

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.shell.refusal import refusal_box


def window(data, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-m", "cartech_desk", "--data", str(data)],
        env=env | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_without_a_display_one_sentence_says_what_to_do(tmp_path):
    done = window(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no display")
    assert "demo --headless" in done.stderr


def test_the_box_says_what_happened_what_was_kept_and_what_to_do(qtbot):
    box = refusal_box(
        CarTechError("The file is damaged.", kept="Nothing was changed.", to_do="Restore a copy.")
    )
    qtbot.addWidget(box)
    assert box.text() == "The file is damaged."
    assert box.informativeText() == "Nothing was changed. Restore a copy."


@pytest.mark.xvfb
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is missing"
)
def test_a_damaged_database_is_told_in_a_window(tmp_path):
    (tmp_path / "recordings.db").write_bytes(b"no database at all" * 100)
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        desk = subprocess.Popen(
            [sys.executable, "-m", "cartech_desk", "--data", str(tmp_path)],
            env=os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            press = ["xdotool", "search", "--sync", "--name", "did not start", "key", "Escape"]
            # The window may be gone before the key is let go, which xdotool calls a failure.
            subprocess.run(press, env=os.environ | {"DISPLAY": display}, check=False, timeout=30)
            _, told = desk.communicate(timeout=30)
        finally:
            desk.kill()
        assert desk.returncode == 1
        assert "recordings.db" in told
    finally:
        server.kill()
        server.wait(10)
