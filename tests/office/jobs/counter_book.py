"""An office at work: its clock, its cars, its parts, and lines as people put them in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind, StockMove
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.jobs import Jobs
from cartech_desk.office.papers import Papers
from cartech_desk.store.stock import put_move
from cartech_desk.store.store import Store

MANAGER = Actor("m-1", "Mona Manager", Role.MANAGER)
TECHNICIAN = Actor("t-1", "Tom Technician", Role.TECHNICIAN)
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def eur(cents: int) -> Money:
    return Money(cents, "EUR")


@dataclass
class Counter:
    """The office of a test, whose clock goes on by a minute with each act."""

    store: Store
    rules: ShopRules = field(
        default_factory=lambda: ShopRules(
            zone="Europe/Berlin", tax_bp=1900, labour_rate_minor=9500, tax_word="VAT"
        )
    )
    now: datetime = BEGIN

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.store, lambda: self.rules, wall=self.wall)
        self.papers = Papers(self.store, lambda: self.rules, wall=self.wall)

    def wall(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def car(self, name: str = "Blue Golf") -> str:
        return self.store.vehicles.by_name(name).id

    def open(self, *lines: JobLine, **facts: object) -> Job:
        given: dict[str, object] = {"vehicle_id": self.car(), "title": "Service"} | facts
        return self.jobs.open(Job(lines=lines, **given), TECHNICIAN, asked=True)

    def done(self, *lines: JobLine, **facts: object) -> Job:
        job = self.open(*lines, **facts)
        return self.jobs.set_status(job.id, JobStatus.DONE, TECHNICIAN)

    def part(self, sku: str, on_hand: int, *, price: int = 4000, cost: int = 2500) -> str:
        with self.store._desk.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO part (id, sku, sku_key, name, name_key, cost, price, currency) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'EUR')",
                (sku, sku, sku.lower(), f"Part {sku}", sku.lower(), cost, price),
            )
            if on_hand:
                at = BEGIN - timedelta(days=1)
                move = StockMove(sku, MoveKind.RECEIPT, Decimal(on_hand), at)
                put_move(connection, move, MANAGER)
        return sku

    def resource(self, key: str, kind: str = "bay") -> str:
        with self.store._desk.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO resource (id, kind, name) VALUES (?, ?, ?)", (key, kind, key)
            )
        return key

    def customer(self, key: str) -> str:
        with self.store._desk.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO customer (id, number, name, name_key, created) "
                "SELECT ?, 1 + count(*), ?, ?, '2026-01-01' FROM customer",
                (key, key, key.lower()),
            )
        return key

    def on_hand(self, part_id: str) -> int:
        with self.store._desk.read() as connection:
            milli = connection.exec_driver_sql(
                "SELECT on_hand_milli FROM part WHERE id = ?", (part_id,)
            ).scalar_one()
        return int(milli) // 1000

    def row(self, job_id: str, columns: str) -> tuple:
        with self.store._desk.read() as connection:
            found = connection.exec_driver_sql(
                f"SELECT {columns} FROM job WHERE id = ?",  # noqa: S608 - words of the test
                (job_id,),
            ).one()
        return tuple(found)

    def actions(self) -> list[str]:
        import json

        with self.store._desk.read() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM audit ORDER BY sequence").fetchall()
        return [json.loads(body)["action"] for (body,) in rows]


def work(cents: int = 10000, hours: str = "1", **facts: object) -> JobLine:
    given: dict[str, object] = {"words": "Work", "unit": "h", "tax_bp": 1900} | facts
    return JobLine(quantity=Decimal(hours), unit_price=eur(cents), **given)


def fitted(part_id: str, pieces: int = 1, cents: int = 4000, **facts: object) -> JobLine:
    return JobLine(
        kind=LineKind.PART,
        words=f"Part {part_id}",
        quantity=Decimal(pieces),
        unit="pc",
        unit_price=eur(cents),
        tax_bp=1900,
        part_id=part_id,
        **facts,
    )
