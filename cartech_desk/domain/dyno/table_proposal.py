"""What the columns of a file are proposed to be, and how sure that is."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.table_checks import Check, checks
from cartech_desk.domain.dyno.table_text import Table
from cartech_desk.domain.dyno.table_time import seconds, time_column, time_unit
from cartech_desk.domain.dyno.table_words import (
    ABSOLUTE,
    ATMOSPHERE,
    OF_THE_AIR,
    OF_THE_ENGINE,
    OTHER,
    PROGRAMS,
    ROLES,
    WINPEP,
    Named,
    Written,
    taken_apart,
    unit_of,
)
from cartech_desk.domain.dyno.tables import Column, ColumnMeaning, Mapping, Proposal
from cartech_desk.domain.units import convert, same_kind

_MPH, _KMH = Written("mph"), Written("km/h")
_KRPM, _RPM = Written("rpm", 1000.0), Written("rpm")

_CANDIDATES: Final = MappingProxyType(
    {
        Role.SPEED: (_MPH, _KMH),
        Role.ACCELERATION: (Written("m/s2", 0.44704), Written("m/s2"), Written("m/s2", 1 / 3.6)),
        Role.FORCE: (Written("lbf"), Written("N")),
        Role.POWER: (Written("hp"), Written("kW"), Written("PS")),
        Role.CORRECTED_POWER: (Written("hp"), Written("kW"), Written("PS")),
        Role.TORQUE: (Written("lbft"), Written("Nm")),
        Role.CORRECTED_TORQUE: (Written("lbft"), Written("Nm")),
        Role.BRAKE_TORQUE: (Written("lbft"), Written("Nm")),
        Role.BOOST: (Written("psi"), Written("kPa"), Written("bar")),
        Role.MANIFOLD: (Written("kPa"), Written("psi"), Written("inHg")),
        Role.TEMPERATURE: (Written("degF"), Written("degC")),
    }
)
"""Units that a column without one may be in, the ones of a WinPEP file first."""

_PRESSURES: Final = (
    ("inHg", 15.0, 33.0),
    ("kPa", 50.0, 112.0),
    ("hPa", 500.0, 1120.0),
    ("psi", 7.2, 16.2),
    ("mmHg", 380.0, 840.0),
    ("bar", 0.5, 1.12),
)
"""Station pressures that there are, from the Dead Sea to 5,000 m."""

_MOST_TRIED: Final = 1000
_ROWS_TRIED: Final = 1000
_PROVABLE: Final = frozenset(
    {
        Role.SPEED,
        Role.ACCELERATION,
        Role.FORCE,
        Role.POWER,
        Role.CORRECTED_POWER,
        Role.TORQUE,
        Role.CORRECTED_TORQUE,
    }
)
"""Roles whose units other columns can prove."""
_KRPM_BELOW: Final = 30.0


@dataclass(slots=True)
class _Guess:
    """A column on its way to a meaning: `units` are those it may be in, the likeliest first."""

    index: int
    named: Named
    role: Role | None = None
    units: tuple[Written, ...] = ()
    sure_role: bool = True
    sure_unit: bool = True
    why: str = ""
    chosen: Written = field(default_factory=lambda: Written("none"))


def propose_mapping(table: Table) -> Proposal:
    """Propose what the columns of a table are. Never raises for what stands in it."""
    program = _program(table)
    columns = tuple(_column(table, n) for n in range(len(table.names)))
    named = [taken_apart(name) for name in table.names]
    time = time_column(columns, named)
    guesses = [
        _Guess(n, named[n]) for n, column in enumerate(columns) if column.filled and n != time
    ]
    _give_roles(guesses, program)
    for guess in guesses:
        _give_units(guess, table, columns[guess.index], program)
    unit_of_time, time_why = time_unit(table, columns, named, time)
    t_s = None if time < 0 or time_why else seconds(table.cells[time], unit_of_time)
    found = _settle_units(guesses, table, t_s)
    _look_at_power(guesses, found)
    warnings = [*table.warnings, *_empty(columns, time), *([time_why] if time_why else [])]
    warnings += [_said(check) for check in found if not check.fits]
    if not _has_power(guesses):
        warnings.append(
            "No columns were found from which power could be computed: it takes speed, or engine "
            "speed with torque or power."
        )
    return Proposal(
        program=program,
        columns=columns,
        mapping=Mapping(
            time,
            unit_of_time,
            tuple(_meaning(guess) for guess in guesses),
            table.delimiter,
            table.decimal,
        ),
        rows=table.rows,
        warnings=tuple(warnings),
        preview=table.preview,
    )


def time_is_sure(proposal: Proposal) -> bool:
    """Tell whether the time base of a proposal stands beyond doubt."""
    return bool(proposal.mapping.time_unit)


# Names


def _program(table: Table) -> str:
    text = "\n".join((*table.before, *table.names))
    return next((words for pattern, words in PROGRAMS if pattern.search(text)), OTHER)


def _column(table: Table, index: int) -> Column:
    values = table.cells[index]
    there = values[np.isfinite(values)]
    low, high = (float(there.min()), float(there.max())) if len(there) else (np.nan, np.nan)
    return Column(index, table.names[index], len(there), low, high)


def _give_roles(guesses: Sequence[_Guess], program: str) -> None:
    taken: dict[Role, _Guess] = {}
    # What the wheels make goes before what is said of the engine, wherever it stands.
    for guess in sorted(guesses, key=lambda one: _of_engine(one.named)):
        for role, sure in _roles_of(guess.named):
            if role not in taken:
                guess.role, guess.sure_role = role, sure
                if role in (Role.POWER, Role.TORQUE) and _of_engine(guess.named):
                    guess.sure_role = False
                    guess.why = "It is said of the engine: the desk counts what the wheels make."
                elif role is Role.BOOST and ABSOLUTE.search(
                    f"{guess.named.words} {guess.named.unit_word}"
                ):
                    guess.role = Role.MANIFOLD
                taken[guess.role] = guess
                break
            if taken[role].sure_role != sure:
                break  # a plain “Power” beside an uncorrected one: settled below
    for plain, corrected in (
        (Role.POWER, Role.CORRECTED_POWER),
        (Role.TORQUE, Role.CORRECTED_TORQUE),
    ):
        _tell_corrected(guesses, plain, corrected, winpep=program == WINPEP)


def _of_engine(named: Named) -> bool:
    """Tell whether power or torque is said to be the engine's, measured or reckoned."""
    return OF_THE_ENGINE.search(named.words) is not None


def _roles_of(named: Named) -> Iterable[tuple[Role, bool]]:
    if ATMOSPHERE.search(named.device):
        for role, pattern in OF_THE_AIR:
            if pattern.fullmatch(named.words):
                yield role, True
                return
    for role, pattern, sure in ROLES:
        if pattern.fullmatch(named.words):
            yield role, sure
            return


def _tell_corrected(
    guesses: Sequence[_Guess], plain: Role, corrected: Role, *, winpep: bool
) -> None:
    """Where one column says that it is uncorrected, the plain one beside it is the corrected."""
    asked = [guess for guess in guesses if (plain, False) in tuple(_roles_of(guess.named))]
    said = [guess for guess in guesses if (plain, True) in tuple(_roles_of(guess.named))]
    if not asked or not (said or winpep):
        return
    for guess in asked:
        guess.role = None
    if not any(guess.role is corrected for guess in guesses):
        asked[0].role, asked[0].sure_role = corrected, True
    if said:
        said[0].role, said[0].sure_role = plain, True


# Units


def _give_units(guess: _Guess, table: Table, column: Column, program: str) -> None:
    written = guess.named.unit or unit_of(table.units[guess.index])
    if guess.role is None:
        guess.units = (written or Written("none"),)
        return
    wanted = ROLE_UNITS[guess.role]
    if guess.role is Role.RPM:
        _rpm_unit(guess, column, written, program)
    elif written is not None and same_kind(written.unit, wanted):
        guess.units = (written,)
    elif guess.role is Role.PRESSURE:
        fitting = [Written(unit) for unit, low, high in _PRESSURES if low <= column.highest <= high]
        guess.units = tuple(fitting) or (Written("inHg" if program == WINPEP else "kPa"),)
        guess.sure_unit = len(fitting) == 1 or program == WINPEP
        if not guess.sure_unit:
            guess.why = (
                "Its unit is not written, and more than one is possible."
                if fitting
                else "No unit makes a station pressure of these numbers."
            )
    elif guess.role in _CANDIDATES:
        guess.units = _CANDIDATES[guess.role]
        guess.sure_unit = program == WINPEP
        guess.why = "" if guess.sure_unit else "Its unit is not written in the file."
    else:
        guess.units = (Written(wanted),)
        _doubt(guess, column)


def _rpm_unit(guess: _Guess, column: Column, written: Written | None, program: str) -> None:
    """Engine speed in thousands is what WinPEP writes, without a word about it."""
    if column.highest >= 300.0:
        guess.units = (_RPM,)
        if written == _KRPM:
            guess.sure_unit, guess.why = False, "Its unit says thousands, its numbers do not."
    elif column.highest < _KRPM_BELOW:
        guess.units = (_KRPM,)
        guess.sure_unit = program == WINPEP or written == _KRPM
        guess.why = (
            "" if guess.sure_unit else "Its numbers are far too low for rpm: taken for thousands."
        )
    else:
        guess.units = (_RPM,)
        guess.sure_unit, guess.why = False, "Its numbers are no engine's, in rpm or in thousands."


def _doubt(guess: _Guess, column: Column) -> None:
    if guess.role is Role.LAMBDA and column.lowest > 5.0:
        guess.role, guess.sure_unit = Role.AFR, False
        guess.why = "It is called lambda, and its numbers look like an air to fuel ratio."
    elif guess.role is Role.AFR and column.highest < 3.0:
        guess.role, guess.sure_unit = Role.LAMBDA, False
        guess.why = "It is called AFR, and its numbers look like lambda."
    elif guess.role is Role.HUMIDITY and 0.0 < column.highest <= 1.0:
        guess.sure_unit, guess.why = False, "It may be a share of 1 instead of percent."


def _settle_units(
    guesses: Sequence[_Guess], table: Table, t_s: NDArray[np.float64] | None
) -> tuple[Check, ...]:
    """Choose the units in which the columns fit each other best, the likeliest where all do."""
    for guess in guesses:
        guess.chosen = guess.units[0]
    open_ones = [guess for guess in guesses if guess.role in _PROVABLE and len(guess.units) > 1]
    # Some rows tell as much as all of them, and a way is tried for each pairing of units.
    every = max(1, table.rows // _ROWS_TRIED)
    cells = table.cells[:, ::every]
    t_s = None if t_s is None else t_s[::every]
    ways = list(
        itertools.islice(itertools.product(*(guess.units for guess in open_ones)), _MOST_TRIED)
    )
    best: tuple[float, tuple[Check, ...], tuple[Written, ...]] | None = None
    for way in ways:
        for guess, unit in zip(open_ones, way, strict=True):
            guess.chosen = unit
        found = checks(_values(guesses, cells), t_s)
        unusual = sum(u is not g.units[0] for g, u in zip(open_ones, way, strict=True))
        worth = sum(1.0 if check.fits else -1.0 for check in found) - 0.01 * unusual
        if best is None or worth > best[0]:
            best = (worth, found, way)
        if worth == len(found):  # nothing unusual, and everything fits
            break
    if best is None:
        return ()
    _worth, found, way = best
    for guess, unit in zip(open_ones, way, strict=True):
        guess.chosen = unit
    proven = {role for check in found if check.fits for role in check.roles}
    denied = {role for check in found if not check.fits for role in check.roles}
    for guess in guesses:
        if guess.role in proven and guess.role not in denied:
            guess.sure_unit, guess.why = True, ""
        elif guess.role in denied and guess.role not in proven:
            guess.sure_unit = False
            guess.why = guess.why or "It does not fit the other columns."
    return found


def _values(
    guesses: Iterable[_Guess], cells: NDArray[np.float64]
) -> dict[Role, NDArray[np.float64]]:
    return {
        guess.role: canonical_values(cells[guess.index], guess.role, guess.chosen)
        for guess in guesses
        if guess.role is not None
    }


def canonical_values(
    values: NDArray[np.float64], role: Role, written: Written
) -> NDArray[np.float64]:
    """Return numbers of a file in the canonical unit of a role."""
    return convert(values * written.factor, written.unit, ROLE_UNITS[role])


def _look_at_power(guesses: Sequence[_Guess], found: Sequence[Check]) -> None:
    """Force times speed is uncorrected: a power that equals it needs no word about that.

    It has to equal it: a power that was corrected at the sea is within 3 % of it too.
    """
    fitting = [check.roles for check in found if check.proves]
    proven = {Role.POWER} if any(Role.FORCE in roles for roles in fitting) else set()
    if proven and any(Role.TORQUE in roles for roles in fitting):
        proven.add(Role.TORQUE)
    for guess in guesses:
        if guess.role in (Role.POWER, Role.TORQUE) and not guess.sure_role:
            if guess.role in proven:
                guess.sure_role = True
            elif not guess.why:
                guess.why = "The file does not say whether it is corrected for the weather."


def _meaning(guess: _Guess) -> ColumnMeaning:
    sure = guess.role is None or (guess.sure_role and guess.sure_unit)
    return ColumnMeaning(
        guess.index,
        guess.role,
        guess.chosen.unit,
        guess.chosen.factor,
        sure,
        "" if sure else guess.why,
    )


# What a person should know


def _has_power(guesses: Iterable[_Guess]) -> bool:
    roles = {guess.role for guess in guesses}
    if Role.SPEED in roles or Role.ROLLER_RPM in roles:
        return True
    if Role.BRAKE_TORQUE in roles and roles & {Role.BRAKE_RPM, Role.RPM}:
        return True
    return Role.RPM in roles and bool(roles & {Role.POWER, Role.TORQUE})


def _empty(columns: Iterable[Column], time: int) -> Iterable[str]:
    names = [column.name for column in columns if not column.filled and column.index != time]
    if names:
        shown = ", ".join(f"“{name}”" for name in names[:4])
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        yield f"No numbers stand in {shown}{more}."


def _said(check: Check) -> str:
    why = f" (the factor between {check.confusion})" if check.confusion else ""
    return f"{check.words} do not fit: they differ by a factor of {check.ratio:.3g}{why}."


def remembered(proposal: Proposal, mapping: Mapping) -> Proposal:
    """Return a proposal with the mapping that was kept for these columns; a person made it sure."""
    sure = tuple(replace(meaning, sure=True, why="") for meaning in mapping.columns)
    return replace(proposal, mapping=replace(mapping, columns=sure), remembered=True)
