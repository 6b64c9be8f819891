"""A shop of ten years: 20,000 vehicles, 100,000 jobs, 500,000 stock moves, 50,000 runs.

`make(folder)` writes it through the same bulk writer as the demo's shop, some minutes long; the
same numbers come out each time. `scale` makes a smaller one of the same shape.
"""

import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    Booked,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.dyno.view import Conditions
from cartech_desk.domain.jobs.job import (
    DocumentKind,
    IssuedDocument,
    Job,
    JobLine,
    JobStatus,
    LineKind,
    Payment,
)
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import DESK, Actor
from cartech_desk.domain.vehicles.record import (
    Customer,
    Modification,
    ModificationType,
    VehicleRecord,
)
from cartech_desk.domain.vin import check_digit
from cartech_desk.office import demo_people
from cartech_desk.office.demo_base import key_at
from cartech_desk.office.demo_names import names
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.dyno_words import DynoRun, DynoSession, RunEnding, RunSummary
from cartech_desk.store.shop_bulk import put
from cartech_desk.store.shop_rows import ShopRows, WrittenJob, WrittenPaper
from cartech_desk.store.store import Store

VEHICLES: Final = 20_000
CUSTOMERS: Final = 15_000
JOBS: Final = 100_000
MOVES: Final = 500_000
RUNS: Final = 50_000
PARTS: Final = 2_000
BAYS: Final = 10
LINES: Final = 3
"""Parts in each job."""
RUNS_OF_A_SESSION: Final = 5
LAST: Final = datetime(2026, 6, 30, 16, tzinfo=UTC)
YEARS: Final = 10

_HOURS: Final = (7, 9, 12, 14)
"""When visits begin, UTC; each takes at most two hours."""
_CHUNK: Final = 10_000
_LONG: Final = (
    *("job", "job_line", "job_history", "issued", "payment", "stock_move", "appointment"),
    *("dyno_session", "dyno_run", "odometer"),
)
_ONE: Final = Decimal(1)


class Shop:
    """The shop while it is being made."""

    def __init__(self, store: Store, scale: float) -> None:
        self.store = store
        self.rng = random.Random(10)  # noqa: S311 - no secret
        self.scale = scale
        self.names = names()
        self.first = LAST - timedelta(days=365 * YEARS)
        self.customers: list[Customer] = []
        self.vehicles: list[VehicleRecord] = []
        self.parts: list[Part] = []
        self.services: list[Service] = []
        self.bays: list[Resource] = []
        self.hands: list[Resource] = []

    def many(self, number: int) -> int:
        return max(1, round(number * self.scale))

    def key(self, at: datetime) -> str:
        return key_at(self.rng, at)

    def write(self, rows: ShopRows, what: str) -> None:
        rows.named_customers, rows.named_vehicles = self.customers, self.vehicles
        with self.store.audit.act(DESK) as act:
            put(act.connection, rows, DESK)
            act.record(Entry("demo.fill", Entity("demo", what, what)))
        sys.stderr.write(".")
        sys.stderr.flush()


def make(folder: Path, scale: float = 1.0) -> None:
    """Write the shop into a new folder."""
    store = Store(folder, folder / "keys")
    try:
        demo_people.open_demo(People(store, Session(), cost=demo_people.COST))
        with _indexes_last(folder / "desk.db"):
            shop = Shop(store, scale)
            _base(shop)
            _stock(shop)
            _jobs(shop)
            _runs(shop)
    finally:
        store.close()
    sys.stderr.write("\n")


@contextmanager
def _indexes_last(file: Path) -> Iterator[None]:
    """Make the indexes of the long tables once the rows are there: sorted, not row by row."""
    with closing(sqlite3.connect(file)) as driver:
        marks = ", ".join("?" * len(_LONG))
        indexes = driver.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({marks}) "  # noqa: S608 - marks
            "AND sql NOT LIKE 'CREATE UNIQUE%'",
            _LONG,
        ).fetchall()
        for name, _made in indexes:
            driver.execute(f"DROP INDEX {name}")
        driver.commit()
    yield
    with closing(sqlite3.connect(file)) as driver:
        driver.execute("PRAGMA cache_size = -200000")
        for _name, made in indexes:
            driver.execute(made)
            driver.commit()
            sys.stderr.write(".")


def _base(shop: Shop) -> None:
    rng, at, known = shop.rng, shop.first, shop.names
    for number in range(1, shop.many(CUSTOMERS) + 1):
        first, last = rng.choice(known.first), rng.choice(known.last)
        shop.customers.append(
            Customer(
                id=shop.key(at),
                number=number,
                name=f"{first} {last}",
                email=f"{first}.{last}.{number}@mail.example".lower(),
                phone=f"0151 {rng.randrange(10**6, 10**7)}",
                street=f"{rng.choice(known.streets)} {rng.randrange(1, 200)}",
                postcode=known.cities[0][0],
                city=known.cities[0][1],
                country="DE",
                created=at + timedelta(minutes=number),
            )
        )
    for number in range(shop.many(VEHICLES)):
        model = rng.choice(known.models)
        plate = f"HH-{chr(65 + number % 26)}{chr(65 + number // 26 % 26)} {number % 9999 + 1}"
        owner = shop.customers[number % len(shop.customers)]
        shop.vehicles.append(
            VehicleRecord(
                id=shop.key(at),
                vin=_vin(model.wmi, number),
                name=f"{model.make} {model.model}",
                make=model.make,
                model=model.model,
                year=rng.randint(*model.years),
                engine=model.engine,
                fuel=model.fuel,
                odometer_km=rng.randrange(5_000, 250_000),
                odometer_read=at + timedelta(days=rng.randrange(365 * YEARS)),
                plate=plate,
                owner_id=owner.id,
                owner=owner.name,
                created=at + timedelta(minutes=number),
            )
        )
    shop.services = [
        Service(shop.key(at), one.code, one.name, one.category, one.minutes, _euro(one.price))
        for one in known.services
    ]
    shop.bays = [
        Resource(shop.key(at), ResourceKind.BAY, f"Bay {place}", place=place)
        for place in range(1, BAYS + 1)
    ]
    shop.hands = [
        Resource(shop.key(at), ResourceKind.TECHNICIAN, f"Technician {place}", place=BAYS + place)
        for place in range(1, BAYS + 1)
    ]
    suppliers = [
        Supplier(shop.key(at), f"Supplier {number}", lead_days=2) for number in range(1, 21)
    ]
    shop.parts = [
        Part(
            id=shop.key(at),
            sku=f"{stocked.sku}-{number:04}",
            name=f"{stocked.name} {number:04}",
            category=stocked.category,
            maker=stocked.maker,
            barcodes=(f"{4_000_000_000_000 + number}",),
            supplier_id=suppliers[number % len(suppliers)].id,
            cost=_euro(stocked.cost),
            price=_euro(stocked.price),
            location=f"{stocked.place}-{number % 40}",
            warning_level=Decimal(5),
            reorder_level=Decimal(8),
            reorder_quantity=Decimal(20),
        )
        for number, stocked in (
            (number, known.parts[number % len(known.parts)]) for number in range(shop.many(PARTS))
        )
    ]
    shop.write(
        ShopRows(
            customers=shop.customers,
            vehicles=shop.vehicles,
            services=shop.services,
            resources=[*shop.bays, *shop.hands],
            suppliers=suppliers,
            parts=shop.parts,
        ),
        "base",
    )
    kinds = list(ModificationType)
    shop.write(
        ShopRows(
            modifications=[
                Modification(
                    id=shop.key(at),
                    vehicle_id=car.id,
                    type=rng.choice(kinds),
                    brand="Forge",
                    model="Kit",
                    fitted=date(2018, 1, 1) + timedelta(days=rng.randrange(2_000)),
                    price=_euro(50_000),
                    created=at,
                )
                for car in shop.vehicles
            ]
        ),
        "modifications",
    )


def _stock(shop: Shop) -> None:
    """Receive what the jobs will take, and more: all moves that no job makes."""
    issues = shop.many(JOBS) * LINES
    receipts = shop.many(MOVES) - issues
    each = Decimal(-(-issues // max(1, receipts)) + 1)
    moves = []
    for number in range(receipts):
        at = shop.first + timedelta(seconds=number)
        moves.append(
            StockMove(
                shop.parts[number % len(shop.parts)].id,
                MoveKind.RECEIPT,
                each,
                at,
                "Delivery",
                id=shop.key(at),
            )
        )
        if len(moves) == 5 * _CHUNK:
            shop.write(ShopRows(moves=moves), "receipts")
            moves = []
    shop.write(ShopRows(moves=moves), "receipts")


def _slots(shop: Shop) -> Iterator[tuple[datetime, Resource, Resource]]:
    """Return when, where and with whom each job is done, in the order of time."""
    days = [
        day
        for day in (shop.first.date() + timedelta(days=n) for n in range(365 * YEARS))
        if day.weekday() < 5
    ]
    wanted, made = shop.many(JOBS), 0
    for number, day in enumerate(days):
        today = wanted * (number + 1) // len(days) - made
        made += today
        slots = [(hour, place) for hour in _HOURS for place in range(BAYS)]
        for hour, place in slots[: max(0, today)]:
            at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            yield at, shop.bays[place], shop.hands[place]
        made -= max(0, today - len(slots))


def _jobs(shop: Shop) -> None:
    rows = ShopRows()
    for number, (at, bay, hand) in enumerate(_slots(shop), 1):
        _one_job(shop, rows, number, at, (bay, hand))
        if len(rows.jobs) == _CHUNK:
            shop.write(rows, "jobs")
            rows = ShopRows()
    shop.write(rows, "jobs")


def _one_job(
    shop: Shop, rows: ShopRows, number: int, at: datetime, where: tuple[Resource, Resource]
) -> None:
    rng, (bay, hand) = shop.rng, where
    service, car = rng.choice(shop.services), rng.choice(shop.vehicles)
    ends = at + timedelta(minutes=min(service.minutes, 120))
    job_id, appointment_id = shop.key(at), shop.key(at - timedelta(days=3))
    lines = [
        JobLine(
            id=shop.key(at),
            words=service.name,
            unit_price=service.price,
            tax_bp=1900,
            service_id=service.id,
            technician_id=hand.id,
            minutes=service.minutes,
        )
    ]
    for step in range(LINES):
        part = shop.parts[(number * LINES + step) % len(shop.parts)]
        line = JobLine(
            id=shop.key(at),
            kind=LineKind.PART,
            words=part.name,
            quantity=_ONE,
            unit="pc",
            unit_price=part.price,
            unit_cost=part.cost,
            tax_bp=1900,
            part_id=part.id,
        )
        lines.append(line)
        rows.moves.append(
            StockMove(
                part.id,
                MoveKind.ISSUE,
                -_ONE,
                at,
                f"Job {1000 + number}",
                part.cost,
                job_id=job_id,
                job_line_id=line.id,
                id=shop.key(at),
            )
        )
    unpaid = number % 50 == 0
    paid_at = ends + timedelta(minutes=20)
    job = Job(
        id=job_id,
        number=1000 + number,
        vehicle_id=car.id,
        customer_id=car.owner_id,
        appointment_id=appointment_id,
        title=service.name,
        complaint="Comes for its yearly service, pulls to the left when braking",
        status=JobStatus.DONE if unpaid else JobStatus.PAID,
        bay_id=bay.id,
        technician_id=hand.id,
        opened=at,
        done=ends,
        lines=tuple(lines),
        recognised_day=None if unpaid else paid_at.date(),
    )
    sums = totals(job.lines, "EUR")
    paper = IssuedDocument(
        id=shop.key(ends),
        kind=DocumentKind.INVOICE,
        number=f"{number:04}",
        job_id=job_id,
        issued=ends,
        issued_day=ends.date(),
        due_day=ends.date() + timedelta(days=14),
        net=sums.net,
        tax=sums.tax,
        gross=sums.gross,
        body={"number": f"{number:04}"},
    )
    payment = Payment(
        shop.key(paid_at), job_id, sums.gross, "card", paid_at, "", invoice_id=paper.id
    )
    steps = [(JobStatus.ARRIVED, at, ""), (JobStatus.DONE, ends, "")]
    if not unpaid:
        steps.append((JobStatus.PAID, paid_at, ""))
    rows.jobs.append(
        WrittenJob(
            job,
            tuple(steps),
            (WrittenPaper(paper, "invoice:", number),),
            () if unpaid else (payment,),
            None if unpaid else paid_at,
        )
    )
    rows.appointments.append(
        Appointment(
            id=appointment_id,
            customer_id=car.owner_id,
            vehicle_id=car.id,
            job_id=job_id,
            starts=at,
            ends=ends,
            bay_id=bay.id,
            technician_id=hand.id,
            buffer_after_min=0,
            status=AppointmentStatus.DONE,
            services=(Booked(service.id, service.name, service.minutes, service.price),),
        )
    )


def _runs(shop: Shop) -> None:
    """Write runs whose samples are gone: lists and histories go by what is kept beside them."""
    rng = shop.rng
    setup = RunSetup(
        roles={Role.SPEED: "dyno_speed", Role.RPM: "dyno_rpm", Role.FORCE: "dyno_force"},
        gear="4",
        turbo=True,
        conditions=Conditions(20.0, 100.5, 50.0, "typed"),
    )
    by = Actor("", "Technician 1")
    tuned = shop.vehicles[: max(1, len(shop.vehicles) // 5)]
    rows = ShopRows()
    sessions = shop.many(RUNS) // RUNS_OF_A_SESSION
    for number in range(sessions):
        car = tuned[number % len(tuned)]
        at = shop.first + timedelta(days=365 * YEARS * number / sessions)
        session = DynoSession(
            id=shop.key(at),
            vehicle_id=car.id,
            vehicle_name=car.name,
            operator=by,
            started=at,
            ended=at + timedelta(hours=1),
            test_type=TestType.POWER_PULL,
            setup=setup,
            fuel="petrol",
        )
        rows.sessions.append(session)
        for step in range(1, RUNS_OF_A_SESSION + 1):
            kw = rng.uniform(90.0, 320.0)
            rows.runs.append(
                DynoRun(
                    id=shop.key(at),
                    session=session.id,
                    number=step,
                    name=f"Run {step}",
                    recording_id=shop.key(at),
                    first_ns=0,
                    last_ns=12_000_000_000,
                    started=at + timedelta(minutes=5 * step),
                    ending=RunEnding.STOPPED,
                    tier=Tier.DOCUMENTED,
                    setup=setup,
                    summary=RunSummary(kw, 5800.0, kw * 1.9, 3900.0, (), setup.conditions),
                    samples_sha256="0" * 64,
                )
            )
        if len(rows.sessions) == 2_000:
            shop.write(rows, "runs")
            rows = ShopRows()
    shop.write(rows, "runs")


def _euro(cents: int) -> Money:
    return Money(cents, "EUR")


def _vin(wmi: str, number: int) -> str:
    plain = f"{wmi}ZZZ1K0HA{number:06}"
    return f"{plain[:8]}{check_digit(plain)}{plain[9:]}"


if __name__ == "__main__":
    make(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
