"""A car before CAN behind an ELM327: the bytes of its messages, and what the driver reads."""

import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.options import parse_options


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(">", "").split("\r") if line.strip()]


def ask(bench, command: str) -> list[str]:
    return lines(bench.ask(command))


def test_iso_9141_messages_have_a_header_of_three_bytes_and_a_sum(bench):
    car = bench("ATH1", speaks="iso9141")
    assert ask(car, "0100") == [
        "SEARCHING...",
        "48 6B 10 41 00 BE 3F A8 13 BC",
        "48 6B 18 41 00 88 18 00 11 BD",
        "48 6B 28 41 00 80 08 00 01 A5",
    ]
    assert ask(car, "ATDPN") == ["A3"]
    assert ask(car, "ATDP") == ["AUTO, ISO 9141-2"]


def test_kwp_messages_tell_their_length_in_the_first_byte(bench):
    car = bench("ATH1", speaks="kwp")
    assert ask(car, "0100")[1].startswith("86 F1 10 41 00 ")
    assert ask(car, "ATDPN") == ["A5"]


def test_a_fixed_protocol_is_initialised_first(bench):
    car = bench("ATSP5", speaks="kwp")
    assert ask(car, "010D")[0] == "BUS INIT: OK"
    other = bench("ATSP3", speaks="kwp")
    assert ask(other, "010D") == ["BUS INIT: ...ERROR"]
    wrong = bench("ATSP6", speaks="kwp")
    assert ask(wrong, "010D") == ["CAN ERROR"]


def test_without_headers_only_the_bytes_between_are_printed(connected):
    car = connected(speaks="iso9141")
    assert ask(car, "011C")[0] == "41 1C 06"


def test_codes_have_no_count_and_come_three_a_message_padded(connected):
    faults = "misfire,lean,boost_leak,coolant_sensor,gear_slips"
    car = connected("ATH1", speaks="iso9141", faults=faults)
    told = ask(car, "03")
    assert [line[:-3] for line in told] == [
        "48 6B 10 43 03 01 01 71 02 99",
        "48 6B 10 43 01 18 00 00 00 00",
        "48 6B 18 43 07 30 00 00 00 00",
        "48 6B 28 43 00 00 00 00 00 00",
    ]
    assert ask(car, "0A") == ["NO DATA"], "permanent codes came later"


def test_the_vin_is_five_numbered_messages(connected):
    car = connected("ATH1", speaks="kwp")
    told = ask(car, "0902")
    numbers, characters = zip(*((line[15:17], line[18:29]) for line in told), strict=True)
    assert numbers == ("01", "02", "03", "04", "05")
    assert bytes.fromhex("".join(characters)) == b"\0\0\0" + car.car.vin.encode()
    assert ask(car, "0901")[0].startswith("83 F1 10 49 01 05")


def test_one_pid_a_request_and_none_that_does_not_fit(connected):
    car = connected(speaks="kwp")
    assert ask(car, "010C0D") == ["7F 01 13"] * 3
    assert ask(car, "0170") == ["NO DATA"]


def test_oxygen_sensors_have_tests_of_service_05(connected):
    car = connected(speaks="kwp")
    assert ask(car, "050001") == ["45 00 01 CB 40 00 00"]
    assert ask(car, "050101") == ["45 01 01 5A"]
    assert ask(car, "050501") == ["45 05 01 0F 00 3E"]
    assert ask(car, "050109") == ["NO DATA"]


def test_one_ecu_alone_can_be_asked_on_kwp(connected):
    car = connected("ATH1", "ATSH8218F1", speaks="kwp")
    assert [line[:8] for line in ask(car, "0100")] == ["86 F1 18"]


def test_a_car_on_the_k_line_has_no_identifiers():
    with pytest.raises(BadAdapterUrl):
        parse_options({"speaks": "kwp", "bits": "29"})


@pytest.mark.parametrize(("speaks", "protocol"), [("kwp", "KWP"), ("iso9141", "9141")])
def test_the_desks_driver_reads_it(speaks, protocol):
    adapter = make_adapter(
        f"sim:?script=idle&speaks={speaks}&faults=misfire,lean&search_ms=0&reset_ms=0"
    )
    adapter.open()
    try:
        link = adapter.connect_car()
        assert protocol in link.protocol
        assert link.ecus == (0x10, 0x18, 0x28)
        codes = adapter.request(Request(FUNCTIONAL, b"\x03"))
        told = {answer.ecu: answer.payload.hex(" ").upper() for answer in codes.answers}
        assert told == {0x10: "43 02 03 01 01 71", 0x18: "43 00", 0x28: "43 00"}
        vin = adapter.request(Request(FUNCTIONAL, b"\x09\x02"))
        assert vin.answers[0].payload[:3] == b"\x49\x02\x01"
        assert len(vin.answers[0].payload) == 20
    finally:
        adapter.close()
