"""One provider: sequence, names that come late, clocks that jump; all by datagrams and times."""

import math

from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.channels import Quality
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive_names import ChannelNames
from cartech_desk.hardware.dyno.jetdrive_provider import Provider

MS = 1_000_000
BEGAN = 5_000_000 * MS


def provider(*units):
    one = Provider(0x1234)
    channels = tuple(
        wire.NamedChannel(number, 0, f"Channel {number}", unit)
        for number, unit in enumerate(units or (2, 8), 1)
    )
    named(one, wire.ChannelInfo("Somebody's", channels))
    return one


def named(one, info):
    """Let a provider name its channels."""
    _, news = one.learn(info)
    ChannelNames("dyno").name(one, news, [one])


def give(one, ms, arrival_ns, value=1.0, number=1):
    out = []
    one.values(memoryview(wire.channel_values([(number, ms, value)])), arrival_ns, out)
    return out


def test_values_before_names_are_delivered_with_their_own_times():
    one = Provider(0x1234)
    for place in range(5):
        assert give(one, 1000 + 10 * place, BEGAN + 10 * MS * place, place) == []
    assert one.waiting == 5
    named(one, wire.ChannelInfo("Late", (wire.NamedChannel(1, 0, "Speed", 2),)))
    out = []
    one.named_now(BEGAN + 60 * MS, out)
    assert [r.value for r in out] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [r.t_ns - BEGAN for r in out] == [10 * MS * place for place in range(5)]
    assert one.waiting == 0


def test_what_waits_for_names_is_bounded():
    one = Provider(0x1234)
    block = wire.channel_values([(n, 1000, 0.0) for n in range(100)])
    for _ in range(400):
        one.values(memoryview(block), BEGAN, [])
    assert one.waiting == 20_000


def test_what_is_no_number_or_beyond_all_measure_is_invalid():
    one = provider(2)
    values = (math.nan, math.inf, -math.inf, 1e30, 3.4e38)
    out = [
        reading
        for place, value in enumerate(values)
        for reading in give(one, 1000 + place, BEGAN + place * MS, value)
    ]
    assert [r.quality for r in out] == [Quality.INVALID] * 5
    assert all(math.isnan(r.value) for r in out)


def test_acceleration_comes_in_metres():
    (reading,) = give(provider(10), 1, BEGAN, 36.0)
    assert math.isclose(reading.value, 10.0)


def test_the_same_sample_again_is_no_new_one():
    one = provider()
    assert len(give(one, 1000, BEGAN, 5.0)) == 1
    assert give(one, 1000, BEGAN + 50 * MS, 5.0) == []


@given(
    st.lists(st.integers(0, 30), min_size=60, max_size=200),
    st.integers(0, 0xFFFFFFFF),
)
def test_times_are_the_devices_whatever_the_way_takes(latencies, first):
    one = provider()
    times = []
    for place, latency in enumerate(latencies):
        at = BEGAN + place * 10 * MS
        out = give(one, (first + 10 * place) & 0xFFFFFFFF, at + latency * MS, place)
        assert len(out) == 1
        times.append((out[0].t_ns - at) / MS if out[0].quality is Quality.GOOD else None)
    assert one.clock.jumps == 0
    least = min(latencies)
    assert all(late - least >= -0.01 for late in times if late is not None)
    # Once the least latency was seen, every time is right to it.
    seen = latencies.index(least)
    assert all(late - least < 1.1 for late in times[seen:] if late is not None)
    assert None not in times[seen + 5 :]


@given(st.sampled_from([-3_600_000, -70_000, -400, 5_000, 86_400_000]), st.integers(0, 5))
def test_a_clock_that_jumps_leaves_marks_and_no_wrong_time(jump, latency):
    one = provider()
    readings = []
    for place in range(600):
        at = BEGAN + place * 10 * MS
        ms = 100_000_000 + 10 * place + (jump if place >= 300 else 0)
        readings += give(one, ms, at + latency * MS, float(place))
    assert one.clock.jumps == 1
    good = [r for r in readings if r.quality is Quality.GOOD]
    assert all(abs(r.t_ns - (BEGAN + r.value * 10 * MS)) < 6 * MS for r in good)
    assert 0 < len(readings) - len(good) < 10
    assert [r.t_ns for r in readings] == sorted(r.t_ns for r in readings)


@given(st.integers(2_000, 2_000_000), st.booleans())
def test_one_damaged_time_does_not_move_the_clock(error, ahead):
    one = provider()
    readings = []
    for place in range(500):
        at = BEGAN + place * 10 * MS
        wrong = (error if ahead else -error) if place == 400 else 0
        readings += give(one, 100_000_000 + 10 * place + wrong, at, float(place))
    assert one.clock.jumps == 0
    marked = [r for r in readings if r.quality is Quality.INVALID]
    assert len(marked) == 1
    good = [r for r in readings if r.quality is Quality.GOOD]
    assert all(abs(r.t_ns - (BEGAN + r.value * 10 * MS)) < MS for r in good)


def test_a_clock_that_stands_still_is_told_and_values_are_timed_as_they_come():
    one = provider()
    readings = []
    for place in range(600):
        readings += give(one, 1000, BEGAN + place * 10 * MS, float(place))
    assert one.stands_still
    late = [r for r in readings if r.value > 400]
    assert len(late) > 150
    assert all(abs(r.t_ns - (BEGAN + r.value * 10 * MS)) < MS for r in late)
    between = [r for r in readings if 60 * 10 * MS < r.t_ns - BEGAN < 190 * 10 * MS]
    assert {r.quality for r in between} == {Quality.INVALID}


def test_samples_faster_than_the_clock_ticks_stay_apart():
    one = provider()
    block = wire.channel_values([(1, 1000, 1.0), (1, 1000, 2.0), (1, 1001, 3.0)])
    out = []
    one.values(memoryview(block), BEGAN, out)
    assert [r.value for r in out] == [1.0, 2.0, 3.0]
    assert len({r.t_ns for r in out}) == 3
