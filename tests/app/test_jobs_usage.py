"""Options of `cartech-desk jobs` that cannot be meant: refused, and none of them passed over."""

import json

import pytest

from cartech_desk.app.main import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("line 1001 --remove", "--place"),
        ("line 1001 --remove --part OF-77", "--place"),
        ("line 1001 --place 1 --remove --quantity 1", "whole line"),
        ("line 1001 --place 1 --labour Other", "--labour adds one"),
        ("open --appointment last --title Brakes", "--title is what was booked"),
        ("open --appointment last --status in_bay", "--status is what was booked"),
        ("open --vehicle last --title Oil --odometer 84_210", "a whole number from 0"),
        ("line 1001 --place 0 --quantity 2", "a whole number from 1"),
    ],
)
def test_options_that_cannot_be_meant_are_wrong_usage(tmp_path, capsys, words, told):
    desk = ["--data", str(tmp_path), "--settings", str(tmp_path / "s.toml")]
    with pytest.raises(SystemExit) as ended:
        main([*desk, "jobs", *words.split(), "--json"])
    assert ended.value.code == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "usage"
    assert told in error["message"]
