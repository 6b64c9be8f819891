"""What a workbook says first: quantities down the page, a column for each run.

Of two runs that are compared a further column says what the second one gained.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from cartech_desk.domain.dyno.compare import Comparison
from cartech_desk.domain.dyno.corrections import Factor
from cartech_desk.domain.dyno.result import Peak
from cartech_desk.domain.dyno.run import EstimateBy
from cartech_desk.domain.units import UnitSystem, convert, shown
from cartech_desk.reports.dyno_facts import (
    correction_name,
    facts_of,
    quality_words,
    smoothing,
    time_words,
    where,
    zone,
)
from cartech_desk.reports.dyno_sheet import DeviceSaid, Sheet, SheetRun
from cartech_desk.reports.dyno_units import SheetUnits, per_speed, symbol
from cartech_desk.reports.dyno_workbook_cells import Cell, Quantity, Section

GAIN: Final = "Gain (B less A)"


def compared(sheet: Sheet) -> Comparison | None:
    """Return what two runs differ by, None where the sheet is no comparison."""
    return sheet.comparison if len(sheet.runs) == 2 else None


def kind_of(sheet: Sheet) -> str:
    """Return what is to be said behind a peak: that all are corrected, that some are estimated."""
    made = all(
        not one.result.factor.why_not and one.result.factor.correction.key != "none"
        for one in sheet.runs
    )
    engine = any(one.result.estimate is not EstimateBy.NONE for one in sheet.runs)
    return ", corrected" * made + ", estimated at the engine" * engine


def summary_of(sheet: Sheet, units: SheetUnits) -> tuple[Section, ...]:
    """Return who, what and how much."""
    found = compared(sheet)
    return (
        Section("Run", _driven(sheet.runs)),
        Section(f"Peaks{kind_of(sheet)}", _peaks(sheet, units)),
        Section("Over the common range", _common(found, units) if found is not None else ()),
        Section("Peaks as measured, uncorrected", _bare(sheet, units)),
        Section("Corrected by the dyno itself, not used here", _device(sheet.runs, units)),
        Section("Acceleration", _times(sheet.runs)),
        Section("What is to be known", _words(sheet)),
    )


def conditions_of(sheet: Sheet, units: SheetUnits) -> tuple[Section, ...]:
    """Return what each run was driven on and under: numbers as numbers, then all in words."""
    every = [facts_of(run, units) for run in sheet.runs]
    sections = [Section("In numbers", _measured(sheet.runs, units))]
    for groups in zip(*every, strict=True):
        labels = list(dict.fromkeys(fact.label for group in groups for fact in group.rows))
        rows = tuple(
            Quantity(
                label,
                tuple(
                    "; ".join(fact.value for fact in group.rows if fact.label == label)
                    for group in groups
                ),
            )
            for label in labels
        )
        sections.append(Section(groups[0].title, rows))
    return tuple(sections)


def _row(
    runs: Sequence[SheetRun], label: str, say: Callable[[SheetRun], Cell], decimals: int = 1
) -> Quantity:
    return Quantity(label, tuple(say(run) for run in runs), decimals)


def _driven(runs: Sequence[SheetRun]) -> tuple[Quantity, ...]:
    def started(run: SheetRun) -> datetime:
        return run.run.started

    return (
        _row(runs, "Vehicle", lambda run: run.session.vehicle_name),
        _row(runs, "Customer", lambda run: run.session.customer),
        _row(runs, "Date and time", started),
        _row(runs, "Time zone", lambda run: zone(run.run.started)),
        _row(runs, "Power is", where),
        _row(runs, "Correction", lambda run: correction_name(run.result.factor)),
        _row(runs, "Factor", lambda run: run.result.factor.value, 4),
        _row(runs, "Smoothing", lambda run: smoothing(run.result)),
    )


def _kinds(
    runs: Sequence[SheetRun], units: SheetUnits
) -> tuple[tuple[str, str, str, list[Peak | None]], ...]:
    """Return of power and torque: the word, unit within, unit shown, the peak of each run."""
    return (
        ("power", "kW", units.power, [run.result.peak_power for run in runs]),
        ("torque", "Nm", units.torque, [run.result.peak_torque for run in runs]),
    )


def _peaks(sheet: Sheet, units: SheetUnits) -> tuple[Quantity, ...]:
    rows: list[Quantity] = []
    factors = [run.result.factor.value for run in sheet.runs]
    for kind, unit, to, peaks in _kinds(sheet.runs, units):
        name, both = f"Peak {kind}", list(zip(peaks, factors, strict=True))
        values = [None if peak is None else peak.value * factor for peak, factor in both]
        sure = [
            peak.uncertainty.total * factor if peak and peak.uncertainty.total > 0 else None
            for peak, factor in both
        ]
        cells = tuple(_to(value, unit, to) for value in values)
        rows.append(Quantity(f"{name} [{symbol(to)}]", _gained(sheet, cells), bold=True))
        rows.append(
            Quantity(f"{name} ± [{symbol(to)}]", tuple(_to(value, unit, to) for value in sure))
        )
        rows.append(
            Quantity(f"{name} at [rpm]", tuple(peak.rpm if peak else None for peak in peaks), 0)
        )
        if any(peak is not None and not math.isfinite(peak.rpm) for peak in peaks):
            speed = units.speed
            speeds = tuple(
                float(speed.to_shown(peak.speed_kmh)) if peak else None for peak in peaks
            )
            rows.append(Quantity(f"{name} at [{speed.symbol}]", speeds))
    return tuple(rows)


def _gained(sheet: Sheet, cells: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Return cells with the gain behind them, where two runs are compared."""
    if compared(sheet) is None:
        return cells
    a, b = cells
    return (*cells, None if a is None or b is None else b - a)


def _bare(sheet: Sheet, units: SheetUnits) -> tuple[Quantity, ...]:
    rows = []
    for kind, unit, to, peaks in _kinds(sheet.runs, units):
        cells = tuple(None if peak is None else _to(peak.value, unit, to) for peak in peaks)
        rows.append(Quantity(f"Uncorrected {kind} [{symbol(to)}]", _gained(sheet, cells)))
    return tuple(rows)


def _device(runs: Sequence[SheetRun], units: SheetUnits) -> tuple[Quantity, ...]:
    said = [run.device or DeviceSaid() for run in runs]
    rows = (
        Quantity(
            f"Its power [{symbol(units.power)}]",
            tuple(_to(one.power_kw, "kW", units.power) for one in said),
        ),
        Quantity(
            f"Its torque [{symbol(units.torque)}]",
            tuple(_to(one.torque_nm, "Nm", units.torque) for one in said),
        ),
        Quantity("Its factor", tuple(one.factor for one in said), 4),
    )
    return tuple(row for row in rows if any(cell is not None for cell in row.cells))


def _to(value: float | None, unit: str, to: str) -> float | None:
    return None if value is None else convert(value, unit, to)


def _common(found: Comparison, units: SheetUnits) -> tuple[Quantity, ...]:
    by_rpm = found.axis == "rpm"
    unit = "rpm" if by_rpm else units.speed.symbol
    power, torque = symbol(units.power), symbol(units.torque)

    def axis(value: float) -> float:
        return float(value if by_rpm else units.speed.to_shown(value))

    def kw(value: float) -> float:
        return convert(value, "kW", units.power)

    def nm(value: float) -> float:
        return convert(value, "Nm", units.torque)

    a, b = kw(found.average_a_kw), kw(found.average_b_kw)
    a_nm, b_nm = nm(found.average_a_nm), nm(found.average_b_nm)
    low, high = axis(found.x[0]), axis(found.x[-1])
    return (
        Quantity(f"From [{unit}]", (low, low), 0),
        Quantity(f"To [{unit}]", (high, high), 0),
        Quantity(f"Average power [{power}]", (a, b, b - a), bold=True),
        Quantity(f"Average torque [{torque}]", (a_nm, b_nm, b_nm - a_nm)),
        Quantity(f"Best gain [{power}]", (None, None, kw(found.best_gain_kw))),
        Quantity(f"Best gain at [{unit}]", (None, None, axis(found.best_gain_at)), 0),
        Quantity(f"Least gain [{power}]", (None, None, kw(found.worst_gain_kw))),
        Quantity(f"Least gain at [{unit}]", (None, None, axis(found.worst_gain_at)), 0),
    )


def _times(runs: Sequence[SheetRun]) -> tuple[Quantity, ...]:
    titles = {one.key: time_words(one)[0] for run in runs for one in run.result.times}
    known = [{one.key: one.seconds for one in run.result.times} for run in runs]
    return tuple(
        Quantity(
            f"{title} [s]",
            tuple("n/a" if (at := one.get(key)) is None else at for one in known),
            3,
        )
        for key, title in titles.items()
    )


def _words(sheet: Sheet) -> tuple[Quantity, ...]:
    runs, found = sheet.runs, (sheet.comparison, sheet.repeatability)
    warnings = [one for several in found if several is not None for one in several.warnings]
    rows = [
        *(Quantity("Mind", (warning,)) for warning in warnings),
        _row(runs, "Quality", lambda run: quality_words(run.result.quality)),
        _row(runs, "Why", lambda run: "; ".join(one.why for one in run.result.quality)),
        _row(runs, "Alarms", lambda run: "; ".join(run.alarms) or "none"),
        _row(runs, "Note", lambda run: run.run.note),
        _row(runs, "Note of the session", lambda run: run.session.notes),
        _row(runs, "Data SHA-256", lambda run: run.run.samples_sha256),
    ]
    if sheet.notes.strip():
        rows.append(Quantity("Notes", (sheet.notes,)))
    return tuple(rows)


def _measured(runs: Sequence[SheetRun], units: SheetUnits) -> tuple[Quantity, ...]:
    """Return what was measured as numbers, in the reader's units."""
    heat, distance = shown("degC", units.system).key, shown("km", units.system).key
    metric = units.system is UnitSystem.METRIC
    air, tyre = ("kPa", "bar") if metric else ("inHg", "psi")

    def of(
        label: str, unit: str, to: str, value: Callable[[SheetRun], float | None], decimals: int
    ) -> Quantity:
        name = f"{label} [{symbol(to)}]"
        return Quantity(name, tuple(_to(value(run), unit, to) for run in runs), decimals)

    def factor(value: Callable[[Factor], float | None]) -> Callable[[SheetRun], float | None]:
        return lambda run: value(run.result.factor)

    return (
        _row(runs, "Factor", factor(lambda one: one.value), 4),
        of("Temperature", "degC", heat, factor(lambda one: one.conditions.temperature_c), 1),
        of("Station pressure", "kPa", air, factor(lambda one: one.conditions.pressure_kpa), 2),
        of("Humidity", "percent", "percent", factor(lambda one: one.conditions.humidity_pct), 1),
        of("Vapour pressure", "kPa", air, factor(lambda one: one.vapour_kpa), 3),
        of("Dry pressure", "kPa", air, factor(lambda one: one.dry_kpa), 3),
        _row(runs, "Smoothing level", lambda run: float(run.result.smoothing.level), 0),
        _row(runs, "Smoothing width [s]", lambda run: run.result.smoothing.width_s, 3),
        of("Tyre pressure", "kPa", tyre, lambda run: run.session.tyre_kpa, 2),
        of("Odometer", "km", distance, lambda run: run.session.odometer_km, 0),
        _row(
            runs,
            f"Ratio [rpm per {units.speed.symbol}]",
            lambda run: per_speed(run.result.ratio_rpm_per_kmh, units),
            3,
        ),
    )
