"""Customers: numbers, what is refused, doubles, joining."""

from dataclasses import replace
from typing import Any

import pytest

from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.store.errors import Changed, NotKept
from tests.office.vehicles.vehicle_book import MIA, Counter

ANNA = Customer(name="Anna Kraus", phone="+49 171 1234567", email="anna@post.example.com")


def test_numbers_follow_each_other(counter: Counter) -> None:
    made = [counter.customers.add(MIA, Customer(name=name)) for name in ("Anna Kraus", "Tom Berg")]
    assert [one.number for one in made] == [1001, 1002]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("email", "anna at home"),
        ("phone", "call me"),
        ("phone", "12"),
        ("country", "Germany"),
        ("city", "x" * 101),
        ("note", "x" * 5000),
    ],
)
def test_a_wrong_field_is_told_beside_itself(counter: Counter, field: str, value: Any) -> None:
    with pytest.raises(FieldsRefused) as error:
        counter.customers.add(MIA, replace(ANNA, **{field: value}))
    assert (error.value.code, error.value.field) == ("customer_refused", field)
    assert counter.customers.list()[1] == 0


def test_a_company_is_a_name_too(counter: Counter) -> None:
    assert counter.customers.add(MIA, Customer(company="Kraus GmbH")).name == "Kraus GmbH"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Customer(name="A. K.", phone="0171 1234567"), "the same phone number"),
        (Customer(name="A. K.", email="Anna@Post.example.com"), "the same e-mail address"),
        (Customer(name="anna  kraus"), "the same name"),
        (Customer(name="Anna Krauss"), "a name that is like it"),
        (Customer(name="Kraus Anna"), "a name that is like it"),
        (Customer(name="Onna Kraus"), "a name that is like it"),
    ],
)
def test_who_may_be_here_already_is_asked(counter: Counter, other: Customer, reason: str) -> None:
    counter.customers.add(MIA, ANNA)
    with pytest.raises(DoubleFound) as error:
        counter.customers.add(MIA, other)
    assert error.value.doubles[0].reasons == (reason,)
    assert not error.value.sure
    counter.customers.add(MIA, other, even_so=True)
    assert len(counter.customers.doubles()) == 1


def test_joined_customers_are_one_with_their_vehicles(counter: Counter) -> None:
    kept = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    other = counter.customers.add(MIA, replace(ANNA, name="Anna Krauss"), even_so=True)
    car = counter.vehicles.add(MIA, VehicleRecord(name="Golf", owner_id=other.id))
    joined = counter.customers.join(MIA, kept.id, other.id)
    assert (joined.name, joined.phone) == ("Anna Kraus", ANNA.phone)
    assert counter.vehicles.get(car.id).owner == "Anna Kraus"
    assert counter.customers.get(other.id).id == kept.id
    assert counter.customers.list()[1] == 1
    assert [one.ref for one in counter.store.finding.find("anna krauss")] != [other.id]


def test_those_told_apart_are_no_longer_offered(counter: Counter) -> None:
    one = counter.customers.add(MIA, ANNA)
    two = counter.customers.add(MIA, replace(ANNA, name="Tim Kraus"), even_so=True)
    counter.customers.tell_apart(MIA, two.id, one.id)
    assert counter.customers.doubles() == ()
    assert counter.customers.change(MIA, replace(two, note="told apart")).note == "told apart"


def test_a_new_name_is_found_on_the_vehicles_too(counter: Counter) -> None:
    kept = counter.customers.add(MIA, ANNA)
    counter.vehicles.add(MIA, VehicleRecord(name="Golf", owner_id=kept.id))
    counter.customers.change(MIA, replace(kept, name="Anna Weber"))
    assert [one.kind for one in counter.store.finding.find("weber")] == ["customer", "vehicle"]


def test_a_change_of_an_older_version_is_refused(counter: Counter) -> None:
    kept = counter.customers.add(MIA, ANNA)
    counter.customers.change(MIA, replace(kept, city="Bonn"))
    with pytest.raises(Changed):
        counter.customers.change(MIA, replace(kept, city="Köln"))


@pytest.mark.parametrize("word", ["1001", "anna kraus", "ANNA@post.example.com", "last"])
def test_a_customer_is_named_by_number_name_or_address(counter: Counter, word: str) -> None:
    kept = counter.customers.add(MIA, ANNA)
    assert counter.customers.named(word).id == kept.id


def test_nobody_is_named_by_nothing(counter: Counter) -> None:
    with pytest.raises(NotKept):
        counter.customers.named("")


def test_a_deleted_customer_comes_back(counter: Counter) -> None:
    kept = counter.customers.add(MIA, ANNA)
    counter.customers.delete(MIA, kept.id)
    assert counter.customers.list()[1] == 0
    assert counter.customers.restore(MIA, kept.id).name == "Anna Kraus"
    assert counter.customers.list("kraus")[1] == 1


@pytest.mark.parametrize(
    ("kept", "other", "reason"),
    [
        (
            Customer(name="Jürgen Müller"),
            Customer(name="Juergen Mueller"),
            "a name that is like it",
        ),
        (Customer(name="Jörg Öz"), Customer(name="Oez Joerg"), "a name that is like it"),
        (
            Customer(name="Peter Kaiser", tax_id="DE123456789"),
            Customer(name="Zora Bund", tax_id="DE 123 456 789"),
            "the same tax id",
        ),
        (
            Customer(name="Karl Eins", phone="08141 1234"),
            Customer(name="Otto Zwei", phone="+49 8141 1234"),
            "the same phone number",
        ),
    ],
)
def test_a_double_is_seen_however_it_is_written(
    counter: Counter, kept: Customer, other: Customer, reason: str
) -> None:
    counter.customers.add(MIA, kept)
    with pytest.raises(DoubleFound) as error:
        counter.customers.add(MIA, other)
    assert error.value.doubles[0].reasons == (reason,)
    counter.customers.add(MIA, other, even_so=True)
    (pair,) = counter.customers.doubles()
    assert pair.other.reasons == (reason,)


@pytest.mark.parametrize("typed", ["+49891234567", "0891234567", "Jorg Weis", "weiß jörg"])
def test_the_list_forgives_as_search_does(counter: Counter, typed: str) -> None:
    jorg = Customer(name="Jörg Weiß", phone="+49 (0)89 / 123 45-67")
    kept = counter.customers.add(MIA, jorg)
    rows, total = counter.customers.list(typed)
    assert ([one.id for one in rows], total) == ([kept.id], 1)
