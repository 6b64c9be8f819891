"""Room to spare in a list goes to the columns whose words would be cut."""

import pytest
from PySide6.QtCore import QPoint, Qt

from cartech_desk.ui.widgets.fault_table import FaultTable

WIDTHS = (60, 100, 50)


@pytest.fixture
def table(qtbot):
    made = FaultTable("Things", ("No.", "What", "Sum"), WIDTHS, right=(2,), grows=(1,))
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    made.show_rows([["1", "a hose that was made to measure", "68.50"]])
    return made


def widths(table):
    return [table.horizontalHeader().sectionSize(place) for place in range(len(WIDTHS))]


def spare(table):
    return table.viewport().width() - sum(WIDTHS)


def test_the_column_of_words_takes_all_that_is_to_spare(table):
    assert spare(table) > 0
    assert widths(table) == [60, 100 + spare(table), 50]


def test_it_gives_back_what_a_narrower_list_has_not(table):
    table.resize(300, 200)
    assert widths(table) == [60, 100 + spare(table), 50]
    table.resize(150, 200)
    assert widths(table) == list(WIDTHS)


def test_several_share_by_their_widths(qtbot):
    table = FaultTable("Things", ("No.", "What", "Sum"), WIDTHS, grows=(1, 2))
    qtbot.addWidget(table)
    table.resize(500, 200)
    table.show()
    _, what, sums = widths(table)
    assert what + sums == 150 + spare(table)
    assert what == 100 + spare(table) * 100 // 150


def test_an_edge_that_is_dragged_stays_where_it_was_put(table, qtbot):
    header = table.horizontalHeader()
    edge = QPoint(header.sectionPosition(1) - 1, header.height() // 2)
    qtbot.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    qtbot.mouseMove(header.viewport(), edge + QPoint(30, 0))
    qtbot.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(30, 0))
    dragged = widths(table)
    assert dragged[0] > 60
    table.resize(700, 200)
    assert widths(table) == dragged


def test_figures_stand_at_the_right_of_their_column(table):
    assert table.item(0, 2).textAlignment() & Qt.AlignmentFlag.AlignRight
    assert not table.item(0, 1).textAlignment() & Qt.AlignmentFlag.AlignRight
