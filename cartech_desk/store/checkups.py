"""Check-ups of vehicles, in `desk.db`: whole scans, never changed afterwards."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import Answered, CodeStatus, FaultScan
from cartech_desk.domain.faults.told import ecu_text
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import DatabaseCorrupt, NotKept
from cartech_desk.store.instants import instant
from cartech_desk.store.job_at_hand import note_record
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.recording_words import storable

if TYPE_CHECKING:
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

_LOG = logging.getLogger(__name__)

KEEP: Final = "checkup.keep"
_NAMED: Final = Named("checkup", "check-up")
_FACTS: Final = (
    "checkup.id, checkup.vehicle_id, coalesce(vehicle.name, checkup.vehicle_name), checkup.vin, "
    "kind, taken, operator_id, operator_name, codes, mil, complete, clean, checkup.note, "
    "CASE WHEN json_valid(body) THEN json_extract(body, '$.codes_told') END"
)
_FROM: Final = (
    "checkup LEFT JOIN vehicle ON vehicle.id = checkup.vehicle_id AND vehicle.deleted IS NULL"
)
_WHOLE: Final = f"SELECT {_FACTS}, body FROM {_FROM}"  # noqa: S608 (words of ours)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
LOST: Final = "What is kept of this check-up is damaged. Take desk.db from a backup."


class CheckupKind(StrEnum):
    """Why a snapshot was kept."""

    CHECKUP = "checkup"
    BEFORE_CLEAR = "before_clear"
    AFTER_CLEAR = "after_clear"


@dataclass(frozen=True, slots=True)
class KeptCheckup:
    """One check-up as kept."""

    id: str
    vehicle_id: str
    vehicle_name: str
    kind: CheckupKind
    taken: datetime
    operator: Actor | None
    scan: FaultScan
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckupSummary:
    """One check-up in a list, without its scan."""

    id: str
    vehicle_id: str
    vehicle_name: str
    vin: str | None
    kind: CheckupKind
    taken: datetime
    operator: str
    codes: tuple[str, ...]
    mil: bool | None
    complete: bool
    clean: bool
    note: str = ""
    unknown: tuple[str, ...] = ()
    """ECUs of which some codes could not be read, as in 7E8."""
    codes_known: bool = True
    """Whether any ECU told its stored codes."""


class CheckupStore:
    """Check-ups kept here. Thread-safe. Made lazily by `Store.checkups`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def add(
        self,
        vehicle_id: str,
        scan: FaultScan,
        *,
        kind: CheckupKind = CheckupKind.CHECKUP,
        by: Actor,
        note: str = "",
    ) -> KeptCheckup:
        """Keep a scan under a vehicle, with its audit record: both or neither.

        Errors: NotKept where there is no such vehicle; StoreError; those of the audit log.
        """
        from cartech_desk.domain.faults.written import scan_document

        body = json.dumps(scan_document(scan), ensure_ascii=False, allow_nan=False)
        codes = list(dict.fromkeys(one.code for one in scan.codes))
        taken = scan.at.astimezone(UTC)
        note = storable(note)
        with self._audit.act(by) as act:
            row = act.connection.exec_driver_sql(
                "SELECT name FROM vehicle WHERE id = ? AND deleted IS NULL", (vehicle_id,)
            ).fetchone()
            if row is None:
                raise NotKept(
                    f"No vehicle {vehicle_id!r} is kept here.",
                    kept="The check-up was not kept.",
                    to_do="Choose the vehicle again, or give the car a name.",
                )
            kept = KeptCheckup(str(uuid7()), vehicle_id, str(row[0]), kind, taken, by, scan, note)
            act.connection.exec_driver_sql(
                "INSERT INTO checkup (id, vehicle_id, vehicle_name, vin, kind, taken, operator_id, "
                "operator_name, codes, mil, complete, clean, note, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.id,
                    vehicle_id,
                    storable(kept.vehicle_name),
                    scan.vin,
                    kind.value,
                    instant(taken),
                    by.id,
                    storable(by.name),
                    json.dumps(codes),
                    None if scan.mil is None else int(scan.mil),
                    int(scan.complete),
                    int(scan.clean),
                    note,
                    storable(body),
                ),
            )
            note_record(act.connection, "checkup", kept.id, vehicle_id, taken)
            act.record(Entry(KEEP, entity_of(kept), after=_told(kept, codes)))
        return kept

    def list(
        self, vehicle_id: str | None = None, *, search: str = "", limit: int = 500
    ) -> Sequence[CheckupSummary]:
        """Check-ups, the newest first; of one vehicle, or of all.

        Each word of `search` is found in vehicle, VIN, operator, note, a code or the day. One that
        is damaged is there with what can be read of it.
        """
        words = search.casefold().split()
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_FACTS} FROM {_FROM} "  # noqa: S608 (words of ours)
                "WHERE checkup.deleted IS NULL AND (? IS NULL OR vehicle_id = ?) "
                "ORDER BY taken DESC, checkup.id DESC LIMIT ?",
                (vehicle_id, vehicle_id, -1 if words else limit),
            ).fetchall()
        found = []
        for row in rows:
            summary = _summary(row)
            text = _text(summary)
            if all(word in text for word in words):
                found.append(summary)
        return tuple(found[:limit])

    def get(self, checkup_id: str) -> KeptCheckup:
        """Return one; a unique start or end of its id, or `last`, is enough. Errors: NotKept."""
        with self._database.read() as connection:
            return _kept(row_of(connection, _WHOLE, _NAMED, checkup_id))

    def before(self, checkup: KeptCheckup) -> KeptCheckup | None:
        """Return the vehicle's snapshot before this one, of any kind; None for the first."""
        taken = instant(checkup.taken)
        return self._newest(
            "AND (taken < ? OR (taken = ? AND checkup.id < ?))",
            (checkup.vehicle_id, taken, taken, checkup.id),
        )

    def last(self, vehicle_id: str) -> KeptCheckup | None:
        """Return the vehicle's last snapshot, of any kind."""
        return self._newest("", (vehicle_id,))

    def _newest(self, condition: str, parameters: tuple[str, ...]) -> KeptCheckup | None:
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"{_WHOLE} WHERE checkup.deleted IS NULL AND vehicle_id = ? {condition} "
                "ORDER BY taken DESC, checkup.id DESC LIMIT 1",
                parameters,
            ).fetchone()
        return None if row is None else _kept(row)


def entity_of(kept: KeptCheckup) -> Entity:
    """Return what the audit log calls a check-up."""
    name = f"{kept.vehicle_name}, {kept.taken:%Y-%m-%d %H:%M} UTC"
    return Entity("checkup", kept.id, name, kept.vehicle_id)


def _told(kept: KeptCheckup, codes: Sequence[str]) -> Mapping[str, Any]:
    """Return what the audit log says of it: never "no codes" where none could be read."""
    scan = kept.scan
    unread: dict[str, list[str]] = {}
    for one in scan.unknown:
        unread.setdefault(ecu_text(one.ecu), []).append(one.kind.value)
    return {
        "kind": kept.kind.value,
        "vin": scan.vin,
        "codes": list(codes) or ("none" if scan.clean else "not known"),
        **({"codes_not_read_of": _listed(unread)} if unread else {}),
        "mil": scan.mil,
        "complete": scan.complete and not unread,
        "clean": scan.clean,
    }


def _listed(unread: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{ecu} ({', '.join(kinds)})" for ecu, kinds in unread.items()]


def _summary(row: Sequence[Any]) -> CheckupSummary:
    """Return a row of a list; one that is damaged with what can be read of it, and told so."""
    try:
        return _read_summary(row)
    except (ValueError, TypeError, OverflowError) as error:
        _LOG.warning("the check-up %s cannot be read: %s", row[0], error)
        key, vehicle_id, name, vin, _kind, taken, _operator_id, operator, *_rest = row
        return CheckupSummary(
            str(key),
            str(vehicle_id),
            str(name),
            vin if isinstance(vin, str) else None,
            CheckupKind.CHECKUP,
            _time_or_never(taken),
            str(operator),
            codes=(),
            mil=None,
            complete=False,
            clean=False,
            note=LOST,
        )


def _read_summary(row: Sequence[Any]) -> CheckupSummary:
    key, vehicle_id, name, vin, kind, taken, _operator_id, operator, codes, *rest = row
    mil, complete, clean, note, told = rest
    texts = (key, vehicle_id, name, operator, note, *(() if vin is None else (vin,)))
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    if mil not in (None, 0, 1) or complete not in (0, 1) or clean not in (0, 1):
        raise ValueError("a yes or no is none")
    read = json.loads(codes)
    if not isinstance(read, list) or not all(isinstance(code, str) for code in read):
        raise ValueError("its codes are no list")
    return CheckupSummary(
        key,
        vehicle_id,
        name,
        vin,
        CheckupKind(kind),
        _time(taken),
        operator,
        tuple(read),
        None if mil is None else bool(mil),
        bool(complete),
        bool(clean),
        note,
        *_heard(told, read),
    )


def _heard(told: Any, codes: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the ECUs that left codes untold, and whether any told its stored ones.

    What is damaged there is told when the check-up itself is opened.
    """
    try:
        entries = [(str(one["ecu"]), one["kind"], one["answered"]) for one in json.loads(told)]
    except (ValueError, TypeError, KeyError):
        return (), bool(codes)
    unknown = dict.fromkeys(ecu for ecu, _, answered in entries if answered == Answered.UNKNOWN)
    stored = any(one[1:] == (CodeStatus.STORED, Answered.TOLD) for one in entries)
    return tuple(unknown), stored or bool(codes)


def _kept(row: Sequence[Any]) -> KeptCheckup:
    """Return the check-up of a row. Errors: DatabaseCorrupt."""
    from cartech_desk.domain.faults.written import scan_of

    *facts, body = row
    try:
        summary = _read_summary(facts)
        scan = scan_of(json.loads(body))
        operator = Actor(str(facts[6]), summary.operator)
    except (CarTechError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise DatabaseCorrupt(
            f"The check-up {row[0]} cannot be read: what desk.db keeps of it is damaged ({error}).",
            kept="Nothing was changed.",
            to_do="Take desk.db from a backup, or take a new check-up.",
        ) from error
    return KeptCheckup(
        summary.id,
        summary.vehicle_id,
        summary.vehicle_name,
        summary.kind,
        summary.taken,
        operator,
        scan,
        summary.note,
    )


def _time(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1971 <= at.year < 9000:
        raise ValueError(f"{text} is no time of ours")
    return at


def _time_or_never(text: Any) -> datetime:
    try:
        return _time(text)
    except (ValueError, TypeError, OverflowError):
        return _NEVER


def _text(summary: CheckupSummary) -> str:
    """Return all that a search looks in, in one case."""
    day = summary.taken.astimezone()
    return "\n".join(
        (
            summary.id,
            summary.vehicle_name,
            summary.vin or "",
            summary.operator,
            summary.note,
            summary.kind.value.replace("_", " "),
            " ".join(summary.codes),
            f"{day:%Y-%m-%d %H:%M %d.%m.%Y}",
        )
    ).casefold()
