"""`cartech-desk dyno`: whose a run is, when it was driven, its air; what is refused, and how."""

from pathlib import Path

import pytest

from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from tests.app.test_dyno_runs_command import Desk
from tests.domain.dyno.exports import pull, text_of, winpep

PASSWORD = " ".join(("three", "blind", "mice", "play", "darts"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path / "data", capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "RunFile_7.csv"
    path.write_bytes(winpep(pull()))
    return path


@pytest.fixture
def dry(tmp_path: Path) -> Path:
    """A file that says nothing of the weather."""
    made = pull()
    columns = {
        "Time [s]": made.t,
        "Speed [km/h]": made.kmh,
        "Engine RPM": made.rpm,
        "Observed power [kW]": made.kw,
    }
    path = tmp_path / "dry.csv"
    path.write_text(text_of(columns))
    return path


def found_shop(desk: Desk) -> None:
    store = Store(desk.folder, desk.folder / "keys")
    People(store, Session(), cost=4).found(
        shop="Test shop",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email="ada@shop.example",
        password=PASSWORD,
    )
    store.close()


def test_a_run_goes_to_the_car_that_it_is_of(desk: Desk, file: Path) -> None:
    run = desk.says("import", file, "--json")["run_id"]
    assert desk.says("list", "--json")["sessions"][0]["vehicle"] == "Imported runs"
    desk.says("change", run, "--vehicle", "Blue Golf", "--customer", "Ann", "--fuel", "E5")
    session = desk.says("list", "--json")["sessions"][0]
    assert (session["vehicle"], session["runs"][0]["run_id"]) == ("Blue Golf", run)
    assert len(desk.says("list", "--json")["sessions"]) == 1
    text = desk.says("show", run)
    assert "Customer:     Ann" in text
    assert "Fuel:         E5" in text
    assert "No dyno session" in desk.refuses("change", run, "--session", "nothing")


def test_once_the_shop_is_set_up_a_change_names_who_makes_it(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.says("import", file, "--json")["run_id"]
    desk.says("change", run, "--note", "free")
    found_shop(desk)
    monkeypatch.setenv("CARTECH_PASSWORD", PASSWORD)
    assert "--as E-MAIL" in desk.refuses("change", run, "--gear", "3")
    assert "--as E-MAIL" in desk.refuses("change", run, "--vehicle", "Blue Golf")
    said = desk.says("change", run, "--gear", "3", "--as", "ada@shop.example", "--json")
    assert said["gear"] == "3"


def test_the_date_is_typed_read_or_said_to_be_the_file_s(desk: Desk, file: Path) -> None:
    said = desk.says("import", file, "--json")
    assert said["started_is"] == "file_time"
    assert "time of the file, not of the run" in desk.says("show", "last")
    assert "time of the file, not of the run" in desk.says("list")
    said = desk.says("import", file, "--again", "--date", "2024-05-17 14:03", "--json")
    assert said["started_is"] == "typed"
    assert "2024-05-17 14:03:00 (as typed)" in desk.says("show", "last")
    with pytest.raises(SystemExit):
        desk.says("import", file, "--date", "4/5/2024")


def test_the_same_file_is_not_imported_twice_by_mistake(desk: Desk, file: Path) -> None:
    first = desk.says("import", file, "--json")["run_id"]
    assert "--again" in desk.refuses("import", file)
    second = desk.says("import", file, "--again", "--json")["run_id"]
    warnings = desk.says("compare", first, second, "--json")["warnings"]
    assert any("same run kept twice" in one for one in warnings)


def test_a_corrected_run_is_not_compared_with_one_that_cannot_be(
    desk: Desk, file: Path, dry: Path
) -> None:
    a = desk.says("import", file, "--json")["run_id"]
    b = desk.says("import", dry, "--json")["run_id"]
    said = desk.refuses("compare", a, b, "--correction", "sae")
    assert "Not comparable as they stand" in said
    assert f"change {b[-6:]}" in said
    assert desk.says("compare", a, b, "--correction", "none", "--json")["range"]


def test_where_nothing_is_corrected_the_correction_is_none(desk: Desk, dry: Path) -> None:
    said = desk.says("import", dry, "--correction", "sae", "--json")["correction"]
    assert (said["name"], said["key"], said["factor"]) == ("none", "none", 1.0)
    assert said["why_not"]
    assert said["asked"]["key"] == "sae"
    assert "Correction:   none, factor 1 (SAE J1349" in desk.says(
        "show", "last", "--correction", "sae"
    )


def test_typed_air_goes_before_the_file_s_and_says_so(desk: Desk, file: Path) -> None:
    before = desk.says("import", file, "--correction", "sae", "--json")
    words = ("--pressure", "85", "--correction", "sae", "--json")
    after = desk.says("change", "last", *words)
    assert after["conditions"]["pressure_kpa"] == 85.0
    assert "instead of the weather station's" in after["conditions"]["source"]
    assert after["correction"]["factor"] > before["correction"]["factor"] + 0.05


def test_pressure_in_hpa_is_hinted_at(
    desk: Desk, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        desk.says("import", file, "--pressure", "1013")
    assert "write 1013hPa" in capsys.readouterr().err


def test_the_list_names_runs_shortly_and_shows_peaks_both_ways(
    desk: Desk, file: Path, dry: Path
) -> None:
    first = desk.says("import", file, "--json")["run_id"]
    desk.says("import", dry)
    listed = desk.says("list")
    assert first[-6:] in listed
    assert first not in listed
    assert "(uncorrected " in listed
    assert "no weather" in listed
    assert desk.says("show", first[-6:], "--json")["run_id"] == first
    assert desk.says("show", "RunFile_7", "--json")["run_id"] == first
    assert "lb·ft" in desk.says("show", first)


def test_the_same_words_say_what_power_is_computed_from(desk: Desk, file: Path) -> None:
    assert desk.says("import", file, "--from", "speed", "--json")["basis"] == "speed"
    assert desk.says("change", "last", "--from", "device", "--json")["basis"] == "device_power"
    assert desk.says("change", "last", "--from", "best", "--json")["basis"]


def test_a_deleted_run_says_so(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.says("import", file, "--json")["run_id"]
    found_shop(desk)
    monkeypatch.setenv("CARTECH_PASSWORD", PASSWORD)
    desk.says("delete", run, "--as", "ada@shop.example")
    assert f"It is deleted. To bring it back: cartech-desk dyno restore {run[-6:]}" in desk.says(
        "show", run
    )


def test_an_absurd_pressure_of_the_file_is_not_called_typed(desk: Desk, tmp_path: Path) -> None:
    made = pull()
    columns = {
        "Time [s]": made.t,
        "Speed [km/h]": made.kmh,
        "Engine RPM": made.rpm,
        "Observed power [kW]": made.kw,
        "Air temp [C]": made.t * 0 + 20,
        "Humidity [%]": made.t * 0 + 40,
        "Baro [kPa]": made.t * 0 + 998,
    }
    path = tmp_path / "absurd.csv"
    path.write_text(text_of(columns))
    said = desk.says("import", path, "--correction", "sae", "--json")["correction"]
    assert "Does the file or the weather station tell it in hPa?" in said["why_not"]
    said = desk.says("change", "last", "--pressure", "29.9", "--correction", "sae", "--json")
    assert "Is it typed in inHg?" in said["correction"]["why_not"]
