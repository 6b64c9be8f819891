"""The import form: what is proposed for each column is shown, put right, and handed on."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.tables import Column, ColumnMeaning, Mapping, Proposal
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.models.import_draft import KILO_RPM, units_for
from cartech_desk.ui.widgets.dyno_import_form import DynoImportForm

PROPOSAL = Proposal(
    "WinPEP 8",
    (
        Column(0, "Time", 200, 0.0, 10.0),
        Column(1, "Speed", 200, 30.0, 110.0),
        Column(2, "Engine RPM", 200, 2.4, 7.1),
        Column(3, "Power", 190, 0.0, 276.0),
        Column(4, "Link 0 Status", 0, float("nan"), float("nan")),
    ),
    Mapping(
        0,
        "s",
        (
            ColumnMeaning(1, Role.SPEED, "mph"),
            ColumnMeaning(2, Role.RPM, "rpm", 1000.0, sure=False, why="looks like thousands"),
            ColumnMeaning(3, Role.CORRECTED_POWER, "hp"),
        ),
    ),
    200,
    warnings=("No weather in the file.",),
)


class Runs:
    def __init__(self):
        self.asked = None
        self.refuse = None

    def import_file(self, path, mapping, by, **what):
        self.asked = (path, mapping, by, what)
        if self.refuse is not None:
            raise self.refuse
        return SimpleNamespace(id="run-1", name="Run 1")


@pytest.fixture
def form(qtbot, desk, acts, tmp_path):
    desk.bay.runs = Runs()
    made = DynoImportForm(desk, acts, tmp_path / "RunFile.csv", PROPOSAL, vehicle_id="v1")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_tick_is_hit_anywhere_in_its_cell_and_no_wheel_changes_a_choice(form, qtbot):
    box = form.table.cellWidget(0, 0)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(box.width() - 3, 3))
    assert not box.isChecked()
    role = form.table.cellWidget(1, 3)
    before = role.currentIndex()
    down = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    role.wheelEvent(down)
    assert role.currentIndex() == before


def shown(form, row, place):
    return form.table.cellWidget(row, place).currentText()


def test_every_column_but_time_is_shown_as_it_is_taken(form):
    assert form.table.rowCount() == 4
    assert [shown(form, row, 3) for row in range(3)] == [
        "Speed",
        "Engine speed",
        "Power as the dyno corrected it",
    ]
    assert shown(form, 1, 4) == KILO_RPM
    assert "looks like thousands" in form.table.item(1, 5).text()
    assert "1 column is marked" in form.words.text()


def test_a_column_that_nobody_proposed_is_left_out(form):
    assert not form.table.cellWidget(3, 0).isChecked()


def test_what_is_chosen_is_handed_on(form, qtbot):
    form.choose_unit(1, "rpm")
    form.choose_role(2, Role.POWER)
    with qtbot.waitSignal(form.imported):
        form.begin()
    _, mapping, _, what = form._desk.bay.runs.asked
    by_index = {one.index: one for one in mapping.columns}
    assert (by_index[2].unit, by_index[2].factor, by_index[2].sure) == ("rpm", 1.0, True)
    assert (by_index[3].role, by_index[3].unit) == (Role.POWER, "hp")
    assert 4 not in by_index
    assert (what["vehicle_id"], what["remember"], what["started"]) == ("", True, None)
    assert not what["again"]


def test_a_run_is_nobody_s_until_somebody_says_whose_it_is(form, qtbot, desk):
    assert form.whose.vehicle.currentText().startswith("Imported runs")
    form.whose.vehicle.setCurrentText("Blue Golf")
    form.whose.customer.setText("Ann")
    form.whose.date.setText("2024-05-17")
    with qtbot.waitSignal(form.imported):
        form.begin()
    what = form._desk.bay.runs.asked[3]
    assert what["vehicle_id"] == desk.store.vehicles.by_name("Blue Golf").id
    assert (what["customer"], what["day_only"]) == ("Ann", True)
    assert f"{what['started']:%Y-%m-%d}" == "2024-05-17"


def test_a_kept_vehicle_is_offered_that_at_hand_first(qtbot, desk, acts, tmp_path):
    desk.bay.runs = Runs()
    desk.store.vehicles.by_name("Aardvark")
    golf = desk.store.vehicles.by_name("Blue Golf")
    form = DynoImportForm(desk, acts, tmp_path / "RunFile.csv", PROPOSAL, vehicle_id=golf.id)
    qtbot.addWidget(form)
    qtbot.waitUntil(lambda: form.whose.vehicle.count() >= 3)
    assert form.whose.vehicle.itemText(1) == "Blue Golf (at the desk now)"
    form.whose.vehicle.setCurrentIndex(1)
    assert (form.whose.vehicle_id, form.whose.vehicle_name) == (golf.id, "")


def test_a_date_that_is_not_sure_is_not_taken(form):
    form.whose.date.setText("4/5/2024")
    assert "date is not sure" in form.words.text()
    assert not form.take.isEnabled()


def test_a_file_that_is_here_already_is_asked_for_twice(form, qtbot):
    class Twin(CarTechError):
        code = "already_imported"

    form._desk.bay.runs.refuse = Twin(
        "It was imported already.", to_do="Look at that run (on the command line with --again)."
    )
    form.begin()
    qtbot.waitUntil(lambda: form.take.text() == "Import again")
    assert form.words.text() == "It was imported already. Look at that run."
    form._desk.bay.runs.refuse = None
    with qtbot.waitSignal(form.imported):
        form.begin()
    assert form._desk.bay.runs.asked[3]["again"]


def test_units_are_written_as_people_write_them():
    assert "°F" in units_for(Role.TEMPERATURE)
    assert "%" in units_for(Role.HUMIDITY)
    assert units_for(Role.RPM)[1] == "krpm"
    assert "mph/s" in units_for(Role.ACCELERATION)
    assert not set(units_for(None)) & {"degC", "degF", "percent"}


def test_another_role_takes_a_unit_that_fits_it(form):
    form.choose_role(0, Role.FORCE)
    assert shown(form, 0, 4) == "N"


def test_two_columns_for_one_thing_cannot_be_imported(form):
    form.choose_role(2, Role.SPEED)
    assert "Two columns are taken for “Speed”" in form.words.text()
    assert not form.take.isEnabled()
    form.begin()
    assert form._desk.bay.runs.asked is None


def test_a_file_without_a_speed_cannot_be_imported(form):
    form.choose_taken(0, taken=False)
    form.choose_taken(1, taken=False)
    assert "No column is a speed" in form.words.text()


def test_a_refusal_is_said_and_the_form_stays(form, qtbot):
    form._desk.bay.runs.refuse = CarTechError("Row 7 is not a number.", to_do="Mend the file.")
    form.begin()
    qtbot.waitUntil(lambda: "Row 7" in form.words.text())
    assert form.isVisible()
    assert form.take.isEnabled()


def test_a_unit_times_a_factor_is_named_and_kept(qtbot, desk, acts, tmp_path):
    desk.bay.runs = Runs()
    columns = (
        ColumnMeaning(1, Role.SPEED, "mph"),
        ColumnMeaning(2, Role.ACCELERATION, "m/s2", 0.44704),
        ColumnMeaning(3, Role.FORCE, "N", 9.80665),
    )
    proposal = replace(PROPOSAL, mapping=Mapping(0, "s", columns))
    form = DynoImportForm(desk, acts, tmp_path / "RunFile.csv", proposal, vehicle_id="v1")
    qtbot.addWidget(form)
    form.show()
    assert [shown(form, row, 4) for row in range(3)] == [
        "mph",
        "mph/s",
        "N \N{MULTIPLICATION SIGN} 9.80665",
    ]
    form.choose_unit(2, "N \N{MULTIPLICATION SIGN} 9.80665")
    form.begin()
    qtbot.waitUntil(lambda: desk.bay.runs.asked is not None)
    assert desk.bay.runs.asked[1].columns == columns


def test_rows_can_be_counted_where_no_column_tells_the_time(qtbot, desk, acts, tmp_path):
    desk.bay.runs = Runs()
    proposal = replace(PROPOSAL, mapping=Mapping(-1, "", (ColumnMeaning(1, Role.SPEED, "mph"),)))
    form = DynoImportForm(desk, acts, tmp_path / "RunFile.csv", proposal, vehicle_id="v1")
    qtbot.addWidget(form)
    form.show()
    assert form.time.currentText() == "rows, counted"
    form.time_unit.setCurrentText("20 Hz")
    form.begin()
    qtbot.waitUntil(lambda: desk.bay.runs.asked is not None)
    mapping = desk.bay.runs.asked[1]
    assert (mapping.time, mapping.time_unit) == (-1, "20 Hz")
