"""What is made harmless for a spreadsheet comes back as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.spreadsheet_cells import as_written, harmless

ODD = st.text(st.sampled_from("=+-@|%'\"; \t\r\na5"), max_size=12)


@given(st.one_of(ODD, st.text(max_size=30)))
def test_every_text_comes_back(text):
    assert as_written(harmless(text)) == text


@pytest.mark.parametrize("text", ["O'-ring", "5' -10", "'n Abend; 'ok"])
def test_an_apostrophe_that_is_the_text_s_own_stays(text):
    assert harmless(text) == as_written(text) == text
