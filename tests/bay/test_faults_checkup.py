"""A vehicle's check-up: read, compared, kept; cancelled, refused, broken off."""

import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from cartech_desk.app.recording_session import UNNAMED as UNNAMED_RECORDINGS
from cartech_desk.bay import fault_reader
from cartech_desk.bay.bay import Bay
from cartech_desk.bay.dyno_at_hand import DynoAtHand
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.bay.fault_scan import ScanCancelled
from cartech_desk.bay.fault_vehicle import UNNAMED
from cartech_desk.bay.faults import (
    Faults,
    FaultsBusy,
    OtherVehicle,
    Reading,
    ReadingIncomplete,
    RunUnderway,
)
from cartech_desk.bay.owner import NotConnected
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.store.errors import NotKept
from tests.bay.fault_desk import (
    AT_COMMAND_LINE,
    ENGINE,
    GEARBOX,
    OTHER_VIN,
    STORED,
    URL,
    VIN,
    Reads,
    acts,
    scan_of,
)

BY = AT_COMMAND_LINE


@pytest.fixture
def reads(monkeypatch):
    reads = Reads()
    monkeypatch.setattr(fault_reader, "read_faults", reads)
    yield reads
    reads.held.clear()


@pytest.fixture
def faults(bay, reads):
    bay.connect(URL).result(20)
    return bay.faults


def taken(faults, vehicle_id="", **more):
    return faults.check_up(vehicle_id, by=BY, **more).result(20)


def test_a_check_up_is_kept_under_the_vehicle_of_the_vin(faults, store):
    checked = taken(faults, note="before the holiday")
    assert checked.kept.vehicle_name == VIN
    assert store.vehicles.get(checked.kept.vehicle_id).vin == VIN
    assert store.checkups.get("last").id == checked.kept.id
    assert checked.kept.note == "before the holiday"
    assert (checked.before, checked.difference) == (None, None)
    assert acts(store) == [("checkup.keep", "act", None)]


def test_it_tells_adapter_address_and_voltage(faults):
    scan = taken(faults).kept.scan
    assert (scan.url, scan.adapter, scan.voltage) == (URL, "ELM327 v1.5", 12.6)


def test_the_second_is_compared_with_the_first(faults, reads):
    reads.scans = [scan_of("P0301"), scan_of("P0299")]
    first = taken(faults)
    second = taken(faults)
    assert second.before.id == first.kept.id
    assert [one.code for one in second.difference.new] == ["P0299"]
    assert [one.code for one in second.difference.gone] == ["P0301"]


def test_what_is_kept_is_compared_again_when_it_is_looked_at(faults, reads, store):
    reads.scans = [scan_of("P0301"), scan_of("P0301", "P0299")]
    taken(faults)
    second = taken(faults)
    again = Faults(store).checked_up("last")
    assert repr(again.difference) == repr(second.difference)
    with pytest.raises(NotKept):
        Faults(store).checked_up("nothing")


def test_a_vehicle_that_was_named_has_it_and_is_made_where_it_is_new(faults, store):
    checked = taken(faults, named="Blue Golf")
    assert checked.kept.vehicle_name == "Blue Golf"
    assert taken(faults, checked.kept.vehicle_id).before.id == checked.kept.id
    assert [one.name for one in store.vehicles.list()] == ["Blue Golf"]


def test_a_car_with_a_vin_is_found_by_the_name_that_it_was_given(faults, store):
    vehicle = store.vehicles.rename(store.vehicles.by_vin(VIN).id, "Blue Golf")
    assert taken(faults, named="blue  golf").kept.vehicle_id == vehicle.id


def test_another_car_than_the_vehicle_chosen_is_refused_before_it_is_read(faults, reads, store):
    other = store.vehicles.by_vin(OTHER_VIN)
    with pytest.raises(OtherVehicle) as refused:
        taken(faults, other.id)
    assert VIN in refused.value.happened
    assert OTHER_VIN in refused.value.happened
    assert reads.asked == []
    assert store.checkups.list() == ()


def test_a_named_vehicle_is_known_by_the_car_of_its_last_check_up(faults, car, bay):
    first = taken(faults, named="Blue Golf")
    car.vin = OTHER_VIN.encode()
    bay.connect(URL).result(20)
    with pytest.raises(OtherVehicle):
        taken(faults, first.kept.vehicle_id)


def test_an_adapter_that_was_put_into_another_car_is_noticed(faults, car, reads, store):
    car.vin = OTHER_VIN.encode()
    with pytest.raises(OtherVehicle) as refused:
        taken(faults)
    assert OTHER_VIN in refused.value.happened
    assert "connect again" in refused.value.to_do
    assert reads.asked == []
    assert store.checkups.list() == ()


def test_a_vehicle_that_is_gone_is_told(faults, store):
    with pytest.raises(NotKept):
        taken(faults, "nobody")
    assert store.checkups.list() == ()


@pytest.mark.parametrize("vin", [b"1HGCM82633A004353", b"11111111111111111"])
def test_a_vin_that_cannot_be_a_car_s_makes_no_vehicle_and_is_told(bay, car, reads, store, vin):
    car.vin = vin
    bay.connect(URL).result(20)
    kept = taken(bay.faults).kept
    assert kept.vehicle_name == UNNAMED
    assert [one.name for one in store.vehicles.list()] == [UNNAMED]
    assert any(UNNAMED in warning and "VIN" in warning for warning in kept.scan.warnings)


def test_a_wrong_vin_under_which_the_car_is_kept_already_stays_its_own(bay, car, reads, store):
    wrong = "1HGCM82633A004353"
    vehicle = store.vehicles.by_vin(wrong)
    car.vin = wrong.encode()
    bay.connect(URL).result(20)
    kept = taken(bay.faults).kept
    assert kept.vehicle_id == vehicle.id
    assert any("check digit" in warning for warning in kept.scan.warnings)


def test_an_unnamed_vehicle_is_compared_with_nothing(bay, car, reads):
    car.vin = b"0" * 17
    bay.connect(URL).result(20)
    taken(bay.faults)
    second = taken(bay.faults)
    assert (second.before, second.difference) == (None, None)


def test_a_car_without_vin_that_is_named_is_compared(bay, car, reads):
    car.vin = b"0" * 17
    bay.connect(URL).result(20)
    first = taken(bay.faults, named="Blue Golf")
    second = taken(bay.faults, named="Blue Golf")
    assert second.before.id == first.kept.id
    said = second.kept.scan.warnings
    assert len(said) == len(set(said))
    assert not any("says whose car" in warning for warning in said)


def test_the_unnamed_vehicle_is_that_of_recordings():
    assert UNNAMED == UNNAMED_RECORDINGS


def test_a_car_that_went_away_in_the_middle_leaves_nothing_kept(faults, reads, store):
    reads.scans = [scan_of("P0301", complete=False)]
    with pytest.raises(ReadingIncomplete) as ended:
        taken(faults)
    assert ended.value.scan.codes
    assert "No check-up was kept" in ended.value.kept
    assert store.checkups.list() == ()
    assert store.vehicles.list() == ()
    assert acts(store) == []


def test_a_lost_wire_leaves_nothing_kept(faults, reads, store):
    reads.scans = [LinkLost("The cable is out.", to_do="Plug it in.")]
    with pytest.raises(LinkLost):
        taken(faults)
    assert store.checkups.list() == ()


def test_how_far_it_is_can_be_seen(faults, reads):
    assert faults.reading == Reading()
    reads.held.set()
    future = faults.check_up("", by=BY)
    assert reads.begun.wait(20)
    assert faults.reading.words == "reading stored codes"
    assert 0 < faults.reading.share < 1
    reads.held.clear()
    future.result(20)
    assert faults.reading == Reading()


def test_cancelled_it_keeps_nothing_and_the_next_one_works(faults, reads, store):
    reads.held.set()
    future = faults.check_up("", by=BY)
    assert reads.begun.wait(20)
    faults.cancel()
    with pytest.raises(ScanCancelled):
        future.result(20)
    assert store.checkups.list() == ()
    reads.held.clear()
    taken(faults)


def test_only_one_at_a_time(faults, reads):
    reads.held.set()
    future = faults.check_up("", by=BY)
    assert reads.begun.wait(20)
    for other in (faults.scan, lambda: faults.check_up("", by=BY)):
        with pytest.raises(FaultsBusy):
            other()
    reads.held.clear()
    future.result(20)


def test_a_scan_keeps_nothing(faults, store):
    assert faults.scan().result(20).clean
    assert store.checkups.list() == ()
    assert acts(store) == []


def test_without_a_car_there_is_nothing_to_read(bay, reads, store):
    for act in (bay.faults.scan, lambda: bay.faults.check_up("", by=BY)):
        with pytest.raises(NotConnected):
            act().result(20)
    with pytest.raises(NotConnected):
        Faults(store).scan().result(20)
    assert reads.asked == []


def test_a_note_that_cannot_be_shown_is_refused_at_once(faults, reads):
    with pytest.raises(TextRefused):
        faults.check_up("", by=BY, note="a\x1b[31m")
    assert reads.asked == []


def test_while_a_run_is_armed_nothing_is_read(faults, reads, monkeypatch):
    monkeypatch.setattr(DynoAtHand, "busy", property(lambda _: True))
    for act in (faults.scan, lambda: faults.check_up("", by=BY)):
        with pytest.raises(RunUnderway) as refused:
            act()
        assert "dyno run" in refused.value.happened
    assert reads.asked == []


@pytest.mark.parametrize("phase", Phase)
def test_a_bench_is_busy_while_a_run_is_armed_or_driven(phase):
    at_hand = DynoAtHand(lambda: SimpleNamespace(phase=phase))
    assert not at_hand.busy
    assert at_hand.bench.phase is phase
    assert at_hand.busy is (phase in {Phase.ARMED, Phase.RUNNING})


def test_a_run_that_is_armed_meanwhile_breaks_it_off(faults, reads, store, monkeypatch):
    reads.held.set()
    future = faults.check_up("", by=BY)
    assert reads.begun.wait(20)
    monkeypatch.setattr(DynoAtHand, "busy", property(lambda _: True))
    with pytest.raises(RunUnderway):
        future.result(20)
    assert store.checkups.list() == ()


def test_a_damaged_check_up_before_is_told_and_keeps_none_from_being_taken(faults, store):
    first = taken(faults)
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        connection.execute("UPDATE checkup SET body = '{'")
        connection.commit()
    second = taken(faults)
    assert second.difference is None
    assert any("damaged" in warning for warning in second.kept.scan.warnings)
    assert len(store.checkups.list()) == 2
    assert taken(faults).before.id == second.kept.id != first.kept.id


def test_the_bay_lets_go_of_a_reading_when_it_stops(faults, reads, bay):
    reads.held.set()
    future = faults.check_up("", by=BY)
    assert reads.begun.wait(20)
    bay.stop()
    with pytest.raises(ScanCancelled):
        future.result(20)


def test_codes_that_could_not_be_read_are_no_clean_check_up(faults, reads, store):
    reads.scans = [scan_of(unknown=[(GEARBOX, STORED)])]
    assert not taken(faults).kept.scan.clean
    assert not store.checkups.list()[0].clean


def test_faults_are_read_in_when_they_are_first_asked_for(store, car):
    bay = Bay(store, adapters=car.adapter)
    assert bay._faults is None
    assert bay.faults is bay.faults


def test_codes_of_two_ecus_stay_apart(faults, reads):
    from cartech_desk.domain.faults.found import CodeFound

    reads.scans = [
        scan_of(CodeFound("U0100", ENGINE, (STORED,))),
        scan_of(CodeFound("U0100", GEARBOX, (STORED,))),
    ]
    taken(faults)
    changed = taken(faults).difference
    assert [one.ecu for one in changed.new] == [GEARBOX]
    assert [one.ecu for one in changed.gone] == [ENGINE]
