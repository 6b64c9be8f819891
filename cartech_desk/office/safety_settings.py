"""Changing when the desk locks and how long alarms are quiet: with a right, and on the record.

The settings lie in a file outside `desk.db`: the intent is recorded before, the result after.
"""

from collections.abc import Mapping
from typing import Any, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import RIGHTS, Act, Actor, Role, allowed, require
from cartech_desk.store.store import Store

SECTION: Final = "safety"
"""The section of the settings that this is about."""


def may_change(by: Actor) -> bool:
    """Tell whether somebody may change these settings."""
    return allowed(by, Act.EDIT_LIMITS)


def who_may() -> str:
    """Say who may."""
    who = " or ".join(role.value for role in Role if role in RIGHTS[Act.EDIT_LIMITS])
    return f"A {who} changes these settings: sign in as one."


def intend(store: Store, by: Actor, before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """Record that these settings are about to change; returns what `ended` needs.

    Errors: NotSignedIn, RightMissing, NotAdmitted; StoreError. Nothing is to be changed then.
    """
    require(by, Act.EDIT_LIMITS)
    entity = Entity("settings", SECTION, "Safety")
    return store.audit.intent(by, Entry("settings.safety", entity, before, after))


def ended(store: Store, intent: int, problem: str) -> None:
    """Record that they were kept, or what kept them from it."""
    store.audit.result(intent, done=not problem, reason=problem)
