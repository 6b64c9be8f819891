"""How severities, statuses, lamps and control units are said, and the verdict of a whole scan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.found import (
    EVERYBODY,
    Answered,
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    FaultScan,
)
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.faults.told import code_asked
from cartech_desk.domain.units import UnitSystem, shown
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

SEVERITY_LAMPS: Final[Mapping[Severity, State]] = {
    Severity.CRITICAL: State.TRIP,
    Severity.WARNING: State.WARNING,
    Severity.INFORMATION: State.OFF,
}
"""Shape and colour of each severity; its word is its value."""

SEVERITY_ORDER: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFORMATION)

STATUS_HELP: Final[Mapping[CodeStatus, str]] = {
    CodeStatus.PENDING: "seen once: it is stored when it is seen again",
    CodeStatus.PERMANENT: "cannot be cleared: it goes by itself once the car has proved it mended",
}
_UNKNOWN_KINDS: Final = {
    CodeStatus.STORED: "stored",
    CodeStatus.PENDING: "pending",
    CodeStatus.PERMANENT: "permanent",
}
OTHERS: Final = "other control units"
"""Whose codes nobody heard: they have no address of their own."""
_HOUR_MIN: Final = 60
_ACRONYM: Final = 5
"""Letters of a control unit's acronym, with the number that a second one has: TCM2."""


def full_code(found: CodeFound) -> str:
    """Return a code as it is looked up, with its failure type where there is one."""
    return code_asked(found)


def ecu_words(scan: FaultScan, address: int) -> str:
    """Name a control unit in short: "ECM 7E8" of ECM-EngineControl, or its address alone."""
    if address in EVERYBODY:
        return OTHERS
    name = next((ecu.name for ecu in scan.ecus if ecu.address == address), "")
    # SAE J1979 has an acronym of up to four letters before the hyphen, and what it means behind.
    short, hyphen, _ = name.partition("-")
    shown = short if hyphen and 1 < len(short) <= _ACRONYM else name
    return f"{shown} {address:X}".strip()


def status_words(found: CodeFound) -> str:
    """Say where a code stands: "stored, permanent"."""
    return ", ".join(status.value for status in found.status) or "status not told"


def lamp_words(lit: bool | None) -> str:
    """Say how the malfunction lamp stands."""
    if lit is None:
        return "Engine lamp not known"
    return "Engine lamp lit" if lit else "Engine lamp off"


def codes_lamp(severities: Sequence[Severity], mil: bool | None) -> State:
    """Return the mark of some codes: that of the worst, at least a warning with the lamp lit.

    Where nobody knows what they mean they count as warnings.
    """
    worst = next((one for one in SEVERITY_ORDER if one in severities), Severity.WARNING)
    state = SEVERITY_LAMPS[worst]
    return State.WARNING if state is State.OFF and mil else state


def severity_counts(meanings: Sequence[Meaning]) -> tuple[tuple[State, str], ...]:
    """Say how many there are of each severity, with its lamp: "2 critical", "3 warnings"."""
    numbers = Counter(one.severity for one in meanings)
    return tuple(
        (SEVERITY_LAMPS[severity], _numbered(numbers[severity], severity))
        for severity in SEVERITY_ORDER
        if numbers[severity]
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan comes to, for a glance from two metres.

    `state` is shape and colour of the headline, `counts` how many there are of each severity,
    `lit` the malfunction lamp (None: nobody said), `told` facts in short sentences, `doubts`
    everything that is not known.
    """

    state: State
    headline: str
    lit: bool | None
    counts: tuple[tuple[State, str], ...] = ()
    told: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def verdict_of(
    scan: FaultScan, meanings: Mapping[str, Meaning], system: UnitSystem = UnitSystem.METRIC
) -> Verdict:
    """Judge a scan. "No fault codes" is said only where every control unit said so."""
    doubts = doubts_of(scan)
    facts = counter_words(scan.counters, system)
    known = [meanings[full_code(one)] for one in scan.codes if full_code(one) in meanings]
    if scan.codes:
        number = counted(len(scan.codes), "fault code")
        more = f"at least {number}" if scan.unknown or not scan.complete else number
        state = codes_lamp([one.severity for one in known], scan.mil)
        return Verdict(state, _capital(more), scan.mil, severity_counts(known), facts, doubts)
    if scan.clean:
        names = ", ".join(ecu_words(scan, ecu.address) for ecu in scan.ecus)
        said = f"Every control unit said so: {names}." if names else ""
        return Verdict(
            State.CONNECTED,
            "No fault codes",
            scan.mil,
            (),
            tuple(filter(None, (said, *facts))),
            doubts,
        )
    return Verdict(
        State.WARNING,
        "It is not known whether there are faults",
        scan.mil,
        (),
        facts,
        doubts or ("No control unit told that it has no codes.",),
    )


def doubts_of(scan: FaultScan) -> tuple[str, ...]:
    """Say all that is not known, in whole sentences, the gravest first."""
    found: list[str] = []
    if not scan.complete:
        found.append(
            "The car went silent in the middle of the reading: what was not read by then is "
            "missing here."
        )
    by_ecu: dict[int, list[CodesTold]] = {}
    for one in scan.unknown:
        by_ecu.setdefault(one.ecu, []).append(one)
    for ecu, missing in by_ecu.items():
        kinds = _listed([_UNKNOWN_KINDS[one.kind] for one in missing])
        whose = f"{ecu_words(scan, ecu)}: {kinds} codes"
        if any(one.others for one in missing):
            whose = f"Codes of {OTHERS}"
        why = next((_sentence(one.why) for one in missing if one.why), "")
        found.append(f"{whose} are not known. {why}".strip())
    counting = [one for one in scan.lamps if one.codes]
    if not scan.codes and counting:
        said = ", ".join(f"{ecu_words(scan, one.ecu)} counts {one.codes}" for one in counting)
        found.append(f"No code was told, but {said}.")
    return tuple(dict.fromkeys((*found, *scan.other_warnings)))


def untold_kinds(scan: FaultScan) -> tuple[str, ...]:
    """Say which control units have no list of a kind: "TCM 7E9 keeps no permanent codes"."""
    return tuple(
        f"{ecu_words(scan, one.ecu)} has no list of {one.kind.value} codes."
        for one in scan.codes_told
        if one.answered is Answered.UNSUPPORTED
    )


def counter_words(counters: Counters, system: UnitSystem) -> tuple[str, ...]:
    """Say since when the lamp is lit and codes were cleared; nothing for what is not told."""
    lit = _since(counters.lamp_km, counters.lamp_min, system)
    cleared = _since(counters.cleared_km, counters.cleared_min, system)
    found = []
    if lit:
        found.append(f"Driven with the lamp lit: {lit}.")
    if cleared or counters.warm_ups is not None:
        warm = "" if counters.warm_ups is None else counted(counters.warm_ups, "warm-up")
        found.append(f"Since codes were cleared: {', '.join(filter(None, (cleared, warm)))}.")
    return tuple(found)


def change_words(difference: Difference, scan: FaultScan) -> str:
    """Say in a line what changed up to a scan: "2 new, 1 gone", or that nothing did."""
    parts = [
        f"{len(some)} {word}"
        for some, word in (
            (difference.new, "new"),
            (difference.doubted, "perhaps new"),
            (difference.gone, "gone"),
            (difference.changed, "changed"),
            (difference.untold, "not told this time"),
            (difference.failing, "more failing" if len(difference.failing) > 1 else "test failing"),
        )
        if some
    ]
    if parts:
        return ", ".join(parts)
    if difference.sentences:
        return "the same codes"
    whole = scan.complete and not scan.unknown
    return "nothing changed" if whole else "nothing changed in what was told"


def _numbered(number: int, severity: Severity) -> str:
    if severity is Severity.WARNING:
        return counted(number, severity.value)
    return f"{number} {severity.value}"


def _since(km: float | None, minutes: float | None, system: UnitSystem) -> str:
    parts = []
    if km is not None:
        unit = shown("km", system)
        parts.append(f"{in_words(unit.to_shown(km), 0)} {unit.symbol}")
    if minutes is not None:
        whole = round(minutes)
        hours, rest = divmod(whole, _HOUR_MIN)
        parts.append(f"{hours} h {rest:02d} min" if hours else f"{rest} min")
    return ", ".join(parts)


def _listed(words: Sequence[str]) -> str:
    once = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(once[:-1]), once[-1]))) if once else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(words: str) -> str:
    text = _capital(words.strip())
    return text if not text or text[-1] in ".!?" else f"{text}."
