"""Names and words with letters beyond ASCII are found, whatever their case: SQLite knows none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cartech_desk.domain.appointments.booking import Appointment, Booked, Resource, Service
from cartech_desk.domain.appointments.letters import Letter
from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.order import OrderLine
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.record import Customer
from cartech_desk.office.jobs import Jobs
from cartech_desk.store.appointments import AppointmentQuery
from cartech_desk.store.customer_rows import insert_customer
from cartech_desk.store.errors import NotKept
from cartech_desk.store.jobs import JobQuery
from cartech_desk.store.like_words import is_called
from cartech_desk.store.mail import MailQuery
from cartech_desk.store.shop_bulk import put
from cartech_desk.store.shop_rows import ShopRows
from cartech_desk.store.store import Store

ADA = Actor("a", "Ada", Role.ADMINISTRATOR)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTHING = Money(0, "EUR")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("words")
    opened = Store(folder, folder / "keys")
    keep = opened.appointments
    keep.keep_resource(Resource(name="Öztürk"), ADA)
    for code, name in (("ÖL", "Ölwechsel"), ("B1", "Brakes"), ("B2", "Brakes")):
        keep.keep_service(Service(code=code, name=name, price=NOTHING), ADA)
    agreed = (Booked("s", "Ölwechsel", 60, NOTHING),)
    at = {"starts": NOON, "ends": NOON + timedelta(hours=1)}
    keep.book(Appointment(services=agreed, notes="Ärger", **at), ADA)
    opened.mail.add(Letter("m@shop.example", "Groß", "", "Özil"), "other", ADA)
    house = opened.parts.suppliers.keep(Supplier(name="Parts Ltd", contact="Frau Ökten"), by=ADA)
    part = opened.parts.add(Part(sku="X-1", name="Ölfilter"), Decimal(0), NOON, by=ADA)
    line = OrderLine(part_id=part.id, unit_cost=NOTHING)
    opened.parts.orders.draft(house.id, [line], "EUR", "für Ökten", NOON, by=ADA)
    with opened._desk.write() as connection:
        anna = Customer(name="Anna Meyer-Schmidt O'Brien", company="Ärztehaus")
        owner = insert_customer(connection, anna)
    car = opened.vehicles.by_name("Golf").id
    job = Job(vehicle_id=car, customer_id=owner.id, title="Service")
    Jobs(opened, ShopRules, wall=lambda: NOON).open(job, ADA)
    yield opened
    opened.close()


def every_case(*words: str) -> list[str]:
    return [one for word in words for one in (word, word.lower(), word.upper())]


@pytest.mark.parametrize("typed", every_case("Öztürk", "Özt"))
def test_a_technician_is_named(store: Store, typed: str) -> None:
    assert store.appointments.resource(typed).name == "Öztürk"


@pytest.mark.parametrize("typed", every_case("Ölwechsel", "ÖL"))
def test_a_service_is_named(store: Store, typed: str) -> None:
    assert store.jobs.service(typed).words == "Ölwechsel"


def test_one_of_two_services_of_a_name_is_no_guess(store: Store) -> None:
    assert store.jobs.service("b2").words == "Brakes"
    with pytest.raises(NotKept, match="Several services are called 'brakes'"):
        store.jobs.service("brakes")


@pytest.mark.parametrize("typed", every_case("Ölfilter"))
def test_a_part_is_named(store: Store, typed: str) -> None:
    assert store.parts.named(typed).sku == "X-1"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *((one, 1) for one in every_case("Ölwechsel", "Ärger")),
        *((one, 0) for one in ("price", "EUR", "tax_bp", "u00")),
    ],
)
def test_appointments_are_found_by_what_people_wrote(store: Store, typed: str, found: int) -> None:
    assert store.appointments.page(AppointmentQuery(typed))[1] == found


@pytest.mark.parametrize("typed", [*every_case("Özil", "öz"), "Groß", "groß"])
def test_letters_are_found(store: Store, typed: str) -> None:
    assert store.mail.page(MailQuery(typed))[1] == 1


@pytest.mark.parametrize("typed", every_case("Ökten"))
def test_suppliers_and_orders_are_found(store: Store, typed: str) -> None:
    assert store.parts.suppliers.list(typed)[1] == 1
    assert store.parts.orders.list(typed)[1] == 1


def test_a_supplier_of_a_shop_that_is_written_at_once_is_found(store: Store) -> None:
    with store._desk.write() as connection:
        put(connection, ShopRows(suppliers=[Supplier(id="s", name="Köhler")]), ADA)
    assert [store.parts.suppliers.list(one)[1] for one in every_case("Köhler")] == [1, 1, 1]
    assert store.parts.suppliers.named("KÖHLER").id == "s"


@pytest.mark.parametrize("typed", every_case("Meyer-Schmidt", "O'Brien", "Ärztehaus"))
def test_jobs_are_found_by_a_name_of_two_parts_and_by_a_company(store: Store, typed: str) -> None:
    assert store.jobs.list(JobQuery(search=typed))[1] == 1


@pytest.mark.parametrize(("name", "called"), [("50 % off", 1), ("50 _ off", 0), ("50 %", 0)])
def test_a_name_is_taken_letter_by_letter(store: Store, name: str, called: int) -> None:
    where, values = is_called("?", name)
    with store._desk.read() as connection:
        row = connection.exec_driver_sql(f"SELECT {where}", ("50 % OFF", *values)).one()
    assert row == (called,)


def test_what_is_far_too_long_names_nothing(store: Store) -> None:
    with pytest.raises(NotKept):
        store.appointments.resource("ö" * 100_000)
