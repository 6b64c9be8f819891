"""A shop's day at the window on a real X server: what a person types, and what came of it."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Actor, Role
from cartech_desk.office import demo_people
from tests.ui.x_screen import (
    PATIENCE_S,
    changed,
    command_line,
    found_window,
    photograph,
    seen,
    title,
    try_until,
    wait_until,
    xdotool,
)

BY = Actor("0192-m", "Mary Manager", Role.MANAGER)
BARCODE = "4012345678901"
ON_SHELF = 4
OPENS, NOW = 8, 9
"""Hours of the shop's clock: when it opens, and what it shows when the test begins."""


def zone_of_the_morning():
    """Return a zone in which it is the ninth hour of a day now, by name and for the C library."""
    ahead = (NOW - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}", f"SHOP{-ahead:+d}"


def write_settings(path, zone):
    """Write settings of a shop that is open every day; its dyno waits for a key before each run."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    lines = ["[shop]", f'zone = "{zone}"', *(f'{day} = "{OPENS}:00-20:00"' for day in days)]
    lines += ["[dyno]", "again = false"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def furnish(office, by=BY):
    """Enter what a shop has before its day begins: two bays, people, a service, a part."""
    appointments = office.appointments
    for name in ("Bay 1", "Bay 2"):
        appointments.keep_resource(by, Resource(kind=ResourceKind.BAY, name=name))
    appointments.keep_resource(
        by, Resource(kind=ResourceKind.TECHNICIAN, name=demo_people.TECHNICIAN.name)
    )
    appointments.keep_service(
        by, Service(code="DYNO", name="Dyno session", minutes=90, price=Money(18_000, "EUR"))
    )
    part = Part(
        sku="IC-600-H",
        name="Intercooler 600 with hoses",
        category="Cooling",
        barcodes=(BARCODE,),
        cost=Money(41_000, "EUR"),
        price=Money(59_500, "EUR"),
        location="R2-04",
        warning_level=Decimal(2),
        reorder_level=Decimal(1),
        reorder_quantity=Decimal(3),
    )
    office.parts.add(part, by, on_hand=Decimal(ON_SHELF))


SEEN = 0.00005
"""So much of the screen is another at least once keys did something: half a hundred pixels."""
MOVES_BY_ITSELF = 0.02
"""Less than this changes from look to look while nothing but figures and curves goes on."""
STILL_LOOKS = 3


def geometry(display, window):
    """Return the size of a window, and where it stands."""
    said = xdotool(display, "getwindowgeometry", "--shell", window)
    sizes = dict(line.split("=") for line in said.splitlines())
    return (int(sizes["WIDTH"]), int(sizes["HEIGHT"])), (int(sizes["X"]), int(sizes["Y"]))


class Screen:
    """The program's window, as somebody before it uses it; every step leaves a picture."""

    def __init__(self, display, folder, shown):
        self.display, self.folder, self.shown = display, folder, shown
        self.pictures = Path(os.environ.get("CARTECH_PICTURES") or folder / "pictures")
        self.pictures.mkdir(parents=True, exist_ok=True)
        for old in self.pictures.glob("[0-9][0-9]_*.png"):
            old.unlink()  # of an earlier day
        self._taken = 0
        self.window, _sizes = found_window(display)
        self.size, self.at = geometry(display, self.window)
        self._before = seen(shown)

    # Keys and clicks

    def key(self, *keys):
        self._before = seen(self.shown)
        xdotool(self.display, "key", "--delay", "20", *keys)

    def type(self, words):
        self._before = seen(self.shown)
        xdotool(self.display, "type", "--delay", "8", words)

    def click(self, place, times=1, window=""):
        """Click at a place of the program's window, or of another one."""
        x, y = place
        left, top = self.at
        if window:
            _, (left, top) = geometry(self.display, window)
        self._before = seen(self.shown)
        xdotool(
            self.display,
            *("mousemove", left + x, top + y),
            *("click", "--repeat", times, "--delay", "60", "1"),
        )

    @property
    def title(self):
        return title(self.display, self.window)

    def named(self, name):
        """Return the newest window of this name, or nothing."""
        found = xdotool(self.display, "search", "--onlyvisible", "--name", name)
        return found.splitlines()[-1] if found else ""

    def into(self, name, *keys):
        """Press keys until the dialog of this name is there, and give it the keyboard."""
        if keys:
            there = self.press_until(f"“{name}”", lambda: self.named(name), *keys)
        else:
            there = wait_until(f"“{name}”", lambda: self.named(name))
        xdotool(self.display, "windowfocus", "--sync", there)
        return there

    def back(self, name, to=""):
        """Wait until the dialog of this name is gone, and give what lies below it the keyboard."""
        wait_until(f"the end of “{name}”", lambda: not self.named(name))
        xdotool(self.display, "windowfocus", "--sync", self.named(to) if to else self.window)

    def press_until(self, what, condition, *keys, again_s=3.0):
        """Press keys until something is so; again where nothing came of it for a while."""
        return try_until(what, lambda: self.key(*keys), condition, again_s)

    def settled(self, least=SEEN, looks=STILL_LOOKS):
        """Wait until the last keys or clicks changed what is shown, and it stands still.

        `least` is how much of the screen has to be another than before them; `looks` are how many
        in a row have to find it still.
        """
        seen_last = [seen(self.shown)]

        def still():
            seen_last.append(seen(self.shown))
            del seen_last[: -looks - 1]
            moved = [changed(one, after) for one, after in pairwise(seen_last)]
            stands = len(moved) == looks and max(moved) < MOVES_BY_ITSELF
            return stands and changed(self._before, seen_last[-1]) >= least

        wait_until("a screen that stands still", still)
        return seen_last[-1]

    def picture(self, name, least=SEEN):
        """Keep what the screen shows once it stands still, but for what moves by itself."""
        self._keep(name, self.settled(least))

    def snap(self, name):
        """Keep what the screen shows now."""
        self._keep(name, seen(self.shown))

    def _keep(self, name, look):
        self._taken += 1
        photograph(look, self.pictures / f"{self._taken:02d}_{name}.png")

    def kept(self):
        """Return the names of the pictures that are there, without their numbers."""
        found = sorted(self.pictures.glob("[0-9][0-9]_*.png"))
        return [path.stem.partition("_")[2] for path in found if path.stat().st_size]


class OtherEye:
    """What the program kept, seen from outside of it: read-only, and by its commands."""

    def __init__(self, folder, clock):
        self._folder, self._clock = folder, clock

    def rows(self, question, *values):
        where = f"file:{self._folder / 'data' / 'desk.db'}?mode=ro"
        with closing(sqlite3.connect(where, uri=True)) as database:
            return database.execute(question, values).fetchall()

    def one(self, question, *values):
        """Return the first column of the first row, or None."""
        found = self.rows(question, *values)
        return found[0][0] if found else None

    def command(self, *words, by=None):
        """Return what a command says as JSON."""
        person = ["--as", by.email] if by is not None else []
        done = subprocess.run(
            command_line(self._folder, *words, "--json", *person),
            env={
                **os.environ,
                "XDG_CONFIG_HOME": str(self._folder / "config"),
                "CARTECH_PASSWORD": demo_people.PASSWORD,
                "TZ": self._clock,
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
