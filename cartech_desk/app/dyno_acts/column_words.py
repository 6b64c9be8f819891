"""What columns of a file are, as it is typed and told: `NAME=ROLE:UNIT`, `NAME:UNIT`."""

from dataclasses import replace
from typing import Any

from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.table_run import unsure
from cartech_desk.domain.dyno.table_words import Written, unit_of
from cartech_desk.domain.dyno.tables import (
    ROWS_A_SECOND,
    ColumnMeaning,
    Mapping,
    MappingRefused,
    Proposal,
    mapping_document,
)
from cartech_desk.domain.units import UNITS


def meant(mapping: Mapping, names: tuple[str, ...], words: str) -> Mapping:
    """Return a mapping with what was typed of one column: `Engine RPM=rpm:krpm`, `Gear=-`.

    A role that another column had goes to this one. Errors: MappingRefused.
    """
    name, sign, rest = words.rpartition("=")
    if not sign:
        raise _refused(f"“{words[:60]}” is not possible.", "Write NAME=ROLE:UNIT, or NAME=-.")
    index = _column(name, names)
    others = tuple(one for one in mapping.columns if one.index != index)
    word, _, unit = rest.strip().partition(":")
    if word in ("-", ""):
        return replace(mapping, columns=others)
    role = _role(word)
    others = tuple(
        replace(one, role=None, unit="none", factor=1.0, sure=True, why="")
        if role is not None and one.role is role
        else one
        for one in others
    )
    before = next((one for one in mapping.columns if one.index == index), None)
    written = _unit(unit.strip(), role, before)
    meaning = ColumnMeaning(index, role, written.unit, written.factor)
    time = -1 if mapping.time == index else mapping.time
    return replace(
        mapping,
        time=time,
        time_unit="" if time != mapping.time else mapping.time_unit,
        columns=tuple(sorted((*others, meaning), key=lambda one: one.index)),
    )


def timed(mapping: Mapping, names: tuple[str, ...], words: str) -> Mapping:
    """Return a mapping with the time that was typed: `Time:ms`, `20 Hz`. Errors: MappingRefused."""
    if ROWS_A_SECOND.fullmatch(words.strip()):
        return replace(mapping, time=-1, time_unit=words.strip())
    name, sign, word = words.rpartition(":")
    written = unit_of(word)
    if not sign or written is None or UNITS[written.unit].dimension != "time":
        raise _refused(
            f"“{words[:60]}” is not possible.", "Write NAME:UNIT, as in “Time:ms”, or “20 Hz”."
        )
    index = _column(name, names)
    return replace(
        mapping,
        time=index,
        time_unit=written.unit,
        columns=tuple(one for one in mapping.columns if one.index != index),
    )


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as plain values; its mapping is what `--map` reads."""
    names = tuple(column.name for column in proposal.columns)
    return {
        "program": proposal.program,
        "rows": proposal.rows,
        "remembered": proposal.remembered,
        "sure": not unsure(proposal),
        "look_at": list(unsure(proposal)),
        "columns": [
            {
                "index": column.index,
                "name": column.name,
                "filled": column.filled,
                "lowest": column.lowest,
                "highest": column.highest,
            }
            for column in proposal.columns
        ],
        "mapping": mapping_document(proposal.mapping, names),
        "warnings": list(proposal.warnings),
    }


def proposal_text(proposal: Proposal, file: str) -> str:
    """Return a proposal as a person reads it."""
    meanings = {one.index: one for one in proposal.mapping.columns}
    said = f"{file}: {proposal.rows} rows, from {proposal.program}"
    lines = [said + (", as it was said before" if proposal.remembered else "")]
    for column in proposal.columns:
        meaning = meanings.get(column.index)
        if column.index == proposal.mapping.time:
            what = f"time in {proposal.mapping.time_unit or '?'}"
        elif meaning is None:
            what = "left out"
        else:
            what = "kept under its name" if meaning.role is None else meaning.role.value
            unit = UNITS.get(meaning.unit)
            if unit is not None and unit.key != "none":
                factor = "" if meaning.factor == 1.0 else f" x {meaning.factor:g}"
                what += f" [{unit.symbol or unit.key}{factor}]"
        reach = f"{column.lowest:g} to {column.highest:g}" if column.filled else "empty"
        doubt = "  ▲ " + meaning.why if meaning is not None and not meaning.sure else ""
        lines.append(f"  {column.index + 1:>3}  {column.name:<36} {reach:<22} {what}{doubt}")
    if proposal.mapping.time < 0:
        rows = proposal.mapping.time_unit
        lines.append(f"  time: {f'{rows} rows' if rows else '▲ not known'}")
    lines += [f"▲ {warning}" for warning in proposal.warnings]
    doubts = unsure(proposal)
    lines.append(
        "● It can be imported as it is."
        if not doubts
        else "▲ Look at what is marked, and say what it is with --column and --time."
    )
    return "\n".join(lines)


def _column(name: str, names: tuple[str, ...]) -> int:
    """Return the place of a column by its name, its number from 1, or words that only it has."""
    wanted = name.strip()
    same = [n for n, one in enumerate(names) if one == wanted]
    if not same:
        same = [n for n, one in enumerate(names) if wanted.casefold() in one.casefold() and wanted]
    if not same and wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        same = [int(wanted) - 1]
    if len(same) != 1:
        raise _refused(
            f"{'Several columns are' if same else 'No column is'} called “{wanted[:60]}”.",
            "Its columns are: " + ", ".join(f"“{one}”" for one in names[:40]) + ".",
        )
    return same[0]


def _role(word: str) -> Role | None:
    plain = word.strip().lower().replace(" ", "_")
    if plain in ("keep", "none"):
        return None
    try:
        return Role(plain)
    except ValueError:
        raise _refused(
            f"“{word[:40]}” is nothing that a column can be.",
            "Use one of: " + ", ".join(one.value for one in Role) + ", keep, -.",
        ) from None


def _unit(word: str, role: Role | None, before: ColumnMeaning | None) -> Written:
    """Return the unit that was typed, else the one proposed for this role, else the canonical."""
    wanted = ROLE_UNITS[role] if role is not None else "none"
    if not word:
        if before is not None and before.role is role:
            return Written(before.unit, before.factor)
        return Written(wanted)
    plain, _, times = word.partition("*")
    ways = (Written(plain) if plain in UNITS else None, unit_of(plain))
    fitting = [
        one
        for one in ways
        if one is not None
        and (role is None or UNITS[one.unit].dimension == UNITS[wanted].dimension)
    ]
    try:
        factor = float(times) if times else 1.0
    except ValueError:
        fitting, factor = [], 1.0
    if not fitting:
        what = "" if role is None else f" of {role.value.replace('_', ' ')}"
        raise _refused(f"“{word[:30]}” is no unit{what}.", "Write it as in km/h, mph, hp, krpm.")
    return Written(fitting[0].unit, fitting[0].factor * factor)


def _refused(happened: str, to_do: str) -> MappingRefused:
    return MappingRefused(happened, kept="Nothing was imported.", to_do=to_do)
