"""The adapter in front of the simulated car speaks as its data sheet says, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer

MS = 1_000_000


def test_reset_answers_with_the_echo_and_the_banner(bench):
    made = bench("ATE1")
    assert made.ask("ATZ") == "ATZ\r\r\rELM327 v1.5\r\r>"


def test_a_warm_start_answers_at_once(bench):
    made = bench()
    assert made.took_ms("ATWS") == 0
    assert made.ask("ATI") == "ATI\rELM327 v1.5\r\r>", "echo is on again"


def test_echo_repeats_what_was_written_as_it_was_written(bench):
    made = bench("ATE1")
    assert made.ask("at i") == "at i\rELM327 v1.5\r\r>"


def test_spaces_case_and_zero_bytes_do_not_count(bench):
    made = bench()
    assert made.server.feed(b"a\x00T e\x000\r", made.now_ns) == b"OK\r\r>"


def test_linefeeds_follow_each_carriage_return(bench):
    made = bench()
    assert made.ask_all("ATL1", "ATI") == ["OK\r\n\r\n>", "ELM327 v1.5\r\n\r\n>"]


@pytest.mark.parametrize(
    "command",
    [
        "AT",
        "ATXX",
        "ATE2",
        "ATSH7",
        "ATSPG",
        "ATST5",
        "HELLO",
        "1",
        "010G",
        "STI",
        "ATFCSM1",
        "%&/",
    ],
)
def test_what_it_does_not_know_is_a_question_mark(bench, command):
    assert bench().ask(command) == "?\r\r>"


def test_an_empty_line_repeats_the_last_command(bench):
    made = bench("ATI")
    assert made.ask("") == "ELM327 v1.5\r\r>"
    fresh = bench("ATWS", "ATE0")
    assert fresh.ask("") == "OK\r\r>"


def test_the_first_request_searches_for_the_protocol(bench):
    made = bench()
    assert made.ask_all("ATDP", "ATDPN") == ["AUTO\r\r>", "A0\r\r>"]
    assert made.ask("0100") == (
        "SEARCHING...\r41 00 BE 3F A8 13 \r41 00 88 18 00 11 \r41 00 80 08 00 01 \r\r>"
    )
    assert made.ask("0120").startswith("41 20 ")
    assert made.ask_all("ATDP", "ATDPN") == ["AUTO, ISO 15765-4 (CAN 11/500)\r\r>", "A6\r\r>"]


def test_closing_the_protocol_means_searching_again(connected):
    made = connected("ATPC")
    assert made.ask("0100").startswith("SEARCHING...\r")


def test_a_chosen_protocol_does_not_search(bench):
    made = bench("ATSP6")
    assert made.ask("0100").startswith("41 00 ")
    assert made.ask_all("ATDP", "ATDPN") == ["ISO 15765-4 (CAN 11/500)\r\r>", "6\r\r>"]


@pytest.mark.parametrize(
    ("protocol", "answer"),
    [
        ("1", "NO DATA\r\r>"),
        ("3", "BUS INIT: ...ERROR\r\r>"),
        ("5", "BUS INIT: ...ERROR\r\r>"),
        ("7", "NO DATA\r\r>"),
        ("8", "CAN ERROR\r\r>"),
        ("A", "NO DATA\r\r>"),
    ],
)
def test_a_wrong_protocol_fails_in_its_own_way(bench, protocol, answer):
    assert bench(f"ATSP{protocol}").ask("0100") == answer


def test_a_sleeping_car_cannot_be_connected_to(bench):
    made = bench(ignition="off")
    assert made.ask("0100") == "SEARCHING...\rUNABLE TO CONNECT\r\r>"
    assert made.ask_all("ATSP6", "0100") == ["OK\r\r>", "CAN ERROR\r\r>"]
    assert made.ask("ATRV") == "12.6V\r\r>", "the battery is still there"


def test_a_car_that_is_switched_off_later_gives_no_data(connected):
    made = connected()
    made.car.switch_ignition(on=False)
    assert made.ask("0100") == "NO DATA\r\r>"


def test_headers_show_identifier_and_length_without_padding(connected):
    made = connected("ATH1")
    made.car.vehicle.state.coolant_c = 83.0
    assert made.ask("01051") == "7E8 03 41 05 7B \r\r>"
    assert made.ask_all("ATS0", "01051")[1] == "7E80341057B\r\r>"
    assert made.ask_all("ATD1", "01051")[1] == "7E880341057B\r\r>"


def test_29_bit_headers_are_four_bytes(connected):
    made = connected("ATH1", bits="29")
    assert made.ask("010D").splitlines()[0] == "18 DA F1 10 03 41 0D 00 "
    assert made.ask("ATDPN") == "A7\r\r>"
    made.ask_all("ATSHDA18F1", "ATCP18")
    assert made.ask("010D") == "18 DA F1 18 03 41 0D 00 \r\r>"
    assert made.ask_all("ATSH18DA28F1", "010D")[1] == "18 DA F1 28 03 41 0D 00 \r\r>"


def test_a_long_answer_is_a_length_and_numbered_lines(connected):
    made = connected()
    vin = made.car.vin.encode().hex(" ").upper()
    assert made.ask("0902") == (
        f"014\r0: 49 02 01 {vin[:8]} \r1: {vin[9:29]} \r2: {vin[30:]} \r\r>"
    )


def test_a_long_answer_with_headers_is_its_frames(connected):
    made = connected("ATH1", "ATS0")
    lines = made.ask("0902").split("\r")
    assert [line[:7] for line in lines[:3]] == ["7E81014", "7E82143", "7E82230"]


def test_raw_frames_are_shown_with_formatting_off(connected):
    made = connected("ATCAF0", "ATSH7E0")
    made.car.vehicle.state.speed_kmh = 0.0
    assert made.ask("02010D") == "03 41 0D 00 00 00 00 00 \r\r>"
    assert made.ask("0001") == "NO DATA\r\r>", "a frame of length 0 is none"


def test_the_expected_count_ends_the_wait(connected):
    made = connected("ATAT0")
    assert made.took_ms("010D") == pytest.approx(0x32 * 4.096)
    assert made.took_ms("010D3") == 0
    assert made.ask("010D2").count("41 0D") == 2


def test_st_sets_how_long_it_waits(connected):
    made = connected("ATAT0", "ATSH7E5")
    made.ask("ATST10")
    assert made.ask("010D") == "NO DATA\r\r>"
    assert made.took_ms("010D") == pytest.approx(16 * 4.096)


def test_adaptive_timing_learns_from_the_answers(connected):
    slow = connected("ATSH7E0", latency_ms="20")
    slow.ask("010D")
    assert 40 < slow.took_ms("010D") < 100
    slow.ask_all("ATAT2", "010D")
    assert 40 < slow.took_ms("010D") < 60


def test_an_answer_that_comes_too_late_is_missed_and_told_later(connected):
    made = connected("ATSH7E0", latency_ms="50")
    made.ask_all("ATAT0", "ATST06")
    assert made.ask("010C") == "NO DATA\r\r>"
    made.ask("ATSTFF")
    assert made.ask("010D").count("41 0") == 2, "the late one is told with the next"


def test_latency_is_waited_for(connected):
    assert connected("ATSH7E0", latency_ms="20").took_ms("010D1") == pytest.approx(20.0)


def test_a_byte_while_it_is_busy_stops_it(connected):
    made = connected("ATSH7E0", latency_ms="100")
    assert made.server.feed(b"010D\r", made.now_ns) == b""
    assert made.server.feed(b" ", made.now_ns + 50 * MS) == b"STOPPED\r\r>"
    made.now_ns += 51 * MS
    assert made.ask("ATI") == "ELM327 v1.5\r\r>"


def test_the_byte_that_stops_it_is_lost(connected):
    made = connected("ATSH7E0", latency_ms="100")
    made.server.feed(b"010D\r", made.now_ns)
    assert made.server.feed(b"XATI\r", made.now_ns + MS) == b"STOPPED\r\r>ELM327 v1.5\r\r>"


def test_without_waiting_for_responses_the_prompt_comes_at_once(connected):
    made = connected("ATR0", latency_ms="20")
    assert made.ask("010D") == "\r>"


def test_a_header_and_a_filter_pick_one_ecu(connected):
    made = connected("ATH1", "ATSH7E1", "ATCRA7E9")
    assert made.ask("010D") == "7E9 03 41 0D 00 \r\r>"
    assert made.ask_all("ATCRA7E8", "010D")[1] == "NO DATA\r\r>"
    assert made.ask_all("ATCRA7EX", "010D")[1].startswith("7E9 ")
    assert made.ask_all("ATCRA", "010D")[1].startswith("7E9 ")
    assert made.ask_all("ATCF7E8", "ATCM7FF", "010D")[2] == "NO DATA\r\r>"
    assert made.ask_all("ATAR", "010D")[1].startswith("7E9 ")


def test_answers_outside_the_obd_range_need_a_filter(connected):
    made = connected("ATSH750", "ATCEA2A")
    made.ask_all("ATFCSH750", "ATFCSD2A300000", "ATFCSM1")
    assert made.ask("2130") == "NO DATA\r\r>"
    assert made.ask_all("ATCRA758", "2130")[1].startswith("007\r0: 61 30 ")


def test_extended_addressing_needs_flow_control_with_the_address(connected):
    made = connected("ATSH750", "ATCRA758", "ATCEA2A", "ATH1")
    assert made.ask("2130").count("758 2A") == 1, "only the first frame"
    made.ask_all("ATFCSH750", "ATFCSD2A300000", "ATFCSM1")
    assert made.ask("2130").count("758 2A") == 2


def test_without_flow_control_only_the_first_frame_comes(connected):
    made = connected("ATCFC0", "ATSH7E0", "ATH1")
    assert made.ask("0902").count("7E8") == 1


def test_flow_control_by_hand_brings_the_rest(connected):
    made = connected("ATCFC0", "ATCAF0", "ATSH7E0", "ATH1", "ATS0")
    assert made.ask("020902").startswith("7E81014")
    assert made.ask("300100").count("7E82") == 1, "a block of one"
    assert made.ask("300000").startswith("7E822")
    assert made.ask("300000") == "NO DATA\r\r>"


def test_separation_time_is_kept(connected):
    made = connected("ATCFC0", "ATCAF0", "ATSH7E0", "ATAT0", "ATST10")
    made.ask("020902")
    assert made.took_ms("300014") == pytest.approx(20 + 16 * 4.096)


def test_an_ecu_gives_up_waiting_for_flow_control(connected):
    made = connected("ATCFC0", "ATCAF0", "ATSH7E0")
    made.ask("020902")
    made.now_ns += 1_100 * MS
    assert made.ask("300000") == "NO DATA\r\r>"


def test_a_segmented_request_frame_by_frame_is_understood(connected):
    made = connected("ATCAF0", "ATSH7E0", "ATH1", "ATS0")
    assert made.ask("100922F40DF410F4").startswith("7E8300000")
    assert made.ask("2105F405").split("\r")[0].startswith("7E81")


def test_an_elm327_refuses_what_does_not_fit_a_frame_and_an_stn_segments_it(connected):
    request = "22F40DF410F405F442"
    assert connected("ATSH7E0").ask(request) == "?\r\r>"
    assert connected("ATSH7E0", chip="stn").ask(request).startswith("00F\r0: 62 F4 0D 00 ")


def test_a_negative_answer_is_printed_as_it_is(connected):
    assert connected("ATSH7E0").ask("0199") == "7F 01 12 \r\r>"


def test_a_pending_answer_is_waited_for(connected):
    made = connected("ATSH7E0", pending="1")
    assert made.ask("010D") == "7F 01 78 \r41 0D 00 \r\r>"


def test_the_voltage_has_one_decimal(connected):
    made = connected()
    assert made.ask("ATRV") == f"{made.car.vehicle.battery_v:.1f}V\r\r>"


def test_monitoring_prints_the_bus_until_a_byte_comes(connected):
    made = connected("ATH1")
    heard = made.server.feed(b"ATMA\r", made.now_ns).decode()
    heard += made.server.poll(made.now_ns + 95 * MS).decode()
    assert heard.count("\r") == 10
    assert made.server.feed(b"\r", made.now_ns + 96 * MS).endswith(b"STOPPED\r\r>")
    assert made.server.due_ns is None


def test_it_wakes_from_low_power_at_any_byte(bench):
    made = bench()
    assert made.ask("ATLP") == "OK\r\r>"
    assert made.server.feed(b" ", made.now_ns) == b"\r\rELM327 v1.5\r\r>"


def test_defaults_come_back_but_the_protocol_stays(connected):
    made = connected("ATH1", "ATS0", "ATSH7E1")
    assert made.ask("ATD") == "OK\r\r>"
    assert made.ask("010D").startswith("010D\r41 0D 00 \r")


def test_a_device_name_is_kept(bench):
    made = bench()
    assert made.ask("AT@2") == "?\r\r>"
    assert made.ask_all("AT@3 SHOP-BAY-007", "AT@2") == ["OK\r\r>", "SHOP-BAY-007\r\r>"]
    assert made.ask("AT@1") == "OBDII to RS232 Interpreter\r\r>"


def test_an_stn_names_itself_and_takes_st_commands(connected):
    made = connected(chip="stn")
    assert made.ask("STI") == "STN1110 v4.3.2\r\r>"
    assert made.ask("STDI").endswith("r1.0\r\r>")
    assert made.ask_all("STP34", "STPR") == ["OK\r\r>", "34\r\r>"]
    assert made.ask_all("STP33", "STPRS")[1] == "ISO 15765-4 (CAN 11/500)\r\r>"
    assert made.ask("STVR").endswith("V\r\r>")
    assert made.ask("STBR 500000") == "?\r\r>"


def test_stpx_is_header_data_time_out_and_count_in_one(connected):
    made = connected("ATH1", "ATAT0", chip="stn")
    assert made.ask("STPX H:7E1, D:010D, R:1") == "7E9 03 41 0D 00 \r\r>"
    assert made.took_ms("STPX H:7E0,D:010D,R:1") == 0
    assert made.took_ms("STPX H:7E5,D:010D,T:30") == 30
    assert made.ask("010D3").count("41 0D") == 3, "the header of before is back"
    assert made.ask("STPX D:010D,R:3").count("41 0D") == 3
    assert made.ask("STPX H:7E0") == "?\r\r>"


def test_the_baud_rate_limits_the_throughput(connected):
    made = connected("ATSH7E0", "ATS0", baud="38400")
    answer = made.ask("010D1")
    assert made.took_ms("010D1") == pytest.approx(len(answer) * 10 / 38.4, rel=0.01)


def test_stopping_is_not_delayed_by_what_was_not_sent(connected):
    made = connected("ATSH7E5", baud="38400")
    made.server.feed(b"0100\r", made.now_ns)
    made.server.feed(b" ", made.now_ns + MS)
    assert made.server.due_ns < made.now_ns + 10 * MS


def test_a_line_without_end_is_refused_not_kept(bench):
    made = bench()
    made.server.feed(b"A" * 100_000, made.now_ns)
    assert made.server.feed(b"\r", made.now_ns) == b"?\r\r>"


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_upset_it(pieces):
    server = ElmServer(SimulatedCar())
    now_ns = 0
    for piece in pieces:
        server.feed(piece, now_ns)
        now_ns += 7 * MS
    server.feed(b" \r \r", now_ns)
    now_ns += 6_000 * MS
    server.feed(b"\r", now_ns)
    now_ns += 6_000 * MS
    server.poll(now_ns)
    server.feed(b"ATZ\r", now_ns)
    heard = server.poll(now_ns + 6_000 * MS)
    assert heard.endswith(b"\r\r>") or server.due_ns is not None
