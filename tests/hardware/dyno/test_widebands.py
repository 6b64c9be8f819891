"""Innovate, AEM, PLX and Hondata by their bytes."""

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.aem_wire import AemFramer
from cartech_desk.hardware.dyno.hondata import HondataSource
from cartech_desk.hardware.dyno.hondata_wire import HondataFramer
from cartech_desk.hardware.dyno.innovate_wire import InnovateFramer, Mixture
from cartech_desk.hardware.dyno.plx_wire import PlxFramer, Sensor
from cartech_desk.hardware.dyno.source import Kind

INNOVATE = bytes.fromhex("B2824313036B")
PLX = bytes.fromhex("8000000001370012000925001900012500 1A000F2840".replace(" ", ""))


def goods(readings, channel):
    return [r.value for r in readings if r.channel == channel and r.quality is Quality.GOOD]


def stream(streams, name):
    return next(one for one in streams.STREAMS if one.name == name)


def paced(streams, name, frames):
    one = stream(streams, name)
    times = range(streams.BEGAN_NS, streams.BEGAN_NS + len(frames) * one.period_ns, one.period_ns)
    return list(zip(times, frames, strict=True))


def test_a_lambda_sub_packet_is_read_as_the_sdk_says():
    framer = InnovateFramer()
    assert framer.feed(INNOVATE, 5) == []  # whether it has grown within shows behind it
    (packet,) = framer.quiet()
    assert packet.parts == (Mixture(0, 147, 491),)
    assert packet.t_ns == 5
    assert framer.bad_bytes == 0


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_truncated_packet_does_not_take_the_good_one_behind_it_along(cut):
    framer = InnovateFramer()
    found = framer.feed(INNOVATE[:cut] + INNOVATE, 1) + framer.quiet()
    assert [packet.parts for packet in found] == [(Mixture(0, 147, 491),)]
    assert framer.bad_bytes == cut


def test_a_packet_that_grew_by_a_byte_is_thrown_away():
    framer = InnovateFramer()
    grown = INNOVATE[:4] + INNOVATE[3:]
    assert framer.feed(grown + INNOVATE, 1) == []
    assert len(framer.quiet()) == 1
    assert framer.bad_bytes == len(grown)


def test_a_packet_in_pieces_has_the_time_of_its_first_byte():
    framer = InnovateFramer()
    for place, byte in enumerate(INNOVATE):
        framer.feed(bytes((byte,)), 100 + place)
    assert framer.quiet()[0].t_ns == 100


def test_an_answer_to_a_query_is_no_mixture():
    framer = InnovateFramer()
    framer.feed(bytes((0xA2, 0x81, 0x00, 0x4E)), 1)
    assert framer.quiet() == []
    assert framer.bad_bytes == 0


def test_lambda_and_afr_come_from_one_packet(streams):
    source = stream(streams, "innovate").make()
    found = streams.hear(source, paced(streams, "innovate", [INNOVATE] * 3))
    assert goods(found, "w_lambda") == [0.991] * 3
    assert goods(found, "w_afr") == pytest.approx([14.5677] * 3)
    roles = {one.channel.name: one.role for one in source.channels}
    assert roles == {"w_lambda": Role.LAMBDA, "w_afr": Role.AFR, "w_status": None}
    assert source.identity.kind is Kind.WIDEBAND
    assert source.identity.tier is Tier.DOCUMENTED


@pytest.mark.parametrize("function", range(1, 8))
def test_only_function_0_is_a_mixture_reading(streams, function):
    source = stream(streams, "innovate").make()
    frames = [streams.innovate_packet(491, function)] * 3
    found = streams.hear(source, paced(streams, "innovate", frames))
    assert goods(found, "w_lambda") == []
    assert goods(found, "w_status") == [function] * 3
    assert sum(r.channel == "w_lambda" for r in found) == 3
    assert source.health.words


def test_a_real_jump_of_lambda_loses_nothing(streams):
    source = stream(streams, "innovate").make()
    values = [491, 491, 200, 205, 491, 491]
    frames = [streams.innovate_packet(value) for value in values]
    found = streams.hear(source, paced(streams, "innovate", frames))
    assert goods(found, "w_lambda") == [(value + 500) / 1000 for value in values]


def test_a_reading_that_stands_alone_is_marked(streams):
    source = stream(streams, "innovate").make()
    frames = [streams.innovate_packet(value) for value in (491, 491, 235, 491, 491)]
    found = streams.hear(source, paced(streams, "innovate", frames))
    assert goods(found, "w_lambda") == [0.991] * 4
    assert [r.quality for r in found if r.channel == "w_lambda"].count(Quality.INVALID) == 1


@pytest.mark.parametrize(
    "line", [b"14.x7", b"1?4.7", b" 14.7", b"14.7\x00", b"14..7", b"-4.7", b""]
)
def test_a_line_with_any_other_byte_is_thrown_away_whole(line):
    framer = AemFramer()
    assert framer.feed(line + b"\r\n", 1) == []
    assert framer.bad_bytes == len(line) + 2


def test_a_gauge_says_what_it_shows(streams):
    source = stream(streams, "aem").make()
    found = streams.hear(source, paced(streams, "aem", [b"14.7\r\n"] * 4))
    assert goods(found, "w_afr") == [14.7] * 4
    assert source.capabilities == (Role.AFR,)


def test_a_gauge_set_to_the_other_unit_is_told(streams):
    source = stream(streams, "aem").make()
    found = streams.hear(source, paced(streams, "aem", [b"0.98\r\n"] * 8))
    assert {r.quality for r in found} == {Quality.INVALID}
    assert "unit=lambda" in source.health.words


def test_noise_without_an_end_of_line_does_not_pile_up():
    framer = AemFramer()
    for _ in range(100):
        framer.feed(b"x" * 50, 1)
    assert len(framer._bytes) <= 64
    assert framer.feed(b"\r\n14.7\r\n", 2)[0].shown == 14.7


def test_a_plx_chain_is_read_and_its_other_sensors_are_left(streams):
    framer = PlxFramer()
    (packet,) = framer.feed(PLX, 3)
    assert packet.sensors[0] == Sensor(0, 0, 0x77)
    source = stream(streams, "plx").make()
    found = streams.hear(source, paced(streams, "plx", [PLX] * 2))
    assert goods(found, "w_lambda") == pytest.approx([0.997333] * 2, abs=1e-6)
    assert {r.channel for r in found} == {"w_lambda"}


def test_two_plx_widebands_are_two_channels(streams):
    source = stream(streams, "plx").make()
    before = source.channels
    streams.hear(source, paced(streams, "plx", [streams.plx_packet((0, 0, 119), (0, 1, 90))] * 2))
    assert source.channels is not before
    assert [one.role for one in source.channels] == [Role.LAMBDA, None]
    assert [one.channel.name for one in source.channels] == ["w_lambda", "w_lambda_2"]


def test_a_hondata_packet_is_read_as_its_maker_says(streams):
    source = stream(streams, "hondata").make()
    packet = streams.hondata_packet(5252.25, lambda_=0.875, speed=88)
    found = streams.hear(source, paced(streams, "hondata", [packet]))
    values = {r.channel: r.value for r in found}
    assert values["e_rpm"] == 5252.25
    assert values["e_lambda"] == 0.875
    assert values["e_speed"] == 88.0
    assert values["e_map"] == pytest.approx(98.0)
    assert values["e_throttle"] == 100.0
    assert source.health.bad_bytes == 0


def test_a_hondata_packet_whose_sum_is_wrong_is_none(streams):
    raw = bytearray(streams.hondata_packet(3000))
    raw[3] ^= 1
    framer = HondataFramer()
    assert framer.feed(bytes(raw) + streams.hondata_packet(3000), 1) == []
    assert len(framer.quiet()) == 1
    assert framer.bad_bytes == 22


def test_a_hondata_value_that_looks_like_a_packets_begin_costs_no_packet(streams):
    # 0x69 is 105: at 105 km/h every packet holds the byte that packets begin with.
    packets = [streams.hondata_packet(3000.0, 1.0, 104) for _ in range(3)]
    packets += [streams.hondata_packet(3000.0, 1.0, 105) for _ in range(20)]
    source = HondataSource("hondata:x", "e", streams.ScriptedLink())
    heard = streams.hear(source, [(streams.BEGAN_NS, b"".join(packets))])
    assert sum(one.channel == "e_speed" for one in heard) >= 22
