"""Channels as people name them: by name, in any case, or by the id that `decode` prints."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.obd.pids import mode01_commands

_STANDARD: Final = re.compile(r"mode 01 PID ([0-9A-F]{2})")


def meant(offered: Sequence[Channel], wanted: Sequence[str]) -> dict[str, str]:
    """Return the offered channel that each wanted name means; those that mean none are left out.

    The exact name comes first, then the same one in another case where only one has it, then the
    id of the signal behind a channel that has a name of its own (VSS is speed).
    """
    names = {channel.name for channel in offered}
    ids = _ids(offered)
    found: dict[str, str] = {}
    for name in wanted:
        same = {one for one in names if one.lower() == name.lower()}
        if name in names:
            found[name] = name
        elif len(same) == 1:
            found[name] = same.pop()
        elif not same and name.lower() in ids:
            found[name] = ids[name.lower()]
    return found


def _ids(offered: Sequence[Channel]) -> Mapping[str, str]:
    """Return by id, in lower case, the channels that show a standard signal under another name."""
    ids: dict[str, str] = {}
    commands = mode01_commands()
    for channel in offered:
        row, source = canonical().get(channel.name), _STANDARD.match(channel.source)
        if row is None or channel.derived or source is None:
            continue
        command = commands.get(int(source[1], 16))
        told = {signal.id for signal in command.signals} if command is not None else set()
        best = next((one for one in row.sources if one in told), None)
        if best is not None:
            ids[best.lower()] = channel.name
    return ids
