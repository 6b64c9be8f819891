"""What a run is as it begins: its row, and which of its channels say that it still goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_conditions import conditions_now
from cartech_desk.bay.dyno_roles import DRIVING, tier_of
from cartech_desk.bay.dyno_used import sources_used
from cartech_desk.bay.dyno_wire import SourceOwner
from cartech_desk.bay.feed import Feed
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, facts_of


def new_id() -> str:
    """Return an id that sorts by time."""
    from uuid_utils import uuid7

    return str(uuid7())


def run_that_begins(
    session: DynoSession,
    roles: Mapping[Role, str],
    owners: Sequence[SourceOwner],
    around: Around,
    *,
    recording_id: str,
    anchor_ns: int,
    first_ns: int,
    now_ns: int,
) -> DynoRun:
    """Return the row of a run that begins at monotonic `first_ns`, with the session as it is now.

    An empty `recording_id` is one of its own.
    """
    conditions = conditions_now(around.feed, roles, session.setup.conditions, now_ns)
    return DynoRun(
        id=new_id(),
        session=session.id,
        number=0,
        name="",
        recording_id=recording_id or new_id(),
        first_ns=first_ns - anchor_ns,
        last_ns=None,
        started=datetime.now(UTC) - timedelta(microseconds=(now_ns - first_ns) / 1000),
        ending=RunEnding.OPEN,
        tier=tier_of(owners, roles),
        setup=replace(session.setup, roles=roles, conditions=conditions),
        sources=sources_used(owners, around.link(now_ns)),
        facts=facts_of(session),
    )


def made_of(feed: Feed, roles: Mapping[Role, str], *, road: bool) -> Sequence[str]:
    """Return the channels whose silence is the end of a run.

    The car goes on telling its engine speed when the dyno is gone: it counts on the road only, or
    where nothing else is there.
    """
    names = [roles[role] for role in DRIVING if role in roles] or [""]
    if road:
        return names
    return [one for one in names if feed.owner_of(one)] or names
