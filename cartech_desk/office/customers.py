"""Customers of the shop: added, found, joined where they are double."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.record_fields import checked_customer, joined_note, lacking
from cartech_desk.office.record_found import forgiven, let_work_be_found
from cartech_desk.office.record_words import customer_entity, difference, refuse_in_use, told
from cartech_desk.store.customer_doubles import like_customers
from cartech_desk.store.customer_rows import (
    customer_at,
    give_to_customer,
    insert_customer,
    live_customer,
    mark_customer,
    update_customer,
)
from cartech_desk.store.deleted_rows import refuse_listed
from cartech_desk.store.told_apart import tell_apart
from cartech_desk.store.vehicle_rows import let_vehicle_be_found, vehicles_owned
from cartech_desk.store.versions import changed

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


class Customers:
    """Customers of the shop: added, found, joined where they are double.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.
    """

    def __init__(self, store: "Store", rules: Callable[[], ShopRules]) -> None:
        self._store = store
        self._rules = rules

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "",
        descending: bool = False,
    ) -> tuple[tuple[Customer, ...], int]:
        """Return customers and how many there are, by name.

        `sort` is "number", "name", "company", "city" or "created". Every word of `search` is found
        in name, company, phone, e-mail, town, number; where nobody has them all, those are
        returned who have them with a typing error, the most alike first.
        """
        rows, total = self._store.customers.list(
            search, limit=limit, offset=offset, sort=sort, descending=descending
        )
        if total:
            return rows, total
        return forgiven(
            self._store, "customer", search, self._store.customers.of, limit=limit, offset=offset
        )

    def deleted(self, search: str = "", *, limit: int = 200) -> tuple[Customer, ...]:
        """Return who may be restored, deleted last first; every word of `search` is in each."""
        return self._store.customers.deleted(search, limit)

    def deleted_as(self, text: str) -> Customer:
        """Return the deleted one that is meant, as `named` does. Errors: NotKept."""
        return self._store.customers.named(text, deleted=True)

    def get(self, customer_id: str) -> Customer:
        """Return one customer; of one that was joined, whom it was joined with. Errors: NotKept."""
        return self._store.customers.get(customer_id)

    def named(self, text: str) -> Customer:
        """Return the customer of a number, e-mail, name, id (or its start or end), or "last".

        Errors: NotKept where there is none or more than one.
        """
        return self._store.customers.named(text)

    def vehicles_of(self, customer_id: str) -> tuple[VehicleRecord, ...]:
        """Return a customer's vehicles, the last used first."""
        found, _total = self._store.vehicle_records.list(
            "", limit=-1, offset=0, sort="", descending=False, equal={"owner_id": customer_id}
        )
        return found

    def doubles(self, *, limit: int = 100) -> tuple[Pair, ...]:
        """Return pairs of customers that may be one, but those that were told apart."""
        return self._store.customers.pairs(limit)

    def add(self, by: Actor, customer: Customer, *, even_so: bool = False) -> Customer:
        """Keep a new customer, with the next number. `even_so`: although somebody here is like it.

        Errors: FieldsRefused "customer_refused" (name, email, phone, country, …), DoubleFound,
        RightMissing, NotSignedIn.
        """
        require(by, Act.KEEP_RECORDS)
        checked = checked_customer(customer)
        with self._store.customers.act(by) as act:
            doubles = like_customers(act.connection, checked)
            if doubles and not even_so:
                raise DoubleFound("customer", doubles)
            kept = insert_customer(act.connection, replace(checked, id="", number=0, created=None))
            act.record(Entry("customer.add", customer_entity(kept), after=told(kept)))
        return kept

    def change(self, by: Actor, customer: Customer, *, reason: str = "") -> Customer:
        """Change a customer. Errors: as `add` without doubles; NotKept, RecordDeleted, Changed."""
        require(by, Act.KEEP_RECORDS)
        checked = checked_customer(customer)
        said = checked_reason(reason)
        with self._store.customers.act(by) as act:
            before = live_customer(act.connection, customer.id)
            if before.id != checked.id:
                raise changed("The customer")
            kept = update_customer(act.connection, replace(checked, number=before.number))
            if (kept.name, kept.company) != (before.name, before.company):
                for vehicle_id in vehicles_owned(act.connection, kept.id):
                    let_vehicle_be_found(act.connection, vehicle_id)
                let_work_be_found(act, customer_id=kept.id)
            act.record(
                Entry("customer.change", customer_entity(kept), *difference(before, kept), said)
            )
        return kept

    def join(self, by: Actor, kept_id: str, other_id: str, *, reason: str = "") -> Customer:
        """Make two customers one: vehicles, jobs and appointments of the other go to `kept_id`.

        What `kept_id` does not know is taken from the other; another phone number or e-mail goes
        into the note, and is found. Papers stay as they were issued. It cannot be undone: who may
        delete may join. Errors: NotKept, RecordDeleted, FieldsRefused "customer_refused" where
        both notes are too long for one, RightMissing, NotSignedIn.
        """
        require(by, Act.DELETE)
        said = checked_reason(reason)
        with self._store.customers.act(by) as act:
            kept = live_customer(act.connection, kept_id)
            other = live_customer(act.connection, other_id)
            if kept.id == other.id:
                said_so = "Both are one customer already.\nChoose another one."
                raise FieldsRefused("customer_refused", {"other": said_so})
            given = give_to_customer(act.connection, kept.id, other.id)
            mark_customer(act.connection, other, deleted=True, joined_into=kept.id)
            unknown = lacking(kept, other, (one.name for one in fields(kept)))
            also = [
                f"{word} also: {getattr(other, name)}"
                for name, word in (("phone", "Phone"), ("email", "E-mail"))
                if name not in unknown
                and getattr(other, name)
                and getattr(other, name) != getattr(kept, name)
            ]
            unknown["note"] = joined_note("customer_refused", kept.note, other.note, *also)
            made = update_customer(act.connection, replace(kept, **unknown))
            for vehicle_id in vehicles_owned(act.connection, kept.id):
                let_vehicle_be_found(act.connection, vehicle_id)
            let_work_be_found(act, customer_id=kept.id)
            act.record(
                Entry(
                    "customer.merge",
                    customer_entity(made),
                    before={"joined": told(other) | {"id": other.id}},
                    after={**difference(kept, made)[1], **given},
                    reason=said,
                )
            )
        return made

    def tell_apart(self, by: Actor, one_id: str, other_id: str, *, reason: str = "") -> None:
        """Say that two customers are two: they are no longer offered as doubles."""
        require(by, Act.KEEP_RECORDS)
        with self._store.customers.act(by) as act:
            one, other = (live_customer(act.connection, key) for key in (one_id, other_id))
            tell_apart(act.connection, "customer", one.id, other.id, by.name)
            act.record(
                Entry(
                    "customer.change",
                    customer_entity(one),
                    after={"told_apart_from": other.name},
                    reason=checked_reason(reason),
                )
            )

    def delete(self, by: Actor, customer_id: str, *, reason: str = "") -> None:
        """Take a customer out of the lists.

        Errors: RecordInUse while a job of theirs is open or an appointment is to come;
        RecordDeleted, NotKept.
        """
        require(by, Act.DELETE)
        with self._store.customers.act(by) as act:
            customer = live_customer(act.connection, customer_id)
            refuse_in_use(act, "customer", customer.id, customer.name, self._rules().zone)
            mark_customer(act.connection, customer, deleted=True)
            act.record(
                Entry(
                    "customer.delete",
                    customer_entity(customer),
                    before=told(customer),
                    reason=checked_reason(reason),
                )
            )

    def restore(self, by: Actor, customer_id: str) -> Customer:
        """Put a deleted customer back. Errors: NotKept, NotDeleted."""
        require(by, Act.DELETE)
        with self._store.customers.act(by) as act:
            customer = customer_at(act.connection, customer_id)
            refuse_listed(act.connection, "customer", customer.id, customer.name)
            mark_customer(act.connection, customer, deleted=False)
            act.record(Entry("customer.restore", customer_entity(customer)))
            return customer_at(act.connection, customer.id)
