from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field
from PySide6.QtCore import Qt

from cartech_desk.app.settings import OwnChannelLine, Settings, SettingsFile
from cartech_desk.domain.sources import OwnChannel
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.setting_words import range_words
from cartech_desk.ui.pages.settings import SettingsPage
from cartech_desk.ui.widgets.editors import (
    Choice,
    Entries,
    InTheFile,
    Line,
    Number,
    PathLine,
    Records,
    YesNo,
    editor_for,
)

from .conftest import TECHNICIAN


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@pytest.fixture
def page(qtbot, desk, acts):
    made = SettingsPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    made.complete()
    made.activateWindow()
    return made


def type_into(qtbot, row, text):
    row.editor.line.setFocus()
    row.editor.line.selectAll()
    qtbot.keyClicks(row.editor.line, text)
    qtbot.keyClick(row.editor.line, Qt.Key.Key_Return)


def choose(row, option):
    row.editor.combo.setCurrentIndex(row.editor.combo.findData(option))
    row.editor.combo.activated.emit(row.editor.combo.currentIndex())


def test_the_sections_below_come_by_themselves_in_their_order(qtbot, desk, acts):
    page = SettingsPage(desk, acts)
    qtbot.addWidget(page)
    page.show()
    sections = len(Settings.model_fields)
    assert len(page._sections) < sections
    qtbot.waitUntil(lambda: len(page._sections) == sections)
    assert list(dict.fromkeys(row.section for row in page._rows)) == list(Settings.model_fields)
    tops = [card.mapTo(page, card.rect().topLeft()).y() for card, _rows in page._sections]
    qtbot.waitUntil(lambda: tops == sorted(tops))


def test_every_setting_of_the_model_is_on_the_page(page):
    names = {
        name
        for section in Settings.model_fields.values()
        for name in section.annotation.model_fields
    }
    assert {row.name for row in page._rows} == names
    assert len(names) > 5


def test_title_unit_range_and_explanation_stand_beside_the_field(page):
    row = page.row("max_requests_per_s")
    beside = [
        row.field.beside.itemAt(index).widget().text()
        for index in range(row.field.beside.count())
        if hasattr(row.field.beside.itemAt(index).widget(), "text")
    ]
    assert row.field.label.text() == "Most requests a second"
    assert "1/s" in beside
    assert any("1 to 2" in words for words in beside)
    assert "disturb a car" in row.field.help_label.text()


def test_a_change_is_kept_at_once_and_told(qtbot, page, desk, acts):
    with qtbot.waitSignal(acts.settings_changed, timeout=1000):
        choose(page.row("units"), "imperial")
    assert desk.settings.values.screen.units == "imperial"
    assert SettingsFile(desk.settings.path).values.screen.units == "imperial"


def test_a_number_out_of_range_is_refused_beside_the_field_and_changes_nothing(qtbot, page, desk):
    row = page.row("max_requests_per_s")
    type_into(qtbot, row, "5000")
    assert "1 to 2" in row.field.error
    assert row.editor.line.text() == "5000"
    assert desk.settings.values.acquisition.max_requests_per_s == 100
    assert not desk.settings.path.exists()
    type_into(qtbot, row, "50")
    assert row.field.error == ""
    assert desk.settings.values.acquisition.max_requests_per_s == 50


@pytest.mark.parametrize("typed", ["fast", "", "1e999", "nan"])
def test_what_is_no_number_is_refused_in_words(qtbot, page, desk, typed):
    row = page.row("max_requests_per_s")
    row.editor.line.setText(typed)
    row.editor._finished()
    assert row.field.error.endswith(".")
    assert desk.settings.values.acquisition.max_requests_per_s == 100


def test_another_setting_can_be_changed_while_one_is_wrong(qtbot, page, desk):
    wrong = page.row("max_requests_per_s")
    type_into(qtbot, wrong, "5000")
    choose(page.row("units"), "mixed")
    assert desk.settings.values.screen.units == "mixed"
    assert wrong.editor.line.text() == "5000"
    assert wrong.field.error


def test_reset_brings_the_default_back(qtbot, page, desk):
    row = page.row("stale_after_s")
    assert not row.reset.isEnabled()
    type_into(qtbot, row, "5")
    assert row.reset.isEnabled()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert desk.settings.values.acquisition.stale_after_s == 2
    assert row.editor.line.text() == "2"
    assert not row.reset.isEnabled()


def test_reset_mends_a_wrong_entry(qtbot, page):
    row = page.row("stale_after_s")
    type_into(qtbot, row, "999")
    assert row.field.error
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert row.field.error == ""
    assert row.editor.line.text() == "2"


def test_the_search_leaves_what_it_finds_and_says_when_that_is_nothing(qtbot, page):
    page.search.setText("fuel")
    shown = {row.name for row in page._rows if row.field.isVisible()}
    assert shown == {"fuel"}
    page.search.setText("zzz")
    assert page.nothing.isVisible()
    page.search.clear()
    assert all(row.field.isVisibleTo(page) for row in page._rows)


def found(page, typed):
    page.search.setText(typed)
    return {row.name for row in page._rows if row.field.isVisible()}


@pytest.mark.parametrize("typed", ["hours", "opening hours", "weekdays"])
def test_the_hours_of_the_week_are_found(page, typed):
    week = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    assert week | {"holidays_of", "closed"} == found(page, typed)


@pytest.mark.parametrize("typed", ["smtp", "mail server", "starttls", "mail port"])
def test_what_belongs_together_is_shown_together(page, typed):
    assert found(page, typed) == {"server", "port", "security", "user", "sender"}
    assert page.mail_password.isVisible()
    assert found(page, "theme") == {"theme"}
    assert not page.mail_password.isVisible()


def test_what_is_said_of_power_is_the_unit_that_torque_has_with_it(page):
    said = page.row("power_unit").field.help_label.text()
    assert found(page, "torque") >= {"power_unit"}
    assert "lb·ft with hp, Nm with PS and kW" in said
    units = {power: dyno_units("metric", power).torque.key for power in ("hp", "PS", "kW")}
    assert units == {"hp": "lbft", "PS": "Nm", "kW": "Nm"}


def test_opened_for_a_setting_the_page_goes_there(qtbot, page):
    page.shown("pretrigger_s")
    assert page.row("pretrigger_s").editor.line.hasFocus()


def test_a_file_that_cannot_be_written_leaves_the_setting_as_it_was(
    qtbot, bay, office, store, tmp_path, acts
):
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    settings = SettingsFile(blocked / "settings.toml", forgiving=True)
    page = SettingsPage(DeskParts(bay, office, store, settings, tmp_path), acts)
    qtbot.addWidget(page)
    row = page.row("units")
    choose(row, "imperial")
    assert "could not be written" in row.field.error
    assert row.editor.value() == "metric"
    assert settings.values.screen.units == "metric"
    assert acts.told.refused[0].code == "settings"


def test_signal_sets_are_added_and_removed(qtbot, page, desk):
    row = page.row("signal_sets")
    row.editor.add("one.json", "two.json")
    assert desk.settings.values.acquisition.signal_sets == [Path("one.json"), Path("two.json")]
    row.editor.list.setCurrentRow(0)
    qtbot.mouseClick(row.editor.remove, Qt.MouseButton.LeftButton)
    assert desk.settings.values.acquisition.signal_sets == [Path("two.json")]


def type_lines(qtbot, row, text):
    row.editor.area.setFocus()
    row.editor.area.selectAll()
    row.editor.area.insertPlainText(text)
    row.editor.area.clearFocus()


def test_own_channels_are_typed_one_a_line(qtbot, page, desk):
    row = page.row("own")
    type_lines(qtbot, row, "bar = boost / 100 [bar] Boost\nhot = iat > 60")
    assert row.field.error == ""
    kept = SettingsFile(desk.settings.path).values
    assert kept.bay_settings().own == (
        OwnChannel("bar", "boost / 100", label="Boost", unit="bar"),
        OwnChannel("hot", "iat > 60"),
    )
    page._show_all()
    assert row.editor.area.toPlainText() == "bar = boost / 100 [bar] Boost\nhot = iat > 60"


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("bar = boost /", "missing at the end"),
        ("boost / 100", "name = expression"),
        ("a = b\nb = a", "loop"),
        ("rpm = boost", "already"),
        ("a = boost [furlong]", "furlong"),
    ],
)
def test_an_own_channel_that_is_none_is_refused_beside_the_field(
    qtbot, page, desk, typed, complaint
):
    row = page.row("own")
    type_lines(qtbot, row, typed)
    assert complaint in row.field.error
    assert row.editor.area.toPlainText() == typed
    assert desk.settings.values.channels.own == []
    type_lines(qtbot, row, "a = boost / 100")
    assert row.field.error == ""
    assert len(desk.settings.values.channels.own) == 1


def test_a_figure_of_the_car_is_typed_and_taken_away_again(qtbot, page, desk):
    row = page.row("tyre_m")
    assert row.editor.line.text() == ""
    type_into(qtbot, row, "1.95")
    assert desk.settings.values.bay_settings().parameters == {"tyre_m": 1.95}
    type_into(qtbot, row, "19")
    assert "0.5 to 5" in row.field.error
    row.editor.line.clear()
    row.editor._finished()
    assert row.field.error == ""
    assert SettingsFile(desk.settings.path).values.bay_settings().parameters == {}


@pytest.mark.parametrize(
    ("annotation", "editor"),
    [
        (bool, YesNo),
        (int, Number),
        (float, Number),
        (float | None, Number),
        (str, Line),
        (Literal["a", "b"], Choice),
        (Colour, Choice),
        (Path, PathLine),
        (list[OwnChannelLine], Records),
        (list[Path], Entries),
        (list[str], Entries),
        (dict[str, int], InTheFile),
        (int | str, InTheFile),
    ],
    ids=str,
)
def test_each_type_has_its_editor(qtbot, annotation, editor):
    made = editor_for(annotation)
    qtbot.addWidget(made)
    assert type(made) is editor


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (bool, True),
        (int, 12),
        (float, 0.25),
        (float | None, None),
        (str, "words"),
        (Literal["a", "b"], "b"),
        (Colour, Colour.BLUE),
        (Path, Path("a/b")),
        (list[str], ["x", "y"]),
        (dict[str, int], {"a": 1}),
    ],
    ids=str,
)
def test_what_an_editor_shows_it_gives_back(qtbot, annotation, value):
    made = editor_for(annotation)
    qtbot.addWidget(made)
    made.show_value(value)
    assert made.value() == value


def test_a_model_of_loose_fields_and_odd_types_is_shown_whole(
    qtbot, bay, office, store, tmp_path, acts
):
    class Odd(BaseModel):
        name: str = Field("desk", title="Name", min_length=2)
        table: dict[str, int] = Field(default_factory=dict)

    class Holder:
        values = Odd()
        path = tmp_path / "odd.toml"

        def save(self, model):
            self.values = model

    holder = Holder()
    page = SettingsPage(DeskParts(bay, office, store, holder, tmp_path), acts)
    qtbot.addWidget(page)
    assert {row.name for row in page._rows} == {"name", "table"}
    type_into(qtbot, page.row("name"), "x")
    assert "at least 2" in page.row("name").field.error
    type_into(qtbot, page.row("name"), "bay one")
    assert holder.values.name == "bay one"


def test_ranges_are_said_in_words():
    class Ranges(BaseModel):
        both: float = Field(1, ge=0, le=2000)
        low: float = Field(1, gt=0.5)
        high: int = Field(1, lt=7)
        none: int = 1

    fields = Ranges.model_fields
    assert [range_words(fields[name]).replace(",", "") for name in fields] == [
        "0 to 2000",
        "more than 0.5",
        "less than 7",
        "",
    ]


# Safety: who may, and what is kept of it


def changes(store, action="settings.safety"):
    from cartech_desk.store.audit_reading import Query

    found = store.audit.find(Query(action=action))
    return [(one.actor.name, one.phase.value, dict(one.before or {}), one.after) for one in found]


def test_a_change_of_the_lock_is_recorded_before_and_after(qtbot, page, store, settings):
    row = page.row("lock_after_min")
    page._put(row, 25)
    qtbot.waitUntil(lambda: len(changes(store)) == 2, timeout=5000)
    assert settings.values.safety.lock_after_min == 25
    (_, result, _, after), (name, intent, before, asked) = changes(store)
    assert (name, intent, result) == ("Ada Administrator", "intent", "result")
    assert (before, asked) == ({"lock_after_min": "10"}, {"lock_after_min": "25"})
    assert after["done"] is True


def test_a_technician_sees_who_may_change_the_lock_and_changes_nothing(
    qtbot, page, store, settings, office
):
    row = page.row("lock_after_min")
    assert row.editor.isEnabled()
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: not row.editor.isEnabled())
    assert not row.reset.isEnabled()
    assert "manager or administrator" in page.who_may["safety"].text()
    assert not page.who_may["safety"].isHidden()
    assert page.row("theme").editor.isEnabled()
    refused = []
    page.acts.refused.connect(refused.append)
    page._put(row, 0)
    qtbot.waitUntil(lambda: bool(refused))
    assert refused[0].code == "right_missing"
    assert settings.values.safety.lock_after_min == 10
    assert changes(store) == []


def test_a_change_of_the_lock_that_cannot_be_kept_is_recorded_as_not_done(
    qtbot, page, store, settings, monkeypatch, trouble
):
    def full(_model):
        raise trouble("The disk is full.", "Make room.")

    monkeypatch.setattr(settings, "save", full)
    page._put(page.row("silence_s"), 60.0)
    qtbot.waitUntil(lambda: len(changes(store)) == 2, timeout=5000)
    assert changes(store)[0][3]["done"] is False
    assert settings.values.safety.silence_s == 120.0


def test_a_value_out_of_its_range_is_not_even_intended(page, store):
    page._put(page.row("lock_after_min"), 500)
    assert page.row("lock_after_min").field.error
    assert changes(store) == []


# The counter's sections


def test_hours_are_changed_by_whoever_runs_the_shop_and_audited_as_hours(
    qtbot, page, store, settings
):
    page._put(page.row("saturday"), "9:00-12:00")
    qtbot.waitUntil(lambda: len(changes(store, "hours.change")) == 2, timeout=5000)
    assert settings.values.shop.saturday == "9:00-12:00"
    asked = changes(store, "hours.change")[1]
    assert asked[2:] == ({"saturday": ""}, {"saturday": "9:00-12:00"})


@pytest.mark.parametrize(
    ("name", "value", "action"),
    [
        ("tax_word", "VAT", "settings.shop"),
        ("sender", "shop@example.com", "settings.mail"),
        ("folder", Path("copies"), "settings.backup"),
    ],
)
def test_a_change_of_shop_mail_or_backups_is_on_record(qtbot, page, store, name, value, action):
    row = next(r for r in page._rows if r.name == name and r.section == action.split(".")[1])
    page._put(row, value)
    qtbot.waitUntil(lambda: len(changes(store, action)) == 2, timeout=5000)
    assert changes(store, action)[0][3]["done"] is True
    assert changes(store, action)[1][3] == {name: str(value)}


def test_a_technician_reads_the_shop_s_settings_and_changes_none(qtbot, page, office, settings):
    assert all(said.isHidden() for said in page.who_may.values())
    office.session.enter(TECHNICIAN)
    qtbot.waitUntil(lambda: not page.row("monday").editor.isEnabled())
    for section in ("shop", "mail", "backup"):
        rows = [row for row in page._rows if row.section == section]
        assert not any(row.editor.isEnabled() or row.reset.isEnabled() for row in rows)
        assert not page.who_may[section].isHidden()
    assert not page.mail_password.change.isEnabled()
    refused = []
    page.acts.refused.connect(refused.append)
    page._put(page.row("monday"), "")
    qtbot.waitUntil(lambda: bool(refused))
    assert settings.values.shop.monday


def test_the_mail_password_is_set_on_this_page_and_not_shown(qtbot, page, office, store):
    page.mail_password.ask()
    form = page.mail_password.form
    form.lines["password"].setText("s3cret")
    form.submit()
    qtbot.waitUntil(office.mailing.has_password, timeout=5000)
    qtbot.waitUntil(lambda: page.mail_password.form is None, timeout=5000)
    (record,) = changes(store, "settings.mail")
    assert record[3] == {"password": "set"}
    page.mail_password.forget()
    qtbot.waitUntil(lambda: not office.mailing.has_password(), timeout=5000)


def test_options_that_are_no_words_are_written_as_people_write_them(page):
    def options(name):
        combo = page.row(name).editor.combo
        return [combo.itemText(place) for place in range(combo.count())]

    assert options("security") == ["STARTTLS", "TLS", "None"]
    assert options("power_unit") == ["hp", "PS", "kW"]
    assert options("correction")[:3] == ["None", "SAE", "SAE 2004"]
    assert options("theme") == ["Dark", "Light"]
