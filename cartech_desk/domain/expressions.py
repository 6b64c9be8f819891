"""Arithmetic over channel names, from a person's hand and therefore never given to `eval`.

    compile_expression("map - barometer")(map=180.0, barometer=98.0)

What may stand there: numbers, channel names, `pi`, `+ - * / // % **`, comparisons, `and or not`,
`a if condition else b`, and the functions of the table below. The text is cut into tokens by one
regular expression, parsed by precedence, and turned into a tree of small functions that take
floats and NumPy arrays alike. What has no value (division by zero, the root of a negative number)
is NaN; a condition that cannot be told (NaN) makes the result NaN.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.operations import (
    COMPARING,
    CONSTANTS,
    FUNCTIONS,
    OPERATORS,
    choose,
    negate,
    negation,
)

LONGEST: Final = 500
"""Characters that an expression may have."""
DEEPEST: Final = 40
"""Levels of parentheses, signs and calls."""

_NAN: Final = math.nan
Value = Any  # float or array of floats; NumPy's own functions take both
Evaluator = Callable[[Mapping[str, Value]], Value]


class ExpressionError(CarTechError):
    """An expression that cannot be read, or that cannot be computed from what there is."""

    code: ClassVar[str] = "expression"


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `names` are the channels that it needs, in order of appearance."""

    text: str
    names: tuple[str, ...]
    _evaluate: Evaluator

    def __call__(self, values: Mapping[str, Value] | None = None, /, **named: Value) -> Value:
        """Return the value for these inputs, floats or arrays of one length.

        NaN where an input is NaN or the result is none; a name that is missing counts as NaN.
        An expression without names is one number, whatever the length of the arrays.
        """
        given = named if values is None else {**values, **named} if named else values
        inputs = {name: given.get(name, _NAN) for name in self.names}
        if all(type(value) is float for value in inputs.values()):
            number = float(self._evaluate(inputs))
            return number if math.isfinite(number) else _NAN
        with np.errstate(all="ignore"):
            result = self._evaluate(inputs)
        if isinstance(result, np.ndarray) and result.ndim:
            result = np.asarray(result, dtype=np.float64)
            return np.where(np.isfinite(result), result, np.nan)
        number = float(result)
        return number if math.isfinite(number) else _NAN

    def bound(self, constants: Mapping[str, float]) -> "Expression":
        """Return the expression with some of its names fixed; they are no channels any more."""
        fixed = {name: float(constants[name]) for name in self.names if name in constants}
        if not fixed:
            return self
        evaluate = self._evaluate
        free = tuple(name for name in self.names if name not in fixed)
        return Expression(self.text, free, lambda values: evaluate({**fixed, **values}))


@lru_cache(maxsize=1024)
def compile_expression(text: str) -> Expression:
    """Read an expression; ExpressionError says what is wrong, where, and what to do."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"The expression has {len(text)} characters; {LONGEST} are allowed.",
            to_do="Split it into several channels.",
        )
    parser = _Parser(text, _tokens(text))
    return Expression(text.strip(), *parser.whole())


def order(expressions: Mapping[str, Expression], known: Iterable[str]) -> tuple[str, ...]:
    """Return the derived channels in an order in which each finds its inputs computed.

    `known` are the names that are delivered. Errors: ExpressionError for names that are neither
    known nor derived, and for a loop, naming the channels.
    """
    available = frozenset(known)
    for name, expression in expressions.items():
        unknown = [one for one in expression.names if one not in available | expressions.keys()]
        if unknown:
            raise ExpressionError(
                f"The channel {name} = {expression.text} uses {listed(unknown)}, which is not "
                "there.",
                to_do="Check the spelling, or add that channel first.",
            )
    done: list[str] = []
    placed: set[str] = set()
    for name in expressions:
        _place(name, expressions, placed, done, ())
    return tuple(done)


def _place(
    name: str,
    expressions: Mapping[str, Expression],
    placed: set[str],
    done: list[str],
    above: tuple[str, ...],
) -> None:
    if name in placed or name not in expressions:
        return
    if name in above:
        loop = (*above[above.index(name) :], name)
        raise ExpressionError(
            f"These channels are computed from each other in a loop: {' → '.join(loop)}.",
            to_do="Change one of them so that it is computed from what the car delivers.",
        )
    for needed in expressions[name].names:
        _place(needed, expressions, placed, done, (*above, name))
    placed.add(name)
    done.append(name)


def listed(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence."""
    return ", ".join(f"“{name}”" for name in names)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKEN: Final = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),])"
)
_WORDS: Final = frozenset(("if", "else", "and", "or", "not"))
_END: Final = _Token("end", "", -1)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(text, at, f"“{text[at]}” has no meaning there")
        kind, found = str(match.lastgroup), match.group()
        tokens.append(_Token("word" if found in _WORDS else kind, found, at))
        at = match.end()
    return tokens


_IF_POWER: Final = 1
_OR_POWER: Final = 2
_AND_POWER: Final = 3
_NOT_POWER: Final = 4
_UNARY_POWER: Final = 8
_CHAINED: Final = "Write a < b and b < c."


class _Parser:
    """Reads one expression by the binding powers of `OPERATORS` (Pratt's way)."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._names: dict[str, None] = {}

    def whole(self) -> tuple[tuple[str, ...], Evaluator]:
        if not self._tokens:
            raise ExpressionError(
                "The expression is empty.", to_do="Write something like map - barometer."
            )
        result = self._expression(0)
        left = self._peek()
        if left is not _END:
            raise _wrong(self._text, left.at, f"“{left.text}” is not expected there")
        return tuple(self._names), result

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.text != text:
            found = f"not “{token.text}”" if token is not _END else "before the end"
            raise _wrong(self._text, token.at, f"“{text}” is missing, {found}")

    def _expression(self, power: int) -> Evaluator:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                f"The expression is nested more than {DEEPEST} levels deep.",
                to_do="Split it into several channels.",
            )
        left = self._first()
        compared = False
        while True:
            token = self._peek()
            if token.text == "if" and token.kind == "word" and power <= _IF_POWER:
                self._take()
                left = self._conditional(left)
                continue
            operator = OPERATORS.get(token.text) if token.kind in ("sign", "word") else None
            if operator is None or operator.left < power:
                break
            if operator.left == COMPARING and compared:
                raise _wrong(self._text, token.at, "two comparisons stand in a row", _CHAINED)
            compared = operator.left == COMPARING
            self._take()
            left = _joined(operator.apply, left, self._expression(operator.right))
        self._depth -= 1
        return left

    def _conditional(self, chosen: Evaluator) -> Evaluator:
        condition = self._expression(_OR_POWER)
        self._expect("else")
        other = self._expression(_IF_POWER)
        return lambda values: choose(condition(values), chosen(values), other(values))

    def _first(self) -> Evaluator:
        token = self._take()
        if token.kind == "number":
            return _constant(self._number(token))
        if token.kind == "name":
            return self._call(token) if self._peek().text == "(" else self._named(token)
        if token.text == "(":
            inner = self._expression(0)
            self._expect(")")
            return inner
        if token.text == "-":
            operand = self._expression(_UNARY_POWER)
            return lambda values: negate(operand(values))
        if token.text == "+":
            return self._expression(_UNARY_POWER)
        if token.text == "not":
            denied = self._expression(_NOT_POWER)
            return lambda values: negation(denied(values))
        if token.text == "if" and self._peek().text == "(":
            return self._call(token)
        if token is _END:
            raise _wrong(self._text, len(self._text), "something is missing at the end")
        raise _wrong(self._text, token.at, f"“{token.text}” is not expected there")

    def _number(self, token: _Token) -> float:
        number = float(token.text)
        if not np.isfinite(number):
            raise _wrong(self._text, token.at, f"“{token.text}” is too large")
        return number

    def _named(self, token: _Token) -> Evaluator:
        name = token.text
        if name in CONSTANTS:
            return _constant(CONSTANTS[name])
        self._names[name] = None
        return lambda values: values[name]

    def _call(self, token: _Token) -> Evaluator:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise _wrong(
                self._text,
                token.at,
                f"there is no function “{token.text}”",
                to_do="Use one of: " + ", ".join(sorted(FUNCTIONS)) + ".",
            )
        self._expect("(")
        arguments = [self._expression(0)]
        while self._peek().text == ",":
            self._take()
            arguments.append(self._expression(0))
        self._expect(")")
        if not function.fewest <= len(arguments) <= function.most:
            raise _wrong(
                self._text, token.at, f"{token.text} is given {len(arguments)} values", function.use
            )
        apply = function.apply
        if len(arguments) == 1:
            only = arguments[0]
            return lambda values: apply(only(values))
        return lambda values: apply(*[argument(values) for argument in arguments])


def _constant(number: float) -> Evaluator:
    return lambda values: number  # noqa: ARG005 - every evaluator takes the values


def _joined(apply: Callable[[Value, Value], Value], left: Evaluator, right: Evaluator) -> Evaluator:
    return lambda values: apply(left(values), right(values))


def _wrong(text: str, at: int, what: str, to_do: str = "") -> ExpressionError:
    place = f"at character {at + 1}" if at >= 0 else "at the end"
    return ExpressionError(
        f"In the expression “{text.strip()}”, {place}, {what}.",
        to_do=to_do or "Correct it; an example is (map - barometer) / 100.",
    )
