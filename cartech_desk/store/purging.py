"""Removing a deleted recording for good, in small transactions.

The first of them puts it beyond restoring: its row stays, marked, until all of its samples are
gone. A removal that is broken off, by a kill or by another program that holds the file, leaves
nothing that could be taken for a recording, and is gone on with later.
"""

from collections.abc import Callable
from typing import Final

from cartech_desk.store.database import Database
from cartech_desk.store.errors import StoreError
from cartech_desk.store.recording_list import BEING_REMOVED, number_of
from cartech_desk.store.recording_words import Ending

_ROWS: Final = 2000
_PAGES: Final = 500
_SAMPLES_OF: Final = (
    ("journal", "recording = ?"),
    ("block", "channel IN (SELECT no FROM channel WHERE recording = ?)"),
    ("stretch", "channel IN (SELECT no FROM channel WHERE recording = ?)"),
    ("clock", "recording = ?"),
    ("mark", "recording = ?"),
    ("channel", "recording = ?"),
)

GoOn = Callable[[], bool]
"""Asked before each transaction: False leaves the rest for another call."""


def purge(database: Database, recording_id: str, go_on: GoOn) -> bool:
    """Remove a deleted recording and give its space back to the disk; False where broken off.

    Errors: NotKept; StoreError where it is not deleted or still being written, and where the
    removal stopped half way, which its `kept` then says.
    """
    if not go_on():
        return False
    number = _put_beyond_restoring(database, recording_id)
    try:
        return _remove(database, number, go_on) and _shrink(database, go_on)
    except StoreError as error:
        raise type(error)(
            error.happened,
            kept="The recording is gone for good, but not yet all of the space that it took.",
            to_do=f"{error.to_do} What is left of it is removed while the desk is open.",
        ) from error


def _put_beyond_restoring(database: Database, recording_id: str) -> int:
    with database.write() as connection:
        number = number_of(connection, recording_id, being_removed=True)
        deleted, ending = connection.exec_driver_sql(
            "SELECT deleted, ending FROM recording WHERE no = ?", (number,)
        ).one()
        if deleted is None or ending == Ending.OPEN.value:
            state = "not deleted" if deleted is None else "still open"
            raise StoreError(
                f"The recording {recording_id} is {state}.",
                kept="Nothing was removed.",
                to_do="Stop and delete it first, then remove it for good.",
            )
        connection.exec_driver_sql(
            "UPDATE recording SET deleted = ?, version = version + 1 WHERE no = ?",
            (BEING_REMOVED, number),
        )
    return number


def _remove(database: Database, number: int, go_on: GoOn) -> bool:
    for table, where in _SAMPLES_OF:
        statement = (
            f"DELETE FROM {table} WHERE no IN "  # noqa: S608 (names of ours, values bound)
            f"(SELECT no FROM {table} WHERE {where} LIMIT {_ROWS})"
        )
        removed = _ROWS
        while removed == _ROWS:
            if not go_on():
                return False
            with database.write() as connection:
                removed = connection.exec_driver_sql(statement, (number,)).rowcount
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM recording WHERE no = ?", (number,))
    return True


def _shrink(database: Database, go_on: GoOn) -> bool:
    """Give free pages back to the disk, some at a time; what is left serves new samples."""
    free, before = 0, -1
    while free != before and go_on():
        before = free
        with database.write() as connection:
            driver = connection.connection.cursor()
            driver.execute(f"PRAGMA incremental_vacuum({_PAGES})")
            driver.fetchall()  # each step gives back one page
            driver.close()
            free = int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
    return True
