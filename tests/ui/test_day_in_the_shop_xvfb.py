"""A day in the shop with the real program on a real X server, by clicks and keys.

Booked, arrived, connected, checked up, a pull, a part from the shelf, another pull, compared,
invoiced, paid. What came of each step is looked at from outside; each leaves a picture in the
folder that CARTECH_PICTURES names, else in that of the test.
"""

import signal
import time
from typing import NamedTuple

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.office import demo_people
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from cartech_desk.ui.models.offers import remember
from cartech_desk.ui.shell.meeting import question
from tests.ui.shop_day import (
    BARCODE,
    ON_SHELF,
    OtherEye,
    Screen,
    furnish,
    write_settings,
    zone_of_the_morning,
)
from tests.ui.x_screen import XVFB, middle, program, same_window, sign_in, wait_until, x_server

pytestmark = [*XVFB, pytest.mark.long]

CAR = "sim:rollers?script=dyno_short&faults=boost_leak"
PLATE, OWNER = "B LU 42", "Blue Owner"
NAME = f"Blue Hatch {PLATE}"


def set_up_shop(folder):
    """Found the shop with bays, people, a service and a part; the car was connected before."""
    (folder / "data").mkdir(parents=True)
    (folder / "screen").mkdir()
    zone, clock = zone_of_the_morning()
    write_settings(folder / "settings.toml", zone)
    store = Store(folder / "data", folder / "keys")
    session = Session()
    people = People(store, session, cost=demo_people.COST)
    demo_people.open_demo(people)
    manager = people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD).actor
    furnish(Office(session, people, None, store), manager)
    remember(store.layouts, CAR)
    store.close()
    return clock


class Places(NamedTuple):
    """Where the same window of the same size has what is pressed with the mouse."""

    eleven: tuple[int, int]
    """Eleven o'clock in the first bay of the calendar."""
    rollers: tuple[int, int]
    """The simulated dyno on the empty Dyno page."""
    answer: tuple[int, int]
    """Yes, where it is asked whether a car that is new here is the booked one."""


def places(qtbot, desk, size):
    furnish(desk.office)
    with same_window(qtbot, desk, size) as window:
        window.open_page("calendar")
        page = window.page
        qtbot.waitUntil(lambda: page.view is not None and not page.busy)
        at = page.grid.geometry_now
        place = QPoint(round(at.left(0) + at.column_width / 2), round(at.y(11 * 60)) + 2)
        place = page.grid.viewport().mapTo(window, place)
        window.open_page("dyno")
        page = window.page
        qtbot.waitUntil(lambda: page.pages.currentWidget() is page.empty)
        asked = window.toasts.offer(*question(NAME, lambda: None))
        qtbot.wait(200)
        return Places(
            (place.x(), place.y()),
            middle(page.empty.simulated, window),
            middle(asked.button, window),
        )


class Day:
    """The steps of the day, each with what came of it."""

    def __init__(self, screen, eye):
        self.screen, self.eye = screen, eye

    # At the counter

    def book(self, place):
        """Book with the calendar: a new customer and a new vehicle, a service, a bay."""
        screen = self.screen
        screen.key("alt+6")

        def asked():
            screen.click(place, times=2)
            time.sleep(0.5)
            return screen.named("Book an appointment")

        wait_until("the form of a booking", asked)
        screen.into("Book an appointment")
        screen.key("Tab", "Tab")
        screen.type(OWNER)
        screen.key("Tab", "space")
        screen.into("New customer")
        screen.key("Tab", "Tab")
        screen.type("030 1234567")
        screen.key("Return")
        screen.back("New customer", "Book an appointment")
        screen.key("shift+Tab", "shift+Tab", "shift+Tab")
        screen.type(PLATE)
        screen.key("Tab", "space")
        screen.into("New vehicle")
        screen.key("Tab")
        screen.type("Blue\tHatch\t2019")
        screen.key("Return")
        screen.back("New vehicle", "Book an appointment")
        screen.key("Tab", "Tab", "Tab", "space")
        screen.picture("book")
        screen.key("Return")
        screen.back("Book an appointment")
        (booked,) = self.eye.command("appointments", "list")["appointments"]
        assert (booked["status"], booked["vehicle"]) == ("booked", f"Blue Hatch, {PLATE}")
        assert [one["name"] for one in booked["services"]] == ["Dyno session"]
        screen.picture("booked")

    def arrive(self):
        """The car is here: its appointment becomes a job, which goes into the bay."""
        screen, eye = self.screen, self.eye
        status = "SELECT status FROM appointment"
        screen.press_until("the arrival", lambda: eye.one(status) == "arrived", "a")
        screen.press_until("the job", lambda: eye.one("SELECT count(*) FROM job"), "j")
        screen.picture("job")
        status = "SELECT status FROM job"
        screen.press_until("the job in the bay", lambda: eye.one(status) == "in_bay", "n")
        assert eye.rows("SELECT words FROM job_line") == [("Dyno session",)]
        assert eye.one("SELECT status FROM appointment") == "in_bay"

    @property
    def job(self):
        """The job as the command tells it."""
        return self.eye.command("jobs", "show", "last")["job"]

    # In the bay

    def connect(self, answer, vin):
        """Its car is at hand, and connected: the booked one knows its VIN then."""
        screen = self.screen
        screen.press_until("the vehicle at hand", lambda: PLATE in screen.title, "h")
        screen.key("F3")

        def connected():
            # The adapters are listed a moment after the page: Enter before presses nothing.
            if "connect" not in screen.title:
                screen.key("Return")
                time.sleep(0.3)
            return " · connected" in screen.title

        wait_until("the connection", connected)
        wait_until("the car that was met", lambda: vin in screen.title)
        screen.picture("is_it_the_booked_one")
        screen.click(answer)
        wait_until("the booked one at hand", lambda: PLATE in screen.title)
        screen.picture("connected")
        (car,) = self.eye.command("vehicles", "list")["vehicles"]
        assert (car["plate"], car["vin"]) == (PLATE, vin)

    def check_up(self):
        """One press reads its faults; the check-up belongs to the job."""
        screen, eye = self.screen, self.eye
        screen.key("F8")
        screen.press_until(
            "the check-up", lambda: eye.one("SELECT codes FROM checkup"), "F5", pause=15
        )
        screen.picture("checkup")
        assert "P0299" in eye.one("SELECT codes FROM checkup")
        assert eye.rows("SELECT kind FROM job_record") == [("checkup",)]

    def pull(self, rollers, name):
        """Drive one run on the rollers; it belongs to the job."""
        screen, eye = self.screen, self.eye
        driven = "SELECT count(*) FROM dyno_run WHERE ending != 'open'"
        before = eye.one(driven)
        screen.key("F7")
        if not eye.one("SELECT count(*) FROM dyno_session"):

            def begun():
                screen.click(rollers)
                time.sleep(1.0)
                return eye.one("SELECT count(*) FROM dyno_session")

            wait_until("a session on the simulated dyno", begun)
        else:
            screen.key("F5")
        wait_until("the run", lambda: "recording" in screen.title)
        screen.picture(f"{name}_under_way")
        wait_until("its end", lambda: eye.one(driven) > before)
        screen.picture(name)
        screen.key("Escape")  # the next one begins by a key, not by itself

    # Parts

    def fit_a_part(self):
        """Scan a part onto the job; what was fitted is noted with what follows from it."""
        screen, eye = self.screen, self.eye
        screen.key("alt+5")
        time.sleep(0.5)  # the page is read; the scanner types wherever one is
        screen.type(BARCODE)
        screen.key("Return")
        screen.into("Add part")
        screen.picture("part_scanned")
        screen.key("Return")
        screen.back("Add part")
        (part,) = self.eye.command("parts", "list")["parts"]
        assert part["quantity"] == ON_SHELF - 1
        work, fitted = self.job["lines"]
        assert (work["words"], fitted["part_id"]) == ("Dyno session", part["id"])
        screen.picture("part_on_the_job")
        screen.into("Fitted to", "f")
        screen.picture("modification")
        screen.key("Return")
        screen.back("Fitted to")
        wait_until("the modification", lambda: eye.one("SELECT job_id FROM modification"))
        screen.picture("modification_noted")
        assert eye.one("SELECT type FROM modification") == "intercooler"

    def compare(self):
        """Lay the second run over the first."""
        screen, eye = self.screen, self.eye
        screen.key("b")
        screen.picture("compared")
        runs = [row[0] for row in eye.rows("SELECT id FROM dyno_run ORDER BY started")]
        assert len(runs) == 2
        recorded = eye.command("jobs", "show", "last")["records"]
        kept = {(one["kind"], one["id"]) for one in recorded}
        assert {("run", one) for one in runs} <= kept
        compared = eye.command("dyno", "compare", *runs)
        assert [one["run_id"] for one in compared["runs"]] == runs
        # The simulated car is the same one: what it gained lies within what can be told.
        assert abs(compared["average_power"]["gain_kW"]) < 5
        assert compared["gain"]["best"]["kW"] >= compared["gain"]["worst"]["kW"]

    # The money

    def bill(self):
        """Approved, done, invoiced with the first number, saved as PDF and paid."""
        screen, eye = self.screen, self.eye
        screen.key("alt+5")
        screen.into("Approval of job", "a")
        screen.key("Return")
        screen.back("Approval of job")
        status = "SELECT status FROM job"
        screen.press_until("the end of the work", lambda: eye.one(status) == "done", "n")
        screen.into("Invoice of job", "i")
        screen.picture("invoice_before")
        issued = "SELECT number FROM issued WHERE kind = 'invoice'"
        screen.press_until("the invoice", lambda: eye.one(issued), "Return")
        screen.picture("invoice")
        self.save_paper()
        screen.into("Payment · job", "m")
        screen.picture("payment")
        screen.key("Return")
        screen.back("Payment · job")
        assert eye.one(status) == "paid"
        screen.picture("paid")

    def save_paper(self):
        """Save the invoice as a file, and read it as its reader would."""
        screen, eye = self.screen, self.eye
        path = screen.folder / "invoice.pdf"
        screen.into("Save the paper", "ctrl+s")
        screen.key("ctrl+a")
        screen.type(path)
        screen.key("Return")
        wait_until("the file", path.exists)
        paper = screen.named("Invoice")
        screen.back("Save the paper", "Invoice")
        screen.key("Escape")
        assert paper
        screen.back("Invoice")
        words = "\n".join(page.extract_text() for page in PdfReader(path).pages)
        for said in (eye.one("SELECT number FROM issued"), OWNER, PLATE, "Intercooler", "Dyno"):
            assert said in words

    def earn(self):
        """The revenue of the day holds the job."""
        screen = self.screen
        screen.key("alt+8")
        screen.picture("revenue")
        earned = self.eye.command("revenue", "show", by=demo_people.MANAGER)
        assert (earned["total_revenue"], earned["total"]["jobs"]) == ("775.00", 1)
        assert earned["total"]["parts_margin"] == "185.00"
        assert earned["outstanding"] == "0.00"


def test_a_day_in_the_shop(qtbot, desk, tmp_path):
    folder = tmp_path / "shop"
    clock = set_up_shop(folder)
    vin = SimulatedCar(parse_options({}).car).vin
    with x_server(folder / "screen") as display, program(display, folder, TZ=clock) as process:
        screen = Screen(display, folder, folder / "screen")
        pressed = places(qtbot, desk, screen.size)
        sign_in(display, screen.window)
        day = Day(screen, OtherEye(folder))
        try:
            day.book(pressed.eleven)
            day.arrive()
            day.connect(pressed.answer, vin)
            day.check_up()
            day.pull(pressed.rollers, "first_pull")
            day.fit_a_part()
            day.pull(pressed.rollers, "second_pull")
            day.compare()
            day.bill()
            day.earn()
        except BaseException:
            screen.picture("failed")
            raise
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "errors.txt").read_text(encoding="utf-8")
