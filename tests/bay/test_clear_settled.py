"""Clearings whose result was never written: settled by what the car told afterwards, or unknown."""

import pytest

from cartech_desk.bay import recording_acts
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store.errors import DiskFull
from tests.bay.clearing_desk import cleared, faults, reads, stands
from tests.bay.fault_desk import GEARBOX, OTHER_VIN, TECHNICIAN, VIN, acts, record, scan_of

__all__ = ["faults", "reads", "stands"]


@pytest.fixture
def without_result(store, monkeypatch):
    """Return what does something on a disk that takes no results."""

    def full(*_args, **_named):
        raise DiskFull("The disk is full.", to_do="Make room.")

    def done(act):
        with monkeypatch.context() as patched:
            patched.setattr(store.audit, "result", full)
            return act()

    return done


def begun(store, vin):
    vehicle = store.vehicles.by_vin(vin)
    entity = Entity("vehicle", vehicle.id, vehicle.name, vehicle.id)
    store.audit.intent(TECHNICIAN, Entry("codes.clear", entity, before={"codes": ["P0299"]}))


def results(store):
    return [done for action, phase, done in acts(store) if phase == "result"]


def test_a_clearing_cut_short_by_a_kill_is_settled_as_not_known(store):
    begun(store, OTHER_VIN)
    assert recording_acts.settle(store) == 0  # it may be under way
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    result = record(store, "codes.clear", "result")
    assert result.after["done"] is False
    assert "not known" in result.reason
    assert store.audit.unsettled() == ()


def test_a_clearing_whose_result_could_not_be_written_is_settled_by_what_was_read_again(
    faults, store, without_result
):
    assert without_result(lambda: cleared(faults)).done  # the car was cleared, snapshots are kept
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    assert record(store, "codes.clear", "result").after["done"] is True


def test_one_after_which_codes_were_still_there_is_not_settled_as_done(
    faults, reads, stands, store, without_result
):
    stands.others[GEARBOX, b"\x04"] = b"\x7f\x04\x22"
    reads.scans = [scan_of("P0299"), scan_of("P0299")]
    without_result(lambda: cleared(faults))
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    assert record(store, "codes.clear", "result").after["done"] is False


def test_the_snapshot_of_the_next_clearing_settles_nothing_of_the_one_before(faults, store):
    begun(store, VIN)  # and the desk was killed
    assert cleared(faults).done
    assert results(store) == [True]
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    assert results(store) == [True, False]


def test_of_two_without_a_result_each_is_settled_by_its_own_snapshot(
    faults, reads, store, without_result
):
    begun(store, VIN)
    without_result(lambda: cleared(faults))
    assert recording_acts.settle(store, longest_s=-1.0) == 2
    assert results(store) == [False, True]
