"""The simulated car on a CAN bus, asked by the desk's own CAN adapter."""

import time
import uuid
from collections.abc import Callable, Iterator

import can
import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.adapter import Adapter, Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.can import adapter as adapter_module
from cartech_desk.hardware.errors import CarSilent, NoAnswer, RequestFailed, Unreadable
from cartech_desk.hardware.sim import evil as evil_module
from cartech_desk.hardware.sim.can_server import CanCarServer, CanDirt, can_dirt
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import CarOptions, DirtOptions

ENGINE = Address(0x7E0)
RPM = Request(ENGINE, b"\x01\x0c")
VIN = Request(ENGINE, b"\x09\x02")

Connect = Callable[..., Adapter]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine is no slow ECU."""
    for name in ("FLOOR_S", "FIRST_S", "CEILING_S"):
        monkeypatch.setattr(f"cartech_desk.hardware.can.patience.{name}", 2.0)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Put a car with these options and this dirt on a bus; gives an open adapter on it."""
    opened: list[tuple[Adapter, CanCarServer, can.BusABC]] = []

    def make(
        options: CarOptions | None = None,
        dirt: CanDirt | None = None,
        latency_s: float = 0.0,
        of_url: str = "",
    ) -> Adapter:
        channel = f"car-{uuid.uuid4()}"
        bus = can.Bus(channel, interface="virtual", ignore_config=True)
        server = CanCarServer(SimulatedCar(options), bus, latency_s=latency_s, dirt=dirt)
        server.start()
        adapter = make_adapter(f"can:virtual:{channel}{of_url}")
        opened.append((adapter, server, bus))
        adapter.open()
        return adapter

    yield make
    for adapter, server, bus in opened:
        adapter.close()
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 10
        assert server.problem == ""
        bus.shutdown()


def test_several_ecus_are_found_and_answer_at_once(connect: Connect) -> None:
    adapter = connect()
    link = adapter.connect_car()
    assert link.ecus == (0x7E8, 0x7E9, 0x7EA)
    reply = adapter.request(Request(FUNCTIONAL, b"\x01\x00", expected=3))
    assert sorted(answer.ecu for answer in reply.answers) == [0x7E8, 0x7E9, 0x7EA]


def test_the_vin_comes_whole_over_several_frames(connect: Connect) -> None:
    payload = connect().request(VIN).answers[0].payload
    assert payload[:3] == b"\x49\x02\x01"
    assert len(payload[3:]) == 17
    assert payload[3:].decode("ascii").isalnum()


def test_a_29_bit_car_is_found(connect: Connect) -> None:
    adapter = connect(CarOptions(extended=True))
    link = adapter.connect_car()
    assert link.extended
    assert all(ecu & 0xFFFFFF00 == 0x18DAF100 for ecu in link.ecus)
    reply = adapter.request(Request(FUNCTIONAL_29BIT, b"\x09\x02", timeout_s=0.2))
    assert len(reply.answers[0].payload) == 20


def test_an_ecu_behind_an_address_byte_answers(connect: Connect) -> None:
    adapter = connect()
    car = SimulatedCar()
    ecus = [ecu.address for ecu in car.ecus if ecu.address.extension is not None]
    for address in ecus:
        reply = adapter.request(Request(address, b"\x3e\x00", timeout_s=0.2))
        told = [a.ecu for a in reply.answers] + [r.ecu for r in reply.refusals]
        assert told == [address.expected_response]
    assert ecus


def test_a_car_that_is_off_is_silent(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.05)
    with pytest.raises(CarSilent):
        connect(CarOptions(ignition=False)).connect_car()


def test_latency_is_kept_and_told_by_the_time_stamps(connect: Connect) -> None:
    reply = connect(latency_s=0.03).request(RPM)
    assert 0.03 <= (reply.answers[0].t_ns - reply.t_sent_ns) / 1e9 < 2.0


def test_pending_answers_are_waited_out(connect: Connect) -> None:
    adapter = connect(CarOptions(pending=1.0))
    reply = adapter.request(RPM)
    assert reply.answers[0].payload[:2] == b"\x41\x0c"
    assert (reply.answers[0].t_ns - reply.t_sent_ns) / 1e9 > 0.1


def test_a_busy_ecu_refuses_with_its_code(connect: Connect) -> None:
    reply = connect(CarOptions(busy=1.0)).request(RPM)
    assert [refusal.nrc for refusal in reply.refusals] == [0x21]


def test_duplicates_and_foreign_traffic_change_no_answer(connect: Connect) -> None:
    adapter = connect(dirt=CanDirt(foreign_per_s=1000, duplicate=0.5))
    vins = {adapter.request(VIN).answers[0].payload for _ in range(20)}
    assert len(vins) == 1
    for _ in range(50):
        assert adapter.request(RPM).answers[0].payload[:2] == b"\x41\x0c"


def test_lost_frames_are_unreadable_and_never_a_shorter_vin(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartech_desk.hardware.can.reassembly.N_CR_NS", 100_000_000)
    adapter = connect(dirt=CanDirt(lose=0.5, seed=4))
    whole, unreadable = 0, 0
    for _ in range(8):
        try:
            assert len(adapter.request(VIN).answers[0].payload) == 20
        except Unreadable:
            unreadable += 1
        else:
            whole += 1
    assert whole
    assert unreadable


def test_late_answers_are_not_taken_for_the_next_ones(connect: Connect) -> None:
    adapter = connect(dirt=CanDirt(late=0.3, seed=2))
    silent = 0
    for pid in (0x0C, 0x0D, 0x05, 0x0F, 0x0B, 0x11) * 3:
        try:
            reply = adapter.request(Request(ENGINE, bytes((1, pid)), timeout_s=0.1))
        except NoAnswer:
            silent += 1
        else:
            assert reply.answers[0].payload[1] == pid
    assert silent


def test_an_ecu_without_flow_control_takes_no_long_request(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartech_desk.hardware.can.isotp_send.N_BS_S", 0.1)
    adapter = connect(dirt=CanDirt(no_flow_control=True))
    with pytest.raises(RequestFailed, match="did not take"):
        adapter.request(Request(ENGINE, bytes.fromhex("22f190f18cf187f188f189")))


def test_a_long_request_reaches_the_ecu(connect: Connect) -> None:
    request = Request(ENGINE, bytes.fromhex("22f190f18cf187f188f189"))
    reply = connect().request(request)
    assert [answer.ecu for answer in reply.answers] == [0x7E8]
    assert reply.answers[0].payload[:3] == bytes.fromhex("62f190")


def test_the_dirt_of_an_adapter_is_carried_over() -> None:
    dirt = can_dirt(DirtOptions(foreign=0.5, duplicates=0.1, late=0.2, truncated=0.3), 7)
    assert dirt == CanDirt(foreign_per_s=500, duplicate=0.1, lose=0.3, late=0.2, seed=7)


def test_a_bus_that_breaks_is_a_state_and_a_message() -> None:
    channel = f"car-{uuid.uuid4()}"
    bus = can.Bus(channel, interface="virtual", ignore_config=True)
    server = CanCarServer(SimulatedCar(), bus)
    server.start()
    bus.shutdown()
    deadline = time.monotonic() + 20
    while not server.problem and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "left the bus" in server.problem
    server.stop()
    assert not server.running


def test_it_starts_again_after_a_stop(connect: Connect) -> None:
    channel = f"car-{uuid.uuid4()}"
    with can.Bus(channel, interface="virtual", ignore_config=True) as bus:
        server = CanCarServer(SimulatedCar(), bus)
        for _ in range(2):
            server.start()
            assert server.running
            with make_adapter(f"can:virtual:{channel}") as adapter:
                assert adapter.request(RPM).answers
            server.stop()
            assert not server.running


def test_a_car_of_obd_on_uds_is_found_and_answers(connect: Connect) -> None:
    options = CarOptions(script="idle", speaks="uds", faults=("misfire",))
    adapter = connect(options, of_url="?extended=0")
    link = adapter.connect_car()
    assert link.uds
    assert link.ecus == (0x7E8, 0x7E9, 0x7EA)
    codes = adapter.request(Request(ENGINE, bytes.fromhex("19423308FF")))
    assert codes.answers[0].payload.hex(" ").startswith("59 42 33 ff 1e 04 02 03 01 00")


def test_a_frame_that_an_evil_ecu_loses_spoils_its_answer_alone(connect: Connect) -> None:
    evil = (("many_codes", "engine"), ("broken_frames", "engine"))
    adapter = connect(CarOptions(script="idle", evil=evil))
    adapter.connect_car()
    reply = adapter.request(Request(FUNCTIONAL, b"\x03", expected=3))
    assert {answer.ecu for answer in reply.answers} == {0x7E9, 0x7EA}
    assert reply.unreadable
    assert len(adapter.request(VIN).answers[0].payload) == 20


def test_an_ecu_asked_anew_no_longer_asks_for_time_for_what_was_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evil_module, "AGAIN_S", 0.8)
    channel = f"car-{uuid.uuid4()}"
    car = SimulatedCar(CarOptions(script="idle", evil=(("pending_forever", "engine"),)))
    with (
        can.Bus(channel, interface="virtual", ignore_config=True) as bus,
        can.Bus(channel, interface="virtual", ignore_config=True) as tester,
    ):
        server = CanCarServer(car, bus)
        server.start()
        for request, answer in ((b"\x01\x03", b"\x7f\x03\x78"), (b"\x02\x01\x0c", b"\x41\x0c")):
            tester.send(can.Message(arbitration_id=0x7E0, is_extended_id=False, data=request))
            heard = tester.recv(10.0)
            assert heard is not None
            assert bytes(heard.data[1:]).startswith(answer)
        assert tester.recv(1.1) is None, "it would have asked again by now"
        server.stop()
