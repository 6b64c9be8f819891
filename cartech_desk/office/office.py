"""The office of one desk: who is at it, the people of the shop, the audit log, the counter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.people import People
from cartech_desk.office.session import Session

if TYPE_CHECKING:
    from cartech_desk.office.appointments import Appointments
    from cartech_desk.office.backups import Backups
    from cartech_desk.office.customers import Customers
    from cartech_desk.office.finding import Finding
    from cartech_desk.office.jobs import Jobs
    from cartech_desk.office.mailing import Mailing
    from cartech_desk.office.papers import Papers
    from cartech_desk.office.parts import Parts
    from cartech_desk.office.performance import Performance
    from cartech_desk.office.revenue import Revenue
    from cartech_desk.office.vehicles import Vehicles
    from cartech_desk.store.store import Store


@dataclass(frozen=True)
class Office:
    """What the counter's half of the desk offers; pages and commands call this.

    The rooms of the counter are read in when first asked for, which no start waits for.
    """

    session: Session
    people: People
    audit: AuditBook
    store: "Store | None" = None
    rules: Callable[[], ShopRules] = ShopRules

    @property
    def _kept(self) -> "Store":
        if self.store is None:
            raise RuntimeError("this office was made without what the desk remembers")
        return self.store

    @cached_property
    def customers(self) -> "Customers":
        """Customers of the shop: added, found, joined where they are double."""
        from cartech_desk.office.customers import Customers

        return Customers(self._kept, self.rules)

    @cached_property
    def vehicles(self) -> "Vehicles":
        """Vehicles as the office keeps them: record, modifications, photos, history."""
        from cartech_desk.office.vehicles import Vehicles

        return Vehicles(self._kept, self.rules)

    @cached_property
    def jobs(self) -> "Jobs":
        """Jobs from arrival to payment: status, lines that take stock, approval."""
        from cartech_desk.office.jobs import Jobs

        return Jobs(self._kept, self.rules)

    @cached_property
    def papers(self) -> "Papers":
        """Estimates, invoices, credit notes and payments of jobs."""
        from cartech_desk.office.papers import Papers

        return Papers(self._kept, self.rules)

    @cached_property
    def appointments(self) -> "Appointments":
        """The calendar: bookings, hours, waiting list, others' calendars."""
        from cartech_desk.office.appointments import Appointments

        return Appointments(self._kept, self.rules)

    @cached_property
    def mailing(self) -> "Mailing":
        """E-mails to customers: templates, the outbox, sending when the server is there."""
        from cartech_desk.office.mailing import Mailing

        return Mailing(self._kept, self.rules)

    @cached_property
    def parts(self) -> "Parts":
        """Parts and their stock: moves, suppliers, orders, counts, alerts."""
        from cartech_desk.office.parts import Parts

        return Parts(self._kept, self.rules)

    @cached_property
    def revenue(self) -> "Revenue":
        """What was earned: by day, week, month, service, technician and bay."""
        from cartech_desk.office.revenue import Revenue

        return Revenue(self._kept, self.rules)

    @cached_property
    def performance(self) -> "Performance":
        """What runs tell of vehicles over time, compared, with recommendations."""
        from cartech_desk.office.performance import Performance

        return Performance(self._kept, self.rules)

    @cached_property
    def backups(self) -> "Backups":
        """Everything in one file: made, checked, rotated, restored."""
        from cartech_desk.office.backups import Backups

        return Backups(self._kept, self.rules)

    @cached_property
    def finding(self) -> "Finding":
        """Search over vehicles, customers, jobs, parts and runs, with typing errors."""
        from cartech_desk.office.finding import Finding

        return Finding(self._kept, self.rules)
