"""Clearing codes: what is kept and recorded in which order, what came back, what is told."""

import threading
from dataclasses import replace

import pytest

from cartech_desk.bay.fault_clearing import CLEAR
from cartech_desk.domain.faults.found import CodeFound, Lamp
from cartech_desk.store.checkups import CheckupKind
from tests.bay.clearing_desk import WHY, cleared, faults, reads, stands, told_to_clear
from tests.bay.fault_desk import (
    ENGINE,
    GEARBOX,
    PENDING,
    PERMANENT,
    STORED,
    TECHNICIAN,
    acts,
    record,
    scan_of,
)

__all__ = ["faults", "reads", "stands"]

DONE = [
    ("checkup.keep", "act", None),
    ("codes.clear", "intent", None),
    ("checkup.keep", "act", None),
    ("codes.clear", "result", True),
]


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
    assert result.after["checkup"] == ended.after.id


def test_the_engine_s_speed_is_read_before_anything_else(faults, stands):
    stands.requests.clear()
    cleared(faults)
    asked = [request.payload for _, request in stands.requests]
    assert asked.index(b"\x01\x0c") < asked.index(CLEAR)
    between = asked[asked.index(b"\x01\x0c") + 1 : asked.index(CLEAR)]
    assert b"\x01\x0c" in between  # and once more right before


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


@pytest.mark.parametrize(
    ("lamp", "told"),
    [
        (Lamp(ENGINE, True, 0), "the lamp is still on"),
        (Lamp(ENGINE, False, 3), "ECU 7E8 still counts 3"),
        (Lamp(ENGINE, True, 3), "the lamp is still on; ECU 7E8 still counts 3"),
        (None, "whether the lamp is off and how many codes ECU 7E8 counts is not known"),
    ],
)
def test_with_a_lamp_that_says_otherwise_it_is_not_done(faults, reads, lamp, told):
    after = replace(scan_of(), lamps=() if lamp is None else (lamp,))
    reads.scans = [scan_of("P0299"), after]
    ended = cleared(faults)
    assert not ended.done
    assert told in ended.verdict
    assert "none came back" not in ended.verdict


def test_codes_that_are_listed_again_are_not_counted_beside_that(faults, reads):
    reads.scans = [scan_of("P0299"), scan_of("P0299")]
    assert cleared(faults).verdict.endswith("P0299 is there again; the lamp is still on.")


def test_while_an_ecu_asks_for_time_that_is_told(faults, stands, until):
    answers, erasing = stands.answers, threading.Event()

    def slow(address, payload):
        if payload == CLEAR and address.accepts(GEARBOX):
            stands.adapters[-1].signs.be_patient(0)
            assert erasing.wait(20)
        return answers(address, payload)

    stands.answers = slow
    future = faults.clear("", by=TECHNICIAN, reason=WHY)
    until(lambda: faults.reading.words == "clearing the codes of ECU 7E9, which asks for time")
    erasing.set()
    assert future.result(20).done
