"""What the window says of a dyno run that has ended, whatever page is in front."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.shell.run_news import RunNews
from cartech_desk.ui.shell.toasts import Toasts
from tests.ui.dyno_double import SHORT, make_run


@pytest.fixture
def said(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(1200, 700)
    return Toasts(over)


@pytest.fixture
def news(desk, acts, bay, said):
    bay.dyno.session()
    bay.book.kept = [make_run("r3", number=3, peak_hp=277.7)]
    made = RunNews(desk, acts, said)
    made.show_snapshot(bay.snapshot().dyno, "live")
    return made


def test_a_run_that_ended_is_said_with_its_peak_on_every_page_and_leads_to_it(
    news, bay, acts, said, qtbot
):
    bay.dyno.ended(make_run("r9", number=4, peak_hp=276.5))
    news.show_snapshot(bay.snapshot().dyno, "live")
    qtbot.waitUntil(lambda: bool(said.standing))
    (toast,) = said.standing
    assert toast.words.text().startswith("Run 4: 276.")
    assert "against Run 3" in toast.words.text()
    with qtbot.waitSignal(acts.page_wanted) as asked:
        toast.button.click()
    assert asked.args == ["dyno", "r9"]


def test_on_the_dyno_page_it_is_said_without_a_way_to_it(news, bay, said, qtbot):
    bay.dyno.ended(make_run("r9", number=4))
    news.show_snapshot(bay.snapshot().dyno, "dyno")
    qtbot.waitUntil(lambda: bool(said.standing))
    assert said.standing[0].button is None


def test_a_run_is_said_once_and_none_that_was_there_before(news, bay, desk, acts, said, qtbot):
    bay.dyno.ended(make_run("r9", number=4))
    for _ in range(3):
        news.show_snapshot(bay.snapshot().dyno, "live")
    late = RunNews(desk, acts, said)
    late.show_snapshot(bay.snapshot().dyno, "live")
    qtbot.waitUntil(lambda: bool(said.standing))
    qtbot.wait(100)
    assert len(said.standing) == 1


def test_a_run_without_a_pull_says_so(news, bay, said, qtbot, monkeypatch):
    plain = bay.runs.result
    monkeypatch.setattr(
        bay.runs,
        "result",
        lambda run_id, view: replace(plain(run_id, view), peak_power=None, quality=(SHORT,)),
    )
    bay.dyno.ended(make_run("r9", number=4))
    news.show_snapshot(bay.snapshot().dyno, "live")
    qtbot.waitUntil(lambda: bool(said.standing))
    words = said.standing[0].words.text()
    assert "Run 4 is kept" in words
    assert SHORT.why in words
