"""What is looked at before limits are put: their units, and what would be switched off."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from cartech_desk.bay.limit_fit import plain, usual_units
from cartech_desk.domain.alarms.limit import Limit, LimitRefused
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.expressions import listed


def with_unit(limit: Limit, before: Limit | None, known: Mapping[str, Channel]) -> Limit:
    """Return a limit that knows in which unit it is, as its channel may come in another one day.

    Only an expression's unit is anybody's to choose: a plain channel has its own, and a limit that
    is in force keeps the one that it was written in. Errors: LimitRefused.
    """
    watched = limit.watches.strip()
    if not plain(limit):
        return limit
    channel = known.get(watched)
    usual = usual_units().get(watched, "")
    units = [channel.unit if channel is not None else usual, usual]
    if before is not None and before.watches.strip() == watched:
        units.append(before.unit)
    if not limit.unit:
        return replace(limit, unit=units[0]) if units[0] != usual else limit
    if limit.unit not in units and any(units):
        raise LimitRefused(
            f"{limit.label or limit.key}: {watched} comes in {units[0]}, and not in {limit.unit}.",
            kept="Nothing was changed.",
            to_do="Leave the unit out: only an expression needs one.",
        )
    return limit


def switched_off(limits: Iterable[Limit], in_force: Mapping[str, Limit]) -> tuple[Limit, ...]:
    """Return those that would be out of service and are not yet."""
    return tuple(
        limit
        for limit in limits
        if not limit.in_service
        and ((before := in_force.get(limit.key)) is None or before.in_service)
    )


def doubtful(name: str, meant_for: str, off: Sequence[Limit]) -> str:
    """Say what somebody has to confirm before a file is imported, empty for nothing."""
    words = []
    if meant_for:
        words.append(f"{name} was exported for {meant_for}.")
    if off:
        words.append(f"{name} would switch off: {_labels(off)}.")
    return " ".join(words)


def import_notes(limits: Sequence[Limit], in_force: Mapping[str, Limit]) -> tuple[str, ...]:
    """Say which limits a file switched off, and which of those in force it does not have."""
    notes = [
        f"{limit.label or limit.key} is out of service by this file."
        for limit in switched_off(limits, in_force)
    ]
    same = sum(in_force.get(limit.key) == limit for limit in limits)
    if same:
        notes.append(f"{same} of the file's limits are in force already and stay as they were.")
    keys = {limit.key for limit in limits}
    notes += [
        f"{limit.label or limit.key} is not in this file and stays as it was."
        for key, limit in in_force.items()
        if key not in keys
    ]
    return tuple(notes)


def not_told(limits: Iterable[Limit], here: Collection[str]) -> tuple[str, ...]:
    """Say which of these are not watched as the car has no such channel."""
    notes = []
    for limit in limits:
        missing = [name for name in limit.channels if name not in here]
        if missing:
            notes.append(
                f"{limit.label or limit.key}: this car has not {listed(missing)}; the limit "
                "is not watched until it has."
            )
    return tuple(notes)


def _labels(limits: Sequence[Limit]) -> str:
    return ", ".join(limit.label or limit.key for limit in limits)
