"""What is typed into the editor of a limit, and the limit that it makes or what is wrong."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QLocale

from cartech_desk.domain.alarms.limit import (
    LONGEST_DELAY_S,
    LONGEST_KEY,
    LONGEST_TEXT,
    Action,
    Comparison,
    Limit,
    LimitRefused,
    Priority,
    check_limit,
)
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.expressions import ExpressionError, compile_expression
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.units import UNITS, ShownUnit
from cartech_desk.ui.models.alarm_words import number_words
from cartech_desk.ui.models.limit_words import difference, in_a_sentence

_KEY: Final = re.compile(rf"[A-Za-z0-9_]{{1,{LONGEST_KEY}}}")
NOT_A_NUMBER: Final = "This is not a number."
_DELAYS: Final = ("warning_delay_s", "trip_delay_s", "off_delay_s")
_EDGES: Final = ("warning", "trip")
NUMBERS: Final = (*_EDGES, "deadband", *_DELAYS, "rate_hz")
TEXTS: Final = ("label", "watches", "gate", "to_do", "unit", "key")
WHOLE: Final = ""
"""Stands for the limit as a whole where no field alone is wrong."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts as they are typed, and what was chosen; `base` is the limit that the editor began with.

    `numbers` are in the shown unit; one whose text was not touched keeps its exact value, whatever
    was rounded to show it.
    """

    base: Limit
    numbers: Mapping[str, str]
    texts: Mapping[str, str]
    comparison: Comparison = Comparison.ABOVE
    priority: Priority = Priority.MEDIUM
    action: Action = Action.SOUND
    latch: bool = False
    in_service: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """The limit that a draft makes, None where something is `wrong`: sentences by field."""

    limit: Limit | None
    wrong: Mapping[str, str] = field(default_factory=dict)


def draft_of(limit: Limit, unit: ShownUnit) -> Draft:
    """Return the draft that an editor begins with."""
    return Draft(
        limit,
        {name: _written(limit, name, unit) for name in NUMBERS},
        {name: str(getattr(limit, name)) for name in TEXTS},
        limit.comparison,
        limit.priority,
        limit.action,
        limit.latch,
        limit.in_service,
    )


def read_draft(
    draft: Draft, unit_of: Callable[[Limit], ShownUnit], channels: Mapping[str, Channel]
) -> Read:
    """Make the limit of a draft, or say beside each field what is wrong with it."""
    wrong: dict[str, str] = {}
    texts = {name: " ".join(text.split()) for name, text in draft.texts.items()}
    limit = replace(
        draft.base,
        **texts,
        comparison=draft.comparison,
        priority=draft.priority,
        action=draft.action,
        latch=draft.latch,
        in_service=draft.in_service,
    )
    _check_texts(limit, wrong)
    unit = unit_of(limit)
    before = draft_of(draft.base, unit_of(draft.base))
    same_unit = unit == unit_of(draft.base)
    values: dict[str, float | None] = {}
    for name in NUMBERS:
        text = draft.numbers[name]
        if text.strip() == before.numbers[name] and (
            same_unit or name not in (*_EDGES, "deadband")
        ):
            values[name] = getattr(draft.base, name)
            continue
        number = read_number(text)
        if number is not None and math.isnan(number):
            wrong[name] = NOT_A_NUMBER
            continue
        if number is not None and name in _EDGES:
            number = unit.from_shown(number)
        elif number is not None and name == "deadband":
            number = difference(unit).from_shown(number)
        values[name] = number
    _check_numbers(values, wrong, unit, above=limit.comparison is Comparison.ABOVE)
    if wrong:
        return Read(None, wrong)
    limit = replace(limit, **values)
    try:
        check_limit(limit, channels)
    except LimitRefused as error:
        channel = channels.get(limit.watches)
        if "deadband" in error.happened and channel is not None:
            return Read(None, {"deadband": _never_goes(channel, unit)})
        return Read(None, {WHOLE: f"{error.happened} {error.to_do}".strip()})
    return Read(limit)


def read_number(text: str) -> float | None:
    """Return the number of a text as this locale writes it; None for nothing, NaN for no number."""
    bare = text.strip().replace("\u2212", "-").replace("\u202f", "").replace("\u00a0", "")
    if not bare:
        return None
    value, good = QLocale().toDouble(bare)
    if not good:
        value, good = QLocale.c().toDouble(bare)
    return value if good and math.isfinite(value) else math.nan


def _written(limit: Limit, name: str, unit: ShownUnit) -> str:
    value = getattr(limit, name)
    if value is None:
        return ""
    if name in _EDGES:
        value = unit.to_shown(value)
    elif name == "deadband":
        value = difference(unit).to_shown(value)
    decimals = unit.decimals + 2 if name in (*_EDGES, "deadband") else 3
    text = QLocale().toString(float(value), "f", decimals)
    point = QLocale().decimalPoint()
    return text.rstrip("0").rstrip(point) if point in text else text


def _check_texts(limit: Limit, wrong: dict[str, str]) -> None:
    if not _KEY.fullmatch(limit.key):
        wrong["key"] = f"Use letters from a to z, digits and underscores, at most {LONGEST_KEY}."
    for name in ("label", "to_do"):
        text = getattr(limit, name)
        if len(text) > LONGEST_TEXT or not printable(text):
            wrong[name] = f"Use at most {LONGEST_TEXT} printable characters."
    if limit.unit and limit.unit not in UNITS:
        wrong["unit"] = f"“{limit.unit}” is no unit that the desk knows, such as kPa or degC."
    if not limit.watches:
        wrong["watches"] = "Name a channel, such as rpm, or an expression over channels."
    for name in ("watches", "gate"):
        text = getattr(limit, name)
        try:
            names = compile_expression(text).names if text else ("",)
        except ExpressionError as error:
            wrong[name] = f"{error.happened} {error.to_do}".strip()
            continue
        if not names:
            wrong[name] = "This is one number for ever: name a channel, such as rpm."


def _check_numbers(
    values: dict[str, float | None], wrong: dict[str, str], unit: ShownUnit, *, above: bool
) -> None:
    for name in ("deadband", *_DELAYS):
        if name in values and values[name] is None:
            values[name] = 0.0
    for name in _DELAYS:
        delay = values.get(name)
        if delay is not None and not 0 <= delay <= LONGEST_DELAY_S:
            wrong[name] = f"Give 0 to {LONGEST_DELAY_S:g} s."
    rate = values.get("rate_hz", 1.0)
    if rate is None or not 0.01 <= rate <= 1000:
        wrong["rate_hz"] = "Give 0.01 to 1000."
    deadband = values.get("deadband")
    if deadband is not None and deadband < 0:
        wrong["deadband"] = "Give 0 or more."
    warning, trip = values.get("warning"), values.get("trip")
    if warning is None and trip is None and not wrong.keys() & set(_EDGES):
        wrong["warning"] = "Give a warning value, a trip value, or both."
    if warning is None or trip is None:
        return
    distance = trip - warning if above else warning - trip
    if distance <= 0:
        side = "above" if above else "below"
        wrong["trip"] = f"Put it {side} the warning: it would trip before it warns."
    elif deadband is not None and deadband > distance:
        most = number_words(distance, difference(unit), exact=True)
        wrong["deadband"] = (
            f"Give at most {most}, what lies between warning and trip: else a trip would stand "
            "while all is well."
        )


def _never_goes(channel: Channel, unit: ShownUnit) -> str:
    low, high = (number_words(end, unit, exact=True) for end in (channel.minimum, channel.maximum))
    return (
        f"With this deadband the alarm could never go: {in_a_sentence(channel.label)} ranges from "
        f"{low} to {high}. Give a smaller one."
    )


def free_key(limits: Collection[str], watches: str, comparison: Comparison) -> str:
    """Return a name for a new limit that none has yet: `boost_high`, `boost_high_2`."""
    kept = re.sub(r"[^A-Za-z0-9]+", "_", watches).strip("_") or "limit"
    side = "high" if comparison is Comparison.ABOVE else "low"
    stem = f"{kept[:48]}_{side}"
    key, number = stem, 2
    while key in limits:
        key, number = f"{stem}_{number}", number + 1
    return key
