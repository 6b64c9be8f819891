"""From an address to a source, and the refusals of addresses that name none."""

import socket
import threading

import pytest

from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.hardware.dyno.definition_files import templates
from cartech_desk.hardware.dyno.source import DynoSource, Kind
from cartech_desk.hardware.dyno.sources import OFFERS, BadSourceUrl, kind_of, make_source
from cartech_desk.hardware.errors import LinkLost, PortBusy, PortNotFound

PROTOCOLS = ("jetdrive", "magtrol", "simpledyno", "innovate", "aem", "plx", "hondata")


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.words)
def test_every_offer_can_be_chosen_by_its_example(offer, tmp_path):
    if offer.scheme == "link":
        name = offer.example.removeprefix("link:").partition("@")[0]
        (tmp_path / f"{name}.toml").write_text(templates()["mustang"], encoding="utf-8")
    assert kind_of(offer.example, links=tmp_path) is offer.kind
    if offer.scheme in PROTOCOLS:
        source = make_source(offer.example, "one")
        assert isinstance(source, DynoSource)
        assert source.alias == "one"
        assert source.url == offer.example
        assert source.identity.tier is Tier.DOCUMENTED
        assert source.identity.kind is offer.kind
        assert all(channel.channel.name.startswith("one_") for channel in source.channels)


def test_makes_without_a_public_protocol_are_offered_as_what_they_are():
    for make in ("Mustang", "SuperFlow"):
        (offer,) = (one for one in OFFERS if make in one.words)
        assert offer.scheme == "link"
        assert offer.tier is Tier.USER_DEFINED
        assert "No public wire protocol" in offer.note


def test_kinds_follow_the_scheme():
    assert kind_of("aem:/dev/ttyUSB0") is Kind.WIDEBAND
    assert kind_of("hondata:COM3") is Kind.ECU


@pytest.mark.parametrize(
    "url",
    [
        "",
        "dyno",
        "mustang:/dev/ttyUSB0",
        "magtrol:",
        "magtrol:tcp://host",
        "magtrol:tcp://host:99999",
        "magtrol:/dev/ttyUSB0?torque=stones",
        "magtrol:/dev/ttyUSB0?channel=3",
        "magtrol:/dev/ttyUSB0?load=5",
        "magtrol:/dev/ttyUSB0?baud=fast",
        "simpledyno:/dev/ttyUSB0?pulses=0",
        "simpledyno:/dev/ttyUSB0?pulses=nan",
        "aem:/dev/ttyUSB0?unit=phi",
        "innovate:/dev/ttyUSB0?x",
        "jetdrive://",
        "jetdrive://dyno.local:22344",
        "jetdrive://224.0.2.10:0",
        "jetdrive://224.0.2.10:22344?interface=eth0",
        "jetdrive://300.0.2.10",
    ],
)
def test_an_address_that_names_no_source_is_refused_with_the_way_to_go(url):
    with pytest.raises(BadSourceUrl) as caught:
        make_source(url, "dyno")
    assert caught.value.to_do
    assert caught.value.code == "bad_source_url"


@pytest.fixture
def server():
    """A port of loopback that takes one client; yields its address and the accepted socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        clients = []
        accepted = threading.Event()

        def accept():
            clients.append(listening.accept()[0])
            accepted.set()

        thread = threading.Thread(target=accept)
        thread.start()

        def client():
            assert accepted.wait(3)
            return clients[0]

        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}", client
        if not clients:
            socket.create_connection(listening.getsockname()[:2]).close()
        thread.join()
        for one in clients:
            one.close()


def test_a_stream_over_tcp_is_read_until_it_breaks_off(server):
    address, client = server
    source = make_source(f"aem:{address}?unit=afr", "wideband")
    source.open()
    far = client()
    far.sendall(b"14.7\r\n14.8\r\n")
    found = []
    while len(found) < 2:
        found += source.read(1.0)
    assert [(r.channel, r.value) for r in found] == [("wideband_afr", 14.7), ("wideband_afr", 14.8)]
    assert source.health.readings == 2
    far.shutdown(socket.SHUT_RDWR)
    with pytest.raises(LinkLost):
        source.read(1.0)
    source.close()


def test_one_port_has_one_owner(server):
    address, _ = server
    source = make_source(f"aem:{address}", "wideband")
    source.open()
    with pytest.raises(PortBusy):
        make_source(f"plx:{address}", "other").open()
    source.close()


def test_a_source_that_could_not_be_opened_leaves_its_port_free():
    for _ in range(2):
        with pytest.raises(PortNotFound):
            make_source("aem:/dev/no-such-port", "wideband").open()


def test_bytes_of_another_protocol_are_said_to_be_that(server):
    address, client = server
    source = make_source(f"innovate:{address}", "wideband")
    source.open()
    far = client()
    far.sendall(b"$GPGGA,123519,4807.038,N\r\n" * 100)
    while source.health.bad_bytes < 2500:
        assert source.read(0.1) == ()
    assert "right speed of the line" in source.health.words
    source.close()


def test_a_silent_source_returns_nothing_in_time(server):
    address, _ = server
    source = make_source(f"plx:{address}", "wideband")
    source.open()
    assert source.read(0.05) == ()
    source.interrupt()
    with pytest.raises(LinkLost):
        source.read(5.0)
    source.close()
