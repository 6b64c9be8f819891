import pytest

from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.errors import CarSilent, LinkLost, ProtocolNotSpoken, Unreadable

BITMAP = "7E8 06 41 00 BE 3E B8 11"
NOBODY_ON_UDS = [
    pair for number in "6789" for pair in ((f"ATTP{number}", "OK"), ("22F810", "NO DATA"))
]
UDS = "7E8 04 62 F8 10 04"
UDS_BITMAP = "7E8 07 62 F4 00 BE 3E B8 11"


@pytest.fixture
def car(expected_wire, setup_script, monkeypatch):
    """Connect to a car along a script that follows the opening."""
    monkeypatch.setattr(ElmAdapter, "_last_protocol", {})
    monkeypatch.setattr(ElmAdapter, "_last_uds", {})
    adapters = []

    def connect(script, **options):
        link = expected_wire([*setup_script, *script])
        adapter = ElmAdapter("elm327:scripted", link, **options)
        adapters.append(adapter)
        adapter.open()
        return adapter, adapter.connect_car()

    yield connect
    for adapter in adapters:
        adapter.close()


def test_the_protocol_and_every_ecu_that_answers_are_found(car):
    answer = f"SEARCHING...\r{BITMAP}\r7EA 06 41 00 80 00 00 00"
    _, found = car([("ATSP0", "OK"), ("0100", answer), ("ATDPN", "A6")])
    assert found.ecus == (0x7E8, 0x7EA)
    assert found.protocol == "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
    assert not found.extended


def test_a_29_bit_car_is_found(car):
    answer = "18DAF110 06 41 00 BE 3E B8 11"
    _, found = car([("ATSP0", "OK"), ("0100", answer), ("ATDPN", "A7")])
    assert found.extended
    assert found.ecus == (0x18DAF110,)


def test_an_iso_9141_car_is_found(car):
    answer = "BUS INIT: ...OK\r48 6B 11 41 00 BE 3E B8 11 CA"
    _, found = car([("ATSP0", "OK"), ("0100", answer), ("ATDPN", "A3")])
    assert found.ecus == (0x11,)
    assert found.protocol.startswith("ISO 9141-2")


def test_an_adapter_that_does_not_name_the_protocol_is_found_out(car):
    _, found = car([("ATSP0", "OK"), ("0100", "18DAF110 06 41 00 BE 3E B8 11"), ("ATDPN", "OK")])
    assert found.extended


def test_headers_that_stay_off_are_a_quirk(car):
    bare = "41 00 BE 3E B8 11"
    script = [
        ("ATSP0", "OK"),
        ("0100", f"{bare}\r41 00 80 00 00 00"),
        ("ATDPN", "6"),
        # whose answer is whose cannot be told: the engine is asked alone
        ("ATSH7E0", "OK"),
        ("ATCRA7E8", "OK"),
        ("0100", bare),
    ]
    adapter, found = car(script)
    assert found.ecus == (0x7E8,)
    assert "headers stay off" in adapter.identity.quirks


def test_without_headers_and_addresses_one_ecu_is_still_a_car(car):
    bare = "41 00 BE 3E B8 11"
    script = [("ATSP0", "OK"), ("0100", bare), ("ATDPN", "6"), ("ATSH7E0", "?"), ("ATSH7E0", "?")]
    assert car(script)[1].ecus == (0x7E8,)


def test_a_stall_on_the_first_question_is_overcome(car, monkeypatch):
    monkeypatch.setattr("cartech_desk.hardware.elm.search._FIRST_WORD_S", 0.05)
    _, found = car(
        [
            ("ATSP0", "OK"),
            ("0100", b""),
            ("ATI", "ELM327 v1.5"),
            ("ATDPN", "0"),
            ("0100", BITMAP),
            ("ATDPN", "6"),
        ]
    )
    assert found.ecus == (0x7E8,)


def test_the_protocol_found_before_is_tried_first(car):
    car([("ATSP0", "OK"), ("0100", BITMAP), ("ATDPN", "A6")])[0].close()
    _, found = car([("ATSPA6", "OK"), ("0100", BITMAP), ("ATDPN", "A6")])
    assert found.ecus == (0x7E8,)


def test_a_silent_car_is_called_over_its_last_protocol_alone(car):
    adapter, _ = car(
        [
            ("ATSP0", "OK"),
            ("0100", BITMAP),
            ("ATDPN", "A6"),
            ("ATTP6", "OK"),
            *[("0100", "NO DATA"), ("ATDPN", "6")] * 3,
            ("ATTP6", "OK"),
            ("0100", BITMAP),
            ("ATDPN", "6"),
        ]
    )
    with pytest.raises(CarSilent):
        adapter.call_car()
    assert adapter.call_car().ecus == (0x7E8,)


def test_an_adapter_that_cannot_search_is_led_through_the_protocols(car):
    _, found = car(
        [
            ("ATSP0", "?"),
            ("ATSPA0", "?"),
            ("ATSP00", "?"),
            ("ATTP6", "OK"),
            ("0100", "CAN ERROR"),
            ("ATDPN", "6"),
            ("ATTP7", "OK"),
            ("0100", "18DAF110 06 41 00 BE 3E B8 11"),
            ("ATDPN", "7"),
        ]
    )
    assert found.extended


def test_a_wanted_protocol_is_the_only_one_tried(car):
    script = [("ATTP6", "OK"), ("0100", BITMAP), ("ATDPN", "6")]
    assert car(script, protocol="6")[1].ecus == (0x7E8,)


def test_a_protocol_that_the_adapter_refuses_is_not_spoken(car):
    with pytest.raises(ProtocolNotSpoken):
        car([("ATTP1", "?")], protocol="1")


@pytest.mark.parametrize(
    "answer",
    [
        "SEARCHING...\rUNABLE TO CONNECT",
        "BUS INIT: ...ERROR",
        "CAN ERROR",
        "FB ERROR",
        "BUS BUSY",
    ],
)
def test_a_car_that_is_off_is_silent_and_the_ignition_is_asked_for(car, answer):
    with pytest.raises(CarSilent) as caught:
        car([("ATSP0", "OK"), ("0100", answer), ("ATDPN", "0"), *NOBODY_ON_UDS])
    assert "adapter answers" in caught.value.happened
    assert "ignition" in caught.value.to_do


def test_no_data_is_asked_again_before_the_car_is_called_silent(car):
    tries = [("0100", "NO DATA"), ("ATDPN", "6")] * 3
    with pytest.raises(CarSilent):
        car([("ATSP0", "OK"), *tries, *NOBODY_ON_UDS])


def test_a_car_whose_answer_is_cut_short_is_unreadable_and_not_silent(car):
    short = "41 00 BE 3E\rGARBAGE@@"
    name = ("ATI", "ELM327 v1.5")
    aimed = [("ATSH7E0", "OK"), ("ATCRA7E8", "OK")]
    asked = [("0100", short), ("ATDPN", "OK"), *aimed, ("0100", short)]
    script = [*asked, name, *asked, name, *asked]
    with pytest.raises(Unreadable):
        car([("ATSP0", "OK"), *script])


def test_what_each_ecu_told_first_is_kept_with_the_link(car):
    answer = f"{BITMAP}\r7EA 06 41 00 80 00 00 00"
    _, found = car([("ATSP0", "OK"), ("0100", answer), ("ATDPN", "A6")])
    assert not found.uds
    assert found.first_bitmaps == {
        0x7E8: bytes.fromhex("BE3EB811"),
        0x7EA: bytes.fromhex("80000000"),
    }


def test_an_ecu_whose_answer_was_spoilt_is_asked_for_again(car):
    spoilt = "7E8 06 41 0? BE 3E B8 11\r7EA 06 41 00 80 00 00 00"
    script = [
        ("ATSP0", "OK"),
        ("0100", spoilt),
        ("ATDPN", "A6"),
        ("ATI", "ELM327 v1.5"),
        ("0100", BITMAP),
    ]
    assert car(script)[1].ecus == (0x7E8, 0x7EA)


NOBODY = [("ATSP0", "OK"), ("0100", "SEARCHING...\rUNABLE TO CONNECT"), ("ATDPN", "0")]


def test_a_car_of_obd_on_uds_alone_is_found_where_nobody_answers_01_00(car):
    script = [
        *NOBODY,
        ("ATTP6", "OK"),
        ("22F810", f"{UDS}\r7EA 04 62 F8 10 04"),
        ("22F400", f"7EA 07 62 F4 00 80 00 00 00\r{UDS_BITMAP}"),
    ]
    _, found = car(script)
    assert found.uds
    assert found.ecus == (0x7E8, 0x7EA)
    assert found.protocol == "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
    assert found.first_bitmaps == {
        0x7E8: bytes.fromhex("BE3EB811"),
        0x7EA: bytes.fromhex("80000000"),
    }


def test_obd_on_uds_is_looked_for_on_every_protocol_of_can(car):
    silent = [("ATTP6", "OK"), ("22F810", "CAN ERROR"), ("ATTP7", "OK"), ("22F810", "CAN ERROR")]
    script = [
        *NOBODY,
        *silent,
        ("ATTP8", "?"),
        ("ATTP9", "OK"),
        ("22F810", "18DAF110 04 62 F8 10 04"),
        ("22F400", "18DAF110 07 62 F4 00 BE 3E B8 11"),
    ]
    _, found = car(script)
    assert found.uds
    assert found.extended
    assert found.protocol.endswith("250 kbit/s")


def test_a_wanted_protocol_is_the_only_one_asked_by_uds_too(car):
    tries = [("0100", "NO DATA"), ("ATDPN", "8")] * 3
    script = [("ATTP8", "OK"), *tries, ("ATTP8", "OK"), ("22F810", UDS), ("22F400", UDS_BITMAP)]
    assert car(script, protocol="8")[1].uds


def test_a_wanted_protocol_before_can_is_not_asked_by_uds(car):
    with pytest.raises(CarSilent):
        car([("ATTP3", "OK"), ("0100", "BUS INIT: ...ERROR"), ("ATDPN", "3")], protocol="3")


def test_an_ecu_that_refuses_the_service_of_01_00_may_speak_obd_on_uds(car):
    refused = [("ATSP0", "OK"), ("0100", "7E8 03 7F 01 11"), ("ATDPN", "A6")]
    _, found = car([*refused, ("22F810", UDS), ("22F400", UDS_BITMAP)])
    assert found.uds


def test_an_ecu_that_refuses_both_kinds_of_obd_is_there_all_the_same(car):
    refused = [("ATSP0", "OK"), ("0100", "7E8 03 7F 01 11"), ("ATDPN", "A6")]
    _, found = car([*refused, ("22F810", "7E8 03 7F 22 31")])
    assert not found.uds
    assert found.ecus == (0x7E8,)


def test_an_ecu_that_refuses_22_f8_10_does_not_make_a_car_of_obd_on_uds(car):
    refused = [("ATTP6", "OK"), ("22F810", "7E8 03 7F 22 31")]
    with pytest.raises(CarSilent):
        car([*NOBODY, *refused, *NOBODY_ON_UDS[2:]])


def test_an_answer_of_obd_on_uds_that_is_cut_short_is_unreadable(car):
    again = [("22F810", "7E8 04 62 F8"), ("ATI", "ELM327 v1.5")]
    with pytest.raises(Unreadable):
        car([*NOBODY, ("ATTP6", "OK"), *again, *again[:1]])


def test_first_bitmaps_that_cannot_be_read_are_left_out(car):
    again = [("22F400", "7E8 07 62 F4 00 BE"), ("ATI", "ELM327 v1.5")]
    _, found = car([*NOBODY, ("ATTP6", "OK"), ("22F810", UDS), *again, *again[:1]])
    assert found.ecus == (0x7E8,)
    assert found.first_bitmaps == {}


def test_a_silent_car_of_obd_on_uds_is_called_by_uds_alone(car):
    found = [("22F810", UDS), ("22F400", UDS_BITMAP)]
    adapter, _ = car(
        [
            *NOBODY,
            ("ATTP6", "OK"),
            *found,
            ("ATTP6", "OK"),
            ("22F810", "NO DATA"),
            ("ATTP6", "OK"),
            *found,
        ]
    )
    with pytest.raises(CarSilent):
        adapter.call_car()
    assert adapter.call_car().uds


def test_j1939_is_not_spoken(car):
    with pytest.raises(ProtocolNotSpoken):
        car([("ATSP0", "OK"), ("0100", "NO DATA"), ("ATDPN", "AA")])


def test_a_reset_for_low_voltage_means_connecting_anew(car):
    with pytest.raises(LinkLost) as caught:
        car([("ATSP0", "OK"), ("0100", "LV RESET")])
    assert "battery" in caught.value.to_do


def test_an_adapter_that_greets_in_the_middle_has_started_anew(car):
    with pytest.raises(LinkLost):
        car([("ATSP0", "OK"), ("0100", "ELM327 v1.5")])


def test_closing_from_another_thread_ends_the_search(car, expected_wire, setup_script):
    import threading

    link = expected_wire([*setup_script, ("ATSP0", "OK"), ("0100", [b"SEARCHING..."])])
    adapter = ElmAdapter("elm327:scripted", link)
    adapter.open()
    timer = threading.Timer(0.1, adapter.interrupt)
    timer.start()
    with pytest.raises(LinkLost):
        adapter.connect_car()
    timer.join()
    adapter.close()


def test_the_voltage_is_read_and_never_guessed(car):
    script = [("ATSP0", "OK"), ("0100", BITMAP), ("ATDPN", "6")]
    readings = [("ATRV", "12.6V"), ("ATRV", "OK"), ("ATRV", "?"), ("ATRV", "14.1")]
    adapter, _ = car([*script, *readings])
    assert [adapter.voltage() for _ in readings] == [12.6, None, None, 14.1]
