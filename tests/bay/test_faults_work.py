"""One act at a time: what begins, what cannot, and what is told of it meanwhile."""

import threading

import pytest

from cartech_desk.bay.fault_errors import NotBegun
from cartech_desk.bay.fault_work import FaultWork


def test_an_act_that_gets_no_thread_leaves_room_for_the_next(monkeypatch):
    work = FaultWork()

    def none_left(_thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        with pytest.raises(NotBegun):
            work.do(lambda: 1)
    assert work.do(lambda: 2).result(20) == 2


def test_words_beside_end_with_what_they_stand_beside():
    work, heard = FaultWork(), []
    work.tell("clearing", 0.5)
    work.beside(lambda: ", and on" if heard else "")
    assert work.reading.words == "clearing"
    heard.append(1)
    assert work.reading.words == "clearing, and on"
    work.tell("reading", 0.7)
    assert work.reading.words == "reading"
