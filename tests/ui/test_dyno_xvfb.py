"""The Dyno page of the real program on a real X server: the main way, by clicks and keys."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from cartech_desk.app.tour_dyno_scenes import foreign_run
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

SLOW_TO_ARM_S = 5.0


def place_of_the_simulated_dyno(qtbot, desk, size):
    """Where the empty page of the same window of the same size has its button."""
    with same_window(qtbot, desk, size) as window:
        window.open_page("dyno")
        page = window.page
        qtbot.waitUntil(lambda: page.pages.currentWidget() is page.empty, timeout=10_000)
        return resting(qtbot, lambda: middle(page.empty.simulated, window))


def rows(folder, table):
    """Count what the program has kept so far."""
    where = f"file:{folder / 'data' / 'desk.db'}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as database:
        return database.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608


def kept_runs(folder):
    command = [sys.executable, "-m", "cartech_desk", "--data", folder / "data"]
    done = subprocess.run(
        [*command, "dyno", "list", "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return [run for session in json.loads(done.stdout)["sessions"] for run in session["runs"]]


def test_a_pull_is_driven_looked_at_and_joined_by_an_imported_one(qtbot, desk, tmp_path):
    folder = tmp_path / "program"
    (folder / "data").mkdir(parents=True)
    set_up(folder)
    foreign = folder / "RunFile_12.csv"
    foreign.write_text(foreign_run(), encoding="ascii")
    with x_server() as display, program(display, folder) as process:
        window, sizes = found_window(display)
        size = int(sizes["WIDTH"]), int(sizes["HEIGHT"])
        x, y = place_of_the_simulated_dyno(qtbot, desk, size)
        sign_in(display, window)
        xdotool(display, "key", "F7")
        xdotool(display, "mousemove", int(sizes["X"]) + x, int(sizes["Y"]) + y)

        def begun():
            # The page reads what is kept before it says that nothing is: a click before hits none.
            if not rows(folder, "dyno_session"):
                xdotool(display, "click", "1")
                time.sleep(1.0)
            return rows(folder, "dyno_session")

        wait_until("a session on the simulated dyno", begun)
        since = time.monotonic()

        def driven():
            if "recording" in title(display, window):
                return True
            if time.monotonic() - since > SLOW_TO_ARM_S:
                xdotool(display, "key", "F5")  # it rolled too fast already: begin by hand
                time.sleep(1.0)
            return "recording" in title(display, window)

        wait_until("the run", driven)
        xdotool(display, "key", "c", "shift+c", "c", "plus", "2", "1", "w", "w")
        xdotool(display, "key", "F5")
        wait_until("its end", lambda: "recording" not in title(display, window))
        xdotool(display, "key", "Escape")

        xdotool(display, "key", "ctrl+i")
        asking = wait_until(
            "the question for a file",
            lambda: xdotool(display, "search", "--onlyvisible", "--name", "Import a dyno run"),
        )
        xdotool(display, "windowfocus", "--sync", asking.splitlines()[-1])
        xdotool(display, "type", "--delay", "10", foreign)
        xdotool(display, "key", "Return")
        form = wait_until(
            "the columns of the file",
            lambda: xdotool(display, "search", "--onlyvisible", "--name", "Import RunFile"),
        )
        xdotool(display, "windowfocus", "--sync", form.splitlines()[-1])
        xdotool(display, "key", "Return")
        wait_until("the imported run", lambda: rows(folder, "dyno_run") == 2)
        xdotool(display, "windowfocus", "--sync", window)
        xdotool(display, "key", "b", "d", "Escape")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "errors.txt").read_text(encoding="utf-8")
    names = sorted(run["name"] for run in kept_runs(folder))
    assert len(names) == 2
    assert "Run 1" in names
