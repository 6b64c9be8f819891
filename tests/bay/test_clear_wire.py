"""Clearing on the wire: each control unit by itself, nobody twice, and nobody who was not read."""

import pytest

from cartech_desk.bay import fault_clearing
from cartech_desk.bay.fault_clearing import CLEAR, CLEAR_UDS, Sent, clear_each
from cartech_desk.hardware.errors import AdapterLacks, BusFault, StillPending, Unreadable
from tests.bay.clearing_desk import Wire, found_of
from tests.bay.fault_desk import ENGINE, GEARBOX

UNKNOWN = 0x7EB
KWP = "ISO 14230-4 KWP"
CLEARED = [(ENGINE, b"\x44")]
BUSY = b"\x7f\x04\x21"
WHETHER = "whether it cleared its codes is not known"


@pytest.fixture(autouse=True)
def _busy_for_no_time(monkeypatch):
    monkeypatch.setattr(fault_clearing, "BUSY_REST_S", 0.0)


def sent_by(wire, found):
    sent = Sent(found.link.ecus)
    clear_each(wire, found, sent, lambda _words, _share: None)
    return sent


def test_a_car_of_uds_is_asked_for_the_emissions_group():
    wire = Wire({(0x7E0, CLEAR_UDS): [[(ENGINE, b"\x54")]]})
    assert sent_by(wire, found_of(ENGINE, uds=True)).cleared == [ENGINE]
    assert wire.asked[0].payload.hex() == "14ffff33"


def test_a_busy_ecu_is_asked_again():
    busy = [(ENGINE, BUSY)]
    wire = Wire({(0x7E0, CLEAR): [busy, busy, CLEARED]})
    sent = sent_by(wire, found_of(ENGINE))
    assert (sent.cleared, sent.refused) == ([ENGINE], {})
    assert len(wire.asked) == 3


def test_an_ecu_that_stays_busy_has_refused():
    wire = Wire({(0x7E0, CLEAR): [[(ENGINE, BUSY)]] * 9})
    sent = sent_by(wire, found_of(ENGINE))
    assert sent.cleared == []
    assert "busy" in sent.refused[ENGINE]
    assert {one.address.functional for one in wire.asked} == {False}


def test_ecus_that_do_not_listen_to_their_own_address_are_reached_together():
    both = [(ENGINE, b"\x44"), (GEARBOX, b"\x44")]
    wire = Wire({(0x7DF, CLEAR): [both]})
    sent = sent_by(wire, found_of(ENGINE, GEARBOX))
    assert sent.cleared == [ENGINE, GEARBOX]
    assert (sent.refused, sent.unread) == ({}, [])


def test_an_adapter_that_cannot_aim_reaches_them_together():
    lacks = AdapterLacks("It cannot aim.", to_do="Use another one.")
    wire = Wire({(0x7E0, CLEAR): lacks, (0x7DF, CLEAR): [CLEARED]})
    assert sent_by(wire, found_of(ENGINE)).cleared == [ENGINE]


@pytest.mark.parametrize(
    "heard",
    [
        [(ENGINE, b"\x44")],
        [(ENGINE, b"\x7f\x04\x22")],
        [(ENGINE, b"\x41\x00")],
        Unreadable("Noise.", to_do="Again."),
        BusFault("Errors.", to_do="Look at the plug."),
        StillPending("It asked for time and did not answer.", to_do="Wait."),
    ],
)
def test_where_one_listens_to_its_own_address_nobody_unread_is_reached(heard):
    wire = Wire({(0x7E0, CLEAR): [heard], (0x7DF, CLEAR): [[(GEARBOX, b"\x44")]]})
    sent = sent_by(wire, found_of(ENGINE, GEARBOX))
    assert [one.address.request_id for one in wire.asked] == [0x7E0, 0x7E1]
    assert sent.refused[GEARBOX] == "it did not answer"


@pytest.mark.parametrize(
    "heard",
    [
        Unreadable("7E8 asked for time and never answered.", to_do="Again."),
        StillPending("It asked for time and did not answer.", to_do="Wait."),
        BusFault("Errors.", to_do="Look at the plug."),
        ["7E8 asked for time and did not answer"],
    ],
)
def test_an_ecu_that_may_be_erasing_is_not_told_twice_and_not_known(heard):
    wire = Wire({(0x7E0, CLEAR): [heard, CLEARED], (0x7DF, CLEAR): [CLEARED]})
    sent = sent_by(wire, found_of(ENGINE))
    assert len(wire.asked) == 1
    assert sent.cleared == []
    assert sent.refused[ENGINE].startswith(WHETHER)


def test_who_confirms_to_everybody_is_noted_known_or_not():
    told = [(ENGINE, b"\x44"), (UNKNOWN, b"\x44"), (0x7EC, b"\x7f\x04\x22")]
    sent = sent_by(Wire({(0x7DF, CLEAR): [told]}), found_of(ENGINE, GEARBOX))
    assert sent.cleared == [ENGINE, UNKNOWN]
    assert sent.unread == [UNKNOWN]
    assert sent.refused == {GEARBOX: "it did not answer"}


def test_before_can_who_was_busy_and_confirms_then_has_not_refused():
    first, then = [(0x10, b"\x44"), (0x18, BUSY)], [(0x10, BUSY), (0x18, b"\x44")]
    wire = Wire({(0x7DF, CLEAR): [first, then]})
    sent = sent_by(wire, found_of(0x10, 0x18, protocol=KWP))
    assert (sent.cleared, sent.refused) == ([0x10, 0x18], {})


def test_before_can_nobody_is_told_twice_while_one_may_be_erasing():
    told = [(0x18, BUSY), "10 asked for time and did not answer"]
    wire = Wire({(0x7DF, CLEAR): [told, CLEARED]})
    sent = sent_by(wire, found_of(0x10, 0x18, protocol=KWP))
    assert len(wire.asked) == 1
    assert sent.refused[0x10].startswith(WHETHER)
    assert "busy" in sent.refused[0x18]


def test_before_can_an_answer_that_cannot_be_read_leaves_it_not_known():
    wire = Wire({(0x7DF, CLEAR): [Unreadable("Noise.", to_do="Again.")]})
    sent = sent_by(wire, found_of(0x10, protocol=KWP))
    assert len(wire.asked) == 1
    assert sent.refused[0x10].startswith(WHETHER)


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
