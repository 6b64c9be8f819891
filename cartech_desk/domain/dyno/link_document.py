"""Link definitions from TOML and back. What is read is checked: what cannot work is refused."""

import math
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from cartech_desk.domain.dyno.link_definition import (
    CHECKSUMS,
    LONGEST_PACKET,
    Checksum,
    Coding,
    LinkDefinition,
    LinkField,
    LinkRefused,
    Order,
    PacketForm,
    Parity,
    SerialLine,
)
from cartech_desk.domain.dyno.link_entries import Entries, refused
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.units import UNITS, same_kind

KINDS: Final = ("dyno", "wideband", "weather", "ecu")
MOST_FIELDS: Final = 64
LONGEST_FILE: Final = 64 * 1024
BAUDS: Final = (300, 4_000_000)


def read_definition(text: str) -> LinkDefinition:
    """Read a definition from TOML. Errors: LinkRefused, which names the line or the entry."""
    if len(text.encode("utf-8", "replace")) > LONGEST_FILE:
        raise refused("the file", f"is longer than {LONGEST_FILE // 1024} KB")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or a number without end
        raise LinkRefused(
            f"The link definition is no TOML: {error}.", to_do="Mend that line."
        ) from error
    return from_document(document)


def from_document(document: Mapping[str, Any]) -> LinkDefinition:
    """Read a definition from its entries. Errors: LinkRefused."""
    top = Entries("the definition", document)
    packet = _packet(top.table("packet", needed=True))
    port = top.table("port")
    line = SerialLine(
        port.whole("baud", 9600, *BAUDS),
        port.whole("bits", 8, 7, 8),
        Parity(port.one_of("parity", "none", tuple(Parity))),
        port.whole("stop", 1, 1, 2),
    )
    port.end()
    start = top.table("start_up")
    start_up = start.several_raw("send")
    start.end()
    poll = top.table("poll")
    asked = poll.raw("send")
    every_ms = poll.number("every_ms", 100.0 if asked else 0.0, 0.0, 60_000.0)
    poll.end()
    if asked and every_ms < 10.0:
        raise refused("poll.every_ms", "is below 10: that floods the device")
    checksum = _checksum(top.table("checksum"), packet) if "checksum" in document else None
    listed = top.tables("field")
    if not 1 <= len(listed) <= MOST_FIELDS:
        raise refused("the definition", f"needs 1 to {MOST_FIELDS} [[field]] entries")
    definition = LinkDefinition(
        name=top.text("name", needed=True, longest=60),
        kind=top.one_of("kind", "dyno", KINDS),
        packet=packet,
        fields=tuple(_field(entry, packet) for entry in listed),
        make=top.text("make", longest=60),
        model=top.text("model", longest=60),
        note=top.text("note", longest=1000),
        verified=top.flag("verified"),
        line=line,
        start_up=start_up,
        poll=asked,
        poll_s=every_ms / 1000.0 if asked else 0.0,
        checksum=checksum,
    )
    top.end()
    _check_together(definition)
    return definition


def to_document(definition: LinkDefinition) -> dict[str, Any]:
    """Return a definition's entries, those left out that stand at their defaults."""
    packet, line, checksum = definition.packet, definition.line, definition.checksum
    document: dict[str, Any] = {"name": definition.name, "kind": definition.kind}
    document |= _given(make=definition.make, model=definition.model, note=definition.note)
    document["verified"] = definition.verified
    document["port"] = {
        "baud": line.baud,
        "bits": line.bits,
        "parity": line.parity.value,
        "stop": line.stop,
    }
    if definition.start_up:
        document["start_up"] = {"send": [_written(each) for each in definition.start_up]}
    if definition.poll:
        document["poll"] = {
            "send": _written(definition.poll),
            "every_ms": round(definition.poll_s * 1000.0, 6),
        }
    document["packet"] = _given(
        sync=_written(packet.sync),
        terminator=_written(packet.terminator),
        length=packet.length,
        separator=_written(packet.separator),
    )
    if checksum is not None:
        document["checksum"] = _given(
            kind=checksum.kind, at=checksum.at, last=checksum.last, total=checksum.total
        ) | {"first": checksum.first, "order": checksum.order.value}
    document["field"] = [_field_document(one) for one in definition.fields]
    return document


def _field_document(one: LinkField) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": one.name, "label": one.label, "unit": one.unit}
    entry |= _given(role=one.role.value if one.role else None, column=one.column)
    entry |= _given(offset=one.offset, characters=one.characters)
    entry["coding"] = one.coding.value
    if one.coding is not Coding.TEXT:
        entry |= {"bits": one.bits, "bit": one.bit, "order": one.order.value}
    entry |= {"scale": one.scale, "add": one.add}
    if math.isfinite(one.lowest):
        entry["lowest"] = one.lowest
    if math.isfinite(one.highest):
        entry["highest"] = one.highest
    if one.never:
        entry["never"] = list(one.never)
    return entry


def _packet(entries: Entries) -> PacketForm:
    length = entries.optional_whole("length", 1, LONGEST_PACKET)
    packet = PacketForm(
        entries.raw("sync"), entries.raw("terminator"), length, entries.raw("separator")
    )
    entries.end()
    if not packet.sync and not packet.terminator:
        raise LinkRefused(
            "The packet says neither how it begins (sync) nor how it ends (terminator).",
            to_do="Give at least one of them: without it no packet can be told from another.",
        )
    if not packet.terminator and length is None:
        raise LinkRefused(
            "The packet has neither a terminator nor a length.", to_do="Give one of them."
        )
    if packet.separator and not packet.terminator:
        raise LinkRefused(
            "A packet with columns needs a terminator.",
            to_do='Add terminator = "\\r\\n", or whatever its lines end with.',
        )
    if length is not None and length < len(packet.sync) + len(packet.terminator) + 1:
        raise refused("packet.length", "leaves no room between sync and terminator")
    return packet


def _checksum(entries: Entries, packet: PacketForm) -> Checksum:
    kind = entries.one_of("kind", "", CHECKSUMS)
    found = Checksum(
        kind,
        at=entries.optional_whole("at", -LONGEST_PACKET, LONGEST_PACKET),
        first=entries.whole("first", 0, -LONGEST_PACKET, LONGEST_PACKET),
        last=entries.optional_whole("last", -LONGEST_PACKET, LONGEST_PACKET),
        total=entries.optional_whole("total", 0, 0xFFFF),
        order=Order(entries.one_of("order", "big", tuple(Order))),
    )
    entries.end()
    if (found.at is None) == (found.total is None):
        raise LinkRefused(
            "The checksum needs either its place (at) or what all bytes come to (total).",
            to_do="Give one of them, as in at = -1 for the last byte.",
        )
    if packet.separator:
        raise LinkRefused(
            "A checksum over a line with columns is not supported.",
            to_do="Leave the checksum out, or describe the packet by offsets.",
        )
    return found


def _field(entries: Entries, packet: PacketForm) -> LinkField:
    name = entries.text("name", needed=True, longest=40)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise refused(entries.place, f"has the name “{name}”: use a-z, 0-9 and _, a letter first")
    entries.place = f"field “{name}”"
    role_word = entries.one_of("role", "", ("", *(role.value for role in Role)))
    role = Role(role_word) if role_word else None
    unit = entries.text("unit", longest=20) or (ROLE_UNITS[role] if role else "none")
    if unit not in UNITS:
        raise refused(entries.place, f"has the unit “{unit}”, which the desk does not know")
    if role is not None and not same_kind(unit, ROLE_UNITS[role]):
        raise refused(entries.place, f"is a {role.value} and cannot be in {unit}")
    column = entries.optional_whole("column", 0, 200)
    offset = entries.optional_whole("offset", 0, LONGEST_PACKET)
    characters = entries.optional_whole("characters", 1, 40)
    text = column is not None or characters is not None
    coding = Coding(entries.one_of("coding", "text" if text else "unsigned", tuple(Coding)))
    found = LinkField(
        name=name,
        label=entries.text("label", longest=60) or name.replace("_", " ").capitalize(),
        unit=unit,
        role=role,
        coding=coding,
        offset=offset,
        bits=entries.whole("bits", 8, 1, 64),
        bit=entries.whole("bit", 0, 0, 63),
        order=Order(entries.one_of("order", "little", tuple(Order))),
        column=column,
        characters=characters,
        scale=entries.number("scale", 1.0, -1e12, 1e12),
        add=entries.number("add", 0.0, -1e12, 1e12),
        lowest=entries.number("lowest", -math.inf, -1e12, 1e12),
        highest=entries.number("highest", math.inf, -1e12, 1e12),
        never=entries.numbers("never"),
    )
    entries.end()
    _check_field(found, packet, entries.place)
    return found


def _check_field(one: LinkField, packet: PacketForm, place: str) -> None:
    if one.scale == 0.0:
        raise refused(place, "has scale 0: every value would be the same")
    if one.lowest > one.highest:
        raise refused(place, "has a lowest value above its highest")
    if (one.column is None) == (one.offset is None):
        raise refused(place, "needs either a column or an offset")
    if one.column is not None:
        if not packet.separator:
            raise refused(place, "has a column, and the packet has no separator")
        if one.coding is not Coding.TEXT:
            raise refused(place, "has a column: its coding is text")
        return
    if one.coding is Coding.TEXT:
        if one.characters is None:
            raise refused(place, "is text at an offset and needs its number of characters")
        wide = one.characters
    else:
        if one.characters is not None:
            raise refused(place, "has characters, which only text has")
        if one.coding is Coding.FLOAT and (one.bits not in (32, 64) or one.bit):
            raise refused(place, "is a float, which has 32 or 64 bits from bit 0 on")
        if one.bit + one.bits > 64:
            raise refused(place, "reaches beyond 64 bits")
        wide = one.bytes_wide
    if packet.length is not None and one.offset is not None and one.offset + wide > packet.length:
        raise refused(place, f"ends after the packet's {packet.length} bytes")


def _check_together(definition: LinkDefinition) -> None:
    names = [one.name for one in definition.fields]
    for name in names:
        if names.count(name) > 1:
            raise refused(f"field “{name}”", "stands there twice")
    roles = [one.role for one in definition.fields if one.role is not None]
    for role in roles:
        if roles.count(role) > 1:
            raise refused(f"the role “{role.value}”", "is given to two fields")
    if definition.checksum is not None:
        # Tried on a packet of zeros: a place outside it is a mistake that can be told at once.
        length = definition.packet.length
        if length is not None:
            _check_places(definition.checksum, length)


def _check_places(checksum: Checksum, length: int) -> None:
    wide = 1 if checksum.kind in {"sum8", "xor8"} else 2
    for word, place, most in (
        ("at", checksum.at, length - wide),
        ("first", checksum.first, length - 1),
        ("last", checksum.last, length),
    ):
        if place is not None and not -length <= place <= most:
            raise refused(f"checksum.{word}", f"lies outside the packet's {length} bytes")


def _written(data: bytes) -> str:
    text = data.decode("latin-1")
    plain = all(" " <= letter <= "~" or letter in "\r\n\t" for letter in text)
    return text if plain and not text.startswith("hex:") else f"hex:{data.hex(' ').upper()}"


def _given(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value not in (None, "")}
