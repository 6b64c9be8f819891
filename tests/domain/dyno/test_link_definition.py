"""Link definitions: what is refused, what comes back as it was written."""

import pytest

from cartech_desk.domain.dyno.link_definition import Coding, LinkRefused
from cartech_desk.domain.dyno.link_document import from_document, read_definition, to_document
from cartech_desk.domain.dyno.roles import Role

BENCH = r"""
name = "Bench in bay 2"
kind = "dyno"
make = "Somebody's"
note = "from the shop's own notes"

[port]
baud = 19200
parity = "even"

[start_up]
send = ["hex:01 02", "GO\r\n"]

[poll]
send = "OD\r\n"
every_ms = 50

[packet]
sync = "hex:80 A5"
length = 9

[checksum]
kind = "sum8"
at = -1

[[field]]
name = "rpm"
role = "rpm"
offset = 2
bits = 16
scale = 0.25
lowest = 0
highest = 12000

[[field]]
name = "torque"
role = "brake_torque"
unit = "lbft"
offset = 4
bits = 12
bit = 4
order = "big"
coding = "signed"
never = [-2048]

[[field]]
name = "inlet"
unit = "degC"
offset = 6
bits = 8
add = -40
"""


def changed(old, new):
    assert old in BENCH
    return BENCH.replace(old, new)


def test_a_definition_is_read_as_it_is_written():
    found = read_definition(BENCH)
    assert found.name == "Bench in bay 2"
    assert found.line.baud == 19200
    assert found.start_up == (b"\x01\x02", b"GO\r\n")
    assert (found.poll, found.poll_s) == (b"OD\r\n", 0.05)
    rpm, torque, inlet = found.fields
    assert (rpm.role, rpm.unit, rpm.scale) == (Role.RPM, "rpm", 0.25)
    assert (torque.coding, torque.unit, torque.never) == (Coding.SIGNED, "lbft", (-2048.0,))
    assert inlet.label == "Inlet"


def test_a_definition_written_and_read_again_is_the_same():
    found = read_definition(BENCH)
    assert from_document(to_document(found)) == found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("baud = 19200", "baud = 12", "port, baud"),
        ("baud = 19200", "baut = 19200", "baut"),
        ('parity = "even"', 'parity = "mark"', "parity"),
        ("every_ms = 50", "every_ms = 1", "floods"),
        ('sync = "hex:80 A5"', 'sync = "hex:8"', "hexadecimal"),
        ('sync = "hex:80 A5"\n', "", "neither how it begins"),
        ("length = 9\n", "", "neither a terminator nor a length"),
        ("length = 9", "length = 3", "ends after the packet's 3 bytes"),
        ('kind = "sum8"', 'kind = "crc9"', "checksum, kind"),
        ("at = -1\n", "", "either its place"),
        ("at = -1\n", "at = 40\n", "lies outside"),
        ('unit = "lbft"', 'unit = "kPa"', "cannot be in kPa"),
        ('unit = "lbft"', 'unit = "ftlbs"', "does not know"),
        ("scale = 0.25", "scale = 0", "scale 0"),
        ("lowest = 0", "lowest = 20000", "above its highest"),
        ('name = "inlet"', 'name = "rpm"', "twice"),
        ('role = "brake_torque"', 'role = "rpm"', "cannot be in lbft"),
        ("bits = 12", "bits = 90", "whole number from 1 to 64"),
        ("offset = 6", "column = 1", "no separator"),
        ('kind = "dyno"', 'kind = "loom"', "kind is to be one of"),
        ('name = "Bench in bay 2"', 'name = ""', "needs a name"),
    ],
)
def test_what_cannot_work_is_refused_by_its_place(old, new, told):
    with pytest.raises(LinkRefused) as refused:
        read_definition(changed(old, new))
    assert told in refused.value.happened
    assert refused.value.to_do


def test_a_broken_file_is_refused_with_its_line():
    with pytest.raises(LinkRefused, match="line 2"):
        read_definition('name = "x"\nkind =\n')


def test_an_endless_file_is_refused_before_it_is_read():
    with pytest.raises(LinkRefused, match="longer than"):
        read_definition("# " + "x" * 70_000)


def test_a_definition_without_checksum_says_what_cannot_be_noticed():
    whole = read_definition(BENCH)
    bare = read_definition(changed('[checksum]\nkind = "sum8"\nat = -1\n', ""))
    assert not any("checksum" in doubt for doubt in whole.doubts)
    assert any("no checksum" in doubt for doubt in bare.doubts)


def test_a_number_without_end_is_refused():
    with pytest.raises(LinkRefused, match="no TOML"):
        read_definition('name = "x"\nx = ' + "9" * 5000)
    with pytest.raises(LinkRefused):
        read_definition("a=" + "[" * 20_000 + "]" * 20_000)
