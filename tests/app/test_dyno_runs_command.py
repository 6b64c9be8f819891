"""`cartech-desk dyno import|columns|list|show|compare|change|delete|restore`."""

import json
from pathlib import Path
from typing import Any

import pytest

from cartech_desk.app.main import main
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store
from tests.domain.dyno.exports import pull, text_of, winpep
from tests.domain.dyno.runs import REAL_RUN

HP = 0.7456998715822702
real_file = pytest.mark.skipif(not REAL_RUN.is_file(), reason=f"{REAL_RUN.name} is not here")


class Desk:
    """The command line over one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.told = ""

    def says(self, *words: str, status: int = 0) -> Any:
        """Run a command; its document with --json, else its text. `told` is standard error."""
        where = ["--data", str(self.folder), "--settings", str(self.folder / "settings.toml")]
        found = main([*where, "dyno", *map(str, words)])
        said = self._capsys.readouterr()
        self.told = said.err
        assert found == status, said.err
        return json.loads(said.out) if "--json" in words and said.out else said.out

    def refuses(self, *words: str) -> str:
        """Run a command that has to fail; what it says."""
        where = ["--data", str(self.folder), "--settings", str(self.folder / "settings.toml")]
        assert main([*where, "dyno", *map(str, words)]) != 0
        said = self._capsys.readouterr()
        return said.err + said.out


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path / "desk", capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "RunFile_7.csv"
    path.write_bytes(winpep())
    return path


@real_file
def test_a_real_run_of_winpep_comes_to_what_its_dyno_printed(desk: Desk) -> None:
    said = desk.says("import", REAL_RUN, "--correction", "sae", "--json")
    assert said["correction"]["name"] == "SAE J1349, June 1990 form"
    assert said["correction"]["factor"] == pytest.approx(1.222, abs=0.0006)
    assert said["peak_power"]["hp"] == pytest.approx(276.480, rel=0.002)
    assert said["peak_power"]["rpm"] == pytest.approx(7032, abs=25)
    assert said["peak_torque"]["lbft"] == pytest.approx(239.441, rel=0.002)
    assert said["peak_torque"]["rpm"] == pytest.approx(5091, abs=25)
    assert said["uncorrected"]["peak_power"]["hp"] == pytest.approx(226.333, rel=0.002)
    assert said["times"]["60-100mph_s"] == pytest.approx(5.721, abs=0.01)
    assert said["times"]["0-60mph_s"] is None
    assert "slips" in [mark["key"] for mark in said["quality"]]
    assert said["device"]["factor"] == 1.222


@real_file
def test_the_speed_column_alone_comes_within_one_and_a_half_percent(desk: Desk) -> None:
    said = desk.says("import", REAL_RUN, "--correction", "sae", "--from", "speed", "--json")
    assert said["basis"] == "speed"
    assert said["peak_power"]["hp"] == pytest.approx(276.480, rel=0.015)
    assert said["peak_torque"]["lbft"] == pytest.approx(239.441, rel=0.015)
    assert "mass_found" in [mark["key"] for mark in said["quality"]]


def test_an_import_tells_the_run_as_show_does(desk: Desk, file: Path) -> None:
    said = desk.says("import", file, "--json", "--vehicle", "Blue Golf", "--gear", "4")
    shown = desk.says("show", said["run_id"][:13], "--json")
    assert shown == said
    assert said["gear"] == "4"
    top = pull().kw.max()
    assert said["uncorrected"]["peak_power"]["hp"] == pytest.approx(top / HP, rel=0.01)


def test_a_text_tells_peaks_basis_and_marks(desk: Desk, file: Path) -> None:
    text = desk.says("import", file, "--correction", "std", "--vehicle", "Blue Golf")
    for words in ("RunFile_7", "Blue Golf", "STD, SAE J607", "Peak power:", " rpm (±"):
        assert words in text


def test_columns_shows_the_proposal_and_its_json_serves_as_map(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    said = desk.says("columns", file, "--json")
    assert said["program"] == "Dynojet WinPEP 8"
    assert said["sure"] is True
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps(said))
    run = desk.says("import", file, "--map", mapping, "--json")
    assert run["peak_power"] is not None
    assert "Engine RPM" in desk.says("columns", file)


def test_what_is_not_sure_is_asked_for_and_can_be_typed(desk: Desk, tmp_path: Path) -> None:
    made = pull()
    path = tmp_path / "plain.csv"
    path.write_text(
        text_of(
            {"T": made.t, "Speed": made.kmh, "Revs": made.rpm / 1000, "Power": made.kw},
            delimiter=";",
        )
    )
    refused = desk.refuses("import", path)
    assert "“Power”" in refused
    assert "--column" in refused
    words = ("Speed=speed:km/h", "Revs=rpm:krpm", "Power=power:kW")
    columns = [word for one in words for word in ("--column", one)]
    said = desk.says("import", path, *columns, "--time", "T:s", "--json")
    assert said["uncorrected"]["peak_power"]["kW"] == pytest.approx(made.kw.max(), rel=0.01)
    assert desk.says("columns", path, "--json")["remembered"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--column", "Engine RPM=rpm:rpm"), "krpm"),
        (("--column", "Gearbox=rpm"), "No column is called"),
        (("--column", "Power=power"), "Several columns"),
        (("--column", "nonsense"), "NAME=ROLE:UNIT"),
        (("--column", "(DWRT CPU) Speed=wings"), "nothing that a column can be"),
        (("--column", "(DWRT CPU) Speed=speed:kg"), "no unit of speed"),
        (("--time", "Time:kg"), "NAME:UNIT"),
        (("--time", "0.01 Hz"), "would last"),
        (("--session", "gone"), "No dyno session"),
        (("--map", "gone.json"), "cannot be read"),
    ],
)
def test_a_wrong_word_is_refused_and_nothing_kept(
    desk: Desk, file: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in desk.refuses("import", file, *words)
    assert desk.says("list", "--json") == {"sessions": []}


def test_a_damaged_map_is_refused(desk: Desk, file: Path, tmp_path: Path) -> None:
    for text in ("", "[]", '{"time": 0}', '{"time": 0, "time_unit": "s", "columns": [1]}'):
        path = tmp_path / "map.json"
        path.write_text(text)
        assert "mapping" in desk.refuses("import", file, "--map", path).lower()


def test_two_runs_are_compared_and_more_repeat(desk: Desk, file: Path, tmp_path: Path) -> None:
    stronger = tmp_path / "stronger.csv"
    stronger.write_bytes(winpep(pull(top_kw=190.0)))
    weak = tmp_path / "weak.csv"
    weak.write_bytes(winpep(pull(top_kw=150.0)))
    a, b, c, d = (
        desk.says("import", one, "--again", "--json")["run_id"]
        for one in (file, stronger, weak, file)
    )
    said = desk.says("compare", a, b, "--json")
    assert [one["run_id"] for one in said["runs"]] == [a, b]
    assert said["axis"] == "rpm"
    assert said["average_power"]["gain_kW"] == pytest.approx(8.5, abs=1.5)
    assert said["gain"]["best"]["kW"] >= said["gain"]["worst"]["kW"] > 0
    assert said["gain"]["area_kW_rpm"] > 0
    assert said["range"]["unit"] == "rpm"
    many = desk.says("compare", a, b, c, d, "--json")["repeatability"]
    assert many["mean_peak_kW"] > 0
    assert many["spread_pct"] > 1
    assert "Common range" in desk.says("compare", a, b)
    assert "on average" in desk.says("compare", a, b, c)
    assert "at least two" in desk.refuses("compare", a)


def test_a_run_is_put_right(desk: Desk, file: Path) -> None:
    run = desk.says("import", file, "--json")["run_id"]
    words = (
        "--name",
        "Best",
        "--note",
        "warm",
        "--gear",
        "3",
        "--from",
        "speed",
        "--offset",
        "0.1",
    )
    said = desk.says("change", run, *words, "--json")
    assert (said["name"], said["note"], said["gear"], said["basis"]) == (
        "Best",
        "warm",
        "3",
        "speed",
    )
    assert desk.says("show", run, "--json") == said
    assert "seconds" in desk.refuses("change", run, "--offset", "soon")
    desk.says("change", run, "--wheel-mass", "60", "--boost-ratio", "2.2", "--gauge", "9.8")


def test_typed_weather_serves_a_file_without_any(desk: Desk, tmp_path: Path) -> None:
    made = pull()
    path = tmp_path / "dry.csv"
    path.write_text(
        text_of(
            {
                "Time [s]": made.t,
                "Speed [km/h]": made.kmh,
                "Engine RPM": made.rpm,
                "Observed power [kW]": made.kw,
            }
        )
    )
    bare = desk.says("import", path, "--json")
    assert bare["correction"]["factor"] == 1.0
    assert bare["correction"]["why_not"]
    words = ("--temperature", "85F", "--pressure", "28.85inHg", "--humidity", "85")
    said = desk.says("import", path, "--again", *words, "--correction", "std", "--json")
    assert said["correction"]["factor"] == pytest.approx(1.1005, abs=0.001)
    assert said["conditions"]["source"] == "typed"


def test_a_run_is_deleted_by_who_may_and_restored(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = " ".join(("three", "blind", "mice", "play", "darts"))
    store = Store(desk.folder, desk.folder / "keys")
    People(store, Session(), cost=4).found(
        shop="Test shop",
        units="metric",
        currency="EUR",
        name="Ada Administrator",
        email="ada@shop.example",
        password=password,
    )
    store.close()
    monkeypatch.setenv("CARTECH_PASSWORD", password)
    run = desk.says("import", file, "--json")["run_id"]
    assert "may delete" in desk.refuses("delete", run)
    who = ("--as", "ada@shop.example")
    assert desk.says("delete", run, *who, "--json") == {"run_id": run, "deleted": True}
    assert desk.says("list", "--json")["sessions"][0]["runs"] == []
    assert desk.says("list", "--deleted", "--json")["sessions"][0]["runs"][0]["deleted"] is True
    desk.says("restore", run, *who)
    assert desk.says("list", "RunFile_7", "--json")["sessions"][0]["runs"][0]["run_id"] == run
    assert "RunFile_7" in desk.says("list")
