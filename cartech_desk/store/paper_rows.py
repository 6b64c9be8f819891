"""Rows of papers with numbers, and of payments."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, LostPaper, Payment
from cartech_desk.domain.money import Money
from cartech_desk.store.errors import DatabaseCorrupt, NotKept
from cartech_desk.store.instants import instant, time_of
from cartech_desk.store.named_rows import Named, row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor

ISSUED: Final = (
    "issued.id, issued.kind, issued.number, issued.job_id, issued.issued, issued.issued_day, "
    "issued.due_day, issued.currency, issued.net, issued.tax, issued.gross, issued.body, "
    "issued.credits, issued.by_name"
)
_PAYMENT: Final = "id, job_id, amount, currency, method, at, by_name, note, invoice_id"


def issued_of(row: Sequence[Any]) -> IssuedDocument:
    """Return a paper from the columns of `ISSUED`. Errors: DatabaseCorrupt."""
    currency = str(row[7])
    try:
        body = json.loads(row[11])
        if not isinstance(body, dict):
            raise TypeError("no object")
        return IssuedDocument(
            id=row[0],
            kind=DocumentKind(row[1]),
            number=row[2],
            job_id=row[3],
            issued=time_of(row[4]),
            issued_day=date.fromisoformat(row[5]),
            due_day=None if row[6] is None else date.fromisoformat(row[6]),
            net=Money(int(row[8]), currency),
            tax=Money(int(row[9]), currency),
            gross=Money(int(row[10]), currency),
            body=body,
            credits=row[12],
            by=row[13],
        )
    except (ValueError, TypeError) as error:
        raise DatabaseCorrupt(
            f"What is kept of the paper {row[2]} is damaged.",
            kept="It stays as it is.",
            to_do="Restore the last backup.",
        ) from error


def paper_at(connection: "Connection", word: str) -> IssuedDocument:
    """Return the paper that a word means: its number, id, an end of that, or “last”.

    Errors: NotKept, DatabaseCorrupt. One that was lost is none, and is told.
    """
    typed = word.strip()
    rows = connection.exec_driver_sql(
        f"SELECT {ISSUED} FROM issued WHERE number = ? COLLATE NOCASE "  # noqa: S608 - ours
        # An estimate may bear the number of an invoice; the invoice is what is meant then.
        "ORDER BY kind = 'invoice' DESC LIMIT 1",
        (typed,),
    ).fetchall()
    if rows:
        return issued_of(rows[0])
    for lost in lost_papers(connection):
        if lost.paper.number.casefold() == typed.casefold():
            raise NotKept(
                f"{lost.paper.number} was issued, and lost when a copy of "
                f"{lost.copy_made:%Y-%m-%d %H:%M} UTC was restored.",
                to_do=f"jobs paper {lost.paper.number} shows it as it was; its number stays taken.",
            )
    # Papers are never deleted; the table says so in place of a column.
    table = "(SELECT *, NULL AS deleted FROM issued) AS issued"
    named = Named("issued", "paper")
    if typed.lower() == "last":
        row = connection.exec_driver_sql(
            f"SELECT {ISSUED} FROM issued ORDER BY id DESC LIMIT 1"  # noqa: S608 - ours
        ).fetchone()
        if row is None:
            raise NotKept("No paper was issued yet.", to_do="Issue an invoice first.")
        return issued_of(row)
    return issued_of(
        row_of(connection, f"SELECT {ISSUED} FROM {table}", named, word)  # noqa: S608 - ours
    )


def lost_papers(connection: "Connection") -> tuple[LostPaper, ...]:
    """Return the papers that were lost when an older copy was restored, by their numbers."""
    rows = connection.exec_driver_sql(
        f"SELECT {ISSUED}, issued.copy_made, issued.lost FROM lost_paper AS issued "  # noqa: S608 - ours
        "ORDER BY issued.series, issued.sequence, issued.id"
    )
    return tuple(LostPaper(issued_of(row), time_of(row[14]), time_of(row[15])) for row in rows)


def papers_of(connection: "Connection", job_id: str) -> tuple[IssuedDocument, ...]:
    """Return the papers of a job, the oldest first."""
    rows = connection.exec_driver_sql(
        f"SELECT {ISSUED} FROM issued WHERE job_id = ? ORDER BY issued, id",  # noqa: S608 - ours
        (job_id,),
    )
    return tuple(map(issued_of, rows))


def insert_paper(
    connection: "Connection",
    paper: IssuedDocument,
    *,
    series: str,
    sequence: int,
    customer_id: str,
    by: "Actor",
) -> None:
    """Write a paper that is issued now."""
    connection.exec_driver_sql(
        "INSERT INTO issued (id, kind, number, series, sequence, job_id, customer_id, issued, "
        "issued_day, due_day, currency, net, tax, gross, body, credits, by_id, by_name) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            paper.id,
            paper.kind.value,
            paper.number,
            series,
            sequence,
            paper.job_id,
            customer_id or None,
            instant(paper.issued),
            paper.issued_day.isoformat(),
            None if paper.due_day is None else paper.due_day.isoformat(),
            paper.gross.currency,
            paper.net.minor,
            paper.tax.minor,
            paper.gross.minor,
            json.dumps(paper.body, ensure_ascii=False, allow_nan=False),
            paper.credits,
            by.id,
            by.name,
        ),
    )


def payments_of(connection: "Connection", job_id: str) -> tuple[Payment, ...]:
    """Return the payments of a job, the oldest first."""
    rows = connection.exec_driver_sql(
        f"SELECT {_PAYMENT} FROM payment WHERE job_id = ? ORDER BY at, id",  # noqa: S608 - ours
        (job_id,),
    )
    return tuple(
        Payment(
            id=row[0],
            job_id=row[1],
            amount=Money(int(row[2]), row[3]),
            method=row[4],
            at=time_of(row[5]),
            by=row[6],
            note=row[7],
            invoice_id=row[8],
        )
        for row in rows
    )


def insert_payment(connection: "Connection", payment: Payment, by: "Actor") -> None:
    """Write a payment that came, or went back."""
    connection.exec_driver_sql(
        "INSERT INTO payment (id, job_id, invoice_id, amount, currency, method, at, by_id, "
        "by_name, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            payment.id,
            payment.job_id,
            payment.invoice_id,
            payment.amount.minor,
            payment.amount.currency,
            payment.method,
            instant(payment.at),
            by.id,
            by.name,
            payment.note,
        ),
    )
