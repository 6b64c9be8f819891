"""The second time on a bus: what is skipped, what is proven, what no longer holds."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import can
import pytest

from cartech_desk.hardware.adapter import Adapter, AdapterIdentity, CarLink
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.can import adapter as adapter_module
from cartech_desk.hardware.can.known import Known, findings_of
from cartech_desk.hardware.errors import CarSilent

Talk = Callable[..., None]
CAN_11 = "ISO 15765-4 CAN, 11 bit"
LINK = CarLink(CAN_11, False, (0x7E8, 0x7EA))
FOUND = findings_of(AdapterIdentity("virtual", ""), None, LINK)
ASK_11, ASK_29 = "7DF 02 01 00", "18DB33F1 02 01 00"
UDS_11 = "7DF 03 22 F8 10"
ENGINE, BRAKES = "7E8 06 41 00 BE 3F A8 13 AA", "7EA 06 41 00 80 00 00 00 AA"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.15)
    monkeypatch.setattr(adapter_module, "MET_AGAIN_S", 0.15)
    monkeypatch.setattr(adapter_module, "LISTEN_GIVEN_S", 0.02)


@pytest.fixture
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers nothing can come too late."""
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.03)
    monkeypatch.setattr(adapter_module, "MET_AGAIN_S", 0.03)


@pytest.fixture
def met(channel: str, car: Any) -> Iterator[Callable[..., Adapter]]:
    """Make an adapter with findings of an earlier time, opened."""
    adapters: list[Adapter] = []

    def make(findings: object = FOUND, options: str = "") -> Adapter:
        adapter = make_adapter(f"can:virtual:{channel}{options}")
        adapters.append(adapter)
        adapter.use_findings(json.loads(json.dumps(findings)))
        adapter.open()
        return adapter

    yield make
    for adapter in adapters:
        adapter.close()


def test_a_known_car_is_asked_once(
    met: Callable[..., Adapter], talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 20.0)
    talk((ASK_11, [ENGINE, BRAKES]))
    adapter = met()
    began = time.monotonic()
    assert adapter.connect_car() == LINK
    assert time.monotonic() - began < 10.0
    assert adapter.outdated == ()
    assert adapter.findings()["link"]["ecus"] == {"7E8": "BE3FA813", "7EA": "80000000"}


def test_a_missing_ecu_is_asked_for_with_all_patience_and_said(
    met: Callable[..., Adapter], talk: Talk
) -> None:
    talk((ASK_11, [ENGINE]), (ASK_11, [ENGINE]))
    adapter = met()
    assert adapter.connect_car().ecus == (0x7E8,)
    assert adapter.outdated == ("ECU 7EA answered last time and does not answer now.",)


def test_a_slow_ecu_is_still_there(
    met: Callable[..., Adapter], talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_module, "FIRST_ANSWER_S", 0.8)
    talk((ASK_11, [ENGINE]), (ASK_11, [ENGINE, 0.2, BRAKES]))
    adapter = met()
    assert adapter.connect_car() == LINK
    assert adapter.outdated == ()


def test_an_ecu_that_is_new_is_seen(met: Callable[..., Adapter], talk: Talk) -> None:
    talk((ASK_11, [ENGINE, BRAKES, "7EB 06 41 00 80 00 00 00 AA"]))
    adapter = met()
    assert adapter.connect_car().ecus == (0x7E8, 0x7EA, 0x7EB)
    assert "ECU 7EB answers now" in adapter.outdated[0]


def test_a_car_of_other_identifiers_is_found_anew(met: Callable[..., Adapter], talk: Talk) -> None:
    answer = "18DAF110 06 41 00 BE 3F A8 13 AA"
    talk((ASK_11, []), (ASK_11, []), (ASK_11, []), (ASK_29, [answer]))
    adapter = met()
    assert adapter.connect_car().extended
    assert "29 bit now" in adapter.outdated[0]


def test_a_car_of_obd_on_uds_is_asked_by_uds_at_once(
    met: Callable[..., Adapter], talk: Talk
) -> None:
    known = findings_of(
        AdapterIdentity("virtual", ""), None, CarLink(CAN_11, False, (0x7E8,), True)
    )
    talk(
        (UDS_11, ["7E8 04 62 F8 10 04 AA AA AA"]),
        ("7DF 03 22 F4 00", ["7E8 07 62 F4 00 BE 3F A8 13"]),
    )
    adapter = met(known)
    link = adapter.connect_car()
    assert (link.uds, link.first_bitmaps) == (True, {0x7E8: bytes.fromhex("BE3FA813")})


def test_errors_at_the_known_bit_rate_keep_the_desk_from_sending(
    met: Callable[..., Adapter], car: Any, talk: Talk
) -> None:
    talk()
    adapter = met()
    for _ in range(5):
        car.bus.send(can.Message(is_error_frame=True))
    assert adapter._meet_again(LINK) is None


@pytest.mark.usefixtures("nobody_there")
def test_a_car_that_is_off_is_silent(met: Callable[..., Adapter], talk: Talk) -> None:
    talk(*[(ASK_11, [])] * 3, *[(ASK_29, [])] * 2, (UDS_11, []), ("18DB33F1 03 22 F8 10", []))
    with pytest.raises(CarSilent):
        met().connect_car()


def test_the_identifiers_of_the_address_count_more_than_what_is_known(
    met: Callable[..., Adapter], talk: Talk
) -> None:
    talk((ASK_29, ["18DAF110 06 41 00 BE 3F A8 13 AA"]))
    assert met(options="?extended=1").connect_car().extended


def test_damaged_findings_are_passed_over(met: Callable[..., Adapter], talk: Talk) -> None:
    talk((ASK_11, [ENGINE, BRAKES]))
    adapter = met(FOUND | {"bitrate": "fast", "link": {"ecus": 3}})
    assert adapter.connect_car() == LINK
    assert adapter.outdated == ()


def test_another_adapter_at_the_channel_is_said() -> None:
    known = Known("slcan", "V1013 NA123")
    assert known.changes_of_adapter(AdapterIdentity("slcan", "V1013 NA123")) == ()
    (told,) = known.changes_of_adapter(AdapterIdentity("slcan", "slcan-fw 3"))
    assert told == (
        "Another adapter is at this address: slcan (slcan-fw 3); last time it was slcan "
        "(V1013 NA123)."
    )


def test_the_bit_rate_of_last_time_is_listened_at_first() -> None:
    adapter = make_adapter("can:slcan:/dev/ttyACM0")
    adapter.use_findings({"kind": "can", "bitrate": 250_000})
    assert adapter._bitrates() == (250_000, 500_000)
