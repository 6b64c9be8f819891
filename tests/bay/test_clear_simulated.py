"""The built-in car cleared over ELM327, CAN and a K line, also where an ECU comes to no end."""

from contextlib import ExitStack

import pytest

from cartech_desk.bay.fault_clear_standing import check_standing
from cartech_desk.bay.fault_clear_verdict import left
from cartech_desk.bay.fault_clearing import Sent, clear_each
from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.bay.identification import identify
from tests.bay.test_fault_scan_simulated import ENGINE, GEARBOX, LONG, over_can, over_elm

FAULTS = {"faults": "misfire,lean", "script": "key_on"}
WAYS = pytest.mark.parametrize(
    ("way", "speaks"),
    [
        (over_elm, "obd"),
        (over_can, "obd"),
        pytest.param(over_elm, "uds", marks=LONG),
        pytest.param(over_can, "uds", marks=LONG),
    ],
)
MOST_S = 1.5
CLEARS = frozenset({0x04, 0x14})


@pytest.fixture
def cleared():
    """Clear a car and return what came of it, its codes afterwards and the requests that clear."""

    def clear(way, **options):
        asked = []
        with ExitStack() as stack:
            adapter = way(stack, FAULTS | options)
            adapter.open()
            found = identify(adapter.request, adapter.connect_car(), lambda _: None)
            before = read_faults(adapter.request, found, url="x", adapter="y", parts=CODES)
            assert {one.code for one in before.codes} == {"P0301", "P0171"}
            check_standing(adapter.request, found)

            def ask(request):
                asked.append(request.address.request_id)
                return adapter.request(request)

            sent = Sent(tuple(one.address for one in before.ecus))
            clear_each(ask, found, sent, lambda _words, _share: None)
            after = read_faults(adapter.request, found, url="x", adapter="y", parts=CODES)
        return sent, after, asked

    return clear


@WAYS
def test_each_ecu_is_cleared_by_itself(cleared, way, speaks):
    sent, after, asked = cleared(way, speaks=speaks)
    assert (sent.open, sent.refused, sent.unread) == ((), {}, [])
    assert asked == [0x7E0, 0x7E1, 0x7E2]
    assert left(after)[0] == ()
    assert (after.unknown, after.mil) == ((), False)


def test_a_car_before_can_is_cleared_with_one_request(cleared, monkeypatch):
    monkeypatch.setattr("cartech_desk.bay.fault_clearing.PATIENCE_S", 0.5)
    sent, after, asked = cleared(over_elm, speaks="kwp")
    assert (sent.open, sent.refused, sent.unread) == ((), {}, [])
    assert asked == [0x7DF]
    assert left(after)[0] == ()
    assert (after.unknown, after.mil) == ((), False)


@WAYS
def test_an_ecu_that_never_ends_to_erase_is_told_once_and_not_known(
    cleared, way, speaks, monkeypatch
):
    for where in ("elm.asking", "elm.hearing_out", "can.exchange"):
        monkeypatch.setattr(f"cartech_desk.hardware.{where}.MOST_ACTING_S", MOST_S)
        monkeypatch.setattr(f"cartech_desk.hardware.{where}.P2_STAR_S", 0.7)
    monkeypatch.setattr("cartech_desk.bay.fault_clearing.PATIENCE_S", 0.3)
    monkeypatch.setattr("cartech_desk.hardware.sim.evil.AGAIN_S", 0.2)
    monkeypatch.setattr("cartech_desk.hardware.sim.evil.WAITS", 12)
    monkeypatch.setattr("cartech_desk.hardware.sim.evil._SPOILT", CLEARS)
    monkeypatch.setattr("cartech_desk.hardware.sim.evil._CODES", CLEARS)
    sent, _, asked = cleared(way, speaks=speaks, evil="pending_forever:gearbox")
    assert asked == [0x7E0, 0x7E1, 0x7E2]
    assert ENGINE in sent.cleared
    assert list(sent.refused) == [GEARBOX]
    assert "not known" in sent.refused[GEARBOX]
