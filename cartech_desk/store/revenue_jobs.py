"""The entries behind the sums of what was earned: what counted, and what was taken back."""

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue import EarnedJob, Grouping
from cartech_desk.store.like_words import holds
from cartech_desk.store.revenue_open import VEHICLE
from cartech_desk.store.revenue_sums import COUNTED, SHARE_KEY, Cut, ends_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SORTS: Final = {
    "": "e.day DESC, j.number DESC",
    "number": "j.number",
    "day": "e.day",
    "title": "j.title",
    "customer": "3",
    "vehicle": "4",
    "net": "e.net",
    "part": "part",
    "margin": "e.parts_net - e.parts_cost - e.without_cost",
}
_WORDS: Final = (
    "(j.number || ' ' || j.title || ' ' || coalesce(c.name, '') || ' ' || "
    "v.name || ' ' || v.make || ' ' || v.model || ' ' || v.plate)"
)
"""In which each word of a search is found."""


def earned_jobs(
    connection: "Connection",
    cut: Cut,
    search: str,
    page: tuple[int, int],
    sort: str,
    *,
    descending: bool,
) -> tuple[tuple[EarnedJob, ...], int]:
    """Return a page of entries (`limit`, `offset`), and how many there are."""
    where, values = [COUNTED], list[Any](ends_of(cut))
    part, of_part = "e.net", list[Any]()
    if cut.grouping in SHARE_KEY:
        shares = f"FROM revenue_share s WHERE s.entry = e.number AND {SHARE_KEY[cut.grouping]} = ?"
        part = f"(SELECT sum(s.net) {shares})"
        of_part = [cut.key]
        where.append(f"EXISTS (SELECT 1 {shares})")
        values.append(cut.key)
    elif cut.grouping is Grouping.BAY:
        where.append("e.bay_id = ?")
        values.append(cut.key)
    for word in search.split():
        condition, some = holds((_WORDS,), word)
        where.append(condition)
        values += some
    tables = (
        "FROM revenue_entry e JOIN job j ON j.id = e.job_id "
        "LEFT JOIN customer c ON c.id = j.customer_id "
        "LEFT JOIN vehicle v ON v.id = j.vehicle_id WHERE " + " AND ".join(where)
    )
    (total,) = connection.exec_driver_sql(f"SELECT count(*) {tables}", tuple(values)).one()
    order = _SORTS.get(sort, _SORTS[""])
    if sort in _SORTS and sort:
        order += " DESC, j.number DESC" if descending else ", j.number"
    rows = connection.exec_driver_sql(
        f"SELECT j.id, j.number, coalesce(c.name, ''), {VEHICLE}, e.day, j.title, "
        f"e.net, {part} AS part, e.net + e.tax, {_SORTS['margin']}, e.sign, e.why "
        f"{tables} ORDER BY {order}, e.number LIMIT ? OFFSET ?",
        (*of_part, *values, *page),
    )
    found = tuple(
        EarnedJob(
            str(key),
            int(number),
            date.fromisoformat(day),
            str(title) if sign > 0 else f"{title} (taken back: {why})",
            str(customer),
            str(vehicle),
            *(Money(int(one), cut.currency) for one in sums),
        )
        for key, number, customer, vehicle, day, title, *sums, sign, why in rows
    )
    return found, int(total)
