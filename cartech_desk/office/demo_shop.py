"""The demo's shop: a year of a believable small workshop, made by a seeded generator.

Two bays, four people, sixty vehicles; the same seed and day make the same shop. It is written in
some thirty short transactions, so that nobody at the desk waits for it; one that was broken off
goes on where it ended.
"""

import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import DESK, Actor
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.office import demo_people
from cartech_desk.office.demo_month import put_month, put_rows
from cartech_desk.store.audit_reading import Query

if TYPE_CHECKING:
    from cartech_desk.office.demo_runs import Build
    from cartech_desk.office.demo_year import Year
    from cartech_desk.office.office import Office
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.folder_locks import Held
    from cartech_desk.store.shop_rows import ShopRows, WrittenJob
    from cartech_desk.store.store import Store

SEED: Final = 6
VEHICLES: Final = 60
SESSIONS_MOST: Final = 16
"""Sessions on the dyno: each is driven by the car's model, which takes its time."""

_ACTION: Final = "demo.fill"
_DONE: Final = "done"
_LOCK: Final = "demo.lock"
_PATIENCE_S: Final = 0.5
_DYNO: Final = ("Dyno session, three runs", "Calibration on the dyno")
_WISHES: Final = ("Any morning, brakes before the trip", "After 15:00, oil service")
_LITRES: Final = re.compile(r"\d\.\d")

Told = Callable[[str, float], None]
"""Hears what is being made, and which share of all is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How much was made."""

    customers: int = 0
    vehicles: int = 0
    appointments: int = 0
    jobs: int = 0
    invoices: int = 0
    parts: int = 0
    moves: int = 0
    sessions: int = 0
    """On the dyno, of two or three runs each."""


def is_filled(office: "Office") -> bool:
    """Tell whether the demo's shop was made here already. Errors: StoreError."""
    return _DONE in _parts_done(_store_of(office))


def fill(
    office: "Office",
    *,
    seed: int = SEED,
    vehicles: int = VEHICLES,
    sessions: int = SESSIONS_MOST,
    now: datetime | None = None,
    told: Told | None = None,
    stop: threading.Event | None = None,
) -> Filled:
    """Make the shop that ends on the day of `now`, once: where it is made already nothing happens.

    `stop`, once set, breaks it off: the next call goes on. A folder in which somebody has begun
    to keep customers of their own is left alone. Errors: StoreError.
    """
    alone = _alone(_store_of(office), stop)
    if alone is None:
        return Filled()
    try:
        return _fill(
            office,
            seed=seed,
            vehicles=vehicles,
            sessions=sessions,
            now=now,
            told=told,
            stop=stop,
        )
    finally:
        alone.release()


def _alone(store: "Store", stop: threading.Event | None) -> "Held | None":
    """Return the lock of whoever fills this folder, once others have left; None where to stop."""
    from cartech_desk.store.folder_locks import hold

    while stop is None or not stop.is_set():
        held = hold(store.folder / _LOCK, alone=True, patience_s=_PATIENCE_S)
        if held is not None:
            return held
    return None


def _fill(
    office: "Office",
    *,
    seed: int,
    vehicles: int,
    sessions: int,
    now: datetime | None,
    told: Told | None,
    stop: threading.Event | None,
) -> Filled:
    from cartech_desk.office.demo_base import Desk
    from cartech_desk.office.demo_year import made

    store = _store_of(office)
    done = _parts_done(store)
    if _DONE in done or (
        not done and store.customers.list("", limit=1, offset=0, sort="", descending=False)[1]
    ):
        return Filled()
    began = next(iter(done.values()), None) or (now or datetime.now(UTC)).isoformat()
    people = {person.email: (person.id, person.name) for person in office.people.list()}
    desk = Desk(
        office.rules().zone,
        technician=people.get(demo_people.TECHNICIAN.email, ("", demo_people.TECHNICIAN.name)),
        manager=people.get(demo_people.MANAGER.email, ("", demo_people.MANAGER.name)),
        vehicles=vehicles,
        holidays_of=office.rules().holidays_of,
    )
    year = made(desk, seed, datetime.fromisoformat(began))
    by = Actor(desk.technician[0], desk.technician[1])
    parts = list(_parts(office, year, by, seed, sessions))
    for place, (name, words, write) in enumerate(parts):
        if stop is not None and stop.is_set():
            return Filled()
        if told is not None:
            told(words, place / len(parts))
        if name not in done:
            write(name, began)
    if told is not None:
        told("", 1.0)
    return _counted(year, sum(name.startswith("session") for name, _, _ in parts))


_Write = Callable[[str, str], None]


def _parts(
    office: "Office", year: "Year", by: Actor, seed: int, sessions: int
) -> Iterator[tuple[str, str, _Write]]:
    """Return what is written one after the other: name, words, and what writes it."""
    store = _store_of(office)

    def base(name: str, began: str) -> None:
        _write(store, name, began, lambda act: put_rows(act, year.base))

    yield "base", "customers, vehicles and parts", base
    for month, shop in year.months.items():

        def one(name: str, began: str, shop: "ShopRows" = shop) -> None:
            _write(store, name, began, lambda act: put_month(office, act, year, shop))

        yield month, f"the month {month}", one

    def waits(name: str, began: str) -> None:
        _leave_open(office, year)
        _write(store, name, began, lambda _act: None)

    yield "orders", "what is on order, and who waits", waits
    cars = {car.id: car for car in year.base.vehicles}
    for number, job in enumerate(_on_the_dyno(year, sessions)):

        def driven(name: str, began: str, number: int = number, job: "WrittenJob" = job) -> None:
            _drive(store, name, began, _Session(job, cars, year, by, seed * 1000 + number))

        yield f"session {number + 1}", f"dyno session {number + 1}", driven

    def last(name: str, began: str) -> None:
        _write(store, name, began, lambda _act: None)

    yield _DONE, "", last


def _write(store: "Store", name: str, began: str, put: Callable[["AuditedAct"], None]) -> None:
    with store.audit.act(DESK) as act:
        put(act)
        entity = Entity("demo", name, "The demo's shop")
        act.record(Entry(_ACTION, entity, after={"part": name, "began": began}))


def _leave_open(office: "Office", year: "Year") -> None:
    """Order what has run low, and let two customers wait for a free time; once."""
    from cartech_desk.domain.appointments.calendar import Waiting

    if not office.parts.orders.list("", limit=1)[1]:
        for order in office.parts.orders.draft_reorders(DESK)[:1]:
            office.parts.orders.place(order.id, DESK)
    if not office.appointments.waiting():
        for car, notes in zip(year.base.vehicles[3:5], _WISHES, strict=False):
            entry = Waiting(customer_id=car.owner_id, vehicle_id=car.id, minutes=90, notes=notes)
            office.appointments.keep_waiting(DESK, entry)


@dataclass(frozen=True, slots=True)
class _Session:
    """A session that is to be driven for a job."""

    job: "WrittenJob"
    cars: dict[str, VehicleRecord]
    year: "Year"
    by: Actor
    seed: int


def _drive(store: "Store", name: str, began: str, what: _Session) -> None:
    """Drive a session, write its samples, then what is kept of it."""
    from cartech_desk.office.demo_base import key_at
    from cartech_desk.office.demo_runs import drive, forget, record, session_of, weather
    from cartech_desk.store.job_records import give_record
    from cartech_desk.store.shop_rows import ShopRows
    from cartech_desk.store.vehicle_rows import update_vehicle, vehicle_at

    job = what.job.job
    assert job.opened is not None  # noqa: S101 - every job of the year has its times
    if job.vehicle_id not in {one.id for one in store.vehicles.list()}:
        _write(store, name, began, lambda _act: None)  # somebody took it off the lists meanwhile
        return
    at = job.opened + timedelta(minutes=25)
    rng = random.Random(what.seed)  # noqa: S311 - no secret
    air = weather(rng)
    build, words = _build_of(what)
    runs = rng.choice((2, 3, 3))
    keys = [key_at(rng, at + timedelta(seconds=n)) for n in range(2 + runs)]
    driven = session_of(
        drive(build, what.seed, air),
        replace(what.cars[job.vehicle_id], odometer_km=job.odometer_km),
        keys=keys,
        at=at,
        by=what.by,
        words=words,
        air=air,
        rng=rng,
    )
    forget(store, keys[1])
    record(store, driven)
    rows = ShopRows(sessions=[driven.session], runs=[run for run, _ in driven.runs])

    def put(act: "AuditedAct") -> None:
        put_rows(act, rows)
        refs = [("recording", keys[1]), ("session", keys[0]), *(("run", one) for one in keys[2:])]
        for kind, ref in refs:
            give_record(act.connection, kind, ref, job.id, at)
        car = vehicle_at(act.connection, job.vehicle_id)
        if not car.baseline_session:
            update_vehicle(act.connection, replace(car, baseline_session=keys[0]))

    _write(store, name, began, put)


def _build_of(what: _Session) -> tuple["Build", str]:
    """Return what the car was on the day of its session, and that in words."""
    from cartech_desk.office.demo_names import names
    from cartech_desk.office.demo_runs import Build

    job, car = what.job.job, what.cars[what.job.job.vehicle_id]
    assert job.opened is not None  # noqa: S101 - every job of the year has its times
    day = job.opened.date()
    fitted = [
        one
        for month in what.year.months.values()
        for one in month.modifications
        if one.vehicle_id == car.id and one.fitted is not None and one.fitted < day
    ]
    tuned = any(
        one.job.vehicle_id == car.id
        and one.job.title == _DYNO[1]
        and one.job.opened is not None
        and one.job.opened <= job.opened
        for month in what.year.months.values()
        for one in month.jobs
    )
    litres = _LITRES.search(car.engine)
    model = next(one for one in names().models if (one.make, one.model) == (car.make, car.model))
    build = Build(
        frozenset(one.type.value for one in fitted),
        tuned,
        float(litres[0]) if litres is not None else 2.0,
        model.boost_kpa,
        model.breath,
    )
    said = [one.model for one in fitted] + (["calibrated"] if tuned else [])
    return build, ", ".join(said)


def _on_the_dyno(year: "Year", most: int) -> list["WrittenJob"]:
    """Return the jobs whose sessions are driven: of cars that were changed between two of them."""
    by_car: dict[str, list[WrittenJob]] = {}
    for month in year.months.values():
        for one in month.jobs:
            if one.job.title in _DYNO and one.job.done is not None:
                by_car.setdefault(one.job.vehicle_id, []).append(one)

    def tells(jobs: list["WrittenJob"]) -> tuple[int, int]:
        days = [one.job.opened.date() for one in jobs if one.job.opened is not None]
        changes = sum(
            one.vehicle_id == jobs[0].job.vehicle_id
            and one.fitted is not None
            and days[0] < one.fitted < days[-1]
            for month in year.months.values()
            for one in month.modifications
        )
        return changes, len(jobs)

    chosen: list[WrittenJob] = []
    for jobs in sorted(by_car.values(), key=tells, reverse=True):
        chosen += jobs[: max(0, most - len(chosen))]
    return sorted(chosen, key=lambda one: one.job.number)


def _parts_done(store: "Store") -> dict[str, str]:
    """Return which parts were written, each with the moment that the shop was made for."""
    records = store.audit.find(Query(action=_ACTION), limit=500)
    told: list[dict[str, Any]] = [dict(record.after or {}) for record in records]
    return {str(one.get("part", "")): str(one.get("began", "")) for one in told}


def _store_of(office: "Office") -> "Store":
    if office.store is None:
        raise RuntimeError("this office was made without what the desk remembers")
    return office.store


def _counted(year: "Year", sessions: int) -> Filled:
    months = year.months.values()
    return Filled(
        customers=len(year.base.customers),
        vehicles=len(year.base.vehicles),
        appointments=sum(len(month.appointments) for month in months),
        jobs=sum(len(month.jobs) for month in months),
        invoices=sum(len(job.papers) for month in months for job in month.jobs),
        parts=len(year.base.parts),
        moves=len(year.base.moves) + sum(len(month.moves) for month in months),
        sessions=sessions,
    )
