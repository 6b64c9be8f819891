import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.elm.older_buses import checksum_crc, checksum_sum
from cartech_desk.hardware.elm.statuses import Status
from cartech_desk.hardware.elm.text import Framing, parse_text

ENGINE = Address(0x7E0)
VIN = b"\x49\x02\x01" + b"1D4GP00R55B123456"
RPM = b"\x01\x0c"


def payloads(parsed):
    return [(message.ecu, message.payload) for message in parsed.messages]


def test_a_single_frame_is_one_message_without_its_padding():
    parsed = parse_text("7E8 04 41 0C 1A F8 AA AA AA\r\r>", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert parsed.unreadable == ()
    assert parsed.headers is True


def test_spaces_and_line_feeds_make_no_difference():
    spaced = parse_text("7E8 04 41 0C 1A F8\r\n\r\n>", address=ENGINE)
    assert payloads(spaced) == payloads(parse_text("7E804410C1AF8\r\r>", address=ENGINE))


def test_a_segmented_message_is_joined():
    text = "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 22 42 31 32 33 34 35 36"
    assert payloads(parse_text(text, address=FUNCTIONAL)) == [(0x7E8, VIN)]


def test_a_segmented_message_without_headers_is_joined():
    text = "014\r0: 49 02 01 31 44 34\r1: 47 50 30 30 52 35 35\r2: 42 31 32 33 34 35 36\r\r>"
    parsed = parse_text(text, address=FUNCTIONAL)
    assert payloads(parsed) == [(0x7E8, VIN)]
    assert parsed.headers is False
    assert parsed.messages[0].lines == 3


def test_interleaved_ecus_are_kept_apart():
    text = (
        "7E8 10 14 49 02 01 31 44 34\r7E9 10 0A 49 04 01 41 42 43\r7E8 21 47 50 30 30 52 35 35\r"
        "7E9 21 44 45 46 47 00 00 00\r7E8 22 42 31 32 33 34 35 36\r\r>"
    )
    parsed = parse_text(text, address=FUNCTIONAL)
    assert payloads(parsed) == [(0x7E9, b"\x49\x04\x01ABCDEFG"), (0x7E8, VIN)]


def test_the_frame_counter_wraps_from_f_to_0():
    body = bytes(range(200))
    frames = [b"\x10\xc8" + body[:6]]
    frames += [
        bytes([0x20 | (n + 1) & 15]) + body[at : at + 7] for n, at in enumerate(range(6, 200, 7))
    ]
    text = "\r".join("7E8" + frame.hex() for frame in frames)
    assert payloads(parse_text(text, address=ENGINE)) == [(0x7E8, body)]


def test_29_bit_headers_are_read():
    text = "18 DA F1 10 06 41 00 BE 3E B8 11\r18DAF11806410080000000"
    assert payloads(parse_text(text, address=FUNCTIONAL_29BIT)) == [
        (0x18DAF110, bytes.fromhex("4100BE3EB811")),
        (0x18DAF118, bytes.fromhex("410080000000")),
    ]


@pytest.mark.parametrize("own", ["2A", "F1"])
def test_an_extended_address_byte_is_taken_off(own):
    address = Address(0x750, 0x758, extension=0x2A)
    parsed = parse_text(f"758 {own} 04 61 15 8F 90 00 00", address=address)
    assert payloads(parsed) == [(0x758, b"\x61\x15\x8f\x90")]
    assert parse_text("758 40 04 61 15 8F 90 00 00", address=address).foreign


def test_frames_of_others_are_no_answers():
    parsed = parse_text("7E9 03 41 0D 20\r7E8 04 41 0C 1A F8", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert parsed.foreign == ("7E9 03 41 0D 20",)


def test_a_late_answer_to_another_request_is_a_stray():
    parsed = parse_text("7E8 03 41 0D 20\r7E8 04 41 0C 1A F8", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert parsed.strays == ("7E8 03 41 0D 20",)


def test_the_echo_is_dropped():
    parsed = parse_text("010C\r41 0C 1A F8\r\r>", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert parsed.unreadable == ()


def test_a_leaked_prompt_makes_no_difference():
    parsed = parse_text(">7E8 04 41 0C 1A F8\r>\r>", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]


def test_the_same_line_twice_is_one_answer():
    line = "7E8 04 41 0C 1A F8\r"
    assert len(parse_text(line * 2, address=ENGINE, request=RPM).messages) == 1


def test_the_same_consecutive_frame_twice_is_taken_once():
    text = (
        "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35\r7E8 21 47 50 30 30 52 35 35\r"
        "7E8 22 42 31 32 33 34 35 36"
    )
    assert payloads(parse_text(text, address=ENGINE)) == [(0x7E8, VIN)]


def test_two_different_answers_of_one_ecu_are_unreadable():
    text = "7E8 04 41 0C 1A F8\r7E8 04 41 0C 1A F9\r7E8 04 41 0C 1A F8"
    parsed = parse_text(text, address=ENGINE, request=RPM)
    assert parsed.messages == ()
    assert len(parsed.unreadable) == 1


@pytest.mark.parametrize(
    "text",
    [
        "43 ZZ",
        "47 0",
        "GARBAGE@@",
        "7E8 06 41 01 00 07 E5",  # shorter than its length byte
        "7E8 04 41 0C 1A F",  # a digit lost
        "7E8 00 41 0C",  # length nought
        "7E8 0F 41 0C",  # length impossible
        "7E8 05 41 0C 1A F8 00 00 00 00 00",  # longer than a CAN frame
        "7E8 10 14 49 02 01 31 44",  # first frame not full
        "7E8 10 06 49 02 01 31 44 34",  # would fit a single frame
        "7E8 21 47 50 30 30 52 35 35",  # no first frame
        "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52 35 35",  # end missing
        "7E8 10 14 49 02 01 31 44 34\r7E8 22 42 31 32 33 34 35 36",  # middle missing
        "7E8 10 14 49 02 01 31 44 34\r7E8 21 47 50 30 30 52\r7E8 22 42 31 32 33 34 35 36",
        "7E8 60 01 02",  # no frame type
        "0: 49 02 01 31 44 34",  # no length line
        "014\r0: 49 02 01 31 44 34\r2: 42 31 32 33 34 35 36",
        "014\r0: 49 02 01 31 44 34\r1: 47 50 30 30 52",
        "014\r0: 49 02 01 31 44 34",
        "7E8 06 41 <DATA ERROR",
    ],
)
def test_what_does_not_add_up_is_unreadable_and_no_message(text):
    parsed = parse_text(text + "\r\r>", address=FUNCTIONAL)
    assert parsed.messages == ()
    assert parsed.unreadable


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("SEARCHING...", Status.SEARCHING),
        ("SEARCHING...UNABLE TO CONNECT", Status.UNABLE_TO_CONNECT),
        ("NO DATA", Status.NO_DATA),
        ("BUS INIT: ...OK", Status.BUS_INIT_OK),
        ("BUS INIT: ERROR", Status.BUS_INIT_ERROR),
        ("BUS INIT: ...ERROR", Status.BUS_INIT_ERROR),
        ("CAN ERROR", Status.CAN_ERROR),
        ("BUS ERROR", Status.BUS_ERROR),
        ("BUS BUSY", Status.BUS_BUSY),
        ("FB ERROR", Status.FEEDBACK_ERROR),
        ("DATA ERROR", Status.DATA_ERROR),
        ("<DATA ERROR", Status.DATA_ERROR),
        ("<RX ERROR", Status.RX_ERROR),
        ("BUFFER FULL", Status.BUFFER_FULL),
        ("OUT OF MEMORY", Status.OUT_OF_MEMORY),
        ("STOPPED", Status.STOPPED),
        ("LV RESET", Status.LOW_VOLTAGE_RESET),
        ("ACT ALERT", Status.ACTIVITY_ALERT),
        ("!ACT ALERT", Status.ACTIVITY_ALERT),
        ("LP ALERT", Status.LOW_POWER_ALERT),
        ("ERR94", Status.INTERNAL_ERROR),
        ("?", Status.UNKNOWN_COMMAND),
    ],
)
def test_status_lines_are_statuses_and_not_unreadable(text, status):
    parsed = parse_text(text + "\r\r>", address=FUNCTIONAL)
    assert status in parsed.statuses
    assert parsed.unreadable == ()
    assert parsed.messages == ()


def test_nul_bytes_and_line_noise_at_the_ends_are_ignored():
    parsed = parse_text("\xfc7E8 04\0 41 0C 1A F8\xfc\r\xfc\r>", address=ENGINE, request=RPM)
    assert payloads(parsed) == [(0x7E8, b"\x41\x0c\x1a\xf8")]
    assert parsed.unreadable == ()


def test_noise_inside_a_line_spoils_it():
    parsed = parse_text("7E8 04 41 \xfc 0C 1A F8", address=ENGINE, headers=True)
    assert parsed.messages == ()
    assert parsed.unreadable


# -- older buses -----------------------------------------------------------------------------


def headed(text, checksum):
    raw = bytes.fromhex(text)
    return (raw + bytes([checksum(raw)])).hex(" ").upper()


def test_the_crc_of_j1850_is_that_of_the_standards_example():
    # A published ELM327 exchange on J1850 VPW: 48 6B 10 41 00 BE 3E B8 11 FA.
    assert checksum_crc(bytes.fromhex("486B104100BE3EB811")) == 0xFA


def test_the_checksum_of_iso_9141_is_the_sum():
    assert checksum_sum(bytes.fromhex("486B1141001E3C0000")) == 0x5E + 0x01 + 0x00


@pytest.mark.parametrize(
    ("framing", "checksum", "header"),
    [
        (Framing.J1850, checksum_crc, "48 6B 10"),
        (Framing.ISO, checksum_sum, "48 6B 10"),
        (Framing.ISO, checksum_sum, "84 F1 10"),
    ],
)
def test_a_line_of_an_older_bus_loses_header_and_checksum(framing, checksum, header):
    text = headed(f"{header} 41 0C 1A F8", checksum)
    parsed = parse_text(text, address=FUNCTIONAL, request=RPM, framing=framing)
    assert payloads(parsed) == [(0x10, b"\x41\x0c\x1a\xf8")]


def test_a_wrong_checksum_is_unreadable():
    parsed = parse_text(
        "48 6B 10 41 0C 1A F8 00", address=FUNCTIONAL, request=RPM, framing=Framing.ISO
    )
    assert parsed.messages == ()
    assert parsed.unreadable


def test_a_vin_of_five_lines_takes_its_can_form():
    vin = b"\0\0\0" + VIN[3:]
    lines = [
        headed(f"48 6B 10 49 02 {n + 1:02X} {vin[n * 4 : n * 4 + 4].hex(' ')}", checksum_sum)
        for n in range(5)
    ]
    for text, whole in (("\r".join(lines), True), ("\r".join(lines[:2] + lines[3:]), False)):
        parsed = parse_text(
            text, address=FUNCTIONAL, request=b"\x09\x02", framing=Framing.ISO, headers=True
        )
        assert payloads(parsed) == ([(0x10, VIN)] if whole else [])
        assert bool(parsed.unreadable) is not whole


def test_codes_of_older_buses_gain_their_count_and_lose_the_padding():
    text = headed("48 6B 10 43 03 01 04 20 00 00", checksum_sum)
    parsed = parse_text(text, address=FUNCTIONAL, request=b"\x03", framing=Framing.ISO)
    assert payloads(parsed) == [(0x10, bytes.fromhex("430203010420"))]


@pytest.mark.parametrize("told", ["43", "43 00 00", "43 01 33", "43 01 33 00 00 00 00 00"])
def test_a_line_of_codes_of_an_older_bus_has_seven_bytes_or_is_no_answer(told):
    text = headed(f"48 6B 10 {told}", checksum_sum)
    parsed = parse_text(
        text, address=FUNCTIONAL, request=b"\x03", framing=Framing.ISO, headers=True
    )
    assert payloads(parsed) == []
    assert parsed.unreadable
    bare = parse_text(told, address=FUNCTIONAL, request=b"\x03", framing=Framing.ISO, headers=False)
    assert payloads(bare) == []
    assert bare.unreadable


@pytest.mark.parametrize("service", [0x03, 0x07, 0x0A])
def test_no_codes_on_an_older_bus_are_six_bytes_of_padding(service):
    text = headed(f"48 6B 10 {service | 0x40:02X} 00 00 00 00 00 00", checksum_sum)
    parsed = parse_text(
        text, address=FUNCTIONAL, request=bytes((service,)), framing=Framing.ISO, headers=True
    )
    assert payloads(parsed) == [(0x10, bytes((service | 0x40, 0)))]


def test_an_older_bus_without_headers_is_read():
    parsed = parse_text("41 0C 1A F8", address=FUNCTIONAL, request=RPM, framing=Framing.ISO)
    assert payloads(parsed) == [(0x10, b"\x41\x0c\x1a\xf8")]
    assert parsed.headers is False


# -- properties ------------------------------------------------------------------------------


def as_lines(ecu, payload, padding):
    """Write a message as an ELM327 prints its frames, headers on, spaces off."""
    head = f"{ecu:03X}" if ecu < 0x800 else f"{ecu:08X}"
    if len(payload) < 8:
        frames = [bytes([len(payload)]) + payload]
    else:
        frames = [bytes([0x10 | len(payload) >> 8, len(payload) & 255]) + payload[:6]]
        frames += [
            bytes([0x20 | (n + 1) & 15]) + payload[at : at + 7]
            for n, at in enumerate(range(6, len(payload), 7))
        ]
    return [head + frame.ljust(8, bytes([padding])).hex().upper() for frame in frames]


messages = st.binary(min_size=2, max_size=60).map(lambda rest: b"\x49\x02" + rest)


@given(payload=messages, padding=st.sampled_from([0, 0xAA, 0x55]), wide=st.booleans())
def test_every_message_survives_its_frames(payload, padding, wide):
    ecu = 0x18DAF110 if wide else 0x7E8
    address = FUNCTIONAL_29BIT if wide else FUNCTIONAL
    text = "\r".join(as_lines(ecu, payload, padding)) + "\r\r>"
    assert payloads(parse_text(text, address=address, request=b"\x09\x02")) == [(ecu, payload)]


def corrupted(draw, text):
    """One corruption that no receiver could take for another value's digits."""
    kind = draw(
        st.sampled_from(["drop", "noise", "break", "insert", "cut", "line", "swap", "twice"])
    )
    at = draw(st.integers(0, len(text) - 1))
    lines = text.split("\r")
    which = draw(st.integers(0, len(lines) - 1))
    other = draw(st.integers(0, len(lines) - 1))
    match kind:
        case "drop":
            return text[:at] + text[at + 1 :]
        case "noise":
            return text[:at] + draw(st.sampled_from("\xfcG?:<~")) + text[at + 1 :]
        case "break":
            return text[:at] + draw(st.sampled_from("\r\n>")) + text[at:]
        case "insert":
            return text[:at] + draw(st.sampled_from("\0 0A1F\xfc")) + text[at:]
        case "cut":
            return text[:at]
        case "line":
            return "\r".join(lines[:which] + lines[which + 1 :])
        case "swap":
            lines[which], lines[other] = lines[other], lines[which]
            return "\r".join(lines)
        case _:
            return "\r".join([*lines[: which + 1], *lines[which:]])


@settings(max_examples=400)
@given(data=st.data(), payload=messages, wide=st.booleans(), known=st.booleans())
def test_one_corruption_never_gives_another_payload(data, payload, wide, known):
    ecu = 0x18DAF110 if wide else 0x7E8
    text = corrupted(data.draw, "\r".join(as_lines(ecu, payload, 0xAA)))
    parsed = parse_text(
        text,
        address=Address(0x18DA10F1, extended=True) if wide else ENGINE,
        request=b"\x09\x02",
        headers=True if known else None,
    )
    assert payloads(parsed) in ([], [(ecu, payload)])
    if not parsed.messages and text.strip():
        assert parsed.unreadable or parsed.foreign or parsed.strays


@given(text=st.text(alphabet="0123456789ABCDEF: \r\n>?.GNO\xfc\0", max_size=200))
def test_no_text_raises(text):
    for framing in Framing:
        for headers in (None, True, False):
            parse_text(text, address=FUNCTIONAL, request=RPM, framing=framing, headers=headers)
