"""`cartech-desk revenue`: sums with the platform's keys, for those who may see them."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from cartech_desk.app.main import main
from cartech_desk.store.store import Store
from tests.office.revenue_book import Book, keep_shop, labour, part

WORD = "four loud turbos hum"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A shop with an administrator, a technician and three jobs."""
    made = tmp_path_factory.mktemp("revenue")
    (made / "desk").mkdir()
    return made


@pytest.fixture
def desk(folder, capsys, monkeypatch):
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", WORD)
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", WORD)
    where = ["--data", str(folder / "desk"), "--settings", str(folder / "settings.toml")]

    def says(*words, status=0):
        found = main([*where, *map(str, words)])
        said = capsys.readouterr()
        assert found == status, said.err + said.out
        return json.loads(said.out) if "--json" in words else said.out + said.err

    if not (folder / "desk" / "desk.db").exists():
        says("people", "add", "--shop", "Demo", "--role", "administrator", "--name", "Ada",
             "--email", "ada@shop.example")  # fmt: skip
        store = Store(folder / "desk", folder / "keys")
        keep_shop(store)
        book = Book(store)
        book.job(date(2026, 1, 5), [labour(10000, tax=1900, service="s1")])
        book.job(date(2026, 2, 5), [labour(5000, service="s1"), part(3000, cost=1000)])
        key = book.job(date(2026, 2, 6), [labour(700)], status="done", recognised=False, paid=0)
        book.invoice(key, 700, "2026-02-20", number=1)
        book.job(date(2025, 2, 5), [labour(100)], paid=300)
        store.close()
    return says


YEAR = ("--from", "2026-01-01", "--to", "2026-12-31", "--as", "ada@shop.example")


def test_revenue_has_the_platforms_keys(desk):
    said = desk("revenue", "show", *YEAR, "--json")
    assert said["total_revenue"] == "180.00"
    assert {one["service"]: one["revenue"] for one in said["services_breakdown"]} == {
        "Dyno run": "150.00",
        "Parts": "30.00",
    }
    assert said["currency"]


def test_without_an_act_it_is_this_months(desk):
    said = desk("revenue", "--json", "--as", "ada@shop.example")
    assert said["start_date"] == date.today().replace(day=1).isoformat()


def test_without_somebody_who_may_see_it_it_is_refused(desk):
    said = desk("revenue", "show", "--json", status=1)
    assert said["error"]["code"] == "not_signed_in"


def test_by_month_each_has_its_line(desk):
    text = desk("revenue", "show", *YEAR, "--by", "month")
    assert "Jan 2026" in text
    assert "100.00" in text


def test_jobs_behind_a_service_are_listed(desk):
    said = desk("revenue", "jobs", *YEAR, "--by", "service", "--key", "s1", "--json")
    assert said["total"] == 2
    assert [one["of_slice"] for one in said["jobs"]] == ["50.00", "100.00"]


def test_what_is_to_be_given_back_is_told(desk):
    said = desk("revenue", "outstanding", "--as", "ada@shop.example", "--json")
    assert said["owed_back"] == "2.00"
    assert [one["over"] for one in said["to_give_back"]] == ["2.00"]
    text = desk("revenue", "outstanding", "--as", "ada@shop.example")
    assert "to be given back 2.00 EUR" in text


def test_outstanding_is_told_with_how_long_it_is_overdue(desk):
    said = desk("revenue", "outstanding", "--as", "ada@shop.example", "--json")
    assert said["outstanding"] == "7.00"
    assert said["jobs"][0]["overdue_days"] == (date.today() - date(2026, 2, 20)).days


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_it_is_exported(desk, tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    assert desk("revenue", "export", path, *YEAR, "--json")["file"] == str(path)
    assert path.stat().st_size > 100


def test_days_the_wrong_way_round_are_refused(desk):
    words = ("--from", "2026-12-31", "--to", "2026-01-01", "--as", "ada@shop.example")
    said = desk("revenue", "show", *words, "--json", status=1)
    assert said["error"]["code"] == "stretch_refused"


def test_what_is_no_day_is_wrong_usage(desk):
    with pytest.raises(SystemExit) as ended:
        desk("revenue", "show", "--from", "yesterday")
    assert ended.value.code == 2


def test_days_without_a_job_have_no_average_and_what_is_owed_back_is_told(desk):
    said = desk("revenue", "show", "--from", "2024-01-01", "--to", "2024-01-31", *YEAR[4:])
    assert "Average ticket" not in said
    assert "to be given back 2.00 EUR" in said
    assert "Average ticket" in desk("revenue", "show", *YEAR)


def test_a_job_without_a_customer_is_told_without_a_gap(desk, folder):
    desk("revenue", "--as", "ada@shop.example")
    with closing(sqlite3.connect(folder / "desk" / "desk.db")) as connection:
        kept = connection.execute("SELECT id, customer_id FROM job").fetchall()
        connection.execute("UPDATE job SET customer_id = ''")
        connection.commit()
        said = desk("revenue", "outstanding", "--as", "ada@shop.example")
        said += desk("revenue", "jobs", *YEAR)
        connection.executemany("UPDATE job SET customer_id = ?2 WHERE id = ?1", kept)
        connection.commit()
    assert " EUR  " in said
    assert ", ," not in said
    assert "  ," not in said
