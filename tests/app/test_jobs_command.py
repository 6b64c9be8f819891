"""`cartech-desk jobs`: a job from the counter to the till, without a screen."""

import shutil
import sqlite3
from contextlib import closing
from json import loads
from pathlib import Path

import pytest

from cartech_desk.app.main import main

ADA = ("ada@shop.example", "four loud turbos hum")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop with a car, three pieces of a part, two of them on job 1001; 72.50 in all.

    Made once: each test has its own copy.
    """
    place = tmp_path_factory.mktemp("jobs") / "shop"
    people = ["add", "--role", "administrator", "--name", "Ada Administrator", "--email", ADA[0]]
    part = ["add", "OF-77", "--name", "Oil filter", "--price", "12,50", "--on-hand", "3"]
    car = (
        "INSERT INTO vehicle (id, name, name_key, created, used, plate, plate_key) "
        "VALUES ('v-1', 'Golf', 'golf', '2026-01-01T00:00:00.000000+00:00', '2026', "
        "'KX16 ABC', 'kx16abc')"
    )
    job = ["open", "--vehicle", "kx16 abc", "--title", "Oil", "--odometer", "84210"]
    labour = ["--labour", "Change oil", "--quantity", "0.5", "--price", "95,00"]
    with pytest.MonkeyPatch.context() as patch:
        as_ada(patch)
        assert main([*folders(place), "people", *people, "--shop", "Blue Dyno"]) == 0
        change(place, car)
        for words in (
            ["parts", *part],
            ["jobs", *job],
            ["jobs", "line", "1001", *labour],
            ["jobs", "line", "1001", "--part", "of-77", "--quantity", "2"],
        ):
            assert main([*folders(place), *words, "--as", ADA[0]]) == 0
    return place


@pytest.fixture
def place(shop, tmp_path):
    """This test's own shop."""
    return Path(shutil.copytree(shop, tmp_path / "shop"))


@pytest.fixture
def call(place, monkeypatch, capsys):
    """Run `cartech-desk jobs … --json` as the manager; returns exit status and document.

    Without `json` it returns what a person reads.
    """
    as_ada(monkeypatch)

    def run(*words, command="jobs", who=True, json=True):
        person = ["--as", ADA[0]] if who else []
        asked = ["--json"] if json else []
        status = main([*folders(place), command, *words, *asked, *person])
        said = capsys.readouterr().out
        return status, loads(said) if json else said

    return run


def as_ada(patch):
    """Let commands know the password, and make it quickly."""
    patch.setattr("cartech_desk.app.desk.COST", 4)
    patch.setenv("CARTECH_PASSWORD", ADA[1])
    patch.setenv("CARTECH_NEW_PASSWORD", ADA[1])


def folders(place):
    return ["--data", str(place), "--settings", str(place / "s.toml")]


def change(place, statement, rows=((),)):
    with closing(sqlite3.connect(place / "desk.db")) as connection:
        connection.executemany(statement, rows)
        connection.commit()


def billed(call):
    """Take job 1001 to its invoice, 0001."""
    call("status", "1001", "done")
    return call("invoice", "1001")[1]["paper"]


def test_a_job_is_opened_with_labour_and_a_part_from_stock(call):
    _, document = call("open", "--vehicle", "kx16 abc", "--title", "Oil")
    assert document["error"]["code"] == "job_open_already"
    assert "Job 1001 of this car is open already (arrived)." in document["error"]["message"]
    status, document = call("open", "--vehicle", "kx16 abc", "--title", "Oil", "--even-so")
    assert status == 0
    assert "belongs to job 1002" in document["warnings"][0]
    said = call("show", "1001", json=False)[1]
    assert "belongs to job 1002" in said
    assert "Odometer 84,210 km" in said
    assert (document["job"]["number"], document["job"]["status"]) == (1002, "arrived")
    call("line", "1002", "--labour", "Change oil", "--quantity", "0.5", "--price", "95,00")
    _, document = call("line", "1002", "--part", "of-77", "--tax", "19%")
    lines = document["job"]["lines"]
    assert [(line["kind"], line["quantity"], line["net"]) for line in lines] == [
        ("labour", 0.5, "47.50"),
        ("part", 1, "12.50"),
    ]
    assert (lines[1]["taken"], document["job"]["total"]) == (1, "62.38")
    assert call("show", "OF-77", command="parts", who=False)[1]["part"]["quantity"] == 0


def test_an_invoice_that_cannot_be_written_is_told_to_be_issued(call, place, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    call("status", "1001", "done")
    monkeypatch.setattr("cartech_desk.reports.whole_file.os.fsync", full)
    status, document = call("invoice", "1001", "--pdf", str(place / "i.pdf"))
    monkeypatch.undo()
    assert (status, document["error"]["code"]) == (1, "export_failed")
    assert "Invoice 0001 is issued all the same" in document["error"]["kept"]
    assert "recording" not in document["error"]["message"]
    assert not (place / "i.pdf").exists()


def test_a_customer_who_said_no_is_told_from_one_who_was_never_asked(call):
    assert call("show", "1001")[1]["job"]["said_no"] is False
    _, document = call("approve", "1001", "--withdraw", "--how", "too dear")
    assert (document["job"]["approval"], document["job"]["said_no"]) == (None, True)


def test_labour_without_a_price_is_asked_about(call):
    status, document = call("line", "1001", "--labour", "No price", "--quantity", "2")
    assert (status, document["error"]["code"]) == (1, "no_price")
    _, document = call("line", "1001", "--labour", "No price", "--even-so")
    assert document["job"]["lines"][2]["net"] == "0.00"
    assert call("line", "1001", "--place", "3", "--remove")[0] == 0


def test_what_is_not_there_is_refused_and_taken_even_so(call):
    status, document = call("line", "1001", "--part", "OF-77", "--quantity", "5")
    assert (status, document["error"]["code"]) == (1, "out_of_stock")
    _, document = call("line", "1001", "--part", "OF-77", "--quantity", "5", "--even-so")
    assert document["job"]["lines"][2]["taken"] == 1
    status, document = call("status", "1001", "done")
    assert (status, document["error"]["code"]) == (1, "parts_missing")
    _, document = call("line", "1001", "--place", "3", "--remove")
    assert len(document["job"]["lines"]) == 2
    _, document = call("line", "1001", "--place", "2", "--price", "12", "--discount", "10")
    assert document["job"]["lines"][1]["net"] == "21.60"


def test_a_job_is_approved_done_invoiced_and_paid(call, place):
    _, document = call("approve", "1001", "--who", "Mr Hill", "--how", "by phone")
    assert document["job"]["approval"]["total"] == document["job"]["total"] == "72.50"
    call("status", "1001", "in_bay", "--bay", "b-1")
    call("status", "1001", "done")
    _, document = call("invoice", "1001", "--pdf", str(place / "invoice.pdf"))
    assert (document["paper"]["number"], document["paper"]["total"]) == ("0001", "72.50")
    assert (place / "invoice.pdf").read_bytes().startswith(b"%PDF")
    status, document = call("pay", "1001", "72.51")
    assert (status, document["error"]["code"]) == (1, "payment_refused")
    said = call("pay", "1001", "50", "--method", "card", json=False)[1]
    assert said.splitlines()[-1] == "Job 1001: 50.00 EUR paid, 22.50 EUR still due."
    assert "no --method" not in said
    _, document = call("pay", "last", "22,50")
    assert document["job"] == {"number": 1001, "status": "paid", "due": "0.00"}
    assert document["payment"]["method"] == "cash"
    _, document = call("show", "1001", who=False)
    assert [each["status"] for each in document["history"]][-1] == "paid"
    assert [each["amount"] for each in document["payments"]] == ["50.00", "22.50"]
    assert [each["number"] for each in document["papers"]] == ["0001"]


def test_an_invoice_is_taken_back(call):
    assert billed(call)["total"] == "72.50"
    _, document = call("credit", "0001", "--reason", "wrong company")
    assert (document["paper"]["number"], document["paper"]["total"]) == ("C-0001", "-72.50")
    _, document = call("papers", "--job", "1001", who=False)
    assert [each["number"] for each in document["papers"]] == ["C-0001", "0001"]
    _, document = call("list", "--status", "done", who=False)
    assert [job["number"] for job in document["jobs"]] == [1001]


def test_a_deleted_job_is_listed_shown_and_taken_back(call):
    assert "jobs restore 1001" in call("delete", "1001", "--reason", "typed twice", json=False)[1]
    assert call(who=False)[1]["total"] == 0
    _, document = call("list", "--deleted", "golf oil", who=False)
    assert [job["number"] for job in document["jobs"]] == [1001]
    assert call("list", "--deleted", "turbo", who=False)[1] == {"jobs": [], "total": 0}
    assert call("show", "1001", who=False)[1]["job"]["deleted"]
    assert "jobs restore 1001" in call("show", "1001", who=False, json=False)[1]
    status, document = call("line", "1001", "--place", "1", "--remove")
    assert (status, "jobs restore 1001" in document["error"]["message"]) == (1, True)
    _, document = call("restore", "1001")
    assert (document["job"]["deleted"], document["job"]["lines"][1]["taken"]) == (None, 2)
    status, document = call("restore", "1001")
    assert (status, document["error"]["code"]) == (1, "not_deleted")


def test_a_job_with_an_invoice_is_not_deleted(call):
    billed(call)
    status, document = call("delete", "1001")
    assert (status, document["error"]["code"]) == (1, "job_closed")
    assert call("list", "--deleted", who=False)[1]["total"] == 0


def test_who_is_not_named_changes_nothing_and_reads_all(call):
    status, document = call("status", "1001", "in_bay", who=False)
    assert (status, document["error"]["code"]) == (1, "not_signed_in")
    assert call("board", who=False)[1]["board"]["arrived"][0]["number"] == 1001
    assert call(who=False)[1]["total"] == 1


def test_a_wrong_field_or_file_is_told_before_a_number_is_used(call, place):
    status, document = call("open", "--vehicle", "ZZ 99", "--title", "Oil")
    assert (status, document["error"]["code"]) == (1, "job_refused")
    status, document = call("estimate", "1001", "--pdf", str(place / "estimate.txt"))
    assert (status, document["error"]["code"]) == (1, "export_refused")
    _, document = call("estimate", "1001")
    assert document["paper"]["number"] == "E-0001"
    with pytest.raises(SystemExit) as ended:
        call("line", "1001", "--labour", "Work", "--tax", "much")
    assert ended.value.code == 2


def test_who_looks_may_be_named_and_is_not_read_as_another_option(call):
    for words in (("list",), ("board",), ("show", "1001"), ("papers",)):
        assert call(*words)[0] == 0
    call("open", "--vehicle", "kx16 abc", "--title", "Tyres", "--even-so")
    newest_first = [job["number"] for job in call("list", who=False)[1]["jobs"]]
    assert newest_first == [1002, 1001]
    assert [job["number"] for job in call("list")[1]["jobs"]] == newest_first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--asc"), "unrecognized arguments: --asc"),
        (("list", "--limit", "99999999999999999999"), "a whole number from 1 to 1000000"),
        (("list", "--limit", "-1"), "a whole number from 1 to 1000000"),
        (("list", "--offset", "-5"), "a whole number from 0"),
        (("list", "--since", "2026-13-01"), "a day is written as in 2026-03-02"),
        (("list", "--until", "0001-01-01"), "from 1970 to 2199"),
        (("papers", "--limit", "99999999999999999999"), "a whole number from 1"),
    ],
)
def test_what_is_out_of_range_is_answered_with_the_range(call, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        call(*words, who=False)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_revenue_bounds_what_it_lists(call, capsys):
    with pytest.raises(SystemExit):
        call("jobs", "--limit", "999999999999999999999", command="revenue")
    assert "a whole number from 1" in capsys.readouterr().err


def test_a_payment_of_another_age_is_refused(call):
    call("open", "--vehicle", "kx16 abc", "--title", "Tyres", "--even-so")
    for day in ("0001-01-01", "0001-01-03", "9999-12-31T23:59"):
        status, document = call("pay", "last", "1", "--at", day)
        assert (status, document["error"]["code"]) in ((1, "payment_refused"), (1, "job_refused"))


def test_bays_and_technicians_go_by_their_names_and_how_these_begin(call, place):
    change(
        place,
        "INSERT INTO resource (id, kind, name) VALUES (?, ?, ?)",
        [
            ("bay-1", "bay", "Bay 1, lift"),
            ("bay-2", "bay", "Bay 2, dyno"),
            ("tom-1", "technician", "Tom"),
        ],
    )
    named = ("--title", "Names", "--technician", "tom", "--even-so")
    _, opened = call("open", "--vehicle", "kx16 abc", *named)
    number = str(opened["job"]["number"])
    status, document = call("status", number, "in_bay", "--bay", "bay 1")
    assert (status, document["job"]["bay_id"]) == (0, "bay-1")
    assert document["job"]["technician_id"] == "tom-1"
    assert call("change", number, "--bay", "Bay 2, dyno")[1]["job"]["bay_id"] == "bay-2"
    status, document = call("change", number, "--bay", "bay")
    assert (status, document["error"]["message"].partition(".")[0]) == (
        1,
        "Several bays and technicians begin with 'bay'",
    )
    assert "is no bay" in call("change", number, "--bay", "tom")[1]["error"]["message"]


def test_money_without_a_method_is_noted_as_cash_and_says_so(call, capsys):
    said = call("pay", "1001", "1", json=False)[1]
    assert "[noted as cash: no --method was given]" in said
    assert "[noted as cash: no --method was given]" in call("refund", "1001", "1", json=False)[1]
    with pytest.raises(SystemExit):
        call("pay", "--help")
    assert "cash where none is given" in " ".join(capsys.readouterr().out.split())
