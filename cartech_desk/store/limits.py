"""Limits in `desk.db`: what the shop changed of a profile's, and each vehicle's own.

In force for a vehicle are, the later before the earlier and by key: what the desk brings along for
every vehicle, and for the vehicle's profile; what the shop changed of both; the vehicle's own.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.alarms.limit import (
    Comparison,
    Limit,
    LimitRefused,
    check_limit,
    check_together,
)
from cartech_desk.domain.alarms.profiles import ANY, find_profile, profiles
from cartech_desk.domain.alarms.written import as_plain, canonical_body, read_body
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept

if TYPE_CHECKING:
    from sqlalchemy import Connection

PROFILE: Final = "profile"
VEHICLE: Final = "vehicle"

UNREADABLE: Final = "unreadable_limit"
"""The channel that a limit watches of which nothing can be read: no car has it."""

_LOG = logging.getLogger(__name__)
_Ask = Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Limits of one origin by key: shipped, the shop's of a profile, or a vehicle's own.

    `kind` is PROFILE or VEHICLE; `damaged` are keys of those that only hold the place of what
    cannot be read.
    """

    kind: str
    owner: str
    shipped: bool
    limits: Mapping[str, Limit]
    damaged: frozenset[str] = field(default=frozenset())


def unreadable(limit: Limit) -> bool:
    """Tell whether a limit only holds the place of one that cannot be read."""
    return limit.watches == UNREADABLE


def merged(layers: Iterable[Layer]) -> dict[str, Limit]:
    """Return the limits in force by key, in the order in which their keys first came."""
    result: dict[str, Limit] = {}
    for layer in layers:
        result.update(layer.limits)
    return result


class LimitStore:
    """Limits by owner: a profile's changes over the shipped ones, a vehicle's own over both.

    Profiles are named in `domain.alarms.profiles`; the limits of profile "any" hold for every
    vehicle. Every change is audited in its own transaction, and refused in it where what would
    then be in force contradicts itself, for this owner or any vehicle that it concerns.

    A limit whose body is damaged is never dropped: one that watches `UNREADABLE` stands in its
    place, which no car has, so that it is told as not watched.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    def in_force(self, vehicle_id: str) -> Sequence[Limit]:
        """Limits of a vehicle, those out of service included; "" for a car that nobody named."""
        return tuple(merged(self.layers(VEHICLE, vehicle_id)).values())

    def layers(self, kind: str, owner: str) -> Sequence[Layer]:
        """Return what is in force for a vehicle or a profile in layers, the lowest first."""
        return _layers(self._database.glance, kind, owner)

    def profile_of(self, vehicle_id: str) -> str:
        """Name of the vehicle's profile, empty for none."""
        return _profile_of(self._database.glance, vehicle_id)

    def set_profile(self, vehicle_id: str, profile: str, by: Actor) -> None:
        """Give a vehicle a profile, "" for none.

        Errors: NotKept, UnknownProfile; LimitRefused where its own limits contradict those of it.
        """
        if profile:
            find_profile(profile)
        before = self.profile_of(vehicle_id)
        name = self._named(VEHICLE, vehicle_id)
        if before == profile:
            return
        with self._audit.act(by) as act:
            ask = _asking(act.connection)
            act.connection.exec_driver_sql(
                "UPDATE vehicle SET profile = ?, version = version + 1 WHERE id = ?",
                (profile, vehicle_id),
            )
            check_together(merged(_layers(ask, VEHICLE, vehicle_id)).values())
            act.record(
                Entry(
                    "limit.profile",
                    Entity("vehicle", vehicle_id, name, vehicle_id),
                    {"profile": before},
                    {"profile": profile},
                )
            )

    def state(self, vehicle_id: str) -> tuple[object, ...]:
        """Return what changes whenever the limits in force of a vehicle may; read in an instant.

        So another process notices what one of them changed. Errors: StoreError.
        """
        rows = self._database.glance(
            "SELECT count(*), total(version), max(changed), "
            "(SELECT profile FROM vehicle WHERE id = ?) FROM safety_limit",
            (vehicle_id,),
        )
        return rows[0]

    def own(self, kind: str, owner: str) -> Sequence[Limit]:
        """Limits that were set for this vehicle or profile itself."""
        return tuple(self.layers(kind, owner)[-1].limits.values()) if owner else ()

    def put(
        self,
        kind: str,
        owner: str,
        limits: Sequence[Limit],
        by: Actor,
        reason: str = "",
        *,
        action: str = "limit.set",
    ) -> None:
        """Set these limits, replacing those of the same key; all or none, one audit record each.

        One that is set already as it is is left alone. Errors: NotKept for the owner, LimitRefused.
        """
        for limit in limits:
            check_limit(limit)
        check_together(limits)
        name = self._named(kind, owner)
        own = self.layers(kind, owner)[-1].limits
        changed = [limit for limit in limits if own.get(limit.key) != limit]
        if not changed:
            return
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._audit.act(by) as act:
            ask = _asking(act.connection)
            in_force = merged(_layers(ask, kind, owner))
            for limit in changed:
                act.connection.exec_driver_sql(
                    "INSERT INTO safety_limit (kind, owner, key, body, changed) "
                    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, owner, key) DO UPDATE SET "
                    "body = excluded.body, changed = excluded.changed, version = version + 1",
                    (kind, owner, limit.key, canonical_body(limit), now),
                )
                before = in_force.get(limit.key)
                entity = _entity(kind, owner, name, limit)
                act.record(Entry(action, entity, _plain(before), as_plain(limit), reason))
            _check_all(ask, kind, owner)

    def remove(self, kind: str, owner: str, key: str, by: Actor, reason: str = "") -> None:
        """Drop an own limit: what stands below it (profile, shipped) holds again.

        Errors: NotKept where it has no own one of this key; LimitRefused.
        """
        name = self._named(kind, owner)
        layers = self.layers(kind, owner)
        gone = layers[-1].limits.get(key)
        if gone is None:
            raise NotKept(
                f"{name} has no limit “{key}” of its own.",
                to_do="Look at its limits: what the desk brings along can be put out of service.",
            )
        below = merged(layers[:-1]).get(key)
        with self._audit.act(by) as act:
            ask = _asking(act.connection)
            act.connection.exec_driver_sql(
                "DELETE FROM safety_limit WHERE kind = ? AND owner = ? AND key = ?",
                (kind, owner, key),
            )
            entity = _entity(kind, owner, name, gone)
            act.record(Entry("limit.remove", entity, as_plain(gone), _plain(below), reason))
            _check_all(ask, kind, owner)

    def _named(self, kind: str, owner: str) -> str:
        """Return what the owner is called. Errors: NotKept, UnknownProfile."""
        if kind == PROFILE:
            return find_profile(owner).label
        rows = self._database.glance(
            "SELECT name FROM vehicle WHERE id = ? AND deleted IS NULL", (owner,)
        )
        if not rows:
            raise NotKept(
                f"No vehicle “{owner}” is kept here." if owner else "This car has no name yet.",
                to_do="Give the car a name, or look in the list of vehicles.",
            )
        return str(rows[0][0])


def _asking(connection: "Connection") -> _Ask:
    def ask(statement: str, parameters: Sequence[Any]) -> Iterable[Sequence[Any]]:
        return connection.exec_driver_sql(statement, tuple(parameters)).fetchall()

    return ask


def _profile_of(ask: _Ask, vehicle_id: str) -> str:
    for (profile,) in ask("SELECT profile FROM vehicle WHERE id = ?", (vehicle_id,)):
        return str(profile)
    return ""


def _layers(ask: _Ask, kind: str, owner: str) -> Sequence[Layer]:
    profile = owner if kind == PROFILE else _profile_of(ask, owner)
    names = [ANY] if profile in ("", ANY) else [ANY, profile]
    # A profile that a newer desk gave the vehicle: nothing of it is known here, and that is told.
    lost = [name for name in names if name not in profiles()]
    layers = [
        Layer(PROFILE, name, True, {limit.key: limit for limit in profiles()[name].limits})
        for name in names
        if name not in lost
    ]
    owners = [(PROFILE, name) for name in names]
    if kind == VEHICLE:
        owners.append((VEHICLE, owner))
    for one_kind, one in owners:
        limits: dict[str, Limit] = {}
        damaged: set[str] = set()
        for key, body in ask(
            "SELECT key, body FROM safety_limit WHERE kind = ? AND owner = ? ORDER BY rowid",
            (one_kind, one),
        ):
            limits[key], whole = _read(str(key), body)
            if not whole:
                damaged.add(key)
        if one_kind == PROFILE and one in lost:
            limits["profile"] = _place_of("profile", f"the profile “{one[:60]}”")
            damaged.add("profile")
        layers.append(Layer(one_kind, one, False, limits, frozenset(damaged)))
    return tuple(layers)


def _read(key: str, body: Any) -> tuple[Limit, bool]:
    """Return a limit, and whether it is the one that was kept."""
    try:
        limit = read_body(body)
        check_limit(limit)
        if limit.key != key:
            raise LimitRefused("It has another key.", to_do="Set it anew.")
    except LimitRefused as error:
        _LOG.warning("the limit %s cannot be read: %s", key, error)
        return _place_of(key, f"the limit “{key[:60]}”"), False
    return limit, True


def _place_of(key: str, what: str) -> Limit:
    return Limit(
        key,
        UNREADABLE,
        Comparison.ABOVE,
        warning=0.0,
        label=f"Not watched: {what} is damaged",
        to_do="Set it anew on the page Limits: what is kept of it cannot be read.",
    )


def _check_all(ask: _Ask, kind: str, owner: str) -> None:
    """Refuse what contradicts itself, for the owner and for every vehicle that has its limits."""
    check_together(merged(_layers(ask, kind, owner)).values())
    if kind == VEHICLE:
        return
    for name in profiles():
        if owner == ANY and name != ANY:
            check_together(merged(_layers(ask, PROFILE, name)).values())
    for vehicle_id, name in ask(
        "SELECT id, name FROM vehicle WHERE deleted IS NULL AND (profile = ? OR ? = ?) AND id IN "
        "(SELECT owner FROM safety_limit WHERE kind = 'vehicle')",
        (owner, owner, ANY),
    ):
        try:
            check_together(merged(_layers(ask, VEHICLE, vehicle_id)).values())
        except LimitRefused as error:
            raise LimitRefused(
                f"For {name} this cannot be: {error.happened}",
                kept=error.kept,
                to_do=f"Change the limits of {name} first.",
            ) from error


def _entity(kind: str, owner: str, name: str, limit: Limit) -> Entity:
    return Entity(
        "limit",
        f"{kind}:{owner}:{limit.key}",
        f"{limit.label or limit.key} ({name})",
        owner if kind == VEHICLE else "",
    )


def _plain(limit: Limit | None) -> dict[str, Any] | None:
    return as_plain(limit) if limit is not None else None
