"""The page of limits, by what a person does and sees."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cartech_desk.bay.alarm_status import AlarmsSnapshot, Unwatched
from cartech_desk.bay.limits import ChannelUnknown, Limits, Owner
from cartech_desk.domain.alarms.limit import LimitRefused
from cartech_desk.domain.people import Actor, Role
from cartech_desk.ui.models.limit_table import Watching
from cartech_desk.ui.pages import limits as module
from cartech_desk.ui.widgets.limit_changes import LimitChangesForm, Sure
from cartech_desk.ui.widgets.name_form import NameForm
from tests.ui.limits_double import BOOST, HOT, ScriptedLimits, record_drive

TOM = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)


@pytest.fixture
def car(store):
    return store.vehicles.by_name("Blue Civic")


@pytest.fixture
def make(qtbot, desk, acts, monkeypatch):
    """Open the page over a double of `Limits`, or over the real one."""

    def made(vehicle=None, what=None, *, real=False):
        if not real:
            monkeypatch.setattr(module, "Limits", ScriptedLimits)
        if vehicle is not None:
            acts.take_vehicle(vehicle)
        page = module.LimitsPage(desk, acts)
        page.resize(1294, 660)
        qtbot.addWidget(page)
        page.show()
        if not real and vehicle is not None:
            page.limits.profile_of[vehicle.id] = "turbo_petrol"
        page.shown(what)
        settled(page, qtbot)
        return page

    return made


@pytest.fixture
def page(make, car):
    return make(car, "boost_high")


def settled(page, qtbot):
    qtbot.waitUntil(lambda: page.loaded is not None and not page._work.busy)
    qtbot.waitUntil(lambda: not page.trial.reading)


def type_into(page, name, text):
    line = page.editor.fields.lines[name]
    line.setText(text)
    line.textEdited.emit(text)


def listed(page):
    return [page.list.filter.index(row, 0).data() for row in range(page.list.filter.rowCount())]


def cell(page, limit, column):
    from cartech_desk.ui.models.limit_table import COLUMNS

    return page.list.filter.index(listed(page).index(limit), COLUMNS.index(column)).data()


def saved(page, qtbot):
    """Press Save and wait until everything is read anew."""
    page.editor.save.click()
    qtbot.waitUntil(lambda: any(call[0] == "set" for call in page.limits.calls))
    qtbot.waitUntil(lambda: not page.editor.dirty)
    settled(page, qtbot)


# Whose limits


def test_the_limits_of_the_vehicle_at_hand_are_listed(page):
    assert page.whose.text() == "Blue Civic"
    assert listed(page) == ["Coolant hot", "Oil pressure low", "Boost high"]


def test_without_a_vehicle_the_limits_of_any_car_are_shown_with_what_to_do(make):
    page = make()
    assert page.whose.text() == "Any car"
    assert "No vehicle is at hand" in page.hint.text()
    assert "Name the vehicle" in page.hint.text()
    assert not page.editor.save.isEnabled()
    assert not page.new.isEnabled()


def test_profiles_and_other_vehicles_are_found_at_the_left(make, car, store, qtbot):
    store.vehicles.by_name("Track Miata")
    page = make(car)
    texts = [page.owners.list.item(row).text() for row in range(page.owners.list.count())]
    assert texts == [
        "Vehicle at hand",
        "Blue Civic",
        "Profiles",
        "Every vehicle",
        "Turbo petrol",
        "Diesel",
        "Other vehicles",
        "Track Miata",
    ]
    page.owners.search.setText("miata")
    texts = [page.owners.list.item(row).text() for row in range(page.owners.list.count())]
    assert texts[-1] == "Track Miata"
    assert "Turbo petrol" not in texts


def test_a_profile_shows_its_limits_and_whom_a_change_concerns(page, qtbot):
    choose_owner(page, "Turbo petrol", qtbot)
    assert page.whose.text() == "Profile: Turbo petrol"
    assert "every vehicle with this profile" in page.hint.text()
    assert listed(page) == ["Boost high"]
    assert page.profile.isHidden()


def choose_owner(page, words, qtbot):
    item = page.owners.list.findItems(words, Qt.MatchFlag.MatchExactly)[0]
    page.owners.list.setCurrentItem(item)
    settled(page, qtbot)


def test_a_vehicle_gets_another_profile(page, car, qtbot):
    page.profile.setCurrentIndex(page.profile.findText("Diesel"))
    page.profile.activated.emit(page.profile.currentIndex())
    qtbot.waitUntil(lambda: page.limits.profile_of[car.id] == "diesel")
    qtbot.waitUntil(lambda: listed(page) == ["Coolant hot", "Oil pressure low"])
    assert page.acts.told.toasts[-1][0] == "Profile: Diesel."


def test_the_page_follows_the_vehicle_at_hand(page, store, acts, qtbot):
    acts.take_vehicle(store.vehicles.by_name("Track Miata"))
    qtbot.waitUntil(lambda: page.owner == Owner.vehicle(acts.vehicle.id))


def test_the_page_says_that_the_desk_is_no_emergency_stop(page):
    words = [label.text() for label in page.findChildren(type(page.whose))]
    assert any("no emergency stop" in text for text in words)


# The table


def test_the_table_tells_units_side_and_where_a_limit_comes_from(page):
    assert cell(page, "Boost high", "Warning") == "1.30"
    assert cell(page, "Boost high", "Trip") == "1.45"
    assert cell(page, "Boost high", "Unit") == "bar"
    assert cell(page, "Oil pressure low", "Side") == "below"
    assert cell(page, "Boost high", "From") == "shipped"
    assert cell(page, "Boost high", "Counts") == "above 2\u202f000 rpm"
    assert cell(page, "Coolant hot", "Delays") == "warns 3 s, goes 2 s"


def test_the_table_tells_what_is_watched_now_and_why_not(page, bay, car, qtbot):
    oil = page.loaded.sheet.row("oil_pressure_low").limit
    bay.connected()
    bay.alarms.now = AlarmsSnapshot(
        limits=page.loaded.sheet.limits,
        vehicle_id=car.id,
        unwatched=(Unwatched(oil, "This car does not tell oil pressure."),),
    )
    page.tick(bay.snapshot())
    assert cell(page, "Boost high", "Now") == "watched"
    assert cell(page, "Oil pressure low", "Now") == (
        "not watched: this car does not tell oil pressure"
    )


def test_limits_that_are_not_in_force_here_are_not_called_watched(page, bay, qtbot):
    bay.connected()
    choose_owner(page, "Turbo petrol", qtbot)
    page.tick(bay.snapshot())
    assert cell(page, "Boost high", "Now") == "in service"


def test_the_table_narrows_as_one_types(page):
    page.list.search.setText("coolant")
    assert listed(page) == ["Coolant hot"]


def test_the_table_is_copied_as_text(page):
    page.list.copy()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Limit\tSide\tWarning")
    assert len(lines) == 4


# The editor


def test_the_editor_reads_the_limit_aloud_as_one_types(page):
    assert page.editor.sentence.text() == (
        "Warns when boost is above 1.30 bar, trips above 1.45 bar after 0.5 s; goes 0.05 bar below "
        "that; counts above 2\u202f000 rpm. Priority high: lamp, sound, advice to stop the run."
    )
    type_into(page, "warning", "1.2")
    assert "above 1.20 bar" in page.editor.sentence.text()


def test_numbers_are_typed_in_the_unit_of_the_shop(page, qtbot):
    assert page.editor.fields.lines["trip"].text() == "1.45"
    type_into(page, "trip", "1.5")
    saved(page, qtbot)
    assert page.loaded.sheet.row("boost_high").limit.trip == pytest.approx(150.0)


def test_what_was_not_touched_is_kept_exactly(make, car, desk, qtbot):
    values = desk.settings.values
    screen = values.screen.model_copy(update={"units": "imperial"})
    desk.settings.save(values.model_copy(update={"screen": screen}))
    page = make(car, "boost_high")
    type_into(page, "label", "Over-boost")
    saved(page, qtbot)
    assert page.loaded.sheet.row("boost_high").limit == replace(BOOST, label="Over-boost")


def test_a_saved_limit_is_the_vehicles_own_and_stays_chosen(page, car, qtbot):
    type_into(page, "warning", "1.25")
    assert page.editor.heading.text() == "Boost high (not saved)"
    saved(page, qtbot)
    assert cell(page, "Boost high", "From") == "this vehicle's own"
    assert page.list.row.limit.key == "boost_high"
    assert "below it stands warning 1.30 bar" in page.editor.origin.text()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("warning", "abc", "not a number"),
        ("trip", "1.1", "above the warning"),
        ("deadband", "0.4", "at most 0.15 bar"),
        ("deadband", "-1", "0 or more"),
        ("trip_delay_s", "9999", "0 to 3600"),
        ("gate", "rpm >", "at character"),
        ("watches", "", "Name a channel"),
        ("watches", "boost +", "at character"),
        ("rate_hz", "0", "0.01 to 1000"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_can_be_saved(page, name, text, words):
    type_into(page, name, text)
    assert words in page.editor.fields.fields[name].error
    page.editor.save.click()
    assert not any(call[0] == "set" for call in page.limits.calls)


def test_a_contradiction_with_another_limit_is_told_as_one_types(page, qtbot):
    page.limits.check_refuses = LimitRefused("Boost high and Boost low leave no value.", to_do="")
    type_into(page, "warning", "1.2")
    qtbot.waitUntil(lambda: "leave no value" in page.editor.wrong.text())


def test_what_is_known_of_a_channel_that_the_car_lacks_is_told(page, qtbot):
    page.limits.notes = ("This car has not “egt”.",)
    type_into(page, "warning", "1.2")
    qtbot.waitUntil(lambda: "egt" in page.editor.note.text())


def test_a_refusal_stands_in_the_editor_and_what_was_typed_stays(page, qtbot):
    page.limits.refuse = LimitRefused("No value is right for both.", to_do="Move one of the two.")
    type_into(page, "warning", "1.2")
    page.editor.save.click()
    qtbot.waitUntil(lambda: "right for both" in page.editor.wrong.text())
    assert page.editor.fields.lines["warning"].text() == "1.2"


def test_a_channel_that_nobody_knows_is_asked_about_and_can_be_set_all_the_same(page, qtbot):
    page.limits.refuse = ChannelUnknown("There is no channel “egt”.", to_do="")
    type_into(page, "warning", "1.2")
    page.editor.save.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(Sure)))
    page.findChildren(Sure)[-1].take.click()
    qtbot.waitUntil(lambda: [c[-1] for c in page.limits.calls if c[0] == "set"] == [False, True])


def test_what_was_typed_is_there_again_after_looking_at_another_limit(page):
    type_into(page, "warning", "1.2")
    page.list.choose("coolant_high")
    page.list.choose("boost_high")
    assert page.editor.fields.lines["warning"].text() == "1.2"
    assert page.editor.dirty


def test_what_was_typed_is_taken_back(page):
    type_into(page, "warning", "1.2")
    action = next(one for one in page.actions() if one.shortcut == "Esc")
    action.run()
    assert page.editor.fields.lines["warning"].text() == "1.3"
    assert not page.editor.dirty


def test_a_new_limit_gets_a_short_name_of_its_own_and_is_saved(page, car, qtbot):
    page.new.click()
    type_into(page, "watches", "boost")
    assert page.editor.fields.lines["key"].text() == "boost_high_2"
    type_into(page, "label", "Boost cold")
    type_into(page, "trip", "1")
    saved(page, qtbot)
    assert cell(page, "Boost cold", "Trip") == "1.00"
    assert page.limits.own[Owner.vehicle(car.id)]["boost_high_2"].trip == pytest.approx(100.0)
    assert page.list.row.limit.key == "boost_high_2"


def test_a_new_limit_that_says_nothing_yet_cannot_be_saved(page):
    page.new.click()
    assert page.editor.fields.fields["watches"].error
    page.editor.save.click()
    assert not any(call[0] == "set" for call in page.limits.calls)


def test_an_expression_has_a_unit_of_its_own(page, qtbot):
    page.new.click()
    type_into(page, "watches", "temp - iat")
    assert not page.editor.fields.fields["unit"].isHidden()
    type_into(page, "unit", "degC")
    type_into(page, "trip", "80")
    type_into(page, "label", "Heat")
    saved(page, qtbot)
    assert cell(page, "Heat", "Unit") == "°C"


# Service, removal, rights


def test_a_limit_is_put_out_of_service_for_a_reason_and_back(page, qtbot):
    page.editor.service.click()
    form = page.findChildren(NameForm)[-1]
    form._take()
    assert "reason" in form.wrong.text()
    form.line.setText("wastegate is being set")
    form._take()
    qtbot.waitUntil(lambda: cell(page, "Boost high", "Now") == "out of service")
    assert page.limits.calls[-1][0] in ("put_out_of_service", "trial", "check")
    qtbot.waitUntil(lambda: page.editor.service.text() == "Back in service")
    page.editor.service.click()
    qtbot.waitUntil(lambda: cell(page, "Boost high", "Now") == "in service")


def test_an_own_limit_is_removed_and_the_toast_brings_it_back(page, car, qtbot):
    type_into(page, "warning", "1.2")
    saved(page, qtbot)
    page.does.remove()
    qtbot.waitUntil(lambda: cell(page, "Boost high", "From") == "shipped")
    words, undo = page.acts.told.toasts[-1]
    assert "holds again" in words
    undo()
    qtbot.waitUntil(lambda: cell(page, "Boost high", "From") == "this vehicle's own")


def test_a_technician_reads_everything_and_is_told_who_may_edit(page, office, qtbot):
    office.session.enter(TOM)
    qtbot.waitUntil(lambda: not page.editor.rights.isHidden())
    assert "manager or administrator may edit limits" in page.editor.rights.text()
    assert page.editor.fields.lines["warning"].isReadOnly()
    assert not page.editor.fields.priority.isEnabled()
    assert not page.new.isEnabled()
    assert not page.profile.isEnabled()
    assert not any(one.shortcut in ("N", "Ctrl+S", "Del") for one in page.actions())
    assert page.editor.sentence.text()


def test_a_locked_desk_changes_no_limit(page, office, qtbot):
    office.session.lock()
    qtbot.waitUntil(lambda: "locked" in page.editor.rights.text())
    assert not page.editor.service.isEnabled()


def test_a_new_limit_can_be_kept_without_being_switched_on(make, car, qtbot):
    page = make(car, real=True)
    page.new.click()
    type_into(page, "watches", "boost")
    type_into(page, "trip", "1")
    page.editor.fields.in_service.click()
    page.editor.save.click()
    qtbot.waitUntil(lambda: page.loaded.sheet.row("boost_high") is not None)
    assert cell(page, "boost_high", "Now") == "out of service"


def test_after_saving_the_keys_stay_in_the_editor(page, qtbot):
    field = page.editor.fields.lines["warning"]
    type_into(page, "warning", "1.2")
    field.setFocus()
    saved(page, qtbot)
    qtbot.waitUntil(lambda: page.window().focusWidget() is not None)
    assert page.editor.isAncestorOf(page.window().focusWidget())


def test_why_a_limit_is_not_watched_is_read_in_full_beside_it(page, bay):
    row = page.editor.row
    why = "This car has no such channel, and so it is not watched by anybody at all"
    page.list.table.show_now(Watching(here=True, unwatched={row.limit.key: why}))
    assert page.list.table.why_not(row).startswith("Not watched: this car has no such channel")
    page.editor.show_fares(page.list.table.why_not(row))
    assert page.editor.fares.text().endswith("at all.")


def test_the_list_has_no_need_of_scrolling_sideways(page):
    header = page.list.view.horizontalHeader()
    assert page.list.view.horizontalScrollBar().maximum() == 0
    assert header.sectionSize(0) >= 150
    assert not page.trial.pages.isVisible()
    page._choose_trial()
    assert page.trial.pages.isVisible()


# The trial


def test_a_limit_is_tried_on_this_vehicles_newest_recording(make, car, store, qtbot):
    other = store.vehicles.by_name("Track Miata")
    mine = record_drive(store, car.id)
    record_drive(store, other.id)
    page = make(car, "boost_high")
    qtbot.waitUntil(lambda: page.trial.result is not None)
    assert ("trial", BOOST, mine) in page.limits.calls
    assert page.trial.choice.count() == 2
    assert page.trial.verdict.words.startswith(
        "Would have gone off twice: 1 warning, 1 trip; first at 0:01.0"
    )


def test_the_trial_follows_what_is_typed_before_it_is_saved(make, car, store, qtbot):
    record_drive(store, car.id)
    page = make(car, "boost_high")
    qtbot.waitUntil(lambda: page.trial.result is not None)
    type_into(page, "warning", "1.2")
    qtbot.waitUntil(
        lambda: any(
            c[0] == "trial" and c[1].warning == pytest.approx(120) for c in page.limits.calls
        )
    )
    assert not any(call[0] == "set" for call in page.limits.calls)


def test_the_trial_draws_the_edges_and_shades_when_it_would_have_gone_off(make, car, store, qtbot):
    record_drive(store, car.id)
    page = make(car, "boost_high")
    qtbot.waitUntil(lambda: bool(page.trial.stack.charts and page.trial.result))
    chart = page.trial.stack.charts[0]
    qtbot.waitUntil(lambda: bool(chart.limits))
    lines = next(iter(chart.limits.values()))
    assert [line.words for line in lines] == ["warning 1.30 bar", "trip 1.45 bar"]
    assert all(line.gated for line in lines)
    assert lines[0].back == pytest.approx(1.25)
    assert len(chart._drawing._passings) == 3
    qtbot.waitUntil(lambda: len(page.trial._trace.columns) > 0)
    assert page.trial._trace.scale.high >= 1.45


def test_the_trial_waits_while_what_is_typed_makes_no_limit(make, car, store, qtbot):
    record_drive(store, car.id)
    page = make(car, "boost_high")
    qtbot.waitUntil(lambda: page.trial.result is not None)
    type_into(page, "trip", "1")
    assert page.trial.result is None
    assert "the trial waits" in page.trial.verdict.words
    assert page.trial.choice.count() == 1
    type_into(page, "trip", "1.4")
    qtbot.waitUntil(lambda: page.trial.result is not None)


def test_an_expression_is_tried_on_its_own_curve(make, car, store, qtbot):
    record_drive(store, car.id, channels=("temp", "iat"))
    page = make(car, "boost_high")
    page.new.click()
    type_into(page, "watches", "temp - iat")
    type_into(page, "trip", "60")
    qtbot.waitUntil(lambda: page.trial._trace is not None and len(page.trial._trace.columns) > 50)


def test_a_recording_without_the_channel_is_not_offered(make, car, store, qtbot):
    record_drive(store, car.id, channels=("rpm",))
    page = make(car, "boost_high")
    qtbot.waitUntil(lambda: page.editor.row is not None and not page.trial.reading)
    assert page.trial.choice.count() == 0
    assert "No recording holds boost" in page.trial.nothing.text()


def test_without_recordings_the_trial_says_what_to_do(page):
    assert "Record a drive" in page.trial.nothing.text()


# Copies and files


def test_limits_of_a_profile_are_copied_after_saying_what_would_change(
    make, car, qtbot, monkeypatch
):
    page = make(car, "boost_high")
    page.limits.own[Owner.vehicle(car.id)] = {"boost_high": replace(BOOST, warning=120.0)}
    page.refresh()
    settled(page, qtbot)
    asked = []
    page.limits.set_all = lambda owner, limits, _by, **_: asked.append((owner, limits)) or ()
    page.does.copy()
    qtbot.waitUntil(lambda: bool(page.findChildren(LimitChangesForm)))
    form = page.findChildren(LimitChangesForm)[-1]
    assert form.source.currentText() == "Profile: Turbo petrol"
    assert "warning 1.20 bar \u2192 1.30 bar" in form.list.item(0).text()
    qtbot.keyClick(form.list, Qt.Key.Key_Space)
    assert not form.take.isEnabled()
    form._toggle(form.list.item(0))
    form.take.click()
    qtbot.waitUntil(lambda: asked == [(Owner.vehicle(car.id), (BOOST,))])


# Over the real limits


def test_a_real_limit_is_changed_switched_off_and_removed(make, car, qtbot):
    page = make(car, "coolant_high", real=True)
    type_into(page, "warning", "100")
    page.editor.save.click()
    qtbot.waitUntil(lambda: cell(page, "Coolant hot", "From") == "this vehicle's own")
    assert cell(page, "Coolant hot", "Warning") == "100"
    page.does.remove()
    qtbot.waitUntil(lambda: cell(page, "Coolant hot", "From") == "shipped")


def test_limits_are_exported_and_another_vehicle_takes_them_in(make, car, store, qtbot, tmp_path):
    page = make(car, "coolant_high", real=True)
    path = tmp_path / "limits.json"
    page.does.ask_save = lambda _usual: path
    page.does.export()
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: "Exported" in str(page.acts.told.toasts))
    document = json.loads(path.read_text())
    document["limits"][0]["warning"] = 101.0
    path.write_text(json.dumps(document))
    page.does.ask_open = lambda: path
    page.does.take_in()
    qtbot.waitUntil(lambda: bool(page.findChildren(LimitChangesForm)))
    form = page.findChildren(LimitChangesForm)[-1]
    assert "\u2192 101 °C" in form.list.item(0).text()
    assert form.meant.isHidden()
    form.take.click()
    qtbot.waitUntil(lambda: "imported" in str(page.acts.told.toasts))


def test_a_file_of_another_shop_has_to_be_meant(make, car, qtbot, tmp_path):
    page = make(car, "coolant_high", real=True)
    path = tmp_path / "limits.json"
    Limits(page.desk.store).export(Owner.vehicle(car.id), path, page.acts.actor)
    document = json.loads(path.read_text())
    document["shop"] = {"id": "0192-other", "name": "Other Tuning"}
    path.write_text(json.dumps(document))
    page.does.ask_open = lambda: path
    page.does.take_in()
    qtbot.waitUntil(lambda: bool(page.findChildren(LimitChangesForm)))
    form = page.findChildren(LimitChangesForm)[-1]
    assert not form.take.isEnabled()
    assert any("Other Tuning" in label.text() for label in form.findChildren(type(page.whose)))
    form.meant.setChecked(True)
    form.take.click()
    qtbot.waitUntil(lambda: "imported" in str(page.acts.told.toasts))


def test_a_file_for_another_profile_is_asked_about(make, car, qtbot, tmp_path):
    page = make(car, "coolant_high", real=True)
    path = tmp_path / "limits.json"
    Limits(page.desk.store).export(Owner.profile("diesel"), path, page.acts.actor)
    page.does.ask_open = lambda: path
    page.does.take_in()
    qtbot.waitUntil(lambda: bool(page.findChildren(LimitChangesForm)))
    page.findChildren(LimitChangesForm)[-1].take.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(Sure)))
    sure = page.findChildren(Sure)[-1]
    assert "imported" not in str(page.acts.told.toasts)
    sure.accept()
    qtbot.waitUntil(lambda: "imported" in str(page.acts.told.toasts))


def test_a_file_that_holds_no_limits_is_refused_and_nothing_changes(make, car, qtbot, tmp_path):
    page = make(car, "coolant_high", real=True)
    path = tmp_path / "limits.json"
    path.write_text("{}")
    page.does.ask_open = lambda: path
    page.does.take_in()
    qtbot.waitUntil(lambda: bool(page.acts.told.refused))
    assert not page.findChildren(LimitChangesForm)


def test_a_real_trial_finds_what_was_recorded(make, car, store, qtbot):
    record_drive(store, car.id, channels=("rpm", "temp"))
    page = make(car, "coolant_high", real=True)
    type_into(page, "warning", "90")
    type_into(page, "warning_delay_s", "0")
    qtbot.waitUntil(
        lambda: page.trial.result is not None and bool(page.trial.result.occurrences), timeout=5000
    )
    assert page.trial.verdict.words.startswith("Would have gone off")


def test_columns_are_remembered(make, car, store, qtbot):
    page = make(car)
    page.list.view.horizontalHeader().resizeSection(0, 251)
    page.hidden()
    again = make(car)
    assert again.list.view.horizontalHeader().sectionSize(0) == 251
    assert HOT.label in listed(again)
