"""Words of a fixed list on the command line."""

import argparse
import json

import pytest

from cartech_desk.app.main import main
from cartech_desk.app.words_asked import one_of
from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.appointments.status import WORDS


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no_show", AppointmentStatus.NO_SHOW),
        ("no-show", AppointmentStatus.NO_SHOW),
        ("No show", AppointmentStatus.NO_SHOW),
        ("in the bay", AppointmentStatus.IN_BAY),
        ("waiting for parts", AppointmentStatus.WAITING),
    ],
)
def test_a_status_is_taken_as_it_is_kept_and_as_the_screen_writes_it(text, meant):
    assert one_of(AppointmentStatus, WORDS)(text) is meant


def test_what_the_screen_calls_something_else_is_not_among_fewer_choices():
    read = one_of((AppointmentStatus.BOOKED,), WORDS)
    with pytest.raises(argparse.ArgumentTypeError, match="“in the bay” is none of booked"):
        read("in the bay")


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("appointments status last gone", "no_show"),
        ("appointments list --status gone", "waiting_for_parts"),
        ("appointments resource Lift --kind gone", "technician"),
        ("appointments outbox --state gone", "queued"),
        ("appointments write last --kind gone", "reminder"),
        ("jobs status last gone", "paid"),
        ("jobs list --status gone", "in_bay"),
        ("jobs open --vehicle last --status done", "arrived, booked, in_bay"),
        ("jobs papers --kind gone", "credit_note"),
        ("jobs pay last 10 --method gone", "transfer"),
        ("parts moves --kind gone", "adjustment"),
        ("vehicles timeline last --kind gone", "codes_cleared"),
    ],
)
def test_what_is_none_of_them_is_answered_with_the_choices(tmp_path, capsys, words, choice):
    desk = ["--data", str(tmp_path), "--settings", str(tmp_path / "s.toml")]
    with pytest.raises(SystemExit):
        main([*desk, *words.split(), "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "usage"
    assert "is none of" in error["message"]
    assert choice in error["message"]
