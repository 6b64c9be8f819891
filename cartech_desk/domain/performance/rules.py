"""The rules by which runs advise: a table of what is looked for, from where on, and why.

Thresholds hold under full load. A rule with a `limit` has its figures, delays and gate from the
limit of this key: the vehicle's own, else that of its kind of engine (resources/limits.toml), so
that what runs advise and what alarms say never differ. Where another figure is the desk's own
margin and no standard's, its source says so.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cartech_desk.domain.expressions import Expression, compile_expression
from cartech_desk.domain.performance.advice import Weight


class Look(StrEnum):
    """How a rule looks at a channel."""

    ABOVE = "above"
    """It stands above the threshold."""
    BELOW = "below"
    FALLS = "falls"
    """From its highest to the end of the pull, by so many per cent of it."""
    RISES = "rises"
    """From the beginning of the pull, by so much."""
    LESS = "less"
    """It stands by so much below the other runs of the session at the same engine speed."""
    MARK = "mark"
    """The run bears a mark of this key; `channel` names it."""
    FADES = "fades"
    """Peak power falls from the best run of the session to a later one, by so many per cent."""


class Engine(StrEnum):
    """Of which engines a rule speaks."""

    ANY = "any"
    SPARK = "spark"
    BOOSTED = "boosted"
    """Spark ignition under boost."""
    ASPIRATED = "aspirated"
    """Spark ignition without boost."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `levels` are thresholds in the channel's canonical unit, the mildest first.

    `channels` are names under which the channel may be found, the best first. `title` heads the
    finding, `word` is what its figure is called ("lambda", "boost"). `toward` says of a value
    whether more ("up to") or less ("down to") of it is worse.
    """

    key: str
    title: str
    word: str
    look: Look
    channels: tuple[str, ...]
    unit: str
    levels: tuple[tuple[float, Weight], ...]
    todo: tuple[str, ...]
    source: str
    engine: Engine = Engine.ANY
    least: float = 0.0
    """For FALLS: the highest has to be at least so much to count."""
    most: float = math.inf
    """For FALLS: from this highest on it falls as it is commanded, and is asked only of runs that
    tell what was commanded."""
    targets: tuple[str, ...] = ()
    """For FALLS: channels that tell what was wanted; where there is one it alone judges."""
    by_design: bool = False
    """For FALLS: it falls in healthy cars as well; what it did before, or in other runs, judges."""
    decimals: int | None = None
    limit: str = ""
    """Key of the limit whose figures these are; `levels` are empty then."""
    weighs: Weight | None = None
    """What every level of its limit weighs; None for SOON, then STOP."""
    holds_s: tuple[float, ...] = ()
    """For how long each level has to hold; never more than half of the pull."""
    gate: str = ""
    """Expression under which alone it counts."""
    closed_loop: bool = False
    """What is within a hair of lambda 1 from the beginning on is the engine's own control."""
    share: bool = False
    """Values are told in per cent of the highest of the pull."""
    either_sign: bool = False
    """Some cars tell it negative."""

    @property
    def gate_expression(self) -> Expression | None:
        """The gate, compiled; None where there is none. Errors: ExpressionError."""
        return compile_expression(self.gate) if self.gate.strip() else None


BOOSTED_KPA: Final = 30.0
"""From this boost on an engine counts as boosted [kPa]."""

_MARGIN: Final = "a margin of this desk's"

RULES: Final = (
    Rule(
        "lean_boosted",
        "Lean under boost",
        "lambda",
        Look.ABOVE,
        ("lambda",),
        "ratio",
        (),
        (
            "Measure fuel pressure over boost through a pull; look at filter and pump.",
            "Compare injector duty with what the injectors can flow.",
            "Look for an exhaust leak before the probe, which reads lean as well.",
        ),
        "boosted petrol engines that enrich are set between 0.75 and 0.85 at full load",
        Engine.BOOSTED,
        decimals=2,
        limit="lean_boost",
        closed_loop=True,
    ),
    Rule(
        "lean_aspirated",
        "Lean at full load",
        "lambda",
        Look.ABOVE,
        ("lambda",),
        "ratio",
        (),
        (
            "Measure fuel pressure through a pull.",
            "Look for false air and for an exhaust leak before the probe.",
            "Check the full-load fuel table there.",
        ),
        "petrol engines give their best power between 0.85 and 0.90",
        Engine.ASPIRATED,
        decimals=2,
        limit="lean",
        closed_loop=True,
    ),
    Rule(
        "rich",
        "Very rich at full load",
        "lambda",
        Look.BELOW,
        ("lambda",),
        "ratio",
        (),
        ("Power may be had by less fuel; watch knock and exhaust temperature while leaning it.",),
        "petrol engines are set between 0.75 and 0.90 at full load",
        Engine.SPARK,
        decimals=2,
        limit="rich",
        weighs=Weight.HINT,
    ),
    Rule(
        "boost_falls",
        "Boost falls to the limit",
        "boost",
        Look.FALLS,
        ("boost",),
        "kPa",
        ((10.0, Weight.SOON),),
        (
            "Compare with the boost that is wanted there: small turbochargers fall by design.",
            "Look for leaks: hoses, clamps, intercooler, bypass valve (pressure test).",
            "Check wastegate spring, actuator and its preload.",
            "A compressor at its limit heats the air: compare intake temperature.",
            "Measure exhaust back pressure where the turbo is larger than the exhaust.",
        ),
        _MARGIN,
        least=BOOSTED_KPA,
        targets=("boost_target", "BP_A_CMD"),
        by_design=True,
    ),
    Rule(
        "timing_pulled",
        "Ignition pulled back in some runs",
        "timing",
        Look.LESS,
        ("timing",),
        "deg",
        ((3.0, Weight.SOON), (6.0, Weight.STOP)),
        (
            "Listen for knock there; look at knock retard where the car tells it.",
            "Ask which fuel is in the tank.",
            "Let the engine cool between runs and compare intake temperature.",
        ),
        _MARGIN,
        Engine.SPARK,
    ),
    Rule(
        "knock",
        "Knock retard",
        "knock retard",
        Look.ABOVE,
        ("knock_retard", "knock"),
        "deg",
        (),
        ("Ask which fuel is in the tank; take ignition back there.",),
        "ignition that knock control takes back",
        Engine.SPARK,
        limit="knock_high",
        either_sign=True,
    ),
    Rule(
        "intake_hot",
        "Hot intake air",
        "intake temperature",
        Look.ABOVE,
        ("iat",),
        "degC",
        (),
        (
            "More air through the intercooler: fan, ducts; look whether it is soaked by heat.",
            "Wait between runs until it has cooled.",
        ),
        "hot air costs power and lets petrol engines knock",
        limit="intake_high",
    ),
    Rule(
        "intake_rises",
        "Intake air heats up in the pull",
        "intake temperature",
        Look.RISES,
        ("iat",),
        "degC",
        ((20.0, Weight.HINT),),
        ("Check the intercooler's size and its air; a compressor beyond its map heats as well.",),
        _MARGIN,
    ),
    Rule(
        "injectors_full",
        "Injectors near their end",
        "injector duty",
        Look.ABOVE,
        ("injector_duty",),
        "percent",
        ((85.0, Weight.SOON), (95.0, Weight.STOP)),
        (
            "Larger injectors, or more fuel pressure, before more boost.",
            "Measure fuel pressure: a pump that falls off drives the duty up.",
        ),
        "the desk's bands for injector duty: 85 and 95 %",
        decimals=0,
    ),
    Rule(
        "fuel_pressure_falls",
        "Fuel pressure falls under load",
        "fuel pressure",
        Look.FALLS,
        ("fuel_pressure", "FRP", "FRP_A", "FRP_ABS"),
        "kPa",
        ((12.0, Weight.SOON), (25.0, Weight.STOP)),
        ("Check filter, pump, its voltage and wiring; then the regulator.",),
        _MARGIN,
        least=100.0,
        most=1500.0,
        targets=("FRP_A_CMD",),
    ),
    Rule(
        "coolant_hot",
        "Coolant hot",
        "coolant temperature",
        Look.ABOVE,
        ("temp",),
        "degC",
        (),
        ("Let it cool; check fans, thermostat, air in the system.",),
        "map-controlled thermostats hold up to 108 °C",
        limit="coolant_high",
    ),
    Rule(
        "oil_hot",
        "Oil hot",
        "oil temperature",
        Look.ABOVE,
        ("oil_temp",),
        "degC",
        (),
        ("Let it cool; consider an oil cooler for what this car is used for.",),
        "above it the oil film is not to be trusted",
        limit="oil_temp_high",
    ),
    Rule(
        "voltage_low",
        "Low voltage under load",
        "voltage",
        Look.BELOW,
        ("voltage",),
        "V",
        (),
        ("Check alternator, belt and earth: fuel pump and injectors slow down with it.",),
        "smart alternators rest at full load, yet hold the battery above it",
        limit="voltage_low",
    ),
    Rule(
        "throttle_shut",
        "Throttle not open at full load",
        "throttle",
        Look.BELOW,
        ("throttle",),
        "percent",
        ((80.0, Weight.HINT),),
        (
            "Was the pedal on the floor? If so the control unit closed it: look for its reason "
            "(torque limit, overboost, traction).",
        ),
        _MARGIN,
        Engine.SPARK,
        share=True,
    ),
    Rule(
        "wheel_spin",
        "Wheels slip on the rollers",
        "slip",
        Look.MARK,
        ("wheel_spin",),
        "",
        ((0.0, Weight.SOON),),
        (
            "Strap the car down anew, set tyre pressures, clean the rollers, take a higher gear.",
            "Use no peak of these runs.",
        ),
        "the mark “wheel spin” of the run",
    ),
    Rule(
        "still_rising",
        "Lifted while power still rose",
        "end of the pull",
        Look.MARK,
        ("still_rising",),
        "",
        ((0.0, Weight.HINT),),
        ("Drive on until power falls, if the limiter and the valve train allow it.",),
        "the mark “still rising” of the run",
    ),
    Rule(
        "power_fades",
        "Power falls from run to run",
        "power",
        Look.FADES,
        (),
        "percent",
        ((3.0, Weight.SOON),),
        (
            "Compare intake temperature and ignition of the runs: heat soak takes both.",
            "Cool longer between runs, and compare only runs that began equally warm.",
        ),
        "runs of one set-up repeat within about 1 to 2 %",
        decimals=1,
    ),
)
"""Every rule there is, in the order in which they are asked."""
