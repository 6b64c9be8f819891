"""Magtrol and SimpleDyno by their bytes."""

import itertools
import time

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.magtrol import MagtrolSource
from cartech_desk.hardware.dyno.magtrol_wire import MagtrolFramer
from cartech_desk.hardware.dyno.simpledyno import SimpleDynoSource
from cartech_desk.hardware.dyno.simpledyno_wire import read_line

ANSWER = b"S 1725T22.60R\r\n"


def goods(readings, channel):
    return [r.value for r in readings if r.channel == channel and r.quality is Quality.GOOD]


def conversation(streams, script, **options):
    link = streams.ScriptedLink(list(script))
    chosen = {"torque": "ozin", "channel": None} | options
    source = MagtrolSource("magtrol:x", "dyno", link, chosen["torque"], chosen["channel"])
    source.open()
    found = []
    deadline = time.monotonic() + 3
    while link.script or link.waiting:
        found += source.read(0.01)
        assert time.monotonic() < deadline
    found += source.read(0.02)
    source.close()
    return source, found


def test_speed_torque_and_direction_are_asked_for_and_nothing_else(streams):
    _, found = conversation(streams, [(b"OD\r\n", ANSWER)] * 3)
    assert goods(found, "dyno_brake_rpm") == [1725.0] * 3
    assert goods(found, "dyno_brake_torque") == pytest.approx([0.159591] * 3, rel=1e-5)
    assert goods(found, "dyno_direction") == [1.0] * 3
    assert goods(found, "dyno_alarm") == [0.0] * 3


def test_a_dsp7000_is_asked_for_its_channel(streams):
    script = [(b"OD2\r\n", b"S  1725T 22.60L\r\n")] * 2
    _, found = conversation(streams, script, channel=2, torque="nm")
    assert goods(found, "dyno_brake_torque") == [22.6] * 2
    assert goods(found, "dyno_direction") == [-1.0] * 2


def test_an_alarm_is_told_and_leaves_the_direction_unknown(streams):
    source, found = conversation(streams, [(b"OD\r\n", b"S 1725T22.60A\r\n")] * 2)
    assert goods(found, "dyno_alarm") == [1.0] * 2
    assert goods(found, "dyno_direction") == []
    assert "alarm" in source.health.words


def test_a_unit_that_nobody_gave_is_told(streams):
    source, _ = conversation(streams, [(b"OD\r\n", ANSWER)] * 2, torque=None)
    assert "torque=lbft" in source.health.words


def test_an_answer_in_pieces_is_one_answer(streams):
    script = [(b"OD\r\n", ANSWER[:4]), (None, ANSWER[4:]), (b"OD\r\n", ANSWER)]
    _, found = conversation(streams, script)
    assert goods(found, "dyno_brake_rpm") == [1725.0] * 2


@pytest.mark.parametrize(
    "line", [b"S1725T22.60R", b"S 172ST22.60R", b"S 1725T2260R", b"S 1725T22.60", b"s 1725t22.60r"]
)
def test_another_layout_or_letter_is_no_answer(line):
    framer = MagtrolFramer()
    framer.feed(ANSWER, 1)
    assert framer.feed(line + b"\r\n", 2) == []
    assert framer.feed(ANSWER, 3)[0].rpm == 1725


def test_a_layout_that_stays_is_learned_anew():
    framer = MagtrolFramer()
    framer.feed(ANSWER, 1)
    other = b"S 1725T122.6R\r\n"
    assert framer.feed(other, 2) == []
    assert framer.feed(other, 3)[0].torque == 122.6


def pulses(streams, lines, pulses=(1.0, 1.0), circumference_m=None):
    link = streams.ScriptedLink()
    source = SimpleDynoSource("simpledyno:x", "dyno", link, pulses, circumference_m)
    pieces = [(streams.BEGAN_NS + micros * 1000, line) for micros, line in lines]
    return source, streams.hear(source, pieces)


def turning(streams, count, interval=20_000, began=1_000_000):
    """One pulse in each line, the line a tenth of a millisecond after it."""
    lines = []
    for place in range(count):
        stamp = (began + place * interval) % (1 << 32)
        micros = (stamp + 100) % (1 << 32)
        lines.append((place * interval, streams.dyno_line(micros, (stamp, interval))))
    return lines


def test_an_interval_is_a_speed(streams):
    source, found = pulses(streams, turning(streams, 6), pulses=(2.0, 1.0), circumference_m=1.5)
    assert goods(found, "dyno_roller_rpm") == pytest.approx([1500.0] * 5)
    assert goods(found, "dyno_speed") == pytest.approx([135.0] * 5)
    assert {Role.ROLLER_RPM, Role.RPM, Role.SPEED, Role.CLOCK} == set(source.capabilities)


def test_the_time_of_a_turn_is_its_middle(streams):
    _, found = pulses(streams, turning(streams, 6))
    times = [r.t_ns for r in found if r.channel == "dyno_roller_rpm"]
    assert [b - a for a, b in itertools.pairwise(times)] == [20_000_000] * 4
    line_ns = streams.BEGAN_NS + 20_000_000
    assert times[0] == line_ns - 100_000 - 10_000_000


def test_an_interval_that_repeats_is_no_new_pulse(streams):
    lines = [(0, 1_000_100), (5_000, 1_005_100), (10_000, 1_010_100), (15_000, 1_015_100)]
    said = [(t, streams.dyno_line(micros, (1_000_000, 20_000))) for t, micros in lines]
    _, found = pulses(streams, said)
    assert not [r for r in found if r.channel == "dyno_roller_rpm"]


def test_micros_wrap_without_a_mark(streams):
    lines = turning(streams, 12, began=(1 << 32) - 100_000)
    source, found = pulses(streams, lines)
    assert goods(found, "dyno_roller_rpm") == pytest.approx([3000.0] * 11)
    assert source.health.clock_jumps == 0
    clocks = goods(found, "dyno_clock")
    assert clocks == sorted(clocks)


def test_an_interval_that_its_stamps_do_not_bear_out_is_marked(streams):
    lines = turning(streams, 8)
    lines[4] = (lines[4][0], lines[4][1].replace(b",20000,", b",28000,"))
    _, found = pulses(streams, lines)
    assert goods(found, "dyno_roller_rpm") == pytest.approx([3000.0] * 6)
    assert [r.quality for r in found if r.channel == "dyno_roller_rpm"].count(Quality.INVALID) == 1


def test_the_time_since_the_board_was_started_is_no_interval(streams):
    first = (0, streams.dyno_line(2_000_000, (0, 0)))
    second = (20_000, streams.dyno_line(2_020_000, (2_010_000, 2_010_000)))
    third = (40_000, streams.dyno_line(2_040_000, (2_030_000, 20_000)))
    fourth = (60_000, streams.dyno_line(2_060_000, (2_050_000, 20_000)))
    _, found = pulses(streams, [first, second, third, fourth])
    assert goods(found, "dyno_roller_rpm") == pytest.approx([3000.0] * 2)


def test_a_shaft_without_pulses_stands(streams):
    lines = turning(streams, 4)
    stamp = 1_000_000 + 3 * 20_000
    for place in range(1, 60):
        at = 60_000 + place * 100_000
        lines.append((at, streams.dyno_line(1_000_100 + at, (stamp, 20_000))))
    _, found = pulses(streams, lines)
    assert goods(found, "dyno_roller_rpm")[-1] == 0.0


def test_a_board_that_restarts_is_a_jump_and_no_wrong_value(streams):
    lines = turning(streams, 10, began=50_000_000)
    again = turning(streams, 10, began=1_000_000)
    lines += [(t + 300_000, line) for t, line in again]
    source, found = pulses(streams, lines)
    assert source.health.clock_jumps == 1
    assert set(goods(found, "dyno_roller_rpm")) == {3000.0}
    times = [r.t_ns for r in found if r.channel == "dyno_roller_rpm"]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "line",
    [
        b"1,2,3,4,5,6,7,8,9,10",
        b"1,2,3,4,5,6,7,8,9,10,11,12",
        b"01,0,3,0,5,6,7,8,9,10,11",
        b"4294967296,0,3,0,5,6,7,8,9,10,11",
        b"9,0,3,0,5,6,7,8,9,10,4096",
        b"9,0,3,0,5,6,7,8,9,10,",
        b"9,0,3,0,5,6,7,8,9,-1,1",
    ],
)
def test_a_line_of_other_numbers_is_none(line):
    assert read_line(line, 1) is None
