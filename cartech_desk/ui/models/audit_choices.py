"""What the audit page reads beside its records, all of it in the background."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.people import Actor
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.store.vehicles import Vehicle, VehicleStore
from cartech_desk.ui.widgets.vehicle_box import LISTED


@dataclass(frozen=True, slots=True)
class Choices:
    """What the log can be narrowed to: who and what stands in it, and the vehicles used last."""

    actors: Sequence[Actor]
    actions: Sequence[str]
    vehicles: Sequence[Vehicle]


def read_choices(book: AuditBook, vehicles: VehicleStore, by: Actor) -> Choices:
    """Read the choices: this walks the whole log, a second for 100,000 records."""
    return Choices(book.actors(by), book.actions(by), vehicles.list(limit=LISTED + 1))


def names(vehicles: VehicleStore, records: Iterable[AuditRecord]) -> dict[str, str]:
    """Return the names of the vehicles that these records are about, by id."""
    known = vehicles.known({one.entity.vehicle for one in records if one.entity.vehicle})
    return {number: one.name or one.vin or "" for number, one in known.items()}
