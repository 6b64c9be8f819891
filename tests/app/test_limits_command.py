"""`cartech-desk limits`: shown, set, carried and tried without a screen."""

import json

import numpy as np
import pytest

from cartech_desk.app.main import main
from cartech_desk.domain.channels import Channel
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

ADA = ("ada@shop.example", "four loud turbos hum")
VIN = "WVWZZZ1KZ6W000001"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hash quickly; nobody types a password."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", ADA[1])


@pytest.fixture
def folder(tmp_path):
    """A desk with its shop, one car, and a recording of it."""
    made = tmp_path / "desk"
    made.mkdir()
    store = Store(made)
    car = store.vehicles.by_vin(VIN)
    store.vehicles.rename(car.id, "Blue Golf")
    writer = store.recordings.begin(
        car.id, [Channel("rpm", "Engine speed", "rpm", 0, 8000)], anchor_ns=0
    )
    t_ns = np.arange(100, dtype=np.int64) * 100_000_000
    rpm = np.where((t_ns >= 3e9) & (t_ns < 5e9), 6800.0, 3000.0)
    writer.write({"rpm": Columns(t_ns, rpm, np.zeros(100, np.uint8))}, [])
    writer.close()
    store.close()
    return made


@pytest.fixture
def call(folder, capsys):
    """Run `cartech-desk limits …`; returns the exit status and the JSON object."""

    def run(*words, command="limits"):
        places = ["--data", str(folder), "--settings", str(folder / "s.toml")]
        status = main([*places, command, *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    run("add", "--role", "administrator", "--name", "Ada", "--email", ADA[0], "--shop", "Blue",
        command="people")  # fmt: skip
    return run


@pytest.fixture
def text(folder, capsys, call):
    def run(*words):
        status = main(
            ["--data", str(folder), "--settings", str(folder / "s.toml"), "limits", *words]
        )
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


AS_ADA = ("--as", ADA[0])
GOLF = ("--vehicle", "blue golf")


def done(answer):
    status, document = answer
    assert status == 0, document
    return document


def code(answer):
    status, document = answer
    assert status == 1, document
    assert document["error"]["to_do"]
    return document["error"]["code"]


def keys(document):
    return {one["key"] for one in document["limits"]}


def test_reading_needs_nobody(call):
    assert "coolant_high" in keys(done(call()))
    assert "coolant_high" in keys(done(call("show")))
    assert "boost_high" in keys(done(call("show", "--profile", "turbo_petrol")))
    shown = done(call("show", *GOLF))
    assert shown["owner"]["name"] == "Blue Golf"
    assert done(call("--vehicle", VIN.lower()))["owner"] == shown["owner"]
    assert done(call("show", "--vehicle", shown["owner"]["id"]))["owner"] == shown["owner"]
    assert done(call("profile"))["profiles"][0]["name"] == "any"


def test_changing_needs_somebody(call):
    assert code(call("set", *GOLF, "coolant_high", "--warning", "105")) == "not_signed_in"
    assert code(call("profile", "diesel", *GOLF)) == "not_signed_in"
    assert code(call("remove", "coolant_high", *GOLF)) == "not_signed_in"


def test_only_the_fields_given_change(call):
    before = {one["key"]: one for one in done(call("show", *GOLF))["limits"]}["coolant_high"]
    after = done(call("set", "coolant_high", *GOLF, "--warning", "105", *AS_ADA))["limit"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"warning", "origin", "from_profile", "own"}
    assert after["warning"] == 105.0


def test_a_limit_is_found_by_its_channel(call):
    done(call("profile", "turbo_petrol", *GOLF, *AS_ADA))
    words = ("--channel", "rpm", "--above", "--warning", "6800", "--trip", "7200")
    more = ("--deadband", "50", "--trip-delay", "0.5", "--gate", "speed > 5")
    limit = done(call("set", *GOLF, *words, *more, *AS_ADA))["limit"]
    assert (limit["key"], limit["trip"], limit["trip_delay_s"]) == ("rpm_high", 7200.0, 0.5)
    assert limit["gate"] == "speed > 5"
    assert code(call("set", *GOLF, "--channel", "lambda", "--above", *AS_ADA)) == "limit_refused"


def test_a_new_limit_is_made(call):
    words = ("--channel", "map - barometer", "--above", "--warning", "1.2", "--unit", "bar")
    limit = done(call("set", "over", *GOLF, *words, *AS_ADA))["limit"]
    assert (limit["watches"], limit["unit"], limit["trip"]) == ("map - barometer", "bar", None)
    limit = done(call("set", *GOLF, "--channel", "speed", "--below", "--trip", "5", *AS_ADA))
    assert limit["limit"]["key"] == "speed_low"
    assert code(call("set", *GOLF, "--channel", "load", "--warning", "5", *AS_ADA)) == (
        "limit_refused"  # above or below, nobody said
    )


def test_values_are_taken_in_the_unit_given(call):
    done(call("profile", "turbo_petrol", *GOLF, *AS_ADA))
    words = ("--warning", "1.1", "--trip", "1.3", "--deadband", "0.1", "--unit", "bar")
    limit = done(call("set", "boost_high", *GOLF, *words, *AS_ADA))["limit"]
    values = (limit["warning"], limit["trip"], limit["deadband"])
    assert values == pytest.approx((110.0, 130.0, 10.0))
    words = ("--warning", "221", "--trip", "239", "--deadband", "9", "--unit", "degF")
    limit = done(call("set", "coolant_high", *GOLF, *words, *AS_ADA))["limit"]
    values = (limit["warning"], limit["trip"], limit["deadband"])
    assert values == pytest.approx((105.0, 115.0, 5.0))
    assert (
        code(call("set", "coolant_high", *GOLF, "--trip", "5", "--unit", "bar", *AS_ADA)) == "unit"
    )
    assert (
        code(call("set", "coolant_high", *GOLF, "--trip", "5", "--unit", "smoot", *AS_ADA))
        == "unit"
    )


def test_an_edge_is_taken_away_with_none(call):
    limit = done(call("set", "coolant_high", *GOLF, "--warning", "none", *AS_ADA))["limit"]
    assert (limit["warning"], limit["trip"]) == (None, 115.0)
    refused = call("set", "coolant_high", *GOLF, "--trip", "none", *AS_ADA)
    assert code(refused) == "limit_refused"


@pytest.mark.parametrize(
    "words", [("--warning", "nan"), ("--trip", "hot"), ("--trip-delay", "-1"), ("--rate", "0")]
)
def test_what_is_no_number_is_wrong_usage(call, words):
    with pytest.raises(SystemExit) as ended:
        call("set", "coolant_high", *GOLF, *words, *AS_ADA)
    assert ended.value.code == 2


def test_a_limit_is_switched_off_for_a_reason_only(call):
    switch = ("set", "coolant_high", *GOLF, "--no-in-service", *AS_ADA)
    assert code(call(*switch)) == "reason_missing"
    limit = done(call(*switch, "--reason", "sensor on order"))["limit"]
    assert limit["in_service"] is False


def test_a_strange_channel_is_refused_unless_forced(call):
    words = ("set", *GOLF, "--channel", "vibration", "--above", "--warning", "3", *AS_ADA)
    assert code(call(*words)) == "channel_unknown"
    document = done(call(*words, "--even-so"))
    assert "this car has not “vibration”" in document["notes"][0]
    removed = done(call("remove", "vibration_high", *GOLF, *AS_ADA))
    assert removed["limit"] is None


def test_contradictions_are_refused(call):
    words = ("--channel", "temp", "--below", "--warning", "112")
    assert code(call("set", *GOLF, *words, *AS_ADA)) == "limit_refused"
    assert "temp_low" not in keys(done(call("show", *GOLF)))


def test_limits_are_carried_from_car_to_profile(call, tmp_path):
    done(call("set", "coolant_high", *GOLF, "--warning", "105", *AS_ADA))
    path = str(tmp_path / "limits.json")
    assert done(call("export", path, *GOLF))["limits"] == 7
    assert code(call("import", path, "--profile", "diesel")) == "not_signed_in"
    done(call("import", path, "--profile", "diesel", "--confirmed", *AS_ADA))
    diesel = {one["key"]: one for one in done(call("show", "--profile", "diesel"))["limits"]}
    assert diesel["coolant_high"]["warning"] == 105.0
    assert diesel["coolant_high"]["origin"] == "shop"


def test_a_file_of_another_shop_is_refused_unless_it_is_meant(call, tmp_path):
    path = tmp_path / "limits.json"
    done(call("export", str(path), *GOLF))
    document = json.loads(path.read_text("utf-8"))
    document["shop"] = {"id": "elsewhere", "name": "Red Rollers"}
    path.write_text(json.dumps(document), "utf-8")
    assert code(call("import", str(path), *GOLF, *AS_ADA)) == "limit_file_refused"
    imported = done(call("import", str(path), *GOLF, "--from-another-shop", *AS_ADA))
    assert imported["shop"] == "Red Rollers"


def test_a_limit_is_tried_on_a_recording(call, folder):
    recording = done(call(command="recordings"))["recordings"][0]["id"]
    fields = ("--channel", "rpm", "--above", "--warning", "6500", "--trip", "7000")
    trial = done(call("trial", recording, *fields))
    assert (trial["trips"], trial["warnings"], trial["out_s"]) == (0, 1, pytest.approx(2.0))
    assert trial["occurrences"][0] == {
        "level": "warning",
        "from_s": 3.0,
        "to_s": 5.0,
        "tripped_s": None,
        "furthest": 6800.0,
        "beyond": 300.0,
    }
    assert code(call("trial", recording, "coolant_high")) == "trial_refused"
    assert code(call("trial", recording)) == "limit_refused"


def test_an_unknown_owner_is_refused(call):
    assert code(call("show", "--vehicle", "Red Golf")) == "vehicle_not_found"
    assert code(call("show", "--profile", "steam")) == "unknown_profile"
    assert code(call("profile", "steam", *GOLF, *AS_ADA)) == "unknown_profile"
    assert code(call("profile", "diesel", *AS_ADA)) == "not_kept"
    assert code(call("set", "coolant_high", "--warning", "105", *AS_ADA)) == "not_kept"
    assert code(call("set", "no_such", *GOLF, "--warning", "105", *AS_ADA)) == "limit_refused"
    with pytest.raises(SystemExit):
        call("show", "--vehicle", "x", "--profile", "y")


def test_people_read_their_own_units(text, folder):
    status, out, _ = text("show", "--profile", "turbo_petrol")
    assert status == 0
    assert "boost warns above 1.30 bar, trips above 1.50 bar" in out
    assert "no emergency stop" in out
    (folder / "s.toml").write_text('[screen]\nunits = "imperial"\n', "utf-8")
    _, out, _ = text("show", "--profile", "turbo_petrol")
    assert "boost warns above 18.9 psi" in out
    assert "temp warns above 230 °F" in out


def test_a_refusal_is_one_sentence_on_standard_error(text):
    status, out, err = text("set", "coolant_high", *GOLF, "--warning", "120", *AS_ADA)
    assert (status, out) == (1, "")
    assert "before it warns" in err
