"""`cartech-desk vehicles` and `customers`: records, modifications and history, without a screen."""

import json
from datetime import UTC, date, datetime

import pytest

from cartech_desk.app.commands import vehicles
from cartech_desk.app.main import main
from cartech_desk.app.vehicle_text import none_listed
from cartech_desk.store.calendar_words import vehicle_words
from cartech_desk.ui.models.vehicle_words import kilometres

ADA = ("ada@shop.example", "four loud turbos hum")
VIN = "WVWZZZ1JZXW000001"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A shop, which the tests go on with in their order."""
    return tmp_path_factory.mktemp("vehicles")


@pytest.fixture
def call(place, monkeypatch, capsys):
    """Run `cartech-desk … --json` as the manager; returns exit status and document."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", ADA[1])
    folders = ["--data", str(place), "--settings", str(place / "s.toml")]

    def run(*words, who=True):
        person = ["--as", ADA[0]] if who else []
        status = main([*folders, *words, "--json", *person])
        return status, json.loads(capsys.readouterr().out)

    if not (place / "desk.db").exists():
        run(
            *("people", "add", "--role", "administrator", "--name", "Ada Administrator"),
            *("--email", ADA[0], "--shop", "Blue Dyno"),
            who=False,
        )
    return run


def test_nobody_adds_a_customer(call):
    status, document = call("customers", "add", "--name", "Anna Kraus", who=False)
    assert (status, document["error"]["code"]) == (1, "not_signed_in")


def test_a_customer_is_added(call):
    status, document = call("customers", "add", "--name", "Anna Kraus", "--phone", "0171 1234567")
    assert (status, document["customer"]["number"]) == (0, 1001)


def test_a_double_customer_is_refused_and_kept_even_so(call):
    words = ("customers", "add", "--name", "Anna Krauss")
    assert call(*words)[1]["error"]["code"] == "double"
    assert call(*words, "--even-so")[0] == 0
    assert len(call("customers", "doubles", who=False)[1]["doubles"]) == 1
    assert call("customers", "join", "1001", "1002")[0] == 0
    assert call("customers", "list", who=False)[1]["total"] == 1


def test_a_wrong_vin_is_refused_with_its_place(call):
    status, document = call("vehicles", "add", "--vin", "WVWZZZ1JZXW00000O")
    assert (status, document["error"]["code"]) == (1, "vehicle_refused")
    assert "Character 17" in document["error"]["message"]


def test_a_vehicle_is_added_with_the_keys_of_the_contract(call):
    status, document = call(
        *("vehicles", "add", "--vin", VIN, "--make", "VW", "--model", "Golf", "--year", "1999"),
        *("--plate", "M-AB 1234", "--owner", "1001", "--odometer-km", "120000"),
    )
    assert status == 0
    assert set(document) == {"vehicle", "baseline_data"}
    assert document["vehicle"]["owner"] == "Anna Kraus"


def test_a_modification_brings_safety_recommendations(call):
    status, document = call(
        *("vehicles", "modify", "mab1234", "turbo", "--brand", "Garrett", "--price", "1250,00"),
        *("--day", "2026-01-05"),
    )
    assert status == 0
    assert document["updated_vehicle"]["vin"] == VIN
    assert document["modification"]["price"] == "1250.00"
    assert document["safety_recommendations"][0]["urgent"]


def test_a_vehicle_is_shown_with_its_history(call):
    status, document = call("vehicles", "show", VIN[-6:], who=False)
    assert status == 0
    assert {"vehicle", "modifications", "tune_history"} <= set(document)


def test_an_odometer_that_goes_back_is_refused_without_a_reason(call):
    words = ("vehicles", "odometer", "last", "500")
    assert call(*words)[1]["error"]["code"] == "odometer_refused"
    assert call(*words, "--reason", "instrument replaced")[1]["odometer"][0]["km"] == 500


def test_the_timeline_names_everything_in_its_order(call):
    status, document = call("vehicles", "timeline", "m ab 1234", who=False)
    kinds = [one["kind"] for one in document["timeline"]]
    assert (status, kinds) == (0, ["odometer", "odometer", "modification"])


def test_vehicles_are_listed_by_what_they_are(call):
    assert call("vehicles", "--json", who=False)[1]["total"] == 1
    assert call("vehicles", "list", "--make", "vw", "--year", "1999", who=False)[1]["total"] == 1
    assert call("vehicles", "list", "--make", "audi", who=False)[1]["total"] == 0


def test_a_wrong_usage_ends_with_two(call):
    with pytest.raises(SystemExit) as ended:
        call("vehicles", "modify", "last", "wings")
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("vehicles", "list", "--limit", "9" * 20),
        ("vehicles", "list", "--year", "9" * 20),
        ("vehicles", "list", "--year", "9" * 5000),
        ("vehicles", "timeline", "mab1234", "--limit", "9" * 20),
        ("vehicles", "doubles", "--limit", "-1"),
        ("vehicles", "odometer", "mab1234", "9" * 20),
        ("customers", "list", "--limit", "9" * 20),
        ("customers", "list", "--offset", "9" * 20),
    ],
)
def test_a_number_out_of_range_is_wrong_usage(call, words):
    with pytest.raises(SystemExit) as ended:
        call(*words)
    assert ended.value.code == 2


@pytest.mark.parametrize("year", ["1850", "2150"])
def test_a_model_year_has_one_range(call, capsys, year):
    with pytest.raises(SystemExit) as ended:
        call("vehicles", "add", "--name", "Old", "--year", year)
    assert ended.value.code == 2
    assert f"from 1885 to {date.today().year + 1}." in capsys.readouterr().err


def test_an_empty_list_says_whether_nothing_is_kept_or_nothing_matches():
    assert none_listed("vehicle") == "No vehicle is kept here."
    assert none_listed("vehicle", "", "audi") == "No vehicle matches “audi”."
    assert none_listed("customer", "golff") == "No customer matches “golff”."


def test_what_is_noted_without_a_day_was_fitted_today_in_the_shop(call, monkeypatch):
    class Now(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 3, 14, 23, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(vehicles, "datetime", Now)
    monkeypatch.setattr("cartech_desk.app.settings_office._zone_here", lambda: "Asia/Tokyo")
    words = ("vehicles", "modify", "mab1234", "intake")
    _status, today = call(*words)
    assert today["modification"]["fitted"] == "2026-03-15"
    _status, undated = call(*words, "--brand", "Another", "--day", "unknown")
    assert undated["modification"]["fitted"] is None


def test_the_answer_says_that_it_was_noted_as_fitted_today(call, place, capsys):
    del call
    folders = ["--data", str(place), "--settings", str(place / "s.toml")]
    words = ["vehicles", "modify", "mab1234", "exhaust", "--as", ADA[0]]
    assert main([*folders, *words]) == 0
    assert "Noted as fitted today" in capsys.readouterr().out
    assert main([*folders, *words, "--day", "2026-01-05"]) == 0
    told = capsys.readouterr().out
    assert "2026-01-05" in told
    assert "Noted as fitted today" not in told


def test_what_was_deleted_is_listed_and_found_again_by_its_name(call):
    number = call("customers", "add", "--name", "Gerda Gone")[1]["customer"]["number"]
    call("vehicles", "add", "--name", "Gone Polo", "--plate", "B GG 77", "--owner", str(number))
    assert call("customers", "delete", str(number))[0] == 0
    shown = call("vehicles", "show", "B GG 77", who=False)[1]["vehicle"]
    assert shown["owner"] == "Gerda Gone (deleted)"
    _, gone = call("customers", "list", "gerda", "--deleted", who=False)
    assert [one["number"] for one in gone["customers"]] == [number]
    assert call("customers", "list", "nobody", "--deleted", who=False)[1]["total"] == 0
    status, document = call("customers", "restore", str(number))
    assert (status, document["customer"]["name"]) == (0, "Gerda Gone")
    status, document = call("customers", "restore", "gerda gone")
    assert (status, document["error"]["code"]) == (1, "not_deleted")
    assert call("vehicles", "delete", "gone polo")[0] == 0
    _, gone = call("vehicles", "list", "--deleted", who=False)
    assert "Gone Polo" in [one["name"] for one in gone["vehicles"]]
    status, document = call("vehicles", "restore", "B-GG 77")
    assert (status, document["vehicle"]["owner"]) == (0, "Gerda Gone")


def test_what_was_joined_into_another_one_is_not_offered_to_be_restored(call):
    _, gone = call("customers", "list", "--deleted", who=False)
    assert "Anna Krauss" not in [one["name"] for one in gone["customers"]]


def test_a_name_that_the_desk_made_follows_the_plate_and_a_typed_one_stays(call):
    _, made = call("vehicles", "add", "--make", "Volkswagen", "--plate", "WOB GT 1")
    key = made["vehicle"]["id"]
    assert made["vehicle"]["name"] == "Volkswagen WOB GT 1"
    _, made = call("vehicles", "change", key, "--plate", "WOB GT 2")
    assert made["vehicle"]["name"] == "Volkswagen WOB GT 2"
    call("vehicles", "change", key, "--name", "The blue one")
    _, made = call("vehicles", "change", key, "--plate", "WOB GT 3")
    assert made["vehicle"]["name"] == "The blue one"


def test_a_modification_of_an_unknown_day_is_told_as_undated(call):
    key = call("vehicles", "add", "--name", "Undated", "--plate", "UN 1")[1]["vehicle"]["id"]
    call("vehicles", "modify", key, "exhaust", "--day", "unknown")
    call("vehicles", "modify", key, "intake", "--day", "2026-01-31")
    _, told = call("vehicles", "timeline", key, who=False)
    details = {one["title"]: one["detail"] for one in told["timeline"]}
    assert any("undated" in words for words in details.values())
    assert sum("undated" in words for words in details.values()) == 1


def test_a_field_that_is_refused_is_named_with_what_is_wrong_about_it(call):
    _, told = call("customers", "add", "--name", "One", "--city", "x" * 200)
    assert told["error"]["message"].startswith("The town has at most")
    _, told = call("customers", "add", "--name", "One\nTwo")
    assert "The name holds a line break" in told["error"]["message"]
    _, told = call("customers", "add", "--name", "Phoned", "--phone", "none")
    assert "/" in told["error"]["message"]


def test_a_vehicle_that_is_called_by_its_plate_is_told_once():
    assert vehicle_words("AB-C 123", "", "", "AB-C 123") == "AB-C 123"
    assert vehicle_words("Golf", "", "", "AB-C 123") == "Golf, AB-C 123"
    assert kilometres(84200) == "84,200 km"
