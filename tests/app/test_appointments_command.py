"""`cartech-desk appointments`: the calendar without a screen."""

import json
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from cartech_desk.app import calendar_setup_acts
from cartech_desk.app.main import main
from cartech_desk.domain.appointments.booking import Service
from cartech_desk.domain.money import Money

ADA = ("ada@shop.example", "four loud turbos hum")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("appointments-command")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("cartech_desk.app.desk.COST", 4)
    monkeypatch.setenv("CARTECH_PASSWORD", ADA[1])
    monkeypatch.setenv("CARTECH_NEW_PASSWORD", ADA[1])


@pytest.fixture
def call(folder, capsys):
    """Run `cartech-desk …`; returns the exit status and the JSON object."""

    def run(*words, by=True):
        places = ["--data", str(folder), "--settings", str(folder / "set" / "s.toml")]
        as_whom = ["--as", ADA[0]] if by else []
        status = main([*places, *words, *as_whom, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def shop(call, folder):
    """Found the shop, once."""
    if not (folder / "desk.db").exists():
        settings = folder / "set" / "s.toml"
        settings.parent.mkdir()
        settings.write_text('[shop]\nzone = "Europe/Berlin"\n', encoding="utf-8")
        call(
            *("people", "add", "--role", "administrator", "--name", "Ada Administrator"),
            *("--email", ADA[0], "--shop", "Blue Dyno"),
            by=False,
        )
        assert call("appointments", "resource", "Bay 1", "--kind", "bay")[0] == 0
        service = ("service", "DYNO", "--name", "Dyno run", "--minutes", "90", "--price", "150,00")
        assert call("appointments", *service)[0] == 0
    return call


def book(shop, at, *more):
    given = ("--at", at, "--service", "dyno", "--bay", "bay 1", "--notes", "Golf")
    return shop("appointments", "book", *given, *more)


def test_what_is_booked_is_listed_with_the_words_of_the_contract(shop):
    status, document = book(shop, "2031-03-03T08:00")
    assert status == 0
    assert document["confirmation_sent"] is False
    assert document["appointment"]["date"] == "2031-03-03T07:00:00+00:00"
    _, listed = shop("appointments", "list", "--day", "2031-03-03", "--days", "1", by=False)
    (one,) = listed["appointments"]
    assert (one["service"], one["status"]) == ("Dyno run", "booked")
    assert {"date", "customer", "service"} <= one.keys()


def test_the_price_of_a_service_has_its_thousands_parted():
    one = Service("s", "DYNO", "Dyno run", price=Money(152_082, "EUR"))
    assert "1,520.82 EUR" in calendar_setup_acts._service_line(one)


def test_an_overlap_is_refused_and_says_when_it_is_free(shop):
    book(shop, "2031-03-04T08:00")
    status, document = book(shop, "2031-03-04 9:00")
    assert (status, document["error"]["code"]) == (1, "overlap")
    assert "9:30" in document["error"]["to_do"]


def test_closed_hours_are_asked_about_and_booked_with_even_so(shop):
    status, document = book(shop, "2031-03-05T20:00")
    assert (status, document["error"]["code"]) == (1, "asked_first")
    assert "--even-so" in document["error"]["to_do"]
    assert book(shop, "2031-03-05T20:00", "--even-so")[0] == 0


def test_a_car_that_is_here_on_another_day_than_its_own_is_asked_about(shop):
    _, made = book(shop, "2031-03-19T08:00")
    words = ("appointments", "status", made["appointment"]["id"], "arrived")
    status, document = shop(*words)
    assert (status, document["error"]["code"]) == (1, "asked_first")
    assert "booked for Wednesday, 19 March 2031, 8:00. Arrived now?" in document["error"]["message"]
    _, document = shop(*words, "--even-so")
    assert document["appointment"]["status"] == "arrived"


def test_whoever_changes_something_is_named(shop):
    status, document = shop("appointments", "book", "--at", "2031-03-06", "--notes", "x", by=False)
    assert (status, document["error"]["code"]) == (1, "not_signed_in")
    assert "--as" in document["error"]["to_do"]


@pytest.mark.parametrize(
    "words", [("book", "--at", "soon"), ("status", "last", "lost"), ("list", "--day", "monday")]
)
def test_what_cannot_be_read_is_wrong_usage(shop, words):
    with pytest.raises(SystemExit) as caught:
        shop("appointments", *words, by=False)
    assert caught.value.code == 2


def test_one_is_moved_and_cancelled_and_its_time_is_offered(shop):
    book(shop, "2031-03-07T08:00")
    _, moved = shop("appointments", "move", "last", "--at", "2031-03-07T10:00")
    assert moved["appointment"]["ends"] == "2031-03-07T10:30:00+00:00"
    shop("appointments", "wait", "--notes", "Mia", "--minutes", "60")
    _, document = shop("appointments", "status", moved["appointment"]["id"], "cancelled")
    assert document["offers"][0]["free"]["date"] == "2031-03-07T09:00:00+00:00"


def test_the_next_free_times_are_told(shop):
    status, document = shop("appointments", "free", "60", "--bay", "bay 1", by=False)
    assert status == 0
    assert len(document["free"]) == 5


def test_what_was_exported_is_imported_with_its_warning(shop, folder, tmp_path):
    book(shop, "2026-12-28T08:00", "--even-so")
    path = tmp_path / "out.ics"
    assert shop("appointments", "export", str(path))[1]["appointments"] >= 1
    status, looked = shop("appointments", "import", str(path), "--look", by=False)
    assert (status, looked["id"]) == (0, None)
    status, document = shop("appointments", "import", str(folder / "desk.db"))
    assert (status, document["error"]["code"]) == (1, "calendar_refused")


def test_time_off_names_what_lies_in_it(shop):
    book(shop, "2031-03-10T08:00")
    _, document = shop(
        "appointments", "time-off", "--at", "2031-03-10", "--until", "2031-03-11", "--words", "ill"
    )
    assert len(document["appointments_within"]) == 1


def test_without_a_server_mails_wait_and_say_so(shop):
    status, document = shop("appointments", "send", by=False)
    assert (status, document["error"]["code"]) == (1, "no_mail_server")


def test_a_confirmation_leaves_with_the_booking_where_a_server_is_set(shop, folder):
    status, customer = shop("customers", "add", "--name", "Mia Miller", "--email", "m@example.com")
    assert status == 0
    number = str(customer["customer"]["number"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "set" / "s.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(
        f'{before}[mail]\nserver = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        'sender = "desk@shop.example"\n',
        encoding="utf-8",
    )
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    try:
        _, offline = book(shop, "2031-03-12T08:00", "--customer", number)
        assert offline["appointment"]["confirmation"] == "queued"
        status, document = shop("appointments", "send", by=False)
        assert (status, document["error"]["code"]) == (1, "nothing_sent")
        assert "cannot be reached" in document["error"]["happened"]
        assert "1 e-mail waits" in document["error"]["kept"]
        server.start()
        _, document = book(shop, "2031-03-12T13:00", "--customer", number)
        assert document["confirmation_sent"] is True
        _, box = shop("appointments", "outbox", "--state", "queued", by=False)
        assert box["count"] == 1
        assert "cannot be reached" in box["mails"][0]["problem"]
        shop("appointments", "send-again", box["mails"][0]["id"])
        assert shop("appointments", "send", by=False)[1]["sent"] == 1
    finally:
        server.stop()
        settings.write_text(before, encoding="utf-8")


def test_the_mail_server_s_password_is_kept_out_of_the_settings(shop, folder, monkeypatch):
    monkeypatch.setenv("CARTECH_MAIL_PASSWORD", "secret of the server")
    assert shop("appointments", "mail-password")[1] == {"kept": True}
    for path in (folder / "set").rglob("*.toml"):
        assert "secret of the server" not in path.read_text(encoding="utf-8")
    for path in folder.rglob("*.log"):
        assert "secret of the server" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--day", "9999-12-31"),
        ("list", "--day", "0001-01-01"),
        ("list", "--days", "100000000"),
        ("list", "--limit", "-1"),
        ("free", "99999999999999"),
        ("free", "0"),
        ("free", "-60"),
        ("free", "60", "--after", "9999-12-31T00:00"),
        ("book", "--at", "9999-12-31T23:59-05:00"),
        ("write", "last", "--kind", "paper"),
    ],
)
def test_what_no_calendar_holds_is_answered_with_what_it_does(shop, capsys, words):
    with pytest.raises(SystemExit) as caught:
        shop("appointments", *words, by=words[0] in ("book", "write"))
    assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_price_of_more_digits_than_there_are_is_refused(shop):
    status, told = shop("appointments", "service", "DYNO", "--price", "1e999999999")
    assert status == 1
    assert "no price" in json.dumps(told, ensure_ascii=False)


def test_a_time_that_the_clock_leaves_out_is_refused(shop):
    status, told = book(shop, "2027-03-28T02:30", "--even-so")
    assert status == 1
    assert "clock is changed" in json.dumps(told)


def test_time_off_is_listed_and_taken_away_again(shop):
    off = ("time-off", "--at", "2027-05-03T08:00", "--until", "2027-05-04T08:00")
    kept = shop("appointments", *off)[1]["time_off"]
    listed = shop("appointments", "times-off", by=False)[1]["time_off"]
    assert kept["id"] in [one["id"] for one in listed]
    assert shop("appointments", "time-off-remove", "")[0] == 1  # though there is one alone
    assert shop("appointments", "time-off-remove", kept["id"][-8:])[0] == 0
    left = shop("appointments", "times-off", by=False)[1]["time_off"]
    assert kept["id"] not in [one["id"] for one in left]
