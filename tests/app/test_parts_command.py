"""`cartech-desk parts`: catalogue, stock, orders, counts and files, without a screen."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cartech_desk.app.main import main
from cartech_desk.app.part_acts.told import alert_line, count_head, move_line
from cartech_desk.domain.parts.count import StockCount
from cartech_desk.domain.parts.part import LedgerLine, Level, MoveKind, StockAlert, StockMove

ADA = ("ada@shop.example", "four loud turbos hum")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A shop with one part, which the tests go on with in their order."""
    return tmp_path_factory.mktemp("parts")


@pytest.fixture
def zone(monkeypatch):
    """Live five hours west of London; returns how 2026-07-01 12:00 UTC is written there."""
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    yield "2026-07-01 07:00"
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def call(place, monkeypatch, capsys):
    """Run `cartech-desk parts … --json` as the manager; returns exit status and document."""
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", ADA[1])
    folders = ["--data", str(place), "--settings", str(place / "s.toml")]

    def run(*words, command="parts", who=True, text=False):
        person = ["--as", ADA[0]] if who else []
        status = main([*folders, command, *words, *([] if text else ["--json"]), *person])
        said = capsys.readouterr().out
        return status, said if text else json.loads(said)

    if not (place / "desk.db").exists():
        run(
            *("add", "--role", "administrator", "--name", "Ada Administrator", "--email", ADA[0]),
            *("--shop", "Blue Dyno"),
            command="people",
            who=False,
        )
        run("add", "OF-77", "--name", "Oil filter", "--price", "12,50", "--cost", "8")
    return run


def test_the_list_has_the_platforms_keys(call):
    status, document = call(who=False)
    (part,) = document["parts"]
    assert status == 0
    assert (part["sku"], part["name"], part["price"]) == ("OF-77", "Oil filter", "12.50")
    assert isinstance(part["quantity"], int | float)


def test_what_a_part_costs_is_told_to_who_may_know_it(call):
    (nobody,) = call(who=False)[1]["parts"]
    (manager,) = call("list")[1]["parts"]
    assert (nobody["price"], nobody["cost"]) == ("12.50", None)
    assert manager["cost"] == "8.00"
    assert call("show", "of-77")[1]["part"]["cost"] == "8.00"


def test_stock_comes_goes_and_stands_in_the_ledger(call):
    call("receive", "of-77", "3", "--cost", "7.90")
    _, document = call("adjust", "OF-77", "-1", "--reason", "broken")
    assert document["part"]["quantity"] == 2
    _, ledger = call("moves", "OF-77", who=False)
    assert [(move["quantity"], move["after"]) for move in ledger["moves"]] == [(-1, 2), (3, 3)]


def test_what_is_refused_says_why_and_ends_with_one(call):
    status, document = call("adjust", "OF-77", "-9", "--reason", "broken")
    assert (status, document["error"]["code"]) == (1, "out_of_stock")
    status, document = call("adjust", "OF-77", "1", "--reason", "found", who=False)
    assert (status, document["error"]["code"]) == (1, "not_signed_in")
    with pytest.raises(SystemExit) as ended:
        call("adjust", "OF-77", "many", "--reason", "found")
    assert ended.value.code == 2


def test_what_runs_low_is_told_ordered_and_received(call):
    call("supplier", "Nordic", "--lead-days", "3")
    call("change", "OF-77", "--supplier", "Nordic", "--reorder-level", "4")
    _, document = call("alerts", who=False)
    (alert,) = document["alerts"]
    assert call("acknowledge", alert["id"])[1]["alert"]["acknowledged_by"] == "Ada Administrator"
    _, document = call("reorder", "--draft")
    number = str(document["orders"][0]["number"])
    assert call("order", "place", number)[1]["order"]["status"] == "ordered"
    _, document = call("order", "receive", number, "--line", "OF-77=1@8.20")
    assert document["order"]["status"] == "partly_received"
    _, document = call("order", "receive", number, "--all")
    assert document["order"]["status"] == "received"
    assert call("show", "OF-77", who=False)[1]["part"]["quantity"] == 8


def test_a_count_is_begun_scanned_and_finished(call):
    call("count", "start")
    call("count", "scan", "last", "OF-77", "of-77")
    call("count", "set", "last", "OF-77", "7")
    _, document = call("count", "finish", "last")
    assert document["count"]["lines"][0]["difference"] == -1
    assert call("show", "OF-77", who=False)[1]["part"]["quantity"] == 7


def test_an_import_changes_nothing_before_it_is_applied(call, place):
    path = place / "in.csv"
    path.write_text("SKU;Name;Price\nA1;Bolt;1,50\nA2;;2,00\n")
    _, plan = call("import", str(path), who=False)
    assert (plan["applied"], plan["new"], plan["bad"][0]["line"]) == (False, 1, 3)
    assert call("show", "A1", who=False)[0] == 1
    assert call("import", str(path), "--apply")[1]["added"] == 1
    assert call("show", "A1", who=False)[0] == 0


def test_an_import_names_new_suppliers_and_what_it_changes(call, place):
    path = place / "changes.csv"
    path.write_text("SKU;Price;Supplier\nA1;6,10;Bolts and Co\n")
    _, plan = call("import", str(path), who=False)
    _, done = call("import", str(path), "--apply")
    assert plan["new_suppliers"] == done["new_suppliers"] == ["Bolts and Co"]
    assert (
        done["changes"]
        == plan["changes"]
        == [{"sku": "A1", "changes": ["price 1.50 EUR → 6.10 EUR", "supplier none → Bolts and Co"]}]
    )
    _, again = call("import", str(path), "--apply")
    assert (again["new_suppliers"], again["changes"], again["unchanged"]) == ([], [], 1)


def test_labels_orders_and_the_catalogue_are_written_to_files(call, place):
    assert call("labels", str(place / "l.pdf"), "OF-77=3", "A1", who=False)[1]["labels"] == 4
    said = call("labels", str(place / "one.pdf"), "A1", who=False, text=True)[1]
    assert said.endswith("written, 1 label.\n")
    status, refused = call("order", "paper", "1", str(place / "no.pdf"), who=False)
    assert (status, refused["error"]["code"]) == (1, "not_signed_in")
    assert not (place / "no.pdf").exists()
    assert call("order", "paper", "1", str(place / "o.pdf"))[0] == 0
    assert call("export", str(place / "out.csv"))[1]["parts"] == 2
    assert (place / "l.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--limit", "9" * 20),
        ("list", "--offset", "9" * 5000),
        ("moves", "--limit", "0"),
        ("order", "list", "--limit", "-1"),
        ("labels", "l.pdf", "OF-77", "--skip", "9" * 20),
        ("supplier", "Nordic", "--lead-days", "9" * 20),
    ],
)
def test_a_number_out_of_range_is_answered_with_the_range(call, capsys, words):
    with pytest.raises(SystemExit) as ended:
        call(*words, who=False)
    assert ended.value.code == 2
    assert "is a whole number from" in capsys.readouterr().err


def test_an_orders_number_that_is_none_is_answered(call):
    status, document = call("order", "show", "9" * 20, who=False)
    assert (status, document["error"]["code"]) == (1, "not_kept")


def test_the_encoding_of_an_import_is_said_and_chosen(call, place):
    path = place / "pl.csv"
    path.write_bytes("SKU;Name;Price\nL1;Łożysko;1,50\n".encode("cp1250"))
    _, plan = call("import", str(path), who=False)
    assert (plan["encoding"], plan["encoding_guessed"]) == ("cp1252", True)
    _, plan = call("import", str(path), "--encoding", "cp1250", who=False)
    assert plan["good"][0]["name"] == "Łożysko"


def test_a_deleted_part_is_brought_back_by_its_sku(call):
    call("add", "TMP-1", "--name", "Clip")
    call("delete", "TMP-1")
    assert [part["sku"] for part in call("list", "--deleted", "clip")[1]["parts"]] == ["TMP-1"]
    assert call("list", "--deleted", "turbo")[1] == {"parts": [], "total": 0}
    assert call("restore", "tmp-1")[1]["part"]["sku"] == "TMP-1"
    assert call("list", "--deleted")[1]["total"] == 0


def test_moves_alerts_and_counts_are_told_in_local_time_and_without_whole_ids(zone):
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    move = StockMove("p", MoveKind.RECEIPT, Decimal(1), at)
    assert move_line(LedgerLine(move, Decimal(1), "OF-77 Oil filter", "pc")).startswith(zone)
    alert = StockAlert("a" * 36, "p", "OF-77", Level.WARNING, at, Decimal(1), Decimal(2), at)
    assert alert_line(alert).startswith(zone)
    assert f"over since {zone}" in alert_line(alert)
    head = count_head(StockCount(id="0" * 28 + "12345678", started=at))
    assert zone in head
    assert head.endswith("[12345678]")
