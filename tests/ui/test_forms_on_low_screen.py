"""Forms on a screen of 1366 by 768 pixels: none is higher, and no button lies below its edge."""

import importlib
import pkgutil
from datetime import UTC
from functools import partial
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QDialog, QWidget

from cartech_desk.domain.appointments.booking import Appointment, Resource, ResourceKind, Service
from cartech_desk.domain.appointments.calendar import Check
from cartech_desk.domain.jobs.job import Job, JobLine
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.domain.people import Role
from cartech_desk.domain.vehicles.record import (
    Customer,
    Modification,
    VehicleRecord,
)
from cartech_desk.ui import widgets
from cartech_desk.ui.pages import customers_forms, jobs_forms, vehicles_forms
from cartech_desk.ui.pages.jobs_forms import Shop
from cartech_desk.ui.pages.jobs_line_form import LineForm
from cartech_desk.ui.widgets import on_screen, part_forms
from cartech_desk.ui.widgets.calendar_booking_form import BookingForm, BookingNeeds
from cartech_desk.ui.widgets.office_form import OfficeForm
from cartech_desk.ui.widgets.record_form import RecordForm

SCREEN = QRect(0, 0, 1366, 768)
BELOW_TITLE_BAR = 720
WRONG_VIN = "WVWZZZ1KZ6W000002"
BY = SimpleNamespace(name="Kim")
NO_OFFICE = SimpleNamespace(
    vehicles=None,
    customers=None,
    parts=None,
    jobs=SimpleNamespace(usual_tax_bp=1900, labour_rate_minor=9500),
)


def nothing(*_args):
    return None


def booking(parent, **asked):
    services = [Service(id=str(n), name=f"Service {n}", minutes=60) for n in range(9)]
    bays = [Resource(id=kind.value, name=kind.value, kind=kind) for kind in ResourceKind]
    needs = BookingNeeds(
        services, bays, UTC, nothing, nothing, nothing, lambda _one: Check(), nothing, nothing
    )
    return BookingForm(Appointment(), needs, nothing, parent=parent, **asked)


def vehicle(parent, vin="", **asked):
    made = vehicles_forms.VehicleForm(
        None,
        None,
        BY,
        VehicleRecord(),
        drafts={},
        take=nothing,
        add_customer=nothing,
        parent=parent,
        **asked,
    )
    made.lines["vin"].setText(vin)
    return made


def many_fields(make, parent, done, bug):
    made = make("Much to ask", "Keep it", nothing, done, bug, words="Why. " * 40, parent=parent)
    for number in range(30):
        made.line(f"field {number}", f"Field {number}", "As it stands in the papers.")
    return made


def role_and_password(parent, done, bug):
    made = OfficeForm("New person", "Add", nothing, done, bug, parent=parent)
    made.line("name", "Name")
    made.role(Role.TECHNICIAN)
    made.new_password(lambda: ())
    return made


FORMS = {
    "a vehicle": vehicle,
    "a vehicle with a wrong VIN": partial(vehicle, vin=WRONG_VIN),
    "an appointment": booking,
    "a customer": lambda parent, **asked: customers_forms.customer_form(
        None, BY, Customer(), drafts={}, take=nothing, parent=parent, **asked
    ),
    "a modification": lambda parent, **asked: vehicles_forms.modification_form(
        None, BY, VehicleRecord(), Modification(), "EUR", drafts={}, parent=parent, **asked
    ),
    "a job": lambda parent, **asked: jobs_forms.job_form(
        NO_OFFICE,
        BY,
        Job(),
        Shop(),
        drafts={},
        add_vehicle=nothing,
        add_customer=nothing,
        parent=parent,
        **asked,
    ),
    "a line of a job": lambda parent, **asked: LineForm(
        NO_OFFICE, BY, Job(), JobLine(), Shop(), parent=parent, **asked
    ),
    "a part": lambda parent, **asked: part_forms.part_form(
        NO_OFFICE, BY, Part(), "EUR", usual_tax_bp=1900, drafts={}, parent=parent, **asked
    ),
    "a supplier": lambda parent, **asked: part_forms.supplier_form(
        None, BY, Supplier(), parent=parent, **asked
    ),
    "a person": role_and_password,
    "any of the office": partial(many_fields, OfficeForm),
    "any of a record": partial(many_fields, RecordForm),
}


@pytest.fixture
def window(qtbot, monkeypatch):
    monkeypatch.setattr(on_screen, "available", lambda _widget: SCREEN)
    made = QWidget()
    made.resize(1366, 1080)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("what", FORMS)
def test_a_form_and_its_buttons_fit_a_low_screen(window, qtbot, what):
    form = FORMS[what](window, done=nothing, bug=pytest.fail)
    form.show()
    for name in list(form.fields)[:6]:
        form.fields[name].show_error(
            "This is needed, and a long sentence says how to mend it. " * 3
        )
    form._say("The office refuses it, and says in a sentence how to mend it. " * 3)
    qtbot.waitUntil(lambda: form.wrong.isVisible() and not form.wrong.visibleRegion().isEmpty())
    form._grow()
    assert form.height() <= BELOW_TITLE_BAR
    assert SCREEN.contains(QRect(form.pos(), form.size()).adjusted(0, 0, 0, on_screen.TITLE_BAR))
    for shown in (form.take, form.leave, form.wrong):
        place = QRect(shown.mapTo(form, shown.rect().topLeft()), shown.size())
        assert form.rect().contains(place), f"{shown} lies beyond the form"
        assert place.height() >= min(shown.minimumSizeHint().height(), 16)


def test_the_field_that_is_wrong_is_scrolled_into_sight(window, qtbot):
    form = many_fields(RecordForm, window, nothing, pytest.fail)
    form.show()
    last = form.fields["field 29"]
    assert last.visibleRegion().isEmpty()
    last.show_error("This is no number.")
    form._grow()
    qtbot.waitUntil(lambda: not last.error_label.visibleRegion().isEmpty())


def test_no_dialog_of_a_size_of_its_own_is_higher():
    own = {}
    for place in pkgutil.iter_modules(widgets.__path__, f"{widgets.__name__}."):
        module = importlib.import_module(place.name)
        dialogs = [
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, QDialog) and one is not QDialog
        ]
        size = getattr(module, "_SIZE", None)
        if size is not None and any(one.__module__ == module.__name__ for one in dialogs):
            own[place.name] = size
    assert len(own) > 5
    assert [name for name, (_, high) in own.items() if high > BELOW_TITLE_BAR] == []
