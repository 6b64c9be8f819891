"""What changed between two scans of one car."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    EcuFound,
    FaultScan,
    Readiness,
    TestResult,
)


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A code that both scans have, with another status."""

    before: CodeFound
    now: CodeFound


@dataclass(frozen=True, slots=True)
class Difference:
    """From the earlier scan to the later one.

    Gone are only codes whose ECU told its list this time; where it did not, they are `untold`. New
    are only those whose ECU told its list last time; where it did not, they are `doubted`.
    `sentences` say what else changed: lamp, monitors that became incomplete or complete, a
    calibration id or CVN that is another one, a test that began to fail.
    """

    new: tuple[CodeFound, ...] = ()
    gone: tuple[CodeFound, ...] = ()
    changed: tuple[CodeChange, ...] = ()
    same: tuple[CodeFound, ...] = ()
    untold: tuple[CodeFound, ...] = ()
    doubted: tuple[CodeFound, ...] = ()
    failing: tuple[TestResult, ...] = ()
    mended: tuple[TestResult, ...] = ()
    sentences: tuple[str, ...] = ()


def difference(before: FaultScan, now: FaultScan) -> Difference:
    """Compare two scans of the same car, the earlier first."""
    codes = _Codes(_told(before), _told(now))
    known = {_key(one): one for one in before.codes}
    found = {_key(one): one for one in now.codes}
    for key, code in found.items():
        codes.take(known.get(key), code)
    for key, code in known.items():
        if key not in found:
            codes.miss(code)
    failing, mended = _tests(before, now)
    return Difference(
        new=tuple(codes.new),
        gone=tuple(codes.gone),
        changed=tuple(codes.changed),
        same=tuple(codes.same),
        untold=tuple(codes.untold),
        doubted=tuple(codes.doubted),
        failing=failing,
        mended=mended,
        sentences=(
            *_vins(before, now),
            *codes.doubts(),
            *_lamp(before, now),
            *_cleared(before, now),
            *_monitors(before, now),
            *_ecus(before, now),
            *(f"Began to fail: {_test_name(one)}." for one in failing),
        ),
    )


# Codes

_Key = tuple[int, str, int | None]
_Told = frozenset[tuple[int, CodeStatus]]


def _key(code: CodeFound) -> _Key:
    return code.ecu, code.code, code.failure_type


def _told(scan: FaultScan) -> _Told:
    """Return which ECU told its codes of which kind."""
    return frozenset(
        (one.ecu, one.kind) for one in scan.codes_told if one.answered is Answered.TOLD
    )


@dataclass(slots=True)
class _Codes:
    """Sorts codes by what became of them, as far as both scans tell."""

    told_before: _Told
    told_now: _Told
    new: list[CodeFound] = field(default_factory=list)
    gone: list[CodeFound] = field(default_factory=list)
    changed: list[CodeChange] = field(default_factory=list)
    same: list[CodeFound] = field(default_factory=list)
    untold: list[CodeFound] = field(default_factory=list)
    doubted: list[CodeFound] = field(default_factory=list)

    def take(self, before: CodeFound | None, now: CodeFound) -> None:
        """Take a code that is there now."""
        if before is None:
            known = any((now.ecu, kind) in self.told_before for kind in now.status)
            (self.new if known else self.doubted).append(now)
        elif any(self._differs(before, now, kind) for kind in CodeStatus):
            self.changed.append(CodeChange(before, now))
        else:
            self.same.append(now)

    def miss(self, before: CodeFound) -> None:
        """Take a code that is not there any more, or of which nothing was told."""
        told = all((before.ecu, kind) in self.told_now for kind in before.status)
        (self.gone if told else self.untold).append(before)

    def doubts(self) -> tuple[str, ...]:
        """Say once of which codes it is not known whether they are new."""
        if not self.doubted:
            return ()
        named = _list(f"{one.code} (ECU {one.ecu:X})" for one in self.doubted)
        return (
            f"Whether {named} came since last time is not known: last time no codes could be read "
            "there.",
        )

    def _differs(self, before: CodeFound, now: CodeFound, kind: CodeStatus) -> bool:
        """Whether a status came or went, and did not only stay untold."""
        was, is_now = kind in before.status, kind in now.status
        if was == is_now:
            return False
        return (now.ecu, kind) in (self.told_now if was else self.told_before)


# Tests


def _tests(
    before: FaultScan, now: FaultScan
) -> tuple[tuple[TestResult, ...], tuple[TestResult, ...]]:
    """Return the tests that began to fail, and those that failed and pass now.

    A scan without any, as the one after clearing, tells nothing to compare with.
    """
    if not before.tests:
        return (), ()
    known = {(one.ecu, one.monitor, one.test): one.passed for one in before.tests}
    failing, mended = [], []
    for one in now.tests:
        was = known.get((one.ecu, one.monitor, one.test))
        if one.passed is False and was is not False:
            failing.append(one)
        elif one.passed is True and was is False:
            mended.append(one)
    return tuple(failing), tuple(mended)


def _test_name(test: TestResult) -> str:
    names = [name for name in (test.name, test.test_name) if name]
    return f"{', '.join(names) or f'test {test.monitor:02X}'} (ECU {test.ecu:X})"


# What else changed, in sentences


def _vins(before: FaultScan, now: FaultScan) -> Iterable[str]:
    if before.vin and now.vin and before.vin != now.vin:
        yield f"The VIN is another one: {now.vin}, last time {before.vin}."


def _lamp(before: FaultScan, now: FaultScan) -> Iterable[str]:
    if now.mil and before.mil is False:
        yield "The malfunction lamp is on now; last time it was off."
    elif now.mil is False and before.mil:
        yield "The malfunction lamp is off now; last time it was on."
    elif now.mil is None and before.mil is not None:
        was = "on" if before.mil else "off"
        yield f"The car does not tell this time whether the malfunction lamp is on; it was {was}."


def _cleared(before: FaultScan, now: FaultScan) -> Iterable[str]:
    """Say that codes were cleared in between: what counts since then has become less."""
    was, is_now = before.counters, now.counters
    for then, current, unit in (
        (was.cleared_km, is_now.cleared_km, "km"),
        (was.cleared_min, is_now.cleared_min, "min"),
        (was.warm_ups, is_now.warm_ups, "warm-ups"),
    ):
        if then is not None and current is not None and current < then:
            yield (
                f"Codes were cleared since last time, or the battery was off: that is "
                f"{current:.0f} {unit} ago; last time it was {then:.0f} {unit}."
            )
            return


def _monitors(before: FaultScan, now: FaultScan) -> Iterable[str]:
    was, is_now = _complete(before.since_clear), _complete(now.since_clear)
    both = [key for key in is_now if key in was]
    lost = [is_now[key][0] for key in both if was[key][1] and not is_now[key][1]]
    ready = [is_now[key][0] for key in both if is_now[key][1] and not was[key][1]]
    if lost:
        yield f"No longer complete since codes were cleared: {_list(lost)}."
    if ready:
        yield f"Complete now: {_list(ready)}."


def _complete(readiness: Iterable[Readiness]) -> Mapping[tuple[int, str], tuple[str, bool]]:
    """Return name and state of each monitor, by ECU and key; names tell several ECUs apart."""
    told = tuple(readiness)
    several = sum(bool(one.monitors) for one in told) > 1
    return {
        (one.ecu, monitor.key): (
            f"{monitor.name} (ECU {one.ecu:X})" if several else monitor.name,
            monitor.complete,
        )
        for one in told
        for monitor in one.monitors
    }


def _ecus(before: FaultScan, now: FaultScan) -> Iterable[str]:
    was = {ecu.address: ecu for ecu in before.ecus}
    is_now = {ecu.address: ecu for ecu in now.ecus}
    for address, ecu in was.items():
        if address not in is_now:
            yield f"{_ecu(ecu)} answered last time and does not now."
    for address, ecu in is_now.items():
        if address not in was:
            yield f"{_ecu(ecu)} answers now and did not last time."
        else:
            yield from _software(was[address], ecu)


def _software(before: EcuFound, now: EcuFound) -> Iterable[str]:
    """Say that an ECU's software is another one; what it did not tell either time says nothing."""
    ids = before.calibration_ids and now.calibration_ids
    if ids and before.calibration_ids != now.calibration_ids:
        yield (
            f"The software of {_ecu(now)} is another one: calibration "
            f"{_list(now.calibration_ids)}, last time {_list(before.calibration_ids)}."
        )
    elif before.cvns and now.cvns and before.cvns != now.cvns:
        alike = ", and its calibration id is the same" if ids else ""
        yield (
            f"The software of {_ecu(now)} was changed: its verification number is "
            f"{_list(now.cvns)}, last time {_list(before.cvns)}{alike}."
        )


def _ecu(ecu: EcuFound) -> str:
    return f"ECU {ecu.address:X} ({ecu.name})" if ecu.name else f"ECU {ecu.address:X}"


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
