"""What columns of other programs are called, and how they write their units. Tables, no branches.

The words come from exports that shops pass around and from the makers' public manuals; a word that
is not here leaves a column without a role, which a person can give it.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.dyno.roles import Role


@dataclass(frozen=True, slots=True)
class Written:
    """A unit as files write it: numbers times `factor` are in `unit`, a key of `domain.units`."""

    unit: str
    factor: float = 1.0


_UNITS: Final = MappingProxyType(
    {
        "km/h": Written("km/h"),
        "mph": Written("mph"),
        "m/s": Written("m/s"),
        "ft/s": Written("m/s", 0.3048),
        "rpm": Written("rpm"),
        "krpm": Written("rpm", 1000.0),
        "hz": Written("Hz"),
        "hp": Written("hp"),
        "ps": Written("PS"),
        "kw": Written("kW"),
        "w": Written("W"),
        "lbft": Written("lbft"),
        "nm": Written("Nm"),
        "kgm": Written("Nm", 9.80665),
        "lbf": Written("lbf"),
        "n": Written("N"),
        "kn": Written("kN"),
        "kgf": Written("N", 9.80665),
        "m/s2": Written("m/s2"),
        "mph/s": Written("m/s2", 0.44704),
        "km/h/s": Written("m/s2", 1.0 / 3.6),
        "ft/s2": Written("m/s2", 0.3048),
        "g": Written("g0"),
        "kpa": Written("kPa"),
        "hpa": Written("hPa"),
        "mbar": Written("mbar"),
        "bar": Written("bar"),
        "psi": Written("psi"),
        "inhg": Written("inHg"),
        "mmhg": Written("mmHg"),
        "pa": Written("Pa"),
        "c": Written("degC"),
        "f": Written("degF"),
        "k": Written("K"),
        "%": Written("percent"),
        "s": Written("s"),
        "ms": Written("ms"),
        "us": Written("us"),
        "min": Written("min"),
        "v": Written("V"),
        "mv": Written("mV"),
        "a": Written("A"),
        "mi": Written("mi"),
        "km": Written("km"),
        "m": Written("m"),
        "ft": Written("ft"),
        "ratio": Written("ratio"),
        "kg/h": Written("kg/h"),
        "lb/h": Written("lb/h"),
        "deg": Written("deg"),
    }
)

_OTHERWISE: Final = MappingProxyType(
    {
        "kph": "km/h",
        "kmh": "km/h",
        "kmph": "km/h",
        "mi/h": "mph",
        "miles/hour": "mph",
        "fps": "ft/s",
        "1/min": "rpm",
        "min-1": "rpm",
        "r/min": "rpm",
        "rev/min": "rpm",
        "u/min": "rpm",
        "rpmx1000": "krpm",
        "rpm*1000": "krpm",
        "x1000rpm": "krpm",
        "1000rpm": "krpm",
        "rpm/1000": "krpm",
        "krev/min": "krpm",
        "bhp": "hp",
        "whp": "hp",
        "horsepower": "hp",
        "cv": "ps",
        "ch": "ps",
        "pk": "ps",
        "watt": "w",
        "ftlb": "lbft",
        "ftlbs": "lbft",
        "lbsft": "lbft",
        "ftlbf": "lbft",
        "lbfft": "lbft",
        "mkg": "kgm",
        "kgfm": "kgm",
        "lb": "lbf",
        "lbs": "lbf",
        "pounds": "lbf",
        "newton": "n",
        "kg": "kgf",
        "m/s^2": "m/s2",
        "m/s/s": "m/s2",
        "mph/sec": "mph/s",
        "kph/s": "km/h/s",
        "km/h/sec": "km/h/s",
        "g's": "g",
        "inchhg": "inhg",
        "in.hg": "inhg",
        '"hg': "inhg",
        "torr": "mmhg",
        "millibar": "mbar",
        "psig": "psi",
        "psia": "psi",
        "degc": "c",
        "celsius": "c",
        "degf": "f",
        "fahrenheit": "f",
        "pct": "%",
        "percent": "%",
        "%rh": "%",
        "sec": "s",
        "secs": "s",
        "second": "s",
        "seconds": "s",
        "msec": "ms",
        "milliseconds": "ms",
        "usec": "us",
        "minutes": "min",
        "volt": "v",
        "volts": "v",
        "amps": "a",
        "miles": "mi",
        "mile": "mi",
        "feet": "ft",
        "lambda": "ratio",
        "afr": "ratio",
        ":1": "ratio",
        "a/f": "ratio",
        "lbs/hr": "lb/h",
        "lb/hr": "lb/h",
    }
)


def unit_of(word: str) -> Written | None:
    """Return the unit that a word of a file stands for; None for none that is known."""
    plain = word.strip().strip("[](){}").strip().lower()
    plain = plain.replace("²", "2").replace("°", "").replace("deg.", "deg").replace("λ", "lambda")
    plain = re.sub(r"[\s_]+", "", plain)
    if plain not in _UNITS and plain not in _OTHERWISE:
        plain = re.sub(r"[-·.•∙⋅*]", "", plain)
    return _UNITS.get(_OTHERWISE.get(plain, plain))


@dataclass(frozen=True, slots=True)
class Named:
    """A column's name taken apart: the device before it, its words, and the unit it names."""

    device: str
    words: str
    unit: Written | None
    unit_word: str = ""


_DEVICE: Final = re.compile(r"^\(([^()]*)\)\s*(?=\S)")
_BRACKETS: Final = re.compile(r"\s*[\[({]([^\[\](){}]*)[\])}]\s*$")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def taken_apart(name: str) -> Named:
    """Return what a column's name says: `(DWRT CPU) Power (uncorrected)`, `Speed [mph]`."""
    rest, device, unit, unit_word = name.strip(), "", None, ""
    found = _DEVICE.match(rest)
    if found is not None:
        device, rest = found.group(1), rest[found.end() :]
    brackets = _BRACKETS.search(rest)
    if brackets is not None:
        unit = unit_of(brackets.group(1))
        if unit is not None:
            unit_word, rest = brackets.group(1), rest[: brackets.start()]
    if unit is None:
        last = re.split(r"[\s_]+", rest)[-1]
        if last != rest:
            unit = unit_of(last)
            if unit is not None and last.lower() not in _TOO_SHORT:
                unit_word = last
            else:
                unit = None
    words = re.sub(r"[^a-z0-9%/λ]+", " ", _CAMEL.sub(" ", rest).lower()).strip()
    return Named(device, words, unit, unit_word)


_TOO_SHORT: Final = frozenset(
    {"a", "c", "f", "g", "k", "m", "n", "s", "v", "w", "min", "hg", "afr"}
)
"""Last words that are more often part of a name than a unit."""

TIME: Final = re.compile(
    r"(?:run |elapsed |log |test )?(?:time|zeit)(?: ?stamp)?(?: (?:s|sec|secs|ms|msec|seconds))?"
    r"|elapsed|seconds|secs?|msec|ms|t|timestamp"
)
"""Names of the column of time."""

_NOT_AIR: Final = r"(?!.*\b(?:oil|water|coolant|fuel|egt|exhaust|drum|brake|trans|engine)\b)"
_OBSERVED: Final = r"\b(?:uncorr\w*|unc|obs\w*|observed|raw|actual|measured|ob)\b"
_CORRECTED: Final = r"\b(?:corr?|corrected|sae|std|stp|din|ece|eec|jis|iso|cb)\b"
_POWER: Final = r"\b(?:power|pwr|hp|whp|bhp|horsepower|kw|ps|leistung)\b"
_TORQUE: Final = r"\b(?:torque|trq|tq|drehmoment)\b"
_SINGLE: Final = r"(?!.*\b(?:drum|roller|axle|front|rear|left|right|max|peak|avg|loss|target)\b)"

OF_THE_ENGINE: Final = re.compile(
    rf"(?=.*(?:{_POWER}|{_TORQUE})).*\b(?:engine|eng|crank\w*|flywheel|bhp)\b"
)
"""Power or torque that is said to be the engine's."""

ABSOLUTE: Final = re.compile(r"\b(?:psia|kpaa|bara|abs(?:olute)?)\b", re.IGNORECASE)
"""A pressure that counts from nothing, whatever the column is called."""

ROLES: Final[tuple[tuple[Role, re.Pattern[str], bool], ...]] = tuple(
    (role, re.compile(pattern), sure)
    for role, pattern, sure in (
        (Role.DEVICE_FACTOR, r"(?:sae |std |din )?corr?(?:ection)? ?(?:factor|fact|fctr)|cf", True),
        (
            Role.POWER,
            rf"{_SINGLE}(?=.*{_OBSERVED}).*{_POWER}.*",
            True,
        ),
        (Role.TORQUE, rf"{_SINGLE}(?=.*{_OBSERVED}).*{_TORQUE}.*", True),
        (Role.CORRECTED_POWER, rf"{_SINGLE}(?=.*{_CORRECTED}).*{_POWER}.*", True),
        (Role.CORRECTED_TORQUE, rf"{_SINGLE}(?=.*{_CORRECTED}).*{_TORQUE}.*", True),
        (Role.BRAKE_TORQUE, rf"(?:brake|absorber|load ?cell|eddy|pau) {_TORQUE}", True),
        (Role.BRAKE_RPM, r"(?:brake|absorber|shaft) (?:rpm|speed)", True),
        # Whether a plain “Power” was corrected is not said: looked at beside the other columns.
        (Role.POWER, rf"(?:wheel |total |engine )?{_POWER}(?: total)?", False),
        (Role.TORQUE, rf"(?:wheel |total |engine )?{_TORQUE}(?: total)?", False),
        (
            Role.RPM,
            r"(?:eng(?:ine)?|motor|tach(?:o)?) ?(?:rpm|speed|spd)(?: rpm)?|rpm(?: engine| eng)?"
            r"|tach(?:o(?:meter)?)?|(?:motor)?drehzahl|rpm(?: ?1)?",
            True,
        ),
        (Role.ROLLER_RPM, r"(?:roll(?:er|s)?|drum|dyno) rpm", True),
        (
            Role.SPEED,
            r"(?:roll(?:er|s)?|drum|road|vehicle|veh|car|wheel|ground|dyno|total)? ?"
            r"(?:speed|spd|mph|kph|km/h|kmh|geschwindigkeit)(?: (?:mph|kph|km/h|kmh))?",
            True,
        ),
        (Role.ACCELERATION, r"accel(?:eration)?(?: rate)?|beschleunigung", True),
        (
            Role.FORCE,
            r"(?:total |tractive )?(?:force|effort)|tractive (?:force|effort)|te|zugkraft",
            True,
        ),
        (Role.THROTTLE, r"(?:throttle(?: pos\w*)?|tps)(?: ?%)?(?: 1)?", True),
        (Role.LAMBDA, r"(?:.*\b)?(?:lambda|λ)(?: 1)?", True),
        (Role.AFR, r"(?:.*\b)?(?:afr|a/f|air ?/? ?fuel(?: ratio)?)(?: 1)?", True),
        (Role.MANIFOLD, r"map|manifold(?: absolute| abs)? press\w*|(?:intake )?manifold abs", True),
        (Role.BOOST, r"boost(?: press\w*)?|manifold(?: gauge)? boost|ladedruck", True),
        (Role.HUMIDITY, r"(?:rel(?:ative)? )?(?:humidity|hum)(?: %)?|rh|luftfeuchte", True),
        (
            Role.PRESSURE,
            r"(?:air |abs(?:olute)? )?baro(?:m|meter|metric)?(?: press\w*| p)?"
            r"|(?:station|atmos\w*|ambient|barometric|air) press\w*|luftdruck",
            True,
        ),
        (
            Role.TEMPERATURE,
            rf"{_NOT_AIR}(?:air|ambient|amb|room|inlet(?: air)?|intake(?: air)?|cell|carb air)"
            r" ?(?:temp\w*|tmp)(?: 1)?|lufttemperatur",
            True,
        ),
    )
)
"""Role, how the words of a name say it as a whole, and whether they say it alone."""

ATMOSPHERE: Final = re.compile(r"\b(?:atmo\w*|weather|ambient)\b", re.IGNORECASE)
"""A device before the name whose plain “Pressure” and “Temperature” are those of the air."""

OF_THE_AIR: Final[tuple[tuple[Role, re.Pattern[str]], ...]] = (
    (Role.PRESSURE, re.compile(r"(?:abs(?:olute)? )?press\w*(?: 1)?")),
    (Role.TEMPERATURE, re.compile(r"temp\w*(?: 1)?")),
    (Role.HUMIDITY, re.compile(r"(?:relative )?humidity(?: 1)?")),
)

PROGRAMS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\(DWRT|winpep", re.IGNORECASE), "Dynojet WinPEP 8"),
    (re.compile(r"power ?core", re.IGNORECASE), "Dynojet Power Core"),
    (re.compile(r"mustang|powerdyne", re.IGNORECASE), "Mustang PowerDyne"),
    (re.compile(r"superflow|windyn", re.IGNORECASE), "SuperFlow WinDyn"),
    (re.compile(r"mainline", re.IGNORECASE), "Mainline"),
    (re.compile(r"dynapack", re.IGNORECASE), "Dynapack"),
    (re.compile(r"dyno-?max|land ?& ?sea", re.IGNORECASE), "Land & Sea DYNO-MAX"),
)
"""Who wrote a file, by what it says before or in its header."""
WINPEP: Final = PROGRAMS[0][1]
OTHER: Final = "another program"
