"""The second time at an adapter: what is skipped, what is proven, what no longer holds."""

import json
from dataclasses import replace

import pytest

from cartech_desk.hardware.adapter import AdapterIdentity, CarLink
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.elm.known import findings_of
from cartech_desk.hardware.errors import CarSilent
from cartech_desk.hardware.links.serial_port import SerialLink

CAN_11 = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
LINK = CarLink(CAN_11, False, (0x7E8, 0x7EA))
IDENTITY = AdapterIdentity("ELM327", "ELM327 v1.5")
FOUND = findings_of(IDENTITY, None, LINK)
ENGINE, BRAKES = "7E8 06 41 00 BE 3E B8 11", "7EA 06 41 00 80 00 00 00"
BOTH = f"{ENGINE}\r{BRAKES}"


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch):
    for memory in ("_last_protocol", "_last_uds", "_last_baud"):
        monkeypatch.setattr(ElmAdapter, memory, {})


@pytest.fixture
def warm(setup_script):
    """The opening of an adapter that is known: a warm start instead of the reset."""
    return [("ATWS" if sent == "ATZ" else sent, answer) for sent, answer in setup_script]


@pytest.fixture
def met(expected_wire):
    """Connect along a script with findings of an earlier time."""
    adapters = []

    def connect(script, findings=FOUND, **options):
        adapter = ElmAdapter("elm327:scripted", expected_wire(script), **options)
        adapters.append(adapter)
        adapter.use_findings(json.loads(json.dumps(findings)))
        adapter.open()
        return adapter, adapter.connect_car()

    yield connect
    for adapter in adapters:
        adapter.close()


def test_a_known_adapter_and_car_are_asked_only_what_proves_them(met, warm):
    adapter, link = met([*warm, ("ATTP6", "OK"), ("0100", BOTH)])
    assert link == LINK
    assert link.first_bitmaps[0x7EA] == b"\x80\0\0\0"
    assert adapter.outdated == ()
    assert adapter.findings()["link"]["ecus"] == {"7E8": "BE3EB811", "7EA": "80000000"}


def test_findings_come_first_from_a_whole_connection(met, setup_script):
    script = [*setup_script, ("ATSP0", "OK"), ("0100", BOTH), ("ATDPN", "A6")]
    adapter, _ = met(script, findings={})
    told = adapter.findings()
    assert (told["chip"], told["link"]["protocol"]) == ("ELM327", CAN_11)
    assert adapter.outdated == ()


def test_there_are_no_findings_before_a_car_was_found(expected_wire, setup_script):
    adapter = ElmAdapter("elm327:scripted", expected_wire(setup_script))
    adapter.open()
    assert adapter.findings() == {}
    adapter.close()


def test_another_chip_at_the_port_is_reset_identified_anew_and_said(met, warm, setup_script):
    changed = {"STI": "STN1110 v4.3.2", "AT@1": "SCANTOOL.NET LLC"}
    one, two = (
        [(sent, changed.get(sent, answer)) for sent, answer in script]
        for script in (warm, setup_script[1:])
    )
    adapter, _ = met([*one, *two, ("ATTP6", "OK"), ("0100", BOTH)])
    assert adapter.identity.chip == "STN1110"
    (told,) = adapter.outdated_adapter
    assert "Another adapter is at this address: STN1110" in told


def test_a_clone_of_the_same_name_that_refuses_more_is_said(met, warm, setup_script):
    one, two = (
        [(sent, "?" if sent == "ATAL" else answer) for sent, answer in script]
        for script in (warm, setup_script[1:])
    )
    adapter, _ = met([*one, *two, ("ATTP6", "OK"), ("0100", BOTH)])
    assert "no ATAL" in adapter.identity.quirks
    assert "other commands" in adapter.outdated_adapter[0]


@pytest.mark.parametrize("answer", ["?", "OK", ""])
def test_an_adapter_without_a_warm_start_is_reset(met, setup_script, answer):
    first, *rest = setup_script
    script = [first, ("ATWS", answer), *rest, ("ATTP6", "OK"), ("0100", BOTH)]
    adapter, link = met(script)
    assert link == LINK
    assert adapter.outdated == ()


def test_an_ecu_that_is_missing_is_asked_for_twice_then_the_car_is_searched(met, warm):
    again = [("0100", ENGINE), ("0100", ENGINE)]
    search = [("ATSP0", "OK"), ("0100", ENGINE), ("ATDPN", "A6")]
    adapter, link = met([*warm, ("ATTP6", "OK"), *again, *search])
    assert link.ecus == (0x7E8,)
    assert adapter.outdated == ("ECU 7EA answered last time and does not answer now.",)


def test_an_ecu_that_was_lost_on_the_way_once_is_no_reason_to_search(met, warm):
    adapter, link = met([*warm, ("ATTP6", "OK"), ("0100", ENGINE), ("0100", BOTH)])
    assert link == LINK
    assert adapter.outdated == ()


def test_an_ecu_that_is_new_is_seen(met, warm):
    more = f"{BOTH}\r7EB 06 41 00 80 00 00 00"
    adapter, link = met([*warm, ("ATTP6", "OK"), ("0100", more)])
    assert link.ecus == (0x7E8, 0x7EA, 0x7EB)
    assert "ECU 7EB answers now" in adapter.outdated[0]


@pytest.mark.parametrize("silence", ["NO DATA", "CAN ERROR", "?", "7E8 06 41 00 BE"])
def test_a_car_of_another_protocol_is_searched_for(met, warm, silence):
    name = [("ATI", "ELM327 v1.5")] if silence.startswith("7E8") else []
    wide = "18DAF110 06 41 00 BE 3E B8 11"
    search = [("ATSP0", "OK"), ("0100", wide), ("ATDPN", "A7")]
    adapter, link = met([*warm, ("ATTP6", "OK"), ("0100", silence), *name, *search])
    assert link.extended
    assert adapter.outdated == (
        f"The car is reached over ISO 15765-4 CAN, 29 bit, 500 kbit/s now; last time it was "
        f"{CAN_11}.",
    )


def test_a_car_that_is_off_is_silent_and_nothing_is_called_outdated(met, warm):
    nobody = [pair for n in "6789" for pair in ((f"ATTP{n}", "OK"), ("22F810", "CAN ERROR"))]
    script = [
        *warm,
        ("ATTP6", "OK"),
        ("0100", "CAN ERROR"),
        ("ATSP0", "OK"),
        ("0100", "UNABLE TO CONNECT"),
        ("ATDPN", "0"),
        *nobody,
    ]
    with pytest.raises(CarSilent):
        met(script)


def test_a_known_car_of_obd_on_uds_is_asked_by_uds_at_once(met, warm):
    known = findings_of(IDENTITY, None, replace(LINK, ecus=(0x7E8,), uds=True))
    script = [
        *warm,
        ("ATTP6", "OK"),
        ("22F810", "7E8 04 62 F8 10 04"),
        ("22F400", "7E8 07 62 F4 00 BE 3E B8 11"),
    ]
    adapter, link = met(script, known)
    assert link.uds
    assert adapter.outdated == ()


def test_a_wanted_protocol_counts_more_than_what_is_known(met, warm):
    wide = "18DAF110 06 41 00 BE 3E B8 11"
    script = [*warm, ("ATTP7", "OK"), ("0100", wide), ("ATDPN", "7")]
    assert met(script, protocol="7")[1].extended


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "can"},
        {"chip": 7},
        {"quirks": "many"},
        {"link": None, "chip": None},
        {"link": {"protocol": "Morse"}, "firmware": []},
    ],
)
def test_damaged_findings_are_passed_over(met, setup_script, damage):
    script = [*setup_script, ("ATSP0", "OK"), ("0100", BOTH), ("ATDPN", "A6")]
    known = FOUND | damage
    if "link" not in damage and damage != {"kind": "can"}:
        script = [*setup_script, ("ATTP6", "OK"), ("0100", BOTH)]
    assert met(script, known)[1] == LINK


def test_findings_serve_one_search_only(met, warm):
    search = [("ATSPA6", "OK"), ("0100", ENGINE), ("ATDPN", "A6")]
    adapter, _ = met([*warm, ("ATTP6", "OK"), ("0100", BOTH), *search])
    assert adapter.connect_car().ecus == (0x7E8,)
    assert adapter.outdated == ()


class FakeSerial(SerialLink):
    """A serial port with an adapter at one baud rate."""

    def __init__(self, answers, right):
        super().__init__("/dev/fake")
        self.wire = f"fake {right}"
        self._answers, self._right = dict(answers), right
        self._arriving = b""
        self.tried = []

    def open(self):
        pass

    def close(self):
        pass

    def set_baud(self, baud):
        self.baud = baud
        self.tried.append(baud)
        return True

    def write(self, data):
        if self.baud == self._right:
            answer = self._answers[data.decode().strip()]
            self._arriving = answer.encode() + b"\r\r>"

    def read(self, timeout_s):
        arrived, self._arriving = self._arriving, b""
        return arrived


def test_the_baud_rate_of_last_time_is_tried_first(setup_script):
    link = FakeSerial([*setup_script, ("ATWS", "ELM327 v1.5")], 230400)
    adapter = ElmAdapter("elm327:/dev/fake", link)
    adapter.use_findings(findings_of(IDENTITY, 230400, LINK))
    adapter.open()
    assert link.tried == [230400]
    assert adapter.outdated == ()
    adapter.close()


def test_an_adapter_that_talks_at_another_baud_rate_is_found_and_said(setup_script):
    link = FakeSerial([*setup_script, ("ATWS", "ELM327 v1.5")], 38400)
    adapter = ElmAdapter("elm327:/dev/fake", link)
    adapter.use_findings(findings_of(IDENTITY, 115200, LINK))
    adapter.open()
    assert link.tried == [115200, 38400]
    assert adapter.outdated_adapter == (
        "The adapter talks at 38400 Bd now; last time it was 115200 Bd.",
    )
    adapter.close()
