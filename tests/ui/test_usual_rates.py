"""Where nothing is typed, the form says which rate counts, and not only that there is one."""

from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.domain.parts.part import Part
from cartech_desk.ui.pages.calendar_forms import service_form
from cartech_desk.ui.pages.jobs_forms import Shop
from cartech_desk.ui.pages.jobs_line_form import LineForm
from cartech_desk.ui.widgets.part_forms import part_form


@pytest.fixture
def parent(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


def helped(form, name):
    return form.fields[name].help_label.text()


def line_form(parent, kind, rate=9500):
    office = SimpleNamespace(
        parts=None, jobs=SimpleNamespace(usual_tax_bp=1900, labour_rate_minor=rate)
    )
    return LineForm(
        *(office, None, Job(), JobLine(kind=kind), Shop()), done=None, bug=None, parent=parent
    )


def test_the_forms_of_a_service_and_of_a_part_name_the_usual_rate_of_tax(parent):
    appointments = SimpleNamespace(usual_tax_bp=1900)
    service = service_form(None, appointments, None, "EUR", None, parent=parent)
    assert helped(service, "tax_bp") == "Empty: the shop's usual 19 %."
    given = {"done": None, "bug": None, "drafts": {}, "parent": parent}
    part = part_form(None, None, Part(), "EUR", usual_tax_bp=550, **given)
    assert helped(part, "tax") == "Empty: the shop's usual 5.5 %."


def test_a_line_of_labour_names_the_rates_of_tax_and_of_an_hour(parent):
    form = line_form(parent, LineKind.LABOUR)
    assert helped(form, "tax") == "Empty: the service's own, else the shop's usual 19 %."
    assert helped(form, "unit_price") == "Empty: the service's own, else 95.00 EUR an hour."
    none = line_form(parent, LineKind.LABOUR, rate=0)
    assert "no price for an hour" in helped(none, "unit_price")


def test_a_line_of_something_else_has_no_price_of_a_catalogue(parent):
    form = line_form(parent, LineKind.OTHER)
    assert helped(form, "tax") == "Empty: the shop's usual 19 %."
    assert helped(form, "unit_price") == ""
