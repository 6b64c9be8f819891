"""The thread that fills the demo's shop: it goes on after a trouble, and tells it meanwhile."""

from cartech_desk.app.demo_filling import DemoFilling
from cartech_desk.office import demo_shop
from cartech_desk.office.demo_shop import Filled
from cartech_desk.store.errors import DatabaseLocked


def test_a_trouble_is_told_and_the_filling_goes_on(monkeypatch):
    asked = []
    held = DatabaseLocked("The database is held.", to_do="Close the other program.")

    def fill(office, *, stop):
        asked.append(office)
        if len(asked) < 3:
            raise held if len(asked) == 1 else KeyError("bug")
        return Filled(jobs=5)

    monkeypatch.setattr(demo_shop, "fill", fill)
    filling = DemoFilling("the office", first_s=0.0, look_s=0.0)
    filling._look()
    assert filling.troubles() == {"Demo shop": held}
    filling._look()
    assert "filling the demo's shop" in filling.troubles()["Demo shop"].happened
    filling.start()
    filling._thread.join(10)
    assert not filling._thread.is_alive()
    assert asked == ["the office"] * 3
    assert filling.troubles() == {}
