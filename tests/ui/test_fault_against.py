"""What speaks against clearing codes is told before a reason is typed, as things are now."""

import math
from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QLabel

from cartech_desk.bay.faults import Reading, SnapshotLacks
from cartech_desk.bay.status import BaySnapshot, ChannelStatus, ConnectionStatus, LinkState
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import Answered, CodeStatus, CodesTold, Lamp
from cartech_desk.domain.people import NOBODY, Act, require
from cartech_desk.ui.models.fault_against import against_clearing, refused_words
from cartech_desk.ui.widgets.fault_clear_form import ClearForm
from tests.ui.faults_double import ECUS, clean_scan, make_scan, told

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


def now(rpm=None, *, stale=False, state=LinkState.CONNECTED):
    channels = {}
    if rpm is not None:
        channels["rpm"] = ChannelStatus(RPM, 10, 10, rpm, 0.1, stale, math.isnan(rpm))
    return BaySnapshot(0, ConnectionStatus(state=state), channels)


def test_an_engine_that_turns_speaks_against_it():
    (said,) = against_clearing(now(812.0), clean_scan())
    assert said == "The engine turns (812 rpm): switch it off, leave the ignition on."


@pytest.mark.parametrize(
    "snapshot", [now(), now(0.0), now(math.nan), now(812.0, stale=True)], ids=str
)
def test_no_engine_speed_is_made_up(snapshot):
    assert against_clearing(snapshot, clean_scan()) == ()


def test_without_a_car_that_is_told():
    snapshot = now(812.0, state=LinkState.LOST)
    assert against_clearing(snapshot, None) == ("The car is not connected now.",)


def test_a_control_unit_whose_codes_are_not_known_speaks_against_it():
    why = ((0x7E9, CodeStatus.STORED, Answered.UNKNOWN, "It answered too late."),)
    (said,) = against_clearing(now(), clean_scan(codes_told=told(*ECUS, but=why)))
    assert said.startswith("Not all codes of TCM 7E9 are known")
    (said,) = against_clearing(now(), clean_scan(lamps=(Lamp(0x7E8, False, 2),)))
    assert said.startswith("Not all codes of ECM 7E8 are known")


def test_who_was_not_heard_is_no_address():
    lost = CodesTold(0x7DF, CodeStatus.STORED, Answered.UNKNOWN, "It came too late.")
    (said,) = against_clearing(now(), clean_scan(codes_told=(*told(*ECUS), lost)))
    assert said.startswith("Not all codes of other control units are known")
    assert "7DF" not in refused_words(SnapshotLacks((0x7DF,)), None)


def test_who_may_not_is_told_so_first():
    said = against_clearing(now(900.0), None, "Nobody is signed in.")
    assert said[0] == "Nobody is signed in."
    assert len(said) == 2


@pytest.mark.parametrize("ecus", [(0x7E9,), (0x7E8, 0x7E9)])
def test_a_window_tells_nothing_of_the_command_line(ecus):
    said = refused_words(SnapshotLacks(ecus), make_scan())
    assert "TCM 7E9" in said
    assert "Read the faults again, or clear all the same." in said
    assert "--" not in said
    with pytest.raises(CarTechError) as caught:
        require(NOBODY, Act.CLEAR_CODES)
    assert refused_words(caught.value, None).endswith("Nothing was changed. Sign in first.")


def test_the_dialog_tells_it_at_once_and_follows_the_car(qtbot):
    objections = [("The engine turns (812 rpm).", "Nobody is signed in.")]
    form = ClearForm(
        "Blue Golf",
        2,
        lambda _reason: Future(),
        reading=Reading,
        cancel=lambda: None,
        done=lambda _cleared: None,
        bug=lambda _error: None,
        against=lambda: objections[-1],
    )
    qtbot.addWidget(form)
    form.open()
    assert form.reason.text() == ""
    assert form.warned.isVisible()
    said = [label.text() for label in form.warned.findChildren(QLabel)]
    assert set(objections[0]) <= set(said)
    objections.append(())
    qtbot.waitUntil(lambda: not form.warned.isVisible())
    form.reject()
    assert not form._look.isActive()
