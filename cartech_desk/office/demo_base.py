"""What the demo's shop has from its first day: bays, services, parts, people and their cars."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import MoveKind, Part, StockMove
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.domain.vin import check_digit
from cartech_desk.office.demo_names import Names, names
from cartech_desk.store.shop_rows import ShopRows

CURRENCY: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the year has to know of the desk that it is made for.

    `technician` and `manager` are (id, name) of people of the shop; on the public holidays of
    `holidays_of` (as in ShopRules) nobody works.
    """

    zone: str
    technician: tuple[str, str]
    manager: tuple[str, str]
    vehicles: int
    holidays_of: str = ""


@dataclass(slots=True)
class Shelf:
    """A part as the year goes on."""

    part: Part
    on_hand: Decimal
    quantity: Decimal
    lead_days: int
    due: datetime | None = None


@dataclass(slots=True)
class Base:
    """The shop on its first day; `tuned` are the ids of cars that come to the dyno."""

    desk: Desk
    rng: random.Random
    today: int
    """The year in which it is made."""
    names: Names = field(default_factory=names)
    rows: ShopRows = field(default_factory=ShopRows)
    bays: list[Resource] = field(default_factory=list)
    hands: list[Resource] = field(default_factory=list)
    services: dict[str, Service] = field(default_factory=dict)
    shelves: dict[str, Shelf] = field(default_factory=dict)
    tuned: list[str] = field(default_factory=list)

    def key(self, at: datetime) -> str:
        """Return a new id."""
        return key_at(self.rng, at)

    def move(
        self, part: Part, kind: MoveKind, quantity: Decimal, at: datetime, reason: str
    ) -> StockMove:
        """Return a move of the manager's."""
        by = self.desk.manager[1]
        return StockMove(part.id, kind, quantity, at, reason, part.cost, by=by, id=self.key(at))

    def found(self, at: datetime) -> None:
        """Make it."""
        base = self.rows
        self.bays = [
            Resource(self.key(at), ResourceKind.BAY, name, "", place)
            for place, name in enumerate(("Bay 1, lift", "Bay 2, dyno"), 1)
        ]
        self.hands = [
            Resource(self.key(at), ResourceKind.TECHNICIAN, name, person, place)
            for place, (person, name) in enumerate(
                (self.desk.technician, ("", self.names.second)), 3
            )
        ]
        base.resources += [*self.bays, *self.hands]
        for one in self.names.services:
            service = Service(
                self.key(at), one.code, one.name, one.category, one.minutes, money(one.price)
            )
            self.services[one.code] = service
            base.services.append(service)
        suppliers = [
            Supplier(self.key(at), name, email=mail, phone=phone, lead_days=days)
            for name, mail, phone, days in self.names.suppliers
        ]
        base.suppliers += suppliers
        for number, stocked in enumerate(self.names.parts):
            supplier = suppliers[stocked.supplier]
            part = Part(
                id=self.key(at),
                sku=stocked.sku,
                name=stocked.name,
                category=stocked.category,
                maker=stocked.maker,
                barcodes=(_ean(f"40012345{number:04}"),),
                supplier_id=supplier.id,
                supplier_sku=f"{stocked.maker[:3].upper()}-{1000 + 37 * number}",
                cost=money(stocked.cost),
                price=money(stocked.price),
                unit=stocked.unit,
                location=stocked.place,
                warning_level=_maybe(stocked.warning),
                reorder_level=_maybe(stocked.reorder),
                reorder_quantity=Decimal(stocked.quantity),
            )
            base.parts.append(part)
            opening = Decimal(stocked.opening)
            self.shelves[part.sku] = Shelf(
                part, opening, Decimal(stocked.quantity), supplier.lead_days or 1
            )
            if opening:
                base.moves.append(self.move(part, MoveKind.RECEIPT, opening, at, "First stock"))
        self._people_and_cars(at)

    def _people_and_cars(self, at: datetime) -> None:
        base, rng = self.rows, self.rng
        pairs = [(first, last) for last in self.names.last for first in self.names.first]
        rng.shuffle(pairs)
        cars = self.desk.vehicles
        owners = []
        for number in range(1, cars * 3 // 4 + 1):
            first, last = pairs[number]
            postcode, city = rng.choice(self.names.cities)
            place = number - 1
            company = self.names.companies[place] if place < len(self.names.companies) else ""
            owners.append(
                Customer(
                    id=self.key(at),
                    number=number,
                    name=f"{first} {last}",
                    company=company,
                    email=f"{first}.{last}@mail.example".lower(),
                    phone=_phone(number),
                    street=f"{rng.choice(self.names.streets)} {rng.randrange(1, 120)}",
                    postcode=postcode,
                    city=city,
                    country="DE",
                    created=at + timedelta(minutes=number),
                )
            )
        base.customers += owners
        plates: set[str] = set()
        for number in range(cars):
            model = self.names.models[number % len(self.names.models)]
            year = rng.randint(*model.years)
            owner = owners[number] if number < len(owners) else rng.choice(owners)
            plate = ""
            while not plate or plate in plates:
                letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(2))
                plate = f"{rng.choice(('HH', 'LG', 'SE'))}-{letters} {rng.randrange(100, 9999)}"
            plates.add(plate)
            key = self.key(at)
            base.vehicles.append(
                VehicleRecord(
                    id=key,
                    vin=_vin(rng, model.wmi, year),
                    name=f"{model.make} {model.model}",
                    make=model.make,
                    model=model.model,
                    year=year,
                    engine=model.engine,
                    fuel=model.fuel,
                    odometer_km=(self.today - year + 1) * rng.randrange(8_000, 19_000),
                    odometer_read=at,
                    plate=plate,
                    colour=rng.choice(self.names.colours),
                    owner_id=owner.id,
                    created=at + timedelta(minutes=60 + number),
                )
            )
            if model.tuned:
                self.tuned.append(key)


def key_at(rng: random.Random, at: datetime) -> str:
    """Return an id as those of its time look (RFC 9562, UUIDv7)."""
    value = (int(at.timestamp() * 1000) << 80) | rng.getrandbits(80)
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (2 << 62)
    return str(UUID(int=value))


def money(cents: int) -> Money:
    """Return a price in the demo's currency."""
    return Money(cents, CURRENCY)


def _phone(number: int) -> str:
    """Return a number that nobody has (Bundesnetzagentur, notice 148/2021: for films and books).

    A hundred of each mobile range, then those of Hamburg; the first hundred of them are suppliers'.
    """
    if number < 100:
        return f"0171 39200{number:02}"
    return f"0176 040690{number - 100:02}" if number < 200 else f"040 66969 {number % 600 + 400:03}"


def _maybe(level: int | None) -> Decimal | None:
    return None if level is None else Decimal(level)


def _ean(twelve: str) -> str:
    """Return an EAN-13 with its check digit (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def _vin(rng: random.Random, wmi: str, year: int) -> str:
    """Return a VIN of this maker and year with its check digit."""
    codes = "ABCDEFGHJKLMNPRSTVWXY123456789"
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    middle = "".join(rng.choice(letters) for _ in range(5))
    plain = f"{wmi}{middle}0{codes[(year - 1980) % 30]}{rng.choice('ABC')}{rng.randrange(10**6):06}"
    return f"{plain[:8]}{check_digit(plain)}{plain[9:]}"
