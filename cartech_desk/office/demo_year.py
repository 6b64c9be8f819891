"""A year of the demo's shop, day by day: who came for what, when, to which bay.

The same seed and day make the same year, ids included.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    Booked,
    Resource,
)
from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.office.demo_base import Base, Desk
from cartech_desk.office.demo_names import Offered
from cartech_desk.office.demo_work import Visit, Work
from cartech_desk.office.holidays_of import holidays_of
from cartech_desk.store.shop_rows import ShopRows

DAYS: Final = 365
AHEAD: Final = 14
"""Days from today for which somebody has booked already."""

_WINDOWS: Final = ((8, 12), (13, 17))
_STEP_MIN: Final = 15
_NOON: Final = 12
_BUSY: Final = 0.34
_RESTS: Final = timedelta(days=6)
"""No car comes again within these."""
_ON_DYNO: Final = ("Dyno", "Tuning")
_A: Final = AppointmentStatus


@dataclass(slots=True)
class Year:
    """The year as it was made: what there is from the first day, and what each month adds."""

    base: ShopRows
    months: dict[str, ShopRows] = field(default_factory=dict)


def made(desk: Desk, seed: int, now: datetime) -> Year:
    """Make the year that ends on the day of `now`; some tenths of a second."""
    return _Maker(desk, seed, now).make()


class _Maker:
    def __init__(self, desk: Desk, seed: int, now: datetime) -> None:
        self._zone = ZoneInfo(desk.zone)
        self._now = now
        self._today = now.astimezone(self._zone).date()
        self._place = desk.holidays_of
        # At the weekend, or on a holiday, what was not finished on the last day is still there.
        self._carried = self._today
        while not self._works(self._carried):
            self._carried -= timedelta(days=1)
        self._rng = random.Random(f"{seed} {self._today.isoformat()}")  # noqa: S311 - no secret
        self._base = Base(desk, self._rng, self._today.year)
        self._seen: dict[str, date] = {}
        self._here: dict[str, tuple[datetime, int]] = {}
        self._first = self._today - timedelta(days=DAYS)
        self._base.found(self._at(self._first, 7))
        self._work = Work(self._base, now)
        lift, dyno = self._base.bays
        self._unfinished = {lift.id: _A.WAITING, dyno.id: _A.IN_BAY}
        self._months: dict[str, ShopRows] = {}

    def make(self) -> Year:
        for day in (self._first + timedelta(days=n) for n in range(DAYS + AHEAD + 1)):
            if self._works(day):
                self._day(day)
        self._mileage()
        return Year(self._base.rows, self._months)

    def _works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in holidays_of(self._place, day.year)

    def _day(self, day: date) -> None:
        rows = self._months.setdefault(f"{day:%Y-%m}", ShopRows())
        self._work.receive(rows, self._at(day, 7, 30))
        ahead = (day - self._today).days
        busy = _BUSY if ahead <= 0 else _BUSY * (1.0 - ahead / (AHEAD + 1))
        if ahead == 0 or day == self._carried:
            busy = 0.85  # the calendar is not to stand empty today
        hands = self._base.hands if self._rng.random() < 0.8 else self._base.hands[::-1]
        for bay, hand in zip(self._base.bays, hands, strict=True):
            for opens, closes in _WINDOWS:
                at, until = self._at(day, opens), self._at(day, closes)
                while self._rng.random() < busy:
                    service = self._asked(bay)
                    ends = at + timedelta(minutes=-(-service.minutes // _STEP_MIN) * _STEP_MIN)
                    if ends > until:
                        break
                    self._visit(rows, service, (bay, hand), (at, ends))
                    at = ends + timedelta(minutes=self._rng.choice((0, 15, 15, 30)))

    def _asked(self, bay: Resource) -> Offered:
        on_dyno = bay is self._base.bays[1]
        fitting = [
            one
            for one in self._base.names.services
            if (one.category in _ON_DYNO) == on_dyno or one.category == "Diagnosis"
        ]
        return self._rng.choices(fitting, [one.often for one in fitting])[0]

    def _visit(
        self,
        rows: ShopRows,
        service: Offered,
        where: tuple[Resource, Resource],
        when: tuple[datetime, datetime],
    ) -> None:
        (bay, hand), (starts, ends) = where, when
        car = self._car_for(service, starts.date())
        if car is None:
            return
        self._seen[car.id] = starts.date()
        known = self._base.services[service.code]
        asked = starts - timedelta(days=self._rng.randrange(2, 12))
        appointment = Appointment(
            id=self._base.key(asked),
            customer_id=car.owner_id,
            vehicle_id=car.id,
            starts=starts,
            ends=ends,
            zone=self._base.desk.zone,
            buffer_after_min=0,
            bay_id=bay.id,
            technician_id=hand.id,
            status=self._stands(bay, starts, ends),
            services=(Booked(known.id, known.name, known.minutes, known.price),),
            notes=service.complaint,
            created=asked,
        )
        if appointment.status not in (_A.BOOKED, _A.NO_SHOW, _A.CANCELLED):
            km = self._km(car, starts.date())
            self._here[car.id] = (starts, km)
            visit = Visit(rows, service, appointment, hand, starts, ends, km)
            job = self._work.done_for(visit)
            appointment = replace(appointment, job_id=job.id)
        rows.appointments.append(appointment)

    def _car_for(self, service: Offered, day: date) -> VehicleRecord | None:
        """Choose a car that was not here lately, and that does not have what it would get."""
        cars = self._base.rows.vehicles
        if service.category in _ON_DYNO:
            cars = [car for car in cars if car.id in self._base.tuned]
        for _ in range(12):
            car = self._rng.choice(cars)
            if service.fuel and car.fuel != service.fuel:
                continue
            has = service.tuning and (car.id, service.tuning) in self._work.fitted
            if not has and day - self._seen.get(car.id, date.min) > _RESTS:
                return car
        return None

    def _stands(self, bay: Resource, starts: datetime, ends: datetime) -> AppointmentStatus:
        if starts > self._now:
            return _A.BOOKED
        if ends > self._now:
            return self._rng.choice((_A.ARRIVED, _A.IN_BAY, _A.IN_BAY, _A.WAITING))
        if starts.date() == self._carried and starts.hour >= _NOON and bay.id in self._unfinished:
            return self._unfinished.pop(bay.id)
        chance = self._rng.random()
        if chance < 0.03:
            return _A.NO_SHOW
        return _A.CANCELLED if chance < 0.07 else _A.DONE

    def _km(self, car: VehicleRecord, day: date) -> int:
        """Return what it shows: driven as much as in the years before, now more, now less."""
        before = car.odometer_km or 0
        years = self._today.year - (car.year or self._today.year) + 1
        driven = before / years / DAYS * (day - self._first).days
        some_days = self._rng.uniform(0.0, _RESTS.days - 1.0)
        return round(before + driven + before / years / DAYS * some_days)

    def _mileage(self) -> None:
        """Let each car's record say what it showed when it was here last."""
        cars = self._base.rows.vehicles
        for place, car in enumerate(cars):
            if car.id in self._here:
                read, km = self._here[car.id]
                cars[place] = replace(car, odometer_km=km, odometer_read=read)

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), self._zone)
