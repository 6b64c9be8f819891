"""A small shop for the tests of the counter's pages: two customers, two cars, a part, a job."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.store.recordings import Columns, Ending

BY = Actor("0192-m", "Mary Manager", Role.MANAGER)
GOLF_VIN = "WVWZZZ1KZAW000001"


@dataclass(frozen=True)
class Counter:
    """What the shop has."""

    owner: Customer
    golf: VehicleRecord
    miata: VehicleRecord
    bay: Resource
    part: Part
    job: Job


def eur(cents):
    return Money(cents, "EUR")


def open_counter(office, by=BY) -> Counter:
    """Enter it all through the office."""
    owner = office.customers.add(
        by, Customer(name="Red Owner", phone="0151 234567", email="red@owner.example", city="Bern")
    )
    golf = office.vehicles.add(
        by,
        VehicleRecord(
            vin=GOLF_VIN,
            name="Red Golf",
            make="Volkswagen",
            model="Golf GTI",
            year=2010,
            plate="WOB GT 1",
            owner_id=owner.id,
            odometer_km=84_200,
        ),
    )
    miata = office.vehicles.add(by, VehicleRecord(name="Track Miata", plate="MX 5"))
    bay = office.appointments.keep_resource(by, Resource(kind=ResourceKind.BAY, name="Bay 1"))
    office.appointments.keep_resource(by, Resource(kind=ResourceKind.TECHNICIAN, name="Tom"))
    office.appointments.keep_service(
        by, Service(code="DYNO", name="Dyno session", minutes=90, price=eur(18_000))
    )
    part = office.parts.add(
        Part(sku="OIL-5W30", name="Oil 5W-30", cost=eur(600), price=eur(1_190), unit="l"),
        by,
        on_hand=Decimal(20),
    )
    job = office.jobs.open(
        Job(vehicle_id=golf.id, title="Oil service", complaint="It ticks when it is cold."), by
    )
    line = JobLine(
        kind=LineKind.LABOUR, words="Oil change", quantity=Decimal("0.8"), unit_price=eur(9_000)
    )
    job = office.jobs.add_line(job.id, line, by)
    return Counter(owner, golf, miata, bay, part, job)


def record_drive(store, vehicle_id, note):
    """Record ten seconds of a vehicle."""
    anchor = monotonic_ns() - 20_000_000_000
    writer = store.recordings.begin(
        vehicle_id, (Channel("rpm", "Engine speed", "rpm", 0, 8000),), anchor_ns=anchor, note=note
    )
    t_ns = np.arange(0, 10_000_000_000, 100_000_000)
    writer.write({"rpm": Columns(anchor + t_ns, t_ns * 1.0, np.zeros(len(t_ns), np.uint8))}, [])
    return writer.close(Ending.STOPPED)
