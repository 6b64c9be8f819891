"""Guessing from unit and name what a provider's channel is in a run.

**Power and torque.** DynoWare RT (WinPEP 8, Power Core) has both `Power` and `Power (uncorrected)`.
In a real run `Power` is `Power (uncorrected)` times `Correction Factor` (190.322 hp against
155.803 hp at 1.222): plain `Power` is what the device has corrected, never raw power, and
correcting it again would be wrong by a fifth. So only what calls itself uncorrected, raw or
measured is `Role.POWER`; a plain one is `Role.CORRECTED_POWER` as soon as its provider gives a sign
that it corrects (an uncorrected channel beside it, a correction factor, a name of Dynojet's). A
provider without any such sign has one power only: it is taken as measured, and that is said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import jetdrive_units as units
from cartech_desk.hardware.dyno.jetdrive_wire import NamedChannel

_PREFIX: Final = re.compile(r"^\([^)]*\)\s*")
_UNCORRECTED: Final = re.compile(r"\bunc|\(un?$|\braw\b|measured|\bobserved\b")
"""Names end after 30 bytes on the wire: “(DWRT CPU) Torque Drum 1 (unco” is one of them."""
_CORRECTED: Final = re.compile(r"(?<!un)corrected|\b(sae|std|din|jis|ece|eec)\b")
_FACTOR: Final = re.compile(r"correction factor|corr(ection)? ?fact|^cf$")
_DYNOJET: Final = re.compile(r"dwrt|dynojet|dynoware|winpep|power ?core")
_NOT_THE_WHOLE: Final = re.compile(r"\b(loss|losses|parasitic|target|max|peak|limit|average|avg)\b")


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
        r"^(?!.*(roller|drum|brake|absorber|retarder|eddy|turbo|wheel|shaft|fan|pump)).*"
        r"(rpm|engine|tach)",
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
    _rule(Role.LAMBDA, units.LAMBDA, r"^(?!.*(target|command|desired|trim)).*", 60),
    _rule(Role.AFR, units.AFR, r"^(?!.*(target|command|desired|trim)).*", 60),
    _rule(Role.BOOST, units.PRESSURE, r"^(?!.*(target|command|desired)).*boost", 90),
    _rule(Role.MANIFOLD, units.PRESSURE, r"manifold|\bmap\b", 90),
    _rule(Role.PRESSURE, units.PRESSURE, r"^(air |station |absolute )?pressure$", 80),
    _rule(Role.PRESSURE, units.PRESSURE, r"baro|atmos|ambient|station", 90),
    _rule(
        Role.TEMPERATURE,
        units.TEMPERATURE,
        r"^(air |ambient |atmos\w* |intake |intake air )?temp(erature)?$",
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
    for channel in channels:
        name = channel.name.lower()
        if _DYNOJET.search(name) or _FACTOR.search(name) or _CORRECTED.search(name):
            return True
        if channel.unit in {units.POWER, units.TORQUE} and _UNCORRECTED.search(name):
            return True
    return False


def guess_roles(provider: str, channels: Sequence[NamedChannel]) -> dict[int, Guess]:
    """Return by channel id what one provider's channels may be; each may be one thing at most."""
    corrected = corrects(provider, channels)
    found: dict[int, Guess] = {}
    for channel in channels:
        guess = _guess(channel, corrected)
        if guess is not None:
            found[channel.id] = guess
    parts = [channel for channel in channels if _PART.search(plain_name(channel.name).lower())]
    for channel in parts:
        # One drum of several is half of the car.
        guess = found.get(channel.id)
        if guess is not None and guess.role in _SUMMED:
            others = [one for one in parts if one.unit == channel.unit and one is not channel]
            if any(_sides(one.name) != _sides(channel.name) for one in others):
                del found[channel.id]
    return found


def _sides(name: str) -> tuple[str, ...]:
    """Return which drum or axle a channel is of."""
    return tuple(_SIDE.findall(plain_name(name).lower()))


_AT_THE_WHEEL: Final = re.compile(r"\b(?:wheel|roller|axle|hub)s?\b")
"""Torque there is no torque at engine speed."""
_PART: Final = re.compile(r"drum|roller \d|axle|front|rear|\bforce \d")
_SIDE: Final = re.compile(r"\d+|front|rear|left|right")
_SUMMED: Final = frozenset(
    {Role.FORCE, Role.POWER, Role.TORQUE, Role.CORRECTED_POWER, Role.CORRECTED_TORQUE}
)
"""What several drums have a part of each."""


def _guess(channel: NamedChannel, corrected: bool) -> Guess | None:
    name = plain_name(channel.name).lower()
    if _FACTOR.search(name):
        return Guess(Role.DEVICE_FACTOR, 90)
    if _NOT_THE_WHOLE.search(name):
        return None
    rules = [rule for rule in _RULES if rule.unit == channel.unit and rule.words.search(name)]
    if rules:
        best = max(rules, key=lambda rule: rule.score)
        return Guess(best.role, best.score)
    if channel.unit == units.POWER:
        return _power(name, corrected, Role.POWER, Role.CORRECTED_POWER)
    if channel.unit == units.TORQUE and not _AT_THE_WHEEL.search(name):
        return _power(name, corrected, Role.TORQUE, Role.CORRECTED_TORQUE)
    return None


def _power(name: str, corrected: bool, raw: Role, device: Role) -> Guess:
    """Tell raw from corrected power or torque; see the module for why a plain one is which."""
    whole = 0 if re.search(r"drum|roller \d|axle|front|rear", name) else 50
    if _UNCORRECTED.search(name):
        return Guess(raw, 40 + whole)
    if corrected or _CORRECTED.search(name):
        return Guess(device, 40 + whole)
    return Guess(raw, 20 + whole)
