"""Runs older than those that are shown: a search asks for them."""

from cartech_desk.ui.widgets.dyno_tree import DynoTree


def test_a_search_asks_for_older_runs_where_there_are_some(qtbot):
    tree = DynoTree()
    qtbot.addWidget(tree)
    tree.tell_of_older(more=True)
    assert "older" in tree.search.placeholderText()
    with qtbot.waitSignal(tree.older_wanted, timeout=2000):
        qtbot.keyClicks(tree.search, "golf")
    # What the search found says nothing of what is left out without it.
    tree.tell_of_older(more=False)
    with qtbot.waitSignal(tree.older_wanted, timeout=2000):
        tree.search.clear()


def test_where_all_is_shown_a_search_reads_nothing(qtbot):
    tree = DynoTree()
    qtbot.addWidget(tree)
    tree.tell_of_older(more=False)
    with qtbot.assertNotEmitted(tree.older_wanted, wait=400):
        qtbot.keyClicks(tree.search, "golf")


def test_scrolling_to_the_end_asks_for_more_sessions_once(qtbot):
    tree = DynoTree()
    qtbot.addWidget(tree)
    most, bar = tree.most, tree.view.verticalScrollBar()
    tree.tell_of_older(more=True)
    asked = []
    tree.older_wanted.connect(lambda: asked.append(tree.most))
    bar.setRange(0, 1000)
    bar.setValue(500)
    assert asked == []
    bar.setValue(1000)
    bar.setValue(999)
    assert len(asked) == 1
    assert asked[0] > most
