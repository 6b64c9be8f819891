"""The thread that fills the demo's shop: it goes on after a trouble, and tells it meanwhile."""

import argparse

from cartech_desk.app import window
from cartech_desk.app.demo_filling import DemoFilling
from cartech_desk.office import demo_shop
from cartech_desk.office.demo_shop import Filled
from cartech_desk.store.errors import DatabaseLocked

HELD = DatabaseLocked("The database is held.", to_do="Close the other program.")


def test_a_trouble_is_told_and_the_filling_goes_on(monkeypatch):
    asked = []

    def fill(office, *, stop):
        asked.append(office)
        if len(asked) < 3:
            raise HELD if len(asked) == 1 else KeyError("bug")
        return Filled(jobs=5)

    monkeypatch.setattr(demo_shop, "fill", fill)
    filling = DemoFilling("the office", first_s=0.0, look_s=0.0)
    filling._look()
    assert filling.troubles() == {"Demo shop": HELD}
    filling._look()
    assert "filling the demo's shop" in filling.troubles()["Demo shop"].happened
    filling.start()
    filling._thread.join(10)
    assert not filling._thread.is_alive()
    assert asked == ["the office"] * 3
    assert filling.troubles() == {}


def test_the_demo_s_window_is_told_of_it(tmp_path, monkeypatch):
    told = []

    def run_window(parts, _words):
        told.append(parts.troubles())
        return 0

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr("cartech_desk.ui.application.run_window", run_window)
    monkeypatch.setattr(DemoFilling, "troubles", lambda _filling: {"Demo shop": HELD})
    folders = {"data": tmp_path / "desk", "settings": tmp_path / "settings.toml"}
    assert window.run(argparse.Namespace(**folders, demo=True)) == 0
    assert told == [{"Demo shop": HELD}]
