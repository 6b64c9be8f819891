"""Sources on the bench: their threads, states, losses and silences, each apart from the car."""

import math
import threading
import time

import pytest

from cartech_desk.bay.dyno_errors import DynoRefused
from cartech_desk.bay.dyno_sources import Sources
from cartech_desk.bay.dyno_status import Phase
from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.errors import BadSourceUrl, SourceSilent
from cartech_desk.hardware.dyno.source import SourceState
from cartech_desk.hardware.dyno.sources import kind_of
from cartech_desk.hardware.errors import LinkLost, PortNotFound
from tests.bay.dyno_desk import DRIVER, DYNO, LAMBDA, URL, WIDEBAND, Benches, make_bay, wish

S = 1_000_000_000


class Desk:
    """Sources with a feed around them; `gaps` as they are told."""

    def __init__(self):
        self.gaps, self.told, self.heard = [], [], []
        self.feed = Feed(
            ring_s=60,
            stale_after_s=2,
            told=lambda asked: self.told.append(dict(asked)),
            gap=lambda *gap: self.gaps.append(gap),
        )
        self.feed.set_taker("test", self.heard.extend)
        self.benches = Benches()
        self.benches.channels["wideband"] = LAMBDA
        self.sources = Sources(self.feed, make=self.benches, kind_of=kind_of)

    def status(self, alias="dyno"):
        return next(one for one in self.sources.statuses() if one.alias == alias)

    def last(self, name):
        found = [one for one in list(self.heard) if one.channel == name]
        return found[-1] if found else None


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.sources.close(time.monotonic() + 2)


def connected(desk, url=URL, alias="dyno", **values):
    ready = desk.sources.connect(url)
    desk.benches[alias].say(**(values or {"speed": 50.0}))
    return ready.result(5)


def test_the_future_ends_with_the_first_reading(desk):
    status = connected(desk)
    assert (status.alias, status.state) == ("dyno", SourceState.CONNECTED)
    assert desk.feed.status("dyno_speed", monotonic_ns()).value == 50.0
    assert desk.feed.owner_of("dyno_speed") == "dyno:dyno"


def test_aliases_count_up_by_kind_and_are_free_again(desk, until):
    connected(desk)
    connected(desk, WIDEBAND, "wideband", **{"lambda": 0.9})
    connected(desk, "jetdrive://127.0.0.1:22345", "dyno2")
    assert [one.alias for one in desk.sources.statuses()] == ["dyno", "wideband", "dyno2"]
    desk.sources.disconnect("dyno").result(5)
    connected(desk)
    assert desk.status("dyno").state is SourceState.CONNECTED


def test_the_same_address_twice_is_refused(desk):
    connected(desk)
    with pytest.raises(DynoRefused, match="already"):
        desk.sources.connect(URL)


def test_an_address_of_nothing_is_refused_at_once(desk):
    with pytest.raises(BadSourceUrl):
        desk.sources.connect("rubbish")
    assert desk.sources.statuses() == ()


def test_a_port_that_is_not_there_is_told_and_tried_on(desk, until):
    missing = PortNotFound("The port is gone.", to_do="Plug it in.")

    def prepare(source):
        source.open_error = missing if len(desk.benches.made.get("dyno", ())) < 1 else None

    desk.benches.prepare = prepare
    with pytest.raises(PortNotFound):
        desk.sources.connect(URL).result(5)
    until(lambda: len(desk.benches.made["dyno"]) > 1)
    desk.benches["dyno"].say(speed=3.0)
    until(lambda: desk.status().state is SourceState.CONNECTED)
    assert desk.status().happened == ""


def test_a_wire_that_is_lost_leaves_stale_marks_and_a_gap_that_names_it(desk, until):
    connected(desk)
    desk.benches["dyno"].read_error = LinkLost("The cable is out.", to_do="Plug it in.")
    until(lambda: desk.status().state is SourceState.LOST)
    assert desk.status().happened == "The cable is out."
    assert desk.last("dyno_speed").quality is Quality.STALE
    until(lambda: len(desk.benches.made["dyno"]) > 1)
    desk.benches["dyno"].say(speed=51.0)
    until(lambda: desk.status().state is SourceState.CONNECTED)
    assert [note for _, _, note in desk.gaps] == ["nothing from dyno"]


def test_a_source_that_falls_silent_says_so_and_comes_back(desk, until):
    connected(desk)
    until(lambda: desk.status().state is SourceState.SILENT)
    assert "Nothing comes from" in desk.status().happened
    assert math.isnan(desk.feed.status("dyno_speed", monotonic_ns()).value)
    desk.benches["dyno"].say(speed=1.0)
    until(lambda: desk.status().state is SourceState.CONNECTED)
    assert len(desk.gaps) == 1


def test_the_first_reading_that_never_comes_is_told(desk, monkeypatch):
    monkeypatch.setattr("cartech_desk.bay.dyno_wire.FIRST_NS", S // 5)
    with pytest.raises(SourceSilent, match="Nothing comes"):
        desk.sources.connect(URL).result(5)
    assert desk.status().state is SourceState.SILENT


def test_a_fault_in_a_driver_becomes_a_state_and_a_message(desk, until):
    connected(desk)
    desk.benches["dyno"].read_error = ZeroDivisionError("oh")
    until(lambda: desk.status().state is SourceState.LOST)
    assert "ZeroDivisionError" in desk.status().happened
    assert "tried again" in desk.status().to_do


def test_channels_that_grow_are_kept_from_then_on(desk, until):
    connected(desk)
    source = desk.benches["dyno"]
    source.grow(Role.BOOST, "boost", "Boost", "kPa")
    source.say(boost=42.0)
    until(lambda: desk.feed.latest("dyno_boost", 0) == 42.0)


def test_a_reading_under_a_name_that_was_not_told_is_left_out_and_counted(desk, until):
    connected(desk)
    desk.benches["dyno"].said.put([Reading("rpm", monotonic_ns(), 1.0)])
    until(lambda: "out of order" in desk.status().health.words)
    assert desk.last("rpm") is None


def test_times_that_go_back_or_ahead_never_reach_the_rings(desk, until):
    connected(desk)
    source, now_ns = desk.benches["dyno"], monotonic_ns()
    source.say(now_ns, speed=60.0)
    source.say(now_ns - 5 * S, speed=1.0)
    source.say(now_ns + 90 * S, speed=2.0)
    until(lambda: desk.last("dyno_speed").quality is Quality.INVALID)
    t_ns, values, _ = desk.feed.stretch("dyno_speed", 0)
    assert (t_ns[1:] >= t_ns[:-1]).all()
    assert {50.0, 60.0} == {one for one in values.tolist() if math.isfinite(one)}
    assert t_ns[-1] <= monotonic_ns()


def test_letting_go_takes_its_channels_away_and_its_wire_is_closed(desk):
    connected(desk)
    desk.sources.disconnect("dyno").result(5)
    assert desk.benches["dyno"].closed
    assert desk.feed.channels() == ()


def test_a_driver_that_hangs_is_left_behind_within_a_second(desk):
    connected(desk)
    release = threading.Event()
    desk.benches["dyno"].read = lambda _: release.wait(5) and ()
    began = time.monotonic()
    desk.sources.disconnect("dyno").result(5)
    assert time.monotonic() - began < 1.0
    release.set()


def test_a_dyno_that_talks_on_hides_no_silence_of_the_car(desk, until):
    rpm = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    desk.feed.declare({rpm: 10.0})
    connected(desk)
    start_ns = monotonic_ns()
    desk.feed.publish([Reading("rpm", start_ns, 800.0)])
    for step in range(1, 31):
        desk.benches["dyno"].say(start_ns + step * S // 1000, speed=50.0 + step)
    until(lambda: desk.feed.latest("dyno_speed", 0) == 80.0)
    desk.feed.publish([Reading("rpm", start_ns + 3 * S, 900.0)])
    assert desk.gaps == [(start_ns, start_ns + 3 * S, "")]


def test_a_car_that_talks_on_hides_no_silence_of_the_dyno(desk, until):
    rpm = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    desk.feed.declare({rpm: 10.0})
    connected(desk)

    def silent():
        desk.feed.publish([Reading("rpm", monotonic_ns(), 800.0)])
        return desk.status().state is SourceState.SILENT

    until(silent)
    assert desk.last("dyno_speed").quality is Quality.STALE
    assert desk.last("rpm").quality is Quality.GOOD


def test_a_limit_on_a_source_is_watched_without_a_car(store, until):
    from tests.bay.alarm_desk import Comparison, Limit, ScriptedLimits

    store.limits = ScriptedLimits(
        Limit("lean", "wideband_lambda", Comparison.ABOVE, trip=1.1, label="Lean")
    )
    bay, benches = make_bay(store)
    benches.channels["wideband"] = LAMBDA
    bay.start()
    try:
        bay.alarms.use_vehicle("")
        ready = bay.dyno.connect(WIDEBAND)
        until(lambda: bay.alarms.snapshot().limits)

        def lean():
            benches["wideband"].say(**{"lambda": 1.3})
            return bay.alarms.snapshot().worst

        assert until(lean).label == "Lean"
        assert ready.result(5).identity.kind == "wideband"
    finally:
        bay.stop()


def test_a_wideband_goes_before_the_dyno_for_lambda_and_alone_makes_no_run(store, until):
    bay, benches = make_bay(store)
    benches.channels["wideband"] = LAMBDA
    benches.channels["dyno"] = (*DYNO, (Role.LAMBDA, "lambda", "Lambda", "ratio"))
    bay.start()
    try:
        bay.dyno.start_session(wish(store), DRIVER).result(5)
        bay.dyno.connect(WIDEBAND)
        benches["wideband"].say(**{"lambda": 0.9})
        until(lambda: Role.LAMBDA in bay.snapshot().dyno.values)
        assert "No dyno is connected." in bay.snapshot().dyno.why_not
        bay.dyno.connect(URL)
        benches["dyno"].say(speed=10.0)
        until(lambda: bay.snapshot().dyno.can_start)
        assert bay.snapshot().dyno.values[Role.LAMBDA].channel == "wideband_lambda"
        assert bay.snapshot().dyno.phase is Phase.IDLE
    finally:
        bay.stop()


def test_a_weather_station_on_the_same_wire_hides_no_silence_of_the_dyno(desk, until):
    connected(desk, speed=50.0, rpm=2000.0, temperature=20.0)
    source = desk.benches["dyno"]

    def silent():
        source.say(temperature=20.0)
        return desk.status().state is SourceState.SILENT

    until(silent)
    assert "only its other channels go on" in desk.status().happened
    assert desk.last("dyno_speed").quality is Quality.STALE
    assert desk.last("dyno_temperature").quality is Quality.GOOD
    back_ns = source.say(speed=51.0)
    until(lambda: desk.status().state is SourceState.CONNECTED)
    ((_, end_ns, note),) = desk.gaps
    assert (end_ns, note) == (back_ns, "nothing from dyno")


def test_a_wideband_whose_tach_is_not_connected_is_not_silent(desk):
    desk.benches.channels["wideband"] = (*LAMBDA, (Role.RPM, "rpm", "Engine speed", "rpm"))
    ready = desk.sources.connect(WIDEBAND)
    until_ns = monotonic_ns() + 1_500_000_000
    while monotonic_ns() < until_ns:
        desk.benches["wideband"].say(**{"lambda": 0.9})
        time.sleep(0.02)
    assert ready.result(0).state is SourceState.CONNECTED
    assert desk.status("wideband").state is SourceState.CONNECTED


def test_bytes_that_fit_nothing_are_told_and_not_called_silence(desk):
    desk.benches.prepare = lambda source: setattr(
        source, "words", "Bytes come and the definition never matches."
    )
    with pytest.raises(SourceSilent, match="the definition never matches") as told:
        desk.sources.connect(URL).result(10)
    assert "Something comes from" in told.value.happened
    assert "Nothing comes" not in told.value.happened
