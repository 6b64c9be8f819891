"""A recording that answers for its car: what it tells, in which order, and what it refuses."""

from contextlib import suppress

import can
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.hardware.sim.bus import Frame
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.recording_exchanges import exchanges
from cartech_desk.hardware.sim.recording_frames import (
    NothingToReplay,
    RecordedFrame,
    RecordingUnreadable,
    read_frames,
)
from cartech_desk.hardware.sim.replayed_car import ReplayedCar, read_car
from tests.hardware.sim.recorded import FUNCTIONAL, SESSION, frames_of, write

ENGINE = 0x7E0


def ask(car, request: str, to: int = FUNCTIONAL, *, extended: bool = False) -> dict[int, str]:
    answers = car.handle(to, bytes.fromhex(request), extended=extended, now_ns=0)
    return {answer.can_id: answer.payload.hex(" ").upper() for answer in answers}


def faulty_car(**more) -> SimulatedCar:
    faults = ("misfire", "boost_leak", "gear_slips", "evap_leak")
    return SimulatedCar(CarOptions(script="idle", faults=faults, latency_ms=12, **more))


@pytest.fixture(params=[".log", ".asc"])
def recording(request, tmp_path):
    return write(tmp_path / f"session{request.param}", frames_of(faulty_car()))


def of(*lines: str) -> ReplayedCar:
    """Make the car of candump lines such as `0.1 7E8#03410D32`."""
    frames = []
    for line in lines:
        time_s, _, frame = line.partition(" ")
        can_id, _, data = frame.partition("#")
        frames.append(
            RecordedFrame(float(time_s), int(can_id, 16), len(can_id) > 3, bytes.fromhex(data))
        )
    found, broken = exchanges(frames)
    return ReplayedCar(found, name="lines", broken=broken)


def test_a_recording_answers_as_the_car_did(recording):
    original, replayed = faulty_car(), read_car(recording)
    assert [ecu.answer_id for ecu in replayed.ecus] == [0x7E8, 0x7E9, 0x7EA]
    assert replayed.vin == original.vin
    for request in ("0100", "0900", "0902", "0904", "090A", "03", "07", "0A", "020200"):
        assert ask(replayed, request) == ask(original, request), request


def test_answers_keep_their_order_and_their_time(recording):
    answers = read_car(recording).handle(FUNCTIONAL, b"\x01\x00", extended=False, now_ns=0)
    assert [answer.can_id for answer in answers] == [0x7E8, 0x7E9, 0x7EA]
    assert [round(answer.delay_s * 1000) for answer in answers] == pytest.approx(
        [12, 14, 17], abs=2
    )


def test_one_ecu_asked_alone_tells_what_it_told_everybody(recording):
    replayed = read_car(recording)
    assert ask(replayed, "03", 0x7E1) == {0x7E9: "43 01 07 30"}
    assert ask(replayed, "03", 0x7E5) == {}


def test_what_was_asked_of_one_ecu_answers_everybody_too():
    car = of("0.0 7E0#02010D", "0.01 7E8#03410D32", "0.1 7E1#02010D", "0.2 7E9#03410D33")
    assert ask(car, "010D") == {0x7E8: "41 0D 32", 0x7E9: "41 0D 33"}


def test_a_repeated_request_gets_the_recorded_answers_in_turn_then_the_last():
    car = of(
        *("0.0 7DF#02010C", "0.01 7E8#04410C0C80", "0.1 7DF#02010C", "0.11 7E8#04410C0D00"),
        *("0.2 7DF#02010C", "0.21 7E8#04410C0E00"),
    )
    told = [ask(car, "010C")[0x7E8] for _ in range(5)]
    assert told == ["41 0C 0C 80", "41 0C 0D 00", "41 0C 0E 00", "41 0C 0E 00", "41 0C 0E 00"]


def test_a_request_that_the_recording_does_not_hold_is_not_answered(recording):
    assert ask(read_car(recording), "22F190", ENGINE) == {}


def test_several_pids_are_answered_out_of_single_ones():
    car = of("0.0 7DF#02010D", "0.01 7E8#03410D32", "0.1 7DF#02010C", "0.11 7E8#04410C0C80")
    assert ask(car, "010C0D05") == {0x7E8: "41 0C 0C 80 0D 32"}


def test_what_is_supported_is_told_by_what_was_answered_where_nobody_asked():
    car = of("0.0 7DF#02010D", "0.01 7E8#03410D32", "0.1 7DF#02012F", "0.11 7E8#03412F80")
    assert ask(car, "0100") == {0x7E8: "41 00 00 08 00 01"}
    assert ask(car, "0120", ENGINE) == {0x7E8: "41 20 00 02 00 00"}
    assert any("supports" in sentence for sentence in car.warnings)


def test_please_wait_and_the_answer_behind_it_both_come():
    car = of("0.0 7E0#020902", "0.02 7E8#037F0978", "1.5 7E8#0449020131")
    answers = car.handle(ENGINE, b"\x09\x02", extended=False, now_ns=0)
    assert [answer.delay_s for answer in answers] == pytest.approx([0.02, 1.5])


def test_interleaved_answers_of_several_ecus_are_put_together():
    car = of(
        *("0.0 7DF#0103", "0.01 7E8#1008430303010171", "0.011 7E9#1008430307300711"),
        *("0.02 7E0#300000", "0.021 7E1#300000", "0.03 7E9#210750000000"),
        "0.031 7E8#210299000000",
    )
    assert ask(car, "03") == {0x7E8: "43 03 03 01 01 71 02 99", 0x7E9: "43 03 07 30 07 11 07 50"}
    assert not [sentence for sentence in car.warnings if "broken" in sentence]


def test_an_answer_of_which_a_frame_is_missing_is_left_out_and_said():
    car = of(
        *("0.0 7DF#0103", "0.01 7E8#1016430A0301017102", "0.03 7E8#2299000000000000"),
        *("0.2 7DF#02010D", "0.21 7E8#03410D32"),
    )
    assert ask(car, "03") == {}
    assert any("broken" in sentence for sentence in car.warnings)


def test_foreign_frames_of_the_bus_do_no_harm(tmp_path):
    frames = frames_of(faulty_car(), ("0100", "03"))
    noise = [Frame(frame.t_ns + 10, 0x3D9, bytes(8)) for frame in frames]
    path = write(tmp_path / "noisy.log", sorted(frames + noise, key=lambda frame: frame.t_ns))
    assert ask(read_car(path), "03")[0x7E8] == "43 02 03 01 02 99"


def test_29_bit_recordings_answer_at_29_bit(tmp_path):
    frames = frames_of(faulty_car(extended=True))
    car = read_car(write(tmp_path / "wide.log", frames, extended=True))
    assert car.extended
    told = ask(car, "03", 0x18DB33F1, extended=True)
    assert told[0x18DAF110] == "43 02 03 01 02 99"
    assert ask(car, "03", 0x18DA18F1, extended=True) == {0x18DAF118: "43 01 07 30"}


def test_an_adapter_in_front_of_a_recording_prints_it(recording):
    server, now_ns, heard = ElmServer(read_car(recording)), 0, b""
    for command in (b"ATE0\r", b"ATH1\r", b"0100\r", b"03\r", b"ATRV\r"):
        heard = server.feed(command, now_ns)
        while server.due_ns is not None:
            now_ns = max(server.due_ns, now_ns)
            heard += server.poll(now_ns)
        now_ns += 1_000_000
        if command == b"03\r":
            assert b"7E8 06 43 02 03 01 02 99" in heard
    assert heard.strip() == b"?\r\r>", "no frame tells the voltage at the connector"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("frames.log", "this is no recording\n"),
        ("frames.log", "(1.0) can0 7DF#0201ZZ\n"),
        ("frames.log", "(nan) can0 7DF#020100\n"),
        ("frames.log", ""),
        ("frames.asc", "\x00\x01\x02"),
        ("frames.log", "can0  7E8   [8]  06 41 00 BE 3F A8 13 00\n"),
        ("frames.txt", "(1.0) can0 7DF#020100\n"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_to_do(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(RecordingUnreadable) as refused:
        read_frames(path)
    assert refused.value.to_do
    assert path.read_text() == content


def test_a_line_that_is_cut_off_or_junk_is_named_in_words(tmp_path):
    path = tmp_path / "cut.log"
    path.write_text("(1.0) can0 7DF#020100\n(1.1) can0 7E8#064100BE3FA813\n(1.2) can0")
    with pytest.raises(RecordingUnreadable, match="line 3 is cut off") as refused:
        read_frames(path)
    assert "delete that line" in refused.value.to_do
    path.write_text("(1.0) can0 7DF#020100\nwhat is this\n(1.2) can0 7DF#020100\n")
    with pytest.raises(RecordingUnreadable, match=r"line 2 is no frame .“what is this”"):
        read_frames(path)
    traced = path.with_suffix(".asc")
    traced.write_bytes(
        b"base hex  timestamps absolute\n 0.1 1 7DF Rx d 8 02 01 00\n 0.2 1 7E8 Rx d"
    )
    with pytest.raises(RecordingUnreadable, match="line 3 is cut off"):
        read_frames(traced)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(RecordingUnreadable, match="cannot be opened"):
        read_frames(tmp_path / "nothing.log")
    (tmp_path / "folder.log").mkdir()
    with pytest.raises(RecordingUnreadable):
        read_frames(tmp_path / "folder.log")


@pytest.mark.parametrize(
    "lines", ["(1.0) can0 123#0011\n", "(1.0) can0 7DF#020100\n(1.1) can0 123#0011\n"]
)
def test_a_recording_without_any_answer_of_obd_is_refused(tmp_path, lines):
    path = tmp_path / "silent.log"
    path.write_text(lines)
    with pytest.raises(NothingToReplay, match=r"silent\.log holds no answer") as refused:
        read_car(path)
    assert refused.value.to_do


_IDS = st.sampled_from([0x7DF, 0x7E0, 0x7E1, 0x7E8, 0x7E9, 0x18DB33F1, 0x18DA10F1, 0x18DAF110])
_FRAMES = st.lists(st.tuples(_IDS, st.binary(max_size=8)), max_size=30)


def check_frames(frames):
    recorded = [
        RecordedFrame(place / 50, can_id, can_id > 0x7FF, data)
        for place, (can_id, data) in enumerate(frames)
    ]
    found, broken = exchanges(recorded)
    assert broken >= 0
    try:
        car = ReplayedCar(found, name="any")
    except NothingToReplay:
        return
    for request in (*map(bytes.fromhex, SESSION), *(one.payload for one in found)):
        for target in (0x7DF, 0x7E0, 0x18DB33F1):
            for answer in car.handle(target, request, extended=target > 0x7FF, now_ns=0):
                assert answer.payload


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FRAMES)
def test_no_frame_breaks_the_reading(frames):
    check_frames(frames)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FRAMES)
def test_no_frame_of_very_many_breaks_the_reading(frames):
    check_frames(frames)


def test_the_readers_of_python_can_read_what_is_written_here(recording):
    with can.LogReader(recording) as messages:
        assert sum(1 for _ in messages) == len(frames_of(faulty_car()))


_LINES = st.one_of(
    st.text(max_size=40),
    st.builds(
        "({}) can0 {:X}#{}".format,
        st.one_of(st.floats(), st.text(max_size=6)),
        st.integers(0, 0x3FFFFFFF),
        st.one_of(st.binary(max_size=9).map(bytes.hex), st.text(max_size=6)),
    ),
)


def check_lines(path, lines):
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    with suppress(RecordingUnreadable):
        frames = read_frames(path)
        assert frames == sorted(frames, key=lambda frame: frame.t_s)


_ONE_FOLDER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("ending", [".log", ".asc"])
@settings(max_examples=50, deadline=None, suppress_health_check=_ONE_FOLDER)
@given(lines=st.lists(_LINES, max_size=8))
def test_whatever_stands_in_a_file_is_read_or_refused(tmp_path, ending, lines):
    check_lines(tmp_path / f"any{ending}", lines)


@pytest.mark.long
@pytest.mark.parametrize("ending", [".log", ".asc"])
@settings(max_examples=2000, deadline=None, suppress_health_check=_ONE_FOLDER)
@given(lines=st.lists(_LINES, max_size=8))
def test_whatever_stands_in_very_many_files_is_read_or_refused(tmp_path, ending, lines):
    check_lines(tmp_path / f"any{ending}", lines)


def test_a_recording_of_a_car_of_obd_on_uds_answers_as_it_did(tmp_path):
    requests = ("22F810", "22F400", "22F40C", "22F40D", "22F802", "1942330CFF", "195533", "1903")
    original = faulty_car(speaks="uds")
    car = read_car(write(tmp_path / "uds.log", frames_of(faulty_car(speaks="uds"), requests)))
    for request in ("22F810", "22F802", "22F400"):
        assert ask(car, request) == ask(original, request), request
    assert ask(car, "1942330CFF")[0x7E9].startswith("59 42 33 FF 1E 04 02 07 30 64")
    assert ask(car, "22F40CF40D", ENGINE)[0x7E8].startswith("62 F4 0C")
    assert car.vin == original.vin
