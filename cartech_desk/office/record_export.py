"""Lists of customers, vehicles and jobs that leave the shop as files: allowed, and audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Act, Actor, require

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


@contextmanager
def list_exported(
    store: "Store", by: Actor, things: str, path: Path, search: str
) -> Iterator[None]:
    """Let a list be written to a file within the block; whether it was done is recorded.

    Errors: RightMissing, NotSignedIn, those of the audit log; before anything is written.
    """
    require(by, Act.EXPORT)
    store.audit.admit(by)
    wanted = {"search": search} if search else {}
    sequence = store.audit.intent(by, Entry("list.export", Entity(things, "", path.name), wanted))
    try:
        yield
    except BaseException:
        store.audit.result(sequence, done=False)
        raise
    store.audit.result(sequence, done=True)
