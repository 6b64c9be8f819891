"""The operators and functions of expressions, as tables; each takes floats and arrays alike.

NaN goes through everything. Truth is 1.0 and 0.0, and NaN where it cannot be told.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Value = Any  # float or array of floats

_LARGEST_EXPONENT: Final = 64.0


def _is_array(*values: Value) -> bool:
    return any(isinstance(value, np.ndarray) for value in values)


def _scalar_or_array(
    scalar: Callable[..., float], array: Callable[..., Value]
) -> Callable[..., Value]:
    """Take plain Python for floats, which is ten times faster there, and NumPy for arrays."""

    def apply(*values: Value) -> Value:
        if _is_array(*values):
            return array(*values)
        try:
            return scalar(*values)
        except (ZeroDivisionError, ValueError, OverflowError):
            return math.nan

    return apply


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > _LARGEST_EXPONENT:
        return math.nan
    return math.pow(base, exponent)


def _power_array(base: Value, exponent: Value) -> Value:
    bounded = np.where(np.abs(exponent) > _LARGEST_EXPONENT, np.nan, exponent)
    # NumPy says 1 for 1 ** NaN and NaN ** 0; what is not known stays not known.
    unknown = np.isnan(base) | np.isnan(bounded)
    return np.where(unknown, np.nan, np.power(np.asarray(base, dtype=np.float64), bounded))


def _divide_array(left: Value, right: Value) -> Value:
    return np.where(np.equal(right, 0.0), np.nan, np.divide(left, right))


def _floor_divide_array(left: Value, right: Value) -> Value:
    return np.where(np.equal(right, 0.0), np.nan, np.floor_divide(left, right))


def _compare(test: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if _is_array(left, right):
            told = np.asarray(test(left, right), dtype=np.float64)
            return np.where(np.isnan(left) | np.isnan(right), np.nan, told)
        if left != left or right != right:  # noqa: PLR0124 - the quick test for NaN
            return math.nan
        return float(test(left, right))

    return apply


def choose(condition: Value, chosen: Value, other: Value) -> Value:
    """Return `chosen` where the condition is not 0, else `other`; NaN where it is NaN."""
    if _is_array(condition, chosen, other):
        picked = np.where(np.not_equal(condition, 0.0), chosen, other)
        return np.where(np.isnan(condition), np.nan, picked)
    if math.isnan(condition):
        return math.nan
    return chosen if condition else other


def negate(value: Value) -> Value:
    """Return the value with the other sign."""
    return -value


def negation(value: Value) -> Value:
    """Return 1 for 0 and 0 for anything else."""
    return choose(value, 0.0, 1.0)


def _both(left: Value, right: Value) -> Value:
    return choose(left, choose(right, 1.0, 0.0), choose(right, 0.0, 0.0))


def _either(left: Value, right: Value) -> Value:
    return choose(left, choose(right, 1.0, 1.0), choose(right, 1.0, 0.0))


def _smallest(*values: float) -> float:
    return math.nan if any(map(math.isnan, values)) else min(values)


def _largest(*values: float) -> float:
    return math.nan if any(map(math.isnan, values)) else max(values)


def _clamp(value: float, low: float, high: float) -> float:
    return _largest(_smallest(value, high), low)


def _clamp_array(value: Value, low: Value, high: Value) -> Value:
    return np.maximum(np.minimum(value, high), low)


def _round(value: float, digits: float = 0.0) -> float:
    """Round half to even, as NumPy does, to at most 12 digits."""
    if math.isnan(value) or math.isnan(digits):
        return math.nan
    return float(np.round(value, int(min(max(digits, -12.0), 12.0))))


def _round_array(value: Value, digits: Value = 0.0) -> Value:
    if _is_array(digits):
        return np.full(np.shape(digits), np.nan)  # digits are a property of the channel
    return (
        np.full(np.shape(value), np.nan)
        if math.isnan(digits)
        else np.round(value, int(min(max(digits, -12.0), 12.0)))
    )


def _nearest(value: Value, tolerance: Value, *marks: Value) -> Value:
    """Return the number (from 1) of the mark nearest to `value`; NaN where none is near.

    Near is within `tolerance` of the mark, as a share of it. Marks that are NaN are not there.
    """
    shape = np.broadcast_shapes(*(np.shape(one) for one in (value, tolerance, *marks)))
    stack = np.stack([np.broadcast_to(np.asarray(one, np.float64), shape) for one in marks])
    away = np.abs(value - stack) / np.abs(stack)
    away = np.where(np.isnan(away), np.inf, away)
    best = np.argmin(away, axis=0)
    near = np.take_along_axis(away, best[np.newaxis], axis=0)[0] <= tolerance
    result = np.where(near, best + 1.0, np.nan)
    return result if shape else float(result)


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator between two values: how it binds to the left and to the right, what it does."""

    left: int
    right: int
    apply: Callable[[Value, Value], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how many values it takes, what it does, and how it is used, in words."""

    fewest: int
    most: int
    apply: Callable[..., Value]
    use: str


COMPARING: Final = 5
"""How comparisons bind; they do not follow one another."""

OPERATORS: Final = {
    "or": Operator(2, 3, _either),
    "and": Operator(3, 4, _both),
    "<": Operator(COMPARING, 6, _compare(lambda a, b: a < b)),
    ">": Operator(COMPARING, 6, _compare(lambda a, b: a > b)),
    "<=": Operator(COMPARING, 6, _compare(lambda a, b: a <= b)),
    ">=": Operator(COMPARING, 6, _compare(lambda a, b: a >= b)),
    "==": Operator(COMPARING, 6, _compare(lambda a, b: a == b)),
    "!=": Operator(COMPARING, 6, _compare(lambda a, b: a != b)),
    "+": Operator(6, 7, lambda a, b: a + b),
    "-": Operator(6, 7, lambda a, b: a - b),
    "*": Operator(7, 8, lambda a, b: a * b),
    "/": Operator(7, 8, _scalar_or_array(lambda a, b: a / b, _divide_array)),
    "//": Operator(7, 8, _scalar_or_array(lambda a, b: a // b, _floor_divide_array)),
    "%": Operator(7, 8, _scalar_or_array(lambda a, b: a % b, np.mod)),
    # The right side binds as a sign does: 2 ** -1 and 2 ** 3 ** 2 are what they are in print.
    "**": Operator(9, 8, _scalar_or_array(_power, _power_array)),
}

_MOST: Final = 16
FUNCTIONS: Final = {
    "min": Function(
        1, _MOST, _scalar_or_array(_smallest, lambda *v: _fold(np.minimum, v)), "Use min(a, b, …)."
    ),
    "max": Function(
        1, _MOST, _scalar_or_array(_largest, lambda *v: _fold(np.maximum, v)), "Use max(a, b, …)."
    ),
    "abs": Function(1, 1, abs, "Use abs(a)."),
    "sqrt": Function(1, 1, _scalar_or_array(math.sqrt, np.sqrt), "Use sqrt(a)."),
    "exp": Function(1, 1, _scalar_or_array(math.exp, np.exp), "Use exp(a)."),
    "log": Function(1, 1, _scalar_or_array(math.log, np.log), "Use log(a), the natural one."),
    "floor": Function(
        1, 1, _scalar_or_array(lambda a: float(math.floor(a)), np.floor), "Use floor(a)."
    ),
    "round": Function(
        1, 2, _scalar_or_array(_round, _round_array), "Use round(a) or round(a, digits)."
    ),
    "clamp": Function(3, 3, _scalar_or_array(_clamp, _clamp_array), "Use clamp(a, low, high)."),
    "if": Function(3, 3, choose, "Use if(condition, a, b)."),
    "nearest": Function(3, _MOST, _nearest, "Use nearest(a, tolerance, mark1, mark2, …)."),
}
CONSTANTS: Final = {"pi": math.pi}


def _fold(pair: Callable[[Value, Value], Value], values: tuple[Value, ...]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = pair(result, value)
    return result
