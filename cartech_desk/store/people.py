"""The shop and its people in `desk.db`: rows, and transactions that the audit log describes.

What is allowed is decided above (`office.people`), within the transactions that are opened here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.audit import AuditedAct
from cartech_desk.store.database import Database
from cartech_desk.store.desk_secret import DeskSecret
from cartech_desk.store.errors import NotKept
from cartech_desk.store.sign_in_turns import turn

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STRANGERS_KEPT: Final = 1000
"""Of how many e-mail addresses that nobody here has failed attempts are remembered."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as kept. Times are ISO 8601 in UTC; hashes are never shown."""

    id: str
    email: str
    email_key: str
    """The address as it is compared."""
    name: str
    certification: str
    role: str
    standing: str
    password_hash: str = field(repr=False)
    registered: str
    pin_hash: str | None = field(default=None, repr=False)
    decided: str | None = None
    decided_by: str | None = None
    password_used: str | None = None
    """When the password was last used on this desk."""
    failures: int = 0
    """Wrong passwords since the last right one."""
    failed: str | None = None
    pin_failures: int = 0
    """What wrong PINs and right ones since then make of it: see `office.person.PIN_WRONG`."""


@dataclass(frozen=True, slots=True)
class ShopRow:
    """The shop as kept."""

    id: str
    name: str
    units: str
    currency: str
    founded: str


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong passwords since the last right one, and when the last one was (ISO 8601, UTC)."""

    count: int = 0
    at: str | None = None


_COLUMNS: Final = tuple(each.name for each in fields(PersonRow))
_PERSON: Final = f"SELECT {', '.join(_COLUMNS)} FROM person"  # noqa: S608 - names of our own
_SHOP: Final = "SELECT id, name, units, currency, founded FROM shop"


class PeopleStore:
    """People of the shop. Thread-safe."""

    def __init__(self, database: Database, audit: AdmittingLog, secret: DeskSecret) -> None:
        self._database = database
        self._audit = audit
        self._secret = secret

    def stranger(self, email_key: str) -> str:
        """Return what stands for an address in the list of those that nobody has."""
        return self._secret.code(email_key)

    def shop(self) -> ShopRow | None:
        """Return the shop; None before it is founded. Quick."""
        rows = self._database.glance(_SHOP)
        return ShopRow(*rows[0]) if rows else None

    def currency(self) -> str:
        """Return the shop's currency; EUR before it is founded. Quick."""
        shop = self.shop()
        return "EUR" if shop is None else shop.currency

    def all(self) -> Sequence[PersonRow]:
        """Return everybody, in no order. Quick."""
        return tuple(PersonRow(*row) for row in self._database.glance(_PERSON))

    def get(self, person_id: str) -> PersonRow:
        """Return one person; NotKept. Quick."""
        return _found(self._database.glance(f"{_PERSON} WHERE id = ?", (person_id,)))

    def by_email(self, email_key: str) -> PersonRow | None:
        """Return who has this address (as it is compared). Quick."""
        rows = self._database.glance(f"{_PERSON} WHERE email_key = ?", (email_key,))
        return PersonRow(*rows[0]) if rows else None

    def former_hashes(self, person_id: str, most: int) -> Sequence[str]:
        """Return hashes of the last passwords before the one in force, the newest first. Quick."""
        rows = self._database.glance(
            "SELECT hash FROM former_password WHERE person = ? "
            "ORDER BY changed DESC, rowid DESC LIMIT ?",
            (person_id, most),
        )
        return tuple(str(each) for (each,) in rows)

    @contextmanager
    def act(self, actor: Actor) -> Iterator["PeopleAct"]:
        """One audited act on people: all of it, its records included, or nothing.

        Who may do it is for the office to look up within the transaction.
        """
        with self._audit.act_of_anybody(actor) as act:
            yield PeopleAct(act.connection, act)

    @contextmanager
    def one_try(self, account: str, patience_s: float) -> Iterator[bool]:
        """Hold others' tries for this account back; False where one is still under way by then."""
        with turn(self._database.path.parent, account, patience_s) as has_turn:
            yield has_turn

    @contextmanager
    def count(self) -> Iterator["PeopleBook"]:
        """One transaction that is no act of anybody: failed attempts counted."""
        with self._database.write() as connection:
            yield PeopleBook(connection)


class PeopleBook:
    """People within one transaction, which nobody else writes beside."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def get(self, person_id: str) -> PersonRow:
        """Return one person; NotKept."""
        return _found(self._rows(f"{_PERSON} WHERE id = ?", person_id))

    def by_email(self, email_key: str) -> PersonRow | None:
        """Return who has this address."""
        rows = self._rows(f"{_PERSON} WHERE email_key = ?", email_key)
        return PersonRow(*rows[0]) if rows else None

    def all(self) -> Sequence[PersonRow]:
        """Return everybody, in no order."""
        return tuple(PersonRow(*row) for row in self._rows(_PERSON))

    def with_standing(self, role: str, standing: str) -> Sequence[str]:
        """Return the ids of all with this role and standing."""
        statement = "SELECT id FROM person WHERE role = ? AND standing = ?"
        return tuple(str(each) for (each,) in self._rows(statement, role, standing))

    def change(self, person_id: str, **columns: Any) -> None:
        """Write these columns of one person, and count the version up."""
        unknown = columns.keys() - set(_COLUMNS)
        if unknown:
            raise KeyError(f"no columns of a person: {unknown}")
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._connection.exec_driver_sql(
            f"UPDATE person SET {sets}, version = version + 1 WHERE id = ?",  # noqa: S608 - checked
            (*columns.values(), person_id),
        )

    def strangers_failures(self, key: str) -> Failures:
        """Return the failed attempts for an address that nobody here has."""
        rows = self._rows("SELECT failures, failed FROM stranger WHERE key = ?", key)
        return Failures(*rows[0]) if rows else Failures()

    def count_stranger(self, key: str, failures: Failures) -> None:
        """Remember failed attempts for such an address; the oldest of too many are forgotten."""
        self._connection.exec_driver_sql(
            "INSERT INTO stranger (key, failures, failed) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, "
            "failed = excluded.failed",
            (key, failures.count, failures.at),
        )
        self._connection.exec_driver_sql(
            "DELETE FROM stranger WHERE key NOT IN "
            "(SELECT key FROM stranger ORDER BY failed DESC LIMIT ?)",
            (_STRANGERS_KEPT,),
        )

    def _rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        found = self._connection.exec_driver_sql(statement, parameters).fetchall()
        return [tuple(row) for row in found]


class PeopleAct(PeopleBook):
    """People within the transaction of one audited act."""

    def __init__(self, connection: "Connection", act: AuditedAct) -> None:
        super().__init__(connection)
        self._act = act

    def record(self, entry: Entry, *, actor: Actor | None = None) -> None:
        """Describe what this transaction does."""
        self._act.record(entry, actor=actor)

    def shop(self) -> ShopRow | None:
        """Return the shop."""
        rows = self._rows(_SHOP)
        return ShopRow(*rows[0]) if rows else None

    def found(self, shop: ShopRow) -> None:
        """Write the shop, of which there is one."""
        self._connection.exec_driver_sql(
            "INSERT INTO shop (only_one, id, name, units, currency, founded) "
            "VALUES (1, ?, ?, ?, ?, ?)",
            (shop.id, shop.name, shop.units, shop.currency, shop.founded),
        )

    def insert(self, person: PersonRow) -> None:
        """Write a new person."""
        marks = ", ".join("?" for _ in _COLUMNS)
        self._connection.exec_driver_sql(
            f"INSERT INTO person ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - our own
            tuple(getattr(person, name) for name in _COLUMNS),
        )

    def change_password(
        self, person: PersonRow, password_hash: str, at: datetime, *, keep: int
    ) -> None:
        """Put another password in force, and keep the hashes of the last `keep` before it."""
        self._connection.exec_driver_sql(
            "INSERT INTO former_password (person, hash, changed) VALUES (?, ?, ?)",
            (person.id, person.password_hash, at.isoformat(timespec="microseconds")),
        )
        self._connection.exec_driver_sql(
            "DELETE FROM former_password WHERE person = ? AND rowid NOT IN (SELECT rowid FROM "
            "former_password WHERE person = ? ORDER BY changed DESC, rowid DESC LIMIT ?)",
            (person.id, person.id, keep),
        )
        self.change(person.id, password_hash=password_hash, failures=0, failed=None)


def _found(rows: Sequence[tuple[Any, ...]]) -> PersonRow:
    if not rows:
        raise NotKept(
            "There is no such person here.",
            kept="Nothing was changed.",
            to_do="Look at the list of people again; somebody may have changed it.",
        )
    return PersonRow(*rows[0])
