"""Earlier check-ups in a list: what each row says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.store.checkups import CheckupKind, CheckupSummary
from cartech_desk.ui.models.fault_shown import KINDS
from cartech_desk.ui.models.fault_words import codes_lamp
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

COLUMNS: Final = ("Taken", "What", "Found", "Engine lamp", "Codes", "By", "Note")
_CODES_SHOWN: Final = 6


Explain = Callable[[str, str | None], Meaning]
Severities = Mapping[str, Sequence[Severity]]
"""How bad the codes of each check-up are, by its id."""


def severities_of(
    summaries: Iterable[CheckupSummary], explain: Callable[[], Explain]
) -> Severities:
    """Look up how bad the codes of check-ups are; blocking. `explain` is asked for codes alone."""
    known: dict[tuple[str, str | None], Severity] = {}
    found: dict[str, Sequence[Severity]] = {}
    for one in summaries:
        for code in one.codes:
            if (code, one.vin) not in known:
                known[code, one.vin] = _severity(code, one.vin, explain())
        found[one.id] = tuple(known[code, one.vin] for code in one.codes)
    return found


def _severity(code: str, vin: str | None, explain: Explain) -> Severity:
    try:
        return explain(code, vin).severity
    except CarTechError:  # a damaged one keeps no list from being shown; opened, it tells why
        return Severity.WARNING


def found_words(summary: CheckupSummary, severities: Severities) -> tuple[State, str]:
    """Say with shape, colour and words what a check-up found; never more than the car said.

    The mark is that of the worst code, as above the codes themselves.
    """
    if summary.codes:
        number = counted(len(summary.codes), "code")
        whole = summary.complete and not summary.unknown
        state = codes_lamp(severities.get(summary.id, ()), summary.mil)
        return state, number if whole else f"at least {number}"
    if summary.clean:
        return State.CONNECTED, "no codes"
    return State.WARNING, "not known" if summary.complete else "not read to the end"


def lamp_word(lit: bool | None) -> str:
    """Say how the lamp stood."""
    return DASH if lit is None else ("lit" if lit else "off")


def cells(summary: CheckupSummary, severities: Severities) -> tuple[str, ...]:
    """Return the texts of a row; the time is absolute, so that a copied row stays true."""
    codes = ", ".join(summary.codes[:_CODES_SHOWN])
    if len(summary.codes) > _CODES_SHOWN:
        codes += f" and {len(summary.codes) - _CODES_SHOWN} more"
    return (
        f"{summary.taken.astimezone():%Y-%m-%d %H:%M}",
        KINDS[CheckupKind(summary.kind)],
        found_words(summary, severities)[1],
        lamp_word(summary.mil),
        codes or DASH,
        summary.operator or DASH,
        summary.note,
    )
