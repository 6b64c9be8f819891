"""`cartech-desk report`: history, comparison, advice and reports of runs that were imported."""

import json

import pytest

from cartech_desk.app.commands import report
from cartech_desk.app.main import main
from cartech_desk.domain.performance.advice import NO_RUN
from tests.domain.dyno.exports import pull, winpep


class Desk:
    """The command line over one folder, with runs that were imported."""

    def __init__(self, folder, capsys):
        self._folder, self._capsys = folder, capsys
        self.where = ["--data", str(folder / "desk"), "--settings", str(folder / "settings.toml")]

    def drive(self, name, top_kw, day, vehicle="Blue Civic"):
        path = self._folder / f"{name}.csv"
        path.write_bytes(winpep(pull(seconds=6.0, top_kw=top_kw)))
        words = ["dyno", "import", path, "--vehicle", vehicle, "--date", day, "--json"]
        return self.says(*words)["run_id"]

    def says(self, *words, status=0):
        found = main([*self.where, *map(str, words)])
        said = self._capsys.readouterr()
        assert found == status, said.err
        return json.loads(said.out) if "--json" in words else said.out + said.err


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture
def desk(folder, capsys):
    made = Desk(folder, capsys)
    if not (folder / "desk").exists():
        made.drive("first", 150.0, "2026-03-02")
        made.drive("second", 180.0, "2026-06-02")
        made.drive("other", 120.0, "2026-05-02", "Track Miata")
    return made


def test_history_has_the_platforms_keys(desk):
    said = desk.says("report", "history", "Blue Civic", "--json")
    assert [one["date"] for one in said["sessions"]] == ["2026-03-02", "2026-06-02"]
    assert {"date", "hp", "torque", "mods"} <= set(said["sessions"][0])
    assert said["whole"]["power_pct"] == pytest.approx(20.0, abs=3.0)
    text = desk.says("report", "history", "Blue Civic", "--power-unit", "kW")
    assert "kW" in text


def test_comparison_has_the_platforms_keys(desk):
    said = desk.says("report", "compare", "--vehicles", "Blue Civic", "Track Miata", "--json")
    assert {"comparison_data", "recommendations"} <= set(said)
    runs = said["comparison_data"]["runs"]
    assert runs[0]["hp"] > runs[1]["hp"]
    assert runs[1]["gain"]["average_kw"] < 0
    assert any("vehicles" in words for words in said["comparison_data"]["warnings"])


def test_advice_says_what_could_not_be_asked(desk):
    said = desk.says("report", "advice", "Blue Civic", "--json")
    assert any(one["rule"] == "injectors_full" for one in said["not_asked"])
    assert "Not asked" in desk.says("report", "advice", "Blue Civic")


def test_a_report_is_written_and_told(desk, tmp_path):
    path = tmp_path / "civic.pdf"
    said = desk.says("report", "performance", "Blue Civic", "--out", path, "--json")
    assert said["report_url"] == said["pdf_url"] == str(path)
    assert path.read_bytes().startswith(b"%PDF")
    assert len(said["report"]["sessions"]) == 2


def test_a_file_that_is_there_stays_unless_it_may_go(desk, tmp_path):
    path = tmp_path / "civic.json"
    path.write_text("mine", encoding="utf-8")
    words = ("report", "performance", "Blue Civic", "--out", path, "--json")
    assert desk.says(*words, status=1)["error"]["code"] == "file_there"
    assert path.read_text(encoding="utf-8") == "mine"
    for switch in ("--even-so", "--force"):
        path.write_text("mine", encoding="utf-8")
        assert desk.says(*words, switch)["pdf_url"] is None
        assert path.read_text(encoding="utf-8") != "mine"


def test_a_format_that_is_not_the_files_is_refused(desk, tmp_path):
    words = ("--out", tmp_path / "a.pdf", "--format", "xlsx", "--json")
    said = desk.says("report", "performance", "Blue Civic", *words, status=1)
    assert said["error"]["code"] == "export_refused"


def test_an_unknown_vehicle_is_refused(desk):
    said = desk.says("report", "history", "No Such Car", "--json", status=1)
    assert said["error"]["code"] == "not_kept"


def test_nothing_to_compare_is_refused(desk):
    said = desk.says("report", "compare", "--json", status=1)
    assert said["error"]["code"] == "not_comparable"


def test_a_session_of_another_car_is_refused(desk):
    foreign = desk.says("report", "history", "Track Miata", "--json")["sessions"][0]["id"]
    said = desk.says("report", "advice", "Blue Civic", "--session", foreign, "--json", status=1)
    assert said["error"]["code"] == "not_kept"


def test_a_car_without_runs_is_not_cleared():
    assert report._advice_lines((), (NO_RUN,))[0].startswith("No run to ask")
