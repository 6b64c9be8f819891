"""Records as they are found: with a typing error, and what is done for them by whose it is."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from cartech_desk.store.appointment_rows import let_appointments_be_found
from cartech_desk.store.job_act import JobAct

if TYPE_CHECKING:
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.store import Store

Row = TypeVar("Row")

_FORGIVEN_FROM: Final = 3
"""What is shorter is near to everything."""
_MOST: Final = 500
"""So many jobs of a large customer are told the new name at once, the open and the newest."""


def forgiven(
    store: "Store",
    kind: str,
    search: str,
    rows_of: Callable[[Sequence[str]], Sequence[Row]],
    *,
    limit: int,
    offset: int,
) -> tuple[tuple[Row, ...], int]:
    """Return one page of what fits a search with a typing error, and how many fit it.

    The most alike first; nothing for a search that is too short. `kind` is that of `FindStore`,
    `rows_of` returns the rows of ids in their order. A negative limit is none.
    """
    if len(search.strip()) < _FORGIVEN_FROM:
        return (), 0
    alike = store.finding.find(search, kinds=(kind,))
    found = rows_of([one.ref for one in alike])
    return tuple(found[offset:] if limit < 0 else found[offset : offset + limit]), len(found)


def let_work_be_found(act: "AuditedAct", *, customer_id: str = "", vehicle_id: str = "") -> None:
    """Let search find a customer's, or a vehicle's, jobs and appointments by their names of now."""
    let_appointments_be_found(act.connection, customer_id=customer_id, vehicle_id=vehicle_id)
    column, key = ("customer_id", customer_id) if customer_id else ("vehicle_id", vehicle_id)
    rows = act.connection.exec_driver_sql(
        f"SELECT id FROM job WHERE {column} = ? AND deleted IS NULL "  # noqa: S608 - names of ours
        "ORDER BY status IN ('arrived', 'in_bay', 'waiting_for_parts') DESC, number DESC LIMIT ?",
        (key, _MOST),
    ).fetchall()
    jobs = JobAct(act)
    for (job_id,) in reversed(rows):  # what was touched last stands first among equals
        jobs.let_find(str(job_id))
