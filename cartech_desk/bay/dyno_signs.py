"""Signs that a desk process drives a run or holds a session: they go with it, however it ends.

They are those of recordings (`store.presence`), beside `desk.db`.
"""

import logging

from cartech_desk.store import presence
from cartech_desk.store.presence import Presence
from cartech_desk.store.store import Store

_LOG = logging.getLogger(__name__)


def run_sign(run_id: str) -> str:
    """Return what the sign of a run under way is called."""
    return f"dyno-run-{run_id}"


def session_sign(session_id: str) -> str:
    """Return what the sign of a session under way is called."""
    return f"dyno-session-{session_id}"


def put_up(store: Store, name: str) -> Presence | None:
    """Put a sign up; None where the disk refuses it, and only time tells others."""
    try:
        return Presence(store.folder / "desk.db", name)
    except OSError as error:
        _LOG.warning("%s has no sign: %s", name, error)
        return None


def is_up(store: Store, name: str) -> bool:
    """Whether a process holds this sign."""
    return presence.is_alive(store.folder / "desk.db", name)


def was_up(store: Store, name: str) -> bool:
    """Whether a process that is gone left this sign."""
    return presence.sign_path(store.folder / "desk.db", name).exists()


def take_down(store: Store, name: str) -> None:
    """Remove a sign that was left."""
    presence.remove(store.folder / "desk.db", name)
