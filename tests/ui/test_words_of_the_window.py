import pytest

from cartech_desk.bay.dyno_power import lacking_for_power
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup
from cartech_desk.ui.pages.dyno_bench import Notice
from cartech_desk.ui.words import counted, for_window


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 channels"), (1, "1 channel"), (12, "12 channels")]
)
def test_one_thing_is_not_many(number, words):
    assert counted(number, "channel") == words


def test_the_window_names_no_shell_command():
    assert for_window("Look it up again (cartech-desk ports).") == "Look it up again."
    for said in (
        "Choose another, or confirm it (on the command line with --even-so).",
        "Choose another, or confirm it; at the command line say --even-so.",
        "Choose another, or confirm it (--even-so).",
    ):
        assert for_window(said) == "Choose another, or confirm it."
    assert for_window("Press Connect (the button).") == "Press Connect (the button)."


def test_the_bench_says_what_power_lacks_without_options_of_a_shell(qtbot):
    notice = Notice()
    qtbot.addWidget(notice)
    notice.say([lacking_for_power(RunSetup(), {Role.ROLLER_RPM: "rollers"})])
    assert "equivalent mass of the rollers and the circumference" in notice.text()
    assert "--" not in notice.text()
