"""ISO-TP without a wire: reassembly, segmentation, and what one bad frame may never do."""

from typing import TYPE_CHECKING

import isotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import Request, SignsOfLife
from cartech_desk.hardware.can import isotp_send
from cartech_desk.hardware.can.exchange import Exchange
from cartech_desk.hardware.can.reassembly import N_CR_NS, Begun, Broken, Reassembly, Whole
from cartech_desk.hardware.can.wire import Frame
from cartech_desk.hardware.errors import NoAnswer, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

MS = 1_000_000


def segment(payload: bytes, extension: int | None = None) -> list[bytes]:
    if isotp_send.fits_single(payload, extension):
        return [isotp_send.single_frame(payload, extension)]
    rest = isotp_send.consecutive_frames(payload, extension)
    return [isotp_send.first_frame(payload, extension), *rest]


@settings(deadline=None)
@given(st.binary(min_size=8, max_size=600), st.sampled_from([None, 0x2A]))
def test_our_frames_are_what_can_isotp_reads(payload: bytes, extension: int | None) -> None:
    frames = segment(payload, extension)
    inbox = [isotp.CanMessage(arbitration_id=0x750, data=frame) for frame in frames]
    if extension is None:
        ends = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=0x758, rxid=0x750)
    else:
        ends = isotp.Address(
            isotp.AddressingMode.Extended_11bits,
            txid=0x758,
            rxid=0x750,
            source_address=extension,
            target_address=extension,
        )
    layer = isotp.TransportLayerLogic(
        rxfn=lambda _timeout: inbox.pop(0) if inbox else None,
        txfn=lambda _message: None,
        address=ends,
    )
    while inbox:
        layer.process()
    assert bytes(layer.recv() or b"") == payload


answers_of_ecus = st.dictionaries(
    st.integers(0x7E8, 0x7EF), st.binary(min_size=1, max_size=150), min_size=1, max_size=8
)


@settings(deadline=None)
@given(answers_of_ecus, st.sampled_from([None, 0x40]), st.data())
def test_any_interleaving_of_whole_answers_comes_out_whole(
    payloads: dict[int, bytes], extension: int | None, data: st.DataObject
) -> None:
    queues = {ecu: segment(payload, extension) for ecu, payload in payloads.items()}
    reassembly = Reassembly(None if extension is None else frozenset((extension,)))
    whole: dict[int, bytes] = {}
    t_first: dict[int, int] = {}
    t_ns = 0
    while queues:
        ecu = data.draw(st.sampled_from(sorted(queues)))
        t_ns += MS
        t_first.setdefault(ecu, t_ns)
        event = reassembly.feed(ecu, queues[ecu].pop(0), t_ns)
        assert not isinstance(event, Broken)
        if isinstance(event, Whole):
            whole[ecu] = event.payload
            assert event.t_ns == t_first[ecu]
        if not queues[ecu]:
            del queues[ecu]
    assert whole == payloads
    assert reassembly.deadline_ns is None


def test_the_counter_wraps_from_f_to_0() -> None:
    payload = bytes(range(256)) * 2
    frames = segment(payload)
    assert frames[15][0] == 0x2F
    assert frames[16][0] == 0x20
    reassembly = Reassembly()
    events = [reassembly.feed(0x7E8, frame, 0) for frame in frames]
    assert isinstance(events[0], Begun)
    assert events[-1] == Whole(0x7E8, payload, 0)


def test_an_answer_that_stops_is_given_up_after_a_second() -> None:
    reassembly = Reassembly()
    reassembly.feed(0x7E8, segment(bytes(20))[0], 0)
    assert reassembly.expire(N_CR_NS - 1) == []
    (broken,) = reassembly.expire(N_CR_NS)
    assert "announced 20 bytes and sent 6" in broken.text


def test_after_a_broken_answer_nothing_of_that_ecu_is_believed() -> None:
    reassembly = Reassembly()
    frames = segment(bytes(30))
    reassembly.feed(0x7E8, frames[0], 0)
    assert isinstance(reassembly.feed(0x7E8, frames[2], 1), Broken)
    assert [reassembly.feed(0x7E8, frame, 2) for frame in frames] == [None] * len(frames)
    assert isinstance(reassembly.feed(0x7E9, segment(b"\x41")[0], 3), Whole)


class PlayedWire:
    """Stands for a wire: plays frames back in its own time, first frames only after a request."""

    def __init__(self, frames: list[tuple[int, bytes]]) -> None:
        self.now_ns = 0
        self.error_frames = 0
        self.signs = SignsOfLife()
        self.bus_off = False
        self._frames: Iterator[tuple[int, bytes]] = iter(frames)

    def clock(self) -> int:
        return self.now_ns

    def drain(self) -> None:
        pass

    def send(self, can_id: int, data: bytes, *, extended: bool) -> None:
        pass

    def receive(self, timeout_s: float) -> Frame | None:
        can_id, data = next(self._frames, (0, b""))
        if not can_id:
            self.now_ns += int(timeout_s * 1e9) + 1
            return None
        self.now_ns += MS // 4
        return Frame(can_id, False, data, self.now_ns)


def play(frames: list[tuple[int, bytes]], request: Request, wait_s: float = 0.1) -> Exchange:
    return exchange_on(PlayedWire(frames), request, wait_s)


def exchange_on(wire: PlayedWire, request: Request, wait_s: float = 0.1) -> Exchange:
    return Exchange(
        wire,  # type: ignore[arg-type]  # plays the few methods that an exchange uses
        request,
        wait_s=wait_s,
        before=None,
        check=lambda: None,
        clock=wire.clock,
    )


long_answers = st.dictionaries(
    st.integers(0x7E8, 0x7EB),
    st.binary(min_size=6, max_size=60).map(lambda rest: b"\x49\x02" + rest),
    min_size=1,
    max_size=4,
)
FAULTS = ("lose", "double", "swap", "repeat later", "kind", "number", "cut")


def spoil(frames: list[tuple[int, bytes]], fault: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(frames) - 1))
    ecu, frame = frames[at]
    if fault == "lose":
        del frames[at]
    elif fault == "double":
        frames.insert(at, frames[at])
    elif fault == "swap" and at:
        frames[at - 1], frames[at] = frames[at], frames[at - 1]
    elif fault == "repeat later":
        frames.insert(data.draw(st.integers(at, len(frames))), frames[at])
    elif fault == "kind":
        kind = data.draw(st.integers(0, 15))
        frames[at] = (ecu, bytes((kind << 4 | frame[0] & 0x0F,)) + frame[1:])
    elif fault == "number" and frame[0] >> 4 == 2:
        frames[at] = (ecu, bytes((0x20 | data.draw(st.integers(0, 15)),)) + frame[1:])
    elif fault == "cut":
        frames[at] = (ecu, frame[: data.draw(st.integers(0, 7))])


@settings(deadline=None)
@given(long_answers, st.sampled_from(FAULTS), st.data())
def test_one_bad_frame_never_yields_a_wrong_payload(
    payloads: dict[int, bytes], fault: str, data: st.DataObject
) -> None:
    queues = {ecu: segment(payload) for ecu, payload in payloads.items()}
    frames: list[tuple[int, bytes]] = []
    while queues:
        ecu = data.draw(st.sampled_from(sorted(queues)))
        frames.append((ecu, queues[ecu].pop(0)))
        if not queues[ecu]:
            del queues[ecu]
    spoil(frames, fault, data)
    try:
        reply = play(frames, Request(FUNCTIONAL, b"\x09\x02")).run()
    except (Unreadable, NoAnswer):
        return
    for answer in reply.answers:
        assert answer.payload == payloads[answer.ecu]
    # at most one ECU suffers from one bad frame
    suffering = payloads.keys() - {answer.ecu for answer in reply.answers}
    assert len(suffering) <= (2 if fault == "swap" else 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0x7E6, 0x7F0), st.binary(max_size=8)), max_size=40))
def test_noise_ends_in_an_answer_of_the_right_kind_or_a_typed_failure(
    frames: list[tuple[int, bytes]],
) -> None:
    try:
        reply = play(frames, Request(FUNCTIONAL, b"\x01\x0c", expected=2)).run()
    except (Unreadable, NoAnswer):
        return
    for answer in reply.answers:
        assert answer.payload[:2] == b"\x41\x0c"
    for refusal in reply.refusals:
        assert refusal.service == 0x01


@pytest.mark.parametrize("pendings", [1, 3])
def test_every_pending_starts_five_seconds_anew(pendings: int) -> None:
    class Slow(PlayedWire):
        def receive(self, timeout_s: float) -> Frame | None:
            self.now_ns += int(timeout_s * 1e9) + 1
            times = [4.9 * n for n in range(pendings)]
            if self.sent < pendings and self.now_ns >= times[self.sent] * 1e9:
                self.sent += 1
                return Frame(0x7E8, False, bytes.fromhex("037f0478"), self.now_ns)
            if self.sent == pendings and self.now_ns >= (times[-1] + 4.9) * 1e9:
                self.sent += 1
                return Frame(0x7E8, False, bytes.fromhex("0144"), self.now_ns)
            return None

        sent = 0

    wire = Slow([])
    exchange = exchange_on(wire, Request(FUNCTIONAL, b"\x04", expected=1))
    assert exchange.run().answers[0].payload == b"\x44"
    assert wire.now_ns > 4.9e9 * pendings


def test_an_ecu_that_asks_for_time_is_patiently_waited_for() -> None:
    class Watched(PlayedWire):
        silences: list[float]

        def receive(self, timeout_s: float) -> Frame | None:
            self.silences.append(self.signs.silent_s(0, self.now_ns))
            frame = super().receive(timeout_s)
            if frame is not None:
                self.signs.heard_ns = frame.t_ns
            return frame

    wire = Watched([(0x7E8, bytes.fromhex("037f0478"))])
    wire.silences = []
    with pytest.raises(Unreadable, match="asked for time"):
        exchange_on(wire, Request(FUNCTIONAL, b"\x04", expected=1)).run()
    assert wire.now_ns > 5e9
    assert max(wire.silences) < 0.2
    assert wire.signs.patient_until_ns == 0


def test_an_answer_that_came_while_we_were_held_up_counts() -> None:
    class HeldUp(PlayedWire):
        def send(self, can_id: int, data: bytes, *, extended: bool) -> None:
            self.now_ns += 3_000 * MS

    wire = HeldUp([(0x123, b"\x00"), (0x7E8, bytes.fromhex("0341057b"))])
    assert exchange_on(wire, Request(FUNCTIONAL, b"\x01\x05")).run().answers[0].ecu == 0x7E8


def test_an_ecu_that_asks_for_time_and_stays_silent_is_unreadable() -> None:
    frames = [(0x7E8, bytes.fromhex("037f0478"))]
    with pytest.raises(Unreadable, match="asked for time"):
        play(frames, Request(FUNCTIONAL, b"\x04")).run()


def test_a_lost_last_frame_is_waited_for_and_then_unreadable() -> None:
    frames = [(0x7E8, frame) for frame in segment(b"\x49\x02" + bytes(18))[:-1]]
    with pytest.raises(Unreadable, match="announced 20 bytes and sent 13"):
        play(frames, Request(FUNCTIONAL, b"\x09\x02")).run()


@pytest.mark.parametrize(
    ("raw", "pause_s"), [(0x00, 0), (0x7F, 0.127), (0xF1, 1e-4), (0xF9, 9e-4), (0x80, 0.127)]
)
def test_the_pause_in_flow_control_is_read_as_the_standard_says(raw: int, pause_s: float) -> None:
    control = isotp_send.read_flow_control(bytes((0x30, 4, raw)))
    assert control is not None
    assert (control.status, control.block) == (isotp_send.Status.GO_ON, 4)
    assert control.pause_s == pytest.approx(pause_s)


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"\x33\x00\x00", b"\x21\x00\x00"])
def test_what_is_no_flow_control_is_not_read_as_one(body: bytes) -> None:
    assert isotp_send.read_flow_control(body) is None
