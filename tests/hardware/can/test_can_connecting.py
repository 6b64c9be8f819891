"""Finding the car on a bus, and what is said where there is none."""

from collections.abc import Callable
from typing import Any

import can
import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import Adapter, Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.can import adapter as adapter_module
from cartech_desk.hardware.can.patience import CEILING_S, FIRST_S, FLOOR_S, Patience
from cartech_desk.hardware.errors import (
    BusFault,
    CarSilent,
    LinkLost,
    ProtocolNotSpoken,
    Unreadable,
)

Talk = Callable[..., None]
ASK_11, ASK_29 = "7DF 02 01 00", "18DB33F1 02 01 00"
ANSWER = "06 41 00 BE 3F A8 13 AA"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.15)
    monkeypatch.setattr(adapter_module, "LISTEN_GIVEN_S", 0.05)


def test_the_ecus_that_answer_are_the_car(adapter: Adapter, talk: Talk) -> None:
    talk((ASK_11, [f"7EA {ANSWER}", f"7E8 {ANSWER}"]))
    link = adapter.connect_car()
    assert (link.ecus, link.extended) == ((0x7E8, 0x7EA), False)
    assert link.protocol == "ISO 15765-4 CAN, 11 bit"
    assert adapter.car == link


def test_29_bit_is_asked_after_11_bit(adapter: Adapter, talk: Talk) -> None:
    talk((ASK_11, []), (ASK_11, []), (ASK_29, [f"18DAF110 {ANSWER}"]))
    link = adapter.connect_car()
    assert (link.ecus, link.extended) == ((0x18DAF110,), True)
    assert "29 bit" in link.protocol


@pytest.mark.parametrize(("choice", "asked"), [("0", ASK_11), ("1", ASK_29)])
def test_the_address_may_settle_the_identifiers(
    channel: str, talk: Talk, choice: str, asked: str
) -> None:
    talk((asked, []), (asked, []))
    url = f"can:virtual:{channel}?extended={choice}"
    with make_adapter(url) as adapter, pytest.raises(CarSilent):
        adapter.connect_car()


SILENCE: tuple[tuple[str, list[str]], ...] = (
    (ASK_11, []),
    (ASK_11, []),
    (ASK_29, []),
    (ASK_29, []),
)


def test_a_quiet_bus_is_a_silent_car(adapter: Adapter, talk: Talk) -> None:
    talk(*SILENCE)
    with pytest.raises(CarSilent, match=r"quiet.*ignition"):
        adapter.connect_car()


def test_traffic_without_obd_says_so(adapter: Adapter, car: Any, talk: Talk) -> None:
    talk(*SILENCE)
    car.put("3E8 01 02 03")
    with pytest.raises(CarSilent, match="traffic"):
        adapter.connect_car()


def test_an_ecu_that_refuses_service_01_is_there_all_the_same(adapter: Adapter, talk: Talk) -> None:
    talk((ASK_11, ["7E8 03 7F 01 11 00 00 00 00"]))
    assert adapter.connect_car().ecus == (0x7E8,)


@pytest.mark.parametrize("garbage", ["0F 41 00 FF", "03 41 00 BE", "21 41 00 BE 3F A8 13"])
def test_a_car_that_answers_illegibly_is_unreadable(
    adapter: Adapter, talk: Talk, garbage: str
) -> None:
    talk((ASK_11, [f"7E8 {garbage}"]), (ASK_11, [f"7E8 {garbage}"]), *SILENCE[2:])
    with pytest.raises(Unreadable, match="7E8"):
        adapter.connect_car()


def test_error_frames_alone_mean_another_bit_rate_and_nothing_is_sent(
    adapter: Adapter, car: Any, talk: Talk
) -> None:
    talk()
    for _ in range(5):
        car.bus.send(can.Message(is_error_frame=True))
    with pytest.raises(ProtocolNotSpoken, match="bit rate"):
        adapter.connect_car()


def test_nobody_acknowledging_is_a_silent_car(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise can.CanOperationError("Transmit buffer full")

    monkeypatch.setattr("can.interfaces.virtual.VirtualBus.send", full)
    with pytest.raises(CarSilent, match=r"acknowledges.*ignition"):
        adapter.connect_car()


def test_patience_is_learned_and_has_a_floor() -> None:
    from cartech_desk.domain.obd.address import Address

    engine, gearbox = Address(0x7E0), Address(0x7E1)
    patience = Patience()
    assert patience.wait_s(engine) == FIRST_S
    patience.answered(engine, 0.002)
    assert patience.wait_s(engine) == FLOOR_S
    assert patience.wait_s(gearbox) == FIRST_S
    patience.answered(engine, 0.08)
    assert patience.wait_s(engine) == pytest.approx(0.16)
    patience.silent(engine)
    assert patience.wait_s(engine) == pytest.approx(0.32)
    patience.silent(engine)
    assert patience.wait_s(engine) == CEILING_S
    for _ in range(100):
        patience.answered(engine, 0.01)
    assert patience.wait_s(engine) == FLOOR_S


def test_an_adapter_that_left_the_bus_says_so(
    adapter: Adapter, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("can.interfaces.virtual.VirtualBus.state", can.BusState.ERROR)
    talk((ASK_11, []))
    with pytest.raises(BusFault, match="bus off"):
        adapter.request(Request(FUNCTIONAL, b"\x01\x00", timeout_s=0.05))


def test_asking_for_the_voltage_tells_a_dead_link(adapter: Adapter) -> None:
    assert adapter.voltage() is None
    adapter.close()
    with pytest.raises(LinkLost):
        adapter.voltage()
