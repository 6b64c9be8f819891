"""What goes wrong on the wire of a dyno is told of a device, not of a car's adapter."""

import socket

import pytest

from cartech_desk.domain.dyno.link_definition import SerialLine
from cartech_desk.hardware.dyno.listening import link_to
from cartech_desk.hardware.dyno.source_url import read_source_url
from cartech_desk.hardware.dyno.stream import link_of
from cartech_desk.hardware.errors import PortNotFound


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_tcp_address_where_nobody_listens_speaks_of_no_adapter() -> None:
    place = f"tcp://127.0.0.1:{free_port()}"
    for link in (link_to(place, SerialLine()), link_of(read_source_url(f"magtrol:{place}"), 9600)):
        with pytest.raises(PortNotFound) as told:
            link.open()
        assert "adapter" not in told.value.to_do
        assert "Wi-Fi" not in told.value.to_do


def test_a_serial_port_that_is_not_there_speaks_of_no_adapter(tmp_path) -> None:
    with pytest.raises(PortNotFound) as told:
        link_to(str(tmp_path / "none"), SerialLine()).open()
    assert "adapter" not in told.value.to_do
