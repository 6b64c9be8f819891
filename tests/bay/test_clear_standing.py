"""Codes are cleared only where engine and car stand, by what all say that have to know."""

import pytest

from cartech_desk.bay.fault_clear_standing import check_standing
from cartech_desk.bay.faults import CarMoves, EngineRuns, EngineSpeedUnknown
from cartech_desk.hardware.errors import Unreadable
from tests.bay.clearing_desk import Wire, found_of
from tests.bay.fault_desk import ENGINE, GEARBOX

RPM, SPEED = b"\x01\x0c", b"\x01\x0d"
STANDS, TURNS = b"\x41\x0c\x00\x00", b"\x41\x0c\x0d\x48"
NOISE = Unreadable("Noise.", to_do="Again.")
BOTH = {ENGINE: frozenset({0x0C, 0x0D}), GEARBOX: frozenset({0x0C, 0x0D})}
NO_LISTS = {ENGINE: frozenset({0x01})}


def checked(table, *, supported=None, ecus=(ENGINE, GEARBOX), uds=False):
    check_standing(Wire(table), found_of(*ecus, supported=supported, uds=uds))


def both(engine=STANDS, gearbox=STANDS, engine_km_h=0, gearbox_km_h=0):
    """Return what the two ECUs tell; None is silence."""
    table = {(0x7E0, RPM): engine, (0x7E1, RPM): gearbox}
    table |= {
        (0x7E0, SPEED): engine_km_h if engine_km_h is None else bytes((0x41, 0x0D, engine_km_h)),
        (0x7E1, SPEED): gearbox_km_h if gearbox_km_h is None else bytes((0x41, 0x0D, gearbox_km_h)),
    }
    senders = {0x7E0: ENGINE, 0x7E1: GEARBOX}
    return {
        key: [(senders[key[0]], told)] if isinstance(told, bytes) else told
        for key, told in table.items()
    }


def test_a_car_that_stands_with_its_engine_off_may_be_cleared():
    checked(both(), supported=BOTH)


@pytest.mark.parametrize("engine", [None, NOISE, b"\x7f\x01\x22", b"\x41\x0c\xff\xff"])
def test_another_ecu_s_zero_does_not_stand_for_the_engine_s(engine):
    with pytest.raises(EngineSpeedUnknown, match=r"engine turns .*ECU 7E8"):
        checked(both(engine=engine), supported=BOTH)


def test_whoever_has_the_engine_s_speed_has_to_tell_it():
    with pytest.raises(EngineSpeedUnknown, match="ECU 7E9"):
        checked(both(gearbox=None), supported=BOTH)


@pytest.mark.parametrize("told", [{"engine": TURNS}, {"gearbox": TURNS}])
def test_an_engine_that_turns_by_anybody_s_word_turns(told):
    with pytest.raises(EngineRuns, match="850 rpm"):
        checked(both(**told), supported=BOTH)


def test_that_it_turns_weighs_more_than_who_cannot_be_read():
    with pytest.raises(EngineRuns):
        checked(both(engine=None, gearbox=TURNS), supported=BOTH)


@pytest.mark.parametrize("told", [{"engine_km_h": 100}, {"gearbox_km_h": 1}])
def test_a_car_that_moves_with_its_engine_off_is_not_cleared(told):
    with pytest.raises(CarMoves, match="km/h"):
        checked(both(**told), supported=BOTH)


def test_a_car_s_speed_that_is_there_has_to_be_read():
    with pytest.raises(EngineSpeedUnknown, match="car moves"):
        checked(both(gearbox_km_h=None), supported=BOTH)


def test_where_no_ecu_lists_it_everybody_is_asked_and_the_first_has_to_tell():
    everybody = {(0x7DF, RPM): [(ENGINE, STANDS), (GEARBOX, STANDS)]}
    checked(everybody, supported=NO_LISTS)
    with pytest.raises(EngineSpeedUnknown):
        checked({(0x7DF, RPM): [(GEARBOX, STANDS)]}, supported=NO_LISTS)
    with pytest.raises(EngineSpeedUnknown):
        checked({(0x7DF, RPM): [(ENGINE, STANDS), "7E9, cut short"]}, supported=NO_LISTS)
    with pytest.raises(EngineRuns):
        checked({(0x7DF, RPM): [(ENGINE, STANDS), (GEARBOX, TURNS)]}, supported=NO_LISTS)
    with pytest.raises(EngineSpeedUnknown):
        checked({}, supported=NO_LISTS)


def test_a_car_of_uds_tells_its_engine_s_speed_by_identifier():
    def asked(answer):
        checked({(0x7E0, b"\x22\xf4\x0c"): [(ENGINE, answer)]}, ecus=(ENGINE,), uds=True)

    asked(b"\x62\xf4\x0c\x00\x00")
    with pytest.raises(EngineRuns):
        asked(b"\x62\xf4\x0c\x0d\x48")
    with pytest.raises(EngineSpeedUnknown):
        asked(b"\x62\xf4\x0d\x00\x00")
