"""A shop with an administrator, and clocks that a test turns."""

from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.parts import Parts
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

from .calendar_desk import CalendarDesk

COST = 4
ADA = ("ada@shop.example", "four loud turbos hum")
TOM = ("tom@shop.example", "six quiet lathes spin")
WRONG = "nine wrong words here"


class Clocks:
    """The wall clock, which may be set, and the monotonic one, which may not."""

    def __init__(self):
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.ns = 5_000_000_000

    def wall(self):
        return self.now

    def clock(self):
        return self.ns

    def go_on(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.ns += round(seconds * 1e9)

    def set_wall(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def people(store, session, clocks):
    """Nobody yet."""
    return People(store, session, cost=COST, wall=clocks.wall, clock=clocks.clock)


@pytest.fixture
def ada(people):
    """The first administrator, at the desk."""
    return people.found(
        shop="Blue Dyno",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email=ADA[0],
        password=ADA[1],
    )


@pytest.fixture
def tom(people, ada):
    """A technician."""
    return people.add(
        ada.actor,
        name="Tom Technician",
        email=TOM[0],
        certification="L3",
        password=TOM[1],
        role=people.list()[0].role.TECHNICIAN,
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    made = CalendarDesk(tmp_path_factory.mktemp("calendar"))
    yield made
    made.store.close()


@pytest.fixture
def desk(opened):
    """The calendar and the outbox, with nothing in them."""
    opened.clear()
    return opened


@pytest.fixture
def booked(desk):
    """An appointment that is confirmed by a letter."""
    return desk.book(1, customer_id=desk.customer(), services=desk.agreed(), confirm=True)


@pytest.fixture
def far(desk):
    """One that is weeks ahead."""
    return desk.book(24 * 21, customer_id=desk.customer(), services=desk.agreed(), confirm=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """What a module's tests of parts write into, each with numbers of its own."""
    made = Store(tmp_path_factory.mktemp("shop") / "desk")
    yield made
    made.close()


@pytest.fixture
def parts(shop):
    return Parts(shop, ShopRules)


@pytest.fixture
def records(store):
    """What the audit log holds, the oldest first: (action, actor's name, body)."""
    import json

    def read():
        with store._desk.read() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM audit ORDER BY sequence").fetchall()
        bodies = [json.loads(body) for (body,) in rows]
        return [(body["action"], body["actor"]["name"], body) for body in bodies]

    return read
