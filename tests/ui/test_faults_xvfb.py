"""The Faults page of the real program on a real X server: checked up and looked up by keys."""

import signal
import sqlite3
from contextlib import closing

from cartech_desk.office import demo_people
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui.models.offers import remember
from tests.ui.x_screen import (
    XVFB,
    found_window,
    program,
    sign_in,
    title,
    wait_until,
    x_server,
    xdotool,
)

pytestmark = XVFB

CAR = "sim:?script=key_on&faults=boost_leak,misfire"


def set_up_with_a_car(folder):
    """Found the shop; the car with faults is what was connected last, so that Enter connects."""
    (folder / "data").mkdir(parents=True)
    store = Store(folder / "data", folder / "keys")
    demo_people.open_demo(People(store, Session(), cost=demo_people.COST))
    remember(store.layouts, CAR)
    store.close()


def kept_codes(folder):
    """What the program has kept of check-ups so far: their codes."""
    where = f"file:{folder / 'data' / 'desk.db'}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as database:
        return [row[0] for row in database.execute("select codes from checkup")]


def test_a_car_is_checked_up_and_a_code_looked_up_with_keys_alone(tmp_path):
    folder = tmp_path / "program"
    set_up_with_a_car(folder)
    with x_server() as display, program(display, folder) as process:
        window, _sizes = found_window(display)
        sign_in(display, window)
        xdotool(display, "key", "F3")

        def connected():
            if "connect" not in title(display, window):
                # The adapters are listed a moment after the page: Enter before presses nothing.
                xdotool(display, "key", "Return")
            return " · connected" in title(display, window)

        wait_until("the connection", connected)
        xdotool(display, "key", "F8")
        xdotool(display, "key", "F5")
        codes = wait_until("the check-up", lambda: kept_codes(folder))
        assert len(codes) == 1
        assert "P0299" in codes[0]
        assert "P0301" in codes[0]

        xdotool(display, "key", "ctrl+f")
        look = wait_until(
            "the look-up",
            lambda: xdotool(display, "search", "--onlyvisible", "--name", "Look up a fault code"),
        ).splitlines()[-1]
        xdotool(display, "windowfocus", "--sync", look)
        xdotool(display, "type", "--delay", "10", "p0420")
        wait_until("what the code means", lambda: "P0420" in title(display, look))
        xdotool(display, "key", "Escape")
        wait_until(
            "the end of the look-up",
            lambda: (
                not xdotool(display, "search", "--onlyvisible", "--name", "Look up a fault code")
            ),
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "errors.txt").read_text(encoding="utf-8")
