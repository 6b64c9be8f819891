"""No command writes over a file that is there unless it is told so."""

import json

import pytest

from cartech_desk.app.existing_files import FileThere, refuse_existing
from cartech_desk.app.main import main

ADA = ("ada@shop.example", "four loud turbos hum")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A shop with a part, an order of it, a done job with an estimate, and a file of somebody."""
    place = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        as_ada(patch)
        people = ["add", "--role", "administrator", "--name", "Ada", "--email", ADA[0]]
        assert main([*folders(place), "people", *people, "--shop", "Blue Dyno"]) == 0
        for words in (
            ["vehicles", "add", "--plate", "KX16 ABC", "--make", "VW"],
            ["parts", "add", "OF-77", "--name", "Oil filter", "--price", "12,50"],
            ["parts", "supplier", "Nordic"],
            ["parts", "order", "new", "Nordic", "--line", "OF-77=2"],
            ["jobs", "open", "--vehicle", "KX16 ABC", "--title", "Oil"],
            ["jobs", "line", "1001", "--labour", "Oil", "--quantity", "1", "--price", "95"],
            ["jobs", "estimate", "1001"],
            ["jobs", "status", "1001", "done"],
        ):
            assert main([*folders(place), *words, "--as", ADA[0]]) == 0, words
    return place


def folders(place):
    return ["--data", str(place / "data"), "--settings", str(place / "s.toml")]


def as_ada(patch):
    patch.setattr("cartech_desk.app.desk.COST", 4)
    patch.setenv("CARTECH_PASSWORD", ADA[1])
    patch.setenv("CARTECH_NEW_PASSWORD", ADA[1])


@pytest.fixture
def call(place, monkeypatch, capsys):
    """Run a command as the administrator; returns exit status and document."""
    as_ada(monkeypatch)

    def run(*words):
        capsys.readouterr()
        status = main([*folders(place), *map(str, words), "--json", "--as", ADA[0]])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("pdf", ("jobs", "paper", "E-0001", "--pdf")),
        ("pdf", ("parts", "order", "paper", "1")),
        ("csv", ("parts", "export")),
        ("xlsx", ("revenue", "export")),
        ("json", ("limits", "export")),
        ("csv", ("alarms", "export")),
        ("csv", ("audit", "export")),
    ],
)
def test_what_is_there_stays_until_it_is_said(call, tmp_path, ending, words):
    path = tmp_path / f"mine.{ending}"
    path.write_text("mine")
    status, said = call(*words, path)
    assert (status, said["error"]["code"]) == (1, "file_there")
    assert "--even-so" in said["error"]["to_do"]
    assert path.read_text() == "mine"
    assert call(*words, path, "--even-so")[0] == 0
    assert path.read_bytes() != b"mine"


def test_labels_stay_until_it_is_said(call, tmp_path):
    path = tmp_path / "mine.pdf"
    path.write_text("mine")
    assert call("parts", "labels", path, "OF-77")[1]["error"]["code"] == "file_there"
    assert path.read_text() == "mine"
    assert call("parts", "labels", path, "OF-77", "--even-so")[0] == 0


def test_a_paper_that_is_issued_is_never_written_over_a_file(call, tmp_path):
    path = tmp_path / "mine.pdf"
    path.write_text("mine")
    before = call("jobs", "papers")[1]["total"]
    for act in ("estimate", "invoice"):
        # Here --even-so answers what is asked of the job; a file is no part of that.
        status, said = call("jobs", act, "1001", "--pdf", path, "--even-so")
        assert (status, said["error"]["code"]) == (1, "file_there")
    assert path.read_text() == "mine"
    assert call("jobs", "papers")[1]["total"] == before


def test_a_folder_and_a_new_name_are_left_to_who_writes(tmp_path):
    refuse_existing(None, even_so=False)
    refuse_existing(tmp_path, even_so=False)
    refuse_existing(tmp_path / "new.pdf", even_so=False)
    (tmp_path / "link.pdf").symlink_to(tmp_path / "new.pdf")
    with pytest.raises(FileThere, match="is there already"):
        refuse_existing(tmp_path / "link.pdf", even_so=False)


def test_help_names_one_switch_and_the_older_name_still_does(capsys):
    for words in (
        ("report", "performance"),
        ("dyno", "report"),
        ("dyno", "link", "add"),
        ("dyno", "link", "capture"),
        ("limits", "set"),
        ("limits", "import"),
    ):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
        told = capsys.readouterr().out
        assert "--even-so" in told, words
        assert "--force" not in told, words
