"""What the desk does by itself: a trouble ends nothing, is told while it lasts, and logged once."""

import argparse

from cartech_desk.app.desk import open_desk
from cartech_desk.app.mail_post import MailPost
from cartech_desk.app.upkeep import DeskFault, Upkeep
from cartech_desk.store.errors import StoreError


class Looking(Upkeep):
    """Raises what stands in `errors`, one at each look; done for good at the end of them."""

    name = "Water"
    doing = "watering the plants"

    def __init__(self, *errors):
        super().__init__(first_s=0.0, look_s=0.0)
        self.errors = list(errors)
        self.looks = 0

    def _work(self):
        self.looks += 1
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return not self.errors


DRY = StoreError("The can is empty.", to_do="Fill it.")


def test_a_trouble_is_told_in_its_own_words_until_a_look_goes_well():
    upkeep = Looking(DRY)
    upkeep._look()
    assert upkeep.troubles() == {"Water": DRY}
    upkeep._look()
    assert upkeep.troubles() == {}


def test_a_bug_is_told_without_its_trace_and_with_what_to_do(caplog):
    upkeep = Looking(ValueError("secret inside"))
    upkeep._look()
    told = upkeep.troubles()["Water"]
    assert isinstance(told, DeskFault)
    assert "while watering the plants" in told.happened
    assert "tried again by itself" in told.to_do
    assert "secret inside" not in told.message
    assert "secret inside" in caplog.text


def test_the_same_trouble_is_logged_once_and_another_one_anew(caplog):
    upkeep = Looking(DRY, StoreError("The can is empty.", to_do="Fill it."), KeyError("a"), None)
    for _ in range(4):
        upkeep._look()
    assert caplog.text.count("The can is empty.") == 1
    assert caplog.text.count("bug while watering") == 1


def test_it_goes_on_after_a_trouble_and_ends_once_all_is_done():
    upkeep = Looking(DRY, KeyError("a"))
    upkeep.start()
    upkeep._thread.join(10)
    assert not upkeep._thread.is_alive()
    assert upkeep.looks == 3
    assert upkeep.troubles() == {}
    upkeep.stop()


def test_what_the_end_itself_breaks_is_not_logged(caplog):
    upkeep = Looking(KeyError("closed"))
    upkeep.stop()
    upkeep._look()
    assert caplog.text == ""


def test_one_that_waits_ends_at_once():
    upkeep = Looking()
    upkeep._first_s = 3600.0
    upkeep.start()
    upkeep.stop()
    assert not upkeep._thread.is_alive()
    assert upkeep.looks == 0


def test_the_desk_tells_what_goes_wrong_in_its_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(MailPost, "_work", lambda _post: False)
    args = argparse.Namespace(data=tmp_path / "desk", settings=tmp_path / "settings.toml")
    with open_desk(args) as desk:
        assert desk.troubles() == {}
        monkeypatch.setattr(MailPost, "troubles", lambda _post: {"E-mails": DRY})
        assert desk.troubles() == {"E-mails": DRY}
