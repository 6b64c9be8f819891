import pytest

from cartech_desk.ui.words import counted, for_window


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 channels"), (1, "1 channel"), (12, "12 channels")]
)
def test_one_thing_is_not_many(number, words):
    assert counted(number, "channel") == words


def test_the_window_names_no_shell_command():
    assert for_window("Look it up again (cartech-desk ports).") == "Look it up again."
    assert for_window("Press Connect (the button).") == "Press Connect (the button)."
