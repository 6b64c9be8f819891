"""Scales of values and of time."""

from datetime import datetime

import pytest

from cartech_desk.ui.models.time_scale import before_now, clock_time, elapsed, time_ticks
from cartech_desk.ui.models.value_scale import ValueScale, in_words

SECOND = 1_000_000_000


def test_a_scale_takes_in_its_line_at_once():
    scale = ValueScale(0, 100)
    scale.fit((10, 180))
    assert scale.low <= 10
    assert scale.high >= 180


def test_a_scale_does_not_breathe_with_noise():
    scale = ValueScale(0, 8000)
    scale.fit((800, 6500))
    assert not any(scale.fit((800 + n, 6500 - 3 * n)) for n in range(100))


def test_a_scale_comes_back_when_its_line_fills_little_of_it():
    scale = ValueScale(0, 8000)
    scale.fit((800, 7500))
    assert scale.fit((800, 1000))
    assert scale.high < 3000


def test_the_noise_of_a_quiet_sensor_stays_small():
    scale = ValueScale(0, 8000)
    scale.fit((899.9, 900.1))
    assert scale.high - scale.low >= 200


def test_a_fixed_scale_stays():
    scale = ValueScale(0, 10, fits=False)
    assert not scale.fit((-5, 500))
    assert (scale.low, scale.high) == (0, 10)


def test_what_cannot_be_negative_has_no_room_below_nought():
    scale = ValueScale(0, 100)
    scale.fit((0.0, 95.0))
    assert scale.low == 0


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (0, 8000, 4, ["0", "2\u202f000", "4\u202f000", "6\u202f000", "8\u202f000"]),
        (-1, 2, 4, ["\u22121", "0", "1", "2"]),
        (10, 16, 3, ["10", "12", "14", "16"]),
        (0, 0.5, 2, ["0.00", "0.25", "0.50"]),
    ],
)
def test_ticks_are_round_and_fit(low, high, most, texts):
    assert [text for _, text in ValueScale(low, high).ticks(most)] == texts


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (6420.4, 0, "6\u202f420"),
        (-0.58, 2, "\u22120.58"),
        (-0.001, 1, "0.0"),
        (float("nan"), 1, "\u2013"),
        (float("inf"), 1, "\u2013"),
    ],
)
def test_numbers_are_written_as_the_desk_writes_them(value, decimals, text):
    assert in_words(value, decimals) == text


def test_the_axis_of_a_chart_that_follows_stands_still():
    texts = []
    for now in (100 * SECOND, 107 * SECOND + 123_456_789):
        ticks = time_ticks(now - 60 * SECOND, now, 800, before_now(now), now)
        texts.append([(tick.t_ns - now, tick.text) for tick in ticks])
    assert texts[0] == texts[1]
    assert texts[0][-1] == (0, "now")
    assert texts[0][0] == (-60 * SECOND, "\u221260 s")


def test_the_axis_of_a_chart_that_is_held_tells_the_time_of_day():
    noon = datetime(2026, 3, 1, 12, 0, 0)
    words = clock_time(50 * SECOND, noon)
    assert words(40 * SECOND, SECOND) == "11:59:50"
    assert words(40 * SECOND + 250_000_000, SECOND // 10) == "11:59:50.2"


@pytest.mark.parametrize(
    ("t_s", "step_s", "text"),
    [
        (0, 1, "0:00"),
        (-30, 1, "\u22120:30"),
        (75, 1, "1:15"),
        (59.96, 0.1, "1:00.0"),
        (3723, 60, "1:02:03"),
        (-0.04, 0.1, "0:00.0"),
    ],
)
def test_time_in_a_recording_counts_from_its_start(t_s, step_s, text):
    assert elapsed(round(t_s * SECOND), round(step_s * SECOND)) == text
