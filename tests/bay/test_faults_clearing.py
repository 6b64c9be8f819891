"""Clearing codes: who may, what is asked first, what is kept, what came back, what is not known."""

import pytest

from cartech_desk.bay import fault_clear, fault_clearing, fault_reader, recording_acts
from cartech_desk.bay.dyno_at_hand import DynoAtHand
from cartech_desk.bay.fault_clearing import CLEAR, CLEAR_UDS, Sent, check_engine, clear_each
from cartech_desk.bay.fault_scan import ScanCancelled
from cartech_desk.bay.faults import (
    ClearingNotKnown,
    EngineRuns,
    EngineSpeedUnknown,
    OtherVehicle,
    ReadingIncomplete,
    ReasonMissing,
    RunUnderway,
    SnapshotLacks,
)
from cartech_desk.bay.identification import Identification
from cartech_desk.bay.owner import NotConnected
from cartech_desk.bay.status import CarIdentity
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.faults.found import CodeFound
from cartech_desk.domain.people import DESK, NOBODY, NotSignedIn, RightMissing
from cartech_desk.domain.plain_text import TextRefused
from cartech_desk.hardware.adapter import Answer, CarLink, Refusal, Reply
from cartech_desk.hardware.errors import LinkLost, NoAnswer
from cartech_desk.store.checkups import CheckupKind
from cartech_desk.store.errors import DiskFull
from tests.bay.fault_desk import (
    AT_COMMAND_LINE,
    ENGINE,
    GEARBOX,
    OTHER_VIN,
    PENDING,
    PERMANENT,
    STORED,
    TECHNICIAN,
    URL,
    Reads,
    acts,
    record,
    scan_of,
)

WHY = "turbo hose replaced"
DONE = [
    ("checkup.keep", "act", None),
    ("codes.clear", "intent", None),
    ("checkup.keep", "act", None),
    ("codes.clear", "result", True),
]


@pytest.fixture(autouse=True)
def _busy_for_no_time(monkeypatch):
    monkeypatch.setattr(fault_clearing, "BUSY_REST_S", 0.0)


@pytest.fixture
def reads(monkeypatch):
    reads = Reads()
    reads.scans = [scan_of("P0299"), scan_of()]
    monkeypatch.setattr(fault_reader, "read_faults", reads)
    monkeypatch.setattr(fault_clear, "SETTLING_S", 0.0)
    yield reads
    reads.held.clear()


@pytest.fixture
def stands(car):
    """A car with its ignition on and its engine off, that clears when it is told to."""
    car.pids[ENGINE] |= {0x0C: b"\x00\x00", 0x0D: b"\x00"}
    car.others |= {(ENGINE, CLEAR): b"\x44", (GEARBOX, CLEAR): b"\x44"}
    return car


@pytest.fixture
def faults(bay, reads, stands):
    bay.connect(URL).result(20)
    return bay.faults


def cleared(faults, vehicle_id="", *, by=TECHNICIAN, reason=WHY, **more):
    return faults.clear(vehicle_id, by=by, reason=reason, **more).result(20)


def told_to_clear(car):
    return [request for _, request in car.requests if request.payload == CLEAR]


def test_snapshot_intent_clearing_snapshot_and_result_in_this_order(faults, store, stands):
    ended = cleared(faults)
    assert ended.done
    assert ended.cleared == (ENGINE, GEARBOX)
    assert acts(store) == DONE
    kinds = [one.kind for one in reversed(store.checkups.list())]
    assert kinds == [CheckupKind.BEFORE_CLEAR, CheckupKind.AFTER_CLEAR]
    assert [one.address.request_id for one in told_to_clear(stands)] == [0x7E0, 0x7E1]
    assert ended.before.note == WHY
    assert ended.verdict == (
        "Every control unit confirmed that it cleared its codes; none came back."
    )


def test_the_audit_log_holds_what_was_there_why_and_what_came_of_it(faults, store):
    ended = cleared(faults)
    intent, result = record(store, "codes.clear", "intent"), record(store, "codes.clear", "result")
    assert intent.actor == TECHNICIAN
    assert intent.reason == WHY
    assert intent.before["codes"] == ["P0299 (7E8: stored)"]
    assert intent.before["checkup"] == ended.before.id
    assert result.after["cleared"] == ["7E8", "7E9"]
    assert result.after["came_back"] == []
    assert result.after["checkup_after"] == ended.after.id


def test_the_engine_s_speed_is_read_before_anything_else(faults, stands):
    stands.requests.clear()
    cleared(faults)
    asked = [request.payload for _, request in stands.requests]
    assert asked.index(b"\x01\x0c") < asked.index(CLEAR)
    between = asked[asked.index(b"\x01\x0c") + 1 : asked.index(CLEAR)]
    assert b"\x01\x0c" in between  # and once more right before


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


def test_codes_that_are_there_again_are_told_and_permanent_ones_apart(faults, reads, store):
    back = CodeFound("P0299", ENGINE, (PENDING,))
    stays = CodeFound("P0301", ENGINE, (PERMANENT,))
    reads.scans = [scan_of("P0299", "P0301"), scan_of(back, stays)]
    ended = cleared(faults)
    assert not ended.done
    assert ended.verified
    assert ended.came_back == (back,)
    assert ended.permanent == (stays,)
    assert "P0299 is there again" in ended.verdict
    assert "P0301 is permanent" in ended.verdict
    assert record(store, "codes.clear", "result").after["came_back"] == ["P0299 (7E8: pending)"]


def test_an_ecu_that_refuses_is_named_with_the_reason(faults, stands, store):
    stands.others[GEARBOX, CLEAR] = b"\x7f\x04\x22"
    ended = cleared(faults)
    assert ended.cleared == (ENGINE,)
    assert "conditions" in ended.refused[GEARBOX]
    assert not ended.done
    assert "ECU 7E9" in ended.verdict
    assert acts(store)[-1] == ("codes.clear", "result", False)


def test_what_an_ecu_has_afterwards_and_does_not_tell_is_not_called_gone(faults, reads):
    reads.scans = [scan_of("P0299"), scan_of(unknown=[(GEARBOX, STORED)])]
    ended = cleared(faults)
    assert not ended.verified
    assert "none came back" not in ended.verdict
    assert "ECU 7E9" in ended.verdict


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
    assert "not known" in result.reason


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


def test_a_clearing_cut_short_by_a_kill_is_settled_as_not_known(store):
    vehicle = store.vehicles.by_vin(OTHER_VIN)
    entity = Entity("vehicle", vehicle.id, vehicle.name, vehicle.id)
    store.audit.intent(TECHNICIAN, Entry("codes.clear", entity, before={"codes": ["P0299"]}))
    assert recording_acts.settle(store) == 0  # it may be under way
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    result = record(store, "codes.clear", "result")
    assert result.after["done"] is False
    assert "not known" in result.reason
    assert store.audit.unsettled() == ()


def test_a_clearing_whose_result_could_not_be_written_is_settled_by_what_was_read_again(
    faults, store, monkeypatch
):
    with monkeypatch.context() as patched:

        def full(*_args, **_named):
            raise DiskFull("The disk is full.", to_do="Make room.")

        patched.setattr(store.audit, "result", full)
        assert cleared(faults).done  # the car was cleared, and the snapshots are kept
    assert recording_acts.settle(store, longest_s=-1.0) == 1
    assert record(store, "codes.clear", "result").after["done"] is True


# On the wire


class Wire:
    """Answers by address and payload; counts."""

    def __init__(self, table):
        self.table, self.asked = table, []

    def __call__(self, request):
        self.asked.append(request)
        told = self.table.get((request.address.request_id, request.payload))
        if isinstance(told, list):
            told = told.pop(0)
        if told is None:
            raise NoAnswer("Nobody answered.", to_do="Ignition on?")
        answers = [Answer(ecu, payload, 1) for ecu, payload in told if payload[0] != 0x7F]
        refusals = [Refusal(ecu, p[1], p[2], 1) for ecu, p in told if p[0] == 0x7F]
        return Reply(request, tuple(answers), tuple(refusals))


def found_of(*ecus, uds=False, protocol="ISO 15765-4 CAN"):
    link = CarLink(protocol, False, ecus, uds=uds)
    return Identification(link, CarIdentity(), {ecus[0]: frozenset({0x0C})})


def sent_by(wire, found):
    sent = Sent(found.link.ecus)
    clear_each(wire, found, sent, lambda _words, _share: None)
    return sent


def test_a_car_of_uds_is_asked_for_the_emissions_group():
    wire = Wire({(0x7E0, CLEAR_UDS): [[(ENGINE, b"\x54")]]})
    assert sent_by(wire, found_of(ENGINE, uds=True)).cleared == [ENGINE]
    assert wire.asked[0].payload.hex() == "14ffff33"


def test_a_busy_ecu_is_asked_again():
    busy = [(ENGINE, b"\x7f\x04\x21")]
    wire = Wire({(0x7E0, CLEAR): [busy, busy, [(ENGINE, b"\x44")]]})
    sent = sent_by(wire, found_of(ENGINE))
    assert (sent.cleared, sent.refused) == ([ENGINE], {})
    assert len(wire.asked) == 3


def test_an_ecu_that_stays_busy_has_refused():
    busy = [(ENGINE, b"\x7f\x04\x21")]
    sent = sent_by(Wire({(0x7E0, CLEAR): [busy] * 9}), found_of(ENGINE))
    assert sent.cleared == []
    assert "busy" in sent.refused[ENGINE]


def test_ecus_that_do_not_listen_to_their_own_address_are_reached_together():
    both = [(ENGINE, b"\x44"), (GEARBOX, b"\x44")]
    wire = Wire({(0x7E0, CLEAR): [[(ENGINE, b"\x44")]], (0x7DF, CLEAR): [both]})
    sent = sent_by(wire, found_of(ENGINE, GEARBOX))
    assert sent.cleared == [ENGINE, GEARBOX]
    assert sent.refused == {}


def test_an_ecu_that_never_answers_has_not_confirmed():
    sent = sent_by(Wire({(0x7E0, CLEAR): [[(ENGINE, b"\x44")]]}), found_of(ENGINE, GEARBOX))
    assert sent.cleared == [ENGINE]
    assert sent.refused == {GEARBOX: "it did not answer"}


def test_another_ecu_s_answer_and_another_service_s_confirm_nothing():
    wire = Wire({(0x7E0, CLEAR): [[(GEARBOX, b"\x44"), (ENGINE, b"\x41\x00")]]})
    sent = sent_by(wire, found_of(ENGINE, GEARBOX))
    assert sent.cleared == []


def test_before_can_everybody_hears_one_request():
    wire = Wire({(0x7DF, CLEAR): [[(0x10, b"\x44"), (0x18, b"\x44")]]})
    sent = sent_by(wire, found_of(0x10, 0x18, protocol="ISO 14230-4 KWP"))
    assert sent.cleared == [0x10, 0x18]
    assert len(wire.asked) == 1


def test_a_car_of_uds_tells_its_engine_s_speed_by_identifier():
    def asked(answer):
        wire = Wire({(0x7E0, b"\x22\xf4\x0c"): [[(ENGINE, answer)]]})
        check_engine(wire, found_of(ENGINE, uds=True))

    asked(b"\x62\xf4\x0c\x00\x00")
    with pytest.raises(EngineRuns):
        asked(b"\x62\xf4\x0c\x0d\x48")
    with pytest.raises(EngineSpeedUnknown):
        asked(b"\x62\xf4\x0d\x00\x00")
