"""What is wrong with settings, in words that name where it stands: a line or a variable."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from cartech_desk.domain.errors import CarTechError

PREFIX: Final = "CARTECH_"
DELIMITER: Final = "__"
_LONGEST: Final = 60


class SettingsError(CarTechError):
    """The settings cannot be used as they are."""

    code = "settings"


def refusal(
    error: ValidationError,
    path: Path,
    environment: Mapping[str, str],
    *,
    within: tuple[str, ...] = (),
) -> SettingsError:
    """Return the words for settings of a file and the environment that do not pass the checks.

    `within` is the section that was checked, where it was not all of them.
    """
    in_file: list[str] = []
    in_environment: list[str] = []
    for detail in error.errors():
        place = ".".join(str(part) for part in (*within, *detail["loc"]))
        variable = _variable(detail["loc"], environment)
        subject = variable or place
        if detail["type"] == "extra_forbidden":
            wrong = f"{subject} is not a setting of this version"
        else:
            wrong = f"{subject} = {_short(detail.get('input'))}: {detail['msg']}"
        (in_environment if variable else in_file).append(wrong)
    happened, to_do = [], []
    if in_file:
        happened.append(f"The settings in {path} cannot be used: {'; '.join(in_file)}.")
        to_do.append("Correct these lines, or move the file away to begin with the defaults.")
    if in_environment:
        happened.append(_of_environment("; ".join(in_environment)))
        to_do.append(_MEND)
    return SettingsError(
        " ".join(happened),
        kept="The file was left as it is." if in_file else "",
        to_do=" ".join(to_do),
    )


def unreadable_variable(
    environment: Mapping[str, str], structures: Iterable[Sequence[str]]
) -> SettingsError:
    """Return the words for a variable that should hold JSON and does not.

    `structures` are the places of sections and lists, which a variable gives as JSON.
    """
    due = {(PREFIX + DELIMITER.join(place)).upper() for place in structures}
    wrong = [
        f"{name} is no readable JSON"
        for name, text in environment.items()
        if name.upper() in due and not _parsed(text)[0]
    ]
    return SettingsError(
        _of_environment("; ".join(wrong) or f"one that begins with {PREFIX} is no readable JSON"),
        to_do=_MEND,
    )


_MEND: Final = "Correct or unset it."


def _of_environment(wrong: str) -> str:
    return f"An environment variable cannot be used: {wrong}."


def _parsed(text: str) -> tuple[bool, Any]:
    try:
        return True, json.loads(text)
    except (ValueError, RecursionError):
        return False, None


def _variable(place: Sequence[int | str], environment: Mapping[str, str]) -> str:
    """Return the variable that a value comes from; nothing where it is the file's."""
    names = {name.upper(): name for name in environment}
    words = [str(part) for part in place]
    for count in range(len(words), 0, -1):
        name = names.get((PREFIX + DELIMITER.join(words[:count])).upper())
        if name is not None and _holds(environment[name], place[count:]):
            return name
    # What stands deeper than the place: a section where a value is due.
    below = (PREFIX + DELIMITER.join(words) + DELIMITER).upper()
    return next((name for upper, name in names.items() if upper.startswith(below)), "")


def _holds(text: str, place: Sequence[int | str]) -> bool:
    """Tell whether the JSON of a variable has something at this place."""
    if not place:
        return True
    _, value = _parsed(text)
    for part in place:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return False
    return True


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
