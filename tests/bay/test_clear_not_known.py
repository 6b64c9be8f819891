"""Clearings that are cut short: what is known of them is told and recorded, and nothing else."""

import pytest

from cartech_desk.bay.fault_clearing import CLEAR
from cartech_desk.bay.fault_scan import ScanCancelled
from cartech_desk.bay.faults import ClearingNotKnown
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.store.checkups import CheckupKind
from cartech_desk.store.errors import DiskFull
from tests.bay.clearing_desk import WHY, cleared, faults, reads, stands, told_to_clear
from tests.bay.fault_desk import (
    GEARBOX,
    TECHNICIAN,
    acts,
    record,
    scan_of,
)

__all__ = ["faults", "reads", "stands"]


def test_a_wire_that_is_lost_in_between_leaves_it_not_known(faults, stands, store):
    answers = stands.answers

    def cut(address, payload):
        if payload == CLEAR and address.accepts(GEARBOX):
            stands.link_up = stands.port_there = False
            raise LinkLost("The cable is out.", to_do="Plug it in.")
        return answers(address, payload)

    stands.answers = cut
    with pytest.raises(ClearingNotKnown) as ended:
        cleared(faults)
    assert isinstance(ended.value, LinkLost)
    assert "7E8 had confirmed" in ended.value.happened
    assert "not known" in ended.value.happened
    (kept,) = store.checkups.list()
    assert kept.kind is CheckupKind.BEFORE_CLEAR
    assert kept.id[-6:] in ended.value.kept
    result = record(store, "codes.clear", "result")
    assert result.after["done"] is False
    assert result.after["known"] is False
    assert result.after["cleared"] == ["7E8"]
    assert "not known" in result.after["verdict"]


@pytest.mark.parametrize(
    "after",
    [scan_of("P0299", complete=False), LinkLost("The cable is out.", to_do="Plug it in.")],
)
def test_a_car_that_is_gone_after_clearing_leaves_open_what_came_back(faults, reads, store, after):
    reads.scans = [scan_of("P0299"), after]
    ended = cleared(faults)
    assert ended.after is None
    assert not ended.done
    assert "not known" in ended.verdict
    assert len(store.checkups.list()) == 1
    assert record(store, "codes.clear", "result").after["came_back"] == "not known"


def test_a_disk_that_is_full_before_keeps_the_car_from_being_told(
    faults, store, stands, monkeypatch
):
    def full(*_args, **_named):
        raise DiskFull("The disk is full.", to_do="Make room.")

    monkeypatch.setattr(store.checkups, "add", full)
    with pytest.raises(DiskFull):
        cleared(faults)
    assert told_to_clear(stands) == []


def test_an_intent_that_cannot_be_recorded_keeps_the_car_from_being_told(
    faults, store, stands, monkeypatch
):
    def full(*_args, **_named):
        raise DiskFull("The disk is full.", to_do="Make room.")

    monkeypatch.setattr(store.audit, "intent", full)
    with pytest.raises(DiskFull):
        cleared(faults)
    assert told_to_clear(stands) == []


def test_a_disk_that_is_full_afterwards_says_that_the_codes_were_cleared(
    faults, store, stands, monkeypatch
):
    add = store.checkups.add

    def full(*args, kind, **named):
        if kind is CheckupKind.AFTER_CLEAR:
            raise DiskFull("The disk is full.", to_do="Make room.")
        return add(*args, kind=kind, **named)

    monkeypatch.setattr(store.checkups, "add", full)
    with pytest.raises(DiskFull) as ended:
        cleared(faults)
    assert len(told_to_clear(stands)) == 2
    assert "confirmed that it cleared" in ended.value.kept
    assert acts(store)[-1] == ("codes.clear", "result", True)


def test_the_bay_that_stops_while_codes_are_cleared_says_that_it_is_not_known(
    faults, bay, stands, store, until
):
    answers = stands.answers

    def hang(address, payload):
        if payload == CLEAR:
            stands.hang.set()
        return answers(address, payload) if payload != CLEAR else ()

    stands.answers = hang
    future = faults.clear("", by=TECHNICIAN, reason=WHY)
    until(stands.hang.is_set)
    bay.stop()
    with pytest.raises(ClearingNotKnown):
        future.result(20)
    assert record(store, "codes.clear", "result").after["known"] is False


def test_cancelled_before_the_car_is_told_nothing_is_cleared(faults, reads, stands, store):
    reads.held.set()
    future = faults.clear("", by=TECHNICIAN, reason=WHY)
    assert reads.begun.wait(20)
    faults.cancel()
    assert future.exception(20).code == "scan_cancelled"
    assert told_to_clear(stands) == []
    assert acts(store) == []


def test_cancelled_with_the_snapshot_kept_nothing_is_cleared_either(faults, reads, stands, store):
    def impatient():
        faults.cancel()
        return scan_of("P0299")

    reads.scans = [impatient]
    with pytest.raises(ScanCancelled):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert acts(store)[-1] == ("codes.clear", "result", False)
