"""Templates of letters: named fields alone, and nothing that could leave its header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.appointments.letters import (
    FIELDS,
    TEMPLATES,
    TemplateRefused,
    check_template,
    fill,
    one_line,
)
from cartech_desk.domain.plain_text import printable

VALUES = {name: f"[{name}]" for name in FIELDS}


def test_the_texts_of_the_house_name_fields_that_there_are():
    for template in TEMPLATES.values():
        subject, body = fill(template, VALUES)
        assert "{" not in subject + body
        assert "[shop]" in subject


@pytest.mark.parametrize(
    "text",
    [
        "Hi {nobody}",
        "{customer.__class__}",
        "{customer!r}",
        "{0}",
        "{customer",
        "a } b",
        "",
        "x" * 9999,
    ],
)
def test_what_is_no_field_is_refused(text):
    with pytest.raises(TemplateRefused):
        check_template(text)


def test_what_is_filled_in_is_read_for_no_fields():
    subject, body = fill(
        "Hello {customer}\n\n{{x}} {services}", {"customer": "{shop}", "services": "{"}
    )
    assert (subject, body) == ("Hello {shop}", "{x} {\n")


def test_a_line_whose_fields_are_all_empty_is_left_out():
    _, body = fill("S\n\nVehicle: {vehicle}\nDone: {services}\n\nBye", {"services": "oil"})
    assert body == "Done: oil\n\nBye\n"


def test_the_first_line_is_the_subject_although_its_fields_are_empty():
    template = "About your {vehicle}\n{phone}\nDear {customer},\nit is done.\n"
    assert fill(template, {"customer": "Mia"}) == ("About your", "Dear Mia,\nit is done.\n")


@given(st.text(max_size=60))
def test_no_name_breaks_out_of_its_line(name):
    subject, _ = fill("Hello {customer}\n\nx", {"customer": name})
    assert "\n" not in subject
    assert "\r" not in subject
    assert printable(one_line(name))
