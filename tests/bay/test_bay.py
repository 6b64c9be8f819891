"""The bay with a scripted car: connect, watch, lose, come back, record."""

import itertools
import math
import threading
import time

import pytest

from cartech_desk.bay import car_at_hand
from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signalset import load_signalset
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import BadAdapterUrl, CarSilent, PortNotFound
from cartech_desk.hardware.sim import car as car_module
from cartech_desk.store.recordings import MarkKind

URL = "elm327:/dev/scripted"
WATCHED = {"rpm": 20.0, "map": 20.0, "boost": 20.0, "temp": 20.0, "speed": 20.0}
MAKER = """{"commands": [
        {"hdr": "7E0", "rax": "7E8", "cmd": {"22": "10E5"}, "freq": 1, "signals": [
            {"id": "OILTEMP", "name": "Oil temperature",
             "fmt": {"len": 8, "max": 215, "min": -40, "add": -40, "unit": "celsius"}}]},
        {"hdr": "7E0", "rax": "7E8", "cmd": {"22": "10E6"}, "freq": 1, "signals": [
            {"id": "OTHER", "name": "Other", "fmt": {"len": 8, "max": 255, "unit": "scalar"}}]}
        ]}"""


@pytest.fixture
def connected(bay):
    bay.connect(URL).result(5)
    return bay


def value(bay, name):
    return bay.snapshot().channels[name].value


def test_connecting_ends_with_a_car_that_is_known(bay):
    status = bay.connect(URL).result(5)
    assert status.state is LinkState.CONNECTED
    assert status.car.vin == "WVWZZZ1KZ6W000001"
    assert status.adapter.chip == "ELM327"
    assert status.link.ecus == (0x7E8, 0x7E9)


def test_what_the_car_delivers_is_offered_canonical_names_first(connected):
    names = [channel.name for channel in connected.available()]
    assert names[:2] == ["rpm", "boost"]
    assert {"rpm", "boost", "temp", "speed", "map", "load", "throttle", "iat"} <= set(names)


def test_an_address_that_is_none_is_refused_at_once(bay):
    with pytest.raises(BadAdapterUrl):
        bay.connect("hairdryer:1")


def test_a_port_that_is_not_there_ends_the_attempt_with_its_words(bay, car):
    car.port_there = False
    with pytest.raises(PortNotFound):
        bay.connect(URL).result(5)
    status = bay.snapshot().connection
    assert status.state is LinkState.DISCONNECTED
    assert status.error_code == "port_not_found"
    assert status.to_do


def test_a_silent_car_is_told_apart_from_a_silent_adapter(bay, car):
    car.key = False
    with pytest.raises(CarSilent):
        bay.connect(URL).result(5)
    assert bay.snapshot().connection.adapter.chip == "ELM327"


def test_watched_channels_come_live_with_their_derived_ones(connected, until):
    connected.watch(WATCHED)
    until(lambda: value(connected, "boost") == pytest.approx(50.0))
    assert value(connected, "rpm") == pytest.approx(1726.0)
    assert value(connected, "temp") == pytest.approx(83.0)


def test_the_achieved_rate_meets_the_asked_one(connected, until):
    connected.watch(WATCHED)
    until(
        lambda: all(
            status.achieved_hz >= 0.9 * status.asked_hz
            for status in connected.snapshot().channels.values()
        )
    )


def test_rates_given_before_a_car_is_there_count_once_it_is(bay, until):
    bay.watch({"rpm": 10.0, "nonsense": 1.0})
    assert bay.snapshot().channels == {}
    bay.connect(URL).result(5)
    until(lambda: not math.isnan(value(bay, "rpm")))
    assert "nonsense" not in bay.snapshot().channels


def test_the_adapter_tells_the_voltage_where_the_car_does_not(connected, until):
    connected.watch({"voltage": 10.0})
    until(lambda: value(connected, "voltage") == 12.6)
    assert connected.snapshot().channels["voltage"].asked_hz == 0.5


def test_a_car_with_a_manifold_pressure_scale_of_its_own_is_read_right(bay, car, until):
    car.pids[0x7E8][0x4F] = b"\x00\x00\x00\x66"  # 1,020 kPa, four times the usual 255
    bay.connect(URL).result(5)
    bay.watch({"map": 20.0, "boost": 20.0})
    until(lambda: not math.isnan(value(bay, "boost")))
    assert value(bay, "map") == 600.0
    assert value(bay, "boost") == 500.0


def test_plain_reads_ask_the_ecu_itself_and_open_no_session(connected, car, until):
    connected.watch(WATCHED)
    until(lambda: not math.isnan(value(connected, "rpm")))
    car.requests.clear()
    until(lambda: len(car.requests) > 20)
    asked = [request for _, request in list(car.requests)]
    assert {request.address.request_id for request in asked} <= {0x7E0, 0x7E1}
    assert {request.payload[0] for request in asked} == {0x01}
    assert any(len(request.payload) > 2 for request in asked)


def test_the_car_is_never_asked_faster_than_allowed(connected, car, until):
    connected.watch(dict.fromkeys(WATCHED, 1000.0))
    car.requests.clear()
    until(lambda: len(car.requests) > 300)
    times = [t for t, _ in list(car.requests)]
    assert min(b - a for a, b in itertools.pairwise(times)) >= 1e9 / 500 - 2e5


def test_a_lost_wire_is_known_within_two_seconds_and_comes_back(connected, car, until):
    connected.watch(WATCHED)
    until(lambda: not math.isnan(value(connected, "rpm")))
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is not LinkState.CONNECTED, 2)
    now = connected.snapshot()
    assert now.connection.error_code == "link_lost"
    assert all(status.stale for status in now.channels.values())
    until(lambda: len(car.adapters) > 1, 2)
    car.link_up = True
    until(lambda: connected.snapshot().connection.state is LinkState.CONNECTED, 5)
    until(lambda: not math.isnan(value(connected, "rpm")))
    assert connected.snapshot().connection.reconnects == 1
    assert connected.snapshot().connection.error_code == ""


def test_an_adapter_that_hangs_is_shown_as_lost_within_two_seconds(connected, car, until):
    connected.watch(WATCHED)
    until(lambda: not math.isnan(value(connected, "rpm")))
    car.hang.set()
    until(lambda: connected.snapshot().connection.state is LinkState.LOST, 2)
    car.hang.clear()
    until(lambda: connected.snapshot().connection.state is LinkState.CONNECTED, 5)


def states_for(bay, seconds):
    """Every state of the connection that is shown within so many seconds."""
    seen, deadline = set(), time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen.add(bay.snapshot().connection.state)
        time.sleep(0.01)
    return seen


def test_an_ecu_that_asks_for_time_is_no_lost_link(connected, car, until):
    connected.watch({"rpm": 10.0})
    until(lambda: not math.isnan(value(connected, "rpm")))
    car.pending_s = 2.2
    assert states_for(connected, 3.0) == {LinkState.CONNECTED}
    car.pending_s = 0.0


def test_pending_answers_of_the_built_in_car_are_no_lost_link(store, monkeypatch, until):
    bay = Bay(store)
    bay.start()
    try:
        bay.connect("sim:?pending=1").result(60)
        monkeypatch.setattr(car_module, "PENDING_S", 2.2)
        bay.watch({"rpm": 10.0})
        assert states_for(bay, 5.0) == {LinkState.CONNECTED}
        assert any(math.isfinite(one) for one in bay.series("rpm", 10).values)
    finally:
        bay.stop()


def test_a_link_that_fails_again_and_again_is_tried_for_ever(connected, car, until):
    car.link_up = False
    until(lambda: len(car.adapters) >= 4, 6)
    assert all(adapter.closed for adapter in car.adapters[:-1])
    car.link_up = True
    until(lambda: connected.snapshot().connection.state is LinkState.CONNECTED, 5)


def test_disconnecting_ends_an_attempt_under_way_within_a_second(bay, car, until):
    car.hang.set()
    attempt = bay.connect(URL)
    until(lambda: car.adapters)
    before = time.monotonic()
    bay.disconnect().result(1)
    assert time.monotonic() - before < 1
    assert bay.snapshot().connection.state is LinkState.DISCONNECTED
    with pytest.raises(Exception, match="given up"):
        attempt.result(1)


def test_disconnecting_ends_the_waiting_for_a_lost_link(connected, car, until):
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is LinkState.LOST)
    connected.disconnect().result(1)
    attempts = len(car.adapters)
    car.link_up = True
    assert connected.snapshot().connection.state is LinkState.DISCONNECTED
    assert len(car.adapters) == attempts


def test_connecting_anew_lets_go_of_what_was_connected(connected, car):
    connected.connect(URL).result(5)
    assert car.adapters[0].closed
    assert connected.snapshot().connection.state is LinkState.CONNECTED


def test_another_car_after_a_loss_is_said_plainly(connected, car, until, store):
    vehicle = store.vehicles.by_vin("WVWZZZ1KZ6W000001")
    connected.watch(WATCHED)
    until(lambda: not math.isnan(value(connected, "rpm")))
    recording = connected.start_recording(vehicle.id).result(5)
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is not LinkState.CONNECTED)
    car.vin = b"WVWZZZ1KZ6W000002"
    del car.pids[0x7E8][0x0B]
    car.link_up = True
    until(lambda: connected.snapshot().connection.state is LinkState.CONNECTED, 5)
    status = connected.snapshot().connection
    assert status.error_code == "other_car"
    assert "WVWZZZ1KZ6W000002" in status.happened
    assert status.car.vin == "WVWZZZ1KZ6W000002"
    assert "map" not in {channel.name for channel in connected.available()}
    until(lambda: connected.snapshot().recording.id == "")
    assert store.recordings.get(recording).ending == "stopped"


def test_the_pretrigger_holds_nothing_of_the_car_before(connected, car, until, store):
    connected.watch(WATCHED)
    until(lambda: connected.series("rpm", 60).values.size >= 10)
    car.vin = b"WVWZZZ1KZ6W000002"
    swapped_ns = monotonic_ns()
    connected.connect(URL).result(5)
    until(lambda: connected.series("rpm", 60).values.size >= 10)
    vehicle = store.vehicles.by_vin("WVWZZZ1KZ6W000002")
    recording = connected.start_recording(vehicle.id).result(5)
    began_ns = monotonic_ns()
    connected.stop_recording().result(5)
    kept = store.recordings.get(recording)
    assert swapped_ns - began_ns <= kept.first_ns < 0


def test_signal_sets_of_the_settings_are_tried_on_every_car(car, store, tmp_path, until):
    path = tmp_path / "maker.json"
    path.write_text(MAKER)
    car.others[0x7E8, b"\x22\x10\xe5"] = b"\x62\x10\xe5\x82"
    sets = (path, tmp_path / "gone.json")
    bay = Bay(store, BaySettings(signal_sets=sets), adapters=car.adapter)
    bay.start()
    try:
        status = bay.connect(URL).result(5)
        assert "OILTEMP" in {channel.name for channel in bay.available()}
        assert any("gone.json" in warning for warning in status.car.warnings)
    finally:
        bay.stop()


def test_polling_rests_with_the_ignition_and_resumes(connected, car, until):
    connected.watch(WATCHED)
    car.idle()
    until(lambda: value(connected, "rpm") == 850)
    car.key = False
    until(lambda: not connected.snapshot().connection.ignition_on)
    assert connected.snapshot().connection.state is LinkState.CONNECTED
    until(lambda: connected.snapshot().channels["rpm"].stale)
    car.key = True
    until(lambda: connected.snapshot().connection.ignition_on)
    until(lambda: not math.isnan(value(connected, "rpm")))


def test_an_answer_out_of_range_is_invalid_and_no_number(connected, car, until):
    car.pids[0x7E8][0x0D] = b""
    connected.watch({"speed": 20.0})
    until(lambda: connected.snapshot().channels["speed"].invalid)
    assert math.isnan(value(connected, "speed"))


def test_the_limit_hook_hears_every_reading(connected, until):
    heard = []
    connected.set_limit_hook(heard.extend)
    connected.watch({"rpm": 20.0})
    until(lambda: len(heard) >= 10)
    assert {reading.channel for reading in heard} == {"rpm"}
    assert {reading.quality for reading in heard} == {Quality.GOOD}


def test_a_failing_hook_is_told_in_the_snapshot(connected, until):
    connected.set_limit_hook(lambda batch: batch[0].no_such_thing)
    connected.watch({"rpm": 20.0})
    until(lambda: connected.snapshot().problems)
    assert not math.isnan(value(connected, "rpm"))


def test_a_recording_holds_pretrigger_marks_and_an_honest_gap(connected, car, until, store):
    vehicle = store.vehicles.by_vin("WVWZZZ1KZ6W000001")
    connected.watch(WATCHED)
    until(lambda: connected.series("rpm", 60).values.size >= 10)
    recording = connected.start_recording(vehicle.id, "pull").result(5)
    connected.mark("here")
    until(lambda: connected.series("rpm", 60).values.size >= 30)
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is LinkState.LOST)
    before = connected.series("rpm", 60).values.size
    car.link_up = True
    until(lambda: connected.series("rpm", 60).values.size >= before + 10, 8)
    assert connected.stop_recording().result(5) == recording
    kept = store.recordings.get(recording)
    assert kept.first_ns < 0
    marks = {mark.kind: mark for mark in kept.marks}
    assert marks[MarkKind.NOTE].note == "here"
    gap = marks[MarkKind.GAP]
    samples = store.recordings.read(recording, "rpm", kept.first_ns, kept.last_ns)
    good = samples.t_ns[samples.quality == Quality.GOOD]
    assert gap.t_end_ns - gap.t_ns > 0.2e9
    assert not ((good > gap.t_ns) & (good < gap.t_end_ns)).any()


def test_a_recording_stopped_while_the_link_is_gone_ends_with_its_gap(connected, car, until, store):
    vehicle = store.vehicles.by_vin("WVWZZZ1KZ6W000001")
    connected.watch(WATCHED)
    until(lambda: connected.series("rpm", 60).values.size >= 5)
    recording = connected.start_recording(vehicle.id).result(5)
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is LinkState.LOST)
    connected.stop_recording().result(5)
    assert MarkKind.GAP in {mark.kind for mark in store.recordings.get(recording).marks}


def test_a_request_between_two_others_is_answered(connected):
    reply = connected.ask(Request(Address(0x7E0), b"\x09\x02", 1)).result(5)
    assert reply.answers[0].payload.startswith(b"\x49\x02")


def test_a_request_without_a_car_says_so(bay):
    with pytest.raises(Exception, match="No car is connected"):
        bay.ask(Request(Address(0x7E0), b"\x03")).result(1)


def test_signals_of_the_maker_join_once_the_car_answers_them(connected, car, tmp_path, until):
    path = tmp_path / "maker.json"
    path.write_text(MAKER)
    car.others[0x7E8, b"\x22\x10\xe5"] = b"\x62\x10\xe5\x82"
    described = connected.use_signals(str(path))
    assert [channel.name for channel in described] == ["OILTEMP", "OTHER"]
    until(lambda: "OILTEMP" in {channel.name for channel in connected.available()})
    assert "OTHER" not in {channel.name for channel in connected.available()}
    connected.watch({"OILTEMP": 5.0})
    until(lambda: value(connected, "OILTEMP") == 90.0)
    assert any("2210E6" in text for text in connected.snapshot().connection.car.warnings)


def test_an_address_with_a_bad_option_leaves_the_working_car_alone(connected, car):
    connected._adapters = make_adapter
    with pytest.raises(BadAdapterUrl):
        connected.connect("elm327:/dev/x?baud=fast")
    assert connected.snapshot().connection.state is LinkState.CONNECTED
    assert not car.adapters[0].closed


def test_signal_sets_are_read_in_the_thread_of_the_wire(car, store, tmp_path, monkeypatch):
    readers = []

    def read(path):
        readers.append(threading.current_thread().name)
        return load_signalset(path)

    monkeypatch.setattr(car_at_hand, "load_signalset", read)
    (tmp_path / "maker.json").write_text(MAKER)
    settings = BaySettings(signal_sets=(tmp_path / "maker.json",))
    bay = Bay(store, settings, adapters=car.adapter)
    bay.start()
    try:
        bay.connect(URL).result(5)
        assert readers == ["bay-wire"]
    finally:
        bay.stop()


def test_two_wires_that_hang_do_not_add_up_when_the_bay_stops(car, store, until):
    bay = Bay(store, adapters=car.adapter)
    bay.start()
    bay.connect(URL).result(5)
    car.latency_s = 1.5  # a call that nothing can interrupt
    bay.watch({"rpm": 20.0})
    until(lambda: car.requests and monotonic_ns() - car.requests[-1][0] < 2e8)
    bay.connect(URL)
    before = time.monotonic()
    bay.stop()
    assert time.monotonic() - before < 1.0
    until(lambda: not any(one.name == "bay-wire" for one in threading.enumerate()))


def test_stopping_ends_every_thread_within_a_second(car, store):
    bay = Bay(store, adapters=car.adapter)
    bay.start()
    bay.connect(URL).result(5)
    before = time.monotonic()
    bay.stop()
    assert time.monotonic() - before < 1.0
    assert car.adapters[-1].closed
