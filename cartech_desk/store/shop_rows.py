"""A whole shop, as it is written at once: everything in it has its id."""

from dataclasses import dataclass, field
from datetime import datetime

from cartech_desk.domain.appointments.booking import Appointment, Resource, Service
from cartech_desk.domain.jobs.job import IssuedDocument, Job, JobStatus, Payment
from cartech_desk.domain.parts.part import Part, StockMove
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.vehicles.record import Customer, Modification, VehicleRecord
from cartech_desk.store.dyno_words import DynoRun, DynoSession


@dataclass(frozen=True, slots=True)
class WrittenPaper:
    """A paper with the series that its number is of, and which of it it is."""

    paper: IssuedDocument
    series: str
    sequence: int


@dataclass(frozen=True, slots=True)
class WrittenJob:
    """A job with what became of it: `steps` are its states with when, who and why.

    `appointment_id` and all other ids are those of the same shop; `recognised` is when it was done
    and paid in full, None where it is not.
    """

    job: Job
    steps: tuple[tuple[JobStatus, datetime, str], ...] = ()
    papers: tuple[WrittenPaper, ...] = ()
    payments: tuple[Payment, ...] = ()
    recognised: datetime | None = None


@dataclass(slots=True)
class ShopRows:
    """What is to be written; everything has its id. Moves come in the order of time."""

    customers: list[Customer] = field(default_factory=list)
    vehicles: list[VehicleRecord] = field(default_factory=list)
    modifications: list[Modification] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    jobs: list[WrittenJob] = field(default_factory=list)
    sessions: list[DynoSession] = field(default_factory=list)
    runs: list[DynoRun] = field(default_factory=list)
    named_customers: list[Customer] = field(default_factory=list)
    named_vehicles: list[VehicleRecord] = field(default_factory=list)
    """Those that are kept already and that search names beside what is written."""
