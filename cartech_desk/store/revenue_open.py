"""What is still to come of jobs, and what the shop holds that is to go back."""

from datetime import date
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue import OwedBack, StillOpen, Unpaid

if TYPE_CHECKING:
    from sqlalchemy import Connection

VEHICLE: Final = "coalesce(nullif(trim(v.make || ' ' || v.model), ''), v.name, '')"
"""What a vehicle is called beside a sum."""
_INVOICE: Final = (
    "LEFT JOIN issued i ON i.job_id = j.id AND i.kind = 'invoice' AND NOT EXISTS ("
    "SELECT 1 FROM issued k WHERE k.job_id = j.id AND k.credits = i.id)"
)
"""The invoice in force of a job `j`."""
_IN_FORCE: Final = (
    "LEFT JOIN customer c ON c.id = j.customer_id LEFT JOIN vehicle v ON v.id = j.vehicle_id "
    f"{_INVOICE}"
)
_CREDITED: Final = (
    "EXISTS (SELECT 1 FROM issued n WHERE n.job_id = j.id AND n.kind = 'credit_note')"
)
_TAKEN_BACK: Final = (
    "(i.id IS NULL AND j.status IN ('done', 'paid') AND EXISTS ("
    "SELECT 1 FROM issued n WHERE n.job_id = j.id AND n.kind = 'credit_note' "
    "AND n.issued >= j.done AND n.gross = -j.gross AND EXISTS ("
    "SELECT 1 FROM payment p WHERE p.job_id = j.id AND p.amount > 0 AND p.at <= n.issued) "
    "AND NOT EXISTS ("
    "SELECT 1 FROM payment p WHERE p.job_id = j.id AND p.amount > 0 AND p.at > n.issued)))"
)
"""Whose money goes back with the credited invoice: it owes nothing more, all of it is owed back.

Not so what was taken up again since, comes to another sum or is paid for anew: that waits for its
next invoice, and its money counts for it.
"""


_UNPAID: Final = (
    "WHERE j.status IN ('arrived', 'in_bay', 'waiting_for_parts', 'done') "
    "AND j.deleted IS NULL AND j.currency = ? "
    "AND (i.id IS NOT NULL OR j.status = 'done') AND coalesce(i.gross, j.gross) > j.paid "
    f"AND NOT {_TAKEN_BACK}"
)


def still_open_of(connection: "Connection", currency: str, today: date) -> StillOpen:
    """Return the sums of `unpaid_of`; what was due before `today` is overdue."""
    rest = "coalesce(i.gross, j.gross) - j.paid"
    jobs, *sums = connection.exec_driver_sql(
        f"SELECT count(*), sum(iif(i.id IS NULL, 0, {rest})), "  # noqa: S608 - words of ours
        f"sum(iif(i.id IS NOT NULL AND i.due_day < ?, {rest}, 0)), "
        f"sum(iif(i.id IS NULL, {rest}, 0)) FROM job j {_INVOICE} {_UNPAID}",
        (today.isoformat(), currency),
    ).one()
    return StillOpen(int(jobs), *(Money(int(one or 0), currency) for one in sums))


def unpaid_of(connection: "Connection", currency: str) -> tuple[Unpaid, ...]:
    """Return what is invoiced or done and not paid in full, what is due first before others."""
    rows = connection.exec_driver_sql(
        "SELECT j.id, j.number, j.title, coalesce(c.name, ''), "  # noqa: S608 - words of ours
        f"{VEHICLE}, coalesce(i.number, ''), i.issued_day, i.due_day, "
        f"coalesce(i.gross, j.gross), j.paid FROM job j {_IN_FORCE} {_UNPAID} "
        "ORDER BY coalesce(i.due_day, '9999'), j.number",
        (currency,),
    ).fetchall()
    return tuple(
        Unpaid(
            str(key),
            int(number),
            str(title),
            str(customer),
            str(vehicle),
            str(invoice),
            _day(issued),
            _day(due),
            Money(int(gross), currency),
            Money(int(paid), currency),
        )
        for key, number, title, customer, vehicle, invoice, issued, due, gross, paid in rows
    )


def owed_back_of(connection: "Connection", currency: str) -> tuple[OwedBack, ...]:
    """Return what was paid above what jobs came to, or kept after their invoice was credited."""
    billed = f"coalesce(i.gross, iif({_TAKEN_BACK}, 0, j.gross))"
    rows = connection.exec_driver_sql(
        "SELECT j.id, j.number, j.title, coalesce(c.name, ''), "  # noqa: S608 - words of ours
        f"{VEHICLE}, j.paid - {billed} FROM (SELECT id FROM job WHERE paid > gross "
        "UNION SELECT job_id FROM issued WHERE kind = 'credit_note') AS one "
        # CROSS: from the few that may be to their jobs, never through all jobs.
        f"CROSS JOIN job j ON j.id = one.id {_IN_FORCE} "
        f"WHERE j.paid > {billed} AND j.currency = ? AND j.deleted IS NULL "
        f"AND (j.status IN ('done', 'paid') OR {_CREDITED}) ORDER BY j.number",
        (currency,),
    ).fetchall()
    return tuple(
        OwedBack(
            str(key),
            int(number),
            str(title),
            str(customer),
            str(vehicle),
            Money(int(over), currency),
        )
        for key, number, title, customer, vehicle, over in rows
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
