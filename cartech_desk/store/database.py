"""One SQLite file behind an SQLAlchemy engine: who may write, when, and how durably."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.store.errors import DatabaseLocked, StoreError
from cartech_desk.store.faults import fault

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

PATIENCE_S: Final = 5.0
"""How long a reader or writer waits for another one before it says so."""

PRAGMAS: Final = (
    "PRAGMA foreign_keys = ON",
    # With NORMAL a commit in WAL mode reaches the disk only at the next checkpoint: a power cut
    # would then take more than the one second that a recording may lose. FULL syncs each commit.
    "PRAGMA synchronous = FULL",
    # Rarer than the default: most pages of the journal are gone before they need to be copied.
    "PRAGMA wal_autocheckpoint = 2000",
    "PRAGMA journal_size_limit = 16777216",
    "PRAGMA temp_store = MEMORY",
)


@dataclass(frozen=True)
class Passage:
    """A view of the connection's own whose trigger spreads one row over several tables.

    `opening` makes both, for the connection alone; `statement` puts a row in.
    """

    opening: tuple[str, ...]
    statement: str


class Database:
    """One file. Thread-safe: readers run side by side, writers take turns.

    SQLAlchemy is imported with the first transaction, not before: what a start needs alone goes
    through `glance`.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Take the file as it is; `read_only` keeps this process from changing it in any way."""
        self.path = path
        self._read_only = read_only
        self._writing = threading.Lock()
        self._making = threading.Lock()
        self._made: Engine | None = None
        self._plain: sqlite3.Connection | None = None
        self._passages: set[Passage] = set()
        self._closed = False

    @contextmanager
    def read(self) -> Iterator["Connection"]:
        """One consistent picture of the file.

        Errors: DatabaseLocked, DatabaseCorrupt, DatabaseReadOnly, StoreError.
        """
        with self._in_words(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, patience_s: float = PATIENCE_S) -> Iterator["Connection"]:
        """One transaction, taken for writing from its beginning; all of it or nothing.

        Waits at most `patience_s` for writers of this process and as long again for those of
        others. Errors: as `read`, and DiskFull.
        """
        if not self._writing.acquire(timeout=patience_s):
            raise self._too_long()
        try:
            writing = self._engine.execution_options(desk_patience_ms=int(patience_s * 1000))
            with self._in_words(), writing.connect() as connection, connection.begin():
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def write_plainly(self) -> Iterator[sqlite3.Connection]:
        """One transaction as `write`, on a driver's connection that is kept for it.

        For short writes that come often: SQLAlchemy's way there and back takes longer than they do.
        """
        if not self._writing.acquire(timeout=PATIENCE_S):
            raise self._too_long()
        driver: sqlite3.Connection | None = None
        try:
            self._refuse_closed()
            driver = self._plain = self._plain or self._connect()
            driver.execute("BEGIN IMMEDIATE")
            yield driver
            driver.execute("COMMIT")
        except sqlite3.Error as error:
            told = fault(error, self.path)
            if told is None:
                raise
            raise told from error
        finally:
            if driver is not None and driver.in_transaction:
                driver.execute("ROLLBACK")
            self._writing.release()

    def write_through(self, passage: "Passage", values: Sequence[Any]) -> None:
        """One row through a passage: a transaction of a single statement, for what comes often.

        Beginning and ending one by hand takes as long as many a row. Errors: as `write`.
        """
        if not self._writing.acquire(timeout=PATIENCE_S):
            raise self._too_long()
        try:
            self._refuse_closed()
            driver = self._plain = self._plain or self._connect()
            if passage not in self._passages:
                for statement in passage.opening:
                    driver.execute(statement)
                self._passages.add(passage)
            driver.execute(passage.statement, values)
        except sqlite3.Error as error:
            told = fault(error, self.path)
            if told is None:
                raise
            raise told from error
        finally:
            self._writing.release()

    def glance(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one short query, on a connection of its own and without SQLAlchemy."""
        with self._in_words(), closing(self._connect()) as connection:
            return connection.execute(statement, parameters).fetchall()

    @contextmanager
    def driver(self) -> Iterator[sqlite3.Connection]:
        """Read many rows on a driver's connection of its own, without SQLAlchemy.

        Errors: as `read`.
        """
        with self._in_words(), closing(self._connect()) as connection:
            yield connection

    def close(self) -> None:
        """Close every connection; may be called twice."""
        self._closed = True
        with self._making:
            if self._made is not None:
                self._made.dispose()
        with self._writing:
            if self._plain is not None:
                self._plain.close()
                self._plain = None
                self._passages.clear()

    @property
    def _engine(self) -> "Engine":
        with self._making:
            if self._made is None:
                self._made = self._make_engine()
            return self._made

    def _make_engine(self) -> "Engine":
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import QueuePool

        engine = create_engine(
            "sqlite+pysqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=-1,
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: "Connection") -> None:
            # The driver's own deferred BEGIN makes a read-then-write fail with SQLITE_BUSY at
            # once where another writer came between; IMMEDIATE waits its turn before it reads.
            patience_ms = connection.get_execution_options().get("desk_patience_ms")
            writes = patience_ms is not None
            wait_ms = patience_ms if writes else int(PATIENCE_S * 1000)
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms:d}")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def _connect(self) -> sqlite3.Connection:
        return connect(self.path, read_only=self._read_only)

    def _too_long(self) -> DatabaseLocked:
        return DatabaseLocked(
            f"Something else writes to {self.path} for too long.",
            kept="Nothing was changed.",
            to_do="Wait until it is done and try again.",
        )

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError(
                f"{self.path} is closed already.", to_do="Open it again: start the desk anew."
            )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        self._refuse_closed()
        try:
            yield
        except Exception as error:
            told = fault(getattr(error, "orig", None) or error, self.path)
            if told is None:
                raise
            raise told from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a driver's connection to an existing file, set as every connection here is.

    Transactions are begun by hand. Errors: sqlite3.Error.
    """
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=PATIENCE_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
