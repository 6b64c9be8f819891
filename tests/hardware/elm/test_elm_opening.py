import pytest

from cartech_desk.hardware.adapter import Adapter
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.errors import (
    AdapterSilent,
    BadAdapterUrl,
    LinkLost,
    NotAnAdapter,
    PortBusy,
)
from cartech_desk.hardware.links.serial_port import SerialLink
from cartech_desk.hardware.links.tcp import TcpLink


def changed(script, **answers):
    """The usual conversation with other answers to some commands."""
    return [(sent, answers.get(sent.replace("@", "_"), answer)) for sent, answer in script]


def opened(link):
    adapter = ElmAdapter("elm327:scripted", link)
    try:
        return adapter.open()
    finally:
        adapter.close()


def test_a_good_adapter_is_identified_without_quirks(expected_wire, setup_script):
    identity = opened(expected_wire(setup_script))
    assert (identity.chip, identity.firmware, identity.quirks) == ("ELM327", "ELM327 v1.5", ())


def test_refused_settings_become_quirks(expected_wire, setup_script):
    script = changed(setup_script, ATAL="?", ATCAF1="?", AT_1="?", ATAT1="?")
    assert set(opened(expected_wire(script)).quirks) == {
        "no ATAL",
        "no ATCAF1",
        "no AT@1",
        "no ATAT",
    }


def test_an_stn_chip_is_known_by_its_own_command_and_not_by_its_name(expected_wire, setup_script):
    script = changed(setup_script, STI="STN2120 v5.6.5")
    identity = opened(expected_wire(script))
    assert (identity.chip, identity.firmware) == ("STN2120", "STN2120 v5.6.5")


def test_a_stray_byte_after_the_reset_does_no_harm(expected_wire, setup_script):
    script = changed(setup_script, ATZ=b"\xfc\xfc\0\r\rELM327 v1.5\r\r>")
    assert opened(expected_wire(script)).firmware == "ELM327 v1.5"


def test_an_echo_that_stays_on_is_measured(expected_wire, setup_script):
    echoing = [
        (sent, f"{sent}\r{answer}") if sent != "ATE0" else (sent, answer)
        for sent, answer in setup_script
    ]
    assert opened(expected_wire(echoing)).quirks == ("echo stays on",)


def test_an_old_reset_variant_is_used_where_atcra_alone_is_refused(expected_wire, setup_script):
    script = changed(setup_script, ATCRA="?")
    at = [sent for sent, _ in script].index("ATCRA") + 1
    script.insert(at, ("ATAR", "OK"))
    assert opened(expected_wire(script)).quirks == ()


def test_junk_in_the_adapters_buffer_spoils_only_the_first_command(expected_wire, setup_script):
    assert opened(expected_wire([("ATI", b"\x7f?\r\r>"), *setup_script])).chip == "ELM327"


def test_a_link_that_is_slow_to_wake_up_is_asked_twice(expected_wire, setup_script):
    assert opened(expected_wire([("ATI", b""), *setup_script])).chip == "ELM327"


def test_silence_is_no_adapter_at_all(expected_wire):
    with pytest.raises(AdapterSilent):
        opened(expected_wire([("ATI", b""), ("ATI", b"")]))


def test_a_gps_receiver_is_not_an_adapter(expected_wire):
    sentence = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
    with pytest.raises(NotAnAdapter) as caught:
        opened(expected_wire([("ATI", [sentence]), ("ATI", [sentence])]))
    assert "$GPGGA" in caught.value.happened


def test_a_router_with_a_prompt_is_not_an_adapter(expected_wire):
    unknown = b"% Unknown command\r\nrouter>"
    script = [("ATI", [unknown]), ("ATZ", [unknown]), ("ATE0", [unknown])]
    with pytest.raises(NotAnAdapter):
        opened(expected_wire(script))


def test_the_wire_is_let_go_after_a_failed_opening(expected_wire):
    link = expected_wire([("ATI", b""), ("ATI", b"")])
    with pytest.raises(AdapterSilent):
        opened(link)
    assert link.closed
    assert not Adapter.holds("scripted")


def test_a_wire_that_breaks_while_opening_is_lost(expected_wire):
    with pytest.raises(LinkLost):
        opened(expected_wire([("ATI", "ELM327 v1.5"), ("ATZ", None)]))


def test_one_wire_has_one_owner(expected_wire, setup_script):
    first = ElmAdapter("elm327:scripted", expected_wire(setup_script))
    first.open()
    try:
        with pytest.raises(PortBusy):
            ElmAdapter("elm327:scripted", expected_wire([])).open()
    finally:
        first.close()


@pytest.mark.parametrize(
    ("url", "kind", "wire"),
    [
        ("elm327:tcp://192.168.0.10:35000", TcpLink, "192.168.0.10:35000"),
        ("elm327:tcp://adapter.local", TcpLink, "adapter.local:35000"),
        ("elm327:tcp://[fe80::1]:23", TcpLink, "fe80::1:23"),
        ("elm327:COM7?baud=115200", SerialLink, None),
    ],
)
def test_a_url_makes_the_right_link(url, kind, wire):
    adapter = make_adapter(url)
    assert isinstance(adapter, ElmAdapter)
    assert isinstance(adapter._link, kind)
    assert wire is None or adapter.wire == wire


@pytest.mark.parametrize(
    "url",
    [
        "elm327:tcp://host:port",
        "elm327:tcp://:35000",
        "elm327:COM7?baud=fast",
        "elm327:COM7?baud=0",
        "elm327:COM7?protocol=Z",
        "elm327:COM7?speed=1",
    ],
)
def test_a_url_that_makes_no_sense_is_refused_with_what_to_do(url):
    with pytest.raises(BadAdapterUrl) as caught:
        make_adapter(url)
    assert caught.value.to_do
