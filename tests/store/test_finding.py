"""What search finds, with typing errors, and how it keeps up with what is kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.store.finding import Entry, drop_entry, keep_entries, keep_entry
from cartech_desk.store.store import Store
from cartech_desk.store.vehicle_rows import found_of

ENTRIES = (
    Entry("customer", "c1", "Jürgen Schulmeier", "", "j.schulmeier@post.example +49 89 1234567"),
    Entry("vehicle", "v1", "Subaru Impreza M-AB 1234", "Jürgen Schulmeier", "JF1GD7EL0XX000001"),
    Entry("vehicle", "v2", "Volkswagen Golf B-CD 77", "Anna Kraus", "WVWZZZ1JZXW000077"),
    Entry("job", "j1", "1042 Larger turbocharger", "Subaru Impreza M-AB 1234"),
    Entry("job", "j2", "1043 Service", "Volkswagen Golf B-CD 77"),
    Entry("part", "p1", "Brake disc front", "BR-00712", "4006381333931"),
    Entry("run", "r1", "Run 3", "Subaru Impreza · 2026-01-05"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("finding")
    opened = Store(folder, folder / "keys")
    with opened._desk.write() as connection:
        keep_entries(connection, ENTRIES)
    opened.finding.make_ready()
    yield opened
    opened.close()


def found(store: Store, typed: str, **more: object) -> list[str]:
    return [one.ref for one in store.finding.find(typed, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["M-AB 1234", "mab1234", "m ab 1234", "AB1234", "mab 12"])
def test_a_plate_is_found_whatever_its_blanks_and_dashes(store: Store, typed: str) -> None:
    assert found(store, typed)[0] == "v1"


@pytest.mark.parametrize("typed", ["JF1GD7EL0XX000001", "xx000001", "gd7el0", "JF1GD7EL0XX00000l"])
def test_a_vin_is_found_by_its_parts_and_with_a_slip(store: Store, typed: str) -> None:
    assert found(store, typed)[0] == "v1"


@pytest.mark.parametrize("typed", ["089 1234567", "+49 89 1234567", "1234567", "0891234568"])
def test_a_phone_number_is_found_with_its_country_or_without(store: Store, typed: str) -> None:
    assert found(store, typed) == ["c1"]


@pytest.mark.parametrize(
    "typed", ["schulmeier", "schulmeir", "shculmeier", "schulmaier", "schulm", "juergen", "jurgen"]
)
def test_a_name_is_found_with_a_typing_error(store: Store, typed: str) -> None:
    assert "c1" in found(store, typed)


@pytest.mark.parametrize("typed", ["subaur", "imprezza", "subaru imperza", "impr"])
def test_a_model_is_found_with_a_typing_error_in_each_word(store: Store, typed: str) -> None:
    assert found(store, typed)[0] == "v1"


def test_a_job_is_found_by_its_number_and_no_other_is_near(store: Store) -> None:
    assert found(store, "1042") == ["j1"]


def test_a_barcode_and_an_sku_are_found(store: Store) -> None:
    assert found(store, "4006381333931") == ["p1"]
    assert found(store, "br-00712") == ["p1"]


def test_a_vehicle_stands_before_its_jobs_and_runs(store: Store) -> None:
    assert found(store, "subaru") == ["v1", "j1", "r1"]


def test_kinds_narrow_what_is_found(store: Store) -> None:
    assert found(store, "subaru", kinds=("run",)) == ["r1"]


@pytest.mark.parametrize("typed", ["", "  ", "-", '"', "AND", "*", "a" * 500, "NEAR(", "'; --"])
def test_what_is_no_word_breaks_nothing(store: Store, typed: str) -> None:
    assert isinstance(found(store, typed), list)


def test_every_word_has_to_fit(store: Store) -> None:
    assert found(store, "subaru kraus") == []


def test_what_was_kept_anew_is_found_by_its_new_words_alone(store: Store) -> None:
    with store._desk.write() as connection:
        keep_entry(connection, Entry("vehicle", "v9", "Opel Kadett"))
        keep_entry(connection, Entry("vehicle", "v9", "Opel Manta"))
    assert found(store, "manta") == ["v9"]
    assert found(store, "kadett") == []
    with store._desk.write() as connection:
        drop_entry(connection, "vehicle", "v9")
    assert found(store, "manta") == []


def test_the_last_kept_stands_first_among_equals(store: Store) -> None:
    with store._desk.write() as connection:
        keep_entry(connection, Entry("vehicle", "v7", "Lancia Delta"))
        keep_entry(connection, Entry("vehicle", "v8", "Lancia Delta"))
        keep_entry(connection, Entry("vehicle", "v7", "Lancia Delta"))
    assert found(store, "lancia") == ["v7", "v8"]


def test_no_kind_takes_the_place_of_all_others(store: Store) -> None:
    with store._desk.write() as connection:
        keep_entries(connection, (Entry("run", f"x{n}", f"Run {n} · Saab 900") for n in range(30)))
        keep_entry(connection, Entry("vehicle", "v6", "Saab 900"))
    assert found(store, "saab", limit=10).count("v6") == 1


def test_the_indexes_agree_with_what_is_kept(store: Store) -> None:
    with store._desk.write() as connection:
        connection.exec_driver_sql("INSERT INTO find_text (find_text) VALUES ('integrity-check')")
        connection.exec_driver_sql("INSERT INTO find_word (find_word) VALUES ('integrity-check')")


def test_a_vehicle_that_the_bay_meets_is_found(store: Store) -> None:
    store.vehicles.by_name("Blue Trabant")
    vehicle = store.vehicles.by_name("Blue Trabant")
    assert found(store, "trabant") == [vehicle.id]
    store.vehicles.rename(vehicle.id, "Green Wartburg")
    assert (found(store, "trabant"), found(store, "wartburg")) == ([], [vehicle.id])


def test_a_vehicle_called_as_it_was_built_is_told_once():
    record = VehicleRecord(name="Honda Civic", make="Honda", model="Civic", year=2018, plate="AB 1")
    assert found_of(record).detail == "AB 1 · 2018"
    assert found_of(replace(record, name="Blue one")).detail == "AB 1 · Honda Civic 2018"
