"""`cartech-desk codes`: explained, found, imported, listed and removed without a screen."""

import json

import pytest

from cartech_desk.app.main import main

ADA = ("ada@shop.example", "four loud turbos hum")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hash quickly; nobody types a password."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", ADA[1])


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "desk"
    made.mkdir()
    return made


@pytest.fixture
def places(folder):
    return ["--data", str(folder), "--settings", str(folder / "s.toml")]


@pytest.fixture
def call(places, capsys):
    """Run `cartech-desk codes …`; returns the exit status and the JSON object."""

    def run(*words, command="codes"):
        status = main([*places, command, *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "sub.csv"
    path.write_text("code,description,maker\nP1410,Tumble valve open,Subaru\nP0420,x,Subaru\n")
    return path


def test_explain_tells_everything_of_a_generic_code(call):
    status, told = call("explain", "P0299")
    assert status == 0
    assert set(told) >= {
        "code", "description", "system", "severity", "severity_reason", "causes", "checks",
        "origin", "source", "known",
    }  # fmt: skip
    assert told["code"] == "P0299"
    assert "underboost" in told["description"]
    assert (told["system"], told["origin"], told["known"]) == ("Boost", "generic", True)
    assert told["severity"] in ("critical", "warning", "information")
    assert told["severity_reason"].endswith(".")
    assert told["causes"]
    assert told["checks"]


def test_explain_in_words_is_for_a_technician(places, capsys):
    assert main([*places, "codes", "explain", "p0304-00"]) == 0
    text = capsys.readouterr().out
    assert "P0304-00  Misfire in cylinder 4" in text
    assert "Critical: " in text
    assert "Likely causes:" in text
    assert "First checks:" in text


def test_explain_of_a_makers_code_says_plainly_that_nothing_is_known(call):
    status, told = call("explain", "P1410")
    assert status == 0
    assert not told["known"]
    assert "Maker's own code" in told["description"]
    assert told["causes"] == []


def test_explain_of_what_is_no_code_is_refused(call):
    status, told = call("explain", "P29")
    assert status == 1
    assert told["error"]["code"] == "no_code"


def test_an_imported_table_explains_the_makers_code(call, table):
    status, done = call("import", str(table))
    assert status == 0
    assert (done["table"]["codes"], done["table"]["makers"]) == (1, ["Subaru"])
    assert not done["replaced"]
    assert "P0420 in line 3" in done["warnings"][0]
    _, told = call("explain", "P1410", "--maker", "Subaru")
    assert (told["description"], told["source"]) == ("Tumble valve open", "Subaru: sub.csv")
    assert told["origin"] == "maker"
    _, told = call("explain", "P1410", "--vin", "JF1GD29692G500000")
    assert told["known"]


def test_explain_says_which_maker_was_taken_from_the_vin(call, places, capsys):
    _, told = call("explain", "P1410", "--vin", "JF1GD29692G500000")
    assert "Subaru" in told["maker_by_vin"]
    assert main([*places, "codes", "explain", "P1410", "--vin", "JF1GD29692G500000"]) == 0
    text = capsys.readouterr().out
    assert f"Maker taken from the VIN: {told['maker_by_vin']}. If that is wrong" in text


def test_explain_shows_the_note_on_a_code(call, places, capsys):
    _, told = call("explain", "C0035")
    assert "General Motors" in told["note"]
    assert main([*places, "codes", "explain", "C0035"]) == 0
    assert "Note: In older General Motors cars" in capsys.readouterr().out


def test_a_wrong_table_is_refused_with_its_place_and_nothing_kept(call, table):
    table.write_text("code,descr\nP1410,x\n")
    status, told = call("import", str(table), "--maker", "Subaru")
    assert status == 1
    assert told["error"]["code"] == "code_table_refused"
    assert "sub.csv, line 1, column 2" in told["error"]["message"]
    assert call("tables") == (0, {"tables": []})


def test_tables_are_listed_and_removed(call, table):
    call("import", str(table))
    _, listed = call("tables")
    assert [one["source"] for one in listed["tables"]] == ["sub.csv"]
    status, gone = call("remove", listed["tables"][0]["id"][-6:])
    assert (status, gone["removed"]["source"]) == (0, "sub.csv")
    assert call("tables") == (0, {"tables": []})
    status, told = call("remove", "sub.csv")
    assert (status, told["error"]["code"]) == (1, "not_kept")


def test_find_searches_texts_and_says_whether_there_are_more(call):
    status, told = call("find", "catalyst", "bank", "1", "--limit", "2")
    assert status == 0
    assert len(told["codes"]) == 2
    assert told["more"]
    assert call("find", "no", "such", "words") == (0, {"codes": [], "more": False})


def test_find_puts_what_fits_best_first_makers_own_codes_too(call, places, table, capsys):
    call("import", str(table))
    _, told = call("find", "valve", "--limit", "3")
    assert told["codes"][0]["code"] == "P1410"
    assert told["more"]
    assert main([*places, "codes", "find", "valve", "--limit", "3"]) == 0
    out = capsys.readouterr().out
    assert "Tumble valve open (Subaru" in out
    assert "the first 3 of more" in out


def test_one_code_is_counted_as_one(places, table, capsys):
    assert main([*places, "codes", "import", str(table)]) == 0
    assert "1 code of Subaru imported." in capsys.readouterr().out


def test_once_the_shop_is_set_up_a_person_imports_and_it_is_audited(call, table):
    call("add", "--role", "administrator", "--name", "Ada", "--email", ADA[0], "--shop", "Blue",
         command="people")  # fmt: skip
    status, told = call("import", str(table))
    assert (status, told["error"]["code"]) == (1, "not_signed_in")
    assert call("import", str(table), "--as", ADA[0])[0] == 0
    _, told = call("explain", "P1410", "--maker", "Subaru")
    assert told["known"]


@pytest.mark.parametrize("words", [[], ["explain"], ["find"], ["find", "x", "--limit", "0"]])
def test_wrong_usage_is_status_2(places, words, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*places, "codes", *words])
    assert ended.value.code == 2
    capsys.readouterr()
