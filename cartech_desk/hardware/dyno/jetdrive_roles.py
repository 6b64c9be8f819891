"""Guessing from unit and name what a provider's channel is in a run.

**Power and torque.** DynoWare RT (WinPEP 8, Power Core) has both `Power` and `Power (uncorrected)`.
In a real run `Power` is `Power (uncorrected)` times `Correction Factor` (190.322 hp against
155.803 hp at 1.222): plain `Power` is what the device has corrected, never raw power, and
correcting it again would be wrong by a fifth. So only what calls itself uncorrected, raw or
measured is `Role.POWER`; a plain one is `Role.CORRECTED_POWER` as soon as its provider gives a sign
that it corrects (an uncorrected channel beside it, a correction factor, a name of Dynojet's). A
provider without any such sign has one power only: it is taken as measured, and that is said.

**Weather.** Temperature, pressure and humidity are those of the air in the test cell. An engine's
control unit has an intake air temperature (60 °C in a cell of 16 °C: 7 % of power) and a barometer
of its own: a weather station's channels (`(DWRT ATMO) …`), then a provider with humidity, go
first, and all three are one provider's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import jetdrive_units as units
from cartech_desk.hardware.dyno.jetdrive_wire import NamedChannel

_PREFIX: Final = re.compile(r"^\([^)]*\)\s*")
_STATION: Final = re.compile(r"^\([^)]*\b(atmo|weather)\b[^)]*\)")
_UNCORRECTED: Final = re.compile(
    r"\bunc|\(un?$|\braw\b|measured|\bobserved\b|\b(not|non|un)\W*corr"
)
"""Names end after 30 bytes on the wire: “(DWRT CPU) Torque Drum 1 (unco” is one of them."""
_CORRECTED: Final = re.compile(r"corrected|\b(sae|std|din|jis|ece|eec)\b")
_FACTOR: Final = re.compile(
    r"((power|weather|atmospheric|atmos|sae|std|din|jis|ece|eec|iso) )?corr(ection|\.)? ?fact(or)?"
    r"|cf"
)
"""The whole name, and no unit: a fuel's or a sensor's correction factor is none of power."""
_DYNOJET: Final = re.compile(r"dwrt|dynojet|dynoware|winpep|power ?core")
_NOT_THE_WHOLE: Final = re.compile(
    r"\b(loss|losses|parasitic|max|min|maximum|minimum|peak|limit|limiter|average|avg)\b"
)
_NOT_MEASURED: Final = re.compile(
    r"\b(target|desired|request(ed)?|demand(ed)?|command(ed)?|cmd|set ?point|idle|cruise|error|err"
    r"|correction|trim|model(led)?|predicted|expected)\b"
)
"""What somebody wants, and what is done about it."""
_OF_SOMETHING_ELSE: Final = re.compile(
    r"\b(alternator|generator|fan|wind|light|pump|compressor|turbo\w*|turbine|starter|slip)\b"
)
_NOT_OF_THE_AIR: Final = re.compile(
    r"\b(fuel|oil|coolant|water|brake|rail|exhaust|egt|tyre|tire|intake|inlet|iat|manifold|map"
    r"|engine|gearbox|transmission|boost|ecu|charge|crank\w*)\b"
)
_ALSO_TURBOS: Final = frozenset({Role.BOOST, Role.MANIFOLD})


_REMEMBERED: Final = 4096
"""Names of channels that were looked at before; lists of them come again and again."""


@dataclass(frozen=True, slots=True)
class _Rule:
    role: Role
    unit: int
    words: re.Pattern[str]
    score: int


@dataclass(frozen=True, slots=True)
class Guess:
    """What a channel may be, and how sure that is; the surest of all providers plays the role."""

    role: Role
    score: int


def _rule(role: Role, unit: int, words: str, score: int) -> _Rule:
    return _Rule(role, unit, re.compile(words), score)


_RULES: Final = (
    _rule(Role.SPEED, units.SPEED, r"^speed$", 100),
    _rule(Role.SPEED, units.SPEED, r"^(roller|drum|vehicle|road|wheel|ground) ?speed$", 80),
    _rule(Role.SPEED, units.SPEED, r"^speed (drum )?1$", 60),
    _rule(Role.SPEED, units.SPEED, r"speed|velocity", 40),
    _rule(Role.ROLLER_RPM, units.ENGINE_SPEED, r"roller|drum", 80),
    _rule(Role.BRAKE_RPM, units.ENGINE_SPEED, r"brake|absorber|retarder|eddy", 80),
    _rule(Role.RPM, units.ENGINE_SPEED, r"^engine ?(rpm|speed)$", 100),
    _rule(Role.RPM, units.ENGINE_SPEED, r"^rpm( ?1)?$", 90),
    _rule(
        Role.RPM,
        units.ENGINE_SPEED,
        r"^(?!.*(roller|drum|brake|absorber|retarder|eddy|wheel|shaft)).*(rpm|engine|tach)",
        40,
    ),
    _rule(Role.ACCELERATION, units.ACCELERATION, r"^acceleration$", 100),
    _rule(Role.ACCELERATION, units.ACCELERATION, r"accel", 50),
    _rule(Role.FORCE, units.FORCE, r"^(tractive |total |roller )?force$", 100),
    _rule(Role.FORCE, units.FORCE, r"^force 1$", 60),
    _rule(Role.FORCE, units.FORCE, r"^force drum 1$", 50),
    _rule(Role.BRAKE_TORQUE, units.TORQUE, r"brake|absorber|retarder|eddy", 80),
    _rule(Role.THROTTLE, units.PERCENT, r"throttle|\btps\b", 90),
    _rule(Role.THROTTLE, units.PERCENT, r"pedal", 40),
    _rule(Role.HUMIDITY, units.PERCENT, r"humid", 90),
    _rule(Role.LAMBDA, units.LAMBDA, r"", 60),
    _rule(Role.AFR, units.AFR, r"", 60),
    _rule(Role.BOOST, units.PRESSURE, r"boost", 90),
    _rule(Role.MANIFOLD, units.PRESSURE, r"manifold|\bmap\b", 90),
    _rule(Role.PRESSURE, units.PRESSURE, r"^(air |station |absolute )?pressure$", 80),
    _rule(Role.PRESSURE, units.PRESSURE, r"baro|atmos|ambient|station", 90),
    _rule(
        Role.TEMPERATURE,
        units.TEMPERATURE,
        r"^(air |ambient |ambient air |atmos\w* )?temp(erature)?$",
        90,
    ),
    _rule(Role.TEMPERATURE, units.TEMPERATURE, r"^temp(erature)? 1$", 80),
    _rule(Role.TEMPERATURE, units.TEMPERATURE, r"ambient|atmos", 70),
)


def plain_name(name: str) -> str:
    """Return a channel's name without the part in front that says where it comes from."""
    return _PREFIX.sub("", name).strip() or name.strip()


def corrects(provider: str, channels: Iterable[NamedChannel]) -> bool:
    """Tell whether a provider gives a sign that its plain power is a corrected one."""
    if _DYNOJET.search(provider.lower()):
        return True
    return any(_tells_correction(channel.name, channel.unit) for channel in channels)


@lru_cache(maxsize=_REMEMBERED)
def _tells_correction(full_name: str, unit: int) -> bool:
    name = full_name.lower()
    if _DYNOJET.search(name) or _is_factor(plain_name(name), unit):
        return True
    if unit not in {units.POWER, units.TORQUE}:
        return False
    return bool(_UNCORRECTED.search(name) or _CORRECTED.search(name))


def _is_factor(name: str, unit: int) -> bool:
    return units.wire_unit(unit) is units.NONE and _FACTOR.fullmatch(name) is not None


def guess_roles(provider: str, channels: Sequence[NamedChannel]) -> dict[int, Guess]:
    """Return by channel id what one provider's channels may be; each may be one thing at most."""
    corrected = corrects(provider, channels)
    found: dict[int, Guess] = {}
    for channel in channels:
        guess = _guess(channel.name, channel.unit, corrected)
        if guess is not None:
            found[channel.id] = guess
    parts = [(channel, _sides(channel.name)) for channel in channels]
    sides: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for channel, side in parts:
        if side is not None:
            sides[channel.unit].add(side)
    for channel, side in parts:
        # One drum of several is half of the car.
        guess = found.get(channel.id)
        several = side is not None and len(sides[channel.unit]) > 1
        if guess is not None and guess.role in _SUMMED and several:
            del found[channel.id]
    return found


_AT_THE_WHEEL: Final = re.compile(r"\b(?:wheel|roller|axle|hub)s?\b")
"""Torque there is no torque at engine speed."""
_PART: Final = re.compile(r"drum|roller \d|axle|front|rear|\bforce \d")
_SIDE: Final = re.compile(r"\d+|front|rear|left|right")
_SUMMED: Final = frozenset(
    {Role.FORCE, Role.POWER, Role.TORQUE, Role.CORRECTED_POWER, Role.CORRECTED_TORQUE}
)
"""What several drums have a part of each."""
WEATHER: Final = frozenset({Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY})
STATION: Final = 1000
"""Added to the score of a weather station's channels."""


@lru_cache(maxsize=_REMEMBERED)
def _sides(full_name: str) -> tuple[str, ...] | None:
    """Return which drum or axle a channel is of; None for the whole car's."""
    name = plain_name(full_name).lower()
    return tuple(_SIDE.findall(name)) if _PART.search(name) else None


@lru_cache(maxsize=_REMEMBERED)
def _guess(full_name: str, unit: int, corrected: bool) -> Guess | None:
    name = plain_name(full_name).lower()
    if _is_factor(name, unit):
        return Guess(Role.DEVICE_FACTOR, 90)
    if _NOT_THE_WHOLE.search(name) or _NOT_MEASURED.search(name):
        return None
    guess = _by_rules(name, unit)
    if guess is None and unit == units.POWER:
        guess = _power(name, corrected, Role.POWER, Role.CORRECTED_POWER)
    elif guess is None and unit == units.TORQUE and not _AT_THE_WHEEL.search(name):
        guess = _power(name, corrected, Role.TORQUE, Role.CORRECTED_TORQUE)
    if guess is None or (_OF_SOMETHING_ELSE.search(name) and guess.role not in _ALSO_TURBOS):
        return None
    if guess.role not in WEATHER:
        return guess
    if _NOT_OF_THE_AIR.search(name):
        return None
    return Guess(guess.role, guess.score + STATION * bool(_STATION.search(full_name.lower())))


def _by_rules(name: str, unit: int) -> Guess | None:
    rules = [rule for rule in _RULES if rule.unit == unit and rule.words.search(name)]
    if not rules:
        return None
    best = max(rules, key=lambda rule: rule.score)
    return Guess(best.role, best.score)


def _power(name: str, corrected: bool, raw: Role, device: Role) -> Guess:
    """Tell raw from corrected power or torque; see the module for why a plain one is which."""
    whole = 0 if re.search(r"drum|roller \d|axle|front|rear", name) else 50
    if _UNCORRECTED.search(name):
        return Guess(raw, 40 + whole)
    if corrected or _CORRECTED.search(name):
        return Guess(device, 40 + whole)
    return Guess(raw, 20 + whole)
