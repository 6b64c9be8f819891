"""A source that a link definition describes, over a pseudo terminal; captures and files of it."""

import hashlib
import math
import os
import time

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.link_definition import LinkRefused
from cartech_desk.domain.dyno.link_document import read_definition
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.capture import CaptureRefused, read_capture, write_capture
from cartech_desk.hardware.dyno.definition import link_source
from cartech_desk.hardware.dyno.definition_files import DefinitionFiles, templates
from cartech_desk.hardware.dyno.listening import Listener, link_to
from cartech_desk.hardware.dyno.source import Kind
from cartech_desk.hardware.dyno.sources import kind_of
from cartech_desk.hardware.errors import LinkLost, PortBusy, PortNotFound

DEFINITION = r"""
name = "Bench"
make = "Somebody's"
kind = "dyno"
[start_up]
send = ["HELLO\r\n"]
[poll]
send = "OD\r\n"
every_ms = 20
[packet]
terminator = "\r\n"
separator = ","
[[field]]
name = "speed"
role = "speed"
unit = "mph"
column = 0
lowest = 0
highest = 200
[[field]]
name = "oil"
unit = "degC"
column = 1
"""


@pytest.fixture
def terminal():
    """A pseudo terminal in raw mode: the far end's descriptor and the near end's name."""
    pty = pytest.importorskip("pty")
    tty = pytest.importorskip("tty")
    far, near = pty.openpty()
    tty.setraw(near)
    name = os.ttyname(near)
    yield far, name
    os.close(near)
    os.close(far)


@pytest.fixture
def files(tmp_path):
    made = DefinitionFiles(tmp_path / "links")
    made.save("bench", read_definition(DEFINITION))
    return made


def readings_of(source, count):
    found, until = [], time.monotonic() + 5.0
    while len(found) < count and time.monotonic() < until:
        found += source.read(0.3)
    return found


def said(far, least):
    heard = b""
    until = time.monotonic() + 3.0
    while len(heard) < least and time.monotonic() < until:
        heard += os.read(far, 1000)
    return heard


def test_the_device_is_started_and_asked_as_the_definition_says(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    source.read(0.1)
    assert said(far, 15).startswith(b"HELLO\r\nOD\r\nOD\r\n")
    source.close()


def test_values_come_in_the_units_of_their_roles(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    os.write(far, b"1,1\r\n60,81.5\r\n")
    oil, speed = readings_of(source, 2)
    assert (speed.channel, round(speed.value, 3)) == ("dyno_speed", 96.561)
    assert (oil.channel, oil.value) == ("dyno_oil", 81.5)
    assert [one.role for one in source.channels] == [Role.SPEED, None]
    assert source.identity.tier is Tier.USER_DEFINED
    assert "not verified" in source.identity.detail
    source.close()


def test_a_value_outside_its_limits_is_marked_and_never_a_number(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    os.write(far, b"1,1\r\n900,81.5\r\n")
    speed, oil = source.read(2.0)
    assert speed.quality is Quality.INVALID
    assert math.isnan(speed.value)
    assert oil.quality is Quality.GOOD
    assert source.health.marked == 1
    source.close()


def test_without_a_checksum_a_value_that_stands_alone_is_marked(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    os.write(far, b"1,1\r\n60,81\r\n61,81\r\n160,81\r\n62,81\r\n63,81\r\n")
    found = [one for one in readings_of(source, 10) if one.channel == "dyno_speed"]
    assert [round(one.value / 1.609344) for one in found if one.quality is Quality.GOOD] == [
        60,
        61,
        62,
        63,
    ]
    assert sum(one.quality is Quality.INVALID for one in found) == 1
    source.close()


def test_a_jump_that_stays_is_real(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    os.write(far, b"1,1\r\n60,81\r\n61,81\r\n160,81\r\n161,81\r\n162,81\r\n")
    found = [one for one in readings_of(source, 10) if one.channel == "dyno_speed"]
    assert [round(one.value / 1.609344) for one in found] == [60, 61, 160, 161, 162]
    source.close()


def test_a_definition_that_never_matches_is_said_plainly(terminal, files):
    far, name = terminal
    source = link_source(f"link:bench@{name}", "dyno", files.folder)
    source.open()
    for _ in range(6):
        os.write(far, b"\x01\x02\x03\x04" * 200)
        source.read(0.05)
    until = time.monotonic() + 3.0
    while not source.health.words and time.monotonic() < until:
        os.write(far, b"\x05" * 500)
        assert list(source.read(0.05)) == []
    assert "never matches" in source.health.words
    source.close()


def test_an_interrupted_read_ends_at_once(terminal, files):
    source = link_source(f"link:bench@{terminal[1]}", "dyno", files.folder)
    source.open()
    source.interrupt()
    began = time.monotonic()
    with pytest.raises(LinkLost):
        source.read(5.0)
    assert time.monotonic() - began < 1.0
    source.close()


@pytest.mark.parametrize(
    "url", ["link:bench", "link:@/dev/x", "link:none@/dev/x", "link:../x@/dev/x"]
)
def test_an_address_that_names_no_link_is_refused(files, url):
    with pytest.raises(LinkRefused):
        link_source(url, "dyno", files.folder)


def test_a_port_that_is_not_there_is_said(files, tmp_path):
    source = link_source(f"link:bench@{tmp_path / 'none'}", "dyno", files.folder)
    with pytest.raises(PortNotFound):
        source.open()


def test_a_link_is_the_kind_that_its_definition_says(files):
    files.save("zt", read_definition(templates()["zeitronix"]))
    assert kind_of("link:zt@/dev/x", links=files.folder) is Kind.WIDEBAND
    assert kind_of("link:bench@/dev/x", links=files.folder) is Kind.DYNO


def test_two_sources_never_read_from_one_port(terminal, files):
    one, other = (link_source(f"link:bench@{terminal[1]}", "dyno", files.folder) for _ in "12")
    one.open()
    with pytest.raises(PortBusy):
        other.open()
    one.close()
    other.open()
    other.close()


def test_every_template_can_be_read_and_none_is_verified():
    found = {key: read_definition(text) for key, text in templates().items()}
    assert {"mustang", "superflow", "zeitronix"} <= set(found)
    assert not any(one.verified for one in found.values())


def test_a_zeitronix_packet_is_found_behind_a_stray_zero(tmp_path):
    from cartech_desk.domain.dyno.link_packets import Packets

    packets = Packets(read_definition(templates()["zeitronix"]))
    packet = b"\x00\x01\x02\x93" + b"\x11" * 10
    found = packets.feed(b"\x00" + packet + packet, 0) + packets.quiet()
    assert [one.values["afr"] for one in found if not one.why] == pytest.approx([14.7, 14.7])


def test_definitions_are_kept_listed_and_removed(files):
    assert files.keys() == ("bench",)
    assert files.load("bench") == read_definition(DEFINITION)
    files.remove("bench")
    assert files.keys() == ()


def test_what_is_heard_goes_into_a_capture_and_comes_back(terminal, tmp_path):
    far, name = terminal
    listener = Listener(link_to(name, read_definition(DEFINITION).line))
    listener.start()
    os.write(far, b"12,3\r\n\xff\x00")
    until = time.monotonic() + 3.0
    while listener.total < 8 and time.monotonic() < until:
        time.sleep(0.01)
    listener.stop()
    pieces = listener.pieces()[1]
    path = write_capture(tmp_path / "bench.capture", pieces, name)
    assert b"".join(data for _, data in read_capture(path)) == b"12,3\r\n\xff\x00"


@pytest.mark.parametrize(
    "text", ["", "[]\n", "{}\n", '{"cartech_capture": 1}\n0.1 xyz\n', "[" * 9999]
)
def test_a_file_that_is_no_capture_is_refused(tmp_path, text):
    path = tmp_path / "x.capture"
    path.write_text(text)
    with pytest.raises(CaptureRefused):
        read_capture(path)


def test_who_it_is_names_the_definition_and_proves_its_text(tmp_path):
    files = DefinitionFiles(tmp_path)
    path = files.save("zt", read_definition(templates()["zeitronix"]))
    source = link_source("link:zt@tcp://127.0.0.1:1", "dyno", tmp_path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.identity.detail == f"not verified, zt.toml, sha256 {sha256}"
