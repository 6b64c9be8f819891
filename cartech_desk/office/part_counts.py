"""Stock counts: scan by scan or part by part, while the shop goes on."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.office.part_fields import checked_counted, quantity_refused

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


class PartCounts:
    """Stock counts. Thread-safe; not in the GUI thread. All changes need KEEP_PARTS.

    Errors of all changes: NotSignedIn, RightMissing, NotKept, PartRefused.
    """

    def __init__(self, store: "Store", *, wall: Callable[[], datetime]) -> None:
        self._store = store
        self._wall = wall

    def list(
        self, *, open_only: bool = False, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[StockCount, ...], int]:
        """Return counts without their lines, the newest first, and how many there are."""
        return self._store.parts.counts.list(open_only=open_only, limit=limit, offset=offset)

    def get(self, count_id: str) -> StockCount:
        """Return one count with its lines, those that differ first. Errors: NotKept."""
        return self._store.parts.counts.get(count_id)

    def start(self, by: Actor, *, location: str = "", note: str = "") -> StockCount:
        """Begin a count of a place, or of everything.

        Errors: CountRefused, which names the one of the same place that goes on.
        """
        require(by, Act.KEEP_PARTS)
        return self._store.parts.counts.start(
            " ".join(location.split()), checked_reason(note), self._wall(), by=by
        )

    def set(self, count_id: str, part_id: str, quantity: Decimal, by: Actor) -> CountLine:
        """Note how many of a part there are; counted again, the last word counts."""
        require(by, Act.KEEP_PARTS)
        return self._put(count_id, part_id, quantity, by, add=False)

    def add(
        self, count_id: str, part_id: str, by: Actor, *, quantity: Decimal = Decimal(1)
    ) -> CountLine:
        """Count further pieces of a part: one for each scan."""
        require(by, Act.KEEP_PARTS)
        return self._put(count_id, part_id, quantity, by, add=True)

    def _put(
        self, count_id: str, part_id: str, quantity: Decimal, by: Actor, *, add: bool
    ) -> CountLine:
        with quantity_refused():
            return self._store.parts.counts.put(
                count_id, part_id, checked_counted(quantity), self._wall, by=by, add=add
            )

    def drop(self, count_id: str, part_id: str, by: Actor) -> None:
        """Take a part off the count again."""
        require(by, Act.KEEP_PARTS)
        self._store.parts.counts.drop(count_id, part_id, by=by)

    def uncounted(
        self, count_id: str, *, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[Part, ...], int]:
        """Return parts of the count's place that are in stock by the ledger and not counted."""
        return self._store.parts.counts.uncounted(count_id, limit=limit, offset=offset)

    def finish(self, count_id: str, by: Actor, *, even_so: bool = False) -> StockCount:
        """Put what was counted into the ledger, all of it in one transaction.

        Moves since a part was counted stay as they are. What was not counted stays as it is. A
        part that moved between its scans is refused unless `even_so`; so is, in any case, one of
        which more has gone since than was counted.
        """
        require(by, Act.KEEP_PARTS)
        return self._store.parts.counts.finish(count_id, self._wall, by=by, even_so=even_so)

    def discard(self, count_id: str, by: Actor, *, reason: str = "") -> StockCount:
        """End a count without changing the stock."""
        require(by, Act.KEEP_PARTS)
        return self._store.parts.counts.discard(
            count_id, self._wall(), by=by, reason=checked_reason(reason)
        )
