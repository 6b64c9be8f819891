"""What still needs a part: such a part is not deleted, for the job or the count could not end."""

from typing import TYPE_CHECKING, Final

from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.store.part_rows import Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection

_USES: Final = (
    (
        "job",
        # A job that is done can be opened again until it is paid.
        "SELECT job.number FROM job_line JOIN job ON job.id = job_id WHERE part_id = ? "
        "AND part_id <> '' AND job.deleted IS NULL "
        "AND status NOT IN ('paid', 'cancelled', 'no_show') ORDER BY number LIMIT 1",
        "{part} stands on job {number}, which is not paid yet.",
        "Take it off that job, or put the part out of use instead.",
    ),
    (
        "count",
        "SELECT CASE location WHEN '' THEN 'everything' ELSE location END FROM count_line "
        "JOIN stock_count ON stock_count.id = count_id WHERE part_id = ? AND finished IS NULL "
        "AND discarded IS NULL LIMIT 1",
        "{part} stands on the count of {number} that goes on.",
        "Finish that count or take the part off it.",
    ),
    (
        "orders",
        "SELECT number FROM order_line JOIN purchase_order ON purchase_order.id = order_id "
        "WHERE part_id = ? AND status = 'draft' AND deleted IS NULL ORDER BY number LIMIT 1",
        "{part} stands on order {number}, which is still put together.",
        "Take it off that order, or cancel the order.",
    ),
)


def check_unused(connection: "Connection", part: Part) -> None:
    """Refuse to delete what is on the shelf or on order, or what something open names.

    Errors: Taken.
    """
    if part.on_hand:
        raise Taken(
            "on_hand",
            f"{quantity_text(part.on_hand, part.unit)} of {part.sku} is still on the shelf.",
            "Note what became of it, or put the part out of use instead.",
        )
    if part.on_order:
        raise Taken(
            "on_order",
            f"{quantity_text(part.on_order, part.unit)} of {part.sku} is still on order.",
            "Cancel the order or wait for it.",
        )
    for field, statement, said, to_do in _USES:
        row = connection.exec_driver_sql(statement, (part.id,)).fetchone()
        if row is not None:
            raise Taken(field, said.format(part=f"{part.sku} {part.name}", number=row[0]), to_do)
