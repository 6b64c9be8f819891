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
UDS_11, UDS_29 = "7DF 03 22 F8 10", "18DB33F1 03 22 F8 10"
UDS_ANSWER = "04 62 F8 10 04 AA AA AA"


SILENCE: tuple[tuple[str, list[str]], ...] = (
    (ASK_11, []),
    (ASK_11, []),
    (ASK_29, []),
    (ASK_29, []),
    (UDS_11, []),
    (UDS_29, []),
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.15)
    monkeypatch.setattr(adapter_module, "LISTEN_GIVEN_S", 0.05)


@pytest.fixture
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers nothing can come too late."""
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.03)


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


def test_what_each_ecu_told_first_is_kept_with_the_link(adapter: Adapter, talk: Talk) -> None:
    talk((ASK_11, [f"7EA {ANSWER}", "7E8 06 41 00 80 00 00 00 AA"]))
    link = adapter.connect_car()
    assert not link.uds
    assert link.first_bitmaps == {
        0x7E8: bytes.fromhex("80000000"),
        0x7EA: bytes.fromhex("BE3FA813"),
    }


def test_an_ecu_whose_answer_was_spoilt_is_asked_for_again(adapter: Adapter, talk: Talk) -> None:
    talk(
        (ASK_11, ["7E8 03 41 00 BE", f"7EA {ANSWER}"]),
        (ASK_11, [f"7E8 {ANSWER}"]),
    )
    assert adapter.connect_car().ecus == (0x7E8, 0x7EA)


def test_a_car_of_obd_on_uds_alone_is_found_where_nobody_answers_01_00(
    adapter: Adapter, talk: Talk
) -> None:
    talk(
        *SILENCE[:4],
        (UDS_11, [f"7E8 {UDS_ANSWER}", f"7EA {UDS_ANSWER}"]),
        ("7DF 03 22 F4 00", ["7E8 07 62 F4 00 BE 3F A8 13"]),
    )
    link = adapter.connect_car()
    assert link.uds
    assert link.ecus == (0x7E8, 0x7EA)
    assert link.first_bitmaps == {0x7E8: bytes.fromhex("BE3FA813")}


def test_a_car_of_obd_on_uds_may_use_29_bit(adapter: Adapter, talk: Talk) -> None:
    talk(
        *SILENCE[:5],
        (UDS_29, [f"18DAF110 {UDS_ANSWER}"]),
        ("18DB33F1 03 22 F4 00", ["18DAF110 07 62 F4 00 BE 3F A8 13"]),
    )
    link = adapter.connect_car()
    assert (link.ecus, link.extended, link.uds) == ((0x18DAF110,), True, True)


def test_an_ecu_that_refuses_the_service_of_01_00_may_speak_obd_on_uds(
    adapter: Adapter, talk: Talk
) -> None:
    talk(
        (ASK_11, ["7E8 03 7F 01 11 00 00 00 00"]),
        (UDS_11, [f"7E8 {UDS_ANSWER}"]),
        ("7DF 03 22 F4 00", []),
        ("7DF 03 22 F4 00", []),
    )
    link = adapter.connect_car()
    assert (link.ecus, link.uds, link.first_bitmaps) == ((0x7E8,), True, {})


def test_a_refusal_of_22_f8_10_makes_no_car_of_obd_on_uds(adapter: Adapter, talk: Talk) -> None:
    refused = (UDS_11, ["7E8 03 7F 22 31 00 00 00 00"])
    talk(*SILENCE[:4], refused, refused, (UDS_29, []))
    with pytest.raises(CarSilent):
        adapter.connect_car()


@pytest.mark.usefixtures("nobody_there")
@pytest.mark.parametrize(
    ("choice", "asked", "by_uds"), [("0", ASK_11, UDS_11), ("1", ASK_29, UDS_29)]
)
def test_the_address_may_settle_the_identifiers(
    channel: str, talk: Talk, choice: str, asked: str, by_uds: str
) -> None:
    talk((asked, []), (asked, []), (by_uds, []))
    url = f"can:virtual:{channel}?extended={choice}"
    with make_adapter(url) as adapter, pytest.raises(CarSilent):
        adapter.connect_car()


@pytest.mark.usefixtures("nobody_there")
def test_a_quiet_bus_is_a_silent_car(adapter: Adapter, talk: Talk) -> None:
    talk(*SILENCE)
    with pytest.raises(CarSilent, match=r"quiet.*ignition"):
        adapter.connect_car()


@pytest.mark.usefixtures("nobody_there")
def test_traffic_without_obd_says_so(adapter: Adapter, car: Any, talk: Talk) -> None:
    talk(*SILENCE)
    car.put("3E8 01 02 03")
    with pytest.raises(CarSilent, match="traffic"):
        adapter.connect_car()


def test_an_ecu_that_refuses_service_01_is_there_all_the_same(adapter: Adapter, talk: Talk) -> None:
    talk((ASK_11, ["7E8 03 7F 01 11 00 00 00 00"]), (UDS_11, []))
    link = adapter.connect_car()
    assert (link.ecus, link.uds) == ((0x7E8,), False)


@pytest.mark.parametrize("garbage", ["0F 41 00 FF", "03 41 00 BE", "21 41 00 BE 3F A8 13"])
def test_a_car_that_answers_illegibly_is_unreadable(
    adapter: Adapter, talk: Talk, garbage: str
) -> None:
    talk((ASK_11, [f"7E8 {garbage}"]), (ASK_11, [f"7E8 {garbage}"]), *SILENCE[2:4])
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
