"""Who may not clear codes, and when nobody may: refused before the car is told, and recorded."""

from dataclasses import replace

import pytest

from cartech_desk.bay.dyno_at_hand import DynoAtHand
from cartech_desk.bay.faults import (
    EngineRuns,
    EngineSpeedUnknown,
    OtherVehicle,
    ReadingIncomplete,
    ReasonMissing,
    RunUnderway,
    SnapshotLacks,
)
from cartech_desk.bay.owner import NotConnected
from cartech_desk.domain.faults.found import Lamp
from cartech_desk.domain.people import DESK, NOBODY, NotSignedIn, RightMissing
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.store.checkups import CheckupKind
from tests.bay.clearing_desk import WHY, cleared, faults, reads, stands, told_to_clear
from tests.bay.fault_desk import (
    AT_COMMAND_LINE,
    ENGINE,
    GEARBOX,
    OTHER_VIN,
    PENDING,
    STORED,
    TECHNICIAN,
    acts,
    record,
    scan_of,
)

__all__ = ["faults", "reads", "stands"]


@pytest.mark.parametrize("by", [NOBODY, AT_COMMAND_LINE, DESK])
def test_nobody_clears_without_being_signed_in_and_that_is_recorded(faults, store, stands, by):
    stands.requests.clear()
    for act in (faults.clear, faults.admit_clearing):
        with pytest.raises(NotSignedIn):
            act("", by=by, reason=WHY)
    assert acts(store) == [("codes.clear_refused", "act", None)] * 2
    refused = record(store, "codes.clear_refused")
    assert refused.actor.name == by.name
    assert refused.after["error"] == "not_signed_in"
    assert refused.after["asked_for"] == WHY
    assert told_to_clear(stands) == []


def test_who_may_no_more_is_refused_before_the_car_is_asked(faults, store, reads):
    def rule(actor, known):
        raise RightMissing("Tom was disabled.", to_do="Ask an administrator.")

    store.audit.admit_by(rule)
    with pytest.raises(RightMissing):
        cleared(faults)
    assert reads.asked == []
    assert acts(store) == [("codes.clear_refused", "act", None)]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "a  "])
def test_a_reason_is_needed(faults, store, stands, reason):
    with pytest.raises(ReasonMissing):
        faults.clear("", by=TECHNICIAN, reason=reason)
    assert acts(store) == [("codes.clear_refused", "act", None)]
    assert told_to_clear(stands) == []


def test_a_reason_that_cannot_be_shown_is_refused(faults, stands):
    with pytest.raises(TextRefused):
        faults.clear("", by=TECHNICIAN, reason="bad \x07 words")
    assert told_to_clear(stands) == []


def test_while_the_engine_turns_nothing_is_read_kept_or_cleared(faults, store, stands, reads):
    stands.pids[ENGINE][0x0C] = b"\x0d\x48"
    with pytest.raises(EngineRuns) as refused:
        cleared(faults)
    assert "850 rpm" in refused.value.happened
    assert reads.asked == []
    assert store.checkups.list() == ()
    assert acts(store) == [("codes.clear_refused", "act", None)]
    assert record(store, "codes.clear_refused").entity.name == "WVWZZZ1KZ6W000001"
    assert told_to_clear(stands) == []


def test_an_engine_that_was_started_meanwhile_is_not_cleared(faults, store, stands, reads):
    def started():
        stands.pids[ENGINE][0x0C] = b"\x0d\x48"
        return scan_of("P0299")

    reads.scans = [started]
    with pytest.raises(EngineRuns):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert acts(store)[-1] == ("codes.clear", "result", False)
    assert [one.kind for one in store.checkups.list()] == [CheckupKind.BEFORE_CLEAR]


@pytest.mark.parametrize("answer", [None, b"\x7f\x01\x22", b"\x41\x0c\xff\xff", b"\x41\x0c\x0d"])
def test_an_engine_s_speed_that_cannot_be_read_means_no(faults, store, stands, answer):
    if answer is None:
        del stands.pids[ENGINE][0x0C]
    else:
        stands.others[ENGINE, b"\x01\x0c"] = answer
    with pytest.raises(EngineSpeedUnknown):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert record(store, "codes.clear_refused").after["error"] == "engine_speed_unknown"


def test_without_a_whole_snapshot_nothing_is_cleared(faults, store, stands, reads):
    reads.scans = [scan_of("P0299", complete=False)]
    with pytest.raises(ReadingIncomplete) as refused:
        cleared(faults)
    assert "Nothing was cleared" in refused.value.kept
    assert store.checkups.list() == ()
    assert told_to_clear(stands) == []


def test_codes_that_nobody_has_seen_are_cleared_only_where_that_is_wanted(
    faults, store, stands, reads
):
    reads.scans = [scan_of("P0299", unknown=[(GEARBOX, STORED)])]
    with pytest.raises(SnapshotLacks, match="ECU 7E9") as refused:
        cleared(faults)
    assert "--unread" in refused.value.to_do
    assert told_to_clear(stands) == []
    assert store.checkups.list() == ()
    assert record(store, "codes.clear_refused").after["error"] == "snapshot_lacks"
    reads.scans = [scan_of("P0299", unknown=[(GEARBOX, STORED)]), scan_of()]
    assert cleared(faults, unread=True).done
    assert record(store, "codes.clear", "intent").before["codes_not_read_of"] == ["7E9"]


def test_codes_that_are_counted_and_not_listed_are_such_too(faults, stands, reads, store):
    reads.scans = [replace(scan_of("P0299"), lamps=(Lamp(ENGINE, True, 3),))]
    with pytest.raises(SnapshotLacks, match="ECU 7E8"):
        cleared(faults)
    assert told_to_clear(stands) == []
    assert store.checkups.list() == ()


def test_a_list_that_was_read_in_part_is_a_snapshot(faults, reads):
    reads.scans = [scan_of("P0299", unknown=[(ENGINE, STORED), (GEARBOX, PENDING)]), scan_of()]
    assert cleared(faults).done


def test_another_car_than_the_vehicle_chosen_is_not_cleared(faults, store, stands):
    other = store.vehicles.by_vin(OTHER_VIN)
    with pytest.raises(OtherVehicle):
        cleared(faults, other.id)
    assert told_to_clear(stands) == []
    refused = record(store, "codes.clear_refused")
    assert refused.entity.vehicle == other.id


def test_while_a_run_is_armed_nothing_is_cleared(faults, store, stands, monkeypatch):
    monkeypatch.setattr(DynoAtHand, "busy", property(lambda _: True))
    with pytest.raises(RunUnderway):
        faults.clear("", by=TECHNICIAN, reason=WHY)
    assert told_to_clear(stands) == []
    assert acts(store) == [("codes.clear_refused", "act", None)]


def test_without_a_car_it_failed_and_was_not_refused(bay, store, reads):
    with pytest.raises(NotConnected):
        cleared(bay.faults)
    assert acts(store) == []
