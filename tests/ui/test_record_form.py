"""Forms of records: fields, records found while one types, and drafts."""

import pytest
from PySide6.QtCore import Qt

from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

CARS = (Pick("g", "Red Golf", "WOB GT 1"), Pick("m", "Track Miata", "MX 5"))


def find(typed):
    return [car for car in CARS if typed.casefold() in f"{car.title} {car.detail}".casefold()]


@pytest.fixture
def drafts():
    return {}


@pytest.fixture
def done():
    return []


@pytest.fixture
def make(qtbot, done, drafts):
    def form(act=lambda typed: typed):
        made = RecordForm(
            "New job", "Open the job", act, done.append, pytest.fail, drafts=drafts, draft="new job"
        )
        made.line("title", "Title")
        made.text("complaint", "Complaint")
        made.choice("bay", "Bay", (("", "none"), ("1", "Bay 1")))
        made.pick("vehicle", "Vehicle", find)
        made.begin()
        qtbot.addWidget(made)
        made.show()
        return made

    return form


def pick(form, qtbot, words):
    picker = form.pickers["vehicle"]
    picker.line.clear()
    qtbot.keyClicks(picker.line, words)
    qtbot.waitUntil(lambda: not picker.busy)
    return picker


def test_a_record_is_found_while_one_types_and_taken_by_enter(make, qtbot, done):
    form = make()
    form.lines["title"].setText("Service")
    picker = pick(form, qtbot, "mia")
    qtbot.keyClick(picker.completer.popup(), Qt.Key.Key_Return)
    assert picker.line.text() == "Track Miata"
    form.submit()
    qtbot.waitUntil(lambda: bool(done))
    assert done[0] == {"title": "Service", "complaint": "", "bay": "", "vehicle": "m"}


def test_what_was_typed_and_not_chosen_is_refused_beside_the_field(make, qtbot, done):
    form = make()
    form.lines["title"].setText("Service")
    pick(form, qtbot, "tractor")
    form.submit()
    assert "Choose one" in form.fields["vehicle"].error
    assert not done


def test_typing_on_takes_the_choice_back(make, qtbot):
    form = make()
    picker = form.pickers["vehicle"]
    picker.choose(CARS[0])
    qtbot.keyClicks(picker.line, "x")
    assert not picker.id
    picker.choose(CARS[0])
    picker.line.clear()
    assert not picker.id


def test_a_refusal_of_the_office_stands_beside_its_field(make, qtbot):
    def act(_typed):
        raise FieldsRefused("job_refused", {"complaint": "It is too long.\nSay it shorter."})

    form = make(act)
    form.lines["title"].setText("Service")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.fields["complaint"].error))
    assert form.fields["complaint"].error == "It is too long. Say it shorter."
    assert form.isVisible()


def test_a_form_that_was_left_has_its_draft_when_it_opens_again(make, qtbot, drafts):
    form = make()
    form.lines["title"].setText("Service")
    form.pickers["vehicle"].choose(CARS[0])
    form.choices["bay"].setCurrentIndex(1)
    form.reject()
    again = make()
    assert again.again.isVisible()
    assert again.typed() == {"title": "Service", "complaint": "", "bay": "1", "vehicle": "g"}
    again.start_anew()
    assert again.typed()["title"] == ""
    again.reject()
    assert not drafts


def test_a_form_that_was_done_leaves_no_draft(make, qtbot, done, drafts):
    form = make()
    form.reject()
    assert not drafts
    form = make()
    form.lines["title"].setText("Service")
    form.submit()
    qtbot.waitUntil(lambda: bool(done))
    assert not drafts


def test_a_scanner_that_sends_enter_at_once_takes_what_is_found(make, qtbot, done):
    form = make()
    form.lines["title"].setText("Service")
    picker = form.pickers["vehicle"]
    qtbot.keyClicks(picker.line, "wob gt")
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(picker.id))
    assert picker.line.text() == "Red Golf"
    assert form.fields["vehicle"].help_label.text() == "WOB GT 1"
    assert not done


def test_down_at_the_only_one_that_is_found_leaves_it_for_enter(make, qtbot):
    picker = pick(make(), qtbot, "mia")
    popup = picker.completer.popup()
    assert popup.currentIndex().row() == 0
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert picker.id == "m"
