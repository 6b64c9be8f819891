"""A real run, imported and looked at: what the chart and the numbers say of it."""

from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.store import Store
from cartech_desk.ui.models.dyno_picture import DynoPicture
from cartech_desk.ui.models.dyno_run_tree import PEAK_ROLE
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.widgets.dyno_numbers import DynoNumbers
from cartech_desk.ui.widgets.dyno_tree import DynoTree

REAL = Path(__file__).parents[3] / "shared" / "data" / "dyno" / "RunFile_86.csv"
BY = Actor("p1", "Tom Technician", Role.TECHNICIAN)

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="RunFile_86.csv is not on this machine")


@pytest.fixture
def imported(tmp_path):
    with closing(Store(tmp_path)) as store:
        runs = DynoRuns(store)
        run = runs.import_file(REAL, None, BY)
        yield store, run, runs.result(run.id, View("sae"))


def test_tree_chart_and_numbers_tell_one_peak(imported, qtbot):
    store, run, result = imported
    tree, numbers = DynoTree(), DynoNumbers()
    for widget in (tree, numbers):
        qtbot.addWidget(widget)
    tree.set_runs(store.dyno.sessions(), store.dyno.all_runs())
    shown = ShownRun(run.id, run.name, result)
    numbers.set_runs([shown])
    picture = DynoPicture(dyno_units("imperial", "hp"))
    picture.set_runs([shown])
    power = picture.panes(None, 900)[0].peaks[0]
    said = power.words
    assert float(said.removesuffix(" hp")) == pytest.approx(276.3, rel=0.002)
    assert power.mark.x == pytest.approx(7032, abs=2)
    assert tree.model.index_of(run.id).data(PEAK_ROLE).words == said
    assert f"Power\t{said}" in numbers.text()
    assert "60 to 100 mph\t5.721 s" in numbers.text()


def test_its_slips_are_shaded_where_they_are(imported):
    _, run, result = imported
    picture = DynoPicture(dyno_units("imperial", "hp"))
    picture.set_axis("time")
    picture.set_runs([ShownRun(run.id, run.name, result)])
    shades = picture.panes(None, 900)[0].shades
    begins = [begin + result.pull[0] for begin, _, word in shades if word == "time glitch"]
    assert begins == pytest.approx([slip.t_s for slip in result.slips], abs=0.06)
