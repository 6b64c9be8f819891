"""Only the car whose codes were read is cleared, and no doubt about that is passed over."""

import pytest

from cartech_desk.bay.fault_clear import Clearing
from cartech_desk.bay.faults import OtherVehicle
from cartech_desk.bay.status import LinkState
from tests.bay.clearing_desk import cleared, faults, reads, stands, told_to_clear
from tests.bay.fault_desk import ENGINE, OTHER_VIN, URL, acts, scan_of

__all__ = ["faults", "reads", "stands"]

CALIBRATIONS = b"\x09\x04"
OTHERS_SOFTWARE = b"\x49\x04\x01" + b"OTHERCAR-CAL-001"
NO_VIN = b"\0" * 17


@pytest.fixture
def nameless(bay, reads, stands):
    """Faults of a car that tells no VIN."""
    stands.vin = NO_VIN
    bay.connect(URL).result(20)
    return bay.faults


@pytest.fixture
def with_the_snapshot_kept(monkeypatch):
    """Set what happens between the snapshot and the clearing."""
    keep, happenings = Clearing._keep, []

    def kept(self, *args):
        snapshot = keep(self, *args)
        if happenings:
            happenings.pop()()
        return snapshot

    monkeypatch.setattr(Clearing, "_keep", kept)
    return happenings.append


@pytest.fixture
def replug(bay, stands, until):
    """Return what takes the plug out and into the car that `change` makes of it."""

    def state():
        return bay.snapshot().connection.state

    def replugged(change=lambda: None):
        stands.link_up = False
        until(lambda: state() is not LinkState.CONNECTED)
        change()
        stands.link_up = True
        until(lambda: state() is LinkState.CONNECTED)

    return replugged


def test_an_adapter_that_was_put_into_another_car_meanwhile_clears_nothing(
    faults, stands, reads, store
):
    def moved():
        stands.vin = OTHER_VIN.encode()
        return scan_of("P0299")

    reads.scans = [moved]
    with pytest.raises(OtherVehicle):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert acts(store)[-1] == ("codes.clear", "result", False)


def test_a_vin_that_cannot_be_read_any_more_is_no_proof(faults, stands, store):
    stands.vin = NO_VIN
    with pytest.raises(OtherVehicle, match="cannot be told"):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert store.checkups.list() == ()
    assert acts(store) == [("codes.clear_refused", "act", None)]


def test_nor_one_that_cannot_be_read_right_before(faults, stands, store, with_the_snapshot_kept):
    with_the_snapshot_kept(lambda: setattr(stands, "vin", NO_VIN))
    with pytest.raises(OtherVehicle, match="cannot be told"):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert acts(store)[-1] == ("codes.clear", "result", False)


def test_a_vin_that_another_ecu_tells_is_one(bay, reads, stands):
    bay.connect(URL).result(20)
    told, stands.vin = b"\x49\x02\x01" + stands.vin, NO_VIN
    stands.others[0x7E9, b"\x09\x02"] = told
    assert cleared(bay.faults).done


def test_the_same_car_that_was_away_in_between_is_cleared(faults, replug, with_the_snapshot_kept):
    with_the_snapshot_kept(replug)
    assert cleared(faults).done


def test_a_car_without_a_vin_is_cleared(nameless):
    assert cleared(nameless).done


@pytest.mark.parametrize("unplugged", [True, False])
def test_a_car_without_a_vin_has_to_have_the_same_software(
    nameless, stands, store, replug, with_the_snapshot_kept, unplugged
):
    def change():
        stands.others[ENGINE, CALIBRATIONS] = OTHERS_SOFTWARE

    with_the_snapshot_kept((lambda: replug(change)) if unplugged else change)
    with pytest.raises(OtherVehicle):
        cleared(nameless, named="Blue one")
    assert told_to_clear(stands) == []
    assert acts(store)[-1] == ("codes.clear", "result", False)


@pytest.mark.parametrize("unplugged", [True, False])
def test_a_car_that_tells_nothing_of_itself_is_cleared_on_the_same_connection_only(
    bay, reads, stands, replug, with_the_snapshot_kept, unplugged
):
    stands.vin = NO_VIN
    for info_type in (0x00, 0x04, 0x06, 0x0A):
        stands.others[ENGINE, bytes((0x09, info_type))] = None
    bay.connect(URL).result(20)
    if not unplugged:
        assert cleared(bay.faults).done
        return
    with_the_snapshot_kept(replug)
    with pytest.raises(OtherVehicle):
        cleared(bay.faults)
    assert told_to_clear(stands) == []


def test_what_another_car_has_afterwards_is_not_kept_under_this_one(
    nameless, reads, stands, store, replug, monkeypatch
):
    def change():
        stands.others[ENGINE, CALIBRATIONS] = OTHERS_SOFTWARE

    again = Clearing._read_again

    def later(self):
        replug(change)
        return again(self)

    monkeypatch.setattr(Clearing, "_read_again", later)
    reads.scans = [scan_of("P0299"), scan_of("P0420")]
    ended = cleared(nameless, named="Blue one")
    assert ended.after is None
    assert "not known" in ended.verdict
    assert len(store.checkups.list()) == 1
