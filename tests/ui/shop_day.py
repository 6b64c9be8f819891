"""A shop's day at the window on a real X server: what a person types, and what came of it."""

import json
import os
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Actor, Role
from cartech_desk.office import demo_people
from tests.ui.x_screen import (
    PATIENCE_S,
    command_line,
    found_window,
    photograph,
    title,
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
    """Write settings of a shop that is open every day."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    lines = ["[shop]", f'zone = "{zone}"', *(f'{day} = "{OPENS}:00-20:00"' for day in days)]
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
        sku="IC-HYB-600",
        name="Intercooler Hybrid 600",
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


class Screen:
    """The program's window, as somebody before it uses it; every step leaves a picture."""

    def __init__(self, display, folder, shown):
        self.display, self.folder, self.shown = display, folder, shown
        self.pictures = Path(os.environ.get("CARTECH_PICTURES") or folder / "pictures")
        self.pictures.mkdir(parents=True, exist_ok=True)
        self._taken = 0
        self.window, sizes = found_window(display)
        self.size = int(sizes["WIDTH"]), int(sizes["HEIGHT"])
        self.at = int(sizes["X"]), int(sizes["Y"])

    # Keys and clicks

    def key(self, *keys):
        xdotool(self.display, "key", "--delay", "20", *keys)

    def type(self, words):
        xdotool(self.display, "type", "--delay", "8", words)

    def click(self, place, times=1):
        x, y = place
        xdotool(
            self.display,
            *("mousemove", self.at[0] + x, self.at[1] + y),
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

        def there():
            if not self.named(name) and keys:
                self.key(*keys)
                time.sleep(0.3)
            return self.named(name)

        xdotool(self.display, "windowfocus", "--sync", wait_until(f"“{name}”", there))

    def back(self, name, to=""):
        """Wait until the dialog of this name is gone, and give what lies below it the keyboard."""
        wait_until(f"the end of “{name}”", lambda: not self.named(name))
        xdotool(self.display, "windowfocus", "--sync", self.named(to) if to else self.window)

    def press_until(self, what, condition, *keys, pause=0.7):
        """Press keys, again where nothing came of it, until something is so."""

        def so():
            found = condition()
            if not found:
                self.key(*keys)
                deadline = time.monotonic() + pause
                while not found and time.monotonic() < deadline:
                    time.sleep(0.05)
                    found = condition()
            return found

        return wait_until(what, so)

    def picture(self, name):
        """Keep what the screen shows once it stands still, but for what moves by itself."""
        self._taken += 1
        path = self.pictures / f"{self._taken:02d}_{name}.png"
        time.sleep(0.6)
        photograph(self.shown, path)
        return path


class OtherEye:
    """What the program kept, seen from outside of it: read-only, and by its commands."""

    def __init__(self, folder):
        self._folder = folder

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
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
