"""Opens every page of the window over a data folder; says in JSON how long each took.

A page is open when it stands in front with its first rows painted: what it reads at its beginning
has come from the background, and the page was painted since. Some pages ask a little later than
they open, so nothing counts as over before it has been quiet for a while; the while itself does not
count. Each is opened for the first time in its window; windows before it have opened them all, so
that no module is read meanwhile. Of several windows the quickest counts. Arguments: the data
folder, the settings file.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from cartech_desk.app.settings import SettingsFile
from cartech_desk.bay.bay import Bay
from cartech_desk.office import demo_people
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui import background
from cartech_desk.ui.application import dress, make_application, make_window
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import PAGES

PATIENCE_S = 60.0
QUIET_S = 0.1
"""So long nothing comes from the background before a page counts as open."""
PAINTED_S = 0.05
"""What came is painted within this; what is painted later moves by itself: a clock, a value."""
ROUNDS = 3
HOMES = ("people", "settings")
"""Pages to begin with: what is measured is opened for the first time in its window."""


class Counting(ThreadPoolExecutor):
    """A pool that knows how much of its work is not done."""

    under_way = 0

    def submit(self, *words, **more):
        Counting.under_way += 1
        future = super().submit(*words, **more)
        future.add_done_callback(self._done)
        return future

    @staticmethod
    def _done(_future):
        Counting.under_way -= 1


class Painted(QObject):
    """Notices that the page in front is painted."""

    def __init__(self, window):
        super().__init__()
        self._window = window
        self.now = False

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            page = self._window.page
            self.now = self.now or watched is page or page.isAncestorOf(watched)
        return False


def settle(window, began: float) -> float:
    """Let everything happen that is under way; returns when the page was painted with it."""
    painted = Painted(window)
    application = QApplication.instance()
    application.installEventFilter(painted)
    came = opened = time.perf_counter()
    while (now := time.perf_counter()) - came < QUIET_S:
        if now - began > PATIENCE_S:
            raise RuntimeError("the page never came to rest")
        painted.now = False
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        busy = Counting.under_way > 0
        if busy:
            came = opened = time.perf_counter()
        elif painted.now and time.perf_counter() - came < PAINTED_S:
            opened = time.perf_counter()
        time.sleep(0.0005)
    application.removeEventFilter(painted)
    return opened


def opened(window, home: str) -> dict[str, float]:
    """Open each page for the first time in this window, each from the page that it began with."""
    times = {}
    for entry in PAGES:
        if entry.key == home:
            continue
        began = time.perf_counter()
        window.open_page(entry.key)
        times[entry.key] = settle(window, began) - began
        window.open_page(home)
        settle(window, time.perf_counter())
    return times


def main(folder: Path, settings_path: Path) -> None:
    background._pool = Counting(3)
    settings = SettingsFile(settings_path)
    store = Store(folder, folder / "keys")
    bay = Bay(store, settings.values.bay_settings())
    session = Session()
    people = People(store, session, cost=demo_people.COST)
    office = Office(session, people, AuditBook(store), store, settings.values.shop_rules)
    application = make_application(["cartech-desk"])
    desk = DeskParts(bay, office, store, settings, folder)
    appearance = dress(application, desk)
    rounds = []
    for number in range(2 * (1 + ROUNDS)):
        window = make_window(desk, appearance)
        window.resize(1600, 900)
        window.start()
        people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD)
        home = HOMES[number % 2]
        window.open_page(home)
        settle(window, time.perf_counter())
        rounds.append(opened(window, home))
        # The next window begins with the other one, so that each page is opened from elsewhere.
        window.open_page(HOMES[1 - number % 2])
        settle(window, time.perf_counter())
        window.close()
        settle(window, time.perf_counter())
    measured = rounds[2:]
    times = {
        entry.key: min(each[entry.key] for each in measured if entry.key in each) for entry in PAGES
    }
    sys.stdout.write(json.dumps(times) + "\n")
    sys.stdout.flush()
    os._exit(0)  # nothing is to be kept


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
