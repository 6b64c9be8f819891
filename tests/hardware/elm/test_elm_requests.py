import itertools
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.elm.pace import Counting, _Habit
from cartech_desk.hardware.errors import (
    AdapterBusy,
    AdapterLacks,
    BusFault,
    CarSilent,
    LinkLost,
    NoAnswer,
    Unreadable,
)

ENGINE = Address(0x7E0)
TYRES = Address(0x750, 0x758, extension=0x2A)
RPM = b"\x01\x0c"
AIMED = [("ATSH7E0", "OK"), ("ATCRA7E8", "OK")]
NAME = ("ATI", "ELM327 v1.5")
ANSWERED = [("010C", "7E8 04 41 0C 1A F8")]
CONNECT = [("ATSP0", "OK"), ("0100", "7E8 06 41 00 BE 3E B8 11"), ("ATDPN", "A6")]


def answered(*replies):
    return [(reply.ecu, reply.payload) for reply in replies]


@pytest.fixture
def asked(expected_wire, setup_script, monkeypatch):
    monkeypatch.setattr(ElmAdapter, "_last_protocol", {})
    adapters = []

    def make(script, *, connect=CONNECT, setup=setup_script):
        adapter = ElmAdapter("elm327:scripted", expected_wire([*setup, *connect, *script]))
        adapters.append(adapter)
        adapter.open()
        adapter.connect_car()
        return adapter

    yield make
    for adapter in adapters:
        adapter.close()


def test_the_aim_is_taken_once_for_requests_to_one_address(asked):
    adapter = asked([*AIMED, ("010C", "7E8 04 41 0C 1A F8"), ("010D", "7E8 03 41 0D 20")])
    first = adapter.request(Request(ENGINE, RPM))
    second = adapter.request(Request(ENGINE, b"\x01\x0d"))
    assert answered(*first.answers) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert answered(*second.answers) == [(0x7E8, b"\x41\x0d\x20")]


def test_the_filter_is_taken_off_for_a_question_to_every_ecu(asked):
    adapter = asked(
        [
            *AIMED,
            ("010C", "7E8 04 41 0C 1A F8"),
            ("ATSH7DF", "OK"),
            ("ATCRA", "OK"),
            ("010C", "7E8 04 41 0C 1A F8\r7E9 04 41 0C 1A F8"),
        ]
    )
    adapter.request(Request(ENGINE, RPM))
    assert len(adapter.request(Request(FUNCTIONAL, RPM)).answers) == 2


def test_an_extended_address_and_its_flow_control_are_told_to_the_adapter(asked):
    adapter = asked(
        [
            ("ATSH750", "OK"),
            ("ATCEA2A", "OK"),
            ("ATTA2A", "OK"),
            ("ATCRA758", "OK"),
            ("ATFCSH750", "OK"),
            ("ATFCSD2A300000", "OK"),
            ("ATFCSM1", "OK"),
            ("2115", "758 2A 06 61 15 8F 90 8E 8D"),
            ("ATSH7E0", "OK"),
            ("ATCEA", "OK"),
            ("ATCRA7E8", "OK"),
            ("ATFCSM0", "OK"),
            ("010C", "7E8 04 41 0C 1A F8"),
        ]
    )
    reply = adapter.request(Request(TYRES, b"\x21\x15"))
    assert answered(*reply.answers) == [(0x758, bytes.fromhex("61158F908E8D"))]
    assert adapter.request(Request(ENGINE, RPM)).answers


def test_an_adapter_without_extended_addresses_says_so(asked):
    adapter = asked([("ATSH750", "OK"), ("ATCEA2A", "?"), ("ATCEA2A", "?")])
    with pytest.raises(AdapterLacks):
        adapter.request(Request(TYRES, b"\x21\x15"))


def test_a_29_bit_address_takes_priority_bits_and_six_digits(asked):
    connect = [("ATSP0", "OK"), ("0100", "18DAF110 06 41 00 BE 3E B8 11"), ("ATDPN", "A7")]
    adapter = asked(
        [
            ("ATSHDA10F1", "OK"),
            ("ATCRA18DAF110", "OK"),
            ("010C", "18DAF110 04 41 0C 1A F8"),
        ],
        connect=connect,
    )
    reply = adapter.request(Request(Address(0x18DA10F1, extended=True), RPM))
    assert answered(*reply.answers) == [(0x18DAF110, b"\x41\x0c\x1a\xf8")]


def test_the_older_buses_need_no_aim(asked):
    connect = [
        ("ATSP0", "OK"),
        ("0100", "BUS INIT: ...OK\r48 6B 11 41 00 BE 3E B8 11 CA"),
        ("ATDPN", "A3"),
    ]
    adapter = asked([("010C", "48 6B 11 41 0C 1A F8 23")], connect=connect)
    reply = adapter.request(Request(FUNCTIONAL, RPM, expected=1))
    assert answered(*reply.answers) == [(0x11, b"\x41\x0c\x1a\xf8")]


def test_several_ecus_answer_one_question(asked):
    adapter = asked([("010C", "7E8 04 41 0C 1A F8\r7E9 03 7F 01 12")])
    reply = adapter.request(Request(FUNCTIONAL, RPM))
    assert answered(*reply.answers) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert [(r.ecu, r.service, r.nrc) for r in reply.refusals] == [(0x7E9, 0x01, 0x12)]


def test_an_answer_beside_a_broken_one_is_kept_and_the_broken_one_told(asked):
    adapter = asked([("010C", "7E8 04 41 0C 1A F8\r7E9 04 41 0C 1A")])
    reply = adapter.request(Request(FUNCTIONAL, RPM))
    assert len(reply.answers) == 1
    assert len(reply.unreadable) == 1


def test_a_setting_that_dirt_spoilt_is_sent_again(asked):
    script = [("ATSH7E0", "STOPPED"), NAME, ("ATSH7E0", "OK"), AIMED[1]]
    adapter = asked([*script, ("010C", "7E8 04 41 0C 1A F8")])
    assert adapter.request(Request(ENGINE, RPM)).answers


def test_a_setting_that_stays_unclear_leaves_the_address_usable_later(asked):
    unclear = [("ATSH7E0", "STOPPED"), NAME]
    adapter = asked([*unclear * 3, *AIMED, ("010C", "7E8 04 41 0C 1A F8")])
    with pytest.raises(AdapterBusy):
        adapter.request(Request(ENGINE, RPM))
    assert adapter.request(Request(ENGINE, RPM)).answers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("NO DATA", NoAnswer),
        ("UNABLE TO CONNECT", NoAnswer),
        ("BUS INIT: ERROR", NoAnswer),
        ("CAN ERROR", BusFault),
        ("BUS ERROR", BusFault),
        ("BUS BUSY", BusFault),
        ("FB ERROR", BusFault),
        ("DATA ERROR", BusFault),
        ("<RX ERROR", BusFault),
        ("BUFFER FULL", BusFault),
        ("OUT OF MEMORY", BusFault),
        ("STOPPED", AdapterBusy),
        ("ACT ALERT", AdapterBusy),
        ("ERR94", AdapterBusy),
        ("LV RESET", LinkLost),
        ("LP ALERT", LinkLost),
        ("ELM327 v1.5", LinkLost),
        ("?", Unreadable),
        ("43 ZZ", Unreadable),
        ("7E8 06 41 0C 1A", Unreadable),
        ("7E8 03 41 0D 20", Unreadable),
    ],
)
def test_every_failure_is_typed_and_says_what_to_do(asked, answer, error):
    adapter = asked([("010C", answer)])
    with pytest.raises(error) as caught:
        adapter.request(Request(FUNCTIONAL, RPM))
    assert type(caught.value) is error
    assert caught.value.happened.endswith(".")
    assert caught.value.to_do


def test_an_ecu_that_asks_for_time_is_waited_for_without_asking_again(asked):
    slow = [b"7E8 03 7F 01 78\r", *[b""] * 250, b"7E8 04 41 0C 1A F8\r\r>"]
    adapter = asked([("010C", slow)])
    reply = adapter.request(Request(FUNCTIONAL, RPM))
    assert answered(*reply.answers) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert reply.refusals == ()


def test_an_ecu_that_asked_for_time_is_heard_out_without_asking_again(asked):
    later = [b"123 00 11 22\r7E8 03 7F 01 78\r", b"", b"7E8 04 41 0C 1A F8\r"]
    adapter = asked([*AIMED, ("010C", "7E8 03 7F 01 78"), ("ATMA", later), NAME, *ANSWERED])
    reply = adapter.request(Request(ENGINE, RPM))
    assert answered(*reply.answers) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert reply.refusals == ()
    assert adapter.request(Request(ENGINE, RPM)).answers


def test_a_long_answer_after_asking_for_time_is_asked_for_again_only_to_read(asked):
    vin = "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 22 42 31 32 33 34 35 36"
    first = [b"7E8 10 14 49 02 01 31 44 34\r"]
    adapter = asked([*AIMED, ("0902", "7E8 03 7F 09 78"), ("ATMA", first), NAME, ("0902", vin)])
    assert len(adapter.request(Request(ENGINE, b"\x09\x02")).answers) == 1


def test_what_writes_is_never_sent_twice(asked):
    first = [b"7E8 10 14 6E F1 90 31 44 34\r"]
    adapter = asked([*AIMED, ("ATSTFF", "OK"), ("2EF19000", "7E8 03 7F 2E 78"), ("ATMA", first)])
    with pytest.raises(Unreadable):
        adapter.request(Request(ENGINE, b"\x2e\xf1\x90\x00"))


def test_an_ecu_that_asked_for_time_and_never_came_back_gave_no_answer(asked):
    adapter = asked([("010C", "7E8 03 7F 01 78"), ("ATMA", "?")])
    with pytest.raises(NoAnswer):
        adapter.request(Request(FUNCTIONAL, RPM))


def test_the_time_stamp_is_that_of_the_first_byte_of_the_line(asked):
    chunks = [b"7E8 04 41", b"", b"", b"", b"", b"", b" 0C 1A F8\r\r>"]
    adapter = asked([("010C", chunks)])
    reply = adapter.request(Request(FUNCTIONAL, RPM))
    assert reply.t_sent_ns <= reply.answers[0].t_ns
    assert reply.t_done_ns - reply.answers[0].t_ns > 20_000_000


def test_a_prompt_that_came_late_belongs_to_the_command_before(asked):
    adapter = asked([("010C", [b">", b"7E8 04 41 0C 1A F8\r\r>"])])
    assert adapter.request(Request(FUNCTIONAL, RPM)).answers


def test_after_an_answer_to_another_question_both_sides_are_brought_together(asked):
    adapter = asked(
        [
            ("010C", "7E8 03 41 0D 20"),
            # the adapter is one answer behind until it has said its name
            ("ATI", [b"7E8 04 41 0C 1A F8\r\r>", b"ELM327 v1.5\r\r>"]),
            NAME,
            ("010D", "7E8 03 41 0D 21"),
        ]
    )
    with pytest.raises(Unreadable):
        adapter.request(Request(FUNCTIONAL, RPM))
    reply = adapter.request(Request(FUNCTIONAL, b"\x01\x0d"))
    assert answered(*reply.answers) == [(0x7E8, b"\x41\x0d\x21")]


def test_an_adapter_that_stalls_is_busy_and_usable_again(asked):
    adapter = asked([("010C", b""), NAME, ("010C", "7E8 04 41 0C 1A F8")])
    with pytest.raises(AdapterBusy):
        adapter.request(Request(FUNCTIONAL, RPM))
    assert adapter.request(Request(FUNCTIONAL, RPM)).answers


def test_a_dead_adapter_is_known_within_two_seconds(asked):
    adapter = asked([("ATST8C", "OK"), ("010C", b""), ("ATI", b""), ("ATI", b"")])
    # a car so slow that the longest time-out was learned
    adapter._asking._pace._habits[FUNCTIONAL] = _Habit(slowest_ms=900.0, answers=100)
    began = time.monotonic()
    with pytest.raises(LinkLost):
        adapter.request(Request(FUNCTIONAL, RPM))
    assert time.monotonic() - began < 2.0


def test_a_wire_that_breaks_is_lost_at_once(asked):
    adapter = asked([("010C", None)])
    with pytest.raises(LinkLost):
        adapter.request(Request(FUNCTIONAL, RPM))


def test_without_a_car_nothing_is_asked(expected_wire, setup_script):
    adapter = ElmAdapter("elm327:scripted", expected_wire(setup_script))
    adapter.open()
    with pytest.raises(CarSilent):
        adapter.request(Request(FUNCTIONAL, RPM))
    adapter.close()


# -- speed -----------------------------------------------------------------------------------


def counted(adapter, payload=RPM, expected=1):
    return adapter.request(Request(ENGINE, payload, expected=expected))


def test_the_count_is_sent_once_the_answer_is_known(asked):
    one = "7E8 04 41 0C 1A F8"
    adapter = asked([*AIMED, ("010C", one), ("010C1", one), ("010C1", one)])
    for _ in range(3):
        assert counted(adapter).answers


def test_the_count_is_that_of_lines_for_an_answer_of_several_frames(asked):
    vin = "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 22 42 31 32 33 34 35 36"
    adapter = asked([*AIMED, ("0902", vin), ("09023", vin)])
    for _ in range(2):
        assert len(counted(adapter, b"\x09\x02").answers) == 1


def test_an_adapter_that_counts_messages_is_found_out(asked):
    vin = b"7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 22 42 31 32 33 34 35 36\r"
    waited = [vin, *[b""] * 30, b"\r>"]
    adapter = asked([*AIMED, ("0902", waited), ("09023", waited), ("09021", [vin + b"\r>"])])
    for _ in range(3):
        assert len(counted(adapter, b"\x09\x02").answers) == 1


def test_a_count_that_cuts_the_answer_off_is_given_up_for_lines(asked):
    vin = b"7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 22 42 31 32 33 34 35 36\r"
    waited = [vin, *[b""] * 30, b"\r>"]
    adapter = asked(
        [
            *AIMED,
            ("0902", waited),
            ("09023", waited),
            ("09021", "7E8 10 14 49 02 01 31 44 34"),
            NAME,
            ("0902", waited),
            ("09023", waited),
        ]
    )
    for _ in range(4):
        assert len(counted(adapter, b"\x09\x02").answers) == 1


def test_a_count_that_is_refused_is_left_out_from_then_on(asked):
    one = "7E8 04 41 0C 1A F8"
    adapter = asked([*AIMED, ("010C", one), ("010C1", "NO DATA"), ("010C", one), ("010C", one)])
    for _ in range(3):
        assert counted(adapter).answers
    assert "no response count" in adapter.identity.quirks


def test_an_answer_that_grows_is_counted_anew(asked):
    short = "7E8 06 43 02 01 01 01 02"
    long = "7E8 10 08 43 03 01 01 01 02\r7E8 21 01 03 00 00 00 00 00"
    adapter = asked(
        [
            *AIMED,
            ("03", short),
            ("031", "7E8 10 08 43 03 01 01 01 02"),
            NAME,
            ("03", long),
            ("032", long),
        ]
    )
    adapter._asking._pace.counting = Counting.LINES
    payloads = [counted(adapter, b"\x03").answers[0].payload for _ in range(3)]
    assert [len(payload) for payload in payloads] == [6, 8, 8]


def test_a_long_time_out_for_writing_is_taken_back_for_reading(asked):
    script = [*AIMED, ("ATSTFF", "OK"), ("14FFFFFF", "7E8 01 54"), ("ATST32", "OK"), *ANSWERED]
    adapter = asked(script)
    assert adapter.request(Request(ENGINE, b"\x14\xff\xff\xff")).answers
    assert adapter.request(Request(ENGINE, RPM)).answers


def test_without_headers_and_aim_everybody_is_asked_and_mixed_answers_are_unreadable(asked):
    bare = "41 00 BE 3E B8 11"
    refused = [("ATSH7E0", "?")] * 2
    connect = [("ATSP0", "OK"), ("0100", bare), ("ATDPN", "6"), *refused]
    mixed = "41 0C 1A F8\r41 0C 1A FA"
    adapter = asked(
        [*refused, ("010C", "41 0C 1A F8"), ("010C", mixed)],
        connect=connect,
    )
    assert adapter.request(Request(FUNCTIONAL, RPM)).answers
    with pytest.raises(Unreadable):
        adapter.request(Request(FUNCTIONAL, RPM))


def test_the_time_out_is_learned_and_forgotten_after_silence(asked):
    one = ("010C", "7E8 04 41 0C 1A F8")
    adapter = asked(
        [*AIMED, *[one] * 8, ("ATST0A", "OK"), one, ("010C", "NO DATA"), ("ATST32", "OK"), one]
    )
    request = Request(ENGINE, RPM)
    for _ in range(9):
        adapter.request(request)
    with pytest.raises(NoAnswer):
        adapter.request(request)
    assert adapter.request(request).answers


def test_adaptive_timing_grows_bolder_and_shy_again(asked):
    one = ("010C", "7E8 04 41 0C 1A F8")
    adapter = asked(
        [
            *AIMED,
            *[one] * 8,
            ("ATST0A", "OK"),
            *[one] * 22,
            ("ATAT2", "OK"),
            ("010C", "NO DATA"),
            ("ATAT1", "OK"),
        ]
    )
    for _ in range(30):
        adapter.request(Request(ENGINE, RPM))
    with pytest.raises(NoAnswer):
        adapter.request(Request(ENGINE, RPM))


# -- long requests ---------------------------------------------------------------------------

LONG = b"\x22" + bytes(range(8))


def test_a_long_request_is_refused_where_the_adapter_cannot_send_it(asked):
    adapter = asked(AIMED)
    with pytest.raises(AdapterLacks):
        adapter.request(Request(ENGINE, LONG))


def test_an_stn_chip_sends_a_long_request(asked, setup_script):
    setup = [(sent, "STN1110 v4.0.4" if sent == "STI" else said) for sent, said in setup_script]
    adapter = asked(
        [
            *AIMED,
            ("STCSEGT1", "OK"),
            ("STPX H:7E0,D:220001020304050607", "7E8 06 62 00 01 AA 02 03 BB"),
        ],
        setup=setup,
    )
    assert adapter.request(Request(ENGINE, LONG)).answers


def test_an_stn_chip_that_never_answers_stpx_falls_back(asked, setup_script):
    setup = [(sent, "STN1110 v4.0.4" if sent == "STI" else said) for sent, said in setup_script]
    script = [
        *AIMED,
        ("STCSEGT1", "OK"),
        ("STPX H:7E0,D:220001020304050607", b""),
        NAME,
        ("010C", "7E8 04 41 0C 1A F8"),
    ]
    adapter = asked(script, setup=setup)
    with pytest.raises(AdapterLacks):
        adapter.request(Request(ENGINE, LONG))
    with pytest.raises(AdapterLacks):
        adapter.request(Request(ENGINE, LONG))
    assert adapter.request(Request(ENGINE, RPM)).answers
    assert "no STPX" in adapter.identity.quirks


# -- properties ------------------------------------------------------------------------------


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 110), max_size=12))
def test_chunks_of_any_size_make_no_difference(expected_wire, setup_script, cuts):
    raw = (
        b"\r\n7E8 10 14 49 02 01 31 44 34\r\n7E9 03 7F 09 12\r\n7E8 21 47 50 30 30 52 35 35\r\n"
        b"7E8 22 42 31 32 33 34 35 36\r\n\r\n>"
    )
    bounds = [0, *sorted({cut for cut in cuts if cut < len(raw)}), len(raw)]
    chunks = [raw[one:other] for one, other in itertools.pairwise(bounds)]
    link = expected_wire([*setup_script, *CONNECT, ("0902", chunks)], wire=f"chunks {cuts}")
    ElmAdapter._last_protocol.clear()
    adapter = ElmAdapter("elm327:scripted", link)
    adapter.open()
    try:
        adapter.connect_car()
        reply = adapter.request(Request(FUNCTIONAL, b"\x09\x02"))
    finally:
        adapter.close()
    assert answered(*reply.answers) == [(0x7E8, b"\x49\x02\x011D4GP00R55B123456")]
    assert [(r.ecu, r.nrc) for r in reply.refusals] == [(0x7E9, 0x12)]
    assert reply.unreadable == ()
