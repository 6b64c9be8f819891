"""One is not told as many."""

import pytest

from cartech_desk.domain.counted import agreed, counted, listed


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs"), (12, "12 jobs")]
)
def test_a_count_agrees_with_its_thing(number, words):
    assert counted(number, "job") == words


def test_a_part_of_a_list_agrees_with_the_whole():
    assert (listed(1, 1, "row"), listed(1, 9, "row")) == ("1 of 1 row", "1 of 9 rows")


def test_a_verb_agrees():
    assert [agreed(number, "lies", "lie") for number in (0, 1, 2)] == ["lie", "lies", "lie"]
