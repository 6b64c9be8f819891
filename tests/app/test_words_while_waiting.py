"""What is said while something takes its time."""

import pytest

from cartech_desk.app import waiting


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    return now


def test_a_problem_whose_figures_change_is_told_every_ten_seconds(clock, capsys):
    changing = waiting.Changing("It is over.")
    for second in range(21):
        clock[0] = 100.0 + second
        changing.now(f"{second * 10} samples wait.")
    assert capsys.readouterr().err.splitlines() == [
        "0 samples wait.",
        "100 samples wait.",
        "200 samples wait.",
    ]


def test_other_words_and_the_end_are_told_at_once_and_once(clock, capsys):
    changing = waiting.Changing("It is over.")
    for sentence in ("", "", "3 samples wait.", "The link is slow.", "The link is slow.", "", ""):
        clock[0] += 60
        changing.now(sentence)
    assert capsys.readouterr().err.splitlines() == [
        "3 samples wait.",
        "The link is slow.",
        "It is over.",
    ]


def test_what_is_over_in_time_is_not_spoken_of(capsys):
    with waiting.still("Still looking"):
        pass
    assert capsys.readouterr().err == ""
