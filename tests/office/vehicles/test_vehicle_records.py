"""Vehicle records: what is refused beside which field, doubles, joining, the odometer, changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Actor, NotSignedIn, RightMissing, Role
from cartech_desk.domain.vehicles.record import Modification, ModificationType, VehicleRecord
from cartech_desk.domain.vehicles.timeline import Happened
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.record_fields import checked_modification
from cartech_desk.office.vehicles import CarRead
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.errors import Changed, NotKept
from cartech_desk.store.vehicle_rows import insert_vehicle
from tests.office.vehicles.vehicle_book import MIA, Counter

GOLF = VehicleRecord(make="VW", model="Golf", plate="M-AB 1234", vin="WVWZZZ1JZXW000001")
TOM = Actor("", "Tom", Role.TECHNICIAN)


def refused(counter: Counter, record: VehicleRecord) -> dict[str, str]:
    with pytest.raises(FieldsRefused) as error:
        counter.vehicles.add(MIA, record)
    assert error.value.code == "vehicle_refused"
    return error.value.wrong


def test_a_vehicle_is_called_by_make_model_and_plate(counter: Counter) -> None:
    assert counter.vehicles.add(MIA, GOLF).name == "VW Golf M-AB 1234"


def test_a_wrong_vin_is_told_with_the_place_it_fails_at(counter: Counter) -> None:
    wrong = refused(counter, replace(GOLF, vin="WVWZZZ1JZXW00O001"))
    assert wrong["vin"].startswith("Character 14 of the VIN")
    assert counter.vehicles.check_vin("WVWZZZ1JZXW00O001").wrong_at == 14


def test_a_wrong_check_digit_is_told_with_what_is_due(counter: Counter) -> None:
    assert "is 9 where 8 is due" in refused(counter, replace(GOLF, vin="1G1YY22G965104385"))["vin"]


@pytest.mark.parametrize(
    "vin", ["1G1YY22G965104385", "AB 12345", "7", "0002M", "AAAA", "1J-0012/3456789012345678"]
)
def test_a_wrong_vin_is_kept_with_its_reason(counter: Counter, vin: str) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, vin=vin, vin_kept="So it stands on the car"))
    assert kept.vin_kept == "So it stands on the car"
    assert kept.vin is not None


def test_what_a_unit_says_that_was_never_told_is_no_vin_even_with_a_reason(
    counter: Counter,
) -> None:
    assert "vin" in refused(counter, replace(GOLF, vin="0" * 17, vin_kept="read so"))


def test_a_right_vin_needs_no_reason_and_keeps_none(counter: Counter) -> None:
    assert counter.vehicles.add(MIA, replace(GOLF, vin_kept="for nothing")).vin_kept == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", 1700),
        ("year", date.today().year + 2),
        ("fuel", "lemonade"),
        ("plate", "M-AB 1234 567890 X"),
        ("odometer_km", -1),
        ("odometer_km", 9_000_000),
        ("make", "x" * 101),
        ("colour", "\x1b[31mred"),
        ("owner_id", "nobody"),
    ],
)
def test_a_wrong_field_is_told_beside_itself(counter: Counter, field: str, value: Any) -> None:
    assert field in refused(counter, replace(GOLF, **{field: value}))


def test_nothing_is_kept_of_what_was_refused(counter: Counter) -> None:
    refused(counter, replace(GOLF, year=1700))
    assert counter.vehicles.list()[1] == 0


def test_the_same_vin_is_never_kept_twice(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    with pytest.raises(DoubleFound) as error:
        counter.vehicles.add(MIA, replace(GOLF, plate=""), even_so=True)
    assert error.value.sure


def test_the_same_plate_is_asked_and_kept_even_so(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    second = replace(GOLF, vin=None, name="another", plate="MAB1234")
    with pytest.raises(DoubleFound) as error:
        counter.vehicles.add(MIA, second)
    assert error.value.doubles[0].reasons == ("the same plate",)
    counter.vehicles.add(MIA, second, even_so=True)
    assert len(counter.vehicles.doubles()) == 1


def test_a_vin_with_a_slip_is_found_to_be_like_another(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    like = replace(GOLF, name="another", plate="", vin="WVWZZZ1KZXW000001")
    with pytest.raises(DoubleFound) as error:
        counter.vehicles.add(MIA, like)
    (double,) = error.value.doubles
    assert double.reasons == ("a VIN that differs by one character",)


def test_the_next_car_of_a_series_is_no_double(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    next_one = replace(GOLF, name="another", plate="", vin="WVWZZZ1JZXW000002")
    assert counter.vehicles.add(MIA, next_one).vin == "WVWZZZ1JZXW000002"


def test_those_told_apart_are_no_longer_offered(counter: Counter) -> None:
    one = counter.vehicles.add(MIA, GOLF)
    two = counter.vehicles.add(MIA, replace(GOLF, vin=None, name="another"), even_so=True)
    counter.vehicles.tell_apart(MIA, one.id, two.id)
    assert counter.vehicles.doubles() == ()
    assert counter.vehicles.change(MIA, replace(two, model="Golf")).model == "Golf"


def test_a_change_of_an_older_version_is_refused_and_changes_nothing(counter: Counter) -> None:
    old = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.change(MIA, replace(old, colour="red"))
    with pytest.raises(Changed):
        counter.vehicles.change(MIA, replace(old, colour="blue"))
    assert counter.vehicles.get(old.id).colour == "red"


def test_a_change_is_audited_with_before_and_after(counter: Counter) -> None:
    old = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.change(MIA, replace(old, colour="red"), reason="seen")
    record = counter.store.audit.find(Query(action="vehicle.change"))[0]
    assert (record.before, record.after, record.reason) == (
        {"colour": ""},
        {"colour": "red"},
        "seen",
    )


def test_nobody_and_a_technician_who_deletes_are_refused(counter: Counter) -> None:
    with pytest.raises(NotSignedIn):
        counter.vehicles.add(Actor("", "somebody"), GOLF)
    kept = counter.vehicles.add(TOM, GOLF)
    with pytest.raises(RightMissing):
        counter.vehicles.delete(TOM, kept.id)


def test_a_deleted_vehicle_is_gone_from_lists_and_search_and_comes_back(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.delete(MIA, kept.id)
    assert (counter.vehicles.list()[1], counter.store.finding.find("golf")) == (0, ())
    counter.vehicles.restore(MIA, kept.id)
    assert counter.vehicles.list("golf")[1] == 1


def test_lists_are_searched_sorted_and_cut(counter: Counter) -> None:
    for number in range(5):
        counter.vehicles.add(MIA, VehicleRecord(name=f"Car {number}", year=2020 - number))
    rows, total = counter.vehicles.list("car", limit=2, offset=1, sort="year")
    assert ([row.name for row in rows], total) == (["Car 3", "Car 2"], 5)
    assert counter.vehicles.list(year=2018)[1] == 1
    assert counter.vehicles.list("%")[1] == 0


@pytest.mark.parametrize(
    "word", ["mab1234", "wvwzzz1jzxw000001", "00001", "last", "vw golf m-ab 1234"]
)
def test_a_vehicle_is_named_by_plate_vin_end_name_or_last(counter: Counter, word: str) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    assert counter.vehicles.named(word).id == kept.id


def test_what_several_have_names_none(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    counter.vehicles.add(MIA, replace(GOLF, vin=None, name="x"), even_so=True)
    with pytest.raises(NotKept, match="Several"):
        counter.vehicles.named("mab1234")


def test_the_connected_car_fills_in_what_is_not_known(counter: Counter) -> None:
    bare = counter.vehicles.add(MIA, VehicleRecord(plate="M-AB 1234", make="Volkswagen"))
    car = CarRead("WVWZZZ1JZXW000001", make="VW", years=(1999,), odometer_km=80_000)
    read = counter.vehicles.read_from_car(MIA, bare.id, car)
    assert (read.vin, read.make, read.year, read.odometer_km) == (
        "WVWZZZ1JZXW000001",
        "Volkswagen",
        1999,
        80_000,
    )


def test_another_car_than_the_record_is_refused(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    with pytest.raises(FieldsRefused, match="connected car says"):
        counter.vehicles.read_from_car(MIA, kept.id, CarRead("WVWZZZ1JZXW000099"))


def test_an_odometer_that_goes_back_needs_its_reason(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, odometer_km=1000))
    with pytest.raises(FieldsRefused, match="1,000 km before"):
        counter.vehicles.note_odometer(MIA, kept.id, 500)
    counter.vehicles.note_odometer(MIA, kept.id, 500, reason="instrument replaced")
    assert counter.vehicles.get(kept.id).odometer_km == 500


def test_an_earlier_reading_is_noted_and_the_newest_stands(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, odometer_km=1000))
    earlier = datetime.now(UTC) - timedelta(days=30)
    after = counter.vehicles.note_odometer(MIA, kept.id, 400, read=earlier)
    assert after.odometer_km == 1000
    with pytest.raises(FieldsRefused, match="later"):
        counter.vehicles.note_odometer(MIA, kept.id, 2000, read=earlier)
    assert [one.km for one in counter.vehicles.odometer(kept.id)] == [1000, 400]


def test_a_reading_without_its_time_zone_is_refused(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, odometer_km=1000))
    with pytest.raises(FieldsRefused, match="time zone") as refused:
        counter.vehicles.note_odometer(MIA, kept.id, 2000, read=datetime(2026, 3, 2, 8, 0))
    assert refused.value.field == "read"
    assert [one.km for one in counter.vehicles.odometer(kept.id)] == [1000]


def test_joined_vehicles_are_one_with_all_that_was_done(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, vin=None))
    met = counter.store.vehicles.by_vin("WVWZZZ1JZXW000001")
    turbo = Modification(vehicle_id=met.id, type=ModificationType.TURBO, brand="Garrett")
    counter.vehicles.modify(MIA, turbo)
    counter.vehicles.note_odometer(MIA, met.id, 700)
    joined = counter.vehicles.join(MIA, kept.id, met.id, reason="the same car")
    assert (joined.vin, joined.odometer_km) == ("WVWZZZ1JZXW000001", 700)
    assert [one.brand for one in counter.vehicles.modifications(kept.id)] == ["Garrett"]
    assert counter.vehicles.list()[1] == 1
    assert counter.vehicles.get(met.id).id == kept.id


def test_the_bay_finds_the_joined_vehicle_by_what_both_were_called(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    met = counter.store.vehicles.by_name("the blue one")
    counter.vehicles.join(MIA, kept.id, met.id)
    assert counter.store.vehicles.by_name("The Blue One").id == kept.id
    assert counter.store.vehicles.by_vin("WVWZZZ1JZXW000001").id == kept.id


def test_recordings_of_a_joined_vehicle_stand_in_its_timeline(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    met = counter.store.vehicles.by_name("the blue one")
    counter.store.recordings.begin(met.id, (), anchor_ns=monotonic_ns(), note="cold start").close()
    counter.vehicles.join(MIA, kept.id, met.id)
    page = counter.vehicles.timeline(kept.id, kinds=(Happened.RECORDING,))
    assert [one.title for one in page.entries] == ["cold start"]


def test_check_ups_and_cleared_codes_are_asked_for_one_by_one(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    with counter.store._desk.write() as connection:
        for n, kind in enumerate(("checkup", "before_clear", "after_clear")):
            connection.exec_driver_sql(
                "INSERT INTO checkup (id, vehicle_id, vehicle_name, taken, operator_id, "
                "operator_name, kind, note, complete, clean, codes, body) "
                "VALUES (?, ?, '', ?, '', '', ?, '', 1, 1, '[]', '{}')",
                (kind, kept.id, f"2026-03-0{n + 1}T08:00:00.000000+00:00", kind),
            )

    def found(*kinds: Happened) -> list[tuple[Happened, str]]:
        entries = counter.vehicles.timeline(kept.id, kinds=kinds).entries
        return [(one.kind, one.ref) for one in entries]

    cleared = [(Happened.CODES_CLEARED, key) for key in ("after_clear", "before_clear")]
    assert found(Happened.CODES_CLEARED) == cleared
    assert found(Happened.CHECKUP) == [(Happened.CHECKUP, "checkup")]
    assert found(Happened.CHECKUP, Happened.CODES_CLEARED) == [
        *cleared,
        (Happened.CHECKUP, "checkup"),
    ]


def test_two_cars_with_their_own_vins_are_not_joined(counter: Counter) -> None:
    one = counter.vehicles.add(MIA, GOLF)
    two = counter.store.vehicles.by_vin("WVWZZZ1JZXW000099")
    with pytest.raises(FieldsRefused, match="two cars"):
        counter.vehicles.join(MIA, one.id, two.id)


def test_a_modification_brings_its_recommendations(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, fuel="petrol"))
    made = counter.vehicles.modify(
        MIA,
        Modification(
            vehicle_id=kept.id,
            type=ModificationType.TURBO,
            fitted=date(2026, 1, 5),
            price=Money(125_000, "EUR"),
        ),
    )
    assert made.recommendations[0].urgent
    assert counter.vehicles.recommendations(kept.id) == made.recommendations
    counter.vehicles.take_off(MIA, made.modification.id)
    assert counter.vehicles.recommendations(kept.id) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fitted", date.today() + timedelta(days=2)),
        ("removed", date(2019, 1, 1)),
        ("price", Money(-1, "EUR")),
        ("odometer_km", -5),
        ("brand", "x" * 101),
    ],
)
def test_a_wrong_modification_is_told_beside_its_field(
    counter: Counter, field: str, value: Any
) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    one = replace(Modification(vehicle_id=kept.id, fitted=date(2020, 1, 1)), **{field: value})
    with pytest.raises(FieldsRefused) as error:
        counter.vehicles.modify(MIA, one)
    assert error.value.field == field
    assert counter.vehicles.modifications(kept.id) == ()


def test_the_timeline_is_read_in_pages_without_gap_or_double(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    for day in range(1, 8):
        counter.vehicles.modify(
            MIA, Modification(vehicle_id=kept.id, fitted=date(2026, 1, 1 + day // 2))
        )
    whole = [one.ref for one in counter.vehicles.timeline(kept.id).entries]
    read: list[str] = []
    before = ""
    while True:
        page = counter.vehicles.timeline(kept.id, before=before, limit=2)
        read += [one.ref for one in page.entries]
        before = page.older
        if not before:
            break
    assert read == whole
    assert len(set(read)) == 7


def break_off(counter: Counter) -> None:
    with counter.store.vehicle_records.act(MIA) as act:
        insert_vehicle(act.connection, replace(GOLF, name="Golf"))
        act.record(Entry("vehicle.add", Entity("vehicle")))
        raise ZeroDivisionError


def test_an_act_that_breaks_keeps_neither_row_nor_index(counter: Counter) -> None:
    with pytest.raises(ZeroDivisionError):
        break_off(counter)
    assert counter.store.finding.find("golf") == ()
    assert counter.vehicles.list()[1] == 0


def test_a_car_at_hand_that_was_joined_meanwhile_goes_on_as_the_kept_one(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    met = counter.store.vehicles.by_name("the blue one")
    counter.vehicles.join(MIA, kept.id, met.id)
    assert counter.store.vehicles.get(met.id).id == kept.id


@pytest.mark.parametrize("typed", ["golff", "gofl", "FFBAB 123", "ffbab123", "ffb-ab123"])
def test_the_list_forgives_as_search_does(counter: Counter, typed: str) -> None:
    kept = counter.vehicles.add(MIA, replace(GOLF, plate="FFB-AB 123"))
    rows, total = counter.vehicles.list(typed)
    assert ([one.id for one in rows], total) == ([kept.id], 1)
    assert counter.vehicles.list(typed, offset=1) == ((), 1)


def test_a_list_that_is_narrowed_otherwise_forgives_nothing(counter: Counter) -> None:
    counter.vehicles.add(MIA, GOLF)
    assert counter.vehicles.list("golff", make="VW") == ((), 0)


def test_a_wrong_reading_is_taken_back(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.note_odometer(MIA, kept.id, 100_000)
    counter.vehicles.note_odometer(MIA, kept.id, 900_000, reason="typed wrong", read=None)
    wrong = counter.vehicles.odometer(kept.id)[0]
    after = counter.vehicles.take_back_reading(MIA, kept.id, wrong.id[-8:], reason="a digit more")
    assert after.odometer_km == 100_000
    assert counter.vehicles.note_odometer(MIA, kept.id, 100_500).odometer_km == 100_500
    taken = counter.store.audit.find(Query(action="vehicle.change"))
    told = [(one.reason, one.before) for one in taken]
    assert ("a digit more", "900000") in [(said, before["odometer_km"]) for said, before in told]
    with pytest.raises(NotKept):
        counter.vehicles.take_back_reading(MIA, kept.id, "nothing")


def test_a_digit_too_many_needs_its_reason(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.note_odometer(MIA, kept.id, 100_000)
    with pytest.raises(FieldsRefused, match="far more"):
        counter.vehicles.note_odometer(MIA, kept.id, 1_000_000)


def test_a_price_in_another_currency_than_the_shops_is_refused() -> None:
    price = Money(100, "USD")
    with pytest.raises(FieldsRefused) as error:
        checked_modification(Modification(price=price), date.today(), "EUR")
    assert error.value.field == "price"
    assert checked_modification(Modification(price=price), date.today()).price == price
