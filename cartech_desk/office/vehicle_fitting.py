"""What is fitted to vehicles and taken off again, and what to see to because of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.recommendations import recommendations_for, recommendations_of
from cartech_desk.domain.vehicles.record import Modification, Recommendation
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.record_fields import checked_modification
from cartech_desk.office.record_words import difference, told, vehicle_entity
from cartech_desk.office.vehicle_keeping import today_of
from cartech_desk.store.modification_rows import (
    delete_modification,
    insert_modification,
    modification_at,
    modifications_of,
    update_modification,
)
from cartech_desk.store.vehicle_rows import live_vehicle

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class Modified:
    """A modification as kept, with what to see to because of it, the urgent first."""

    modification: Modification
    recommendations: tuple[Recommendation, ...]


class Fitting:
    """Notes modifications; each act in one transaction with its audit record."""

    def __init__(self, store: "Store", rules: Callable[[], ShopRules]) -> None:
        self._store = store
        self._rules = rules

    def modify(self, by: Actor, modification: Modification) -> Modified:
        """Note what was fitted, or change what was noted; see `Vehicles.modify`."""
        require(by, Act.KEEP_RECORDS)
        shop = self._store.people.shop()
        currency = shop.currency if shop is not None else ""
        checked = checked_modification(modification, today_of(self._rules()), currency)
        with self._store.vehicle_records.act(by) as act:
            if checked.id:
                before = modification_at(act.connection, checked.id)
                record = live_vehicle(act.connection, before.vehicle_id)
                kept = update_modification(
                    act.connection, replace(checked, vehicle_id=before.vehicle_id)
                )
                changes = difference(before, kept)
            else:
                record = live_vehicle(act.connection, checked.vehicle_id)
                kept = insert_modification(act.connection, replace(checked, vehicle_id=record.id))
                changes = ({}, told(kept))
            fitted = modifications_of(act.connection, record.id)
            act.record(Entry("vehicle.modify", vehicle_entity(record), *changes))
        return Modified(kept, recommendations_for(kept, fitted, record.fuel))

    def take_off(
        self, by: Actor, modification_id: str, day: date | None, reason: str
    ) -> Modification:
        """Note that something was taken off again; see `Vehicles.take_off`."""
        require(by, Act.KEEP_RECORDS)
        today = today_of(self._rules())
        with self._store.vehicle_records.act(by) as act:
            before = modification_at(act.connection, modification_id)
            record = live_vehicle(act.connection, before.vehicle_id)
            if before.removed is not None:
                raise FieldsRefused(
                    "modification_refused",
                    {
                        "removed": f"It was taken off on {before.removed} already.\n"
                        "Change what was noted, if the day is wrong."
                    },
                )
            checked = checked_modification(replace(before, removed=day or today), today)
            kept = update_modification(act.connection, checked)
            changes = difference(before, kept)
            said = checked_reason(reason)
            act.record(Entry("vehicle.unmodify", vehicle_entity(record), *changes, said))
        return kept

    def forget(self, by: Actor, modification_id: str, reason: str) -> None:
        """Take back what was noted by mistake."""
        require(by, Act.KEEP_RECORDS)
        with self._store.vehicle_records.act(by) as act:
            before = modification_at(act.connection, modification_id)
            record = live_vehicle(act.connection, before.vehicle_id)
            delete_modification(act.connection, before.id)
            said = checked_reason(reason)
            act.record(
                Entry(
                    "vehicle.unmodify",
                    vehicle_entity(record),
                    before=told(before),
                    after={"noted": False},
                    reason=said,
                )
            )

    def recommendations(self, vehicle_id: str) -> tuple[Recommendation, ...]:
        """Return what to see to because of all that is fitted now."""
        record = self._store.vehicle_records.get(vehicle_id)
        fitted = self._store.vehicle_records.modifications(record.id)
        return recommendations_of(fitted, record.fuel)
