"""Cells that a spreadsheet would carry out get an apostrophe, also behind a semicolon."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.reports.spreadsheet import harmless


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Boost", "Boost"),
        ("", ""),
        ("6.5-7; rest", "6.5-7; rest"),
        ("=1", "'=1"),
        ("  +1", "'  +1"),
        ("\t1", "'\t1"),
        ('"@x', "'\"@x"),
        ("\uff1d1", "'\uff1d1"),
        ("Bob;=HYPERLINK(0)", "Bob;'=HYPERLINK(0)"),
        ('Bob; "=1"', 'Bob;\' "=1"'),
        ("a\n-1", "a\n'-1"),
        ("a\r=1", "a\r'=1"),
    ],
)
def test_a_formula_gets_an_apostrophe(cell: str, written: str) -> None:
    assert harmless(cell) == written


@given(st.text("=+-@|%;\t\r\n\" 'a1"))
def test_no_piece_between_separators_begins_like_a_formula(cell: str) -> None:
    for piece in re.split("[;\t\r\n]", harmless(cell)):
        assert not piece.strip().lstrip('"').strip(' "').startswith(tuple("=+-@|%"))
