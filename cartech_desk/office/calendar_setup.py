"""What the calendar is made of: services, bays and technicians, time off, the waiting list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.appointments.calendar import TimeOff, Waiting
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import printable
from cartech_desk.office.booking_rules import EARLIEST, LATEST
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.store.appointments import StillHeld
from cartech_desk.store.calendar_rows import CodeTaken

if TYPE_CHECKING:
    from cartech_desk.domain.appointments.booking import Appointment
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.store import Store

MOST_NAME: Final = 100
MOST_CODE: Final = 30
MOST_NOTES: Final = 2_000
MOST_MINUTES: Final = 30 * 24 * 60
MOST_MINOR: Final = 10**9


class CalendarSetup:
    """What the calendar is made of; a part of office.appointments.Appointments."""

    _store: "Store"
    _rules: "Callable[[], ShopRules]"
    _wall: Callable[[], datetime]

    # Services

    def services(self, *, active_only: bool = True) -> tuple[Service, ...]:
        """Return what the shop offers, by name."""
        return self._store.appointments.services(active_only=active_only)

    def service(self, word: str) -> Service:
        """Return a service by its code, its id, a start or end of that. Errors: NotKept."""
        return self._store.appointments.service(word)

    def keep_service(self, by: Actor, service: Service) -> Service:
        """Add a service (its id empty) or change it (Act.RUN_SHOP).

        Errors: RightMissing, Changed; FieldsRefused ("service_refused": "code", "name",
        "category", "minutes", "price", "tax_bp").
        """
        require(by, Act.RUN_SHOP)
        code, name = _line(service.code), _line(service.name)
        wrong = {}
        if not 1 <= len(code) <= MOST_CODE or not printable(code) or " " in code:
            wrong["code"] = f"A code has 1 to {MOST_CODE} characters and no blanks.\nType it anew."
        if not _is_name(name):
            wrong["name"] = _NAME
        if len(service.category) > MOST_NAME or not printable(service.category):
            wrong["category"] = f"A category has at most {MOST_NAME} characters.\nShorten it."
        if not 1 <= service.minutes <= MOST_MINUTES:
            wrong["minutes"] = "A service takes at least a minute and at most 30 days.\nCorrect it."
        if not 0 <= service.price.minor <= MOST_MINOR:
            wrong["price"] = "The price is negative, or more than a service can cost.\nCorrect it."
        if service.tax_bp is not None and not 0 <= service.tax_bp <= 10_000:
            wrong["tax_bp"] = "A rate of tax is 0 to 100 %.\nCorrect it."
        if wrong:
            raise FieldsRefused("service_refused", wrong)
        shop = self._store.people.shop()
        currency = shop.currency if shop else service.price.currency
        kept = replace(
            service,
            code=code,
            name=name,
            category=_line(service.category),
            price=Money(service.price.minor, currency),
        )
        try:
            return self._store.appointments.keep_service(kept, by)
        except CodeTaken as error:
            sentence = f"{error.happened}\n{error.to_do}"
            raise FieldsRefused("service_refused", {"code": sentence}) from error

    def remove_service(self, by: Actor, service_id: str, version: int) -> None:
        """Take a service off the list; appointments keep what they agreed."""
        require(by, Act.RUN_SHOP)
        self._store.appointments.remove("service", service_id, version, by)

    # Bays and technicians

    def resources(
        self, kind: ResourceKind | None = None, *, active_only: bool = True
    ) -> tuple[Resource, ...]:
        """Return bays and technicians, bays first, in their order."""
        return self._store.appointments.resources(kind, active_only=active_only)

    def resource(self, word: str) -> Resource:
        """Return a bay or technician by name, id, a start or end of that. Errors: NotKept."""
        return self._store.appointments.resource(word)

    def keep_resource(self, by: Actor, resource: Resource) -> Resource:
        """Add a bay or technician (its id empty) or change it (Act.RUN_SHOP).

        Errors: RightMissing, Changed; FieldsRefused ("resource_refused": "name", "person",
        "kind").
        """
        require(by, Act.RUN_SHOP)
        name = _line(resource.name)
        wrong = {}
        others = self._store.appointments.resources(active_only=False)
        if not _is_name(name):
            wrong["name"] = _NAME
        elif any(
            each.name.casefold() == name.casefold() and each.id != resource.id for each in others
        ):
            wrong["name"] = "A bay or technician has this name already.\nGive another one."
        if resource.person_id and resource.kind is not ResourceKind.TECHNICIAN:
            wrong["person"] = "A bay is no person.\nLeave the person out."
        before = next((each for each in others if each.id == resource.id), None)
        if before is not None and before.kind is not resource.kind:
            wrong["kind"] = "A bay stays a bay.\nAdd a technician, and take the bay away."
        if wrong:
            raise FieldsRefused("resource_refused", wrong)
        return self._store.appointments.keep_resource(replace(resource, name=name), by)

    def remove_resource(self, by: Actor, resource_id: str, version: int) -> None:
        """Take a bay or technician away; refused while it holds appointments to come.

        Errors: RightMissing, Changed; FieldsRefused ("resource_refused": "name").
        """
        require(by, Act.RUN_SHOP)
        key = self._store.appointments.resource(resource_id).id
        try:
            self._store.appointments.remove_resource(key, version, by, self._wall())
        except StillHeld as error:
            sentence = f"{error.happened}\n{error.to_do}"
            raise FieldsRefused("resource_refused", {"name": sentence}) from error

    # Time off

    def time_off(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[TimeOff, ...]:
        """Return time off that touches a stretch (from now on)."""
        return self._store.appointments.time_off(since or self._wall(), until)

    def keep_time_off(
        self, by: Actor, time_off: TimeOff
    ) -> "tuple[TimeOff, tuple[Appointment, ...]]":
        """Keep time off (Act.RUN_SHOP); returns it and the appointments that lie in it.

        Errors: RightMissing, Changed, NotKept; FieldsRefused ("time_off_refused": "starts",
        "ends", "words").
        """
        require(by, Act.RUN_SHOP)
        wrong = {}
        if time_off.starts is None:
            wrong["starts"] = "It has no beginning.\nSay when it begins."
        if time_off.ends is None:
            wrong["ends"] = "It has no end.\nSay when it ends."
        for name, at in (("starts", time_off.starts), ("ends", time_off.ends)):
            if at is not None and not EARLIEST <= at < LATEST:
                wrong[name] = "This is no year for time off.\nType the date anew."
        if wrong or time_off.ends is None:
            pass
        elif time_off.starts is not None and time_off.ends <= time_off.starts:
            wrong["ends"] = "It ends before it begins.\nChoose a later end."
        if len(time_off.words) > MOST_NAME or not printable(time_off.words):
            wrong["words"] = f"A reason has at most {MOST_NAME} characters.\nShorten it."
        if wrong or time_off.starts is None or time_off.ends is None:
            raise FieldsRefused("time_off_refused", wrong)
        kept = self._store.appointments.keep_time_off(
            replace(
                time_off,
                starts=time_off.starts.astimezone(UTC),
                ends=time_off.ends.astimezone(UTC),
                words=_line(time_off.words),
            ),
            by,
        )
        within = self._store.appointments.between(time_off.starts, time_off.ends)
        concerned = tuple(
            one
            for one in within
            if one.holds and (not kept.resource_id or kept.resource_id in one.resources)
        )
        return kept, concerned

    def remove_time_off(self, by: Actor, time_off_id: str, version: int) -> None:
        """Take time off away."""
        require(by, Act.RUN_SHOP)
        self._store.appointments.remove("time_off", time_off_id, version, by)

    # Waiting list

    def coming_of(
        self, *, customer_id: str = "", vehicle_id: str = ""
    ) -> "tuple[Appointment, ...]":
        """Return what a customer or a vehicle has to come, or has here and not done."""
        return self._store.appointments.coming_of(
            self._wall(), customer_id=customer_id, vehicle_id=vehicle_id
        )

    def waiting(self) -> tuple[Waiting, ...]:
        """Return who waits, the longest waiting first."""
        return self._store.appointments.waiting()

    def keep_waiting(self, by: Actor, waiting: Waiting) -> Waiting:
        """Add somebody to the list (its id empty), or change an entry of it.

        Errors: RightMissing, Changed, NotKept; FieldsRefused ("waiting_refused": "customer",
        "minutes", "latest", "notes").
        """
        require(by, Act.KEEP_RECORDS)
        wrong = {}
        if not (waiting.customer_id or waiting.vehicle_id or waiting.notes.strip()):
            wrong["customer"] = "Nobody is named.\nChoose a customer or a vehicle."
        if not 1 <= waiting.minutes <= MOST_MINUTES:
            wrong["minutes"] = "It takes at least a minute and at most 30 days.\nCorrect it."
        if waiting.earliest and waiting.latest and waiting.latest <= waiting.earliest:
            wrong["latest"] = "The latest time is before the earliest one.\nCorrect it."
        if len(waiting.notes) > MOST_NOTES:
            wrong["notes"] = f"Notes have at most {MOST_NOTES} characters.\nShorten them."
        if wrong:
            raise FieldsRefused("waiting_refused", wrong)
        return self._store.appointments.keep_waiting(waiting, by)

    def remove_waiting(self, by: Actor, waiting_id: str, version: int) -> None:
        """Take somebody off the list."""
        require(by, Act.KEEP_RECORDS)
        self._store.appointments.remove("waiting", waiting_id, version, by)


_NAME: Final = f"A name has 1 to {MOST_NAME} characters, all of them printable.\nType it anew."


def _line(text: str) -> str:
    return " ".join(text.split())


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= MOST_NAME and printable(text)
