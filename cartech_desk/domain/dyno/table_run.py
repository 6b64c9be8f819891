"""A run made of a table and a mapping, checked: what cannot be is refused, with the way out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Channel, Quality
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import Track
from cartech_desk.domain.dyno.table_checks import checks
from cartech_desk.domain.dyno.table_proposal import canonical_values
from cartech_desk.domain.dyno.table_text import Table
from cartech_desk.domain.dyno.table_words import Written, taken_apart
from cartech_desk.domain.dyno.tables import (
    ROWS_A_SECOND,
    ColumnMeaning,
    Mapping,
    MappingRefused,
    Proposal,
)
from cartech_desk.domain.units import UNITS, convert

ALIAS: Final = "dyno"
"""First part of the names of the channels of an imported run."""

_SHORTEST_S: Final = 0.5
_LONGEST_S: Final = 6 * 3600.0
_SLOWEST_S: Final = 5.0
_FEWEST_ROWS: Final = 5
_RPM: Final = (300.0, 30_000.0)
_FASTEST_KMH: Final = 700.0
_STANDING_KMH: Final = 3.0


@dataclass(frozen=True, slots=True)
class TableRun:
    """What an imported run is made of: tracks by name, times from the first row, roles."""

    tracks: dict[str, Track]
    roles: dict[Role, str]
    last_ns: int
    warnings: tuple[str, ...] = ()


def unsure(proposal: Proposal) -> tuple[str, ...]:
    """Return what a person has to look at before this proposal can be taken, as sentences."""
    told = [
        f"“{proposal.columns[one.index].name}”: {one.why or 'what it is cannot be told.'}"
        for one in proposal.mapping.columns
        if not one.sure
    ]
    if not proposal.mapping.time_unit:
        told.append("What tells the time is not known.")
    return tuple(told)


def run_of_table(table: Table, mapping: Mapping) -> TableRun:
    """Return the run that a table holds under a mapping.

    Errors: MappingRefused where a column is not what it is said to be, where time does not go on,
    or where nothing was driven.
    """
    _check_meanings(table, mapping)
    warnings = list(table.warnings)
    t_s, rows = _times(table, mapping, warnings)
    roles = [one for one in mapping.columns if one.role is not None]
    values = {
        one.role: canonical_values(table.cells[one.index][rows], one.role, _written(one))
        for one in roles
        if one.role is not None
    }
    _check_engine(table, values, roles)
    _check_driven(values)
    warnings += _check_together(values, t_s)
    tracks: dict[str, Track] = {}
    names: dict[Role, str] = {}
    t_ns = np.rint(t_s * 1e9).astype(np.int64)
    for meaning in mapping.columns:
        track = _track(table, meaning, t_ns, rows, tracks)
        if track is not None:
            tracks[track.channel.name] = track
            if meaning.role is not None:
                names[meaning.role] = track.channel.name
    return TableRun(tracks, names, int(t_ns[-1]), tuple(dict.fromkeys(warnings)))


# Whether the mapping can be at all


def _check_meanings(table: Table, mapping: Mapping) -> None:
    columns = len(table.names)
    if not -1 <= mapping.time < columns:
        raise _refused(f"There is no column {mapping.time + 1}.", "Look at the file's columns.")
    seen: dict[Role, str] = {}
    used = {mapping.time} if mapping.time >= 0 else set()
    for meaning in mapping.columns:
        if not 0 <= meaning.index < columns:
            raise _refused(
                f"There is no column {meaning.index + 1}: the file has {columns}.",
                "Look at the file's columns.",
            )
        name = table.names[meaning.index]
        if meaning.index in used:
            raise _refused(f"“{name}” is used twice.", "Give it one meaning.")
        used.add(meaning.index)
        _check_unit(name, meaning)
        if meaning.role is not None:
            if meaning.role in seen:
                raise _refused(
                    f"Both “{seen[meaning.role]}” and “{name}” are said to be the "
                    f"{_words(meaning.role)}.",
                    "Choose one of them; the other keeps its own name.",
                )
            seen[meaning.role] = name
    if not seen:
        raise _refused(
            "No column is said to be anything that a run is made of.",
            "Say at least which one is the speed, or engine speed and torque.",
        )


def _check_unit(name: str, meaning: ColumnMeaning) -> None:
    unit = UNITS.get(meaning.unit)
    if unit is None:
        raise _refused(f"“{name}”: “{meaning.unit[:30]}” is no unit that the desk knows.", _UNIT)
    if not (np.isfinite(meaning.factor) and meaning.factor > 0.0):
        raise _refused(f"“{name}”: its factor has to be a number above 0.", "Use 1, or 1000.")
    if meaning.role is not None:
        wanted = UNITS[ROLE_UNITS[meaning.role]]
        if unit.dimension != wanted.dimension:
            raise _refused(
                f"“{name}” is said to be the {_words(meaning.role)} in {unit.symbol or unit.key}, "
                f"which measures {unit.dimension}, not {wanted.dimension}.",
                _UNIT,
            )


def _written(meaning: ColumnMeaning) -> Written:
    return Written(meaning.unit, meaning.factor)


# Time


def _times(
    table: Table, mapping: Mapping, warnings: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the time of each row from the first one [s], and which rows have one."""
    counted = ROWS_A_SECOND.fullmatch(mapping.time_unit.strip())
    if mapping.time < 0 or counted is not None:
        if counted is None or not 0.001 <= float(counted.group(1)) <= 100_000.0:
            raise _refused(
                "What tells the time is not said: there is no column of time and no rate.",
                "Say which column is the time and its unit, or how many rows there are a second "
                "(“20 Hz”).",
            )
        rows = np.ones(table.rows, dtype=np.bool_)
        t_s = np.arange(table.rows, dtype=np.float64) / float(counted.group(1))
    else:
        unit = UNITS.get(mapping.time_unit)
        if unit is None or unit.dimension != "time":
            raise _refused(
                f"“{mapping.time_unit[:30]}” is no unit of time.", "Use s, ms, us, min or h."
            )
        values = table.cells[mapping.time]
        rows = np.isfinite(values)
        lost = int(len(values) - np.count_nonzero(rows))
        if lost > 0.1 * len(values):
            raise _refused(
                f"“{table.names[mapping.time]}” is said to be the time, and {lost} of "
                f"{len(values)} rows have none.",
                "Choose another column, or say how many rows there are a second.",
            )
        if lost:
            warnings.append(f"{lost} rows without a time were left out.")
        t_s = convert(values[rows], mapping.time_unit, "s")
        t_s = t_s - t_s[0]
    _check_times(mapping, t_s, rows)
    return t_s, rows


def _check_times(mapping: Mapping, t_s: NDArray[np.float64], rows: NDArray[np.bool_]) -> None:
    if len(t_s) < _FEWEST_ROWS:
        raise _refused(
            f"The file holds {len(t_s)} rows: that is no run.", "Export the whole run again."
        )
    back = np.flatnonzero(np.diff(t_s) < 0.0)
    if len(back):
        row = int(np.flatnonzero(rows)[back[0] + 1]) + 1
        raise _refused(
            f"Time goes back in row {row} of the numbers: there may be several runs in the file, "
            "or another column is the time.",
            "Export one run alone, or choose another column.",
        )
    span, step = float(t_s[-1]), float(np.median(np.diff(t_s)))
    if not _SHORTEST_S <= span <= _LONGEST_S or step > _SLOWEST_S or step <= 0.0:
        raise _refused(
            f"With time in “{mapping.time_unit}” the {len(t_s)} rows would last {_lasting(span)}: "
            "no run does.",
            "Choose another unit (s, ms), or say how many rows there are a second.",
        )


def _lasting(seconds: float) -> str:
    if seconds < 60.0:
        return f"{seconds:.3g} s"
    return f"{seconds / 3600:.1f} hours" if seconds > 7200 else f"{seconds / 60:.1f} minutes"


# What the numbers would mean


def _check_engine(
    table: Table, values: dict[Role, NDArray[np.float64]], meanings: Sequence[ColumnMeaning]
) -> None:
    for meaning in meanings:
        if meaning.role not in (Role.RPM, Role.LAMBDA, Role.SPEED):
            continue
        there = values[meaning.role][np.isfinite(values[meaning.role])]
        if not len(there):
            continue
        name, highest = table.names[meaning.index], float(there.max())
        if meaning.role is Role.RPM and not (_RPM[0] <= highest <= _RPM[1]) and highest > 0.0:
            low = highest < _RPM[0]
            raise _refused(
                f"The highest engine speed in “{name}” would be {highest:.4g} rpm: the numbers are "
                f"{'thousands of rpm (krpm)' if low else 'no thousands'}, or no engine speed.",
                f"Say that it is in {'krpm (rpm, factor 1000)' if low else 'rpm (factor 1)'}.",
            )
        if meaning.role is Role.LAMBDA and float(np.median(there)) > 3.0:
            raise _refused(
                f"“{name}” is said to be lambda, and its numbers are those of an air to fuel "
                "ratio.",
                "Say that it is the AFR.",
            )
        if meaning.role is Role.SPEED and highest > _FASTEST_KMH:
            raise _refused(
                f"The highest speed in “{name}” would be {highest:.0f} km/h.",
                "Choose another unit of speed, or another column.",
            )


def _check_driven(values: dict[Role, NDArray[np.float64]]) -> None:
    """Refuse what holds no run: nothing measured, or nothing moved."""
    there = {role for role, column in values.items() if np.isfinite(column).sum() >= _FEWEST_ROWS}
    if not there:
        raise _refused(
            "The run is empty: no column that was chosen holds numbers.",
            "Export the run again, or choose other columns.",
        )
    speeds = there & {Role.SPEED, Role.ROLLER_RPM, Role.RPM, Role.BRAKE_RPM}
    if not speeds:
        raise _refused(
            "No speed was chosen, of the road, the rollers or the engine.",
            "Say which column is the speed.",
        )
    if all(float(np.nanmax(np.abs(values[role]))) < _STANDING_KMH for role in speeds):
        raise _refused("The run is empty: nothing moved in it.", "Export the run that was driven.")


def _check_together(
    values: dict[Role, NDArray[np.float64]], t_s: NDArray[np.float64]
) -> Iterable[str]:
    """Refuse units that other columns disprove; say what does not fit for no known reason."""
    told = []
    for check in checks(values, t_s):
        if check.fits:
            continue
        happened = (
            f"{check.words} do not fit each other: they differ by a factor of {check.ratio:.4g}"
        )
        if check.confusion:
            raise _refused(
                f"{happened}, as between {check.confusion}.",
                f"Look at the units of {_listed(check.roles)}"
                f"{' and of the time' if Role.ACCELERATION in check.roles else ''}.",
            )
        told.append(f"{happened}.")
    return told


# Tracks


def _track(
    table: Table,
    meaning: ColumnMeaning,
    t_ns: NDArray[np.int64],
    rows: NDArray[np.bool_],
    others: dict[str, Track],
) -> Track | None:
    """Return a column's samples: none where its cell is blank, INVALID where it is no number."""
    there = ~table.blank[meaning.index][rows]
    values = table.cells[meaning.index][rows][there]
    unit = meaning.unit
    if meaning.role is not None:
        values, unit = (
            canonical_values(values, meaning.role, _written(meaning)),
            ROLE_UNITS[meaning.role],
        )
    else:
        values = values * meaning.factor
    good = np.isfinite(values)
    if not good.any():
        return None
    quality = np.where(good, Quality.GOOD, Quality.INVALID).astype(np.uint8)
    name = table.names[meaning.index]
    low, high = float(values[good].min()), float(values[good].max())
    channel = Channel(
        name=_free(taken_apart(name).words, others),
        label=_label(name),
        unit=unit,
        minimum=min(low, 0.0),
        maximum=high if high > min(low, 0.0) else min(low, 0.0) + 1.0,
        decimals=0 if high >= 1000.0 else 1 if high >= 20.0 else 3,
        source=f"column {meaning.index + 1} of the file, “{name}”",
    )
    return Track(channel, t_ns[there], np.where(good, values, np.nan), quality)


def _label(name: str) -> str:
    words = re.sub(r"^\([^()]*\)\s*", "", name) or name
    return words[:1].upper() + words[1:]


def _free(words: str, others: dict[str, Track]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:60] or "column"
    name, number = f"{ALIAS}_{slug}", 2
    while name in others:
        name, number = f"{ALIAS}_{slug}_{number}", number + 1
    return name


def _words(role: Role) -> str:
    return role.value.replace("_", " ")


def _listed(roles: Sequence[Role]) -> str:
    return ", ".join(_words(role) for role in roles[:-1]) + " and " + _words(roles[-1])


def _refused(happened: str, to_do: str) -> MappingRefused:
    return MappingRefused(happened, kept="Nothing was imported.", to_do=to_do)


_UNIT: Final = "Choose a unit that measures the same, as it stands in the other program."
