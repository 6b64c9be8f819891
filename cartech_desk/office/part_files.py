"""Parts in files: CSV in and out, labels for the shelf."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import money_text
from cartech_desk.domain.parts.import_plan import ImportDone, ImportPlan
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.part_table import (
    MOST_BYTES,
    PartFileRefused,
    read_table,
    too_large,
)
from cartech_desk.domain.people import Act, Actor, require, sees_cost
from cartech_desk.office.files_given import NoFile, TooLarge, read_given
from cartech_desk.office.part_fields import PartRefused, taken_refused
from cartech_desk.office.part_import import Kept, plan_of

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.reports.drawing import Drawing
    from cartech_desk.reports.label_sheets import LabelSheet
    from cartech_desk.store.store import Store

ROWS_AT_ONCE: Final = 5000
"""Rows of one transaction: some seconds in which nobody else writes to the desk's records."""
_CODES: Final = ("code128", "qr")


class PartFiles:
    """Parts in files. Thread-safe; not in the GUI thread."""

    def __init__(
        self, store: "Store", rules: "Callable[[], ShopRules]", *, wall: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall

    def look_through(
        self,
        path: Path,
        *,
        columns: Mapping[str, str] | None = None,
        decimal_mark: str = "",
        encoding: str = "",
    ) -> ImportPlan:
        """Read a CSV file and say what would be imported; changes nothing.

        `columns` names the file's heading of a field where it is not recognised, "" for none of
        them; `decimal_mark` is "." or "," where the file leaves it open, `encoding` one of
        `part_table.ENCODINGS` where it says none and was guessed wrong. An empty cell leaves a
        known part as it is. Errors: PartFileRefused for what is no table of parts.
        """
        if decimal_mark not in ("", ".", ","):
            raise PartFileRefused(
                f"“{decimal_mark}” is no decimal mark.", "Choose the point or the comma."
            )
        table = read_table(_content(path), encoding)
        kept = Kept.of(self._store.parts.all(), self._store.parts.all(deleted=True))
        return plan_of(
            table,
            path.name,
            kept,
            self._store.people.currency(),
            columns=columns or {},
            decimal_mark=decimal_mark,
        )

    def take_in(self, plan: ImportPlan, by: Actor) -> ImportDone:
        """Import the good rows of a plan; the bad ones stay listed.

        Up to 5,000 rows are one transaction, more are several, so that nothing else of the desk
        waits long. Suppliers that are new are added.

        Errors: Changed and PartRefused where somebody changed the catalogue since the file was
        read, NotSignedIn, RightMissing; `kept` says what was imported before, if anything.
        """
        require(by, Act.KEEP_PARTS)
        if not plan.good:
            raise PartFileRefused(
                f"None of the rows of {plan.source} can be imported.",
                "Mend the rows that are listed.",
            )
        rows = [(row.part, row.on_hand, row.supplier) for row in plan.good]
        added = changed = left = 0
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            try:
                with taken_refused():
                    numbers = self._store.parts.take_in(some, plan.source, self._wall, by=by)
            except CarTechError as error:
                if start:
                    error.kept = f"The first {start} good rows were imported before that."
                raise
            added, changed, left = added + numbers[0], changed + numbers[1], left + numbers[2]
        return ImportDone(added, changed, left, plan.bad)

    def export(
        self, path: Path, by: Actor, *, search: str = "", parts: Iterable[Part] | None = None
    ) -> int:
        """Write the catalogue with what is on hand as CSV; returns how many parts.

        `search` leaves those that the list finds by it. What they cost stands there for who may
        know it: an import leaves costs as they are where there is no such column. Texts that a
        spreadsheet would take for a formula are defused. Errors: ExportRefused, ExportFailed,
        NotSignedIn, RightMissing.
        """
        from cartech_desk.reports.part_csv import parts_csv
        from cartech_desk.reports.whole_file import check_target, write_whole

        require(by, Act.EXPORT)
        check_target(path, (".csv",), "The catalogue")
        self._store.audit.admit(by)
        chosen = parts if parts is not None else self._found(search)
        content, count = parts_csv(chosen, self._store.people.currency(), costs=sees_cost(by))
        entity = Entity("parts", "", path.name)
        sequence = self._store.audit.intent(by, Entry("part.export", entity))
        try:
            write_whole(path, content)
        except BaseException:
            self._store.audit.result(sequence, done=False)
            raise
        self._store.audit.result(sequence, done=True, after={"parts": str(count)})
        return count

    def sheets(self) -> "Sequence[LabelSheet]":
        """Return the sizes of label sheets and rolls that are known."""
        from cartech_desk.reports.label_sheets import SHEETS

        return SHEETS

    def labels(
        self,
        parts: Sequence[tuple[str, int]],
        *,
        sheet: str = "",
        skip: int = 0,
        code: str = "code128",
        with_price: bool = False,
    ) -> "Drawing":
        """Return labels as pages: (part's id, how many) in order, after `skip` used places.

        `sheet` is the key of one of `sheets`, the first where empty; `code` is "code128" or "qr".
        Errors: NotKept, PartRefused ("sheet", "skip", "code", "quantity"), CodeRefused.
        """
        from cartech_desk.reports.label_sheets import SHEETS
        from cartech_desk.reports.part_labels import MOST_LABELS, Label, draw_labels

        chosen = next((one for one in SHEETS if one.key == (sheet or SHEETS[0].key)), None)
        wrong: dict[str, str] = {}
        if chosen is None:
            keys = ", ".join(one.key for one in SHEETS)
            wrong["sheet"] = f"No sheet {sheet!r} is known.\nChoose one of {keys}."
        elif not 0 <= skip < chosen.places:
            wrong["skip"] = (
                f"A page has {chosen.places} places.\nSkip those that are used on the first one."
            )
        if code not in _CODES:
            wrong["code"] = f"{code!r} is no kind of code.\nChoose code128 or qr."
        number = sum(count for _, count in parts)
        if any(count < 0 for _, count in parts) or not 0 < number <= MOST_LABELS:
            wrong["quantity"] = f"Print between 1 and {MOST_LABELS} labels.\nSay how many of each."
        if wrong or chosen is None:
            raise PartRefused(wrong)
        labels = []
        for part_id, count in parts:
            part = self._store.parts.get(part_id)
            labels += [Label(part, money_text(part.price) if with_price else "")] * count
        return draw_labels(labels, chosen, skip=skip, code=code)

    def _found(self, search: str) -> Iterable[Part]:
        if not search.strip():
            return self._store.parts.all()
        return self._store.parts.list(search, limit=-1)[0]


def _content(path: Path) -> bytes:
    """Read a file that somebody named. Errors: PartFileRefused."""
    try:
        return read_given(path, MOST_BYTES)
    except NoFile as error:
        raise PartFileRefused(f"{path} is no file.", "Choose another one.") from error
    except TooLarge as error:
        raise too_large(error.size) from error
    except OSError as error:
        raise PartFileRefused(
            f"{path} cannot be read ({error.strerror or error}).", "Choose another file."
        ) from error
