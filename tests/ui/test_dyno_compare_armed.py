"""Two runs compared, the dyno left armed: the next pulls are driven beside the comparison."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.dyno_status import Phase
from cartech_desk.ui.application import dress, make_window
from tests.ui.dyno_double import make_run


@pytest.fixture
def window(desk, bay, qtbot, qapp):
    bay.dyno.session()
    bay.book.kept = [make_run("r2", number=2, peak_hp=268.0), make_run("r1", number=1)]
    made = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.start()
    made.open_page("dyno")
    made.show()
    qtbot.waitUntil(lambda: made.page.loaded and not made.page._computing.busy)
    return made


@pytest.fixture
def compared(window, bay, qtbot):
    """Both runs ticked by hand, Compare pressed, the dyno armed."""
    page = window.page
    for run_id in ("r2", "r1"):
        index = page.tree.filter.mapFromSource(page.tree.model.index_of(run_id))
        page.tree.filter.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    page.compare.click()
    qtbot.waitUntil(lambda: page.overlay.comparison is not None and page.difference)
    bay.dyno.now = replace(bay.dyno.now, phase=Phase.ARMED)
    return page


def drive(window, bay, qtbot, number):
    """Drive a pull that draws itself while a sentence comes and goes above the charts."""
    for part in (0.1, 0.3, 0.5, 0.8, 1.0):
        bay.dyno.running(f"new{number}", upto=part)
        problem = "The dyno fell silent." if part in (0.3, 0.8) else ""
        bay.dyno.now = replace(bay.dyno.now, problem=problem)
        window._tick()
        qtbot.wait(20)  # layouts are made anew, and draw
    bay.dyno.ended(problem="")
    bay.dyno.now = replace(bay.dyno.now, phase=Phase.ARMED)
    window._tick()
    page = window.page
    qtbot.waitUntil(
        lambda: (
            page.chosen == (f"new{number}",)
            and not (page._reading.busy or page._computing.busy)
            and f"new{number}" in page.results
        )
    )


@pytest.mark.parametrize("preview", [False, True], ids=["", "with the sheet open"])
def test_pulls_are_driven_beside_a_comparison(window, bay, compared, qtbot, preview):
    if preview:
        compared.does.sheet()
        assert compared.preview.isVisible()
    for number in (1, 2):
        drive(window, bay, qtbot, number)
    assert compared.difference
    assert len(compared.runs) == 4


def test_while_a_pull_is_driven_no_difference_takes_its_room(window, bay, compared, qtbot):
    assert "difference" in [one.pane.key for one in compared.chart._plot._shown]
    bay.dyno.running("new1", upto=0.5)
    window._tick()
    assert "difference" not in [one.pane.key for one in compared.chart._plot._shown]
    assert compared.difference
