"""What may be typed as a reason, and what a terminal is shown of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.plain_text import TextRefused, checked_reason, masked, printable


@given(st.text())
def test_what_is_taken_as_a_reason_can_be_shown_and_written(text: str) -> None:
    try:
        kept = checked_reason(text)
    except TextRefused as refused:
        assert not text or text not in refused.message  # noqa: PT017 - both ends are right
        return
    assert printable(kept)
    assert len(kept.encode()) <= 4 * 500
    assert checked_reason(kept) == kept


@pytest.mark.parametrize("text", ["x\x1b[2K", "x\x00", "\ud800", "left\u202etfel", "x" * 501])
def test_a_reason_that_cannot_be_shown_or_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(TextRefused, match="at most 500 characters"):
        checked_reason(text)


def test_a_reason_is_one_line_with_single_blanks() -> None:
    assert checked_reason("  run in \n\tgently ") == "run in gently"
    assert checked_reason("") == ""


def test_what_would_steer_a_terminal_is_shown_as_it_is_written() -> None:
    assert masked("a\x1b[1A\r\x07\u202eb\tc\nd é Ł") == "a\\x1b[1A\\r\\x07\\u202eb\tc\nd é Ł"


@given(st.text())
def test_nothing_but_tabulators_and_ends_of_lines_is_left(text: str) -> None:
    assert printable(masked(text).replace("\n", "").replace("\t", ""))
