"""Changing the settings that not everybody may change: with a right, and on the record.

The settings lie in a file outside `desk.db`: the intent is recorded before, the result after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import RIGHTS, Act, Actor, Role, allowed, require
from cartech_desk.store.store import Store


@dataclass(frozen=True, slots=True)
class Guard:
    """What a section of the settings needs: the right, its name, the word of the audit log."""

    act: Act
    title: str
    action: str


GUARDS: Final[Mapping[str, Guard]] = {
    "safety": Guard(Act.EDIT_LIMITS, "Safety", "settings.safety"),
    "shop": Guard(Act.RUN_SHOP, "Shop", "settings.shop"),
    "mail": Guard(Act.RUN_SHOP, "Mail", "settings.mail"),
    "backup": Guard(Act.BACK_UP, "Backups", "settings.backup"),
}
"""The sections of the settings that are guarded; everybody may change the others."""
_HOURS: Final = frozenset(
    (
        "zone",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "holidays_of",
        "closed",
    )
)
"""Settings of the shop that say when it is open."""


def may_change(section: str, by: Actor) -> bool:
    """Tell whether somebody may change the settings of a section."""
    guard = GUARDS.get(section)
    return guard is None or allowed(by, guard.act)


def who_may(section: str) -> str:
    """Say who may; empty where everybody may."""
    guard = GUARDS.get(section)
    if guard is None:
        return ""
    who = " or ".join(role.value for role in Role if role in RIGHTS[guard.act])
    return f"A {who} changes these settings: sign in as one."


def intend(
    store: Store, by: Actor, section: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> int:
    """Record that these settings are about to change; returns what `ended` needs.

    Errors: NotSignedIn, RightMissing, NotAdmitted; StoreError. Nothing is to be changed then.
    """
    guard = GUARDS[section]
    require(by, guard.act)
    action = "hours.change" if section == "shop" and after.keys() <= _HOURS else guard.action
    entity = Entity("settings", section, guard.title)
    return store.audit.intent(by, Entry(action, entity, _plain(before), _plain(after)))


def ended(store: Store, intent: int, problem: str) -> None:
    """Record that they were kept, or what kept them from it."""
    store.audit.result(intent, done=not problem, reason=problem)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as the audit log has them: a text for each line, a path as it is read."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return str(value) if isinstance(value, PurePath) else value
